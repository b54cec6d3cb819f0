"""Operations on arrays: NumPy's functions, rows' texts in terms of them, and functions that neither gives.

These are named like their operation: the arguments, then the result's array. Outside its domain a function gives NaN
or an infinity; it may give NaN inside too, where it would lose digits: the row is then computed by the scalar path.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.floats import log_gamma_of_2_plus
from adcli.arithmetic.rules import parsed
from adcli.batch.engines.tables import erf, erf_and_slope, gauss
from adcli.batch.kernel import KernelWriter
from adcli.batch.partials import NAMED, PARTIALS
from adcli.ops import INPUT, LITERAL, TABLE, Op

Function = Callable[..., Any]

LINE = 64
"""Bytes of a line of the cache. NumPy's vectors are written twice as fast where none crosses from one to the next."""


def aligned(count: int, dtype: Any = float) -> Any:
    """An array that begins with a line of the cache."""
    size = count * np.dtype(dtype).itemsize
    memory = np.empty(size + LINE, dtype=np.uint8)
    start = -memory.ctypes.data % LINE
    return memory[start : start + size].view(dtype)


class Routine(NamedTuple):
    """A function on arrays: the arguments, then the results' arrays, then `scratch` arrays for what it likes.

    `tells`: where the arguments are finite and a result is not, the processor's status flags or the result of some
    function that does tell show it. Otherwise results have to be looked through.
    """

    function: Function
    scratch: int = 0
    tells: bool = False
    plus: bool = False
    """Whether no result is -0.0."""
    wide: bool = False
    """Whether it computes with numbers of a wider range, too."""


_found: dict[tuple[Op, int], Routine] = {}
_wide: dict[tuple[Op, int], Routine | None] = {}


def vector(op: Op, count: int) -> Routine:
    """The operation on arrays. Where nothing has it, it goes through Python, row by row."""
    key = (op, count)
    if key not in _found:
        _found[key] = _sought(op, count)
    return _found[key]


def wide(op: Op, count: int) -> Routine | None:
    """The operation on arrays of numbers of a wider range, None where nothing has it."""
    key = (op, count)
    if key not in _wide:
        name = op.numpy or op.name
        function = getattr(np, name, None)
        if isinstance(function, np.ufunc) and any("g" in types for types in function.types):
            _wide[key] = Routine(_folded(function, count) if op.variadic else function, tells=True)
        elif name in _OWN:
            _wide[key] = _OWN[name] if _OWN[name].wide else None
        else:
            _wide[key] = _by_value(op, wide) if op.value and not op.numpy else None
    return _wide[key]


def fits_in_place(op: Op) -> bool:
    """Whether its result may be written over one of its arguments."""
    return not op.variadic and isinstance(vector(op, len(op.arguments)).function, np.ufunc)


def _sought(op: Op, count: int) -> Routine:
    name = op.numpy or op.name
    if name in _OWN:
        return _OWN[name]
    if op.value and not op.numpy:
        found = _by_value(op, vector)
        assert found is not None, "every operation is computed somehow"
        return found
    function = getattr(np, name, None)
    if isinstance(function, np.ufunc):
        return Routine(_folded(function, count) if op.variadic else function, tells=True)
    return Routine(_by_rows(op))


def _scipy() -> Any:
    import scipy.special

    return scipy.special


