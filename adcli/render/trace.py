"""Traces as text: what the textbooks print, for people, lectures, spreadsheets and programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from adcli.language.notation import LITERAL, NUMBERS, RULE, STATEMENT, Leaf, Notation, Tree
from adcli.naming import (
    ADJOINT,
    ASCII,
    PRETTY,
    SEED,
    SEED_BAR,
    TANGENT,
    Form,
    spelled,
)
from adcli.render import View
from adcli.render.numbers import exact, rounded
from adcli.render.screen import one_line, width_of
from adcli.results import Number
from adcli.trace import Adjoint, Tangent, Trace

FORMATS = ("table", "plain", "json", "csv", "markdown", "latex", "html")

PRIMAL, ALONG, BACK = "primal", "tangent", "adjoint"
"""What a section shows."""

GAP = 4
"""Spaces between traces that stand side by side."""
_BREAKS = re.compile(r"(?<=[ ·×/*])")
ROOM = 120
"""How wide tables become where lines have no end."""


def render(result: Trace, format: str, view: View) -> str:
    """The traces in one of FORMATS."""
    if format == "json":
        return _json(result, view)
    if format == "csv":
        return _csv(result)
    if format == "table":
        return _table(result, view)
    if format == "plain":
        return _plain(result, view)
    from adcli.render import trace_documents

    return trace_documents.render(result, format, view)


def steps(result: Trace, view: View) -> list[str]:
    """The traces line by line in the order in which they are computed: a title or a row in each."""
    lines = []
    for section in Writer(result, view).sections():
        table = _Columns(section, (view.width or ROOM) - 2)
        lines += ["", f"  {section.heading(view)}"]
        lines += ["\n".join(f"  {''.join(pieces)}" for pieces in table.lines(row)) for row in section.rows]
    return lines


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


# Rows of formulas


class Row:
    """One line of a trace: a name, what it is, the same with numbers, and the result.

    `node` says beside which row of the primal trace it belongs; `end` marks the names of the program's own.
    """

    __slots__ = ("end", "formula", "label", "name", "node", "numbers", "value")

    def __init__(
        self, node: str, name: str, formula: str, numbers: str, value: str, label: str = "", *, end: bool = False
    ) -> None:
        self.node = node
        self.name = name
        self.formula = "" if formula == value else formula
        self.numbers = "" if numbers in (value, formula) else numbers
        self.value = value
        self.label = label
        self.end = end


class Section:
    """One trace. `rows` are in the order in which they are computed."""

    __slots__ = ("kind", "rows", "title")

    def __init__(self, kind: str, title: str, rows: list[Row]) -> None:
        self.kind = kind
        self.title = title
        self.rows = rows

    def heading(self, view: View, *, beside: bool = False) -> str:
        """The title, with an arrow in the direction in which the trace goes through the program."""
        arrow = "" if not view.unicode else " ↑" if self.kind == BACK else " ↓"
        return self.title + arrow + ("" if beside or self.kind != BACK else ", last node first")


class Writer:
    """Writes rows in one of the notations. In `node`, the row of an output has the output's name after a colon."""

    form: Form = PRETTY
    rules: Notation = RULE
    statements: Notation = STATEMENT
    filled: Notation = NUMBERS

    def __init__(self, result: Trace, view: View) -> None:
        self.result = result
        self.view = view
        self.values = {row.name: row.value for row in result.primal}
        if not view.unicode:
            self.form, self.rules, self.filled = ASCII, Notation("*"), Notation("*")
            self.statements = Notation(" * ", " / ")

    def number(self, value: Number | bool) -> str:
        """A number as it is shown."""
        if isinstance(value, bool):
            return "true" if value else "false"
        text = rounded(value, self.view.digits, self.result.precision)
        return text.replace("Infinity", "∞") if self.view.unicode else text

    def text(self, written: str) -> str:
        """Words of the program."""
        return one_line(written) if self.view.unicode else one_line(written).replace("′", "'")

    def name(self, written: str) -> str:
        """A name of the program."""
        return self.text(written)

    def partial(self, output: str, name: str) -> str:
        """∂y/∂x1."""
        return f"∂{self.text(output)}/∂{self.text(name)}"

    def sections(self) -> list[Section]:
        """All traces, the primal one first."""
        return [section for section in (self.primal(), *self.tangents(), *self.adjoints()) if section.rows]

    def _numbers(self, tree: Tree, notation: Notation, number: Callable[[Leaf], Number | bool | None]) -> str:
        """A formula with numbers in the place of names."""

        def text(leaf: Leaf) -> str:
            if leaf.kind == LITERAL:
                return self.form.literal(leaf.name)
            found = number(leaf)
            return self.form.leaf(leaf) if found is None else self.number(found)

        return notation.write(tree, text)

    def _ends(self) -> list[tuple[str, str]]:
        """The outputs whose rows are shown, and their nodes."""
        return [(of, node) for of, node in self.result.ends.items() if not node or self.result.visible(node)]

    def primal(self) -> Section:
        """The values."""
        rows = []
        for row in self.result.primal:
            if not self.result.visible(row.name):
                continue
            formula = spelled(row.tree, self.form, self.statements)
            numbers = self._numbers(row.tree, self.statements, lambda leaf: self.values.get(leaf.name))
            if row.op == "input":
                numbers = ""
            if row.note:
                formula, numbers = f"{formula}{self.because(row.note)}", ""
            label = self.name(row.label) if row.label else ""
            rows.append(Row(row.name, self.form.node(row.name), formula, numbers, self.number(row.value), label))
        values = dict(zip(self.result.outputs, self.result.values, strict=True))
        for of, node in self._ends():
            formula = self.form.node(node) if node else ""
            rows.append(Row(f":{of}", self.name(of), formula, "", self.number(values[of]), end=True))
        return Section(PRIMAL, "forward primal trace", rows)

    def because(self, note: str) -> str:
        """Why a branch was taken."""
        return f", as {self.text(note)}"

    def tangents(self) -> list[Section]:
        """The tangents, by each input or along a direction."""
        return [self._tangent(by, rows) for by, rows in (self.result.tangent or {}).items()]

    def _tangent(self, by: str, given: Sequence[Tangent]) -> Section:
        combined = by not in self.result.starts
        tangents = {row.name: row.value for row in given}

        def number(leaf: Leaf) -> Number | bool | None:
            if leaf.kind == SEED:
                return self.result.seeds.get(leaf.name, 0.0) if combined else 1.0 if leaf.name == by else 0.0
            return tangents.get(leaf.name) if leaf.kind == TANGENT else self.values.get(leaf.name)

        rows = []
        for row in given:
            if self.result.visible(row.name):
                formula = spelled(row.tree, self.form, self.rules)
                numbers = self._numbers(row.tree, self.filled, number)
                rows.append(Row(row.name, self.form.dot(row.name), formula, numbers, self.number(row.value)))
        for of, node in self._ends():
            name = self.form.seed(self.name(of)) if combined else self.partial(of, by)
            formula = self.form.dot(node) if node else ""
            rows.append(Row(f":{of}", name, formula, "", self.number(tangents.get(node, 0.0)), end=True))
        along = f"along {by}" if combined else f"by {by}"
        return Section(ALONG, f"forward tangent trace {self.text(along)}", rows)

    def adjoints(self) -> list[Section]:
        """The adjoints, of each output or of their combination."""
        return [self._adjoint(of, rows) for of, rows in (self.result.adjoint or {}).items()]

    def _adjoint(self, of: str, given: Sequence[Adjoint]) -> Section:
        combined = self.result.combined
        current: dict[str, Number] = {}

        def number(leaf: Leaf) -> Number | bool | None:
            if leaf.kind == SEED_BAR:
                return self.result.seeds[leaf.name] if combined else 1.0
            return current.get(leaf.name) if leaf.kind == ADJOINT else self.values.get(leaf.name)

        rows = []
        for row in given:
            if self.result.visible(row.name):
                formula = spelled(row.tree, self.form, self.rules)
                numbers = self._numbers(row.tree, self.filled, number)
                place = row.user or (row.name if row.formula == "0" else self._end(row.name))
                if row.user and not self.result.visible(row.user):
                    place = row.name
                rows.append(Row(place, self.form.bar(row.name), formula, numbers, self.number(row.value)))
            current[row.name] = row.value
        for by, node in self.result.starts.items():
            if node and self.result.visible(node):
                name = self.form.output_seed(self.name(by)) if combined else self.partial(of, by)
                rows.append(Row(node, name, self.form.bar(node), "", self.number(current.get(node, 0.0)), end=True))
        title = "reverse adjoint trace" + (f" of {of}" if len(self.result.outputs) > 1 else "")
        return Section(BACK, self.text(title), rows)

    def _end(self, node: str) -> str:
        """The row of the last output that a node is."""
        return next((f":{of}" for of, end in reversed(self.result.ends.items()) if end == node), node)


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
        label = _filled(row.label, self.label)
        text = _filled(row.name, self.name)
        if self.room is None or self.width <= self.room:
            for cell, width in ((row.formula, self.formula), (row.numbers, self.numbers)):
                if width:
                    text += " = " + _filled(cell, width) if cell else " " * (3 + width)
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


