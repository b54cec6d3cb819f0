"""All zeros of a system in a box, each proven to be there and to be the only one near: the interval Newton method.

Linearised about the middle m of a box, every zero in it solves f(m) + J·(x - m) = 0 for some J between the Jacobians
of the box. Solved by Gauss and Seidel's method with intervals, what is no solution is cut off; where the solution lies
inside the box, there is exactly one zero (Neumaier, Interval Methods for Systems of Equations 1990, ch. 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite
from typing import NamedTuple

from adcli.arithmetic.interval import CONTINUOUS, Interval
from adcli.arithmetic.matrices import LU, Singular
from adcli.derivatives.boxes import Box, Boxed

BOXES = 2000
"""Boxes that are looked at."""
NARROW = 1e-13
"""Relative width of a box that is not halved any more."""
ASIDE = 0.4921
"""Boxes are halved beside their middle, where zeros like to be."""
SHRUNK = 0.7
"""A step that leaves more of a box than this is followed by halving."""
POLISH = 8
"""Steps that narrow a zero that is known."""
SWOLLEN = 4.0
"""How much larger than themselves boxes are looked at again that stand in doubt."""


class Zeros(NamedTuple):
    """Boxes with exactly one zero each, and boxes that may hold more of them; there are none elsewhere."""

    proven: list[Box]
    doubtful: list[Box]


def zeros(system: Boxed, box: Box, budget: int = BOXES) -> Zeros:
    """The zeros of as many outputs as there are inputs."""
    proven: list[Box] = []
    doubtful: list[Box] = []
    stack = [box]
    while stack:
        part = stack.pop()
        if budget <= 0 or system.clock.over:
            doubtful.append(part)
            continue
        budget -= 1
        known, left = step(system, part)
        if left is None:
            continue
        if known:
            proven.append(_polished(system, left))
        elif _narrow(left):
            doubtful.append(left)
        elif _shrunk(part, left):
            stack.append(left)
        else:
            stack += _split(left)
    return _settled(system, box, proven, doubtful)


def step(system: Boxed, box: Box) -> tuple[bool, Box | None]:
    """Whether a box holds exactly one zero, and what of it may hold zeros, if anything."""
    if any(value.sign for value in system.values(box)):
        return False, None
    seen = system.jacobian(box)
    if any(s.value.sure < CONTINUOUS or not all(isfinite(g.size) for g in s.gradient) for s in seen):
        return False, box
    middle = tuple([Interval(x.middle, x.middle) for x in box])
    here = system.values(middle)
    if len(box) == 1 and seen[0].gradient[0].sign:  # it rises or falls: its signs at the ends tell
        ends = [system.values((Interval(end, end),))[0] for end in (box[0].lo, box[0].hi)]
        signs = [end.sign for end in ends]
        if None not in signs:
            if signs[0] * signs[1] > 0:  # type: ignore[operator]  # there is no None among them
                return False, None
            if 0 in signs:
                end = (box[0].lo, box[0].hi)[signs.index(0)]
                return True, (Interval(end, end),)
            known = True
        else:
            known = False
    else:
        known = False
    inverse = _inverse([[g.middle for g in s.gradient] for s in seen])
    if inverse is None:
        return known, box
    matrix = [[_dot(row, [s.gradient[j] for s in seen]) for j in range(len(box))] for row in inverse]
    right = [_dot(row, here) for row in inverse]
    found = list(box)
    inside = True
    for i, x in enumerate(box):
        if matrix[i][i].lo <= 0 <= matrix[i][i].hi:
            inside = False
            continue
        total = right[i]
        for j, other in enumerate(found):
            if j != i:
                total = total + matrix[i][j] * (other - middle[j])
        solution = middle[i] - total / matrix[i][i]
        if solution.hi < x.lo or solution.lo > x.hi:
            return False, None
        inside = inside and x.lo < solution.lo and solution.hi < x.hi
        found[i] = solution.meet(found[i])
    return known or inside, tuple(found)


def _polished(system: Boxed, box: Box) -> Box:
    """A box with one zero, made narrower."""
    for _ in range(POLISH):
        _, left = step(system, box)
        if left is None or not _shrunk(box, left):
            break
        box = left
    return box


def _settled(system: Boxed, whole: Box, proven: list[Box], doubtful: list[Box]) -> Zeros:
    """Boxes in doubt that touch may hold one zero between them: they are looked at as one, and a little around it."""
    clusters: list[Box] = []
    for box in sorted(doubtful, key=lambda box: [x.lo for x in box]):
        near = [other for other in clusters if _touch(box, other)]
        for other in near:
            clusters.remove(other)
            box = tuple([x.hull(y) for x, y in zip(box, other, strict=True)])
        clusters.append(box)
    left = []
    for box in clusters:
        around = tuple([_swollen(x) for x in box])
        known, found = step(system, around)
        inside = found is not None and all(x.lo <= y.lo and y.hi <= x.hi for x, y in zip(whole, found, strict=True))
        if known and found is not None and inside:
            zero = _polished(system, found)
            if not any(_touch(zero, other) for other in proven):
                proven.append(zero)
        elif found is not None:
            left.append(box)
    return Zeros(sorted(proven, key=lambda box: [x.lo for x in box]), left)


def _swollen(x: Interval) -> Interval:
    extra = SWOLLEN * max(x.width, NARROW * max(1.0, x.size))
    return Interval(x.lo - extra, x.hi + extra)


def _touch(a: Box, b: Box) -> bool:
    return all(x.lo <= y.hi and y.lo <= x.hi for x, y in zip(a, b, strict=True))


def _narrow(box: Box) -> bool:
    return all(x.width <= NARROW * max(1.0, x.size) for x in box)


def _shrunk(before: Box, after: Box) -> bool:
    return any(y.width < SHRUNK * x.width for x, y in zip(before, after, strict=True))


def _split(box: Box) -> list[Box]:
    place = max(range(len(box)), key=lambda i: box[i].width / max(1.0, box[i].size))
    x = box[place]
    cut = x.lo + ASIDE * x.width if x.width < inf else x.middle
    return [(*box[:place], part, *box[place + 1 :]) for part in (Interval(x.lo, cut), Interval(cut, x.hi))]


def _dot(row: Sequence[float], column: Sequence[Interval]) -> Interval:
    total = Interval(0.0, 0.0)
    for factor, x in zip(row, column, strict=True):
        total = total + Interval(factor, factor) * x
    return total


def _inverse(matrix: Sequence[Sequence[float]]) -> list[list[float]] | None:
    """The inverse, as well as doubles give it; None where there is none. It need not be right, only near."""
    try:
        found = LU(matrix).inverse()
    except (Singular, OverflowError):
        return None
    return found if all(isfinite(x) for row in found for x in row) else None
