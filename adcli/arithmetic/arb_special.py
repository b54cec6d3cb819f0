"""The handbook's functions by Arb's, named like their operation: they take balls and give balls that hold every value.

Where Arb has a function of complex numbers only, its real part is taken: within the operation's domain it is real. What
Arb cannot enclose comes out as not finite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from flint import acb, arb, ctx

from adcli.arithmetic.arb_functions import FAR, whole

Number: TypeAlias = arb

MOST = 10_000
"""Beyond this exp(-x) is not told from 0 by a series."""


def _of_last(method: Callable[..., Number], **options: int) -> Callable[..., Number]:
    """A method of the last argument, to which the others are given."""
    return lambda *args: method(args[-1], *args[:-1], **options)


def _real(function: Callable[..., acb]) -> Callable[..., Number]:
    """A function of complex numbers where it is real."""
    return lambda *args: function(*map(acb, args)).real


# The families of the error and the gamma function


def erfcx(x: Number) -> Number:
    """exp(x²)·erfc(x)."""
    return (x * x).exp() * x.erfc()


def normpdf(x: Number) -> Number:
    """The normal density."""
    return (-x * x / 2).exp() / arb(2).sqrt() / arb.const_sqrt_pi()


def normcdf(x: Number) -> Number:
    """The normal distribution."""
    return (-x / arb(2).sqrt()).erfc() / 2


def normppf(x: Number) -> Number:
    """The inverse of the normal distribution."""
    return -arb(2).sqrt() * (2 * x).erfcinv()


def owens_t(h: Number, a: Number) -> Number:
    """Owen's T as in `adcli.arithmetic.special`; what is left out of the series is less than its next term."""
    if a < 0:
        return -owens_t(h, -a)
    h = abs(h)
    if a > 1:
        one, other = normcdf(-h), normcdf(-a * h)
        return (one + other) / 2 - one * other - owens_t(a * h, 1 / a)
    half, before = h * h / 2, ctx.prec
    if not half < MOST:  # then it is between 0 and the integrand's largest value
        return (-half).exp() * a * arb(0.5, 0.5) / 6
    if not a < 2:
        raise ValueError
    # The terms are up to e^half times what they add up to.
    ctx.prec = before + 30 + 3 * int(float(half.upper()))
    try:
        half, square = h * h / 2, a * a
        power, term, tail = a, (-half).exp(), 1 - (-half).exp()
        total, bound, j = arb(0), half, 0
        while not (j > 2 * half * square and abs(bound * power) < arb(2) ** -ctx.prec):
            total += (-1) ** j * tail * power / (2 * j + 1)
            j += 1
            term *= half / j
            tail -= term
            bound *= half / (j + 1)
            power *= square
        total += arb(0, abs(bound * power).upper())
        return (a.atan() - total) / (2 * arb.pi())
    finally:
        ctx.prec = before


def factorial(x: Number) -> Number:
    """Γ(x + 1)."""
    return (x + 1).gamma()


def binomial(n: Number, k: Number) -> Number:
    """Γ(n + 1)/(Γ(k + 1)·Γ(n - k + 1))."""
    return (n + 1).gamma() * (k + 1).rgamma() * (n - k + 1).rgamma()


def rf(x: Number, n: Number) -> Number:
    """Γ(x + n)/Γ(x)."""
    return x.rising(n)


def ff(x: Number, n: Number) -> Number:
    """Γ(x + 1)/Γ(x - n + 1)."""
    return (x - n + 1).rising(n)


lowergamma, uppergamma = _of_last(arb.gamma_lower), _of_last(arb.gamma_upper)
gammainc, gammaincc = _of_last(arb.gamma_lower, regularized=1), _of_last(arb.gamma_upper, regularized=1)
betainc = _of_last(arb.beta_lower, regularized=1)


# Integrals, zeta functions


expint = _of_last(arb.expint)
polylog = _real(_of_last(acb.polylog))
dilog = _real(lambda x: x.polylog(2))


def E1(x: Number) -> Number:
    """The exponential integral from x on."""
    return x.expint(arb(1))


def hurwitz_zeta(s: Number, a: Number) -> Number:
    """ζ(s, a)."""
    return s.zeta(a)


# Elliptic integrals and functions


elliptic_k, elliptic_e = _real(acb.elliptic_k), _real(acb.elliptic_e)
elliptic_pi, elliptic_piinc = _real(acb.elliptic_pi), _real(acb.elliptic_pi_inc)


def elliptic_k_prime(m: Number) -> Number:
    """K'(m), which is hypergeometric."""
    return arb.pi() / 8 * hyp2f1(arb(1.5), arb(1.5), arb(2), m)


def elliptic_e_prime(m: Number) -> Number:
    """E'(m), likewise."""
    return -arb.pi() / 8 * hyp2f1(arb(0.5), arb(1.5), arb(2), m)


