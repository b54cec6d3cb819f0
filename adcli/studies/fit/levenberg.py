"""The method of Levenberg and Marquardt, in the scales of the problem, with linear parameters eliminated.

Those in which the model is linear are set to their best values after each step, as in Golub and Pereyra's variable
projection: the search is among the others, and starts far from the solution matter less.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from adcli.records import dataclass
from adcli.studies.fit.triangle import Triangle

MOST = 400
TANGENT = 1e-6
"""So small a part of the residual in the Jacobian's range says that the best parameters are near."""
STEP = 1e-10
"""So small a relative step says so where the residual vanishes."""
NEAR = 1e-7
"""So short a relative step is left at the end."""
STUCK = 1e18
"""So much damping says that no step lowers the residual."""
MOST_REFINED, FINEST = 40, 1e-14
"""So many steps follow convergence, until they are relatively so short."""
ROUNDING = 1e-13
"""A residual that falls to this part of what it was at the start is rounding."""
SAME = 1e-9
"""Costs of which the relative difference is less are those of the same solution."""
NOISE = 1e-13
"""Relative changes of the cost so small are rounding."""

Evaluate: TypeAlias = "Callable[[Sequence[float]], Triangle | None]"
"""The triangle at parameters, None where the model has no value."""
Bounds: TypeAlias = "Sequence[tuple[float, float]]"


@dataclass(frozen=True, slots=True)
class Iteration:
    """The sum of squares that an iteration reaches, the relative length of its step, and its damping."""

    rss: float
    step: float | None = None
    damping: float | None = None


class Descent:
    """The way down: `b`, the parameters, `here`, their triangle, whether it `converged`, and `iterations`."""

    def __init__(self, evaluate: Evaluate, b: Sequence[float], here: Triangle, bounds: Bounds) -> None:
        self.evaluate = evaluate
        self.b = list(b)
        self.here = here
        self.bounds = bounds
        self.converged = False
        self.iterations = [Iteration(here.cost)]

    def run(self, linear: Sequence[int], push: float) -> Descent:
        """Go down, damped by *push* at first; parameters that are *linear* follow the others."""
        if linear:
            self._begin(linear)
        scales = [length or 1.0 for length in self.here.lengths]
        growth = 2.0
        for _ in range(MOST):
            if self._done():
                self._refine()
                self.converged = _relative(self.here.step(chosen=self.free()), self.b) <= NEAR
                break
            free = self.free()
            damped = [0.0 if j in linear else scale for j, scale in enumerate(scales)]
            step = self.here.step(push, damped, free)
            trial = self._clipped([b + d for b, d in zip(self.b, step, strict=True)])
            moved = [t - b for t, b in zip(trial, self.b, strict=True)]
            if not any(moved):
                break
            there = self._projected(trial, linear)
            promised = self.here.promised(moved)
            gained = -math.inf if there is None else self.here.cost - there[1].cost
            if there is not None and (gained > 0 or (gained >= -NOISE * self.here.cost and push < 1e-6)):
                ratio = gained / promised if promised > 0 else 1.0
                size = _relative(moved, trial)
                self.b, self.here = there
                self.iterations.append(Iteration(self.here.cost, size, push))
                scales = [length or 1.0 for length in self.here.lengths]
                push = max(push * max(1 / 3, 1 - (2 * min(max(ratio, 0.0), 1.0) - 1) ** 3), 1e-16)
                growth = 2.0
            else:
                push *= growth
                growth *= 2
                if push > STUCK:
                    break
        return self

    def _refine(self) -> None:
        """Gauss and Newton's own steps, as long as each is shorter than the one before."""
        before = math.inf
        for _ in range(MOST_REFINED):
            step = self.here.step(chosen=self.free())
            trial = self._clipped([b + d for b, d in zip(self.b, step, strict=True)])
            size = _relative([t - b for t, b in zip(trial, self.b, strict=True)], trial)
            if not 0 < size < before * 0.9 or size < FINEST:
                return
            there = self.evaluate(trial)
            if there is None or there.cost > self.here.cost * (1 + 1e-9):
                return
            self.b, self.here, before = trial, there, size
            self.iterations.append(Iteration(there.cost, size))

    def keep_order(self, start: Sequence[float], linear: Sequence[int]) -> None:
        """Of solutions that differ by exchanging terms, take the one whose parameters are in the order of the start."""
        others = [j for j in range(len(self.b)) if j not in linear]
        least = ROUNDING**2 * self.iterations[0].rss
        for place, i in enumerate(others):
            for j in others[place + 1 :]:
                if (start[i] - start[j]) * (self.b[i] - self.b[j]) >= 0:
                    continue
                swapped = list(self.b)
                swapped[i], swapped[j] = swapped[j], swapped[i]
                there = self._projected(self._clipped(swapped), linear)
                if there is not None and abs(there[1].cost - self.here.cost) <= SAME * self.here.cost + least:
                    self.b, self.here = there
        self._refine()

    def _begin(self, linear: Sequence[int]) -> None:
        """Set the linear parameters to their best values, if that is better."""
        there = self._projected(self.b, linear)
        if there is not None and there[1].cost < self.here.cost:
            self.b, self.here = there
            self.iterations.append(Iteration(self.here.cost))

    def _projected(self, b: Sequence[float], linear: Sequence[int]) -> tuple[list[float], Triangle] | None:
        """The point with its linear parameters at their best, and its triangle."""
        here = self.evaluate(b)
        if here is None or not linear:
            return None if here is None else (list(b), here)
        step = here.step(chosen=linear)
        better = self._clipped([x + d for x, d in zip(b, step, strict=True)])
        there = self.evaluate(better)
        if there is None or not there.cost <= here.cost:
            return list(b), here
        return better, there

    def free(self) -> list[int]:
        """The parameters that may move: not those at a bound that they would leave."""
        gradient = [
            math.fsum(row[j] * z for row, z in zip(self.here.jacobian, self.here.along, strict=True))
            for j in range(self.here.size)
        ]
        return [
            j
            for j, (b, (low, high), slope) in enumerate(zip(self.b, self.bounds, gradient, strict=True))
            if low < high and not (b <= low and slope > 0) and not (b >= high and slope < 0)
        ]

    def _clipped(self, b: Sequence[float]) -> list[float]:
        return [min(max(x, low), high) for x, (low, high) in zip(b, self.bounds, strict=True)]

    def _done(self) -> bool:
        """Whether nothing is to be gained: the residual is orthogonal to the Jacobian's columns, or the step tiny."""
        free = self.free()
        full = self.here.step(chosen=free)
        gain = self.here.promised(full)
        if gain < 0 or not all(map(math.isfinite, full)):
            return False
        small = _relative(full, self.b) <= STEP
        dof = max(self.here.rows - self.here.size, 1)
        tangent = math.sqrt(gain) <= TANGENT * self.here.across * math.sqrt(max(len(free), 1) / dof)
        return small or (tangent and _relative(full, self.b) <= 1e-4)


def _relative(step: Sequence[float], b: Sequence[float]) -> float:
    return max((abs(d) / max(abs(x), abs(d)) for d, x in zip(step, b, strict=True) if d), default=0.0)
