"""Tables of numbers with sentences between them: what the studies of costs and methods look like in every format.

A study says what is in its tables, as a list of sheets and sentences; how a format writes them is said here once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from adcli.render import View
from adcli.render.numbers import exact, rounded, whole
from adcli.render.page import ANSWER, BAD, GOOD, QUIET, WARNING, WIDEST, Page, padded, warning, wrapped
from adcli.render.screen import shorten, width_of
from adcli.results import Result

FORMATS = ("table", "plain", "value", "json", "csv", "markdown", "latex")

GAPS = (3, 2)
"""Spaces between columns: three, but two where that lets all columns stand beside each other."""


class Short(NamedTuple):
    """A number of which people want to see few digits, such as a ratio or an error."""

    number: float
    digits: int = 3
    unit: str = ""


Cell: TypeAlias = "str | int | float | Short | None"
"""What stands in a table; None is nothing, shown as a dash."""


class Sheet(NamedTuple):
    """A table. Its first `left` columns are words, the others numbers; `strong` is the row that matters most."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    left: int = 1
    strong: int | None = None


class Said(NamedTuple):
    """A sentence, with a mark: "" for a plain one, or one of → ✓ ✗ !."""

    text: str
    mark: str = ""


class Drawn(NamedTuple):
    """A picture in characters, which programs do not get."""

    lines: Sequence[str]


Part: TypeAlias = "Sheet | Said | Drawn"


def written(parts: Sequence[Part], result: Result, format: str, view: View) -> str:
    """The parts in one of the formats table, plain, csv, markdown, latex."""
    if format == "table":
        return _table(parts, result, view)
    if format == "markdown":
        return _markdown(parts, view)
    if format == "latex":
        return _latex(parts, view)
    return _csv(parts) if format == "csv" else _plain(parts)


def fields(value: Any) -> Any:
    """A record of a study, and all inside it, as dictionaries for JSON."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: fields(part) for name, part in vars(value).items()}
    if isinstance(value, dict):
        return {name: fields(part) for name, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [fields(part) for part in value]
    return value


# Cells


def _shown(cell: Cell, view: View) -> str:
    """A cell for people."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Short):
        large = 10.0**cell.digits <= abs(cell.number) < 1e15
        return (f"{cell.number:,.0f}" if large else rounded(cell.number, cell.digits)) + cell.unit
    if isinstance(cell, int):
        return f"{cell:,}" if abs(cell) < 10**15 else rounded(float(cell), 3)
    return rounded(cell, view.digits)


