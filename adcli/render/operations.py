"""The table of operations, as text."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.language.catalogue import Entry
from adcli.render import View
from adcli.results import Result

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
    from textwrap import wrap

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
    table = Table(box=None, padding=(0, 3, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("operation", no_wrap=True)
    table.add_column("derivative", overflow="fold", ratio=1)
    table.add_column("where", overflow="fold", ratio=1)
    shown = ""
    for entry in entries:
        if len(entries) > 1 and entry.group != shown:
            shown = entry.group
            table.add_row("")
            table.add_row(Text(shown, "bold underline" if view.color else ""))
        also = wrap(", ".join(entry.also), 32, initial_indent="  ", subsequent_indent="  ")
        name = Text.assemble((entry.call, "bold"), ("".join("\n" + line for line in also), "dim"))
        where = [entry.about, entry.domain, entry.kink and f"kink at {entry.kink}"]
        table.add_row(name, Text("\n".join(_rules(entry))), Text("\n".join(filter(None, where))))
    console.print()
    console.print(table)
    console.print()
    console.print(Text("v is the operation's own result", "dim"))
    return "\n".join(line.rstrip() for line in file.getvalue().split("\n"))
