"""Functions that mpmath and the rows' texts lack, or have by another convention, or with fewer right digits than asked.

Named like their operation, so that the table finds them; each takes the mpmath context first and is right to
the context's working precision. Domains are checked before a function is called.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import cache
from typing import Any

from adcli.arithmetic.determinants import determinant

Context = Any
"""An mpmath context; mpmath ships no types."""
START = 60
"""Bits of a first approximation."""
LONG = 600
"""From so many bits on other algorithms are faster than mpmath's."""


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


def digamma(ctx: Context, x: Any) -> Any:
    """Γ'/Γ; next to its zeros mpmath keeps as many digits less as the value is small."""
    found = wider(ctx, 10, lambda: _psi(ctx, 0, x))
    lost = -ctx.mag(found) if found else 2 * ctx.prec
    return found if lost < 5 else wider(ctx, 10 + lost, lambda: _psi(ctx, 0, x))


def polygamma(ctx: Context, n: Any, x: Any) -> Any:
    """The n-th derivative of digamma."""
    n = int(n)
    if n > 1000 and abs(x) < n:
        return wider(ctx, 20 + n.bit_length(), lambda: _polygamma_of_high_order(ctx, n, x))
    if n and x < -100:
        return wider(ctx, 40 + 2 * n.bit_length() + ctx.prec, lambda: _polygamma_reflected(ctx, n, x))
    return _psi(ctx, n, x)


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


def _polygamma_of_high_order(ctx: Context, n: int, x: Any) -> Any:
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


def _polygamma_reflected(ctx: Context, n: int, x: Any) -> Any:
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


def polygamma_step(ctx: Context, n: Any, x: Any, y: Any) -> Any:
    """ψₙ(x) - ψₙ(x + y), which cancels where x is much larger than y."""
    return _cancelling(ctx, lambda x, y: (polygamma(ctx, n, x), -polygamma(ctx, n, x + y)), x, y)


# Of statistics and machine learning


def logaddexp(ctx: Context, x: Any, y: Any) -> Any:
    """log(e^x + e^y)."""
    return _cancelling(ctx, lambda x, y: (max(x, y), ctx.log1p(ctx.exp(-abs(x - y)))), x, y)


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
    return _cancelling(ctx, lambda x: (ctx.one, LambertW(ctx, x)), x)


# Partial derivatives, named in a row's `accurate`, whose text cancels


def sinc_prime(ctx: Context, x: Any) -> Any:
    """(cos x - sinc x)/x, which cancels near 0."""
    return _cancelling(ctx, lambda x: (ctx.cos(x) / x, -ctx.sin(x) / x / x), x) if x else ctx.zero


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
    return _cancelling(ctx, lambda m: (ctx.ellipe(m) / (1 - m) / (2 * m), -ctx.ellipk(m) / (2 * m)), m)


def elliptic_e_prime(ctx: Context, m: Any) -> Any:
    """(E - K)/(2m), which cancels near 0."""
    if not m:
        return -ctx.pi / 8
    return _cancelling(ctx, lambda m: (ctx.ellipe(m) / (2 * m), -ctx.ellipk(m) / (2 * m)), m)


def erfinv_prime(ctx: Context, x: Any) -> Any:
    """sqrt(π)/2·exp(erfinv(x)²), which magnifies the rounding error of the square by itself."""
    return wider(ctx, 30, lambda: ctx.sqrt(ctx.pi) / 2 * ctx.exp(erfinv(ctx, x) ** 2))


# How digits are kept


def wider_than(ctx: Context, precision: int, function: Callable[[], Any]) -> Any:
    """The value of *function* computed with a *precision* of its own, in bits."""
    before = ctx.prec
    ctx.prec = precision
    try:
        return function()
    finally:
        ctx.prec = before


def wider(ctx: Context, bits: int, function: Callable[[], Any]) -> Any:
    """The value of *function* computed with so many more *bits*, rounded to the working precision."""
    before = ctx.prec
    ctx.prec += bits
    try:
        result = function()
    finally:
        ctx.prec = before
    return +result


def _cancelling(ctx: Context, terms: Callable[..., tuple[Any, Any]], *args: Any) -> Any:
    """The sum of two *terms* at *args*, computed with as many more bits as they have leading bits in common.

    Terms that agree in more bits than all the digits and magnitudes of *args* can set apart are equal.
    """
    before = ctx.prec
    most = 4 * before + 2 * sum(abs(ctx.mag(x)) for x in args if x) + 100
    extra = 20
    try:
        while True:
            ctx.prec = before + extra
            first, second = terms(*args)
            total = first + second
            lost = ctx.mag(first) - ctx.mag(total) if total else most
            if lost <= extra - 10:
                break
            if extra > most:
                return ctx.zero
            extra = min(lost, 4 * extra) + 20
    finally:
        ctx.prec = before
    return +total
