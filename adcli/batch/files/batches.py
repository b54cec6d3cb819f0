"""Some rows of a file at a time, as they were read: texts of CSV, records of JSON, or columns of Arrow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from adcli.errors import DataError

NULLS = frozenset({"", "NA", "N/A", "#N/A", "null", "NULL", "None"})
"""Texts that say that a number is missing."""


class Batch:
    """Rows `first` … of `origin`, counted from 1. A subclass says how they were read."""

    def __init__(self, origin: str, first: int, names: Sequence[str], count: int) -> None:
        self.origin = origin
        self.first = first
        self.names = names
        self.count = count

    def values(self, name: str) -> Sequence[Any]:
        """A column: texts, or numbers, None where there is none."""
        raise NotImplementedError

    def numbers(self, name: str) -> list[float | None]:
        """A column that is a variable, None where it is missing. Raises DataError at the first text."""
        return numbers(self.values(name), name, self)

    def row(self, position: int) -> str:
        """What to call a row."""
        return f"row {self.first + position} of {self.origin}"


class Texts(Batch):
    """Rows of CSV: a list of fields each."""

    def __init__(self, origin: str, first: int, names: Sequence[str], rows: list[list[str]]) -> None:
        super().__init__(origin, first, names, len(rows))
        self.rows = rows

    def values(self, name: str) -> Sequence[Any]:
        position = self.names.index(name)
        return [row[position] for row in self.rows]


class Written(float):
    """A number of JSON that knows how it was written: a kept 1.10 is not 1.1."""

    __slots__ = ("text",)

    text: str

    def __new__(cls, text: str) -> Written:
        """The number that *text* says."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class Records(Batch):
    """Rows of JSON lines: a dictionary each. What a row lacks is null."""

    def __init__(self, origin: str, first: int, names: Sequence[str], rows: list[dict[str, Any]]) -> None:
        super().__init__(origin, first, names, len(rows))
        self.rows = rows

    def values(self, name: str) -> Sequence[Any]:
        return [row.get(name) for row in self.rows]


class Columns(Batch):
    """A table of Arrow."""

    def __init__(self, origin: str, first: int, table: Any) -> None:
        super().__init__(origin, first, table.schema.names, table.num_rows)
        self.table = table

    def values(self, name: str) -> Sequence[Any]:
        column = self.table.column(name)
        values: list[Any] = column.to_pylist()
        return values

    def numbers(self, name: str) -> list[float | None]:
        from adcli.batch.files.arrow import arrow, floats

        pa = arrow()
        column = self._numeric(pa, name)
        if column.type == pa.float64() and not column.null_count:
            found: list[float | None] = floats(column).tolist()
            return found
        return numbers(column.to_pylist(), name, self)

    def floats(self, name: str) -> tuple[Any, Any]:
        """A column that is a variable as a float64 array, and which rows are missing (None: none)."""
        import numpy as np

        from adcli.batch.files.arrow import arrow, floats

        pa = arrow()
        column = self._numeric(pa, name)
        if pa.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            return _cast(column, name, self)
        if pa.types.is_null(column.type):
            return np.ones(len(column)), np.ones(len(column), dtype=bool)
        if column.type != pa.float64():  # a cast imports pyarrow.compute, which takes as long as a thousand rows do
            column = column.cast(pa.float64(), safe=False)
        found = np.frombuffer(floats(column))
        if not column.null_count:
            return found, None
        bits = np.unpackbits(np.frombuffer(column.buffers()[0], dtype=np.uint8), bitorder="little")
        missing = bits[column.offset : column.offset + len(column)] == 0
        return np.where(missing, 1.0, found), missing

    def _numeric(self, pa: Any, name: str) -> Any:
        """A column as one array; DataError where its type holds no numbers."""
        column = self.table.column(name)
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        types = pa.types
        texts = types.is_string(kind) or types.is_large_string(kind)
        numeric = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_boolean(kind)
        if not (texts or numeric or types.is_null(kind)):
            raise DataError(f"the column {name} of {self.origin} holds {kind}, not numbers")
        return column


def _cast(column: Any, name: str, batch: Batch) -> tuple[Any, Any]:
    """Numbers that were read as text: all at once, or one by one where that does not do."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from adcli.batch.files.arrow import floats

    try:
        if not column.null_count:
            return np.frombuffer(floats(pc.cast(column, pa.float64()))), None
    except pa.ArrowInvalid:
        pass
    found = numbers(column.to_pylist(), name, batch)
    missing = np.array([x is None for x in found], dtype=bool)
    return np.array([1.0 if x is None else x for x in found]), missing if missing.any() else None


def numbers(values: Sequence[Any], name: str, batch: Batch) -> list[float | None]:
    """Values as floats, None where one is missing. Raises DataError with the row and the column of the first text."""
    try:
        found = list(map(float, values))
    except (TypeError, ValueError, OverflowError):
        pass
    else:
        if not any(isinstance(value, str) and "_" in value for value in values):  # Python's own spelling of numbers
            return list(found)
    return [_number(value, position, name, batch) for position, value in enumerate(values)]


def _number(value: Any, position: int, name: str, batch: Batch) -> float | None:
    if value is None:
        return None
    try:
        if not isinstance(value, str):
            return float(value)
        text = value.strip()
        if text in NULLS:
            return None
        if "_" in text:
            raise ValueError
        return float(text)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except (TypeError, ValueError):
        shown = value if isinstance(value, str) else str(value)
        shown = shown if len(shown) <= 40 else shown[:40] + "…"
        raise DataError(
            f"{batch.row(position)}: {name} is {shown!r}, which is no number",
            hint="no policy leaves such a row out: correct it, or leave the field empty (so do NA and null) where a "
            "number is missing",
        ) from None
