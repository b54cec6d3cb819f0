"""Results as tables of Arrow: kept columns in the types that they have, and what was computed."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import Any

from adcli.batch.files import spelled
from adcli.batch.files.arrow import arrow, doubles, faults, one_by_one, sparse, texts
from adcli.batch.files.batches import Batch, Columns, Records
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import Layout, Results, refuse_namesakes, refuse_surplus, without_failures
from adcli.errors import DataError
from adcli.language.arrays.names import Shape

_WHOLE = re.compile(r"-?[1-9][0-9]{0,17}|0")


class Tables:
    """What makes them. Kept columns have the types that they have where they come from; of text, whole numbers are
    told from others by the first *batch*, which `schema` needs where *source* has no types."""

    def __init__(self, source: Reader, layout: Layout, format: str = "arrow", batch: Batch | None = None) -> None:
        refuse_namesakes(source, layout)
        pa = arrow()
        self.layout = layout
        self.format = format
        self.origin = source.origin
        self.dictionaries: dict[str, Any] = {}
        typed = source.schema
        if typed is not None:
            fields = [self._storable(pa, typed.field(name)) for name in layout.kept]
        else:
            fields = [pa.field(name, self._type_of(pa, name, batch)) for name in layout.kept]
        fields += [pa.field(group.name, kind_of(group.shape)) for group in layout.groups]
        fields += [pa.field(name, pa.string()) for name in layout.status]
        # What the schema says of the whole (a data frame's index, a map's columns) holds while all columns are there.
        whole = typed is not None and layout.everything
        self.schema: Any = pa.schema(fields, metadata=typed.metadata if whole else None)

    def table(self, results: Results, kind: Any = None) -> Any:
        """The rows as a table, or as a record batch where that is the *kind* asked for."""
        pa = arrow()
        batch = results.batch
        refuse_surplus(batch, self.layout)
        columns = [self._kept(pa, batch, name) for name in self.layout.kept]
        missing = list(results.failures)
        for group in self.layout.groups:
            columns.append(_column(pa, [results.columns[place] for place in group.places], group.shape, missing))
        columns += [sparse(batch.count, results.failures)] if self.layout.status else []
        with faults(f"{batch.row(0)} or one after it", writing=True):
            table = (kind or pa.Table).from_arrays(columns, schema=self.schema)
            return without_failures(table, results, self.layout)

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
            hint="--union-by-name finds a type for both; --keep with the columns wanted leaves it out; CSV takes both",
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


def kind_of(shape: Shape) -> Any:
    """The type of numbers, or of lists of them."""
    pa = arrow()
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
