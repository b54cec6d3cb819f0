"""A real number that knows how far it may be from the truth: a midpoint and a radius, or a fraction."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Protocol

EXACT_BITS = 10_000
"""Fractions of more bits than this are rounded."""
SLACK = 1e-6
"""More than what logarithms of sizes are rounded by."""
NONE = -math.inf
"""The logarithm of a radius 0."""
ZERO = Fraction()
FAR = 60
"""What is as many bits smaller counts as slack, a million times over."""


class Home(Protocol):
    """The arithmetic that a ball belongs to: mpmath's context, its bits, and how numbers become balls."""

    context: Any
    bits: int
    zero: Ball

    def ball(self, number: Any) -> Ball: ...

    def rational(self, fraction: Fraction) -> Ball: ...

    def exponential(self, exponent: Fraction) -> Ball: ...

    def of_pi(self, factor: Fraction) -> Ball: ...

    def nearest(self, fraction: Any) -> tuple[Any, float]: ...


class Undecided(ArithmeticError):
    """So many digits do not tell."""


class Ball:
    """A real number: `exact` is a fraction or None; it is at most 2^`radius` from `mid`.

    `power_of_e` is its natural logarithm where that is known to be a fraction: 1/E is exp(-1). `per_pi` is its quotient
    by pi where that is. Only what is exactly 0 is false. An integer of Python's is exact too; the integer 0 is a
    structural zero.
    """

    __slots__ = ("_negative", "exact", "home", "mid", "per_pi", "power_of_e", "radius", "size")
    __hash__ = None  # type: ignore[assignment]  # equality may be undecided

    mid: Any
    radius: float
    size: float
    """log₂ of the midpoint's absolute value; of what is not finite, too, -∞."""

    def __init__(self, home: Home, mid: Any, radius: float = NONE, exact: Fraction | None = None) -> None:
        self.home = home
        self.exact = exact
        self.power_of_e: Fraction | None = None
        self.per_pi: Fraction | None = None
        self._negative: Ball | None = None
        if mid is not None:
            self.mid = mid
            self.radius = radius
            if radius == NONE and exact is None and not mid:
                self.exact = ZERO

    def __getattr__(self, name: str) -> Any:
        # A fraction is rounded when that is first asked for.
        if name == "size":
            self.size = log2(self.mid)
        elif name in ("mid", "radius"):
            self.mid, self.radius = self.home.nearest(self.exact)
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def __repr__(self) -> str:
        return f"<Ball {self.mid} ± 2^{self.radius:.1f}>" if self.exact is None else f"<Ball {self.exact}>"

    @property
    def context(self) -> Any:
        """That of its midpoint."""
        return self.home.context

    @property
    def finite(self) -> bool:
        """Whether it is a number at all."""
        _, man, exponent, _ = self.mid._mpf_
        return bool(man) or not exponent

    @property
    def certain(self) -> bool:
        """Whether nothing of it is left to more digits: it is a fraction, or one times pi."""
        return self.exact is not None or self.per_pi is not None

    @property
    def sign(self) -> int:
        """-1, 0 or 1. Raises Undecided."""
        if self.exact is not None:
            return (self.exact > 0) - (self.exact < 0)
        if self.radius > NONE and self.radius + SLACK >= self.size and self.finite:
            raise Undecided
        return int(self.mid > 0) - int(self.mid < 0)

    @property
    def reach(self) -> float:
        """log₂ of a bound of its absolute value."""
        return log_sum(self.size, self.radius) if self.finite else math.inf

    @property
    def key(self) -> object:
        """What equal ones share, as far as that is known: the fraction, or the identity."""
        return ("", id(self)) if self.exact is None else self.exact

    def lacking(self, bits: int) -> float:
        """How many bits more its midpoint should have right, for *bits* of them; not positive where they are."""
        if self.exact is not None or self.radius == NONE or not self.finite:
            return -math.inf
        return self.radius - self.size + bits

    def told(self, bits: int) -> bool:
        """Whether so many bits are right; of none, whether it is told from 0."""
        return self.lacking(bits) <= 0

    @property
    def vanishes(self) -> bool:
        """Whether it is as near to 0 as only cancelling brings it."""
        return self.reach < -self.home.bits / 2

    def __bool__(self) -> bool:
        return self.exact != 0

    def __float__(self) -> float:
        return float(self.mid)

    def __int__(self) -> int:
        if self.exact is None and self.size > EXACT_BITS:
            raise OverflowError
        return int(self.mid if self.exact is None else self.exact)

    def __neg__(self) -> Ball:
        if self.per_pi is not None:
            return self.home.of_pi(-self.per_pi)
        if self._negative is None:  # one object, so that equal ones cancel exactly
            self._negative = (
                Ball(self.home, -self.mid, self.radius)
                if self.exact is None
                else Ball(self.home, None, exact=-self.exact)
            )
            if self.power_of_e is not None:
                self._negative._negative = self
        return self._negative

    def __abs__(self) -> Ball:
        if self.per_pi is not None:
            return self.home.of_pi(abs(self.per_pi))
        if self.exact is None:
            return Ball(self.home, abs(self.mid), self.radius)
        return Ball(self.home, None, exact=abs(self.exact))

    def __add__(self, other: Any) -> Ball:
        home = self.home
        ball = home.ball(other)
        if self.exact is not None and ball.exact is not None:
            return home.rational(self.exact + ball.exact)
        if not self or not ball:
            return ball if ball else self
        if self.per_pi is not None and ball.per_pi is not None:
            return home.of_pi(self.per_pi + ball.per_pi)
        mid = self.mid + ball.mid
        return Ball(home, mid, log_sum(log_sum(self.radius, ball.radius), log2(mid) - home.bits))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Ball:
        if id(other) == id(self) and self.finite:
            return self.home.zero
        return self + -self.home.ball(other)

    def __rsub__(self, other: Any) -> Ball:
        return Ball.__sub__(self.home.ball(other), self)

    def __mul__(self, other: Any) -> Any:
        home = self.home
        if other.__class__ is int and not other:
            return 0
        other = home.ball(other)
        a, b = self.exact, other.exact
        if a is not None and b is not None:
            return home.rational(a * b)
        if not (self.finite and other.finite):
            self.sign, other.sign  # noqa: B018  # what may be 0 times ∞ is undecided
        elif a == 0 or b == 0:
            return home.zero
        known = self._exponential(other, 1) or self._of_pi(other, 1)
        if known is not None:
            return known
        mid = self.mid * other.mid
        x, y = self.size, other.size
        spread = log_sum(log_sum(x + other.radius, y + self.radius), self.radius + other.radius)
        return Ball(home, mid, log_sum(spread, log2(mid) - home.bits))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Ball:
        home = self.home
        other = home.ball(other)
        a, b = self.exact, other.exact
        sign = other.sign
        if not sign:
            infinity = {1: home.context.inf, 0: home.context.nan, -1: -home.context.inf}
            return Ball(home, infinity[self.sign], NONE)
        if a is not None and b is not None:
            return home.rational(a / b)
        if a == 0 and other.finite:
            return home.zero
        known = self._exponential(other, -1) or self._of_pi(other, -1)
        if known is not None:
            return known
        mid = self.mid / other.mid
        size, divisor = log2(mid), other.size
        spread = NONE
        if other.radius > NONE:
            spread = size + other.radius
            divisor += math.log2(-math.expm1((other.radius - divisor) * math.log(2)))  # at least |divisor| - radius
        return Ball(home, mid, log_sum(log_sum(self.radius, spread) - divisor, size - home.bits))

    def _exponential(self, other: Ball, way: int) -> Ball | None:
        """The product with ±e^q, or (*way* -1) the quotient, of ±e^p: one object for equal ones."""
        one, two = self._sign_and_power(), other._sign_and_power()
        if one is None or two is None or not (one[1] or two[1]):
            return None
        found = self.home.exponential(one[1] + way * two[1])
        return found if one[0] == two[0] else -found

    def _of_pi(self, other: Ball, way: int) -> Ball | None:
        """The product, or (*way* -1) the quotient, where pi comes in or goes out."""
        p, q = self.per_pi, other.per_pi
        if p is not None and q is not None:
            return self.home.rational(p / q) if way < 0 else None
        if p is not None and other.exact:
            return self.home.of_pi(p * other.exact if way > 0 else p / other.exact)
        return self.home.of_pi(self.exact * q) if q is not None and self.exact and way > 0 else None

    def _sign_and_power(self) -> tuple[int, Fraction] | None:
        """What is known of ±e^q: the sign, and q."""
        if self.power_of_e is not None:
            return 1, self.power_of_e
        if self._negative is not None and self._negative.power_of_e is not None:
            return -1, self._negative.power_of_e
        return (int(self.exact), Fraction(0)) if self.exact in (1, -1) else None

    def __rtruediv__(self, other: Any) -> Ball:
        return self.home.ball(other) / self

    def _beside(self, other: Any) -> int:
        """The sign of the difference."""
        return Ball.__sub__(self, other).sign

    def __lt__(self, other: Any) -> bool:
        return self._beside(other) < 0

    def __gt__(self, other: Any) -> bool:
        return self._beside(other) > 0

    def __le__(self, other: Any) -> bool:
        return self._beside(other) <= 0

    def __ge__(self, other: Any) -> bool:
        return self._beside(other) >= 0

    def __eq__(self, other: object) -> bool:
        return other is self or not self._beside(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def same(self, other: Any) -> bool:
        """Whether half of the digits or more say that both are equal. Raises Undecided."""
        ball = self.home.ball(other)
        difference = self - ball
        if difference.exact is not None or difference.told(0):
            return not difference
        if difference.radius > max(self.size, ball.size) - self.home.bits / 2:
            raise Undecided
        return True

    def ends(self) -> tuple[Any, Any]:
        """Two numbers that it lies between, of at most three times the digits."""
        context, size = self.home.context, self.size
        radius = context.ldexp(1, math.ceil(max(self.radius, size - 3 * self.home.bits)))
        return context.fsub(self.mid, radius, exact=True), context.fadd(self.mid, radius, exact=True)


def scalar_product(xs: Iterable[Any], ys: Iterable[Any]) -> Ball | None:
    """Σ x·y of balls, rounded once; None where that is not all there is to it: of exact numbers, or infinite ones."""
    from mpmath.libmp import from_man_exp

    products = []
    spreads = []  # what the radii make of each, as a logarithm
    home = None
    for x, y in zip(xs, ys, strict=False):
        if x.__class__ is not Ball or y.__class__ is not Ball or (x.exact is not None and y.exact is not None):
            return None
        home = x.home
        minus, a, lift, _ = x.mid._mpf_
        sign, b, shift, _ = y.mid._mpf_
        if not a or not b:
            return None
        size, width = x.size, y.size
        products.append((size + width, a, b, lift + shift, minus != sign))
        spreads.append(width + x.radius)
        spreads.append((size if x.radius < size - FAR else x.reach) + y.radius)
    if home is None:
        return None
    negligible = max(products)[0] - 2 * home.bits
    spreads += [size for size, *_ in products if size < negligible]
    kept = [product for product in products if product[0] >= negligible]
    least = min([shift for *_, shift, _ in kept])
    total = 0
    for _, a, b, shift, negative in kept:
        total += (-a if negative else a) * b << (shift - least)
    mid = home.context.make_mpf(from_man_exp(total, least, home.bits, "n"))
    most = max(spreads)
    spread = NONE
    if most > NONE:
        near = [2.0 ** (spread - most) for spread in spreads if spread > most - FAR]
        spread = most + math.log2(math.fsum(near)) + SLACK
    return Ball(home, mid, log_sum(spread, log2(mid) - home.bits))


def fraction(number: Any) -> Fraction:
    """An integer, a finite float, number of mpmath's, or ball's midpoint as the rational number that it is."""
    if isinstance(number, Ball):
        return fraction(number.mid) if number.exact is None else number.exact
    if not hasattr(number, "_mpf_"):
        return Fraction(number)
    negative, mantissa, exponent, _ = number._mpf_
    whole = -int(mantissa) if negative else int(mantissa)
    return Fraction(whole << exponent) if exponent >= 0 else Fraction(whole, 1 << -exponent)


def log2(value: Any) -> float:
    """log₂|value|, NONE of 0 and of what is not finite."""
    _, man, exponent, _ = value._mpf_
    return math.log2(int(man)) + exponent if man else NONE  # with gmpy2 the mantissa is its own kind of integer


def log_sum(a: float, b: float) -> float:
    """log₂(2^a + 2^b)."""
    if a < b:
        a, b = b, a
    return a if b < a - 60 else a + math.log2(1 + 2 ** (b - a)) if b > NONE else a


def exact_root(number: Fraction, degree: int) -> Fraction | None:
    """The real root, where it is a fraction."""
    if number < 0:
        root = exact_root(-number, degree) if degree % 2 else None
        return None if root is None else -root
    parts = [_whole_root(part, degree) for part in (number.numerator, number.denominator)]
    return None if None in parts else Fraction(*parts)  # type: ignore[arg-type]  # None is excluded


def _whole_root(number: int, degree: int) -> int | None:
    if degree == 1 or number < 2:
        return number
    root = math.isqrt(number) if degree == 2 else _near_root(number, degree)
    return root if root**degree == number else None


def _near_root(number: int, degree: int) -> int:
    """The integer part of the root, by Newton's method from above."""
    root = 1 << -(-number.bit_length() // degree)
    while True:
        nearer = ((degree - 1) * root + number // root ** (degree - 1)) // degree
        if nearer >= root:
            return root
        root = nearer
