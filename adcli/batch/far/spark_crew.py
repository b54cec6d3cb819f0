"""The executors of Spark: a part is a job of one task, so that one that fails leaves the others alone; totals are jobs
of many."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from pyspark.sql import SparkSession

from adcli.batch.far.trees import FAN
from adcli.batch.tally import Tally, Task, Told, joined, lost

FAILURES = 4
"""How often a task may fail, as when its executor is lost, before its job is given up."""
WAVE = 64
"""Parts for each executor that are one job."""


class SparkCrew:
    """Those of one session, `workers` of them."""

    def __init__(self, session: Any, workers: float) -> None:
        self._session = session
        self.workers = workers / 2  # two jobs for each, which wait for each other
        self._pool = ThreadPoolExecutor(int(workers))

    def submit(self, task: Task, state: bytes, part: Any) -> Future[Any]:
        """Have a part done by one."""
        return self._pool.submit(lambda: _one(self._frame(1, lambda place: task(state, part))))

    def total(self, task: Task, state: bytes, parts: Sequence[Any], told: Told) -> Tally:
        """Have all parts done, wave by wave, and their tallies joined."""
        found = Tally()
        wave = int(WAVE * 2 * self.workers)
        for start in range(0, len(parts), wave):
            some = parts[start : start + wave]
            found.merge(self._tree(task, state, some))
            told(len(some))
        return found

    def _tree(self, task: Task, state: bytes, parts: Sequence[Any]) -> Tally:
        """A part is a task, and so is the join of each few, until there is one. Where such a job is given up, one task
        has taken all down, and each part is a job of its own."""
        frame, span = self._frame(len(parts), lambda place: task(state, parts[place])), 1
        while span < len(parts):
            span *= FAN
            groups = (frame.place / span).cast("long")
            frame = frame.repartition(-(-len(parts) // span), groups).mapInArrow(_joining(span), SCHEMA)
        try:
            found: Tally = _one(frame)
        except Exception:  # whichever: the parts tell it themselves
            found = joined(self._alone(task, state, part) for part in parts)
        return found

    def _alone(self, task: Task, state: bytes, part: Any) -> Tally:
        try:
            found: Tally = self.submit(task, state, part).result()
        except Exception as fault:  # of Spark, or of Java
            return lost(part.origin, fault)
        return found

    def _frame(self, count: int, done: Callable[[int], Any]) -> Any:
        """A row for each of some places, with what is done there, pickled; each is a task."""

        def answered(batches: Any) -> Iterator[Any]:
            for batch in batches:
                for place in batch.column(0).to_pylist():
                    yield _row(place, done(place))

        return self._session.range(0, count, 1, count).mapInArrow(answered, SCHEMA)

    def close(self) -> None:
        """Begin nothing any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


SCHEMA = "place long, outcome binary"


def _row(place: int, outcome: Any) -> Any:
    import pyarrow as pa

    columns = {"place": pa.array([place], pa.int64()), "outcome": pa.array([pickle.dumps(outcome)], pa.binary())}
    return pa.RecordBatch.from_pydict(columns)


def _one(frame: Any) -> Any:
    """What the only row of a frame says."""
    return pickle.loads(bytes(frame.collect()[0].outcome))


def _joining(span: int) -> Callable[[Any], Iterator[Any]]:
    """What joins the tallies of each *span* of places, in their order, whichever came first."""

    def answered(batches: Any) -> Iterator[Any]:
        rows = sorted((row["place"], row["outcome"]) for batch in batches for row in batch.to_pylist())
        for group, some in groupby(rows, lambda row: row[0] // span):
            yield _row(group * span, joined(pickle.loads(outcome) for _, outcome in some))

    return answered


@contextmanager
def crew(scheme: str, address: str) -> Iterator[SparkCrew]:
    """The executors of a cluster, or of this machine."""
    mine = SparkSession.getActiveSession() is None
    builder = SparkSession.builder.appName("adcli")
    if scheme == "spark-connect":
        session = builder.remote(
            address.replace("spark-connect://", "sc://") or os.environ.get("SPARK_REMOTE", "local")
        ).getOrCreate()
        _ = session.version  # only now somebody is asked
    else:
        if not address:  # workers of this machine have this Python
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.master(address or f"local[*,{FAILURES}]").config("spark.ui.enabled", "false")
        session = builder.config("spark.task.maxFailures", FAILURES).getOrCreate()
    found = SparkCrew(session, 4 if scheme == "spark-connect" else max(1, session.sparkContext.defaultParallelism))
    try:
        yield found
    finally:
        found.close()
        if mine:
            session.stop()
