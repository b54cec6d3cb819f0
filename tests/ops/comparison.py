"""How numbers are compared: in units in the last place, and to so many digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from mpmath import mp

from adcli.arithmetic.rules import Arithmetic
from adcli.errors import AdcliError
from adcli.ops import Op

from .samples import Point

LARGEST = 2.0**1023 * (2 - 2.0**-52)


def attempt(function: Callable[..., Any], *args: Any, **options: Any) -> tuple[Any, Any]:
    """(result, None), or (None, error) where it refuses."""
    try:
        return function(*args, **options), None
    except (AdcliError, ArithmeticError, ValueError) as error:
        return None, error


def in_range(truth: Any) -> bool:
    """Whether a double can hold it."""
    return bool(abs(truth) < LARGEST)


def ulps(got: float, truth: Any) -> float:
    """The error of a double in units in its last place; of a subnormal one in steps of the subnormal numbers."""
    if not in_range(truth):
        return math.inf if math.isfinite(got) else 0.0
    if not math.isfinite(got):
        return math.inf
    exponent = max(mp.mag(truth) - 53, -1074) if truth else -1074
    return float(mp.ldexp(abs(mp.mpf(got) - truth), -exponent))


def partial_of(op: Op, i: int, arithmetic: Arithmetic) -> Callable[[Point], Any]:
    """∂/∂(argument i) in an arithmetic, as a function of a point of doubles."""

    def partial(point: Point) -> Any:
        args = [getattr(arithmetic, "exactly", float)(x) for x in point]
        return arithmetic.partial_at(op, i, arithmetic.value(op)(*args), args)

    return partial


def agree(got: Any, truth: Any, digits: int) -> bool:
    """Whether two numbers agree to so many digits, absolutely where they are below 1."""
    return bool(abs(mp.mpf(got) - truth) <= mp.mpf(10) ** -digits * max(1, abs(truth)))
