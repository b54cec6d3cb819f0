"""Where no derivative exists: found by one-sided differences, flagged by the row, settled by convention."""

from __future__ import annotations

import itertools
from typing import Any

import mpmath
import pytest
from mpmath import mp

from adcli.derivatives.answers import gradient
from adcli.errors import KinkError
from adcli.ops import Op

from . import truth
from .comparison import attempt
from .samples import NUMERIC, Point, at, points, ranges, text

KINKED = [op for op in NUMERIC if op.kink]
STEP = 2.0**-60
PLACES = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)

each_kinked = pytest.mark.parametrize("op", KINKED, ids=lambda op: op.name)


def grid(op: Op) -> list[Point]:
    """Whole and half numbers, where functions of the table have their corners and jumps."""
    return list(itertools.product(PLACES, repeat=len(ranges(op))))


def one_sided(op: Op, i: int, point: Point) -> tuple[Any, Any]:
    """The slopes to the left and to the right along argument i; huge ones where the function jumps."""
    step = mp.mpf(STEP)
    here = truth.value(op, *point)
    slopes = []
    for side in (-step, step):
        there = truth.value(op, *point[:i], point[i] + side, *point[i + 1 :])
        slopes.append((there - here) / side)
    return slopes[0], slopes[1]


def is_kink(op: Op, point: Point) -> bool:
    """Whether along some argument the slopes on both sides differ, or the function jumps."""
    with mpmath.workdps(truth.DIGITS):
        slopes = [one_sided(op, i, point) for i in range(len(point))]
        return any(abs(left - right) > 1e-6 or abs(left) > 1e9 for left, right in slopes)


@each_kinked
def test_a_kink_is_flagged_exactly_where_one_sided_slopes_differ(op: Op) -> None:
    """By a warning with its place, and with --kinks error by a refusal."""
    found = 0
    for point in grid(op):
        try:
            expected = is_kink(op, point)
        except truth.NoValue:
            continue
        found += expected
        result = gradient(text(op), at(op, point))
        notices = [notice for notice in result.warnings if notice.kind == "kink"]
        assert bool(notices) == expected, point
        assert all(notice.span == (0, len(text(op))) for notice in notices)
        if expected:
            with pytest.raises(KinkError):
                gradient(text(op), at(op, point), kinks="error")
    assert found


@each_kinked
def test_convention_lies_between_the_slopes_in_both_modes(op: Op) -> None:
    """Where the function has a corner; where it jumps, what the derivative is around."""
    for point in grid(op):
        try:
            if not is_kink(op, point):
                continue
        except truth.NoValue:
            continue
        forward = gradient(text(op), at(op, point), mode="fwd")
        reverse = gradient(text(op), at(op, point), mode="rev")
        assert forward.gradient == reverse.gradient
        precise = gradient(text(op), at(op, point), precision=30)
        for i, got in enumerate(forward.gradient.values()):
            assert got == pytest.approx(float(list(precise.gradient.values())[i]))
            with mpmath.workdps(truth.DIGITS):
                left, right = one_sided(op, i, point)
            if abs(left) < 1e6 and abs(right) < 1e6:
                assert min(left, right) - 1e-9 <= got <= max(left, right) + 1e-9, point


@pytest.mark.parametrize(
    ("written", "point", "expected"),
    [
        ("Abs(x)", {"x": 0}, {"x": 0}),
        ("sign(x)", {"x": 0}, {"x": 0}),
        ("relu(x)", {"x": 0}, {"x": 0}),
        ("Heaviside(x)", {"x": 0}, {"x": 0}),
        ("floor(x)", {"x": 2}, {"x": 0}),
        ("ceiling(x)", {"x": 2}, {"x": 0}),
        ("Max(x, 0)", {"x": 0}, {"x": 0.5}),
        ("Max(x, y, z)", {"x": 1, "y": 1, "z": 1}, {"x": 1 / 3, "y": 1 / 3, "z": 1 / 3}),
        ("Max(x, y, z)", {"x": 1, "y": 1, "z": 0}, {"x": 0.5, "y": 0.5, "z": 0}),
        ("Min(x, y, z)", {"x": 1, "y": 1, "z": 2}, {"x": 0.5, "y": 0.5, "z": 0}),
        ("hypot(x, y)", {"x": 0, "y": 0}, {"x": 0, "y": 0}),
        ("Mod(x, y)", {"x": 6, "y": 3}, {"x": 1, "y": -2}),
    ],
)
@pytest.mark.parametrize("mode", ["fwd", "rev"])
@pytest.mark.parametrize("precision", [15, 30])
def test_convention_is_the_least_of_the_subgradients(
    written: str, point: dict[str, float], expected: dict[str, float], mode: str, precision: int
) -> None:
    """And a tie of k is shared by k."""
    result = gradient(written, point, mode=mode, precision=precision)
    assert {name: float(x) for name, x in result.gradient.items()} == pytest.approx(expected)
    assert [notice.kind for notice in result.warnings] == ["kink"]


@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_no_kink_is_reported_where_there_is_none(op: Op) -> None:
    """At points of ordinary size, and on the grid for operations without kinks."""
    for point in points(op):
        assert not _kinks(op, point)
    if not op.kink:
        for point in grid(op)[:: len(ranges(op))]:
            assert not _kinks(op, point)


def _kinks(op: Op, point: Point) -> list[str]:
    wrt = [name for name, rule in zip(at(op, point), op.partials * len(point), strict=False) if rule is not None]
    result, error = attempt(gradient, text(op), at(op, point), wrt=wrt)
    assert error is None or error.exit_code == 3
    return [] if error else [notice.message for notice in result.warnings if notice.kind == "kink"]
