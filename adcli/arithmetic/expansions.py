"""Numbers that are expansions along a ray: c₁t^q₁ + c₂t^q₂ + … for t → 0+, with rational exponents q₁ < q₂ < ….

Where the chain rule says 0 × ∞, or an operation has a kink, a function may have a derivative all the same. Its
expansions along a direction and against it tell: they run through roots, poles and pieces that a Taylor series does
not know (Puiseux series), a comparison is decided by the leading term of a difference, and whether a coefficient is
zero is a matter of exact arithmetic (`adcli.arithmetic.balls`), never of a tolerance.

An operation v = φ(x) is integrated, v = φ(x₀) + ∫ φ'(x(t))·x'(t) dt, its partial being the very rule of the table.
Roots, and operations at a jump of their own, have no such rule there: the table's rows say what they are (`root`,
`around`). What is not known well enough raises Undecided, or Short where more terms may tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from adcli.arithmetic.ball import Ball, Undecided, fraction
from adcli.arithmetic.balls import Balls
from adcli.arithmetic.expansion import ONE, ZERO, Beyond, Expansion
from adcli.arithmetic.rules import Arithmetic, Function, parsed
from adcli.ops import ADD, DIV, EQ, GE, GT, LE, LOG, LT, MUL, NE, NEG, NOT, POW, SUB, UNDEFINED, Op

BESIDE = Fraction(1, 2**20)
"""How far beside a jump an operation is asked for its value there: jumps lie at whole numbers."""
MOST = 400
"""Terms that an expansion may have."""

_DECIDED = {
    LT: lambda s: s < 0,
    LE: lambda s: s <= 0,
    GT: lambda s: s > 0,
    GE: lambda s: s >= 0,
    EQ: lambda s: s == 0,
    NE: lambda s: s != 0,
}


class Expansions(Arithmetic):
    """The arithmetic of expansions up to t^`depth`, whose coefficients are numbers of *home*."""

    onward = True

    def __init__(self, home: Balls, depth: int) -> None:
        super().__init__()
        self.home = home
        self.depth = Fraction(depth)
        self._made: dict[tuple[Op, Fraction, tuple[int, ...]], tuple[Any, tuple[Any, ...]]] = {}
        self._exact: dict[tuple[tuple[Fraction, object], ...], Expansion] = {}
        self._literals: dict[str, Any] = {}

    def literal(self, text: str) -> Any:
        if text not in self._literals:
            number = self.home.literal(text)
            self._literals[text] = self.number(number) if isinstance(number, Ball) else number
        return self._literals[text]

    def number(self, number: Any) -> Expansion:
        """A constant."""
        ball = self.home.ball(number)
        found: Expansion = self._one(Expansion([(ZERO, ball)] if ball else []))
        return found

    def moving(self, start: Any, slope: Any) -> Expansion:
        """start + slope·t."""
        found: Expansion = self._one(self._sum(self.number(start), self.number(slope), ONE))
        return found

    def _one(self, x: Any) -> Any:
        """One object for all that are equal, as far as that is known: what is made of them cancels exactly."""
        if not isinstance(x, Expansion) or x.cut is not None:
            return x
        return self._exact.setdefault(tuple([(q, c.key) for q, c in x.terms]), x)

    def function(self, op: Op) -> Function:
        return lambda *args: self.apply(op, args)

    def ties(self, value: Expansion, args: Sequence[Expansion]) -> Expansion:
        return self.number(Fraction(sum(self._difference(value, x).sign() == 0 for x in args)))

    def apply(self, op: Op, args: tuple[Any, ...]) -> Any:
        """*op* on expansions: the same for the same arguments."""
        if op is NOT:
            return not args[0]
        key = (op, self.depth, tuple([id(x) for x in args]))
        found = self._made.get(key)
        if found is None:
            # The arguments are kept as well, so that no other expansion can get their identity.
            found = self._made[key] = (self._one(self._apply(op, args)), args)
        return found[0]

    def _apply(self, op: Op, args: tuple[Any, ...]) -> Any:
        if op.boolean:
            difference = self._difference(*args)
            if difference.positive and op in (GE, LT):
                return op is GE
            return _DECIDED[op](difference.sign())
        if op is UNDEFINED:
            raise Beyond
        if op is ADD:
            return self._sum(*args)
        if op is SUB:
            return self._difference(*args)
        if op is NEG:
            return self._negative(*args)
        if op is MUL:
            return self._product(*args)
        if op is DIV:
            return self._quotient(*args)
        if op is POW:
            return self._raised(*args)
        if op.variadic and not op.matrix:
            return self._selected(op, args)
        if op.domain and not self.condition(op, op.domain)(None, *args):
            raise Beyond
        if op.root:
            return self._root(op.root, *args)
        if op.level and len(args) == 1:
            return self._level(op, *args)
        if op.around and any(self._kinked(op, text, args) for text in (op.kink, op.bend) if text):
            return self._around(op, args)
        if all(x.constant for x in args):
            return self._value(op, [x.coefficient(ZERO) for x in args])
        if op.value and op.flops == 1:  # arithmetic, which knows more of what it is made of
            return self.by_value(op)(*args)
        return self._integrated(op, args)

    def _value(self, op: Op, args: Sequence[Ball | Fraction]) -> Expansion:
        """Of constants."""
        return self.number(self.home.value(op)(*args))

    # Sums and products

    def _cutting(self, terms: dict[Fraction, Ball], cut: Fraction | None) -> Expansion:
        """The terms before *cut* and up to the depth, without those that are exactly zero."""
        kept = sorted([(q, c) for q, c in terms.items() if c], key=lambda term: term[0])
        if kept and kept[-1][0] > kept[0][0] + self.depth:
            end = kept[0][0] + self.depth
            cut = end if cut is None else min(cut, end)
        if cut is not None:
            kept = [(q, c) for q, c in kept if q < cut]
        if len(kept) > MOST:
            raise Undecided
        return Expansion(kept, cut)

    def _sum(self, x: Expansion, y: Expansion, shift: Fraction = ZERO) -> Expansion:
        """x + t^shift·y."""
        if y.floor is None:
            return x
        terms = dict(x.terms)
        for q, c in y.terms:
            terms[q + shift] = terms[q + shift] + c if q + shift in terms else c
        cuts = [z for z in (x.cut, None if y.cut is None else y.cut + shift) if z is not None]
        return self._marked(self._cutting(terms, min(cuts, default=None)), x.positive and y.positive)

    def _marked(self, x: Expansion, positive: bool) -> Expansion:
        return Expansion(x.terms, x.cut, positive=True) if positive else x

    def _negative(self, x: Expansion) -> Expansion:
        return Expansion([(q, -c) for q, c in x.terms], x.cut)

    def _difference(self, x: Expansion, y: Expansion) -> Expansion:
        return Expansion(()) if x is y else self._sum(x, self._negative(y))

    def _product(self, x: Expansion, y: Expansion) -> Expansion:
        if x.floor is None or y.floor is None:
            return Expansion(())
        cuts = [a + b for a, b in ((x.cut, y.floor), (y.cut, x.floor)) if a is not None]
        end = x.floor + y.floor + self.depth
        if x.terms and y.terms and x.terms[-1][0] + y.terms[-1][0] > end:
            cuts.append(end)
        cut = min(cuts, default=None)
        terms: dict[Fraction, Ball] = {}
        for p, a in x.terms:
            for q, b in y.terms:
                if cut is None or p + q < cut:
                    c = a * b
                    terms[p + q] = terms[p + q] + c if p + q in terms else c
        return self._marked(self._cutting(terms, cut), x is y or (x.positive and y.positive))

    def _quotient(self, x: Expansion, y: Expansion) -> Expansion:
        """x/y: exact where that ends, as x/x does, else a series."""
        if y.leading() is None:
            raise ZeroDivisionError
        if x is y:
            return self.number(ONE)
        if x.terms and x.cut is None and y.cut is None and len(y.terms) > 1:
            found, rest, others = Expansion(()), x, Expansion(y.terms[1:])
            (low, first), room = y.terms[0], x.terms[-1][0] - y.terms[-1][0]
            while rest.terms and rest.cut is None and rest.terms[0][0] - low <= room:
                term = Expansion([(rest.terms[0][0] - low, rest.terms[0][1] / first)])
                # The leading terms cancel, whether or not their coefficients are known exactly.
                rest = self._difference(Expansion(rest.terms[1:]), self._product(term, others))
                found = self._sum(found, term)
            if rest.floor is None:
                return found
        return self._product(x, self._power(y, -ONE))

    # Powers

    def _power(self, x: Expansion, exponent: Fraction) -> Expansion:
        """x^exponent: of the leading term, times the binomial series of what follows it."""
        positive = x.positive or exponent.denominator > 1 or exponent.numerator % 2 == 0
        return self._marked(self._powered(x, exponent), positive)

    def _powered(self, x: Expansion, exponent: Fraction) -> Expansion:
        if exponent.denominator == 1 and 0 <= exponent <= self.depth:
            result = self.number(ONE)
            for _ in range(int(exponent)):
                result = self._product(result, x)
            return result
        if x.small is not None and exponent > 0 and (x.positive or exponent.denominator == 1):
            return Expansion((), x.small * exponent)
        first = x.leading()
        if first is None:
            if exponent > 0:
                return x
            raise ZeroDivisionError
        lead, factor = first
        if factor.sign < 0 and exponent.denominator > 1:
            raise Beyond
        raised = self.home.power(factor, self.home.rational(exponent))
        rest = Expansion([(q - lead, c / factor) for q, c in x.terms[1:]], None if x.cut is None else x.cut - lead)
        total, term, k = self.number(ONE), self.number(ONE), 0
        while rest.floor is not None and k * rest.floor <= self.depth and term.floor is not None:
            term = self._product(term, rest)
            term = self._product(term, self.number((exponent - k) / (k + 1)))
            total = self._sum(total, term)
            k += 1
        if rest.floor is not None and term.floor is not None:  # an infinite series
            total = self._cutting(dict(total.terms), self.depth if total.cut is None else min(total.cut, self.depth))
        return Expansion(
            [(q + lead * exponent, c * raised) for q, c in total.terms],
            None if total.cut is None else total.cut + lead * exponent,
        )

    def _root(self, degree: int, x: Expansion) -> Expansion:
        if degree % 2 and x.small is not None:
            return Expansion((), x.small / degree)
        if degree % 2 and x.sign() < 0:
            return self._negative(self._power(self._negative(x), Fraction(1, degree)))
        return self._power(x, Fraction(1, degree))

    def _raised(self, x: Expansion, y: Expansion) -> Expansion:
        """x^y; with a moving exponent exp(y·log x), of which only the exponential is left to be found."""
        if y.constant:
            exponent = y.coefficient(ZERO)
            rational = exponent.exact if isinstance(exponent, Ball) else exponent
            if rational is not None:
                return self._power(x, rational)
            if x.constant:
                return self._value(POW, [x.coefficient(ZERO), exponent])
        if x.leading() is None:
            if y.sign() > 0:
                return x
            raise Undecided
        if x is self.number(ONE):
            return x
        if x.terms[0][0] > 0 and y.floor == 0:
            return self._vanishing(x, y)
        start = self._value(POW, [self._start(x), self._start(y)])
        logarithm = self._product(y, self.apply(LOG, (x,)))
        return self._fixed(start, logarithm.between(ZERO, self.depth), lambda v: self._slope(v, logarithm))

    def _vanishing(self, x: Expansion, y: Expansion) -> Expansion:
        """x^y for x → 0 and y → y₀ > 0, which is smaller than t^q for every q below the leading exponent times y₀."""
        if x.sign() < 0:
            raise Beyond
        if y.sign() < 0:
            raise Undecided
        return Expansion((), x.terms[0][0] * fraction(self._start(y)) * (1 - BESIDE), positive=True)

    # Operations of the table

    def _kinked(self, op: Op, kink: str, args: Sequence[Expansion]) -> bool:
        """Whether the point itself is a *kink* of the operation, or a bend. Raises Undecided."""
        starts = [self.number(self._start(x)) for x in args]
        if "v" not in parsed(kink).input_names:
            value = None
        elif op.around:
            value = self._around(op, starts)
        else:
            value = self._value(op, [x.coefficient(ZERO) for x in starts])
        return bool(self.condition(op, kink)(value, *starts))

    def _around(self, op: Op, args: Sequence[Expansion]) -> Expansion:
        """The operation by others that have expansions at its kink."""
        found: Expansion = self.compile(op.arguments, self.source(op.around), f"{op.name} around its kink")(*args)
        return found

    def _start(self, x: Expansion) -> Ball:
        """The value for t → 0. Raises Undecided where it is infinite."""
        if x.floor is not None and x.floor < 0:
            x.leading()
            raise Undecided
        return self.home.ball(x.coefficient(ZERO))

    def _selected(self, op: Op, args: Sequence[Expansion]) -> Expansion:
        """The argument that an operation such as Max takes, by the leading terms of their differences."""
        best, *others = args
        choose = self.home.value(op)
        for x in others:
            difference = self._difference(x, best)
            end = difference.small
            if end is not None:  # whichever it is, they are the same up to there
                both = x.positive and best.positive
                either = (x.positive or best.positive) and choose(1, -1) == 1
                best = Expansion([term for term in best.terms if term[0] < end], end)
                best = self._marked(best, both or either)
                continue
            s = difference.sign()
            if s and choose(s, 0) == s:
                best = x
        return best

    def _level(self, op: Op, x: Expansion) -> Expansion:
        """An operation that is constant but for jumps: at a jump, its value on the side that x comes from."""
        start = self._start(x)
        if start.exact is not None and self._kinked(op, op.kink, [x]):
            start += Expansion([term for term in x.terms if term[0]], x.cut).sign() * BESIDE
        return self._value(op, [start])

    def _integrated(self, op: Op, args: tuple[Expansion, ...]) -> Expansion:
        """φ(x₀) + ∫ φ'(x)·x' dt."""
        start = self._value(op, [self._start(x) for x in args])
        moving = [(i, x) for i, x in enumerate(args) if not x.constant]

        def slope(v: Expansion) -> Expansion:
            total = Expansion(())
            given = (v, *args)
            for i, x in moving:
                partial = self.partial_at(op, i, given[0], given[1:])
                total = self._sum(total, self._slope(partial, x))
            return total

        return self._fixed(start, [term for _, x in moving for term in x.terms if term[0]], slope, args)

    def _slope(self, partial: Expansion, x: Expansion) -> Expansion:
        """t·partial·x'."""
        derivative = Expansion([(q, c * q) for q, c in x.terms if q], x.cut)
        return self._product(partial, derivative)

    def _fixed(
        self,
        start: Expansion,
        terms: Sequence[tuple[Fraction, Ball]],
        slope: Function,
        args: Sequence[Expansion] = (),
    ) -> Expansion:
        """v = start + ∫ slope(v) dt/t, term by term: each round knows as many more as the arguments' first moves give.

        A slope that does not ask for v needs one round. One order less is needed of a rule than of what it is for.
        """
        cuts = [x.cut for x in args if x.cut is not None]
        step = min([q for q, _ in terms] + cuts, default=self.depth)
        value = Expansion(start.terms, step)
        if step >= self.depth:
            return value
        for _ in range(int(self.depth / step) + 1):
            self.depth -= step
            try:
                found = slope(value)
            finally:
                self.depth += step
            if any(q <= 0 for q, _ in found.terms):
                raise Undecided  # no limit at the point itself
            following = self._sum(start, Expansion([(q, c / q) for q, c in found.terms], found.cut))
            known, value = value.cut, following
            if value.cut is None or value.cut == known:
                break
        return value
