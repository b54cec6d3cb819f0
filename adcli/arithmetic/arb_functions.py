"""Functions that Arb has under other names than the table, with arguments of another order, or not as one.

Named like their operation, or as a row's `accurate` names a partial; they take Arb's balls and give balls that hold
every value. What Arb cannot enclose comes out as not finite.
"""

from __future__ import annotations

import math
from typing import TypeAlias

from flint import acb, arb

Number: TypeAlias = arb

_SAME = (
    "acos acosh asin asinh atan atanh cos cosh cot coth csc csch digamma erf erfc erfcinv erfi erfinv exp expm1 floor "
    "gamma li log log1p neg sec sech sin sinc sinh sqrt tan tanh zeta"
)
SAME = frozenset(_SAME.split())
"""Methods of Arb's that are the operations of these names. Others of a name mean something else: `rad` is a radius."""
FAR = 1000
"""Beyond this a hypergeometric series takes too long."""
OTHERWISE = {
    "Ei": "ei",
    "Si": "si",
    "Ci": "ci",
    "Shi": "shi",
    "Chi": "chi",
    "fresnels": "fresnel_s",
    "fresnelc": "fresnel_c",
    "airyai": "airy_ai",
    "airybi": "airy_bi",
}
"""What other names these operations of one argument have there."""


def whole(n: Number) -> int:
    """An order or degree. Raises ValueError where it is no whole number, or not told to be one."""
    found = n.unique_fmpz()
    if found is None:
        raise ValueError("no whole number")
    return int(found)


def pow(x: Number, y: Number) -> Number:
    """x^y."""
    if x.contains(0) and y.is_integer() and y > 0:  # where Arb takes logarithms
        most = x.abs_upper() ** y
        return most.union(-most)
    return x**y


def cbrt(x: Number) -> Number:
    """The real cube root."""
    if x < 0:
        return -(-x).root(3)
    return x.root(3)


def log2(x: Number) -> Number:
    """The logarithm to base 2."""
    return x.log() / x.const_log2()


def log10(x: Number) -> Number:
    """The logarithm to base 10."""
    return x.log() / x.const_log10()


def atan2(y: Number, x: Number) -> Number:
    """The angle of (x, y)."""
    return arb.atan2(y, x)


def hypot(x: Number, y: Number) -> Number:
    """The length of (x, y)."""
    return (x * x + y * y).sqrt()


# The gamma function's family


def loggamma(x: Number) -> Number:
    """log Γ(x) for x > 0."""
    return x.lgamma()


def beta(x: Number, y: Number) -> Number:
    """Γ(x)Γ(y)/Γ(x + y)."""
    return x.gamma() * y.gamma() * (x + y).rgamma()


def polygamma(n: Number, x: Number) -> Number:
    """The n-th derivative of digamma."""
    return acb(x).polygamma(n).real


def polygamma_step(n: Number, x: Number, y: Number) -> Number:
    """ψₙ(x) - ψₙ(x + y)."""
    return polygamma(n, x) - polygamma(n, x + y)


def polygamma_step_y(n: Number, x: Number, y: Number) -> Number:
    """-ψ of order n + 1 at x + y."""
    return -polygamma(n + 1, x + y)


def beta_x(x: Number, y: Number) -> Number:
    """B(x, y)·(ψ(x) - ψ(x + y))."""
    return beta(x, y) * (x.digamma() - (x + y).digamma())


def beta_y(x: Number, y: Number) -> Number:
    """B(x, y)·(ψ(y) - ψ(x + y))."""
    return beta_x(y, x)


# Of statistics and machine learning


def of_square(*elements: Number) -> Number:
    """The determinant of a square matrix, row by row."""
    from flint import arb_mat

    size = math.isqrt(len(elements))
    return arb_mat(size, size, list(elements)).det()


def sigmoid(x: Number) -> Number:
    """1/(1 + exp(-x))."""
    return 1 / (1 + (-x).exp())


def softplus(x: Number) -> Number:
    """log(1 + exp(x))."""
    return x.exp().log1p()


def logaddexp(x: Number, y: Number) -> Number:
    """log(exp(x) + exp(y))."""
    return x + softplus(y - x)


def sinc_derivative(n: Number, x: Number) -> Number:
    """The n-th derivative of sin(x)/x, which is the integral of t^n·cos(x·t + n·π/2) over 0 < t < 1."""
    order, z = whole(n), -x * x / 4
    if not abs(x) < FAR:
        raise ValueError
    sign = (-1) ** ((order + 1) // 2)
    if order % 2:
        return sign * x / (n + 2) * z.hypgeom([(n + 2) / 2], [arb(1.5), (n + 4) / 2])
    return sign * z.hypgeom([(n + 1) / 2], [arb(0.5), (n + 3) / 2]) / (n + 1)


def sinc_prime(x: Number) -> Number:
    """(cos x - sinc x)/x."""
    return sinc_derivative(arb(1), x)


def LambertW(x: Number) -> Number:
    """The principal branch."""
    return x.lambertw()


def LambertW_onset(x: Number) -> Number:
    """1 + W(x)."""
    return 1 + x.lambertw()


def LambertW_prime(x: Number) -> Number:
    """exp(-W)/(1 + W)."""
    w = x.lambertw()
    return (-w).exp() / (1 + w)


def erfinv_prime(x: Number) -> Number:
    """sqrt(π)/2·exp(erfinv(x)²)."""
    return arb.const_sqrt_pi() / 2 * (x.erfinv() ** 2).exp()
