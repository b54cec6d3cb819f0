"""Parquet, and Arrow's files and streams."""

from __future__ import annotations

import io
import re
from array import array
from collections.abc import Sequence
from typing import IO, Any

from adcli.batch.files import spelled
from adcli.batch.files.arrow import arrow, doubles, faults, first_line, one_by_one, parquet_writer, texts
from adcli.batch.files.batches import MOST_BYTES, Batch, Columns, Records
from adcli.batch.files.paths import CountingStream
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import Layout, Results, Writer, refuse_namesakes, refuse_surplus, without_failures
from adcli.errors import DataError
from adcli.language.arrays.names import Shape

GROUP = 1 << 20
"""Rows of a Parquet file's group, unless they take more than MOST_BYTES."""

_WHOLE = re.compile(r"-?[1-9][0-9]{0,17}|0")


class ArrowWriter(Writer):
    """Kept columns have the types that they have where they come from; of text, whole numbers are told from others."""

    def __init__(self, stream: IO[bytes], layout: Layout, format: str) -> None:
        super().__init__(stream, layout)
        self.format = format
        self.file: Any = None
        self.schema: Any = None
        self.source: Any = None
        self.origin = ""
        self.waiting: list[Any] = []
        self.dictionaries: dict[str, Any] = {}

    def begin(self, source: Reader) -> None:
        refuse_namesakes(source, self.layout)
        self.source, self.origin = source, source.origin
        if source.schema is not None:
            self._open(None)

    def _open(self, batch: Batch | None) -> None:
        """Begin the file; *batch* shows which types the columns of text have."""
        pa = arrow()
        typed = self.source.schema
        if typed is not None:
            fields = [self._storable(pa, typed.field(name)) for name in self.layout.kept]
        else:
            fields = [pa.field(name, self._type_of(pa, name, batch)) for name in self.layout.kept]
        fields += [pa.field(group.name, _kind(pa, group.shape)) for group in self.layout.groups]
        fields += [pa.field(name, pa.string()) for name in self.layout.status]
        # What the schema says of the whole (a data frame's index, a map's columns) holds while all columns are there.
        whole = typed is not None and self.layout.everything
        self.schema = pa.schema(fields, metadata=typed.metadata if whole else None)
        try:
            self.file = self._file(pa)
        except pa.ArrowException as fault:
            raise DataError(
                f"{self._culprit(pa)} of {self.origin} cannot be written: {first_line(fault)}",
                hint="--keep with the columns wanted leaves it out",
            ) from None

    def _file(self, pa: Any) -> Any:
        sink = CountingStream(self.stream)
        if self.format == "parquet":
            # Results hardly repeat, nor do measurements: looking for repetitions would double the time of the run.
            repetitive = self.source.repetitive()
            floating = {field.name for field in self.schema if pa.types.is_floating(field.type)}
            columns = [name for name in self.schema.names if name in repetitive or name not in floating]
            return parquet_writer(sink, self.schema, columns)
        if self.format == "arrows":
            return pa.ipc.new_stream(sink, self.schema)
        return pa.ipc.new_file(sink, self.schema, options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True))

    def _culprit(self, pa: Any) -> str:
        """Which column cannot be written."""
        for field in self.schema:
            try:
                parquet_writer(io.BytesIO(), pa.schema([field]), [])
            except pa.ArrowException:
                return f"the column {field.name}"
        return "a column"

    def _storable(self, pa: Any, field: Any) -> Any:
        """A column's field, in a type that the format has."""
        if self.format == "parquet" and pa.types.is_run_end_encoded(field.type):
            return field.with_type(field.type.value_type)
        return field

    def _type_of(self, pa: Any, name: str, batch: Batch | None) -> Any:
        if name in self.layout.numeric:
            return pa.float64()
        values = [] if batch is None else [value for value in batch.values(name) if value not in (None, "")]
        if isinstance(batch, Records):
            whole = all(type(value) is int and -(2**63) <= value < 2**63 for value in values)
        else:
            whole = all(map(_WHOLE.fullmatch, values))
        return pa.int64() if values and whole else pa.string()

    def write(self, results: Results) -> None:
        pa = arrow()
        batch = results.batch
        if self.file is None:
            self._open(batch)
        refuse_surplus(batch, self.layout)
        columns = [self._kept(pa, batch, name) for name in self.layout.kept]
        missing = list(results.failures)
        for group in self.layout.groups:
            columns.append(_column(pa, [results.columns[place] for place in group.places], group.shape, missing))
        columns += [texts(results.statuses())] if self.layout.status else []
        with faults(f"{batch.row(0)} or one after it", writing=True):
            table = without_failures(pa.Table.from_arrays(columns, schema=self.schema), results, self.layout)
            self.waiting.append(table)
            if (
                self.format != "parquet"
                or sum(table.num_rows for table in self.waiting) >= GROUP
                or sum(table.nbytes for table in self.waiting) >= MOST_BYTES
            ):
                self._flush(pa)

    def _flush(self, pa: Any) -> None:
        if self.waiting:
            self.file.write_table(pa.concat_tables(self.waiting), GROUP)
            self.waiting = []

    def finish(self) -> None:
        pa = arrow()
        if self.file is None:
            self._open(None)
        with faults(self.origin, writing=True):
            self._flush(pa)
            self.file.close()

    # Kept columns

    def _kept(self, pa: Any, batch: Batch, name: str) -> Any:
        field = self.schema.field(name)
        kind = field.type
        with faults(f"the column {name} of {batch.origin}", writing=True):
            column = self._column(pa, batch, name, kind)
            if column.null_count and not field.nullable:
                raise DataError(
                    f"the column {name} of {batch.origin} lacks values, which those of {self.origin} may not"
                )
            return self._growing(pa, name, column) if self.format == "arrow" else column

    def _column(self, pa: Any, batch: Batch, name: str, kind: Any) -> Any:
        """A kept column in the type of the output. DataError where that would change it."""
        types = pa.types
        if isinstance(batch, Columns) and (batch.typed or kind == pa.string()):
            column = batch.table.column(name)
            if not types.is_run_end_encoded(kind):
                column = one_by_one(column)
            if column.type == kind:
                return column
            if _plain(types, column.type) == _plain(types, kind) or types.is_null(column.type):
                return column.cast(kind)  # imports pyarrow.compute
            raise self._differing(batch, name, str(column.type), kind)
        if kind == pa.float64() and name in self.layout.numeric:
            return self._numbers(batch, name)
        if types.is_integer(kind):
            return self._integers(pa, batch, name, kind)
        if kind == pa.string():
            values = batch.values(name)
            found = spelled.column(batch, name)
            return texts([None if value is None else text for value, text in zip(values, found, strict=True)])
        raise self._differing(batch, name, "text", kind)

    def _differing(self, batch: Batch, name: str, found: str, kind: Any) -> DataError:
        return DataError(
            f"the column {name} of {batch.origin} is {found}, and in {self.origin} {kind}",
            hint="--keep with the columns wanted leaves it out; a CSV file takes both",
        )

    def _numbers(self, batch: Batch, name: str) -> Any:
        """A variable; DataError where a whole number has more digits than a double."""
        found = batch.floats(name) if isinstance(batch, Columns) else batch.numbers(name)
        absent = found.absent
        if max(map(abs, found.values), default=0.0) >= 2**53:
            for position, (value, number) in enumerate(zip(batch.values(name), found.values, strict=True)):
                if _digits_lost(value, number) and position not in absent:
                    raise DataError(
                        f"{batch.row(position)}: {name} is {value}, which a column of doubles cannot hold",
                        hint="--keep with the columns wanted leaves it out; CSV and JSON lines take it",
                    )
        return doubles(found.values, absent)

    def _integers(self, pa: Any, batch: Batch, name: str, kind: Any) -> Any:
        """Texts of whole numbers, or those of JSON, as such; DataError at the first that is none."""
        found: list[int | None] = []
        for position, value in enumerate(batch.values(name)):
            if value is None or value == "":
                found.append(None)
            elif type(value) is int or (isinstance(value, str) and _WHOLE.fullmatch(value)):
                found.append(int(value))
            else:
                raise DataError(
                    f"{batch.row(position)}: {name} is {spelled.text(value)!r}, and all before it are whole numbers",
                    hint="--keep with the columns wanted leaves it out; CSV and JSON lines take both",
                )
        return pa.array(found, kind)

    def _growing(self, pa: Any, name: str, column: Any) -> Any:
        """A column of Arrow's file format, which has one dictionary for all batches, to which each may only add."""
        kind = column.type
        if not pa.types.is_dictionary(kind):
            return column
        import pyarrow.compute as pc

        chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
        known = self.dictionaries.get(name)
        for chunk in chunks:
            if known is None:
                known = chunk.dictionary
            elif not chunk.dictionary.equals(known):
                known = pa.concat_arrays([known, chunk.dictionary.filter(pc.invert(pc.is_in(chunk.dictionary, known)))])
        self.dictionaries[name] = known
        found = []
        for chunk in chunks:
            indices = chunk.indices
            if not chunk.dictionary.equals(known):
                indices = pc.index_in(chunk.dictionary, known).take(indices).cast(kind.index_type)
            found.append(pa.DictionaryArray.from_arrays(indices, known, ordered=kind.ordered))
        return pa.chunked_array(found, kind)


