"""Truncated series: what sums of products are made of."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
import pytest

from adcli.arithmetic.ball import NONE, Ball, log2, scalar_product
from adcli.arithmetic.balls import balls
from adcli.arithmetic.doubles import Doubles
from adcli.arithmetic.series import Convolution, Series
from adcli.derivatives.taylor import taylor


@pytest.mark.parametrize("reach", [1, 60, 3_000])
@pytest.mark.parametrize("cancels", [False, True])
def test_a_scalar_product_of_balls_encloses_that_of_the_numbers_in_them(reach: int, cancels: bool) -> None:
    """Whatever their sizes, and where terms cancel: each number is drawn from its ball."""
    draw, home = Random(f"{reach} {cancels}"), balls(30)

    def ball() -> tuple[Ball, Fraction]:
        mid = Fraction(draw.getrandbits(90) * 2 + 1) * Fraction(2) ** draw.randint(-reach, reach)
        mid *= draw.choice((1, -1))
        number = home.context.mpf(mid.numerator) / mid.denominator
        radius = draw.choice((NONE, log2(number) - draw.uniform(5, 95)))
        off = Fraction(0) if radius == NONE else Fraction(draw.uniform(-0.999, 0.999) * 2.0 ** (radius % 1))
        return Ball(home, number, radius), mid + off * Fraction(2) ** (0 if radius == NONE else int(radius // 1))

    xs, ys = ([ball() for _ in range(20)] for _ in range(2))
    if cancels:
        xs += [(-x, -number) for x, number in xs]
        ys += ys
    found = scalar_product([x for x, _ in xs], [y for y, _ in ys])
    assert found is not None
    sign, man, exponent, _ = found.mid._mpf_
    mid = (-1) ** sign * int(man) * Fraction(2) ** exponent
    exact = sum(x * y for (_, x), (_, y) in zip(xs, ys, strict=True))
    whole = int(found.radius // 1)
    assert abs(exact - mid) <= Fraction(2.0 ** (found.radius - whole)) * Fraction(2) ** whole


def test_the_digits_of_many_coefficients() -> None:
    """Those of exp(sin(x))/(1 + x^2) against mpmath's, by Cauchy's integral with 60 digits."""
    found = taylor("exp(sin(x))/(1+x^2)", {"x": 0.25}, order=60).coefficients
    with mpmath.workdps(60):
        points = 512
        values = []
        for j in range(points):
            x = mpmath.mpf("0.25") + mpmath.expjpi(mpmath.mpf(2 * j) / points) / 2
            values.append(mpmath.exp(mpmath.sin(x)) / (1 + x * x))
        for k in (0, 1, 2, 13, 40, 60):
            roots = [mpmath.expjpi(-mpmath.mpf(2 * j * k % (2 * points)) / points) for j in range(points)]
            expected = mpmath.re(mpmath.fdot(values, roots)) / points * mpmath.mpf(2) ** k
            assert found[k] == pytest.approx(float(expected), rel=1e-15)


def test_polynomials_end() -> None:
    """Beyond its degree a polynomial has no coefficients, whatever it is made of."""
    found = taylor("(1 + x^2)*(x - x^3) - x", {"x": 2.0}, order=9).coefficients
    assert found == (-32.0, -80.0, -80.0, -40.0, -10.0, -1.0, 0.0, 0.0, 0.0, 0.0)


class _Products(Doubles):
    """Numbers that know products of polynomials."""

    def convolved(self, xs: Sequence[Any], ys: Sequence[Any]) -> list[Any]:
        found = [0] * (len(xs) + len(ys) - 1)
        for i, x in enumerate(xs):
            for j, y in enumerate(ys):
                found[i + j] += x * y
        return found


@pytest.mark.parametrize("scalars", [Doubles(), _Products()])
@pytest.mark.parametrize("first", [0, 1])
def test_sums_of_products_that_need_each_other_hold_every_pair_once(scalars: Doubles, first: int) -> None:
    """Each coefficient becomes known only when the sum before it is, and depends on that."""
    f, y, draw = [3, 1], Series([2, 5], abs), Random(first)
    found = Convolution(scalars, f, 1 << 62, y, first)
    for k in range(1, 300):
        total = found(k)
        assert total == sum(f[j] * y.known[k - j] for j in range(first, k + 1))
        f.append(total % 7 - draw.randint(0, 3))
        y.known.append(total % 5 - draw.randint(0, 2))


def test_five_hundred_coefficients_of_a_product() -> None:
    """Those of exp(x)*cos(x), the real part of exp((1 + i)*x): e^((1+i)*a)*(1 + i)^k/k!."""
    found = taylor("exp(x)*cos(x)", {"x": "1/3"}, order=500, precision=40).coefficients
    with mpmath.workdps(60):
        a = mpmath.mpf(1) / 3
        for k in (0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 300, 500):
            true = mpmath.re(mpmath.exp((1 + 1j) * a) * mpmath.mpc(1, 1) ** k) / mpmath.factorial(k)
            assert abs(found[k] - true) < abs(true) * mpmath.mpf(10) ** -39


def test_a_series_whose_coefficients_are_fractions_has_exact_zeros() -> None:
    """sin(x)*cos(x) - sin(2*x)/2 vanishes, and is said to."""
    found = taylor("sin(x)*cos(x) - sin(2*x)/2", {"x": 0}, order=150, precision=20)
    assert not any(found.coefficients)
    assert not found.warnings


@pytest.mark.parametrize("order", [700, 2_000])
def test_orders_in_the_thousands(order: int) -> None:
    """Far out, the coefficients are those that the poles of exp(sin(x))/(1 + x^2) at ±i make, to all digits."""
    if order > 1_000:
        pytest.importorskip("flint")
    found = taylor("exp(sin(x))/(1+x^2)", {"x": 1}, order=order).coefficients
    with mpmath.workdps(30):
        true = mpmath.re(mpmath.exp(mpmath.sin(1j)) / 1j * (-1) ** order / mpmath.mpc(1, -1) ** (order + 1))
    assert found[order] == pytest.approx(float(true), rel=1e-15, abs=0)
