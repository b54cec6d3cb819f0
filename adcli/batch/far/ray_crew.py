"""The workers of Ray."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ray

RETRIES = 3
"""How often a task is begun again whose worker is lost."""


@contextmanager
def crew(scheme: str, address: str) -> Iterator[tuple[Any, float]]:
    """What has a task done by a worker, and how many there are."""
    mine = not ray.is_initialized()
    if mine:
        local: dict[str, Any] = {"address": address} if address else {"include_dashboard": False}
        ray.init(log_to_driver=False, configure_logging=False, **local)
    try:
        functions: dict[Any, Any] = {}

        def submit(task: Any, *args: Any) -> Any:
            if task not in functions:
                functions[task] = ray.remote(task).options(max_retries=RETRIES)
            return functions[task].remote(*args).future()

        yield submit, max(1.0, ray.cluster_resources().get("CPU", 1))
    finally:
        if mine:
            ray.shutdown()
