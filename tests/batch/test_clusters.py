"""`--cluster`: the parts of a data set are done by workers, each row once, whoever dies."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
pytest.importorskip("numpy")

Grad = Callable[..., Result]
FORMULA = "S^2*exp(-S/10)"
PARTS, ROWS = 8, 4_000

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def dask() -> Iterator[tuple[str, Callable[[], list[int]]]]:
    """The address of a cluster of two workers, and what their processes are."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        address = cluster.scheduler_address.replace("tcp://", "dask://")
        yield address, lambda: [worker.pid for worker in cluster.workers.values()]


@pytest.fixture
def spark(spark_session: Any) -> tuple[str, Callable[[], list[int]]]:
    """Spark on this machine, and the Python processes of its executor."""
    psutil = pytest.importorskip("psutil")

    def pids() -> list[int]:
        below = {}
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):  # some end meanwhile
                below[process.pid] = process.ppid(), "pyspark.daemon" in process.cmdline()
        return [pid for pid, (parent, daemon) in below.items() if daemon and below.get(parent, (0, False))[1]]

    return "spark", pids


@pytest.fixture
def ray(ray_session: Any) -> tuple[str, Callable[[], list[int]]]:
    """Ray on this machine, and its workers."""
    psutil = pytest.importorskip("psutil")
    tasks = re.compile("ray::(answer|tallied|gathered)")
    return "ray", lambda: [p.pid for p in psutil.process_iter(["cmdline"]) if tasks.search(str(p.info["cmdline"]))]


@pytest.fixture(params=["dask", "spark", "ray"])
def workers(request: pytest.FixtureRequest) -> Any:
    """Each kind of cluster."""
    return request.getfixturevalue(request.param)


def lake() -> None:
    """Parts that take some time."""
    Path("lake").mkdir()
    for number in range(PARTS):
        ids = range(number * ROWS, (number + 1) * ROWS)
        table = pa.table({"id": list(ids), "S": [i / 1000 for i in ids]})
        pq.write_table(table, f"lake/{number}.parquet")


def hold_complete(folder: str) -> None:
    """Each row is there once, with its derivative."""
    import math

    tables = [pq.ParquetFile(path).read() for path in sorted(Path(folder).glob("*.parquet"))]
    found = sorted(
        (i, d) for table in tables for i, d in zip(*table.select(["id", "d_S"]).to_pydict().values(), strict=True)
    )
    assert [i for i, _ in found] == list(range(PARTS * ROWS))
    for i, slope in found[:: ROWS // 7]:
        S = i / 1000
        assert slope == pytest.approx((2 * S - S * S / 10) * math.exp(-S / 10), rel=1e-13)
    assert json.loads(Path(folder, "_adcli.json").read_text())["complete"]


def test_parts_are_done_by_workers(grad: Grad, workers: Any) -> None:
    """Rows, totals, and the one part that fails are what they are without a cluster."""
    address, _ = workers
    lake()
    words = ("--data", "lake", "--cluster", address)
    done = grad(*words, "-o", "out/", formula=FORMULA)
    hold_complete("out")
    assert done.stderr == ""
    alone = grad("--data", "lake", "--reduce", "sum", formula=FORMULA).stdout
    assert grad(*words, "--reduce", "sum", formula=FORMULA).stdout == alone
    many = [word for path in sorted(Path("lake").iterdir()) for word in ("--data", str(path))] * 3
    assert (
        grad(*many, "--cluster", address, "--reduce", "mean", formula=FORMULA).stdout
        == grad("--data", "lake", "--reduce", "mean", formula=FORMULA).stdout
    )
    Path("lake/3.parquet").write_bytes(Path("lake/3.parquet").read_bytes()[:-9])
    failed = grad(*words, "-o", "new/", formula=FORMULA, exit=4)
    assert "lake/3.parquet is no Parquet file, or is cut off" in failed.stderr
    assert "1 of 8 parts failed" in failed.stderr
    assert len(list(Path("new").glob("*.parquet"))) == PARTS - 1
    failed = grad(*words, "--reduce", "sum", formula=FORMULA, exit=4)
    assert "lake/3.parquet is no Parquet file, or is cut off" in failed.stderr
    assert "1 of 8 parts failed" in failed.stderr
    stopped = grad(*words, "-o", "last/", "--on-error", "stop", formula="1/(S - 1)", exit=4)
    assert "2 of 8 parts failed" in stopped.stderr


@contextmanager
def killing(pids: Callable[[], list[int]], due: Callable[[], bool]) -> Iterator[None]:
    """Kill a worker as soon as it is due."""
    killed = []
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.01):
            if due() and (found := pids()):
                os.kill(found[0], signal.SIGKILL)
                killed.append(found[0])
                return

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        done.set()
        killer.join()
    assert killed


def test_a_worker_may_die(grad: Grad, workers: Any) -> None:
    """Its parts are done by others, and each row stands once."""
    address, pids = workers
    lake()
    with killing(pids, lambda: any(Path("out").glob("*.parquet"))):
        grad("--data", "lake", "--cluster", address, "-o", "out/", "--engine", "python", formula=FORMULA)
    hold_complete("out")


def test_a_worker_may_die_while_totals_are_joined(grad: Grad, workers: Any) -> None:
    """What lay with it is done again, and each row counts once."""
    address, pids = workers
    lake()
    many = [word for path in sorted(Path("lake").iterdir()) for word in ("--data", str(path))] * 6
    words = (*many, "--reduce", "sum", "--engine", "python")
    alone = grad(*words, formula=FORMULA).stdout
    begun = time.monotonic()
    with killing(pids, lambda: time.monotonic() > begun + 0.3):
        assert grad(*words, "--cluster", address, formula=FORMULA).stdout == alone


