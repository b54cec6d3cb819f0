"""Pages of Markdown: for a terminal by rich, as they stand for a pipe."""

from __future__ import annotations

from io import StringIO

from adcli.render import View

WIDEST = 100
"""Columns of a line that is easy to read."""


def render(text: str, view: View) -> str:
    """The page as its reader sees it."""
    if view.width is None:
        return text
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    file = StringIO()
    console = Console(
        file=file,
        width=min(view.width, WIDEST),
        color_system="standard" if view.color else None,
        force_terminal=view.color,
        theme=Theme({"markdown.code": "bold", "markdown.code_block": "default"}),
        legacy_windows=False,
        _environ={},
    )
    console.print(Markdown(text, code_theme="ansi_dark", hyperlinks=False))
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())
