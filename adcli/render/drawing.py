"""Pictures of the graph, drawn by Graphviz (its libraries come with the wheels of pygraphviz; no program is needed)."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from adcli.errors import LimitError, UsageError
from adcli.render import View
from adcli.render.diagram import dot

if TYPE_CHECKING:
    from adcli.studies.graph import GraphView

MAX_NODES = 1000
"""A graph with more nodes is not drawn: nobody could read it, and its layout would take minutes."""
MAX_SPAN = 6_000
"""Nor one whose edges cross more ranks, all together: the layout takes more than their square."""
HASTE = 500
"""Beyond so many ranks the layout is told to be content sooner."""
RESOLUTION = 144
"""Dots per inch of a PNG, twice those of an ordinary screen."""


def svg(result: GraphView, view: View) -> str:
    """The graph as SVG."""
    text = _drawn(result, view, "svg").decode("utf-8")
    text = text[text.index("<svg") :]  # without the document type, so that it can stand in an HTML page
    text = re.sub(r'(?<=\d)pt"', '"', text, count=2)  # some programs know no size but pixels
    return text if view.unicode else text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def png(result: GraphView, view: View) -> bytes:
    """The graph as PNG."""
    return _drawn(result, view, "png")


def _drawn(result: GraphView, view: View, format: str) -> bytes:
    if len(result.nodes) > MAX_NODES:
        raise LimitError(
            f"the graph has {len(result.nodes):,} nodes, and a picture shows at most {MAX_NODES:,}",
            hint="--format json and --format dot take any number; --output draws a part",
        )
    span = _span(result)
    if span > MAX_SPAN:
        raise LimitError(
            f"the edges of the graph cross {span:,} ranks in all, and those of a picture at most {MAX_SPAN:,}",
            hint="--format json and --format dot take any number; --output draws a part",
        )
    try:
        import pygraphviz
    except ImportError:
        raise UsageError(f"--format {format} needs Graphviz", hint="pip install 'adcli[graph]'") from None
    picture: Any = pygraphviz.AGraph(string=dot(result, View(digits=view.digits)))
    picture.graph_attr["dpi"] = str(RESOLUTION) if format == "png" else "72"
    if span > HASTE:
        picture.graph_attr.update(nslimit="1", nslimit1="1", mclimit="0.1")
    with quietly():
        picture.layout(prog="dot")
        data: bytes = picture.draw(format=format)
    return data


def _span(result: GraphView) -> int:
    """How many ranks the edges cross, all together, where an input stands as near to its first use as it can."""
    ranks: dict[str, int] = {}
    for edge in result.edges:
        ranks[edge.target] = max(ranks.get(edge.target, 0), ranks.get(edge.source, 0) + 1)
    first: dict[str, int] = {}
    for edge in result.edges:
        if edge.source not in ranks:
            first[edge.source] = min(first.get(edge.source, ranks[edge.target]), ranks[edge.target])
    ranks.update((name, rank - 1) for name, rank in first.items())
    return sum([ranks[edge.target] - ranks[edge.source] for edge in result.edges])


@contextmanager
def quietly() -> Iterator[None]:
    """Without what the C libraries write to standard error: complaints about a system's fonts."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, AttributeError, ValueError):  # no standard error at all
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(sink)
