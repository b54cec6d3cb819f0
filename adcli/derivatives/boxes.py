"""Functions over boxes: proven bounds of all that they take, and of their derivatives.

One pass over intervals bounds a function, one reverse sweep its gradient, all over a box. What that gives is too wide,
since it forgets that an input which occurs twice is one number. It is narrowed by the mean value theorem, by going to
the face of a box on which a function that rises or falls is least, and by halving boxes, first those that may hold the
least value (Moore, Kearfott & Cloud, Introduction to Interval Analysis 2009, ch. 6 and 11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple, TypeAlias

from adcli.arithmetic.deadline import Clock, Late
from adcli.arithmetic.interval import CONTINUOUS, DEFINED, DOUBTFUL, SMOOTH, Interval
from adcli.arithmetic.interval_operations import Unbounded
from adcli.arithmetic.intervals import intervals
from adcli.derivatives.programs import Transcript
from adcli.graphs import Graph
from adcli.modes import Fault, Tape, evaluate, reverse

Box: TypeAlias = "tuple[Interval, ...]"
"""An interval for each input that moves, in their order."""

EVALUATIONS = 1500
"""Boxes that are looked at for one bound, of a small program."""
WORK = 100_000
"""Operations that are done on intervals for one bound, of a larger one."""
SPECIAL, SPECIAL_WORK = 40, 50
"""Functions of so many flops count as so many operations."""
SHARPER = 40
"""Boxes after which slopes are narrowed by second derivatives."""
PARTS = 400
"""Boxes that are looked at to find out whether a function is defined all over a box."""
MOST_INPUTS = 12
"""Inputs up to which second derivatives pay."""
HOPELESS = 64
"""Halvings after which a function that has no bound is left alone."""
EVERYTHING = Interval(-inf, inf, DOUBTFUL)


class Seen(NamedTuple):
    """A value and a gradient all over a box."""

    value: Interval
    gradient: tuple[Interval, ...]


class Narrowed(NamedTuple):
    """The least interval found around a function's values, `tight` where both ends are attained up to the tolerance."""

    value: Interval
    tight: bool


def _gradient(graph: Graph, output: int, inputs: Sequence[int]) -> Graph:
    """The program of one output's gradient."""
    transcript = Transcript(graph)
    row = transcript.pulled({output: transcript.number("1")}, inputs)
    return transcript.finish(row, [f"d_{graph.labels[node]}" for node in inputs])


