"""Data sets part by part: each file is a task of its own, wherever it is done, and is done whole or not at all."""

from __future__ import annotations

import os
import pickle
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from adcli.batch.files import places
from adcli.batch.files.extended import Extended, Value
from adcli.batch.files.formats import reader, writer
from adcli.batch.files.paths import PACKED, packed
from adcli.batch.files.readers import Dialect, Reader
from adcli.batch.files.spread import Spread
from adcli.batch.files.writers import Layout, Writer
from adcli.batch.ledger import Ledger
from adcli.batch.matching import layout, matched
from adcli.batch.question import Request
from adcli.batch.run import Job, run
from adcli.batch.summary import Causes, Summary
from adcli.batch.sums import Adding
from adcli.batch.where import Where
from adcli.errors import AdcliError, DataError, FileError, UsageError, reason
from adcli.language.arrays.names import shapes
from adcli.problem.problem import Problem


class Part(NamedTuple):
    """A file of a data set: where it is, what errors call it, what its results are called in the folder that they go
    to, and the columns that it has from elsewhere."""

    path: str
    origin: str
    target: str = ""
    values: Mapping[str, Value] = {}
    names: Sequence[str] = ()
    schema: Any = None

    def reader(self, format: str | None, dialect: Dialect) -> Reader:
        """What reads it."""
        found = Extended(reader(self.path, format, dialect), self.values)
        found.origin = self.origin
        if self.names:
            found.unite(self.names, self.schema)
        return found


class Work(NamedTuple):
    """What is done with each part."""

    problem: Problem
    request: Request
    columns: Sequence[str]
    renamed: Mapping[str, str]
    dialect: Dialect
    data_format: str | None
    folder: str
    format: str
    keep: str
    status: bool
    on_error: str
    prefix: str
    engine: str
    threads: int
    doubtful: bool
    where: str | None
    at: Mapping[str, Any]
    partition_by: Sequence[str] = ()
    reduces: bool = False


class Outcome(NamedTuple):
    """What became of a part: its rows, and the files or the totals; or the error that it ended with."""

    error: AdcliError | None = None
    summary: Summary | None = None
    failures: Causes | None = None
    kinks: Causes | None = None
    stamp: Mapping[str, Any] = {}
    outputs: Sequence[Mapping[str, Any]] = ()
    left_out: int = 0
    unread: int = 0
    totals: Sequence[Sequence[float]] = ()
    counted: int = 0


Submit = Callable[[Callable[[bytes, Part], Outcome], bytes, Part], "Future[Outcome]"]
"""Has a part done somewhere."""


def answer(state: bytes, part: Part) -> Outcome:
    """Do a part. Whatever goes wrong with it is its outcome, and no other part's."""
    try:
        return _prepared(state).answered(part)
    except AdcliError as fault:
        return Outcome(fault if part.origin in fault.message else fault.saying(f"{part.origin}: {fault.message}"))
    except OSError as fault:
        return Outcome(FileError(f"{part.origin}: {reason(fault)}"))
    except MemoryError:
        return Outcome(FileError(f"{part.origin}: there is not enough memory for it", hint="smaller parts need less"))


@lru_cache(maxsize=8)
def _prepared(state: bytes) -> Prepared:
    """What does the parts of one run, compiled once in each process."""
    return Prepared(pickle.loads(state))


