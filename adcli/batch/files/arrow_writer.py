"""Parquet, and Arrow's files and streams."""

from __future__ import annotations

import io
from typing import IO, Any

from adcli.batch.files.arrow import arrow, faults, first_line, parquet_writer
from adcli.batch.files.batches import MOST_BYTES, Batch
from adcli.batch.files.paths import CountingStream
from adcli.batch.files.readers import Reader
from adcli.batch.files.tables import Tables
from adcli.batch.files.writers import Layout, Results, Writer, refuse_namesakes
from adcli.errors import DataError

GROUP = 1 << 20
"""Rows of a Parquet file's group, unless they take more than MOST_BYTES."""


class ArrowWriter(Writer):
    """A file with types."""

    def __init__(self, stream: IO[bytes], layout: Layout, format: str) -> None:
        super().__init__(stream, layout)
        self.format = format
        self.file: Any = None
        self.tables: Any = None
        self.source: Any = None
        self.waiting: list[Any] = []

    def begin(self, source: Reader) -> None:
        refuse_namesakes(source, self.layout)
        self.source = source
        if source.schema is not None:
            self._open(None)

    def _open(self, batch: Batch | None) -> None:
        """Begin the file; *batch* shows which types the columns of text have."""
        pa = arrow()
        self.tables = Tables(self.source, self.layout, self.format, batch)
        try:
            self.file = self._file(pa, self.tables.schema)
        except pa.ArrowException as fault:
            raise DataError(
                f"{self._culprit(pa, self.tables.schema)} of {self.source.origin} cannot be written: "
                f"{first_line(fault)}",
                hint="--keep with the columns wanted leaves it out",
            ) from None

    def _file(self, pa: Any, schema: Any) -> Any:
        sink = CountingStream(self.stream)
        if self.format == "parquet":
            # Results hardly repeat, nor do measurements: looking for repetitions would double the time of the run.
            repetitive = self.source.repetitive()
            floating = {field.name for field in schema if pa.types.is_floating(field.type)}
            columns = [name for name in schema.names if name in repetitive or name not in floating]
            return parquet_writer(sink, schema, columns)
        if self.format == "arrows":
            return pa.ipc.new_stream(sink, schema)
        return pa.ipc.new_file(sink, schema, options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True))

    def _culprit(self, pa: Any, schema: Any) -> str:
        """Which column cannot be written."""
        for field in schema:
            try:
                parquet_writer(io.BytesIO(), pa.schema([field]), [])
            except pa.ArrowException:
                return f"the column {field.name}"
        return "a column"

    def write(self, results: Results) -> None:
        pa = arrow()
        if self.file is None:
            self._open(results.batch)
        self.waiting.append(self.tables.table(results))
        if (
            self.format != "parquet"
            or sum(table.num_rows for table in self.waiting) >= GROUP
            or sum(table.nbytes for table in self.waiting) >= MOST_BYTES
        ):
            with faults(f"{results.batch.row(0)} or one after it", writing=True):
                self._flush(pa)

    def _flush(self, pa: Any) -> None:
        if self.waiting:
            self.file.write_table(pa.concat_tables(self.waiting), GROUP)
            self.waiting = []

    def finish(self) -> None:
        pa = arrow()
        if self.file is None:
            self._open(None)
        with faults(self.source.origin, writing=True):
            self._flush(pa)
            self.file.close()
