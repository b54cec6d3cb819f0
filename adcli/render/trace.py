"""Traces as text: what the textbooks print, for people, lectures, spreadsheets and programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from adcli.render import View
from adcli.render.numbers import exact
from adcli.render.screen import padded, width_of
from adcli.render.trace_rows import BACK, Row, RowWriter, Section, hidden
from adcli.results import Number
from adcli.studies.trace.trace import Trace

if TYPE_CHECKING:
    from adcli.render.sheet import Part

GAP = 4
"""Spaces between traces that stand side by side."""
_BREAKS = re.compile(r"(?<=[ ·×/*])")
ROOM = 120
"""How wide tables become where lines have no end."""


def render(result: Trace, format: str, view: View) -> str:
    """The traces in one of the formats of tables, or as a page of HTML."""
    if format == "json":
        return _json(result, view)
    if format == "csv":
        return _csv(result)
    if format == "table":
        return _table(result, view)
    if format == "plain":
        return _plain(result, view)
    if format in ("latex", "html"):
        from adcli.render import trace_documents

        return trace_documents.render(result, format, view)
    from adcli.render.sheet import written

    return written(_parts(result, view), result, format, view)


def steps(result: Trace, view: View) -> list[str]:
    """The traces line by line in the order in which they are computed: a title or a row in each."""
    lines = []
    for section in RowWriter(result, view).sections():
        table = _Columns(section, (view.width or ROOM) - 2)
        lines += ["", f"  {section.heading(view)}"]
        lines += ["\n".join(f"  {''.join(pieces)}" for pieces in table.lines(row)) for row in section.rows]
    return lines


def _parts(result: Trace, view: View) -> list[Part]:
    """A table for each trace."""
    from adcli.render.sheet import Said, Sheet

    parts: list[Part] = []
    for section in RowWriter(result, view).sections():
        labels = any(row.label for row in section.rows)
        heads = [*(["variable"] if labels else []), "node", "formula", "numbers", "value"]
        rows = [
            [*([row.label] if labels else []), row.name, row.formula, row.numbers, row.value] for row in section.rows
        ]
        parts.append(Sheet(heads, rows, section.heading(view), left=len(heads)))
    return [*parts, *map(Said, hidden(result))]


# For programs


def _json(result: Trace, view: View) -> str:
    from adcli.render.json import render as render_json

    own: dict[str, object] = {
        "mode": result.mode,
        "outputs": result.outputs,
        "values": result.values,
    }
    if result.rows is not None:
        own["rows"] = list(result.rows)
        own["total"] = len(result.primal)
    own["primal"] = [
        {
            "name": row.name,
            "op": row.op,
            "args": row.args,
            "formula": row.formula,
            "value": row.value,
            "span": row.span,
            **({"assigned": row.label} if row.label else {}),
            **({"branch": row.note} if row.note else {}),
        }
        for row in result.primal
        if result.visible(row.name)
    ]
    if result.tangent is not None:
        own["tangent"] = {
            by: [
                {"name": row.name, "formula": row.formula, "value": row.value}
                for row in rows
                if result.visible(row.name)
            ]
            for by, rows in result.tangent.items()
        }
    if result.adjoint is not None:
        parts: dict[str, object] = {
            of: [
                {"name": row.name, "formula": row.formula, "partial": row.partial, "value": row.value}
                for row in rows
                if result.visible(row.name)
            ]
            for of, rows in result.adjoint.items()
        }
        one = result.combined or len(result.outputs) == 1
        own["adjoint"] = next(iter(parts.values())) if one else parts
    return render_json(result, view, own)


def _csv(result: Trace) -> str:
    """A row per node, with its tangents and its final adjoints: what `--grade` reads."""
    from adcli.render.csv import record

    def number(value: Number | bool | None) -> str:
        if value is None:
            return ""
        return str(value).lower() if isinstance(value, bool) else exact(value, result.precision)

    columns: dict[str, dict[str, Number]] = {}
    for by, rows in (result.tangent or {}).items():
        columns["tangent" if "=" in by else f"tangent_{by}"] = {row.name: row.value for row in rows}
    for of, steps in (result.adjoint or {}).items():
        one = result.combined or len(result.outputs) == 1
        columns["adjoint" if one else f"adjoint_{of}"] = {row.name: row.value for row in steps}
    lines = [record(["name", "formula", "value", *columns])]
    for row in result.primal:
        if result.visible(row.name):
            derived = (number(column.get(row.name)) for column in columns.values())
            lines.append(record([row.name, row.formula, number(row.value), *derived]))
    return "".join(lines)


# Text


class _Columns:
    """A section's columns, or its rows over several lines where the columns are wider than the *room* for them."""

    def __init__(self, section: Section, room: int | None) -> None:
        rows = section.rows
        self.label = max((width_of(row.label) + 2 for row in rows if row.label), default=0)
        self.name = max((width_of(row.name) for row in rows), default=0)
        self.formula = max((width_of(row.formula) for row in rows), default=0)
        self.numbers = max((width_of(row.numbers) for row in rows), default=0)
        self.value = max((width_of(row.value) for row in rows), default=0)
        self.room = room

    @property
    def width(self) -> int:
        """How wide the columns are."""
        formulas = sum(width + 3 for width in (self.formula, self.numbers) if width)
        return self.label + self.name + formulas + 3 + self.value

    def lines(self, row: Row) -> list[tuple[str, str, str]]:
        """The row in lines of three pieces: label, name and formulas, result."""
        label = padded(row.label, self.label)
        text = padded(row.name, self.name)
        if self.room is None or self.width <= self.room:
            for cell, width in ((row.formula, self.formula), (row.numbers, self.numbers)):
                if width:
                    text += " = " + padded(cell, width) if cell else " " * (3 + width)
            return [(label, f"{text} = ", row.value)]
        lines: list[tuple[str, str, str]] = []
        blank = " " * self.name
        space = self.room - self.label
        begun = False
        for cell in filter(None, (row.formula, row.numbers)):
            if begun and width_of(f"{text} = {cell}") > space:
                lines.append((label, text, ""))
                label, text = " " * self.label, blank
            first, *others = _broken(cell, space - self.name - 3)
            text += f" = {first}"
            begun = True
            for part in others:
                lines.append((label, text, ""))
                label, text = " " * self.label, f"{blank}   {part}"
        if width_of(f"{text} = {row.value}") > space:
            lines.append((label, text, ""))
            label, text = " " * self.label, blank
        return [*lines, (label, f"{text} = ", row.value)]


