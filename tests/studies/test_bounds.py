"""What follows from bounds over a box."""

from __future__ import annotations

import math

import pytest

import adcli
from adcli.errors import UndecidedError
from adcli.studies.bounds.bounds import Bounds, bounds


def over(text: str, **box: tuple[float, float]) -> Bounds:
    return bounds(text, box, tolerance=1e-4)


@pytest.mark.parametrize(
    ("text", "box", "convex", "concave"),
    [
        ("x^2", (-1, 1), True, False),
        ("-x^4", (-1, 1), False, True),
        ("2*x + 1", (-1, 1), True, True),
        ("x^3", (-1, 1), False, False),
        ("log(x)", (1, 2), False, True),
        ("abs(x)", (-1, 1), None, None),
        ("softplus(x)", (-3, 3), True, False),
        ("x - sin(x)", (0, 3), True, False),
    ],
)
def test_convexity_of_one_input(text: str, box: tuple[float, float], convex: bool | None, concave: bool | None) -> None:
    """By the sign of the second derivative, all over the interval."""
    found = over(text, x=box)
    assert (found.convex, found.concave) == (convex, concave)


@pytest.mark.parametrize(
    ("text", "convex", "concave"),
    [
        ("x^2 + x*y + y^2", True, False),
        ("x^2 + 3*x*y + y^2", False, False),
        ("exp(x) + exp(y) + x*y/4", True, False),
        ("x*y", False, False),
        ("x + y", True, True),
    ],
)
def test_convexity_of_two_inputs(text: str, convex: bool | None, concave: bool | None) -> None:
    """By the second derivatives along all directions."""
    found = over(text, x=(-1, 1), y=(-1, 1))
    assert (found.convex, found.concave) == (convex, concave)


def test_where_an_output_rises_and_falls() -> None:
    """Increasing, decreasing, constant, or neither."""
    found = over("exp(x) - y^3 + 0*z + w^2", x=(-9, 9), y=(-1, 1), z=(0, 1), w=(-1, 1))
    assert found.monotone == {"x": "increasing", "y": "decreasing", "z": "constant", "w": None}


def test_a_function_that_may_jump_is_neither_monotone_nor_lipschitz() -> None:
    """floor(x) - x falls wherever it has a slope, and rises all the same."""
    found = over("floor(x) - x/2", x=(0, 3))
    assert found.monotone == {"x": None}
    assert found.lipschitz is None
    assert found.warnings[0].kind == "kink"


def test_a_lipschitz_constant_bounds_the_gradient() -> None:
    """3x + 4y changes by at most 5 along any direction."""
    assert over("3*x + 4*y", x=(0, 1), y=(0, 1)).lipschitz == pytest.approx(5, rel=1e-12)


def test_an_end_where_the_slope_is_infinite() -> None:
    """A root rises from 0 on, and has no Lipschitz constant."""
    found = over("sqrt(x)", x=(0, 1))
    assert found.value == (0.0, 1.0)
    assert found.gradient["x"] == (pytest.approx(0.5), float("inf"))
    assert (found.monotone["x"], found.lipschitz) == ("increasing", None)


def test_elements_of_a_list_have_intervals_of_their_own() -> None:
    """By their names, or as a list of texts."""
    one = bounds("x[1] - x[2]", {"x": ["0:1", "2:3"]})
    other = bounds("x[1] - x[2]", {"x[1]": (0, 1), "x[2]": (2, 3)})
    assert one.value == other.value == (-3.0, -1.0)


def test_a_density_is_bounded_over_a_box_so_wide_that_its_exponent_overflows() -> None:
    """Of normpdf over ±40, whose square alone is known to lie between -1600 and 1600."""
    for width in (39.0, 40.0, 1e160):
        found = over("normpdf(x)", x=(-width, width))
        assert 0 <= found.value[0] <= 1e-300
        assert found.value[1] == pytest.approx(0.3989422804014327)
    assert over("normcdf(x)", x=(-40, 40)).zeros != 1


def test_what_overflows_on_one_side_is_bounded_on_the_other() -> None:
    found = over("exp(x)", x=(-1000, 1000))
    assert (found.value, found.monotone["x"], found.convex) == ((0.0, math.inf), "increasing", True)
    assert over("tanh(exp(x))", x=(-1000, 1000)).value == (0.0, 1.0)
    assert over("sqrt(exp(x))", x=(-1000, 1000)).monotone["x"] == "increasing"


@pytest.mark.parametrize(
    ("text", "box", "low", "high", "extra"),
    [
        ("x*exp(-x)", (0, 3), 0, 1 / math.e, None),
        ("x^2 - sin(3*x)", (-2, 2), -0.7, 4.27, None),
        ("sn(x, 0.5)", (-1e160, 1e160), -1, 1, "flint"),
        ("gelu(x)", (-1e160, 3), -0.169, 2.99, "flint"),
    ],
)
def test_bounds_hold_whenever_the_time_ends(
    text: str, box: tuple[float, float], low: float, high: float, extra: str | None
) -> None:
    """Without any time, they are wider, they enclose what is attained, and a warning says so."""
    if extra:
        pytest.importorskip(extra)
    found = bounds(text, {"x": box}, seconds=0)
    assert found.value[0] <= low
    assert found.value[1] >= high
    assert "time" in [notice.kind for notice in found.warnings]


def test_zeros_are_not_counted_where_the_time_ended() -> None:
    """None is said of their number, and none of what is said about convexity is wrong."""
    found = bounds("cos(x) - x + sin(9*x)/9", {"x": (0, 2)}, seconds=0)
    assert found.zeros is None
    assert (found.convex, found.concave) in [(None, None), (False, None), (None, False), (False, False)]


def test_whether_a_function_is_defined_takes_time_too() -> None:
    """Where a part of the box has to be looked at for that, it is not refused as undefined: it is undecided."""
    text = "sqrt(x^2 - 2*x + 1.1)"
    assert bounds(text, {"x": (-3, 3)}).value[0] <= math.sqrt(0.1)
    with pytest.raises(UndecidedError, match="time ended"):
        bounds(text, {"x": (-3, 3)}, seconds=0)


def test_bounds_that_are_known_in_time_say_nothing_of_it() -> None:
    """The default is enough for what is common."""
    assert not bounds("x*exp(-x)", {"x": (0, 3)}).warnings


def test_python_may_say_how_long_it_waits() -> None:
    """The same bounds by the function of the package, to the end where it has time."""
    assert "time" in [notice.kind for notice in adcli.bounds("x - x^2", {"x": (0, 1)}, seconds=0).warnings]
    assert adcli.bounds("x - x^2", {"x": (0, 1)}, seconds=math.inf).value == pytest.approx((0, 0.25), abs=1e-6)
