"""Files of rows, read in batches: CSV, TSV and JSON lines by Python itself; Parquet and Arrow by pyarrow."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Any

from adcli.batch.files.arrow import arrow
from adcli.batch.files.batches import Batch, Columns, Records, Texts, Written
from adcli.errors import DataError, FileError, UsageError, reason

FORMATS = ("csv", "tsv", "jsonl", "parquet", "arrow")
EXTENSIONS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
}
PACKED = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma"}
"""Extensions of compressed files, and the module that reads them."""
BINARY = frozenset({"parquet", "arrow"})
STANDARD_INPUT = "standard input"


class Reader:
    """One file. `names` are its columns; `batches` reads its rows once, in order."""

    def __init__(self, path: str, format: str) -> None:
        self.path = path
        self.format = format
        self.origin = STANDARD_INPUT if path == "-" else path
        self.names: Sequence[str] = ()
        self.wanted: frozenset[str] = frozenset()
        """The columns that are used, where not all are; others may be missing in batches."""

    def open(self) -> None:
        """Read what stands before the rows."""
        raise NotImplementedError

    def batches(self, size: int) -> Iterator[Batch]:
        """The rows, at most *size* at a time."""
        raise NotImplementedError

    def rows(self) -> int | None:
        """About how many rows there are, where that can be known without reading them."""
        return None

    def faster(self) -> Reader:
        """The same file read with what the extra `data` brings; not the reader itself, once it has given rows."""
        return self

    @property
    def schema(self) -> Any:
        """The columns' types where the file has types, as pyarrow's schema; else None."""
        return None

    def repetitive(self) -> frozenset[str]:
        """The columns of which the file says that their numbers repeat."""
        return frozenset()

    def close(self) -> None:
        """Let go of the file."""


class TextReader(Reader):
    """What the readers of text have in common."""

    def __init__(self, path: str, format: str) -> None:
        super().__init__(path, format)
        self.stream: Any = None
        self.raw: Any = None

    def open(self) -> None:
        import io

        try:
            self.raw = _standard_input() if self.path == "-" else open(self.path, "rb")  # noqa: SIM115  # closed in close
        except OSError as fault:
            raise FileError(f"cannot read {self.path}: {reason(fault)}") from None
        except ValueError as fault:
            raise FileError(f"cannot read {self.path!r}: {fault}") from None
        self.stream = io.TextIOWrapper(self._unpacked(self.raw), encoding="utf-8-sig", newline="")
        self._begin()

    def _unpacked(self, raw: Any) -> Any:
        """The bytes themselves, or what was compressed into them, as the file's name says."""
        module = PACKED.get(os.path.splitext(self.path)[1].lower())
        if module is None:
            return raw
        from importlib import import_module

        return import_module(module).open(raw)

    def _begin(self) -> None:
        raise NotImplementedError

    def rows(self) -> int | None:
        """By the file's size and the mean length of its first lines."""
        if self.path == "-" or os.path.splitext(self.path)[1].lower() in PACKED:
            return None
        try:
            size = os.path.getsize(self.path)
            with open(self.path, "rb") as stream:
                start = stream.read(1 << 16)
        except OSError:
            return None
        lines = start.count(b"\n")
        return int(size / len(start) * lines) if start else 0

    @property
    def line(self) -> int:
        """The line that was read last."""
        raise NotImplementedError

    def lines(self) -> Iterator[Any]:
        """What the lines hold; DataError with the line's number where one cannot be read."""
        raise NotImplementedError

    def guarded(self) -> Iterator[Any]:
        """The lines, with every failure in our own words."""
        lines = self.lines()
        while True:
            try:
                yield next(lines)
            except StopIteration:
                return
            except UnicodeDecodeError as fault:
                raise self._undecodable(fault) from None
            except EOFError:
                raise DataError(f"{self.origin} is cut off after line {self.line}") from None
            except _failures() as fault:
                if isinstance(fault, OSError) and fault.errno is not None:
                    raise FileError(f"cannot read {self.origin}: {reason(fault)}") from None
                kind = PACKED.get(os.path.splitext(self.path)[1].lower(), "")
                where = f"damaged after line {self.line}" if self.line else f"no {kind} file, or damaged"
                raise DataError(f"{self.origin} is {where}") from None

    def _undecodable(self, fault: UnicodeDecodeError) -> DataError:
        """Where the first byte stands that is no UTF-8; in a file it is sought, since lines are decoded in advance."""
        where, byte, start = f"after line {self.line}", fault.object[fault.start], b""
        if self.path != "-":
            with open(self.path, "rb") as raw:
                for number, line in enumerate(self._unpacked(raw), 1):
                    start = start or line[:2]
                    try:
                        line.decode()
                    except UnicodeDecodeError as found:
                        where, byte = f"line {number}", line[found.start]
                        break
        wide = start in (b"\xff\xfe", b"\xfe\xff")
        return DataError(
            f"{self.origin}, {where}: the byte 0x{byte:02x} is no UTF-8",
            hint="it seems to be UTF-16: iconv -f UTF-16 -t UTF-8 converts it"
            if wide
            else "save it as UTF-8, or convert it with iconv",
        )

    def close(self) -> None:
        if self.stream is not None:
            if self.path == "-":
                self.stream.detach()
            else:
                self.stream.close()
                self.raw.close()
            self.stream = None


