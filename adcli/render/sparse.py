"""Sparse Jacobians and Hessians as text: a line per entry, and for people a picture of where they stand."""

from __future__ import annotations

from typing import TypeAlias

from adcli.derivatives.colouring import count, telling
from adcli.render import View
from adcli.render.numbers import exact, rounded
from adcli.render.page import ANSWER, QUIET, WIDEST, Page, aligned, padded, wrapped
from adcli.render.pattern import lettered, named
from adcli.render.screen import width_of
from adcli.results import SparseHessian, SparseJacobian

Sparse: TypeAlias = "SparseJacobian | SparseHessian"

MAX_ENTRIES = 30
"""People see as many entries as this; of more, the first third of it, and the rest is counted."""
MAX_MATRIX = 10
"""A matrix with as many rows and columns at most is written as a matrix in LaTeX."""


def render(result: Sparse, format: str, view: View) -> str:
    """The entries in one of plain, value, csv, markdown, latex; places are counted from 0."""
    if format == "markdown":
        return _markdown(result, view)
    if format == "latex":
        return _latex(result, view)
    numbers = [(i, j, exact(number, result.precision)) for i, j, number in result.entries]
    if format == "csv":
        return "row,column,value\n" + "".join([f"{i},{j},{number}\n" for i, j, number in numbers])
    if format == "value":
        return "".join([f"{number}\n" for _, _, number in numbers])
    return "".join([f"{i}\t{j}\t{number}\n" for i, j, number in numbers])


def body(page: Page, result: Sparse, view: View, function: str = "") -> None:
    """The picture and the entries, for a table; *function* is what a Hessian's output is called there."""
    rows, columns = _names(result)
    size = len(rows) * len(columns)
    places = [(i, j) for i, j, _ in result.entries]
    lines, legend = named(places, rows, columns, view, *_sweeps(result, places))
    for line in lines:
        page.line("   ", line)
    page.line()
    if legend:
        for line in wrapped(legend, (page.width or WIDEST) - 2):
            page.line("  ", (line, QUIET))
    said = f"{result.nnz:,} of {size:,} entries are not zero"
    if lettered(len(rows), len(columns), view, result.sweeps) and result.nnz:
        said += "; a letter is a sweep"
    page.line("  ", (said, QUIET))
    shown = result.entries if result.nnz <= MAX_ENTRIES else result.entries[: MAX_ENTRIES // 3]
    if not shown:
        return
    page.line()
    labels = [_label(result, i, j, function) for i, j, _ in shown]
    numbers = aligned([rounded(number, view.digits, result.precision) for _, _, number in shown])
    width = max(map(width_of, labels))
    for label, number in zip(labels, numbers, strict=True):
        page.line("   ", padded(label, width), "   ", (number, ANSWER))
    if len(shown) < result.nnz:
        page.line("   ", (f"… and {result.nnz - len(shown):,} more, all of them with --format csv", QUIET))


def method(result: Sparse) -> str:
    """How the entries were computed: "reverse mode, 3 sweeps instead of 1,000"."""
    mode = "mixed modes" if result.mode == "mixed" else result.mode
    mode += " mode" if result.mode in ("forward", "reverse") else ""
    said = f"{mode}, {result.sweeps:,} sweep{'' if result.sweeps == 1 else 's'}"
    return said + (f" instead of {result.dense_sweeps:,}" if result.sweeps < result.dense_sweeps else "")


def _names(result: Sparse) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the rows and the columns are called."""
    if isinstance(result, SparseHessian):
        return result.inputs, result.inputs
    if result.layout == "denominator":
        return result.inputs, result.outputs
    return result.outputs, result.inputs


def _label(result: Sparse, i: int, j: int, function: str) -> str:
    rows, columns = _names(result)
    if isinstance(result, SparseHessian):
        return f"∂²{function or result.output}/∂{rows[i]}" + ("²" if i == j else f"∂{columns[j]}")
    output, name = (columns[j], rows[i]) if result.layout == "denominator" else (rows[i], columns[j])
    return f"∂{output}/∂{name}"


def _sweeps(result: Sparse, places: list[tuple[int, int]]) -> tuple[list[int], int]:
    """The sweep that tells each entry, and how many of the sweeps are forward ones."""
    if isinstance(result, SparseHessian):
        return [sweep for sweep, _ in telling(places, result.colors, None)], result.sweeps
    if result.layout == "denominator":
        places = [(i, j) for j, i in places]
    if result.mode == "mixed":
        assert result.row_colors is not None
        return [sweep for sweep, _ in telling(places, result.colors, result.row_colors)], count(result.colors)
    return [result.colors[j if result.mode == "forward" else i] for i, j in places], result.sweeps


def _markdown(result: Sparse, view: View) -> str:
    from adcli.render.markdown import table

    rows, columns = _names(result)
    entries = [[rows[i], columns[j], rounded(number, view.digits, result.precision)] for i, j, number in result.entries]
    return f"{result.nnz:,} nonzero entries; {method(result)}\n\n" + table(["row", "column", "value"], entries)


def _latex(result: Sparse, view: View) -> str:
    """A matrix where it is small, else an equation per entry."""
    from adcli.render.latex import matrix, name, number

    rows, columns = _names(result)
    entries = [(i, j, number(rounded(x, view.digits, result.precision))) for i, j, x in result.entries]
    symbol = "J"
    if isinstance(result, SparseHessian):
        symbol = f"\\nabla^2 {name(result.output)}"
    elif result.layout == "denominator":
        symbol = "J^{\\mathsf T}"
    if max(len(rows), len(columns)) <= MAX_MATRIX:
        cells = [["0"] * len(columns) for _ in rows]
        for i, j, text in entries:
            cells[i][j] = text
        lines = [f"{symbol} &= {matrix(cells)}"]
    else:
        lines = [f"{symbol}_{{{i + 1},{j + 1}}} &= {text}" for i, j, text in entries]
    body = " \\\\\n".join(lines)
    return f"\\[\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n\\]\n"
