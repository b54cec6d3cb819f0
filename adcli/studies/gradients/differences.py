"""The derivative of a function that can only be called, and how far it may be from the truth.

Central differences for steps that shrink, extrapolated to step 0 (Richardson 1911, Ridders 1982): each entry of the
tableau is as good as its neighbours agree. Below some step rounding errors take over; how large these are is told by
differences of high order of values close by (Moré & Wild, Estimating Computational Noise, 2011).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

STEP = 0.05
"""The first step, relative to the input's size."""
SHRINK = 2.0
STEPS = 10
"""Steps, each smaller by SHRINK."""
CLOSE = (1e-8, 1.7e-6, 1.3e-4)
"""How far apart, relatively, values are whose noise is estimated."""
NEAR = 7
"""So many of them."""
EPSILON = 2.0**-52
JOINS = 0.6
"""Where slopes on both sides differ as much for a step as for twice that step, there is a kink."""


class Slope(NamedTuple):
    """A derivative by differences, its error, and whether there seems to be a kink."""

    value: float
    error: float
    kinked: bool


def noise(function: Callable[[float], float], at: float) -> float:
    """How far values of the function are off by rounding: what differences of high order leave of values close by, or
    not so close where a function is rounded to few digits."""
    worst = 0.0
    for close in CLOSE:
        step = close * max(abs(at), 1.0)
        values = [function(at + (i - NEAR // 2) * step) for i in range(NEAR)]
        if not all(map(math.isfinite, values)):
            continue
        worst = max(worst, EPSILON * max(map(abs, values)))
        levels = []
        for order in range(1, NEAR):
            values = [b - a for a, b in pairwise(values)]
            scale = math.factorial(order) ** 2 / math.factorial(2 * order)
            levels.append(math.sqrt(scale * sum(x * x for x in values) / len(values)))
        worst = max(worst, min(levels[2:]))
    return worst


def slope(function: Callable[[float], float], at: float) -> Slope:
    """The derivative of a function of one number."""
    rounding, here = noise(function, at), function(at)
    best, error = math.nan, math.inf
    rows: list[list[float]] = []
    bends = []
    step = STEP * max(abs(at), 1.0) if abs(at) < 1e-3 or abs(at) >= 1 else STEP * abs(at)
    for _ in range(STEPS):
        above, below = function(at + step), function(at - step)
        central = (above - below) / ((at + step) - (at - step))
        bends.append((abs(above - 2 * here + below) / step, step))
        if not math.isfinite(central):
            rows = []
            step /= SHRINK
            continue
        row = [central]
        for order, before in enumerate(rows[-1] if rows else [], 1):
            factor = SHRINK ** (2 * order)
            row.append((factor * row[-1] - before) / (factor - 1))
            if rows:
                off = max(abs(row[order] - row[order - 1]), abs(row[order] - before)) + 2 * rounding / step
                if off < error:
                    best, error = row[order], off
        rows.append(row)
        step /= SHRINK
    return Slope(best, error, _kinked(bends, rounding))


def _kinked(bends: list[tuple[float, float]], rounding: float) -> bool:
    """Whether the slopes on both sides go on differing for small steps, by more than rounding."""
    told = [(bend, step) for bend, step in bends if math.isfinite(bend) and bend > 20 * rounding / step]
    if len(told) < 4:
        return False
    (earlier, _), (last, _) = told[-2:]
    return last > JOINS * earlier and last > JOINS**2 * told[-4][0]
