"""Totals over rows, exact: every double is a whole number of 2^-1074, and whole numbers are added without error."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any

from adcli.batch.files.batches import Batch
from adcli.batch.files.readers import Reader
from adcli.batch.files.writers import Layout, Results, Writer
from adcli.errors import DataError, RangeError

UNIT = 1074
"""Totals are counted in units of two to the power of minus this."""
BLOCK = 4096
"""Numbers of an array that are added at a time: they stay in the processor's cache."""
_ROOM = 12
"""The bits that a sum of a block has more than its numbers."""
_HUGE = math.ldexp(1, 1000)


class Total:
    """A sum of columns that come one after the other, `units` so far. However they are cut, by whom and in which order
    they are added, it is the same."""

    def __init__(self, units: int = 0) -> None:
        self.units = units

    def add(self, column: Any, skipped: Collection[int] = ()) -> None:
        """Add a list's or an array's numbers, but for some places."""
        if hasattr(column, "dtype"):
            few: Iterable[float] = _few_of_array(column, skipped)
        else:
            few = _few([x for i, x in enumerate(column) if i not in skipped] if skipped else column)
        try:
            for x in few:
                numerator, denominator = x.as_integer_ratio()
                self.units += numerator << (UNIT + 1 - denominator.bit_length())
        except (OverflowError, ValueError):
            raise _beyond() from None

    def value(self, count: int = 1) -> float:
        """The sum, or a *count*-th of it, rounded once."""
        try:
            return self.units / (count << UNIT)
        except OverflowError:
            raise _beyond() from None


def _beyond() -> RangeError:
    return RangeError("the total exceeds the largest float, about 1.8e308")


def _few(numbers: Sequence[float]) -> Sequence[float]:
    """A few numbers with the same sum: the nearest double to it, that to what is left, and so on."""
    found: list[float] = []
    try:
        while rest := math.fsum(chain(numbers, (-x for x in found))):
            found.append(rest)
            if not math.isfinite(rest):
                break
    except (OverflowError, ValueError):  # on the way, perhaps
        return numbers
    return found


def _few_of_array(column: Any, skipped: Collection[int]) -> list[float]:
    """The same for an array, block by block: the leading bits of all its numbers, as many as add up without error, then
    the next ones (Rump, Ogita and Oishi, SIAM J. Sci. Comput. 31 (2008), 189)."""
    import numpy as np

    whole = np.delete(column, list(skipped)) if skipped else np.asarray(column, dtype=float)
    found: list[float] = []
    for start in range(0, len(whole), BLOCK):
        rest = whole[start : start + BLOCK]
        while largest := max(float(rest.max()), -float(rest.min())):
            if not largest < _HUGE:
                found += rest.tolist()
                break
            scale = math.ldexp(1, math.frexp(largest)[1] + _ROOM)
            leading = (rest + scale) - scale
            found.append(float(leading.sum()))
            rest = rest - leading
    return found


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

    def merge(self, units: Sequence[int], count: int) -> None:
        """Add the totals of *count* other rows."""
        for total, more in zip(self.totals, units, strict=True):
            total.units += more
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
        found = [total.value(self.count if self.how == "mean" else 1) for total in self.totals]
        self.target.begin(self.source)  # not before there is a result
        self.target.write(Results(Batch(f"the {self.how}", 1, [], 1), [[x + 0.0] for x in found], {}))
        self.target.finish()
