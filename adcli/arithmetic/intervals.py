"""Intervals of doubles: what an operation makes of all numbers of a box, rounded outwards.

An operation that rises or falls is known by its ends. Of any other its row's own partial is asked, on the interval,
whether it does so there; if not, the interval is halved some times, and what remains is enclosed by the mean value
theorem. Nothing is decided that a box does not decide: a condition may be None, then both branches are taken, and a
function that may not be defined, or may jump, says so (`adcli.arithmetic.interval`).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from functools import reduce
from itertools import product
from math import inf, nextafter
from typing import Any

from adcli.arithmetic import arb, interval_operations
from adcli.arithmetic.ball import NONE, Ball
from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.enclosures import LIBRARY
from adcli.arithmetic.interval import CONTINUOUS, DEFINED, DOUBTFUL, SMOOTH, Interval
from adcli.arithmetic.interval_operations import JOINED, OWN, Unbounded, equal, least
from adcli.arithmetic.outward import between
from adcli.arithmetic.rules import Arithmetic, Function
from adcli.ops import DIV, POW, TABLE, WHERE, Op

DEPTH = 4
"""How often an interval is halved to find where an operation rises."""
NESTED = 3
"""Partials of partials are asked so deep."""
SPECIAL = 40
"""Functions of so many flops are halved only once."""
DIGITS = 30
"""Digits with which a function is computed at a point, where doubles do not tell how well they know it."""
FAR = 2.0**30
"""Beyond this, turns of a circle are not counted."""
SLACK = 1e-9
"""More than what counted turns may be off by."""
EVERYTHING = (-inf, inf)


class Intervals(Arithmetic):
    """Intervals. A condition is True, False, or None where the box does not decide it."""

    decides = False
    guarded = True

    def __init__(self) -> None:
        super().__init__()
        self._literals: dict[str, Any] = {}
        self._naturals: dict[Op, Function] = {}
        self._nested = 0
        self.zero = Interval(0.0, 0.0)

    def literal(self, text: str) -> Any:
        found = self._literals.get(text)
        if found is None:
            found = text == "True" if text in ("True", "False") else self.enclosed(text)
            self._literals[text] = found
        return found

    def exactly(self, number: Any) -> Interval:
        """An interval, a double, or what balls make a ball of."""
        if isinstance(number, Interval):
            return number
        if isinstance(number, float):
            return Interval(number, number)
        found = between(_balls().ball(number), unbounded=True)
        return Interval(found.low, found.high)

    def enclosed(self, text: str) -> Interval:
        """The doubles around a literal."""
        found = between(_balls().literal(text), unbounded=True)
        return Interval(found.low, found.high)

    def spell(self, op: Op, args: Sequence[str]) -> str:
        return f"{self.name(op)}({', '.join(args)})"

    def ties(self, value: Interval, args: Sequence[Interval]) -> Interval:
        """How many of *args* equal *value*: those that it is, or any number of those that it may be."""
        certain, possible = sum(x.same(value) for x in args), sum(equal(x, value) is not False for x in args)
        return Interval(float(max(1, certain)), float(max(1, possible)))

    def function(self, op: Op) -> Function:
        found = (
            OWN.get(op) or getattr(interval_operations, op.name, None) or getattr(sys.modules[__name__], op.name, None)
        )
        if found is None:
            if op.monotone:
                return lambda x: self._rising(op, x)
            return lambda *args: self._enclosed(op, args)
        return found

    def _checked(self, op: Op) -> Function:
        function = self.function(op)
        if op is WHERE:  # the branch not taken does not matter
            return function
        domain = self.condition(op, op.domain) if op.domain and op not in (DIV, POW) else None  # which know it better
        kink = self.condition(op, op.kink) if op.kink else None
        least, most = float(op.least), float(op.most)

        def checked(*args: Any) -> Any:
            sure = SMOOTH
            if domain is not None and domain(None, *args) is not True:
                sure = DOUBTFUL
            found = function(*args)
            if found.__class__ is not Interval:
                return found
            if found.lo < least or found.hi > most:
                found = found.within(least, most)
            if kink is not None and kink(found, *args) is not False:
                sure = min(sure, CONTINUOUS if op in JOINED else DEFINED)
            return found.at_most(min([sure, found.sure, *(x.sure for x in args if x.__class__ is Interval)]))

        return checked

    # Where an operation rises and falls

    def at(self, op: Op, *args: float) -> Interval:
        """The operation's value at a point; everything where it has none that is finite."""
        if op.monotone or op.slope or (op.gentle and hasattr(math, op.name)):
            try:
                value = doubles().value(op)(*args)
            except OverflowError:
                pass  # balls tell on which side
            except (ArithmeticError, ValueError):
                return Interval(*EVERYTHING)
            else:
                margin = LIBRARY * abs(value) + sys.float_info.min * (value != 0 or op.underflows)
                if not margin:
                    return Interval(value, value)
                return Interval(nextafter(value - margin, -inf), nextafter(value + margin, inf))
        try:
            exact = _balls()
            found = between(exact.value(op)(*map(exact.ball, args)), unbounded=True)
        except (ArithmeticError, ValueError):
            return Interval(*EVERYTHING)
        return Interval(found.low, found.high)

    def _rising(self, op: Op, x: Interval) -> Interval:
        """An operation that rises or falls between the ends of an interval."""
        ends = self._end(op, x.lo, x), self._end(op, x.hi, x)
        return ends[0].hull(ends[1]) if x.hi > x.lo else ends[0]

    def _end(self, op: Op, end: float, x: Interval) -> Interval:
        return self.at(op, end) if math.isfinite(end) else _limit(op, end)

    def _enclosed(self, op: Op, args: tuple[Interval, ...], depth: int = -1) -> Interval:
        """Any operation: by its text, and where it does not jump by its partials' signs, halves, and mean values."""
        if all(x.lo == x.hi for x in args):
            return self.at(op, *(x.lo for x in args))
        natural = self._natural(op, args)
        finite = op.partials and all(math.isfinite(x.width) for x in args)
        jumps = op.kink and op not in JOINED and self.condition(op, op.kink)(natural, *args) is not False
        holes = op.domain and op not in (DIV, POW) and self.condition(op, op.domain)(None, *args) is not True
        if not finite or jumps or holes:
            return natural
        if depth < 0:
            depth = 0 if self._nested else 1 if op.flops >= SPECIAL else DEPTH
        moving = [i for i, x in enumerate(args) if x.lo < x.hi]
        slopes = [self._slope(op, i, natural, args) for i in moving]
        if all(slope.lo >= 0 or slope.hi <= 0 for slope in slopes):
            corners = product(*[(x.lo, x.hi) if x.lo < x.hi else (x.lo,) for x in args])
            return reduce(Interval.hull, [self.at(op, *corner) for corner in corners]).meet(natural)
        found = natural
        if all(slope.size < inf for slope in slopes):
            middles = [x.middle for x in args]
            near = self.at(op, *middles)
            for i, slope in zip(moving, slopes, strict=True):
                near = near + slope * (args[i] - Interval(middles[i], middles[i]))
            found = near.meet(natural)
        if found.size == inf:
            found = found.meet(self._by_arb(op, args))
        if depth and found.width > 0.1 * (1 + abs(found.middle)):
            widest = max(moving, key=lambda i: args[i].width)
            halves = [
                self._enclosed(op, tuple(part if j == widest else x for j, x in enumerate(args)), depth - 1)
                for part in _halves(args[widest])
            ]
            found = found.meet(halves[0].hull(halves[1]))
        if found.lo == -inf and found.hi == inf and not op.value:
            raise Unbounded(op)
        return found if found.size < inf else found.at_most(DOUBTFUL)

    def _natural(self, op: Op, args: tuple[Interval, ...]) -> Interval:
        """By the row's text; everything where it has none, or where that may have no value."""
        if not op.value:
            return Interval(*EVERYTHING)
        function = self._naturals.get(op)
        if function is None:
            function = self._naturals[op] = self.by_value(op)
        found: Interval = function(*args)
        return Interval(found.lo, found.hi) if found.sure else Interval(*EVERYTHING)

    @staticmethod
    def _by_arb(op: Op, args: tuple[Interval, ...]) -> Interval:
        """By Arb's function on as wide a ball; everything where there is none."""
        known = arb.function(op)
        if known is None:
            return Interval(*EVERYTHING)
        home = _balls()
        given = []
        for x in args:
            middle = x.middle
            reach = max(nextafter(x.hi - middle, inf), nextafter(middle - x.lo, inf))
            given.append((home.context.mpf(middle), math.log2(reach) + SLACK if x.lo < x.hi else NONE))
        try:
            found = arb.applied(known, given, home.context, home.bits)
        except arb.Unknown:
            found = None
        if found is None:
            return Interval(*EVERYTHING)
        around = between(Ball(home, *found), unbounded=True)
        return Interval(around.low, around.high)

    def _slope(self, op: Op, position: int, natural: Interval, args: tuple[Interval, ...]) -> Interval:
        """The partial all over the intervals; everything where it is not known."""
        if self._nested >= NESTED or op.partials[position] is None:
            return Interval(*EVERYTHING)
        self._nested += 1
        try:
            found = self.partial_at(op, position, natural, args)
        except (Unbounded, ValueError):
            return Interval(*EVERYTHING)
        finally:
            self._nested -= 1
        return found if found.sure else Interval(*EVERYTHING)


