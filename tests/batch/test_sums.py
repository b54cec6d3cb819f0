"""Totals over rows: exact, and the same however rows are cut."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest

from adcli.batch.sums import Total
from adcli.errors import RangeError


def hard(count: int, seed: int = 1) -> list[float]:
    """Numbers of many sizes that cancel."""
    source = random.Random(seed)
    numbers = [source.choice((-1, 1)) * 10 ** source.uniform(-20, 20) for _ in range(count)]
    return [*numbers, *(-x * (1 + 1e-9) for x in numbers)]


@pytest.mark.parametrize("arrays", [False, True])
@pytest.mark.parametrize("size", [1, 7, 100, 5000])
def test_a_total_is_exact_however_rows_are_cut(arrays: bool, size: int) -> None:
    """The nearest double to the sum of all, as fractions."""
    numpy = pytest.importorskip("numpy") if arrays else None
    numbers = hard(1500)
    truth = float(sum(map(Fraction, numbers)))
    total = Total()
    for start in range(0, len(numbers), size):
        part = numbers[start : start + size]
        total.add(numpy.array(part) if numpy is not None else part)
    assert total.value == truth
    assert truth != sum(numbers)


@pytest.mark.parametrize("arrays", [False, True])
def test_rows_are_left_out_by_their_places(arrays: bool) -> None:
    """Whatever stands there."""
    numpy = pytest.importorskip("numpy") if arrays else None
    total = Total()
    numbers = [1.0, math.nan, 3.0]
    total.add(numpy.array(numbers) if numpy is not None else numbers, [1])
    assert total.value == 4
    total.add([])
    assert total.value == 4


def test_a_total_may_leave_the_range_on_the_way() -> None:
    """It is what exact addition gives, as long as that is a double."""
    total = Total()
    total.add([1e308, 1e308, -1e308, -1e308, 1.0])
    assert total.value == 1.0


def test_what_exceeds_all_floats_is_refused() -> None:
    """No infinity comes out."""
    with pytest.raises(RangeError):
        Total().add([1e308, 1e308])
