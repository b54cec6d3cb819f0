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


def _half(x: Any) -> Any:
    return x / mp.sqrt(2)


def _owens(h: Any, a: Any) -> Any:
    part = mp.quad(lambda t: mp.exp(-((h * a * t) ** 2) / 2) / (1 + (a * t) ** 2), [0, 1])
    return a * mp.exp(-h * h / 2) * part / (2 * mp.pi)


def _whole(n: Any) -> int:
    if n != int(n):
        raise NoValue
    return int(n)


def _jacobi(name: str) -> Callable[..., Any]:
    def of(u: Any, m: Any) -> Any:
        if not 0 <= m <= 1:
            raise NoValue
        return mp.ellipfun(name, u, m=m)

    return of


ZERO = {("chebyu", -1), ("hermite", -1)}
"""Degrees at which a recurrence of a derivative ends."""


def _polynomial(function: str) -> Callable[..., Any]:
    """One of mpmath's; where it has a pole of gamma, by SymPy's."""
    exact = {"hermite": sympy.hermite, "laguerre": sympy.assoc_laguerre, "gegenbauer": sympy.gegenbauer,
             "legendre": sympy.legendre, "chebyt": sympy.chebyshevt, "chebyu": sympy.chebyshevu}[function]  # fmt: skip

    def of(n: Any, *rest: Any) -> Any:
        degree = _whole(n)
        if degree < 0 and function not in ("laguerre", "gegenbauer") and (function, degree) not in ZERO:
            raise NoValue
        if degree < 0:
            return mp.zero
        parameters = [sympy.Rational(*_fraction(mp.mpf(x)).as_integer_ratio()) for x in rest]
        found = sympy.Rational(exact(degree, *parameters))
        return mp.mpf(found.p) / found.q

    return of


def _by_order(function: Callable[..., Any]) -> Callable[..., Any]:
    def of(k: Any, n: Any, x: Any) -> Any:
        if k < 0 or x <= 0:
            raise NoValue
        return mp.diff(lambda t: mp.re(function(t, x)), n, _whole(k))

    return of


def _integral(factor: Callable[[Any], Any], k: Any, s: Any, x: Any) -> Any:
    """∫ t^(s - 1)·factor(t)·log(t)^k to x, of t = x·e^-r."""
    order = _whole(k)

    def part(r: Any) -> Any:
        t = x * mp.exp(-r)
        return t**s * factor(t) * mp.log(t) ** order

    return mp.quad(part, [0, 1, 4, 16, 64, 256, 1024, mp.inf]) if x else mp.zero


def _upper_integral(k: Any, s: Any, x: Any) -> Any:
    """∫ t^(s - 1)·exp(-t)·log(t)^k from x on, of t = x·e^r; from 0 on by differences of Γ."""
    order = _whole(k)
    if not x:
        return mp.diff(mp.gamma, s, order)

    def part(r: Any) -> Any:
        t = x * mp.exp(r)
        return t**s * mp.exp(-t) * mp.log(t) ** order

    end = mp.log(1 + 2 * (mp.prec + 50 + abs(s)) / x)
    pieces = 1 + int(end)
    return mp.quad(part, [end * i / pieces for i in range(pieces + 1)])


def _beta_integral(j: Any, k: Any, a: Any, b: Any, x: Any) -> Any:
    rows, columns = _whole(j), _whole(k)

    def low(a: Any, b: Any, rows: int, columns: int, x: Any) -> Any:
        return _integral(lambda t: (1 - t) ** (b - 1) * mp.log1p(-t) ** columns if t else mp.zero**columns, rows, a, x)

    half = mp.mpf(1) / 2
    if x <= half:
        return low(a, b, rows, columns, x)
    return low(a, b, rows, columns, half) + low(b, a, columns, rows, half) - low(b, a, columns, rows, 1 - x)


def _amplitude_slope(u: Any, m: Any) -> Any:
    """The turn of the point (cn, sn), by differences."""
    if not 0 <= m <= 1:
        raise NoValue
    c, s = _jacobi("cn")(u, m), _jacobi("sn")(u, m)
    ds, dc = [mp.diff(lambda t, n=name: mp.re(mp.ellipfun(n, u, m=t)), m) for name in ("sn", "cn")]  # type: ignore[misc]
    return mp.re(c * ds - s * dc)


