"""mpmath's numbers that know how far they may be from the truth: balls, a midpoint and a radius.

Here nothing is decided that the digits do not decide. Rational numbers stay fractions as long as they are short, so
that ties of decimals are ties; all else carries the error that its operations can have made. A comparison, a domain,
a jump or a pole that a ball does not settle is Undecided, and more digits are tried by who asked.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

from mpmath.libmp import from_rational

from adcli.arithmetic import arb
from adcli.arithmetic.ball import EXACT_BITS, NONE, Ball, Undecided, exact_root, fraction, log2, log_sum, scalar_product
from adcli.arithmetic.determinants import EXPANDED, cofactors_of_integers, determinant_of_integers, expanded
from adcli.arithmetic.kept import PerThread
from adcli.arithmetic.multiprecision import MAX_ARGUMENT, Multiprecision, Refusal, named
from adcli.arithmetic.rules import OPERATORS, Arithmetic, Function
from adcli.ops import DIV, MUL, POW, TABLE, Op

MAX_EXPONENT = 10**9
"""Beyond 2^this a number has overflowed; below 2^-this it is a ball around 0."""
OWN = 3
"""A function's own error is below 2^this units in the last place."""
SHORT = 32
"""A value of no more bits than this may be exact, as cos 0 is."""
FAR = 40
"""Beyond ±2^this functions that saturate have done so."""
KEPT = 10_000
"""Values of functions that are kept."""


