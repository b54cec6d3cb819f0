"""Points at which formulas are tried, and what is known of their values there.

Values are balls (`adcli.arithmetic.balls`), so that what is said of them is certain: two formulas differ at a point
where the difference is told from 0, and agree to as many digits as its ball is small.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, TypeAlias

from adcli.arithmetic.ball import Ball, Undecided
from adcli.arithmetic.balls import balls
from adcli.graphs import Graph
from adcli.modes import Fault, evaluate
from adcli.ops import LITERAL, POW, WHERE

Point: TypeAlias = "dict[str, Fraction]"

COUNT = 40
"""At so many points agreement is asked for."""
DIGITS = 50
"""To so many digits."""
WORKING = (70, 140, 300)
"""Digits computed with, one after the other until they tell."""
TRIES = 40
"""Points tried for each that is wanted: domains may be narrow."""
SCALES = (3, 1, 10, 0.25, 30)
"""How far from 0 points lie."""
GRAIN = 2**20
"""Random numbers are whole multiples of a part of this."""
NOTABLE = tuple(Fraction(x) for x in (3, 2, 1, -1, -2, -3, 0, "1/2", "-1/2", 4, 5, 10, -10, "1/10", 100, -100))
"""Numbers that people like to see, and at which domains end."""
FAR = tuple(Fraction(sign * 10**k) for k in range(3, 13) for sign in (1, -1))
"""Where pieces may begin or end that no small number is in."""
CORNERS = tuple(Fraction(x) for x in (-2, "1/2", 2, 3))
"""A negative base has even, odd and broken powers, and these have powers again."""
MOST_CORNERS = 64
MOST_NOTABLE = 120
WHOLE = 5
"""Each so many-th random point has whole numbers in it."""


class Region:
    """Where points are sought: `over` are intervals by name, `assume` graphs of conditions that must hold."""

    def __init__(
        self,
        names: Sequence[str],
        over: Mapping[str, tuple[Fraction, Fraction]] | None = None,
        assume: Sequence[Graph] = (),
    ) -> None:
        self.names = tuple(names)
        self.over = dict(over or {})
        self.assume = tuple(assume)

    def notable(self, graphs: Sequence[Graph]) -> Iterator[Point]:
        """Points of numbers that people like, and that occur in the formulas; different ones for different names."""
        written = _written(graphs)
        found = [*NOTABLE, *written[:MOST_NOTABLE]]
        if any(op is WHERE or op.kink for graph in graphs for op in graph.ops):
            edges = sorted(set(written[:MOST_NOTABLE]))
            found += [(low + high) / 2 for low, high in pairwise(edges)]
            found += [edge + side * max(Fraction(1), abs(edge) / GRAIN**2) for edge in edges for side in (1, -1)]
            found += FAR
        numbers = list(dict.fromkeys(found))
        middles = [(low, high, (low + high) / 2) for low, high in self.over.values()]
        numbers += [end for ends in middles for end in ends if end not in numbers]
        for k in range(min(len(numbers), MOST_NOTABLE) if self.names else 1):
            point = {name: numbers[(k + 3 * i) % len(numbers)] for i, name in enumerate(self.names)}
            if self._holds(point):
                yield point

    def scales(self, graphs: Sequence[Graph]) -> Iterator[Point]:
        """Points at which a number of the formulas, times an input, is 1 or 1/2: tanh(1e5*x) is a sign elsewhere."""
        for number in dict.fromkeys(_written(graphs)[:MOST_NOTABLE]):
            for part in (1, 2):
                point = dict.fromkeys(self.names, 1 / (part * number)) if number else {}
                if point and self._holds(point):
                    yield point

    def corners(self, graphs: Sequence[Graph]) -> Iterator[Point]:
        """For powers of what moves: points at which numbers of all kinds meet each other."""
        powers = (
            (graph, args) for graph in graphs for op, args in zip(graph.ops, graph.args, strict=True) if op is POW
        )
        if all(graph.ops[exponent] is LITERAL for graph, (_, exponent) in powers):
            return
        if len(CORNERS) ** len(self.names) <= MOST_CORNERS:
            found = list(product(CORNERS, repeat=len(self.names)))
        else:
            draw = random.Random("corners")
            found = [tuple(draw.choices(CORNERS, k=len(self.names))) for _ in range(MOST_CORNERS)]
        for corner in found:
            point = dict(zip(self.names, corner, strict=True))
            if self._holds(point):
                yield point

    def anywhere(self, seed: str = "adcli") -> Iterator[Point]:
        """Points at all distances from 0, the same ones each time; every other one of positive numbers alone."""
        draw = random.Random(seed)
        for k in range(COUNT * TRIES if self.names else 1):
            scale, positive = SCALES[k // 2 % len(SCALES)], k % 2
            point = {name: self._number(draw, name, scale, positive) for name in self.names}
            if k % WHOLE == WHOLE - 1:  # some functions want whole numbers
                point.update({name: Fraction(draw.randrange(4)) for name in self.names if draw.randrange(2)})
            if self._holds(point):
                yield point

    def _number(self, draw: random.Random, name: str, scale: float, positive: int) -> Fraction:
        part = Fraction(draw.randrange(1, GRAIN), GRAIN)
        if name in self.over:
            low, high = self.over[name]
            return low + (high - low) * part
        return Fraction(scale) * (part if positive else 2 * part - 1)

    def _holds(self, point: Point) -> bool:
        for name, (low, high) in self.over.items():
            if name in point and not low <= point[name] <= high:
                return False
        for graph in self.assume:
            try:
                if not values(graph, point, WORKING[0])[0]:
                    return False
            except (Fault, Undecided):
                return False
        return True


def _written(graphs: Sequence[Graph]) -> list[Fraction]:
    """The numbers of the formulas that people can read, with either sign."""
    labels = [label for graph in graphs for node, label in graph.labels.items() if graph.ops[node] is LITERAL]
    found = [Fraction(label) for label in labels if label[-1:].isdigit() and len(label) < 20]
    return [sign * number for number in found for sign in (1, -1)]


def values(graph: Graph, point: Mapping[str, Fraction], digits: int) -> list[Any]:
    """The outputs' balls. Raises Fault where one has no value, or Undecided by so many digits."""
    arithmetic = balls(digits)
    tape = evaluate(graph, arithmetic, {n: arithmetic.ball(point[graph.labels[n]]) for n in graph.inputs})
    found = [tape.values[node] for node in graph.outputs]
    return [x if isinstance(x, bool) else arithmetic.ball(x) for x in found]