def _by_value(op: Op, seek: Callable[[Op, int], Routine | None]) -> Routine | None:
    """The row's text: a function that calls its operations' routines one after another; None where one is missing."""
    writer = KernelWriter(op.arguments)
    graph = parsed(op.value)
    values: list[int] = []
    for node, (part, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if part is INPUT:
            values.append(writer.column[graph.labels[node]])
        elif part is LITERAL:
            values.append(writer.constant(doubles().literal(graph.labels[node])))
        else:
            values.append(writer.apply(part, tuple([values[a] for a in args])))
    kernel = writer.finish([values[graph.outputs[0]]], [op.name], 1, (), ())
    routines = [routine for part, args in kernel.steps if (routine := seek(part, len(args))) is not None]
    if len(routines) < len(kernel.steps):
        return None
    slots, numbers, truths = kernel.slots(fits_in_place)
    inner = max(routine.scratch for routine in routines)
    namespace: dict[str, Any] = {f"k{i}": np.array(constant) for i, constant in enumerate(kernel.constants)}
    names = [*op.arguments, *namespace]
    # The result's array is that of its slot; truth values are bytes in the memory of numbers.
    arrays = [f"s{i}" for i in range(numbers)]
    arrays[slots[kernel.outputs[0] - kernel.first]] = "out"
    spare, flags = [f"a{i}" for i in range(inner)], [f"b{i}" for i in range(truths)]
    lines = [f"{flag} = {flag}.view(bool)[:out.size]" for flag in flags]
    for i, ((part, args), routine) in enumerate(zip(kernel.steps, routines, strict=True)):
        name = f"{part.name}_{len(args)}"
        namespace[name] = routine.function
        names.append((flags if kernel.boolean[kernel.first + i] else arrays)[slots[i]])
        lines.append(f"{name}({', '.join([names[v] for v in (*args, kernel.first + i)] + spare[: routine.scratch])})")
    scratch = [*(name for name in arrays if name != "out"), *spare, *flags]
    body = "\n    ".join(lines)
    exec(f"def value({', '.join([*op.arguments, 'out', *scratch])}):\n    {body}", namespace)
    return Routine(namespace["value"], len(scratch), all(routine.tells for routine in routines))


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


_OWN: dict[str, Routine] = {}


def _routine(
    scratch: int = 0, *, tells: bool = False, plus: bool = False, wide: bool = False
) -> Callable[[Function], Function]:
    """What makes a function the routine of the operation that it is named like."""

    def register(function: Function) -> Function:
        _OWN[function.__name__] = Routine(function, scratch, tells, plus, wide)
        return function

    return register


@_routine(tells=True, wide=True)
def where(condition: Any, then: Any, otherwise: Any, out: Any) -> None:
    """`where`: one of two values that are both computed."""
    np.copyto(out, otherwise)
    np.copyto(out, then, where=condition)


# Trigonometric functions. With AVX-512 NumPy's tangent is some six times faster than its sine and cosine, which take
# one number at a time there: both are rational functions of tan(x/2). The tangent is right to the last place, however
# large the number, and so are the sine to a few and the cosine where it is not small.

NEAR_ZERO = np.array(0.25)
"""Cosines so small have lost digits to a difference, and are computed otherwise."""
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
    """Both by one tangent t and one division: 1 + cos x = 2/(1 + t²), and sin x is t times that.

    Near the cosine's zeros it is the sine by the tangent of x itself, both of which keep their digits there.
    """
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
        near = x.take(rows)
        np.tan(near, near)
        np.divide(sine.take(rows), near, near)
        cosine[rows] = near


@_routine(wide=True)
def atan2(y: Any, x: Any, out: Any) -> None:
    nowhere = np.equal(x, 0) & np.equal(y, 0)
    np.arctan2(np.add(y, 0.0), np.add(x, 0.0), out=out)
    np.copyto(out, math.nan, where=nowhere)


# Hyperbolic functions


# Pieces


@_routine(wide=True)
def Mod(x: Any, y: Any, out: Any) -> None:
    np.remainder(x, np.where(np.equal(y, 0), math.nan, y), out=out)


@_routine()
def Mod_y(x: Any, y: Any, out: Any) -> None:
    np.negative(np.floor_divide(x, np.where(np.equal(y, 0), math.nan, y)), out=out)


@_routine(tells=True, wide=True)
def Heaviside(x: Any, out: Any) -> None:
    np.heaviside(x, 0.5, out=out)


@_routine(tells=True, wide=True)
def relu(x: Any, out: Any) -> None:
    np.maximum(x, 0.0, out=out)


@_routine(wide=True)
def undefined(out: Any) -> None:
    out[...] = math.nan


# The error function's family and the gamma function's, where SciPy answers outside the domain or loses digits


@_routine()
def erfc(x: Any, out: Any) -> None:
    far = np.greater(x, 1)
    safe = np.where(far, x, 1.0)
    np.copyto(out, np.where(far, _scipy().erfcx(safe) * gauss(safe, -1), _scipy().erfc(x)))


_ERFI = tuple(1 / (math.factorial(k) * (2 * k + 1)) for k in range(17, 0, -1))


@_routine()
def erfi(x: Any, out: Any) -> None:
    """2/√π times Dawson's function and exp(x²): near 0 its Taylor series, since SciPy's loses digits there."""
    near = np.less(np.absolute(x), 1)
    small = np.where(near, x, 0.0)
    square, series = small * small, np.zeros_like(out)
    for coefficient in _ERFI:
        series += coefficient
        series *= square
    far = _dawson(x) * gauss(x, 1)
    np.multiply(np.where(near, small + small * series, far), 2 / math.sqrt(math.pi), out=out)


def _dawson(x: Any) -> Any:
    """Dawson's function: far out its asymptotic series, since SciPy's loses digits there."""
    far = np.greater(np.absolute(x), 16)
    large = np.where(far, x, 16.0)
    small: Any = 0.5 / (large * large)
    series: Any = 1.0
    for odd in range(21, 0, -2):
        series = 1 + odd * small * series
    return np.where(far, series * 0.5 / large, _scipy().dawsn(x))


@_routine()
def loggamma(x: Any, out: Any) -> None:
    # SciPy's loses digits next to its zeros 1 and 2.
    np.copyto(out, np.where(np.greater(x, 0), _scipy().gammaln(x), math.nan))
    x = np.broadcast_to(x, out.shape)
    rows = np.flatnonzero(np.greater(x, 0.5) & np.less(x, 2.5))
    if rows.size:
        near = x[rows]
        first = np.less(near, 1.5)
        out[rows] = log_gamma_of_2_plus(near - np.where(first, 1.0, 2.0)) - np.log(np.where(first, near, 1.0))


@_routine()
def digamma(x: Any, out: Any) -> None:
    # Next to its zeros it loses digits, and left of 0 where the two terms of the reflection formula cancel.
    result = _scipy().digamma(x)
    np.copyto(out, np.where(np.greater(x, 0) & (np.absolute(result) > 0.02), result, math.nan))


@_routine()
def gamma(x: Any, out: Any) -> None:
    whole = np.less_equal(x, 0) & np.equal(x, np.floor(x))
    np.copyto(out, np.where(whole, math.nan, _scipy().gamma(x)))


@_routine()
def beta(x: Any, y: Any, out: Any) -> None:
    # Farther out gamma's own digits get lost, and what x + y loses by rounding counts.
    gamma, total = _scipy().gamma, np.add(x, y)
    part = total - x
    lost = (x - (total - part)) + (y - part)
    plain = np.greater(x, 0) & np.greater(y, 0) & np.less(total, 30)
    result = gamma(x) * gamma(y) / gamma(total) * (1 - lost * _scipy().digamma(total))
    np.copyto(out, np.where(plain, result, math.nan))


@_routine()
def beta_x(x: Any, y: Any, out: Any) -> None:
    digamma = _scipy().digamma
    first, second = digamma(x), digamma(np.add(x, y))
    difference = first - second
    beta(x, y, out)
    out *= difference
    np.copyto(out, math.nan, where=np.absolute(difference) < 0.5 * (np.absolute(first) + 0.5))


@_routine()
def beta_y(x: Any, y: Any, out: Any) -> None:
    beta_x(y, x, out)


@_routine()
def polygamma(n: Any, x: Any, out: Any) -> None:
    good = np.greater_equal(n, 0) & np.equal(n, np.floor(n)) & np.greater(x, 0)
    with np.errstate(all="ignore"):
        result = np.where(
            np.equal(n, 0), _scipy().digamma(x), _polygamma_positive(np.where(good, n, 1.0), np.where(good, x, 1.0))
        )
    near = np.equal(n, 0) & (np.absolute(result) < 0.02)
    np.copyto(out, np.where(good & ~near, result, math.nan))


def _polygamma_positive(n: Any, x: Any) -> Any:
    return (-1.0) ** (n + 1) * _scipy().gamma(n + 1.0) * _scipy().zeta(n + 1, x)


@_routine()
def lambertw(x: Any, out: Any) -> None:
    # Next to the branch point -1/e every digit is lost.
    inside = np.greater(x, -0.36)
    np.copyto(out, np.where(inside, _scipy().lambertw(np.where(inside, x, 1.0)).real, math.nan))


@_routine()
def LambertW_prime(x: Any, out: Any) -> None:
    # Far out the rounding error of W would be magnified by W itself, near 0 W/x has no value at 0.
    lambertw(np.where(np.greater(x, -0.33), x, math.nan), out)
    far = np.greater(np.absolute(x), 0.1)
    slope = np.where(far, out / np.where(far, x, 1.0), np.exp(-np.where(far, 0.0, out)))
    np.divide(slope, 1 + out, out=out)


@_routine()
def erfinv(x: Any, out: Any) -> None:
    result = _scipy().erfinv(x)
    np.copyto(out, np.where(np.less(np.absolute(x), 1), result, math.nan))


@_routine()
def erfinv_prime(x: Any, out: Any) -> None:
    # Far out the rounding error of the inverse would be magnified by twice its square.
    inside = np.less(np.absolute(x), 0.9)
    inverse = _scipy().erfinv(np.where(inside, x, 0.0))
    np.copyto(out, np.where(inside, math.sqrt(math.pi) / 2 * np.exp(inverse * inverse), math.nan))


# Of statistics and machine learning


_SINC_PRIME = tuple((-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(13, 0, -1))


@_routine()
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


_routine(4, tells=True, plus=True)(erf)

_SLOPE = NAMED["erf_prime"]
JOINT: dict[tuple[Op, Op], Routine] = {(PARTIALS[_SLOPE][0], _SLOPE): Routine(erf_and_slope, scratch=4, tells=True)}
"""Pairs of operations that cost less when they are computed together for the same arguments."""

if _fast_tangent():
    _routine(1, tells=True)(sin)
    _routine(2, tells=True)(cos)
    for op in TABLE.values():
        together = getattr(sys.modules[__name__], f"{op.name}_{op.twin}", None)
        if together is not None:
            JOINT[op, TABLE[op.twin]] = Routine(together, scratch=1, tells=True)
