"""What operations make of intervals by themselves, without asking their rows: comparisons, branches, powers, pieces."""

from __future__ import annotations

import math
import operator
import sys
from functools import reduce
from math import inf
from typing import Any

from adcli.arithmetic.determinants import EXPANDED, expanded
from adcli.arithmetic.enclosures import LIBRARY
from adcli.arithmetic.interval import DEFINED, DOUBTFUL, SMOOTH, Interval
from adcli.arithmetic.rules import Function
from adcli.ops import ADD, DIV, EQ, GE, GT, LE, LT, MUL, NE, NEG, NOT, POW, SUB, TABLE, UNDEFINED, WHERE, Op


class Unbounded(ArithmeticError):
    """The operation cannot be enclosed on an interval."""

    def __init__(self, op: Op) -> None:
        super().__init__(op.name)
        self.op = op


class Undecided(ArithmeticError):
    """What is compared may not be defined."""


# Comparisons and branches


def _compared(compare: Function) -> Function:
    """A comparison of numbers that there are."""

    def compared(a: Interval, b: Interval) -> bool | None:
        if not (a.sure and b.sure):
            raise Undecided
        found: bool | None = compare(a, b)
        return found

    return compared


@_compared
def _less(a: Interval, b: Interval) -> bool | None:
    if a.same(b):
        return False
    return True if a.hi < b.lo else False if a.lo >= b.hi else None


@_compared
def _not_more(a: Interval, b: Interval) -> bool | None:
    if a.same(b):
        return True
    return True if a.hi <= b.lo else False if a.lo > b.hi else None


@_compared
def equal(a: Interval, b: Interval) -> bool | None:
    if a.same(b) or a.lo == a.hi == b.lo == b.hi:
        return True
    return False if a.hi < b.lo or b.hi < a.lo else None


def _not(a: bool | None) -> bool | None:
    return None if a is None else not a


def _where(condition: bool | None, x: Any, y: Any) -> Any:
    if condition is not None:
        return x if condition else y
    if x.__class__ is Interval:
        return x.hull(y).at_most(DEFINED)
    return x if x == y else None


# Powers


def _power(x: Interval, y: Interval) -> Interval:
    """x^y: of whole exponents as they rise and fall, of others over what of the base is not negative."""
    if y.lo == y.hi and y.lo.is_integer():
        return _whole_power(x, int(y.lo))
    sure = SMOOTH if x.lo > 0 or (x.lo == 0 and y.lo > 0) else DOUBTFUL
    low, high = max(x.lo, 0.0), max(x.hi, 0.0)
    corners = [_raised(a, b) for a in (low, high) for b in (y.lo, y.hi)]
    return reduce(Interval.hull, corners).at_most(sure)


def _whole_power(x: Interval, n: int) -> Interval:
    if n == 0:
        return Interval(1.0, 1.0)
    if n == 1:
        return x
    if n == 2:
        return x.square()
    if n < 0:
        return Interval(1.0, 1.0) / _whole_power(x, -n)
    if n % 2 and x.lo < 0 < x.hi:
        return _raised(x.lo, n).hull(_raised(x.hi, n))
    ends = [_raised(x.lo, n), _raised(x.hi, n)]
    found = ends[0].hull(ends[1])
    return found.hull(Interval(0.0, 0.0)) if x.lo <= 0 <= x.hi else found


def _raised(x: float, y: float) -> Interval:
    if x in (0.0, 1.0) or (y == 1 and abs(x) < inf):
        value = x**y if y >= 0 or x else inf
        return Interval(value, value)
    try:
        value = x**y
    except (OverflowError, ZeroDivisionError):
        value = inf if x > 0 or y % 2 == 0 else -inf
    if abs(value) == inf:
        return Interval(sys.float_info.max, inf) if value > 0 else Interval(-inf, -sys.float_info.max)
    if x.is_integer() and float(y).is_integer() and y >= 0 and abs(value) < 2.0**53:
        return Interval(value, value)
    margin = LIBRARY * abs(value) + sys.float_info.min
    low, high = value - margin, value + margin
    return Interval(max(low, 0.0) if x > 0 else low, high)


OWN: dict[Op, Function] = {
    ADD: lambda a, b: a + b,
    SUB: lambda a, b: a - b,
    MUL: lambda a, b: a * b,
    DIV: lambda a, b: a / b,
    NEG: lambda a: -a,
    POW: _power,
    LT: _less,
    LE: _not_more,
    GT: lambda a, b: _less(b, a),
    GE: lambda a, b: _not_more(b, a),
    EQ: equal,
    NE: lambda a, b: _not(equal(a, b)),
    NOT: _not,
    WHERE: _where,
    UNDEFINED: lambda: Interval(-inf, inf, DOUBTFUL),
}
"""The language's operators; functions are called like their rows."""

JOINED = frozenset(TABLE[name] for name in ("Abs", "Max", "Min", "relu", "hypot"))
"""Operations that are continuous at their kinks; others jump there."""


# Pieces


def sqrt(x: Interval) -> Interval:
    """Rounded at most once."""
    return x.root()


def Abs(x: Interval) -> Interval:
    """Of both signs, from 0 on."""
    if x.lo >= 0:
        return x
    return -x if x.hi <= 0 else Interval(0.0, x.size, x.sure)


def sign(x: Interval) -> Interval:
    """-1, 0, 1."""
    return Interval(float((x.lo > 0) - (x.lo < 0)), float((x.hi > 0) - (x.hi < 0)))


def Heaviside(x: Interval) -> Interval:
    """0, ½, 1."""
    side = sign(x)
    return Interval((side.lo + 1) / 2, (side.hi + 1) / 2)


def relu(x: Interval) -> Interval:
    """What of it is positive."""
    return x if x.lo >= 0 else Interval(0.0, max(x.hi, 0.0), x.sure)


def Max(*args: Interval) -> Interval:
    """The one that is largest all over the box, where there is one."""
    for x in args:
        if all(y.same(x) or y.hi < x.lo for y in args):
            return x
    return Interval(max(x.lo for x in args), max(x.hi for x in args))


def Min(*args: Interval) -> Interval:
    """The one that is least all over the box, where there is one."""
    for x in args:
        if all(y.same(x) or y.lo > x.hi for y in args):
            return x
    return Interval(min(x.lo for x in args), min(x.hi for x in args))


def floor(x: Interval) -> Interval:
    """The whole numbers below."""
    low, high = (float(math.floor(end)) if math.isfinite(end) else end for end in (x.lo, x.hi))
    return Interval(low, high)


def ceiling(x: Interval) -> Interval:
    """The whole numbers above."""
    return -floor(-x)


def Mod(x: Interval, y: Interval) -> Interval:
    """x - y·floor(x/y), between 0 and y."""
    found = x - y * floor(x / y)
    return found.within(min(y.lo, 0.0), max(y.hi, 0.0))


def det(*x: Interval) -> Interval:
    """The determinant, expanded by rows."""
    if len(x) > EXPANDED * EXPANDED:
        raise Unbounded(TABLE["det"])
    return expanded(x, operator.add, operator.sub, operator.mul)


def hypot(x: Interval, y: Interval) -> Interval:
    """The root of the sum of squares."""
    return (x.square() + y.square()).root().within(max(least(x), least(y)), inf)


def least(x: Interval) -> float:
    return 0.0 if x.lo <= 0 <= x.hi else min(abs(x.lo), abs(x.hi))
