"""Newton's method: damped in floats, then in as many digits as are asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from adcli.arithmetic.matrices import LU, Singular, norm, solved, times, transposed
from adcli.errors import AdcliError, counted
from adcli.problem.values import FLOATS
from adcli.records import dataclass
from adcli.results import Number
from adcli.studies.answers.system import System, Unsolved, point_of

MOST_STEPS = 200
NEAR = 1e-8
"""A relative step so small says that the rest is for more digits to do."""
SUFFICIENT = 1e-4
"""By what part of the decrease that the slope promises a step has to lower the residual."""
MOST_KICKS = 3
LEAST_DAMPING = 2.0**-50
MOST_POLISH = 400
SPARE = 6
"""Digits of a pivot that rounding may leave where it is 0."""
ACROSS = 1e-6
"""A pivot so small belongs to a step along a valley."""
MOST_ACROSS = 50
FAR = 1e3
"""A Newton step so many times the size of the point says that the Jacobian is as good as singular."""


@dataclass(frozen=True, slots=True)
class Step:
    """An iteration: the point that it reaches, the largest residual there, the length of the step, and by what it was
    damped (1: not at all; 0: a step of Levenberg and Marquardt)."""

    point: dict[str, Number]
    residual: float
    step: float | None = None
    damping: float | None = None


class Point:
    """A point with its residuals and Jacobian. `weights` make residuals comparable."""

    def __init__(self, system: System, x: Sequence[float]) -> None:
        self.x = list(x)
        try:
            self.f, self.rows = system.jacobian(self.x)
        except AdcliError:  # a root may be where a slope is infinite
            self.f = system.values(self.x)
            if any(self.f):
                raise
            self.rows = [[0.0] * len(self.x) for _ in self.f]
        sizes = [max(abs(number), 1e-3) for number in self.x]
        self.sizes = sizes
        scales = [max(abs(a) * s for a, s in zip(row, sizes, strict=True)) for row in self.rows]
        self.weights = [1 / scale if scale else 1.0 for scale in scales]
        if not all(math.isfinite(w) for w in self.weights):
            self.weights = [1.0] * len(scales)

    @property
    def residual(self) -> float:
        """The largest."""
        return float(max(map(abs, self.f)))

    def merit(self, f: Sequence[float]) -> float:
        """What the steps are to lower."""
        return float(norm([w * y for w, y in zip(self.weights, f, strict=True)]))

    def newton(self) -> list[float] | None:
        """Newton's step."""
        try:
            step = LU(self.rows).solve([-y for y in self.f])
        except (Singular, ArithmeticError):
            return None
        return step if all(map(math.isfinite, step)) else None

    def damped(self, push: float) -> list[float]:
        """The step of Levenberg and Marquardt, in units of the point's size."""
        scaled = [
            [w * a * s for a, s in zip(row, self.sizes, strict=True)]
            for w, row in zip(self.weights, self.rows, strict=True)
        ]
        columns = transposed(scaled)
        right = times(columns, [-w * y for w, y in zip(self.weights, self.f, strict=True)])
        normal = [[math.fsum(map(float.__mul__, a, b)) for b in columns] for a in columns]
        for i, row in enumerate(normal):
            row[i] += push
        return [s * d for s, d in zip(self.sizes, LU(normal).solve(right), strict=True)]

    @property
    def singular(self) -> bool:
        """Whether the Jacobian is as good as singular."""
        step = self.newton()
        return step is None or max(abs(d) / (1 + abs(x)) for d, x in zip(step, self.x, strict=True)) > FAR


def damped_newton(system: System, start: Sequence[float]) -> tuple[list[float], list[Step]]:
    """A point near a root, and the way there. Raises Unsolved, with the best point."""
    here = best = Point(system, start)
    steps = [Step(_named(system, here.x), here.residual)]
    kicks = 0
    for _ in range(MOST_STEPS):
        if not here.residual:
            return here.x, steps
        full = here.newton()
        if full is not None and _near(full, here.x) and here.merit(here.f) < NEAR:
            return here.x, steps
        found = _damped(system, here, full)
        if found is None and here.merit(here.f) < NEAR:  # rounding is all that is left, as far as floats tell
            return here.x, steps
        if found is None:  # at the bottom of a valley of the residual, from which a full step leads out
            kicks += 1
            there = _kicked(system, here, full) if kicks <= MOST_KICKS else None
            if there is None:
                break
            found = there, full or [], 1.0
        there, step, damping = found
        steps.append(Step(_named(system, there.x), there.residual, float(norm(step)), damping))
        here = there
        if here.residual < best.residual:
            best = here
        if _near(step, here.x) and damping == 1 and here.merit(here.f) < NEAR:
            return here.x, steps
    raise none_found(system, best, len(steps) - 1)


