"""A model and its rows at work: what the batch engines find at parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from adcli.batch.question import Request, request
from adcli.batch.run import Job
from adcli.derivatives.questions import Matrix, Work
from adcli.errors import AdcliError, DataError
from adcli.problem.problem import Problem
from adcli.studies.answers.system import Unsolved
from adcli.studies.fit.model import Model
from adcli.studies.fit.rows import Rows
from adcli.studies.fit.triangle import Triangle


class Fit:
    """A model and its rows: triangles at parameters, by the batch engines."""

    def __init__(self, model: Model, rows: Rows, *, engine: str, threads: int, origin: str) -> None:
        self.model = model
        self.rows = rows
        self.origin = origin
        self.request = request("grad", model.residual, "auto")
        self.job = self.job_of(model.residual, self.request, engine, threads)

    def job_of(self, asked: Problem, wanted: Request, engine: str, threads: int) -> Job:
        names = [*self.rows.names, *self.model.parameters]
        names = [name for name in names if name in asked.graph.input_names]
        job = Job(
            asked,
            wanted,
            {name: name for name in names},
            on_error="stop",
            engine=engine,
            threads=threads,
        )
        job.share(self.rows.count)
        job.use(engine if engine != "auto" else job.choose(self.rows.count) if self.rows.arrays else "python")
        return job

    def triangle(self, b: Sequence[float]) -> Triangle | None:
        """That of the Jacobian and the residuals, None where a row has no value."""
        found = Triangle(len(b) + 1)
        for columns, count, fault in self.answers(b):
            if fault is not None:
                return None
            found.add([*columns[1:], columns[0]], count)
        return found if found.finite else None

    def begun(self, b: Sequence[float]) -> Triangle:
        """The triangle at a start, which has one, or raises what says why not."""
        found = self.triangle(b)
        if found is None:
            raise self._refused(b)
        return found

    def check_weights(self, b: Sequence[float]) -> None:
        """Refuse weights below 0, and uncertainties that are not above it."""
        if self.model.counted is None:
            return
        what, least = ("uncertainty", "above 0") if self.model.absolute else ("weight", "at least 0")
        job = self.job_of(self.model.counted, Request("eval"), self.job.engines[-1], self.job.threads)
        for batch in self.rows.batches(dict(zip(self.model.parameters, map(float, b), strict=True))):
            results, fault = job.answered(batch)
            if fault is not None:
                raise fault
            for position, number in enumerate(results.columns[0]):
                if number < 0 or (self.model.absolute and not number):
                    said = f"{batch.row(position)}: the {what} is {float(number):g}"
                    raise DataError(said, hint=f"it has to be {least}")

    def _refused(self, b: Sequence[float]) -> AdcliError:
        for _, _, fault in self.answers(b):
            if fault is not None:
                return fault
        return Unsolved("the sum of squares exceeds the largest float", hint="start nearer, or scale the response")

    def answers(self, b: Sequence[float]) -> Iterator[tuple[Sequence[Any], int, AdcliError | None]]:
        """Per batch the columns of residuals and derivatives, its number of rows, and an error that ends it."""
        constants = dict(zip(self.model.parameters, map(float, b), strict=True))
        for batch in self.rows.batches(constants):
            results, fault = self.job.answered(batch)
            yield results.columns, batch.count, fault

    def exact(self, b: Sequence[Any], digits: int) -> tuple[list[list[Any]], list[Any], Any]:
        """JᵀJ, Jᵀr and rᵀr with so many digits, of the rows as they are written."""
        from adcli.arithmetic.multiprecision import multiprecision

        home = multiprecision(digits)
        context = home.context
        size = len(b)
        normal = [[context.zero] * size for _ in range(size)]
        right, square = [context.zero] * size, context.zero
        cells = self.rows.exact or {}
        given = {**self.model.residual.at, **dict(zip(self.model.parameters, b, strict=True))}
        question = Matrix("reverse")
        for row in range(self.rows.count):
            asked = self.model.residual.changed(at={**given, **{name: cells[name][row] for name in cells}})
            work = Work(asked, home, asked.point(home, exact=True))
            (slopes,) = question.entries(work)
            slopes = [context.mpf(x) for x in slopes]
            (residual,) = (context.mpf(x) for x in work.values)
            square += residual * residual
            for i in range(size):
                right[i] += slopes[i] * residual
                for j in range(i + 1):
                    normal[i][j] += slopes[i] * slopes[j]
        return [[normal[max(i, j)][min(i, j)] for j in range(size)] for i in range(size)], right, square
