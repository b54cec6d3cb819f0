"""CSV and TSV: read by Python itself; by pyarrow, many times faster, where that reads the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from adcli.batch.files.arrow import arrow
from adcli.batch.files.batches import MOST_BYTES, Batch, Columns, Texts
from adcli.batch.files.paths import opened, unpacked
from adcli.batch.files.readers import Dialect, Reader, TextReader
from adcli.errors import DataError, counted

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What else than a comma separates the fields of files that are called CSV."""
BLOCK = 1 << 20
"""Bytes that pyarrow reads at a time."""


class CsvReader(TextReader):
    """Separated values with a header. A blank line is a row where there is one column only."""

    def __init__(self, path: str, format: str, dialect: Dialect) -> None:
        super().__init__(path, format, dialect)
        self.reader: Any = None
        self.delimiter = ","

    def _begin(self) -> None:
        import csv

        self.reader, self.taken = None, 0
        csv.field_size_limit(1 << 30)
        lines = self.guarded(self._counted())
        start = next(lines, "")
        self.delimiter = self.dialect.delimiter or ("\t" if self.format == "tsv" else self._sniffed(start))
        self.reader = csv.reader(
            chain([start] if start else [], self._counted()), delimiter=self.delimiter, strict=True
        )
        header = next(self.guarded(self._rows()), None)
        if header is None:
            raise DataError(f"{self.origin} is empty: it has no header")
        if not header:
            raise DataError(f"{self.origin}, line {self.line} is blank: the header is expected there")
        self.names = header

    def _counted(self) -> Iterator[str]:
        for line in self.stream:
            self.taken += len(line)
            yield line

    def _sniffed(self, header: str) -> str:
        """A comma, or what separates the header's fields where there is none."""
        import csv

        if "," not in header:
            for mark, called in SEPARATORS.items():
                try:
                    fields = next(csv.reader([header], delimiter=mark), [])
                except csv.Error:
                    continue
                if len(fields) > 1:
                    self.note = f"{self.origin} is read as separated by {called} (--delimiter says another)"
                    return mark
        return ","

    @property
    def line(self) -> int:
        return 0 if self.reader is None else int(self.reader.line_num)

    def _rows(self) -> Iterator[list[str]]:
        import csv

        try:
            yield from self.reader
        except csv.Error as fault:
            said, hint = str(fault), None
            if "end of data" in said:
                said = "a quoted field is not closed"
            elif "expected after" in said:
                said, hint = "a quoted field goes on after its closing quote", 'within quotes, " is written ""'
            raise DataError(f"{self.origin}, line {self.line}: {said}", hint=hint) from None

    def batches(self, size: int) -> Iterator[Batch]:
        width = len(self.names)
        first = 1
        rows: list[list[str]] = []
        limit = self.taken + MOST_BYTES
        for row in self.guarded(self._rows()):
            if len(row) != width:
                if row:
                    fields = counted(len(row), "field")
                    raise DataError(f"{self.origin}, line {self.line}: {fields} where the header has {width}")
                if width > 1:
                    continue
                row = [""]
            rows.append(row)
            if len(rows) >= size or self.taken > limit:
                yield Texts(self.origin, first, self.names, rows, self.dialect.spelling)
                first += len(rows)
                rows = []
                limit = self.taken + MOST_BYTES
        if rows:
            yield Texts(self.origin, first, self.names, rows, self.dialect.spelling)

    def faster(self) -> Reader:
        from importlib.util import find_spec

        if not self.regular or len(set(self.names)) < len(self.names) or find_spec("pyarrow") is None:
            return self
        self.close()
        return QuickCsvReader(self)


