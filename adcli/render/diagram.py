"""The graph for programs that draw: DOT and Mermaid, and what is written on nodes and edges."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from adcli.render import View
from adcli.render.formula import called
from adcli.render.numbers import rounded, shown_digits
from adcli.render.screen import lines as harmless
from adcli.render.screen import one_line
from adcli.results import Number
from adcli.studies.naming import ASCII, PRETTY, Form

if TYPE_CHECKING:
    from adcli.studies.graph import Edge, GraphView, Vertex

INPUT_FILL, OUTPUT_FILL, FILL = "#ddf4ff", "#dafbe1", "#ffffff"
LINE, MARK = "#57606a", "#cf222e"
"""Colours: of what is filled, of lines, and of what is highlighted."""
FONT = "Helvetica,Arial,DejaVu Sans,sans-serif"

MOST_NUMBERS = 4
"""So many values of an array are shown."""

_NODE = re.compile(r"(?<!\w)v-?\d+(?!\w)")
"""A node's name within a label."""


class Captions:
    """The texts on nodes and edges, for people."""

    def __init__(self, result: GraphView, view: View) -> None:
        self.result = result
        self.digits = shown_digits(view.digits, result.precision)
        self.form: Form = PRETTY if view.unicode else ASCII
        self.outputs: dict[str, list[str]] = {}
        inputs = {node.label for node in result.nodes if node.op == "input"}
        for name, node in result.outputs.items():
            self.outputs.setdefault(node, []).append(called(result, name, inputs))

    def number(self, number: Number | tuple[Number | None, ...] | None) -> str:
        """A value, rounded; of an array the first few."""
        if isinstance(number, tuple):
            if len(number) == 1:
                return self.number(number[0])
            rest = [f"… {len(number):,} numbers"] if len(number) > MOST_NUMBERS else []
            return f"[{', '.join([*map(self.number, number[: MOST_NUMBERS - len(rest)]), *rest])}]"
        if isinstance(number, bool):
            return str(number)
        return "" if number is None else rounded(number, self.digits, self.result.precision)

    def formula(self, node: Vertex) -> str:
        """What the node is: an input's name, or the operation with its arguments."""
        if node.op in ("input", "box"):
            return node.label
        return _NODE.sub(lambda found: self.form.node(found[0]), node.label)

    def name(self, node: Vertex) -> str:
        """The node's name, after the names of the outputs that it is."""
        return " = ".join([*self.outputs.get(node.name, ()), self._ends(self.form.node, node.name)])

    def _ends(self, written: Callable[[str], str], name: str) -> str:
        """A node's name, of a box those of its first and last node."""
        return ("…" if self.form is PRETTY else "..").join(map(written, name.split("..")))

    def statement(self, node: Vertex) -> str:
        """The node's name and what it is."""
        return f"{self.name(node)} = {self.formula(node)}"

    def adjoint(self, node: Vertex) -> str:
        """The node's adjoint: v̄₃ = 1."""
        return (
            f"{self._ends(self.form.bar, node.name)} = {self.number(node.adjoint)}" if node.adjoint is not None else ""
        )

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
    return '"' + harmless(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


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
        if not edge.flows and result.at:
            attributes.append("style=dashed")
        if edge.marked:
            attributes.append(f'color="{MARK}", penwidth=2')
        lines.append(
            f"  {_quoted(edge.source)} -> {_quoted(edge.target)}"
            + (f" [{', '.join(attributes)}];" if attributes else ";")
        )
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(result: GraphView, view: View) -> str:
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
        arrow = "-->" if edge.flows or not result.at else "-.->"
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
    text = one_line(text)
    for char, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(char, entity)
    return text
