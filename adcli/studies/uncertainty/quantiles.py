"""Coverage factors: the quantiles of Student's t and of the normal distribution."""

from __future__ import annotations

import math
from statistics import NormalDist

NORMAL = 1e7
"""With more degrees of freedom than this t is normal, to all digits that anybody reads."""


def coverage_factor(coverage: float, dof: float) -> float:
    """k for which the interval ±k·u covers so much of the t distribution.

    Degrees of freedom are cut to a whole number, as GUM G.4.1 says, unless less than 1 would be left.
    """
    whole = math.floor(dof * (1 + 1e-9)) if 1 <= dof < NORMAL else dof
    if whole >= NORMAL:
        return NormalDist().inv_cdf((1 + coverage) / 2)
    from adcli.arithmetic.multiprecision import multiprecision

    context = multiprecision(20).context

    def beyond(t: float) -> float:
        """How much of the distribution is farther out than t, less what should be."""
        share = context.betainc(whole / 2, 0.5, 0, whole / (whole + context.mpf(t) ** 2), regularized=True)
        return float(share - (1 - context.mpf(coverage)))

    low, high = 0.0, 2.0
    while beyond(high) > 0:
        low, high = high, 4 * high
    while high - low > 1e-15 * high:
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if beyond(middle) > 0 else (low, middle)
    return (low + high) / 2
