"""The workers of Dask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from distributed import Client, LocalCluster

RETRIES = 2
"""How often a task is tried again that has failed by no fault of its own; Dask itself moves those of lost workers."""


@contextmanager
def crew(scheme: str, address: str) -> Iterator[tuple[Any, float]]:
    """What has a task done by a worker, and how many there are."""
    import os

    cluster = None
    if address:
        client = Client(address.replace("dask://", "tcp://"), set_as_default=False)
    else:
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        cluster = LocalCluster(n_workers=processors, threads_per_worker=1, dashboard_address=None, silence_logs=40)
        client = Client(cluster, set_as_default=False)
    try:
        executor = client.get_executor(retries=RETRIES, pure=False)
        yield executor.submit, max(1, sum(client.nthreads().values()))
    finally:
        client.close()
        if cluster is not None:
            cluster.close()
