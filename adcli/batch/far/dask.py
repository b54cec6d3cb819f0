"""Data frames of Dask."""

from __future__ import annotations

from typing import Any

from adcli.batch.far import Columnwise
from adcli.batch.far.pandas import map as answered


def map(ddf: Any, f: Columnwise, **options: Any) -> Any:
    """*ddf* with the results of *f* as further columns, partition by partition where they lie; *options* are those of
    `batch`."""
    return ddf.map_partitions(answered, f, meta=answered(ddf._meta, f, **options), **options)