class Boxed:
    """A program over boxes, differentiated by all its `inputs`, which are not *fixed*; outputs go by their position.

    Where the *clock* is over, bounds are what is known then, and all numbers where nothing is.
    """

    def __init__(self, graph: Graph, fixed: Mapping[int, Interval] | None = None, clock: Clock | None = None) -> None:
        self.graph = graph
        self.fixed = dict(fixed or {})
        self.inputs = tuple([node for node in graph.inputs if node not in self.fixed])
        work = len(graph) + sum([op.flops >= SPECIAL for op in graph.ops]) * SPECIAL_WORK
        self.budget = max(50, min(EVALUATIONS, WORK // max(work, 1)))
        self.clock = clock or Clock(inf)
        self.fault: Fault | None = None
        self._gradients: dict[int, Boxed] = {}

    def tape(self, box: Box) -> Tape:
        """A pass over intervals. Raises Fault, and Late."""
        # Copies, since one and the same interval would be one and the same number.
        point = {node: Interval(x.lo, x.hi) for node, x in zip(self.inputs, box, strict=True)}
        with self.clock.single():
            return evaluate(self.graph, intervals(), {**self.fixed, **point})

    def values(self, box: Box) -> list[Interval]:
        """What all outputs take."""
        try:
            tape = self.tape(box)
        except (Fault, Late) as fault:
            self._kept(fault)
            return [EVERYTHING] * len(self.graph.outputs)
        return [tape.values[node] for node in self.graph.outputs]

    def jacobian(self, box: Box, outputs: Sequence[int] | None = None) -> list[Seen]:
        """Values and gradients of some outputs."""
        wanted = range(len(self.graph.outputs)) if outputs is None else outputs
        nothing = Seen(EVERYTHING, (EVERYTHING,) * len(self.inputs))
        arithmetic = intervals()
        try:
            tape = self.tape(box)
        except (Fault, Late) as fault:
            self._kept(fault)
            return [nothing for _ in wanted]
        found = []
        for i in wanted:
            node = self.graph.outputs[i]
            try:
                with self.clock.single():
                    sweep = reverse(tape, {node: arithmetic.literal("1")}, self.inputs)
            except (Fault, Late) as fault:
                self._kept(fault)
                found.append(Seen(tape.values[node], nothing.gradient))
                continue
            entries = [sweep[source] for source in self.inputs]
            found.append(Seen(tape.values[node], tuple([arithmetic.zero if x is None else x for x in entries])))
        return found

    def _kept(self, fault: Fault | Late) -> None:
        """Remember what cannot be bounded at all; anything else may be so on a part of the box."""
        if isinstance(fault, Fault) and isinstance(fault.cause, Unbounded):
            self.fault = fault

    def range(self, box: Box, output: int = 0, tolerance: float = 1e-6) -> Narrowed:
        """All that an output takes over the box, where it is defined."""
        low = self._least(box, output, 1, tolerance)
        high = self._least(box, output, -1, tolerance)
        return Narrowed(Interval(low.value.lo + 0.0, -high.value.lo + 0.0), low.tight and high.tight)

    def sure(self, box: Box, output: int = 0) -> tuple[int, Box]:
        """How well the output behaves all over the box, and a part of it where it is no better than that."""
        worst, where = SMOOTH, box
        stack, budget = [box], PARTS
        while stack:
            part = stack.pop()
            value = self.values(part)[output]
            if value.sure > DEFINED or budget <= 0 or self.clock.over:
                halves = []
            else:
                budget -= 1
                halves = halved(part)
            if halves:
                stack += halves
            elif value.sure < worst:
                worst, where = value.sure, part
                if worst == DOUBTFUL:
                    break
        return worst, where

    def _least(self, box: Box, output: int, way: int, tolerance: float) -> Narrowed:
        """A lower bound of *way* times the output, and a value that it has."""
        low, attained, seen = self._look(box, output, way)
        heap: list[tuple[float, int, Box, Seen]] = [(low, 0, box, seen)]
        for turn in range(self.budget):
            low, _, part, seen = heap[0]
            sharp = turn >= SHARPER and len(self.inputs) <= MOST_INPUTS
            if attained - low <= tolerance * max(1.0, abs(low)) or (low == -inf and turn > HOPELESS):
                break
            halves = halved(part, seen)
            if not halves or self.clock.over:
                break
            heappop(heap)
            for side, half in enumerate(halves):
                bound, value, seen = self._look(half, output, way, sharp)
                attained = min(attained, value)
                heappush(heap, (max(low, bound), 2 * turn + side + 1, half, seen))
        low = heap[0][0]
        return Narrowed(Interval(low, max(low, attained)), attained - low <= tolerance * max(1.0, abs(low)))

    def _narrowed(self, box: Box, output: int, gradient: tuple[Interval, ...]) -> tuple[Interval, ...]:
        """A gradient, as its own mean values have it, too."""
        slopes = self._gradients.get(output)
        if slopes is None:
            slopes = self._gradients[output] = Boxed(_gradient(self.graph, output, self.inputs), self.fixed, self.clock)
        middle = tuple([Interval(x.middle, x.middle) for x in box])
        here = slopes.values(middle)
        found = []
        for known, at, seen in zip(gradient, here, slopes.jacobian(box), strict=True):
            better = seen.value.sure >= CONTINUOUS and at.sure and _finite(seen.gradient)
            found.append(known.meet(_mean_value(at, seen.gradient, box, middle)) if better else known)
        return tuple(found)

    def _look(self, box: Box, output: int, way: int, sharp: bool = False) -> tuple[float, float, Seen]:
        """A lower bound over a box, a value in it, and what was seen: with *sharp* slopes where it matters."""
        (seen,) = self.jacobian(box, [output])
        if sharp and seen.value.sure == SMOOTH:
            seen = Seen(seen.value, self._narrowed(box, output, seen.gradient))
        value = seen.value if way > 0 else -seen.value
        low = value.lo
        middle = tuple([Interval(x.middle, x.middle) for x in box])
        sure = seen.value.sure
        here = self.values(middle)[output]
        attained = (here if way > 0 else -here).hi if here.sure else inf
        if sure >= CONTINUOUS and any(x.lo < x.hi for x in box):
            slopes = seen.gradient if way > 0 else tuple([-slope for slope in seen.gradient])
            if _finite(slopes):
                low = max(low, _mean_value(here if way > 0 else -here, slopes, box, middle).lo)
            face = tuple([_lower_end(x, slope) for x, slope in zip(box, slopes, strict=True)])
            if any(a is not b for a, b in zip(face, box, strict=True)):
                there = self.values(face)[output]
                if there.sure:
                    there = there if way > 0 else -there
                    low = max(low, there.lo)
                    point = self.values(tuple([Interval(x.middle, x.middle) for x in face]))[output]
                    attained = min(attained, (point if way > 0 else -point).hi)
        return low, attained, seen


def _mean_value(here: Interval, slopes: Sequence[Interval], box: Box, middle: Box) -> Interval:
    """What a function takes that has a value in the middle of a box, and slopes all over it."""
    for slope, x, m in zip(slopes, box, middle, strict=True):
        if x.lo < x.hi:
            here = here + slope * (x - m)
    return here


def _finite(slopes: Sequence[Interval]) -> bool:
    return all(slope.lo > -inf and slope.hi < inf for slope in slopes)


def _lower_end(x: Interval, slope: Interval) -> Interval:
    """The end of an interval at which what has that slope is least; all of it where that is not known."""
    if slope.lo >= 0:
        return Interval(x.lo, x.lo)
    return Interval(x.hi, x.hi) if slope.hi <= 0 else x


def halved(box: Box, seen: Seen | None = None) -> list[Box]:
    """The box in two, across the input that matters most; nothing where it is as small as a box can be."""
    weights = []
    for i, x in enumerate(box):
        slope = EVERYTHING if seen is None else seen.gradient[i]
        spread = min(slope.size, 1e100) if slope.sure else 1.0
        weights.append((x.width * spread if x.lo < x.middle < x.hi else -1.0, x.width))
    place = max(range(len(box)), key=weights.__getitem__, default=-1)
    if place < 0 or weights[place][0] < 0:
        return []
    x, middle = box[place], box[place].middle
    parts = Interval(x.lo, middle), Interval(middle, x.hi)
    return [(*box[:place], part, *box[place + 1 :]) for part in parts]
