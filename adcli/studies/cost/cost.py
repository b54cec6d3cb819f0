"""What derivatives cost, by every way to get them: both modes, finite differences, formulas.

n dense forward sweeps stand against m reverse sweeps; their ratio to the cost of the function itself is what the cheap
gradient principle is about (Griewank 1989; Griewank & Walther 2008, ch. 3 and 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.elimination import PATIENCE, Accumulation, accumulation, orders
from adcli.derivatives.elimination.structure import structure_of
from adcli.errors import NameFault, UsageError, counted, there_are
from adcli.modes import Fault, Tape, evaluate
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.results import Result
from adcli.studies.cost.tally import Differences, Evaluated, Forward, Product, Reverse, Tally, has_point
from adcli.studies.naming import numbering

MAX_SYMBOLIC = 20_000
"""SymPy's derivatives are counted up to this many operations, written out as trees, which takes a few seconds."""


@dataclass(frozen=True, kw_only=True)
class SymPySizes:
    """Operations of SymPy's formulas: the function's, its derivatives', and these with common parts computed once.

    None, with a reason, where SymPy is not asked.
    """

    function: int | None
    before: int | None
    after: int | None
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class Cost(Result):
    """The cost of a function's derivatives, by every way to get them."""

    command: ClassVar[str] = "cost"

    inputs: int
    outputs: int
    evaluation: Evaluated
    forward: Forward
    reverse: Reverse
    finite_differences: Differences
    symbolic: SymPySizes
    recommended: str
    reason: str
    seconds: dict[str, float] | None = None
    """Time of one evaluation, and of the gradient or Jacobian by each way."""
    ratios: dict[str, float] | None = None
    """The same in evaluations."""
    hvp: Product | None = None
    """H·v, of one output; None for several, and for a program too large to derive it."""
    elimination: Accumulation | None = None
    """The whole Jacobian by other orders of the chain rule, vertices under their names in a trace."""


def cost(
    asked: Problem,
    *,
    tangent: Iterable[str] | None = None,
    cotangent: int | None = None,
    measure: bool = False,
    elimination: bool = False,
) -> Cost:
    """Count what the derivatives of *asked* cost.

    *tangent* (names) asks for one direction J·ẋ instead of all columns, *cotangent* (a number of weights) for one
    combination ȳᵀ·J instead of all rows. *measure* adds times, and needs a point; *elimination* other orders
    than the two modes'.
    """
    for name in tangent or ():
        if name not in dict(asked.wrt):
            raise NameFault(
                f"the tangent names {name}, which is not differentiated by", hint=among(name, dict(asked.wrt))
            )
    n, m = len(asked.wrt), len(asked.graph.outputs)
    if cotangent is not None and cotangent != m:
        outputs = there_are(asked.graph.output_names, "output")
        raise UsageError(f"the cotangent has {counted(cotangent, 'weight')}, and {outputs}")
    columns, rows = n if tangent is None else 1, m if cotangent is None else 1
    count = Tally(asked)
    ahead, back = count.forward(columns), count.reverse(rows)
    seconds = _measured(asked) if measure else None
    recommended, reason = _recommended(n, m, columns, rows, ahead.flops, back.flops)
    return Cost(
        expr=asked.expr,
        at=asked.numbers() if has_point(asked) else {},
        text=asked.graph.text,
        warnings=count.notices,
        inputs=n,
        outputs=m,
        evaluation=count.evaluated(),
        forward=ahead,
        reverse=back,
        finite_differences=count.differences(),
        symbolic=_symbolic(asked),
        recommended=recommended,
        reason=reason,
        seconds=seconds,
        ratios=None if seconds is None else {name: time / seconds["evaluation"] for name, time in seconds.items()},
        hvp=count.product(),
        elimination=_eliminated(asked, count.tape) if elimination else None,
    )


