"""Whole processes, from a file to a file with the value and the gradient of each row in it: `adcli grad` and scripts
that one would write instead. Imported by batch.py."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from formulas import FORMULAS, Formula
from measure import processes, verdict

from adcli.batch.engines import ENGINES, installed

CALL = Path(__file__).parents[2] / "examples" / "call.ad"
WITH_JAX = """
import jax
jax.config.update("jax_enable_x64", True)
from jax.numpy import exp, log, pi, sin, sqrt
from jax.scipy.special import erf

{formula}
def results(columns):
    value, gradient = jax.jit(jax.vmap(jax.value_and_grad(f, range(len(columns)))))(*columns)
    return [numpy.asarray(column) for column in (value, *gradient)]
"""
"""The derivatives, as functions of NumPy's arrays."""
BY_HAND = {
    "seed formula": """
from numpy import cos, log, sin

def results(columns):
    x1, x2 = columns
    return [log(x1) + x1*x2 - sin(x2), 1/x1 + x2, x1 - cos(x2)]
""",
    "Black-Scholes": """
from numpy import exp, log, pi, sqrt
from scipy.special import ndtr

def results(columns):
    S, K, r, s, T = columns
    root = sqrt(T)
    d1 = (log(S/K) + (r + s**2/2)*T)/(s*root)
    N1, N2, D, p1 = ndtr(d1), ndtr(d1 - s*root), exp(-r*T), exp(-d1**2/2)/sqrt(2*pi)
    return [S*N1 - K*D*N2, N1, -D*N2, K*T*D*N2, S*p1*root, S*p1*s/(2*root) + r*K*D*N2]
""",
}
FILES = {
    "pandas": """
import pandas
frame = pandas.read_{format}(source)
for name, column in zip(outputs, results([frame[name].to_numpy() for name in inputs])):
    frame[name] = column
frame.to_{format}(target, index=False)
""",
    "polars": """
import polars
frame = polars.read_{format}(source)
found = results([frame[name].to_numpy() for name in inputs])
frame.with_columns(**dict(zip(outputs, found))).write_{format}(target)
""",
    "pyarrow": """
from pyarrow import csv, parquet
table = csv.read_csv(source) if "{format}" == "csv" else parquet.read_table(source)
for name, column in zip(outputs, results([table[name].to_numpy() for name in inputs])):
    table = table.append_column(name, [column])
csv.write_csv(table, target) if "{format}" == "csv" else parquet.write_table(table, target)
""",
}
"""Reading and writing the whole of a file."""
COPY = """
import numpy, pyarrow
from pyarrow import parquet

file = parquet.ParquetFile(source, pre_buffer=False)
schema = pyarrow.schema([*file.schema_arrow, *((name, pyarrow.float64()) for name in outputs)])
numbers = [numpy.random.default_rng(i).uniform(size=262_144) for i in range(len(outputs))]
with parquet.ParquetWriter(target, schema, use_dictionary=inputs) as out:
    for batch in file.iter_batches(262_144):
        found = [pyarrow.array(column[:batch.num_rows]) for column in numbers]
        out.write_table(pyarrow.table([*batch.columns, *found], schema))
"""
"""Only reading and writing as many columns, in the batches and with the options of adcli: instead of the results
numbers that are as hard to compress."""
COPIED, BEGUN = "reading and writing alone", "the same with one row"
TIMED = """
import os, sys
_, _, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(f"  at most {usage.ru_maxrss / 1024:.0f} MB, {usage.ru_utime + usage.ru_stime:.2f} s")
"""
"""A process that needs little memory itself: a child's count begins with its parent's."""


Command = Callable[[str, str], list[str]]
"""From the names of two files to the words of a command line."""


class Task(NamedTuple):
    """A formula, and how adcli is told it."""

    title: str
    formula: Formula
    words: Sequence[str]


TASKS = (
    Task("seed formula", FORMULAS["seed formula"], ["ln(x1)+x1*x2-sin(x2)"]),
    Task("Black-Scholes", FORMULAS["Black-Scholes"], ["-f", str(CALL)]),
)


def write(formula: Formula, path: str, count: int) -> None:
    """A file of the formula's columns, CSV or Parquet by its name."""
    import pyarrow as pa
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.float64()) for name in formula.names])
    with (csv.CSVWriter if path.endswith(".csv") else pq.ParquetWriter)(path, schema) as file:
        for start in range(0, count, 1_000_000):
            columns = formula.columns(min(1_000_000, count - start))
            file.write_table(pa.table(columns, schema))


def adcli(task: Task, rows: str, out: str) -> list[str]:
    """The command, on one thread."""
    return [sys.executable, "-m", "adcli", "grad", *task.words, "--data", rows, "-o", out, "--threads", "1"]


def script(task: Task, body: str) -> Command:
    """A script as a command."""
    inputs = list(task.formula.names)
    outputs = ["value", *(f"d_{name}" for name in inputs)]
    head = f"import sys, numpy\nsource, target = sys.argv[1:]\ninputs, outputs = {inputs}, {outputs}\n"
    return lambda rows, out: [sys.executable, "-c", head + body, rows, out]


