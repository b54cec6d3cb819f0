"""When two numbers agree: errors relative to what they are of."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import pytest

from adcli.crosscheck.entries import entries_of
from adcli.crosscheck.finding import SYMPY, TOLERANCE, Claim, Finding, finding, of_rows
from adcli.derivatives.answers import jacobian
from adcli.derivatives.taylor import taylor

CONTEXT = mpmath.mp.clone()
CONTEXT.dps = 30


def claim(truth: Any, scale: Any = 0) -> Claim:
    return Claim("det J", 0.0, CONTEXT.mpf(truth), {0: 1, 1: 1}, {0: 1, 1: 1}, CONTEXT.mpf(scale))


@pytest.mark.parametrize(
    ("truth", "said", "scale", "absolute", "relative"),
    [
        ("3", "4", "1", "1", "0.25"),
        ("-4", "-3", "1", "1", "0.25"),
        ("3", "4", "5e6", "1", "0.2"),
        ("0", "1e-9", "1", "1e-9", "1e-3"),
        ("1e-9", "0", "1", "1e-9", "1e-3"),
        ("0", "1e-9", "0", "1e-9", "1"),
        ("0", "0", "0", "0", "0"),
    ],
)
def test_errors_are_relative_to_the_number_or_to_a_millionth_of_its_kind(
    truth: str, said: str, scale: str, absolute: str, relative: str
) -> None:
    """To the larger of both, so that a number beside 0 is all wrong."""
    found = finding(claim(truth, scale), SYMPY, CONTEXT.mpf(said))
    assert CONTEXT.almosteq(found.absolute, CONTEXT.mpf(absolute), 1e-25)
    assert CONTEXT.almosteq(found.relative, CONTEXT.mpf(relative), 1e-15)
    assert found.agrees == (relative == "0")


def test_twenty_digits_agree() -> None:
    """No fewer."""
    assert Finding(claim(1), SYMPY, 1, 0, TOLERANCE).agrees
    assert not Finding(claim(1), SYMPY, 1, 0, 2 * TOLERANCE).agrees
    assert TOLERANCE == 1e-20


def exactly(x: Any) -> Fraction:
    sign, man, exp, _ = x._mpf_
    return Fraction((-1) ** sign * int(man)) * Fraction(2) ** exp


def test_a_determinant_keeps_the_digits_that_its_terms_lose() -> None:
    """Of rows that all but depend on each other, by fractions; the largest that its terms could be is the scale."""
    third, seventh = CONTEXT.one / 3, CONTEXT.one / 7
    rows = [[third, seventh], [third * (1 + CONTEXT.mpf("1e-24")), seventh]]
    (a, b), (c, d) = ([exactly(x) for x in row] for row in rows)
    found = of_rows(claim(0), SYMPY, rows)
    truth = a * d - b * c
    assert abs(exactly(found.said) - truth) <= abs(truth) / 10**25
    plain = of_rows(claim(15), SYMPY, [[CONTEXT.mpf(3), CONTEXT.mpf(4)], [CONTEXT.zero, CONTEXT.mpf(5)]])
    assert plain.agrees
    assert plain.entry.scale == 25


def test_rows_of_zeros_have_the_determinant_zero() -> None:
    """And a truth of 0 agrees with it."""
    found = of_rows(claim(0), SYMPY, [[CONTEXT.zero, CONTEXT.zero], [CONTEXT.one, CONTEXT.one]])
    assert found.said == 0
    assert found.agrees


def test_a_number_is_measured_by_the_largest_of_its_kind() -> None:
    """Values by values, derivatives by derivatives."""
    given = jacobian("3*x + 40*y, 500*x", {"x": 2, "y": 1})
    truth = jacobian("3*x + 40*y, 500*x", {"x": 2, "y": 1}, precision=30)
    found = entries_of(given, truth)
    assert {entry.scale for entry in found if entry.tangent is None} == {1000}
    assert {entry.scale for entry in found if entry.tangent is not None} == {500}
    assert [entry.given for entry in found] == [46, 1000, 3, 40, 500, 0]
    assert [entry.truth for entry in found] == [46, 1000, 3, 40, 500, 0]


def test_a_coefficient_is_measured_by_its_neighbours() -> None:
    """Those of 1/(1 - 10x) are 10^k: up to two orders on either side count."""
    given, truth = (taylor("1/(1 - 10*x)", {"x": 0}, order=6, precision=digits) for digits in (15, 30))
    found = [entry for entry in entries_of(given, truth) if entry.order]
    assert [entry.order for entry in found] == [1, 2, 3, 4, 5, 6]
    assert [float(entry.scale) for entry in found] == pytest.approx([1e3, 1e4, 1e5, 1e6, 1e6, 1e6])
    falling = [taylor("1/(10 - x)", {"x": 0}, order=4, precision=digits) for digits in (15, 30)]
    scales = [float(entry.scale) for entry in entries_of(*falling) if entry.order]
    assert scales == pytest.approx([0.1, 0.1, 1e-2, 1e-3])
