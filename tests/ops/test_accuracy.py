"""Digits: at the far ends of the doubles, next to poles and zeros, every number is right to a few ulps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import pytest
from mpmath import mp

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.multiprecision import multiprecision
from adcli.ops import Op

from . import truth
from .comparison import attempt, in_range, partial_of, ulps
from .samples import Point, each_operation, each_partial, far_ends


def allowed(op: Op) -> int:
    """Ulps that a partial of elementary functions may be off, and one of others."""
    return 4 if op.flops < 40 else 8


def true_values(op: Op) -> Iterator[tuple[Point, Any]]:
    """Far points inside the domain, with the value there."""
    for point in far_ends(op):
        try:
            yield point, truth.value(op, *point)
        except truth.NoValue:
            continue


def true_partials(op: Op, i: int) -> Iterator[tuple[Point, Any]]:
    """Far points inside the domain, with the derivative there by SymPy's formula, else by differences."""
    for point, _ in true_values(op):
        formula = truth.sympy_derivative(op, i, len(point))
        try:
            expected = truth.derivative(op, i, point) if formula is None else formula(*map(mp.mpf, point))
        except (truth.NoValue, ZeroDivisionError, ValueError):
            continue
        if not hasattr(expected, "_mpc_") and mp.isfinite(expected):
            yield point, expected


def computed(function: Any, *args: Any) -> float:
    """A double, infinite where it leaves the range; nan where there is no value."""
    try:
        return float(function(*args))
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return math.nan


@each_operation
def test_value_in_doubles_keeps_its_digits_everywhere(op: Op) -> None:
    """Over the whole domain, with subnormal results right to the same number of steps."""
    with mpmath.workdps(truth.far_digits(op)):
        for point, expected in true_values(op):
            got = computed(doubles().value(op), *point)
            assert ulps(got, expected) <= 8, (point, got, mp.nstr(expected, 20))


@each_partial
def test_partial_in_doubles_keeps_its_digits_everywhere(op: Op, i: int) -> None:
    """Likewise: the rule by its text, or by the row's function for accuracy."""
    partial = partial_of(op, i, doubles())
    with mpmath.workdps(truth.far_digits(op)):
        for point, expected in true_partials(op, i):
            value = truth.value(op, *point)
            if not in_range(value):
                continue
            got = computed(partial, point)
            if op.kink and doubles().condition(op, op.kink)(doubles().value(op)(*point), *point):
                continue
            assert ulps(got, expected) <= allowed(op), (point, got, mp.nstr(expected, 20))


@each_operation
@pytest.mark.parametrize("digits", [30, 60])
def test_value_in_mpmath_keeps_its_digits_everywhere(op: Op, digits: int) -> None:
    """All but two, where the number is not beyond the range that adcli gives to mpmath's numbers."""
    wide = multiprecision(digits)
    with mpmath.workdps(truth.far_digits(op)):
        for point, expected in true_values(op):
            got, refusal = attempt(wide.value(op), *map(wide.exactly, point))
            if refusal is not None:
                assert refusal.reason != "domain" or not expected, point
                continue
            assert abs(mp.mpf(got) - expected) <= abs(expected) * mp.mpf(10) ** (2 - digits), point
