"""A trust-region Newton method with conjugate gradients (Steihaug 1983) on exact Hessian-vector products, in bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence

from adcli.arithmetic.matrices import LU, norm
from adcli.derivatives.answers import hessian
from adcli.derivatives.questions import Across, Along, Question
from adcli.derivatives.second import gradient_problem
from adcli.derivatives.solver import solve
from adcli.errors import AdcliError, counted
from adcli.problem.problem import Problem
from adcli.records import dataclass
from adcli.results import Number
from adcli.studies.answers.system import System, Unsolved, point_of

MOST = 2_000
FLAT = 1e-7
"""A relative Newton step so small ends the search: more digits do the rest."""
UNBOUNDED = 1e25
"""A minimum is not looked for farther away than this, nor farther below 0."""
NOISE = 1e-14
"""Relative changes of a value so small are rounding."""


@dataclass(frozen=True, slots=True)
class Descent:
    """An iteration: the point, the value and the gradient's norm there, the length of the step that led there."""

    point: dict[str, Number]
    value: float
    gradient: float
    step: float | None = None


class Objective:
    """A function of some inputs, with its gradient and products with its Hessian; infinite where it has no value."""

    def __init__(self, asked: Problem, unknowns: Sequence[str]) -> None:
        self.system = System(asked, unknowns)
        self.names = tuple(unknowns)
        moving = self.system.at(self.system.start())
        self.gradient_graph = gradient_problem(moving, "reverse")
        self.slopes = self.system.of(self.gradient_graph.graph, unknowns)

    def value(self, x: Sequence[float]) -> float:
        """The value, infinite where there is none."""
        try:
            return float(self.system.values(x)[0])
        except AdcliError:
            return math.inf

    def gradient(self, x: Sequence[float]) -> list[float]:
        """The gradient."""
        (row,) = solve(self.system.at(x), Across([1.0])).entries
        return list(row)

    def slope(self, x: Sequence[float]) -> list[float] | None:
        """The gradient, None where there is none."""
        try:
            return self.gradient(x)
        except AdcliError:
            return None

    def product(self, x: Sequence[float], v: Sequence[float]) -> list[float]:
        """The Hessian times a vector; 0 where there is none, as if the function were a plane."""
        try:
            answer = solve(self.slopes.at(x), Along(dict(zip(self.names, v, strict=True))))
        except AdcliError:
            return [0.0] * len(v)
        return [row[0] for row in answer.entries]

    def hessian(self, x: Sequence[Number], digits: int = 15) -> list[list[Number]]:
        """The Hessian; where the gradient's formula has none, as that of norm(x)^2 at 0, the one that limits tell."""
        try:
            return self.slopes.jacobian(x, digits)[1]
        except AdcliError:
            return [list(row) for row in hessian(self.system.at(x, digits)).hessian]

    def kinked(self, x: Sequence[Number], free: Sequence[bool]) -> bool:
        """Whether there is no Hessian by the free inputs at a point, but a convention at a kink."""
        here = [float(y) for y in x]
        names = [name for name, moves in zip(self.names, free, strict=True) if moves]
        if not names or not any(notice.kind == "kink" for notice in self.slopes.notices(here)):
            return False
        try:
            return any(notice.kind == "kink" for notice in hessian(self.system.at(here, wrt=names)).warnings)
        except AdcliError:
            return False

    def stationary(self, x: Sequence[Number]) -> bool:
        """Whether the gradient is 0, as the function tells rather than its gradient's formula."""
        slope = self.slope([float(y) for y in x])
        return slope is not None and not any(slope)

    def moved(self, x: Sequence[Number], names: Sequence[str], parameters: Sequence[str]) -> list[list[Number]]:
        """By how much a minimum's inputs *names* move with parameters, where limits tell the second derivatives."""
        asked = self.system.at(x, max(self.system.asked.precision, 15), [*names, *parameters])
        rows = hessian(asked).hessian
        size = len(names)
        known = LU([list(row[:size]) for row in rows[:size]])
        columns = [known.solve([-row[size + j] for row in rows[:size]]) for j in range(len(parameters))]
        return [list(row) for row in zip(*columns, strict=True)]


Bounds = Sequence[tuple[float, float]]


