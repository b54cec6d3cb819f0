"""The answers to a problem, as frozen results: values, gradients, Jacobians, JVPs, VJPs, Hessians and HVPs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adcli.derivatives.questions import Across, Along, Determinant, Matrix, Passing, Question
from adcli.derivatives.recompute import Solver, computes
from adcli.derivatives.results import (
    HVP,
    JVP,
    VJP,
    Evaluation,
    Gradient,
    Hessian,
    Jacobian,
    SparseHessian,
    SparseJacobian,
)
from adcli.derivatives.solver import Solution, solve
from adcli.errors import AdcliError, NameFault, UsageError, counted, listed, option, there_are
from adcli.ops import DET
from adcli.problem.checks import among
from adcli.problem.given import CROSS, KNOWN_MODES, MODES, ORDERS, by_name, mode_named, number, sequence
from adcli.problem.problem import Expression, Problem, moving, problem, scalar
from adcli.problem.values import FLOATS, Value, flatten
from adcli.results import ONE_SIDED, Notice, Number

OTHERS = "use `adcli jacobian` for all of them, or "
"""What may be done about several outputs, where a gradient is asked for."""


def evaluate(
    expr: Expression, at: Mapping[str, Value] | None = None, *, limits: bool = False, **options: Any
) -> Evaluation:
    """The outputs' values; with *limits* the limit, and a warning, where there is no value but a limit.

    Options as of `problem`. Raises DomainError, RangeError besides.
    """
    asked = problem(expr, at, **options)
    if not limits:
        return _evaluate(asked, solve)
    if asked.solver is not None:
        raise UsageError("a limit is not proven", hint=f"leave out {option('certify')} or {option('limits')}")
    from adcli.derivatives.removable import solve_or_limit

    return _evaluate(asked, solve_or_limit)


def gradient(
    expr: Expression, at: Mapping[str, Value] | None = None, *, mode: str = "auto", **options: Any
) -> Gradient:
    """The gradient of one output: ∂y/∂x for each name of `wrt`. Options as of `problem`.

    Raises UsageError for several outputs, DomainError, RangeError, UndeterminedError, KinkError where no
    derivative exists.
    """
    asked = scalar(problem(expr, at, **options), "grad", OTHERS)
    return _gradient(asked, solve, chosen(mode, asked))


def jacobian(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    mode: str = "auto",
    layout: str = "numerator",
    det: bool = False,
    **options: Any,
) -> Jacobian:
    """The Jacobian: a row per output, a column per name of `wrt`; *layout* "denominator" gives its transpose.

    *mode* "cross" eliminates vertices in the best order found (`adcli.derivatives.elimination`). *det* adds the
    determinant of a square one. Options as of `problem`, errors as of `gradient`.
    """
    asked = moving(problem(expr, at, **options))
    _known(layout)
    if det and len(asked.graph.outputs) != len(asked.wrt):
        raise UsageError(
            f"only a square Jacobian has a determinant; this one is {len(asked.graph.outputs)} × {len(asked.wrt)}"
        )
    return _jacobian(asked, solve, mode if mode == CROSS else chosen(mode, asked), layout, det or None)


def sparse_jacobian(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    mode: str = "auto",
    layout: str = "numerator",
    **options: Any,
) -> SparseJacobian:
    """The Jacobian's nonzeros by compressed sweeps; *mode* "auto" takes the fewest, mixing modes where that helps.

    Options and errors as of `jacobian`.
    """
    asked = moving(problem(expr, at, **options))
    _known(layout)
    if mode == CROSS:
        raise UsageError(f"mode {CROSS} knows no sweeps to be compressed", hint=KNOWN_MODES)
    return _sparse_jacobian(asked, solve, mode if mode == "auto" else chosen(mode, asked), layout)


def jvp(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    tangent: Mapping[str, Value] | None = None,
    **options: Any,
) -> JVP:
    """J·ẋ in one forward sweep. *tangent* may be left out for one input (1); a name it lacks has 0."""
    asked = moving(problem(expr, at, **options))
    return _jvp(asked, solve, components(asked, tangent, "tangent"))


def vjp(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    cotangent: Sequence[Value] | Mapping[str, Value] | None = None,
    **options: Any,
) -> VJP:
    """ȳᵀ·J in one reverse sweep. *cotangent* may be left out for one output (1)."""
    asked = moving(problem(expr, at, **options))
    return _vjp(asked, solve, weights(asked, cotangent))


def hessian(expr: Expression, at: Mapping[str, Value] | None = None, *, mode: str = "auto", **options: Any) -> Hessian:
    """The Hessian of one output, by one of ORDERS (outer mode first). Options and errors as of `gradient`."""
    asked = scalar(problem(expr, at, **options), "hessian")
    if mode not in (*ORDERS, "auto"):
        raise UsageError(f"no order of modes is called {mode!r}", hint="orders: " + ", ".join(ORDERS))
    outer, inner = ORDERS[0 if mode == "auto" else ORDERS.index(mode)].split("-")
    return _hessian(asked, solve, f"{MODES[outer]} over {MODES[inner]}")


def sparse_hessian(expr: Expression, at: Mapping[str, Value] | None = None, **options: Any) -> SparseHessian:
    """The Hessian's nonzeros from Hessian-vector products, one per colour. Options and errors as of `hessian`."""
    return _sparse_hessian(scalar(problem(expr, at, **options), "hessian"), solve)


