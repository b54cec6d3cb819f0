"""Data frames of pandas."""

from __future__ import annotations

from typing import Any

from adcli.batch.far import Beside, Columnwise
from adcli.batch.files.arrow import arrow


def map(df: Any, f: Columnwise, **options: Any) -> Any:
    """*df* with the results of *f* as further columns, its index and its own columns as they are; *options* are those
    of `batch`. A missing result is NaN."""
    pa = arrow()
    named = {str(name): name for name in df.columns}
    beside = Beside(list(named), f, options)
    table = pa.table({name: _column(pa, df[named[name]]) for name in beside.used})
    found, stays = beside.results(table)
    kept = df[[named[name] for name in beside.kept]]
    columns = {
        name: column.to_numpy() if pa.types.is_floating(column.type) else column.to_pandas().to_numpy()
        for name, column in zip(found.column_names, found.columns, strict=True)
    }
    kept = kept.assign(**columns)
    return kept if stays is None else kept[stays.to_numpy()]


def _column(pa: Any, series: Any) -> Any:
    """A column as one of Arrow; where it holds all sorts of things, their texts."""
    try:
        return pa.array(series, from_pandas=True)
    except pa.ArrowException:
        absent = series.isna()
        return pa.array([None if gone else str(value) for gone, value in zip(absent, series, strict=True)])
