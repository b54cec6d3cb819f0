"""Taylor coefficients by Cauchy's integral: values on a circle around the point, with many digits.

They owe nothing to a derivative of any kind. The trapezoidal rule on a circle converges geometrically.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath
from mpmath import mp
from ops.truth import by_text

from adcli.arithmetic.rules import OPERATORS
from adcli.ops import TABLE, Op

DIGITS = 220
"""Enough to divide by the thirtieth power of the radius and keep 60."""
NODES = 64
RADIUS = "0.0025"
"""A twentieth of the smallest distance of a sample to a singularity of its operation."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: mp.exp(y * mp.log(x)),
    "log2": lambda x: mp.log(x) / mp.log(2),
    "cbrt": lambda x: _sign(x) * mp.exp(mp.log(_sign(x) * x) / 3),
    "acot": lambda x: mp.atan(1 / x),
    "asec": lambda x: mp.acos(1 / x),
    "acsc": lambda x: mp.asin(1 / x),
    "acoth": lambda x: mp.atanh(1 / x),
    "asech": lambda x: mp.acosh(1 / x),
    "acsch": lambda x: mp.asinh(1 / x),
    "atan2": lambda y, x: mp.atan(y / x) + (mp.pi * _sign(y) if mp.re(x) < 0 else 0),
    "Abs": lambda x: _sign(x) * x,
    "sign": lambda x: mp.mpf(_sign(x)),
    "Max": lambda *x: max(x, key=mp.re),
    "Min": lambda *x: min(x, key=mp.re),
    "floor": lambda x: mp.floor(mp.re(x)),
    "ceiling": lambda x: mp.ceil(mp.re(x)),
    "Mod": lambda x, y: x - y * mp.floor(mp.re(x) / mp.re(y)),
    "Heaviside": lambda x: mp.mpf(mp.re(x) > 0),
    "hypot": lambda x, y: mp.sqrt(x * x + y * y),
    "erfinv": lambda x: _inverse(mp.erf, lambda v: 2 / mp.sqrt(mp.pi) * mp.exp(-v * v), x, mp.erfinv(mp.re(x))),
    "gamma": mp.gamma,
    "polygamma": lambda n, x: mp.psi(int(mp.re(n)), x),
    "digamma": lambda x: mp.psi(0, x),
    "beta": lambda x, y: mp.gamma(x) * mp.gamma(y) / mp.gamma(x + y),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "relu": lambda x: x if mp.re(x) > 0 else x * 0,
    "logaddexp": lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
    "sinc": lambda x: mp.sin(x) / x,
    "sinc_derivative": lambda n, x: mp.fsum(
        mp.binomial(int(n.real), j)
        * mp.sin(x + j * mp.pi / 2)
        * (-1) ** (int(n.real) - j)
        * mp.factorial(int(n.real) - j)
        / x ** (int(n.real) - j + 1)
        for j in range(int(n.real) + 1)
    ),
    "polygamma_step": lambda n, x, y: mp.psi(int(mp.re(n)), x) - mp.psi(int(mp.re(n)), x + y),
    "LambertW": mp.lambertw,
    "LambertW_onset": lambda x: 1 + mp.lambertw(x),
}
"""Operations as functions of a complex argument near the real line, where mpmath has none under their names."""


def _function(op: Op) -> Callable[..., Any]:
    """The row's own text, where neither mpmath nor this file has it."""
    if op.boolean:
        return lambda x, y: OPERATORS[op](mp.re(x), mp.re(y))
    known = FUNCTIONS.get(op.name) or getattr(mp, op.name, None)
    return known or by_text(op, _function, lambda text: +mp.pi if text == "pi" else mp.mpf(text))


def _sign(x: Any) -> int:
    return 1 if mp.re(x) > 0 else -1


def _inverse(function: Callable[[Any], Any], slope: Callable[[Any], Any], target: Any, start: Any) -> Any:
    """Newton's iteration, doubling its digits."""
    v = mp.mpc(start)
    for _ in range(12):
        v -= (function(v) - target) / slope(v)
    return v


def coefficients(function: Callable[[Any], Any], order: int, radius: str = RADIUS, nodes: int = NODES) -> list[Any]:
    """The real Taylor coefficients 0 … *order* of t -> function(t) at 0."""
    with mpmath.workdps(DIGITS):
        r = mp.mpf(radius)
        turns = [mp.expjpi(mp.mpf(2 * j) / nodes) for j in range(nodes)]
        # On the real line the function is real: the lower half circle mirrors the upper one.
        half = [mp.mpc(function(r * turn)) for turn in turns[: nodes // 2 + 1]]
        values = half + [mp.conj(v) for v in half[-2:0:-1]]
        found = []
        for k in range(order + 1):
            total = mp.fsum(values[j] * turns[-j * k % nodes] for j in range(nodes))
            found.append(mp.re(total) / nodes / r**k)
        return found


def along(name: str, start: Sequence[float], way: Sequence[float]) -> Callable[[Any], Any]:
    """t -> φ(start + t·way) for an operation of the table."""
    function = _function(TABLE[name])
    return lambda t: function(*[mp.mpc(a) + t * mp.mpf(d) if d else mp.mpc(a) for a, d in zip(start, way, strict=True)])
