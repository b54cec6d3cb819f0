"""Functions that mpmath and the rows' texts lack, or have by another convention, or with fewer right digits than asked.

Named like their operation, so that the table finds them; each takes the mpmath context first and is right to
the context's working precision. Domains are checked before a function is called.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from adcli.arithmetic.determinants import determinant
from adcli.arithmetic.digits import Context, cancelling, wider_than
from adcli.arithmetic.digits import wider as wider
from adcli.arithmetic.polygamma import digamma as digamma
from adcli.arithmetic.polygamma import polygamma, polygamma_step

START = 60
"""Bits of a first approximation."""


def log2(ctx: Context, x: Any) -> Any:
    """The logarithm to base 2."""
    return wider(ctx, 10, lambda: ctx.ln(x) / ctx.ln2)


def pow(ctx: Context, x: Any, y: Any) -> Any:
    """x^y; a large exponent magnifies the rounding errors of log x."""
    return wider(ctx, 20 + max(0, ctx.mag(y)), lambda: ctx.power(x, y)) if x and y else ctx.power(x, y)


def cbrt(ctx: Context, x: Any) -> Any:
    """The real cube root; mpmath's own is complex for negative numbers."""
    return ctx.cbrt(x) if x >= 0 else -ctx.cbrt(-x)


def acosh(ctx: Context, x: Any) -> Any:
    """The inverse of cosh; mpmath's own loses half the digits next to 1."""
    return wider(ctx, 10, lambda: ctx.asinh(ctx.sqrt((x - 1) * (x + 1))))


# Pieces


def det(ctx: Context, *x: Any) -> Any:
    """The determinant of the matrix with these elements, rounded once."""
    return of_scaled(ctx, determinant(tuple(map(scaled, x))))


def scaled(x: Any) -> tuple[int, int]:
    """A number as an integer times a power of two."""
    if isinstance(x, int):
        return x, 0
    sign, man, exponent, _ = x._mpf_
    if not man and exponent:
        raise ValueError("a matrix has finite elements")
    return -int(man) if sign else int(man), int(exponent)


def of_scaled(ctx: Context, number: tuple[int, int]) -> Any:
    """An integer times a power of two, rounded."""
    return ctx.ldexp(ctx.mpf(number[0]), number[1])


def Max(ctx: Context, *x: Any) -> Any:
    """The largest."""
    return max(x)


def Min(ctx: Context, *x: Any) -> Any:
    """The smallest."""
    return min(x)


def Mod(ctx: Context, x: Any, y: Any) -> Any:
    """x - y·floor(x/y), which has the sign of y; however far apart the two are."""
    x, y = ctx.mpf(x), ctx.mpf(y)
    (_, high, exponent, bits), (_, low, place, _) = x._mpf_, y._mpf_
    if not (high and low):
        return x % y
    if exponent > place:  # 2^k modulo y's integer takes no more room than that
        rest = int(ctx.sign(x)) * high * builtins.pow(2, exponent - place, low) % (int(ctx.sign(y)) * low)
        return ctx.ldexp(ctx.mpf(rest), place)
    if place > exponent + bits:
        return +x if (x > 0) == (y > 0) else x + y
    return x % y


# The families of the error and the gamma function


def erfc(ctx: Context, x: Any) -> Any:
    """1 - erf(x), far out by the first term of its asymptotic series."""
    if x < ctx.ldexp(1, ctx.prec):
        return ctx.erfc(x)
    return wider(ctx, 10 + 2 * ctx.mag(x), lambda: ctx.exp(-x * x) / (x * ctx.sqrt(ctx.pi)))


def erfinv(ctx: Context, x: Any) -> Any:
    """The inverse of erf; near ±1 that of erfc, of which mpmath has none."""
    if not x or abs(x) >= 1:
        return ctx.erfinv(x)
    found = _erfcinv(ctx, ctx.fsub(1, abs(x), exact=True)) if abs(x) > 0.5 else _erfinv_of_small(ctx, abs(x))
    return found if x > 0 else -found


