"""Tables of GitHub's Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.render import View
from adcli.render.screen import one_line, width_of
from adcli.render.sheet import Code, Drawn, Part, Said
from adcli.results import Result


def written(parts: Sequence[Part], result: Result, view: View) -> str:
    """Tables under their titles, sentences as paragraphs, pictures and programs as blocks of code."""
    blocks = []
    for part in parts:
        if isinstance(part, Said):
            blocks.append("".join(f"{_escaped(line)}\n" for line in part.lines))
        elif isinstance(part, Code):
            blocks.append("".join(f"    {line}\n" for line in part.lines))
        elif isinstance(part, Drawn):
            blocks.append("".join(f"{line}\n" for line in ["```text", *part.lines, "```"]))
        else:
            if part.title:
                blocks.append(f"**{_escaped(part.title)}**\n")
            heads, *rows = part.shown(result, view)
            blocks.append(table(heads, rows, numbers=part.left == 1))
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
