"""Every operation of the table with its derivatives in one program, and how code of each language is run."""

from __future__ import annotations

import glob
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ops.samples import points, ranges

from adcli.errors import UsageError
from adcli.graphs import Graph
from adcli.ops import TABLE, Op
from adcli.problem.problem import problem
from adcli.studies.export.export import export
from adcli.studies.export.program import LastTranscript, lowered
from adcli.studies.export.targets import target

POINTS = 6


def variants(op: Op, whole: bool = False) -> list[list[str]]:
    """The operation's arguments: names of inputs, or numbers where it takes a choice of them; orders may be *whole*."""
    choices, orders = ranges(op), ["0", "3"] if op.arguments[0] == "n" else ["3"]
    found: list[list[str]] = [[]]
    for position, choice in enumerate(choices):
        given = [f"{op.name}_{position}"] if any(":" in part for part in choice) else choice
        found = [[*args, arg] for args in found for arg in (orders if whole and not position else given)]
    return found


def call(op: Op, args: list[str]) -> str:
    """The operation applied, in the language."""
    if op.symbol:
        return f"{args[0]} {op.symbol} {args[1]}" if len(args) == 2 else f"{op.symbol}{args[0]}"
    return f"{op.name}({', '.join(args)})"


class Asked(NamedTuple):
    """An operation that a language has: of whole orders alone or not, with its derivatives or not."""

    op: Op
    whole: bool = False
    derivatives: bool = True


def program(asked: Sequence[Asked]) -> Graph:
    """The values of operations and their partial derivatives, as the table's rules have them."""
    calls = [(one, args) for one in asked for args in variants(one.op, one.whole)]
    graph = problem([call(one.op, args) for one, args in calls], values=False).graph
    names = graph.names
    transcript = LastTranscript(graph, again=False)
    unit = transcript.number("1")
    outputs = [transcript.tape.values[node] for node in graph.outputs]
    labels = [f"y{i}" for i in range(len(outputs))]
    for place, ((op, _, derivatives), args) in enumerate(calls):
        if not derivatives:
            continue
        varying = [i for i, arg in enumerate(args) if arg in names and op.partials[0 if op.variadic else i] is not None]
        outputs += transcript.pulled({place: unit}, [names[args[i]] for i in varying])
        labels += [f"y{place}_{i}" for i in varying]
    return transcript.finish(outputs, labels)


def at(asked: Sequence[Asked]) -> list[dict[str, float]]:
    """Points for all of them at once, each drawn from its own samples."""
    found: list[dict[str, float]] = [{} for _ in range(POINTS)]
    for op, *_ in asked:
        for where, point in zip(found, points(op, POINTS), strict=True):
            where.update({f"{op.name}_{i}": x for i, x in enumerate(point)})
    return found


def refused(asked: Asked, to: str) -> str:
    """What a target says of an operation that it lacks; "" where it has it."""
    name, _, dialect = to.partition(":")
    chosen = target(name, dialect or None)
    try:
        lowered(program([asked]), chosen.library, chosen.name)
    except UsageError as error:
        return error.message
    return ""


@cache
def expressible(to: str) -> tuple[Asked, ...]:
    """The operations that a language has, or what it has comes to: all that JavaScript has, which has the fewest."""
    found = [] if to == "javascript" else list(expressible("javascript"))
    known = {asked.op for asked in found}
    for op in (op for op in TABLE.values() if op not in known):
        ordered = op.arguments[:1] in (("n",), ("s",)) and len(op.arguments) > 1
        ways = [
            Asked(op, whole, wanted) for wanted in (True, False) for whole in ((False, True) if ordered else (False,))
        ]
        found += [way for way in ways if op.samples and not refused(way, to)][:1]
    return tuple(found)


