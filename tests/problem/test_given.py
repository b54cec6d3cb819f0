"""What callers give as numbers is understood, or refused with a sentence."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy

from adcli import compile, gradient, hvp, vjp
from adcli.errors import AdcliError

np: Any = pytest.importorskip("numpy")

NUMBERS: list[tuple[Any, str]] = [
    (sympy.sqrt(2), "sqrt(2)"),
    (sympy.pi, "pi"),
    (sympy.E, "e"),
    (sympy.Rational(1, 3), "1/mpf(3)"),
    (sympy.sin(1) * sympy.gamma(sympy.Rational(1, 3)), "sin(1)*gamma(1/mpf(3))"),
    (mpmath.pi, "pi"),
    (Fraction(1, 3), "1/mpf(3)"),
    (Decimal("0.1"), "mpf('0.1')"),
    (np.float32(0.5), "mpf(1)/2"),
    (np.int64(3), "mpf(3)"),
    (np.longdouble(0.25), "mpf(1)/4"),
]


@pytest.mark.parametrize(("given", "meant"), NUMBERS)
def test_numbers_of_other_libraries_are_numbers(given: Any, meant: str) -> None:
    """With all their digits, however many are asked for."""
    with mpmath.workdps(60):
        truth = 2 * eval(meant, vars(mpmath))
        assert gradient("x^2", {"x": given}).gradient["x"] == pytest.approx(float(truth), rel=1e-15)
        precise = gradient("x^2", {"x": given}, precision=40).gradient["x"]
        assert abs(precise - truth) < 1e-39 * truth


@pytest.mark.parametrize(
    "given",
    [
        None, 1j, b"1", object(), {}, sympy.I, sympy.oo, sympy.zoo, sympy.Symbol("z"), mpmath.mpc(1, 2), mpmath.inf,
        np.complex128(1), Decimal("Infinity"), Decimal("NaN"), float("nan"), float("-inf"), np.array(float("inf")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("precision", [15, 30])
def test_what_is_no_finite_number_is_refused(given: Any, precision: int) -> None:
    """In points, directions and weights."""
    for ask in (
        lambda: gradient("x^2", {"x": given}, precision=precision),
        lambda: hvp("x^2", {"x": 1}, {"x": given}, precision=precision),
    ):
        with pytest.raises(AdcliError, match=r"is no number|needs a finite number|no complex numbers"):
            ask()
    if given is not None:
        with pytest.raises(AdcliError):
            vjp("x^2", {"x": 1}, [given], precision=precision)


def test_integers_may_be_longer_than_python_writes_them() -> None:
    """They are too large for a float, and not for more digits."""
    with pytest.raises(AdcliError, match="needs a finite number, not an integer of more than 4,300 digits"):
        gradient("x", {"x": 10**5000})
    assert gradient("3*x*1e-5000", {"x": 10**5000}, precision=20).value == 3


@pytest.mark.parametrize("threads", ["a", None, 0, -1, 1.5, 10**30])
def test_threads_are_a_number(threads: Any) -> None:
    """A whole one, and not too large."""
    with pytest.raises(AdcliError, match="thread"):
        compile("x^2", threads=threads)


@pytest.mark.parametrize("precision", [0, -1, 10**9, None, "30", 1.5])
def test_digits_are_a_number(precision: Any) -> None:
    """The same bounds as on the command line."""
    with pytest.raises(AdcliError, match="the precision is"):
        gradient("x", {"x": 1}, precision=precision)
