"""Digamma and polygamma on mpmath's numbers, where mpmath's own lose digits or take long."""

from __future__ import annotations

from functools import cache
from typing import Any

from adcli.arithmetic.digits import Context, cancelling, wider

LONG = 600
"""From so many bits on other algorithms are faster than mpmath's."""


def digamma(ctx: Context, x: Any) -> Any:
    """Γ'/Γ; next to its zeros mpmath keeps as many digits less as the value is small."""
    found = wider(ctx, 10, lambda: _psi(ctx, 0, x))
    lost = -ctx.mag(found) if found else 2 * ctx.prec
    return found if lost < 5 else wider(ctx, 10 + lost, lambda: _psi(ctx, 0, x))


def polygamma(ctx: Context, n: Any, x: Any) -> Any:
    """The n-th derivative of digamma."""
    n = int(n)
    if n > 1000 and abs(x) < n:
        return wider(ctx, 20 + n.bit_length(), lambda: _of_high_order(ctx, n, x))
    if n and x < -100:
        return wider(ctx, 40 + 2 * n.bit_length() + ctx.prec, lambda: _reflected(ctx, n, x))
    return _psi(ctx, n, x)


def polygamma_step(ctx: Context, n: Any, x: Any, y: Any) -> Any:
    """ψₙ(x) - ψₙ(x + y), which cancels where x is much larger than y."""
    return cancelling(ctx, lambda x, y: (polygamma(ctx, n, x), -polygamma(ctx, n, x + y)), x, y)


def _psi(ctx: Context, n: int, x: Any) -> Any:
    """mpmath's, which with many digits takes most of its time for Bernoulli numbers."""
    if ctx.prec < LONG or n > LONG or x < -100 or x == ctx.floor(x) <= 0:
        return ctx.psi(n, x)
    return wider(ctx, 20 + 2 * n.bit_length(), lambda: _psi_far_out(ctx, n, x))


def _psi_far_out(ctx: Context, n: int, x: Any) -> Any:
    """ψₙ by its asymptotic series (DLMF 5.15.8), and by the recurrence down to x."""
    steps = max(0, int(ctx.ceil(ctx.prec / 2 + n - x)))
    z, factorial = x + steps, ctx.factorial(n)
    square = z * z
    total = (factorial / n if n else -ctx.ln(z)) + factorial / (2 * z)
    factor, k = factorial * (n + 1) / (2 * square), 1  # (2k + n - 1)!/(2k)!·z^-2k
    while True:
        top, bottom = bernoulli(k)
        term = factor * top / bottom
        total += term
        if ctx.mag(term) < ctx.mag(total) - ctx.prec:
            break
        factor *= (2 * k + n) * (2 * k + n + 1)
        factor /= (2 * k + 1) * (2 * k + 2) * square
        k += 1
    total = total / z**n + factorial * ctx.fsum((x + j) ** -(n + 1) for j in range(steps))
    return total if n % 2 else -total


def bernoulli(k: int) -> tuple[int, int]:
    """The Bernoulli number B₂ₖ as a fraction, not in lowest terms, for k ≥ 1."""
    power = 4**k
    return (-1) ** (k - 1) * 2 * k * _tangent_numbers(-(-k // 256))[k], power * (power - 1)


@cache
def _tangent_numbers(count: int) -> list[int]:
    """The first 256·*count* (Brent & Harvey 2013, TangentNumbers); there is none at place 0."""
    size = 256 * count + 1
    found = [0, 1, *[0] * (size - 2)]
    for k in range(2, size):
        found[k] = (k - 1) * found[k - 1]
    for k in range(2, size):
        for j in range(k, size):
            found[j] = (j - k) * found[j - 1] + (j - k + 2) * found[j]
    return found


def _of_high_order(ctx: Context, n: int, x: Any) -> Any:
    """(-1)^(n+1) n! Σ (x + k)^-(n+1): the terms next to the pole are all that counts."""
    first = max(0, -int(ctx.nint(x)))
    total = ctx.zero
    for direction in (1, -1):
        k = first if direction == 1 else first - 1
        while k >= 0:
            term = ctx.power(x + k, -(n + 1))
            total += term
            if ctx.mag(term) < ctx.mag(total) - ctx.prec:
                break
            k += direction
    return -((-1) ** n) * ctx.gamma(n + 1) * total


def _reflected(ctx: Context, n: int, x: Any) -> Any:
    """ψₙ(x) = (-1)^n ψₙ(1 - x) - π dⁿ/dxⁿ cot πx: mpmath would walk from a negative x up to 0."""
    cotangent = ctx.cospi(x) / ctx.sinpi(x)
    # The derivatives of c = cot are polynomials in c, since c' = -(1 + c²).
    polynomial = [0, 1]
    for _ in range(n):
        derivative = [k * a for k, a in enumerate(polynomial)][1:]
        polynomial = [
            -((derivative[k] if k < len(derivative) else 0) + (derivative[k - 2] if k >= 2 else 0))
            for k in range(len(derivative) + 2)
        ]
    return (-1) ** n * ctx.psi(n, 1 - x) - ctx.pi ** (n + 1) * ctx.polyval(polynomial[::-1], cotangent)
