"""Cases from outside (see `tests/test_corpus.py`), as rows through every engine."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from rounding import moved_by_roundings
from rows import each_engine
from test_corpus import FILES, accepted, cases, complaint

from adcli.batch.files.batches import Records
from adcli.batch.question import Request
from adcli.batch.run import Job
from adcli.derivatives import answers as derive
from adcli.errors import AdcliError
from adcli.problem.problem import Problem, problem

pytestmark = pytest.mark.skipif(not FILES, reason="ADCLI_CORPUS names no folder of cases")

STEPS = (1e-3, 1e-2, 0.3)
"""How far, relatively, the further rows are from the case's own point."""
SLACK = 2
"""How many times the largest of a few random movements a difference may be."""

each_file = pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])


class Rows(NamedTuple):
    """A case's own point and others around it, with the scalar path's answers: numbers, or why there are none."""

    case: dict[str, Any]
    problem: Problem
    rows: list[dict[str, float]]
    answers: list[list[float] | str]
    kinks: list[Counter[tuple[int, int] | None]]


class Found(NamedTuple):
    """What an engine answers."""

    answers: list[list[float] | str]
    kinks: Counter[tuple[int, int] | None]


def rows_of(case: dict[str, Any]) -> Rows:
    at = case.get("at_text") or {name: repr(value) for name, value in case["at"].items()}
    whole = problem(case["exprs"], at, wrt=case["expect"]["vars"], allow_unused=True)
    names = whole.graph.input_names
    draw = random.Random(case["id"])
    rows = [{name: whole.doubles[name] for name in names}]
    rows += [{name: x * (1 + step * draw.uniform(-1, 1)) for name, x in rows[0].items()} for step in STEPS]
    base = whole.changed(at={})
    answers: list[list[float] | str] = []
    kinks = []
    for row in rows:
        here = Counter[tuple[int, int] | None]()
        try:
            result = derive.jacobian(base.changed(at=dict(row)), mode="reverse")
        except AdcliError as error:
            answers.append(error.message)
        else:
            answers.append([*result.values, *(x for line in result.jacobian for x in line)])
            here.update(notice.span for notice in result.warnings if notice.kind == "kink")
        kinks.append(here)
    return Rows(case, base, rows, answers, kinks)


@cache
def all_rows(file: Path) -> list[Rows]:
    return [rows_of(case) for case in cases(file)]


@cache
def found(file: Path, engine: str) -> list[Found]:
    """An engine's answers for all cases of a file."""
    return [answered(each, engine) for each in all_rows(file)]


def answered(given: Rows, engine: str) -> Found:
    names = list(given.rows[0])
    job = Job(given.problem, Request("jacobian"), {name: name for name in names})
    job.use(engine)
    results, _ = job.answered(Records("rows", 1, names, [dict(row) for row in given.rows]))
    columns = results.lists()
    answers = [results.failures.get(i) or [column[i] for column in columns] for i in range(len(given.rows))]
    return Found(answers, Counter({cause.span: cause.count for cause in job.summary().kinks}))


def wrong_rows(given: Rows, got: Sequence[list[float] | str]) -> list[str]:
    """The rows whose numbers differ by more than 1e-13 and than roundings explain, or whose errors differ."""
    wrong = []
    for row, a, b in zip(given.rows, got, given.answers, strict=True):
        if isinstance(a, str) or isinstance(b, str):
            said = str(a).partition(" in ")[0] if str(b) in str(a) else a  # over rows it is said where, too
            if said != b:
                wrong.append(f"{given.case['id']} at {row}: {a} instead of {b}")
        elif not all(math.isclose(x, y, rel_tol=1e-13) for x, y in zip(a, b, strict=True)):
            moved = moved_by_roundings(given.problem, row, b)
            for i, (x, y, m) in enumerate(zip(a, b, moved, strict=True)):
                if not abs(x - y) <= 1e-13 * abs(y) + SLACK * m:
                    wrong.append(f"{given.case['id']} at {row}: number {i} is {x} instead of {y}, and moves by {m:.1e}")
    return wrong


@each_engine
@each_file
def test_every_engine_agrees_with_the_scalar_path(file: Path, engine: str) -> None:
    """Values and Jacobians to 1e-13, or to what roundings do to them; errors word for word."""
    wrong: list[str] = []
    for given, got in zip(all_rows(file), found(file, engine), strict=True):
        wrong += wrong_rows(given, got.answers)
    assert not wrong


@each_engine
@each_file
def test_kinks_are_those_of_the_scalar_path(file: Path, engine: str) -> None:
    """Each place, in as many rows at least: kinks that cancel are only found out at single points."""
    for given, got in zip(all_rows(file), found(file, engine), strict=True):
        want = Counter(span for kinks in given.kinks for span in kinks)
        assert not want - got.kinks, given.case["id"]


@each_engine
@each_file
def test_every_engine_is_right_to_what_floats_can_reach(file: Path, engine: str) -> None:
    """The truths of the cases themselves, with the same tolerance as for one point."""
    wrong = []
    for given, got in zip(all_rows(file), found(file, engine), strict=True):
        case, own = given.case, got.answers[0]
        count, width = len(given.problem.graph.outputs), len(given.problem.wrt)
        result: Any = None
        if not isinstance(own, str):
            entries = own[count:]
            lines = [entries[i * width : (i + 1) * width] for i in range(count)]
            result = SimpleNamespace(jacobian=lines, warnings=got.kinks)
        if "accept" in case:
            why = "" if accepted(case, result) else f"{own} is not among the accepted outcomes"
        else:
            why = f"refused: {own}" if result is None else complaint(case, result, floats=True)
        if why:
            wrong.append(f"{case['id']}: {why}")
    assert not wrong


def test_a_wrong_number_of_an_engine_is_noticed() -> None:
    """The test of the test: a number changed in its thirteenth digit is an error where the case is well-conditioned."""
    given = all_rows(FILES[0])[0]
    (first, *rest) = given.answers
    assert not isinstance(first, str)
    assert not wrong_rows(given, given.answers)
    assert wrong_rows(given, [[x * (1 + 3e-13) for x in first], *rest])
    assert wrong_rows(given, ["division by zero", *rest])
