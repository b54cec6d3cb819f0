"""`adcli diff`, `adcli equal` and `adcli export` from the outside."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from calling import Run

AT = ("--seconds", "0")


def test_formulas_are_read_by_other_commands(run: Run) -> None:
    """A line each, and nothing else."""
    assert run("diff", "x^3", *AT).stdout == "3*x^2\n"
    assert run("eval", "-", "--at", "x=2", "--format", "value", input=run("diff", "x^3", *AT).stdout).stdout == "12.0\n"
    assert run("diff", "x*y^2", *AT).stdout == "y^2\n2*x*y\n"
    again = run("diff", "-", *AT, input=run("diff", "x^3", *AT).stdout).stdout
    assert again == "6*x\n"


def test_derivatives_as_json(run: Run) -> None:
    """By name, with how they are verified."""
    found = json.loads(run("diff", "x^2*y", "--order", "2", "--format", "json", *AT).stdout)
    assert found["derivatives"] == {"x,x": "2*y", "x,y": "2*x", "y,y": "0"}
    assert found["verified"] == {"proof": True}
    found = json.loads(run("diff", "sin(x)", "--at", "x=0", "--format", "json", *AT).stdout)
    assert (found["derivatives"], found["values"]) == ({"x": "cos(x)"}, {"x": 1.0})
    assert found["verified"] == {"points": 40, "digits": 50}


@pytest.mark.parametrize(
    ("format", "line"),
    [
        ("latex", r"\frac{\mathrm{d} y}{\mathrm{d} x} &= 2 \, x \, \cos\left(x^{2}\right)"),
        ("sympy", "2*x*cos(x**2)"),
        ("mathematica", "2*x*Cos[x^2]"),
        ("markdown", "2\\*x\\*cos(x^2)"),
    ],
)
def test_formulas_in_other_notations(run: Run, format: str, line: str) -> None:
    """That of LaTeX, SymPy, Mathematica, Markdown."""
    text = run("diff", "y = sin(x^2); y", "--format", format, "--seconds", "30").stdout
    assert line in text


@pytest.mark.parametrize("format", ["plain", "markdown", "latex", "html", "json"])
def test_reasons_in_every_format(run: Run, format: str) -> None:
    """With the rules' names, whatever the format; LaTeX's brackets match."""
    text = run("diff", "y = x^2*sin(x); exp(-y)/y", "--explain", "--format", format, *AT).stdout
    assert "product rule" in text
    assert "quotient rule" in text
    if format == "latex":
        assert text.count("{") == text.count("}")
        assert text.count(r"\begin{itemize}") == text.count(r"\end{itemize}")
        assert "y'" in text
    if format == "html":
        assert len(re.findall("<(ul|li|details|code)", text)) == len(re.findall("</(ul|li|details|code)", text))


def test_equal_tells_by_its_exit_status(run: Run) -> None:
    """0 for equal, 1 for different, 3 for undecided, 2 for what cannot be asked."""
    assert run("equal", "(x+1)^2", "x^2+2*x+1").stdout == "equal\n"
    assert run("equal", "x+2", "2*x", exit=1).stdout == "different at x = 3: 5 and 6\n"
    removable = run("equal", "(x^2-1)/(x-1)", "x+1").stdout
    assert removable == "equal\nthe domains differ: the second has a value at x = 1, the first has none\n"
    assert run("equal", "relu(x)", "(x+abs(x))/2").stdout.startswith("equal\nno proof: agreement at 40 points")
    assert "no point" in run("equal", "log(x)", "log(-x)", exit=3).stderr
    assert "two formulas" in run("equal", "x", exit=2).stderr
    assert "--over is" in run("equal", "x", "x", "--over", "x", exit=2).stderr
    found = json.loads(run("equal", "x+2", "2*x", "--format", "json", exit=1).stdout)
    assert (found["equal"], found["counterexample"], found["values"]) == (False, {"x": 3.0}, ["5", "6"])
    found = json.loads(run("equal", "(x^2-1)/(x-1)", "x+1", "--format", "json").stdout)
    assert (found["equal"], found["evidence"], found["domains"]["second_only"]) == (True, "proof", {"x": 1.0})


def test_code_is_written_to_files_of_any_ending(run: Run, tmp_path: object) -> None:
    """As it stands; what it is made of in JSON."""
    code = run("export", "ln(x1)+x1*x2-sin(x2)", "--to", "c").stdout
    assert len(code.splitlines()) <= 15
    assert "gradient[0] = x2 + 1/x1;" in code
    assert run("export", "ln(x1)+x1*x2-sin(x2)", "--to", "c", "-o", f"{tmp_path}/f.c").stdout == ""
    found = json.loads(run("export", "λ*x[2]", "--to", "c", "--format", "json").stdout)
    assert found["renamed"] == {"λ": "lambda"}
    assert found["what"] == ["value", "gradient"]
    assert "--to c" in run("export", "x", exit=2).stderr
    assert "--to c" in run("export", "x", "-o", f"{tmp_path}/f.txt", exit=2).stderr
    for file, line in (("f.rs", "pub fn f("), ("f.py", "import math"), ("f.jl", "function f("), ("f.sql", "FROM data")):
        run("export", "exp(x)", "-o", f"{tmp_path}/{file}")
        assert line in Path(f"{tmp_path}/{file}").read_text(encoding="utf-8")
    for words in (("--to", "excel"), ()):
        run("export", "Max(x, y)", "--what", "value", "-o", f"{tmp_path}/f.csv", *words)
        assert Path(f"{tmp_path}/f.csv").read_text(encoding="utf-8") == 'x,y,f\n,,"=MAX(A2,B2)"\n'
    assert "my_f" in run("export", "x", "--to", "c", "--name", "my-f", exit=2).stderr
    assert "Hessian" in run("export", "x", "x^2", "--to", "c", "--what", "hessian", exit=2).stderr
    assert "dialect" in run("export", "x", "--to", "c", "--dialect", "sqlite", exit=2).stderr
