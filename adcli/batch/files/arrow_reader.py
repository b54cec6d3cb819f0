"""Parquet, and Arrow's own files and streams (Feather is one of them)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from adcli.batch.files.arrow import ParquetFile, arrow, faults
from adcli.batch.files.batches import MOST_BYTES, Batch, Columns
from adcli.batch.files.lists import shape_of
from adcli.batch.files.paths import opened, packing, unpacked
from adcli.batch.files.places import stamp
from adcli.batch.files.readers import Dialect, Reader
from adcli.errors import DataError, FileError
from adcli.language.arrays.names import Shape

MAGIC = b"ARROW1"
"""What an Arrow file begins with, and a stream does not."""


class ArrowReader(Reader):
    """A file with types."""

    def __init__(self, path: str, format: str, dialect: Dialect) -> None:
        super().__init__(path, format, dialect)
        self.file: Any = None
        self.raw: Any = None
        self._types: Any = None

    def open(self) -> None:
        pa = arrow()
        if os.path.isdir(self.path):
            raise FileError(f"cannot read {self.path}: is a directory")
        if self.regular and not stamp(self.path)["size"]:
            raise DataError(f"{self.origin} is empty: it has not even columns")
        self.raw = opened(self.path)
        with faults(self.origin):
            try:
                self.file = ParquetFile(self._seekable(pa)) if self.format == "parquet" else self._ipc(pa)
                self._types = self.file.schema
                self.names = self._types.names
                self.lists = self._lists(pa)
                if self.groups is not None:
                    self.file.take(*self.groups)
            except EOFError:
                raise DataError(f"{self.origin} is cut off") from None
            except pa.ArrowException as fault:
                if "magic bytes" not in str(fault) and self.format != "arrow":
                    raise
                kind = {"parquet": "Parquet", "arrow": "Arrow"}[self.format]
                raise DataError(
                    f"{self.origin} is no {kind} file, or is cut off", hint="--data-format says what else it is"
                ) from None

    def _lists(self, pa: Any) -> dict[str, Shape]:
        """The columns of lists of numbers: their shape as their type says, or as the first row has it."""
        told: dict[str, list[int]] = {}
        open_ended = set()
        for field in self.schema:
            kind, sizes = field.type, []
            while str(kind).startswith(("list<", "large_list<", "fixed_size_list<")):
                if not pa.types.is_fixed_size_list(kind):
                    open_ended.add(field.name)
                sizes.append(getattr(kind, "list_size", 0))
                kind = kind.value_type
            if sizes and str(kind).startswith(("int", "uint", "float", "double", "halffloat", "decimal")):
                told[field.name] = sizes
        first: dict[str, Any] = {}
        asked = [name for name in told if name in open_ended]
        if asked:
            if self.format == "parquet":
                piece = next(iter(self.file.batches(1, frozenset(asked), MOST_BYTES)), None)
            else:
                piece = self.file.get_batch(0) if getattr(self.file, "num_record_batches", 0) else None
            if piece is not None and piece.num_rows:
                first = {name: piece.column(name).slice(0, 1).to_pylist()[0] for name in asked}
        found = {
            name: shape_of(first.get(name)) if name in open_ended else tuple(sizes) for name, sizes in told.items()
        }
        return {name: shape for name, shape in found.items() if shape}

    def _seekable(self, pa: Any) -> Any:
        """The file as it is; what cannot be read in any order, as bytes in memory. Never mapped: a file may shrink."""
        if self.regular and not packing(self.path):
            return pa.PythonFile(self.raw, mode="r")
        return pa.BufferReader(unpacked(self.raw, self.path).read())

    def _ipc(self, pa: Any) -> Any:
        import io

        stream: Any = unpacked(self.raw, self.path)
        if not hasattr(stream, "peek"):
            stream = io.BufferedReader(stream)
        if stream.peek(len(MAGIC))[: len(MAGIC)] != MAGIC:
            return pa.ipc.open_stream(pa.PythonFile(stream, mode="r"))
        if self.regular and not packing(self.path):
            return pa.ipc.open_file(pa.PythonFile(stream, mode="r"))
        return pa.ipc.open_file(pa.BufferReader(stream.read()))

    @property
    def schema(self) -> Any:
        return self._types

    def close(self) -> None:
        if self.file is not None and self.format == "parquet":
            self.file.close()
        if self.raw is not None and self.path != "-":
            self.raw.close()
        self.file = self.raw = None

    def rows(self) -> int | None:
        return self.file.rows if self.format == "parquet" else None

    def divided(self, count: int) -> list[tuple[int, int]]:
        whole = self.format == "parquet" and self.regular and not packing(self.path)
        return self.file.divided(count) if whole else []

    def repetitive(self) -> frozenset[str]:
        return self.file.repetitive() if self.format == "parquet" and self.file is not None else frozenset()

    def batches(self, size: int) -> Iterator[Batch]:
        source = self._pieces(size)
        last = 0
        while True:
            with faults(f"{self.origin}, after row {last}"):
                first, piece = next(source, (0, None))
                if piece is None:
                    return
                piece.validate(full=True)  # what is damaged may point anywhere
            if piece.num_rows:
                batch = Columns(self.origin, first, piece, self.dialect.spelling)
                batch.lists = self.lists
                yield batch
                last = first + piece.num_rows - 1

    def _pieces(self, size: int) -> Iterator[tuple[int, Any]]:
        """Rows, and the number of the first of them."""
        if self.format == "parquet":
            left = self.file.rows
            for before, groups in self.file.runs(self.where and self.where.excludes):
                first = before + 1
                for piece in self.file.batches(size, self.wanted, MOST_BYTES, groups):
                    yield first, piece
                    first += piece.num_rows
                    left -= piece.num_rows
            if self.where is not None:
                self.where.left_out += left
            return
        count = getattr(self.file, "num_record_batches", None)
        whole = iter(self.file) if count is None else (self.file.get_batch(i) for i in range(count))
        first = 1
        for batch in whole:
            batch.validate(full=True)
            step = max(1, min(size, MOST_BYTES * batch.num_rows // max(batch.nbytes, 1)))
            for start in range(0, batch.num_rows, step):
                yield first + start, batch.slice(start, step)
            first += batch.num_rows
