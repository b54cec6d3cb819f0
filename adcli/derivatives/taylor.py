"""Derivatives of any order along a line: the Taylor series of t -> f(x + t·d), in one pass.

The primal pass runs on numbers that are series themselves (`adcli.arithmetic.series`), so order K takes O(K²) times the
work of a value, not K nested sweeps (Griewank & Walther 2008, ch. 13). The factor k! is applied last, since a
coefficient may be an ordinary float where the derivative is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from adcli.arithmetic.doubles import TINY, Doubles
from adcli.arithmetic.series import Series, SeriesArithmetic
from adcli.derivatives.cancelling import may_cancel
from adcli.derivatives.questions import Along, Passing, Question, Work
from adcli.derivatives.recompute import Solver, computes
from adcli.derivatives.results import Taylor
from adcli.derivatives.solver import solve
from adcli.errors import AdcliError, LimitError, NameFault, UsageError, counted, option
from adcli.modes import Fault, evaluate
from adcli.problem.checks import among
from adcli.problem.given import by_name, named, whole
from adcli.problem.problem import Expression, Problem, check_output, problem
from adcli.problem.values import Value, flatten, unlimited
from adcli.results import ONE_SIDED, Notice

MAX_ORDER = 10_000
"""Orders beyond this are refused."""
MAX_PRODUCTS = 7_500_000
"""So are those whose square, times the program's operations, is more than this: that is how the work grows."""
MAX_BY_ARB = 64_000_000
"""Where Arb multiplies whole series, of functions whose rules do not chain on and on, this is as little work."""
COSTLY = 40
"""Flops from which on functions are such as the gamma family, whose rules need others, and those others."""
MOST_AROUND = 40
"""Orders beyond this are not sought where the rules have no series."""


