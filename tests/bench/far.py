"""Parquet to Parquet, part by part: adcli alone and in other engines, beside the scripts one would write for those.

python tests/bench/far.py                                  # all that is installed, 8 parts of 250,000 rows
python tests/bench/far.py alone dask --parts 64 --rows 1e6 --data /tmp/lake  # these ways, this much, parts made once

Each way is a process of its own that computes the value and the five derivatives of the Black-Scholes formula for every
row, and writes them beside the inputs. Figures are processor time of the whole tree of processes (also of what they
start, as Spark's JVM), as wall time means little on a machine that others use: that of all rows, less that of as many
parts of a thousand rows each, which is what starting takes. So is memory the largest of one process of the tree. The
sums of the results are held against each other.

Needs the extra `fast` and psutil; others are measured where they are installed: distributed, duckdb, polars, pyspark,
jax.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
from formulas import FORMULAS

BLACK_SCHOLES = FORMULAS["Black-Scholes"]
FORMULA = BLACK_SCHOLES._replace(
    text=re.sub(r"\bs\b", "v", BLACK_SCHOLES.text),  # engines of SQL do not tell s from S
    ranges={{"s": "v"}.get(name, name): between for name, between in BLACK_SCHOLES.ranges.items()},
)
FEW = 1_000
"""Rows of a part when only what starting takes is measured."""

COMMAND = 'from adcli.cli import main; main(["grad", TEXT, "--data", given, "-o", made + "/", *{more}])'
SCRIPT = """
import adcli, duckdb
con = duckdb.connect()
adcli.duckdb.register(con, "greeks", adcli.compile(TEXT), status=False)
con.sql("SET threads = 1")
for part in sorted(os.listdir(given)):
    con.execute(f"COPY (SELECT * EXCLUDE g, unnest(g) FROM (SELECT *, greeks({names}) g FROM '{{given}}/{{part}}')) "
                f"TO '{{made}}/{{part}}'").fetchall()
"""
SQL_NOTHING = """
import duckdb
con = duckdb.connect()
con.sql("SET threads = 1")
for part in sorted(os.listdir(given)):
    con.execute(f"COPY (SELECT *, S + 1 AS value, {columns} FROM '{{given}}/{{part}}') "
                f"TO '{{made}}/{{part}}'").fetchall()
"""
FRAMES = """
import adcli, polars as pl
f = adcli.compile(TEXT)
for part in sorted(os.listdir(given)):
    f(pl.scan_parquet(f"{given}/{part}"), status=False).sink_parquet(f"{made}/{part}")
"""
SPARK = """
from pyspark.sql import SparkSession
spark = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", False)
         .config("spark.driver.memory", "2g").getOrCreate())
spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 100000)
frame = spark.read.parquet(given)
"""
NOTHING = """
import pyarrow as pa
def empty(batches):
    for batch in batches:
        zeros = pa.array([0.0] * batch.num_rows)
        arrays = [*batch.columns, *(zeros for _ in names)]
        yield pa.RecordBatch.from_arrays(arrays, names=[*batch.schema.names, *names])
names = ["value", *("d_" + name for name in {names})]
schema = frame.schema.simpleString()[len("struct<"):-1] + "".join("," + name + ":double" for name in names)
frame.mapInArrow(empty, schema.replace(":", " ")).write.parquet(made, mode="overwrite")
"""
JAX = """
import jax, jax.numpy as np, pandas as pd
from jax.scipy.special import erf
jax.config.update("jax_enable_x64", True)
from jax.numpy import log, sin, exp, sqrt, pi
{python}
g = jax.jit(jax.vmap(jax.value_and_grad(f, argnums=tuple(range({count})))))
"""
POLARS = """
import polars as pl, numpy as np
from numpy import log, exp, sqrt, pi
from scipy.special import erf
def greeks(df):
    S, K, r, v, T = (df[n].to_numpy() for n in "SKrvT")
    d1 = (log(S/K) + (r + v**2/2)*T)/(v*sqrt(T)); d2 = d1 - v*sqrt(T)
    N = lambda x: (1 + erf(x/sqrt(2)))/2
    n = lambda x: exp(-x*x/2)/sqrt(2*pi)
    disc = K*exp(-r*T)
    return df.with_columns(value=S*N(d1) - disc*N(d2), d_S=N(d1), d_K=-exp(-r*T)*N(d2), d_r=disc*T*N(d2),
                           d_v=S*n(d1)*sqrt(T), d_T=S*n(d1)*v/(2*sqrt(T)) + r*disc*N(d2))
shape = {**dict.fromkeys("SKrvT", pl.Float64), **dict.fromkeys(["value", *("d_" + n for n in "SKrvT")], pl.Float64)}
for part in sorted(os.listdir(given)):
    pl.scan_parquet(f"{given}/{part}").map_batches(greeks, schema=shape).sink_parquet(f"{made}/{part}")
"""
SPARK_JAX = """
from pyspark.sql.functions import pandas_udf
import pandas as pd
{jax}
names = ["value"] + ["d_" + n for n in {names}]
@pandas_udf(", ".join(n + " double" for n in names))
def greeks({typed}) -> pd.DataFrame:
    value, slopes = g(*(c.to_numpy() for c in ({arguments})))
    return pd.DataFrame(dict(zip(names, (numpy.asarray(c) for c in (value, *slopes)))))