def _symbolic(asked: Problem) -> SymPySizes:
    """Operations of SymPy's derivatives."""
    from adcli.crosscheck.formulas import formulas
    from adcli.language.sympy.definitions import Unreadable

    try:
        found = formulas(asked, MAX_SYMBOLIC)
    except Unreadable as error:
        return SymPySizes(function=None, before=None, after=None, reason=str(error))
    import sympy

    derivatives = [entry for column in found.columns for entry in column.derivatives]
    try:
        replaced, reduced = sympy.cse(derivatives)
        after = sum([int(sympy.count_ops(e)) for e in [*(part for _, part in replaced), *reduced]])
        function, before = (sum([int(sympy.count_ops(e)) for e in es]) for es in (found.outputs, derivatives))
    except (RecursionError, TypeError, ValueError, AttributeError) as error:
        return SymPySizes(function=None, before=None, after=None, reason=f"SymPy gives up ({type(error).__name__})")
    return SymPySizes(function=function, before=before, after=after, reason=None)


def _eliminated(asked: Problem, tape: Tape) -> Accumulation:
    return accumulation(orders(structure_of(asked, tape), patience=PATIENCE), numbering(asked, tape))


def _recommended(n: int, m: int, columns: int, rows: int, ahead: int, back: int) -> tuple[str, str]:
    """The mode with fewer sweeps, and why; a tie goes to reverse."""
    counts = {"forward": (columns, ahead), "reverse": (rows, back)}
    given = [what for what, one, all_ in (("tangent", columns, n), ("cotangent", rows, m)) if one < all_]
    mode = "forward" if columns < rows else "reverse"
    other = "reverse" if mode == "forward" else "forward"
    sweeps = {name: f"{counted(count, f'{name} sweep')} ({flop:,} flops)" for name, (count, flop) in counts.items()}
    sizes = f"{counted(n, 'input')} against {counted(m, 'output')}"
    if given:
        sizes += f" and one {' and one '.join(given)}"
    if columns == rows:
        return mode, f"{sizes} is a tie, which goes to reverse: {sweeps[mode]} or {sweeps[other]}."
    return mode, f"{sizes}: {sweeps[mode]} against {sweeps[other]}."


def _measured(asked: Problem) -> dict[str, float]:
    """Seconds for one evaluation, and for all derivatives by each way, on floats."""
    from adcli.derivatives.questions import Matrix, Work
    from adcli.derivatives.solver import solve
    from adcli.language.sympy.definitions import Unreadable
    from adcli.studies.compare.stopwatch import side_by_side
    from adcli.studies.compare.ways import CENTRAL_STEP, FORWARD_STEP, Moved, SymPyFormulas

    if not has_point(asked):
        raise UsageError("--measure needs a point", hint="give one with --at")
    solve(asked, Matrix("reverse"))  # says what is wrong with the point, if something is
    arithmetic = doubles()
    point = asked.point(arithmetic)
    try:
        moved = Moved(asked)
    except Fault:
        raise UsageError("--measure is about floats, which have no value at this point") from None
    ways: dict[str, Callable[[], Any]] = {
        "evaluation": lambda: evaluate(asked.graph, arithmetic, point),
        "forward": lambda: Matrix("forward").entries(Work(asked, arithmetic, point)),
        "reverse": lambda: Matrix("reverse").entries(Work(asked, arithmetic, point)),
        "forward-difference": lambda: moved.forward(FORWARD_STEP),
        "central-difference": lambda: moved.central(CENTRAL_STEP),
    }
    try:
        written = SymPyFormulas(asked, MAX_SYMBOLIC)
        ways["symbolic"] = lambda: written.entries(moved.values)
    except Unreadable:
        pass
    usable = {}
    for name, way in ways.items():
        try:
            way()
        except (Fault, ArithmeticError):
            continue  # no value beside the point, or a pole of SymPy's formula: nothing to measure
        usable[name] = way
    return side_by_side(usable)