def taylor(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    order: int = 4,
    var: str | None = None,
    direction: Mapping[str, Value] | None = None,
    **options: Any,
) -> Taylor:
    """The Taylor coefficients of one output along an input *var* or a *direction* (1 for a single input).

    Options as of `problem`. Raises UsageError, NameFault, LimitError, DomainError, RangeError.
    """
    asked = problem(expr, at, **options)
    check_output(asked, "taylor")
    if not 0 <= whole(order, "the order") <= MAX_ORDER:
        raise LimitError(f"the order goes from 0 to {MAX_ORDER:,}, not {order}")
    nodes = len(asked.graph)
    if order * order * nodes > MAX_PRODUCTS:
        from adcli.arithmetic.arb import installed

        simple = all(op.flops < COSTLY for op in asked.graph.ops)
        most = math.isqrt((MAX_BY_ARB if simple and installed() else MAX_PRODUCTS) // nodes)
        if order > most:
            raise LimitError(
                f"the order of a series of {counted(nodes, 'node')} goes to {most:,}, not {order:,}",
                hint="python-flint goes further: pip install 'adcli[proof]'" if simple and not installed() else None,
            )
    return _taylor(asked, solve, _direction(asked, var, direction), order)


taylor_series = taylor
"""The public name: `adcli.derivatives.taylor` is this module."""


def _moving(asked: Problem, way: Mapping[str, Value]) -> Problem:
    """The problem, to be differentiated by the inputs that the direction moves."""
    wrt = tuple([(asked.graph.labels[node], node) for node in asked.graph.inputs if asked.graph.labels[node] in way])
    return asked.changed(wrt=wrt)


class Expansion(Question):
    """The Taylor coefficients along a line, and in a second row the derivatives, k! times each."""

    unbounded = (1,)

    def __init__(self, way: Mapping[str, Value], order: int) -> None:
        self.way = way
        self.order = order

    def entries(self, work: Work) -> list[list[Any]]:
        work.derived = True
        arithmetic = SeriesArithmetic(work.arithmetic, watches=may_cancel(work.problem.graph))
        numbers = _series(work, self.way, self.order, arithmetic)
        if isinstance(work.arithmetic, Doubles):
            numbers = [float(number) for number in numbers]
            work.sweeps.append([0.0 if _may_underflow(arithmetic.made) else 1.0])
            work.cancelled = arithmetic.cancelled
        return [numbers, _derivatives(numbers)]


def _direction(asked: Problem, var: str | None, direction: Mapping[str, Value] | None) -> dict[str, Value]:
    names = [asked.graph.labels[node] for node in asked.graph.inputs]
    if var is not None and direction is not None:
        raise UsageError(f"{option('var')} and {option('direction')} exclude each other")
    if var is not None:
        direction = dict.fromkeys(named(var, "var"), 1)
    if direction is None:
        if not names:
            raise UsageError("the program has no inputs to expand in", hint="`adcli eval` gives its value")
        if len(names) != 1:
            raise UsageError(
                f"a series in which variable? There are {', '.join(names)}",
                hint=f"choose one with {option('var', 'NAME')}, or a line with {option('direction', {'x': 1, 'y': 2})}",
            )
        direction = {names[0]: 1}
    flat = flatten(by_name(direction, "the direction"))
    for name in flat:
        if name not in names:
            raise NameFault(f"{name} is no input of the program", hint=among(name, names))
    return flat


@computes(Taylor, "direction", "order")
def _taylor(asked: Problem, solver: Solver, way: Mapping[str, Value], order: int) -> Taylor:
    moving = _moving(asked, way)
    met = solver(moving.changed(kinks="warn") if asked.kinks == "error" else moving, Passing(order)).notices
    kinks = [notice for notice in met if notice.kind in ("kink", ONE_SIDED)]
    failure: AdcliError | None = None
    numbers: Sequence[Any] = ()
    derivatives: Sequence[Any] = ()
    notices: list[Notice] = []
    try:
        answer = solver(moving.changed(kinks="silent"), Expansion(way, order))
        (numbers, derivatives), notices = answer.entries, answer.notices
    except AdcliError as error:
        failure = error
    if failure or kinks:
        from adcli.derivatives.kinks import expanded
        from adcli.derivatives.limits import Absent

        try:
            found, one_sided = _around(moving, way, order, solver(moving, Question()).values[0])
            if one_sided:
                solver(moving, Along(way))  # which may refuse to take one side
        except Absent as absent:
            if failure is not None:
                failure.notes = (*failure.notes, absent.why) if absent.told else failure.notes
                raise failure from None
            solver(moving, Passing(order))  # which may refuse kinks
            kinks = [absent.added(notice) for notice in kinks]
        else:
            kinks = expanded(kinks, failure, "by the rules", "series exists", one_sided=one_sided)
            if kinks or failure:
                numbers, derivatives, notices = found, _derivatives(found), []
    return Taylor(
        **asked.shared([*notices, *_beyond(derivatives), *kinks]),
        output=asked.graph.output_names[0],
        order=order,
        direction={name: asked.seed(value, f"the direction of {name}") for name, value in way.items()},
        coefficients=tuple(numbers),
        derivatives=tuple(derivatives),
    )


def _around(moving: Problem, way: Mapping[str, Value], order: int, like: Any) -> tuple[list[Any], bool]:
    """The coefficients that the expansions along the direction and against it agree on, as *like*; whether only one of
    them is defined. Raises Absent."""
    from adcli.derivatives.limits import Absent, Rays, real_direction

    if order > MOST_AROUND:
        raise Absent(f"expansions on both sides are sought up to order {MOST_AROUND}", told=False)
    rays = Rays(moving, order)
    coefficients = rays.along(*real_direction(rays, {0: 1}, way))
    return [rays.number(c, like) for c in coefficients], rays.one_sided


def _derivatives(numbers: list[Any]) -> list[Any]:
    """k! times each coefficient; infinite beyond the largest float."""
    found = []
    factorial = 1
    for k, number in enumerate(numbers):
        factorial *= max(k, 1)
        try:
            found.append(number * factorial)
        except OverflowError:  # the factorial alone is no float
            found.append(_scaled(number, factorial))
    return found


def _beyond(derivatives: Sequence[Any]) -> list[Notice]:
    """A warning where derivatives are no floats although their coefficients are."""
    first = next((k for k, x in enumerate(derivatives) if isinstance(x, float) and math.isinf(x)), None)
    if first is None:
        return []
    said = f"from order {first} on there are derivatives that exceed the largest float, about 1.8e308; {unlimited()}"
    return [Notice("range", said)]


def _scaled(number: float, factorial: int) -> float:
    if not math.isfinite(number):
        return number
    numerator, denominator = number.as_integer_ratio()
    try:
        return numerator * factorial / denominator
    except OverflowError:
        return float("inf") * number


def _series(work: Work, way: Mapping[str, Value], order: int, arithmetic: SeriesArithmetic) -> list[Any]:
    """The coefficients 0 … order of the output. Raises Fault."""
    problem, scalars = work.problem, work.arithmetic
    graph = problem.graph
    point = {}
    for node in graph.inputs:
        name = graph.labels[node]
        slope = problem.number(way[name], scalars, f"the direction of {name}") if name in way else scalars.literal("0")
        point[node] = arithmetic.variable(work.tape.values[node], slope)
    tape = evaluate(graph, arithmetic, point)
    node = 0
    try:
        # Order by order, node by node: each coefficient finds the ones it needs computed, so nothing recurses. The
        # series of the rules go first, the last made before those that need one order more of them.
        for k in range(1, order + 1):
            for inner in arithmetic.made[::-1]:
                if len(inner.known) < k:
                    inner[len(inner.known)]
            for node, _, _ in tape.steps:
                value = tape.values[node]
                if not isinstance(value, bool):
                    value[k]
    except (ArithmeticError, ValueError) as error:
        raise Fault(node, error, "series") from error
    (output,) = graph.outputs
    return [tape.values[output][k] for k in range(order + 1)]


def _may_underflow(made: Sequence[Series]) -> bool:
    """Whether a product or a quotient of two coefficients may be too small for a float, or has overflowed."""
    if any(not series.known[0] for series in made):
        return True
    sizes = [abs(number) for series in made for number in series.known if number]
    if not math.isfinite(sum(sizes)):
        return True
    least = min(sizes, default=1.0)
    return bool(min(least, least / max(sizes, default=1.0)) * min(least, 1.0) < TINY)