def _kicked(system: System, here: Point, full: list[float] | None) -> Point | None:
    """Where a full step leads."""
    if full is None:
        return None
    try:
        return Point(system, [a + d for a, d in zip(here.x, full, strict=True)])
    except AdcliError:
        return None


def none_found(system: System, here: Point, count: int) -> Unsolved:
    """What there is to say where the way ends without a root."""
    best = f"{point_of(system.unknowns, here.x)}, with the residual {here.residual:.3g}"
    notes: tuple[str, ...] = (f"the best point after {counted(count, 'iteration')} is {best}",)
    if _hidden(system, here):
        notes += ("the residual is so large there that in floats it does not change with the unknowns",)
    elif here.singular:
        notes += ("the Jacobian is singular there: as good as a minimum of the residual that is no root",)
    return Unsolved("no root found", notes=notes, hint="another start in --at may lead to one")


def _hidden(system: System, here: Point) -> bool:
    """Whether steps as long as the point, or 1, leave the residual as it is: rounding hides them."""
    for i, x in enumerate(here.x):
        for step in (-max(abs(x), 1.0), max(abs(x), 1.0)):
            try:
                moved = system.values([*here.x[:i], x + step, *here.x[i + 1 :]])
            except AdcliError:
                return False
            if list(moved) != list(here.f):
                return False
    return any(map(any, here.rows))


def _named(system: System, x: Sequence[Number]) -> dict[str, Number]:
    return dict(zip(system.unknowns, x, strict=True))


def _near(step: Sequence[float], x: Sequence[float]) -> bool:
    return all(abs(d) <= NEAR * max(abs(y), NEAR) for d, y in zip(step, x, strict=True))


def _damped(system: System, here: Point, full: list[float] | None) -> tuple[Point, list[float], float] | None:
    """The next point: along Newton's step as far as the residual falls, else one of Levenberg and Marquardt's."""
    before = here.merit(here.f)
    damping = 1.0
    while full is not None and damping >= LEAST_DAMPING:
        step = [damping * d for d in full]
        if (there := _tried(system, here, step, before * (1 - SUFFICIENT * damping))) is not None:
            return there, step, damping
        damping /= 2
    for power in range(-6, 9):
        try:
            step = here.damped(10.0**power)
        except ArithmeticError:
            continue
        if (there := _tried(system, here, step, before * (1 - 1e-6))) is not None:
            return there, step, 0.0
    return None


def _tried(system: System, here: Point, step: Sequence[float], most: float) -> Point | None:
    x = [a + d for a, d in zip(here.x, step, strict=True)]
    if x == here.x:
        return None
    try:
        if not here.merit(system.values(x)) <= most:
            return None
        return Point(system, x)
    except AdcliError:  # outside the domain
        return None


class Polished(NamedTuple):
    """A root with all digits that are asked for, whether it is a simple one, and how far, relatively, the last step
    went: an estimate of its error where that is not below those digits."""

    x: list[Number]
    simple: bool
    error: float = 0.0


def polished(system: System, x: Sequence[Number]) -> Polished:
    """The root near a point. Raises Unsolved where Newton's method leads away."""
    digits = system.digits
    exact = [system.number(number, digits) for number in x]
    tolerance = system.number(10, digits) ** -(system.asked.precision + 4)
    error, last, several = math.inf, None, False
    ratios: list[float] = []
    try:
        f, rows = system.jacobian(exact, digits)
    except AdcliError:
        return Polished(exact, False, 0.0 if solves(system, exact) else error)
    for _ in range(MOST_POLISH):
        regular = True
        if not any(f):
            return Polished(exact, not several and _regular(rows))
        try:
            step = LU(rows).solve([-y for y in f])
        except Singular:
            regular = False
        if not regular or max(map(abs, step)) > FAR * max(1, *map(abs, exact)):
            regular = False
            step = solved(rows, [-y for y in f], system.number(10, digits) ** (SPARE - digits))
        sizes = [abs(d) / max(abs(y), abs(d)) for d, y in zip(step, exact, strict=True) if d]
        if not sizes:
            return Polished(exact, False, error)
        length = norm(step)
        if last:
            ratios.append(float(length / last))
            if ratios[-1] > 2 and len(ratios) > 3 and max(sizes) > tolerance:
                raise Unsolved(f"Newton's method leads away from {point_of(system.unknowns, x)}")
        last = length
        multiple = _multiplicity(ratios)
        if multiple > 1:
            several = True
            step = [multiple * d for d in step]
            ratios.clear()
            last = None
        onward = _lowered(system, exact, f, rows, step, max(sizes) <= tolerance)
        if onward is None:
            return Polished(exact, False, error)
        moved, f, fresh, part = onward
        if part < 1:
            ratios.clear()
            last = None
        step = [b - a for a, b in zip(exact, moved, strict=True)]
        exact, error = moved, part * float(max(sizes))
        if fresh is None:
            return Polished(exact, False, 0.0)
        rows = fresh
        if error <= tolerance:
            return Polished(exact, regular and part == 1 and not several and not _slow(ratios), error)
        snapped = _snapped(system, exact, step, digits)
        if snapped is not exact:
            exact = snapped
            try:
                f, rows = system.jacobian(exact, digits)
            except AdcliError:
                return Polished(exact, False, 0.0)
    return Polished(exact, False, error)


