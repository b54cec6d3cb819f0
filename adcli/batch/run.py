"""From files of rows to files of results: read, compute, compute again where in doubt, write, count."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from adcli.batch import scalar
from adcli.batch.engines import Declined, Run, compiled, installed
from adcli.batch.files.batches import Batch
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import STATUS, Layout, Results, Writer
from adcli.batch.kernel import Kernel
from adcli.batch.question import Asked, build
from adcli.errors import AdcliError, DataError, DomainError, NameFault, Span, UsageError
from adcli.ops import EQ, NE
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.records import dataclass

FEW = 50_000
"""Rows up to which the python engine is done before NumPy is imported."""
MANY = 1_000_000
"""Rows from which on compiled code and threads pay."""
BATCHES = {"python": 4_096, "numpy": 131_072, "llvm": 262_144}
"""Rows read and written at a time."""
POLICIES = ("null", "skip", "stop")


@dataclass(frozen=True, slots=True)
class Cause:
    """Why some rows have no result, or follow a convention: the first of them says it, `count` have the same cause."""

    message: str
    first: str
    count: int
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the rows. `failures` are those without a result, `kinks` those where a derivative follows a
    convention; `skipped` says that the failures were left out, `declined` why another engine did the work than the one
    that was chosen."""

    rows: int
    engines: tuple[str, ...]
    threads: int
    failures: tuple[Cause, ...]
    kinks: tuple[Cause, ...]
    skipped: bool = False
    declined: str = ""

    @property
    def failed(self) -> int:
        """How many rows have no result."""
        return sum(cause.count for cause in self.failures)


class Tally:
    """Counts rows by cause while they pass."""

    def __init__(self) -> None:
        self.counts: dict[Any, int] = {}
        self.firsts: dict[Any, tuple[str, str, Span | None]] = {}

    def add(self, key: Any, message: str, batch: Batch, first: int, span: Span | None = None, count: int = 1) -> None:
        """Count *count* rows, of which the one at *first* in its batch is the first."""
        if key not in self.counts:
            self.firsts[key] = (message, batch.row(first), span)
        self.counts[key] = self.counts.get(key, 0) + count

    def causes(self) -> tuple[Cause, ...]:
        """What was counted, in order of first appearance."""
        return tuple(Cause(message, row, self.counts[key], span) for key, (message, row, span) in self.firsts.items())