def _broken(formula: str, width: int) -> list[str]:
    """The formula in parts that fit, broken behind operators."""
    parts = [""]
    for piece in _BREAKS.split(formula):
        if parts[-1] and width_of(parts[-1] + piece.rstrip()) > width:
            parts[-1] = parts[-1].rstrip()
            parts.append("")
        parts[-1] += piece
    return parts


def _plain(result: Trace, view: View) -> str:
    """One trace below the other, in the order in which they are computed."""
    blocks = []
    for section in RowWriter(result, view).sections():
        table = _Columns(section, None)
        rows = ["".join(pieces) for row in section.rows for pieces in table.lines(row)]
        blocks.append("".join(f"{line}\n" for line in [section.heading(view), *rows]))
    return "\n".join([*blocks, *(f"{note}\n" for note in hidden(result))])


def _table(result: Trace, view: View) -> str:
    """Traces side by side where there is room: the tangents run down with the values, the adjoints up beside them.

    The values stand there once, or once for as many adjoints as fit beside them. Where there is no room for all, the
    adjoints have it: they are read against the values, the tangents by themselves.
    """
    from adcli.render.page import QUIET, warning

    writer = RowWriter(result, view)
    primal = writer.primal()
    page = _Beside(view)
    tangents, adjoints = ([s for s in part if s.rows] for part in (writer.tangents(), writer.adjoints()))
    groups = page.packed([primal, *tangents, *adjoints])
    if adjoints and len(groups) > 1:
        facing = page.facing(primal, adjoints)
        if facing is None:
            groups = [*page.packed([primal, *tangents]), *([section] for section in adjoints)]
        else:
            groups = [*facing, *page.packed(tangents)]
    for group in groups:
        page.show(group)
    notes = hidden(result)
    if notes or result.warnings:
        page.page.line()
    for note in notes:
        page.page.line("  ", (note, QUIET))
    for notice in result.warnings:
        warning(page.page, notice, result.text)
    page.page.line()
    return page.page.text()


