"""Files that have columns beyond their own: those that their folders say (`year=2026/month=11`), and, where the files
of a data set differ, those that others have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from adcli.batch.files.arrow import arrow, first_line
from adcli.batch.files.batches import Batch, Columns, Records, Texts
from adcli.batch.files.readers import Reader
from adcli.errors import DataError

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""The folder of rows that have none."""

_SEGMENT = re.compile(r"([^/\\=]+)=([^/\\=]*)[/\\]")
_WHOLE = re.compile(r"-?[1-9][0-9]{0,17}|0")
Value = str | int | None


def said(path: str) -> dict[str, str]:
    """What the folders on a path say, in their order: the name of a column, and its value there as a text."""
    return {unquote(name): unquote(value) for name, value in _SEGMENT.findall(path)}


def partitions(paths: Sequence[str]) -> list[dict[str, Value]]:
    """The same for each file of a data set: as whole numbers where all values of a column are, written as such."""
    texts = [said(path) for path in paths]
    names = dict.fromkeys(name for found in texts for name in found)
    whole = {
        name: all(_WHOLE.fullmatch(found.get(name, "0")) for found in texts if found.get(name) != NO_VALUE)
        for name in names
    }
    return [
        {
            name: None if text == NO_VALUE else int(text) if whole[name] else text
            for name, text in found.items()
        }
        for found in texts
    ]  # fmt: skip


class Extended(Reader):
    """A file with a few columns more, which have one value; and, of a data set whose files differ, the types that all
    of them have together."""

    def __init__(self, inner: Reader, values: Mapping[str, Value]) -> None:
        super().__init__(inner.path, inner.format, inner.dialect)
        self.inner = inner
        self.values = dict(values)
        self.whole: Any = None
        """The schema of the data set, where its files differ, and (`order`) all its columns."""
        self.order: tuple[str, ...] = ()
        self.added: dict[str, Value] = {}
        """Those of them that the file has not itself."""

    def unite(self, names: Sequence[str], schema: Any) -> None:
        """Have all the columns that the files of a data set have; those that this lacks are null."""
        self.values.update({name: None for name in names if name not in self.values})
        self.whole, self.order = schema, tuple(names)

    def open(self) -> None:
        self.inner.origin = self.origin
        self.inner.open()
        self._look()

    def _look(self) -> None:
        own = list(self.inner.names)
        self.added = {name: value for name, value in self.values.items() if name not in own}
        self.names = self.order or [*own, *self.added]
        self.lists, self.note = self.inner.lists, self.inner.note

    def faster(self) -> Reader:
        found = Extended(self.inner.faster(), self.values)
        found.whole, found.order, found.origin = self.whole, self.order, self.origin
        found._look()
        return found

    @property
    def regular(self) -> bool:
        return self.inner.regular

    def rows(self) -> int | None:
        return self.inner.rows()

    def divided(self, count: int) -> list[tuple[int, int]]:
        return self.inner.divided(count)

    def repetitive(self) -> frozenset[str]:
        return self.inner.repetitive() | self.added.keys()

    def close(self) -> None:
        self.inner.close()

    @property
    def schema(self) -> Any:
        own = self.inner.schema
        if own is None or (not self.added and self.whole is None):
            return own
        pa = arrow()
        known = {field.name: field for field in self.whole or own}
        missing = {name: pa.field(name, _kind(pa, value)) for name, value in self.added.items()}
        return pa.schema([known.get(name) or missing[name] for name in self.names], metadata=own.metadata)

    def batches(self, size: int) -> Iterator[Batch]:
        self.inner.wanted, self.inner.where = (
            self.wanted - self.added.keys() if self.wanted else self.wanted,
            self.where,
        )
        if self.where is not None:
            self.where.throughout = _ranges(self.added)
        if self.where is not None and self.where.excludes({}):
            count = None if self.inner.schema is None else self.inner.rows()  # of texts it would be a guess
            self.where.left_out += count or 0
            self.where.unread += count is None
            return
        for batch in self.inner.batches(size):
            yield self._extended(batch)

    def _extended(self, batch: Batch) -> Batch:
        if isinstance(batch, Columns):
            batch.table = self._columns(batch)
        elif isinstance(batch, Texts):
            more = ["" if value is None else str(value) for value in self.added.values()]
            has = [*batch.names, *self.added]
            place = [has.index(name) for name in self.names]
            whole = ([*row, *more] for row in batch.rows)
            batch.rows = [[row[i] for i in place] for row in whole] if self.order else list(whole)
        elif isinstance(batch, Records):
            batch.rows = [{**row, **self.added} for row in batch.rows]
        batch.names = self.names if not isinstance(batch, Columns) else batch.table.schema.names
        return batch

    def _columns(self, batch: Columns) -> Any:
        pa = arrow()
        table = batch.table if isinstance(batch.table, pa.Table) else pa.Table.from_batches([batch.table])
        for name, value in self.added.items():
            kind = _kind(pa, value) if batch.typed else pa.string()
            value = value if batch.typed or value is None else str(value)
            table = table.append_column(name, pa.repeat(pa.scalar(value, kind), table.num_rows))
        if self.whole is None or not batch.typed:
            return table
        names = [name for name in self.names if name in table.schema.names]
        try:
            return table.select(names).cast(pa.schema([self.whole.field(name) for name in names]))
        except pa.ArrowException as fault:
            raise DataError(f"{batch.row(0)} or one after it: {first_line(fault)}") from None


def _kind(pa: Any, value: Value) -> Any:
    return pa.null() if value is None else pa.int64() if isinstance(value, int) else pa.string()


def _ranges(values: Mapping[str, Value]) -> dict[str, tuple[Value, Value]]:
    """The columns of one value, and that value twice."""
    return {name: (value, value) for name, value in values.items() if value is not None}


def united(readers: Sequence[Extended]) -> None:
    """Give all files of a data set the columns of all of them, in types that hold what each has. Opens and closes them.
    DataError where there is no such type."""
    names: dict[str, None] = {}
    known: dict[str, tuple[Any, str]] = {}
    """The field of a column, and a file that has it."""
    for reader in readers:
        try:
            reader.open()
            names.update(dict.fromkeys(reader.names))
            schema = reader.schema
        finally:
            reader.close()
        if (schema is None) != (readers[0].schema is None):
            raise DataError(
                f"{readers[0].origin} and {reader.origin} cannot be united: only one of them has types",
                hint="several calls, or one format",
            )
        for field in schema or ():
            before, origin = known.get(field.name, (field, reader.origin))
            known[field.name] = (_unified(before, field, origin, reader.origin), origin)
    whole = arrow().schema([field for field, _ in known.values()]) if known else None
    for reader in readers:
        reader.unite(list(names), whole)


def _unified(one: Any, other: Any, origin: str, here: str) -> Any:
    """A field with a type that holds what both hold."""
    pa = arrow()
    try:
        found = pa.unify_schemas([pa.schema([one]), pa.schema([other])], promote_options="permissive").field(0)
        return found.with_nullable(True)
    except pa.ArrowException:
        raise DataError(
            f"the column {one.name} is {one.type} in {origin}, and {other.type} in {here}, and no type holds both",
            hint="--keep with the columns wanted leaves it out, where it is no variable",
        ) from None
