"""Compiled functions take and give record batches of Arrow."""

from __future__ import annotations

import math
import pickle
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from rows import each_engine

import adcli
from adcli.cli import main
from adcli.errors import AdcliError

pa = pytest.importorskip("pyarrow")
pytest.importorskip("numpy")

FORMULA = "log(x)^k"


def rows() -> Any:
    """Rows good and bad, with a column that is no variable."""
    return pa.record_batch(
        {
            "id": ["a", "b", None, "d", "e"],
            "x": pa.array([1.5, -1.5, None, math.nan, 2.5], pa.float64()),
            "k": pa.array([1, 1, 1, 1, 2], pa.int8()),
        }
    )


@each_engine
def test_a_batch_gets_results_and_a_status(engine: str) -> None:
    """Columns are kept as they are, without a copy; a row without a result has nulls and says why."""
    f = adcli.compile(FORMULA, wrt="x", engine=engine)
    given = rows()
    found = f.batch(given)
    assert found.schema == f.schema(given.schema)
    assert found.schema.names == ["id", "x", "k", "value", "d_x", "status"]
    for name in given.schema.names:
        ours, theirs = (b.buffers() for b in (found.column(name), given.column(name)))
        assert [b and b.address for b in ours] == [b and b.address for b in theirs]
    assert found["value"].to_pylist() == [
        pytest.approx(math.log(1.5)), None, None, None, pytest.approx(math.log(2.5) ** 2)
    ]  # fmt: skip
    assert found["d_x"].to_pylist()[::4] == pytest.approx([1 / 1.5, 2 * math.log(2.5) / 2.5], rel=1e-14)
    assert found["status"].to_pylist() == [
        None, "log is not defined at -1.5 (needs x > 0)", "x is null", "x is NaN", None
    ]  # fmt: skip
    assert f.summary is not None
    assert (f.summary.rows, f.summary.failed) == (5, 3)
    assert f.batch(given.slice(0, 0)).schema == found.schema
    assert f.batch(pa.Table.from_batches([given]).select(["x", "k"]), keep="none").to_pylist() == [
        {name: row[name] for name in ("value", "d_x", "status")} for row in found.to_pylist()
    ]


@pytest.mark.parametrize("on_error", ["null", "skip"])
def test_a_batch_is_answered_as_a_file_is(tmp_path: Path, on_error: str) -> None:
    """The same columns, types and rows come out as from `--data`."""
    from pyarrow import parquet

    parquet.write_table(pa.table(rows()), tmp_path / "in.parquet")
    words = ["--status", "--on-error", on_error, "--prefix", "r_", "--column", "x=x", "--keep", "k,id"]
    done = CliRunner().invoke(
        main,
        ["grad", FORMULA, "--wrt", "x", "--data", f"{tmp_path}/in.parquet", "-o", f"{tmp_path}/out.parquet", *words],
    )
    assert done.exit_code == 0, done.output
    f = adcli.compile(FORMULA, wrt="x", engine="python")
    found = f.batch(rows(), on_error=on_error, prefix="r_", column={"x": "x"}, keep=["k", "id"])
    assert parquet.read_table(tmp_path / "out.parquet").equals(pa.Table.from_batches([found]))


@pytest.mark.parametrize(
    "column",
    [
        pa.array([3, None, 5], pa.uint16()),
        pa.array([3.5, None, 5.25], pa.float32()),
        pa.array([Decimal("3.10"), None, Decimal("-5.25")], pa.decimal128(9, 2)),
        pa.array([True, None, False]),
        pa.array(["3.1", "n/a", "1e3"]),
        pa.array(["3.1", None, "1e3"]).dictionary_encode(),
        pa.array([None, None, None], pa.null()),
    ],
    ids=lambda column: str(column.type),
)
def test_all_types_of_numbers_are_read(column: Any) -> None:
    """What Python's float makes of them, and null where there is none."""
    f = adcli.compile("2x", what="value", engine="python")
    found = f.batch(pa.record_batch({"x": column}), keep="none", status=False)
    wanted = [None if value in (None, "n/a") else 2 * float(value) for value in column.to_pylist()]
    assert found.to_pydict() == {"value": wanted}


def test_rows_in_error_may_stop_the_batch() -> None:
    """The first of them is named, with what the caller calls its rows."""
    f = adcli.compile(FORMULA, wrt="x", engine="python")
    with pytest.raises(AdcliError, match=r"row 2 of partition 7: log is not defined"):
        f.batch(rows(), on_error="stop", origin="partition 7")


def test_columns_are_checked() -> None:
    """One that is missing, no number, or there already is an error that says what to write in Python."""
    f = adcli.compile("x^2", engine="python")
    with pytest.raises(AdcliError, match="no column x") as found:
        f.schema(pa.schema([("spot", pa.float64())]))
    assert 'column={"x": COLUMN}' in str(found.value.hint)
    assert f.batch(pa.record_batch({"spot": [3.0]}), column={"x": "spot"})["d_x"].to_pylist() == [6]
    with pytest.raises(AdcliError, match="has a column d_x already"):
        f.schema(pa.schema([("x", pa.float64()), ("d_x", pa.float64())]))
    with pytest.raises(AdcliError, match="holds date32"):
        f.batch(pa.record_batch({"x": pa.array([1], pa.date32())}))
    with pytest.raises(AdcliError, match="on_error is one of null, skip, stop"):
        f.batch(pa.record_batch({"x": [1.0]}), on_error="ignore")


@each_engine
def test_lists_are_vectors(engine: str) -> None:
    """A column of lists gives a vector's elements, and its gradient is one."""
    f = adcli.compile("x : 3; Sum(x[i]^2, (i, 1, 3))", engine=engine)
    given = pa.record_batch({"x": [[1.0, 2.0, 3.0], [0.0, -1.0, 4.0], None]})
    found = f.batch(given)
    assert found["value"].to_pylist() == [14, 17, None]
    assert found["d_x"].to_pylist() == [[2, 4, 6], [0, -2, 8], None]


def test_what_was_pickled_is_compiled_once_and_remembers_apart() -> None:
    """Each task of a cluster brings the function along; its summary is of its own calls."""
    state = pickle.dumps(adcli.compile(FORMULA, wrt="x", engine="python"))
    f, g = pickle.loads(state), pickle.loads(state)
    f.batch(rows())
    assert g.summary is None
    assert f._job is g._job
    assert pickle.dumps(g) == state
    assert len(state) < 4_000


def test_threads_share_a_function() -> None:
    """Batches of different schemas at the same time are each answered right."""
    f = adcli.compile("x^2", engine="python")
    wrong = []

    def call(number: int) -> None:
        given = pa.record_batch({f"id{number % 3}": [str(number)] * 50, "x": [float(number)] * 50})
        for _ in range(20):
            found = f.batch(given)
            if found["d_x"].to_pylist() != [2.0 * number] * 50 or f.summary.rows != 50:
                wrong.append(number)

    threads = [Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
