"""What rounding must not decide: comparisons, jumps and kinks whose operands floats cannot tell apart."""

from __future__ import annotations

from fractions import Fraction

import pytest

import adcli
from adcli.batch.engines import ENGINES, installed
from adcli.errors import UndecidedError

NEAR: list[tuple[str, dict[str, float], float, dict[str, float]]] = [
    ("where(y+z <= y, 1, 2)*y", {"y": 1.0, "z": 2e-17}, 2.0, {"y": 2.0, "z": 0.0}),
    ("floor(sech(1e-10*x))", {"x": 1.0}, 0.0, {"x": 0.0}),
    ("ceil(x + 1e-300*x)", {"x": 10.0}, 11.0, {"x": 0.0}),
    ("sign((x + 1e-20) - x)*x", {"x": 1.0}, 1.0, {"x": 1.0}),
    ("Heaviside((x - 1e-20) - x)*x", {"x": 1.0}, 0.0, {"x": 0.0}),
    ("abs((x + y) - x)", {"x": 1.0, "y": -1e-20}, 1e-20, {"x": 0.0, "y": -1.0}),
    ("Max(x*y + z, x*y)", {"x": 1.0, "y": 3.0, "z": 1e-20}, 3.0, {"x": 3.0, "y": 1.0, "z": 1.0}),
    ("Min(x, x + z, x - z)", {"x": 1.0, "z": 1e-20}, 1.0, {"x": 1.0, "z": -1.0}),
    ("round(x + y)*x", {"x": 2.5, "y": 1e-20}, 7.5, {"x": 3.0, "y": 0.0}),
    ("mod(x - y, 1)", {"x": 3.0, "y": 1e-20}, 1.0, {"x": 1.0, "y": -1.0}),
    ("frac(x - y)*x", {"x": 3.0, "y": 1e-20}, 3.0, {"x": 4.0, "y": -3.0}),
    ("trunc(x - y)*x", {"x": 2.0, "y": 1e-20}, 2.0, {"x": 1.0, "y": 0.0}),
    ("relu(x + y - x)", {"x": 1.0, "y": 1e-20}, 1e-20, {"x": 0.0, "y": 1.0}),
    ("clamp(x - y, x, 2*x)", {"x": 1.0, "y": 1e-20}, 1.0, {"x": 1.0, "y": 0.0}),
    ("step(x + y, x)*x", {"x": 1.0, "y": 1e-20}, 0.0, {"x": 0.0, "y": 0.0}),
    ("floor(cos(x))*x", {"x": 1e-9}, 0.0, {"x": 0.0}),
    ("where(exp(x) <= 1, x, 2*x)", {"x": 1e-18}, 2e-18, {"x": 2.0}),
    ("where(log(1 + x) < x, x, 2*x)", {"x": 1e-20}, 1e-20, {"x": 1.0}),
    ("where(x < 0, floor(x + y), floor(y - x))*y", {"x": 1e-20, "y": 2.0}, 2.0, {"x": 0.0, "y": 1.0}),
]
"""Formulas of which floats see a tie: the right values and derivatives."""


@pytest.mark.parametrize(("text", "at", "value", "slopes"), NEAR)
@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_values_and_derivatives_are_of_the_same_branch_the_right_one(mode, text, at, value, slopes) -> None:
    """What vanishes beside larger numbers decides all the same, and no warning speaks of a tie."""
    found = adcli.gradient(text, at, mode=mode)
    assert (found.value, found.gradient) == (value, slopes)
    assert not found.warnings


@pytest.mark.parametrize("engine", ENGINES)
def test_over_rows_too(engine) -> None:
    """Rows in doubt are computed again, the others stay what they are."""
    pytest.importorskip("numpy")
    if not installed(engine):
        pytest.skip(f"no {engine}")
    for text, at, value, slopes in NEAR:
        found = adcli.compile(text, engine=engine)(**{name: [number, 0.7] for name, number in at.items()})
        assert [found["value"][0], *(found[f"d_{name}"][0] for name in at)] == [value, *slopes.values()], text
        beside = adcli.gradient(text, dict.fromkeys(at, 0.7))
        assert found["value"][1] == pytest.approx(beside.value, rel=1e-14), text


