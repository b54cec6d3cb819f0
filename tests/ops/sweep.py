"""How many units in the last place the handbook's partials are off, at ordinary and at log-spaced points.

`python -m ops.sweep --count 60` in tests/ prints each row's worst; the truth is a difference of mpmath's values.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator

import mpmath
from mpmath import mp

from adcli.arithmetic.doubles import doubles
from adcli.ops import Op

from . import truth
from .comparison import in_range, partial_of, ulps
from .samples import LEAN, Point, points, ranges

DIGITS = 320


def spread(op: Op, count: int) -> Iterator[Point]:
    """Points from 1e-7 to 50, with the signs of the row's intervals."""
    draw = random.Random(f"{op.name} sweep")
    for _ in range(count):
        yield tuple(
            (1 if min(float(choice.partition(":")[0]) for choice in choices) >= 0 else draw.choice((1, -1)))
            * 10 ** draw.uniform(-7, 1.7)
            if ":" in choices[0]
            else float(draw.choice(choices))
            for choices in ranges(op)
        )


def worst(op: Op, i: int, count: int) -> tuple[float, Point]:
    """The largest error of a partial, and where."""
    found: tuple[float, Point] = (0.0, ())
    arithmetic = doubles()
    for point in (*points(op, count // 2), *spread(op, count)):
        if op.domain and not arithmetic.condition(op, op.domain)(None, *point):
            continue
        if op.kink and arithmetic.condition(op, op.kink)(arithmetic.value(op)(*point), *point):
            continue
        with mpmath.workdps(DIGITS):
            try:
                exact = truth.derivative(op, i, point)
            except (truth.NoValue, mpmath.libmp.NoConvergence):
                continue
            if in_range(exact) and abs(exact) > mp.mpf(10) ** -290:
                found = max(found, (ulps(partial_of(op, i, arithmetic)(point), exact), point))
    return found


def main() -> None:
    """Print the worst of each partial."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--rows", default="")
    given = parser.parse_args()
    for op in LEAN:
        if op.inner or (given.rows and op.name not in given.rows.split(",")):
            continue
        for i, name in enumerate(op.arguments):
            if op.partials[i] is not None:
                error, point = worst(op, i, given.count)
                print(f"{op.name}\t{name}\t{error:.1f}\t{'' if error <= 8 else point}", flush=True)


if __name__ == "__main__":
    main()
