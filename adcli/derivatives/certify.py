"""Proven numbers: balls at the point as it was written, narrowed until each number is the double next to the truth.

Nothing is concluded that the balls do not enclose: a kink, a pole or the edge of a domain that they cannot exclude is
an error, and so is a derivative that only limits or conventions would give.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from adcli.arithmetic.doubles import TOO_SMALL
from adcli.arithmetic.outward import PROVEN, Between, between, beyond
from adcli.derivatives.kinks import kinks
from adcli.derivatives.questions import Question
from adcli.derivatives.solver import FLOAT_BITS, Run, Solution, told, too_large
from adcli.errors import AdcliError, UndecidedError, UsageError, option
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS
from adcli.results import Certificate, Result

if TYPE_CHECKING:
    from adcli.arithmetic.ball import Ball

MOST_BITS = 1 << 14
"""Bits of a midpoint after which narrowing is given up."""
MOST_DIGITS = math.ceil(MOST_BITS * math.log10(2))
DIGITS = 18
"""Digits that a double is found with first."""

Answer = TypeVar("Answer", bound=Result)


def certified(asked: Problem, compute: Callable[[Problem], Answer]) -> Answer:
    """What *compute* makes of the problem, with its numbers proven, and what they lie between.

    Raises UndecidedError where that cannot be decided, and what `adcli.derivatives.solver` raises.
    """
    from dataclasses import replace

    if asked.precision != FLOATS:
        raise UsageError("what is proven are doubles", hint=f"leave out {option('precision', asked.precision)}")
    proof, asked = Proof(), asked.changed(written=True)
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
        self._found: list[tuple[list[Between], list[list[Between]]] | AdcliError] = []

    def solver(self, end: str) -> Callable[[Problem, Question], Solution]:
        """Answers questions by one end of the enclosures, or by what is nearest to the truth."""
        place = iter(range(1 << 30))

        def solve(problem: Problem, question: Question) -> Solution:
            number = next(place)
            if number == len(self._found):
                try:
                    self._found.append(self._prove(problem, question))
                except AdcliError as error:
                    self._found.append(error)
            known = self._found[number]
            if isinstance(known, AdcliError):
                raise known
            values, rows = known
            return Solution([getattr(x, end) for x in values], [[getattr(x, end) for x in row] for row in rows], [])

        return solve

    def _prove(self, problem: Problem, question: Question) -> tuple[list[Between], list[list[Between]]]:
        run = told(problem, question, DIGITS, exact=True, lacking=_lacking, limit=MOST_DIGITS)
        _refuse_doubts(problem, run)
        try:
            values = [between(x) for x in run.values]
            rows = [[between(x, i in question.unbounded) for x in row] for i, row in enumerate(run.entries)]
        except OverflowError:
            raise too_large(problem, run) from None
        self.digits = min([self.digits, *(x.digits for row in (values, *rows) for x in row)])
        self.bits = max(self.bits, run.arithmetic.bits)
        self.by = run.arithmetic.by
        return values, rows


def _lacking(ball: Ball) -> float:
    """How many more bits a ball needs for its nearest double to be known; infinite where that cannot be foreseen."""
    if ball.reach < TOO_SMALL or beyond(ball):
        return -math.inf
    missing = ball.lacking(FLOAT_BITS)
    return missing if missing > 0 or not ball.finite or between(ball).known else math.inf


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
