"""Bounds of inputs, and those that hold an input on one side of the parameters' values only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from adcli.errors import AdcliError, NameFault, UsageError, listed, option
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS, Value
from adcli.results import Number
from adcli.studies.answers.system import Unsolved, point_of
from adcli.studies.answers.trust import Bounds, Objective

ROUNDING = 1e-15
"""A part of what a gradient consists of that rounding of the inputs explains."""
STILL = 1e-14
"""A derivative below this part of the largest is 0."""


def limits_of(asked: Problem, chosen: Sequence[str], bounds: Mapping[str, tuple[Value, Value]]) -> Bounds:
    """The lower and the upper bound of each unknown."""
    found = dict.fromkeys(chosen, (-math.inf, math.inf))
    floats = asked.changed(precision=FLOATS)
    for name, (low, high) in bounds.items():
        members = [label for label in chosen if label == name or label.startswith(name + "[")]
        if not members:
            raise NameFault(f"{option('bounds')} names {name}, which is no unknown", hint=among(name, chosen))
        for member in members:
            found[member] = (
                float(floats.seed(low, f"the lower bound of {name}")) if str(low) else -math.inf,
                float(floats.seed(high, f"the upper bound of {name}")) if str(high) else math.inf,
            )
            if found[member][0] > found[member][1]:
                raise UsageError(f"the bounds of {name} are the wrong way round: {low} is above {high}")
    return list(found.values())


def started(x: Sequence[float], names: Sequence[str], limits: Bounds) -> list[float]:
    """The start, which has to lie within its bounds."""
    for name, number, (low, high) in zip(names, x, limits, strict=True):
        if not low <= number <= high:
            raise UsageError(f"{name} starts at {number:g}, outside its bounds from {low:g} to {high:g}")
    return list(x)


def weakly_held(f: Objective, x: Sequence[Number], limits: Bounds, parameters: Sequence[str]) -> list[int]:
    """The inputs at a bound, as far as floats tell, by which the gradient is 0 within its rounding."""
    touching = [
        i
        for i, (y, (low, high)) in enumerate(zip(x, limits, strict=True))
        if low < high and any(math.isfinite(end) and abs(y - end) <= ROUNDING * abs(end) for end in (low, high))
    ]
    if not touching:
        return []
    digits = f.system.digits
    try:
        gradient, rows = f.slopes.jacobian(x, digits, [*f.names, *parameters])
    except AdcliError:  # limits alone tell the second derivatives
        slope = f.slope([float(y) for y in x])
        return [i for i in touching if slope is not None and not slope[i]]
    sizes = [abs(y) for y in (*x, *(f.system.exact(name, digits) for name in parameters))]
    return [
        i
        for i in touching
        if abs(gradient[i]) <= ROUNDING * sum(abs(a) * size for a, size in zip(rows[i], sizes, strict=True))
    ]


def check_held(
    f: Objective,
    x: Sequence[Number],
    limits: Bounds,
    weak: Sequence[int],
    derivatives: Mapping[str, Mapping[str, Number]],
) -> None:
    """Refuse derivatives of inputs that would move through their bounds on one side of the parameters' values."""
    most = max((abs(slope) for row in derivatives.values() for slope in row.values()), default=0)
    said, by = [], dict[str, None]()
    for i in weak:
        name = f.names[i]
        moving = [parameter for parameter, slope in derivatives[name].items() if abs(slope) > STILL * most]
        if moving:
            which = "lower" if abs(x[i] - limits[i][0]) <= ROUNDING * abs(limits[i][0]) else "upper"
            said.append(f"{name} is at its {which} bound")
            by.update(dict.fromkeys(moving))
    if said:
        raise Unsolved(
            f"the minimum has no derivative by {listed(list(by))}: {listed(said)}, where the gradient is 0, "
            f"so that {'it is' if len(said) == 1 else 'they are'} held on one side and free on the other",
            notes=(f"the minimum is {point_of(f.names, x)}",),
            hint=f"leave out {option('wrt')} for the minimum alone",
        )
