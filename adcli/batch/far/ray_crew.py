"""The workers of Ray."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import ray

from adcli.batch.far import trees
from adcli.batch.tally import Tally, Task, Told

RETRIES = 3
"""How often a task is begun again whose worker is lost."""


def gathered(origins: Sequence[str], handles: Sequence[Any]) -> Tally:
    """What handles stand for, joined."""
    return trees.together(*(trees.brought(*each, ray.get) for each in zip(origins, handles, strict=True)))


class RayCrew:
    """Those of one cluster."""

    def __init__(self) -> None:
        self._remote: dict[Any, Any] = {}
        self.workers: float = max(1.0, ray.cluster_resources().get("CPU", 1))

    def _called(self, task: Any, *args: Any) -> Any:
        if task not in self._remote:
            self._remote[task] = ray.remote(task).options(max_retries=RETRIES)
        return self._remote[task].remote(*args)

    def submit(self, task: Task, state: bytes, part: Any) -> Future[Any]:
        """Have a part done by one."""
        found: Future[Any] = self._called(task, state, part).future()
        return found

    def total(self, task: Task, state: bytes, parts: Sequence[Any], told: Told) -> Tally:
        """Have all parts done, and their tallies joined."""
        return trees.total(self, task, state, parts, told, self.workers)

    def place(self, task: Task, state: bytes, part: Any) -> Any:
        """A reference, which can be an argument."""
        return self._called(task, state, part)

    def join(self, origins: Sequence[str], handles: Sequence[Any]) -> Any:
        """References in a list are followed by the task itself, which then sees which of them are lost."""
        return self._called(gathered, list(origins), list(handles))

    def ready(self, handles: Sequence[Any]) -> Sequence[Any]:
        """Those that are done, or given up."""
        found: Sequence[Any] = ray.wait(list(handles), num_returns=1, fetch_local=False)[0]
        return found

    def settled(self, origin: str, handle: Any) -> Any:
        """Whoever follows it sees whether it is lost."""
        return handle

    def brought(self, origin: str, handle: Any) -> Tally:
        """From where it is."""
        return trees.brought(origin, handle, ray.get)


@contextmanager
def crew(scheme: str, address: str) -> Iterator[RayCrew]:
    """The workers of a cluster, or of this machine."""
    mine = not ray.is_initialized()
    if mine:
        local: dict[str, Any] = {"address": address} if address else {"include_dashboard": False}
        ray.init(log_to_driver=False, configure_logging=False, **local)
    try:
        yield RayCrew()
    finally:
        if mine:
            ray.shutdown()
