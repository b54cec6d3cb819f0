"""Rows through an engine, and the same rows through the scalar path."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping, Sequence

import pytest

from adcli.batch import scalar
from adcli.batch.engines import ENGINES, installed
from adcli.batch.files.batches import Records
from adcli.batch.question import Request
from adcli.batch.run import Job
from adcli.errors import AdcliError
from adcli.problem.problem import Problem

Row = Mapping[str, float]
Answer = "list[float] | str"

each_engine = pytest.mark.parametrize("engine", [name for name in ENGINES if installed(name)])
"""Every engine that is installed."""

WITHOUT = not all(map(importlib.util.find_spec, ("numpy", "scipy", "pyarrow")))
needs_data = pytest.mark.skipif(WITHOUT, reason="needs the extra `data`")


def asked(problem: Problem, what: str) -> Request:
    """The question, with a direction where it needs one."""
    inputs = [name for name, _ in problem.wrt]
    if what in ("jvp", "hvp"):
        return Request(what, direction={name: 1.0 - 2 * i for i, name in enumerate(inputs)})
    if what == "vjp":
        return Request(what, direction=[2.0 + i for i in range(len(problem.graph.outputs))])
    return Request(what)


def by_engine(problem: Problem, question: Request, rows: Sequence[Row], engine: str) -> list[list[float] | str]:
    """Each row's numbers, or why it has none."""
    names = list(rows[0])
    job = Job(problem, question, {name: name for name in names})
    job.use(engine)
    results, fault = job.answered(Records("test", 1, names, [dict(row) for row in rows]))
    assert fault is None
    columns = results.lists()
    return [results.failures.get(i) or [column[i] for column in columns] for i in range(len(rows))]


def one_by_one(problem: Problem, question: Request, rows: Sequence[Row]) -> list[list[float] | str]:
    """The same by the scalar path."""
    found: list[list[float] | str] = []
    for row in rows:
        try:
            found.append(scalar.answer(problem, question, row))
        except AdcliError as error:
            found.append(error.message)
    return found


def differing(
    got: Sequence[list[float] | str], want: Sequence[list[float] | str], rows: Sequence[Row], floor: float = 0.0
) -> list[tuple[Row, list[float] | str, list[float] | str]]:
    """The rows in which two answers differ by more than 1e-13, relative to the number or to *floor*."""
    wrong: list[tuple[Row, list[float] | str, list[float] | str]] = []
    for row, a, b in zip(rows, got, want, strict=True):
        if isinstance(a, str) or isinstance(b, str):  # over rows, a refusal may say where
            same = a == b or f"{a}".startswith(f"{b} in ")
        else:
            same = all(math.isclose(x, y, rel_tol=1e-13, abs_tol=1e-13 * floor) for x, y in zip(a, b, strict=True))
        if not same:
            wrong.append((dict(row), a, b))
    return wrong
