"""Compiled functions over the frames of other engines."""

from __future__ import annotations

import math
from typing import Any

import pytest

import adcli
from adcli.batch.far import ENGINES
from adcli.errors import AdcliError

pa = pytest.importorskip("pyarrow")
pytest.importorskip("numpy")

ROWS = [
    {"id": "a", "x": 1.5, "k": 1},
    {"id": "b", "x": -1.5, "k": 1},
    {"id": "c", "x": None, "k": 2},
    {"id": "d", "x": 2.5, "k": 2},
]
STATUSES = [None, "log is not defined at -1.5 (needs x > 0)", "x is null", None]
TRUTH = [1 / 1.5, None, None, 2 * math.log(2.5) / 2.5]


def f() -> Any:
    """The gradient of a power of a logarithm."""
    return adcli.compile("log(x)^k", wrt="x")


def agree(found: list[dict[str, Any]]) -> None:
    """Hold rows, sorted by their id, against the truth."""
    found = sorted(found, key=lambda row: str(row["id"]))
    clean = [{name: None if value != value else value for name, value in row.items()} for row in found]
    assert [{name: row[name] for name in ROWS[0]} for row in clean] == ROWS
    assert [row["status"] for row in clean] == STATUSES
    for row, truth in zip(clean, TRUTH, strict=True):
        assert row["d_x"] is None if truth is None else row["d_x"] == pytest.approx(truth, rel=1e-14)


def test_frames_of_pandas_keep_their_index_and_columns() -> None:
    """Also those that Arrow has no type for; what is no number is told in the status."""
    pandas = pytest.importorskip("pandas")
    df = pandas.DataFrame(ROWS, index=[7, 8, 9, 9])
    found = f()(df)
    agree(found.to_dict("records"))
    assert found.index.tolist() == [7, 8, 9, 9]
    assert found.columns.tolist() == ["id", "x", "k", "value", "d_x", "status"]
    assert df.columns.tolist() == ["id", "x", "k"]
    mixed = pandas.DataFrame({"what": [object(), {1}], "x": ["1.5", 2], 0: [1, 2]})
    assert adcli.compile("1/x")(mixed, keep=["what"])["d_x"].tolist() == [-1 / 1.5**2, -0.25]
    assert adcli.pandas.map(mixed, adcli.compile("1/x"), status=False).columns.tolist() == [
        "what",
        "x",
        0,
        "value",
        "d_x",
    ]
    assert f()(df, on_error="skip", keep=["id"], status=False).id.tolist() == ["a", "d"]
    with pytest.raises(AdcliError, match="has a column value already"):
        f()(df.assign(value=1))


def test_frames_of_polars_are_answered_lazily_too() -> None:
    """What is selected of the results alone does not lose the variables."""
    polars = pytest.importorskip("polars")
    df = polars.DataFrame(ROWS).with_columns(polars.col("id").cast(polars.Categorical))
    found = f()(df)
    agree(found.with_columns(polars.col("id").cast(polars.String)).to_dicts())
    assert found.schema["id"] == polars.Categorical
    lazy = f()(df.lazy(), on_error="skip")
    assert lazy.collect_schema().names() == found.columns
    assert lazy.select("d_x").collect()["d_x"].to_list() == pytest.approx(TRUTH[::3])
    assert lazy.filter(polars.col("k") == 2).collect()["id"].to_list() == ["d"]
    assert lazy.head(2).collect()["id"].to_list() == ["a", "d"]


def test_tables_of_arrow_are_frames() -> None:
    """They come back as the tables that they are."""
    agree(f()(pa.Table.from_pylist(ROWS)).to_pylist())


def test_dask_answers_partition_by_partition() -> None:
    """Nothing is computed before it is asked for; the columns are known."""
    pandas = pytest.importorskip("pandas")
    frames = pytest.importorskip("dask.dataframe")
    ddf = frames.from_pandas(pandas.DataFrame(ROWS), npartitions=2)
    lazy = adcli.dask.map(ddf, f())
    assert lazy.columns.tolist() == ["id", "x", "k", "value", "d_x", "status"]
    agree(lazy.compute(scheduler="threads").to_dict("records"))


def test_duckdb_has_the_function_in_its_sql() -> None:
    """A struct of the results, for each row; nulls and rows in error are told."""
    duckdb = pytest.importorskip("duckdb")
    con = duckdb.connect()
    adcli.duckdb.register(con, "slope", f())
    con.register("given", pa.Table.from_pylist(ROWS))
    names = ["id", "x", "k", "value", "d_x", "status"]
    rows = con.execute("SELECT id, x, k, unnest(slope(x, k)) FROM given").fetchall()
    agree([dict(zip(names, row, strict=True)) for row in rows])
    many = con.execute("SELECT sum(slope(1 + i/1e5, 1).d_x) FROM range(100000) r(i)").fetchall()[0][0]
    assert many == pytest.approx(math.fsum(1 / (1 + i / 1e5) for i in range(100_000)), rel=1e-12)
    adcli.duckdb.register(con, "norm", adcli.compile("x : 3; sqrt(Sum(x[i]^2, (i, 1, 3)))"))
    assert con.execute("SELECT norm([2.0, 3.0, 6.0]).d_x").fetchall()[0][0] == pytest.approx((2 / 7, 3 / 7, 6 / 7))
    with pytest.raises(AdcliError, match="SQL does not tell d_S from d_s"):
        adcli.duckdb.register(con, "other", adcli.compile("S*s"))
    with pytest.raises(AdcliError, match="leaves no row out"):
        adcli.duckdb.register(con, "other", f(), on_error="skip")


@pytest.mark.filterwarnings("ignore")
def test_spark_maps_in_arrow(spark_session: Any) -> None:
    """Lists of results are arrays."""
    sdf = spark_session.createDataFrame([tuple(row.values()) for row in ROWS], "id string, x double, k int")
    agree([row.asDict() for row in adcli.spark.map(sdf, f()).collect()])
    g = adcli.compile("x : 3; Sum(x[i]^2, (i, 1, 3))")
    row = g(spark_session.createDataFrame([([1.0, 2.0, 3.0],)], "x array<double>")).collect()[0]
    assert (row.value, row.d_x) == (14, [2, 4, 6])


@pytest.mark.filterwarnings("ignore")
def test_ray_maps_its_blocks(ray_session: Any) -> None:
    """They are tables of Arrow already."""
    agree(adcli.ray.map(ray_session.data.from_arrow(pa.Table.from_pylist(ROWS)), f()).take_all())


def test_each_engine_is_reached_from_the_package() -> None:
    """`adcli.dask` and its like; another frame is refused by name."""
    from importlib.util import find_spec

    for package, name in ENGINES.items():
        assert find_spec(f"adcli.batch.far.{name}") is not None
        assert getattr(adcli, name).__name__ == f"adcli.batch.far.{name}", package

    class Frame:
        columns = ("x",)

    with pytest.raises(AdcliError, match="is not known"):
        f()(Frame())
