"""Tables of numbers with sentences between them: what the studies of costs and methods look like in every format.

A study says what is in its tables, as a list of sheets and sentences; how a format writes them is said here once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias

from adcli.render import View
from adcli.render.numbers import exact, outward, rounded, whole
from adcli.results import Number, Result


class Short(NamedTuple):
    """A number of which people want to see few digits, such as a ratio or an error."""

    number: float
    digits: int = 3
    unit: str = ""


class End(NamedTuple):
    """A proven bound, an upper one or a lower one: fewer digits must not make it false."""

    number: float
    upper: bool


def short(number: float | None, digits: int = 3) -> Short | None:
    """A number of few digits, if there is one."""
    return None if number is None else Short(number, digits)


Cell: TypeAlias = "str | int | Number | Short | End | None"
"""What stands in a table; None is nothing, shown as a dash."""


class Sheet(NamedTuple):
    """A table. Its first `left` columns are words, the others numbers; `strong` is the row that matters most."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    left: int = 1
    strong: int | None = None

    def shown(self, result: Result, view: View) -> list[list[str]]:
        """The heads and the rows as people read them."""
        rows = [[shown_cell(cell, view, result.precision) for cell in row] for row in self.rows]
        return [list(self.heads), *rows]


class Said(NamedTuple):
    """A sentence, with a mark: "" for a plain one, or one of → ✓ – ✗ !."""

    text: str
    mark: str = ""

    @property
    def lines(self) -> Sequence[str]:
        """The sentence behind its mark, as the other parts that are no tables have lines."""
        return [f"{self.mark} {self.text}".strip()]


class Drawn(NamedTuple):
    """A picture in characters, which programs do not get."""

    lines: Sequence[str]


class Code(NamedTuple):
    """A program."""

    lines: Sequence[str]


Part: TypeAlias = "Sheet | Said | Drawn | Code"


def written(parts: Sequence[Part], result: Result, format: str, view: View) -> str:
    """The parts in a format that tables can be written in."""
    text: str = import_module(f"adcli.render.{format}").written(parts, result, view)
    return text


def iterations(heads: Sequence[str], steps: Sequence[Any], row: Callable[[Any], Sequence[Cell]], most: int) -> Sheet:
    """A table of iterations, a *row* each: the first and the last of them where they are more than *most*."""
    numbered = list(enumerate(steps))
    shown = numbered if len(steps) <= most + 1 else [*numbered[:2], *numbered[-most + 2 :]]
    title = "the way" if len(shown) == len(steps) else f"the way: {len(shown)} of {len(steps)} iterations"
    return Sheet(["", *heads], [[f"{number}", *row(step)] for number, step in shown], title)


def fields(value: Any) -> Any:
    """A record of a study, and all inside it, as dictionaries for JSON."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: fields(part) for name, part in vars(value).items()}
    if isinstance(value, dict):
        return {name: fields(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [fields(part) for part in value]
    return value


def shown_cell(cell: Cell, view: View, precision: int = 15) -> str:
    """A cell for people."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Short):
        large = 10.0**cell.digits <= abs(cell.number) < 1e15
        return (f"{cell.number:,.0f}" if large else rounded(cell.number, cell.digits)) + cell.unit
    if isinstance(cell, End):
        return outward(cell.number, view.digits, up=cell.upper)
    if isinstance(cell, int):
        return f"{cell:,}" if abs(cell) < 10**15 else rounded(float(cell), 3)
    return rounded(cell, view.digits, precision)


def exact_cell(cell: Cell) -> str:
    """A cell for programs."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (Short, End)):
        return exact(cell.number)
    return whole(cell) if isinstance(cell, int) else exact(cell)
