"""Functions with many digits: what mpmath has, where other sums are taken than its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from mpmath import mp

from adcli.arithmetic import many_digits


@pytest.mark.parametrize("x", [0.3, -0.7, -5.0, 0.9, 0.5, 1.0, 1e-20, -1e-9])
def test_the_dilogarithm_has_all_digits(x: float) -> None:
    """On all sides of the places where its series is another."""
    agrees(lambda: many_digits.dilog(mp, mp.mpf(x)), lambda: mp.re(mp.polylog(2, mp.mpf(x))))


@pytest.mark.parametrize("s", [2.5, 0.5, 1.0001, 7.25, -2.3, -3.0, 400.5])
def test_zeta_and_its_derivatives_have_all_digits(s: float) -> None:
    """Next to the pole and left of it too."""
    agrees(lambda: many_digits.zeta(mp, mp.mpf(s)), lambda: mp.zeta(mp.mpf(s)))
    for order in (1, 2) if s > 0 else ():
        agrees(
            lambda order=order: many_digits.zeta_derivative(mp, order, mp.mpf(s), 1),  # type: ignore[misc]
            lambda order=order: mp.zeta(mp.mpf(s), 1, order),  # type: ignore[misc]
        )


@pytest.mark.parametrize("n", [1.0, 3.0, -2.0, 0.3, 2.5])
@pytest.mark.parametrize("x", [0.01, 0.5, 3.5, 30.0])
def test_k_has_all_digits(n: float, x: float) -> None:
    """Of whole orders and others."""
    agrees(lambda: many_digits.besselk(mp, mp.mpf(n), mp.mpf(x)), lambda: mp.besselk(n, mp.mpf(x)))


def agrees(found: Callable[[], Any], truth: Callable[[], Any]) -> None:
    """To 198 of 200 digits."""
    with mp.workdps(200):
        number = found()
    with mp.workdps(230):
        exact = truth()
        assert abs(number - exact) <= abs(exact) * mp.mpf(10) ** -198