class Prepared:
    """Work with its kernel."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.job = Job(
            work.problem,
            work.request,
            {name: name for name in work.columns},
            on_error=work.on_error,
            doubtful=work.doubtful,
            engine=work.engine,
            threads=work.threads,
        )

    def answered(self, part: Part) -> Outcome:
        """Read the part, and write its results. Raises AdcliError."""
        work, job = self.work, self.job.fresh()
        stamp = places.stamp(part.path)
        source = part.reader(work.data_format, work.dialect)
        where = Where(work.where, work.at, work.renamed) if work.where else None
        try:
            source.open()
            columns = self._matched(source)
            job.match(columns)
            with self._target(source, columns, part) as target:
                summary = run(job, [source], target, self._matched, where=where)
                totals = [total.parts for total in target.totals] if isinstance(target, Adding) else []
                count = target.count if isinstance(target, Adding) else 0
        finally:
            source.close()
        outputs = []
        for name in target.files if isinstance(target, Spread) else () if work.reduces else (part.target,):
            outputs.append({"path": name, "size": places.size(posixpath.join(work.folder, name))})
        left_out, unread = (where.left_out, where.unread) if where else (0, 0)
        return Outcome(None, summary, job.failures, job.kinks, stamp, outputs, left_out, unread, totals, count)

    def _matched(self, source: Reader) -> dict[str, str]:
        return matched(self.work.problem, source, self.work.renamed, self.work.problem.at)

    @contextmanager
    def _target(self, source: Reader, columns: Mapping[str, str], part: Part) -> Iterator[Writer]:
        work = self.work
        found = self._layout(source, columns)
        if work.reduces:
            yield Adding(found)
            return
        if work.partition_by:
            for name in work.partition_by:
                if name not in found.kept:
                    raise UsageError(f"--partition-by {name} is no column that is kept", hint="--keep says which are")
            with Spread(found, work.partition_by, work.folder, part.target, work.format) as spread:
                yield spread
            return
        inside = part.target.split("/")[:-1]
        there = {name for name in found.kept if any(folder.startswith(f"{name}=") for folder in inside)}
        path = posixpath.join(work.folder, part.target)
        places.make_folders(path)
        with places.drafted(path) as raw:
            stream = packed(raw, path)
            try:
                yield writer(stream, work.format, found.without(there))
            finally:
                if stream is not raw:
                    stream.close()

    def _layout(self, source: Reader, columns: Mapping[str, str]) -> Layout:
        work, names = self.work, self.job.kernel.names
        return layout(
            source,
            "none" if work.reduces else work.keep,
            names,
            columns,
            status=work.status,
            skip=work.on_error == "skip",
            prefix=work.prefix,
            arrays=shapes(names) if work.problem.graph.arrays or source.lists else {},
        )


class Tally:
    """What became of all parts."""

    def __init__(self) -> None:
        self.rows = self.left_out = self.unread = self.done = self.skipped = 0
        self.engines: dict[str, None] = {}
        self.threads = 1
        self.failures, self.kinks = Causes(), Causes()
        self.errors: list[AdcliError] = []
        self.totals: Adding | None = None

    def add(self, outcome: Outcome) -> None:
        """Count what became of a part."""
        if outcome.error is not None:
            self.errors.append(outcome.error)
            return
        assert outcome.summary is not None
        assert outcome.failures is not None
        assert outcome.kinks is not None
        self.done += 1
        self.rows += outcome.summary.rows
        self.left_out += outcome.left_out
        self.unread += outcome.unread
        self.engines.update(dict.fromkeys(outcome.summary.engines))
        self.threads = max(self.threads, outcome.summary.threads)
        self.failures.merge(outcome.failures)
        self.kinks.merge(outcome.kinks)
        if self.totals is not None:
            self.totals.merge(outcome.totals, outcome.counted)

    def summary(self, skipped: bool) -> Summary:
        """The same of all rows."""
        return Summary(
            self.rows,
            tuple(self.engines) or ("not needed",),
            self.threads,
            self.failures.causes(),
            self.kinks.causes(),
            skipped,
        )


def answer_all(
    work: Work,
    parts: Sequence[Part],
    tally: Tally,
    submit: Submit,
    workers: int,
    ledger: Ledger | None,
    told: Callable[[], None] = lambda: None,
) -> None:
    """Have all parts done, a few for each worker at a time, and write down in the *ledger* which are; *told* hears of
    each. Those that fail leave the others alone."""
    state = pickle.dumps(work)
    todo = iter(parts)
    pending: dict[Future[Outcome], Part] = {}
    try:
        while True:
            while len(pending) < 4 * workers and (part := next(todo, None)) is not None:
                if ledger is not None and ledger.done(part.path):
                    tally.skipped += 1
                    told()
                else:
                    pending[submit(answer, state, part)] = part
            if not pending:
                return
            for future in wait(pending, return_when=FIRST_COMPLETED)[0]:
                part = pending.pop(future)
                outcome = _outcome(future, part)
                tally.add(outcome)
                if ledger is not None and outcome.error is None and outcome.summary is not None:
                    summary = outcome.summary
                    counts = {"rows": summary.rows, "failed": summary.failed, "left_out": outcome.left_out}
                    ledger.record(part.path, outcome.stamp, outcome.outputs, **counts)
                told()
    finally:
        for future in pending:
            future.cancel()
        if ledger is not None:
            ledger.save()


def _outcome(future: Future[Outcome], part: Part) -> Outcome:
    """What became of a part, also where those that had it are gone."""
    try:
        return future.result()
    except Exception as fault:
        said = (str(fault).splitlines() or [""])[0]
        return Outcome(DataError(f"{part.origin}: no worker has finished it: {type(fault).__name__}: {said}"))


def at_once(task: Callable[[bytes, Part], Outcome], state: bytes, part: Part) -> Future[Outcome]:
    """Do a part here and now."""
    found: Future[Outcome] = Future()
    found.set_result(task(state, part))
    return found


def targets(paths: Sequence[str], root: str, extension: str) -> list[str]:
    """What the results of files are called in their folder: as the files in theirs, with another extension.

    UsageError where two would have one name.
    """
    found: dict[str, str] = {}
    for path in paths:
        name = path[len(root) :].lstrip("/") if path.startswith(root) else posixpath.basename(path)
        stem, last = os.path.splitext(name)
        if last.lower() in PACKED:
            stem = os.path.splitext(stem)[0]
        target = f"{stem}{extension}"
        if target in found:
            raise UsageError(f"the results of {found[target]} and {path} would both be called {target}")
        found[target] = path
    return list(found)
