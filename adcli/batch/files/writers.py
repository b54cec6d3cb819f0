"""Files of results, written batch by batch: the kept columns, then what was computed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

from adcli.batch.files.arrow import arrow, doubles, others, parquet_writer, shortest, texts
from adcli.batch.files.batches import Batch, Columns, Records, Texts, Written
from adcli.batch.files.readers import BINARY, PACKED, Reader
from adcli.errors import DataError

STATUS = "status"
"""The column that says why a row has no result."""

_JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


class Results:
    """What was computed for a batch: a column per output, and why rows have none, by their position in the batch."""

    def __init__(self, batch: Batch, columns: Sequence[Any], failures: Mapping[int, str]) -> None:
        self.batch = batch
        self.columns = columns
        self.failures = failures

    def lists(self) -> list[list[Any]]:
        """The columns as lists of floats, None in rows without a result."""
        columns = [column.tolist() if hasattr(column, "tolist") else list(column) for column in self.columns]
        for position in self.failures:
            for column in columns:
                column[position] = None
        return columns

    def statuses(self) -> list[str | None]:
        """Why each row has no result; None where it has one."""
        return [self.failures.get(position) for position in range(self.batch.count)]


class Layout:
    """Which columns are written: those kept, the outputs, and perhaps the status."""

    def __init__(
        self,
        kept: Sequence[str],
        outputs: Sequence[str],
        numeric: Sequence[str],
        *,
        status: bool,
        skip: bool,
        everything: bool = False,
    ) -> None:
        self.kept = tuple(kept)
        self.outputs = tuple(outputs)
        self.numeric = frozenset(numeric)
        """The kept columns that are variables."""
        self.status = status
        self.skip = skip
        """Whether rows without a result are left out."""
        self.everything = everything
        """Whether all that the input has is kept."""

    @property
    def names(self) -> tuple[str, ...]:
        """The header."""
        return (*self.kept, *self.outputs, *((STATUS,) if self.status else ()))


class Writer:
    """One destination. `begin` once, `write` for each batch, `finish` at the end."""

    def __init__(self, stream: IO[bytes], layout: Layout) -> None:
        self.stream = stream
        self.layout = layout

    def begin(self, source: Reader) -> None:
        """Write what stands before the rows."""

    def write(self, results: Results) -> None:
        """Write a batch's rows."""
        raise NotImplementedError

    def finish(self) -> None:
        """Write what stands behind the rows."""


def _whole(batch: Batch, layout: Layout) -> None:
    """Refuse a row of JSON that has more than the header, which would be lost."""
    if layout.everything and isinstance(batch, Records):
        names = set(layout.kept)
        for position, row in enumerate(batch.rows):
            if not row.keys() <= names:
                more = next(name for name in row if name not in names)
                raise DataError(
                    f"{batch.row(position)} has {more}, for which the first row makes no column",
                    hint="JSON lines (-o FILE.jsonl) take it; --keep with the columns wanted leaves it out",
                )


class CsvWriter(Writer):
    """Comma- or tab-separated values with the shortest numbers that read back the same."""

    def __init__(self, stream: IO[bytes], layout: Layout, delimiter: str = ",") -> None:
        super().__init__(stream, layout)
        self.delimiter = delimiter

    def begin(self, source: Reader) -> None:
        self._write([self.layout.names])

    def write(self, results: Results) -> None:
        batch, failures = results.batch, results.failures
        if isinstance(batch, Columns) and self._written_at_once(batch, results):
            return
        columns = [list(map(repr, column)) for column in results.lists()]
        for position in failures:
            for column in columns:
                column[position] = ""
        if self.layout.status:
            columns.append([failures.get(position, "") for position in range(batch.count)])
        _whole(batch, self.layout)
        kept = [list(map(_text, batch.values(name))) for name in self.layout.kept]
        if isinstance(batch, Texts) and self.layout.kept == tuple(batch.names):
            lines: Iterator[Any] = (
                [*row, *rest] for row, rest in zip(batch.rows, zip(*columns, strict=True), strict=True)
            )
        else:
            lines = zip(*kept, *columns, strict=True)
        if self.layout.skip and failures:
            lines = (line for position, line in enumerate(lines) if position not in failures)
        self._write(lines)

    def _write(self, rows: Iterable[Iterable[str]]) -> None:
        import csv
        import io

        rows = list(rows)
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=self.delimiter, lineterminator="\n").writerows(rows)
        text = stream.getvalue()
        if "\r" in text:  # Python before 3.13 puts it in quotes only where lines end in it
            lines = _Lines()
            csv.writer(lines, delimiter=self.delimiter, lineterminator="\r\n").writerows(rows)
            text = "".join(lines)
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
        table = _without_failures(table, results, layout)
        sink = pa.BufferOutputStream()
        options = csv.WriteOptions(include_header=False, quoting_style="none", delimiter=self.delimiter)
        try:
            csv.write_csv(table, sink, options)
        except pa.ArrowInvalid:
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
        array, absent = batch.floats(name)
        return shortest(array, () if absent is None else absent.nonzero()[0].tolist())
    if types.is_dictionary(column.type) and types.is_string(column.type.value_type):
        return column.cast(pa.string())
    return texts([None if value is None else _text(value) for value in batch.values(name)])


