"""Data sets part by part: each file, or range of a large one, is a task of its own, wherever it is done, and is done
whole or not at all."""

from __future__ import annotations

import os
import pickle
import posixpath
from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from copy import copy
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
from adcli.batch.matching import check_kept, layout, matched
from adcli.batch.question import Request
from adcli.batch.run import Job, run
from adcli.batch.sums import Adding
from adcli.batch.tally import Crew, Outcome, Tally, Told, unfinished
from adcli.batch.where import Where
from adcli.errors import AdcliError, DataError, FileError, UsageError, reason, typed
from adcli.language.arrays.names import Shape, shapes
from adcli.problem.problem import Problem

PIECE = 1 << 26
"""About as many bytes of a large file are a part: about a second's work, of which not much is lost where it fails."""


class Part(NamedTuple):
    """A file of a data set: where it is, what errors call it, what its results are called in the folder that they go
    to, and the columns that it has from elsewhere. Or some `groups` of rows of a file that had a `stamp` when it was
    divided."""

    path: str
    origin: str
    target: str = ""
    values: Mapping[str, Value] = {}
    names: Sequence[str] = ()
    schema: Any = None
    groups: tuple[int, int] | None = None
    stamp: Mapping[str, Any] = {}

    @property
    def key(self) -> str:
        """What tells it from others."""
        return self.path if self.groups is None else "{}#{}-{}".format(self.path, *self.groups)

    def divided(self, outcome: Outcome, taken: Set[str] = frozenset()) -> list[Part]:
        """The parts that it consists of, whose results are called by numbers; other names are *taken*."""
        stem, extension = os.path.splitext(self.target)
        while any(f"{stem}.{place:05}{extension}" in taken for place in range(len(outcome.groups))):
            stem += "-"
        return [
            self._replace(
                target=f"{stem}.{place:05}{extension}" if self.target else "", groups=groups, stamp=outcome.stamp
            )
            for place, groups in enumerate(outcome.groups)
        ]

    def reader(self, format: str | None, dialect: Dialect) -> Reader:
        """What reads it."""
        inner = reader(self.path, format, dialect)
        inner.groups = self.groups
        found = Extended(inner, self.values)
        found.origin = self.origin
        if self.names:
            found.unite(self.names, self.schema)
        return found


class Like(Reader):
    """Of a file no more than its columns: those that all files of a data set have."""

    def __init__(self, origin: str, names: Sequence[str], lists: Mapping[str, Shape], types: Any) -> None:
        super().__init__("", "", Dialect())
        self.origin, self.names, self.lists = origin, tuple(names), dict(lists)
        self._types = types
        self.source: Reader = self
        """The file that is read."""

    @property
    def schema(self) -> Any:
        return self._types

    def repetitive(self) -> frozenset[str]:
        return frozenset() if self.source is self else self.source.repetitive()


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
    partition_by: Sequence[str]
    reduces: bool
    piece: int
    model: Like


def answer(state: bytes, part: Part) -> Outcome:
    """Do a part. Whatever goes wrong with it is its outcome, and no other part's."""
    try:
        with typed():
            return _prepared(state).answered(part)
    except AdcliError as fault:
        return Outcome(fault if part.origin in fault.message else fault.saying(f"{part.origin}: {fault.message}"))
    except OSError as fault:
        return Outcome(FileError(f"{part.origin}: {reason(fault)}"))
    except MemoryError:
        return Outcome(FileError(f"{part.origin}: there is not enough memory for it", hint="smaller parts need less"))


def tallied(state: bytes, part: Part) -> Tally:
    """The same, to be joined with others."""
    found, outcome = Tally(), answer(state, part)
    if outcome.groups:
        found.divided = part.divided(outcome)
    else:
        found.add(outcome)
    return found


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
        if part.groups and stamp != part.stamp:
            raise DataError(f"{part.origin} has changed since it was begun", hint="--resume begins it anew")
        source = part.reader(work.data_format, work.dialect)
        where = Where(work.where, work.at, work.renamed) if work.where else None
        try:
            source.open()
            pieces = round((stamp["size"] or 0) / work.piece)
            if part.groups is None and pieces > 1 and len(groups := source.divided(pieces)) > 1:
                return Outcome(stamp=stamp, groups=groups)
            model = copy(work.model)
            model.source, model.format, model.dialect = source, source.format, source.dialect
            written = self._layout(model)
            check_kept(source, model, written)
            job.match(self._matched(source))
            with self._target(written, part) as target:
                summary = run(job, [source], target, self._matched, where=where, model=model)
                totals = [total.units for total in target.totals] if isinstance(target, Adding) else []
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
    def _target(self, found: Layout, part: Part) -> Iterator[Writer]:
        work = self.work
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

    def _layout(self, source: Reader) -> Layout:
        work, names = self.work, self.job.kernel.names
        return layout(
            source,
            "none" if work.reduces else work.keep,
            names,
            self._matched(source),
            status=work.status,
            skip=work.on_error == "skip",
            prefix=work.prefix,
            arrays=shapes(names) if work.problem.graph.arrays or source.lists else {},
        )


def answer_all(
    work: Work,
    parts: Sequence[Part],
    tally: Tally,
    crew: Crew,
    ledger: Ledger | None,
    told: Told = lambda done, more=0: None,
) -> None:
    """Have all parts done, and write down in the *ledger* which are; *told* hears of each. Those that fail leave the
    others alone."""
    state = pickle.dumps(work)
    if ledger is not None:
        _written(state, deque(parts), tally, crew, ledger, told)
    while ledger is None and parts:
        found = crew.total(tallied, state, parts, told)
        parts, found.divided = found.divided, []
        tally.merge(found)
        told(0, len(parts))


def _written(state: bytes, todo: deque[Part], tally: Tally, crew: Crew, ledger: Ledger, told: Told) -> None:
    """Have results of parts written, a few for each worker at a time."""
    pending: dict[Future[Outcome], Part] = {}
    taken = {part.target for part in todo}
    try:
        while todo or pending:
            while todo and len(pending) < 4 * crew.workers:
                part = todo.popleft()
                if ledger.done(part.key, part.path):
                    tally.skipped += 1
                    told(1)
                else:
                    pending[crew.submit(answer, state, part)] = part
            for future in wait(pending, return_when=FIRST_COMPLETED)[0] if pending else ():
                part = pending.pop(future)
                try:
                    outcome = future.result()
                except Exception as fault:  # each engine has its own
                    outcome = unfinished(part.origin, fault)
                if outcome.groups:
                    pieces = part.divided(outcome, taken)
                    ledger.only(part.path, [piece.key for piece in pieces])
                    todo.extendleft(reversed(pieces))
                    told(1, len(pieces))
                    continue
                tally.add(outcome)
                if outcome.summary is not None:
                    counts = {"rows": outcome.summary.rows, "failed": outcome.summary.failed}
                    ledger.record(
                        part.key, part.path, outcome.stamp, outcome.outputs, **counts, left_out=outcome.left_out
                    )
                told(1)
    finally:
        for future in pending:
            future.cancel()
        ledger.save()


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
