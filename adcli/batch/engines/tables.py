"""The error function and its slope on arrays, by tables.

A rational function would take some 25 operations on whole arrays, each of which fetches and stores its numbers. This
takes 17: a number is split into the nearest point p of a grid and a rest d, the function and its slope at p are looked
up, and Taylor's series in d adds the little that is missing.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

PARTS = 4096
"""Points of the grid from one whole number to the next: a power of two, so that rests are exact."""
END = 6
"""From here on the error function rounds to 1."""

SHIFT = np.array(1.5 * 2.0**52 / PARTS)
"""Doubles around it are the multiples of 1/PARTS: adding it rounds to the grid, and the last bits count the points."""
_FIRST = SHIFT.view(np.int64) - END * PARTS
"""The bits of the grid's first point, shifted."""
_LOWEST, _THIRD, _TWO_THIRDS = np.array(-float(END)), np.array(1 / 3), np.array(2 / 3)
_ONE, _HALF, _SIXTH, _24TH = np.array(1.0), np.array(1 / 2), np.array(1 / 6), np.array(1 / 24)


@cache
def tables(end: int = END) -> tuple[Any, Any]:
    """The error function and its slope at the points of the grid from -*end* to *end*; no slope at both ends."""
    count = end * PARTS
    right = np.ones(count + 1)
    right[: END * PARTS] = [math.erf(i / PARTS) for i in range(END * PARTS)]
    p = np.arange(-count, count + 1) / PARTS
    slopes = 2 / math.sqrt(math.pi) * np.exp(-p * p)
    slopes[[0, -1]] = 0.0  # whatever lies beyond the grid is -1 or 1
    # Halfway between its least and its greatest value, the first term of the series that is left out is a constant.
    left_out = slopes * p * (3 - 2 * p * p) / 6 * (0.5 / PARTS) ** 4
    return np.concatenate((-right[:0:-1], right)) + left_out / 2, slopes


@cache
def pairs(end: int) -> Any:
    """The numbers of both tables, point by point: what is looked up together stands in one line of the cache."""
    return np.ascontiguousarray(np.column_stack(tables(end)))


def erf(x: Any, out: Any, point: Any, place: Any, slope: Any, series: Any) -> None:
    """The error function, to 3 units in the last place. The last four arguments are scratch memory.

    Where the square of *x* overflows, it is NaN.
    """
    place = _split(x, out, point, place, slope)
    _expanded(out, point, place, slope, series)


def erf_and_slope(x: Any, out: Any, prime: Any, point: Any, place: Any, slope: Any, series: Any) -> None:
    """The error function and its derivative: its slope at p times exp(-u), where u = x² - p² = (2p + d)·d is small."""
    place = _split(x, out, point, place, slope)
    np.add(point, point, prime)
    np.add(prime, out, prime)
    np.multiply(prime, out, prime)
    np.multiply(prime, _24TH, series)
    np.subtract(series, _SIXTH, series)
    np.multiply(series, prime, series)
    np.add(series, _HALF, series)
    np.multiply(series, prime, series)
    np.subtract(series, _ONE, series)
    np.multiply(series, prime, series)
    np.multiply(series, slope, series)
    np.add(series, slope, prime)
    _expanded(out, point, place, slope, series)
    if not prime.min() > 0:
        far = np.flatnonzero(np.equal(prime, 0.0))
        prime[far] = 2 / math.sqrt(math.pi) * gauss(x[far])


def _split(x: Any, rest: Any, point: Any, place: Any, slope: Any) -> Any:
    """Fill the grid's points p, the rests d and the slopes at p; the places of p in the tables are the result."""
    place = place.view(np.int64)
    # What is far to the left would change the sign of the sum; what is far to the right takes the last place.
    np.maximum(x, _LOWEST, out=rest)
    np.add(rest, SHIFT, point)
    np.subtract(point.view(np.int64), _FIRST, place)
    np.subtract(point, SHIFT, point)
    np.subtract(rest, point, rest)
    tables()[1].take(place, None, slope, "clip")
    return place


def _expanded(rest: Any, point: Any, place: Any, slope: Any, series: Any) -> None:
    """erf(p) + s·d·(1 - p·d + (2p² - 1)/3·d²), with the slope s at p; the result takes the place of d."""
    np.multiply(slope, rest, slope)
    np.multiply(point, point, series)
    np.multiply(series, _TWO_THIRDS, series)
    np.subtract(series, _THIRD, series)
    np.multiply(series, rest, series)
    np.subtract(series, point, series)
    np.multiply(series, rest, series)
    np.multiply(series, slope, series)
    np.add(series, slope, series)
    tables()[0].take(place, None, rest, "clip")
    np.add(rest, series, rest)


def gauss(x: Any, sign: int = -1) -> Any:
    """exp(±x²): the rounding error of x² would be magnified by x² itself; the square of half of x's bits is exact."""
    half = np.floor(x * 1048576.0) / 1048576.0
    rest = sign * (x - half) * (x + half)
    return np.exp(sign * half * half) * (1 + rest * (1 + rest * (0.5 + rest / 6)))
