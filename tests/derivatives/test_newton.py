"""All zeros of systems in a box, proven."""

from __future__ import annotations

import math

import pytest

from adcli.arithmetic.interval import Interval
from adcli.derivatives.boxes import Boxed
from adcli.derivatives.newton import zeros
from adcli.language import parse


def found(text: str, *box: tuple[float, float]) -> list[tuple[float, ...]]:
    """The middles of the zeros, where all of them are proven."""
    answer = zeros(Boxed(parse(text)), tuple(Interval(float(low), float(high)) for low, high in box))
    assert not answer.doubtful
    assert all(x.width < 1e-9 for zero in answer.proven for x in zero)
    return [tuple(x.middle for x in zero) for zero in answer.proven]


@pytest.mark.parametrize(
    ("text", "box", "true"),
    [
        ("cos(x) - x", (0, 2), [0.7390851332151607]),
        ("x^2 - 2", (-2, 2), [-math.sqrt(2), math.sqrt(2)]),
        ("sin(x)", (0, 10), [0, math.pi, 2 * math.pi, 3 * math.pi]),
        ("sin(x)", (-1, 1), [0]),
        ("exp(x) + 1", (-5, 5), []),
        ("x^3 - x", (-1.5, 1.5), [-1, 0, 1]),
        ("abs(x) - 1/3", (-1, 1), [-1 / 3, 1 / 3]),
    ],
)
def test_all_zeros_of_a_function_are_found(text: str, box: tuple[float, float], true: list[float]) -> None:
    """None is missed, and none is found twice, also where it is the middle or an end of the interval."""
    assert [x for (x,) in found(text, box)] == pytest.approx(true, abs=1e-12)


def test_all_zeros_of_a_system_are_found() -> None:
    """A circle and a hyperbola meet four times."""
    points = found("x^2 + y^2 - 4, x*y - 1", (-3, 3), (-3, 3))
    assert len(points) == 4
    for x, y in points:
        assert (x * x + y * y, x * y) == (pytest.approx(4), pytest.approx(1))


def test_a_double_zero_stays_in_doubt() -> None:
    """x² touches 0: no digit tells it from a miss or from two zeros."""
    answer = zeros(Boxed(parse("x^2")), (Interval(-1.0, 1.3),))
    assert not answer.proven
    assert any(x.lo <= 0 <= x.hi for (x,) in answer.doubtful)