def hvp(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    vector: Mapping[str, Value] | None = None,
    **options: Any,
) -> HVP:
    """H·v for one output, by forward over reverse, without forming the Hessian.

    *vector* may be left out for one input (1); a name it lacks has 0. Options and errors as of `gradient`.
    """
    asked = scalar(problem(expr, at, **options), "hvp")
    return _hvp(asked, solve, components(asked, vector, "vector"))


# From the solver's numbers to results


@computes(Evaluation)
def _evaluate(asked: Problem, solver: Solver) -> Evaluation:
    answer = solver(asked, Question())
    return Evaluation(**asked.shared(answer.notices), outputs=asked.graph.output_names, values=answer.values)


@computes(Gradient, "mode")
def _gradient(asked: Problem, solver: Solver, mode: str) -> Gradient:
    answer = solver(asked, Matrix(mode))
    (row,) = answer.entries
    return Gradient(
        **asked.shared(answer.notices),
        mode=mode,
        sweeps=1 if mode == "reverse" else len(asked.wrt),
        output=asked.graph.output_names[0],
        value=answer.values[0],
        gradient=_named(asked, row),
    )


@computes(Jacobian, "mode", "layout", "determinant")
def _jacobian(asked: Problem, solver: Solver, mode: str, layout: str, det: Number | None = None) -> Jacobian:
    """*det* is not None where the determinant is asked for."""
    cross = None
    if mode == CROSS:
        from adcli.derivatives.elimination.jacobian import Cross

        cross = Cross()
    answer = solver(asked, cross or Matrix(mode))
    rows, notices = answer.entries, answer.notices
    if det is not None:
        det, more = _determinant(asked, solver, answer)
        notices = [*notices, *more]
    sweeps = {"reverse": len(asked.graph.outputs), "forward": len(asked.wrt)}
    return Jacobian(
        **asked.shared(notices),
        mode=mode,
        outputs=asked.graph.output_names,
        inputs=tuple(name for name, _ in asked.wrt),
        values=answer.values,
        layout=layout,
        jacobian=rows if layout == "numerator" else tuple(zip(*rows, strict=True)),
        sweeps=sweeps.get(mode, 0),
        determinant=det,
        elimination=None if cross is None else cross.summary,
    )


@computes(SparseJacobian, "mode", "layout")
def _sparse_jacobian(asked: Problem, solver: Solver, mode: str, layout: str) -> SparseJacobian:
    from adcli.derivatives.sparsity import Colours, Compressed, pattern

    rows = pattern(asked.graph, [node for _, node in asked.wrt])
    colours = Colours(rows, len(asked.wrt), mode)
    question = Compressed(rows, colours.columns, colours.rows)
    answer = solver(asked, question)
    entries = [(i, j, number) for (i, j), number in zip(question.places, answer.entries[0], strict=True)]
    if layout == "denominator":
        entries = sorted([(j, i, number) for i, j, number in entries], key=lambda entry: entry[:2])
    return SparseJacobian(
        **asked.shared(answer.notices),
        mode=colours.mode,
        outputs=asked.graph.output_names,
        inputs=tuple([name for name, _ in asked.wrt]),
        values=answer.values,
        layout=layout,
        nnz=len(entries),
        entries=tuple(entries),
        colors=colours.colors,
        row_colors=colours.row_colors,
        sweeps=colours.sweeps,
        dense_sweeps=colours.dense_sweeps,
    )