def _limit(op: Op, end: float) -> Interval:
    """What lies behind the largest double, by the C library's value at infinity; everything where that says nothing."""
    try:
        found = getattr(math, op.name)(end)
    except (ArithmeticError, AttributeError, ValueError):
        return Interval(*EVERYTHING)
    if math.isfinite(found):
        margin = LIBRARY * abs(found) + sys.float_info.min
        return Interval(nextafter(found - margin, -inf), nextafter(found + margin, inf))
    return Interval(nextafter(found, 0) if found > 0 else -inf, inf if found > 0 else nextafter(found, 0))


def _halves(x: Interval) -> tuple[Interval, Interval]:
    middle = x.middle
    return Interval(x.lo, middle, x.sure), Interval(middle, x.hi, x.sure)


def _balls() -> Any:
    from adcli.arithmetic.balls import balls

    return balls(DIGITS)


# Hyperbolic and trigonometric functions


def cosh(x: Interval) -> Interval:
    """Falls up to 0, and rises from there on."""
    arithmetic, op = intervals(), TABLE["cosh"]
    return arithmetic._end(op, least(x), x).hull(arithmetic._end(op, x.size, x))


def _meets(x: Interval, place: float, period: float) -> bool:
    """Whether an interval may hold place + k·period for a whole number k."""
    if not (abs(x.lo) < FAR and abs(x.hi) < FAR):
        return True
    first, last = (x.lo - place) / period, (x.hi - place) / period
    return math.floor(last + SLACK) >= math.ceil(first - SLACK)


