"""pyarrow, and no more of what stands behind it than is needed.

Numbers go in and out by the buffers of its arrays, which takes neither NumPy nor, as `pyarrow.array` does where it
is installed, pandas; and a file of a thousand rows is read and written before either would be imported.
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import IO, Any

from adcli.errors import UsageError

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

    def batches(self, size: int, wanted: frozenset[str] = frozenset()) -> Iterable[Any]:
        """The rows, at most *size* at a time: the columns *wanted*, or all of them."""
        groups = list(range(self.file.num_row_groups))
        paths = [self.file.metadata.schema.column(i).path for i in range(self.file.metadata.num_columns)]
        chosen = [i for i, path in enumerate(paths) if path in wanted or path.partition(".")[0] in wanted] or None
        found: Iterable[Any] = self.file.iter_batches(size, groups, chosen, use_threads=self.rows > size)
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


def parquet_writer(stream: IO[bytes], schema: Any, dictionaries: Sequence[str]) -> Any:
    """What writes tables to a Parquet file, with dictionaries for the columns named."""
    try:
        from pyarrow._parquet import ParquetWriter

        as_usual = {"version": "2.6", "compression": "snappy", "writer_engine_version": "V2"}
        return ParquetWriter(stream, schema, use_dictionary=dictionaries, **as_usual)
    except (ImportError, AttributeError, TypeError):
        from pyarrow.parquet import ParquetWriter

        return ParquetWriter(stream, schema, use_dictionary=dictionaries)


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