# How code is run: a command or a module that must be there, and the exit status and output of a file.


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A command with its output."""
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def _compiled(*command: str) -> Callable[[Path], subprocess.CompletedProcess[str]]:
    def build(file: Path) -> subprocess.CompletedProcess[str]:
        done = run(*[part.format(file.name) for part in command], cwd=file.parent)
        return run("./program", cwd=file.parent) if done.returncode == 0 else done

    return build


def _interpreted(*command: str) -> Callable[[Path], subprocess.CompletedProcess[str]]:
    return lambda file: run(*[part.format(file.name) for part in command], cwd=file.parent)


def _passed(worst: object, passed: object) -> subprocess.CompletedProcess[str]:
    return subprocess.CompletedProcess([], 0 if passed in (1, True, "t") else 1, f"{worst}", "")


def _sqlite(file: Path) -> subprocess.CompletedProcess[str]:
    with closing(sqlite3.connect(":memory:")) as base:
        return _passed(*base.execute(file.read_text()).fetchone())


def _duckdb(file: Path) -> subprocess.CompletedProcess[str]:
    import duckdb

    return _passed(*duckdb.connect().execute(file.read_text()).fetchone())


def _postgres(file: Path) -> subprocess.CompletedProcess[str]:
    """A server of its own, on a socket in the file's directory; it refuses to be run by root."""
    home = file.parent
    programs = Path(postgres()).parent
    alone: tuple[str, ...] = ()
    if os.geteuid() == 0:
        alone = ("runuser", "-u", "postgres", "--")
        for place in (home, *home.parents[:3]):
            place.chmod(0o777)
    store = home / "data"
    done = run(*alone, str(programs / "initdb"), "-N", "-A", "trust", "-U", "tester", "-D", str(store), cwd=home)
    assert done.returncode == 0, done.stderr
    server = (*alone, str(programs / "pg_ctl"), "-D", str(store), "-w", "-l", str(home / "log"))
    started = subprocess.run([*server, "-o", f"-k {home} -h ''", "start"], stdout=subprocess.DEVNULL, timeout=60)
    assert started.returncode == 0
    try:
        psql = ("psql", "-h", str(home), "-U", "tester", "-At", "-F", " ", "-f", file.name, "postgres")
        done = run(*psql, cwd=home)
    finally:
        subprocess.run([*server, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, timeout=60, check=False)
    if done.returncode or not done.stdout:
        return done
    return _passed(*done.stdout.split())


def postgres() -> str:
    """Where PostgreSQL's programs are; "" where they are not."""
    found = shutil.which("pg_ctl") or next(iter(glob.glob("/usr/lib/postgresql/*/bin/pg_ctl")), "")
    return found if shutil.which("psql") and (os.geteuid() or shutil.which("runuser")) else ""


def _sheet(file: Path) -> subprocess.CompletedProcess[str]:
    """The sheet, by LibreOffice."""
    text = "Text - txt - csv (StarCalc):9,34,76,1,,1033,false,true"
    home = f"-env:UserInstallation=file://{file.parent}/home"
    command = ("soffice", home, "--headless", "--convert-to", f"csv:{text}", f"--infilter={text}", "--outdir", "out")
    done = run(*command, file.name, cwd=file.parent)
    assert done.returncode == 0, done.stderr
    (result,) = (file.parent / "out").glob("*.csv")
    heads, row = (line.split("\t") for line in result.read_text(encoding="utf-8").splitlines()[:2])
    cells = dict(zip(heads, row, strict=True))
    return _passed(cells["largest_relative_error"], cells["passed"] in ("1", "TRUE"))


def _spark(file: Path) -> subprocess.CompletedProcess[str]:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.analyzer.maxIterations", "1000").getOrCreate()
    return _passed(*session.sql(file.read_text().rstrip().rstrip(";")).first())


def _bigquery(file: Path) -> subprocess.CompletedProcess[str]:
    """BigQuery itself is a service: sqlglot reads the query as its dialect, DuckDB runs the translation."""
    import duckdb
    import sqlglot

    (query,) = sqlglot.transpile(
        file.read_text(), read="bigquery", write="duckdb", error_level=sqlglot.ErrorLevel.RAISE
    )
    return _passed(*duckdb.connect().execute(query).fetchone())


@cache
def python_with(module: str) -> str:
    """A Python that has a module: this one, or the system's, of which Debian's packages are; else its name."""
    for python in (sys.executable, "/usr/bin/python3"):
        asked = [python, "-c", f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"]
        if os.path.exists(python) and subprocess.run(asked, check=False, capture_output=True).returncode == 0:
            return python
    return f"Python with {module}"


RUNNERS: dict[str, tuple[str, Callable[[Path], subprocess.CompletedProcess[str]]]] = {
    "c": ("gcc", _compiled("gcc", "-std=c99", "-Wall", "-Wextra", "-Werror", "-O0", "{}", "-o", "program", "-lm")),
    "cpp": ("g++", _compiled("g++", "-std=c++17", "-Wall", "-Wextra", "-Werror", "-O0", "{}", "-o", "program")),
    "fortran": ("gfortran", _compiled("gfortran", "-std=f2008", "-Wall", "-O0", "{}", "-o", "program")),
    "rust": ("rustc", _compiled("rustc", "--edition", "2021", "-D", "warnings", "{}", "-o", "program")),
    "go": ("go", _compiled("go", "build", "-o", "program", "{}")),
    "julia": ("julia", _interpreted("julia", "{}")),
    "javascript": ("node", _interpreted("node", "{}")),
    "python": ("import scipy", _interpreted(sys.executable, "-W", "error", "{}")),
    "numpy": ("import numpy", _interpreted(sys.executable, "-W", "error", "{}")),
    "jax": ("import jax", _interpreted(sys.executable, "{}")),
    "torch": (python_with("torch"), _interpreted(python_with("torch"), "{}")),
    "matlab": ("octave-cli", _interpreted("octave-cli", "--no-init-file", "{}")),
    "sql:duckdb": ("import duckdb", _duckdb),
    "sql:sqlite": ("import sqlite3", _sqlite),
    "sql:postgres": ("PostgreSQL", _postgres),
    "sql:spark": ("import pyspark", _spark),
    "sql:bigquery": ("import sqlglot duckdb", _bigquery),
    "excel": ("soffice", _sheet),
}


def missing(tool: str) -> bool:
    """Whether what runs a language is not on this machine."""
    if tool == "PostgreSQL":
        return not postgres()
    if tool.startswith("import "):
        return any(importlib.util.find_spec(module) is None for module in tool.split()[1:])
    return shutil.which(tool) is None and not os.path.exists(tool)


CHUNKS = {"sql:duckdb": 12, "sql:sqlite": 12, "sql:bigquery": 12, "sql:spark": 1}
"""How many operations are put into one program, where not all are: deep queries take long, columns are limited."""


def prove(to: str, place: Path) -> None:
    """Every operation in a language: the code must say that it is right."""
    _, run = RUNNERS[to]
    name, _, dialect = to.partition(":")
    known = expressible(to)
    chunk = CHUNKS.get(to, len(known))
    for first in range(0, len(known), chunk):
        ops = known[first : first + chunk]
        found = export(program(ops), to=name, dialect=dialect or None, what=["value"], self_test=True, points=at(ops))
        file = place / f"program{target(name, dialect or None).extension}"
        file.write_text(found.code, encoding="utf-8")
        done = run(file)
        assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
