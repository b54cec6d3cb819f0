"""pyarrow, and no more of what stands behind it than is needed.

Numbers go in and out by the buffers of its arrays, which takes neither NumPy nor, as `pyarrow.array` does where it
is installed, pandas; and a file of a thousand rows is read and written before either would be imported.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import accumulate
from typing import Any

from adcli.errors import DataError, FileError, UsageError

_lean = False


def lean() -> None:
    """Let pyarrow do without NumPy: for a process that is adcli's alone, where nobody else asks it for arrays."""
    global _lean
    _lean = True
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's linear algebra, unused here, starts threads


def arrow() -> Any:
    """pyarrow, or a UsageError that says how to get it."""
    hidden = _lean and "pyarrow" not in sys.modules and "numpy" not in sys.modules and _optional_numpy()
    if hidden:
        sys.modules["numpy"] = None  # type: ignore[assignment]  # that is how Python spells "not installed"
    try:
        import pyarrow

        return pyarrow
    except ImportError:
        raise UsageError(
            "Parquet and Arrow files need pyarrow", hint="pip install 'adcli[data]'; CSV and JSON lines need nothing"
        ) from None
    finally:
        if hidden:
            del sys.modules["numpy"]


def _optional_numpy() -> bool:
    """Whether the pyarrow installed is one that can do without NumPy, which it can since version 18."""
    from importlib.util import find_spec

    spec = find_spec("pyarrow")
    try:
        with open(os.path.join(os.path.dirname(spec.origin or ""), "_generated_version.py")) as file:  # type: ignore[union-attr]  # caught below
            version = file.read().rpartition("__version_tuple__ = version_tuple = (")[2]
        return int(version.partition(",")[0]) >= 18
    except (AttributeError, OSError, ValueError):
        return False


@contextmanager
def faults(what: str, *, writing: bool = False) -> Iterator[None]:
    """Errors of pyarrow about *what*, in our own words; while *writing*, those of the disk are for others to say."""
    try:
        yield
    except OSError as fault:
        if writing:
            raise
        if fault.errno is not None:
            raise FileError(f"cannot read {what}: {os.strerror(fault.errno).lower()}") from None
        raise DataError(f"{what} is damaged: {first_line(fault)}") from None
    except arrow().ArrowException as fault:
        raise DataError(f"{what}: {first_line(fault)}") from None
    except UnicodeDecodeError as fault:
        raise DataError(f"{what}: the byte 0x{fault.object[fault.start]:02x} is no UTF-8") from None
    except (ValueError, OverflowError, LookupError) as fault:
        raise DataError(f"{what} has a value that cannot be read: {first_line(fault)}") from None


def first_line(fault: Exception) -> str:
    """What an error of pyarrow says, without where in its own text it came about."""
    return (str(fault).splitlines() or [""])[0]


# Parquet. pyarrow.parquet imports remote file systems; the classes that it wraps do not.