def defined(graph: Graph, point: Mapping[str, Fraction]) -> bool | None:
    """Whether the outputs have values at a point; None where that is not decided."""
    for digits in WORKING:
        try:
            return all(isinstance(x, bool) or x.finite for x in values(graph, point, digits))
        except Fault as fault:
            if not isinstance(fault.cause, Undecided):
                return False
    return None


class Pair:
    """The values of two numbers at a point: `same` says whether they agree, None where that is not decided."""

    __slots__ = ("same", "values")

    def __init__(self, same: bool | None, found: tuple[Any, Any]) -> None:
        self.same = same
        self.values = found


def compared(one: Graph, other: Graph, point: Mapping[str, Fraction]) -> list[Pair] | None:
    """Each output of one graph beside that of the other; None where a value is missing or undecided."""
    found: list[Pair] = []
    for digits in WORKING:
        try:
            left, right = values(one, point, digits), values(other, point, digits)
        except Fault as fault:
            if isinstance(fault.cause, Undecided):
                continue
            return None
        if not all(x.finite for x in (*left, *right)):
            return None
        found = [Pair(agreement(a, b), (a, b)) for a, b in zip(left, right, strict=True)]
        if all(pair.same is not None for pair in found):
            return found
    return found or None


def agreement(a: Ball, b: Ball) -> bool | None:
    """Whether two balls are the same number to DIGITS digits: False where certainly not, None where unknown."""
    difference = a - b
    if not difference:
        return True
    if difference.told(0):
        return False
    bits = DIGITS * 3.33
    if difference.reach <= max(a.size, b.size) - bits or max(a.reach, b.reach) < -bits:
        return True
    return None


def digits_of(ball: Ball, digits: int = DIGITS) -> str:
    """A ball's midpoint in so many digits."""
    context = ball.home.context
    text = str(context.nstr(context.mpf(ball.mid), digits, strip_zeros=True))
    return text.replace(".0e", "e").removesuffix(".0") or "0"
