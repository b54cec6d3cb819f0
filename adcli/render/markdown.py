"""Tables of GitHub's Markdown."""

from __future__ import annotations

from adcli.render import View
from adcli.render.linear import programs
from adcli.render.numbers import rounded, shown_digits
from adcli.render.screen import one_line, width_of
from adcli.render.shape import MATRIX, PER_COLUMN, answer, outputs
from adcli.results import Evaluation, Hessian, Jacobian, Number, Result, Taylor


def render(result: Result, view: View) -> str:
    """The values, then the derivatives: a row per input of a gradient, the matrix of a Jacobian or a Hessian."""

    def text(number: Number) -> str:
        return rounded(number, view.digits, result.precision)

    shown = answer(result)
    blocks = []
    if not isinstance(result, (Evaluation, Taylor)):
        blocks.append(table(["output", "value"], [[name, text(value)] for name, value in outputs(result)]))
    if isinstance(result, Jacobian) and view.linearize:
        blocks.append(
            "".join(f"    {line}\n" for line in programs(result, shown_digits(view.digits, result.precision)))
        )
    elif shown.kind is PER_COLUMN:
        rows = [[name, text(number)] for name, number in zip(shown.columns, shown.flat, strict=True)]
        blocks.append(table(["input", shown.rows[0] if shown.rows[0] in ("vjp", "hvp") else "derivative"], rows))
    elif isinstance(result, Hessian):
        heads = [f"∂/∂{name}" for name in shown.columns]
        rows = [[result.output, *map(text, result.gradient.values())]]
        rows += [
            [f"∂{result.output}/∂{name}", *map(text, row)] for name, row in zip(shown.rows, shown.numbers, strict=True)
        ]
        blocks.append(table(["", *heads], rows))
    else:
        rows = [[name, *map(text, row)] for name, row in zip(shown.rows, shown.numbers, strict=True)]
        heads = list(shown.columns)
        if shown.kind is MATRIX and shown.corner == "output":
            heads = [f"∂/∂{name}" for name in heads]
        elif shown.kind is MATRIX:
            rows = [[f"∂/∂{row[0]}", *row[1:]] for row in rows]
        blocks.append(table(["" if shown.kind is MATRIX else shown.corner, *heads], rows))
    if isinstance(result, Jacobian) and result.determinant is not None:
        blocks.append(f"det J = {text(result.determinant)}\n")
    return "\n".join(blocks)


def table(heads: list[str], rows: list[list[str]], *, numbers: bool = True) -> str:
    """A table, as wide as what is in it; numbers are at the right of their columns, the first column holds none."""
    cells = [[_escaped(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(3, *map(width_of, column)) for column in zip(*cells, strict=True)]
    lines = []
    for number, row in enumerate(cells):
        blanks = [" " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=True)]
        padded = [
            blank + cell if numbers and place else cell + blank
            for place, (cell, blank) in enumerate(zip(row, blanks, strict=True))
        ]
        lines.append(f"| {' | '.join(padded)} |\n")
        if number == 0:
            rules = ["-" * widths[0], *("-" * (width - numbers) + ":" * numbers for width in widths[1:])]
            lines.append(f"| {' | '.join(rules)} |\n")
    return "".join(lines)


def _escaped(text: str) -> str:
    """The text where Markdown reads nothing into it: names have _, [ and ]; formulas |, * and <."""
    return "".join(f"\\{char}" if char in "\\`*_|<>[]" else char for char in one_line(text))
