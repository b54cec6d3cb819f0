"""Record batches of Arrow in and out: kept columns, results and status, as `--data` has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, TypedDict

from adcli.batch.files.batches import Columns
from adcli.batch.files.lists import source as column_of
from adcli.batch.files.readers import Dialect, Reader
from adcli.batch.files.tables import Tables
from adcli.batch.matching import layout, matched
from adcli.batch.run import POLICIES, Job
from adcli.batch.summary import Summary
from adcli.errors import UsageError
from adcli.language.arrays.names import shapes


class Columnar(TypedDict, total=False):
    """What is written: as the options of `--data` say it, except that the status is written unless it is not wanted.

    `keep` is "all", "none" or names; `on_error` "null", "skip" or "stop"; `status` whether a column says why a row has
    no result; `prefix` stands before the names of the results; `column` maps variables to columns of other names;
    `origin` is what errors call the rows.
    """

    keep: str | Sequence[str]
    on_error: str
    status: bool
    prefix: str
    column: Mapping[str, str]
    origin: str


class Held(Reader):
    """Rows in memory, of which the columns' types are known."""

    def __init__(self, schema: Any, arrays: Mapping[str, tuple[int, ...]], origin: str) -> None:
        super().__init__("", "arrow", Dialect())
        self.origin = origin
        self.names = schema.names
        self.types = schema
        self.lists = {name: shape for name, shape in arrays.items() if name in self.names}

    @property
    def schema(self) -> Any:
        return self.types


class Face:
    """A job over batches of one schema. Threads may share it."""

    def __init__(self, job: Job, schema: Any, options: Columnar) -> None:
        on_error, keep = options.get("on_error", "null"), options.get("keep", "all")
        if on_error not in POLICIES:
            raise UsageError(f"on_error is one of {', '.join(POLICIES)}, not {on_error!r}")
        problem = job.problem
        self.source = Held(schema, problem.graph.arrays, options.get("origin", "the batch"))
        columns = matched(problem, self.source, options.get("column", {}), problem.at)
        self.tables = Tables(
            self.source,
            layout(
                self.source,
                keep if isinstance(keep, str) else list(keep),
                job.kernel.names,
                columns,
                status=options.get("status", True),
                skip=on_error == "skip",
                prefix=options.get("prefix", ""),
                arrays=shapes(job.kernel.names) if problem.graph.arrays else {},
            ),
            "arrows",
        )
        self.used = tuple(dict.fromkeys(column_of(name, schema.names, self.source.lists) for name in columns.values()))
        """The columns that are read."""
        self._job = copy(job)
        self._job.on_error = on_error
        self._job.match(columns)

    @property
    def schema(self) -> Any:
        """The columns of what comes out."""
        return self.tables.schema

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns that are written again."""
        return self.tables.layout.kept

    def answered(self, batch: Any) -> tuple[Any, Summary]:
        """A record batch, or a table, as one of the same kind with the results; and what became of its rows."""
        job = copy(self._job)
        job.restart()
        rows = Columns(self.source.origin, 1, batch)
        rows.lists = self.source.lists
        results, fault = job.answered(rows)
        if fault is not None:
            raise fault
        job.refuse_texts(self.source.origin)
        return self.tables.table(results, type(batch)), job.summary()