class CsvReader(TextReader):
    """Comma- or tab-separated values with a header. A blank line is a row where there is one column only."""

    def _begin(self) -> None:
        import csv

        delimiter = "\t" if self.format == "tsv" else ","
        csv.field_size_limit(1 << 30)
        self.reader = csv.reader(self.stream, delimiter=delimiter, strict=True)
        header = next(self.guarded(), None)
        if header is None:
            raise DataError(f"{self.origin} is empty: it has no header")
        if not header:
            raise DataError(f"{self.origin}, line {self.line} is blank: the header is expected there")
        self.names = header

    @property
    def line(self) -> int:
        return self.reader.line_num

    def lines(self) -> Iterator[list[str]]:
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
        for row in self.guarded():
            if len(row) != width:
                if row:
                    fields = "1 field" if len(row) == 1 else f"{len(row)} fields"
                    raise DataError(f"{self.origin}, line {self.line}: {fields} where the header has {width}")
                if width > 1:
                    continue
                row = [""]
            rows.append(row)
            if len(rows) >= size:
                yield Texts(self.origin, first, self.names, rows)
                first += len(rows)
                rows = []
        if rows:
            yield Texts(self.origin, first, self.names, rows)

    def faster(self) -> Reader:
        from importlib.util import find_spec

        extension = os.path.splitext(self.path)[1]
        known = extension in (".gz", ".bz2") or extension.lower() not in PACKED  # to pyarrow
        plain = self.path != "-" and os.path.isfile(self.path) and known
        if not plain or len(set(self.names)) < len(self.names) or find_spec("pyarrow") is None:
            return self
        self.close()
        return ArrowCsvReader(self)


class ArrowCsvReader(Reader):
    """The same, many times faster. All columns are read as text: what is no variable is written as it was."""

    def __init__(self, plain: CsvReader) -> None:
        super().__init__(plain.path, plain.format)
        self.names = plain.names
        self.plain = plain

    def rows(self) -> int | None:
        return self.plain.rows()

    def batches(self, size: int) -> Iterator[Batch]:
        pa = arrow()
        import pyarrow.csv as csv

        first = 1
        pieces: list[Any] = []
        waiting = 0
        try:
            reader = csv.open_csv(
                self.path,
                read_options=csv.ReadOptions(block_size=1 << 20, column_names=list(self.names), skip_rows=0),
                parse_options=csv.ParseOptions(
                    delimiter="\t" if self.format == "tsv" else ",",
                    newlines_in_values=True,
                    ignore_empty_lines=len(self.names) > 1,
                ),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(self.names, pa.string()),
                    strings_can_be_null=False,
                    include_columns=[name for name in self.names if name in self.wanted],  # none means all
                ),
            )
            header = True
            for piece in reader:
                if header:
                    piece, header = piece.slice(1), False
                pieces.append(piece)
                waiting += piece.num_rows
                if waiting >= size:
                    table = pa.Table.from_batches(pieces)
                    whole = waiting - waiting % size
                    for start in range(0, whole, size):
                        yield Columns(self.origin, first, table.slice(start, size))
                        first += size
                    pieces = table.slice(whole).to_batches()
                    waiting -= whole
            if waiting:
                yield Columns(self.origin, first, pa.Table.from_batches(pieces))
            self._verify_quotes(pa)
        except (pa.ArrowException, OSError) as fault:
            self._explain()
            if isinstance(fault, OSError):
                raise _unreadable(self.origin, fault) from None
            raise DataError(f"{self.origin}: {_first_line(fault)}") from None

    def _verify_quotes(self, pa: Any) -> None:
        """See to it that quotes stand only where fields begin and end: of others, pyarrow makes what it likes."""
        ends = b"\r\n\t" if self.format == "tsv" else b"\r\n,"
        within, first = False, True
        rest = b""
        with pa.input_stream(self.path, compression="detect") as stream:
            while piece := stream.read(1 << 22):
                parts = (rest + piece).split(b'"')
                rest = parts.pop()
                for part in parts:
                    # Between two quoted fields there is nothing, or one field ends and another begins.
                    if not within and part and (part[-1] not in ends or not (first or part[0] in ends)):
                        self._explain()
                        return
                    within, first = not within, False
                if len(rest) > 2:
                    rest = rest[:1] + rest[-1:]  # no more of it matters
        if within or (rest and not first and rest[0] not in ends):
            self._explain()

    def _explain(self) -> None:
        """Python's reader says where a malformed file is malformed."""
        again = CsvReader(self.path, self.format)
        try:
            again.open()
            for _ in again.batches(4096):
                pass
        finally:
            again.close()