@computes(JVP, "tangent")
def _jvp(asked: Problem, solver: Solver, tangent: Mapping[str, Value]) -> JVP:
    answer = solver(asked, Along(tangent))
    return JVP(
        **asked.shared(answer.notices),
        outputs=asked.graph.output_names,
        values=answer.values,
        tangent={name: asked.seed(value, f"the tangent of {name}") for name, value in tangent.items()},
        jvp=tuple(row[0] for row in answer.entries),
    )


@computes(VJP, "cotangent")
def _vjp(asked: Problem, solver: Solver, cotangent: Sequence[Value]) -> VJP:
    answer = solver(asked, Across(cotangent))
    (row,) = answer.entries
    return VJP(
        **asked.shared(answer.notices),
        outputs=asked.graph.output_names,
        values=answer.values,
        cotangent=tuple(asked.seed(value, "the cotangent") for value in cotangent),
        vjp=_named(asked, row),
    )


def _second(asked: Problem, solver: Solver, inner: str, question: Question) -> tuple[Number, Solution]:
    """The value, and the answer to *question* about the gradient, which one mode has written as a program.

    Where the formula has kinks, branches that meet or poles, its expansions are asked whether the derivatives exist.
    """
    from adcli.derivatives.cancelling import may_cancel
    from adcli.derivatives.second import around, gradient_problem

    if may_cancel(asked.graph):
        question.rules = len(asked.graph)
    primal = solver(asked.changed(kinks="warn") if asked.kinks == "error" else asked, Passing(2))
    gradient = gradient_problem(asked, inner)
    answer: Solution | None = None
    failure: AdcliError | None = None
    try:
        answer = solver(gradient, question)
    except AdcliError as error:
        failure = error
    notices = list(primal.notices)
    kinks = [notice for notice in notices if notice.kind in ("kink", ONE_SIDED)]
    if failure or kinks:
        from adcli.derivatives.kinks import expanded
        from adcli.derivatives.limits import Absent

        try:
            found = around(asked, gradient, question, primal.values[0])
            sides = bool(found.notices)
            if sides:
                solver(asked, Matrix("reverse"))  # which may refuse to take one side
            what = "second derivatives exist"
            found.notices = expanded(kinks, failure, "by the chain rule", what, one_sided=sides)
            if found.notices or answer is None:
                return primal.values[0], found
            notices = []
        except Absent as absent:
            if failure is not None:
                solver(asked, Matrix("reverse"))  # where the first derivative fails, it says so better
                message = f"no second derivative by the chain rule: {failure.message}"
                notes = (*failure.notes, absent.why) if absent.why else failure.notes
                raise failure.saying(message, notes) from failure
            solver(asked, Passing(2))  # which may refuse kinks
            notices = [absent.added(notice) if notice in kinks else notice for notice in notices]
    assert answer is not None
    said_kinds = {notice.kind for notice in notices}
    answer.notices = [*notices, *(notice for notice in answer.notices if notice.kind not in said_kinds)]
    return primal.values[0], answer


@computes(Hessian, "mode")
def _hessian(asked: Problem, solver: Solver, mode: str) -> Hessian:
    outer, inner = mode.split(" over ")
    value, answer = _second(asked, solver, inner, Matrix(outer))
    rows = answer.entries
    return Hessian(
        **asked.shared(answer.notices),
        mode=mode,
        output=asked.graph.output_names[0],
        inputs=tuple(name for name, _ in asked.wrt),
        value=value,
        gradient=_named(asked, answer.values),
        # Rounding alone makes the two triangles differ.
        hessian=tuple(tuple(_mean(x, rows[j][i]) for j, x in enumerate(row)) for i, row in enumerate(rows)),
    )


