"""The workers of Dask."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import dask
from distributed import Client, LocalCluster, wait

from adcli.batch.far import trees
from adcli.batch.tally import Tally, Task, Told, lost

RETRIES = 2
"""How often a task is tried again that has failed by no fault of its own; Dask itself moves those of lost workers."""
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
}
"""What Dask's processes watch besides their work takes 3 % of a processor each, for a dashboard that is not there."""


class DaskCrew:
    """Those of one scheduler. Results stay with the workers until somebody asks for them."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor(retries=RETRIES, pure=False)
        self.workers: float = max(1, sum(client.nthreads().values()))

    def submit(self, task: Task, state: bytes, part: Any) -> Future[Any]:
        """Have a part done by one."""
        found: Future[Any] = self._executor.submit(task, state, part)
        return found

    def total(self, task: Task, state: bytes, parts: Sequence[Any], told: Told) -> Tally:
        """Have all parts done, and their tallies joined."""
        return trees.total(self, task, state, parts, told, self.workers)

    def place(self, task: Task, state: bytes, part: Any) -> Any:
        """A future of Dask's own, which can be an argument."""
        return self._client.submit(task, state, part, retries=RETRIES, pure=False)

    def join(self, origins: Sequence[str], handles: Sequence[Any]) -> Any:
        """Where the tallies lie."""
        return self._client.submit(trees.together, *handles, retries=RETRIES, pure=False)

    def ready(self, handles: Sequence[Any]) -> Sequence[Any]:
        """Those that are done, or given up."""
        with self._client.as_current():
            return list(wait(handles, return_when="FIRST_COMPLETED").done)

    def settled(self, origin: str, handle: Any) -> Any:
        """A task that is given up would take those down that it is an argument of."""
        return handle if handle.status != "error" else lost(origin, handle.exception())

    def brought(self, origin: str, handle: Any) -> Tally:
        """From the worker that has it."""
        return trees.brought(origin, handle, lambda future: future.result())


@contextmanager
def crew(scheme: str, address: str) -> Iterator[DaskCrew]:
    """The workers of a scheduler, or of this machine."""
    cluster = None
    if address:
        client = Client(address.replace("dask://", "tcp://"), set_as_default=False)
    else:
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        with dask.config.set(QUIET):
            cluster = LocalCluster(n_workers=processors, threads_per_worker=1, dashboard_address=None, silence_logs=40)
        client = Client(cluster, set_as_default=False)
    try:
        yield DaskCrew(client)
    finally:
        client.close()
        if cluster is not None:
            cluster.close()
