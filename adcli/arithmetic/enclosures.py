"""Doubles that know how far they may be from the truth: a number is a pair (double, bound of its error).

With them a domain is decided for certain, at a fraction of what more digits cost: a number is outside where all that
it may be is outside. Where that cannot be told, and for operations whose errors are not bounded here, they refuse.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from adcli.arithmetic.determinants import EXPANDED, expanded
from adcli.arithmetic.doubles import TINY, doubles
from adcli.arithmetic.rules import Arithmetic, Function
from adcli.ops import ADD, DIV, EQ, GE, GT, LE, LT, MUL, NE, NEG, NOT, POW, SUB, UNDEFINED, Op

Number = tuple[float, float]

UNIT = 2.0**-52
"""A relative error larger than that of any rounding."""
LIBRARY = 8 * UNIT
"""The same for functions of the C library."""
SAFETY = 2.0
"""By how much a difference has to exceed the bounds of error, which are rounded themselves."""
EXACT = 2.0**53
"""Whole numbers up to this are added and multiplied without error."""
LARGEST = 1e300
"""A larger bound tells nothing, and neither does a number that large."""


class Unsure(ArithmeticError):
    """The bounds of error do not tell."""


class Outside(ArithmeticError):
    """The arguments, `given`, are certainly outside the operation's domain."""

    def __init__(self, given: tuple[Number, ...]) -> None:
        super().__init__(given)
        self.given = given


class Enclosures(Arithmetic):
    """Pairs of a double and a bound of its error. Functions raise Outside, or Unsure."""

    guarded = True

    def __init__(self) -> None:
        super().__init__()
        self._literals: dict[str, Any] = {}

    def literal(self, text: str) -> Any:
        found = self._literals.get(text)
        if found is None:
            number = doubles().literal(text)
            if not isinstance(number, bool):
                number = (number, 0.0 if written(text, number) else UNIT * abs(number))
            found = self._literals[text] = number
        return found

    def function(self, op: Op) -> Function:
        found = OWN.get(op) or getattr(sys.modules[__name__], op.name, None)
        if found is None:
            if op.slope:
                return _sloping(doubles().function(op), op.slope)
            if op.monotone:
                return _monotone(doubles().function(op))
            return _inside(self.by_value(op)) if op.value else _unbounded
        return found

    def ties(self, value: Any, args: Sequence[Any]) -> Number:
        chosen = next(x for x in args if x[0] == value[0])
        return float(sum(x is chosen or _equal(x, chosen) for x in args)), 0.0

    def _checked(self, op: Op) -> Function:
        function = self.function(op)
        domain = self.condition(op, op.domain) if op.domain else None
        underflows = op.underflows

        def checked(*args: Number) -> Number:
            if domain is not None and not domain(None, *args):
                raise Outside(args)
            found: Number = function(*args)
            number, error = found
            if not (error < LARGEST and -LARGEST < number < LARGEST):
                raise Unsure
            if -TINY < number < TINY and (number or underflows) and (0.0, 0.0) not in args:
                raise Unsure
            return found

        return checked


def written(text: str, number: float) -> bool:
    """Whether the double is the number as it is written."""
    from fractions import Fraction

    return text not in ("pi", "E") and Fraction(text) == Fraction(number)


def _whole(a: Number, b: Number, number: float) -> bool:
    """Whether two numbers are free of error, and what whole numbers make of them, too."""
    return not (a[1] or b[1]) and -EXACT < number < EXACT and a[0].is_integer() and b[0].is_integer()


def _add(a: Number, b: Number) -> Number:
    number = a[0] + b[0]
    return number, 0.0 if _whole(a, b, number) else a[1] + b[1] + UNIT * abs(number)


def _subtract(a: Number, b: Number) -> Number:
    number = a[0] - b[0]
    return number, 0.0 if _whole(a, b, number) else a[1] + b[1] + UNIT * abs(number)


def _multiply(a: Number, b: Number) -> Number:
    (x, dx), (y, dy) = a, b
    number = x * y
    if _whole(a, b, number):
        return number, 0.0
    return number, abs(x) * dy + abs(y) * dx + dx * dy + UNIT * abs(number)


