"""Functions of mpmath's numbers that mpmath computes slowly with many digits, named like their operation."""

from __future__ import annotations

from typing import Any

from adcli.arithmetic.mpmath_functions import wider
from adcli.arithmetic.polygamma import LONG

Context = Any
"""An mpmath context; mpmath ships no types."""


def dilog(ctx: Context, x: Any) -> Any:
    """Li₂(x), by its series where that falls at least by half (DLMF 25.12.3, 25.12.4, 25.12.6)."""
    if not x or x == 1:
        return ctx.pi**2 / 6 if x else ctx.zero
    return wider(ctx, 20, lambda: _dilog(ctx, x))


def _dilog(ctx: Context, x: Any) -> Any:
    if x < -1:
        return -(ctx.pi**2) / 6 - ctx.ln(-x) ** 2 / 2 - _dilog(ctx, 1 / x)
    if 2 * x < -1:
        return -_dilog(ctx, x / (x - 1)) - ctx.ln(1 - x) ** 2 / 2
    if 2 * x > 1:
        rest = ctx.fsub(1, x, exact=True)
        return ctx.pi**2 / 6 - ctx.ln(x) * ctx.ln(rest) - _dilog(ctx, rest)
    places = ctx.prec + max(0, -ctx.mag(x)) + 10
    step = power = int(ctx.ldexp(x, places))
    total, n = 0, 1
    while power:
        total += power // (n * n)
        power = power * step >> places
        n += 1
        if power == -1:  # what a shift leaves of a negative number
            break
    return ctx.ldexp(ctx.mpf(total), -places)


def zeta(ctx: Context, s: Any) -> Any:
    """Riemann's ζ, left of 0 by what is on the right (DLMF 25.4.1)."""
    if ctx.prec < LONG or s >= 0 or s == ctx.floor(s):
        return zeta_derivative(ctx, 0, s, 1)
    rest = ctx.fsub(1, s, exact=True)
    return (2 * ctx.pi) ** s / ctx.pi * ctx.sinpi(s / 2) * ctx.gamma(rest) * zeta_derivative(ctx, 0, rest, 1)


def zeta_derivative(ctx: Context, n: Any, s: Any, a: Any) -> Any:
    """∂ⁿζ(s, a)/∂sⁿ: of Riemann's with many digits from Borwein's sum, with powers of primes only."""
    order = int(n)
    if a != 1 or ctx.prec < LONG or not 0 < s < ctx.prec // 2:
        return ctx.zeta(s, a, order) if order or a != 1 else ctx.zeta(s)
    return wider(ctx, 20 + 2 * max(0, -ctx.mag(s - 1)), lambda: _riemann(ctx, s, order))


def _riemann(ctx: Context, s: Any, order: int) -> Any:
    """From Σ (-1)^k·(d_k - d_m)/(k + 1)^(s + ε) and the factor 1 - 2^(1 - s - ε), both as series in ε."""
    from mpmath.libmp.gammazeta import borwein_coefficients

    count = int(ctx.prec / 2.54 + 10)
    weights = borwein_coefficients(count)
    powers, logarithms = _powers(ctx, s, count)
    places, sums = ctx.prec, [0] * (order + 1)
    for k in range(count):
        term = (weights[k] - weights[count]) * powers[k + 1] * (-1) ** k
        sums[0] += term
        for j in range(1, order + 1):
            term = -(term * logarithms[k + 1]) // (j << places)
            sums[j] += term
    above = [-ctx.ldexp(ctx.mpf(part), -places) / weights[count] for part in sums]
    two = ctx.mpf(2) ** (1 - s)
    below = [(1 - two if not j else -two * (-ctx.ln2) ** j / ctx.factorial(j)) for j in range(order + 1)]
    found: list[Any] = []
    for j in range(order + 1):
        found.append((above[j] - sum(found[i] * below[j - i] for i in range(j))) / below[0])
    return found[-1] * ctx.factorial(order)


def _powers(ctx: Context, s: Any, count: int) -> tuple[list[int], list[int]]:
    """k^-s and log k as whole multiples of 2^-prec up to *count*: of composite numbers from their factors."""
    places, finer = ctx.prec, ctx.prec + 20
    powers, logarithms = [1 << places] * (count + 1), [0] * (count + 1)
    least = [0] * (count + 1)
    for k in range(2, count + 1):
        if not least[k]:
            for multiple in range(k, count + 1, k):
                least[multiple] = least[multiple] or k
            logarithms[k] = _logarithm(k, logarithms, finer)
            powers[k] = int(ctx.ldexp(ctx.exp(-s * ctx.ldexp(ctx.mpf(logarithms[k]), -finer)), places))
        else:
            p = least[k]
            logarithms[k] = logarithms[p] + logarithms[k // p]
            powers[k] = powers[p] * powers[k // p] >> places
    return powers, [logarithm >> finer - places for logarithm in logarithms]


def _logarithm(prime: int, known: list[int], places: int) -> int:
    """log p = (log(p - 1) + log(p + 1))/2 + artanh(1/(2·p² - 1)), the first two from smaller primes."""
    if prime == 2:
        return 2 * _artanh(3, places)
    return (known[prime - 1] + known[2] + known[(prime + 1) // 2]) // 2 + _artanh(2 * prime * prime - 1, places)


def _artanh(divisor: int, places: int) -> int:
    """artanh(1/divisor) as a whole multiple of 2^-places."""
    power, total, j = (1 << places) // divisor, 0, 1
    while power:
        total += power // j
        power //= divisor * divisor
        j += 2
    return total


def besselk(ctx: Context, n: Any, x: Any) -> Any:
    """K of order n: with many digits and where mpmath goes a long way round, by the power series of I."""
    if ctx.prec < LONG or 3 * x > ctx.prec:
        return ctx.besselk(n, x)
    return wider(ctx, 3 * int(x) + 30, lambda: _by_series(ctx, abs(n), x))


def _by_series(ctx: Context, n: Any, x: Any) -> Any:
    if n != ctx.floor(n):
        return ctx.pi / 2 * (ctx.besseli(-n, x) - ctx.besseli(n, x)) / ctx.sinpi(n)
    order, half = int(n), x / 2
    square = half * half
    # DLMF 10.31.1
    total = ctx.fsum((-square) ** k * ctx.factorial(order - k - 1) / ctx.factorial(k) for k in range(order))
    total = total * half**-order / 2 - (-1) ** order * ctx.ln(half) * ctx.besseli(order, x)
    psis = sum(ctx.mpf(1) / k for k in range(1, order + 1)) - 2 * ctx.euler
    term, series, k = 1 / ctx.factorial(order), ctx.zero, 0
    while ctx.mag(term) > -ctx.prec:
        series += psis * term
        k += 1
        psis += ctx.mpf(1) / k + ctx.mpf(1) / (order + k)
        term *= square / (k * (order + k))
    return total + (-1) ** order * half**order * series / 2
