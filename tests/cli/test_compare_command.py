"""`adcli compare` from the command line: formats, formulas by hand, steps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import Run

from adcli.render import FORMATS

RUNNING = ("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")
WRONG = ("--manual", "x1=1/x1+x2,x2=x1+cos(x2)")
RIGHT = ("--manual", "x1=1/x1+x2, x2=x1-cos(x2)")
METHOD = ["name", "gradient", "max_rel_error", "digits", "evaluations", "operations", "seconds"]

pytestmark = pytest.mark.usefixtures("hurried")


def test_json(run: Run) -> None:
    """The contract's keys: the truth as text, a method with its gradient, error, digits, and what it took."""
    found = json.loads(run("compare", *RUNNING, "--format", "json").output)
    assert found["truth"] == {"x1": "5.5", "x2": "1.7163378145367737355333608284864426916655774077478"}
    assert [method["name"] for method in found["methods"]] == [
        "forward-difference",
        "central-difference",
        "complex-step",
        "symbolic",
        "forward",
        "reverse",
    ]
    for method in found["methods"]:
        assert [key for key in method if key in METHOD] == METHOD
        assert list(method["gradient"]) == ["x1", "x2"]
    assert found["check"] is None
    assert "steps" not in found


def test_a_wrong_derivative_exits_with_1(run: Run) -> None:
    """It says which entry, both values, and what is likely wrong: in the JSON and on stderr."""
    done = run("compare", *RUNNING, *WRONG, "--format", "json", exit=1)
    found = json.loads(done.stdout)
    assert found["methods"][0]["name"] == "manual"
    (mistake,) = found["mistakes"]
    assert mistake["name"] == "x2"
    assert mistake["formula"] == "x1+cos(x2)"
    assert mistake["manual"].startswith("2.28366218546322626")
    assert mistake["truth"].startswith("1.71633781453677373")
    assert mistake["likely"] == "the summand -cos(x2) has the wrong sign"
    assert found["check"]["ok"] is False
    assert "∂y/∂x2 is 2.28366 by hand (x1+cos(x2)) and 1.71634 in truth" in done.stderr


def test_a_right_derivative_exits_with_0(run: Run) -> None:
    """And is said to be right."""
    found = json.loads(run("compare", *RUNNING, *RIGHT, "--format", "json").stdout)
    assert found["mistakes"] == []
    assert found["check"]["ok"] is True
    assert "✓ the derivatives by hand are right" in run("compare", *RUNNING, *RIGHT, "--format", "table").stdout


def test_a_table(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ways with their gradients, the mistake below."""
    monkeypatch.setenv("COLUMNS", "120")
    lines = run("compare", *RUNNING, *WRONG, "--format", "table", exit=1).stdout.splitlines()
    assert lines[1].split() == ["way", "error", "digits", "eval.", "op.", "time", "∂f/∂x1", "∂f/∂x2"]
    assert lines[2].split() == ["the", "truth", *"–––––", "5.5", "1.71633781454"]
    assert lines[3].startswith("   by hand              3.3e-01        0       0     4 ")
    assert (
        "  ✗ ∂f/∂x2 by hand is x1+cos(x2), here 2.28366, and should be 1.71634: the summand -cos(x2) has the wrong sign"
        in lines
    )
    assert any(line.startswith("   reverse mode         4.3e-17       16       1    14") for line in lines)


@pytest.mark.parametrize("width", ["60", "80", "120"])
@pytest.mark.parametrize("words", [(), ("--steps",), WRONG])
def test_tables_keep_to_the_width(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], width: str
) -> None:
    """Columns that do not fit come below."""
    monkeypatch.setenv("COLUMNS", width)
    output = run("compare", *RUNNING, *words, "--format", "table", exit=1 if words == WRONG else 0).stdout
    assert max(map(len, output.splitlines())) <= int(width)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("words", [(), ("--steps",), RIGHT])
def test_every_format(run: Run, words: tuple[str, ...], format: str) -> None:
    """Text that ends in one newline, and JSON that is JSON."""
    output = run("compare", *RUNNING, *words, "--format", format).stdout
    assert output.endswith("\n")
    if format == "json":
        json.loads(output)


def test_the_value_is_the_truth(run: Run) -> None:
    """A number a line, with all its digits."""
    output = run("compare", "x^2", "--at", "x=0.5", "--format", "value").output
    assert output == "1\n"


def test_the_steps(run: Run) -> None:
    """A row for each step; of CSV it is the table."""
    steps = json.loads(run("compare", *RUNNING, "--steps", "--format", "json").output)["steps"]
    assert list(steps[0]) == ["step", "forward_difference", "central_difference", "complex_step"]
    assert (len(steps), steps[0]["step"]) == (31, 0.1)
    lines = run("compare", *RUNNING, "--steps", "--format", "csv").output.splitlines()
    assert lines[0] == "step,forward-difference,central-difference,complex-step"
    assert len(lines) == 32


def test_a_picture_of_the_steps(run: Run, tmp_path: Path) -> None:
    """With matplotlib, a file beside the table."""
    pytest.importorskip("matplotlib")
    file = tmp_path / "v.svg"
    run("compare", *RUNNING, "--steps", "--plot", str(file))
    assert b"<svg" in file.read_bytes()


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("x^2",), 2, "x has no value"),
        (("x", "x^2", "--at", "x=1"), 2, "compare needs one output"),
        (("x^2", "--at", "x=2", "--manual", "z=3"), 2, "--manual names z, which is not differentiated by"),
        (("x^2", "--at", "x=2", "--manual", "x=2*q"), 2, "q does not occur in the program"),
        (("x^2", "--at", "x=2", "--manual", "x=2*"), 2, "an operand is missing"),
        (("x^2", "--at", "x=2", "--manual", "2*x"), 2, "is no NAME=VALUE"),
        (("x^2", "--at", "x=2", "--plot", "a.png"), 2, "--plot draws the error against the step"),
        (("x^2", "--at", "x=2", "--steps", "--plot", "a.gif"), 2, "a.gif is neither"),
        (("x^2", "--at", "x=2", "--precision", "30"), 2, "compare is about floats"),
        (("log(x)", "--at", "x=-2"), 3, "log is not defined at -2"),
    ],
)
def test_what_goes_wrong(run: Run, words: tuple[str, ...], status: int, message: str) -> None:
    """A sentence, and the status of its kind."""
    assert message in run("compare", *words, exit=status).output


@pytest.mark.parametrize("format", ["table", "plain"])
def test_a_mistake_is_said_once(run: Run, format: str) -> None:
    """On the page for people, or beside the numbers for programs."""
    done = run("compare", "x^2", "--at", "x=3", "--manual", "x=3*x", "--format", format, exit=1)
    assert (done.stdout + done.stderr).count("3/2 of the truth") == 1
