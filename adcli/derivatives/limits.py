"""Derivatives as limits, for the points at which the chain rule says 0 × ∞.

sqrt(x^4) has the derivative 0 at 0, but its chain rule multiplies an infinite slope by 0. The difference
quotient from both sides, computed with enough digits, tells the derivative where it exists; where the two
sides differ, or one of them has no value, the derivative stays undetermined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adcli.modes import Fault, evaluate
from adcli.problem.problem import Problem
from adcli.problem.values import Value

DIGITS = 160
"""Digits computed with; the steps below leave 80 of them to the quotients."""
STEPS = (20, 40)
"""Exponents of the steps: h = 10^-20 and 10^-40 times the size of the point."""
CLOSE = "1e-8"
"""How near the quotients of both steps, and those of both sides, must be to be one limit."""
ZERO = "1e-15"
"""A limit smaller than this is 0: quotients that tend to it never arrive."""


def limit(
    problem: Problem, weights: Mapping[int, Value], tangent: Mapping[str, Value], *, exact: bool
) -> tuple[Any | None, str]:
    """d/dh of weights·f(x + h·tangent) at h = 0 as the common limit of both one-sided quotients.

    Returns the limit and how it was found, or None and why there is none. Only along inputs: a tangent that
    names an assigned name gives None.
    """
    from adcli.arithmetic.multiprecision import multiprecision

    wide = multiprecision(DIGITS)
    context = wide.context
    graph = problem.graph
    point = problem.point(wide, exact=exact)
    nodes = dict(problem.wrt)
    if any(node >= 0 and graph.args[node] for node in (nodes[name] for name in tangent)):
        return None, ""
    direction = {nodes[name]: problem.number(value, wide, name) for name, value in tangent.items() if nodes[name] >= 0}
    factors = {place: problem.number(value, wide, "the weight") for place, value in weights.items()}
    size = max([context.one, *(abs(point[node]) for node in direction)])

    def along(h: Any) -> Any:
        moved = {node: value + h * direction.get(node, 0) for node, value in point.items()}
        values = evaluate(graph, wide, moved).values
        return sum(factor * values[graph.outputs[place]] for place, factor in factors.items())

    try:
        middle = along(context.zero)
    except Fault:
        return None, ""
    sides: list[list[Any]] = []
    for sign in (-1, 1):
        quotients = []
        for exponent in STEPS:
            h = sign * size * context.mpf(10) ** -exponent
            try:
                quotients.append((along(h) - middle) / h)
            except Fault:
                return None, "the function is defined on one side of this point only"
        sides.append(quotients)
    (left_far, left), (right_far, right) = sides
    for far, near in ((left_far, left), (right_far, right)):
        if abs(near - far) > context.mpf(CLOSE) * max(1, abs(near)):
            return None, "the difference quotients do not converge"
    if abs(left - right) > context.mpf(CLOSE) * max(1, abs(left), abs(right)):
        shown = " and ".join(context.nstr(x, 6) for x in (left, right))
        return None, f"the one-sided derivatives differ: {shown}"
    found = (left + right) / 2
    if abs(found) < context.mpf(ZERO):
        found = context.zero
    return found, f"{context.nstr(found, 6)}, the limit of the difference quotients from both sides"
