"""Special functions on mpmath's numbers, named like their operation, where mpmath lacks them or means others.

Each takes the mpmath context first. They need not have all the digits of its working precision: `settled` sees to that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Context = Any
"""An mpmath context; mpmath ships no types."""

_FIRST = 20
"""Bits more than asked for that a function is first computed with."""


_LONG = 600
"""Bits from which on a second computation costs more than finding out with few bits how many get lost."""


def _lost(ctx: Context, function: Callable[[], Any]) -> int | None:
    """How many bits *function* loses where few are computed with, as terms that cancel do at any precision; or None."""
    before = ctx.prec
    try:
        ctx.prec = 200
        value = function()
        ctx.prec = 260
        better = function()
    finally:
        ctx.prec = before
    if not (hasattr(value, "_mpf_") and hasattr(better, "_mpf_") and ctx.isfinite(better) and better):
        return None
    lost = 0 if value == better else max(0, 200 + ctx.mag(value - better) - ctx.mag(better))
    return lost if lost < 100 else None


def settled(ctx: Context, function: Callable[[], Any], args: Sequence[Any]) -> Any:
    """The value of *function*, computed with more and more digits until those of the working precision stand.

    What is smaller than all the digits and magnitudes of *args* can make a difference is 0.
    """
    before = ctx.prec
    if before > _LONG:
        lost = _lost(ctx, function)
        if lost is not None:
            ctx.prec = before + 40 + 2 * lost
            try:
                value = function()
            finally:
                ctx.prec = before
            return +value
    most = 4 * before + 4 * max((abs(ctx.mag(x)) for x in args if x), default=0) + 1000
    extra, known = _FIRST, None
    try:
        while True:
            ctx.prec = before + extra
            value = function()
            if hasattr(value, "_mpc_") and ctx.mag(value.imag) < ctx.mag(value.real) - before:
                value = value.real
            if not hasattr(value, "_mpf_") or not ctx.isfinite(value):
                return value
            if known is not None and abs(value - known) <= ctx.ldexp(abs(value), -before - 4):
                break
            if extra > most:
                return ctx.zero
            known, extra = value, 2 * extra + 20
    finally:
        ctx.prec = before
    return +value


# The families of the error and the gamma function


def erfcx(ctx: Context, x: Any) -> Any:
    """exp(x²)·erfc(x), far out by its asymptotic series."""
    if x < ctx.prec:
        return ctx.exp(x * x) * ctx.erfc(x)
    total = term = ctx.one
    k = 0
    while ctx.mag(term) > -ctx.prec:
        term *= -(2 * k + 1) / (2 * x * x)
        total, k = total + term, k + 1
    return total / (x * ctx.sqrt(ctx.pi))


def erfcinv(ctx: Context, x: Any) -> Any:
    """The inverse of erfc: where 1 - x has lost x, by Newton's method for the logarithm of erfc."""
    if x > ctx.mpf(1) / 1000:
        return ctx.erfinv(1 - x)
    wanted = ctx.ln(x)
    y = ctx.sqrt(-wanted - ctx.ln(ctx.sqrt(-wanted * ctx.pi)))
    for _ in range(20 + ctx.prec.bit_length()):
        step = (ctx.ln(ctx.erfc(y)) - wanted) * ctx.sqrt(ctx.pi) / 2 * erfcx(ctx, y)
        y += step
        if not step or ctx.mag(step) < ctx.mag(y) - ctx.prec + 4:
            break
    return y


def normppf(ctx: Context, x: Any) -> Any:
    """The inverse of the normal distribution."""
    return -ctx.sqrt(2) * erfcinv(ctx, 2 * x) if x < ctx.mpf(1) / 2 else ctx.sqrt(2) * ctx.erfinv(2 * x - 1)


def owens_t(ctx: Context, h: Any, a: Any) -> Any:
    """Owen's T: for |a| ≤ 1 the series in powers of a (Owen 1956), else by its reciprocal."""
    if a < 0:
        return -owens_t(ctx, h, -a)
    h = abs(h)
    if a > 1:
        one, other = ctx.ncdf(-h), ctx.ncdf(-a * h)
        far = (a * h) ** 2 > 2 * ctx.prec + 2 * h * h + 100  # then what follows is less than all digits
        return (one + other) / 2 - one * other - (0 if far else owens_t(ctx, a * h, 1 / a))
    half = h * h / 2
    # The terms are up to e^half times what they add up to.
    before = ctx.prec
    ctx.prec += 30 + 2 * int(min(half, 10**7))
    try:
        power, term, tail = a, ctx.exp(-half), 1 - ctx.exp(-half)
        total, j = ctx.zero, 0
        while max(ctx.mag(term), ctx.mag(tail)) + ctx.mag(power) > 20 - ctx.prec:
            total += (-1) ** j * tail * power / (2 * j + 1)
            j += 1
            term *= half / j
            tail -= term
            power *= a * a
        result = (ctx.atan(a) - total) / (2 * ctx.pi)
    finally:
        ctx.prec = before
    return +result


def factorial(ctx: Context, x: Any) -> Any:
    """Γ(x + 1)."""
    return ctx.gamma(x + 1)


def lowergamma(ctx: Context, s: Any, x: Any) -> Any:
    """γ(s, x)."""
    return ctx.gammainc(s, 0, x)


def uppergamma(ctx: Context, s: Any, x: Any) -> Any:
    """Γ(s, x)."""
    return ctx.gammainc(s, x)


