"""The computational graph as text and as pictures."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from adcli.naming import ASCII, PRETTY, Form
from adcli.render import View
from adcli.render.numbers import exact, rounded, shown_digits
from adcli.render.screen import shorten, width_of
from adcli.results import Number

if TYPE_CHECKING:
    from adcli.graph_view import Edge, GraphView, Vertex

INPUT_FILL, OUTPUT_FILL, FILL = "#ddf4ff", "#dafbe1", "#ffffff"
LINE, MARK = "#57606a", "#cf222e"
"""Colours: of what is filled, of lines, and of what is highlighted."""
FONT = "Helvetica,Arial,DejaVu Sans,sans-serif"

GAP = 3
"""Spaces between columns."""
NARROWEST = 16
"""A formula is not cut shorter than this."""

_NODE = re.compile(r"(?<!\w)v-?\d+(?!\w)")
"""A node's name within a label."""


def render(result: GraphView, format: str, view: View) -> str | bytes:
    """The graph in the format asked for; a PNG is bytes."""
    if format in ("svg", "png"):
        from adcli.render import drawing

        return drawing.svg(result, view) if format == "svg" else drawing.png(result, view)
    writers: dict[str, Callable[[GraphView, View], str]] = {
        "tree": _tree,
        "plain": _plain,
        "dot": dot,
        "mermaid": _mermaid,
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
            }
            for node in result.nodes
        ],
        "edges": [
            {
                "from": edge.source,
                "to": edge.target,
                "partial": edge.partial,
                **({"highlighted": edge.marked} if marks else {}),
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


# What pictures show


class Captions:
    """The texts on nodes and edges, for people."""

    def __init__(self, result: GraphView, view: View) -> None:
        self.result = result
        self.digits = shown_digits(view.digits, result.precision)
        self.form: Form = PRETTY if view.unicode else ASCII
        self.outputs: dict[str, list[str]] = {}
        for name, node in result.outputs.items():
            self.outputs.setdefault(node, []).append(name)

    def number(self, number: Number | bool | None) -> str:
        """A value, rounded."""
        if isinstance(number, bool):
            return str(number)
        return "" if number is None else rounded(number, self.digits, self.result.precision)

    def formula(self, node: Vertex) -> str:
        """What the node is: an input's name, or the operation with its arguments."""
        if node.op == "input":
            return node.label
        return _NODE.sub(lambda found: self.form.node(found[0]), node.label)

    def name(self, node: Vertex) -> str:
        """The node's name, after the names of the outputs that it is."""
        return " = ".join([*self.outputs.get(node.name, ()), self.form.node(node.name)])

    def statement(self, node: Vertex) -> str:
        """The node's name and what it is."""
        return f"{self.name(node)} = {self.formula(node)}"

    def adjoint(self, node: Vertex) -> str:
        """The node's adjoint: v̄₃ = 1."""
        return f"{self.form.bar(node.name)} = {self.number(node.adjoint)}" if node.adjoint is not None else ""

    def partial(self, edge: Edge | None) -> str:
        """The derivative on an edge: ∂v₂/∂v₁ = 5."""
        if edge is None or edge.partial is None:
            return ""
        d = "∂" if self.form is PRETTY else "d"
        ends = f"{d}{self.form.node(edge.target)}/{d}{self.form.node(edge.source)}"
        return f"{ends} = {self.number(edge.partial)}"

    def lines(self, node: Vertex) -> list[str]:
        """All that is said of a node."""
        value = "" if node.value is None else f"= {self.number(node.value)}"
        return [text for text in (self.statement(node), value, self.adjoint(node)) if text]


def style(node: Vertex, captions: Captions) -> dict[str, str]:
    """A node's colours, as Graphviz calls them."""
    found = {}
    if node.name in captions.outputs:
        found["fillcolor"] = OUTPUT_FILL
    elif node.op == "input":
        found["fillcolor"] = INPUT_FILL
    if node.marked:
        found |= {"color": MARK, "penwidth": "2"}
    return found


def _quoted(text: str) -> str:
    """A string of DOT, in which a line end is \\n."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def dot(result: GraphView, view: View) -> str:
    """For Graphviz."""
    captions = Captions(result, view)
    lines = [
        "digraph adcli {",
        "  rankdir=TB; ranksep=0.6; nodesep=0.35;",
        f'  node [shape=box, style="rounded,filled", fillcolor="{FILL}", color="{LINE}", fontname="{FONT}"];',
        f'  edge [color="{LINE}", fontname="{FONT}", fontsize=11];',
    ]
    for node in result.nodes:
        attributes = [f"label={_quoted(chr(10).join(captions.lines(node)))}"]
        attributes += [f'{name}="{value}"' for name, value in style(node, captions).items()]
        lines.append(f"  {_quoted(node.name)} [{', '.join(attributes)}];")
    for edge in result.edges:
        attributes = [] if edge.partial is None else [f'label=" {captions.number(edge.partial)} "']
        if edge.partial is None and result.at:
            attributes.append("style=dashed")
        if edge.marked:
            attributes.append(f'color="{MARK}", penwidth=2')
        lines.append(
            f"  {_quoted(edge.source)} -> {_quoted(edge.target)}"
            + (f" [{', '.join(attributes)}];" if attributes else ";")
        )
    return "\n".join([*lines, "}"]) + "\n"


def _mermaid(result: GraphView, view: View) -> str:
    """For Mermaid, which GitHub draws in Markdown."""
    captions = Captions(result, view)
    places = {node.name: f"n{number}" for number, node in enumerate(result.nodes)}
    lines = ["flowchart TD"]
    for node in result.nodes:
        text = "<br/>".join(_entities(line) for line in captions.lines(node))
        left, right = ('(["', '"])') if node.op == "input" else ('["', '"]')
        lines.append(f"  {places[node.name]}{left}{text}{right}")
    marked = []
    for number, edge in enumerate(result.edges):
        arrow = "-->" if edge.partial is not None or not result.at else "-.->"
        label = "" if edge.partial is None else f'|"{captions.number(edge.partial)}"|'
        lines.append(f"  {places[edge.source]} {arrow}{label} {places[edge.target]}")
        marked += [str(number)] if edge.marked else []
    groups = (
        ("input", [node for node in result.nodes if node.op == "input"], f"fill:{INPUT_FILL}"),
        ("output", [node for node in result.nodes if node.name in captions.outputs], f"fill:{OUTPUT_FILL}"),
        ("marked", [node for node in result.nodes if node.marked], f"stroke:{MARK},stroke-width:2px"),
    )
    for name, nodes, look in groups:
        if nodes:
            lines.append(f"  classDef {name} {look},color:#1f2328")
            lines.append(f"  class {','.join(places[node.name] for node in nodes)} {name}")
    if marked:
        lines.append(f"  linkStyle {','.join(marked)} stroke:{MARK},stroke-width:2px")
    return "\n".join(lines) + "\n"


def _entities(text: str) -> str:
    """The text as Mermaid takes it within quotes."""
    for char, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(char, entity)
    return text


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
    from adcli.render.page import ANSWER, QUIET, WARNING, Page, padded

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
