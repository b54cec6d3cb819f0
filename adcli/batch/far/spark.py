"""Data frames of Spark, of Spark Connect too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from adcli.batch.far import Columnwise
from adcli.batch.files.arrow import arrow


def map(sdf: Any, f: Columnwise, **options: Any) -> Any:
    """*sdf* with the results of *f* as further columns, by mapInArrow; *options* are those of `batch`. adcli has to be
    installed where the executors run."""
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

    found = f.schema(to_arrow_schema(sdf.schema), **options)
    return sdf.mapInArrow(answering(f, options), from_arrow_schema(_known(found)))


def answering(f: Columnwise, options: Any) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """What Spark calls with the batches of a partition."""

    def answered(batches: Iterable[Any]) -> Iterator[Any]:
        pa = arrow()
        for batch in batches:
            found = f.batch(batch, **options)
            shape = _known(found.schema)
            if shape is not found.schema:
                columns = [column.cast(kind) for column, kind in zip(found.columns, shape.types, strict=True)]
                found = pa.RecordBatch.from_arrays(columns, schema=shape)
            yield found

    return answered


def _known(schema: Any) -> Any:
    """A schema without lists of a fixed size, which Spark has not."""
    pa = arrow()

    def kind(given: Any) -> Any:
        return pa.list_(kind(given.value_type)) if pa.types.is_fixed_size_list(given) else given

    if not any(pa.types.is_fixed_size_list(field.type) for field in schema):
        return schema
    return pa.schema([field.with_type(kind(field.type)) for field in schema], metadata=schema.metadata)