class Job:
    """Rows to be answered: the problem without a point, what is asked, and where each variable comes from.

    `columns` maps variables to columns of the files.
    """

    def __init__(
        self,
        problem: Problem,
        asked: Asked,
        columns: Mapping[str, str],
        *,
        on_error: str = "null",
        engine: str = "auto",
        threads: int = 0,
    ) -> None:
        self.problem = problem
        self.asked = asked
        self.columns = dict(columns)
        self.on_error = on_error
        self.engine = engine
        self.kernel: Kernel = build(problem, asked, list(columns))
        self._scalar = scalar.Rows(problem, asked, list(columns))
        self.threads = threads
        self.failures = Tally()
        self.kinks = Tally()
        self.rows = 0
        self.engines: list[str] = []
        self.declined = ""
        """Why another engine does the work."""
        self._run: Run | None = None
        # Where == holds, a branch may stand alone, and second derivatives are those of its surroundings.
        graph = problem.graph
        equalities = {graph.spans[node] for node, op in enumerate(graph.ops) if op is EQ or op is NE}
        self._alone = [i for i, place in enumerate(self.kernel.places) if asked.twice and place in equalities]

    def choose(self, expected: int | None) -> str:
        """The engine for a number of rows; of an unknown number, the one that answers first."""
        if self.engine != "auto":
            return self.engine
        if expected is None or expected <= FEW or not installed("numpy"):
            return "python"
        return "llvm" if expected > MANY and installed("llvm") else "numpy"

    def share(self, expected: int | None) -> None:
        """Take as many threads as there are processors, where that pays and nothing else was asked for."""
        if not self.threads and expected is not None and expected >= MANY:
            import os

            self.threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def use(self, engine: str) -> None:
        """Compile the kernel for an engine."""
        try:
            self._run = compiled(engine, self.kernel, self.threads or 1)
        except Declined as fault:
            self.declined = fault.message
            engine = "numpy"
            self._run = compiled(engine, self.kernel, self.threads or 1)
        self.engines.append(engine)

    def restart(self) -> None:
        """Count from the start again."""
        self.failures, self.kinks, self.rows = Tally(), Tally(), 0

    def answered(self, batch: Batch) -> tuple[Results, AdcliError | None]:
        """The results of a batch; with "stop", those before the first row without one, and its error."""
        assert self._run is not None
        engine = self.engines[-1]
        inputs, missing = (_lists if engine == "python" else _arrays)(batch, self.columns)
        outcome = self._run(inputs, batch.count)
        failures: dict[int, str] = {}
        columns: list[Any] = list(outcome.outputs)
        doubtful = {*outcome.doubtful, *missing}
        for i in self._alone:
            doubtful.update(outcome.kinks[i])
        if doubtful and engine == "python":
            columns = [list(column) for column in columns]
        if self.problem.kinks == "error":
            doubtful.update(row for rows in outcome.kinks for row in rows)
        again = sorted(doubtful)
        fault: AdcliError | None = None
        for position, row in zip(again, _rows(inputs, again), strict=True):
            error: AdcliError | None = None
            span = None
            if position in missing:
                message = missing[position]
                key: Any = message.rpartition(" is ")
            elif self.on_error != "stop" and (known := self._scalar.outside(row)):
                message, span = known
                key = (DomainError, span, DomainError.kind)
            else:
                try:
                    numbers = self._scalar.answer(row)
                except AdcliError as found:
                    error, message, span = found, found.message, found.span
                    key = (type(found), span, found.kind)
                else:
                    for column, number in zip(columns, numbers, strict=True):
                        column[position] = number
                    continue
            if self.on_error == "stop":
                fault = (error or DomainError(message)).saying(f"{batch.row(position)}: {message}")
                break
            failures[position] = message
            self.failures.add(key, message, batch, position, span)
        self._count_kinks(batch, outcome.kinks, failures)
        self.rows += batch.count
        return Results(batch, columns, failures), fault

    def _count_kinks(self, batch: Batch, kinks: Sequence[Sequence[int]], failures: Mapping[int, str]) -> None:
        text = self.problem.graph.text
        for place, rows in zip(self.kernel.places, kinks, strict=True):
            good = [row for row in rows if row not in failures] if failures else rows
            if len(good):
                written = " ".join(text[place[0] : place[1]].split())
                message = f"the derivative of {written} follows a convention: it has a kink or a jump there"
                self.kinks.add(place, message, batch, int(good[0]), place, len(good))

    def summary(self) -> Summary:
        """What became of the rows so far."""
        return Summary(
            self.rows,
            tuple(self.engines),
            1 if self.engines == ["python"] else self.threads or 1,
            self.failures.causes(),
            self.kinks.causes(),
            self.on_error == "skip",
            self.declined,
        )


def _rows(columns: Sequence[Any], positions: list[int]) -> Iterable[tuple[float, ...]]:
    """The rows at some positions of columns, which are lists or arrays."""
    if not columns:
        return [()] * len(positions)
    chosen = [c[positions].tolist() if hasattr(c, "dtype") else [c[p] for p in positions] for c in columns]
    return zip(*chosen, strict=True)


def _lists(batch: Batch, columns: Mapping[str, str]) -> tuple[list[Any], dict[int, str]]:
    """The variables as lists of floats, and why rows lack one; in those rows a number stands that harms nobody."""
    found: list[Any] = []
    missing: dict[int, str] = {}
    for name in columns.values():
        column: Any = batch.numbers(name)
        try:
            good = math.isfinite(sum(column))
        except TypeError:
            good = False
        if not good:
            for position, number in enumerate(column):
                if number is None:
                    missing.setdefault(position, f"{name} is null")
                elif not math.isfinite(number):
                    missing.setdefault(position, f"{name} is {'NaN' if number != number else 'infinite'}")
        found.append(column)
    if missing:
        kept = next((i for i in range(batch.count) if i not in missing), None)
        found = [list(column) for column in found]
        for column in found:
            harmless = 1.0 if kept is None else column[kept]
            for position in missing:
                column[position] = harmless
    return found, missing


def _arrays(batch: Batch, columns: Mapping[str, str]) -> tuple[list[Any], dict[int, str]]:
    """The same with float64 arrays."""
    import numpy as np

    floats = getattr(batch, "floats", None)
    if floats is None:
        lists, missing = _lists(batch, columns)
        return [np.array(column, dtype=float) for column in lists], missing
    found = []
    missing = {}
    for name in columns.values():
        column, absent = floats(name)
        if absent is not None:
            for position in np.flatnonzero(absent).tolist():
                missing.setdefault(position, f"{name} is null")
        with np.errstate(all="ignore"):
            total = column.sum()
        if not np.isfinite(total):
            for position in np.flatnonzero(~np.isfinite(column)).tolist():
                missing.setdefault(
                    position, f"{name} is {'NaN' if column[position] != column[position] else 'infinite'}"
                )
        found.append(column)
    if missing:
        kept = next((i for i in range(batch.count) if i not in missing), None)
        found = [column.copy() for column in found]
        for column in found:
            column[list(missing)] = 1.0 if kept is None else column[kept]
    return found, missing


