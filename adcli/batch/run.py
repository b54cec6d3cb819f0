"""From files of rows to files of results: read, compute, compute again where in doubt, write, count."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from copy import copy
from typing import Any, NamedTuple

from adcli.arithmetic.doubles import doubles
from adcli.batch import scalar
from adcli.batch.engines import Declined, Run, compiled, installed, python
from adcli.batch.files.batches import Batch
from adcli.batch.files.lists import source as column_of
from adcli.batch.files.readers import Condition, Reader
from adcli.batch.files.writers import Results, Writer
from adcli.batch.kernel import Kernel
from adcli.batch.matching import check_kept
from adcli.batch.question import Request, build
from adcli.batch.summary import Causes, Summary
from adcli.errors import AdcliError, DataError, DomainError, LimitError, RangeError, Span
from adcli.ops import EQ, LITERAL, NE, TABLE
from adcli.problem.problem import Problem
from adcli.results import ONE_SIDED

LITTLE = 10_000_000
"""Operations up to which the python engine is done before NumPy is imported: of a small formula, 50,000 rows."""
ROW = 200
"""Operations that reading and writing a row are worth."""
MANY = 1_000_000
"""Rows from which on compiled code and threads pay."""
BATCHES = {"python": 4_096, "numpy": 131_072, "llvm": 262_144}
"""Rows read and written at a time."""
NEEDED = 1 << 30
"""Bytes of memory without which only the python engine runs."""
PATIENCE = 2.0
"""Seconds that computing rows again may take before it is announced."""
TOGETHER = 32
"""Rows in doubt from which on they are computed together with numbers of a wider range, and one by one only then."""
WIDELY = 2_048
"""So many at a time."""
SAMPLE = 1_000
"""Texts that show that a column has no numbers."""
POLICIES = ("null", "skip", "stop")


REFUSALS = frozenset(op.refusal for op in TABLE.values() if op.refusal)
"""What is said of some operations where they have no value, which does not say where they stand."""
UNREADABLE = "--on-error null or skip go on; --null-values, --decimal and --thousands say how numbers are written"


class Missing(NamedTuple):
    """Why a row has no number: in words, by what such rows are counted together, and whether a text stands there."""

    message: str
    key: tuple[object, ...]
    text: bool = False


class Job:
    """Rows to be answered: the problem without a point, what is asked, and where each variable comes from.

    `columns` maps variables to columns of the files. Where it is *doubtful* that texts in them are cells without a
    number, a column of as many texts as numbers is one of texts.
    """

    def __init__(
        self,
        problem: Problem,
        request: Request,
        columns: Mapping[str, str],
        *,
        on_error: str = "null",
        doubtful: bool = False,
        engine: str = "auto",
        threads: int = 0,
        announce: Callable[[str], None] = lambda said: None,
    ) -> None:
        self.problem = problem
        self.request = request
        self.columns = dict(columns)
        self.on_error = on_error
        self.doubtful = doubtful
        self.engine = engine
        _refuse_large(problem)
        self.kernel: Kernel = build(problem, request, list(columns))
        self._scalar = scalar.Rows(problem, request, list(columns))
        self.threads = threads
        self._announce: Callable[[str], None] | None = announce
        self._spent = 0.0
        self.failures = Causes()
        self.kinks = Causes()
        self.rows = 0
        self.strange: dict[str, list[str]] = {name: [] for name in self.columns.values()}
        """The columns in which no number was seen yet, and their cells."""
        self.engines: list[str] = []
        self.declined = ""
        """Why another engine does the work."""
        self._run: Run | None = None
        self._runs: dict[tuple[str, int], Run] = {}
        self._asked = threads
        self._single: Callable[..., tuple[float, ...] | None] | None = None
        # Where == holds, a branch may stand alone, and derivatives are those of its surroundings.
        graph = problem.graph
        equalities = {graph.spans[node] for node, op in enumerate(graph.ops) if op is EQ or op is NE}
        self._ends = {graph.spans[node] for node, op in enumerate(graph.ops) if op.edge}
        self._alone = [i for i, place in enumerate(self.kernel.places) if place in equalities]

    def match(self, columns: Mapping[str, str]) -> None:
        """Take the variables from the columns of another file."""
        self.columns = {name: columns[name] for name in self.columns}

    def choose(self, expected: int | None) -> str:
        """The engine for a number of rows; of an unknown number, the one that answers first."""
        if self.engine != "auto":
            return self.engine
        work = 0 if expected is None else expected * (ROW + len(self.kernel.steps))
        if expected is None or work <= LITTLE or not installed("numpy") or _memory() < NEEDED:
            return "python"
        return "llvm" if expected > MANY and installed("llvm") else "numpy"

    def share(self, expected: int | None) -> None:
        """Take as many threads as there are processors, where that pays and nothing else was asked for."""
        if not self.threads and expected is not None and expected >= MANY:
            import os

            self.threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def use(self, engine: str) -> None:
        """Compile the kernel for an engine."""
        if engine != "python" and _memory() < NEEDED:  # LLVM and what stands below NumPy end the process
            raise LimitError(
                f"the engine {engine} may need {NEEDED >> 20} MB of memory, and this process gets {_memory() >> 20} MB",
                hint="--engine python needs less; ulimit -v sets the limit",
            )
        try:
            self._run = self._compiled(engine)
        except Declined as fault:
            self.declined = fault.message
            engine = "numpy"
            self._run = self._compiled(engine)
        if engine == "python":
            self._single = python.single(self.kernel)
        self.engines.append(engine)

    def _compiled(self, engine: str) -> Run:
        key = (engine, self.threads or 1)
        if key not in self._runs:
            self._runs[key] = compiled(engine, self.kernel, self.threads or 1)
        return self._runs[key]

    def fresh(self) -> Job:
        """The same for other rows: what was compiled is shared."""
        found = copy(self)
        found.restart()
        found.engines, found.threads = [], self._asked
        return found

    def restart(self) -> None:
        """Forget all rows that were answered: what was seen of them belongs to no other job."""
        self.failures, self.kinks, self.rows = Causes(), Causes(), 0
        self.strange = {name: [] for name in self.columns.values()}

    def answered(self, batch: Batch) -> tuple[Results, AdcliError | None]:
        """The results of a batch; with "stop", those before the first row without one, and its error."""
        if batch.count == 1 and not self.strange and (plain := self._plain(batch)):
            self.rows += 1
            return Results(batch, [(number,) for number in plain], {}), None
        assert self._run is not None
        engine = self.engines[-1]
        inputs, missing = self._inputs(batch, arrays=engine != "python")
        outcome = self._run(inputs, batch.count)
        failures: dict[int, str] = {}
        settled: set[int] = set()
        columns: list[Any] = list(outcome.outputs)
        forced = {*outcome.decided, *missing}
        for i in self._alone:
            forced.update(outcome.kinks[i])
        if self.problem.kinks == "error":
            forced.update(row for rows in outcome.kinks for row in rows)
        doubtful = forced.union(outcome.doubtful)
        if doubtful and engine == "python":
            columns = [list(column) for column in columns]
        if len(outcome.doubtful) >= TOGETHER and installed("numpy"):
            doubtful -= self._widely(inputs, columns, doubtful - forced)
        again = sorted(doubtful)
        fault: AdcliError | None = None
        since = time.perf_counter()
        for done, (position, row) in enumerate(zip(again, _rows(inputs, again), strict=True)):
            self._watch(time.perf_counter() - since, done, again, batch)
            error: AdcliError | None = None
            span = None
            if position in missing:
                message, key, text = missing[position]
                error = DataError(message, hint=UNREADABLE) if text else None
            elif self.on_error != "stop" and (known := self._scalar.outside(row)):
                message, span = known
                key = (DomainError, span, DomainError.kind)
            else:
                try:
                    numbers, told, side = self._scalar.settled(row)
                except AdcliError as found:
                    error, message, span = found, found.message, found.span
                    key = (type(found), span, found.kind)
                else:
                    for column, number in zip(columns, numbers, strict=True):
                        column[position] = number
                    if told:
                        settled.add(position)
                    if side is not None:
                        self.kinks.add((ONE_SIDED, side), self._one_sided(side), batch, position, side)
                    continue
            if self.on_error == "stop":
                fault = (error or DomainError(message)).saying(f"{batch.row(position)}: {message}")
                break
            if span is not None and message in REFUSALS:
                message += f" in {self._written(span)}"
            failures[position] = message
            self.failures.add(key, message, batch, position, span)
        self._spent += time.perf_counter() - since
        self._count_kinks(batch, outcome.kinks, settled.union(failures))
        self.rows += batch.count
        return Results(batch, columns, failures), fault

    def _widely(self, inputs: Sequence[Any], columns: Sequence[Any], rows: set[int]) -> set[int]:
        """Compute rows with numbers of a wider range; those in which it is enough."""
        import numpy as np

        from adcli.batch.engines.doubts import wider

        positions = np.array(sorted(rows), dtype=int)
        done: set[int] = set()
        for start in range(0, len(positions), WIDELY):
            part = positions[start : start + WIDELY]
            found = wider(self.kernel, [np.asarray(column)[part] for column in inputs])
            if found is None:
                break
            numbers, good = found
            for column, number in zip(columns, numbers, strict=True):
                for position, x in zip(part[good].tolist(), number[good].tolist(), strict=True):
                    column[position] = x
            done.update(part[good].tolist())
        return done

    def _plain(self, batch: Batch) -> tuple[float, ...] | None:
        """The numbers of a single row in which nothing is to be looked at: somebody waits for it."""
        row = None if self._single is None else batch.only(tuple(self.columns.values()))
        return self._single(*row) if self._single and row else None

    def _watch(self, spent: float, done: int, again: list[int], batch: Batch) -> None:
        """Say once that rows are computed one by one, where that takes long."""
        if self._announce is None or not done or self._spent + spent <= PATIENCE:
            return
        each, are = 1000 * spent / done, "is" if len(again) == 1 else "are"
        self._announce(
            f"{len(again):,} of {batch.count:,} rows from {batch.row(0)} on {are} computed one by one, as floats do "
            f"not tell their numbers: about {each:.1g} ms each"
        )
        self._announce = None

    def _inputs(self, batch: Batch, *, arrays: bool) -> tuple[list[Any], dict[int, Missing]]:
        """The variables as lists of floats or as arrays, and why rows lack one; in those rows a number stands that
        harms nobody."""
        found: list[Any] = []
        missing: dict[int, Missing] = {}
        for name in self.columns.values():
            numbers = batch.floats(name) if arrays else batch.numbers(name)
            for position in numbers.null:
                missing.setdefault(position, Missing(f"{name} is null", (name, "null")))
            for position, said in numbers.unreadable.items():
                missing.setdefault(position, Missing(f"{name} is {said}, which is no number", (name, "text"), True))
            if name in self.strange:
                self._look(name, batch, list(numbers.unreadable.values()), len(numbers.null))
            for position in _infinite(numbers.values):
                kind = "NaN" if numbers.values[position] != numbers.values[position] else "infinite"
                missing.setdefault(position, Missing(f"{name} is {kind}", (name, kind)))
            found.append(numbers.values)
        if missing:
            kept = next((i for i in range(batch.count) if i not in missing), None)
            found = [column.copy() for column in found]
            for column in found:
                harmless = 1.0 if kept is None else column[kept]
                for position in missing:
                    column[position] = harmless
        return found, missing

    def _look(self, name: str, batch: Batch, texts: list[str], null: int) -> None:
        """Remember the cells of a column in which no number was seen yet, or few."""
        if batch.count - len(texts) - null > (len(texts) if self.doubtful else 0):
            del self.strange[name]
        else:
            self.strange[name] += texts[: SAMPLE - len(self.strange[name])]

    def refuse_texts(self, origin: str, *, ended: bool = False) -> None:
        """Raise DataError where a column that is a variable has no number among its first cells, or among all."""
        for name, texts in self.strange.items():
            if texts and (ended or len(texts) >= SAMPLE):
                raise DataError(
                    f"the column {name} of {origin} is text, not numbers: {', '.join(texts[:3])}"
                    + (", …" if len(texts) > 3 else ""),
                    hint="--decimal, --thousands and --null-values say how its numbers are written; "
                    "--column takes another column",
                )

    @property
    def undecided(self) -> bool:
        """Whether a column may still turn out to be text."""
        return any(self.strange.values())

    def _count_kinks(self, batch: Batch, kinks: Sequence[Sequence[int]], others: Set[int]) -> None:
        """Count the rows that follow a convention: all but *others*."""
        for place, rows in zip(self.kernel.places, kinks, strict=True):
            good = [row for row in rows if row not in others] if others else rows
            if len(good):
                if place in self._ends:
                    key, message = (ONE_SIDED, place), self._one_sided(place)
                else:
                    key = ("kink", place)
                    message = (
                        f"the derivative of {self._written(place)} follows a convention: it has a kink or a jump there"
                    )
                self.kinks.add(key, message, batch, int(good[0]), place, len(good))

    def _one_sided(self, place: Span) -> str:
        return f"{self._written(place)} stands at the end of its domain: its derivative is one-sided"

    def _written(self, place: Span) -> str:
        return " ".join(self.problem.graph.text[place[0] : place[1]].split())

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


def _refuse_large(problem: Problem) -> None:
    """Refuse numbers that are no doubles, in which rows are computed."""
    graph = problem.graph
    for node, op in enumerate(graph.ops):
        if op is LITERAL:
            try:
                doubles().literal(graph.labels[node])
            except RangeError as fault:
                raise RangeError(
                    fault.message, graph.spans[node], hint="rows are computed in doubles; at one point it can be used"
                ).located(graph.text, problem.origin) from None


def _memory() -> int:
    """How much memory the process may have."""
    try:
        import resource
    except ImportError:  # not on Windows
        return sys.maxsize
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def _rows(columns: Sequence[Any], positions: list[int]) -> Iterable[tuple[float, ...]]:
    """The rows at some positions of columns, which are lists or arrays."""
    if not columns:
        return [()] * len(positions)
    chosen = [c[positions].tolist() if hasattr(c, "dtype") else [c[p] for p in positions] for c in columns]
    return zip(*chosen, strict=True)


def _infinite(column: Any) -> Sequence[int]:
    """The positions of NaN and of infinities in a list or an array."""
    if not hasattr(column, "dtype"):
        if math.isfinite(sum(column)):
            return ()
        return [position for position, number in enumerate(column) if not math.isfinite(number)]
    import numpy as np

    with np.errstate(all="ignore"):
        if np.isfinite(column.sum()):
            return ()
    found: list[int] = np.flatnonzero(~np.isfinite(column)).tolist()
    return found


def run(
    job: Job,
    sources: Sequence[Reader],
    target: Writer,
    match: Callable[[Reader], Mapping[str, str]],
    *,
    size: int | None = None,
    moved: Callable[[int], None] = lambda rows: None,
    where: Condition | None = None,
    model: Reader | None = None,
) -> Summary:
    """Read all rows of *sources* (the first is open already), write their results; `moved` hears of rows done.

    *match* gives the columns of a source that are variables. All headers are read before the first row; files then
    wait closed. What is kept has the columns and types of the first, or of the *model*.
    """
    first = sources[0]
    model = model or first
    expected: int | None = 0
    for source in sources:
        if source is not first:
            source.open()
            match(source)
            check_kept(source, model, target.layout)
        count = source.rows()
        expected = None if count is None or expected is None else expected + count
        if source is not first and source.regular:
            source.close()
    job.share(expected)
    job.use(job.choose(None if size else expected))  # which answers some rows at a time at once
    if job.engines[-1] != "python":
        sources = [source.faster() for source in sources]
    switches = job.engine == "auto" and expected is None and size is None
    target.begin(sources[0] if model is first else model)
    for results in _answered(job, sources, target, match, size, where):
        target.write(results)
        moved(results.batch.count)
        if switches and job.engines[-1] == "python" and (engine := job.choose(job.rows)) != "python":
            job.use(engine)
    target.finish()
    return job.summary()


def _answered(
    job: Job,
    sources: Sequence[Reader],
    target: Writer,
    match: Callable[[Reader], Mapping[str, str]],
    size: int | None,
    where: Condition | None,
) -> Iterator[Results]:
    """The results, batch by batch: held back while a column may turn out to be text, unless a row is waited for."""
    held: list[Results] = []
    for source in sources:
        if source is not sources[0] and source.regular:
            source.open()
        job.match(match(source))
        used = [column_of(name, source.names, source.lists) for name in job.columns.values()]
        source.wanted = frozenset((*used, *target.layout.kept))
        if where is not None:
            where.begin(source, job.engines[-1])
            source.wanted |= where.columns
            source.where = where
        batches = source.batches(size or BATCHES[job.engines[-1]])
        for batch in batches if where is None else where.pieces(batches):
            results, fault = job.answered(batch)
            if fault is not None:
                raise fault
            if job.strange:
                job.refuse_texts(source.origin)
                if job.undecided and size is None:
                    held.append(results)
                    continue
            yield from held
            held = []
            yield results
        source.close()
    job.refuse_texts(sources[-1].origin, ended=True)
    yield from held