class JsonReader(TextReader):
    """JSON lines: an object per line. The columns are those of the first row."""

    def _begin(self) -> None:
        self.read = 0
        self.objects = self.guarded()
        self.head = next(self.objects, None)
        if self.head is None:
            raise DataError(f"{self.origin} is empty: its first row would say which columns there are")
        self.names = list(self.head)

    @property
    def line(self) -> int:
        return self.read

    def lines(self) -> Iterator[dict[str, Any]]:
        import json

        decode = json.JSONDecoder(parse_float=Written, parse_constant=Written).decode
        for text in self.stream:
            self.read += 1
            if not text.strip():
                continue
            try:
                value = decode(text)
            except json.JSONDecodeError as fault:
                raise _malformed(f"{self.origin}, line {self.read}", text, fault.msg, fault.pos) from None
            except ValueError:
                raise DataError(f"{self.origin}, line {self.read}: a number has too many digits") from None
            except RecursionError:
                raise DataError(f"{self.origin}, line {self.read} is nested too deeply") from None
            if not isinstance(value, dict):
                raise _malformed(f"{self.origin}, line {self.read}", text, "", 0)
            yield value

    def batches(self, size: int) -> Iterator[Batch]:
        first = 1
        rows: list[dict[str, Any]] = []
        assert self.head is not None
        rows.append(self.head)
        if size == 1:
            yield Records(self.origin, first, self.names, rows)
            first, rows = 2, []
        for row in self.objects:
            rows.append(row)
            if len(rows) >= size:
                yield Records(self.origin, first, self.names, rows)
                first += len(rows)
                rows = []
        if rows:
            yield Records(self.origin, first, self.names, rows)


_JSON = {
    "Expecting value": "a value is missing, or none of JSON's",
    "Expecting property name enclosed in double quotes": "a name in double quotes is expected",
    "Illegal trailing comma before end of object": "a comma stands before the closing brace",
    "Expecting ':' delimiter": "a colon is expected",
    "Expecting ',' delimiter": "a comma or the closing brace is expected",
    "Unterminated string starting at": "a text is not closed",
    "Invalid control character at": "a text has a control character",
    "Extra data": "something follows the object",
}
"""What Python says of malformed JSON, in our words."""


def _malformed(line: str, text: str, said: str, position: int) -> DataError:
    """What is wrong with a line of JSON, what Python *said* about which *position*, and what to do."""
    hint = 'one object per line, for instance {"x1": 2, "x2": 5}'
    if text.lstrip()[:1] == "[":
        return DataError(f"{line} is an array", hint=f"{hint}; jq -c '.[]' makes such lines of an array of objects")
    if not said:
        return DataError(f"{line} is no object", hint=hint)
    said = next((ours for theirs, ours in _JSON.items() if said.startswith(theirs)), "it is no JSON")
    end = len(text.rstrip())
    if position >= end:
        position, said = end, "the line ends within the object"
    elif text[position] == "}" and text[:position].rstrip()[-1:] == ",":
        said = "a comma stands before the closing brace"
    elif text[position : position + 1] == "'":
        said = "names and texts are in double quotes"
    return DataError(f"{line}, column {position + 1}: {said}", hint=hint)


