"""Derivatives of special functions by their parameters on mpmath's numbers, named like their operation.

Each takes the mpmath context first. A power series in what is added to a parameter, cut off behind the order asked for,
goes through the same sums as the function itself: that is how most of them are computed. They need not have all the
digits of the working precision: `settled` sees to that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adcli.arithmetic.many_digits import besselk
from adcli.arithmetic.mpmath_functions import wider
from adcli.arithmetic.polygamma import polygamma
from adcli.arithmetic.special import betainc, gammainc, gammaincc, polylog, settled

Context = Any
"""An mpmath context; mpmath ships no types."""
Series = list[Any]
"""The coefficients of a power series, as many as are wanted."""
Table = list[Series]
"""Those of a power series in two variables: the first's powers, and in each the second's."""

MOST = 10**6
"""Terms of a sum."""

# By differences


def _by_order(of: Callable[[Context], Callable[..., Any]], extra: int = 0) -> Callable[..., Any]:
    """Derivatives of a function by its first argument: differences so small that what they leave out does not show.

    Where the function's own poles cancel next to whole numbers, it loses *extra* times the digits of a step.
    """

    def derivative(ctx: Context, k: Any, n: Any, x: Any) -> Any:
        function, order, before = of(ctx), int(k), ctx.prec
        bits = before // 2 + 20
        ctx.prec = before + (order + extra) * bits + 20
        try:
            points = [n + ctx.ldexp(order - 2 * j, -bits - 1) for j in range(order + 1)]
            terms = [(-1) ** j * ctx.binomial(order, j) * ctx.re(function(at, x)) for j, at in enumerate(points)]
            found = ctx.ldexp(ctx.fsum(terms), order * bits)
        finally:
            ctx.prec = before
        return +found

    return derivative


besselj_derivative, bessely_derivative = _by_order(lambda ctx: ctx.besselj), _by_order(lambda ctx: ctx.bessely)
besseli_derivative = _by_order(lambda ctx: ctx.besseli)
besselk_derivative = _by_order(lambda ctx: lambda n, x: besselk(ctx, n, x), extra=1)
struveh_derivative = _by_order(lambda ctx: ctx.struveh)
_polylog_by_order = _by_order(lambda ctx: lambda s, x: polylog(ctx, s, x), extra=2)


def polylog_derivative(ctx: Context, k: Any, s: Any, x: Any) -> Any:
    """∂ᵏLiₛ(x)/∂sᵏ: by its terms where they fall quickly."""
    if abs(x) > ctx.mpf(3) / 4:
        return _polylog_by_order(ctx, k, s, x)
    order, n = int(k), 1
    total, power = ctx.zero, ctx.one
    while ctx.mag(power) > -ctx.prec - 10 or n < 10 + 2 * abs(s):
        power *= x
        total += (-ctx.ln(n)) ** order * power * ctx.mpf(n) ** -s
        n += 1
        if not power:
            break
    return total


# Incomplete gamma functions, the derivatives of ∫ t^(s - 1)·exp(-t) by s


def lowergamma_derivative(ctx: Context, k: Any, s: Any, x: Any) -> Any:
    """∂ᵏγ(s, x)/∂sᵏ."""
    return _nth(ctx, _lower(ctx, s, x, int(k) + 1)) if x else ctx.zero


def uppergamma_derivative(ctx: Context, k: Any, s: Any, x: Any) -> Any:
    """∂ᵏΓ(s, x)/∂sᵏ."""
    size = int(k) + 1
    if not x:
        return _nth(ctx, _gamma(ctx, s, size))
    if x > ctx.prec + 2 * abs(s) + 20:
        return _nth(ctx, _upper_far_out(ctx, s, x, size))
    if s < -1000:
        raise ctx.NoConvergence
    steps = max(0, int(ctx.ceil(-s)) + (s == ctx.floor(s))) if s <= 0 else 0
    return wider(ctx, 2 * int(x) + 20, lambda: _nth(ctx, _upper(ctx, s, x, size, steps)))


def _nth(ctx: Context, series: Series) -> Any:
    """The derivative of the highest order that a series has."""
    return series[-1] * ctx.factorial(len(series) - 1)


def _times(a: Series, b: Series) -> Series:
    """The product of two series of one length."""
    return [sum(a[j] * b[i - j] for j in range(i + 1)) for i in range(len(a))]


def _over(a: Series, constant: Any) -> Series:
    """A series divided by *constant* + ε."""
    found: Series = []
    for coefficient in a:
        found.append((coefficient - found[-1]) / constant if found else coefficient / constant)
    return found


def _exp(ctx: Context, slope: Any, size: int, factor: Any = 1) -> Series:
    """factor·exp(slope·ε)."""
    return [factor * slope**j / ctx.factorial(j) for j in range(size)]


def _gamma(ctx: Context, s: Any, size: int, sign: int = 1) -> Series:
    """Γ(s + ε), or 1/Γ with the sign -1: the exponential of log Γ's series."""
    slopes = [0, *(sign * polygamma(ctx, j - 1, s) / ctx.factorial(j) for j in range(1, size))]
    found: Series = [ctx.gamma(s) if sign > 0 else ctx.rgamma(s)]
    for i in range(1, size):  # g' = g·(log g)'
        found.append(sum(j * slopes[j] * found[i - j] for j in range(1, i + 1)) / i)
    return found


