"""What people see of a sparse Jacobian or Hessian: a picture of where its entries stand, and some of them."""

from __future__ import annotations

from typing import Any

from adcli.derivatives.colouring import count, telling
from adcli.errors import counted
from adcli.render import View
from adcli.render.numbers import rounded
from adcli.render.page import ANSWER, QUIET, WIDEST, Page, aligned, wrapped
from adcli.render.pattern import lettered, named
from adcli.render.screen import padded, width_of
from adcli.results import derivative

MAX_ENTRIES = 30
"""People see as many entries as this; of more, the first third of it, and the rest is counted."""


def body(page: Page, result: Any, view: View) -> None:
    """The picture and the entries, for a table."""
    answer = result.answer
    rows, columns, entries = answer.rows, answer.columns, answer.numbers
    size = len(rows) * len(columns)
    places = [(i, j) for i, j, _ in entries]
    turned = [(j, i) for i, j in places] if answer.left else places
    told = sweeps(result, turned, symmetric=bool(answer.second))
    lines, legend = named(places, rows, columns, view, *told)
    for line in lines:
        page.line("   ", line)
    page.line()
    if legend:
        for line in wrapped(legend, (page.width or WIDEST) - 2):
            page.line("  ", (line, QUIET))
    said = f"{len(entries):,} of {counted(size, 'entry', 'entries')} {'is' if len(entries) == 1 else 'are'} not zero"
    if lettered(len(rows), len(columns), view, result.sweeps) and entries:
        said += "; a letter is a sweep"
    page.line("  ", (said, QUIET))
    shown = entries if len(entries) <= MAX_ENTRIES else entries[: MAX_ENTRIES // 3]
    if not shown:
        return
    page.line()
    if answer.second:
        labels = [derivative(answer.second, rows[i], columns[j]) for i, j, _ in shown]
    else:
        outputs, inputs = (columns, rows) if answer.left else (rows, columns)
        labels = [derivative(outputs[i], inputs[j]) for i, j in turned[: len(shown)]]
    numbers = aligned([rounded(number, view.digits, result.precision) for _, _, number in shown])
    width = max(map(width_of, labels))
    for label, number in zip(labels, numbers, strict=True):
        page.line("   ", padded(label, width), "   ", (number, ANSWER))
    if len(shown) < len(entries):
        page.line("   ", (f"… and {len(entries) - len(shown):,} more, all of them with --format csv", QUIET))


def sweeps(result: Any, places: list[tuple[int, int]], *, symmetric: bool) -> tuple[list[int], int]:
    """The sweep that tells each entry of (output, input), and how many of the sweeps are forward ones."""
    if symmetric:
        return [sweep for sweep, _ in telling(places, result.colors, None)], result.sweeps
    if result.mode == "mixed":
        return [sweep for sweep, _ in telling(places, result.colors, result.row_colors)], count(result.colors)
    return [result.colors[j if result.mode == "forward" else i] for i, j in places], result.sweeps