class _Beside:
    """Sections side by side, their rows at the rows of the nodes that they belong to."""

    def __init__(self, view: View) -> None:
        from adcli.render.page import Page

        self.view = view
        self.page = Page(view)
        self.room = (view.width or ROOM) - 2

    def span(self, section: Section) -> int:
        """How wide the section is, its title included."""
        return max(_Columns(section, None).width, width_of(section.heading(self.view, beside=True)))

    def packed(self, sections: Iterable[Section]) -> list[list[Section]]:
        """The sections in their order, as many beside each other as fit."""
        groups: list[list[Section]] = []
        used = self.room
        for section in sections:
            width = self.span(section)
            if used + GAP + width > self.room:
                groups.append([])
                used = -GAP
            groups[-1].append(section)
            used += GAP + width
        return groups

    def facing(self, primal: Section, others: Iterable[Section]) -> list[list[Section]] | None:
        """Groups that each begin with the primal trace; None where two do not fit beside each other."""
        base = self.span(primal)
        groups: list[list[Section]] = []
        used = self.room
        for section in others:
            width = self.span(section)
            if base + GAP + width > self.room:
                return None
            if used + GAP + width > self.room:
                groups.append([primal])
                used = base
            groups[-1].append(section)
            used += GAP + width
        return groups

    def show(self, group: Sequence[Section]) -> None:
        """The sections of one group."""
        from adcli.render.page import ANSWER, QUIET

        tables = [_Columns(section, self.room if len(group) == 1 else None) for section in group]
        spans = [self.span(section) for section in group]
        self.page.line()
        pieces: list[str | tuple[str, str]] = ["  "]
        for section, span in zip(group, spans, strict=True):
            title = section.heading(self.view, beside=len(group) > 1)
            pieces.append((title + " " * (span - width_of(title) + GAP), QUIET))
        self.page.line(*pieces)
        if len(group) == 1:
            for only in group[0].rows:
                for label, text, value in tables[0].lines(only):
                    self.page.line("  ", (label, QUIET), text, (value, ANSWER))
            return
        for line in _aligned(group):
            pieces = ["  "]
            for row, table, span in zip(line, tables, spans, strict=True):
                if row is None:
                    pieces.append(" " * (span + GAP))
                    continue
                ((label, text, value),) = table.lines(row)
                fill = span - width_of(label) - width_of(text) - width_of(value) + GAP
                pieces += [(label, QUIET), text, (value, ANSWER), " " * fill]
            self.page.line(*pieces)


def _aligned(group: Sequence[Section]) -> list[tuple[Row | None, ...]]:
    """Lines of rows side by side: at each node of the first section, the rows that belong to it."""
    places: list[dict[str, list[Row]]] = []
    for section in group:
        found: dict[str, list[Row]] = {}
        for row in reversed(section.rows) if section.kind == BACK else section.rows:
            found.setdefault(row.node, []).append(row)
        places.append(found)
    lines: list[tuple[Row | None, ...]] = []
    for node in dict.fromkeys(row.node for section in group for row in section.rows if section.kind != BACK):
        columns = [found.get(node, []) for found in places]
        for i in range(max(map(len, columns))):
            lines.append(tuple(column[i] if i < len(column) else None for column in columns))
    return lines
