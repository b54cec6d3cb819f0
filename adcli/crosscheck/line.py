"""The witness of a Taylor series: the function itself on a grid along the line, as SymPy reads the text.

The polynomial through K + 12 values, taken at steps of 10^-12 with so many digits that the differences keep
enough of them, has the function's Taylor coefficients, up to far more digits than are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adcli.language.sympy.definitions import Unreadable
from adcli.modes import evaluate
from adcli.problem.problem import Problem

STEPS = (12, 13)
"""Exponents of the grid's two steps: coefficients on which the two grids differ are none."""
MORE = 12
"""How many points a grid has beyond the order."""
AGREEMENT = 24
"""Digits to which the two grids must agree."""
NOISE = 20
"""Digits of the values that differences of so many points lose to rounding, at most."""
SMALLEST = 20
"""Where a coordinate is smaller than 10^-20, the grid would step over what happens between it and 0."""
MAX_ORDER = 60
"""Beyond this order the grid would need thousands of digits."""


def coefficients(problem: Problem, way: Mapping[int, Any], order: int) -> tuple[list[Any | None], bool]:
    """The Taylor coefficients of the output along *way*, a number for each of the names differentiated by.

    None for those that do not settle. Also whether SymPy could read the text: if not, the values are adcli's own.
    Raises Fault, NoValue where the function has no value on the grid.
    """
    from adcli.arithmetic.multiprecision import multiprecision

    digits = max(STEPS) * (order + MORE) + 60
    wide = multiprecision(digits)
    context = wide.context
    labels = problem.graph.labels
    start = {labels[node]: x for node, x in problem.point(wide, exact=problem.exact).items()}
    slope = {problem.wrt[j][0]: context.mpf(component) for j, component in way.items()}
    try:
        function, reading = _read(problem, start, slope, digits), True
    except Unreadable:
        function, reading = _own(problem, start, slope, wide), False
    sizes = [abs(start[name] / component) for name, component in slope.items() if component and start[name]]
    size = min([context.one, *sizes])
    if size < context.mpf(10) ** -SMALLEST:
        return [None] * (order + 1), reading
    steps = [size * context.mpf(10) ** -step for step in STEPS]
    far, near = (_interpolated(function, step, order, context) for step in steps)
    found: list[Any | None] = []
    for k, (a, b) in enumerate(zip(far, near, strict=True)):
        noise = max(abs(near[0]), 1) * context.mpf(10) ** (NOISE - digits) / min(steps) ** k
        if max(abs(a), abs(b)) < noise:
            b = context.zero
        scale = max([abs(number) for number in near[max(0, k - 2) : k + 3]])
        found.append(b if not b or abs(a - b) <= context.mpf(10) ** -AGREEMENT * max(abs(b), scale) else None)
    return found, reading


def _read(problem: Problem, start: Mapping[str, Any], slope: Mapping[str, Any], digits: int) -> Callable[[Any], Any]:
    """t -> f(a + t·d), where f is what SymPy reads."""
    from adcli.crosscheck.reading import check_powers, load_sympy, read
    from adcli.crosscheck.values import Values

    check_powers(problem.graph)
    load_sympy()
    program, (output,) = read(problem)
    symbols = {name: symbol for name in start if (symbol := program.inputs.get(name)) is not None}
    values = Values({})

    def function(t: Any) -> Any:
        values.move({symbol: start[name] + t * slope.get(name, 0) for name, symbol in symbols.items()})
        return values.once(output, digits)

    return function


def _own(problem: Problem, start: Mapping[str, Any], slope: Mapping[str, Any], wide: Any) -> Callable[[Any], Any]:
    """t -> f(a + t·d) by adcli's own evaluation, which knows no derivative."""
    graph = problem.graph

    def function(t: Any) -> Any:
        point = {node: start[graph.labels[node]] + t * slope.get(graph.labels[node], 0) for node in graph.inputs}
        return evaluate(graph, wide, point).values[graph.outputs[0]]

    return function


def _interpolated(function: Callable[[Any], Any], h: Any, order: int, context: Any) -> list[Any]:
    """The first coefficients of the polynomial through equidistant values around 0: Newton's, multiplied out."""
    count = order + MORE
    places = [i // 2 * (1 if i % 2 else -1) + i % 2 for i in range(count)]  # 0, 1, -1, 2, -2 …
    table = [context.mpf(function(place * h)) for place in places]
    for level in range(1, count):
        for i in range(count - 1, level - 1, -1):
            table[i] = (table[i] - table[i - 1]) / (places[i] - places[i - level])
    polynomial = [context.zero] * count
    for i in range(count - 1, -1, -1):  # Horner's scheme over the Newton basis
        for j in range(count - 1, 0, -1):
            polynomial[j] = polynomial[j - 1] - places[i] * polynomial[j]
        polynomial[0] = table[i] - places[i] * polynomial[0]
    return [polynomial[k] / h**k for k in range(order + 1)]
