"""Ranges over boxes: proven, and much narrower than what one pass over intervals gives."""

from __future__ import annotations

import random

import mpmath
import pytest

from adcli.arithmetic.interval import Interval
from adcli.arithmetic.multiprecision import multiprecision
from adcli.derivatives.boxes import Boxed
from adcli.language import parse
from adcli.modes import evaluate, reverse

TOLERANCE = 1e-4
RANGES = [
    # The formula, its box, its least and its largest value, as the calculus book has them.
    ("(x + 1)^2 - x^2 - 2*x", [(0, 10)], 1, 1),
    ("x^2 - 2*x + 1", [(0.5, 1.5)], 0, 0.25),
    ("x*(10 - x)", [(4, 6)], 24, 25),
    ("x^4 - 4*x^2 + 4", [(1, 2)], 0, 4),
    ("(x^2 - 1)/(x - 1)", [(2, 3)], 3, 4),
    ("(x - 1)*(x + 1)/(x^2 + 1)", [(2, 3)], 0.6, 0.8),
    ("x^2/(1 + x^2)", [(1, 3)], 0.5, 0.9),
    ("(x + y)^2 - 4*x*y", [(1, 2), (1, 2)], 0, 1),
    ("x*y - (x + y)^2/4 + (x - y)^2/4", [(0, 1), (1, 2)], 0, 0),
    ("sin(x)^2 + cos(x)^2", [(0, 1)], 1, 1),
    ("cosh(x)^2 - sinh(x)^2", [(0, 2)], 1, 1),
    ("exp(x)*exp(-x)", [(0, 1)], 1, 1),
    ("x - sin(x)", [(0, 0.5)], 0, mpmath.mpf(0.5) - mpmath.sin(0.5)),
    ("tan(x) - x", [(0, 0.5)], 0, mpmath.tan(0.5) - 0.5),
    ("exp(x) - 1 - x", [(0, 0.5)], 0, mpmath.exp(0.5) - 1.5),
    ("sqrt(x + 1) - sqrt(x)", [(10, 20)], mpmath.sqrt(21) - mpmath.sqrt(20), mpmath.sqrt(11) - mpmath.sqrt(10)),
    ("log(1 + exp(x)) - x", [(5, 6)], mpmath.log1p(mpmath.exp(-6)), mpmath.log1p(mpmath.exp(-5))),
    ("x*exp(-x)", [(0.9, 1.1)], mpmath.mpf(0.9) * mpmath.exp(-0.9), mpmath.exp(-1)),
    ("x^x", [(0.3, 0.45)], mpmath.exp(-mpmath.exp(-1)), mpmath.mpf(0.45) ** 0.45),
    ("atan(x) + atan(1/x)", [(1, 3)], mpmath.pi / 2, mpmath.pi / 2),
    ("erf(x) + erfc(x)", [(0, 1)], 1, 1),
]


def boxed(text: str, box: list[tuple[float, float]]) -> tuple[Boxed, tuple[Interval, ...]]:
    return Boxed(parse(text)), tuple(Interval(float(low), float(high)) for low, high in box)


@pytest.mark.parametrize(("text", "box", "least", "most"), RANGES, ids=[case[0] for case in RANGES])
def test_a_range_is_as_the_calculus_book_has_it(
    text: str, box: list[tuple[float, float]], least: float, most: float
) -> None:
    """It holds the true range, nearly touches it, and is at least five times as narrow as one pass over intervals."""
    function, where = boxed(text, box)
    found = function.range(where, 0, TOLERANCE)
    assert found.tight
    slack = mpmath.mpf(2) ** -50 * max(1, abs(most))  # least and most are rounded, too
    assert found.value.lo <= least + slack
    assert most - slack <= found.value.hi
    assert found.value.lo >= least - 2 * TOLERANCE
    assert found.value.hi <= most + 2 * TOLERANCE
    (naive,) = function.values(where)
    assert found.value.width <= naive.width / 5


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("exp(sin(x)) - x^2*y", [(-1, 2), (0, 1)]),
        ("log(x + y^2)/(1 + x*y)", [(0.1, 1), (0.5, 2)]),
        ("sqrt(x^2 + y^2) + Max(x, y)", [(-1, 1), (-1, 1)]),
        ("where(x < y, x*y, y - x)", [(0, 1), (0, 1)]),
        ("atan2(y, x)*abs(x - y)", [(0.5, 2), (-1, 1)]),
    ],
)
def test_values_and_slopes_are_in_their_ranges(text: str, box: list[tuple[float, float]]) -> None:
    """At random points of the box, with 50 digits."""
    function, where = boxed(text, box)
    value = function.range(where, 0, 1e-3).value
    (seen,) = function.jacobian(where)
    wide, draw, graph = multiprecision(50), random.Random(text), parse(text)
    for _ in range(40):
        point = {n: wide.exactly(draw.uniform(*ends)) for n, ends in zip(graph.inputs, box, strict=True)}
        tape = evaluate(graph, wide, point)
        assert value.lo <= tape.values[graph.outputs[0]] <= value.hi
        sweep = reverse(tape, {graph.outputs[0]: wide.literal("1")}, graph.inputs)
        for node, slope in zip(graph.inputs, seen.gradient, strict=True):
            assert slope.lo <= (sweep[node] or 0) <= slope.hi


def test_a_range_of_a_large_box_with_a_tiny_valley_is_not_missed() -> None:
    """Samples would miss it; bounds do not."""
    function, where = boxed("x - 10*exp(-(1000*(x - 0.3))^2)", [(0, 1)])
    assert function.range(where).value.lo == pytest.approx(-9.7, abs=1e-5)


def test_inputs_that_share_an_interval_are_two_numbers() -> None:
    """Whatever object the interval is."""
    shared = Interval(0.0, 1.0)
    assert (Boxed(parse("x - y")).range((shared, shared)).value.lo, shared.lo) == (-1.0, 0.0)
