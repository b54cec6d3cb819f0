"""CSV and TSV, with the shortest numbers that read back the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO, Any

from adcli.batch.files import spelled
from adcli.batch.files.arrow import arrow, shortest, texts
from adcli.batch.files.batches import Columns, Texts
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import Layout, Results, Writer, refuse_namesakes, refuse_surplus, without_failures
from adcli.errors import FileError


class CsvWriter(Writer):
    """Separated values."""

    def __init__(self, stream: IO[bytes], layout: Layout, delimiter: str = ",") -> None:
        super().__init__(stream, layout)
        self.delimiter = delimiter

    def begin(self, source: Reader) -> None:
        import csv

        self._lines = _Lines()
        self._rows = csv.writer(self._lines, delimiter=self.delimiter, lineterminator="\n")
        self._error = csv.Error
        if source.schema is not None:
            refuse_namesakes(source, self.layout)
        self._write([self.layout.names])

    def write(self, results: Results) -> None:
        batch, failures = results.batch, results.failures
        if isinstance(batch, Columns) and self._written_at_once(batch, results):
            return
        rows = batch.rows if isinstance(batch, Texts) and self.layout.kept == tuple(batch.names) else None
        if rows and batch.count == 1 and not failures:  # somebody waits for it
            rest = [repr(column[0]) for column in results.lists()]
            self._write([[*rows[0], *rest, *[""] * len(self.layout.status)]])
            return
        columns: list[Iterable[str]] = [map(repr, column) for column in results.lists()]
        if failures:
            columns = [["" if i in failures else text for i, text in enumerate(column)] for column in columns]
        if self.layout.status:
            columns.append([failures.get(position, "") for position in range(batch.count)])
        refuse_surplus(batch, self.layout)
        lines: list[Sequence[str]]
        if rows is not None:
            lines = [[*row, *rest] for row, *rest in zip(rows, *columns, strict=True)]
        else:
            kept = [spelled.column(batch, name) for name in self.layout.kept]
            lines = list(zip(*kept, *columns, strict=True))
        if self.layout.skip and failures:
            lines = [line for position, line in enumerate(lines) if position not in failures]
        self._write(lines)

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        try:
            self._rows.writerows(rows)
        except self._error as fault:  # Python before 3.11 writes no U+0000
            raise FileError(f"a text cannot be written as CSV: {fault}", hint="--format json writes it") from fault
        text = "".join(self._lines)
        self._lines.clear()
        if "\r" in text:  # Python before 3.13 puts it in quotes only where lines end in it
            import csv

            csv.writer(self._lines, delimiter=self.delimiter, lineterminator="\r\n").writerows(rows)
            text = "".join([line[:-2] + "\n" for line in self._lines])
            self._lines.clear()
        self.stream.write(text.encode("utf-8", "backslashreplace"))
        self.stream.flush()

    def _written_at_once(self, batch: Columns, results: Results) -> bool:
        """Let pyarrow write the batch, unless a text needs quotes, which it would give to all of them."""
        layout = self.layout
        if not all(hasattr(column, "dtype") for column in results.columns):
            return False  # few rows: Python has written them before more is imported
        pa = arrow()
        import pyarrow.csv as csv

        if len(layout.names) == 1 and (results.failures or layout.kept):
            return False  # a blank line would be no row for most readers
        columns = [_as_csv(pa, batch, name) for name in layout.kept]
        missing = list(results.failures)
        columns += [shortest(column, missing) for column in results.columns]
        columns += [texts(results.statuses())] if layout.status else []
        table = pa.Table.from_arrays(columns, names=[str(i) for i in range(len(columns))])
        table = without_failures(table, results, layout)
        pieces = [piece for piece in table.to_batches() if piece.num_rows]  # of an empty one it writes stray memory
        sink = pa.BufferOutputStream()
        options = csv.WriteOptions(include_header=False, quoting_style="none", delimiter=self.delimiter)
        try:
            for piece in pieces:
                csv.write_csv(piece, sink, options)
        except pa.ArrowException:
            return False
        self.stream.write(sink.getvalue())
        self.stream.flush()
        return True


def _as_csv(pa: Any, batch: Columns, name: str) -> Any:
    """A kept column as an array of which pyarrow writes what Python would."""
    column = batch.table.column(name)
    types = pa.types
    if types.is_string(column.type) or types.is_integer(column.type):
        return column
    if column.type == pa.float64():
        found = batch.floats(name)
        return shortest(found.values, found.null)
    if types.is_dictionary(column.type) and types.is_string(column.type.value_type):
        return column.cast(pa.string())
    absent = column.is_null().to_pylist()
    return texts([None if null else text for null, text in zip(absent, spelled.column(batch, name), strict=True)])


class _Lines(list[str]):
    """Collects the lines that csv.writer writes, each with one call."""

    write = list.append
