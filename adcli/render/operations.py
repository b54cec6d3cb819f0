"""The table of operations, as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adcli.render import View
from adcli.results import Result

if TYPE_CHECKING:
    from rich.text import Text

    from adcli.language.catalogue import Entry

GAP = 3
"""Blanks between columns."""
_HEADS = ("name", "also", "operation", "derivative", "defined where", "kink where", "about")


def render(entries: Sequence[Entry], format: str, view: View) -> str:
    """The rows in one of the formats of tables."""
    if format == "json":
        from adcli.render.json import SCHEMA, dumps

        rows = [_fields(entry) for entry in entries]
        return dumps({"schema": SCHEMA, "command": "ops", "operations": rows}, ascii=not view.unicode) + "\n"
    if format == "plain":
        return "".join("\t".join(_row(entry)) + "\n" for entry in entries)
    if format == "table":
        return _table(entries, view)
    from adcli.render.sheet import Sheet, written

    sheet = Sheet(_HEADS, [_row(entry) for entry in entries], left=len(_HEADS))
    return written([sheet], Result(expr=(), at={}), format, view)


def _fields(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "aliases": entry.aliases,
        "symbol": entry.symbol or None,
        "arguments": entry.arguments,
        "partials": dict(entry.partials),
        "domain": entry.domain,
        "kink": entry.kink,
        "group": entry.group,
        "about": entry.about,
    }


def _rules(entry: Entry) -> list[str]:
    several = len(entry.arguments) > 1
    return [f"∂/∂{name}: {rule}" if several else rule for name, rule in entry.partials]


def _row(entry: Entry) -> tuple[str, ...]:
    derivative = ", ".join(_rules(entry))
    return entry.name, " ".join(entry.aliases), entry.call, derivative, entry.domain, entry.kink, entry.about


def _table(entries: Sequence[Entry], view: View) -> str:
    """Sections of rows; a rule per argument, the domain and the kink below each other."""
    from io import StringIO
    from itertools import groupby
    from operator import itemgetter

    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    file = StringIO()
    console = Console(
        file=file,
        width=max(view.width or 160, 40),
        color_system="standard" if view.color else None,
        force_terminal=view.color,
        no_color=False if view.color else None,
        legacy_windows=False,
        _environ={},
    )
    widest = max(console.width * 2 // 5, 20)
    rows = [(entry.group, _cells(entry, widest)) for entry in entries]
    left = max(len("operation"), *(cell_len(line) for _, cells in rows for line in cells[0].plain.splitlines()))
    longest = max(cell_len(line) for _, cells in rows for line in ["derivative", *cells[1].plain.splitlines()])
    middle = min((console.width - left - 2 * GAP) * 3 // 5, longest)
    console.print()
    rules = f"{'derivative':{middle + GAP}}" if any(cells[1].plain for _, cells in rows) else ""
    console.print(Text(f"{'operation':{left + GAP}}{rules}where", "dim"))
    for group, members in groupby(rows, key=itemgetter(0)):
        cells = [row for _, row in members]
        if len(entries) > 1:
            console.print()
            console.print(Text(group, "bold underline" if view.color else ""))
        ruled = any(partials.plain for _, partials, _ in cells)
        table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, show_header=False)
        table.add_column(width=left, no_wrap=True)
        if ruled:
            table.add_column(width=middle, overflow="fold")
        table.add_column(overflow="fold")
        for name, partials, where in cells:
            table.add_row(name, *([partials] if ruled else []), where)
        console.print(table)
    console.print()
    console.print(Text("v is the operation's own result", "dim"))
    return "\n".join(line.rstrip() for line in file.getvalue().split("\n"))


def _cells(entry: Entry, widest: int) -> tuple[Text, Text, Text]:
    """How it is called and what else it is called, its rules, and where it is defined."""
    from textwrap import wrap

    from rich.text import Text

    call = "\n".join(wrap(entry.call, widest, subsequent_indent="    "))
    also = wrap(", ".join(entry.also), min(widest, 32), initial_indent="  ", subsequent_indent="  ")
    where = [entry.about, entry.domain, entry.kink and f"kink at {entry.kink}"]
    return (
        Text.assemble((call, "bold"), ("".join("\n" + line for line in also), "dim")),
        Text("\n".join(_rules(entry))),
        Text("\n".join(filter(None, where))),
    )
