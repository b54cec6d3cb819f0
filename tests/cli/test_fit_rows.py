"""What a fit says of rows: which it is, and how many there are."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import Run


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Without x in the second row, with x < 0 and a weight < 0 in the fourth."""
    monkeypatch.chdir(tmp_path)
    file = Path("rows.csv")
    file.write_text("x,y,w\n1,3,1\n,5,1\n3,7,1\n-4,9,-2\n5,11,1\n", encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("engine", ["python", "auto"])
def test_a_row_is_called_by_its_number_in_the_file(run: Run, rows: str, engine: str) -> None:
    """Whether or not rows before it are left out."""
    words = ("--response", "y", "--data", rows, "--at", "a=0,b=1", "--on-error", "skip", "--engine", engine)
    assert "row 4 of rows.csv: log is not defined at -4" in run("fit", "a+b*log(x)", *words, exit=3).stderr
    said = run("fit", "a+b*x", *words, "--weights", "w", exit=4).stderr
    assert "row 4 of rows.csv: the weight is -2" in said
    assert "at least 0" in said


def test_an_uncertainty_of_the_response_is_above_0(run: Run, rows: str) -> None:
    """Neither 0 nor less."""
    words = ("fit", "a+b*x", "--response", "y", "--data", rows, "--at", "a=0,b=1", "--on-error", "skip")
    said = run(*words, "--u-response", "w+2", exit=4).stderr
    assert "row 4 of rows.csv: the uncertainty is 0" in said


def test_counts_of_one_are_singular(run: Run, tmp_path: Path) -> None:
    """1 row, 1 degree of freedom."""
    file = tmp_path / "two.csv"
    file.write_text("x,y\n1,3\n2,5\n", encoding="utf-8")
    words = ("--response", "y", "--data", str(file), "--format", "table", "--color", "never")
    assert "2 rows, 1 degree of freedom" in run("fit", "a*x", "--at", "a=1", *words).stdout
    file.write_text("x,y\n1,3\n,5\n", encoding="utf-8")
    assert (
        "two.csv has 1 row, too few for 2 parameters"
        in run("fit", "a+b*x", "--at", "a=1,b=1", "--on-error", "skip", *words, exit=4).stderr
    )
    done = run("fit", "a*x", "--at", "a=1", "--on-error", "skip", *words)
    assert "1 row that lacks a number is left out" in done.stdout + done.stderr
