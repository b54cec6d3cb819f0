"""Points to test an operation at: drawn from its row's `samples`, and the far ends of the doubles."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import pytest

from adcli.ops import TABLE, Op

Point = tuple[float, ...]

NUMERIC = [op for op in TABLE.values() if op.samples and not op.lean]
"""Every operation on numbers; `where`, conditions and `undefined` have nothing to sample."""

LEAN = [op for op in TABLE.values() if op.samples and op.lean]
"""Those of the handbook, tested at few points: each takes mpmath long."""

PARTIALS = [
    pytest.param(op, i, id=f"{op.name}-{name}")
    for op in NUMERIC
    for i, name in enumerate(op.arguments)
    if op.partials[i] is not None
]
"""Every partial derivative of the table: (operation, position)."""

each_operation = pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
each_partial = pytest.mark.parametrize(("op", "i"), PARTIALS)


def ranges(op: Op) -> list[list[str]]:
    """The row's alternatives for each argument: "low:high" intervals or single values."""
    return [part.replace("|", " ").split() for part in op.samples.split(";")]


def continuous(op: Op) -> int:
    """How many arguments are real numbers, rather than choices."""
    return sum(any(":" in choice for choice in choices) for choices in ranges(op))


def points(op: Op, count: int = 6) -> list[Point]:
    """*count* points in the row's intervals, the same ones in each run."""
    draw = random.Random(op.name)
    return [tuple(_number(draw, draw.choice(choices)) for choices in ranges(op)) for _ in range(count)]


def _number(draw: random.Random, choice: str) -> float:
    low, _, high = choice.partition(":")
    return draw.uniform(float(low), float(high)) if high else float(low)


LANDMARKS = (0.0, 0.5, 1.0, 2.0, math.exp(-1), math.pi / 2, 1.4616321449683623, 710.0, 745.0)
"""Boundaries of domains, poles, zeros and the places where exponentials leave the doubles; also negative."""


def far_ends(op: Op, count: int = 40) -> list[Point]:
    """Points all over the doubles: huge, tiny, and at all distances from the landmarks; normal numbers only.

    Subnormal numbers have themselves lost digits.
    """
    draw = random.Random(op.name)
    fixed = [x for a in LANDMARKS for b in (a, -a) for x in (b, math.nextafter(b, 9e9), math.nextafter(b, -9e9))]
    fixed += [s * x for x in (1e-300, 1e-20, 1e20, 1.5e154, 1e160, 1.7e308) for s in (1, -1)]
    found: list[Point] = []
    if len(ranges(op)) == 1:
        found = [(x,) for x in fixed]
        found += [(_anywhere(draw),) for _ in range(count)]
    else:
        for _ in range(count // 2 if op.flops < 40 else count // 5):
            one, other = _anywhere(draw), _anywhere(draw)
            near = one * (1 + draw.choice((1, -1)) * 10 ** draw.uniform(-15, 0))
            found += [
                (one, other),
                (one, near),
                (draw.choice(fixed), other),
                (draw.uniform(-9, 9), draw.uniform(-9, 9)),
            ]
            if op.flops < 40:
                k = draw.uniform(1, 52)  # powers of what is near 1, and whole powers
                found += [
                    (1 + draw.choice((1, -1)) * 2**-k, draw.choice((1, -1)) * 2 ** (k + draw.uniform(-3, 8))),
                    (draw.uniform(-9, 9), float(draw.randrange(-9, 9))),
                    (draw.choice((0.0, -1.0)), draw.choice((1, -1)) * 2 ** (k + 30)),
                ]
    if len(ranges(op)) > 2 and (op.matrix or not op.variadic):
        # Of several numbers there are too many ends: as people draw them.
        found = points(op)
    for position, choices in enumerate(ranges(op)):
        if all(":" not in choice for choice in choices):  # an argument that is a whole number stays one
            found = [(*p[:position], float(draw.choice(choices)), *p[position + 1 :]) for p in found]
    return [p for p in found if all(x == 0 or abs(x) >= 2.2250738585072014e-308 for x in p)]


def _anywhere(draw: random.Random) -> float:
    sign = draw.choice((1, -1))
    kind = draw.randrange(4)
    if kind == 0:
        return draw.uniform(-9, 9)
    if kind == 1:
        return sign * 10 ** draw.uniform(-307, 308)
    if kind == 2:
        return sign * 10 ** draw.uniform(-18, 4)
    return sign * draw.choice(LANDMARKS) * (1 + draw.choice((1, -1)) * 2 ** draw.uniform(-52, 0))


def boundaries() -> Iterator[float]:
    """Where domains may end and kinks may lie, and the doubles on both sides."""
    for a in (-3.0, -2.0, -1.0, -0.5, -math.exp(-1), 0.5, 1.0, 2.0):
        yield from (math.nextafter(a, -9), a, math.nextafter(a, 9))
    yield from (-1e-300, 0.0, 1e-300, -7.25, 7.25)


def text(op: Op) -> str:
    """The operation applied to its arguments, in the language."""
    names = [f"x{i}" for i in range(1, len(ranges(op)) + 1)] if op.variadic else list(op.arguments)
    if op.symbol:
        return f" {op.symbol} ".join(names) if len(names) == 2 else f"{op.symbol} {names[0]}"
    return f"{op.name}({', '.join(names)})"


def at(op: Op, point: Point) -> dict[str, float]:
    """The point by the names that `text` uses."""
    names = [f"x{i}" for i in range(1, len(point) + 1)] if op.variadic else op.arguments
    return dict(zip(names, point, strict=True))
