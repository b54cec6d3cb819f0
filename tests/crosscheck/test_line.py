"""The witness of a series: coefficients from values along a line alone, against those of textbooks."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest

from adcli.crosscheck import line
from adcli.crosscheck.line import coefficients
from adcli.crosscheck.values import NoValue
from adcli.problem.problem import problem


def series(text: str, at: dict[str, Any], way: dict[int, Any], order: int, **options: Any) -> tuple[list[Any], bool]:
    return coefficients(problem(text, at, **options), way, order)


def near(found: list[Any], truth: list[Any], digits: int = 22) -> bool:
    assert len(found) == len(truth)
    with mpmath.workdps(60):
        return all(
            a is not None and abs(mpmath.mpf(a) - b) <= abs(b) * mpmath.mpf(10) ** -digits
            for a, b in zip(found, truth, strict=True)
        )


@pytest.mark.parametrize("order", [0, 1, 5, 12])
def test_coefficients_are_those_of_the_textbook(order: int) -> None:
    """exp, the geometric series, and sin, where every second one is 0."""
    with mpmath.workdps(60):
        factorials = [mpmath.factorial(k) for k in range(order + 1)]
        found, reading = series("exp(x)", {"x": 0}, {0: 1}, order)
        assert reading
        assert near(found, [1 / f for f in factorials])
        assert near(series("1/(1 - 3*x)", {"x": 0}, {0: 1}, order)[0], [mpmath.mpf(3) ** k for k in range(order + 1)])
        sines = [[0, 1, 0, -1][k % 4] / f for k, f in enumerate(factorials)]
        assert near(series("sin(x)", {"x": 0}, {0: 1}, order)[0], sines)


def test_a_line_has_its_own_direction() -> None:
    """exp(2x - y) along (1, 3, 0) from (½, ¼, 7): exp(¾)·exp(-t), whatever order the names have."""
    with mpmath.workdps(60):
        truth = [mpmath.exp(mpmath.mpf(3) / 4) * (-1) ** k / mpmath.factorial(k) for k in range(5)]
    at = {"x": 0.5, "y": 0.25, "z": 7}
    assert near(series("exp(2*x - y) + 0*z", at, {0: 1, 1: 3, 2: 0}, 4)[0], truth)
    assert near(series("exp(2*x - y) + 0*z", at, {0: 3, 2: 1}, 4, wrt="y,z,x")[0], truth)


@pytest.mark.parametrize("x", ["1e-15", "1e15", "-1e3"])
def test_steps_are_as_small_as_the_coordinate_that_moves(x: str) -> None:
    """1/x has the coefficients (-1)^k/x^(k+1); another that stands still may be tiny."""
    with mpmath.workdps(60):
        at = mpmath.mpf(float(x))
        truth = [(-1) ** k / at ** (k + 1) for k in range(5)]
    assert near(series("1/x + y - y", {"x": float(x), "y": 1e-30}, {0: 1}, 4)[0], truth)


@pytest.mark.parametrize("speed", [6, 14])
def test_what_moves_fast_takes_small_steps(speed: int) -> None:
    """1/x along 10^6·x, or faster, from 1."""
    with mpmath.workdps(60):
        truth = [(-(mpmath.mpf(10) ** speed)) ** k for k in range(4)]
    assert near(series("1/x", {"x": 1}, {0: 10**speed}, 3)[0], truth)


def test_next_to_0_there_are_no_coefficients() -> None:
    """The grid would step over it."""
    found, _ = series("x^2", {"x": 1e-21}, {0: 1}, 3)
    assert found == [None] * 4
    found, _ = series("x^2", {"x": 1e-19}, {0: 1}, 3)
    assert None not in found


def test_a_kink_has_no_coefficients() -> None:
    """But the value, and what is below its order: |x|³ has a second derivative at 0."""
    found, _ = series("Abs(x)^3 + 5", {"x": 0}, {0: 1}, 4)
    assert found[0] == 5
    assert found[3:] != [0, 0]
    assert None in found[2:]


def test_a_line_that_leaves_the_domain_has_no_values() -> None:
    """log on both sides of 0."""
    with pytest.raises(NoValue):
        series("x*log(x)", {"x": 0}, {0: 1}, 2)


def test_polynomials_end() -> None:
    """(1 + x)^3: beyond the third all are 0, exactly."""
    found, _ = series("(1 + x)^3", {"x": 0}, {0: 1}, 6)
    assert near(found[:4], [1, 3, 3, 1])
    assert found[4:] == [0, 0, 0]


def test_where_sympy_cannot_read_values_are_adclis() -> None:
    """And that is said; a power too large for exact arithmetic is such a text. The coefficients are the same."""
    with mpmath.workdps(60):
        truth = [mpmath.binomial(20_000, k) for k in range(4)]
    found, reading = series("(1 + x)^20000 + 0*y", {"x": 0, "y": 2}, {0: 1, 1: 5}, 3)
    assert not reading
    assert near(found, truth)
    found, reading = series("(1 + x)^200", {"x": 0}, {0: 1}, 3)
    assert reading


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_polynomial_is_found_through_its_values(count: int) -> None:
    """Newton's: exact for one of no higher degree than the grid has points."""
    context = mpmath.mp.clone()
    context.dps = 200
    numbers = [context.mpf(k * k - 3 * k + 1) for k in range(count)]
    found = line._interpolated(lambda t: context.polyval(numbers[::-1], t), context.mpf("0.01"), count, context)
    assert len(found) == count + 1
    assert near(found, [*numbers, context.zero]) or abs(found[-1]) < 1e-100
    assert near(found[:-1], numbers)


def test_the_point_is_that_of_the_floats_unless_a_precision_is_asked_for() -> None:
    """0.1 is a double, and one tenth with more digits."""
    with mpmath.workdps(60):
        (found, _), (exact, _) = (series("x^2", {"x": "0.1"}, {0: 1}, 2, precision=digits) for digits in (15, 40))
        assert near(found[:2], [mpmath.mpf(0.1) ** 2, 2 * mpmath.mpf(0.1)])
        assert near(exact[:2], [mpmath.mpf(1) / 100, mpmath.mpf(1) / 5])
