"""Comma-separated values: a header, then a row per output (or per input, in the denominator layout)."""

from __future__ import annotations

from adcli.render import View
from adcli.render.numbers import exact
from adcli.render.shape import Answer, answer
from adcli.results import Jacobian, Result


def render(result: Result, view: View) -> str:
    """The answer as a table of which the first column says what the row is."""
    shown = answer(result)
    if view.transposed and not isinstance(result, Jacobian):
        shown = Answer(shown.kind, "input", shown.columns, shown.rows, list(zip(*shown.numbers, strict=True)))
    lines = [record([shown.corner, *shown.columns])]
    for name, row in zip(shown.rows, shown.numbers, strict=True):
        lines.append(record([name, *(exact(number, result.precision) for number in row)]))
    if isinstance(result, Jacobian) and result.determinant is not None:
        padding = [""] * (len(shown.columns) - 1)
        lines.append(record(["determinant", exact(result.determinant, result.precision), *padding]))
    return "".join(lines)


def record(fields: list[str]) -> str:
    """One line of CSV; a field that holds a comma, a quote or a line end is quoted."""
    return (
        ",".join(
            '"' + field.replace('"', '""') + '"' if any(c in field for c in ',"\r\n') else field for field in fields
        )
        + "\n"
    )
