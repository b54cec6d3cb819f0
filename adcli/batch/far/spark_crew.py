"""The executors of Spark: each part is a job of one task, so that one that fails leaves the others alone."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from pyspark.sql import SparkSession

FAILURES = 4
"""How often a task may fail, as when its executor is lost, before its job is given up."""


@contextmanager
def crew(scheme: str, address: str) -> Iterator[tuple[Any, float]]:
    """What has a task done by an executor, and how many there are."""
    mine = SparkSession.getActiveSession() is None
    builder = SparkSession.builder.appName("adcli")
    if scheme == "spark-connect":
        session = builder.remote(
            address.replace("spark-connect://", "sc://") or os.environ.get("SPARK_REMOTE", "local")
        ).getOrCreate()
    else:
        if not address:  # workers of this machine have this Python
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.master(address or f"local[*,{FAILURES}]").config("spark.ui.enabled", "false")
        session = builder.config("spark.task.maxFailures", FAILURES).getOrCreate()
    workers = 4 if scheme == "spark-connect" else max(1, session.sparkContext.defaultParallelism)

    def done(task: Any, args: tuple[Any, ...]) -> Any:
        def answered(batches: Any) -> Iterator[Any]:
            import pyarrow as pa

            for batch in batches:
                if batch.num_rows:
                    yield pa.RecordBatch.from_pydict({"outcome": pa.array([pickle.dumps(task(*args))], pa.binary())})

        frame = session.range(0, 1, 1, 1).mapInArrow(answered, "outcome binary")
        return pickle.loads(bytes(frame.collect()[0].outcome))

    pool = ThreadPoolExecutor(workers)
    try:
        yield (lambda task, *args: pool.submit(done, task, args)), workers / 2
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        if mine:
            session.stop()
