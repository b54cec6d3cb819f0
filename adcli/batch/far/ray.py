"""Data sets of Ray."""

from __future__ import annotations

from typing import Any

from adcli.batch.far import Columnwise


def map(ds: Any, f: Columnwise, **options: Any) -> Any:
    """*ds* with the results of *f* as further columns, block by block where they lie; *options* are those of
    `batch`."""
    return ds.map_batches(f.batch, batch_format="pyarrow", batch_size=None, zero_copy_batch=True, fn_kwargs=options)