class Balls(Multiprecision):
    """Balls whose midpoints have a fixed number of decimal digits."""

    def __init__(self, digits: int) -> None:
        super().__init__(digits)
        self.bits: int = self.context.prec
        self.by = "Arb" if arb.installed() else "mpmath"
        """Whose functions enclose."""
        self._plain = Multiprecision(digits)  # the same functions of numbers without a radius
        self._plain.context = self.context
        self.zero: Ball = Ball(self, None, exact=Fraction(0))
        self._operators = {
            **OPERATORS,
            MUL: lambda a, b: 0 if a.__class__ is int and not a else self.ball(a) * b,
            DIV: lambda a, b: self.ball(a) / b,
            POW: lambda x, y: self.power(self.ball(x), self.ball(y)),
        }
        self._own: dict[str, Function] = {
            "Abs": abs,
            "sign": lambda x: self.rational(Fraction(x.sign)),
            "Heaviside": lambda x: self.rational(Fraction(1 + x.sign, 2)),
            "Max": lambda *args: self._largest(args, 1),
            "Min": lambda *args: self._largest(args, -1),
            "relu": lambda x: self._largest((x, self.zero), 1),
            "floor": self._floor,
            "ceiling": lambda x: -self._floor(-x),
            "det": self._determinant,
            "Mod": lambda x, y: x - y * self._floor(x / y),
            "sqrt": lambda x: self._root(x, 2),
            "cbrt": lambda x: self._root(x, 3),
            "hypot": self._hypot,
            "exp": self._exp,
            "log": self._log,
            "log2": lambda x: self._logarithm("log2", x, 2),
            "log10": lambda x: self._logarithm("log10", x, 10),
            "LambertW": self._lambert_w,
        }
        self._made: dict[Any, tuple[Any, tuple[Ball, ...]]] = {}

    # Numbers

    def literal(self, text: str) -> Any:
        if text in ("True", "False"):
            return text == "True"
        if text == "E":
            return self.exponential(Fraction(1))
        if text == "pi":
            return self.of_pi(Fraction(1))
        exponent = text.lower().partition("e")[2]
        if len(text) > EXACT_BITS // 3 or (exponent and abs(int(exponent)) > EXACT_BITS // 3):
            mid = super().literal(text)
            return Ball(self, mid, log2(mid) - self.bits + 1)
        try:
            return self.rational(Fraction(text))
        except ValueError:
            return self.known(super().literal(text))

    def exactly(self, number: Any) -> Ball:
        return self.ball(number)

    def ball(self, number: Any) -> Ball:
        """A ball, an integer, a float, a fraction or a number of mpmath's as a ball."""
        if isinstance(number, Ball):
            return number
        if hasattr(number, "_mpf_"):
            _, man, exponent, _ = number._mpf_
            if abs(exponent) > EXACT_BITS or (not man and exponent):
                return self.known(number)
        elif isinstance(number, float) and not math.isfinite(number):
            return self.known(self.context.mpf(number))
        return self.rational(fraction(number))

    def known(self, number: Any) -> Ball:
        """A number of mpmath's that was found otherwise, and is right to all its digits."""
        return Ball(self, number, NONE)

    def dot(self, xs: Sequence[Any], ys: Sequence[Any]) -> Any:
        found = scalar_product(xs, ys)
        return super().dot(xs, ys) if found is None else found

    def convolved(self, xs: Sequence[Any], ys: Sequence[Any]) -> list[Any] | None:
        if not arb.installed():
            return None
        factors = [list(map(self.ball, given)) for given in (xs, ys)]
        fractions = [[x.exact for x in factor if x.exact is not None] for factor in factors]
        if list(map(len, fractions)) == list(map(len, factors)):
            return list(map(self.rational, arb.exact_product(*fractions)))
        one, two = [[(x.mid, x.radius) for x in factor] for factor in factors]
        pairs = arb.product(one, two, self.context, self.bits)
        return None if pairs is None else [self._ranged(*pair) for pair in pairs]

    def found(self, number: Any) -> Ball:
        """A ball as it is; a number of mpmath's as one that is known."""
        return number if isinstance(number, Ball) else self.known(number)

    def rational(self, fraction: Fraction) -> Ball:
        """A fraction, rounded where it is too long to be kept."""
        if fraction.numerator.bit_length() + fraction.denominator.bit_length() <= EXACT_BITS:
            return Ball(self, None, exact=fraction)
        return Ball(self, *self.nearest(fraction))

    def nearest(self, fraction: Fraction) -> tuple[Any, float]:
        """A fraction rounded, and log₂ of how far that may be from it."""
        top, bottom = fraction.numerator, fraction.denominator
        mid = self.context.make_mpf(from_rational(top, bottom, self.bits, "n"))
        whole = not bottom & (bottom - 1) and top.bit_length() <= self.bits
        return mid, NONE if whole else log2(mid) - self.bits

    def exponential(self, exponent: Fraction) -> Ball:
        """e to the power of a fraction."""
        found: Ball = self.function(TABLE["exp"])(self.rational(exponent))
        return found

    def of_pi(self, factor: Fraction) -> Ball:
        """A fraction times pi: one object for equal ones."""
        if not factor:
            return self.zero
        found: Ball | None = self._made.get(("pi", factor), (None,))[0]
        if found is None:
            mid = self.context.pi * factor.numerator / factor.denominator
            found = Ball(self, mid, log2(mid) - self.bits + 2)
            if factor.numerator.bit_length() + factor.denominator.bit_length() <= EXACT_BITS:
                found.per_pi = factor
            self._made["pi", factor] = found, ()
        return found

    # Functions

    def function(self, op: Op) -> Function:
        found = self._operators.get(op) or self._own.get(op.name)
        if found is None:
            found = self._mpmath(op) if op.flops else super().function(op)
        return found if op in self._operators else self._of_balls(found, op.name)

    def _of_balls(self, function: Function, name: str) -> Function:
        """The function of what can be made balls, the same for the same ones: so equal formulas cancel exactly."""

        def found(*args: Any) -> Any:
            balls = tuple([self.ball(x) for x in args])
            key = (name, *[x.key for x in balls])
            known = self._made.get(key)
            if known is None:
                if len(self._made) >= KEPT:
                    self._made.clear()
                # The arguments are kept as well, so that no other ball can get their identity.
                known = self._made[key] = function(*balls), balls
            return known[0]

        return found

    def partial_source(self, op: Op, position: int) -> str:
        name = op.accurate[position] if position < len(op.accurate) else ""
        accurate = named(name) if name else None
        if accurate is None:
            return self.source(self.partial_rule(op, position))
        enclosed = self._arbs(arb.named(name), self._enclosed(partial(accurate, self.context), False))
        edged = op.name == "LambertW"
        self.namespace[name] = self._of_balls(self._beyond_edge(enclosed) if edged else enclosed, name)
        return f"{name}({', '.join(op.arguments)})"

    def _checked(self, op: Op) -> Function:
        function = self.function(op)
        domain = self.condition(op, op.domain) if op.domain and op is not POW else None

        def checked(*args: Any) -> Any:
            if domain is not None and not domain(None, *args):
                raise Refusal("domain")
            found = self.ball(function(*args))
            if not found.finite:
                raise Refusal("domain")
            return found

        return checked

    def _enclosed(self, function: Function, gentle: bool) -> Function:
        """A function of mpmath's on balls: its value at the midpoints, and how far those at the ends are from it."""

        def enclosed(*args: Ball) -> Ball:
            _refuse_wide(args, gentle)
            mids = [x.mid for x in args]
            if not any(x.radius > NONE for x in args):
                return self._perhaps_exact(function, mids)
            ends = product(*[x.ends() if x.radius > NONE else (x.mid,) for x in args])
            value, *others = [_real(function, point) for point in (mids, *ends)]
            if value is None or None in others:
                if value is None and others.count(None) == len(others):
                    raise Refusal("domain")
                raise Undecided
            spread = self._size(value) - self.bits + OWN
            for other in others:  # twice as far, for what may be farther between the ends
                spread = log_sum(spread, 1 + self._size(other - value))
            return self._ranged(value, spread)

        return enclosed

    def _arbs(self, known: Function | None, otherwise: Function, gentle: bool = False) -> Function:
        """A function of balls by Arb's where it is *known*; where Arb has no value, as *otherwise*."""
        if known is None:
            return otherwise

        def enclosed(*args: Ball) -> Ball:
            _refuse_wide(args, gentle)
            exact = not any(x.radius > NONE for x in args)
            try:
                found = arb.applied(known, [(x.mid, x.radius) for x in args], self.context, self.bits)
            except arb.Unknown:
                return otherwise(*args)  # type: ignore[no-any-return]
            if found is None or found[1] >= MAX_EXPONENT:
                if exact or any(x.size > FAR for x in args):  # so far out Arb gives up
                    return otherwise(*args)  # type: ignore[no-any-return]
                raise Undecided
            mid, radius = found
            if exact and mid._mpf_[1].bit_length() <= SHORT:
                if radius > NONE:
                    return otherwise(*args)  # type: ignore[no-any-return]
                if self._size(mid) < MAX_EXPONENT:
                    return self.ball(mid)
            return self._ranged(mid, max(radius, -2.0 * MAX_EXPONENT) if radius > NONE else radius)

        return enclosed

    @staticmethod
    def _size(value: Any) -> float:
        """log₂|value|, at most MAX_EXPONENT."""
        _, man, exponent, bits = value._mpf_
        if man and abs(exponent + bits) > MAX_EXPONENT:
            return MAX_EXPONENT if exponent > 0 else -MAX_EXPONENT
        return log2(value)

    def _ranged(self, value: Any, radius: float) -> Ball:
        """A ball within range: what is 0 for certain is exact, a tiny number a ball around 0, a huge one refused."""
        if not value and radius == NONE:
            return self.zero
        size = self._size(value)
        if size >= MAX_EXPONENT:
            raise Refusal("overflow")
        if size <= -MAX_EXPONENT and size > NONE:
            return Ball(self, self.context.zero, log_sum(radius, -MAX_EXPONENT + 1))
        return Ball(self, value, radius)

    def _perhaps_exact(self, function: Function, args: Sequence[Any]) -> Ball:
        """The value at exact numbers: exact where it is short and no rounding made it so, as of tanh(100)."""
        value = function(*args)
        if not hasattr(value, "_mpf_"):
            raise Refusal("domain")
        size = self._size(value)
        if not self.context.isfinite(value):
            return self.known(value)
        if not value:
            return self.zero
        short = value._mpf_[1].bit_length() <= SHORT and abs(size) < MAX_EXPONENT
        if short and all(self._tells(function, args, place, value) for place in range(len(args))):
            return self.ball(value)
        return self._ranged(value, size - self.bits + OWN)

    def _tells(self, function: Function, args: Sequence[Any], place: int, value: Any) -> bool:
        """Whether a value shows when an argument moves, if it can: hypot(3, 1e-30) is 3 by rounding only."""
        step = (abs(args[place]) or 1) * self.context.mpf(2) ** -20
        ways = [_real(function, [*args[:place], args[place] + way, *args[place + 1 :]]) for way in (step, -step)]
        seen = [self._size(moved - value) > self._size(value) - self.bits / 2 for moved in ways if moved is not None]
        return any(seen) or not seen

    def _mpmath(self, op: Op) -> Function:
        """The operation on balls by a function of `mpmath_functions` or of mpmath's own."""
        known = arb.function(op)
        if known is None and op.value and not op.mpmath and arb.installed():
            enclosed = self.by_value(op)
        else:
            gentle = op.monotone or op.gentle
            enclosed = self._arbs(known, self._enclosed(self._plain.function(op), gentle), gentle)
        return (lambda x: enclosed(self._clamped(x))) if op.saturates else enclosed

    def _clamped(self, x: Ball) -> Ball:
        """A huge argument as one behind which the function changes by less than all range."""
        return self.ball(x.sign * 2**FAR) if x.size > FAR + 1 else x

    def _largest(self, args: Sequence[Ball], way: int) -> Ball:
        """The largest (*way* 1) or smallest (-1): one of *args* where it is told which, else a ball around it."""
        best = args[0]
        try:
            for x in args[1:]:
                if (x - best).sign * way > 0:
                    best = x
        except Undecided:
            mids = [x.mid * way for x in args]
            return Ball(self, max(mids) * way, max(x.radius for x in args))
        return best

    def cofactor(self, op: Op, args: Sequence[Any], position: int) -> Any:
        return Arithmetic.cofactor(self, op, args, position)

    def cofactors(self, op: Op, args: Sequence[Any]) -> Callable[[int], Any]:
        exact = self._integers(args)
        if exact is None:
            return Arithmetic.cofactors(self, op, args)
        rows, common = exact
        scale = common ** (len(rows) - 1)
        found = [a for row in cofactors_of_integers(rows) for a in row]
        return lambda position: self.rational(Fraction(found[position], scale))

    def _integers(self, args: Sequence[Ball]) -> tuple[list[list[int]], int] | None:
        """The rows of a matrix of known numbers as integers, and what they are to be divided by."""
        fractions = [a.exact for a in args if a.exact is not None]
        if len(fractions) < len(args):
            return None
        size = math.isqrt(len(args))
        common = math.lcm(*[a.denominator for a in fractions])
        whole = [int(a * common) for a in fractions]
        return [whole[i * size : (i + 1) * size] for i in range(size)], common

    def _determinant(self, *x: Ball) -> Ball:
        exact = self._integers(x)
        if exact is not None:
            rows, common = exact
            return self.rational(Fraction(determinant_of_integers(rows), common ** len(rows)))
        size = math.isqrt(len(x))
        if size <= EXPANDED:
            return expanded(x, operator.add, operator.sub, operator.mul)
        found: Ball = self._arbs(arb.named("of_square"), self._eliminated, gentle=True)(*x)
        return found

    def _eliminated(self, *x: Ball) -> Ball:
        """A determinant by Gauss."""
        size = math.isqrt(len(x))
        work = [list(x[i * size : (i + 1) * size]) for i in range(size)]
        found = self.ball(1)
        for k in range(size):
            sure = [i for i in range(k, size) if work[i][k].told(0) and work[i][k].exact != 0]
            if not sure:
                raise Undecided
            pivot = max(sure, key=lambda i: work[i][k].size)
            if pivot != k:
                work[k], work[pivot], found = work[pivot], work[k], -found
            head = work[k][k]
            found = found * head
            for i in range(k + 1, size):
                factor = work[i][k] / head
                work[i] = [a - factor * b for a, b in zip(work[i], work[k], strict=True)]
        return found

    def _floor(self, x: Ball) -> Ball:
        if x.exact is not None:
            return self.rational(Fraction(math.floor(x.exact)))
        below, above = map(self.context.floor, x.ends() if x.radius > NONE else (x.mid, x.mid))
        if below != above:
            raise Undecided
        return self.ball(below)

    def _exp(self, x: Ball) -> Ball:
        if x.size > MAX_ARGUMENT:
            if x.sign > 0:
                raise Refusal("overflow")
            return Ball(self, self.context.zero, -MAX_EXPONENT)
        found: Ball = self._mpmath(TABLE["exp"])(x)
        if found.exact is None:
            found.power_of_e = x.exact
        return found

    def _log(self, x: Ball) -> Ball:
        if x.power_of_e is not None:
            return self.rational(x.power_of_e)
        if x.sign < 0:
            raise Refusal("domain")
        return self._mpmath(TABLE["log"])(x)  # type: ignore[no-any-return]

    def _lambert_w(self, x: Ball) -> Ball:
        if x is -self.exponential(Fraction(-1)):  # the edge of its domain
            return self.rational(Fraction(-1))
        return self._mpmath(TABLE["LambertW"])(x)  # type: ignore[no-any-return]

    def _beyond_edge(self, slope: Function) -> Function:
        """The slope of LambertW, which is infinite at the edge of its domain."""
        return lambda x: self.known(self.context.inf) if x is -self.exponential(Fraction(-1)) else slope(x)

    def _root(self, x: Ball, degree: int) -> Ball:
        if x.exact is not None:
            root = exact_root(x.exact, degree)
            if root is not None:
                return self.rational(root)
        if x.power_of_e is not None:
            return self.exponential(x.power_of_e / degree)
        return self._mpmath(TABLE["sqrt" if degree == 2 else "cbrt"])(x)  # type: ignore[no-any-return]

    def _hypot(self, x: Ball, y: Ball) -> Ball:
        if x.exact is not None and y.exact is not None:
            root = exact_root(x.exact**2 + y.exact**2, 2)
            if root is not None:
                return self.rational(root)
        return self._mpmath(TABLE["hypot"])(x, y)  # type: ignore[no-any-return]

    def _logarithm(self, name: str, x: Ball, base: int) -> Ball:
        found: Ball = self._mpmath(TABLE[name])(x)
        if x.exact is not None and found.finite and abs(found.mid) < EXACT_BITS:
            whole = int(self.context.nint(found.mid))
            if Fraction(base) ** whole == x.exact:
                return self.rational(Fraction(whole))
        return found

    def power(self, x: Ball, y: Ball) -> Ball:
        """x^y, with 0^0 = 1; infinite at 0 for y < 0. Raises Refusal outside its domain."""
        a, b = x.exact, y.exact
        if b is not None:
            if not b:
                return self.rational(Fraction(1))
            if x.power_of_e is not None and abs(b) <= EXACT_BITS:
                return self.exponential(x.power_of_e * b)
            if b.denominator == 1 and a is None:
                if b < 0 and not x.sign:
                    return Ball(self, self.context.inf, NONE)
                return self._mpmath(POW)(x, y)  # type: ignore[no-any-return]
            if a is not None and (a or b > 0):
                found = self._exact_power(a, b)
                if found is not None:
                    return found
        sign = x.sign
        if not sign:
            return self.zero if y.sign > 0 else Ball(self, self.context.inf, NONE)
        if y.size > MAX_ARGUMENT:
            raise Refusal("argument")
        if sign < 0 and (b is None or b.denominator > 1):
            self._floor(y)  # undecided where it may be whole
            raise Refusal("domain")
        return self._mpmath(POW)(x, y)  # type: ignore[no-any-return]

    def _exact_power(self, a: Fraction, b: Fraction) -> Ball | None:
        bits = max(a.numerator.bit_length(), a.denominator.bit_length())
        if b.denominator > SHORT or abs(b.numerator) * bits > EXACT_BITS or (a < 0 and b.denominator > 1):
            return None
        root = exact_root(a, b.denominator)
        return None if root is None else self.rational(root**b.numerator)


balls: PerThread[Balls] = PerThread(Balls)
"""The thread's arithmetic of balls of so many digits."""


def _refuse_wide(args: Sequence[Ball], gentle: bool) -> None:
    """Refuse arguments so far out that the work grows, and those of which too little is known."""
    for x in args:
        if not gentle and x.size > MAX_ARGUMENT:
            raise Refusal("argument")
        # What oscillates is followed where the ends tell what happens between them.
        if x.radius > max(-4, x.size - 8 if gentle else NONE):
            raise Undecided


def _real(function: Function, args: Sequence[Any]) -> Any | None:
    """The value, None where there is no real one."""
    try:
        value = function(*args)
    except (ArithmeticError, ValueError):
        return None
    return value if hasattr(value, "_mpf_") else None
