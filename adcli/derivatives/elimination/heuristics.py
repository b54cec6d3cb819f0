"""Orders of elimination that are found quickly, and are often the best: by degrees, and by layers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from adcli.derivatives.elimination.chain import MAX_LAYERS, chain
from adcli.derivatives.elimination.structure import Elimination, Structure, users_of

Key = Callable[[Elimination, int], Any]
"""What a vertex is preferred by while others are eliminated: the lowest goes next."""


def markowitz(state: Elimination, node: int) -> Any:
    """A `Key`: the vertex's Markowitz degree."""
    return state.degree(node), node


def relative_markowitz(structure: Structure) -> Key:
    """A `Key`: the degree less what the vertex costs if it goes last, the inputs below it times the outputs above."""
    users = users_of(structure.arguments)
    below = _reached(structure.intermediates, structure.arguments, structure.sources.values())
    above = _reached(structure.intermediates[::-1], users, structure.targets.values())
    last = {node: below[node].bit_count() * above[node].bit_count() for node in structure.intermediates}
    return lambda state, node: (state.degree(node) - last[node], node)


def _reached(nodes: Iterable[int], neighbours: Mapping[int, Mapping[int, bool]], ends: Iterable[int]) -> dict[int, int]:
    """Per vertex, which of the *ends* paths lead to, as the bits of an integer; *nodes* are in order of the paths."""
    found = {end: 1 << place for place, end in enumerate(dict.fromkeys(ends))}
    for node in nodes:
        reached = 0
        for other in neighbours.get(node, ()):
            reached |= found.get(other, 0)
        found[node] = reached
    return found


def greedy(structure: Structure, key: Key) -> list[int] | None:
    """Always the vertex with the lowest key next; keys are renewed where an elimination changed the degree.

    None where that takes more than MAX_MULTIPLICATIONS.
    """
    from heapq import heapify, heappop, heappush

    state = Elimination(structure)
    current = {node: key(state, node) for node in structure.intermediates}
    heap = [(value, node) for node, value in current.items()]
    heapify(heap)
    order = []
    while heap:
        value, node = heappop(heap)
        if current.get(node) != value:
            continue
        if not state.affords(node):
            return None
        del current[node]
        order.append(node)
        below, above = state.eliminate(node)
        for neighbours in (below, above):
            for other in neighbours:
                if other in current:
                    renewed = key(state, other)
                    if renewed != current[other]:
                        current[other] = renewed
                        heappush(heap, (renewed, other))
    return order


def by_layers(structure: Structure) -> list[int] | None:
    """Where the vertices form layers, each using the one before: layer after layer in the chain's best order.

    A vertex with one user is part of that user's unit and goes first, from the unit's result downwards; what is
    left is sorted by its distance from the sources.
    """
    state = Elimination(structure)
    alone = {node for node in structure.intermediates if len(state.users.get(node, ())) <= 1}
    order: list[int] = []
    for node in reversed(structure.intermediates):
        if node in alone:
            order.append(node)
            state.eliminate(node)
    depth = dict.fromkeys(structure.sources.values(), 0)
    layers: dict[int, list[int]] = {}
    for node in structure.intermediates:
        if node in state.arguments:
            depths = {depth.get(a, 0) for a in state.arguments[node]}
            if len(depths) != 1:
                return None
            depth[node] = depths.pop() + 1
            layers.setdefault(depth[node], []).append(node)
    if not layers or len(layers) > MAX_LAYERS:
        return None
    ends = list(structure.sources.values()), list(structure.targets.values())
    return order + bracketed([ends[0], *(layers[k] for k in sorted(layers)), ends[1]])


def bracketed(layers: Sequence[Collection[int]]) -> list[int]:
    """The units of layers in the best order of multiplying their chain of Jacobians."""
    return [
        unit for _, middle, _ in chain([len(layer) for layer in layers]).optimal.products for unit in layers[middle]
    ]
