"""Totals over rows: exact, and the same however rows are cut."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import add
from types import SimpleNamespace
from typing import Any

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
    assert total.value() == truth
    assert truth != reduce(add, numbers)  # sum() compensates from Python 3.12 on


@pytest.mark.parametrize("arrays", [False, True])
def test_rows_are_left_out_by_their_places(arrays: bool) -> None:
    """Whatever stands there."""
    numpy = pytest.importorskip("numpy") if arrays else None
    total = Total()
    numbers = [1.0, math.nan, 3.0]
    total.add(numpy.array(numbers) if numpy is not None else numbers, [1])
    assert total.value() == 4
    total.add([])
    assert total.value() == 4


def test_a_total_may_leave_the_range_on_the_way() -> None:
    """It is what exact addition gives, as long as that is a double."""
    total = Total()
    total.add([1e308, 1e308, -1e308, -1e308, 1.0])
    assert total.value() == 1.0


def test_what_exceeds_all_floats_is_refused() -> None:
    """No infinity comes out."""
    total = Total()
    total.add([1e308, 1e308])
    with pytest.raises(RangeError):
        total.value()
    assert total.value(2) == 1e308
    for strange in (math.inf, math.nan):
        with pytest.raises(RangeError):
            total.add([1.0, strange])


@pytest.mark.parametrize("arrays", [False, True])
def test_nothing_is_lost_at_either_end_of_the_range(arrays: bool) -> None:
    """The least of all doubles counts beside the largest, and a mean is rounded once."""
    numpy = pytest.importorskip("numpy") if arrays else None
    numbers = [5e-324, 1.7e308, 2.0**-1022, -1.7e308, 5e-324, 1e-300, -1e-300]
    total = Total()
    total.add(numpy.array(numbers) if numpy is not None else numbers)
    assert total.value() == 2.0**-1022 + 2 * 5e-324
    assert total.value(3) == float(Fraction(2.0**-1022 + 2 * 5e-324) / 3)


def test_totals_are_the_same_bits_in_any_order() -> None:
    """Of many parts, cut anywhere, joined in any tree by whoever is first, as one that cannot round."""
    from adcli.batch.far import trees
    from adcli.batch.tally import Tally

    numbers, chance = hard(300, 7), random.Random(3)
    truth = sum(map(Fraction, numbers)) * 2**1074

    class Handle:
        def __init__(self, tally: Tally) -> None:
            self.tally = tally

    class Disorderly:
        """Places of which any may be ready."""

        def place(self, task: Any, state: bytes, part: Any) -> Any:
            return Handle(task(state, part))

        def join(self, origins: Any, handles: Any) -> Any:
            assert [handle.tally.divided[0] for handle in handles] == list(origins)
            return Handle(trees.together(*(handle.tally for handle in handles)))

        def ready(self, handles: Any) -> Any:
            return chance.sample(handles, chance.randint(1, len(handles)))

        def settled(self, origin: str, handle: Any) -> Any:
            return handle

        def brought(self, origin: str, handle: Any) -> Tally:
            found: Tally = handle.tally
            return found

    def task(state: bytes, part: Any) -> Tally:
        found, total = Tally(), Total()
        total.add(part.numbers)
        found.totals, found.counted, found.divided = [total.units], 1, [part.origin]
        return found

    told: list[int] = []
    for count, workers in ((1, 1), (7, 1), (8, 2), (65, 3), (300, 9)):
        cuts = sorted([0, *chance.choices(range(len(numbers) + 1), k=count - 1), len(numbers)])
        parts = [SimpleNamespace(origin=str(i), numbers=numbers[a:b]) for i, (a, b) in enumerate(pairwise(cuts))]
        told.clear()
        found = trees.total(Disorderly(), task, b"", parts, lambda done, more=0: told.append(done), workers)
        assert (found.totals, found.counted, sum(told)) == ([truth], count, count)
        assert found.divided == [part.origin for part in parts]
    assert not trees.total(Disorderly(), task, b"", [], lambda done, more=0: None, 1).totals