def _lower(ctx: Context, s: Any, x: Any, size: int) -> Series:
    """γ(s + ε, x) by terms of one sign (DLMF 8.7.1)."""
    power = _exp(ctx, ctx.ln(x), size, ctx.exp(s * ctx.ln(x) - x))
    term = _over([ctx.one] + [ctx.zero] * (size - 1), s)
    total, n = list(term), 0
    while n < x - s or ctx.mag(max(map(abs, term))) > ctx.mag(total[0]) - ctx.prec - 10:
        n += 1
        if n > MOST:
            raise ctx.NoConvergence
        term = [coefficient * x for coefficient in _over(term, s + n)]
        total = [a + b for a, b in zip(total, term, strict=True)]
    return _times(power, total)


def _upper(ctx: Context, s: Any, x: Any, size: int, steps: int) -> Series:
    """Γ(s + ε, x): what γ(s, x) leaves of Γ(s), s enlarged to be positive by so many *steps*."""
    more = size + steps  # each step may divide by ε
    at = s + steps
    found = [a - b for a, b in zip(_gamma(ctx, at, more), _lower(ctx, at, x, more), strict=True)]
    for step in range(1, steps + 1):  # Γ(s, x) = (Γ(s + 1, x) - x^s·e^-x)/s
        at = s + (steps - step)
        power = _exp(ctx, ctx.ln(x), len(found), ctx.exp(at * ctx.ln(x) - x))
        rest = [a - b for a, b in zip(found, power, strict=True)]
        found = _over(rest, at)[: more - step] if at else rest[1:]
    return found[:size]


def _upper_far_out(ctx: Context, s: Any, x: Any, size: int) -> Series:
    """Γ(s + ε, x) by its asymptotic series (DLMF 8.11.2)."""
    power = _exp(ctx, ctx.ln(x), size, ctx.exp((s - 1) * ctx.ln(x) - x))
    term = [ctx.one] + [ctx.zero] * (size - 1)
    total, n = list(term), 0
    while any(term) and ctx.mag(max(map(abs, term))) > -ctx.prec - 10:
        n += 1
        factor = [s - n, ctx.one, *[ctx.zero] * size][:size]
        term = [coefficient / x for coefficient in _times(term, factor)]
        total = [a + b for a, b in zip(total, term, strict=True)]
    return _times(power, total)


def gammainc_a(ctx: Context, a: Any, x: Any) -> Any:
    """∂P(a, x)/∂a, on the side where it does not cancel."""
    if x <= a:
        return settled(
            ctx,
            lambda: lowergamma_derivative(ctx, 1, a, x) * ctx.rgamma(a) - gammainc(ctx, a, x) * polygamma(ctx, 0, a),
            (a, x),
        )
    return -settled(
        ctx,
        lambda: uppergamma_derivative(ctx, 1, a, x) * ctx.rgamma(a) - gammaincc(ctx, a, x) * polygamma(ctx, 0, a),
        (a, x),
    )


def gammaincc_a(ctx: Context, a: Any, x: Any) -> Any:
    """∂Q(a, x)/∂a."""
    return -gammainc_a(ctx, a, x)


# Incomplete beta functions, the derivatives of ∫ t^(a - 1)·(1 - t)^(b - 1) by a and b


def lowerbeta_slope(ctx: Context, j: Any, k: Any, a: Any, b: Any, x: Any) -> Any:
    """∂ʲ⁺ᵏB(x; a, b)/∂aʲ∂bᵏ."""
    rows, columns = int(j) + 1, int(k) + 1
    if not x:
        return ctx.zero
    if x * (a + b + 2) <= a + 1:
        table = _lower_beta(ctx, a, b, x, rows, columns)
    else:
        whole = _beta(ctx, a, b, rows, columns)
        rest = _lower_beta(ctx, b, a, ctx.fsub(1, x, exact=True), columns, rows) if x < 1 else None
        table = [[whole[p][q] - (rest[q][p] if rest else 0) for q in range(columns)] for p in range(rows)]
    return table[-1][-1] * ctx.factorial(rows - 1) * ctx.factorial(columns - 1)