@pytest.mark.parametrize("scheme", ["dask", "ray", "spark", "spark-connect"])
def test_nobody_at_the_address_is_an_error(grad: Grad, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """It names the address, at once; nothing was written, and no lock stays."""
    from types import SimpleNamespace

    lake()
    monkeypatch.setitem(sys.modules, f"adcli.batch.far.{scheme.partition('-')[0]}_crew", SimpleNamespace())
    failed = grad("--data", "lake", "--cluster", f"{scheme}://127.0.0.1:9", "-o", "out/", formula=FORMULA, exit=4)
    assert f"cannot reach {scheme}://127.0.0.1:9: connection refused" in failed.stderr
    assert not [path for path in Path("out").rglob("*") if path.name != "_adcli.unfinished.json"]


@pytest.mark.parametrize("address", ["spark-connect://host:15002/;token=hush", "ray://me:hush@host:1"])
def test_credentials_in_an_address_are_refused_and_not_repeated(grad: Grad, address: str) -> None:
    """They would be told in errors and lists of processes."""
    lake()
    failed = grad("--data", "lake", "--cluster", address, "-o", "out/", formula=FORMULA, exit=2)
    assert "taken from the environment" in failed.stderr
    assert "hush" not in failed.stderr


@pytest.mark.parametrize("fault", [Exception("The current node timed out during startup."), OSError("no route")])
def test_workers_that_do_not_begin_are_an_error(grad: Grad, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    """Whatever the engine raises then."""
    from types import SimpleNamespace

    def crew(scheme: str, address: str) -> Any:
        raise fault

    lake()
    monkeypatch.setitem(sys.modules, "adcli.batch.far.ray_crew", SimpleNamespace(crew=crew))
    failed = grad("--data", "lake", "--cluster", "ray", "-o", "out/", formula=FORMULA, exit=4)
    assert f"cannot reach ray: {fault}" in failed.stderr


class Unreliable(ThreadPoolExecutor):
    """Workers of which those that have one part die again and again."""

    workers = 2

    def submit(self, task: Any, state: bytes, part: Any) -> Future[Any]:  # type: ignore[override]
        def done() -> Any:
            if part.origin.endswith("2.parquet"):
                raise ConnectionError("the worker that had it is lost")
            return task(state, part)

        return super().submit(done)


def test_a_part_that_kills_all_its_workers_is_named(grad: Grad, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is kept, and going on does what is missing."""

    @contextmanager
    def crew(address: str) -> Iterator[Any]:
        with Unreliable(2) as pool:
            yield pool

    lake()
    monkeypatch.setattr("adcli.batch.far.crews.crew", crew)
    failed = grad("--data", "lake", "--cluster", "dask", "-o", "out/", formula=FORMULA, exit=4)
    assert "lake/2.parquet: no worker has finished it: ConnectionError: the worker that had it is lost" in failed.stderr
    assert "7 stand in out/; --resume goes on with the rest" in failed.stderr
    grad("--data", "lake", "-o", "out/", "--resume", formula=FORMULA)
    hold_complete("out")


def test_a_large_file_is_many_parts(grad: Grad, workers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its groups of rows are shared out; rows keep their numbers, and totals are those of the file."""
    address, _ = workers
    Path("lake").mkdir()
    table = pa.table({"id": list(range(PARTS * ROWS)), "S": [i / 1000 for i in range(PARTS * ROWS)]})
    pq.write_table(table, "lake/all.parquet", row_group_size=ROWS)
    monkeypatch.setattr("adcli.cli.datasets.PIECE", Path("lake/all.parquet").stat().st_size // PARTS)
    words = ("--data", "lake", "--cluster", address)
    grad(*words, "-o", "out/", formula=FORMULA)
    assert sorted(path.name for path in Path("out").glob("*.parquet")) == [f"all.{i:05}.parquet" for i in range(PARTS)]
    hold_complete("out")
    alone = grad("--data", "lake", "--reduce", "sum", formula=FORMULA).stdout
    assert grad(*words, "--reduce", "sum", formula=FORMULA).stdout == alone
    stopped = grad(*words, "-o", "new/", "--on-error", "stop", formula="1/(S - 31)", exit=3)
    assert "row 31001 of lake/all.parquet" in stopped.stderr
    assert "1 of 8 parts failed" in stopped.stderr
    stopped = grad(*words, "--reduce", "sum", formula="1/(S - 31)", exit=3)
    assert "row 31001 of lake/all.parquet" in stopped.stderr


@pytest.mark.parametrize("scheme", ["dask", "ray", "spark", "spark-connect"])
def test_an_engine_that_is_missing_is_said(grad: Grad, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """With the extra that brings it."""
    lake()
    for package in ("distributed", "ray", "pyspark", "pyspark.sql"):
        monkeypatch.setitem(sys.modules, package, None)
    for name in ("dask", "ray", "spark"):
        monkeypatch.delitem(sys.modules, f"adcli.batch.far.{name}_crew", raising=False)
    failed = grad("--data", "lake", "--cluster", scheme, "-o", "out/", formula=FORMULA, exit=2)
    assert f"pip install 'adcli[{scheme.partition('-')[0]}]'" in failed.stderr
