"""The computational graph: a tree of text, or for programs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from adcli.render import View
from adcli.render.diagram import Captions, dot, mermaid
from adcli.render.numbers import exact
from adcli.render.screen import padded, shorten, width_of

if TYPE_CHECKING:
    from adcli.studies.graph import Edge, GraphView

GAP = 3
"""Spaces between columns."""
NARROWEST = 16
"""A formula is not cut shorter than this."""


def render(result: GraphView, format: str, view: View) -> str | bytes:
    """The graph in the format asked for; a PNG is bytes."""
    if format in ("svg", "png"):
        from adcli.render import drawing

        return drawing.svg(result, view) if format == "svg" else drawing.png(result, view)
    writers: dict[str, Callable[[GraphView, View], str]] = {
        "tree": _tree,
        "plain": _plain,
        "dot": dot,
        "mermaid": mermaid,
        "json": _json,
    }
    return writers[format](result, view)


# For programs


def _json(result: GraphView, view: View) -> str:
    from adcli.render.json import render as render_json

    marks = bool(result.highlight)
    adjoints = any(node.adjoint is not None for node in result.nodes)
    own: dict[str, object] = {
        "nodes": [
            {
                "name": node.name,
                "op": node.op,
                "label": node.label,
                "value": node.value,
                **({"adjoint": node.adjoint} if adjoints else {}),
                **({"highlighted": node.marked} if marks else {}),
                **({"nodes": node.count} if node.count > 1 else {}),
            }
            for node in result.nodes
        ],
        "edges": [
            {
                "from": edge.source,
                "to": edge.target,
                "partial": edge.partial,
                **({"highlighted": edge.marked} if marks else {}),
                **({"uses": edge.count} if edge.count > 1 else {}),
            }
            for edge in result.edges
        ],
        "outputs": result.outputs,
    }
    return render_json(result, view, own)


def _plain(result: GraphView, view: View) -> str:
    """An edge a line: from, to, partial; a node without edges has a line of its own."""
    lines = []
    linked = set()
    for edge in result.edges:
        partial = [] if edge.partial is None else [exact(edge.partial, result.precision)]
        lines.append("\t".join([edge.source, edge.target, *partial]))
        linked |= {edge.source, edge.target}
    lines += [node.name for node in result.nodes if node.name not in linked]
    return "".join(line + "\n" for line in lines)


# The tree

MOST = 2000
"""A tree of more lines is cut: nobody reads on."""
WIDE = 240
"""How wide the tree may be where lines have no end."""
INDENT = 3
"""Columns that a level is moved to the right."""
DEPTHS = (24, 16, 12, 8, 5, 3)
"""How many levels a tree may have, if it is not too wide."""


class _Row(NamedTuple):
    """A line of the tree: what leads to the node, what it is, and the derivative by it of the node above."""

    lead: str
    statement: str
    value: str
    adjoint: str
    partial: str
    marked: bool


def _tree(result: GraphView, view: View) -> str:
    """From each output down to the inputs. A node that several others use is shown at the first, then only named."""
    from adcli.render.page import ANSWER, QUIET, WARNING, Page

    page = Page(view)
    full = page.width or WIDE
    for deepest in DEPTHS:  # as deep as fits
        rows = _rows(result, view, deepest)
        columns = ([row.adjoint for row in rows], [row.partial for row in rows])
        widths = [max(map(width_of, column), default=0) for column in columns]
        room = full - 2 - sum(width + GAP for width in widths if width)
        if all(width_of(row.lead + row.statement + row.value) <= room for row in rows):
            break
    texts = []
    for row in rows:
        rest = room - width_of(row.lead) - width_of(row.value)
        texts.append((row.lead, shorten(row.statement, max(rest, NARROWEST)), row.value))
    left = max((sum(map(width_of, text)) for text in texts), default=0)
    page.line()
    for row, (lead, statement, value) in zip(rows, texts, strict=True):
        gap = " " * (left - width_of(lead) - width_of(statement) - width_of(value))
        noted = zip((row.adjoint, row.partial), widths, strict=True)
        cells = [" " * GAP + padded(cell, width) for cell, width in noted if width]
        look = WARNING if row.marked else ""
        page.line("  ", (lead, QUIET), (statement, look), (value, ANSWER), gap, ("".join(cells), QUIET))
    if len(rows) == MOST:
        page.line("  ", (f"… the first {MOST:,} lines; --format json and --format dot have all", QUIET))
    page.line()
    if result.highlight:
        page.line("  ", ("*", WARNING), f" depends on {', '.join(result.highlight)}")
        page.line()
    return page.text()


def _rows(result: GraphView, view: View, deepest: int) -> list[_Row]:
    """The lines of the tree. What is nested more deeply is continued as a tree of its own."""
    captions = Captions(result, view)
    nodes = {node.name: node for node in result.nodes}
    uses: dict[str, list[Edge]] = {}
    for use in result.edges:
        uses.setdefault(use.target, []).append(use)
    branch, last, bar = ("├─ ", "└─ ", "│  ") if view.unicode else ("|- ", "`- ", "|  ")
    above, below = (" ↑", " ↓") if view.unicode else (" ^", " v")
    rows = [_Row("", f"{name} = {end}", "", "", "", False) for name, end in result.outputs.items() if end not in nodes]
    shown: set[str] = set()
    roots = deque(name for name in result.outputs.values() if name in nodes)
    while roots and len(rows) < MOST:
        root = roots.popleft()
        # What stands before the node, what before its arguments, the node, and the edge that led to it.
        pending: list[tuple[str, str, str, Edge | None]] = [] if root in shown else [("", "", root, None)]
        if rows and pending:
            rows.append(_Row("", "", "", "", "", False))
        while pending and len(rows) < MOST:
            lead, under, name, edge = pending.pop()
            node = nodes[name]
            partial = captions.partial(edge)
            arguments = uses.get(name, [])
            deep = bool(arguments) and len(under) >= deepest * INDENT
            if name in shown or deep:
                pointer = above if name in shown else below
                rows.append(_Row(lead, captions.name(node) + pointer, "", "", partial, node.marked))
                if deep:
                    roots.append(name)
                continue
            shown.add(name)
            value = "" if node.value is None else f" = {captions.number(node.value)}"
            value += " *" if node.marked else ""
            rows.append(_Row(lead, captions.statement(node), value, captions.adjoint(node), partial, node.marked))
            leads = [(under + branch, under + bar)] * (len(arguments) - 1) + [(under + last, under + " " * INDENT)]
            for (before, after), use in reversed(list(zip(leads, arguments, strict=False))):
                pending.append((before, after, use.source, use))
    return rows
