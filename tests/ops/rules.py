"""The comparison that holds a rule against the derivative: used by its tests, and tested with wrong rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
from mpmath import mp

from adcli.arithmetic.multiprecision import multiprecision
from adcli.ops import Op

from . import truth
from .comparison import partial_of
from .samples import Point, points


def written(op: Op, rule: str, digits: int) -> Callable[[Point], Any]:
    """A rule's text as it stands, evaluated with so many digits, as a function of a point of doubles."""
    wide = multiprecision(digits)
    names = ("v", "cofactor") if op.matrix else ("v", "x", "ties") if op.variadic else ("v", *op.arguments)
    compiled = wide.compile(names, wide.source(rule), rule)

    def partial(point: Point) -> Any:
        args = [wide.exactly(x) for x in point]
        v = wide.value(op)(*args)
        if op.matrix:  # of two rows the cofactor of the first element is the last
            return compiled(v, args[3])
        return compiled(v, args[0], args.count(v)) if op.variadic else compiled(v, *args)

    return partial


def in_use(op: Op, i: int, digits: int) -> Callable[[Point], Any]:
    """∂/∂(argument i) as adcli computes it: by the row's function for accuracy where it has one."""
    return partial_of(op, i, multiprecision(digits))


def disagreement(op: Op, i: int, partial: Callable[[Point], Any], digits: int) -> str:
    """Where *partial* is not ∂/∂(argument i), to all but 5 of so many digits; "" where it is."""
    with mpmath.workdps(digits + 10):
        # Central differences share a tie of two equally, as the convention for it does.
        for point in points(op) + [(1.5, 1.5)] * (op.variadic and not op.matrix):
            at = point[i:] + point[:i] if op.variadic else point
            expected = truth.derivative(op, i, point)
            got: Any
            try:
                got = partial(at)
                if abs(mp.mpf(got) - expected) <= abs(expected) * mp.mpf(10) ** (5 - digits):
                    continue
            except (ArithmeticError, ValueError, TypeError) as error:
                got = repr(error)
            return f"{op.name} at {point}: the rule gives {got}, the derivative is {expected}"
    return ""
