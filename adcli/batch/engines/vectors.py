"""Functions on arrays that NumPy lacks, named like their operation: the arguments, then the result's array.

They are `adcli.arithmetic.floats` again, for arrays. Outside its domain a function gives NaN or an infinity; it
may give NaN inside too, where it would lose digits: the row is then computed by the scalar path.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from adcli.arithmetic.doubles import doubles
from adcli.batch.engines.tables import erf
from adcli.batch.kernel import PARTIALS
from adcli.ops import TABLE, WHERE, Op

Function = Callable[..., Any]


class Routine(NamedTuple):
    """A function on arrays: the arguments, then the results' arrays, then `scratch` arrays for what it likes.

    `tells`: where the arguments are finite and a result is not, the processor's status flags or the result of some
    function that does tell show it. Otherwise results have to be looked through.
    """

    function: Function
    scratch: int = 0
    tells: bool = False


_found: dict[tuple[Op, int], Routine] = {}


def vector(op: Op, count: int) -> Routine:
    """The operation on arrays. Where nothing has it, it goes through Python, row by row."""
    key = (op, count)
    if key not in _found:
        _found[key] = _sought(op, count)
    return _found[key]


def fits_in_place(op: Op) -> bool:
    """Whether its result may be written over one of its arguments."""
    name = op.numpy or op.name
    return not op.variadic and op is not WHERE and name not in _OWN and isinstance(getattr(np, name, None), np.ufunc)


def _sought(op: Op, count: int) -> Routine:
    if op is WHERE:
        return Routine(select, tells=True)
    name = op.numpy or op.name
    if name in _OWN:
        return _OWN[name]
    if name in _BY_SCIPY and _special("gamma") is not None:
        return Routine(_BY_SCIPY[name])
    function = getattr(np, name, None)
    if isinstance(function, np.ufunc):
        return Routine(_folded(function, count) if op.variadic else function, tells=True)
    function = _special(name)
    return Routine(function if isinstance(function, np.ufunc) else _by_rows(op))


def _special(name: str) -> Any:
    try:
        import scipy.special
    except ImportError:
        return None
    return getattr(scipy.special, name, None)


def _folded(function: Function, count: int) -> Function:
    """An n-ary operation from a binary one."""

    def fold(*given: Any) -> None:
        *args, out = given
        if count == 1:
            out[...] = args[0]
            return
        function(args[0], args[1], out=out)
        for x in args[2:]:
            function(out, x, out=out)

    return fold


def _by_rows(op: Op) -> Function:
    """The scalar function, row by row; NaN where it raises."""
    if op in PARTIALS:
        owner, position = PARTIALS[op]
        partial = doubles().partial(owner, position)
        value: Function = lambda *args: partial(0.0, *args)  # noqa: E731
    else:
        value = doubles().value(op)

    def one(*args: float) -> float:
        try:
            return float(value(*args))
        except (ArithmeticError, ValueError):
            return math.nan

    def rows(*given: Any) -> None:
        *args, out = given
        size = out.shape[0]
        columns = [x.tolist() if isinstance(x, np.ndarray) and x.ndim else [float(x)] * size for x in args]
        out[...] = list(map(one, *columns)) if columns else one()

    return rows


def select(condition: Any, then: Any, otherwise: Any, out: Any) -> None:
    """`where`: one of two values that are both computed."""
    np.copyto(out, otherwise)
    np.copyto(out, then, where=condition)


# Trigonometric functions. With AVX-512 NumPy's tangent is some six times faster than its sine and cosine, which take
# one number at a time there: both are rational functions of tan(x/2). The tangent is right to the last place, however
# large the number, and so are the sine to a few and the cosine where it is not small.

NEAR_ZERO = np.array(0.01)
"""Cosines so small have lost digits to a difference, and are computed again."""
# Arrays without dimensions are what NumPy takes soonest.
_HALF, _ONE, _TWO = np.array(0.5), np.array(1.0), np.array(2.0)


def _fast_tangent() -> bool:
    """Whether this processor has vectors of eight doubles, and NumPy was built to use them for the tangent."""
    try:
        features: dict[str, bool] = import_module("numpy._core._multiarray_umath").__cpu_features__
    except (ImportError, AttributeError):
        return False
    return sys.platform == "linux" and bool(features.get("AVX512_SKX"))


def sin(x: Any, out: Any, tangent: Any) -> None:
    np.multiply(x, _HALF, tangent)
    np.tan(tangent, tangent)
    np.multiply(tangent, tangent, out)
    np.add(out, _ONE, out)
    np.add(tangent, tangent, tangent)
    np.divide(tangent, out, out)


def cos(x: Any, out: Any, sine: Any, spare: Any) -> None:
    sin_cos(x, sine, out, spare)


def sin_cos(x: Any, sine: Any, cosine: Any, spare: Any) -> None:
    """Both by one tangent t and one division: 1 + cos x = 2/(1 + t²), and sin x is t times that."""
    np.multiply(x, _HALF, sine)
    np.tan(sine, sine)
    np.multiply(sine, sine, cosine)
    np.add(cosine, _ONE, cosine)
    np.divide(_TWO, cosine, cosine)
    np.multiply(sine, cosine, sine)
    np.subtract(cosine, _ONE, cosine)
    np.absolute(cosine, spare)
    rows = np.less(spare, NEAR_ZERO).nonzero()[0]
    if rows.size:
        cosine[rows] = np.cos(x[rows])


def sec(x: Any, out: Any) -> None:
    np.divide(1.0, np.cos(x), out=out)


def csc(x: Any, out: Any) -> None:
    np.divide(1.0, np.sin(x), out=out)


def cot(x: Any, out: Any) -> None:
    np.divide(1.0, np.tan(x), out=out)


def acot(x: Any, out: Any) -> None:
    np.arctan(np.divide(1.0, np.where(np.equal(x, 0), math.nan, x)), out=out)
    np.copyto(out, math.pi / 2, where=np.equal(x, 0))


def asec(x: Any, out: Any) -> None:
    a = np.absolute(x)
    np.arctan2(np.sqrt(a - 1) * np.sqrt(a + 1), np.copysign(1.0, x), out=out)


def acsc(x: Any, out: Any) -> None:
    a = np.absolute(x)
    np.arctan2(np.copysign(1.0, x), np.sqrt(a - 1) * np.sqrt(a + 1), out=out)


def atan2(y: Any, x: Any, out: Any) -> None:
    nowhere = np.equal(x, 0) & np.equal(y, 0)
    np.arctan2(np.add(y, 0.0), np.add(x, 0.0), out=out)
    np.copyto(out, math.nan, where=nowhere)


# Hyperbolic functions


def sech(x: Any, out: Any) -> None:
    small = np.exp(-np.absolute(x))
    np.divide(2 * small, 1 + small * small, out=out)


def csch(x: Any, out: Any) -> None:
    a = np.absolute(x)
    np.copysign(2 * np.exp(-a) / -np.expm1(-2 * a), x, out=out)


def coth(x: Any, out: Any) -> None:
    np.divide(1.0, np.tanh(x), out=out)


def acoth(x: Any, out: Any) -> None:
    np.copysign(np.log1p(2 / (np.absolute(x) - 1)) / 2, x, out=out)


def asech(x: Any, out: Any) -> None:
    near = np.log(2) - np.log(x)
    np.copyto(near, np.arcsinh(np.sqrt((1 - x) * (1 + x)) / x), where=np.greater_equal(x, 1e-9))
    np.copyto(out, near)


def acsch(x: Any, out: Any) -> None:
    a = np.absolute(x)
    near = np.copysign(np.log(2) - np.log(a), x)
    np.copyto(near, np.arcsinh(np.divide(1.0, x)), where=np.greater_equal(a, 1e-9))
    np.copyto(out, np.where(np.equal(a, 0), math.nan, near))


# Pieces


def Mod(x: Any, y: Any, out: Any) -> None:
    np.remainder(x, np.where(np.equal(y, 0), math.nan, y), out=out)


def Mod_y(x: Any, y: Any, out: Any) -> None:
    np.negative(np.floor_divide(x, np.where(np.equal(y, 0), math.nan, y)), out=out)


def Heaviside(x: Any, out: Any) -> None:
    np.heaviside(x, 0.5, out=out)


def relu(x: Any, out: Any) -> None:
    np.maximum(x, 0.0, out=out)


def undefined(out: Any) -> None:
    out[...] = math.nan


# The error function's family and the gamma function's, where SciPy answers outside the domain or loses digits


def _scipy(name: str) -> Function:
    function = _special(name)
    if function is None:
        raise LookupError(name)
    found: Function = function
    return found


def _loggamma(x: Any, out: Any) -> None:
    # SciPy's loses digits next to its zeros 1 and 2: with 1 + z, log Γ is small there.
    result = _scipy("gammaln")(x)
    np.copyto(out, np.where(np.greater(x, 0) & (np.absolute(result) > 0.02), result, math.nan))


def _digamma(x: Any, out: Any) -> None:
    # Next to its zeros it loses digits, and left of 0 next to its poles.
    result = _scipy("digamma")(x)
    safe = np.greater(x, 0) | (np.absolute(x - np.rint(x)) > 0.01 * np.absolute(x))
    np.copyto(out, np.where(safe & (np.absolute(result) > 0.02), result, math.nan))


def _gamma(x: Any, out: Any) -> None:
    whole = np.less_equal(x, 0) & np.equal(x, np.floor(x))
    np.copyto(out, np.where(whole, math.nan, _scipy("gamma")(x)))


def _beta(x: Any, y: Any, out: Any) -> None:
    plain = np.greater(x, 0) & np.greater(y, 0) & np.less(x, 100) & np.less(y, 100)
    np.copyto(out, np.where(plain, _scipy("beta")(x, y), math.nan))


def _beta_x(x: Any, y: Any, out: Any) -> None:
    digamma = _scipy("digamma")
    first, second = digamma(x), digamma(np.add(x, y))
    difference = first - second
    _beta(x, y, out)
    out *= difference
    np.copyto(out, math.nan, where=np.absolute(difference) < 0.1 * (np.absolute(first) + 0.1))


def _beta_y(x: Any, y: Any, out: Any) -> None:
    _beta_x(y, x, out)


def _polygamma(n: Any, x: Any, out: Any) -> None:
    good = np.greater_equal(n, 0) & np.equal(n, np.floor(n)) & np.greater(x, 0)
    with np.errstate(all="ignore"):
        result = np.where(
            np.equal(n, 0), _scipy("digamma")(x), _polygamma_positive(np.where(good, n, 1.0), np.where(good, x, 1.0))
        )
    near = np.equal(n, 0) & (np.absolute(result) < 0.02)
    np.copyto(out, np.where(good & ~near, result, math.nan))


def _polygamma_positive(n: Any, x: Any) -> Any:
    return (-1.0) ** (n + 1) * _scipy("gamma")(n + 1.0) * _scipy("zeta")(n + 1, x)


def _lambertw(x: Any, out: Any) -> None:
    # Next to the branch point -1/e every digit is lost.
    inside = np.greater(x, -0.36)
    np.copyto(out, np.where(inside, _scipy("lambertw")(np.where(inside, x, 1.0)).real, math.nan))


def _lambertw_prime(x: Any, out: Any) -> None:
    _lambertw(x, out)
    np.divide(np.exp(-out), 1 + out, out=out)


def _erfinv(x: Any, out: Any) -> None:
    result = _scipy("erfinv")(x)
    np.copyto(out, np.where(np.less(np.absolute(x), 1), result, math.nan))


# Of statistics and machine learning


def sigmoid(x: Any, out: Any, small: Any) -> None:
    _falling(x, small)
    np.add(small, _ONE, out)
    np.copyto(small, 1.0, where=np.greater_equal(x, 0))
    np.divide(small, out, out)


def softplus(x: Any, out: Any, small: Any) -> None:
    _falling(x, small)
    np.log1p(small, small)
    np.maximum(x, 0.0, out=out)
    np.add(out, small, out)


def _falling(x: Any, out: Any) -> None:
    """exp(-|x|)"""
    np.absolute(x, out)
    np.negative(out, out)
    np.exp(out, out)


def logaddexp(x: Any, y: Any, out: Any) -> None:
    small = np.log1p(np.exp(-np.absolute(np.subtract(x, y))))
    result = np.maximum(x, y) + small
    np.copyto(out, np.where(np.absolute(result) > small / 6, result, math.nan))


def sinc(x: Any, out: Any) -> None:
    zero = np.equal(x, 0)
    safe = np.where(zero, 1.0, x)
    np.copyto(out, np.where(zero, 1.0, np.sin(safe) / safe))


_SINC_PRIME = tuple((-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(13, 0, -1))


def sinc_prime(x: Any, out: Any) -> None:
    """(cos x - sinc x)/x: near 0 its Taylor series, since the difference cancels there."""
    far = np.absolute(x) > 1.6
    square, total = np.multiply(x, x), np.zeros_like(out)
    near = np.where(far, 0.0, square)
    for coefficient in _SINC_PRIME:
        total *= near
        total += coefficient
    total *= x
    safe = np.where(far, x, 2.0)
    first, second = np.cos(safe), np.sin(safe) / safe
    difference = first - second
    exact = np.absolute(difference) > np.absolute(second) / 6
    np.copyto(out, np.where(far, np.where(exact, difference / safe, math.nan), total))


_OWN: dict[str, Routine] = {
    function.__name__: Routine(function)
    for function in (
        sec, csc, cot, acot, asec, acsc, atan2, sech, csch, coth, acoth, asech, acsch, Mod, Mod_y, undefined,
        logaddexp, sinc, sinc_prime,
    )
}  # fmt: skip
_OWN.update(
    erf=Routine(erf, scratch=4, tells=True),
    sigmoid=Routine(sigmoid, scratch=1, tells=True),
    softplus=Routine(softplus, scratch=1, tells=True),
    Heaviside=Routine(Heaviside, tells=True),
    relu=Routine(relu, tells=True),
)

JOINT: dict[tuple[Op, Op], Routine] = {}
"""Pairs of operations that cost less when they are computed together for the same arguments."""

if _fast_tangent():
    _OWN["sin"] = Routine(sin, scratch=1, tells=True)
    _OWN["cos"] = Routine(cos, scratch=2, tells=True)
    JOINT[TABLE["sin"], TABLE["cos"]] = Routine(sin_cos, scratch=1, tells=True)

_BY_SCIPY: dict[str, Function] = {
    "loggamma": _loggamma,
    "digamma": _digamma,
    "gamma": _gamma,
    "polygamma": _polygamma,
    "lambertw": _lambertw,
    "erfinv": _erfinv,
    "beta": _beta,
    "beta_x": _beta_x,
    "beta_y": _beta_y,
    "LambertW_prime": _lambertw_prime,
}