@computes(SparseHessian)
def _sparse_hessian(asked: Problem, solver: Solver) -> SparseHessian:
    from adcli.derivatives.colouring import count
    from adcli.derivatives.second import gradient_problem
    from adcli.derivatives.sparsity import Compressed, hessian_pattern

    rows, colours = hessian_pattern(gradient_problem(asked, "reverse"))
    question = Compressed(rows, colours, (), symmetric=True)
    value, answer = _second(asked, solver, "reverse", question)
    entries = tuple([(i, j, number) for (i, j), number in zip(question.places, answer.entries[0], strict=True)])
    return SparseHessian(
        **asked.shared(answer.notices),
        output=asked.graph.output_names[0],
        inputs=tuple([name for name, _ in asked.wrt]),
        value=value,
        gradient=_named(asked, answer.values),
        nnz=len(entries),
        entries=entries,
        colors=tuple(colours),
        sweeps=count(colours),
        dense_sweeps=len(colours),
    )


@computes(HVP, "vector")
def _hvp(asked: Problem, solver: Solver, vector: Mapping[str, Value]) -> HVP:
    value, answer = _second(asked, solver, "reverse", Along(vector))
    return HVP(
        **asked.shared(answer.notices),
        output=asked.graph.output_names[0],
        value=value,
        vector={name: asked.seed(component, f"the vector's {name}") for name, component in vector.items()},
        hvp=_named(asked, [row[0] for row in answer.entries]),
    )


def _mean(x: Number, y: Number) -> Number:
    return x if x == y else x / 2 + y / 2


def _known(layout: str) -> None:
    """Raise UsageError where there is no such layout."""
    if layout not in ("numerator", "denominator"):
        raise UsageError(f'layout is "numerator" or "denominator", not {layout!r}')


def weights(asked: Problem, cotangent: Sequence[Value] | Mapping[str, Value] | None) -> list[Value]:
    """A cotangent's weight for each output; left out, 1 for the only one."""
    outputs = asked.graph.output_names
    if cotangent is None:
        if len(outputs) != 1:
            raise UsageError(
                f"several outputs ({', '.join(outputs)}) need a cotangent, one weight for each",
                hint="for instance " + option("cotangent", [1] * len(outputs)),
            )
        cotangent = (1.0,)
    if isinstance(cotangent, Mapping):
        for name in cotangent:
            if name not in outputs:
                raise NameFault(f"the cotangent names {name}, which is no output", hint=among(name, outputs))
        cotangent = [cotangent.get(name, 0.0) for name in outputs]
    cotangent = sequence(cotangent, "a cotangent")
    if len(cotangent) != len(outputs):
        given = counted(len(cotangent), "component")
        raise UsageError(f"the cotangent has {given}, and {there_are(outputs, 'output')}")
    return [number(weight, "a weight") for weight in cotangent]


def components(asked: Problem, given: Mapping[str, Value] | None, what: str) -> dict[str, Value]:
    """A direction's component for each name differentiated by."""
    names = [name for name, _ in asked.wrt]
    if given is None:
        if len(names) != 1:
            raise UsageError(
                f"the {what} has {counted(len(names), 'component')}: {listed(names)}",
                hint=f"give them with --{what}, for instance --{what} " + ",".join(f"{n}=1" for n in names[:2]),
            )
        given = {names[0]: 1.0}
    flat = flatten(by_name(given, f"the {what}"))
    for name in flat:
        if name not in names:
            raise NameFault(f"the {what} names {name}, which is not differentiated by", hint=among(name, names))
    return {name: flat.get(name, 0.0) for name in names}


def _named(asked: Problem, row: Sequence[Number]) -> dict[str, Number]:
    return {name: entry for (name, _), entry in zip(asked.wrt, row, strict=True)}


def _determinant(asked: Problem, solver: Solver, answer: Solution) -> tuple[Number, list[Notice]]:
    """The determinant, and what is to be said of its digits; next to kinks that of the entries as they are."""
    if not any(notice.kind in ("kink", "limit") for notice in answer.notices):
        found = solver(asked, Determinant())
        return found.entries[0][0], [notice for notice in found.notices if notice.kind in ("digits", "range")]
    from adcli.arithmetic.balls import balls

    number = answer.values[0]
    home = balls(2 * FLOATS if isinstance(number, float) else number.context.dps)
    elements = [home.ball(x) for row in answer.entries for x in row]
    found = home.value(DET)(*elements)
    return float(found) if isinstance(number, float) else number.context.mpf(found.mid), []


def chosen(mode: str, asked: Problem) -> str:
    """The mode's full name; "auto" is forward where there are fewer inputs than outputs, else reverse."""
    full = mode_named(mode)
    if full == "auto":
        return "forward" if len(asked.wrt) < len(asked.graph.outputs) else "reverse"
    return full
