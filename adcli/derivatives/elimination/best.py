"""The best order of elimination, which is NP-complete to find: sought among all sets of vertices, within limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adcli.derivatives.elimination.structure import Structure, cost, users_of

MAX_TRIED = 200_000
"""The best order is sought through this many vertices, each after some set of others: enough for 13 in any graph."""
MAX_EXACT = 60
"""Beyond this many intermediate vertices, alike ones counted once, the best order is not sought."""


def exact(structure: Structure, known: list[int] | None = None) -> list[int] | None:
    """The best order over all subsets: *known*, an order, or one that is better; None where MAX_TRIED do not tell.

    What remains after eliminating a set does not depend on the order in it. So the cheapest way to each set is found
    from the sets one step smaller, the most promising sets first, until the full one is reached (A*). A vertex costs
    at least as many multiplications as there are disjoint paths to it from the sources, times those from it to the
    targets; sets that cannot end below the known cost are left out. Vertices with the same neighbours go
    together, which is never worse ("false twins": Bentert, Crane, Drange, Mizutani & Sullivan).
    """
    from heapq import heappop, heappush

    reach = _Reach(structure)
    groups = _twins(structure, reach.users)
    if len(groups) > MAX_EXACT:
        return None
    masks = [sum([1 << reach.place[node] for node in group]) for group in groups]
    full = sum(masks)
    least = [disjoint(structure, group[0], reach.users) for group in groups]
    start = sum([bound * len(group) for bound, group in zip(least, groups, strict=True)])
    known_cost = None if known is None else cost(structure, known)
    most = None if known_cost is None else known_cost.multiplications
    cheapest: dict[int, tuple[int, int]] = {0: (start, 0)}
    came: dict[int, int] = {}
    heap: list[tuple[int, int, int]] = [(start, 0, 0)]
    tried = 0
    while heap and (most is None or heap[0][0] < most):
        total, nontrivial, done = heappop(heap)
        if cheapest[done] != (total, nontrivial):
            continue
        if done == full:
            break
        tried += len(groups)
        if tried > MAX_TRIED:
            return None
        for number, group in enumerate(groups):
            if done & masks[number]:
                continue
            more, worth = reach.price(done, group[0])
            candidate = (total + len(group) * (more - least[number]), nontrivial + len(group) * worth)
            after = done | masks[number]
            if (most is None or candidate[0] < most) and (after not in cheapest or candidate < cheapest[after]):
                cheapest[after] = candidate
                came[after] = number
                heappush(heap, (*candidate, after))
    if full not in came and full:
        return known
    order: list[int] = []
    while full:
        order += groups[came[full]]
        full &= ~masks[came[full]]
    return order[::-1]


class _Reach:
    """What eliminating a vertex costs after a set of others: paths through the set become edges."""

    def __init__(self, structure: Structure) -> None:
        self.place = {node: i for i, node in enumerate(structure.intermediates)}
        self.arguments = structure.arguments
        self.users = users_of(structure.arguments)

    def price(self, done: int, node: int) -> tuple[int, int]:
        """Multiplications to eliminate *node* once the set *done* is gone: all, and the nontrivial ones."""
        below = self._edges(done, node, self.arguments)
        above = self._edges(done, node, self.users)
        units_below, units_above = sum(below.values()), sum(above.values())
        total = len(below) * len(above)
        trivial = units_below * len(above) + units_above * len(below) - units_below * units_above
        return total, total - trivial

    def _edges(self, done: int, start: int, neighbours: Mapping[int, Mapping[int, bool]]) -> dict[int, bool]:
        """The neighbours of a vertex by paths through the set, and whether that edge is a single product of ±1."""
        found: dict[int, bool] = {}
        ways: dict[int, bool] = {start: True}  # per vertex passed, whether one path of ±1 leads there
        stack = [start]
        place = self.place
        while stack:
            node = stack.pop()
            unit = ways[node]
            for other, edge in neighbours.get(node, {}).items():
                if other in place and done >> place[other] & 1:
                    if other not in ways:
                        ways[other] = unit and edge
                        stack.append(other)
                    elif ways[other]:
                        ways[other] = False
                        stack.append(other)
                else:
                    found[other] = other not in found and unit and edge
        return found


def _twins(structure: Structure, users: Mapping[int, Mapping[int, bool]]) -> list[list[int]]:
    """The intermediate vertices, those with the same neighbours together."""
    groups: dict[Any, list[int]] = {}
    for node in structure.intermediates:
        key = frozenset(structure.arguments[node].items()), frozenset(users.get(node, {}).items())
        groups.setdefault(key, []).append(node)
    return list(groups.values())


def disjoint(structure: Structure, node: int, users: Mapping[int, Mapping[int, bool]]) -> int:
    """The vertex-disjoint paths that lead to a vertex from the sources, times those to the targets.

    Eliminating other vertices leaves that many edges at least on either side.
    """
    below = _flow(node, structure.arguments, set(structure.sources.values()))
    return below * _flow(node, users, set(structure.targets.values()))


def _flow(start: int, neighbours: Mapping[int, Mapping[int, bool]], ends: set[int]) -> int:
    """How many paths from *start* to *ends* have no other vertex in common (Menger; by augmenting paths)."""
    following: dict[int, int] = {}  # on the paths so far: the vertex after each, and the one before
    preceding: dict[int, int] = {}
    count = 0
    while True:
        # A state is (vertex, whether it was entered from behind, along a path that is to be undone).
        came: dict[tuple[int, bool], tuple[int, bool] | None] = {}
        stack: list[tuple[int, bool]] = []
        for other in neighbours.get(start, ()):
            if preceding.get(other) != start and (other, False) not in came:
                came[other, False] = None
                stack.append((other, False))
        end: tuple[int, bool] | None = None
        while stack:
            state = stack.pop()
            node, undoing = state
            onward: list[tuple[int, bool]] = []
            if not undoing and node in preceding:  # taken by a path: the only way on is back along it
                if preceding[node] != start:
                    onward.append((preceding[node], True))
            else:
                if not undoing and node in ends:
                    end = state
                    break
                onward += [(other, False) for other in neighbours.get(node, ()) if following.get(node) != other]
                if undoing and preceding[node] != start:
                    onward.append((preceding[node], True))
            for further in onward:
                if further not in came:
                    came[further] = state
                    stack.append(further)
        if end is None:
            return count
        _augment(start, end, came, following, preceding)
        count += 1


def _augment(
    start: int,
    end: tuple[int, bool],
    came: Mapping[tuple[int, bool], tuple[int, bool] | None],
    following: dict[int, int],
    preceding: dict[int, int],
) -> None:
    """Turn the edges along the path found: those undone vanish, the others are added."""
    state: tuple[int, bool] | None = end
    added: list[tuple[int, int]] = []
    while state is not None:
        earlier = came[state]
        before = start if earlier is None else earlier[0]
        if state[1]:  # from a vertex back to the one before it
            del following[state[0]]
            del preceding[before]
        else:
            added.append((before, state[0]))
        state = earlier
    for before, after in added:
        if before != start:
            following[before] = after
        preceding[after] = before