def _product(one: Table, other: Table) -> Table:
    rows, columns = len(one), len(one[0])
    return [
        [sum(one[i][j] * other[p - i][q - j] for i in range(p + 1) for j in range(q + 1)) for q in range(columns)]
        for p in range(rows)
    ]


def _lower_beta(ctx: Context, a: Any, b: Any, x: Any, rows: int, columns: int) -> Table:
    """B(x; a + ε, b + δ) by terms of one sign (DLMF 8.17.8)."""
    rest = ctx.fsub(1, x, exact=True)
    first = _exp(ctx, ctx.ln(x), rows, ctx.exp(a * ctx.ln(x) + b * ctx.ln(rest)))
    second = _exp(ctx, ctx.ln(rest), columns)
    power = [[p * q for q in second] for p in first]
    start = _over([ctx.one] + [ctx.zero] * (rows - 1), a)
    term = [[value] + [ctx.zero] * (columns - 1) for value in start]
    total, n = [list(row) for row in term], 0
    while True:
        upper, lower = a + b + n, a + n + 1
        n += 1
        raised = [
            [
                x * (upper * value + (term[p - 1][q] if p else 0) + (row[q - 1] if q else 0))
                for q, value in enumerate(row)
            ]
            for p, row in enumerate(term)
        ]
        term = []
        for row in raised:
            term.append(
                [(v - w) / lower for v, w in zip(row, term[-1], strict=True)] if term else [v / lower for v in row]
            )
        for one, other in zip(total, term, strict=True):
            for q, value in enumerate(other):
                one[q] += value
        largest = max(abs(value) for row in term for value in row)
        if not largest or ctx.mag(largest) < ctx.mag(total[0][0]) - ctx.prec - 10:
            return _product(power, total)
        if n > MOST:
            raise ctx.NoConvergence


def _beta(ctx: Context, a: Any, b: Any, rows: int, columns: int) -> Table:
    """B(a + ε, b + δ)."""
    above, beside = _gamma(ctx, a, rows), _gamma(ctx, b, columns)
    below = _gamma(ctx, a + b, rows + columns - 1, -1)
    inverse = [[below[p + q] * ctx.binomial(p + q, p) for q in range(columns)] for p in range(rows)]
    return _product([[p * q for q in beside] for p in above], inverse)


def betainc_a(ctx: Context, a: Any, b: Any, x: Any) -> Any:
    """∂I/∂a, on the side where it does not cancel."""
    return _of_beta(ctx, a, b, x, first=True)


def betainc_b(ctx: Context, a: Any, b: Any, x: Any) -> Any:
    """∂I/∂b."""
    return _of_beta(ctx, a, b, x, first=False)


def _of_beta(ctx: Context, a: Any, b: Any, x: Any, first: bool) -> Any:
    if x * (a + b + 2) > a + 1:
        return -_of_beta(ctx, b, a, ctx.fsub(1, x, exact=True), not first)
    if not x:
        return ctx.zero

    def rule() -> Any:
        moment = lowerbeta_slope(ctx, int(first), int(not first), a, b, x) / ctx.beta(a, b)
        mean = polygamma(ctx, 0, a if first else b) - polygamma(ctx, 0, a + b)
        return moment - betainc(ctx, a, b, x) * mean

    return settled(ctx, rule, (a, b, x))


# Jacobi's elliptic functions


def am_slope(ctx: Context, u: Any, m: Any) -> Any:
    """∂am(u | m)/∂m, from the incomplete integrals at the amplitude (DLMF 22.16.31, 19.4.3)."""
    if not m:
        return (ctx.sin(u) * ctx.cos(u) - u) / 4
    if m == 1:
        return (u * ctx.sech(u) - ctx.sinh(u)) / 4
    period = 2 * ctx.ellipk(m)
    turns = ctx.nint(u / period)
    s, c, d = [ctx.re(ctx.ellipfun(f"{name}n", u, m=m)) for name in "scd"]
    sign = -1 if int(turns) % 2 else 1
    epsilon = ctx.ellipe(ctx.atan2(sign * s, sign * c), m) + 2 * turns * ctx.ellipe(m)
    return (m * s * c - d * (epsilon - (1 - m) * u)) / (2 * m * (1 - m))
