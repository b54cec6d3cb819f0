"""Numbers that are truncated Taylor series: evaluating a graph on them is Taylor mode, any order in one pass.

A series x(t) = x₀ + x₁t + x₂t² + … runs through an operation v = φ(x) by the differential equation that its
first partial states, v'(t) = φ'(x(t))·x'(t), compared term by term:

    k·v_k = Σ_{j=1…k} j·x_j·p_{k-j},      p = φ'(x) as a series

so the coefficients up to order K cost O(K²) products, not K nested sweeps (Griewank & Walther 2008, ch. 13,
propositions 13.1 and 13.2). p is the very rule of the table, lifted to series that grow on demand: v_k needs p
only up to order k-1. That is why exp, whose rule is v, can feed on itself, and why sin and cos can feed on each
other: an operation on the same series is the same series. Digamma's rule is polygamma(1, x), whose rule is
polygamma(2, x), and so on; as each needs one order less, the chain ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adcli.arithmetic.doubles import Doubles
from adcli.arithmetic.rules import Arithmetic, Function
from adcli.ops import ADD, DIV, EXCEPTED, LOG, MUL, NEG, POW, SUB, Op

UNBOUNDED = 1 << 62
BLOCK = 32
"""Sums of so many products are not worth more than adding them up."""
LOST = 1 / 256
"""A sum so much smaller than its terms has cancelled."""


class Series:
    """Coefficients x₀, x₁, … that are computed when first asked for, in order.

    `degree` is that of a polynomial, or a bound of it: what has coefficients beyond those known has none where none is
    stated.
    """

    __slots__ = ("_next", "_rates", "degree", "known")

    def __init__(
        self, known: list[Any], following: Callable[[int], Any] | None = None, degree: int = UNBOUNDED
    ) -> None:
        self.known = known
        self.degree = len(known) - 1 if following is None else degree
        self._next = following
        self._rates: list[Any] = [0]

    def __getitem__(self, k: int) -> Any:
        known = self.known
        while len(known) <= k:
            known.append(self._next(len(known)) if self._next else 0)
        return known[k]

    def rates(self, k: int) -> list[Any]:
        """0, x₁, 2·x₂, … up to k·xₖ at least."""
        rates = self._rates
        while len(rates) <= k:
            rates.append(len(rates) * self[len(rates)])
        return rates

    @property
    def constant(self) -> bool:
        """Whether it has no coefficient beyond the first, for ever."""
        return self._next is None and not any(self.known[1:])


class Convolution:
    """Σ fⱼ·y_{k-j}, j = first … k, for one k after the other, where fₖ and y_{k-first} may need the sum before.

    Where the scalars know products of whole polynomials, those that are known already give what they contribute to
    the sums to come ("relaxed multiplication": van der Hoeven, J. Symb. Comput. 34 (2002), 479): the sums up to K take
    log K products of K coefficients, not K²/2 of single ones. What polynomials have beyond their degree is left out.
    """

    def __init__(self, scalars: Arithmetic, factors: list[Any], degree: int, y: Series, first: int) -> None:
        self.scalars = scalars
        self.factors = factors
        self.degree = degree
        self.y = y
        self.first = first
        self.blocks = min(degree, y.degree) > BLOCK
        self.later: dict[int, Any] = {}

    def __call__(self, k: int) -> Any:
        n = k - self.first
        block = n - n % BLOCK
        if block == n > 0 and self.blocks:
            self._spread(n)
        if not self.blocks or not block:
            first, last = max(self.first, k - self.y.degree), min(k, self.degree)
            if first > last:
                return 0
            return self.scalars.dot(self.factors[first : last + 1], self.y.known[k - first :: -1])
        f, g = self.factors, self.y.known
        near = n - block + 1
        total = self.scalars.dot(f[k - near + 1 : k + 1], g[near - 1 :: -1])
        total = total + self.scalars.dot(g[block : n + 1], f[self.first : self.first + near][::-1])
        return total + self.later.pop(n) if n in self.later else total

    def _spread(self, n: int) -> None:
        """Add to the sums to come what the first n of both contribute to them and has not been added before."""
        half = n & -n
        block, first = n - half, self.first
        f, g = self.factors[first : first + n], self.y.known[:n]
        pairs = [(f[block:], g[: 2 * half]), (g[block:], f[: 2 * half])] if block else [(f, g)]
        for xs, ys in pairs:
            found = self.scalars.convolved(xs, ys)
            if found is None:
                self.blocks = False
                return
            for place, number in enumerate(found[half : 2 * half], n):
                self.later[place] = self.later[place] + number if place in self.later else number


class SeriesArithmetic(Arithmetic):
    """Taylor series whose coefficients are numbers of another arithmetic (doubles, or mpmath's)."""

    onward = True

    def __init__(self, scalars: Arithmetic, *, watches: bool = False) -> None:
        super().__init__()
        self.scalars = scalars
        self._made: dict[tuple[Op, tuple[int, ...]], tuple[Series, tuple[Series, ...]]] = {}
        self.made: list[Series] = []
        """Every series computed, those of the rules too."""
        self.cancelled = False
        """Whether a sum within a rule lost its digits; looked for among floats, if it *watches* for that."""
        self._watches = watches and isinstance(scalars, Doubles)
        self._rules = 0

    def literal(self, text: str) -> Any:
        number = self.scalars.literal(text)
        return number if isinstance(number, bool) else Series([number])

    def variable(self, start: Any, slope: Any) -> Series:
        """start + slope·t."""
        return Series([start, slope])

    def function(self, op: Op) -> Function:
        return lambda *args: self.apply(op, args)

    def ties(self, value: Series, args: Sequence[Series]) -> Series:
        return Series([self.scalars.literal(str(sum(x[0] == value[0] for x in args)))])

    def apply(self, op: Op, args: tuple[Any, ...]) -> Any:
        """*op* on series: the same series for the same arguments."""
        if op.boolean:
            return self.scalars.function(op)(*[x if isinstance(x, bool) else x[0] for x in args])
        key = (op, tuple([id(x) for x in args]))
        found = self._made.get(key)
        if found is None:
            # The arguments are kept as well, so that no other series can get their identity.
            found = self._made[key] = (self._apply(op, args), args)
            self.made.append(found[0])
        return found[0]

    def _apply(self, op: Op, args: tuple[Series, ...]) -> Series:
        first = self.scalars.value(op)(*[x[0] for x in args])
        if op.level or all(x.constant for x in args):
            return Series([first])
        if op is ADD:
            x, y = args
            if self._rules:
                return self._watched(x, y, first, 1)
            return Series([first], lambda k: x[k] + y[k], max(x.degree, y.degree))
        if op is SUB:
            x, y = args
            if self._rules:
                return self._watched(x, y, first, -1)
            return Series([first], lambda k: x[k] - y[k], max(x.degree, y.degree))
        if op is NEG:
            (x,) = args
            return Series([first], lambda k: -x[k], x.degree)
        if op is MUL:
            x, y = args
            product = self._watched_product(x, y) if self._rules else self._product(x, y)
            return Series([first], product, min(x.degree + y.degree, UNBOUNDED))
        if op is DIV:
            return self._quotient(first, *args)
        if self._rules and op.slope and abs(first) < LOST * op.slope * abs(args[0][0]):
            self.cancelled = True
        if op is POW:
            return self._power(first, *args) if args[1].constant else self._general_power(first, *args)
        return self._by_rule(op, first, args)

    def partial_at(self, op: Op, position: int, v: Any, args: Sequence[Any]) -> Any:
        self._rules += self._watches
        try:
            return super().partial_at(op, position, v, args)
        finally:
            self._rules -= self._watches

    def _watched(self, x: Series, y: Series, first: Any, sign: int) -> Series:
        """The sum or difference of two series of a rule."""

        def following(k: int) -> Any:
            total = x[k] + y[k] if sign > 0 else x[k] - y[k]
            self._notice(total, x[k])
            return total

        self._notice(first, x[0])
        return Series([first], following, max(x.degree, y.degree))

    def _notice(self, total: Any, term: Any) -> None:
        if abs(total) < LOST * abs(term):
            self.cancelled = True

    def _power(self, first: Any, x: Series, y: Series) -> Series:
        """x^c for a constant c: a whole power by multiplication, fine at 0; else by J. C. P. Miller's recurrence."""
        exponent, start = y[0], x[0]
        if exponent == int(exponent) and exponent >= 0 and (exponent <= 64 or not start):
            remaining, square = int(exponent), x
            result: Series | None = None
            while remaining:
                if remaining & 1:
                    result = square if result is None else self.apply(MUL, (result, square))
                remaining >>= 1
                if remaining:
                    square = self.apply(MUL, (square, square))
            return result or Series([first])

        def following(k: int) -> Any:
            if not start:
                if k < exponent:
                    return start  # x^2.5 has two derivatives at 0
                raise ZeroDivisionError
            x[k]
            pairs = zip(range(1, min(k, x.degree) + 1), x.known[1:], v.known[::-1], strict=False)
            return sum([(exponent * j - (k - j)) * a * b for j, a, b in pairs]) / (k * start)

        v = Series([first], following)
        return v

    def _general_power(self, first: Any, x: Series, y: Series) -> Series:
        """x^y with a moving exponent, as exp(y·log x): v' = v·(y·log x)'; 0^y is 0 around y > 0."""
        if x.constant and x[0] == 0 < y[0]:
            return Series([first])
        if x[0] <= 0:

            def refused(k: int) -> Any:
                raise ValueError("a power with a moving exponent has a Taylor series only over a positive base")

            return Series([first], refused)
        logarithm = self.apply(MUL, (y, self.apply(LOG, (x,))))

        def following(k: int) -> Any:
            return rate(k) / k

        v = Series([first], following)
        rate = self._rate(logarithm, v)
        return v

    def _by_rule(self, op: Op, first: Any, args: tuple[Series, ...]) -> Series:
        """The table's partials, as series: k·v_k = Σ j·x_j·p_{k-j}."""
        moving = [i for i, x in enumerate(args) if not x.constant]
        rates: list[Callable[[int], Any]] = []
        excepted: list[int] = []

        def following(k: int) -> Any:
            if not rates:
                excepted.extend(self._excepted(op, i, first, args) for i in moving)
                rates.extend(self._rate(args[i], self.partial_at(op, i, v, args)) for i in moving)
            if k > min(excepted):
                raise ZeroDivisionError
            return sum(rate(k) for rate in rates) / k

        v = Series([first], following)
        return v

    def _excepted(self, op: Op, position: int, first: Any, args: tuple[Series, ...]) -> int:
        """Up to which order the series is right: an exception of its rule that holds at the leading coefficients may
        be true there, but not around."""
        exception = op.exceptions[position] if position < len(op.exceptions) else ""
        condition, _, value = exception.rpartition(":")
        if not condition or (position < len(op.onward) and op.onward[position]):
            return UNBOUNDED
        if not self.scalars.condition(op, condition)(first, *[x[0] for x in args]):
            return UNBOUNDED
        return EXCEPTED + 1 if value.strip() != "0" else 0

    def _product(self, x: Series, y: Series) -> Callable[[int], Any]:
        """Σ xⱼ·y_{k-j}, j = 0 … k, as a function of k."""
        found = Convolution(self.scalars, x.known, x.degree, y, 0)

        def product(k: int) -> Any:
            x[k], y[k]
            return found(k)

        return product

    def _watched_product(self, x: Series, y: Series) -> Callable[[int], Any]:
        """The same within a rule."""
        found = self._product(x, y)

        def product(k: int) -> Any:
            total = found(k)
            self._notice(total, max(abs(x[j] * y[k - j]) for j in range(k + 1)))
            return total

        return product

    def _rate(self, x: Series, y: Series) -> Callable[[int], Any]:
        """Σ j·xⱼ·y_{k-j}, j = 1 … k: k times a coefficient of what has the derivative y·x'."""
        found = Convolution(self.scalars, x.rates(0), x.degree, y, 1)

        def rate(k: int) -> Any:
            y[k - 1], x.rates(k)
            return found(k)

        return rate

    def _quotient(self, first: Any, x: Series, y: Series) -> Series:
        start, watched = y[0], self._rules

        def following(k: int) -> Any:
            y[k]
            total = x[k] - found(k)
            if watched:
                self._notice(total, x[k])
            return total / start

        v = Series([first], following)
        found = Convolution(self.scalars, y.known, y.degree, v, 1)
        return v
