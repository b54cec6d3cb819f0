"""Whatever stands on a command line, good or bad, is answered or refused as the README says: never by a traceback."""

from __future__ import annotations

import json
import random

import pytest
from click.testing import CliRunner

from adcli.cli import COMMANDS, main

SEED = 20_261_129
COUNT = 60
PER_TEST = 10
STATUSES = (0, 1, 2, 3, 4)
"""What the README lists; 70, a fault of adcli itself, is none of them."""

ATOMS = ("x", "y", "x[1]", "x[2]", "2", "0.5", "1e400", "pi", "E", "i", "z_1", "α", "𝑥", "")
PIECES = (
    "{a}+{b}", "{a}*{b}", "{a}/{b}", "{a}^{b}", "-{a}", "({a})", "|{a}|", "sin({a})", "log({a})", "Max({a},{b},{a})",
    "gamma({a})", "polygamma({a},{b})", "beta({a},{b})", "where({a}<{b},{a},{b})", "Piecewise(({a},{b}>0))",
    "Mod({a},{b})", "floor({a})", "Sum({a}*i,(i,1,3))", "f({a})", "{a}{b}", "{a} {b}", "{a};{b}", "{a},{b}",
    "q={a};{b}*q", "x={a}", "v[i=1..3]={a}*i", "f(x)={a};f({b})", "({a}", "{a}))", "{a}$", "sin {a}", "{a}<{b}",
    "# {a}", "{a} and {b}",
)  # fmt: skip
POINTS = (
    "x=1,y=2", "x=0,y=0", "x=-1.5,y=1e300", "x=[1,2]", "x=pi/4,y=E", "x=1", "y=3", "x=", "x=1,x=2",
    '{"x": 1, "y": 2}', "x=[1", "x=1e-320,y=-0.0", "x=inf", "α=1", "@none.json", "",
)  # fmt: skip
OPTIONS = (
    ("--mode", "fwd"), ("--mode", "reverse"), ("--mode", "sideways"), ("--wrt", "x"), ("--wrt", "y,x"),
    ("--wrt", "q"), ("--check",), ("--output", "q"), ("--output", "y"), ("--precision", "20"), ("--precision", "0"),
    ("--digits", "3"), ("--kinks", "error"), ("--layout", "denominator"), ("--tangent", "x=1,y=-2"),
    ("--cotangent", "1"), ("--cotangent", "1,2"), ("--vector", "x=1"), ("--order", "3"), ("--order", "-1"),
    ("--sparse",), ("--det",), ("--linearize",), ("--hessian",), ("--adjoints",), ("--factored",), ("--limit", "3"),
    ("--elimination",), ("--growth", "n=1,2"), ("--let", "n=2"), ("--allow-unused",), ("--optimize",), ("--jvp",),
    ("--rows", "1:2"), ("--manual", "x=1"), ("--steps",), ("--syntax", "sympy"), ("--color", "always"),
    ("--nonsense",), ("--at",), ("--data", "none.csv"), ("-f", "none.txt"),
)  # fmt: skip
FORMATS = ("table", "plain", "value", "json", "csv", "markdown", "latex", "dot", "html", "tree")


def formula(random: random.Random, depth: int = 3) -> str:
    """A formula, or what looks like one."""
    if not depth or random.random() < 0.2:
        return random.choice(ATOMS)
    piece = random.choice(PIECES)
    return piece.format(a=formula(random, depth - 1), b=formula(random, depth - 1))


def command_line(random: random.Random) -> list[str]:
    """The words of a command line."""
    words = [random.choice(COMMANDS), *(formula(random) for _ in range(random.choice((0, 1, 1, 1, 2))))]
    for point in random.sample(POINTS, random.choice((0, 1, 1, 1, 2))):
        words += ["--at", point]
    for option in random.sample(OPTIONS, random.choice((0, 0, 1, 1, 2))):
        words += option
    if random.random() < 0.7:
        words += ["--format", random.choice(FORMATS)]
    return words


@pytest.mark.parametrize("part", range(COUNT // PER_TEST))
def test_any_command_line_has_a_documented_end(part: int) -> None:
    """A status that is listed, no traceback, and errors that parse where JSON was asked for."""
    drawn = random.Random(SEED + part)
    for _ in range(PER_TEST):
        words = command_line(drawn)
        done = CliRunner().invoke(main, words, prog_name="adcli", input="x=1\n")
        assert done.exit_code in STATUSES, (words, done.stderr)
        assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
        assert "Traceback" not in done.stderr, words
        if words[-2:] == ["--format", "json"] and done.exit_code > 1:
            error = json.loads(done.stderr)["error"]
            assert error["message"], words
            assert error["exit"] == done.exit_code, words