class QuickCsvReader(Reader):
    """The same by pyarrow. All columns are read as text: what is no variable is written as it was.

    From where pyarrow might see something else than Python does, Python reads.
    """

    def __init__(self, plain: CsvReader) -> None:
        super().__init__(plain.path, plain.format, plain.dialect)
        self.names = plain.names
        self.plain = plain
        self.note = plain.note

    def open(self) -> None:
        """The plain reader has read the header."""

    def rows(self) -> int | None:
        return self.plain.rows()

    def batches(self, size: int) -> Iterator[Batch]:
        done = 0
        raw = opened(self.path)
        try:
            for table in self._tables(size, Blocks(unpacked(raw, self.path), self.plain.delimiter)):
                yield Columns(self.origin, done + 1, table, self.dialect.spelling, typed=False)
                done += table.num_rows
            return
        except Exception:  # whatever it is, Python's reader gets past it or says where it stands
            pass
        finally:
            raw.close()
        self.plain.open()
        for batch in self.plain.batches(size):
            last = batch.first + batch.count - 1
            if last > done:
                assert isinstance(batch, Texts)
                rest = batch.rows[max(0, done + 1 - batch.first) :]
                yield Texts(self.origin, last + 1 - len(rest), self.names, rest, self.dialect.spelling)
        self.plain.close()

    def _tables(self, size: int, blocks: Blocks) -> Iterator[Any]:
        pa = arrow()
        import pyarrow.csv as csv

        reader = csv.open_csv(
            pa.PythonFile(blocks, mode="r"),
            read_options=csv.ReadOptions(block_size=BLOCK, column_names=list(self.names), skip_rows=0),
            parse_options=csv.ParseOptions(
                delimiter=self.plain.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(self.names) > 1,
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()),
                strings_can_be_null=False,
                include_columns=[name for name in self.names if name in self.wanted],  # none means all
            ),
        )
        pieces: list[Any] = []
        waiting = held = 0
        header = True
        for piece in reader:
            if header and piece.num_rows:
                piece, header = piece.slice(1), False
            if not piece.num_rows:
                continue
            pieces.append(piece)
            waiting += piece.num_rows
            held += piece.nbytes
            if waiting < size and held < MOST_BYTES:
                continue
            table = pa.Table.from_batches(pieces)
            whole = waiting - waiting % size if waiting >= size else waiting
            for start in range(0, whole, size):
                yield table.slice(start, min(size, whole - start))
            pieces = [rest for rest in table.slice(whole).to_batches() if rest.num_rows]
            waiting -= whole
            held = sum(rest.nbytes for rest in pieces)
        if waiting:
            yield pa.Table.from_batches(pieces)


class Doubtful(Exception):
    """Of this, pyarrow would make what it likes."""


class Blocks:
    """A file's bytes, read by pyarrow.

    None of them ends between CR and LF, where it would lose an LF within quotes. Doubtful is raised where quotes stand
    elsewhere than where fields begin and end.
    """

    closed = False

    def __init__(self, stream: Any, delimiter: str) -> None:
        self.stream = stream
        self.ends = b"\r\n" + delimiter.encode()
        self.within, self.first = False, True
        self.rest = b""

    def read(self, count: int = -1) -> bytes:
        """At most *count* bytes, at least one where there are any."""
        data: bytes = self.stream.read(max(count - 1, 1))
        if data.endswith(b"\r"):
            data += self.stream.read(1)
        self._verify(data)
        return data

    def _verify(self, data: bytes) -> None:
        parts = (self.rest + data).split(b'"')
        self.rest = parts.pop()
        for part in parts:
            # Between two quoted fields there is nothing, or one field ends and another begins.
            if not self.within and part and (part[-1] not in self.ends or not (self.first or part[0] in self.ends)):
                raise Doubtful
            self.within, self.first = not self.within, False
        if len(self.rest) > 2:
            self.rest = self.rest[:1] + self.rest[-1:]  # no more of it matters
        if not data and (self.within or (self.rest and not self.first and self.rest[0] not in self.ends)):
            raise Doubtful

    def close(self) -> None:
        """Whoever opened the file closes it."""
