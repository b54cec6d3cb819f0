"""The rows that a model is fitted to: kept where they are few, read again for each iteration where they are many."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adcli.batch.files.batches import Batch
from adcli.batch.files.cells import Numbers
from adcli.batch.files.readers import Reader
from adcli.errors import DataError, FileError

MOST_CELLS = 8_000_000
"""Numbers that are kept; beyond, files are read again and again."""
MOST_EXACT = 3_000
"""Rows of which the texts are kept, for more digits than floats have."""
SIZE = 65_536
"""Rows read at a time."""


class Given(Batch):
    """Rows of clean columns, and parameters that have one value in all rows."""

    def __init__(
        self,
        origin: str,
        first: int,
        columns: Mapping[str, Any],
        constants: Mapping[str, float],
        count: int,
        places: Sequence[int] | None = None,
    ) -> None:
        super().__init__(origin, first, [*columns, *constants], count)
        self.places = places
        self.columns = columns
        self.constants = constants

    def values(self, name: str) -> Sequence[Any]:
        found: Sequence[Any] = self.numbers(name).values
        return found

    def numbers(self, name: str) -> Numbers:
        if name in self.constants:
            return Numbers([self.constants[name]] * self.count)
        column = self.columns[name]
        return Numbers(column.tolist() if hasattr(column, "tolist") else column)

    def floats(self, name: str) -> Numbers:
        import numpy as np

        if name in self.constants:
            return Numbers(np.full(self.count, self.constants[name]))
        return Numbers(np.ascontiguousarray(self.columns[name], dtype=float))


Part = tuple[str, int, dict[str, Any], int, Sequence[int] | None]
"""Some rows: of which file, from which on, their columns, how many, and where they stood if others are left out."""


class Rows:
    """The rows of files. `columns` says for each reader which of its columns is which variable; `arrays` says whether
    they are kept as arrays; a row that lacks a number is an error unless *skip* leaves it out."""

    def __init__(
        self, readers: Sequence[Reader], columns: Sequence[Mapping[str, str]], *, arrays: bool, skip: bool
    ) -> None:
        self.readers = [reader.faster() if arrays else reader for reader in readers]
        self.columns = columns
        self.names = list(columns[0])
        self.arrays = arrays
        self.skip = skip
        self.skipped = 0
        self.count = 0
        self.exact: dict[str, list[Any]] | None = {name: [] for name in self.names}
        """The cells as they are written, where they are few."""
        self._kept: list[Part] | None = []
        for part in self._read():
            self.count += part[3]
            if self._kept is not None:
                self._kept.append(part)
                if self.count * len(self.names) > MOST_CELLS:
                    self._kept = None
                    self._refuse_streams()

    def _refuse_streams(self) -> None:
        for reader in self.readers:
            if not reader.regular:
                raise FileError(
                    f"{reader.origin} has more rows than are kept, and cannot be read again for each iteration",
                    hint="save it to a file first",
                )

    def batches(self, constants: Mapping[str, float]) -> Iterator[Given]:
        """All rows, some at a time."""
        for origin, first, found, count, places in self._read() if self._kept is None else self._kept:
            yield Given(origin, first, found, constants, count, places)

    def _read(self) -> Iterator[Part]:
        """From the files."""
        begun = self.count > 0
        for reader, columns in zip(self.readers, self.columns, strict=True):
            if reader.regular:
                reader.open()
            reader.wanted = frozenset(columns.values())
            for batch in reader.batches(SIZE):
                yield self._clean(batch, columns, keep=not begun)
            if reader.regular:
                reader.close()

    def _clean(self, batch: Batch, columns: Mapping[str, str], *, keep: bool) -> Part:
        """The numbers of a batch, without the rows that lack one."""
        found: dict[str, Any] = {}
        bad: dict[int, str] = {}
        for name, column in columns.items():
            numbers = batch.floats(column) if self.arrays else batch.numbers(column)
            found[name] = numbers.values
            bad.update(dict.fromkeys(numbers.null, f"{column} is null"))
            bad.update({row: f"{column} is {said}, which is no number" for row, said in numbers.unreadable.items()})
            for row in _infinite(numbers.values):
                bad.setdefault(row, f"{column} is no finite number")
        if bad and not self.skip:
            row = min(bad)
            raise DataError(f"{batch.row(row)}: {bad[row]}", hint=_remedy(bad[row]))
        good = [row for row in range(batch.count) if row not in bad] if bad else None
        if good is not None:
            found = {name: _chosen(column, good) for name, column in found.items()}
        if keep:
            self.skipped += len(bad)
            self._keep_exact(batch, columns, good)
        if good is None:
            return batch.origin, batch.first, found, batch.count, batch.places
        return batch.origin, batch.first, found, len(good), batch.taken(good).places

    def _keep_exact(self, batch: Batch, columns: Mapping[str, str], good: Sequence[int] | None) -> None:
        if self.exact is None:
            return
        if self.count + batch.count > MOST_EXACT:
            self.exact = None
            return
        for name, column in columns.items():
            cells = batch.values(column)
            numbers = batch.numbers(column).values
            rows = range(batch.count) if good is None else good
            self.exact[name] += [_written(cells[row], numbers[row]) for row in rows]


def _chosen(column: Any, rows: Sequence[int]) -> Any:
    return column[rows] if hasattr(column, "dtype") else [column[row] for row in rows]


def _infinite(column: Any) -> Sequence[int]:
    if hasattr(column, "dtype"):
        import numpy as np

        found: list[int] = np.flatnonzero(~np.isfinite(column)).tolist()
        return found
    return [row for row, number in enumerate(column) if not math.isfinite(number)]


def _written(cell: Any, number: float) -> Any:
    """A cell as a text that means it exactly, else the number that it was read as."""
    if isinstance(cell, str):
        try:
            if float(cell) == number:
                return cell.strip()
        except ValueError:
            pass
    return float(number)


def _remedy(said: str) -> str:
    """What may be done about a cell without a number."""
    skip = "--on-error skip leaves such rows out"
    if "is no number" not in said:
        return skip
    if re.search(r"\d,\d", said):
        return f"--decimal , reads decimals with a comma, --thousands , groups of digits; {skip}"
    return f"--decimal, --thousands and --null-values say how numbers are written; {skip}"
