"""Uncertainties, roots, minima, fits and totals on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from calling import Run


def answered(run: Run, *words: str, **options: Any) -> dict[str, Any]:
    """The JSON of an answer."""
    found: dict[str, Any] = json.loads(run(*words, "--format", "json", **options).stdout)
    return found


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with rows."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text("x,y,u_x\n1,2.1,0.1\n2,3.9,0.2\n3,6.2,0.1\n")
    return tmp_path


def test_plain_text_has_a_line_for_each_number(run: Run) -> None:
    """Names, values, uncertainties with tabs between them."""
    out = run("uncertainty", "a+b", "a*b/4", "--at", "a=2±0.3,b=2±0.4").stdout
    assert out == "y1\t4.0\t0.5\ny2\t1.0\t0.25\n"
    assert (
        run("solve", "x^3+a*x=b", "--at", "x=1,a=2,b=3", "--wrt", "a,b").stdout == "x\t1.0\n∂x/∂a\t-0.2\n∂x/∂b\t0.2\n"
    )
    assert run("minimize", "(x-1)^2", "--at", "x=3").stdout == "x\t1.0\n"


def test_the_objects_of_json_are_those_of_the_manual(run: Run, rows: Path) -> None:
    """Their keys are what scripts rely on."""
    found = answered(run, "uncertainty", "a/b", "--at", "a=1±0.3,b=2±0.4")
    assert found["monte_carlo"] is None
    assert {"outputs", "values", "u", "dof", "expanded", "correlation", "budget"} <= found.keys()
    assert found["expanded"].keys() == {"coverage", "k", "U"}
    assert found["budget"]["y"]["a"].keys() == {"value", "u", "sensitivity", "contribution", "share", "elasticity"}
    assert found["dof"] == ["Infinity"]
    drawn = answered(run, "uncertainty", "a/b", "--at", "a=1±0.3,b=9±0.4", "--monte-carlo", "1e3")["monte_carlo"]
    assert drawn["draws"] == 1000
    found = answered(run, "solve", "x^2 = 2", "--at", "x=1")
    assert {"solution", "residual", "iterations", "unique_within", "check"} <= found.keys()
    found = answered(run, "minimize", "x^2", "--at", "x=1")
    assert {"minimizer", "value", "gradient_norm", "positive_definite", "iterations"} <= found.keys()
    found = answered(run, "fit", "a+b*x", "--response", "y", "--data", "rows.csv", "--at", "a=0,b=1")
    assert {"parameters", "rss", "residual_sd", "dof", "correlation", "iterations"} <= found.keys()
    assert found["parameters"]["a"].keys() == {"value", "sd", "t"}


@pytest.mark.parametrize("format", ["table", "csv", "markdown", "latex", "value", "plain"])
def test_answers_are_written_in_every_format(run: Run, rows: Path, format: str) -> None:
    """With the numbers in them."""
    fit = ("fit", "a+b*x", "--response", "y", "--data", "rows.csv", "--at", "a=0,b=1")
    for words, number in (
        (("uncertainty", "a+b", "--at", "a=1±0.3,b=2±0.4"), "0.5"),
        (("solve", "x^2=2", "a*x=y", "--at", "x=1,y=1,a=2", "--wrt", "a"), "1.4"),
        (("minimize", "(x-a)^2", "--at", "x=3,a=1.25", "--wrt", "a"), "1.25"),
        (fit, "2.0"),
    ):
        assert number in run(*words, "--format", format).stdout


def test_a_table_shows_the_budget_and_the_witness(run: Run) -> None:
    """Two digits of u, the value to match, shares with bars."""
    out = run("uncertainty", "V/I", "--at", "V=4.9990(32),I=0.019661±0.0000095", "--format", "table").stdout
    assert "254.26   0.20" in out
    assert "█" in out
    assert "Monte Carlo agrees" in out


@pytest.mark.parametrize("engine", ["python", "numpy", "llvm"])
def test_rows_have_uncertainties_of_their_own(run: Run, rows: Path, engine: str) -> None:
    """From columns, numbers and parts of the value; with what each contributes."""
    if engine != "python":
        pytest.importorskip("scipy")
        pytest.importorskip("llvmlite" if engine == "llvm" else "numpy")
    words = ("uncertainty", "x*y", "--data", "rows.csv", "--keep", "none", "--engine", engine)
    lines = run(*words, "--u", "x=u_x,y=10%", "--budget").stdout.splitlines()
    assert lines[0] == "value,u,contribution_x,contribution_y"
    value, u, by_x, by_y = map(float, lines[1].split(","))
    assert (value, by_x, by_y) == pytest.approx((2.1, 0.21, 0.21))
    assert u == pytest.approx(0.21 * 2**0.5)
    half = run(*words, "--u", "x=0.1,y=0.2", "--corr", "x:y=0.5").stdout.splitlines()[1].split(",")
    assert float(half[1]) == pytest.approx((0.21**2 + 0.2**2 + 0.21 * 0.2) ** 0.5)


def test_digits_are_those_of_uncertainties(run: Run, rows: Path) -> None:
    """Values have as many places; what has no uncertainty has as many digits."""
    words = ("uncertainty", "V/I", "--at", "V=4.9990(32),I=0.019661±0.0000095", "--format", "table")
    assert re.search(r"f +254\.260 +0\.204 ", run(*words, "--digits", "3").stdout)
    fit = ("fit", "a+b*x", "--response", "y", "--data", "rows.csv", "--at", "a=0,b=1", "--format", "table")
    assert re.search(r" b +2\.0 +0\.1 ", run(*fit, "--digits", "1").stdout)
    assert re.search(r" b +2\.050 +0\.144 ", run(*fit, "--digits", "3").stdout)


def test_a_fit_at_a_bound_says_what_holds_there(run: Run, rows: Path) -> None:
    """The residual is orthogonal to the derivatives by what may still move."""
    fit = ("fit", "a+b*x", "--response", "y", "--data", "rows.csv", "--at", "a=0,b=0.1", "--bounds", "b=0:0.2")
    out = run(*fit, "--format", "table").stdout
    assert "converged with b at a bound: the residual is orthogonal to the derivatives by a, to" in " ".join(
        out.split()
    )
    held = json.loads(run(*fit, "--format", "json").stdout)["held"]
    assert held == ["b"]


def test_a_negative_uncertainty_of_a_row_is_a_row_without_a_result(run: Run, rows: Path) -> None:
    """Its square would not show it."""
    (rows / "bad.csv").write_text("x,e\n1,-0.1\n2,0.1\n")
    out = run("uncertainty", "x^2", "--data", "bad.csv", "--u", "x=e").stdout.splitlines()
    assert out[1:] == ["1,-0.1,,", "2,0.1,4.0,0.4"]


@pytest.mark.parametrize(
    ("words", "exit", "said"),
    [
        (["uncertainty", "a", "--at", "a=1±1", "--corr", "a"], 2, "--corr needs NAME:NAME=NUMBER"),
        (["uncertainty", "a", "--at", "a=1±1", "--monte-carlo", "many"], 2, "number of draws"),
        (["uncertainty", "a", "--at", "a=1±1", "--u", "a=2"], 2, "no --data is given"),
        (["uncertainty", "x", "--data", "rows.csv", "--u", "x"], 2, "--u needs NAME=COLUMN"),
        (["uncertainty", "x", "--data", "rows.csv", "--u", "x=u_z"], 4, "no column u_z"),
        (["uncertainty", "x", "--data", "rows.csv", "--u", "z=1"], 2, "z"),
        (["uncertainty", "x", "--data", "rows.csv", "--u", "x=-1"], 2, "negative"),
        (["uncertainty", "x", "--data", "rows.csv", "--u", "x=1", "--order", "2"], 2, "leave out --order"),
        (["solve", "x^2=2", "--bracket", "x=1"], 2, "--bracket needs NAME=LOW:HIGH"),
        (["solve", "x^2=2", "--bracket", "x=0:2", "--for", "y"], 2, "--for names y"),
        (["minimize", "x^2", "--at", "x=1", "--bounds", "x"], 2, "--bounds needs NAME=LOW:HIGH"),
        (["minimize", "x", "x^2", "--at", "x=1"], 2, "needs one output"),
        (["fit", "a*x", "--at", "a=1"], 2, "--data FILE"),
        (["fit", "a*x", "--at", "a=1", "--data", "rows.csv"], 2, "--response"),
        (["fit", "a*x", "--at", "a=1", "--data", "rows.csv", "--response", "y", "--keep", "x"], 2, "leave out --keep"),
        (["fit", "a*x", "--at", "a=1", "--data", "rows.csv", "--response", "y", "--format", "tsv"], 2, "tsv"),
        (["eval", "x", "--data", "rows.csv", "--reduce", "sum", "--status"], 2, "leave out --status"),
        (["eval", "log(x-2)", "--data", "rows.csv", "--reduce", "sum"], 3, "row 1 of rows.csv"),
        (["jacobian", "y^2=x", "--at", "x=4,y=2", "--for", "y", "--det"], 2, "leave out --for"),
        (["grad", "y^2=x", "--data", "rows.csv", "--for", "y"], 2, "--for is for one point"),
    ],
)
def test_words_that_make_no_sense_are_refused(run: Run, rows: Path, words: list[str], exit: int, said: str) -> None:
    """With what was wanted instead."""
    assert said in run(*words, exit=exit).stderr


def test_fitted_rows_are_written_again(run: Run, rows: Path) -> None:
    """With what is fitted, and the residuals."""
    run("fit", "a+b*x", "--response", "y", "--data", "rows.csv", "--at", "a=0,b=1", "-o", "out.csv")
    lines = (rows / "out.csv").read_text().splitlines()
    assert lines[0] == "x,y,u_x,fitted,residual"
    for row in lines[1:]:
        _, y, _, fitted, residual = map(float, row.split(","))
        assert y - fitted == pytest.approx(residual)


def test_a_fit_reads_standard_input_once(run: Run, rows: Path) -> None:
    """But cannot write its rows again."""
    text = (rows / "rows.csv").read_text()
    words = ("fit", "a+b*x", "--response", "y", "--data", "-", "--at", "a=0,b=1")
    assert run(*words, input=text).stdout.startswith("a\t")
    assert "standard input" in run(*words, "-o", "out.csv", input=text, exit=2).stderr


@pytest.mark.parametrize("engine", ["python", "numpy", "llvm"])
def test_totals_are_one_row(run: Run, rows: Path, engine: str) -> None:
    """Of values, gradients and Hessians; a mean is of the rows that have a result."""
    if engine != "python":
        pytest.importorskip("scipy")
        pytest.importorskip("llvmlite" if engine == "llvm" else "numpy")
    words = ("--data", "rows.csv", "--engine", engine, "--at", "a=0,b=1", "--wrt", "a,b")
    found = run("grad", "(y-a-b*x)^2", *words, "--reduce", "sum").stdout.splitlines()
    assert found[0] == "value,d_a,d_b"
    assert [float(x) for x in found[1].split(",")] == pytest.approx([15.06, -12.4, -29])
    found = run("hessian", "(y-a-b*x)^2", *words, "--reduce", "mean").stdout.splitlines()
    assert [float(x) for x in found[1].split(",")[3:]] == pytest.approx([2, 4, 28 / 3])
    kept = run("eval", "log(x-1)", "--data", "rows.csv", "--reduce", "mean", "--on-error", "skip", "--engine", engine)
    assert float(kept.stdout.splitlines()[1]) == pytest.approx(0.34657359027997264)


def test_pictures_of_budgets_and_fits(run: Run, rows: Path) -> None:
    """As SVG and PNG."""
    pytest.importorskip("matplotlib")
    run("uncertainty", "a/b", "--at", "a=1±0.3,b=9±0.4", "--plot", "budget.svg")
    run("fit", "a+b*x", "--response", "y", "--data", "rows.csv", "--at", "a=0,b=1", "--plot", "fit.png")
    assert (rows / "budget.svg").read_text().startswith("<?xml")
    assert (rows / "fit.png").read_bytes().startswith(b"\x89PNG")


def test_what_was_not_checked_is_no_pass_for_a_script(run: Run) -> None:
    """The check's `ok` is null where no witness knew a number."""
    words = ("minimize", "x^2+a*x", "--at", "x=5,a=3", "--wrt", "a", "--bounds", "x=0:10", "--format", "json")
    assert json.loads(run(*words).stdout)["check"]["ok"] is None
    assert (
        json.loads(run("grad", "relu(x)", "--at", "x=0", "--check", "--format", "json").stdout)["check"]["ok"] is None
    )
