"""An interval of real numbers, rounded outwards, that says how well the function behind it is known to behave."""

from __future__ import annotations

import math
from math import inf, nextafter

SMOOTH, CONTINUOUS, DEFINED, DOUBTFUL = 3, 2, 1, 0
"""What is certain of the function all over its box: that it can be differentiated, that it has kinks at most, that it
has values, or not even that."""
EXACT = 2.0**53
"""Whole numbers up to this are multiplied without error."""


class Interval:
    """All numbers from `lo` to `hi`, of a function that is at least `sure` all over its box.

    One and the same interval, or one made of it by `at_most`, is one and the same number: x - x is 0, x*x a square.
    """

    __slots__ = ("hi", "lo", "origin", "sure")
    __hash__ = None  # type: ignore[assignment]  # equality may be undecided

    def __init__(self, lo: float, hi: float, sure: int = SMOOTH, origin: Interval | None = None) -> None:
        self.lo = lo
        self.hi = hi
        self.sure = sure
        self.origin = origin  # the same number, of which more was certain

    def __repr__(self) -> str:
        return f"<Interval {self.lo} … {self.hi}{'' if self.sure == SMOOTH else f' ({self.sure})'}>"

    @property
    def width(self) -> float:
        """hi - lo."""
        return self.hi - self.lo

    @property
    def middle(self) -> float:
        """A double near the middle; of a half-line, one in it."""
        lo, hi = max(self.lo, -1e300), min(self.hi, 1e300)
        return min(max(lo / 2 + hi / 2, lo), hi)

    @property
    def size(self) -> float:
        """The largest absolute value."""
        return max(-self.lo, self.hi)

    @property
    def sign(self) -> int | None:
        """-1, 0 or 1, where all its numbers have that; else None."""
        return 1 if self.lo > 0 else -1 if self.hi < 0 else 0 if self.lo == self.hi == 0 else None

    def at_most(self, sure: int) -> Interval:
        """The same numbers, of a function that is no better than so."""
        return self if self.sure <= sure else Interval(self.lo, self.hi, sure, self.origin or self)

    def same(self, other: Interval) -> bool:
        """Whether the other one is the same number."""
        return (self.origin or self) is (other.origin or other)

    def within(self, lo: float, hi: float) -> Interval:
        """What of it is between two numbers that bound the function anyhow."""
        return Interval(min(max(self.lo, lo), hi), max(min(self.hi, hi), lo), self.sure)

    def hull(self, other: Interval) -> Interval:
        """The least interval around both."""
        return Interval(min(self.lo, other.lo), max(self.hi, other.hi), min(self.sure, other.sure))

    def meet(self, other: Interval) -> Interval:
        """What two enclosures of the same numbers have in common. That is never nothing: one of them would be wrong."""
        low, high = max(self.lo, other.lo), min(self.hi, other.hi)
        if low > high:
            raise AssertionError(f"{self} and {other} enclose the same numbers, and have none in common")
        return Interval(low, high, max(self.sure, other.sure))

    def __neg__(self) -> Interval:
        return Interval(-self.hi, -self.lo, self.sure)

    def __add__(self, other: Interval) -> Interval:
        return Interval(add_down(self.lo, other.lo), -add_down(-self.hi, -other.hi), min(self.sure, other.sure))

    __radd__ = __add__

    def __sub__(self, other: Interval) -> Interval:
        if self.same(other):
            return Interval(0.0, 0.0, min(self.sure, other.sure))
        return Interval(add_down(self.lo, -other.hi), -add_down(-self.hi, other.lo), min(self.sure, other.sure))

    def __mul__(self, other: Interval) -> Interval:
        if self.same(other):
            return self.square().at_most(other.sure)
        a, b, c, d = self.lo, self.hi, other.lo, other.hi
        pairs = ((a, c), (a, d), (b, c), (b, d))
        low = min(mul_down(x, y) for x, y in pairs)
        high = -min(mul_down(-x, y) for x, y in pairs)
        return Interval(low, high, min(self.sure, other.sure))

    __rmul__ = __mul__

    def square(self) -> Interval:
        """Its numbers' squares."""
        least = 0.0 if self.lo <= 0 <= self.hi else min(abs(self.lo), abs(self.hi))
        most = self.size
        return Interval(max(0.0, mul_down(least, least)), -mul_down(-most, most), self.sure)

    def root(self) -> Interval:
        """Its numbers' square roots, rounded at most once; of what is negative, there is no more than 0."""
        low, high = (math.sqrt(max(end, 0.0)) for end in (self.lo, self.hi))
        return Interval(
            low if low.is_integer() and low * low == self.lo else max(0.0, nextafter(low, -inf)),
            high if high.is_integer() and high * high == self.hi else nextafter(high, inf),
            self.sure,
        )

    def __truediv__(self, other: Interval) -> Interval:
        sure = min(self.sure, other.sure)
        if self.sign and self.same(other):
            return Interval(1.0, 1.0, sure)
        if other.lo <= 0 <= other.hi:
            return self._by_zero(other)
        pairs = [(x, y) for x in (self.lo, self.hi) for y in (other.lo, other.hi)]
        low = min(div_down(x, y) for x, y in pairs)
        high = -min(div_down(-x, y) for x, y in pairs)
        return Interval(low, high, sure)

    def _by_zero(self, other: Interval) -> Interval:
        """The quotients by what may be 0."""
        if self.sign and (other.lo == 0) != (other.hi == 0):
            least = self.lo if self.lo > 0 else -self.hi
            far = max(-other.lo, other.hi)
            low = max(0.0, div_down(least, far))
            positive = (self.lo > 0) == (other.hi > 0)
            return Interval(low, inf, DOUBTFUL) if positive else Interval(-inf, -low, DOUBTFUL)
        return Interval(-inf, inf, DOUBTFUL)


def add_down(a: float, b: float) -> float:
    """The largest double that is at most a + b, or the one below it."""
    total = a + b
    back = total - a
    error = (a - (total - back)) + (b - back)
    if error >= 0 or total == -inf:
        return total
    return nextafter(total, -inf) if total == total else -inf


def mul_down(a: float, b: float) -> float:
    """At most a·b; 0·∞ is 0."""
    if not a or not b:
        return 0.0
    product = a * b
    if -EXACT < product < EXACT and a.is_integer() and b.is_integer():
        return product
    if abs(product) > 1e-290 and (_is_power(a) or _is_power(b)):
        return product
    return nextafter(product, -inf)


def div_down(a: float, b: float) -> float:
    """At most a/b, for b other than 0; ∞/∞ is anything."""
    if not a:
        return 0.0
    quotient = a / b
    if quotient != quotient:
        return -inf if (a > 0) != (b > 0) else 0.0
    if quotient.is_integer() and -EXACT < quotient * b < EXACT and b.is_integer() and quotient * b == a:
        return quotient
    if abs(quotient) > 1e-290 and _is_power(b):
        return quotient
    return nextafter(quotient, -inf)


def _is_power(x: float) -> bool:
    """Whether a number is a power of two, up to its sign."""
    return abs(math.frexp(x)[0]) == 0.5
