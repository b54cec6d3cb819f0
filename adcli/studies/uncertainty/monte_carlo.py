"""The witness: distributions propagated by drawing from them (JCGM 101), many rows for the batch engines."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from operator import mul
from random import Random
from statistics import NormalDist
from typing import Any

from adcli.batch.files.batches import Batch
from adcli.batch.files.cells import Numbers
from adcli.batch.question import Request
from adcli.batch.run import BATCHES, Job
from adcli.errors import DomainError
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS
from adcli.records import dataclass
from adcli.results import Number
from adcli.studies.uncertainty.inputs import Inputs

MOST_DRAWS = 10_000_000
SOON = 4_000_000
"""Steps of work that take well below half a second."""
FEW, MANY = 2_000, 100_000
"""As many draws are made unasked: at least, or none at all, and at most."""
SIGMAS = 3.5
"""By how many standard errors chance alone may differ."""


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """Per output the `mean` and the standard deviation `u` of so many draws, the standard errors of both, and the
    probabilistically symmetric coverage `interval`. `failed` draws had no value and are left out."""

    draws: int
    seed: int
    mean: tuple[float, ...]
    mean_error: tuple[float, ...]
    u: tuple[float, ...]
    u_error: tuple[float, ...]
    interval: tuple[tuple[float, float], ...]
    failed: int

    def agrees(self, place: int, value: Number, u: Number) -> bool:
        """Whether it gives the same output, to the two digits of u that are shown."""
        spread = float(u)
        if not spread:
            return self.u[place] <= 1e-12 * abs(self.mean[place])
        digit = 10.0 ** (math.floor(math.log10(spread)) - 1) / 2
        here = abs(self.u[place] - spread) <= digit + SIGMAS * self.u_error[place]
        return here and abs(self.mean[place] - float(value)) <= digit + SIGMAS * self.mean_error[place]


class Drawn(Batch):
    """Columns of draws."""

    def __init__(self, columns: dict[str, list[float]], first: int, count: int) -> None:
        super().__init__("the draws", first, list(columns), count)
        self.columns = columns

    def values(self, name: str) -> Sequence[Any]:
        return self.columns[name]

    def numbers(self, name: str) -> Numbers:
        return Numbers(self.columns[name])


def draws_at_once(asked: Problem, inputs: Inputs) -> int:
    """How many draws are made unasked: such as take no time, 0 where too few would be left."""
    if asked.precision != FLOATS:
        return 0
    size = len(inputs.names)
    work = sum(2 + op.flops // 4 for op in asked.graph.ops) + 10 * size + 5 * len(asked.graph.outputs)
    count = min(MANY, SOON // (work + (size * size if inputs.correlated else 0)))
    return count // 1000 * 1000 if count >= FEW else 0


def monte_carlo(
    asked: Problem, inputs: Inputs, values: Sequence[Number], count: int, seed: int, coverage: float
) -> MonteCarlo:
    """The outputs' moments from so many draws. The same seed draws the same numbers on every machine."""
    columns = {name: name for name in inputs.names}
    job = Job(asked, Request("eval"), columns)
    job.use(job.choose(count))
    found = [array("d") for _ in values]
    failed = 0
    for batch in _batches(asked, inputs, count, seed, BATCHES[job.engines[-1]]):
        results, _ = job.answered(batch)
        failed += len(results.failures)
        for target, column in zip(found, results.columns, strict=True):
            numbers = column.tolist() if hasattr(column, "tolist") else column
            target.extend(x for row, x in enumerate(numbers) if row not in results.failures)
    kept = count - failed
    if kept < 2:
        raise DomainError(f"Monte Carlo finds no value: {failed:,} of {count:,} draws have none")
    moments = [_moments(numbers, float(near)) for numbers, near in zip(found, values, strict=True)]
    return MonteCarlo(
        draws=count,
        seed=seed,
        mean=tuple(m for m, _, _ in moments),
        mean_error=tuple(u / math.sqrt(kept) for _, u, _ in moments),
        u=tuple(u for _, u, _ in moments),
        u_error=tuple(error for _, _, error in moments),
        interval=tuple(_interval(numbers, coverage) for numbers in found),
        failed=failed,
    )


def _batches(asked: Problem, inputs: Inputs, count: int, seed: int, size: int) -> Iterator[Drawn]:
    """The draws, some at a time: correlated inputs by a Gaussian copula."""
    random = Random(seed).random
    normal = NormalDist()
    quantile, below = normal.inv_cdf, normal.cdf
    at = asked.doubles
    scales = [(at[name], float(u)) for name, u in zip(inputs.names, inputs.u, strict=True)]
    least = 2.0**-54
    for first in range(0, count, size):
        rows = min(size, count - first)
        uniform = [[random() or least for _ in range(rows)] for _ in inputs.names]
        if inputs.correlated:
            scores = [list(map(quantile, column)) for column in uniform]
            factor = [[float(x) for x in row] for row in inputs.factor]
            mixed = [[sum(map(mul, row, draw)) for draw in zip(*scores, strict=True)] for row in factor]
            uniform = [
                [] if shape == "normal" else list(map(below, column))
                for shape, column in zip(inputs.shapes, mixed, strict=True)
            ]
        columns = {}
        for i, (name, shape) in enumerate(zip(inputs.names, inputs.shapes, strict=True)):
            value, u = scales[i]
            if shape == "normal":
                scores_of = mixed[i] if inputs.correlated else map(quantile, uniform[i])
                columns[name] = [value + u * z for z in scores_of]
            else:
                columns[name] = [value + u * _STANDARD[shape](p) for p in uniform[i]]
        yield Drawn(columns, first + 1, rows)


def _triangular(p: float) -> float:
    return math.sqrt(6) * (math.sqrt(2 * p) - 1 if p < 0.5 else 1 - math.sqrt(2 * (1 - p)))


_STANDARD: dict[str, Callable[[float], float]] = {
    "uniform": lambda p: math.sqrt(3) * (2 * p - 1),
    "triangular": _triangular,
    "arcsine": lambda p: math.sqrt(2) * math.sin(math.pi * (p - 0.5)),
}
"""The quantiles of distributions of standard deviation 1."""


def _moments(numbers: Sequence[float], near: float) -> tuple[float, float, float]:
    """The mean, the standard deviation, and the standard error of that."""
    count = len(numbers)
    mean = near + math.fsum(x - near for x in numbers) / count
    squares = [d * d for d in (x - mean for x in numbers)]
    total = math.fsum(squares)
    if not total:
        return mean, 0.0, 0.0
    variance = total / (count - 1)
    level = total / count
    spread = math.fsum((s - level) ** 2 for s in squares) / count
    return mean, math.sqrt(variance), math.sqrt(spread / count) / (2 * math.sqrt(variance))


def _interval(numbers: Sequence[float], coverage: float) -> tuple[float, float]:
    """The probabilistically symmetric interval (JCGM 101, 7.7)."""
    ordered = sorted(numbers)
    left = (1 - coverage) / 2 * (len(ordered) - 1)
    return ordered[round(left)], ordered[len(ordered) - 1 - round(left)]