def _turning(name: str, top: float) -> Function:
    """Sine or cosine, of which one top is known."""
    op = TABLE[name]

    def function(x: Interval) -> Interval:
        found = intervals()._rising(op, x)
        return Interval(
            -1.0 if _meets(x, top + math.pi, 2 * math.pi) else found.lo,
            1.0 if _meets(x, top, 2 * math.pi) else found.hi,
        )

    return function


sin, cos = _turning("sin", math.pi / 2), _turning("cos", 0.0)


def _between_poles(name: str, pole: float) -> Function:
    """Tangent or cotangent, which rise or fall between their poles."""
    op = TABLE[name]

    def function(x: Interval) -> Interval:
        if _meets(x, pole, math.pi):
            return Interval(-inf, inf, DOUBTFUL)
        return intervals()._rising(op, x)

    return function


tan, cot = _between_poles("tan", math.pi / 2), _between_poles("cot", 0.0)


def sinc(x: Interval) -> Interval:
    """sin(x)/x, which falls from 0 to π, and is never below -0.2173."""
    low, high = least(x), x.size
    op = TABLE["sinc"]
    if high < math.pi:
        near, far = intervals().at(op, low), intervals().at(op, high)
        return Interval(far.lo, near.hi)
    quotient = sin(x) / x if low else Interval(*EVERYTHING)
    return Interval(quotient.lo, quotient.hi).within(-0.2173, 1.0)