def gammainc(ctx: Context, a: Any, x: Any) -> Any:
    """P(a, x)."""
    return ctx.gammainc(a, 0, x, regularized=True)


def gammaincc(ctx: Context, a: Any, x: Any) -> Any:
    """Q(a, x)."""
    return ctx.gammainc(a, x, regularized=True)


def betainc(ctx: Context, a: Any, b: Any, x: Any) -> Any:
    """I of x and a, b: by a series of positive terms on the side where it is small (DLMF 8.17.8)."""
    if x * (a + b + 2) > a + 1:
        return 1 - betainc(ctx, b, a, 1 - x)
    if not x:
        return ctx.zero
    series = ctx.hyp2f1(a + b, 1, a + 1, x, maxterms=10**6)
    return x**a * (1 - x) ** b * series / (a * ctx.beta(a, b))


# Integrals, zeta functions


def _renamed(name: str) -> Callable[..., Any]:
    """The function that mpmath calls so."""
    return lambda ctx, *args: getattr(ctx, name)(*args)


Ei, E1, Si, Ci, Shi, Chi = map(_renamed, ("ei", "e1", "si", "ci", "shi", "chi"))
hurwitz_zeta = _renamed("zeta")


def polylog(ctx: Context, s: Any, x: Any) -> Any:
    """Liₛ(x); at the ends of what mpmath knows by others."""
    if not x:
        return ctx.zero
    return ctx.re(ctx.polylog(s, x)) if x != 1 else ctx.zeta(s)


# Elliptic integrals and functions; mpmath tells the complete from the incomplete ones by the number of arguments


def _jacobi(name: str) -> Callable[..., Any]:
    """Jacobi's function of this name."""
    return lambda ctx, u, m: ctx.ellipfun(name, u, m=m)


elliptic_k, elliptic_f = _renamed("ellipk"), _renamed("ellipf")
elliptic_e = elliptic_einc = _renamed("ellipe")
elliptic_pi = elliptic_piinc = _renamed("ellippi")
sn, cn, dn = map(_jacobi, ("sn", "cn", "dn"))


# Bessel functions and their relatives


def airyaiprime(ctx: Context, x: Any) -> Any:
    """Ai'."""
    return ctx.airyai(x, derivative=1)


def airybiprime(ctx: Context, x: Any) -> Any:
    """Bi'."""
    return ctx.airybi(x, derivative=1)


def LambertW_branch(ctx: Context, x: Any, k: Any) -> Any:
    """A real branch of W; -1 at -1/e, which any number of digits rounds to one side or the other."""
    result = ctx.lambertw(x, int(k))
    return result if hasattr(result, "_mpf_") else -ctx.one


def _hypergeometric(above: int) -> Callable[..., Any]:
    """The function with so many parameters above; it may be 0."""

    def function(ctx: Context, *args: Any) -> Any:
        return ctx.hyper(args[:above], args[above:-1], args[-1], zeroprec=10 * ctx.prec)

    return function


hyp0f1 = hyp0f2 = _hypergeometric(0)
hyp1f1 = hyp1f2 = hyp1f3 = _hypergeometric(1)
hyp2f1 = hyp2f2 = hyp2f3 = _hypergeometric(2)
hyp3f2 = hyp3f3 = _hypergeometric(3)
hyp4f3 = _hypergeometric(4)


# Orthogonal polynomials, by their recurrences


def _recurrence(ctx: Context, n: Any, first: Any, following: Callable[[int, Any, Any], Any]) -> Any:
    """pₙ from p₋₁ = 0, p₀ = 1, p₁ = *first* and pₖ₊₁ = *following*(k, pₖ, pₖ₋₁)."""
    n = int(n)
    if n < 0:
        return ctx.zero
    before, now = ctx.one, ctx.mpf(first)
    if not n:
        return before
    for k in range(1, n):
        before, now = now, following(k, now, before)
    return now


def legendre(ctx: Context, n: Any, x: Any) -> Any:
    """P of degree n."""
    return _recurrence(ctx, n, x, lambda k, p, q: ((2 * k + 1) * x * p - k * q) / (k + 1))


def chebyshevt(ctx: Context, n: Any, x: Any) -> Any:
    """T of degree n."""
    return _recurrence(ctx, n, x, lambda k, p, q: 2 * x * p - q)


def chebyshevu(ctx: Context, n: Any, x: Any) -> Any:
    """U of degree n."""
    return _recurrence(ctx, n, 2 * x, lambda k, p, q: 2 * x * p - q)


def gegenbauer(ctx: Context, n: Any, a: Any, x: Any) -> Any:
    """C of degree n."""
    return _recurrence(ctx, n, 2 * a * x, lambda k, p, q: (2 * (k + a) * x * p - (k + 2 * a - 1) * q) / (k + 1))


def hermite(ctx: Context, n: Any, x: Any) -> Any:
    """H of degree n."""
    return _recurrence(ctx, n, 2 * x, lambda k, p, q: 2 * x * p - 2 * k * q)


def laguerre(ctx: Context, n: Any, x: Any) -> Any:
    """L of degree n."""
    return assoc_laguerre(ctx, n, 0, x)


def assoc_laguerre(ctx: Context, n: Any, a: Any, x: Any) -> Any:
    """L of degree n and a."""
    return _recurrence(ctx, n, 1 + a - x, lambda k, p, q: ((2 * k + 1 + a - x) * p - (k + a) * q) / (k + 1))