def _kind(pa: Any, shape: Shape) -> Any:
    """The type of numbers, or of lists of them."""
    kind = pa.float64()
    for size in reversed(shape):
        kind = pa.list_(kind, size)
    return kind


def _column(pa: Any, columns: Sequence[Any], shape: Shape, missing: Sequence[int]) -> Any:
    """What was computed, as one column: copied, as engines compute the next batch where they have computed this one."""
    if not shape:
        (column,) = columns
        return doubles(column.copy() if hasattr(column, "dtype") else column, missing)
    count, size = len(columns[0]), len(columns)
    flat = array("d", bytes(8 * count * size))
    for place, column in enumerate(columns):
        flat[place::size] = array("d", column.tolist() if hasattr(column, "tolist") else column)
    found = doubles(flat)
    for inner in reversed(shape[1:]):
        found = pa.FixedSizeListArray.from_arrays(found, inner)
    mask = None
    if missing:
        lost = set(missing)
        mask = pa.array([i in lost for i in range(count)], pa.bool_())
    return pa.FixedSizeListArray.from_arrays(found, shape[0], mask=mask)


def _plain(types: Any, kind: Any) -> str:
    """A type without what only says how its values are stored."""
    if types.is_dictionary(kind):
        kind = kind.value_type
    return {"large_string": "string", "string_view": "string", "large_binary": "binary", "binary_view": "binary"}.get(
        str(kind), str(kind)
    )


def _digits_lost(value: Any, number: float) -> bool:
    if isinstance(value, str):
        return value.strip().lstrip("+-").isdecimal() and int(value) != float(number)  # compared exactly
    return isinstance(value, int) and value != float(number)
