"""HTML without a page around it, for notebooks: tables, sentences, and programs as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from adcli.render import View
from adcli.render.screen import lines, one_line
from adcli.render.sheet import Part, Said, Sheet
from adcli.results import Result


def written(parts: Sequence[Part], result: Result, view: View) -> str:
    """The parts one below the other, the warnings and what the check says last."""
    blocks = []
    for part in parts:
        if isinstance(part, Said):
            blocks += [_paragraph(line) for line in part.lines]
        elif isinstance(part, Sheet):
            blocks.append(_table(part, result, view))
        else:
            blocks.append(code("\n".join(part.lines)))
    blocks += [_paragraph(f"⚠ {notice.message}") for notice in result.warnings]
    if result.check is not None:
        blocks.append(_paragraph(f"{result.check.mark} {result.check.detail}"))
    return "".join(blocks)


def code(text: str) -> str:
    """A text whose lines and columns matter."""
    return f"<pre>{escape(lines(text))}</pre>\n"


def framed(page: str) -> str:
    """A whole page, in a frame of its own, where its scripts and styles touch nothing else."""
    look = "width: 100%; height: 46rem; border: 0"
    return f'<iframe sandbox="allow-scripts" style="{look}" srcdoc="{escape(page)}"></iframe>\n'


def _paragraph(text: str) -> str:
    return f"<p>{escape(one_line(text))}</p>\n"


def _table(sheet: Sheet, result: Result, view: View) -> str:
    heads, *rows = sheet.shown(result, view)
    title = f"<caption>{escape(one_line(sheet.title))}</caption>\n" if sheet.title else ""
    body = "".join(_row("td", row, sheet.left) for row in rows)
    return f"<table>\n{title}<thead>\n{_row('th', heads, sheet.left)}</thead>\n<tbody>\n{body}</tbody>\n</table>\n"


def _row(tag: str, cells: Sequence[str], left: int) -> str:
    """Words stand at the left of their cells, numbers at the right."""
    sides = ["left" if place < left else "right" for place in range(len(cells))]
    inside = [
        f'<{tag} style="text-align: {side}">{escape(one_line(cell))}</{tag}>'
        for side, cell in zip(sides, cells, strict=True)
    ]
    return f"<tr>{''.join(inside)}</tr>\n"
