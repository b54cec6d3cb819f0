"""A learner's table, as it stands in a file: its columns, its numbers as people write them, its names."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from adcli.arithmetic.doubles import doubles
from adcli.errors import AdcliError, DataError
from adcli.problem.problem import Problem

SPELLINGS = {"node": "name", "row": "name", "variable": "name", "v": "value", "primal": "value"}
"""Other names of the columns."""
_SUBSCRIPTS = str.maketrans("₋₀₁₂₃₄₅₆₇₈₉−'", "-0123456789-′")


class Cell(NamedTuple):
    """An entry as it stands in the table."""

    line: int
    name: str
    column: str
    text: str
    number: float
    """nan where what stands there is no number."""


class Table:
    """The cells of a table in CSV that stand in *columns*, and the columns that were not read. Raises DataError."""

    def __init__(self, text: str, origin: str, columns: Sequence[str], asked: Problem) -> None:
        self.origin = origin
        self.columns = columns
        self.asked = asked
        self.unread: list[str] = []
        self.cells = self._read(text)

    def _fault(self, line: int, message: str, hint: str | None = None) -> DataError:
        return DataError(f"{self.origin}, line {line}: {message}", hint=hint)

    def _read(self, text: str) -> list[Cell]:
        import csv

        rows = text.splitlines()
        first = next((i for i, row in enumerate(rows) if row.strip()), None)
        if first is None:
            raise DataError(f"{self.origin} is empty", hint="its first line names the columns: name,value")
        delimiter = next((c for c in "\t;,|" if c in rows[first]), ",")
        try:
            table = list(csv.reader(rows[first:], delimiter=delimiter, strict=True))
        except csv.Error as fault:
            raise DataError(f"{self.origin} is no table: {fault}") from None
        heads = [self._head(cell) for cell in table[0]]
        known = {i: head for i, head in enumerate(heads) if head in self.columns}
        for i, head in enumerate(heads):
            if head in heads[:i] and head in (*self.columns, "name"):
                raise self._fault(first + 1, f"there are two columns {head}")
            if head.startswith(("tangent", "adjoint")) and head not in self.columns:
                raise self._fault(
                    first + 1, f"there is no {table[0][i].strip()}", "columns: " + ", ".join(self.columns)
                )
        if "name" not in heads or not known:
            lacks = "name" if "name" not in heads else "value"
            raise self._fault(
                first + 1, f"there is no column called {lacks}", "columns: name, " + ", ".join(self.columns)
            )
        self.unread = [cell.strip() for cell, head in zip(table[0], heads, strict=True)
                       if head and head not in (*self.columns, "name", "formula")]  # fmt: skip
        place = heads.index("name")
        cells = []
        for line, row in enumerate(table[1:], first + 2):
            if not any(cell.strip() for cell in row):
                continue
            name = row[place].strip() if place < len(row) else ""
            if not name:
                raise self._fault(line, "the name is missing")
            for i, head in known.items():
                written = row[i].strip() if i < len(row) else ""
                if written:
                    number = self._number(written, comma=delimiter != ",")
                    cells.append(Cell(line, name, head, written, number))
        if not cells:
            raise DataError(f"{self.origin} has no numbers to correct")
        return cells

    def _head(self, cell: str) -> str:
        head = cell.strip().lower().replace(" ", "_").removeprefix("\ufeff")
        return SPELLINGS.get(head, head)

    def _number(self, written: str, *, comma: bool) -> float:
        """A number as people write it: 0.5, 1/2, -0,284 (where commas separate no columns), pi/4, ln(2)."""
        text = written.replace("−", "-")
        if text.lower() in ("true", "false"):
            return float(text.lower() == "true")
        if text.count(",") == 1 and (comma or text.replace(",", "").replace("-", "").isdigit()):
            text = text.replace(",", ".")
        try:
            return float(text)
        except ValueError:
            pass
        try:
            return float(self.asked.number(text, doubles(), written))
        except AdcliError:
            return nan


def spellings(name: str) -> tuple[str, ...]:
    """A name as given, on one line and without accents, and without the marks of LaTeX."""
    bare = "".join(c for c in name.translate(_SUBSCRIPTS) if c not in "\u0307\u0304 ")
    return name, bare, bare.replace("_", "").replace("{", "").replace("}", "").replace("$", "")


def numbered(name: str) -> bool:
    """Whether it is v or V with a number."""
    return name[:1] in ("v", "V") and name[1:].removeprefix("-").isdecimal()
