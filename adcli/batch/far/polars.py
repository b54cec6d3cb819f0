"""Data frames of Polars, lazy ones too."""

from __future__ import annotations

from typing import Any

from adcli.batch.far import Beside, Columnwise


def map(df: Any, f: Columnwise, **options: Any) -> Any:
    """*df* with the results of *f* as further columns; *options* are those of `batch`. A LazyFrame is answered while it
    is collected, piece by piece where that streams."""
    import polars

    if isinstance(df, polars.LazyFrame):
        shape = map(polars.DataFrame(schema=df.collect_schema()), f, **options).schema
        return df.map_batches(
            lambda piece: map(piece, f, **options),
            schema=shape,
            streamable=True,
            projection_pushdown=False,  # whoever selects results alone needs the variables nevertheless
            predicate_pushdown=False,
            slice_pushdown=options.get("on_error") != "skip",
        )
    beside = Beside(df.columns, f, options)
    found, stays = beside.results(df.select(beside.used).to_arrow())
    whole = df.select(beside.kept).hstack(polars.from_arrow(found, rechunk=True))
    return whole if stays is None else whole.filter(polars.from_arrow(stays))
