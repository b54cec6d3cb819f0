"""A page to step through both passes of a program: one file, that asks nothing of anybody.

Graphviz lays the graph out (its libraries come with the wheels of pygraphviz, and its layered drawings are the field's
measure); the browser draws it, since only it knows the reader's fonts and colours. Text of the user's is data there:
it stands in a JSON object and becomes text nodes, and a policy lets no other script run than the page's own.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from adcli.errors import UsageError
from adcli.render import View, mathml
from adcli.render.drawing import quietly
from adcli.render.screen import one_line

if TYPE_CHECKING:
    from adcli.studies.explore import Exploration, Link

BOX = (150, 66)
"""The size of a node."""
GAPS = (26, 42)
"""Between nodes, across and down."""
MAX_FORMULA = 20_000
"""A longer typeset formula is left as text."""


def render(result: Exploration, format: str, view: View) -> str:
    """The page."""
    from adcli.studies.export.export import export

    folder = files("adcli.render") / "exploring"
    page, style, script = (
        folder.joinpath(f"page.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
    )
    program = export(result.program, to="javascript", what=("value",), name="everyNumber")
    script = f"{program.code}\n{script}"
    digest = b64encode(sha256(script.encode()).digest()).decode()
    told = {
        "HASH": digest,
        "TITLE": escape(one_line("; ".join(result.expr))),
        "STYLE": style,
        "FORMULA": _formula(result),
        "MODEL": json.dumps(_model(result, program.inputs), ensure_ascii=False).replace("<", "\\u003c"),
        "SCRIPT": script,
    }
    first, *parts = page.split("@")
    return first + "".join(told.get(part, f"@{part}@") if i % 2 == 0 else part for i, part in enumerate(parts))


def _formula(result: Exploration) -> str:
    """The program's statements, typeset."""
    graph, marks = result.graph, dict(result.names)
    outputs = dict(zip(graph.outputs, graph.output_names, strict=True))
    named = {node: name for name, node in graph.assignments if node in marks}
    written = [mathml.statement(graph, node, name, named, marks) for node, name in named.items()]
    for node, name in outputs.items():
        if node not in named:
            written.append(mathml.statement(graph, node, "f" if result.unnamed else name, named, marks))
    text = "".join(written)
    return text if len(text) <= MAX_FORMULA else f"<code>{escape(one_line('; '.join(result.expr)))}</code>"


def _model(result: Exploration, given: Sequence[str]) -> dict[str, Any]:
    """What the page knows; *given* are the inputs that its program takes, x0, x1, …, in their order."""
    layout, places, curves = _laid_out(result)
    sought = set(result.sought)
    inputs = [
        {
            "name": name,
            "node": node,
            "value": float(result.at[name]) if name in result.at else 0.0,
            "sought": name in sought,
        }
        for name, node in result.inputs.items()
    ]
    outputs = [{"name": "f" if result.unnamed else name, "node": node} for name, node in result.outputs.items()]
    nodes = []
    for node in result.nodes:
        flows = sum(link.target == node.name and link.partial is not None for link in result.links)
        fields = {key: getattr(node, key) for key in node.__dataclass_fields__ if key != "span"}
        nodes.append({**fields, "flows": flows, "at": places[node.name]})
    links = [
        {**{key: getattr(link, key) for key in link.__dataclass_fields__}, **curve}
        for link, curve in zip(result.links, curves, strict=True)
    ]
    return {
        "inputs": inputs,
        "outputs": outputs,
        "nodes": nodes,
        "links": links,
        "given": [int(name[1:]) for name in given],
        "layout": layout,
        "sweeps": _sweeps(result, [output["name"] for output in outputs]),
        "first": "forward" if len(sought) < len(outputs) else "reverse",
    }


def _sweeps(result: Exploration, outputs: list[Any]) -> list[dict[str, Any]]:
    """What can be swept: by each input, of each output, and along a direction of both."""
    found: list[dict[str, Any]] = []
    for mode, names, said, custom in (
        ("reverse", outputs, "reverse: all derivatives of {}", "reverse: weights of the outputs"),
        ("forward", result.sought, "forward: the derivative by {}", "forward: along a direction"),
    ):
        found += [{"mode": mode, "along": name, "said": said.format(name)} for name in names]
        found.append({"mode": mode, "along": None, "said": custom})
    return found if result.sought else []


def _laid_out(result: Exploration) -> tuple[dict[str, Any], dict[str, list[float]], list[dict[str, Any]]]:
    """The size of the picture, the nodes' middles, and the links' curves with a place for their label."""
    try:
        import pygraphviz
    except ImportError:
        raise UsageError("the page needs Graphviz", hint="pip install 'adcli[graph]'") from None
    picture: Any = pygraphviz.AGraph(strict=False, directed=True)
    picture.graph_attr.update(rankdir="TB", nodesep=str(GAPS[0] / 72), ranksep=str(GAPS[1] / 72), ordering="in")
    picture.node_attr.update(shape="box", fixedsize="true", width=str(BOX[0] / 72), height=str(BOX[1] / 72), label="")
    picture.edge_attr.update(arrowsize="0.6")
    for node in result.nodes:
        picture.add_node(node.name)
    starts = [
        node.name for node in result.nodes if node.op == "input" and any(e.source == node.name for e in result.links)
    ]
    if starts:
        picture.add_subgraph(starts, rank="same")
    for i, link in enumerate(result.links):
        picture.add_edge(link.source, link.target, key=str(i))
    with quietly():
        picture.layout(prog="dot")
    _, _, width, height = (float(x) for x in picture.graph_attr["bb"].split(","))

    def turned(text: str) -> list[float]:
        x, y = text.split(",")
        return [round(float(x), 1), round(height - float(y), 1)]

    places = {node.name: turned(picture.get_node(node.name).attr["pos"]) for node in result.nodes}
    curves = [_curve(picture, link, i, turned) for i, link in enumerate(result.links)]
    return {"width": width, "height": height, "box": BOX}, places, curves


def _curve(picture: Any, link: Link, number: int, turned: Any) -> dict[str, Any]:
    """An edge's path, and where its label stands."""
    parts = picture.get_edge(link.source, link.target, key=str(number)).attr["pos"].replace("\\\n", "").split()
    tip = next((turned(part[2:]) for part in parts if part.startswith("e,")), None)
    points = [turned(part) for part in parts if part[:2] not in ("e,", "s,")]
    path = "M" + " ".join(map(str, points[0]))
    for k in range(1, len(points) - 2, 3):
        path += " C" + " ".join(f"{x} {y}" for x, y in points[k : k + 3])
    if tip:
        path += f" L{tip[0]} {tip[1]}"
    middle = points[len(points) // 2]
    return {"path": path, "at": middle}
