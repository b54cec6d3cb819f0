"""Some rows of a file at a time, as they were read: texts of CSV, records of JSON, or columns of Arrow."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from copy import copy
from math import prod
from types import MappingProxyType
from typing import Any

from adcli.batch.files.arrow import arrow, faults, floats, one_by_one, unpacked
from adcli.batch.files.cells import PLAIN, Numbers, Spelling, numbers
from adcli.batch.files.lists import element, source
from adcli.errors import DataError
from adcli.language.arrays.names import Shape, indexed

MOST_BYTES = 1 << 26
"""About as much of a file as is read at a time, where its rows are long."""


class Batch:
    """Rows `first` … of `origin`, counted from 1. A subclass says how they were read."""

    spelling: Spelling = PLAIN
    lists: Mapping[str, Shape] = MappingProxyType({})
    """The columns of lists; their elements can be asked for by name."""

    def __init__(self, origin: str, first: int, names: Sequence[str], count: int) -> None:
        self.origin = origin
        self.first = first
        self.names = names
        self.count = count
        self.places: Sequence[int] | None = None
        """Where the rows stood when others stood between them, counted from 0."""

    def taken(self, places: Sequence[int]) -> Batch:
        """Some of the rows, which are called as they are here."""
        found = copy(self)
        found.count = len(places)
        found.places = places if self.places is None else [self.places[i] for i in places]
        return found

    def widened(self, truths: Mapping[str, Any]) -> Batch:
        """The same rows with further columns: lists of truths and None, or of a table arrays of such."""
        raise NotImplementedError

    def values(self, name: str) -> Sequence[Any]:
        """A column: texts, or numbers, None where there is none."""
        raise NotImplementedError

    def numbers(self, name: str) -> Numbers:
        """A column that is a variable, in a list."""
        return numbers(self.values(name), self.spelling)

    def floats(self, name: str) -> Numbers:
        """The same in a float64 array."""
        import numpy as np

        found = self.numbers(name)
        return Numbers(np.array(found.values, dtype=float), found.null, found.unreadable)

    def only(self, names: Sequence[str]) -> list[float] | None:
        """These variables in the only row that there is, where each is plainly a number."""
        return None

    def row(self, position: int) -> str:
        """What to call a row."""
        return f"row {self.first + (position if self.places is None else self.places[position])} of {self.origin}"


class Lines(Batch):
    """Rows of a file that is read line by line."""

    def __init__(
        self, origin: str, first: int, names: Sequence[str], rows: list[Any], spelling: Spelling = PLAIN
    ) -> None:
        super().__init__(origin, first, names, len(rows))
        self.rows = rows
        self.spelling = spelling

    def taken(self, places: Sequence[int]) -> Batch:
        found = super().taken(places)
        assert isinstance(found, Lines)
        found.rows = [self.rows[i] for i in places]
        return found


class Texts(Lines):
    """Rows of CSV: a list of fields each."""

    def widened(self, truths: Mapping[str, Any]) -> Batch:
        found = copy(self)
        found.names = [*self.names, *truths]
        more = zip(*(["" if t is None else str(int(t)) for t in column] for column in truths.values()), strict=True)
        found.rows = [[*row, *cells] for row, cells in zip(self.rows, more, strict=True)]
        return found

    def values(self, name: str) -> Sequence[Any]:
        position = self.names.index(name)
        return [row[position] for row in self.rows]

    def only(self, names: Sequence[str]) -> list[float] | None:
        if not self.spelling.direct:
            return None
        row, position = self.rows[0], self.names.index
        texts = [row[position(name)] for name in names]
        try:
            return None if "_" in "".join(texts) else list(map(float, texts))
        except ValueError:
            return None


class Written(float):
    """A number of JSON that knows how it was written: a kept 1.10 is not 1.1."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Written:
        """The number that *text* says."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class Records(Lines):
    """Rows of JSON lines: a dictionary each. What a row lacks is null."""

    def widened(self, truths: Mapping[str, Any]) -> Batch:
        found = copy(self)
        found.names = [*self.names, *truths]
        more = [dict(zip(truths, cells, strict=True)) for cells in zip(*truths.values(), strict=True)]
        found.rows = [{**row, **cells} for row, cells in zip(self.rows, more, strict=True)]
        return found

    def values(self, name: str) -> Sequence[Any]:
        column = source(name, self.names, self.lists)
        found = [row.get(column) for row in self.rows]
        if column == name:
            return found
        index, shape = indexed(name)[1], self.lists[column]
        return [element(value, index, shape) for value in found]

    def only(self, names: Sequence[str]) -> list[float] | None:
        row = self.rows[0]
        found = [row.get(name) for name in names]
        return found if all(isinstance(value, float) for value in found) else None


class Columns(Batch):
    """A table of Arrow: of a file with types, or of one of texts."""

    def __init__(self, origin: str, first: int, table: Any, spelling: Spelling = PLAIN, *, typed: bool = True) -> None:
        super().__init__(origin, first, table.schema.names, table.num_rows)
        self.table = table
        self.typed = typed
        self.spelling = spelling

    def taken(self, places: Sequence[int]) -> Batch:
        found = super().taken(places)
        assert isinstance(found, Columns)
        pa = arrow()
        found.table = self.table.take(
            pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(array("q", places))])
        )
        return found

    def widened(self, truths: Mapping[str, Any]) -> Batch:
        found = copy(self)
        pa = arrow()
        found.table = self.table if isinstance(self.table, pa.Table) else pa.Table.from_batches([self.table])
        for name, column in truths.items():
            found.table = found.table.append_column(name, column)
        found.names = found.table.schema.names
        return found

    def values(self, name: str) -> Sequence[Any]:
        column = source(name, self.names, self.lists)
        with faults(f"the column {column} of {self.origin}"):
            found = unpacked(self.table.column(column))
        if column == name:
            return found
        index, shape = indexed(name)[1], self.lists[column]
        return [element(value, index, shape) for value in found]

    def numbers(self, name: str) -> Numbers:
        if source(name, self.names, self.lists) != name:
            return numbers(self.values(name), self.spelling)
        pa = arrow()
        column = self._numeric(pa, name)
        if column.type == pa.float64() and not column.null_count:
            return Numbers(floats(column).tolist())
        return numbers(column.to_pylist(), self.spelling)

    def floats(self, name: str) -> Numbers:
        import numpy as np

        pa = arrow()
        column = source(name, self.names, self.lists)
        if column != name:
            return self._elements(column, indexed(name)[1])
        column = self._numeric(pa, name)
        types = pa.types
        if _is_text(column.type):
            return self._read(column)
        if column.type != pa.float64():  # a cast imports pyarrow.compute, which takes as long as a thousand rows do
            with faults(f"the column {name} of {self.origin}"):
                if types.is_decimal(column.type):  # to the nearest double, which Arrow's own way may miss
                    column = column.cast(pa.string())
                column = column.cast(pa.float64(), safe=False)
        found = np.frombuffer(floats(column))
        if not column.null_count:
            return Numbers(found)
        bits = np.unpackbits(np.frombuffer(column.buffers()[0], dtype=np.uint8), bitorder="little")
        missing = bits[column.offset : column.offset + len(column)] == 0
        return Numbers(np.where(missing, 1.0, found), np.flatnonzero(missing).tolist())

    def _elements(self, name: str, index: Shape) -> Numbers:
        """One place of the lists: as it lies in memory where no list is missing and all have one length."""
        import numpy as np

        pa = arrow()
        shape = self.lists[name]
        column = self.table.column(name)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        count, place = len(column), 0
        for size, i in zip(shape, index, strict=True):
            place = place * size + i - 1
        while hasattr(column.type, "value_type") and not column.null_count:
            column = column.flatten()
        if column.type == pa.float64() and not column.null_count and len(column) == count * prod(shape):
            found = np.frombuffer(floats(column)).reshape(count, prod(shape))
            if self._even(name, shape):
                return Numbers(np.ascontiguousarray(found[:, place]))
        label = f"{name}[{','.join(map(str, index))}]"
        slow = numbers(self.values(label), self.spelling)
        return Numbers(np.array(slow.values, dtype=float), slow.null, slow.unreadable)

    def _even(self, name: str, shape: Shape) -> bool:
        """Whether all lists have the same lengths."""
        pa = arrow()
        column = self.table.column(name)
        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        for size in shape:
            if not pa.types.is_fixed_size_list(column.type):
                lengths = column.value_lengths().to_pylist()
                if any(length != size for length in lengths):
                    return False
            column = column.flatten()
        return True

    def _read(self, column: Any) -> Numbers:
        """Numbers that are texts: all at once, or one by one where that does not do."""
        import numpy as np

        pa = arrow()
        if not column.null_count and self.spelling.direct:
            import pyarrow.compute as pc

            try:
                return Numbers(np.frombuffer(floats(pc.cast(column, pa.float64()))))
            except pa.ArrowException:
                pass
        found = numbers(column.to_pylist(), self.spelling)
        return Numbers(np.array(found.values, dtype=float), found.null, found.unreadable)

    def _numeric(self, pa: Any, name: str) -> Any:
        """A column as one array without dictionaries; DataError where its type holds no numbers."""
        column = self.table.column(name)
        if column.type == pa.float64() and isinstance(column, pa.Array):
            return column
        types = pa.types
        with faults(f"the column {name} of {self.origin}"):
            if isinstance(column, pa.ChunkedArray):
                column = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
                if isinstance(column, pa.ChunkedArray):  # more than fits into one array
                    column = pa.concat_arrays(column.chunks)
            column = one_by_one(column)
            if types.is_dictionary(column.type):
                column = column.dictionary_decode()
        if not (types.is_null(column.type) or _is_text(column.type) or _is_primitive(types, column.type)):
            raise DataError(f"the column {name} of {self.origin} holds {column.type}, not numbers")
        return column


def _is_primitive(types: Any, kind: Any) -> bool:
    """Whether a type of Arrow is one of numbers."""
    return any((types.is_integer(kind), types.is_floating(kind), types.is_decimal(kind), types.is_boolean(kind)))


def _is_text(kind: Any) -> bool:
    """Whether a type of Arrow is one of texts, of which newer versions have a third."""
    return str(kind) in ("string", "large_string", "string_view")