def commands(task: Task, format: str) -> dict[str, Command]:
    """Whoever is installed."""
    found: dict[str, Command] = {"adcli": partial(adcli, task)}
    derivatives = {"jax": WITH_JAX.format(formula=task.formula.python), "numpy by hand": BY_HAND[task.title]}
    for reader, derived in (("pandas", "jax"), ("polars", "jax"), ("pyarrow", "jax"), ("pandas", "numpy by hand")):
        if find_spec(reader) and (derived != "jax" or find_spec("jax")):
            body = derivatives[derived] + FILES[reader].format(format=format)
            found[f"{reader} + {derived}"] = script(task, body)
    return found


def same(paths: Sequence[str]) -> None:
    """Hold the files that were written against each other."""
    import numpy as np
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    first, *others = (csv.read_csv(path) if path.endswith(".csv") else pq.read_table(path) for path in paths)
    for other in others:
        for name in first.column_names:
            a, b = other[name].to_numpy(), first[name].to_numpy()
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12 * np.abs(b).max(), err_msg=name)


def scripts(sizes: Sequence[int]) -> None:
    """Processor time beside that of scripts, and the part of reading and writing in it."""
    for task in TASKS:
        table: dict[str, dict[str, float]] = {}
        for format in ("csv", "parquet"):
            for count in sizes:
                if format == "parquet" or count <= 1_000:
                    table[f"{count:,} {format}"] = one(task, format, count)
        print(f"{f'{task.title}: seconds (times of adcli)':45}", *(f"{column:>20}" for column in table))
        for name in dict.fromkeys(name for times in table.values() for name in times):
            print(f"  {name:43}", end="")
            for times in table.values():
                cell = f"{times[name]:.2f} ({times[name] / times['adcli']:6.2f})" if name in times else "-"
                print(f"{cell:>21}", end="")
            print()
        goals(table)
        print(flush=True)


def one(task: Task, format: str, count: int) -> dict[str, float]:
    """The times of all on one file, whose results are held against each other unless they are too large."""
    with tempfile.TemporaryDirectory() as folder:
        rows, single = f"{folder}/rows.{format}", f"{folder}/single.{format}"
        write(task.formula, rows, count)
        write(task.formula, single, 1)
        found = commands(task, format)
        outs = {name: f"{folder}/{name if count <= 1_000_000 else 'out'}.{format}" for name in found}
        words = {name: command(rows, outs[name]) for name, command in found.items()}
        if format == "parquet":
            words[COPIED] = script(task, COPY)(rows, f"{folder}/copy.parquet")
            words[BEGUN] = script(task, COPY)(single, f"{folder}/copied.parquet")
        times = processes(words, 3, warm=count < 10_000)
        if count <= 1_000_000:
            same(list(outs.values()))
        return times


def goals(table: Mapping[str, Mapping[str, float]]) -> None:
    """What is to hold."""
    for column, times in table.items():
        with_jax = [seconds for name, seconds in times.items() if name.endswith("jax")]
        if column.startswith("1,000 ") and with_jax:
            print(f"  {f'adcli/fastest script with jax, {column}':43} {verdict(times['adcli'] / min(with_jax), 1 / 5)}")
        if column.startswith("10,000,000 "):
            share = (times[COPIED] - times[BEGUN]) / times["adcli"]
            print(f"  {f'share of reading and writing, {column}':43} {verdict(share, 0.6, at_least=True)}")
        if column.endswith("000,000 parquet"):
            print(f"  {f'adcli/{COPIED}, {column}':57} {verdict(times['adcli'] / times[COPIED], 1.25)}")


def engines() -> None:
    """Processor time of whole runs by each engine, to see from how many rows each is the best."""
    task = TASKS[0]
    with tempfile.TemporaryDirectory() as folder:
        for count in (1_000, 10_000, 50_000, 100_000, 1_000_000):
            for format in ("csv", "parquet"):
                rows = f"{folder}/rows.{format}"
                write(task.formula, rows, count)
                found = {
                    engine: [*adcli(task, rows, f"{folder}/out.{format}"), "--engine", engine]
                    for engine in (*ENGINES, "auto")
                    if engine == "auto" or (installed(engine) and (engine != "python" or count <= 100_000))
                }
                times = processes(found, 3)
                print(f"{count:>9,} rows of {format:8}", "  ".join(f"{name} {t:.2f} s" for name, t in times.items()))


def memory() -> None:
    """The largest memory of whole runs: it grows up to a few groups of a million rows of Parquet, and no further."""
    task = TASKS[0]
    with tempfile.TemporaryDirectory() as folder:
        for count in (100_000, 1_000_000, 10_000_000, 20_000_000):
            print(f"{count:>10,} rows:", end="", flush=True)
            rows = f"{folder}/rows.parquet"
            write(task.formula, rows, count)
            subprocess.run([sys.executable, "-c", TIMED, *adcli(task, rows, f"{folder}/out.parquet")], check=True)