def _erfinv_of_small(ctx: Context, x: Any) -> Any:
    return _refined(ctx, wider_than(ctx, START, lambda: ctx.erfinv(x)), lambda y: x - ctx.erf(y))


def _erfcinv(ctx: Context, rest: Any) -> Any:
    """The y > 0 at which erfc(y) is *rest*: Newton's steps for its logarithm, which is nearly a parabola."""

    def start() -> Any:
        logarithm = ctx.log(rest)
        y = ctx.sqrt(-logarithm)
        for _ in range(60):
            value = ctx.erfc(y)
            step = (ctx.log(value) - logarithm) * value * ctx.exp(y * y) * ctx.sqrt(ctx.pi) / 2
            y += step
            if abs(step) < abs(y) * ctx.mpf(2) ** -(START // 2):
                break
        return y

    return _refined(ctx, wider_than(ctx, START, start), lambda y: ctx.erfc(y) - rest)


def _refined(ctx: Context, y: Any, off: Callable[[Any], Any]) -> Any:
    """The inverse of erf, of which *y* is known to half of START: each step of Newton's doubles the digits."""
    precisions = [ctx.prec + 30]
    while precisions[-1] > START:
        precisions.append(precisions[-1] // 2 + 20)

    def step() -> Any:
        return y + off(y) * ctx.exp(y * y) * ctx.sqrt(ctx.pi) / 2

    for precision in reversed(precisions):
        y = wider_than(ctx, precision, step)
    return +y


def normpdf(ctx: Context, x: Any) -> Any:
    """The normal density, which magnifies the rounding error of x² by itself."""
    return wider(ctx, 10 + 2 * max(0, ctx.mag(x)), lambda: ctx.exp(-x * x / 2) / ctx.sqrt(2 * ctx.pi))


def normcdf(ctx: Context, x: Any) -> Any:
    """The normal distribution."""
    return wider(ctx, 10 + 2 * max(0, ctx.mag(x)), lambda: erfc(ctx, -x / ctx.sqrt(2)) / 2)


def beta(ctx: Context, x: Any, y: Any) -> Any:
    """Γ(x)Γ(y)/Γ(x + y), where mpmath would round x + y."""
    bits = max(0, ctx.mag(x), ctx.mag(y))
    if x < 0 or y < 0:  # the sum may be next to a pole
        bits += abs(ctx.mag(x) - ctx.mag(y))
    return wider(ctx, 20 + bits, lambda: ctx.gamma(x) * ctx.gamma(y) * ctx.rgamma(x + y))


# Of statistics and machine learning


def logaddexp(ctx: Context, x: Any, y: Any) -> Any:
    """log(e^x + e^y)."""
    return cancelling(ctx, lambda x, y: (max(x, y), ctx.log1p(ctx.exp(-abs(x - y)))), x, y)


def sinc_derivative(ctx: Context, n: Any, x: Any) -> Any:
    """The n-th derivative of sin(x)/x: by its series, or upwards from x·sₙ + n·sₙ₋₁ = dⁿ sin x where that is stable."""
    order = int(n)
    compute = _sinc_series if abs(x) < order + 10 else _sinc_upwards
    before = ctx.prec
    extra = 20 + order.bit_length()
    most = 4 * before + 4 * abs(ctx.mag(x)) + 4 * order + 100 if x else 0
    try:
        while True:
            ctx.prec = before + extra
            total, largest = compute(ctx, order, x)
            lost = largest - ctx.mag(total) if total else most
            if lost <= extra - 15 or extra > most:
                break
            extra = max(2 * extra, int(lost) + 30)
    finally:
        ctx.prec = before
    return +total


def _sinc_series(ctx: Context, n: int, x: Any) -> tuple[Any, int]:
    """Σ (-1)^k x^(2k - n)/((2k - n)!·(2k + 1)) from 2k ≥ n, and the magnitude of the largest term."""
    k = (n + 1) // 2
    power = (-1) ** k * (x if n % 2 else ctx.one)
    total, largest = power / (2 * k + 1), ctx.mag(power) if power else 0
    square = x * x
    j = n % 2
    while power:
        k, j = k + 1, j + 2
        power = -power * square / (j * (j - 1))
        term = power / (2 * k + 1)
        total += term
        largest = max(largest, ctx.mag(term))
        if j > abs(x) and ctx.mag(term) < largest - ctx.prec:
            break
    return total, largest


def _sinc_upwards(ctx: Context, n: int, x: Any) -> tuple[Any, int]:
    """sₙ = (dⁿ sin x - n·sₙ₋₁)/x from s₀ = sin(x)/x on, and the magnitude of its rounding errors' scale."""
    sine, cosine = ctx.sin(x), ctx.cos(x)
    turns = (sine, cosine, -sine, -cosine)
    found = sine / x
    for k in range(1, n + 1):
        found = (turns[k % 4] - k * found) / x
    return found, -ctx.mag(x) + 1


def LambertW(ctx: Context, x: Any) -> Any:
    """The principal branch; -1 at -1/e, which any number of digits rounds to one side or the other."""
    result = ctx.lambertw(x)
    return result if hasattr(result, "_mpf_") else -ctx.one


def LambertW_onset(ctx: Context, x: Any) -> Any:
    """1 + W(x), 0 at the branch point -1/e, next to which it cancels."""
    return cancelling(ctx, lambda x: (ctx.one, LambertW(ctx, x)), x)


# Partial derivatives, named in a row's `accurate`, whose text cancels


def sinc_prime(ctx: Context, x: Any) -> Any:
    """(cos x - sinc x)/x, which cancels near 0."""
    return cancelling(ctx, lambda x: (ctx.cos(x) / x, -ctx.sin(x) / x / x), x) if x else ctx.zero


def beta_x(ctx: Context, x: Any, y: Any) -> Any:
    """B(x, y)·(ψ(x) - ψ(x + y)), which cancels where x is much larger than y."""
    return beta(ctx, x, y) * polygamma_step(ctx, 0, x, y)


def beta_y(ctx: Context, x: Any, y: Any) -> Any:
    """B(x, y)·(ψ(y) - ψ(x + y))."""
    return beta_x(ctx, y, x)


def polygamma_step_y(ctx: Context, n: Any, x: Any, y: Any) -> Any:
    """-ψ of order n + 1 at x + y, whose rounding error would be magnified next to a pole."""
    return -polygamma(ctx, n + 1, ctx.fadd(x, y, exact=True))


def LambertW_prime(ctx: Context, x: Any) -> Any:
    """exp(-W)/(1 + W), infinite at the branch point, next to which 1 + W cancels."""
    distance = LambertW_onset(ctx, x)
    return ctx.exp(-LambertW(ctx, x)) / distance if distance else ctx.inf


def elliptic_k_prime(ctx: Context, m: Any) -> Any:
    """(E/(1 - m) - K)/(2m), which cancels near 0."""
    if not m:
        return ctx.pi / 8
    return cancelling(ctx, lambda m: (ctx.ellipe(m) / (1 - m) / (2 * m), -ctx.ellipk(m) / (2 * m)), m)


def elliptic_e_prime(ctx: Context, m: Any) -> Any:
    """(E - K)/(2m), which cancels near 0."""
    if not m:
        return -ctx.pi / 8
    return cancelling(ctx, lambda m: (ctx.ellipe(m) / (2 * m), -ctx.ellipk(m) / (2 * m)), m)


def erfinv_prime(ctx: Context, x: Any) -> Any:
    """sqrt(π)/2·exp(erfinv(x)²), which magnifies the rounding error of the square by itself."""
    return wider(ctx, 30, lambda: ctx.sqrt(ctx.pi) / 2 * ctx.exp(erfinv(ctx, x) ** 2))
