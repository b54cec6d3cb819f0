"""What each operation is, told by mpmath and by SymPy: definitions that owe nothing to adcli.

They are the schoolbook's; digits that cancel are no matter, since there are enough of them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import mpmath
import sympy
from mpmath import mp

from adcli.arithmetic.rules import OPERATORS, parsed
from adcli.ops import INPUT, LITERAL, WHERE, Op

from .samples import Point, continuous

DIGITS = 60
"""For points of ordinary size."""


def far_digits(op: Op) -> int:
    """Digits that leave 50 right where terms differ by all the magnitudes that doubles have."""
    return 150 if op.flops == 40 and hasattr(sympy, op.name) and continuous(op) == 1 else 800


class NoValue(ValueError):
    """The function has no real, finite value at this point."""


def _angle(y: Any, x: Any) -> Any:
    if not x and not y:
        raise NoValue
    return mp.atan2(y, x)


def _polygamma(n: Any, x: Any) -> Any:
    if n < 0 or n != int(n):
        raise NoValue
    n = int(n)
    if x <= 0 and x == mp.floor(x):
        raise NoValue
    if x > -1000:
        return mp.psi(n, x)
    # The reflection formula, DLMF 5.15.6: mpmath would take a step for each unit up to 0.
    return (-1) ** n * mp.psi(n, 1 - x) - mp.pi * mp.diff(lambda t: mp.cot(mp.pi * t), x, n)


def _inverse_of_erf(x: Any) -> Any:
    if abs(x) > 1:
        raise NoValue
    return mp.erfinv(x)


def _complement_of_erf(x: Any) -> Any:
    # mpmath fails far out, where the first term of the asymptotic series has all the digits.
    return mp.erfc(x) if x < 1e100 else mp.exp(-(x**2)) / (x * mp.sqrt(mp.pi))


def _modulo(x: Any, y: Any) -> Any:
    # In fractions, since x/y may be nearer to a whole number than any number of digits shows.
    one, other = _fraction(x), _fraction(y)
    rest = one - other * (one // other)
    return mp.mpf(rest.numerator) / rest.denominator


def _fraction(x: Any) -> Fraction:
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def _sinc_derivative(n: Any, x: Any) -> Any:
    """By Leibniz' rule for sin(x)·x^-1; at 0 by the power series."""
    if n < 0 or n != int(n):
        raise NoValue
    n = int(n)
    if not x:
        return mp.zero if n % 2 else mp.mpf(-1) ** (n // 2) / (n + 1)
    with mpmath.workprec(mp.prec + (n + 1) * (10 + abs(mp.mag(x)))):
        terms = [
            mp.binomial(n, j) * mp.sin(x + j * mp.pi / 2) * (-1) ** (n - j) * mp.factorial(n - j) / x ** (n - j + 1)
            for j in range(n + 1)
        ]
        total = mp.fsum(terms)
    return +total


def _determinant(*x: Any) -> Any:
    """By Leibniz: the products over all permutations, with their signs."""
    size = math.isqrt(len(x))
    total: Any = 0
    for order in itertools.permutations(range(size)):
        sign = (-1) ** sum(order[i] > order[j] for i, j in itertools.combinations(range(size), 2))
        total += sign * math.prod(x[i * size + j] for i, j in enumerate(order))
    return total


DEFINITIONS: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "log2": lambda x: mp.log(x) / mp.log(2),
    "cbrt": lambda x: mp.sign(x) * mp.root(abs(x), 3),
    "acot": lambda x: mp.atan(1 / x) if x else mp.pi / 2,
    "atan2": _angle,
    "Abs": abs,
    "Max": lambda *x: max(x),
    "Min": lambda *x: min(x),
    "ceiling": mp.ceil,
    "Mod": _modulo,
    "Heaviside": lambda x: mp.mpf((x > 0) + (x >= 0)) / 2,
    "det": _determinant,
    "hypot": lambda x, y: mp.sqrt(x**2 + y**2),
    "erfc": _complement_of_erf,
    "erfinv": _inverse_of_erf,
    "polygamma": _polygamma,
    "beta": lambda x, y: mp.gamma(x) * mp.gamma(y) / mp.gamma(x + y),
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "relu": lambda x: max(x, mp.zero),
    "logaddexp": lambda x, y: mp.log(mp.exp(x) + mp.exp(y)),
    "LambertW": mp.lambertw,
    "sinc_derivative": _sinc_derivative,
    "polygamma_step": lambda n, x, y: _polygamma(n, x) - _polygamma(n, x + y),
    "LambertW_onset": lambda x: 1 + mp.lambertw(x),
}
"""Those that mpmath does not have under the operation's own name, or not as it is meant."""


