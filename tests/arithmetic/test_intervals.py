"""Intervals: they hold every value, and are certain of nothing that the box does not decide."""

from __future__ import annotations

import math
import random

import mpmath
import pytest
from ops.comparison import attempt
from ops.samples import points

from adcli.arithmetic.ball import fraction as exact
from adcli.arithmetic.interval import CONTINUOUS, DEFINED, DOUBTFUL, SMOOTH, Interval, add_down, div_down, mul_down
from adcli.arithmetic.interval_operations import Unbounded, Undecided
from adcli.arithmetic.intervals import intervals
from adcli.arithmetic.multiprecision import multiprecision
from adcli.language import parse
from adcli.modes import evaluate, reverse
from adcli.ops import TABLE, Op

NUMERIC = [op for op in TABLE.values() if op.samples]
WIDTHS = (0, 1e-9, 0.01, 0.2, 3, 90, 5000)
SPECIAL = 40


def over(text: str, low: float, high: float) -> Interval:
    """What a formula in x takes over an interval, by one pass."""
    graph = parse(text)
    return evaluate(graph, intervals(), {graph.inputs[0]: Interval(float(low), float(high))}).values[graph.outputs[0]]


@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_an_interval_holds_the_value_for_every_argument(op: Op) -> None:
    """At the ends and between them, for every operation of the table, and for its partials."""
    wide, draw = multiprecision(40), random.Random(op.name)
    whole = [i for i, sampled in enumerate(op.samples.split(";")) if "|" in sampled]
    for point in points(op, 2 if op.flops >= SPECIAL else 6):
        box = []
        for i, x in enumerate(map(float, point)):
            width = 0 if i in whole else draw.choice(WIDTHS)
            box.append(Interval(x - width * draw.random(), x + width * draw.random()))
        known = [i for i in range(len(box)) if op.partials[0 if op.variadic else i]]
        try:
            found = intervals().value(op)(*box)
            slopes = [intervals().partial_at(op, i, found, box) for i in known]
        except (Unbounded, Undecided):
            continue
        for _ in range(3 if op.flops >= SPECIAL else 6):
            moved = [wide.exactly(draw.choice((x.lo, x.hi, draw.uniform(x.lo, x.hi)))) for x in box]
            true, refusal = attempt(wide.value(op), *moved)
            if refusal is not None:
                assert refusal.reason == "underflow" or found.sure == DOUBTFUL
                continue
            assert found.lo <= true <= found.hi
            for i, slope in zip(known, slopes, strict=True):
                assert slope.lo <= wide.partial_at(op, i, true, moved) <= slope.hi


def test_sums_products_and_quotients_are_rounded_down_at_most_once() -> None:
    """Exact ones not at all."""
    draw = random.Random(1)
    for _ in range(500):
        a, b = (draw.choice((draw.gauss(0, 1), float(draw.randint(-9, 9)), 2.0 ** draw.randint(-9, 9))) for _ in "ab")
        for down, true in ((add_down, exact(a) + exact(b)), (mul_down, exact(a) * exact(b))):
            assert exact(down(a, b)) <= true <= exact(math.nextafter(math.nextafter(down(a, b), math.inf), math.inf))
        if b:
            low = div_down(a, b)
            assert exact(low) <= exact(a) / exact(b) <= exact(math.nextafter(math.nextafter(low, math.inf), math.inf))
    assert (add_down(1.0, 2.0), mul_down(3.0, 5.0), div_down(6.0, 3.0)) == (3.0, 15.0, 2.0)


