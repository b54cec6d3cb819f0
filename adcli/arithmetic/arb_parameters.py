"""Derivatives of special functions by their parameters by Arb's functions, named like their operation or partial: from
power series, or differences and what these leave out.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from flint import acb, acb_series, arb, ctx

from adcli.arithmetic.arb_functions import whole
from adcli.arithmetic.arb_special import (
    MOST,
    Number,
    besseli,
    besselj,
    besselk,
    bessely,
    betainc,
    cn,
    dn,
    gammainc,
    gammaincc,
    sn,
)

# By power series


def _nth(series: Callable[[], acb_series], order: int) -> Number:
    """The derivative of that order of a function that is real, by its power series."""
    before = ctx.cap
    ctx.cap = order + 1
    try:
        return series()[order].real * arb(order).fac()
    finally:
        ctx.cap = before


def zeta_derivative(n: Number, s: Number, a: Number) -> Number:
    """∂ⁿζ(s, a)/∂sⁿ, from its power series in s."""
    order = whole(n)
    return _nth(lambda: acb_series([s, 1]).zeta(acb(a)), order)


def polylog_derivative(k: Number, s: Number, x: Number) -> Number:
    """∂ᵏLiₛ(x)/∂sᵏ."""
    return _nth(lambda: acb_series.polylog(_moved(s), acb(x)), whole(k))


def _moved(x: Number | int) -> acb_series:
    """x + ε."""
    return acb_series([x, 1])


def _raised(x: Number, exponent: acb_series) -> acb_series:
    """x to the power of a series."""
    return (exponent * acb(x.log())).exp()


def lowergamma_derivative(k: Number, s: Number, x: Number) -> Number:
    """∂ᵏγ(s, x)/∂sᵏ, by terms of one sign (DLMF 8.7.1)."""
    if x == 0:
        return arb(0)
    return _nth(lambda: _lower(_moved(s), x), whole(k))


def _lower(s: acb_series, x: Number) -> acb_series:
    terms = acb_series.hypgeom([acb_series([1])], [s + 1], acb_series([x]))
    return _raised(x, s) * acb((-x).exp()) * terms / s


def uppergamma_derivative(k: Number, s: Number, x: Number) -> Number:
    """∂ᵏΓ(s, x)/∂sᵏ, what γ(s, x) leaves of Γ(s)."""
    order, before = whole(k), ctx.prec
    if x == 0:
        return _nth(lambda: _moved(s).gamma(), order)
    if not x < MOST:
        raise ValueError
    ctx.prec = before + 3 * int(float(x.upper())) + 20
    try:
        return _nth(lambda: _moved(s).gamma() - _lower(_moved(s), x), order)
    finally:
        ctx.prec = before


def gammainc_a(a: Number, x: Number) -> Number:
    """∂P(a, x)/∂a, on the side where it does not cancel."""
    if x <= a:
        return lowergamma_derivative(arb(1), a, x) * a.rgamma() - gammainc(a, x) * a.digamma()
    return gammaincc(a, x) * a.digamma() - uppergamma_derivative(arb(1), a, x) * a.rgamma()


def gammaincc_a(a: Number, x: Number) -> Number:
    """∂Q(a, x)/∂a."""
    return -gammainc_a(a, x)


def lowerbeta_slope(j: Number, k: Number, a: Number, b: Number, x: Number) -> Number:
    """∂ʲ⁺ᵏB(x; a, b)/∂aʲ∂bᵏ (DLMF 8.17.8): along a, b or both; that of both from those along each."""
    first, second = whole(j), whole(k)
    if x == 0:
        return arb(0)

    def along(p: int, q: int) -> Number:
        return _nth(lambda: _lower_beta(acb_series([a, p]), acb_series([b, q]), x), first + second)

    if not (first and second):
        return along(int(first > 0), int(second > 0))
    if first != 1 or second != 1:
        raise ValueError
    return (along(1, 1) - along(1, 0) - along(0, 1)) / 2


def _lower_beta(a: acb_series, b: acb_series, x: Number) -> acb_series:
    if not x < 1:
        return acb_series([1]) * a.gamma() * b.gamma() * (a + b).rgamma()
    terms = acb_series.hypgeom([a + b, acb_series([1])], [a + 1], acb_series([x]))
    return _raised(x, a) * _raised(1 - x, b) * terms / a


def betainc_a(a: Number, b: Number, x: Number) -> Number:
    """∂I/∂a, on the side where it does not cancel."""
    return _of_beta(a, b, x, True)


def betainc_b(a: Number, b: Number, x: Number) -> Number:
    """∂I/∂b."""
    return _of_beta(a, b, x, False)


def _of_beta(a: Number, b: Number, x: Number, first: bool) -> Number:
    if x * (a + b + 2) > a + 1:
        return -_of_beta(b, a, 1 - x, not first)
    if x == 0:
        return arb(0)
    moment = lowerbeta_slope(arb(int(first)), arb(int(not first)), a, b, x)
    whole_beta = a.gamma() * b.gamma() * (a + b).rgamma()
    return moment / whole_beta - betainc(a, b, x) * ((a if first else b).digamma() - (a + b).digamma())


# By others


def am_slope(u: Number, m: Number) -> Number:
    """∂am(u | m)/∂m, as in `adcli.arithmetic.parameters`."""
    if m == 0:
        return (u.sin() * u.cos() - u) / 4
    if m == 1:
        return (u * u.sech() - u.sinh()) / 4
    period = 2 * acb(m).elliptic_k().real
    turns = math.floor(float((u / period).mid()) + 0.5)
    sign = -1 if turns % 2 else 1
    s, c, d = sn(u, m), cn(u, m), dn(u, m)
    amplitude = arb.atan2(sign * s, sign * c)
    epsilon = acb.elliptic_e_inc(amplitude, m).real + 2 * turns * acb(m).elliptic_e().real
    return (m * s * c - d * (epsilon - (1 - m) * u)) / (2 * m * (1 - m))


# By differences


def _by_order(function: Callable[..., Number], bound: Callable[..., Number]) -> Callable[..., Number]:
    """Derivatives of a function by its first argument: differences, and what they leave out.

    The function is at most bound(n, x) at complex orders with real parts from -n to n and imaginary ones up to 1, and
    so is its slope in x. Then its m-th derivative is at most m!·bound (Cauchy).
    """

    def derivative(k: Number, n: Number, x: Number) -> Number:
        order, before = whole(k), ctx.prec
        if not x > 0:
            raise ValueError
        most = bound(abs(n).upper() + 3, x).upper()
        bits = before // 2 + 20
        ctx.prec = before + order * bits + 20
        try:
            step = arb((1, -bits))
            points = [n.mid() + (order - 2 * j) * step / 2 for j in range(order + 1)]
            total = sum((-1) ** j * math.comb(order, j) * function(at, x.mid()) for j, at in enumerate(points))
            left_out = order * (order + 1) * (order + 2) * step**2 / 24 + (order + 1) * n.rad() + x.rad()
            return total / step**order + arb(0, (most * math.factorial(order) * left_out).upper())
        finally:
            ctx.prec = before

    return derivative


def _of_oscillating(n: Number, x: Number) -> Number:
    """A bound of J and Y, from Schläfli's integrals (DLMF 10.9.6 and 10.9.7), where sinh t ≥ cosh t - 1."""
    pi = arb.pi()
    return pi.exp() + (1 + pi.cosh()) * x.exp() * 2 * x.lower().bessel_k(n) / pi


def _of_i(n: Number, x: Number) -> Number:
    """A bound of I (DLMF 10.32.4)."""
    pi = arb.pi()
    return pi.cosh() * (x.exp() + 2 * x.lower().bessel_k(n) / pi)


def _of_k(n: Number, x: Number) -> Number:
    """A bound of K, which falls in x and rises with the order (DLMF 10.32.9)."""
    return x.lower().bessel_k(n)


besselj_derivative, bessely_derivative = _by_order(besselj, _of_oscillating), _by_order(bessely, _of_oscillating)
besseli_derivative, besselk_derivative = _by_order(besseli, _of_i), _by_order(besselk, _of_k)
