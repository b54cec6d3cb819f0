"""Comma-separated values: a header, then a row per output (or per input, in the denominator layout)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adcli.render import View
from adcli.render.numbers import exact
from adcli.results import MATRIX, SPARSE, Labelled, Result

if TYPE_CHECKING:
    from adcli.render.sheet import Part


SPARSE_HEADS = ["row", "column", "value", "row_name", "column_name"]


def render(result: Labelled, view: View) -> str:
    """The answer as a table of which the first column says what the row is."""
    digits, shown = result.precision, result.answer
    if shown.kind is SPARSE:
        entries = []
        for i, j, number in shown.numbers:
            place = int(i), int(j)
            entries.append([*map(str, place), exact(number, digits), shown.rows[place[0]], shown.columns[place[1]]])
        return "".join(map(record, [SPARSE_HEADS, *entries]))
    corner, columns, rows, numbers = shown.corner, shown.columns, shown.rows, shown.numbers
    if view.transposed and shown.kind is not MATRIX:
        corner, columns, rows, numbers = "input", rows, columns, list(zip(*numbers, strict=True))
    lines = [record([corner, *columns])]
    for name, row in zip(rows, numbers, strict=True):
        lines.append(record([name, *(exact(number, digits) for number in row)]))
    padding = [""] * (len(columns) - 1)
    lines += [record([name, exact(number, digits), *padding]) for name, _, number in shown.besides]
    return "".join(lines)


def written(parts: Sequence[Part], result: Result, view: View) -> str:
    """The first table."""
    from adcli.render.sheet import Sheet, exact_cell

    for part in parts:
        if isinstance(part, Sheet):
            rows = [list(map(exact_cell, row)) for row in part.rows]
            return "".join([record(list(row)) for row in [part.heads, *rows]])
    return ""


def record(fields: list[str]) -> str:
    """One line of CSV; a field that holds a comma, a quote or a line end is quoted."""
    return (
        ",".join(
            '"' + field.replace('"', '""') + '"' if any(c in field for c in ',"\r\n') else field for field in fields
        )
        + "\n"
    )
