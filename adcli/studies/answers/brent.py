"""Brent's method (1973): a root between two points at which a function has different signs."""

from __future__ import annotations

import math
from collections.abc import Callable

EPSILON = 2.0**-52
MOST = 300


def brent(function: Callable[[float], float], a: float, b: float) -> tuple[float, float, list[tuple[float, float]]]:
    """Where the sign changes: the two ends between which it does, the better one first, and the points on the way."""
    fa, fb = function(a), function(b)
    way = [(a, fa), (b, fb)]
    c, fc = a, fa
    last = before = b - a
    for _ in range(MOST):
        if abs(fc) < abs(fb):
            a, b, c, fa, fb, fc = b, c, b, fb, fc, fb
        nearest = 2 * EPSILON * abs(b) + math.ulp(0.0)
        middle = (c - b) / 2
        if abs(middle) <= nearest or not fb:
            break
        if abs(before) >= nearest and abs(fa) > abs(fb):
            s = fb / fa
            if a == c:
                p, q = 2 * middle * s, 1 - s
            else:
                q, r = fa / fc, fb / fc
                p = s * (2 * middle * q * (q - r) - (b - a) * (r - 1))
                q = (q - 1) * (r - 1) * (s - 1)
            if p > 0:
                q = -q
            p = abs(p)
            if 2 * p < min(3 * middle * q - abs(nearest * q), abs(before * q)):
                before, last = last, p / q
            else:
                last = before = middle
        else:
            last = before = middle
        a, fa = b, fb
        b += last if abs(last) > nearest else math.copysign(nearest, middle)
        fb = function(b)
        way.append((b, fb))
        if (fb > 0) == (fc > 0):
            c, fc = a, fa
            last = before = b - a
    return b, c, way
