"""The answer's numbers alone, one a line, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.render import View
from adcli.render.numbers import exact
from adcli.render.sheet import Part, Sheet, exact_cell
from adcli.results import Labelled, Result


def render(result: Labelled, view: View) -> str:
    """One number a line; a determinant is the last."""
    shown = result.answer
    numbers = [*shown.flat, *(number for _, _, number in shown.besides)]
    return "".join([f"{exact(number, result.precision)}\n" for number in numbers])


def written(parts: Sequence[Part], result: Result, view: View) -> str:
    """The numbers in the tables of a study."""
    rows = [row for part in parts if isinstance(part, Sheet) for row in part.rows]
    return "".join([f"{exact_cell(cell)}\n" for row in rows for cell in row if not isinstance(cell, (str, type(None)))])
