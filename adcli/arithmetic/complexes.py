"""Complex numbers: for the complex step, f(x + ih) = f(x) + ih·f′(x) + O(h²), which subtracts nothing.

Only what is analytic has such a step (Squire & Trapp 1998; Martins et al. 2003). An operation that is not refuses as
soon as an argument is not real; on real arguments it is that of floats. Its function is the one of its name here or
in `cmath`, or else the row's `value`.
"""

from __future__ import annotations

import cmath
import math
import sys
from functools import cache
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.rules import OPERATORS, Arithmetic, Function
from adcli.ops import Op


class Impossible(ArithmeticError):
    """An operation that complex numbers do not allow."""

    def __init__(self, op: Op) -> None:
        super().__init__(f"{op.symbol or op.name} has no complex step")
        self.op = op


class Complexes(Arithmetic):
    """Pairs of floats. A branch is chosen by a comparison of real numbers only."""

    straight = False
    """Whether what is made of straight pieces will do: an operation of one flop that has kinks."""

    def literal(self, text: str) -> Any:
        value = doubles().literal(text)
        return value if isinstance(value, bool) else complex(value)

    def exactly(self, number: Any) -> complex:
        """A float as this arithmetic's number."""
        return complex(number)

    def function(self, op: Op) -> Function:
        real = doubles().value(op)
        analytic = None
        if not op.boolean and (self.straight or not (op.kink and op.flops == 1)):
            own = getattr(sys.modules[__name__], op.name, None) or getattr(cmath, op.name, None)
            analytic = OPERATORS.get(op) or own
            if analytic is None and op.value:
                analytic = _Pieces().by_value(op)

        def compute(*args: Any) -> Any:
            if not any(x.imag for x in args):
                result = real(*[x if isinstance(x, bool) else x.real for x in args])
                return result if isinstance(result, bool) else complex(result)
            if analytic is None:
                raise Impossible(op)
            return analytic(*args)

        return compute


class _Pieces(Complexes):
    """Within a row's text: a piece is chosen by the arguments' real parts, and is analytic (Martins et al. 2003)."""

    straight = True

    def function(self, op: Op) -> Function:
        if op.boolean:
            holds = OPERATORS[op]
            return lambda *args: holds(*[x.real for x in args])
        return super().function(op)


@cache
def complexes() -> Complexes:
    """The arithmetic of complex numbers; one for the whole process."""
    return Complexes()


# Functions that cmath lacks, or has in a form that would lose the imaginary part


def Abs(x: complex) -> complex:
    """The number or its negative."""
    return -x if x.real < 0 else x


def Max(*args: complex) -> complex:
    """The one farthest to the right."""
    return max(args, key=lambda x: x.real)


def Min(*args: complex) -> complex:
    """The one farthest to the left."""
    return min(args, key=lambda x: x.real)


def det(*x: complex) -> complex:
    """The determinant, by elimination with row pivots."""
    size = math.isqrt(len(x))
    rows, found = [list(x[i * size : (i + 1) * size]) for i in range(size)], complex(1)
    for k in range(size):
        pivot = max(range(k, size), key=lambda i: abs(rows[i][k]))
        if not rows[pivot][k]:
            return complex(0)
        if pivot != k:
            rows[k], rows[pivot], found = rows[pivot], rows[k], -found
        found *= rows[k][k]
        for i in range(k + 1, size):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return found


def pow(x: complex, y: complex) -> complex:
    """x^y; a whole exponent by multiplication, so that x may be negative."""
    n = y.real
    if y.imag or n != int(n):
        return x**y
    result, factor, exponent = complex(1), x, abs(int(n))
    while exponent:
        if exponent & 1:
            result *= factor
        factor *= factor
        exponent >>= 1
    return 1 / result if n < 0 else result


def expm1(x: complex) -> complex:
    """e^x - 1, as a product that does not cancel."""
    return 2 * cmath.sinh(x / 2) * cmath.exp(x / 2)


def log1p(x: complex) -> complex:
    """log(1 + x), whose real part does not cancel."""
    return complex(math.log1p(2 * x.real + x.real**2 + x.imag**2) / 2, cmath.phase(1 + x))


def log2(x: complex) -> complex:
    """The logarithm to base 2."""
    return cmath.log(x) / cmath.log(2)


def cbrt(x: complex) -> complex:
    """The cube root that is real for real x."""
    return -cbrt(-x) if x.real < 0 else x ** (1 / 3)


def atan2(y: complex, x: complex) -> complex:
    """The angle of (x, y): an arctangent in each sector, and a constant."""
    if abs(y.real) > abs(x.real):
        return (cmath.pi if y.real > 0 else -cmath.pi) / 2 - cmath.atan(x / y)
    turn = 0.0 if x.real > 0 else cmath.pi if y.real >= 0 else -cmath.pi
    return cmath.atan(y / x) + turn


def sech(x: complex) -> complex:
    """1/cosh(x). (The slope of the row's text cancels near 0.)"""
    return 1 / cmath.cosh(x)


def hypot(x: complex, y: complex) -> complex:
    """The root of x² + y²; the origin, where it has a kink, divides by zero."""
    size = max(abs(x.real), abs(y.real))
    return size * cmath.sqrt((x / size) ** 2 + (y / size) ** 2)


def logaddexp(x: complex, y: complex) -> complex:
    """log(e^x + e^y). (The row's text is NaN where it cancels, by a root that is none here.)"""
    low, high = (x, y) if x.real < y.real else (y, x)
    return high + log1p(cmath.exp(low - high))


__all__ = ["Complexes", "Impossible", "complexes"]
