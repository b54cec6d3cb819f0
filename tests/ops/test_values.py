"""The value of each operation, in doubles and in mpmath's numbers."""

from __future__ import annotations

import math

import mpmath
import pytest

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.multiprecision import multiprecision
from adcli.derivatives.answers import evaluate
from adcli.ops import FUNCTIONS, TABLE, Op

from . import truth
from .comparison import agree, ulps
from .samples import at, each_operation, points, text


@each_operation
def test_value_in_doubles_is_right_to_8_ulps(op: Op) -> None:
    """Against the definition in mpmath, from the same doubles."""
    with mpmath.workdps(truth.DIGITS):
        for point in points(op):
            assert ulps(doubles().value(op)(*point), truth.value(op, *point)) <= 8, point


@each_operation
@pytest.mark.parametrize("digits", [30, 50])
def test_value_in_mpmath_is_right_to_the_digits_asked_for(op: Op, digits: int) -> None:
    """But for the last two of them."""
    wide = multiprecision(digits)
    with mpmath.workdps(2 * digits):
        for point in points(op):
            assert agree(wide.value(op)(*map(wide.exactly, point)), truth.value(op, *point), digits - 2), point


@each_operation
def test_value_of_a_text_is_the_value_of_the_operation(op: Op) -> None:
    """From the language to the result."""
    for point in points(op, 2):
        assert evaluate(text(op), at(op, point)).values == (doubles().value(op)(*point),)


@pytest.mark.parametrize("alias", [name for op in TABLE.values() if op.samples for name in op.aliases])
def test_an_alias_is_the_operation(alias: str) -> None:
    """Calling either name gives the same number."""
    op = FUNCTIONS[alias]
    (point,) = points(op, 1)
    written = text(op).replace(op.name + "(", alias + "(", 1)
    assert evaluate(written, at(op, point)).values == evaluate(text(op), at(op, point)).values


@pytest.mark.parametrize("name", ["Lt", "Le", "Gt", "Ge", "Eq", "Ne"])
def test_comparisons_are_pythons(name: str) -> None:
    """Infix and by name, on both kinds of numbers."""
    op = TABLE[name]
    for x in (1, 2, 3):
        truth_value = {"Lt": x < 2, "Le": x <= 2, "Gt": x > 2, "Ge": x >= 2, "Eq": x == 2, "Ne": x != 2}[name]
        for condition in (f"{name}(x, 2)", f"x {op.symbol} 2", f"not Not(x {op.symbol} 2)"):
            for precision in (15, 30):
                chosen = evaluate(f"where({condition}, 10, 20)", {"x": x}, precision=precision).values[0]
                assert chosen == (10 if truth_value else 20), condition


CONVENTIONS = {
    "acot(0)": math.pi / 2,
    "acot(-2)": -math.atan(0.5),
    "sinc(0)": 1.0,
    "Heaviside(0)": 0.5,
    "sign(0)": 0.0,
    "Mod(7, 3)": 1.0,
    "Mod(-7, 3)": 2.0,
    "Mod(7, -3)": -2.0,
    "Mod(-7, -3)": -1.0,
    "cbrt(-27)": -3.0,
    "0^0": 1.0,
    "(-2)^3": -8.0,
    "asec(-1)": math.pi,
    "acsc(-1)": -math.pi / 2,
    "atan2(0, -1)": math.pi,
    "floor(-2.5)": -3.0,
    "ceiling(-2.5)": -2.0,
    "relu(-1)": 0.0,
    "Max(1, 3, 2)": 3.0,
    "Min(3, 1, 2)": 1.0,
    "LambertW(-exp(-1))": -1.0,
    "gamma(5)": 24.0,
    "loggamma(1)": 0.0,
    "loggamma(2)": 0.0,
    "beta(2, 3)": 1 / 12,
    "log(8, 2)": 3.0,
    "log2(8)": 3.0,
}
"""What SymPy says too; where mpmath or C say otherwise, adcli does not follow them."""


@pytest.mark.parametrize("written", CONVENTIONS)
@pytest.mark.parametrize("precision", [15, 30])
def test_conventions_are_sympys(written: str, precision: int) -> None:
    """At jumps, poles of formulas and negative arguments, whatever computes the numbers."""
    (got,) = evaluate(written, precision=precision).values
    assert float(got) == pytest.approx(CONVENTIONS[written], rel=1e-15, abs=0)


@pytest.mark.parametrize("k", [*range(1, 60), 10**5, 2**17])
def test_the_cube_root_of_a_cube_is_exact(k: int) -> None:
    """On every version of Python: math.cbrt exists from 3.11 on and is off by 3 ulps."""
    assert doubles().value(TABLE["cbrt"])(float(-(k**3))) == -k


@pytest.mark.parametrize("n", range(1, 23))
def test_gamma_of_a_whole_number_is_the_factorial(n: int) -> None:
    """Exactly, as long as a double can hold it."""
    assert doubles().value(TABLE["gamma"])(float(n)) == math.factorial(n - 1)
