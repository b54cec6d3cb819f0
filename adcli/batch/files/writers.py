"""What the writers of files of results have in common: the kept columns, then what was computed, batch by batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from typing import IO, Any

from adcli.batch.files.arrow import others
from adcli.batch.files.batches import Batch, Records
from adcli.batch.files.lists import groups
from adcli.batch.files.readers import Reader
from adcli.errors import DataError
from adcli.language.arrays.names import Shape

STATUS = "status"
"""The column that says why a row has no result."""


class Results:
    """What was computed for a batch: a column per output, and why rows have none, by their position in the batch."""

    def __init__(self, batch: Batch, columns: Sequence[Any], failures: Mapping[int, str]) -> None:
        self.batch = batch
        self.columns = columns
        self.failures = failures

    def taken(self, places: Sequence[int]) -> Results:
        """The results of some of the rows."""
        if len(places) == self.batch.count:
            return self
        columns = [c[places] if hasattr(c, "dtype") else [c[i] for i in places] for c in self.columns]
        failures = {i: self.failures[place] for i, place in enumerate(places) if place in self.failures}
        return Results(self.batch.taken(places), columns, failures)

    def lists(self) -> Sequence[Sequence[Any]]:
        """The columns as sequences of floats, None in rows without a result."""
        columns = [column.tolist() if hasattr(column, "tolist") else column for column in self.columns]
        if not self.failures:
            return columns
        columns = [list(column) for column in columns]
        for position in self.failures:
            for column in columns:
                column[position] = None
        return columns

    def statuses(self) -> list[str | None]:
        """Why each row has no result; None where it has one."""
        return [self.failures.get(position) for position in range(self.batch.count)]


class Layout:
    """Which columns are written: those kept, the outputs, and perhaps the status, with *prefix* before their names."""

    def __init__(
        self,
        kept: Sequence[str],
        outputs: Sequence[str],
        numeric: Sequence[str],
        *,
        status: bool,
        skip: bool,
        everything: bool = False,
        prefix: str = "",
        arrays: Mapping[str, Shape] | None = None,
    ) -> None:
        self.kept = tuple(kept)
        self.outputs = tuple(prefix + name for name in outputs)
        self.groups = groups(self.outputs, {prefix + name: shape for name, shape in (arrays or {}).items()})
        """The outputs as formats with lists have them."""
        self.numeric = frozenset(numeric)
        """The columns that are variables."""
        self.status = (prefix + STATUS,) if status else ()
        self.skip = skip
        """Whether rows without a result are left out."""
        self.everything = everything
        """Whether all that the input has is kept."""

    def without(self, names: Collection[str]) -> Layout:
        """The same but for some kept columns."""
        found = copy(self)
        found.kept = tuple(name for name in self.kept if name not in names)
        found.everything = self.everything and found.kept == self.kept
        return found

    @property
    def computed(self) -> tuple[str, ...]:
        """The names of what was computed."""
        return (*self.outputs, *self.status)

    @property
    def names(self) -> tuple[str, ...]:
        """The header."""
        return (*self.kept, *self.computed)


class Writer:
    """One destination. `begin` once, `write` for each batch, `finish` at the end."""

    def __init__(self, stream: IO[bytes], layout: Layout) -> None:
        self.stream = stream
        self.layout = layout

    def begin(self, source: Reader) -> None:
        """Write what stands before the rows."""

    def write(self, results: Results) -> None:
        """Write a batch's rows."""
        raise NotImplementedError

    def finish(self) -> None:
        """Write what stands behind the rows."""


def refuse_surplus(batch: Batch, layout: Layout) -> None:
    """Refuse a row of JSON that has more than the header, which would be lost."""
    if layout.everything and isinstance(batch, Records):
        names = set(layout.kept)
        for position, row in enumerate(batch.rows):
            if not row.keys() <= names:
                more = next(name for name in row if name not in names)
                raise DataError(
                    f"{batch.row(position)} has {more}, for which the first rows make no column",
                    hint="JSON lines (-o FILE.jsonl) take it; --keep with the columns wanted leaves it out",
                )


def refuse_namesakes(source: Reader, layout: Layout) -> None:
    """Refuse columns of one name, which only CSV can tell apart."""
    for name in layout.kept:
        if layout.kept.count(name) > 1:
            raise DataError(
                f"{source.origin} has several columns {name}",
                hint="--keep with the columns wanted leaves them out; CSV to CSV takes them all",
            )


def without_failures(table: Any, results: Results, layout: Layout) -> Any:
    """A table of Arrow without the rows that have no result, where these are left out."""
    if layout.skip and results.failures:
        return table.filter(others(results.batch.count, list(results.failures)))
    return table
