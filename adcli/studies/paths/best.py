"""The paths with the largest |product|, one after the other, in a graph that may have 2^200 of them.

Each node keeps the best paths found from it down to a source, and asks an argument for its next best only when it
needs it: the recursive enumeration algorithm (Jiménez & Marzal, Computing the K shortest paths, 1999), here
without recursion. One more path costs about its length, whatever the number of all paths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush
from typing import Any, NamedTuple, TypeAlias

from adcli.results import Number

Edges: TypeAlias = "dict[int, list[tuple[int, Number | None]]]"
"""The arguments of each node that a derivative passes to, each with its partial; nodes in order of evaluation."""

ROOT = -1
"""A node above all outputs, so that one search finds the best of all."""


class Continuation(NamedTuple):
    """A path down from a node. Of two, the smaller is the better.

    `rank` says which of the best paths of the edge's argument follows. Where `edge` is negative the path ends
    here, at the source whose name is the one at -1 - `edge`.
    """

    minus_size: Any
    edge: int
    rank: int


class Found(NamedTuple):
    """A path from an output (its place among them) to a source."""

    place: int
    nodes: list[int]
    partials: list[Number | None]
    source: str


class BestPaths:
    """The paths from *outputs* to *sources* (each node's names), by falling product of `size(partial)`."""

    def __init__(
        self,
        edges: Edges,
        sources: Mapping[int, Sequence[str]],
        outputs: Sequence[int],
        size: Callable[[Number | None], Any],
    ) -> None:
        self._partials = edges
        self._names = sources
        self._one = size(None)
        self._edges: dict[int, list[tuple[int, Any]]] = {}
        self._ways: dict[int, list[Continuation]] = {}
        self._waiting: dict[int, list[Continuation]] = {}
        for node in sources:
            if node not in edges:
                self._enter(node, [])
        for node, uses in edges.items():
            self._enter(node, [(argument, size(partial)) for argument, partial in uses])
        self._enter(ROOT, [(node, self._one) for node in outputs])

    def path(self, rank: int) -> Found | None:
        """The path of this rank, counted from 0; None where there are fewer."""
        while len(self._ways.get(ROOT, ())) <= rank:
            if ROOT not in self._ways or not self._extend():
                return None
        _, place, follows = self._ways[ROOT][rank]
        node = self._edges[ROOT][place][0]
        nodes: list[int] = [node]
        partials: list[Number | None] = []
        while True:
            _, edge, follows = self._ways[node][follows]
            if edge < 0:
                return Found(place, nodes, partials, self._names[node][-1 - edge])
            node, partial = self._partials[node][edge]
            nodes.append(node)
            partials.append(partial)

    def _enter(self, node: int, uses: list[tuple[int, Any]]) -> None:
        """Find the best path of a node, given those of its arguments."""
        self._edges[node] = uses
        ways = self._first(node)
        if ways:
            self._ways[node] = [min(ways)]

    def _first(self, node: int) -> list[Continuation]:
        """The best path over each edge."""
        ways = [
            Continuation(size * self._ways[argument][0].minus_size, edge, 0)
            for edge, (argument, size) in enumerate(self._edges[node])
            if argument in self._ways
        ]
        return [*ways, Continuation(-self._one, -1, 0)] if node in self._names else ways

    def _extend(self) -> bool:
        """Find the root's next best path; whether there is one."""
        # Down: whose next best path does that take?
        chain = [ROOT]
        while True:
            _, edge, rank = self._ways[chain[-1]][-1]
            if edge < 0:
                break
            argument = self._edges[chain[-1]][edge][0]
            if len(self._ways[argument]) > rank + 1:
                break
            chain.append(argument)
        # And up again: each takes the best that waits.
        more = False
        for node in reversed(chain):
            ways = self._ways[node]
            waiting = self._waiting.get(node)
            if waiting is None:
                waiting = self._waiting[node] = sorted(way for way in self._first(node) if way != ways[0])
            following = self._next(node, ways[-1])
            if following is not None:
                heappush(waiting, following)
            more = bool(waiting)
            if more:
                ways.append(heappop(waiting))
        return more

    def _next(self, node: int, way: Continuation) -> Continuation | None:
        """The next best path over the same edge."""
        if way.edge < 0:
            return way._replace(edge=way.edge - 1) if -way.edge < len(self._names[node]) else None
        argument, size = self._edges[node][way.edge]
        ways = self._ways[argument]
        if len(ways) <= way.rank + 1:
            return None
        return Continuation(size * ways[way.rank + 1].minus_size, way.edge, way.rank + 1)