def settled(system: System, x: Sequence[Number]) -> list[Number] | None:
    """A root among others beside it, by steps across the valley of them alone; None where there is none near.

    Where the curvature varies along a valley, the Jacobian beside it is regular and Newton's step leads along.
    """
    digits = system.digits
    exact = [system.number(number, digits) for number in x]
    tolerance = system.number(10, digits) ** -(system.asked.precision + 4)
    for _ in range(MOST_ACROSS):
        try:
            f, rows = system.jacobian(exact, digits)
            if not any(f):
                return exact
            step = solved(rows, [-y for y in f], system.number(ACROSS, digits))
        except AdcliError:
            return None
        exact = _snapped(system, [y + d for y, d in zip(exact, step, strict=True)], step, digits)
        if all(abs(d) <= tolerance * max(abs(y), tolerance) for d, y in zip(step, exact, strict=True)):
            break
    try:
        f, rows = system.jacobian(exact, digits)
    except AdcliError:
        return None
    most = system.number(10, digits) ** -(digits // 2)
    sizes = [max(abs(y), 0 * y + 1) for y in exact]
    small = (
        abs(y) <= most * max(abs(a) * s for a, s in zip(row, sizes, strict=True))
        for y, row in zip(f, rows, strict=True)
    )
    return exact if all(small) else None


def _lowered(
    system: System,
    x: list[Number],
    f: Sequence[Number],
    rows: Sequence[Sequence[Number]],
    step: list[Number],
    last: bool,
) -> tuple[list[Number], list[Number], list[list[Number]] | None, float] | None:
    """The point that the step leads to, or as large a part of it as stays in the domain and lowers the residual (the
    last step need not), with the values and the Jacobian there, None at a root that has none; None where no part does.
    """
    weights = [1 / (max(map(abs, row)) or 1) for row in rows]
    before = max(w * abs(y) for w, y in zip(weights, f, strict=True))
    part = 1.0
    while part >= LEAST_DAMPING:
        moved = [a + part * d for a, d in zip(x, step, strict=True)]
        try:
            values, fresh = system.jacobian(moved, system.digits)
        except AdcliError:
            if solves(system, moved):
                return moved, [0 * y for y in f], None, part
        else:
            if last or max(w * abs(y) for w, y in zip(weights, values, strict=True)) < before:
                return moved, values, fresh, part
        part /= 2
    return None


def solves(system: System, x: Sequence[Number]) -> bool:
    """Whether all equations hold there exactly."""
    try:
        return not any(system.values(x, system.digits))
    except AdcliError:
        return False


def _multiplicity(ratios: Sequence[float]) -> int:
    """That of a root to which steps shrink by a steady factor, as 1 - 1/m."""
    if len(ratios) < 3 or not 0.4 < ratios[-1] < 0.96 or abs(ratios[-1] - ratios[-2]) > 0.01:
        return 1
    return round(1 / (1 - ratios[-1]))


def _slow(ratios: Sequence[float]) -> bool:
    return len(ratios) > 3 and ratios[-1] > 0.1


def _regular(rows: Sequence[Sequence[Number]]) -> bool:
    try:
        LU(rows)
    except Singular:
        return False
    return True


def _snapped(system: System, x: list[Number], step: Sequence[Number], digits: int) -> list[Number]:
    """The point with 0 for what falls towards it, if 0 is the root."""
    tiny = system.number(10, digits) ** -digits
    zeros = [abs(y) < tiny and abs(d) > abs(y) for y, d in zip(x, step, strict=True)]
    if not any(zeros):
        return x
    snapped = [0 * y if zero else y for y, zero in zip(x, zeros, strict=True)]
    if solves(system, snapped):
        return snapped
    try:
        f, rows = system.jacobian(snapped, digits)
        onward = LU(rows).solve([-y for y in f]) if any(f) else [0] * len(f)
    except (AdcliError, Singular):
        return x
    return snapped if all(not d or not zero for d, zero in zip(onward, zeros, strict=True)) else x


def sensitivities(system: System, x: Sequence[Number], parameters: Sequence[str]) -> list[list[Number]]:
    """∂x/∂p, a row per unknown, by the implicit function theorem: one linear solve. Raises Singular."""
    digits = FLOATS if isinstance(x[0], float) else system.digits
    _, rows = system.jacobian(x, digits, (*system.unknowns, *parameters))
    count = len(system.unknowns)
    factors = LU([row[:count] for row in rows])
    return transposed([factors.solve([-row[count + j] for row in rows]) for j in range(len(parameters))])