def _polylog(s: Any, x: Any) -> Any:
    """By its terms where they fall; where poles cancel next to a whole order, with many more digits."""
    if abs(x) < 0.95:
        return _of_terms(mp.zero, s, x)
    near = s != mp.nint(s) and abs(s - mp.nint(s)) < mp.mpf(10) ** -10
    with mp.workprec(3 * mp.prec if near else mp.prec):
        return mp.re(mp.polylog(s, x))


def _of_terms(k: Any, s: Any, x: Any) -> Any:
    """Term by term; where the terms do not fall, by Cauchy's integral around s."""
    order = _whole(k)
    if abs(x) < 1:
        terms = (mp.prec + 60) / -mp.log(abs(x), 2) if x else 1
        return mp.fsum((-mp.log(n)) ** order * x**n * mp.mpf(n) ** -s for n in range(1, int(terms) + 100))
    if x == 1:
        return mp.zeta(s, 1, order)
    count, radius = mp.prec, mp.mpf(1) / 3
    turns = [mp.expjpi(mp.mpf(2 * i) / count) for i in range(count)]
    total = mp.fsum(mp.re(mp.polylog(s + radius * turn, x) * turn**-order) for turn in turns)
    return mp.factorial(order) * total / (count * radius**order)


def _hypergeometric(above: int) -> Callable[..., Any]:
    def of(*args: Any) -> Any:
        tops, bottoms, z = args[:above], args[above:-1], args[-1]
        if not all(map(_no_pole, bottoms)) or (above > len(bottoms) and abs(z) >= 1):
            raise NoValue
        return mp.hyper(tops, bottoms, z, zeroprec=1000)

    return of


def _cubic(t: Any) -> Any:
    return 3 * t**2 - 2 * t**3


def _no_pole(b: Any) -> bool:
    return bool(b > 0 or b != mp.floor(b))


def _where(condition: Any, value: Callable[[], Any]) -> Any:
    if not condition:
        raise NoValue
    return value()


