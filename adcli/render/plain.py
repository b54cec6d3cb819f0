"""Text for pipes: bare numbers, or names and numbers with a tab between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adcli.render import View
from adcli.render.numbers import exact
from adcli.results import MATRIX, PER_COLUMN, SPARSE, Labelled, Result

if TYPE_CHECKING:
    from adcli.render.sheet import Part


def render(result: Labelled, view: View) -> str:
    """One line per number, or per row of a matrix. A linear approximation is a program that adcli reads."""

    def text(number: object) -> str:
        return exact(number, result.precision)

    shown = result.answer
    if view.linearize and shown.linear:
        from adcli.render.linear import programs

        return "".join(
            [*(f"{line}\n" for line in programs(result)), *(f"# {name} = {text(x)}\n" for name, _, x in shown.besides)]
        )
    if shown.kind is PER_COLUMN:
        lines = [f"{name}\t{text(number)}" for name, number in zip(shown.columns, shown.flat, strict=True)]
    elif shown.kind is MATRIX:
        lines = ["\t".join([text(number) for number in row]) for row in shown.numbers]
    elif shown.kind is SPARSE:
        lines = [f"{i}\t{j}\t{text(number)}" for i, j, number in shown.numbers]
    else:
        lines = [text(number) for number in shown.flat]
    lines += [f"{name}\t{text(number)}" for name, _, number in shown.besides]
    return "".join([f"{line}\n" for line in lines])


def written(parts: Sequence[Part], result: Result, view: View) -> str:
    """The tables with their heads, fields between tabs, an empty line between tables; sentences are comments."""
    from adcli.render.sheet import Said, Sheet, exact_cell

    blocks: list[str] = []
    comments = []
    for part in parts:
        if isinstance(part, Said):
            comments.append(f"# {part.text}\n")
        elif isinstance(part, Sheet):
            lines = ["\t".join(part.heads), *("\t".join(map(exact_cell, row)) for row in part.rows)]
            blocks.append("".join(f"{line}\n" for line in lines))
    return "\n".join([*blocks, *(["".join(comments)] if comments else [])])