def _between_corners(function: Callable[..., Number], falls: bool) -> Callable[..., Number]:
    """An integral from 0 to x that grows with x, and with m grows or *falls* in size: between the corners of two balls,
    where Arb's own has far more.
    """

    def enclosed(x: Number, m: Number) -> Number:
        if x.rad() == 0 and m.rad() == 0:
            return function(x, m)
        small, large = (m.upper(), m.lower()) if falls else (m.lower(), m.upper())
        low, high = x.lower(), x.upper()
        return function(low, small if low >= 0 else large).union(function(high, large if high >= 0 else small))

    return enclosed


elliptic_einc = _between_corners(_real(acb.elliptic_e_inc), True)
elliptic_f = _between_corners(_real(acb.elliptic_f), False)


def sn(u: Number, m: Number) -> Number:
    """Jacobi's sn, which is elementary at the ends of its parameter."""
    if m == 0 or m == 1:
        return u.sin() if m == 0 else u.tanh()
    (theta1, _, _, theta4), (_, zero2, zero3, _) = _thetas(u, m)
    return (zero3 * theta1 / (zero2 * theta4)).real


def cn(u: Number, m: Number) -> Number:
    """Jacobi's cn."""
    if m == 0 or m == 1:
        return u.cos() if m == 0 else u.sech()
    (_, theta2, _, theta4), (_, zero2, _, zero4) = _thetas(u, m)
    return (zero4 * theta2 / (zero2 * theta4)).real


def dn(u: Number, m: Number) -> Number:
    """Jacobi's dn."""
    if m == 0 or m == 1:
        return arb(1) if m == 0 else u.sech()
    (_, _, theta3, theta4), (_, _, zero3, zero4) = _thetas(u, m)
    return (zero4 * theta3 / (zero3 * theta4)).real


def _thetas(u: Number, m: Number) -> tuple[tuple[acb, ...], tuple[acb, ...]]:
    """θ₁ to θ₄ at u and at 0, for the nome of m (DLMF 22.2)."""
    k = acb(m).elliptic_k()
    tau = acb(0, 1) * acb(1 - m).elliptic_k() / k
    return acb.modular_theta(u / (2 * k), tau), acb.modular_theta(acb(0), tau)


# Bessel functions and their relatives


besselj, bessely, besseli = _of_last(arb.bessel_j), _of_last(arb.bessel_y), _of_last(arb.bessel_i)
airyaiprime, airybiprime = _of_last(arb.airy_ai, derivative=1), _of_last(arb.airy_bi, derivative=1)


def besselk(n: Number, x: Number) -> Number:
    """K of order n, which falls: between the ends of a ball, where Arb's own has far more."""
    return x.lower().bessel_k(n).union(x.upper().bessel_k(n))


def struveh(n: Number, x: Number) -> Number:
    """H of order n (DLMF 11.2.1)."""
    series = (-x * x / 4).hypgeom([arb(1)], [arb(3) / 2, n + arb(3) / 2])
    return (x / 2) ** (n + 1) * series * 2 / arb.const_sqrt_pi() * (n + arb(3) / 2).rgamma()


def LambertW_branch(x: Number, k: Number) -> Number:
    """The branch 0 or -1 of W."""
    return x.lambertw(branch=whole(k))


# Hypergeometric functions and orthogonal polynomials


hyp0f1, hyp1f1, hyp2f1 = _of_last(arb.hypgeom_0f1), _of_last(arb.hypgeom_1f1), _real(_of_last(acb.hypgeom_2f1))


def _hypergeometric(above: int) -> Callable[..., Number]:
    """The function with so many parameters above."""

    def function(*args: Number) -> Number:
        if not abs(args[-1]) < FAR:
            raise ValueError
        return args[-1].hypgeom(list(args[:above]), list(args[above:-1]))

    return function


hyp0f2 = _hypergeometric(0)
hyp1f2 = hyp1f3 = _hypergeometric(1)
hyp2f2 = hyp2f3 = _hypergeometric(2)
hyp3f2 = hyp3f3 = _hypergeometric(3)
hyp4f3 = _hypergeometric(4)


def legendre(n: Number, x: Number) -> Number:
    """P of degree n."""
    return _of_degree(n, x.legendre_p)


def chebyshevt(n: Number, x: Number) -> Number:
    """T of degree n."""
    return _of_degree(n, x.chebyshev_t)


def chebyshevu(n: Number, x: Number) -> Number:
    """U of degree n."""
    return _of_degree(n, x.chebyshev_u)


def gegenbauer(n: Number, a: Number, x: Number) -> Number:
    """C of degree n."""
    return _of_degree(n, x.gegenbauer_c, a)


def hermite(n: Number, x: Number) -> Number:
    """H of degree n."""
    return _of_degree(n, x.hermite_h)


def laguerre(n: Number, x: Number) -> Number:
    """L of degree n."""
    return _of_degree(n, x.laguerre_l)


def assoc_laguerre(n: Number, a: Number, x: Number) -> Number:
    """L of degree n and a."""
    return _of_degree(n, x.laguerre_l, a)


def _of_degree(n: Number, function: Callable[..., Number], *parameters: Number) -> Number:
    """A polynomial: 1 of degree 0, and 0 of less, where Arb's are functions of any n."""
    degree = whole(n)
    return function(n, *parameters) if degree > 0 else arb(degree == 0)
