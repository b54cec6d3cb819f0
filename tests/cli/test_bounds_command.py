"""`adcli bounds` and `--certify` from the command line: formats, conclusions, and what goes wrong."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest
from calling import Run

from adcli.render import FORMATS

BAYDIN = ("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")


def test_the_table_of_bounds(run: Run) -> None:
    """What it takes, its slope, and what follows."""
    assert run("bounds", "x*exp(-x)", "--over", "x=3:4", "--hessian", "--format", "table").stdout == (
        "\n"
        "  f = x*exp(-x) for 3 ≤ x ≤ 4\n"
        "\n"
        "               at least      at most\n"
        "   f          0.0732625    0.149362\n"
        "   ∂f/∂x     -0.0995742   -0.0549469\n"
        "   ∂²f/∂x²    0.0366312    0.0497878\n"
        "\n"
        "  ✓ f is decreasing in x\n"
        "\n"
        "  ✓ f is convex\n"
        "\n"
        "  ✓ f is Lipschitz continuous with the constant 0.0995742\n"
        "\n"
        "  ✓ f has no zero\n"
        "\n"
    )


@pytest.mark.parametrize("digits", [(), ("--digits", "3"), ("--digits", "12")])
@pytest.mark.parametrize("format", ["table", "markdown", "latex"])
def test_fewer_digits_leave_bounds_true(run: Run, format: str, digits: tuple[str, ...]) -> None:
    """The identity takes all of its box, and the length of (0, 0, 1, 2, 1, 1) is the root of 7."""
    number = r"[^\d=]+?(-?[\d.]+)\$?"
    for low, high in (("0.12345678", "0.98765432"), ("-0.98765432", "-0.12345678"), ("1/3", "2/3")):
        text = run("bounds", "f = 1*x", "--over", f"x={low}:{high}", "--format", format, *digits).stdout
        found = re.search(rf"^\W*f\b{number}{number}", text, re.MULTILINE)
        assert found is not None
        assert Fraction(found[1]) <= Fraction(low) < Fraction(high) <= Fraction(found[2])
        side = re.search(r"for (\S+) \S+ x \S+ (\S+)", text)
        assert side is not None
        assert Fraction(low) <= Fraction(side[1]) < Fraction(side[2]) <= Fraction(high)
    words = ("x@y", "--over", "x=[1,2],y=[0:1,0:1]", "--format", format, *digits)
    constant = re.search(r"constant ([\d.]+)", run("bounds", *words).stdout)
    assert constant is not None
    assert Fraction(constant[1]) ** 2 >= 7


def test_the_json_of_bounds(run: Run) -> None:
    """Pairs of numbers by names; what is not decided is null."""
    found = json.loads(run("bounds", "x^2 - a", "--over", "x=-2:2", "--at", "a=2", "--format", "json").stdout)
    assert found["at"] == {"a": 2.0}
    assert found["over"] == {"x": [-2.0, 2.0]}
    assert (found["value"], found["gradient"], found["monotone"]) == ([-2.0, 2.0], {"x": [-4.0, 4.0]}, {"x": None})
    assert (found["convex"], found["concave"], found["zeros"]) == (True, False, 2)
    assert [root["x"][0] for root in found["roots"]] == pytest.approx([-(2**0.5), 2**0.5])
    kinked = json.loads(run("bounds", "abs(x)", "--over", "x=-1:1", "--format", "json").stdout)
    assert kinked["convex"] is None
    assert kinked["lipschitz"] == 1.0
    assert kinked["warnings"][0]["kind"] == "kink"


@pytest.mark.parametrize("format", FORMATS)
def test_bounds_in_every_format(run: Run, format: str) -> None:
    """The value's bounds are in each."""
    text = run("bounds", "x*y", "--over", "x=1:2,y=3:4", "--format", format).stdout
    assert "3" in text
    assert "8" in text


@pytest.mark.parametrize(
    ("words", "exit", "said"),
    [
        (("log(x)", "--over", "x=-1:2"), 3, "log(x) is not defined all over this box"),
        (("1/(x^2-2)", "--over", "x=0:2"), 3, "cannot be told from the edge of its domain, or a pole"),
        (("x", "--over", "x=2:1"), 2, "ends before it begins"),
        (("x", "--over", "x=:1"), 2, "lacks an end"),
        (("x",), 2, "bounds over which box?"),
        (("x*y", "--over", "x=0:1"), 2, "y has no value"),
        (("x", "--over", "x=0:1", "--at", "x=1"), 2, "both give x a value"),
        (("x", "--over", "x=0:1", "--tolerance", "0"), 2, "--tolerance is a number above 0"),
        (("x", "--over", "x=0:1", "--precision", "30"), 2, "bounds are doubles"),
        (("x", "2*x", "--over", "x=0:1"), 2, "bounds needs one output"),
    ],
)
def test_what_has_no_bounds_is_refused(run: Run, words: tuple[str, ...], exit: int, said: str) -> None:
    """With the place, and the exit status of its kind."""
    assert said in run("bounds", *words, exit=exit).stderr


def test_certified_numbers_have_bounds(run: Run) -> None:
    """For each entry a lower and an upper one, under the names of the result's own fields."""
    found = json.loads(run("grad", *BAYDIN, "--certify", "--format", "json").stdout)
    proof = found["certified"]
    assert proof["digits"] == 17
    assert proof["lower"]["gradient"]["x1"] == found["gradient"]["x1"] == proof["upper"]["gradient"]["x1"] == 5.5
    assert proof["lower"]["value"] < proof["upper"]["value"]
    assert "✓ proven: all 17 digits" in run("grad", *BAYDIN, "--certify", "--format", "table").stdout
    assert "proven: all 17 digits" in run("grad", *BAYDIN, "--certify", "--format", "markdown").stdout


def test_what_is_certified_is_checked_at_the_point_as_it_is_written(run: Run) -> None:
    """A tenth, not the double next to it."""
    words = ("grad", "1/(x - 0.1000000001)", "--at", "x=0.1", "--certify", "--check", "--format", "json")
    found = json.loads(run(*words).stdout)
    assert found["gradient"]["x"] == -1e20
    assert found["check"]["ok"]
    assert found["check"]["digits"] == 16


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("jacobian", *BAYDIN, "--certify", "--linearize"), "leave out --det and --linearize"),
        (("grad", *BAYDIN, "--certify", "--precision", "30"), "what is proven are doubles"),
        (("grad", "x^2", "--data", "-", "--certify"), "--certify is for one point"),
    ],
)
def test_what_certify_does_not_go_with(run: Run, words: tuple[str, ...], said: str) -> None:
    """It proves doubles at one point."""
    assert said in run(*words, exit=2, input="x\n1\n").stderr