class ArrowReader(Reader):
    """Parquet, and Arrow's own files and streams (Feather is one of them)."""

    def __init__(self, path: str, format: str) -> None:
        super().__init__(path, format)
        self.file: Any = None

    def open(self) -> None:
        pa = arrow()
        if self.path != "-":
            if os.path.isdir(self.path):
                raise FileError(f"cannot read {self.path}: is a directory")
            if os.path.isfile(self.path) and not os.path.getsize(self.path):
                raise DataError(f"{self.origin} is empty: it has not even columns")
        try:
            source = pa.BufferReader(_standard_input().read()) if self.path == "-" else self.path
            if self.format == "parquet":
                from adcli.batch.files.arrow import ParquetFile

                self.file = ParquetFile(source)
            else:
                self.file = self._ipc(pa, source)
        except OSError as fault:
            raise _unreadable(self.origin, fault) from None
        except pa.ArrowException as fault:
            if "magic bytes" in str(fault) or self.format == "arrow":
                kind = {"parquet": "Parquet", "arrow": "Arrow"}[self.format]
                raise DataError(
                    f"{self.origin} is no {kind} file, or is cut off", hint="--data-format says what else it is"
                ) from None
            raise DataError(f"{self.origin} cannot be read: {_first_line(fault)}") from None
        self.names = self.schema.names

    def _ipc(self, pa: Any, source: Any) -> Any:
        opened = pa.memory_map(source) if isinstance(source, str) else source
        try:
            return pa.ipc.open_file(opened)
        except pa.ArrowInvalid:
            opened.seek(0)
            return pa.ipc.open_stream(opened)

    @property
    def schema(self) -> Any:
        return self.file.schema

    def close(self) -> None:
        if self.file is not None and self.format == "parquet":
            self.file.close()
        self.file = None

    def rows(self) -> int | None:
        return self.file.rows if self.format == "parquet" else None

    def repetitive(self) -> frozenset[str]:
        return self.file.repetitive() if self.format == "parquet" else frozenset()

    def batches(self, size: int) -> Iterator[Batch]:
        pa = arrow()
        first = 1
        source = self._pieces(size)
        while True:
            try:
                piece = next(source)
            except StopIteration:
                return
            except OSError as fault:
                raise _unreadable(self.origin, fault) from None
            except pa.ArrowException as fault:
                raise DataError(f"{self.origin} cannot be read after row {first - 1}: {_first_line(fault)}") from None
            if piece.num_rows:
                yield Columns(self.origin, first, piece)
                first += piece.num_rows

    def _pieces(self, size: int) -> Iterator[Any]:
        if self.format == "parquet":
            yield from self.file.batches(size, self.wanted)
            return
        count = getattr(self.file, "num_record_batches", None)
        whole = iter(self.file) if count is None else (self.file.get_batch(i) for i in range(count))
        for batch in whole:
            for start in range(0, batch.num_rows, size):
                yield batch.slice(start, size)


def _failures() -> tuple[type[Exception], ...]:
    """What reading a file raises: where it is a compressed one, also what its module raises for a damaged one."""
    known = (("zlib", "error"), ("lzma", "LZMAError"))
    return (OSError, *(getattr(sys.modules[module], name) for module, name in known if module in sys.modules))


def _unreadable(origin: str, fault: OSError) -> DataError | FileError:
    # pyarrow raises OSError for damaged files too: without a number.
    if fault.errno is None:
        return DataError(f"{origin} is damaged: {_first_line(fault)}")
    return FileError(f"cannot read {origin}: {os.strerror(fault.errno).lower()}")


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [""])[0]


def _standard_input() -> IO[bytes]:
    stream = sys.stdin
    if stream is None:
        raise FileError("there is no standard input to read")
    return stream.buffer


def format_of(path: str, given: str | None) -> str:
    """The format of a file: as given, else by its extension; of standard input, CSV."""
    if given:
        return given
    if path == "-" or path.startswith("/dev/"):
        return "csv"
    stem, extension = os.path.splitext(path)
    if extension.lower() in PACKED:
        extension = os.path.splitext(stem)[1]
    found = EXTENSIONS.get(extension.lower())
    if found is None:
        raise UsageError(
            f"the format of {path or 'a file without a name'} is not known by its name",
            hint="say it with --data-format, which is one of " + ", ".join(FORMATS),
        )
    return found


def expanded(paths: Sequence[str]) -> list[str]:
    """The files that paths and patterns (`data/*.csv`) mean, a pattern's in alphabetical order."""
    found: list[str] = []
    for path in paths:
        if path == "-" or os.path.exists(path) or not any(c in path for c in "*?["):
            found.append(path)
            continue
        from glob import glob

        matches = sorted(glob(path, recursive=True))
        if not matches:
            raise FileError(f"no file matches {path}")
        found += matches
    if found.count("-") > 1:
        raise UsageError("standard input can be read only once")
    return found


def reader(path: str, given: str | None = None) -> Reader:
    """The reader of a file, not yet open. UsageError where its format is unknown or needs an extra."""
    format = format_of(path, given)
    if format in BINARY:
        return ArrowReader(path, format)
    return JsonReader(path, format) if format == "jsonl" else CsvReader(path, format)
