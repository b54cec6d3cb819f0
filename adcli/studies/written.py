"""Derivatives that are written down, as functions of Python: as formulas, as programs, as code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from adcli.problem.parameters import Expression, Names, Point, Sizes, described, names_in, of
from adcli.problem.values import Value

if TYPE_CHECKING:
    from adcli.derivatives.derive import Program
    from adcli.studies.convert import Converted
    from adcli.studies.diff.diff import Derivatives
    from adcli.studies.equal.equal import Equality
    from adcli.studies.export.export import Exported


@described
def diff(
    expr: Expression,
    at: Point | None = None,
    *,
    order: int = 1,
    by: Names = (),
    explain: bool = False,
    seconds: float = 5,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
) -> Derivatives:
    """The derivatives as formulas that people would write: `entries`, each with its `text`, and `value` at a point.

    The shortest of several equivalent forms, verified against the modes. No point is needed.

    order: all derivatives of this order.
    by: differentiate by these names one after the other instead, "x,x,y".
    explain: the steps to each, which rule applied to what.
    seconds: time for finding a short form.
    """
    from adcli.studies.diff.diff import diff

    asked = of(locals(), values=False)
    return diff(asked, order=order, by=names_in(by, "by"), explained=explain, seconds=seconds)


@described
def derive(
    expr: Expression,
    at: Point | None = None,
    *,
    kind: str = "jacobian",
    mode: str = "auto",
    value: bool = False,
    optimize: bool = False,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
) -> Program:
    """The derivative as a program in adcli's own language: `program` is its text, `inputs` and `outputs` its names.

    No point is needed, and the text can be read, run and derived again (source transformation).

    kind: "jacobian" (of one output: the gradient), "jvp" (J·ẋ: tangents are further inputs), "vjp" (ȳᵀ·J: weights are
        further inputs), or "hessian" of one output.
    mode: the one that writes it: "forward", "reverse" or "auto"; a Hessian is written by forward over reverse, or by
        one mode over itself.
    value: keep the original outputs, in front.
    optimize: compute nothing twice, and nothing that is not used; no value changes.
    """
    from adcli.derivatives.derive import derivative_program

    return derivative_program(of(locals(), values=False), kind=kind, mode=mode, value=value, optimize=optimize)


def equal(
    a: Expression,
    b: Expression,
    *,
    over: Mapping[str, tuple[Value, Value]] | None = None,
    assume: Sequence[str] = (),
    seconds: float = 5,
    let: Sizes | None = None,
    syntax: str = "adcli",
) -> Equality:
    """Whether two formulas are the same function: `equal`, with `evidence` "proof" or "points", or a `counterexample`.

    a, b: the formulas, each of one output, as of `gradient`.
    over: intervals to compare on, {"x": (0, 1)}.
    assume: conditions to compare under, ["x > 0"].
    seconds: time for a proof.
    let, syntax: as of `gradient`.

    Raises UsageError, and UndecidedError where no common domain is found.
    """
    from adcli.studies.equal.equal import equal

    return equal(a, b, over=over, assume=assume, seconds=seconds, let=let, syntax=syntax)


@described
def export(
    expr: Expression,
    at: Point | None = None,
    *,
    to: str,
    dialect: str | None = None,
    what: Names = (),
    name: str = "",
    self_test: bool = False,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
) -> Exported:
    """The derivative as code of another language: `code` is its text, one plain function. No point is needed.

    to: the language, for instance "c", "python", "javascript", "sql"; an error lists them all.
    dialect: of sql.
    what: some of "value", "gradient", "jacobian", "hessian", "jvp", "vjp"; by default the value and the gradient.
    name: what the function is called, in SQL the table.
    self_test: add a test of it against 30 digits.
    """
    from adcli.studies.export.export import export

    whats = names_in(what, "what")
    return export(of(locals(), values=False), to=to, dialect=dialect, what=whats, name=name, self_test=self_test)


@described
def convert(
    expr: Expression,
    at: Point | None = None,
    *,
    to: str,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
) -> Converted:
    """The program in another notation: `formula` is its text. Functions that it lacks are written by those that it has.

    to: "adcli", "sympy", "latex", "mathematica", "maxima", "python", "excel", "julia" or "matlab".
    """
    from adcli.studies.convert import convert

    return convert(of(locals(), values=False), to=to)
