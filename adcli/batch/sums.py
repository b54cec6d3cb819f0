"""Totals over rows, as exact as if each had been added with twice the digits of a double."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from adcli.batch.files.batches import Batch
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import Layout, Results, Writer
from adcli.errors import DataError, RangeError

SCALE = 100
"""The power of two by which numbers are made smaller whose sum leaves the range of doubles on the way."""


class Total:
    """A sum of columns that come one after the other. It does not depend on how they are cut, or on threads, but for
    what lies beyond the digits of two doubles."""

    def __init__(self) -> None:
        self._parts: list[float] = []

    def add(self, column: Any, skipped: Collection[int] = ()) -> None:
        """Add a list's or an array's numbers, but for some places."""
        if hasattr(column, "dtype"):
            self._parts += _pair_of_array(column, skipped)
        else:
            self._parts += _pair([x for i, x in enumerate(column) if i not in skipped] if skipped else column)

    @property
    def parts(self) -> list[float]:
        """Two doubles that say it."""
        return _pair(self._parts)

    def merge(self, parts: Sequence[float]) -> None:
        """Add another total."""
        self._parts = _pair([*self._parts, *parts])

    @property
    def value(self) -> float:
        """The sum, rounded once."""
        return _sum(self._parts)


def _sum(numbers: Sequence[float]) -> float:
    try:
        try:
            return math.fsum(numbers)
        except OverflowError:  # on the way, perhaps
            return math.ldexp(math.fsum(math.ldexp(x, -SCALE) for x in numbers), SCALE)
    except (OverflowError, ValueError):
        raise RangeError("the total exceeds the largest float, about 1.8e308") from None


def _pair(numbers: Sequence[float]) -> list[float]:
    """Two doubles with the sum: the nearest to it, and what is left."""
    high = _sum(numbers)
    return [high, _sum([*numbers, -high])]


def _pair_of_array(column: Any, skipped: Collection[int]) -> list[float]:
    """The same for an array, by adding one half to the other, and all errors of that, again and again."""
    import numpy as np

    rest = np.delete(column, list(skipped)) if skipped else np.asarray(column, dtype=float)
    errors = []
    with np.errstate(all="ignore"):
        while len(rest) > 1:
            half = len(rest) // 2
            a, b, odd = rest[:half], rest[half : 2 * half], rest[2 * half :]
            total = a + b
            shift = total - a
            errors.append(float(((a - (total - shift)) + (b - shift)).sum()))
            rest = np.concatenate([total, odd])
    high = float(rest[0]) if len(rest) else 0.0
    return _pair([high, *errors])


class Adding(Writer):
    """Totals of rows instead of the rows."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(None, layout)  # type: ignore[arg-type]  # it writes nothing
        self.totals = [Total() for _ in layout.outputs]
        self.count = 0

    def write(self, results: Results) -> None:
        """Add a batch's rows, those that have results."""
        for total, column in zip(self.totals, results.columns, strict=True):
            total.add(column, results.failures)
        self.count += results.batch.count - len(results.failures)

    def merge(self, totals: Sequence[Sequence[float]], count: int) -> None:
        """Add the totals of other rows."""
        for total, parts in zip(self.totals, totals, strict=True):
            total.merge(parts)
        self.count += count


class Reducing(Adding):
    """A destination of rows of which one comes out: their total, or their mean."""

    def __init__(self, target: Writer, how: str) -> None:
        super().__init__(target.layout)
        self.target = target
        self.how = how

    def begin(self, source: Reader) -> None:
        self.source = source

    def finish(self) -> None:
        if not self.count:
            raise DataError(f"{self.source.origin} has no row with a result, of which there could be a {self.how}")
        found = [total.value / (self.count if self.how == "mean" else 1) for total in self.totals]
        self.target.begin(self.source)  # not before there is a result
        self.target.write(Results(Batch(f"the {self.how}", 1, [], 1), [[x + 0.0] for x in found], {}))
        self.target.finish()
