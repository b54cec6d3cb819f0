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

from adcli.results import Number
from adcli.studies.paths.best import Edges

MAX_FACTORS = 1000
"""An expression with more factors is not written out."""


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
    # A size beyond the limit is as good as any other, and does not grow to a number of a thousand digits.
    return Nested(sign, left, right, min(left.size + right.size, MAX_FACTORS + 1))


class Nester:
    """Nested expressions of the derivatives in one graph."""

    def __init__(self, edges: Edges) -> None:
        self._edges = edges
        self._users: dict[int, set[int]] = {}
        for node, uses in edges.items():
            for argument, _ in uses:
                self._users.setdefault(argument, set()).add(node)
        self._below: dict[int, set[int]] = {}

    def nest(self, output: int, source: int) -> Factor | Nested | None:
        """The derivative of *output* by *source*, two nodes with a path between them; None where it is too long."""
        graph = self._between(output, source)
        if graph is None:
            return None
        graph.eliminate()
        whole = graph.ahead[source][output]
        return whole if whole.size <= MAX_FACTORS else None

    def _between(self, output: int, source: int) -> _Between | None:
        """The edges that lie on a path from *source* to *output*; None where these alone are too many."""
        below = self._below.get(output)
        if below is None:
            below = self._below[output] = {output}
            for node in reversed(self._edges):
                if node in below:
                    below.update(argument for argument, _ in self._edges[node])
        found, pending = {source}, [source]
        while pending:
            for user in self._users.get(pending.pop(), ()):
                if user in below and user not in found:
                    found.add(user)
                    pending.append(user)
                    if len(found) > MAX_FACTORS + 1:
                        return None
        graph = _Between(output, source, sorted(found))
        total = 0
        for node in graph.order[1:]:
            for argument, partial in self._edges[node]:
                if argument in found:
                    graph.add(argument, node, Factor(node, argument, partial))
                    total += 1
        return graph if total <= MAX_FACTORS else None


class _Between:
    """The graph between a source and an output: the expression on each edge, by argument and user."""

    def __init__(self, output: int, source: int, order: list[int]) -> None:
        self.ends = (output, source)
        self.order = order
        self.ahead: dict[int, dict[int, Factor | Nested]] = {node: {} for node in order}
        self.behind: dict[int, dict[int, None]] = {node: {} for node in order}

    def add(self, argument: int, user: int, expression: Factor | Nested) -> None:
        """An edge, or one more beside those that are there."""
        known = self.ahead[argument].get(user)
        self.ahead[argument][user] = expression if known is None else joined("+", known, expression)
        self.behind[user][argument] = None

    def eliminate(self) -> None:
        """Remove all nodes but the two ends, the cheapest first."""
        passages = self._passages()

        def queued(nodes: Iterable[int]) -> list[tuple[int, int]]:
            # What all paths pass through comes when its two sides are single edges: it parts the product.
            costs = ((self._cost(node), node) for node in nodes if node not in self.ends)
            return [(cost, node) for cost, node in costs if cost == 1 or node not in passages]

        queue = queued(self.order)
        heapify(queue)
        while queue:
            cost, node = heappop(queue)
            if node in self.ahead and cost == self._cost(node):
                for item in queued(self._remove(node)):
                    heappush(queue, item)

    def _cost(self, node: int) -> int:
        """How many products the elimination of a node takes (Markowitz)."""
        return len(self.behind[node]) * len(self.ahead[node])

    def _remove(self, node: int) -> list[int]:
        """Replace a node's edges by the products over it; its former neighbours."""
        before, after = self.behind.pop(node), self.ahead.pop(node)
        for user in after:
            del self.behind[user][node]
        for argument in before:
            left = self.ahead[argument].pop(node)
            for user, right in after.items():
                self.add(argument, user, joined("·", left, right))
        return [*before, *after]

    def _passages(self) -> set[int]:
        """The nodes that all paths pass through: those over which no edge leads."""
        places = {node: place for place, node in enumerate(self.order)}
        found = set()
        reach = 0
        for place, node in enumerate(self.order):
            if reach <= place:
                found.add(node)
            reach = max(reach, *(places[user] for user in self.ahead[node])) if self.ahead[node] else reach
        return found


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
