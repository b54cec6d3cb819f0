"""Pictures of sparse matrices in characters: a letter per entry where there is room, else braille dots or blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from adcli.render import View
from adcli.render.screen import padded, width_of

MAX_HEIGHT = 16
"""Lines of a picture at most."""
MAX_WIDTH = 60
"""Columns of a picture at most, its frame left out."""

GAP = 2
"""Spaces between columns with names."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a braille character's dots, row by row."""


def picture(
    places: Sequence[Sequence[int]], height: int, width: int, view: View, sweeps: Sequence[int] = (), forward: int = 0
) -> list[str]:
    """The pattern of a matrix whose entries are at *places*, (row, column) from 0.

    *sweeps* says for each entry which one tells it; the first *forward* sweeps are written a, b, … and the others
    A, B, …, where every entry has room.
    """
    room = _room(view)
    if height <= MAX_HEIGHT and 2 * width - 1 <= room:
        return _spelled(places, height, width, view, sweeps, forward)
    return _framed(_dotted(places, height, width, room) if view.unicode else _blocks(places, height, width, room), view)


def named(
    places: Sequence[Sequence[int]],
    rows: Sequence[str],
    columns: Sequence[str],
    view: View,
    sweeps: Sequence[int] = (),
    forward: int = 0,
) -> tuple[list[str], str]:
    """The picture with the names of its rows and columns beside it, and a sentence about those that have no room.

    What has a character per entry has heads, the sentence is "" where all have; otherwise it is as of `picture`.
    """
    height, width = len(rows), len(columns)
    lines = picture(places, height, width, view, sweeps, forward)
    legend = f"Columns from the left: {_ends(columns, view)}."
    if height > MAX_HEIGHT or 2 * width - 1 > _room(view):
        return lines, f"Rows from the top: {_ends(rows, view)}. {legend}"
    gap = " " * GAP
    side, each = max(map(width_of, rows)), max(map(width_of, columns))
    room = (view.width or 80) - 4 - side
    if width * (each + GAP) <= room:
        cells = [columns, *[line.split(" ") for line in lines]]
        lines = [gap.join([padded(cell, each) for cell in row]).rstrip() for row in cells]
        rows, legend = ["", *rows], ""
    elif GAP + 2 * width - 1 > room:
        return lines, f"Rows from the top: {_ends(rows, view)}. {legend}"
    return [padded(name, side) + gap + line for name, line in zip(rows, lines, strict=True)], legend


def _ends(names: Sequence[str], view: View) -> str:
    """The first and the last of the names; all of a few."""
    between = "…" if view.unicode else "..."
    return ", ".join(names if len(names) < 4 else [*names[:2], between, names[-1]])


def lettered(height: int, width: int, view: View, count: int) -> bool:
    """Whether each entry of such a picture is the letter of its sweep."""
    return height <= MAX_HEIGHT and 2 * width - 1 <= _room(view) and count <= len(_LETTERS)


def _room(view: View) -> int:
    """Columns for a picture without its frame."""
    return max(8, min((view.width or 80) - 8, MAX_WIDTH))


def _spelled(
    places: Iterable[Sequence[int]], height: int, width: int, view: View, sweeps: Sequence[int], forward: int
) -> list[str]:
    """A character per entry."""
    nothing, something = ("·", "●") if view.unicode else (".", "#")
    cells = [[nothing] * width for _ in range(height)]
    letters = bool(sweeps) and max(sweeps) < len(_LETTERS)
    for number, (i, j) in enumerate(places):
        cells[i][j] = something
        if letters:
            sweep = sweeps[number]
            cells[i][j] = _LETTERS[sweep] if sweep < forward else _LETTERS[sweep - forward].upper()
    return [" ".join(row) for row in cells]


def _dotted(places: Iterable[Sequence[int]], height: int, width: int, room: int) -> list[str]:
    """Two by four dots in a character; a dot stands for as many entries as it must."""
    scale = max(1.0, width / (2 * room), height / (4 * MAX_HEIGHT))
    columns, rows = int((width - 1) / scale) // 2 + 1, int((height - 1) / scale) // 4 + 1
    cells = [[0x2800] * columns for _ in range(rows)]
    for i, j in places:
        y, x = int(i / scale), int(j / scale)
        cells[y // 4][x // 2] |= _DOTS[y % 4][x % 2]
    return ["".join(map(chr, row)) for row in cells]


def _blocks(places: Iterable[Sequence[int]], height: int, width: int, room: int) -> list[str]:
    """A character for a rectangle of entries, twice as high as it is wide."""
    scale = max(1.0, width / room, height / (2 * MAX_HEIGHT))
    columns, rows = int((width - 1) / scale) + 1, int((height - 1) / scale / 2) + 1
    cells = [[" "] * columns for _ in range(rows)]
    for i, j in places:
        cells[int(i / scale / 2)][int(j / scale)] = "#"
    return ["".join(row) for row in cells]


def _framed(lines: Sequence[str], view: View) -> list[str]:
    """The lines in a frame, since a matrix may be empty at its borders."""
    corners, across, down = ("┌┐└┘", "─", "│") if view.unicode else ("++++", "-", "|")
    rule = across * max(map(len, lines), default=0)
    return [
        corners[0] + rule + corners[1],
        *[down + line + down for line in lines],
        corners[2] + rule + corners[3],
    ]