def _exact(cell: Cell) -> str:
    """A cell for programs."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Short):
        return exact(cell.number)
    return whole(cell) if isinstance(cell, int) else exact(cell)


# Formats for people


def _table(parts: Sequence[Part], result: Result, view: View) -> str:
    page = Page(view)
    page.line()
    for number, part in enumerate(parts):
        if isinstance(part, Said):
            _sentence(page, part)
        elif isinstance(part, Drawn):
            for line in part.lines:
                page.line("   ", line)
        else:
            _sheet(page, part, view)
        following = parts[number + 1] if number + 1 < len(parts) else None
        if not (isinstance(part, Said) and isinstance(following, Said) and part.mark == following.mark == ""):
            page.line()  # plain sentences follow each other
    for notice in result.warnings:
        warning(page, notice, result.text)
    if result.warnings:
        page.line()
    return page.text()


def _sentence(page: Page, said: Said) -> None:
    styles = {"✓": GOOD, "✗": BAD, "!": WARNING, "→": ANSWER}
    if said.mark:
        page.prose((said.mark, styles[said.mark]), said.text, BAD if said.mark == "✗" else "")
    else:
        for line in wrapped(said.text, (page.width or WIDEST) - 2):
            page.line("  ", line)


def _sheet(page: Page, sheet: Sheet, view: View) -> None:
    """A table; columns that do not fit beside each other come below, each time with the first ones."""
    if sheet.title:
        page.line("  ", (shorten(sheet.title, (page.width or WIDEST) - 2), QUIET))
        page.line()
    cells = [[_shown(cell, view) for cell in row] for row in sheet.rows]
    columns = [list(column) for column in zip(sheet.heads, *cells, strict=True)]
    for place in range(sheet.left, len(columns)):
        if _is_aligned(sheet, place):
            columns[place][1:] = _aligned(columns[place][1:])
    widths = [max(map(width_of, column)) for column in columns]
    left = sheet.left
    gap = next((g for g in GAPS if 3 + sum(widths) + g * (len(widths) - 1) <= (page.width or WIDEST)), GAPS[0])
    start = 3 + sum(widths[:left]) + gap * (left - 1)
    first = left
    while first < len(columns) or first == left:
        last, used = first, start
        while last < len(columns) and (last == first or page.width is None or used + gap + widths[last] <= page.width):
            used += gap + widths[last]
            last += 1
        if first > left:
            page.line()
        for row in range(len(cells) + 1):
            pieces = [padded(columns[j][row], widths[j]) for j in range(left)]
            pieces += [_right(columns[j][row], widths[j]) for j in range(first, last)]
            line = (" " * gap).join(pieces)
            style = QUIET if not row else ANSWER if sheet.strong == row - 1 else ""
            page.line("   ", (line, style))
        first = max(last, left + 1)


def _is_aligned(sheet: Sheet, place: int) -> bool:
    """Whether a column has numbers that are not whole, which stand at their decimal points."""
    return any(isinstance(row[place], (float, Short)) for row in sheet.rows)


def _aligned(texts: list[str]) -> list[str]:
    """Numbers one below the other at their decimal points, filled up to one width."""
    ends = [len(text) - _point(text) for text in texts]
    most = max(ends, default=0)
    return [text + " " * (most - end) for text, end in zip(texts, ends, strict=True)]


def _point(text: str) -> int:
    for position, char in enumerate(text):
        if char not in "-0123456789,":
            return position
    return len(text)


def _right(text: str, width: int) -> str:
    return " " * (width - width_of(text)) + text


def _markdown(parts: Sequence[Part], view: View) -> str:
    from adcli.render.markdown import table

    blocks = []
    for part in parts:
        if isinstance(part, Said):
            blocks.append(_escaped(f"{part.mark} {part.text}".strip()) + "\n")
            continue
        if isinstance(part, Drawn):
            blocks.append("".join(f"{line}\n" for line in ["```text", *part.lines, "```"]))
            continue
        if part.title:
            blocks.append(f"**{_escaped(part.title)}**\n")
        rows = [[_shown(cell, view) for cell in row] for row in part.rows]
        blocks.append(table(list(part.heads), rows, numbers=part.left == 1))
    return "\n".join(blocks)


def _escaped(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\`*_|<>[]" else char for char in text)


_SYMBOLS = {
    "∂": r"$\partial$",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "→": r"$\to$",
    "✓": r"$\surd$",
    "✗": r"$\times$",
    "–": "--",
    "ε": r"$\varepsilon$",
    "≤": r"$\le$",
    "²": "$^2$",
    "µ": r"$\mu$",
    "\\": r"\textbackslash{}",
    "^": r"\^{}",
    "~": r"\~{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
}


def _latex(parts: Sequence[Part], view: View) -> str:
    blocks = []
    for part in parts:
        if isinstance(part, Said):
            blocks.append(f"{_tex(part.text)}\n")
            continue
        if isinstance(part, Drawn):
            blocks.append("".join(f"{line}\n" for line in ["\\begin{verbatim}", *part.lines, "\\end{verbatim}"]))
            continue
        lines = [rf"\begin{{tabular}}{{{'l' * part.left}{'r' * (len(part.heads) - part.left)}}}"]
        if part.title:
            lines.append(rf"\multicolumn{{{len(part.heads)}}}{{l}}{{{_tex(part.title)}}} \\")
        lines.append(" & ".join(map(_tex, part.heads)) + r" \\ \hline")
        lines += [" & ".join(_tex_cell(cell, view) for cell in row) + r" \\" for row in part.rows]
        lines.append(r"\end{tabular}")
        blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join(blocks)


def _tex(text: str) -> str:
    """Words for LaTeX."""
    from adcli.render.screen import one_line

    quotes = 0
    pieces = []
    for char in one_line(text):
        if char == '"':
            quotes += 1
            pieces.append("``" if quotes % 2 else "''")
        else:
            pieces.append(_SYMBOLS.get(char) or (f"\\{char}" if char in "#$%&_{}" else char))
    return "".join(pieces)


def _tex_cell(cell: Cell, view: View) -> str:
    from adcli.render.latex import number

    if cell is None or isinstance(cell, str):
        return _tex(_shown(cell, view))
    if isinstance(cell, int):
        return f"${_shown(cell, view).replace(',', '{,}')}$"
    unit = cell.unit if isinstance(cell, Short) else ""
    return f"${number(_shown(cell, view).removesuffix(unit))}${_tex(unit)}"


# Formats for programs


def _plain(parts: Sequence[Part]) -> str:
    """The tables with their heads, fields between tabs, an empty line between tables; sentences are comments."""
    blocks: list[str] = []
    comments = []
    for part in parts:
        if isinstance(part, Said):
            comments.append(f"# {part.text}\n")
        elif isinstance(part, Sheet):
            lines = ["\t".join(part.heads), *("\t".join(map(_exact, row)) for row in part.rows)]
            blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join([*blocks, *(["".join(comments)] if comments else [])])


def _csv(parts: Sequence[Part]) -> str:
    """The first table."""
    from adcli.render.csv import record

    for part in parts:
        if isinstance(part, Sheet):
            return "".join(record(list(row)) for row in [part.heads, *([_exact(c) for c in row] for row in part.rows)])
    return ""