def _filled(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


def _plain(result: Trace, view: View) -> str:
    """One trace below the other, in the order in which they are computed."""
    blocks = []
    for section in Writer(result, view).sections():
        table = _Columns(section, None)
        rows = ["".join(pieces) for row in section.rows for pieces in table.lines(row)]
        blocks.append("".join(f"{line}\n" for line in [section.heading(view), *rows]))
    return "\n".join([*blocks, *(f"{note}\n" for note in hidden(result))])


def _table(result: Trace, view: View) -> str:
    """Traces side by side where there is room: the tangents run down with the values, the adjoints up beside them."""
    from adcli.render.page import QUIET, warning

    writer = Writer(result, view)
    primal = writer.primal()
    page = _Beside(view)
    tangents, adjoints = ([s for s in part if s.rows] for part in (writer.tangents(), writer.adjoints()))
    groups = page.packed(primal, tangents) if tangents or not adjoints else []
    facing = page.facing(primal, adjoints)
    if facing is None:
        groups = [*(groups or [[primal]]), *([section] for section in adjoints)]
    else:
        groups += facing
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

    def packed(self, primal: Section, others: Iterable[Section]) -> list[list[Section]]:
        """The primal trace and others, as many beside each other as fit."""
        groups = [[primal]]
        used = self.span(primal)
        for section in others:
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


def hidden(result: Trace) -> list[str]:
    """How much is not shown."""
    if result.rows is None:
        return []
    low, high = result.rows
    names = [row.name for row in result.primal]
    before = sum(int(name[1:]) < low for name in names)
    after = sum(int(name[1:]) > high for name in names)
    parts = [f"{count} {where}" for count, where in ((before, f"before v{low}"), (after, f"after v{high}")) if count]
    if not parts:
        return []
    are = "is" if before + after == 1 else "are"
    return [f"{before + after} of {len(names)} rows {are} not shown: {' and '.join(parts)}"]
