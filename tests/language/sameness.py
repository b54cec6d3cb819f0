"""What the tests of the language look at: a graph's operations in order, and the errors of a text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from adcli.errors import AdcliError
from adcli.graphs import Graph, verify
from adcli.language import parse
from adcli.ops import INPUT, LITERAL


def read(text: str | Sequence[str], **options: Any) -> Graph:
    """The graph of a program, found to be well formed, with every span inside of the text."""
    graph = parse(text, **options)
    verify(graph)
    assert all(0 <= start <= end <= len(graph.text) for start, end in graph.spans)
    return graph


def operations(text: str | Sequence[str] | Graph, **options: Any) -> list[str]:
    """The operations in order, as "mul x1 x2" or "add v1 v2", v1 the first of them."""
    graph = text if isinstance(text, Graph) else read(text, **options)
    names: dict[int, str] = {}
    rows: list[str] = []
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if op is INPUT or op is LITERAL:
            names[node] = graph.labels[node]
        else:
            rows.append(" ".join([op.name, *[names[a] for a in args]]))
            names[node] = f"v{len(rows)}"
    return rows


def structure(graph: Graph) -> tuple[Any, ...]:
    """All that a round trip keeps: operations in order with their arguments, inputs, outputs and their names."""
    numbers: dict[int, Any] = {}
    rows: list[tuple[Any, ...]] = []
    named = {node for _, node in graph.assignments}
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if op is INPUT or op is LITERAL:
            numbers[node] = (op.name, graph.labels[node], op is LITERAL and node in named)
        else:
            numbers[node] = len(rows)
            rows.append((op.name, *[numbers[a] for a in args]))
    return rows, graph.input_names, [numbers[node] for node in graph.outputs], graph.output_names


def formulas(text: str, **options: Any) -> list[str]:
    """What of the text each operation stands for, in order."""
    graph = read(text, **options)
    return [
        graph.text[slice(*span)]
        for op, span in zip(graph.ops, graph.spans, strict=True)
        if op is not INPUT and op is not LITERAL
    ]


def refused(text: str, kind: type[AdcliError], piece: str, **options: Any) -> AdcliError:
    """The error of *text*, which must be of *kind* and point at *piece*: "»" and "«" mark it in the text."""
    with pytest.raises(AdcliError) as caught:
        parse(text, **options)
    error = caught.value
    assert type(error) is kind, error
    assert error.text == text
    assert error.span is not None
    start, end = error.span
    assert f"{text[:start]}»{text[start:end]}«{text[end:]}" == piece, error
    return error
