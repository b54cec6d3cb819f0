"""The order of elimination: between "forward" and "reverse" lies every other order of applying the chain rule.

The Jacobian is what remains of the linearised graph once every intermediate vertex is eliminated: for each
argument i and each user k of vertex j, the edge c_ki grows by c_kj·c_ji, and j goes. From the inputs upwards this
is (sparse) forward mode, from the outputs downwards reverse mode; the number of multiplications depends on the
order, and finding the best is NP-complete (Griewank & Walther 2008, ch. 9 and 10; Naumann 2008).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adcli.derivatives.elimination.annealing import MAX_ANNEALED, annealed
from adcli.derivatives.elimination.best import exact
from adcli.derivatives.elimination.heuristics import bracketed, by_layers, greedy, markowitz, relative_markowitz
from adcli.derivatives.elimination.structure import MAX_MULTIPLICATIONS, Counts, Structure, cost
from adcli.errors import LimitError, option

MAX_GREEDY = 5_000
"""Up to this many intermediate vertices the lowest Markowitz degrees are sought."""
PATIENCE = 200_000
"""Moves of the annealing where orders are compared: some seconds for a hundred vertices."""


@dataclass(frozen=True)
class Orders:
    """What each order costs; None where it takes more than MAX_MULTIPLICATIONS or was not sought.

    `layers` is the best order of a chain of Jacobians, where the vertices form layers; `optimal` the best order of all,
    where the graph is small enough to find it, and `annealed` the best one met where it is not. `best` says which order
    is the cheapest, `order` are its vertices.
    """

    vertices: int
    forward: Counts | None
    reverse: Counts | None
    markowitz: Counts | None
    relative_markowitz: Counts | None
    layers: Counts | None
    optimal: Counts | None
    annealed: Counts | None
    best: str
    order: tuple[int, ...]

    @property
    def least(self) -> Counts:
        """What the best order found takes."""
        counts: Counts = getattr(self, self.best)
        return counts


@dataclass(frozen=True, kw_only=True)
class Accumulation:
    """What accumulating the whole Jacobian multiplies by each order of elimination, as of `Orders`.

    `order` names the vertices in the order of `best`. `nontrivial` has the same counts without the products in which
    a factor is 1 or -1 by its rule.
    """

    vertices: int
    forward: int | None
    reverse: int | None
    markowitz: int | None
    relative_markowitz: int | None
    layers: int | None
    optimal: int | None
    annealed: int | None
    best: str
    order: tuple[str, ...]
    nontrivial: dict[str, int | None]


KINDS = ("forward", "reverse", "markowitz", "relative_markowitz", "layers", "optimal", "annealed")
"""The orders tried: the fields of `Orders` and `Accumulation` that are counts."""


def accumulation(found: Orders, names: Mapping[int, str]) -> Accumulation:
    """The orders with the vertices' names."""
    counts: dict[str, Counts | None] = {kind: getattr(found, kind) for kind in KINDS}
    numbers: dict[str, Any] = {kind: None if c is None else c.multiplications for kind, c in counts.items()}
    return Accumulation(
        vertices=found.vertices,
        **numbers,
        best=found.best,
        order=tuple([names[vertex] for vertex in found.order]),
        nontrivial={kind: None if c is None else c.nontrivial for kind, c in counts.items()},
    )


def orders(structure: Structure, layers: Sequence[Collection[int]] = (), patience: int = 0) -> Orders:
    """Try every order that is known, and name the cheapest. *layers* are known layers of vertices, ends included.

    Where the best order is not found, a better one is sought through *patience* moves.

    Raises LimitError where all of them take too many multiplications.
    """
    nodes = structure.intermediates
    tried: dict[str, list[int] | None] = {"forward": list(nodes), "reverse": nodes[::-1]}
    if len(nodes) <= MAX_GREEDY:
        tried["markowitz"] = greedy(structure, markowitz)
        tried["relative_markowitz"] = greedy(structure, relative_markowitz(structure))
    tried["layers"] = bracketed(layers) if layers else by_layers(structure)
    counted = {name: None if order is None else cost(structure, order) for name, order in tried.items()}
    if len(nodes) <= MAX_GREEDY:
        cheapest = _cheapest(counted)
        tried["optimal"] = found = exact(structure, None if cheapest is None else tried[cheapest])
        counted["optimal"] = None if found is None else cost(structure, found)
        if found is None and cheapest is not None and patience and len(nodes) <= MAX_ANNEALED:
            tried["annealed"] = better = annealed(structure, tried[cheapest] or (), patience)
            counted["annealed"] = cost(structure, better)
    best = _cheapest(counted)
    if best is None:
        raise LimitError(
            f"every order of elimination takes more than {MAX_MULTIPLICATIONS:,} multiplications",
            hint=f"{option('mode', 'fwd')} and {option('mode', 'rev')} have no such limit",
        )
    return Orders(
        vertices=len(nodes),
        forward=counted["forward"],
        reverse=counted["reverse"],
        markowitz=counted.get("markowitz"),
        relative_markowitz=counted.get("relative_markowitz"),
        layers=counted["layers"],
        optimal=counted.get("optimal"),
        annealed=counted.get("annealed"),
        best=best,
        order=tuple(tried[best] or ()),
    )


def _cheapest(counted: Mapping[str, Counts | None]) -> str | None:
    """The first of the orders that multiply least; None where nothing is known."""
    known = {name: (c.multiplications, c.nontrivial) for name, c in counted.items() if c is not None}
    return min(known, key=lambda name: known[name], default=None)