class _Lines(list[str]):
    """Collects the lines that csv.writer writes, each with one call; they end in \\n alone."""

    def write(self, line: str) -> None:
        self.append(line[:-2] + "\n")


class JsonWriter(Writer):
    """JSON lines: an object per row."""

    def begin(self, source: Reader) -> None:
        _refuse_namesakes(source, self.layout)

    def write(self, results: Results) -> None:
        encode = _encoder()
        batch, failures, layout = results.batch, results.failures, self.layout
        columns = results.lists()
        if layout.status:
            columns.append(results.statuses())
        names = layout.names[len(layout.kept) :]
        computed = frozenset(names)
        lines = []
        for position, (kept, numbers) in enumerate(zip(self._kept(batch), zip(*columns, strict=True), strict=True)):
            if layout.skip and position in failures:
                continue
            if not computed.isdisjoint(kept):  # a name that the first row has not
                name = next(name for name in names if name in kept)
                raise DataError(f"{batch.row(position)} has a {name} already", hint="--keep none leaves it out")
            kept.update(zip(names, numbers, strict=True))
            try:
                lines.append(_spelled(kept, encode) + "\n")
            except RecursionError:
                raise DataError(f"{batch.row(position)} is nested too deeply") from None
        self.stream.write("".join(lines).encode("utf-8", "backslashreplace"))
        self.stream.flush()

    def _kept(self, batch: Batch) -> Iterator[dict[str, Any]]:
        kept = self.layout.kept
        if isinstance(batch, Records):
            everything = kept == tuple(batch.names)
            for row in batch.rows:
                yield dict(row) if everything else {name: row.get(name) for name in kept}
            return
        columns = [
            map(_json_number, batch.values(name), batch.numbers(name))
            if name in self.layout.numeric
            else batch.values(name)
            for name in kept
        ]
        for values in zip(*columns, strict=True) if columns else ((),) * batch.count:
            yield dict(zip(kept, values, strict=True))


class ArrowWriter(Writer):
    """Parquet, or Arrow's file format (Feather)."""

    def __init__(self, stream: IO[bytes], layout: Layout, format: str) -> None:
        super().__init__(stream, layout)
        self.format = format
        self.file: Any = None
        self.schema: Any = None

    def begin(self, source: Reader) -> None:
        pa = arrow()
        _refuse_namesakes(source, self.layout)
        fields = []
        for name in self.layout.kept:
            if source.schema is not None:
                fields.append(source.schema.field(name))
            else:
                fields.append(pa.field(name, pa.float64() if name in self.layout.numeric else pa.string()))
        fields += [pa.field(name, pa.float64()) for name in self.layout.outputs]
        if self.layout.status:
            fields.append(pa.field(STATUS, pa.string()))
        self.schema = pa.schema(fields)
        if self.format == "parquet":
            # Results hardly repeat, nor do measurements: looking for repetitions would double the time of the run.
            repetitive = source.repetitive()
            floating = {field.name for field in self.schema if pa.types.is_floating(field.type)}
            columns = [name for name in self.schema.names if name in repetitive or name not in floating]
            self.file = parquet_writer(self.stream, self.schema, columns)
        else:
            self.file = pa.ipc.new_file(self.stream, self.schema)

    def write(self, results: Results) -> None:
        pa = arrow()
        batch = results.batch
        _whole(batch, self.layout)
        columns = [self._kept(pa, batch, name) for name in self.layout.kept]
        table = pa.Table.from_arrays([*columns, *_computed(results, self.layout)], schema=self.schema)
        self.file.write_table(_without_failures(table, results, self.layout))

    def _kept(self, pa: Any, batch: Batch, name: str) -> Any:
        kind = self.schema.field(name).type
        if isinstance(batch, Columns):
            column = batch.table.column(name)
            if name in self.layout.numeric and column.type == pa.string() and kind == pa.float64():
                array, absent = batch.floats(name)  # read from CSV
                return doubles(array, () if absent is None else absent.nonzero()[0].tolist())
        elif name in self.layout.numeric:
            numbers = batch.numbers(name)
            missing = [position for position, number in enumerate(numbers) if number is None]
            column = doubles([0.0 if number is None else number for number in numbers], missing)
        else:
            column = texts([None if value is None else _text(value) for value in batch.values(name)])
        return column if column.type == kind else _fitted(column, kind, name, batch)

    def finish(self) -> None:
        self.file.close()