# Which column is what


def matched(problem: Problem, source: Reader, renamed: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, str]:
    """Each variable that a column gives, and its column, in the file's order. DataError where one has no value."""
    variables = list(problem.graph.input_names)
    for name, column in renamed.items():
        if name not in variables:
            raise NameFault(f"--column names {name}, which does not occur", hint=among(name, variables))
        if column not in source.names:
            raise DataError(f"{source.origin} has no column {column}", hint=among(column, source.names))
    for name in renamed:
        if name in given:
            raise UsageError(f"{name} is given a column and, by --at, a value")
    stripped = {column.strip(): column for column in reversed(source.names)}  # a header is often written with spaces
    wanted = {name: renamed.get(name, name) for name in variables if name not in given}
    wanted = {
        name: column if column in source.names else stripped[column]
        for name, column in wanted.items()
        if column in source.names or column in stripped
    }
    found = {
        name: column for column in dict.fromkeys(source.names) for name, other in wanted.items() if column == other
    }
    for name in variables:
        if name not in found and name not in given:
            near = among(name, source.names).rstrip("?")
            if len(source.names) == 1 and any(mark in source.names[0] for mark in ";\t|,"):
                near = f"its header is one field, {source.names[0]!r}: csv is separated by commas, tsv by tabs"
            raise DataError(
                f"{source.origin} has no column {name}",
                hint=f"{near}; --column {name}=COLUMN takes another, --at {name}=… gives one value for all rows",
            )
    for column in found.values():
        if list(source.names).count(column) > 1:
            raise DataError(f"{source.origin} has several columns {column}")
    return found


def layout(
    source: Reader, keep: str, outputs: Sequence[str], columns: Mapping[str, str], *, status: bool, skip: bool
) -> Layout:
    """The columns to be written: `keep` is "all", "none", or names."""
    names = list(source.names)
    if keep == "all":
        kept = names
    elif keep == "none":
        kept = []
    else:
        kept = list(dict.fromkeys(name.strip() for name in keep.split(",") if name.strip()))
        for name in kept:
            if name not in names:
                raise DataError(f"{source.origin} has no column {name}", hint=among(name, names))
            if names.count(name) > 1:
                raise DataError(f"{source.origin} has several columns {name}")
    computed = (*outputs, *((STATUS,) if status else ()))
    for name in computed:
        if computed.count(name) > 1:
            raise UsageError(f"two columns of the output would be called {name}", hint="another name tells them apart")
        if name in kept:
            raise UsageError(
                f"{source.origin} has a column {name} already",
                hint="--keep none, or --keep with the columns wanted, leaves it out",
            )
    return Layout(kept, outputs, tuple(columns.values()), status=status, skip=skip, everything=keep == "all")


def run(
    job: Job,
    sources: Sequence[Reader],
    target: Writer,
    *,
    size: int | None = None,
    moved: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Read all rows of *sources* (the first is open already), write their results; `moved` hears of rows done."""
    expected: int | None = 0
    for source in sources:
        if source is not sources[0]:
            source.open()
            _same_columns(source, sources[0])
        count = source.rows()
        expected = None if count is None or expected is None else expected + count
    job.share(expected)
    job.use(job.choose(expected))
    if job.engines[-1] != "python":
        sources = [source.faster() for source in sources]
    switches = job.engine == "auto" and expected is None and size is None
    target.begin(sources[0])
    for source in sources:
        source.wanted = frozenset((*job.columns.values(), *target.layout.kept))
        for batch in _batches(source, job, size):
            results, fault = job.answered(batch)
            if fault is not None:
                raise fault
            target.write(results)
            moved(batch.count)
            if switches and job.rows > FEW and job.engines[-1] == "python" and installed("numpy"):
                job.use("numpy")
        source.close()
    target.finish()
    return job.summary()


def _batches(source: Reader, job: Job, size: int | None) -> Any:
    return source.batches(size or BATCHES[job.engines[-1]])


def _same_columns(source: Reader, first: Reader) -> None:
    if list(source.names) != list(first.names):
        differing = sorted(set(source.names) ^ set(first.names))
        what = "in another order" if not differing else ", ".join(differing[:5]) + " only in one of them"
        raise DataError(f"{source.origin} and {first.origin} have different columns: {what}")