def sinc_derivative(n: Interval, x: Interval) -> Interval:
    """The derivatives of sin(x)/x: that of order n is at most 1/(n + 1)."""
    middle = x.middle
    spread = Interval(-1.0, 1.0) / Interval(n.lo + 2, n.lo + 2)
    near = intervals().at(TABLE["sinc_derivative"], n.lo, middle) + spread * (x - Interval(middle, middle))
    bound = Interval(1.0, 1.0) / Interval(n.lo + 1, n.lo + 1)
    return near.within(-bound.hi, bound.hi)


# The gamma function's family

LEAST_GAMMA = 0.8856031944108886
"""Γ's least value for positive arguments, rounded down, which it has"""
AT = 1.4616321449683622
"""here, rounded down."""


def gamma(x: Interval) -> Interval:
    """Falls from 0 to 1.46, and rises from there on."""
    arithmetic, op = intervals(), TABLE["gamma"]
    if x.lo <= 0:
        turn = arithmetic.literal("pi")
        return turn / (sin(turn * x) * gamma(Interval(1.0, 1.0) - x)) if x.hi < 0 else Interval(*EVERYTHING)
    found = arithmetic._rising(op, x)
    return found.hull(Interval(LEAST_GAMMA, LEAST_GAMMA)) if x.lo < nextafter(AT, 2) and x.hi > AT else found


def polygamma(n: Interval, x: Interval) -> Interval:
    """Derivatives of digamma: of an even order they rise where x is positive, of an odd one they fall."""
    arithmetic, op = intervals(), TABLE["polygamma"]
    if n.lo != n.hi:
        raise Unbounded(op)
    if x.lo > 0:
        ends = [arithmetic.at(op, n.lo, end) if end < inf else Interval(0.0, 0.0) for end in (x.lo, x.hi)]
        return ends[0].hull(ends[1])
    return Interval(0.0, inf) if n.lo % 2 else Interval(*EVERYTHING)


def polygamma_step(n: Interval, x: Interval, y: Interval) -> Interval:
    """Differences of what rises or falls ever more slowly rise or fall in either argument."""
    arithmetic, op = intervals(), TABLE["polygamma_step"]
    if n.lo != n.hi or x.lo <= 0 or (x + y).lo <= 0:
        raise Unbounded(op)
    corners = [arithmetic.at(op, n.lo, a, b) for a in (x.lo, x.hi) for b in (y.lo, y.hi)]
    return reduce(Interval.hull, corners)


def beta(x: Interval, y: Interval) -> Interval:
    """Falls in both arguments where they are positive."""
    arithmetic, op = intervals(), TABLE["beta"]
    if min(x.lo, y.lo) <= 0:
        raise Unbounded(op)
    return arithmetic.at(op, x.lo, y.lo).hull(arithmetic.at(op, x.hi, y.hi))


def zeta(s: Interval) -> Interval:
    """Falls from its last hill, at -2.72, to the pole, and behind that."""
    arithmetic, op = intervals(), TABLE["zeta"]
    if s.lo > 1:
        return zeta_derivative(Interval(0.0, 0.0), s, Interval(1.0, 1.0))
    return arithmetic._rising(op, s) if -2.7 <= s.lo <= s.hi < 1 else arithmetic._enclosed(op, (s,))


def zeta_derivative(n: Interval, s: Interval, a: Interval) -> Interval:
    """Times (-1)ⁿ, it falls to a limit where s > 1 and no logarithm of k + a is negative."""
    arithmetic, op = intervals(), TABLE["zeta_derivative"]
    if s.lo <= 1 or n.lo < n.hi or a.lo < 1 or a.lo < a.hi:
        return arithmetic._enclosed(op, (n, s, a))
    near, far = [arithmetic.at(op, n.lo, end, a.lo) for end in (s.lo, s.hi)]
    limit = float(n.lo == 0 and a.lo == 1)
    return near if s.lo == s.hi else near.hull(far if far.size < inf else Interval(limit, limit))


_shared: list[Intervals] = []


def intervals() -> Intervals:
    """The arithmetic of intervals; one for the whole process, since compiled rules are kept in it."""
    if not _shared:
        _shared.append(Intervals())
    return _shared[0]
