"""Derivatives of any order along a line: the Taylor series of t -> f(x + t·d), in one pass.

The primal pass runs on numbers that are series themselves (`adcli.arithmetic.series`), so order K takes O(K²) times the
work of a value, not K nested sweeps (Griewank & Walther 2008, ch. 13). The factor k! is applied last, since a
coefficient may be an ordinary float where the derivative is none.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.rules import Arithmetic
from adcli.arithmetic.series import SeriesArithmetic
from adcli.derivatives.questions import Passing, Question
from adcli.derivatives.recompute import Precisely, computes
from adcli.derivatives.refusals import located
from adcli.derivatives.solver import CAREFUL_DIGITS, solve
from adcli.errors import AdcliError, LimitError, NameFault, RangeError, UsageError, counted
from adcli.modes import Fault, evaluate
from adcli.problem.checks import among
from adcli.problem.given import by_name, named, whole
from adcli.problem.problem import Expression, Problem, check_output, problem
from adcli.problem.values import FLOATS, UNLIMITED, Value, flatten
from adcli.results import Notice, Taylor

MAX_ORDER = 10_000
"""Orders beyond this are refused."""
MAX_PRODUCTS = 4_000_000
"""So are those whose square, times the program's operations, is more than this: that is how the work grows."""
MOST_AROUND = 40
"""Orders beyond this are not sought where the rules have no series."""
TINY = 1e-290
"""Floats lose the digits of what is smaller than this: its derivative, times a factorial, may be ordinary again."""


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
    if order * order * len(asked.graph) > MAX_PRODUCTS:
        most = math.isqrt(MAX_PRODUCTS // len(asked.graph))
        raise LimitError(f"the order of a program of {counted(len(asked.graph), 'node')} goes to {most:,}, not {order:,}")
    way = _direction(asked, var, direction)
    moving = _moving(asked, way)
    met = solve(moving.changed(kinks="warn") if asked.kinks == "error" else moving, Passing()).notices
    kinks = [notice for notice in met if notice.kind == "kink"]
    failure: AdcliError | None = None
    try:
        numbers, derivatives, notices = _coefficients(asked, way, order)
    except AdcliError as error:
        failure = error
    if failure or kinks:
        from adcli.derivatives.limits import Absent

        try:
            numbers = _around(moving, way, order, solve(moving, Question()).values[0])
        except Absent as absent:
            if failure is not None:
                failure.notes = (*failure.notes, absent.why) if absent.told else failure.notes
                raise failure from None
            solve(moving, Passing())  # which may refuse kinks
            kinks = [absent.added(notice) for notice in kinks]
        else:
            said = "but the series exists, as the formula says on both sides"
            places = [(notice.message.partition(": ")[0], notice.span) for notice in kinks]
            places = places or [(f"by the rules, {failure.message}", failure.span)] if failure else places
            kinks = [Notice("limit", f"{what}, {said}", span) for what, span in places]
            derivatives, notices = _derivatives(numbers), ()
    return result(asked, way, order, numbers, (*notices, *_beyond(derivatives), *kinks), derivatives)


taylor_series = taylor
"""The public name: `adcli.derivatives.taylor` is this module."""


def _moving(asked: Problem, way: Mapping[str, Value]) -> Problem:
    """The problem, to be differentiated by the inputs that the direction moves."""
    wrt = tuple([(asked.graph.labels[node], node) for node in asked.graph.inputs if asked.graph.labels[node] in way])
    return Problem(asked.graph, asked.expr, asked.at, wrt, asked.precision, asked.kinks, asked.origin, asked.let)


@computes(Taylor, "direction", "order")
def _again(asked: Problem, solver: Precisely, way: Mapping[str, Value], order: int) -> Taylor:
    from adcli.arithmetic.multiprecision import multiprecision
    from adcli.derivatives.limits import Absent

    moving = _moving(asked, way)
    met = solve(moving.changed(kinks="warn") if asked.kinks == "error" else moving, Passing()).notices
    kinked = any(notice.kind == "kink" for notice in met)
    failure: AdcliError | None = None
    try:
        numbers = precisely(asked, way, order, solver.digits, exact=asked.precision != FLOATS)
    except AdcliError as error:
        failure = error
    if failure or kinked:
        try:
            numbers = _around(moving, way, order, multiprecision(solver.digits).context.one)
        except Absent:
            if failure:
                raise failure from None
    return result(asked, way, order, numbers, (), _derivatives(numbers))


def _direction(asked: Problem, var: str | None, direction: Mapping[str, Value] | None) -> dict[str, Value]:
    names = [asked.graph.labels[node] for node in asked.graph.inputs]
    if var is not None and direction is not None:
        raise UsageError("--var and --direction exclude each other")
    if var is not None:
        direction = dict.fromkeys(named(var, "var"), 1)
    if direction is None:
        if not names:
            raise UsageError("the program has no inputs to expand in", hint="`adcli eval` gives its value")
        if len(names) != 1:
            raise UsageError(
                f"a series in which variable? There are {', '.join(names)}",
                hint="choose one with --var NAME, or a line with --direction x=1,y=2",
            )
        direction = {names[0]: 1}
    flat = flatten(by_name(direction, "the direction"))
    for name in flat:
        if name not in names:
            raise NameFault(f"{name} is no input of the program", hint=among(name, names))
    return flat


def _coefficients(
    asked: Problem, way: Mapping[str, Value], order: int
) -> tuple[list[Any], list[Any], tuple[Notice, ...]]:
    """The series and the derivatives: by floats, by mpmath where floats fail; with a precision, until digits stand."""
    from adcli.arithmetic.multiprecision import multiprecision

    if asked.precision == FLOATS:
        try:
            numbers = series(asked, way, order, doubles(), exact=False)
            if all(x == 0 or TINY < abs(x) < float("inf") for x in numbers):
                numbers = [x + 0.0 for x in numbers]
                return numbers, _derivatives(numbers), ()
        except (Fault, OverflowError):
            pass
        wide = multiprecision(CAREFUL_DIGITS)
        exactly = _wide(asked, way, order, CAREFUL_DIGITS, exact=False)
        try:
            numbers = [wide.rounded(x) for x in exactly]
        except OverflowError:
            raise RangeError(
                "a coefficient exceeds the largest float, about 1.8e308",
                hint=UNLIMITED,
            ) from None
        notice = Notice("range", f"floats leave their range here; recomputed with {CAREFUL_DIGITS} digits")
        return numbers, [float(x) for x in _derivatives(exactly)], (notice,)
    numbers = precisely(asked, way, order, asked.precision, exact=True)
    return numbers, _derivatives(numbers), ()


def _around(moving: Problem, way: Mapping[str, Value], order: int, like: Any) -> list[Any]:
    """The coefficients that the expansions along the direction and against it agree on, as *like*. Raises Absent."""
    from adcli.derivatives.limits import Absent, Rays, real_direction

    if order > MOST_AROUND:
        raise Absent(f"expansions on both sides are sought up to order {MOST_AROUND}", told=False)
    rays = Rays(moving, order)
    coefficients = rays.along(*real_direction(rays, {0: 1}, way))
    return [rays.number(c, like) for c in coefficients]


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


def _beyond(derivatives: list[Any]) -> list[Notice]:
    """A warning where derivatives are no floats although their coefficients are."""
    first = next((k for k, x in enumerate(derivatives) if isinstance(x, float) and math.isinf(x)), None)
    if first is None:
        return []
    said = f"from order {first} on there are derivatives that exceed the largest float, about 1.8e308; {UNLIMITED}"
    return [Notice("range", said)]


def _scaled(number: float, factorial: int) -> float:
    numerator, denominator = number.as_integer_ratio()
    try:
        return numerator * factorial / denominator
    except OverflowError:
        return float("inf") * number


def precisely(asked: Problem, way: Mapping[str, Value], order: int, digits: int, *, exact: bool) -> list[Any]:
    """The series right to *digits* digits: the working precision grows until they stand still."""
    from adcli.arithmetic.multiprecision import multiprecision

    context = multiprecision(digits).context
    working = digits + 10
    earlier = _wide(asked, way, order, working, exact=exact)
    for _ in range(3):
        working *= 2
        numbers = _wide(asked, way, order, working, exact=exact)
        close = context.mpf(10) ** -digits
        if all(abs(a - b) <= close * abs(b) for a, b in zip(earlier, numbers, strict=True)):
            break
        # What shrinks with the working precision is rounding alone: the number is 0.
        numbers = [b if abs(b) > close * abs(a) else context.zero for a, b in zip(earlier, numbers, strict=True)]
        earlier = numbers
    return [+context.mpf(x) for x in numbers]


def _wide(asked: Problem, way: Mapping[str, Value], order: int, digits: int, *, exact: bool) -> list[Any]:
    from adcli.arithmetic.multiprecision import multiprecision

    wide = multiprecision(digits)
    try:
        return [wide.context.mpf(x) for x in series(asked, way, order, wide, exact=exact)]
    except Fault as fault:
        raise located(asked, fault, wide, asked.point(wide, exact=exact)) from fault


def series(asked: Problem, way: Mapping[str, Value], order: int, scalars: Arithmetic, *, exact: bool) -> list[Any]:
    """The coefficients 0 … order of the output, in the numbers of *scalars*. Raises Fault."""
    arithmetic = SeriesArithmetic(scalars)
    graph = asked.graph
    point = {}
    for node, value in asked.point(scalars, exact=exact).items():
        name = graph.labels[node]
        slope = asked.number(way[name], scalars, f"the direction of {name}") if name in way else scalars.literal("0")
        point[node] = arithmetic.variable(value, slope)
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


def result(
    asked: Problem,
    way: Mapping[str, Value],
    order: int,
    numbers: list[Any],
    notices: tuple[Notice, ...],
    derivatives: list[Any],
) -> Taylor:
    """The coefficients with what they are coefficients of."""
    return Taylor(
        **asked.shared(notices),
        output=asked.graph.output_names[0],
        order=order,
        direction={name: asked.seed(value, f"the direction of {name}") for name, value in way.items()},
        coefficients=tuple(numbers),
        derivatives=tuple(derivatives),
    )
