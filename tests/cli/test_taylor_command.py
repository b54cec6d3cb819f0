"""`adcli taylor` from the outside."""

from __future__ import annotations

import json

import pytest
from calling import Run

from adcli.arithmetic.series import SeriesArithmetic
from adcli.ops import Op


def test_plain_is_a_coefficient_a_line(run: Run) -> None:
    """From order 0 on."""
    out = run("taylor", "exp(x)*sin(x)", "--at", "x=0", "--order", "4").stdout
    assert [float(line) for line in out.splitlines()] == pytest.approx([0, 1, 1, 1 / 3, 0])
    assert run("taylor", "x^2", "--at", "x=3", "--order", "0").stdout == "9.0\n"


def test_the_table(run: Run) -> None:
    """A coefficient and a derivative for each order."""
    text = (
        "\n  f = x^3 = 8      Taylor mode, order 4 in x\n\n"
        "   order   coefficient   derivative\n"
        "       0    8             8\n"
        "       1   12            12\n"
        "       2    6            12\n"
        "       3    1             6\n"
        "       4    0             0\n\n"
    )
    assert run("taylor", "x^3", "--at", "x=2", "--format", "table", "--no-check").stdout == text
    out = run("taylor", "x^3*y", "--at", "x=2,y=1", "--direction", "x=1,y=2", "--format", "table").stdout
    assert "f(a + t·d)  for d = (x: 1, y: 2)" in out
    assert "the function that SymPy reads has these coefficients (30 digits)" in out


def test_json_has_the_fields_of_the_contract(run: Run) -> None:
    """Coefficients and derivatives, K + 1 of each."""
    found = json.loads(run("taylor", "x^x", "--at", "x=2", "--order", "3", "--format", "json").stdout)
    own = ["output", "order", "direction", "coefficients", "derivatives"]
    assert list(found) == ["schema", "command", "expr", "at", *own, "warnings", "check"]
    assert found["order"] == 3
    assert found["direction"] == {"x": 1.0}
    assert found["derivatives"] == pytest.approx([4, 6.772588722239782, 13.46698950015237, 28.574184025053153])


def test_many_digits(run: Run) -> None:
    """Sixty of them, right to more than forty at order 50."""
    words = ("exp(sin(x))/(1+x^2)", "--at", "x=0", "--order", "50", "--precision", "60")
    lines = run("taylor", *words).stdout.splitlines()
    assert len(lines) == 51
    assert lines[50].startswith("-0.3853574264832713020117842174526178408241432953958729019")
    checked = json.loads(run("taylor", *words, "--check", "--format", "json").stdout)["check"]
    assert checked["ok"]
    assert checked["digits"] == 60


def test_documents(run: Run) -> None:
    """A table for CSV and Markdown, a sum with a remainder for LaTeX."""
    words = ("taylor", "1/(1-x)", "--at", "x=0", "--order", "2")
    assert run(*words, "--format", "csv").stdout == "order,coefficient,derivative\n0,1.0,1.0\n1,1.0,1.0\n2,1.0,2.0\n"
    assert run(*words, "--format", "value").stdout == "1.0\n1.0\n1.0\n"
    assert "| 2     |           1 |          2 |" in run(*words, "--format", "markdown").stdout
    assert "f &= 1 + x + x^{2} + O\\left(x^{3}\\right)" in run(*words, "--format", "latex").stdout
    shifted = run("taylor", "x^2", "--at", "x=3", "--order", "2", "--format", "latex").stdout
    assert "f &= 9 + 6 \\, (x - 3) + (x - 3)^{2} + O\\left((x - 3)^{3}\\right)" in shifted
    line = run("taylor", "x*y", "--at", "x=1,y=2", "--direction", "1,1", "--order", "2", "--format", "latex").stdout
    assert "f &= 2 + 3 \\, t + t^{2} + O\\left(t^{3}\\right)" in line


def test_a_line_in_the_inputs_order(run: Run) -> None:
    """Numbers without names, as of --tangent and --vector."""
    named = run("taylor", "x*y^2", "--at", "x=1,y=2", "--direction", "x=1,y=-1").stdout
    assert run("taylor", "x*y^2", "--at", "x=1,y=2", "--direction", "1,-1").stdout == named


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("x*y", "--at", "x=1,y=2"), "--var NAME"),
        (("x*y", "--at", "x=1,y=2", "--var", "z"), "z is no input"),
        (("x", "--at", "x=1", "--order", "10001"), "--order is a whole number from 0 to 10000"),
        (("x", "--at", "x=1", "--order=-1"), "--order is a whole number"),
        (("x", "x^2", "--at", "x=1"), "--output NAME"),
        (("x*y", "--at", "x=1,y=2", "--direction", "1"), "there are 2 inputs"),
    ],
)
def test_what_is_asked_must_make_sense(run: Run, words: tuple[str, ...], said: str) -> None:
    """The message says what to do."""
    assert said in run("taylor", *words, exit=2).stderr


def test_a_kink_is_a_warning_or_an_error(run: Run) -> None:
    """As for the other derivatives."""
    assert "has a kink at 0" in run("taylor", "abs(x)", "--at", "x=0").stderr
    assert "has a kink at 0" in run("taylor", "abs(x)", "--at", "x=0", "--kinks", "error", exit=3).stderr
    assert "no Taylor series at 0" in run("taylor", "sqrt(x)", "--at", "x=0", exit=3).stderr


@pytest.mark.parametrize("way", [("--var", "y"), ("--direction", "y=1,x=3"), ("--direction", "x=0,y=2")])
def test_any_input_may_move(run: Run, way: tuple[str, str]) -> None:
    """The witness moves the same inputs, in whatever order the direction names them."""
    words = ("taylor", "x^3*exp(y)", "--at", "x=0.5,y=2", *way, "--check", "--format", "json")
    check = json.loads(run(*words).stdout)["check"]
    assert check["ok"]


def test_long_programs_to_high_orders_are_not_checked(run: Run) -> None:
    """With many digits that would take minutes."""
    program = "v = x" + "; v = sin(v)" * 1000
    assert "to order 40 is too large" in run("taylor", program, "--at", "x=1", "--order", "40", "--check").stderr


def test_without_inputs_there_is_no_series(run: Run) -> None:
    """As there is no derivative, nor a program of one."""
    assert "no inputs to expand in" in run("taylor", "3", exit=2).stderr
    assert "no inputs to differentiate by" in run("derive", "3", exit=2).stderr


def test_what_sympy_cannot_read_is_checked_by_values_alone(run: Run) -> None:
    """erfi's inverse is not SymPy's; sinc_derivative neither."""
    out = run("taylor", "sinc_derivative(1, x)", "--at", "x=0.5", "--format", "table").stdout
    assert "differences in mpmath agree" in out


def test_a_wrong_coefficient_is_noticed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the check: x·cos(x) is sin's derivative at 1, and only there."""
    right = SeriesArithmetic.partial_rule

    def wrong(self: SeriesArithmetic, op: Op, position: int) -> str:
        return "x*cos(x)" if op.name == "sin" else right(self, op, position)

    monkeypatch.setattr(SeriesArithmetic, "partial_rule", wrong)
    assert "coefficient 2 of y is" in run("taylor", "sin(x)", "--at", "x=1", "--order", "2", "--check", exit=1).stderr
