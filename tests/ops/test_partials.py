"""Each partial derivative of the table against two witnesses: differences with many digits, and SymPy."""

from __future__ import annotations

import mpmath
import pytest
from mpmath import mp

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.multiprecision import multiprecision
from adcli.ops import Op

from . import truth
from .comparison import partial_of, ulps
from .rules import disagreement, in_use, written
from .samples import NUMERIC, each_partial, points


@each_partial
@pytest.mark.parametrize("digits", [30, 50, 200])
def test_rule_is_the_derivative_at_any_precision(op: Op, i: int, digits: int) -> None:
    """The rule's text, evaluated with so many digits, is the limit of difference quotients."""
    assert not disagreement(op, i, written(op, op.partials[i] or "", digits), digits)


@each_partial
def test_partial_in_use_is_the_derivative(op: Op, i: int) -> None:
    """What adcli computes by is the derivative too: the text, or what the row's `accurate` names."""
    assert not disagreement(op, i, in_use(op, i, 40), 40)


ONWARD = [
    pytest.param(op, i, rule, id=f"{op.name}-{op.arguments[i]}")
    for op in NUMERIC
    for i, rule in enumerate(op.onward)
    if rule
]


@pytest.mark.parametrize(("op", "i", "rule"), ONWARD)
def test_rule_that_derivative_programs_are_written_with_is_the_derivative(op: Op, i: int, rule: str) -> None:
    """The row's other form of a partial, which has a derivative itself."""
    assert not disagreement(op, i, written(op, rule, 40), 40)


@each_partial
def test_rule_is_sympys_derivative(op: Op, i: int) -> None:
    """Where SymPy has a derivative in closed form."""
    wide = multiprecision(50)
    for point in points(op):
        formula = truth.sympy_derivative(op, i, len(point))
        if formula is None:
            pytest.skip("SymPy leaves it unevaluated")
        with mpmath.workdps(truth.DIGITS):
            expected = formula(*map(mp.mpf, point))
            assert abs(mp.mpf(partial_of(op, i, wide)(point)) - expected) <= abs(expected) * mp.mpf(10) ** -47, point


@each_partial
def test_partial_in_doubles_is_right_to_8_ulps(op: Op, i: int) -> None:
    """At points of ordinary size."""
    with mpmath.workdps(truth.DIGITS):
        for point in points(op):
            assert ulps(partial_of(op, i, doubles())(point), truth.derivative(op, i, point)) <= 8, point
