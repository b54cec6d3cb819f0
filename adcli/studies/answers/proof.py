"""Evidence for roots: an interval Newton test, and solving again beside a parameter's value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from adcli.arithmetic.ball import Ball, log2
from adcli.arithmetic.balls import balls
from adcli.arithmetic.matrices import LU, Singular
from adcli.derivatives.questions import Matrix, Work
from adcli.errors import AdcliError
from adcli.modes import Fault
from adcli.results import Number
from adcli.studies.answers.newton import polished
from adcli.studies.answers.system import System

RADII = (1e-12, 1e-20)
MOST_UNKNOWNS = 30
"""Of a system that is tested."""
BESIDE = 10
"""Digits of a parameter that stay when it is moved."""
ALIKE = 1e-8


def enclosed(system: System, x: Sequence[Number]) -> tuple[float, list[list[Ball]]] | None:
    """A relative radius around the point within which a root exists, and no other, and the Jacobian over all of that.

    Krawczyk's test: for a box X around x and C, about the inverse of the Jacobian, x - C·F(x) + (1 - C·J(X))·(X - x)
    lies inside X. None where no radius that is tried does.
    """
    if len(x) > MOST_UNKNOWNS:
        return None
    digits = max(system.digits + 10, 40)
    home = balls(digits)
    try:
        _, rows = system.jacobian(x, digits)
        inverse = [[home.ball(c) for c in row] for row in LU(rows).inverse()]
        middle = [home.ball(home.context.mpf(number)) for number in x]
        f = _work(system, x, digits, middle).values
        center = [
            y - sum((c * v for c, v in zip(row, f, strict=True)), home.zero)
            for y, row in zip(middle, inverse, strict=True)
        ]
    except (AdcliError, Fault, ArithmeticError, ValueError):
        return None
    for radius in RADII:
        radii = [math.log2(radius) + max(log2(home.context.mpf(number)), 0.0) for number in x]
        try:
            box = [Ball(home, y.mid, r) for y, r in zip(middle, radii, strict=True)]
            work = _work(system, x, digits, box)
            entries = [[home.ball(e) for e in row] for row in Matrix("reverse").entries(work)]
        except (AdcliError, Fault, ArithmeticError, ValueError):
            continue
        if _inside(home, middle, center, inverse, entries, radii):
            return radius, entries
    return None


def _work(system: System, x: Sequence[Number], digits: int, unknowns: Sequence[Ball]) -> Work:
    problem = system.at(x, digits)
    home = balls(digits)
    point = problem.point(home, exact=True)
    for name, ball in zip(system.unknowns, unknowns, strict=True):
        point[system.nodes[name]] = ball
    return Work(problem, home, point)


def _inside(
    home: Any,
    middle: Sequence[Ball],
    center: Sequence[Ball],
    inverse: Sequence[Sequence[Ball]],
    entries: Sequence[Sequence[Ball]],
    radii: Sequence[float],
) -> bool:
    """Whether Krawczyk's image of the box lies strictly inside it."""
    size = len(middle)
    context = home.context
    for i in range(size):
        far = abs(center[i] - middle[i])
        reach = context.mpf(2) ** far.reach if far.reach > -math.inf else context.zero
        for j in range(size):
            entry = home.rational(_whole(i == j))
            for k in range(size):
                entry = entry - inverse[i][k] * entries[k][j]
            if entry.reach > -math.inf:
                reach += context.mpf(2) ** (entry.reach + radii[j])
        if not reach < context.mpf(2) ** radii[i]:
            return False
    return True


def _whole(one: bool) -> Any:
    from fractions import Fraction

    return Fraction(int(one))


def solved_beside(
    system: System,
    x: Sequence[Number],
    parameters: Sequence[str],
    slopes: Sequence[Sequence[Number]],
    within: Sequence[tuple[float, float]] = (),
) -> float | None:
    """By how much the derivatives by parameters differ, relatively, from differences of roots beside, *within* bounds;
    None where there is no root beside."""
    worst = 0.0
    digits = system.digits
    for j, name in enumerate(parameters):
        value = system.exact(name, digits)
        h = max(abs(value), system.number(1, digits) / 1000) * system.number(10, digits) ** -BESIDE
        found = []
        for way in (1, -1):
            moved = system.varied({name: value + way * h})
            near = [y + way * h * row[j] for y, row in zip(x, slopes, strict=True)]
            try:
                root = polished(moved, near).x
            except (AdcliError, Singular):
                return None
            if within:
                root = [min(max(y, low), high) for y, (low, high) in zip(root, within, strict=True)]
            found.append(root)
        size = max(abs(row[j]) for row in slopes)
        for row, above, below in zip(slopes, *found, strict=True):
            difference = (above - below) / (2 * h)
            scale = max(abs(difference), abs(row[j]), size * ALIKE)
            if scale:
                worst = max(worst, float(abs(difference - row[j]) / scale))
    return worst
