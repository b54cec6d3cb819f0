"""The chain rule as one nested expression: paths that share their ends share their factors.

The graph between an input and an output is reduced to a single edge by eliminating its vertices (Griewank & Walther
2008, ch. 9): a vertex's edges are replaced by the products over it, and parallel edges by their sum. A vertex with
one edge in and one out costs nothing; where there are only such, the graph is series-parallel and each partial
occurs once. Elsewhere the cheapest vertex goes first (Markowitz), and its factors are repeated.
"""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from adcli.paths.best import Edges
from adcli.results import Number

MAX_EDGES = 100_000
"""Elimination that makes more new edges than this is given up."""


class Factor(NamedTuple):
    """∂target/∂source."""

    target: int
    source: int
    partial: Number | None
    size: int = 1


class Nested(NamedTuple):
    """A product ("·") or sum ("+") of two expressions; `size` counts its factors, as often as they occur."""

    sign: str
    left: Factor | Nested
    right: Factor | Nested
    size: int


def joined(sign: str, left: Factor | Nested, right: Factor | Nested) -> Nested:
    """The sum or product of two expressions."""
    return Nested(sign, left, right, left.size + right.size)


def nest(edges: Edges, output: int, source: int) -> Factor | Nested | None:
    """The derivative of *output* by *source*, two nodes with a path between them; None where it grows too large."""
    ahead, behind = _between(edges, output, source)
    order = {node: place for place, node in enumerate(ahead)}
    protected = _passages(ahead, behind, output, source)
    made = 0

    def degree(node: int) -> int:
        return len(behind[node]) * len(ahead[node])

    def queued(nodes: Iterable[int]) -> list[tuple[int, int, int]]:
        # What all paths pass through comes when its two sides are single edges: it parts the product.
        return [
            (degree(node), order[node], node)
            for node in nodes
            if node not in (output, source) and (node not in protected or degree(node) == 1)
        ]

    queue = queued(ahead)
    heapify(queue)
    while queue:
        priority, _, node = heappop(queue)
        if node not in ahead or priority != degree(node):
            continue
        before, after = behind.pop(node), ahead.pop(node)
        for first in before:
            left = ahead[first].pop(node)
            for last, right in after.items():
                product = joined("·", left, right)
                known = ahead[first].get(last)
                ahead[first][last] = product if known is None else joined("+", known, product)
                behind[last].pop(node, None)
                behind[last][first] = None
                made += 1
        if made > MAX_EDGES:
            return None
        for item in queued([*before, *after]):
            heappush(queue, item)
    return ahead[source][output]


_Ahead = dict[int, dict[int, "Factor | Nested"]]
_Behind = dict[int, dict[int, None]]


def _between(edges: Edges, output: int, source: int) -> tuple[_Ahead, _Behind]:
    """The edges that lie on a path from *source* to *output*: users by argument, and arguments by user."""
    reaching = {source}
    for node, uses in edges.items():
        if node != source and any(argument in reaching for argument, _ in uses):
            reaching.add(node)
    ahead: _Ahead = {source: {}}
    behind: _Behind = {source: {}}
    wanted = {output}
    used = [source]
    for node in reversed(edges):
        if node in wanted and node != source:
            used.append(node)
            wanted.update(argument for argument, _ in edges[node] if argument in reaching)
    for node in reversed(used):
        ahead.setdefault(node, {})
        behind.setdefault(node, {})
    for node in [node for node in edges if node in ahead and node != source]:
        for argument, partial in edges[node]:
            if argument in ahead:
                factor = Factor(node, argument, partial)
                known = ahead[argument].get(node)
                ahead[argument][node] = factor if known is None else joined("+", known, factor)
                behind[node][argument] = None
    return ahead, behind


def _passages(ahead: _Ahead, behind: _Behind, output: int, source: int) -> set[int]:
    """The nodes that all paths pass through."""
    above = {output: 1}
    for node in sorted(ahead, reverse=True):
        above.setdefault(node, sum(above[user] for user in ahead[node]))
    below = {source: 1}
    for node in sorted(behind):
        below.setdefault(node, sum(below[argument] for argument in behind[node]))
    return {node for node in ahead if above[node] * below[node] == above[source]}


def written(expression: Factor | Nested) -> list[Factor | str]:
    """The factors and the signs "·", "+", "(", ")" between them, in reading order."""
    result: list[Factor | str] = []
    pending: list[tuple[Factor | Nested | str, str]] = [(expression, "+")]
    while pending:
        item, within = pending.pop()
        if isinstance(item, (str, Factor)):
            result.append(item)
            continue
        brackets = item.sign == "+" and within == "·"
        pieces: list[Factor | Nested | str] = [item.left, item.sign, item.right]
        for piece in reversed(["(", *pieces, ")"] if brackets else pieces):
            pending.append((piece, item.sign))
    return result