import numpy
frame.select("*", greeks(*{names}).alias("g")).select(*{names}, "g.*").write.parquet(made, mode="overwrite")
"""


def ways() -> dict[str, tuple[str, str]]:
    """What each way runs, and the package that it needs."""
    names = list(FORMULA.names)
    jax = JAX.format(python=FORMULA.python, count=len(names))
    return {
        "alone": (COMMAND.format(more=["--engine", "llvm", "--threads", "1"]), "llvmlite"),
        "dask": (COMMAND.format(more=["--engine", "llvm", "--cluster", "dask"]), "distributed"),
        "spark": (SPARK + "import adcli\nadcli.spark.map(frame, adcli.compile(TEXT), status=False)"
                  ".write.parquet(made, mode='overwrite')\n", "pyspark"),
        "spark, nothing computed": (SPARK + NOTHING.format(names=names), "pyspark"),
        "duckdb, nothing computed": (
            SQL_NOTHING.format(columns=", ".join(f"{name} + 1 AS d_{name}" for name in names)), "duckdb"
        ),
        "duckdb": (SCRIPT.format(names=", ".join(names)), "duckdb"),
        "polars": (FRAMES, "polars"),
        "a script with polars": (POLARS, "polars"),
        "a script with spark and jax": (
            SPARK + SPARK_JAX.format(jax=jax, names=names, arguments=", ".join(names),
                                     typed=", ".join(f"{name}: pd.Series" for name in names)), "pyspark jax"
        ),
    }  # fmt: skip


def measured(script: str, given: Path, made: Path) -> tuple[float, float, float]:
    """Seconds of processors, seconds by the clock, and megabytes of the largest process."""
    head = f"import os\ngiven, made, TEXT = {str(given)!r}, {str(made)!r}, {FORMULA.text!r}\nos.makedirs(made)\n"
    main = "\n".join("    " + line for line in (head + script).splitlines())
    file = made.with_suffix(".py")
    file.write_text(f"if __name__ == '__main__':\n{main}\n")
    spent: dict[tuple[int, float], float] = {}
    largest, start = 0.0, time.perf_counter()
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "OMP_NUM_THREADS": "1", "JAX_ENABLE_X64": "1"}
    running = psutil.Popen(
        [sys.executable, str(file)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    while running.poll() is None:
        for process in [running, *running.children(recursive=True)]:
            try:
                times, memory = process.cpu_times(), process.memory_info().rss
            except psutil.Error:
                continue
            spent[process.pid, process.create_time()] = times.user + times.system
            largest = max(largest, memory / 1e6)
        time.sleep(0.05)
    if running.returncode:
        raise RuntimeError(running.stderr.read().decode()[-2000:])
    return sum(spent.values()), time.perf_counter() - start, largest


def lake(folder: Path, parts: int, rows: int, store: Path | None = None) -> Path:
    """Parts of random rows; in a *store* they stay, and are made once."""
    folder.mkdir(parents=True)
    store = folder if store is None else store
    store.mkdir(parents=True, exist_ok=True)
    for part in range(parts):
        file = store / f"part-{part:03}.parquet"
        if not file.exists():
            draw = np.random.default_rng(part)
            columns = {name: draw.uniform(low, high, rows) for name, (low, high) in FORMULA.ranges.items()}
            pq.write_table(pa.table(columns), file)
        if store is not folder:
            (folder / file.name).symlink_to(file)
    return folder


def total(folder: Path) -> tuple[int, float]:
    """How many rows there are, and the sum of all derivatives. The files go."""
    rows, found = 0, 0.0
    for path in sorted(folder.glob("*.parquet")):
        table = pq.ParquetFile(path).read([f"d_{name}" for name in FORMULA.names])
        rows += table.num_rows
        found += sum(float(np.sum(column.to_numpy())) for column in table.columns)
    shutil.rmtree(folder)
    return rows, found


def kernel(rows: int) -> float:
    """Processor time of the kernel alone, in nanoseconds a row."""
    import adcli

    f = adcli.compile(FORMULA.text, engine="llvm")
    batch = pa.record_batch(FORMULA.columns(rows), names=list(FORMULA.names))
    samples = []
    for _ in range(7):
        start = time.process_time()
        f.batch(batch, keep="none", status=False)
        samples.append(time.process_time() - start)
    return sorted(samples)[3] / rows * 1e9


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", default=list(ways()))
    parser.add_argument("--parts", type=int, default=8)
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=250_000)
    parser.add_argument("--data", type=Path, help="where parts stay for other runs of as many rows each")
    given = parser.parse_args()
    print(f"{given.parts} parts of {given.rows:,} rows; the kernel and its batch: {kernel(200_000):.0f} ns a row")
    print(f"{'':30} {'ns a row':>9} {'start, s':>9} {'clock, s':>9} {'memory, MB':>11}")
    truth: Any = None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few, many = lake(folder / "few", given.parts, FEW), lake(folder / "many", given.parts, given.rows, given.data)
        for way in given.ways:
            script, needed = ways()[way]
            if any(find_spec(package) is None for package in needed.split()):
                print(f"{way:30} needs {needed}")
                continue
            start = measured(script, few, folder / f"{way}-few")[0]
            spent, clock, memory = measured(script, many, folder / f"{way}-many")
            found = total(folder / f"{way}-many")
            truth = truth or found
            assert found[0] == truth[0], (way, found, truth)
            assert "nothing" in way or abs(found[1] / truth[1] - 1) < 1e-12, (way, found, truth)
            rows = given.parts * (given.rows - FEW)
            print(f"{way:30} {(spent - start) / rows * 1e9:9.0f} {start:9.1f} {clock:9.1f} {memory:11.0f}", flush=True)


if __name__ == "__main__":
    main()