def descend(
    f: Objective, start: Sequence[float], bounds: Bounds, steps: list[Descent]
) -> tuple[list[float], list[bool]]:
    """A point near a minimum, and which of its coordinates are free of their bounds. Raises Unsolved."""
    x = list(start)
    solve(f.system.at(x), Question())  # an error where there is no value says so itself
    value, gradient = f.value(x), f.gradient(x)
    size = norm(x) or 1.0
    radius = max(size, 1.0)
    free = _free(x, gradient, bounds)
    steps.append(Descent(_named(f, x), value, _slope(gradient, free)))
    for _ in range(MOST):
        free = _free(x, gradient, bounds)
        slope = _slope(gradient, free)
        if not slope:
            return x, free
        step, inside = _steihaug(f, x, gradient, free, radius)
        trial = [min(max(a + d, low), high) for a, d, (low, high) in zip(x, step, bounds, strict=True)]
        step = [b - a for a, b in zip(x, trial, strict=True)]
        length = float(norm(step))
        if inside and all(abs(d) <= FLAT * max(abs(a), FLAT) for a, d in zip(x, step, strict=True)):
            return x, free
        if not length or radius < 1e-14 * max(norm(x), 1e-150):
            break
        curved = sum(d * h for d, h in zip(step, f.product(x, step), strict=True))
        promised = -(sum(g * d for g, d in zip(gradient, step, strict=True)) + curved / 2)
        there = f.value(trial)
        gained = value - there
        noise = NOISE * max(abs(value), abs(there))
        if math.isfinite(there) and abs(gained) <= noise and 0 < promised <= 10 * noise:
            ratio = 1.0  # below rounding the model is trusted
        else:
            ratio = gained / promised if promised > 0 else -1.0
        onward = f.slope(trial) if ratio > 1e-4 else None
        if onward is None:
            ratio = -1.0
        if ratio < 0.25:
            radius = length / 4
        elif ratio > 0.75 and length > 0.8 * radius:
            radius *= 2.5
        if onward is not None:
            x, value, gradient = trial, there, onward
            steps.append(Descent(_named(f, x), value, _slope(gradient, _free(x, gradient, bounds)), length))
            if norm(x) > UNBOUNDED * size or value < -UNBOUNDED * max(1.0, abs(steps[0].value)):
                raise _unbounded(f, x, value, steps)
    raise _stuck(f, x, value, gradient, steps)


def _free(x: Sequence[float], gradient: Sequence[float], bounds: Bounds) -> list[bool]:
    """Which coordinates may move downhill."""
    return [
        not ((a <= low and g > 0) or (a >= high and g < 0)) and low < high
        for a, g, (low, high) in zip(x, gradient, bounds, strict=True)
    ]


def _slope(gradient: Sequence[float], free: Sequence[bool]) -> float:
    return float(norm([g for g, moves in zip(gradient, free, strict=True) if moves]))


def _steihaug(
    f: Objective, x: Sequence[float], gradient: Sequence[float], free: Sequence[bool], radius: float
) -> tuple[list[float], bool]:
    """A step that lowers the quadratic model, within the radius, and whether it is Newton's own."""
    step = [0.0] * len(x)
    size = _slope(gradient, free)
    # In units of the gradient, whose square may be beyond all floats.
    rest = [-g / size if moves else 0.0 for g, moves in zip(gradient, free, strict=True)]
    direction = list(rest)
    square = sum(r * r for r in rest)
    enough = min(0.1, math.sqrt(size)) ** 2 * square
    for _ in range(2 * len(x) + 10):
        product = [h if moves else 0.0 for h, moves in zip(f.product(x, direction), free, strict=True)]
        curved = sum(d * h for d, h in zip(direction, product, strict=True))
        if curved <= 0:
            return _to_border(step, direction, radius), False
        way = square / curved
        onward = [s + size * way * d for s, d in zip(step, direction, strict=True)]
        if norm(onward) >= radius:
            return _to_border(step, direction, radius), False
        step = onward
        rest = [r - way * h for r, h in zip(rest, product, strict=True)]
        fresh = sum(r * r for r in rest)
        if fresh <= enough:
            return step, True
        direction = [r + fresh / square * d for r, d in zip(rest, direction, strict=True)]
        square = fresh
    return step, True


def _to_border(step: Sequence[float], direction: Sequence[float], radius: float) -> list[float]:
    """The step, continued along the direction to the border."""
    length = norm(direction)
    unit = [d / length for d in direction]
    across = sum(s * u for s, u in zip(step, unit, strict=True))
    within = radius * radius - sum(s * s for s in step)
    way = -across + math.sqrt(max(across * across + within, 0.0))
    return [s + way * u for s, u in zip(step, unit, strict=True)]


def _named(f: Objective, x: Sequence[Number]) -> dict[str, Number]:
    return dict(zip(f.names, x, strict=True))


def _unbounded(f: Objective, x: Sequence[float], value: float, steps: Sequence[Descent]) -> Unsolved:
    return Unsolved(
        "no minimum found: the function seems to fall without bound",
        notes=(f"after {counted(len(steps) - 1, 'iteration')} it is {value:.3g} at {point_of(f.names, x)}",),
        hint="--bounds x=0:1 keeps an input within bounds",
    )


def _stuck(
    f: Objective, x: Sequence[float], value: float, gradient: Sequence[float], steps: Sequence[Descent]
) -> Unsolved:
    slope = float(norm(gradient))
    return Unsolved(
        "no minimum found",
        notes=(
            f"the best point after {counted(len(steps) - 1, 'iteration')} is {point_of(f.names, x)}, "
            f"with the value {value:.6g} and a gradient of {slope:.3g}",
        ),
        hint="at a kink, or at the border of a domain, no gradient vanishes; --bounds says where to stop",
    )
