"""What a picture of a fit shows: points, the curve, residuals."""

from __future__ import annotations

from typing import NamedTuple

from adcli.batch.question import Request
from adcli.errors import UsageError, listed
from adcli.studies.fit.fit import Fitted
from adcli.studies.fit.rows import Given
from adcli.studies.fit.work import Fit

MOST_POINTS = 20_000
"""Of more rows, every so many are drawn."""
STEPS = 400
"""Points of the curve."""


class Picture(NamedTuple):
    """The points and their residuals, and the curve."""

    predictor: str
    response: str
    x: list[float]
    y: list[float]
    residual: list[float]
    curve_x: list[float]
    curve_y: list[float]


def picture(result: Fitted, work: Fit) -> Picture:
    """The points of the picture, for models of one predictor."""
    if len(work.model.predictors) != 1:
        there = listed(work.model.predictors) or "none"
        raise UsageError(f"a fit is drawn over its only predictor, and there are {there}")
    (predictor,) = work.model.predictors
    constants = {name: parameter.value for name, parameter in result.parameters.items()}
    job = work.job_of(work.model.shown, Request("eval"), work.job.engines[-1], 1)
    every = -(-work.rows.count // MOST_POINTS)
    x: list[float] = []
    y: list[float] = []
    residual: list[float] = []
    for batch in work.rows.batches(constants):
        results, _ = job.answered(batch)
        x += list(batch.numbers(predictor).values)[::every]
        y += [float(number) for number in results.columns[0]][::every]
        residual += [float(number) for number in results.columns[3]][::every]
    low, high = min(x), max(x)
    grid = [low + (high - low) * i / (STEPS - 1) for i in range(STEPS)]
    others = {name: [1.0] * STEPS for name in work.rows.names if name != predictor}
    results, _ = job.answered(Given("the curve", 1, {predictor: grid, **others}, constants, STEPS))
    pairs = [
        (a, float(b))
        for i, (a, b) in enumerate(zip(grid, results.columns[2], strict=False))
        if i not in results.failures
    ]
    return Picture(predictor, result.response, x, y, residual, [a for a, _ in pairs], [b for _, b in pairs])
