"""From graph to text (to come)."""

from __future__ import annotations

from adcli.graph import Graph


def unparse(graph: Graph) -> str:
    raise NotImplementedError


def formula(graph: Graph, node: int, limit: int = 10_000) -> str:
    raise NotImplementedError
