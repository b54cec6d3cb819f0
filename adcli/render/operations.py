"""The table of operations, as text."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.ops import Op
from adcli.render import View
from adcli.results import Result

_HEADS = ("name", "also", "operation", "derivative", "defined where", "kink where", "about")


def render(ops: Sequence[Op], format: str, view: View) -> str:
    """The rows in one of the formats of tables."""
    if format == "json":
        from adcli.render.json import SCHEMA, dumps

        rows = [_fields(op) for op in ops]
        return dumps({"schema": SCHEMA, "command": "ops", "operations": rows}, ascii=not view.unicode) + "\n"
    if format == "plain":
        return "".join("\t".join(_row(op)) + "\n" for op in ops)
    if format == "table":
        return _table(ops, view)
    from adcli.render.sheet import Sheet, written

    return written([Sheet(_HEADS, [_row(op) for op in ops], left=len(_HEADS))], Result(expr=(), at={}), format, view)


def call(op: Op) -> str:
    """How the operation is written: sin(x), x + y, Max(x, …)."""
    if op.variadic:
        return f"{op.name}(x, …)"
    if op.symbol and len(op.arguments) == 2:
        return f"x {op.symbol} y"
    if op.symbol:
        return f"{op.symbol} x" if op.symbol.isalpha() else f"{op.symbol}x"
    return f"{op.name}({', '.join(op.arguments)})"


def rules(op: Op) -> list[tuple[str, str]]:
    """The partial derivatives: by which argument, and the rule."""
    names = ("x",) if op.variadic else op.arguments
    return [(name, rule) for name, rule in zip(names, op.partials, strict=True) if rule is not None]


def _also(op: Op) -> list[str]:
    names = [op.name] if op.symbol and op.boolean else []
    return [*names, *op.aliases]


def _fields(op: Op) -> dict[str, object]:
    return {
        "name": op.name,
        "aliases": op.aliases,
        "symbol": op.symbol or None,
        "arguments": op.arguments,
        "partials": dict(rules(op)),
        "domain": op.domain,
        "kink": op.kink,
        "group": op.group,
        "about": op.about,
    }


def _row(op: Op) -> tuple[str, ...]:
    several = len(op.arguments) > 1
    derivative = ", ".join(f"∂/∂{name}: {rule}" if several else rule for name, rule in rules(op))
    return op.name, " ".join(op.aliases), call(op), derivative, op.domain, op.kink, op.about


def _table(ops: Sequence[Op], view: View) -> str:
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
    for op in ops:
        if len(ops) > 1 and op.group != shown:
            shown = op.group
            table.add_row("")
            table.add_row(Text(shown, "bold underline" if view.color else ""))
        also = wrap(", ".join(_also(op)), 32, initial_indent="  ", subsequent_indent="  ")
        name = Text.assemble((call(op), "bold"), ("".join("\n" + line for line in also), "dim"))
        several = len(op.arguments) > 1
        derivative = "\n".join(f"∂/∂{by}: {rule}" if several else rule for by, rule in rules(op))
        where = [op.about] if op.about else []
        where += [op.domain] if op.domain else []
        where += [f"kink at {op.kink}"] if op.kink else []
        table.add_row(name, Text(derivative), Text("\n".join(where)))
    console.print()
    console.print(table)
    console.print()
    console.print(Text("v is the operation's own result", "dim"))
    return "\n".join(line.rstrip() for line in file.getvalue().split("\n"))
