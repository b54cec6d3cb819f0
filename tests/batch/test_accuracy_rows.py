"""Digits over rows: every engine is right to a few units in the last place wherever it answers, or says that it is not.

As a script it tries more rows, and prints the largest error of each operation: `python test_accuracy_rows.py 2000`.
"""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

import mpmath
import pytest
from mpmath import mp
from ops import truth
from ops.cancelling import PLACES
from ops.comparison import partial_of, ulps
from ops.samples import NUMERIC, Point, at, far_ends, points, ranges, text
from rows import each_engine, needs_data

import adcli
from adcli.arithmetic.doubles import TINY, doubles
from adcli.batch.engines import ENGINES, Declined, compiled, installed
from adcli.batch.question import Request, build
from adcli.ops import TABLE, Op
from adcli.problem.problem import problem

ULPS = 8
"""Units in the last place that a row's number may be off."""
NEAR = 2
"""Where an engine and the scalar path differ by no more, the tests of the scalar path speak for both."""
COUNT = 20
"""Rows of each kind in the suite."""


class Miss(NamedTuple):
    """A number over rows: by how many units it is off, what it is (0 for the value, i for the i-th partial), where."""

    ulps: float
    number: int
    point: Point
    got: float
    want: str


def spread(op: Op, count: int) -> list[Point]:
    """The row's intervals, the landmarks, and what is spaced evenly in the logarithm from 1e-300 to 1e300."""
    draw = random.Random(f"{op.name} over rows")
    choices = ranges(op)

    def one() -> float:
        size = 10 ** draw.choice((draw.uniform(-300, 300), draw.uniform(-20, 20), draw.uniform(-3, 3)))
        return draw.choice((1, -1)) * size

    found = [*points(op, count), *far_ends(op, count)]
    for _ in range(count):
        point = [one() for _ in choices]
        if len(point) > 1 and draw.random() < 0.4:  # terms that nearly cancel
            point[1] = point[0] * (1 + draw.choice((1, -1)) * 10 ** draw.uniform(-15, 0))
        if draw.random() < 0.3:  # next to multiples of π/2 and whole numbers, where zeros and poles are
            k = draw.randrange(-200, 200)
            point[0] = draw.choice((k * math.pi / 2, float(k))) + 10 ** draw.uniform(-15, -1)
        for i, choice in enumerate(choices):
            if all(":" not in word for word in choice):
                point[i] = float(draw.choice(choice))
        found.append(tuple(point))
    found = [p for p in dict.fromkeys(found) if len(p) == len(choices)]
    return [p for p in found if all(x == 0 or TINY <= abs(x) < 1e308 for x in p)]


def answers(op: Op, rows: Sequence[Point], engine: str) -> tuple[list[int], list[list[float]]]:
    """The positions that the engine differentiates by; of each row the value and the partials, [] where in doubt."""
    names = list(at(op, rows[0]))
    positions = [i for i in range(len(names)) if op.partials[0 if op.variadic else i] is not None]
    for wanted in (positions, []) if positions else ([],):
        base = problem(text(op), values=False, wrt=[names[i] for i in wanted or range(len(names))])
        try:
            run = compiled(engine, build(base, Request("grad" if wanted else "eval"), names))
            break
        except Declined:
            continue
    else:
        return [], [[] for _ in rows]
    columns: list[object] = [list(column) for column in zip(*rows, strict=True)]
    if engine != "python":
        import numpy as np

        columns = [np.array(column) for column in columns]
    outcome = run(columns, len(rows))
    doubtful = set(outcome.doubtful)
    lists = [list(map(float, column)) for column in outcome.outputs]
    return wanted, [[] if i in doubtful else [column[i] for column in lists] for i in range(len(rows))]


def scalar(op: Op, point: Point, position: int) -> float:
    """What one point alone gets: nan for none."""
    try:
        if position < 0:
            return float(doubles().value(op)(*point))
        return float(partial_of(op, position, doubles())(point))
    except (ArithmeticError, ValueError):
        return math.nan


def exact(op: Op, point: Point, position: int) -> mp.mpf | None:
    """The truth, or None for none."""
    try:
        value = truth.value(op, *point)
        if position < 0:
            return value
        formula = truth.sympy_derivative(op, position, len(point))
        found = truth.derivative(op, position, point) if formula is None else formula(*map(mp.mpf, point))
    except (truth.NoValue, ZeroDivisionError, ValueError):
        return None
    return None if hasattr(found, "_mpc_") or not mp.isfinite(found) else found


def misses(op: Op, engine: str, count: int) -> Iterator[Miss]:
    """The numbers of an engine that differ from the scalar path's, with their errors."""
    rows = spread(op, count)
    positions, found = answers(op, rows, engine)
    for point, numbers in zip(rows, found, strict=True):
        for number, (position, got) in enumerate(zip((-1, *positions), numbers, strict=False)):
            if position >= 0 and op.kink and doubles().condition(op, op.kink)(doubles().value(op)(*point), *point):
                continue
            near = scalar(op, point, position)
            if ulps(got, mp.mpf(near)) <= NEAR if math.isfinite(near) else False:
                continue
            with mpmath.workdps(truth.far_digits(op)):
                want = exact(op, point, position)
                yield Miss(math.inf if want is None else ulps(got, want), number, point, got, mp.nstr(want, 20))


@each_engine
@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_rows_keep_their_digits_everywhere(op: Op, engine: str) -> None:
    """Values and partials that are not in doubt, from 1e-300 to 1e300 and next to zeros and poles."""
    assert [miss for miss in misses(op, engine, COUNT) if miss.ulps > ULPS] == []


@needs_data
@each_engine
@pytest.mark.parametrize(("name", "point"), PLACES)
def test_second_derivatives_over_rows_keep_their_digits_where_rules_cancel(
    name: str, point: tuple[float, ...], engine: str
) -> None:
    """Eleven digits of every entry, as at a point."""
    op = TABLE[name]
    text = f"{name}({', '.join(op.arguments)})"
    found = adcli.compile(text, what="hessian", engine=engine)(
        **dict(zip(op.arguments, [[x] for x in point], strict=True))
    )
    with mpmath.workdps(160):
        for i, first in enumerate(op.arguments):
            for j, second in list(enumerate(op.arguments))[i:]:
                want = truth.second_derivative(op, i, j, point)
                assert abs(float(found[f"h_{first}_{second}"][0]) - want) <= 1e-11 * abs(want), (first, second)


def main(count: int, engines: Sequence[str], names: Sequence[str]) -> None:
    """Print the largest error of each number, where it is more than the smallest ones."""
    for engine in engines:
        for op in NUMERIC:
            if names and op.name not in names:
                continue
            worst: dict[int, Miss] = {}
            for miss in misses(op, engine, count):
                worst[miss.number] = max(worst.get(miss.number, miss), miss)
            for number, miss in sorted(worst.items()):
                if miss.ulps > 4:
                    what = f"by {op.arguments[0 if op.variadic else number - 1]}" if number else "value"
                    print(
                        f"{engine:6} {op.name:15} {what:8} {miss.ulps:9.3g} {miss.point} {miss.got!r}, {miss.want}",
                        flush=True,
                    )


if __name__ == "__main__":
    known = [name for name in ENGINES if installed(name)]
    main(
        next((int(word) for word in sys.argv[1:] if word.isdigit()), 2000),
        [word for word in sys.argv[1:] if word in known] or known,
        [word for word in sys.argv[1:] if not word.isdigit() and word not in known],
    )