class ParquetFile:
    """A Parquet file to read: `schema`, how many `rows`, and `batches` of them."""

    def __init__(self, source: Any) -> None:
        self.file: Any = None
        try:
            from pyarrow._parquet import ParquetReader

            self.file = ParquetReader()
            self.file.open(source, pre_buffer=False, arrow_extensions_enabled=True)  # buffers keep what was read
        except (ImportError, AttributeError, TypeError):
            from pyarrow.parquet import ParquetFile

            self.file = ParquetFile(source, pre_buffer=False).reader
        self.schema = self.file.schema_arrow
        self.rows = int(self.file.metadata.num_rows)
        self._before = 0
        self._groups = range(self.file.metadata.num_row_groups)

    def take(self, first: int, last: int) -> None:
        """Read only these groups of rows."""
        sizes = [self.file.metadata.row_group(place).num_rows for place in range(last)]
        self._before, self.rows = sum(sizes[:first]), sum(sizes[first:])
        self._groups = range(first, last)

    def divided(self, count: int) -> list[tuple[int, int]]:
        """About *count* ranges of groups, of like size."""
        sizes = [self.file.metadata.row_group(place).total_byte_size for place in self._groups]
        whole, done, start, found = sum(sizes), 0, 0, list[tuple[int, int]]()
        for place, size in enumerate(sizes, 1):
            done += size
            if done * count >= whole * (len(found) + 1) or place == len(sizes):
                found.append((start, place))
                start = place
        return found

    def runs(self, excluded: Callable[[Mapping[str, tuple[Any, Any]]], bool] | None) -> Iterator[tuple[int, list[int]]]:
        """The groups of rows that are not *excluded* by what their columns lie between: those that follow
        each other, and how many rows stand before them."""
        metadata = self.file.metadata
        before, start, run = self._before, self._before, list[int]()
        for place in self._groups:
            group = metadata.row_group(place)
            if excluded is not None and excluded(_ranges(group)):
                if run:
                    yield start, run
                run = []
            else:
                start = start if run else before
                run.append(place)
            before += group.num_rows
        if run:
            yield start, run

    def batches(self, size: int, wanted: frozenset[str], most: int, groups: list[int] | None = None) -> Iterable[Any]:
        """The rows, at most *size* or about *most* bytes at a time: the columns *wanted*, or all of them."""
        metadata = self.file.metadata
        groups = list(self._groups) if groups is None else groups
        paths = [metadata.schema.column(i).path for i in range(metadata.num_columns)]
        inner = tuple(name + "." for name in wanted)
        chosen = [i for i, path in enumerate(paths) if path in wanted or path.startswith(inner)]
        if not chosen:
            chosen = list(range(len(paths)))
        taken = sum(metadata.row_group(g).column(i).total_uncompressed_size for g in groups for i in chosen)
        rows = sum(metadata.row_group(g).num_rows for g in groups)
        size = max(1, min(size, most * rows // max(taken, 1)))
        found: Iterable[Any] = self.file.iter_batches(size, groups, chosen, use_threads=rows > size)
        return found

    def repetitive(self) -> frozenset[str]:
        """The columns that take less than half as much as their values one by one: dictionaries did that."""
        if not self.file.num_row_groups:
            return frozenset()
        group = self.file.metadata.row_group(0)
        columns = [group.column(i) for i in range(group.num_columns)]
        return frozenset(c.path_in_schema for c in columns if c.total_uncompressed_size < 4 * c.num_values)

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


def _ranges(group: Any) -> dict[str, tuple[Any, Any]]:
    """The numbers, texts and days between which columns of a group of rows lie, as far as its statistics say."""
    found: dict[str, tuple[Any, Any]] = {}
    for place in range(group.num_columns):
        column = group.column(place)
        told = column.statistics if column.is_stats_set else None
        if told is not None and told.has_min_max and type(told.min) in (int, float, str, date):
            ends = told.min, told.max
            found[column.path_in_schema] = (
                (float(ends[0]), float(ends[1])) if isinstance(ends[0], (int, float)) else ends
            )
    return found


def parquet_writer(stream: Any, schema: Any, dictionaries: Sequence[str]) -> Any:
    """What writes tables to a Parquet file, with dictionaries for the columns named."""
    try:
        from pyarrow._parquet import ParquetWriter

        as_usual = {"version": "2.6", "compression": "snappy", "writer_engine_version": "V2"}
        return ParquetWriter(stream, schema, use_dictionary=dictionaries, **as_usual)
    except (ImportError, AttributeError, TypeError):
        from pyarrow.parquet import ParquetWriter

        return ParquetWriter(stream, schema, use_dictionary=dictionaries)


# Values of all types as Python's, or as texts that say them


def unpacked(column: Any) -> list[Any]:
    """A column as a list of Python's values; what Python has none for, as texts."""
    pa = arrow()
    types = pa.types
    kind = column.type
    if isinstance(column, pa.ChunkedArray):
        return [value for chunk in column.chunks for value in unpacked(chunk)]
    column = one_by_one(column)
    if types.is_dictionary(kind):
        return unpacked(column.dictionary_decode())
    if getattr(kind, "unit", "") == "ns":
        return _nanoseconds(pa, column)
    try:
        values: list[Any] = column.to_pylist()
        return values
    except (OverflowError, ValueError):  # years and nanoseconds that Python has not, perhaps deep within
        spelled = column.cast(_with_texts(pa, kind)).to_pylist()
    if any(isinstance(value, str) and "out of range" in value for value in spelled):
        raise ValueError(f"a {kind} lies beyond all calendars")
    return list(spelled)


def one_by_one(column: Any) -> Any:
    """A column whose values are not counted in runs."""
    pa = arrow()
    if not pa.types.is_run_end_encoded(column.type):
        return column
    import pyarrow.compute as pc

    if isinstance(column, pa.ChunkedArray):
        return pa.chunked_array([pc.run_end_decode(chunk) for chunk in column.chunks], column.type.value_type)
    return pc.run_end_decode(column)


def _nanoseconds(pa: Any, column: Any) -> list[Any]:
    """Times, moments and durations: as Python has them, but for a text with nine digits where that would lose some."""
    kind = column.type
    types = pa.types
    if types.is_timestamp(kind):
        coarse = pa.timestamp("us", kind.tz)
    else:
        coarse = pa.time64("us") if types.is_time(kind) else pa.duration("us")
    counts = column.view(pa.int64()).to_pylist()
    whole = [None if count is None else count // 1000 for count in counts]
    found: list[Any] = pa.array(whole, pa.int64()).view(coarse).to_pylist()
    for position, count in enumerate(counts):
        if count is not None and count % 1000:
            value = found[position]
            zone = ""
            if getattr(value, "tzinfo", None) is not None:
                zone = str(value)[len(str(value.replace(tzinfo=None))) :]
                value = value.replace(tzinfo=None)
            digits = f"{count // 1000 % 1_000_000:06d}{count % 1000:03d}"
            found[position] = f"{str(value).partition('.')[0]}.{digits}{zone}"
    return found


def _with_texts(pa: Any, kind: Any) -> Any:
    """A type with texts in the stead of days and moments."""
    types = pa.types
    if types.is_temporal(kind) and not types.is_duration(kind):
        return pa.string()
    if types.is_struct(kind):
        fields = [kind.field(i) for i in range(kind.num_fields)]
        return pa.struct([field.with_type(_with_texts(pa, field.type)) for field in fields])
    if types.is_list(kind) or types.is_large_list(kind):
        field = kind.value_field
        make = pa.list_ if types.is_list(kind) else pa.large_list
        return make(field.with_type(_with_texts(pa, field.type)))
    return kind


# Numbers and texts as arrays of Arrow, and back


def doubles(column: Any, missing: Sequence[int] = ()) -> Any:
    """Floats, an array or a sequence, as an array of Arrow; null at the positions *missing*."""
    pa = arrow()
    values = column if hasattr(column, "dtype") else array("d", column)
    return pa.Array.from_buffers(pa.float64(), len(values), [_bits(len(values), missing), pa.py_buffer(values)])


def shortest(column: Any, missing: Sequence[int]) -> Any:
    """The numbers of a float64 array as the shortest texts that read back the same, spelled as Python does."""
    import numpy as np

    pa = arrow()
    import pyarrow.compute as pc

    found = pc.cast(doubles(column, missing), pa.string())
    size = np.abs(column)
    whole = (size < 1e10) & (column == np.floor(column))
    if whole.any():  # 2.0 is "2" to pyarrow
        found = pc.if_else(_truths(whole), pc.binary_join_element_wise(found, ".0", ""), found)
    other = ((size < 1e-4) & (size > 0)) | ((size >= 1e10) & (size < 1e16))
    if other.any():  # so is 1e-05 "0.00001", 1e-07 "1e-7" and 12345678900.0 "1.23456789e+10"
        found = pc.replace_with_mask(found, _truths(other), texts(list(map(repr, column[other].tolist()))))
    if missing:
        found = pc.if_else(others(len(column), missing), found, None)
    return found


def _truths(mask: Any) -> Any:
    """A boolean array of NumPy as one of Arrow."""
    import numpy as np

    pa = arrow()
    return pa.Array.from_buffers(pa.bool_(), len(mask), [None, pa.py_buffer(np.packbits(mask, bitorder="little"))])


def texts(values: Sequence[str | None]) -> Any:
    """Texts as an array of Arrow; None is null."""
    pa = arrow()
    missing = [position for position, text in enumerate(values) if text is None]
    encoded = [b"" if text is None else text.encode("utf-8", "backslashreplace") for text in values]
    try:
        ends = array("i", accumulate(map(len, encoded), initial=0))
    except OverflowError:  # more than fits into one array
        return pa.chunked_array([pa.array(values, pa.string())])
    buffers = [_bits(len(values), missing), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def sparse(count: int, found: Mapping[int, str]) -> Any:
    """A column of *count* texts, null but at the few positions that are *found*."""
    pa = arrow()
    bits, ends, data, done = bytearray((count + 7) // 8), array("i", [0]), bytearray(), 0
    for position in sorted(found):
        ends.extend(array("i", [len(data)]) * (position - done))
        data += found[position].encode("utf-8", "backslashreplace")
        ends.append(len(data))
        bits[position >> 3] |= 1 << (position & 7)
        done = position + 1
    ends.extend(array("i", [len(data)]) * (count - done))
    buffers = [pa.py_buffer(bits), pa.py_buffer(ends), pa.py_buffer(bytes(data))]
    return pa.Array.from_buffers(pa.string(), count, buffers)


def others(count: int, left_out: Sequence[int]) -> Any:
    """A mask of Arrow: true but at the positions *left_out*."""
    pa = arrow()
    bits = _bits(count, left_out) or pa.py_buffer(b"\xff" * ((count + 7) // 8))
    return pa.Array.from_buffers(pa.bool_(), count, [None, bits])


def _bits(count: int, unset: Sequence[int]) -> Any:
    """A bitmap with the bits at the positions *unset* unset; None where there are none."""
    if not len(unset):
        return None
    bits = bytearray(b"\xff" * ((count + 7) // 8))
    for position in unset:
        bits[position >> 3] &= ~(1 << (position & 7))
    return arrow().py_buffer(bits)


def floats(column: Any) -> Any:
    """The doubles of an array of Arrow, as a view of its memory. Those of nulls mean nothing."""
    if not len(column):
        return memoryview(b"").cast("d")
    start = 8 * column.offset
    return memoryview(column.buffers()[1])[start : start + 8 * len(column)].cast("d")
