"""The error function and its slope in LLVM's language, by the tables of `tables`: half the time of two functions.

The slope's table goes as far as the slope is a normal number.
"""

from __future__ import annotations

from functools import partial
from math import factorial
from typing import Any

from adcli.batch.engines.tables import SHIFT, pairs
from adcli.ops import ADD, MUL, SUB, Op

END = 26
"""From here on the slope is in doubt; it underflows before 27."""


def erf_and_slope(body: Any, x: str) -> tuple[str, str, str]:
    """The lines that compute both for the values *x*; and a truth value that says where the slope is known.

    With the slope s at p and u = x² - p² it is s·exp(-u); the other as in `tables.erf`.
    """
    constant, sum_of = body.constant, body.accumulated
    times, plus, minus = (partial(_applied, body, op) for op in (MUL, ADD, SUB))
    # What is no number gets a place in the tables, too.
    first, last, shift = constant(-float(END)), constant(float(END)), constant(float(SHIFT))
    low = body.select(body.compare("ogt", x, first), x, first)
    inside = body.select(body.compare("olt", low, last), low, last)
    shifted = plus(inside, shift)
    point = minus(shifted, shift)
    rest = minus(inside, point)
    value, slope = (body.looked_up(pairs(END), which, shifted, int(SHIFT.view("int64"))) for which in (0, 1))
    u = times(plus(plus(point, point), rest), rest)
    less = constant(1 / factorial(6))
    for k in range(5, 0, -1):
        less = sum_of(less, u, constant((-1) ** k / factorial(k)))
    steep = times(slope, rest)
    series = sum_of(times(point, point), constant(2 / 3), constant(-1 / 3))
    series = times(minus(times(series, rest), point), rest)
    result = plus(value, sum_of(series, steep, steep))
    return result, sum_of(times(less, u), slope, slope), body.compare("oeq", x, inside)


def _applied(body: Any, op: Op, x: str, y: str) -> str:
    found: str = body.apply(op, [x, y])
    return found
