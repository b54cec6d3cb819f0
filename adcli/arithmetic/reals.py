"""Real numbers that know how well they are known: exact rationals, and balls of mpmath's numbers.

What is rational stays a Fraction, so that a zero is a zero; what is not is a ball, a number and a bound of its error.
Whether a ball that reaches across zero is zero cannot be told: `sign` raises Unsure there, it never guesses.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from adcli.arithmetic.rules import OPERATORS
from adcli.ops import ADD, DIV, MUL, NEG, POW, SUB, Op

if TYPE_CHECKING:
    from adcli.arithmetic.multiprecision import Multiprecision

LONG = 6000
"""Fractions of more bits than this become balls."""
SMALL = 4
"""Functions of rationals up to this, of denominators up to this, are rational themselves where their digits end."""
SAFETY = 4
"""By how much the bound of a ball exceeds the error to first order."""

_RATIONAL = frozenset({ADD, SUB, MUL, DIV, NEG})


class Unsure(ArithmeticError):
    """Whether a number is zero cannot be told from what is known of it."""


class Ball:
    """A number of mpmath's and a bound of its error."""

    __slots__ = ("error", "middle")

    def __init__(self, middle: Any, error: Any) -> None:
        self.middle = middle
        self.error = error

    def _lifted(self, other: Any) -> Ball:
        return other if isinstance(other, Ball) else ball(other, self.middle.context)

    def __add__(self, other: Real) -> Real:
        if not isinstance(other, Ball) and not other:
            return self
        other = self._lifted(other)
        return _rounded(self.middle + other.middle, self.error + other.error)

    def __neg__(self) -> Ball:
        return Ball(-self.middle, self.error)

    def __sub__(self, other: Real) -> Real:
        return self + (-other)

    def __rsub__(self, other: Real) -> Real:
        return -self + other

    def __mul__(self, other: Real) -> Real:
        if not isinstance(other, Ball) and not other:
            return Fraction(0)
        other = self._lifted(other)
        error = abs(self.middle) * other.error + abs(other.middle) * self.error + self.error * other.error
        return _rounded(self.middle * other.middle, error)

    def __truediv__(self, other: Real) -> Real:
        other = self._lifted(other)
        least = abs(other.middle) - other.error
        if least <= 0:
            raise Unsure
        quotient = self.middle / other.middle
        return _rounded(quotient, (self.error + abs(quotient) * other.error) / least)

    def __rtruediv__(self, other: Real) -> Real:
        return Fraction(0) if not other else self._lifted(other) / self

    __radd__ = __add__
    __rmul__ = __mul__


Real: TypeAlias = "Fraction | Ball"


def ball(number: Any, context: Any) -> Ball:
    """A number as a ball: a rational is rounded."""
    if isinstance(number, Ball):
        return number
    middle = context.mpf(number.numerator) / number.denominator
    return Ball(middle, context.zero) if exact(middle) == number else _rounded(middle, context.zero)


def _rounded(middle: Any, error: Any) -> Ball:
    """A ball whose middle was rounded once."""
    return Ball(middle, error + abs(middle) * middle.context.eps)


def short(number: Real, context: Any) -> Real:
    """The number, as a ball where its fraction is long."""
    if isinstance(number, Fraction) and number.numerator.bit_length() + number.denominator.bit_length() > LONG:
        return ball(number, context)
    return number


def sign(number: Real) -> int:
    """-1, 0 or 1. Raises Unsure."""
    if isinstance(number, Ball):
        if abs(number.middle) <= number.error:
            raise Unsure
        return 1 if number.middle > 0 else -1
    return (number > 0) - (number < 0)


def same(a: Real, b: Real) -> bool:
    """Whether two numbers are equal: of balls, whether half their digits or more say so. Raises Unsure."""
    difference = a - b
    if not isinstance(difference, Ball):
        return not difference
    middle, error = difference.middle, difference.error
    if abs(middle) > error:
        return False
    context = middle.context
    size = max(abs(ball(x, context).middle) for x in (a, b))
    if error * error > context.eps * size * size:
        raise Unsure
    return True


def exact(number: Any) -> Fraction:
    """A float, an integer or a finite mpf as the rational number that it is."""
    if hasattr(number, "_mpf_"):
        negative, mantissa, exponent, _ = number._mpf_
        whole = -int(mantissa) if negative else int(mantissa)
        return Fraction(whole * 2**exponent) if exponent >= 0 else Fraction(whole, 2**-exponent)
    return Fraction(number)


def applied(wide: Multiprecision, op: Op, args: Sequence[Real]) -> Real:
    """An operation on real numbers. Raises what *wide* raises outside its domain, and Unsure."""
    context = wide.context
    rational = all(isinstance(x, Fraction) for x in args)
    if op in _RATIONAL:
        return short(OPERATORS[op](*args), context)
    if op is POW and isinstance(args[1], Fraction):
        found = power(args[0], args[1], context)
        if found is not None:
            return found
    balls = [ball(x, context) for x in args]
    middles = [x.middle for x in balls]
    value = wide.value(op)(*middles)
    if op.level:
        (x,) = balls
        if any(wide.value(op)(x.middle + end) != value for end in (-x.error, x.error)):
            raise Unsure
        return exact(value)
    if rational and all(max(abs(x.numerator), x.denominator) <= SMALL for x in args) and _ends(value):  # type: ignore[union-attr]  # all are Fractions
        return exact(value)
    error = context.zero
    error = 8 * abs(value) * context.eps
    for i, x in enumerate(balls):
        if x.error:
            error += SAFETY * abs(wide.partial_at(op, i, value, middles)) * x.error
    if not context.isfinite(error):
        raise Unsure
    return Ball(value, error)


def _ends(value: Any) -> bool:
    """Whether a number's digits end long before the precision does."""
    return bool(value._mpf_[3] <= value.context.prec // 4)


def power(x: Real, y: Fraction, context: Any) -> Real | None:
    """x^y, exact where it is rational; None where x is 0 and y is not positive, or a root of a negative number."""
    if y.denominator == 1 and abs(y) <= LONG:
        if isinstance(x, Ball):
            raised: Real = Fraction(1)
            for _ in range(min(abs(y.numerator), 64)):
                raised = raised * x
            if abs(y) > 64:
                return None
            return raised if y >= 0 else Fraction(1) / raised
        if not x and y < 0:
            return None
        if abs(y) * (x.numerator.bit_length() + x.denominator.bit_length()) <= 4 * LONG:
            return short(x**y.numerator, context)
    if sign(x) <= 0:
        return Fraction(0) if y > 0 and sign(x) == 0 else None
    if isinstance(x, Fraction) and y.denominator <= 64:
        numerator, denominator = (_root(n, y.denominator) for n in (x.numerator, x.denominator))
        if numerator is not None and denominator is not None:
            return power(Fraction(numerator, denominator), Fraction(y.numerator), context)
    base = ball(x, context)
    exponent = context.mpf(y.numerator) / y.denominator
    value = context.power(base.middle, exponent)
    relative = (abs(exponent) + 1) * base.error / base.middle + (
        abs(context.log(base.middle)) * exponent + 1
    ) * context.eps
    return Ball(value, SAFETY * abs(value * relative))


def _root(n: int, k: int) -> int | None:
    """The whole k-th root of a natural number, if there is one."""
    if k == 1 or n < 2:
        return n
    low, high = 1, 1 << (n.bit_length() // k + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**k <= n else (low, middle - 1)
    return low if low**k == n else None