@pytest.mark.parametrize(
    ("text", "at", "value"),
    [
        ("where(x <= 0.1, 1, 2)", {"x": "0.1"}, 1),
        ("where(2*x <= 0.2, 1, 2)", {"x": "0.1"}, 1),
        ("where(3*x <= 0.3, 1, 2)", {"x": "0.1"}, 1),
        ("where(3*x <= 0.3, 1, 2)", {"x": 0.1}, 1),
        ("where(x*y <= 100, 1, 2)", {"x": 0.1, "y": 1000}, 1),
        ("floor(100*x)", {"x": "1.15"}, 115),
        ("mod(x, 0.1)", {"x": 1}, 0),
        ("where(3*x < 1, 1, 2)", {"x": "1/3"}, 2),
        ("where(3*x < 1, 1, 2)", {"x": Fraction(1, 3)}, 2),
    ],
)
def test_ties_of_decimals_are_ties_in_floats_too(text, at, value) -> None:
    """A tenth is meant where 0.1 is written; the derivative says that it follows a convention."""
    assert adcli.evaluate(text, at).values == (value,)
    found = adcli.gradient(f"({text})*x", at)
    assert [notice.kind for notice in found.warnings] == ["kink"]
    assert found.gradient["x"] == (value or 1)
    outcome = adcli.gradient(f"({text})*x", at, check=True).check
    assert outcome is None or outcome.ok


@pytest.mark.parametrize("text", ["abs(x - 0.3)", "abs(x - 0.1*3)", "relu(10*x - 3)", "Max(x*10, 3)/10 - x/2 - 0.15"])
def test_a_kink_at_a_decimal_is_one_in_floats_too(text) -> None:
    """At 0.3 all of these have one, whichever double is next to it."""
    found = adcli.gradient(text, {"x": "0.3"})
    assert found.gradient["x"] == pytest.approx(0, abs=1e-15)
    assert [notice.kind for notice in found.warnings] == ["kink"]


def test_whole_numbers_are_decided_by_floats() -> None:
    """Where nothing is rounded there is no doubt, and no second look."""
    found = adcli.gradient("where(x*y + 3 <= z, x, 2*x) + floor((x + y)/2)", {"x": 2, "y": 4, "z": 11})
    assert found.value == 5
    assert {notice.kind for notice in found.warnings} == {"kink"}


def test_what_no_digits_decide_is_not_decided() -> None:
    """sqrt(2)^2 is 2, by no rule of the program."""
    with pytest.raises(UndecidedError):
        adcli.evaluate("where(sqrt(x)^2 <= x, 1, 2)", {"x": 2.0})


def test_hessians_are_of_the_right_branch() -> None:
    """Second derivatives, too."""
    found = adcli.hessian("where(y + z <= y, y, 2*y)^2", {"y": 1.0, "z": 2e-17})
    assert found.hessian[0][0] == 8


def test_another_branch_has_another_order_of_elimination() -> None:
    """Where more digits take another branch than floats did."""
    text = "where(z - x >= z, exp(x + y*z), sin(z*x)*x) + tanh(x)"
    at = {"x": 1e-20, "y": 1e-30, "z": 1e20}
    found = adcli.jacobian(text, at, mode="cross")
    assert found.values == adcli.evaluate(text, at).values
    assert found.jacobian[0] == pytest.approx(list(adcli.gradient(text, at).gradient.values()), rel=1e-14)


OF_PI = [
    # text, point, value, derivative, whether a kink or a jump is told
    ("floor(x/pi)", "pi", 1, 0, True),
    ("floor(x/pi)*x", "3*pi", 28.27433388230814, 3, True),
    ("mod(x, 2*pi)", "4*pi", 0, 1, True),
    ("abs(x-pi)", "pi", 0, 0, True),
    ("abs(x-pi/4)", "pi/4", 0, 0, True),
    ("Max(x, pi)", "pi", 3.141592653589793, 0.5, True),
    ("where(3*x >= pi, 2*x, x)", "pi/3", 2.0943951023931953, 2, True),
    ("sign(x + pi/2)*x", "-pi/2", 0, 0, True),
    ("abs(x-pi)^2", "pi", 0, 0, False),
    ("floor(x/pi)", "3.141592653589793", 0, 0, False),
    ("floor(x/pi)", "1.5*pi", 1, 0, False),
]


@pytest.mark.parametrize(("text", "x", "value", "slope", "told"), OF_PI)
@pytest.mark.parametrize("precision", [15, 30])
def test_ties_of_fractions_of_pi_are_ties(text, x, value, slope, told, precision) -> None:
    """Sums, and products with fractions, of multiples of pi are exact; the double next to pi is another number."""
    found = adcli.gradient(text, {"x": x}, precision=precision)
    assert float(found.value) == pytest.approx(value, rel=1e-15)
    assert float(found.gradient["x"]) == slope
    assert any(notice.kind == "kink" for notice in found.warnings) == told


def test_a_decimal_next_to_pi_is_not_pi() -> None:
    """However many digits agree."""
    assert adcli.evaluate("where(x >= pi, 1, 0)", {"x": "3.14159265358979323846264338327950288"}).values == (0,)
    assert adcli.evaluate(
        "where(x >= pi, 1, 0)", {"x": "3.14159265358979323846264338327950289"}, precision=20
    ).values == (1,)
