"""Functions that mpmath lacks or takes long for, against closed forms with many digits."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from adcli.arithmetic import polygamma
from adcli.arithmetic.multiprecision import Multiprecision


def test_bernoulli_numbers_are_mpmaths() -> None:
    """The fractions, beyond the first table, too."""
    for k in (1, 2, 3, 10, 50, 255, 256, 257, 300):
        assert Fraction(*polygamma.bernoulli(k)) == Fraction(*map(int, mpmath.bernfrac(2 * k)))


@pytest.mark.parametrize("digits", [40, 180, 190, 700])
def test_polygammas_are_their_closed_forms(digits: int) -> None:
    """At halves and quarters, left of 0 too, whichever way they are computed (DLMF 5.4, 5.15)."""
    context = Multiprecision(digits).context
    half = context.mpf(1) / 2
    with context.extraprec(40):
        known = {
            (0, half): -context.euler - 2 * context.ln2,
            (0, -half): 2 - context.euler - 2 * context.ln2,
            (0, half / 2): -context.euler - context.pi / 2 - 3 * context.ln2,
            (1, half): context.pi**2 / 2,
            (1, half / 2): context.pi**2 + 8 * context.catalan,
            (1, half - 3): context.pi**2 / 2 + 4 + context.mpf(4) / 9 + context.mpf(4) / 25,
            (2, half): -14 * context.apery,
            (3, half): context.pi**4,
        }
    for (n, x), exact in known.items():
        found = polygamma.polygamma(context, n, x) if n else polygamma.digamma(context, x)
        assert abs(found - exact) <= abs(exact) * context.mpf(10) ** (1 - digits), (n, x)


def test_digamma_keeps_its_digits_next_to_its_zero() -> None:
    """ψ(x₀ + h) ≈ ψ₁(x₀)·h, though its terms agree in as many digits as h is small."""
    context = Multiprecision(250).context
    zero = context.findroot(lambda x: context.psi(0, x), 1.46)
    for h in (context.mpf(10) ** -5, context.mpf(10) ** -100):
        x = zero + h
        with context.workprec(2 * context.prec):
            exact = context.psi(0, x)
        assert abs(polygamma.digamma(context, x) - exact) <= abs(exact) * context.mpf(10) ** -249
