"""`--syntax mathematica|maxima|…`: the notations of papers and other programs, by one parser and a table for each.

A text becomes a graph with its places, so that errors point into what was written. What was understood is said in
adcli's own language (`Graph.reading`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from adcli.errors import AdcliError, LimitError, Span
from adcli.graphs import Graph
from adcli.ops import Op

if TYPE_CHECKING:
    from adcli.language.notations.notation import Notation

SYNTAXES = ("sympy", "latex", "mathematica", "maxima", "python", "excel", "julia", "matlab")
WRITTEN = ("adcli", *SYNTAXES)
"""Notations that formulas can be written in."""
MAX_TEXT = 20_000_000
"""A text in another notation may have this many characters."""


def notation_of(syntax: str) -> Notation:
    """The table of one of SYNTAXES."""
    found: Notation = import_module(f"adcli.language.notations.{syntax}").NOTATION
    return found


def read(
    syntax: str,
    text: str | Sequence[str],
    *,
    origin: str | None = None,
    let: Mapping[str, int] | None = None,
    sizes: Mapping[str, tuple[int, ...]] | None = None,
) -> tuple[Graph, list[Span]]:
    """The graph of a text, or of several, in one of SYNTAXES, with spans in the text (joined by line breaks).

    And the places where something else may have been meant.

    Raises SyntaxFault, NameFault, LimitError.
    """
    from adcli.language.notations.pratt import Parser
    from adcli.language.notations.writer import Writer

    notation = notation_of(syntax)
    texts = (text,) if isinstance(text, str) else tuple(text)
    whole = "\n".join(texts)
    writer = Writer(notation, whole, let or {}, sizes)
    start = 0
    doubts: list[Span] = []
    for part in texts:
        try:
            if len(part) > MAX_TEXT:
                raise LimitError(f"a text has at most {MAX_TEXT:,} characters here", (0, len(part)))
            parser = Parser(notation, part)
            for tree in parser.statements():
                writer.statement(tree)
            doubts += [(start + first, start + last) for first, last in parser.doubts]
        except AdcliError as error:
            first, last = error.span or (0, len(part))
            error.span = (start + first, start + last)
            raise error.located(whole, origin) from None
        start += len(part) + 1
    try:
        return writer.finish(), doubts
    except AdcliError as error:
        raise error.located(whole, origin) from None


def parse_foreign(
    syntax: str,
    text: str | Sequence[str],
    *,
    origin: str | None = None,
    let: Mapping[str, int] | None = None,
    sizes: Mapping[str, tuple[int, ...]] | None = None,
) -> Graph:
    """The graph of a text in one of SYNTAXES, whose `reading` is what was understood, in adcli's language.

    `let` gives names to integers, such as the bounds of sums.
    """
    from adcli.language.printer import unparse
    from adcli.language.texts import parse

    found, doubts = read(syntax, text, origin=origin, let=let, sizes=sizes)
    reading = unparse(found)
    graph = parse(reading)
    # The same operations in the same order, so that places can be carried over; leaves are found by what they are.
    if _operations(graph) != _operations(found):  # what has no value, where only a condition can say so
        graph = found.changed(formulas=graph.formulas, unnamed=graph.unnamed)
    leaves = {found.labels[node]: span for node, span in enumerate(found.spans) if node in found.labels}
    places = iter([span for node, span in enumerate(found.spans) if node not in found.labels])
    spans = [leaves[graph.labels[node]] if node in graph.labels else next(places) for node in range(len(graph))]
    # A reading says in which order the inputs come by x[1] = x[1], which assigns nothing.
    assigned = tuple([(name, node) for name, node in graph.assignments if graph.labels.get(node) != name])
    said = "read as " + "; ".join(unparse(found, ordered=False).splitlines()) if doubts else ""
    return graph.changed(
        text=found.text,
        spans=spans,
        reading=reading,
        syntax=syntax,
        assignments=assigned,
        doubts=[*((said, place) for place in doubts[:1]), *_ambiguous(syntax, found.text)],
    )


def _ambiguous(syntax: str, text: str) -> list[tuple[str, Span]]:
    """What is to be said of a text that others may read otherwise, once each, with the first such place."""
    places = ((said, re.search(pattern, text)) for pattern, said in notation_of(syntax).ambiguous)
    return [(said, place.span()) for said, place in places if place]


def _operations(graph: Graph) -> list[Op]:
    return [op for node, op in enumerate(graph.ops) if node not in graph.labels]
