"""Proven numbers: balls at the point as it was written, narrowed until each number is the double next to the truth.

Nothing is concluded that the balls do not enclose: a kink, a pole or the edge of a domain that they cannot exclude is
an error, and so is a derivative that only limits or conventions would give.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from adcli.derivatives.kinks import kinks
from adcli.derivatives.questions import Question
from adcli.derivatives.solver import FLOAT_BITS, NO_FLOAT, Run, Solution, told
from adcli.errors import RangeError, UndecidedError, UsageError, option
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS, unlimited
from adcli.results import Certificate, Result

if TYPE_CHECKING:
    from adcli.arithmetic.ball import Ball

MOST_BITS = 1 << 14
"""Bits of a midpoint after which narrowing is given up."""
MOST_DIGITS = math.ceil(MOST_BITS * math.log10(2))
DIGITS = 18
"""Digits that a double is found with first."""
PROVEN = 17
"""Digits of a double that is the nearest to the truth."""
RANGE = 1025
"""Beyond 2^this there are no doubles."""

Answer = TypeVar("Answer", bound=Result)


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


def certified(asked: Problem, compute: Callable[[Problem], Answer]) -> Answer:
    """What *compute* makes of the problem, with its numbers proven, and what they lie between.

    Raises UndecidedError where that cannot be decided, and what `adcli.derivatives.solver` raises.
    """
    from dataclasses import replace

    if asked.precision != FLOATS:
        raise UsageError("what is proven are doubles", hint=f"leave out {option('precision', asked.precision)}")
    proof = Proof()
    found = compute(asked.changed(solver=proof.solver("nearest")))
    low = compute(asked.changed(solver=proof.solver("low")))
    high = compute(asked.changed(solver=proof.solver("high")))
    certificate = Certificate(
        digits=proof.digits,
        lower={name: getattr(low, name) for name in found.computed},
        upper={name: getattr(high, name) for name in found.computed},
        bits=proof.bits,
        by=proof.by,
    )
    return replace(found, certified=certificate)


class Proof:
    """Enclosures of all numbers asked for: the same questions, asked again, get their other ends."""

    def __init__(self) -> None:
        self.digits = PROVEN
        self.bits = 0
        self.by = ""
        self._found: list[tuple[list[Between], list[list[Between]]]] = []

    def solver(self, end: str) -> Callable[[Problem, Question], Solution]:
        """Answers questions by one end of the enclosures, or by what is nearest to the truth."""
        place = iter(range(1 << 30))

        def solve(problem: Problem, question: Question) -> Solution:
            number = next(place)
            if number == len(self._found):
                self._found.append(self._prove(problem, question))
            values, rows = self._found[number]
            return Solution([getattr(x, end) for x in values], [[getattr(x, end) for x in row] for row in rows], [])

        return solve

    def _prove(self, problem: Problem, question: Question) -> tuple[list[Between], list[list[Between]]]:
        run = told(problem, question, DIGITS, exact=True, lacking=_lacking, limit=MOST_DIGITS)
        _refuse_doubts(problem, run)
        try:
            values = [between(x) for x in run.values]
            rows = [[between(x, i in question.unbounded) for x in row] for i, row in enumerate(run.entries)]
        except OverflowError:
            raise RangeError(
                "the result exceeds the largest float, about 1.8e308",
                problem.graph.spans[problem.graph.outputs[0]],
                hint=unlimited(),
            ).located(problem.graph.text, problem.origin) from None
        self.digits = min([self.digits, *(x.digits for row in (values, *rows) for x in row)])
        self.bits = max(self.bits, run.arithmetic.bits)
        self.by = run.arithmetic.by
        return values, rows


def _lacking(ball: Ball) -> float:
    """How many more bits a ball needs for its nearest double to be known; infinite where that cannot be foreseen."""
    if ball.reach < NO_FLOAT or ball.size > RANGE:
        return -math.inf
    missing = ball.lacking(FLOAT_BITS)
    return missing if missing > 0 or not ball.finite or between(ball).known else math.inf


def between(ball: Ball, unbounded: bool = False) -> Between:
    """The doubles around a ball. Raises OverflowError beyond the largest, unless it is *unbounded*."""
    if ball.exact is not None:
        least = most = ball.exact
    elif ball.reach < NO_FLOAT:
        return Between(-_TINY, _TINY, 0.0, True)
    elif ball.size > RANGE:
        if not unbounded:
            raise OverflowError
        ends = (_LARGEST, math.inf) if ball.mid > 0 else (-math.inf, -_LARGEST)
        return Between(*ends, math.copysign(math.inf, ball.mid), True)
    else:
        least, most = map(_fraction, ball.ends())
    low, high = _near(least), _near(most)
    if not unbounded and math.inf in (abs(low), abs(high)):
        raise OverflowError
    nearest, known = _near((least + most) / 2), low == high
    return Between(_moved(low, least, -1), _moved(high, most, 1), nearest + 0.0, known)


_TINY = math.ulp(0.0)
_LARGEST = math.nextafter(math.inf, 0)


def _fraction(number: Any) -> Fraction:
    sign, man, exponent, _ = number._mpf_
    return (-1 if sign else 1) * Fraction(int(man)) * Fraction(2) ** int(exponent)


def _near(number: Fraction) -> float:
    """The nearest double."""
    try:
        return number.numerator / number.denominator
    except OverflowError:
        return math.copysign(math.inf, number)


def _moved(number: float, limit: Fraction, way: int) -> float:
    """The double itself where it is not on the wrong side of a limit, else the next one on that *way*."""
    if math.isfinite(number) and (limit - Fraction(number)) * way <= 0:
        return number
    return math.nextafter(number, way * math.inf) if math.isfinite(number) else number


def _refuse_doubts(problem: Problem, run: Run) -> None:
    """Raise where a derivative is no number, or a convention."""
    from adcli.derivatives.refusals import UNTOLD, infinite, pole, shown

    graph, tape = problem.graph, run.work.tape
    doubtful = [entry for row in run.entries for entry in row if not entry.finite]
    if doubtful:
        node = pole(problem, tape, run.work.sources) if run.blamed is None else run.blamed.node
        if any(run.arithmetic.context.isinf(entry.mid) for entry in doubtful):
            raise infinite(problem, tape, node)
        said = f"no derivative is proven: the chain rule has no number at {shown(problem, node)}"
        raise UndecidedError(said, graph.spans[node], hint=UNTOLD).located(graph.text, problem.origin)
    for kink in kinks(run.work):
        said = f"no derivative is proven: {kink.what}"
        where = graph.spans[kink.node]
        raise UndecidedError(said, where, notes=(kink.sides,)).located(graph.text, problem.origin)
