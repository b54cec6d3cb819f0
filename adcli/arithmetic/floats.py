"""Double-precision functions that `math` and the rows' texts lack, or give with fewer right digits than a double holds.

Named like their operation (or like its `floats`), so that the table finds them; the last section computes the
partial derivatives that a row's `accurate` names. All are right to a few units in the last place, far out and
next to poles too. Outside its domain a function raises ValueError, ZeroDivisionError or OverflowError, or
gives an infinity: never a wrong number.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from math import copysign, cos, exp, hypot, log, log1p, sin
from typing import Any

_TINY = 2.2250738585072014e-308
"""The smallest normal double: below it digits are lost."""
_EVEN = 2.0**53
"""From here on, every double is an even number."""


def cbrt(x: float) -> float:
    """The real cube root, of negative numbers too."""
    fraction, exponent = math.frexp(abs(x))
    third = -(-exponent // 3)
    fraction = math.ldexp(fraction, exponent - 3 * third)
    if not fraction:
        return x
    root = fraction ** (1 / 3)
    root -= (root * root * root - fraction) / (3 * root * root)  # Newton's step brings the last bits
    return copysign(math.ldexp(root, third), x)


def atan2(y: float, x: float) -> float:
    """The angle of the point (x, y). ValueError at the origin, which has none."""
    if not x and not y:
        raise ValueError("the origin has no angle")
    return math.atan2(y + 0.0, x + 0.0)  # a zero has no sign


# Pieces


def floor(x: float) -> float:
    """The largest integer ≤ x."""
    return float(math.floor(x))


def ceiling(x: float) -> float:
    """The smallest integer ≥ x."""
    return float(math.ceil(x))


def Mod(x: float, y: float) -> float:
    """x - y·floor(x/y), which has the sign of y."""
    return x % y


max = builtins.max
min = builtins.min


def det(*x: float) -> float:
    """The determinant of the matrix with these elements."""
    from adcli.arithmetic.determinants import determinant_of_floats

    return determinant_of_floats(x)


# The gamma function's family

# ζ(k) - 1 for k = 2, 3, …: log Γ(2 + z) = (1 - γ)·z + Σ (-1)^k (ζ(k) - 1)/k·z^k (Abramowitz & Stegun 6.1.33).
_ZETA_LESS_1 = (
    0.64493406684822643647, 0.2020569031595942854, 0.082323233711138191516, 0.036927755143369926331,
    0.017343061984449139715, 0.0083492773819228268398, 0.0040773561979443393787, 0.0020083928260822144179,
    0.00099457512781808533715, 0.0004941886041194645587, 0.00024608655330804829864, 0.00012271334757848914675,
    6.1248135058704829259e-5, 3.0588236307020493552e-5, 1.5282259408651871733e-5, 7.6371976378997622736e-6,
    3.8172932649998398565e-6, 1.9082127165539389257e-6, 9.5396203387279611315e-7, 4.7693298678780646312e-7,
    2.3845050272773299e-7, 1.1921992596531107307e-7, 5.9608189051259479612e-8, 2.9803503514652280186e-8,
    1.4901554828365041235e-8, 7.450711789835429492e-9, 3.7253340247884570548e-9, 1.8626597235130490064e-9,
)  # fmt: skip
_LOG_GAMMA = tuple((-1) ** k * zeta / k for k, zeta in enumerate(_ZETA_LESS_1, 2))[::-1]


def log_gamma_of_2_plus(z: Any) -> Any:
    """log Γ(2 + z) for |z| ≤ 1/2; of arrays, too."""
    total: Any = 0.0
    for coefficient in _LOG_GAMMA:
        total = (total + coefficient) * z
    return (total + 0.42278433509846713939) * z


def _shifted(x: float) -> tuple[float, float, float]:
    """(z, p, q) with |z| ≤ 1/2 and Γ(x) = Γ(2 + z)·p/q, for 0 < x < 9."""
    if x < 0.5:
        return x, 1.0, x * (1 + x)
    if x < 1.5:
        return x - 1, 1.0, x
    product = 1.0
    while x > 2.5:
        x -= 1
        product *= x
    return x - 2, product, 1.0


def gamma(x: float) -> float:
    """Γ(x)."""
    if not 0 < x < 9:
        return math.gamma(x)
    z, p, q = _shifted(x)
    return exp(float(log_gamma_of_2_plus(z))) * p / q


def loggamma(x: float) -> float:
    """log Γ(x) for x > 0; `math` loses the digits near the zeros 1 and 2, and answers for negative x too."""
    if x <= 0:
        raise ValueError("loggamma needs a positive argument")
    if x >= 9:
        return math.lgamma(x)
    z, p, q = _shifted(x)
    return float(log_gamma_of_2_plus(z)) + (log(p) - log(q))


# Of statistics and machine learning


def logaddexp(x: float, y: float) -> float:
    """log(e^x + e^y)."""
    high, low = max(x, y), min(x, y)
    distance, lost = _difference(high, low)
    small = log1p(exp(-distance) * (1 - lost))
    result = high + small
    return result if abs(result) > small / 6 else _by_mpmath(logaddexp, x, y)


# Partial derivatives that the rule's text alone would compute with fewer digits


def pow_x(x: float, y: float) -> float:
    """y·x^(y-1): the rounding error of y - 1, times log x, would show in the result."""
    if not y:
        return 0.0
    if x < 0 and abs(y) >= _EVEN:  # y - 1 is odd, but its double is even too
        return -pow_x(-x, y)
    exponent = y - 1
    try:
        power = math.pow(x, exponent)
    except OverflowError:
        power = math.inf
    if 0.5 <= y < _EVEN and (_TINY <= abs(power) < math.inf or not x):  # then y - 1 is exact
        return y * power
    result = y * power
    if x and not _TINY <= abs(power) < math.inf:
        half = math.pow(abs(x), exponent / 2)
        result = y * half * half * (-1 if x < 0 and exponent % 2 else 1)
    lost = (y - exponent) - 1 if abs(y) >= 1 else y - (exponent + 1)
    return result * (1 + lost * log(abs(x))) if lost and x else result


def pow_y(x: float, y: float) -> float:
    """x^y·log x: a power that is rounded to a subnormal has lost digits, a zero all of them."""
    if not x and y > 0:
        return 0.0
    power = math.pow(x, y)
    if power < _TINY:
        half = math.pow(x, y / 2)
        return half * log(x) * half
    return power * log(x)


def atan_prime(x: float) -> float:
    """1/(1 + x²), where x² would overflow too."""
    distance = hypot(1, x)
    return 1 / distance / distance


def acot_prime(x: float) -> float:
    """-1/(1 + x²), where x² would overflow too."""
    return -atan_prime(x)


def logaddexp_x(x: float, y: float) -> float:
    """sigmoid(x - y): the rounding error of x - y would be magnified by x - y itself."""
    distance, lost = _difference(x, y)
    small = exp(-abs(distance))
    rising = (1 if distance >= 0 else small) / (1 + small)
    return rising * (1 + lost * (1 - rising))


def logaddexp_y(x: float, y: float) -> float:
    """sigmoid(y - x)."""
    return logaddexp_x(y, x)


def Mod_y(x: float, y: float) -> float:
    """-floor(x/y), where x/y would be rounded up to an integer too."""
    return -(x // y)


def _gauss(x: float, sign: int) -> float:
    """exp(±x²) times 2/√π: the rounding error of x² would be magnified by x² itself."""
    x = abs(x)
    if x > 30:
        if sign > 0:
            raise OverflowError("exp(x^2)")
        return 0.0
    high, _ = _halves(x)  # whose square is exact
    return 1.1283791670955126 * exp(sign * high * high) * exp(sign * (x - high) * (x + high))


def erf_prime(x: float) -> float:
    """2/√π·exp(-x²)."""
    return _gauss(x, -1)


def erfc_prime(x: float) -> float:
    """-2/√π·exp(-x²)."""
    return -_gauss(x, -1)


def erfi_prime(x: float) -> float:
    """2/√π·exp(x²)."""
    return _gauss(x, 1)


_SINC_PRIME = tuple((-1) ** k * 2 * k / math.factorial(2 * k + 1) for k in range(13, 0, -1))


def sinc_prime(x: float) -> float:
    """(cos x - sinc x)/x: near 0 its Taylor series, since the difference cancels there."""
    if abs(x) > 1.6:
        first, second = cos(x), sin(x) / x
        if abs(first - second) > abs(second) / 6:
            return (first - second) / x
        return _by_mpmath(sinc_prime, x)
    square, total = x * x, 0.0
    for coefficient in _SINC_PRIME:
        total = total * square + coefficient
    return total * x


def celu_x(x: float, a: float) -> float:
    """exp(x/a) left of 0, with what the rounding of x/a loses, which would be magnified by x/a itself."""
    if x > 0:
        return 1.0
    quotient = x / a
    if quotient < -800:
        return 0.0
    (b, c), (d, e) = _halves(quotient), _halves(a)
    rest = ((x - b * d) - b * e - c * d) - c * e
    return exp(quotient) * (1 + rest / a) if math.isfinite(rest) else exp(quotient)


# How digits are kept


def _halves(x: float) -> tuple[float, float]:
    """Two numbers of 26 bits that x is the sum of (Veltkamp's splitting)."""
    big = 134217729.0 * x
    high = big - (big - x)
    return high, x - high


def _difference(x: float, y: float) -> tuple[float, float]:
    """x - y rounded, and what the rounding lost (Knuth's TwoSum)."""
    difference = x - y
    part = x - difference
    return difference, (x - (difference + part)) + (part - y)


def _by_mpmath(function: Callable[..., float], *args: float) -> float:
    """The same function next to a zero of its own, where two terms cancel and doubles keep no digit."""
    from adcli.arithmetic import mpmath_functions
    from adcli.arithmetic.contexts import Context

    context = Context()
    context.prec = 80
    return float(getattr(mpmath_functions, function.__name__)(context, *map(context.mpf, args)))
