"""Lines of styled text for a terminal, which tables are made of."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.console import Console
from rich.text import Text

from adcli.render import View
from adcli.render.errors import excerpt
from adcli.render.screen import one_line, width_of
from adcli.results import Notice

WIDEST = 240
"""How long a formula may be where lines have no end."""

ANSWER, QUIET, GOOD, BAD, WARNING = "bold", "dim", "green", "bold red", "yellow"


class Page:
    """Lines of styled text."""

    def __init__(self, view: View) -> None:
        self.width = view.width
        self._file = StringIO()
        self._console = Console(
            file=self._file,
            width=1_000_000,
            color_system="standard" if view.color else None,
            force_terminal=view.color,
            no_color=False if view.color else None,
            legacy_windows=False,
            _environ={},
        )

    def line(self, *pieces: str | tuple[str, str]) -> None:
        """One line; a piece may have a style."""
        text = Text.assemble(*[one_line(p) if isinstance(p, str) else (one_line(p[0]), p[1]) for p in pieces])
        text.rstrip()
        self._console.print(text, soft_wrap=True, highlight=False)

    def prose(self, mark: tuple[str, str], text: str, style: str = "") -> None:
        """A sentence with a mark in front, wrapped if it must be."""
        for number, part in enumerate(wrapped(text, (self.width or WIDEST) - 5)):
            self.line("  ", mark if not number else " ", " ", (part, style))

    def text(self) -> str:
        """All lines."""
        return self._file.getvalue()


def warning(page: Page, notice: Notice, text: str) -> None:
    """A warning, and the place in the program that it is about."""
    page.prose(("!", WARNING), notice.message)
    if notice.span is not None and text and notice.span != (0, len(text)):
        for line in excerpt(text, notice.span, width=page.width):
            page.line("  ", (line, QUIET))


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, broken at spaces."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and width_of(line) + 1 + width_of(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]


def aligned(numbers: Sequence[str]) -> list[str]:
    """Numbers one below the other at their decimal points."""
    points = [point(number) for number in numbers]
    place = max(points, default=0)
    return [" " * (place - point) + number for number, point in zip(numbers, points, strict=True)]


def point(number: str) -> int:
    """Where the decimal point of a number stands, or would stand."""
    for position, char in enumerate(number):
        if char not in "-0123456789,":
            return position
    return len(number)
