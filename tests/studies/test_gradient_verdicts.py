"""Verdicts on single entries of a gradient: by their own size, beside noise, and where the function jumps."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adcli.studies.gradients.check import check_gradient
from adcli.studies.gradients.differences import slope

Function = Callable[[float], float]

TWO = """
import json, sys
from math import *
value, *slopes = (eval("lambda x, y: " + text) for text in sys.argv[2:])
for line in sys.stdin:
    p = json.loads(line)
    if sys.argv[1] == "value":
        print(repr(float(value(**p))), flush=True)
    else:
        print(json.dumps({name: slope(**p) for name, slope in zip("xy", slopes)}), flush=True)
"""


@pytest.fixture
def verdicts(tmp_path: Path) -> Callable[..., list[tuple[str, str]]]:
    """What is said of a function of x and y with these derivatives, as verdicts and reasons."""
    file = tmp_path / "two.py"
    file.write_text(TWO, encoding="utf-8")

    def found(value: str, slopes: tuple[str, str], x: float, y: float) -> list[tuple[str, str]]:
        function, gradient = (
            f'"{sys.executable}" "{file}" {what} "{value}" "{slopes[0]}" "{slopes[1]}"' for what in ("value", "slope")
        )
        result = check_gradient(gradient, {"x": x, "y": y}, function=function)
        return [(entry.verdict, entry.slip) for entry in result.entries]

    return found


@pytest.mark.parametrize(("value", "slope"), [("1e20*x+y", "1e20"), ("1e150*x*x+y", "2e150*x")])
@pytest.mark.parametrize("claimed", ["-7000.0", "1.0", "0.0"])
def test_noise_beyond_an_entry_confirms_no_claim(
    verdicts: Callable[..., list[tuple[str, str]]], value: str, slope: str, claimed: str
) -> None:
    """Where the last digit of the function is far above what y does, no claim about y is right or wrong."""
    by_x, by_y = verdicts(value, (slope, claimed), 1.3, 2.0)
    if value.startswith("1e20"):
        assert by_x == ("ok", "")
    if claimed != "0.0" or value.startswith("1e20"):
        assert by_y[0] == "undecided"
        assert "noise" in by_y[1]
    assert by_y[0] != "wrong"


@pytest.mark.parametrize(
    ("value", "slope", "x", "y", "verdict"),
    [
        ("x*x+y", "x", 1e-8, 1e5, {"wrong"}),
        ("x*x+y", "2*x", 1e-8, 1e5, {"ok", "undecided"}),
        ("1e-12*x*x+y", "0.0", 1.3, 2.0, {"wrong"}),
        ("1e-12*x*x+y", "2e-12*x", 1.3, 2.0, {"ok", "undecided"}),
        ("1e-9*x*x+y", "1e-9*x", 1.3, 2.0, {"wrong"}),
        ("1e-9*x*x+y", "2e-9*x", 1.3, 2.0, {"ok"}),
        ("0*x+y*y", "0.0", 1.3, 2.0, {"ok"}),
        ("1e6*y*y+sin(x)**2+cos(x)**2", "0.0", 1.3, 2.0, {"ok"}),
    ],
)
def test_an_entry_is_judged_by_its_own_size(
    verdicts: Callable[..., list[tuple[str, str]]], value: str, slope: str, x: float, y: float, verdict: set[str]
) -> None:
    """However small it is beside others; one that is 0 is right where differences are nothing but noise."""
    by_y = "2e6*y" if "1e6" in value else "2*y" if "y*y" in value else "1.0"
    found = verdicts(value, (slope, by_y), x, y)
    assert found[0][0] in verdict
    assert found[1][0] == "ok"


@pytest.mark.parametrize(
    ("value", "slopes"),
    [
        ("x*x+y+floor(1e5*x)", ("2*x", "1.0")),
        ("floor(1e5*x)*1e-5+y*y", ("0.0", "2*y")),
        ("x*x+y+1e-8*floor(1e7*x)", ("2*x", "1.0")),
        ("floor(1e6*x)+y*y", ("0.0", "2*y")),
    ],
)
def test_dense_jumps_accuse_nobody(
    verdicts: Callable[..., list[tuple[str, str]]], value: str, slopes: tuple[str, str]
) -> None:
    """Between them the derivative is that of the smooth rest, whatever large steps say."""
    (by_x, why), (by_y, _) = verdicts(value, slopes, 1.3, 2.0)
    assert by_x == "undecided"
    assert "jumps" in why or "steps" in why
    assert by_y == "ok"


def test_right_code_of_any_scale_is_not_accused() -> None:
    """Sums of two functions of sizes from 1e-14 to 1e14, with shifts: both derivatives lie within what is said."""
    draw = random.Random(11)
    kinds: list[tuple[Function, Function]] = [
        (math.sin, math.cos),
        (lambda u: u * u, lambda u: 2 * u),
        (lambda u: 1 / (1 + u * u), lambda u: -2 * u / (1 + u * u) ** 2),
        (lambda u: math.exp(-u * u), lambda u: -2 * u * math.exp(-u * u)),
        (lambda u: u, lambda u: 1.0),
    ]
    for _ in range(60):
        f, derivative = draw.choice(kinds)
        size, rest = 10 ** draw.uniform(-14, 14), draw.choice([0.0, 1e3, 1e8])
        x = draw.uniform(0.1, 3) * draw.choice([1, 1e-6])
        found = slope(lambda t, f=f, size=size, rest=rest: size * f(t) + rest, x)  # type: ignore[misc]
        true = size * derivative(x)
        assert math.isnan(found.value) or abs(found.value - true) <= 4 * found.error + 1e-12 * abs(true)


def test_a_small_missing_summand_is_no_factor(verdicts: Callable[..., list[tuple[str, str]]]) -> None:
    """Ratios near 1 that differ from point to point are no factor; one that is the same everywhere is."""
    by_x, _ = verdicts("x**3+1e-4*sin(x)+x*y", ("3*x*x+y", "x"), 1.3, 2.0)
    assert by_x[0] == "wrong"
    assert "summand" in by_x[1]
    assert "factor" not in by_x[1]
    by_x, by_y = verdicts("x**3+x*y", ("0.99*(3*x*x+y)", "2*x"), 1.3, 2.0)
    assert by_x[1] == "it is 0.99 times the derivative: a factor is wrong"
    assert by_y[1] == "it is 2 times the derivative: a factor is wrong"


@pytest.mark.parametrize(
    ("formula", "claimed", "verdicts"),
    [
        ("1e20*x+y", ("1e20", "-7000.0"), ["ok", "wrong"]),
        ("1e-12*x^2+y", ("0.0", "1.0"), ["wrong", "ok"]),
        ("1e-12*x^2+y", ("2e-12*x", "1.0"), ["ok", "ok"]),
    ],
)
def test_a_formula_decides_on_entries_of_any_size(
    tmp_path: Path, formula: str, claimed: tuple[str, str], verdicts: list[str]
) -> None:
    """There is no noise in it that could hide one."""
    file = tmp_path / "two.py"
    file.write_text(TWO, encoding="utf-8")
    gradient = f'"{sys.executable}" "{file}" slope 0 "{claimed[0]}" "{claimed[1]}"'
    found = check_gradient(gradient, {"x": 1.3, "y": 2}, against=formula)
    assert [entry.verdict for entry in found.entries] == verdicts