def _divide(a: Number, b: Number) -> Number:
    (x, dx), (y, dy) = a, b
    number = x / y
    return number, (dx + abs(number) * dy) / (abs(y) - dy) + UNIT * abs(number)


def _power(a: Number, b: Number) -> Number:
    (x, dx), (y, dy) = a, b
    number = x**y
    if not (dx or dy):
        exact = x.is_integer() and y.is_integer() and y >= 0 and abs(number) < EXACT
        return number, 0.0 if exact else LIBRARY * abs(number)
    relative = dx / abs(x)
    if relative > 0.25:
        raise Unsure
    spread = abs(y) * 2 * relative + dy * (abs(math.log(abs(x))) + 2 * relative)
    return number, abs(number) * (math.expm1(SAFETY * spread) + LIBRARY)


def _ends(a: Number) -> tuple[float, float]:
    """Two doubles that a number lies between."""
    x, dx = a
    width = SAFETY * dx + UNIT * abs(x) if dx else 0.0
    return x - width, x + width


def floor(a: Number) -> Number:
    """Certain, but next to a whole number."""
    low, high = _ends(a)
    below = math.floor(low)
    if below != math.floor(high):
        raise Unsure
    return float(below), 0.0


def _less(a: Number, b: Number) -> bool:
    (x, dx), (y, dy) = a, b
    if not (dx or dy):
        return x < y
    difference, bound = y - x, SAFETY * (dx + dy)
    if difference > bound:
        return True
    if difference < -bound:
        return False
    raise Unsure


def _equal(a: Number, b: Number) -> bool:
    (x, dx), (y, dy) = a, b
    if not (dx or dy):
        return x == y
    if abs(x - y) > SAFETY * (dx + dy):
        return False
    raise Unsure


def _sloping(plain: Function, slope: float) -> Function:
    def function(a: Number) -> Number:
        number = plain(a[0])
        return number, slope * a[1] + LIBRARY * abs(number)

    return function


def _monotone(plain: Function) -> Function:
    def function(a: Number) -> Number:
        number = plain(a[0])
        if not a[1]:
            return number, LIBRARY * abs(number)
        low, high = map(plain, _ends(a))
        return number, max(abs(number - low), abs(number - high)) + LIBRARY * max(abs(low), abs(high))

    return function


def _inside(written: Function) -> Function:
    """A row's text: where something in it has no value is not where the operation has none."""

    def function(*args: Number) -> Number:
        try:
            found: Number = written(*args)
        except Outside:
            raise Unsure from None
        return found

    return function


def _unbounded(*args: Any) -> Any:
    raise Unsure


OWN: dict[Op, Function] = {
    ADD: _add,
    SUB: _subtract,
    MUL: _multiply,
    DIV: _divide,
    NEG: lambda a: (-a[0], a[1]),
    POW: _power,
    LT: _less,
    LE: lambda a, b: not _less(b, a),
    GT: lambda a, b: _less(b, a),
    GE: lambda a, b: not _less(a, b),
    EQ: _equal,
    NE: lambda a, b: not _equal(a, b),
    NOT: lambda a: not a,
    UNDEFINED: lambda: (0.0, 0.0),
}
"""The language's operators; the functions that are known better than by their rows are called like them."""


def Abs(a: Number) -> Number:
    """Its error is that of the number."""
    return abs(a[0]), a[1]


def det(*args: Number) -> Number:
    """The determinant, expanded by rows."""
    if len(args) > EXPANDED * EXPANDED:
        raise Unsure
    found: Number = expanded(args, _add, _subtract, _multiply)
    return found


def Max(*args: Number) -> Number:
    """Its error is one of theirs."""
    return max(a[0] for a in args), max(a[1] for a in args)


def Min(*args: Number) -> Number:
    """Likewise."""
    return min(a[0] for a in args), max(a[1] for a in args)


_shared: list[Enclosures] = []


def enclosures() -> Enclosures:
    """The arithmetic of enclosures; one for the whole process, since compiled rules are kept in it."""
    if not _shared:
        _shared.append(Enclosures())
    return _shared[0]
