"""The layers of a program: its families of intermediates as a chain, with the Jacobian of each by the one before.

Where every layer depends on the input only through the layer before it, the program's Jacobian is the product of the
layers' Jacobians, and it can be multiplied in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from adcli.derivatives.elimination import Accumulation, accumulation, orders
from adcli.derivatives.elimination.chain import Chain, chain, multiply
from adcli.derivatives.elimination.structure import layered
from adcli.derivatives.questions import Matrix
from adcli.derivatives.solver import solve
from adcli.derivatives.sparsity import pattern
from adcli.errors import NameFault, UsageError
from adcli.graphs import Graph
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS
from adcli.results import Number, Result

Rows = tuple[tuple[Number, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer and the Jacobian of it by the layer before; None for the first layer, and where there is no point."""

    name: str
    size: int
    members: tuple[str, ...]
    jacobian: Rows | None


@dataclass(frozen=True, kw_only=True)
class Multiplied:
    """The chain multiplied on the real numbers in one order: the product, and the multiplications it took, counted."""

    order: str
    multiplications: int
    jacobian: Rows


@dataclass(frozen=True, kw_only=True)
class Layers(Result):
    """The layers of a program, what their chain of Jacobians costs, and what it gives.

    `automatic` is the Jacobian by a sweep of the whole program, `max_difference` how far the products are from it
    and from each other, relative to the largest entry. These are None where there is no point.
    """

    command: ClassVar[str] = "cost"

    chain: Chain
    layers: tuple[Layer, ...]
    products: tuple[Multiplied, ...] | None = None
    automatic: Rows | None = None
    max_difference: float | None = None
    elimination: Accumulation | None = None
    """The same by eliminating unit after unit; the chain's best order is one of those tried."""


def layers(asked: Problem, names: Sequence[str], *, values: bool, elimination: bool = False) -> Layers:
    """The layers *names* of a program, from its input to its output. *values* False asks for the sizes only.

    *elimination* adds the orders of eliminating single units, of which a layer may not use all of the one before.

    Raises NameFault, UsageError where they form no chain.
    """
    if len(names) < 2:
        raise UsageError("--layers names at least two layers, from input to output", hint="for instance --layers x,z,y")
    if asked.precision != FLOATS:
        raise UsageError("--layers multiplies floats: leave out --precision")
    graph = asked.graph
    members = [_members(graph, name) for name in names]
    _check(graph, names, members)
    costs = chain([len(part) for part in members])
    jacobians: list[Rows | None] = [None]
    for before, after in pairwise(members):
        jacobians.append(_jacobian(asked, before, after) if values else None)
    found = tuple(
        Layer(name=name, size=len(part), members=tuple(part), jacobian=jacobian)
        for name, part, jacobian in zip(names, members, jacobians, strict=True)
    )
    common: dict[str, Any] = {"expr": asked.expr, "at": asked.numbers() if values else {}, "text": graph.text}
    if elimination:
        common["elimination"] = _eliminated(graph, members)
    if not values:
        return Layers(**common, chain=costs, layers=found)
    factors = [jacobian for jacobian in jacobians if jacobian is not None]
    products = []
    for order in ("forward", "reverse", "optimal"):
        product, count = multiply(getattr(costs, order), factors)
        rows = tuple([tuple(row) for row in product])
        products.append(Multiplied(order=order, multiplications=count, jacobian=rows))
    automatic = _jacobian(asked, members[0], members[-1])
    truth = [x for row in automatic for x in row]
    scale = max(map(abs, truth))
    off = max(abs(x - y) for p in products for x, y in zip([x for row in p.jacobian for x in row], truth, strict=True))
    return Layers(
        **common,
        chain=costs,
        layers=found,
        products=tuple(products),
        automatic=automatic,
        max_difference=off / scale if scale else off,
    )


def _eliminated(graph: Graph, members: Sequence[dict[str, int]]) -> Accumulation:
    """The units of the layers as vertices, each with an edge from what it uses of the layer before."""
    arguments: dict[int, list[int]] = {}
    for before, after in pairwise([list(part.values()) for part in members]):
        rows = pattern(graph.with_outputs(after, [""] * len(after)), before)
        arguments.update((unit, [before[j] for j in row]) for unit, row in zip(after, rows, strict=True))
    parts = [part.values() for part in members]
    found = orders(layered(parts, arguments), parts)
    return accumulation(found, {unit: name for part in members for name, unit in part.items()})


def _members(graph: Graph, name: str) -> dict[str, int]:
    """The nodes of a layer by their names: a family in the order of its indices, or the one node of that name."""
    known = graph.names
    if name in known:
        return {name: known[name]}
    found = [(_index(member), member) for member in known if member.startswith(name + "[")]
    if not found:
        families = dict.fromkeys(member.partition("[")[0] for member in known)
        raise NameFault(f"--layers names {name}, which does not occur", hint=among(name, families))
    return {member: known[member] for _, member in sorted(found)}


def _index(member: str) -> tuple[int, ...]:
    return tuple(int(part) for part in member.partition("[")[2].rstrip("]").split(","))


def _check(graph: Graph, names: Sequence[str], members: Sequence[dict[str, int]]) -> None:
    """Refuse layers that form no chain: each must reach the later ones through the next one only."""
    for place, (name, part) in enumerate(zip(names, members, strict=True)):
        if len(set(part.values())) < len(part):
            raise UsageError(f"two members of the layer {name} are the same number")
        reached = _reached(graph, part.values(), ())
        if reached.intersection(part.values()):
            raise UsageError(f"the layer {name} depends on itself: its members are computed from each other")
        if place + 1 == len(names):
            break
        after = members[place + 1]
        if not reached.intersection(after.values()):
            raise UsageError(
                f"{names[place + 1]} does not depend on {name}", hint="name the layers from input to output"
            )
        past = _reached(graph, part.values(), after.values())
        for later, nodes in zip(names[place + 2 :], members[place + 2 :], strict=True):
            if past.intersection(nodes.values()):
                raise UsageError(
                    f"no chain: {later} depends on {name} not only through {names[place + 1]}",
                    hint="a product of Jacobians holds where each layer uses the one before alone",
                )


def _reached(graph: Graph, sources: Iterable[int], barrier: Iterable[int]) -> set[int]:
    """The nodes that depend on *sources*, themselves left out, without passing through *barrier*."""
    start, closed = set(sources), set(barrier)
    found: set[int] = set()
    for node, args in enumerate(graph.args):
        if any(a in start or (a in found and a not in closed) for a in args):
            found.add(node)
    return found


def _jacobian(asked: Problem, before: dict[str, int], after: dict[str, int]) -> Rows:
    """∂after/∂before by the mode with fewer sweeps."""
    part = asked.changed(graph=asked.graph.with_outputs(list(after.values()), list(after)), wrt=tuple(before.items()))
    return solve(part, Matrix("forward" if len(before) < len(after) else "reverse")).entries