DEFINITIONS |= {
    "round": mp.nint,
    "trunc": lambda x: mp.sign(x) * mp.floor(abs(x)),
    "frac": lambda x: x - mp.floor(x),
    "fmod": lambda x, y: mp.sign(x) * _modulo(abs(x), abs(y)),
    "remainder": lambda x, y: x - y * mp.nint(x / y),
    "celu": lambda x, a: _where(a > 0, lambda: x if x > 0 else a * mp.expm1(x / a)),
    "huber": lambda d, x: _where(d >= 0, lambda: x * x / 2 if abs(x) <= d else d * abs(x) - d * d / 2),
    "clamp": lambda x, a, b: _where(a < b, lambda: sorted((a, x, b))[1]),
    "smoothstep": lambda a, b, x: _where(a < b, lambda: _cubic(sorted((0, (x - a) / (b - a), 1))[1])),
    "tanpi": lambda x: mp.sinpi(x) / mp.cospi(x),
    "normpdf": lambda x: mp.npdf(x),
    "normcdf": lambda x: mp.erfc(-_half(x)) / 2,
    "normppf": lambda x: _where(0 < x < 1, lambda: mp.sqrt(2) * mp.erfinv(2 * x - 1)),
    "owens_t": _owens,
    "erfcinv": lambda x: _where(0 < x < 2, lambda: mp.erfinv(1 - x)),
    "erfcx": lambda x: mp.exp(x * x) * mp.erfc(x),
    "binomial": lambda n, k: _where(n > -1 or n != mp.floor(n), lambda: mp.binomial(n, k)),
    "rf": lambda x, n: _where((x > 0 and x + n > 0) or (n >= 0 and n == mp.floor(n)), lambda: mp.rf(x, n)),
    "ff": lambda x, n: _where((x > -1 and x - n > -1) or (n >= 0 and n == mp.floor(n)), lambda: mp.ff(x, n)),
    "lowergamma": lambda s, x: _where(s > 0 and x >= 0, lambda: mp.gammainc(s, 0, x)),
    "uppergamma": lambda s, x: _where(x > 0 or (x == 0 and s > 0), lambda: mp.gammainc(s, x)),
    "gammainc": lambda a, x: _where(a > 0 and x >= 0, lambda: mp.gammainc(a, 0, x, regularized=True)),
    "gammaincc": lambda a, x: _where(a > 0 and x >= 0, lambda: mp.gammainc(a, x, regularized=True)),
    "betainc": lambda a, b, x: _where(a > 0 < b and 0 <= x <= 1, lambda: mp.betainc(a, b, 0, x, regularized=True)),
    "Ei": mp.ei,
    "E1": lambda x: _where(x > 0, lambda: mp.e1(x)),
    "expint": lambda n, x: _where(x > 0 or (x == 0 and n > 1), lambda: mp.expint(n, x)),
    "Si": mp.si,
    "Ci": mp.ci,
    "Shi": mp.shi,
    "Chi": mp.chi,
    "hurwitz_zeta": lambda s, a: _where(a > 0, lambda: mp.zeta(s, a)),
    "zeta_derivative": lambda n, s, a: _where(n >= 0 and a > 0, lambda: mp.zeta(s, a, _whole(n))),
    "polylog": lambda s, x: _where(x < 1 or (x == 1 and s > 1), lambda: _polylog(s, x) if x != 1 else mp.zeta(s)),
    "dilog": lambda x: _where(x <= 1, lambda: mp.re(mp.polylog(2, x))),
    "elliptic_k": mp.ellipk,
    "elliptic_e": mp.ellipe,
    "elliptic_einc": mp.ellipe,
    "elliptic_f": mp.ellipf,
    "elliptic_pi": lambda n, m: _where(n < 1 and m < 1, lambda: mp.ellippi(n, m)),
    "elliptic_piinc": mp.ellippi,
    **{name: _jacobi(name) for name in ("sn", "cn", "dn")},
    "besseli": lambda n, x: mp.re(mp.besseli(n, x)) if n == mp.floor(n) else mp.besseli(n, x),
    **{f"bessel{kind}_derivative": _by_order(getattr(mp, f"bessel{kind}")) for kind in "jyik"},
    "struveh_derivative": _by_order(mp.struveh),
    "polylog_derivative": lambda k, s, x: _where(k >= 0 and (x < 1 or (x == 1 and s > 1)), lambda: _of_terms(k, s, x)),
    "lowergamma_derivative": lambda k, s, x: _where(
        k >= 0 and s > 0 and x >= 0, lambda: _integral(lambda t: mp.exp(-t), k, s, x)
    ),
    "uppergamma_derivative": lambda k, s, x: _where(
        k >= 0 and s >= -1000 and (x > 0 or (x == 0 and s > 0)), lambda: _upper_integral(k, s, x)
    ),
    "lowerbeta_slope": lambda j, k, a, b, x: _where(
        j >= 0 and k >= 0 and a > 0 < b and 0 <= x <= 1, lambda: _beta_integral(j, k, a, b, x)
    ),
    "am_slope": _amplitude_slope,
    "airyaiprime": lambda x: mp.airyai(x, derivative=1),
    "airybiprime": lambda x: mp.airybi(x, derivative=1),
    "struveh": lambda n, x: _where(x > 0, lambda: mp.struveh(n, x)),
    "LambertW_branch": lambda x, k: _where(k in (0, -1) and (x < 0 or k == 0), lambda: mp.lambertw(x, int(k))),
    "hyp0f1": lambda b, z: _where(_no_pole(b), lambda: mp.hyp0f1(b, z)),
    "hyp1f1": lambda a, b, z: _where(_no_pole(b), lambda: mp.hyp1f1(a, b, z)),
    "hyp2f1": lambda a, b, c, z: _where(
        _no_pole(c) and (z < 1 or (z == 1 and c > a + b)), lambda: mp.hyp2f1(a, b, c, z, zeroprec=1000)
    ),
    **{f"hyp{p}f{q}": _hypergeometric(p) for p in range(5) for q in (2, 3) if p <= q + 1},
    **{name: _polynomial(name) for name in ("legendre", "hermite")},
    "gegenbauer": lambda n, a, x: _where(a > -0.5, lambda: _polynomial("gegenbauer")(n, a, x)),
    "chebyshevt": _polynomial("chebyt"),
    "chebyshevu": _polynomial("chebyu"),
    "laguerre": lambda n, x: _where(n >= 0, lambda: _polynomial("laguerre")(n, 0, x)),
    "assoc_laguerre": _polynomial("laguerre"),
}
"""Those of the handbook. Polynomials are SymPy's, in fractions."""


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
        step = mp.ldexp(abs(point[i]) or 1, -mp.prec // 3)
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
SYMPY["trunc"] = lambda x: sympy.sign(x) * sympy.floor(sympy.Abs(x))
SYMPY["betainc"] = lambda a, b, x: sympy.betainc_regularized(a, b, 0, x)


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
    lacking = {name: function for name, function in DEFINITIONS.items() if not hasattr(mp, name)}
    compiled: Callable[..., Any] = sympy.lambdify(names, formula, [lacking, "mpmath"])
    return compiled
