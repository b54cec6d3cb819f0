"""Which engine does the work, how large it may be, and what is said of it."""

from __future__ import annotations

import importlib.util
import math

import pytest
from rows import by_engine, each_engine

from adcli.batch import run
from adcli.batch.files.batches import Records
from adcli.batch.question import Request
from adcli.batch.run import Job
from adcli.errors import RangeError, UsageError
from adcli.problem.problem import problem

SMALL = "ln(x1) + x1*x2 - sin(x2)"


def long(statements: int) -> str:
    """A program of so many statements."""
    return "; ".join(["s = x1", *(f"s = s*0.9 + sin(x1*x2)*{i}" for i in range(statements)), "s"])


def job(text: str, **options: object) -> Job:
    base = problem(text, values=False)
    return Job(base, Request("grad"), {name: name for name, _ in base.wrt}, **options)


@pytest.mark.skipif(importlib.util.find_spec("scipy") is None, reason="needs the extra `data`")
def test_the_engine_fits_the_work() -> None:
    """Rows times operations: a large formula is worth NumPy's import earlier than a small one."""
    small, large = job(SMALL), job(long(1000))
    assert [small.choose(rows) for rows in (None, 1, 40_000, 60_000)] == ["python", "python", "python", "numpy"]
    assert [large.choose(rows) for rows in (None, 1, 500, 5_000)] == ["python", "python", "python", "numpy"]


@each_engine
def test_code_is_as_flat_as_the_program_is_long(engine: str) -> None:
    """Thousands of outputs are no nesting."""
    count = 1500
    base = problem(", ".join(f"x*y + {i}*y" for i in range(count)), values=False)
    (row,) = by_engine(base, Request("jacobian"), [{"x": 1.5, "y": 2.0}], engine)
    assert row[:count] == [3.0 + 2.0 * i for i in range(count)]
    assert row[count::2] == [2.0] * count
    assert row[count + 1 :: 2] == [1.5 + i for i in range(count)]


def test_rows_computed_one_by_one_are_announced_where_they_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, with their number; and each has its number all the same."""
    heard: list[str] = []
    slow = job("log(exp(-x))", announce=heard.append)
    slow.use("python")
    rows = Records("data", 1, ["x"], [{"x": 800.0 + i} for i in range(20)])
    monkeypatch.setattr(run, "PATIENCE", 1e9)
    slow.answered(rows)
    assert not heard
    monkeypatch.setattr(run, "PATIENCE", 0.0)
    for _ in range(2):
        results, fault = slow.answered(rows)
    assert fault is None
    assert results.lists() == [[-800.0 - i for i in range(20)], [-1.0] * 20]
    assert len(heard) == 1
    assert heard[0].startswith("20 of 20 rows from row 1 of data on are computed one by one")


@pytest.mark.parametrize("shape", [None, 1, 3])
@each_engine
def test_a_branch_without_a_value_spoils_only_its_rows(engine: str, shape: int | None) -> None:
    """Constants outside a domain stand in branches, under functions that need many operations, too."""
    np = pytest.importorskip("numpy")
    import adcli

    text = "softplus(expm1(where(floor(z) > y, asech(pi), sec(y))))"
    found = adcli.compile(text, engine=engine)
    given = [0.0, 0.5, 2.5]
    z, y = (given[0], 1.0) if shape is None else (given[:shape], [1.0] * shape)
    values = [float(value) for value in np.reshape(found(z=z, y=y)["value"], -1)]
    for number, value in zip(given, values, strict=False):
        if math.floor(number) > 1:
            assert math.isnan(value)
        else:
            assert value == pytest.approx(math.log1p(math.exp(math.expm1(1 / math.cos(1)))), rel=1e-14)


def test_a_number_that_no_double_holds_is_located() -> None:
    """Rows are doubles; at one point it can be used."""
    with pytest.raises(RangeError, match="1e400 is larger than any double") as caught:
        job("1e400*x*1e-400")
    assert caught.value.span == (0, 5)
    assert caught.value.hint == "rows are computed in doubles; at one point it can be used"


def test_compiled_functions_have_no_precision() -> None:
    """Refused, rather than left unheeded."""
    pytest.importorskip("numpy")
    import adcli

    with pytest.raises((TypeError, UsageError), match="precision"):
        adcli.compile("x^2", precision=50)
