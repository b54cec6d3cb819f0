"""From a ball to the doubles that its number lies between."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

from adcli.arithmetic.ball import SLACK, Ball
from adcli.arithmetic.doubles import TOO_SMALL

PROVEN = 17
"""Digits of a double that is the nearest to the truth."""
RANGE = 1025
"""Beyond 2^this there are no doubles."""
_TINY = math.ulp(0.0)
_LARGEST = math.nextafter(math.inf, 0)


class Between(NamedTuple):
    """Two doubles that a number lies between, and the one next to it, where it is known which."""

    low: float
    high: float
    nearest: float
    known: bool

    @property
    def digits(self) -> int:
        """How many significant digits of the nearest one are proven."""
        if self.known:
            return PROVEN
        wide = self.high - self.low
        size = max(abs(self.low), abs(self.high))
        return max(0, min(PROVEN - 1, math.floor(-math.log10(wide / size)))) if wide < math.inf else 0


def between(ball: Ball, unbounded: bool = False) -> Between:
    """The doubles around a ball. Raises OverflowError beyond the largest, unless it is *unbounded*."""
    if ball.exact is not None:
        least = most = ball.exact
    elif ball.reach < TOO_SMALL:
        return Between(-_TINY, _TINY, 0.0, True)
    elif ball.size > RANGE:
        if not unbounded:
            raise OverflowError
        return _far(ball)
    elif ball.radius > RANGE:
        if not unbounded:
            raise OverflowError
        return Between(-math.inf, math.inf, 0.0, False)
    else:
        least, most = map(_fraction, ball.ends())
    low, high = _near(least), _near(most)
    if not unbounded and math.inf in (abs(low), abs(high)):
        raise OverflowError
    nearest, known = _near((least + most) / 2), low == high
    return Between(_moved(low, least, -1), _moved(high, most, 1), nearest + 0.0, known)


def beyond(ball: Ball) -> bool:
    """Whether all of it is beyond the doubles."""
    return ball.size > RANGE and (ball.exact is not None or ball.radius < ball.size - 1)


def _far(ball: Ball) -> Between:
    """Around a ball whose midpoint is beyond the doubles, which is not to say that all of it is."""
    if ball.home.context.isnan(ball.mid):
        return Between(-math.inf, math.inf, math.nan, False)
    positive = ball.mid > 0
    known = beyond(ball)
    least = _LARGEST if known else 0.0 if ball.radius + SLACK < ball.size else -math.inf
    ends = (least, math.inf) if positive else (-math.inf, -least)
    return Between(*ends, math.inf if positive else -math.inf, known)


def _fraction(number: Any) -> Fraction:
    sign, man, exponent, _ = number._mpf_
    return (-1 if sign else 1) * Fraction(int(man)) * Fraction(2) ** int(exponent)


def _near(number: Fraction) -> float:
    """The nearest double."""
    try:
        return number.numerator / number.denominator
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _moved(number: float, limit: Fraction, way: int) -> float:
    """The double itself where it is not on the wrong side of a limit, else the next one on that *way*."""
    if math.isfinite(number) and (limit - Fraction(number)) * way <= 0:
        return number
    if math.isfinite(number) or (number > 0) == (way < 0):
        return math.nextafter(number, way * math.inf)
    return number