def _fitted(column: Any, kind: Any, name: str, batch: Batch) -> Any:
    """A column in the type that it has in the first of several files. DataError where that would change it."""
    pa = arrow()
    types = pa.types
    why = "digits would be lost"
    narrow = types.is_floating(kind) and types.is_floating(column.type) and kind.bit_width < column.type.bit_width
    try:
        if not narrow:
            return column.cast(kind)  # imports pyarrow.compute
    except pa.ArrowException as fault:
        why = (str(fault).splitlines() or [""])[0]
    raise DataError(
        f"the column {name} of {batch.origin} is {column.type}, and in the first file {kind}: {why}",
        hint="--keep with the columns wanted leaves it out; a CSV file takes both",
    )


def _refuse_namesakes(source: Reader, layout: Layout) -> None:
    """Refuse columns of one name, which CSV alone can tell apart."""
    for name in layout.kept:
        if layout.kept.count(name) > 1:
            raise DataError(
                f"{source.origin} has several columns {name}",
                hint="--keep with the columns wanted leaves them out; a CSV file takes them all",
            )


def _computed(results: Results, layout: Layout) -> list[Any]:
    """What was computed, as arrays of Arrow; null in rows without a result."""
    missing = list(results.failures)
    columns = [doubles(column, missing) for column in results.columns]
    if layout.status:
        columns.append(texts(results.statuses()))
    return columns


def _without_failures(table: Any, results: Results, layout: Layout) -> Any:
    if layout.skip and results.failures:
        return table.filter(others(results.batch.count, list(results.failures)))
    return table


def writer(stream: IO[bytes], format: str, layout: Layout) -> Writer:
    """The writer of a format."""
    if format in BINARY:
        return ArrowWriter(stream, layout, format)
    if format == "jsonl":
        return JsonWriter(stream, layout)
    return CsvWriter(stream, layout, "\t" if format == "tsv" else ",")


def packed(stream: IO[bytes], path: str) -> IO[bytes]:
    """The stream itself, or one that compresses into it where the file's name asks for that."""
    module = PACKED.get(os.path.splitext(path)[1].lower())
    if module is None:
        return stream
    from importlib import import_module

    opened: IO[bytes] = import_module(module).open(stream, "wb")
    return opened


def _text(value: Any) -> str:
    """A kept value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Written):
        return value.text
    if isinstance(value, (dict, list)):
        return _spelled(value, _encoder())
    return _plain(value)


def _plain(value: Any) -> str:
    """What neither CSV nor JSON has a spelling for. Bytes are mostly texts that are not marked as such."""
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _encoder() -> Callable[[Any], str]:
    """What spells a value in JSON."""
    import json

    return json.JSONEncoder(ensure_ascii=False, default=_plain).encode


def _spelled(value: Any, encode: Callable[[Any], str]) -> str:
    """A value in JSON; numbers that were read from JSON as they were written there. Raises RecursionError
    where lists are nested too deeply."""
    kind = type(value)
    if kind is Written:
        text: str = value.text
        return text
    if kind is dict:
        return "{" + ", ".join([f"{encode(name)}: {_spelled(item, encode)}" for name, item in value.items()]) + "}"
    if kind is float and value - value != 0:
        return encode(_json_number(value, value))  # else it would be NaN, which is no JSON
    if kind is list:
        return "[" + ", ".join([_spelled(item, encode) for item in value]) + "]"
    return encode(value)


def _json_number(value: Any, number: float | None) -> Any:
    """A variable's kept *value*, which is *number*, as JSON has it: with its own digits where it has some, whole ones
    without a point; what JSON cannot say as text."""
    if number is None:
        return None
    if isinstance(value, int):
        return value
    if not isinstance(value, float):
        text = str(value).strip()
        if _JSON_NUMBER.fullmatch(text) and text != "-0":  # a whole number to many readers, which has no sign
            return Written(text)
    if number - number != 0:
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    whole = number == int(number) and abs(number) < 1e15 and repr(number) != "-0.0"
    return int(number) if whole else number