def by_text(op: Op, functions: Callable[[Op], Callable[..., Any]], literal: Callable[[str], Any]) -> Callable[..., Any]:
    """The row's own definition of the operation, each operation in it by *functions*: where nothing else has it."""
    graph = parsed(op.sympy or op.value)

    def computed(*args: Any) -> Any:
        given = dict(zip(op.arguments, args, strict=True))
        found: dict[int, Any] = {}

        def at(node: int) -> Any:
            if node not in found:
                part, inner, label = graph.ops[node], graph.args[node], graph.labels.get(node, "")
                if part is WHERE:
                    chosen = at(inner[0])
                    found[node] = (
                        at(inner[1] if chosen else inner[2])
                        if isinstance(chosen, bool)
                        else sympy.Piecewise((at(inner[1]), chosen), (at(inner[2]), True))
                    )
                elif part is INPUT:
                    found[node] = given[label]
                elif part is LITERAL:
                    found[node] = literal(label)
                else:
                    found[node] = functions(part)(*map(at, inner))
            return found[node]

        return at(graph.outputs[0])

    return computed


def _definition(op: Op) -> Callable[..., Any]:
    if op.boolean:
        return OPERATORS[op]
    known = DEFINITIONS.get(op.name) or getattr(mp, op.name, None)
    return known or by_text(op, _definition, lambda text: +mp.pi if text == "pi" else mp.mpf(text))


def value(op: Op, *args: Any) -> Any:
    """The operation's value, with mpmath's present precision. NoValue where none is real and finite."""
    try:
        result = _definition(op)(*map(mp.mpf, args))
    except ZeroDivisionError as error:
        raise NoValue from error
    except ValueError as error:
        if isinstance(error, NoValue) or "pole" in str(error):
            raise NoValue from error
        raise
    if hasattr(result, "_mpc_") or not mp.isfinite(result):
        raise NoValue
    return result


def derivative(op: Op, i: int, point: Point, order: int = 1) -> Any:
    """∂/∂(argument i), or a higher one, by central differences with twice the present precision and more."""
    step = mp.ldexp(min(abs(point[i]), 1) or 1, -mp.prec)
    return mp.diff(lambda t: value(op, *point[:i], t, *point[i + 1 :]), mp.mpf(point[i]), order, h=step)


def second_derivative(op: Op, i: int, j: int, point: Point) -> Any:
    """∂²/∂(argument i)∂(argument j)."""
    if i == j:
        return derivative(op, i, point, 2)

    def slope(t: Any) -> Any:
        return derivative(op, j, (*point[:i], t, *point[i + 1 :]))

    with mpmath.workprec(2 * mp.prec):
        step = mp.ldexp(abs(point[i]), -mp.prec // 3)
        return (slope(point[i] + step) - slope(point[i] - step)) / (2 * step)


SYMPY: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: x + y,
    "sub": lambda x, y: x - y,
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "neg": lambda x: -x,
    "pow": lambda x, y: x**y,
    "expm1": lambda x: sympy.exp(x) - 1,
    "log1p": lambda x: sympy.log(1 + x),
    "log2": lambda x: sympy.log(x, 2),
    "log10": lambda x: sympy.log(x, 10),
    "cbrt": lambda x: x / sympy.root(x**2, 3),
    "det": _determinant,
    "hypot": lambda x, y: sympy.sqrt(x**2 + y**2),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "relu": lambda x: (x + sympy.Abs(x)) / 2,
    "logaddexp": lambda x, y: sympy.log(sympy.exp(x) + sympy.exp(y)),
    "sinc_derivative": sympy.Function("sinc_derivative"),
    "polygamma_step": lambda n, x, y: sympy.polygamma(n, x) - sympy.polygamma(n, x + y),
    "LambertW_onset": lambda x: 1 + sympy.LambertW(x),
}
"""The same for SymPy."""


def _of_sympy(op: Op) -> Callable[..., Any] | None:
    if op.boolean:
        return getattr(sympy, op.name)  # type: ignore[no-any-return]
    known = SYMPY.get(op.name) or getattr(sympy, op.name, None)
    return by_text(op, _of_sympy, sympy.sympify) if known is None and op.value else known  # type: ignore[arg-type]


@cache
def sympy_derivative(op: Op, i: int, count: int) -> Callable[..., Any] | None:
    """SymPy's ∂/∂(argument i) as a function of mpmath numbers; None where it has no closed form."""
    names = sympy.symbols(f"x1:{count + 1}", real=True)
    function = _of_sympy(op)
    if function is None:
        return None
    formula = sympy.diff(function(*names), names[i])
    if formula.has(sympy.Derivative, sympy.Subs, sympy.DiracDelta, sympy.Heaviside):
        return None
    compiled: Callable[..., Any] = sympy.lambdify(names, formula, "mpmath")
    return compiled