@pytest.mark.parametrize(
    ("text", "low", "high", "sure"),
    [
        ("sqrt(x)", 0, 1, SMOOTH),
        ("sqrt(x)", -1, 1, DOUBTFUL),
        ("log(x)", 0, 1, DOUBTFUL),
        ("1/x", -1, 1, DOUBTFUL),
        ("x^-2", -1, 1, DOUBTFUL),
        ("x^2.5", 0, 1, SMOOTH),
        ("x^0.5", -1, 1, DOUBTFUL),
        ("x^3", -1, 1, SMOOTH),
        ("tan(x)", 1, 2, DOUBTFUL),
        ("abs(x)", -1, 1, CONTINUOUS),
        ("abs(x)", 1, 2, SMOOTH),
        ("Max(x, 1)", 0, 2, CONTINUOUS),
        ("floor(x)", 0, 2, DEFINED),
        ("floor(x)", 0.1, 0.9, SMOOTH),
        ("Mod(x, 1)", 0.5, 1.5, DEFINED),
        ("where(x < 0, 1, x)", -1, 1, DEFINED),
        ("where(x < 0, log(x), x)", 0, 1, SMOOTH),
        ("gamma(x)", -1.5, -0.5, DOUBTFUL),
        ("x^csc(pi)", 1, 2, DOUBTFUL),
    ],
)
def test_an_interval_says_how_well_its_function_behaves(text: str, low: float, high: float, sure: int) -> None:
    """Domains, poles, jumps and kinks that the interval does not exclude."""
    assert over(text, low, high).sure == sure


@pytest.mark.parametrize(
    ("text", "low", "high", "least", "most"),
    [
        ("x^2", -1, 2, 0, 4),
        ("x*x", -1, 2, 0, 4),
        ("x - x", -1, 2, 0, 0),
        ("sin(x)", 0, 4, math.sin(4), 1),
        ("cos(x)", -1, 4, -1, 1),
        ("gamma(x)", 1, 3, 0.8856031944108887, 2),
        ("cosh(x)", -1, 2, 1, math.cosh(2)),
        ("sinc(x)", -1, 2, math.sin(2) / 2, 1),
        ("where(x < 0, -x, 2*x)", -3, 1, -6, 3),
        ("sech(x)", -1, 1, 1 / math.cosh(1), 1),
    ],
)
def test_operations_are_enclosed_tightly(text: str, low: float, high: float, least: float, most: float) -> None:
    """What an operation takes over an interval is known nearly to the last digit."""
    found = over(text, low, high)
    assert found.lo == pytest.approx(least, rel=1e-13, abs=1e-13)
    assert found.hi == pytest.approx(most, rel=1e-13, abs=1e-13)


def test_arguments_that_are_one_number_share_a_derivative() -> None:
    """Max(x, x) is x: each of the two has a half."""
    graph = parse("Max(x, x)")
    tape = evaluate(graph, intervals(), {graph.inputs[0]: Interval(1.0, 2.0)})
    (slope,) = (reverse(tape, {graph.outputs[0]: Interval(1.0, 1.0)}, graph.inputs)[node] for node in graph.inputs)
    assert (slope.lo, slope.hi) == (1.0, 1.0)


@pytest.mark.parametrize("text", ["fmod(x, 1)", "remainder(x, 1)", "Mod(x, 1)", "floor(x)", "round(x)", "frac(x)"])
def test_a_jump_is_inside_the_bounds(text: str) -> None:
    """What rises nearly everywhere may fall all the same."""
    found = over(text, 0.3, 2.6)
    for x in (0.999, 1.0, 1.4999, 1.5, 1.501, 2.0):
        here = over(text, x, x)
        assert found.lo <= here.lo
        assert here.hi <= found.hi
    assert found.sure == DEFINED


@pytest.mark.parametrize(
    ("text", "low", "high", "order", "a"),
    [
        ("zeta(x)", 2.0, 11.0, 0, 1),
        ("zeta(x)", 1.5, 1e300, 0, 1),
        ("zeta(x)", -2.5, 0.5, 0, 1),
        ("zeta_derivative(1, x, 1)", 2.0, 11.0, 1, 1),
        ("zeta_derivative(2, x, 3)", 1.25, 40.0, 2, 3),
        ("hurwitz_zeta(x, 2)", 1.5, 200.0, 0, 2),
    ],
)
def test_zeta_functions_are_enclosed_by_the_ends_between_which_they_fall(
    text: str, low: float, high: float, order: int, a: int
) -> None:
    """Derivatives of an even order fall, those of an odd one rise: by mpmath's values at the ends."""
    with mpmath.workdps(50):
        ends = sorted([mpmath.zeta(x, a, order) for x in (low, min(high, 300.0))])
        found = over(text, low, high)
        assert ends[0] - 1e-14 <= found.lo <= ends[0]
        assert ends[1] <= found.hi <= ends[1] * (1 + mpmath.mpf("1e-14")) + 1e-14
