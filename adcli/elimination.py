"""The order of elimination: between "forward" and "reverse" lies every other order of applying the chain rule.

The Jacobian is what remains of the linearised graph once every intermediate vertex is eliminated: for each
argument i and each user k of vertex j, the edge c_ki grows by c_kj·c_ji, and j goes. From the inputs upwards this
is (sparse) forward mode, from the outputs downwards reverse mode; the number of multiplications depends on the
order, and finding the best is NP-complete (Griewank & Walther 2008, ch. 9 and 10; Naumann 2008).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from adcli.arithmetic.doubles import TINY
from adcli.arithmetic.rules import Arithmetic
from adcli.chain import chain
from adcli.graph import Graph
from adcli.modes import Fault, Plan, Tape, linearize, plan, steps_of
from adcli.ops import ADD, MUL
from adcli.problem import Problem, Value
from adcli.solver import Question, Work

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from adcli.records import dataclass

MAX_EXACT = 16
"""Up to this many intermediate vertices the best order is found exactly, over all their subsets."""
MAX_GREEDY = 5_000
"""Up to this many intermediate vertices the lowest Markowitz degrees are sought."""
HUGE = 1.7976931348623157e308
"""The largest double."""

Key = Callable[["Elimination", int], Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """Multiplications of an order: all of them, and those where neither factor is 1 or -1 by its rule."""

    multiplications: int
    nontrivial: int


@dataclass(frozen=True, slots=True)
class Orders:
    """What each order costs. `optimal` is None beyond MAX_EXACT intermediate vertices.

    `order` are the intermediate vertices in the best order found, `best` says which order that is.
    """

    intermediates: int
    forward: Counts
    reverse: Counts
    markowitz: Counts | None
    relative_markowitz: Counts | None
    layers: Counts | None
    optimal: Counts | None
    best: str
    order: tuple[int, ...]

    @property
    def least(self) -> Counts:
        """What the best order found takes."""
        counts: Counts = getattr(self, self.best)
        return counts


class Structure:
    """The linearised graph without numbers: per vertex its arguments, each with whether the partial is ±1.

    An output that other vertices use, or that is itself a source, gets a vertex of its own behind it, so that
    every target is an end: its number is negative.
    """

    __slots__ = ("arguments", "intermediates", "sources", "targets")

    def __init__(self, way: Plan, outputs: Sequence[int]) -> None:
        self.arguments: dict[int, dict[int, bool]] = {}
        used = set(way.sources)
        for node, form, args, _ in way.steps:
            op, mask = way.forms[form]
            found: dict[int, bool] = {}
            for position, a in enumerate(args):
                rule = op.partials[0 if op.variadic else position] if mask >> position & 1 else "0"
                if rule in ("0", None):
                    continue
                # Parallel edges are added up first, which costs no multiplication.
                found[a] = a not in found and rule in ("1", "-1")
                used.add(a)
            self.arguments[node] = found
        self.sources = way.sources
        self.targets: dict[int, int] = {}
        for place, node in enumerate(outputs):
            if node in self.targets.values() or node in used:
                self.arguments[-1 - place] = {node: True} if node in self.arguments or node in self.sources else {}
                self.targets[place] = -1 - place
            else:
                self.targets[place] = node
        ends = set(self.targets.values())
        self.intermediates = [n for n in self.arguments if n not in ends and n not in self.sources]


class Elimination:
    """A graph under elimination: arguments and users of each vertex, edges carrying "is it ±1"."""

    __slots__ = ("arguments", "nontrivial", "total", "users")

    def __init__(self, structure: Structure) -> None:
        self.arguments = {node: dict(args) for node, args in structure.arguments.items()}
        self.users: dict[int, dict[int, bool]] = {}
        for node, args in self.arguments.items():
            for a, unit in args.items():
                self.users.setdefault(a, {})[node] = unit
        self.total = self.nontrivial = 0

    def degree(self, node: int) -> int:
        """Multiplications that eliminating the vertex takes now: its Markowitz degree."""
        return len(self.arguments[node]) * len(self.users.get(node, ()))

    def eliminate(self, node: int) -> tuple[set[int], set[int]]:
        """Take the vertex out; returns its arguments and its users, whose degrees have changed."""
        below = self.arguments.pop(node)
        above = self.users.pop(node, {})
        for a in below:
            del self.users[a][node]
        for user in above:
            del self.arguments[user][node]
        for user, upper in above.items():
            theirs = self.arguments[user]
            for a, lower in below.items():
                self.total += 1
                self.nontrivial += not (upper or lower)
                unit = upper and lower and a not in theirs
                theirs[a] = unit
                self.users.setdefault(a, {})[user] = unit
        return set(below), set(above)

    @property
    def counts(self) -> Counts:
        """What was multiplied so far."""
        return Counts(self.total, self.nontrivial)


def structure_of(problem: Problem, tape: Tape | None = None) -> Structure:
    """The linearised graph of a problem: of a run, or of all branches."""
    sources = [node for _, node in problem.wrt if node >= 0]
    graph: Graph = problem.graph
    if tape is not None:
        return Structure(plan(tape, sources), graph.outputs)
    return Structure(Plan(Tape(graph, Arithmetic(), [], steps_of(graph)), sources), graph.outputs)


def orders(structure: Structure) -> Orders:
    """Try every order that is known, and name the cheapest."""
    nodes = structure.intermediates
    tried: dict[str, list[int]] = {"forward": sorted(nodes), "reverse": sorted(nodes, reverse=True)}
    if len(nodes) <= MAX_GREEDY:
        tried["markowitz"] = greedy(structure, lambda state, node: (state.degree(node), node))
        tried["relative_markowitz"] = greedy(structure, _relative(structure))
    if by_layers := _by_layers(structure):
        tried["layers"] = by_layers
    if len(nodes) <= MAX_EXACT:
        tried["optimal"] = exact(structure)
    counted = {name: cost(structure, order) for name, order in tried.items()}
    best = min(counted, key=lambda name: (counted[name].multiplications, counted[name].nontrivial))
    return Orders(
        intermediates=len(nodes),
        forward=counted["forward"],
        reverse=counted["reverse"],
        markowitz=counted.get("markowitz"),
        relative_markowitz=counted.get("relative_markowitz"),
        layers=counted.get("layers"),
        optimal=counted.get("optimal"),
        best=best,
        order=tuple(tried[best]),
    )


def cost(structure: Structure, order: Iterable[int]) -> Counts:
    """What an order multiplies."""
    state = Elimination(structure)
    for node in order:
        state.eliminate(node)
    return state.counts


def greedy(structure: Structure, key: Key) -> list[int]:
    """Always the vertex with the lowest key next; keys are renewed where an elimination changed the degree."""
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
        del current[node]
        order.append(node)
        below, above = state.eliminate(node)
        for other in below | above:
            if other in current:
                renewed = key(state, other)
                if renewed != current[other]:
                    current[other] = renewed
                    heappush(heap, (renewed, other))
    return order


def _relative(structure: Structure) -> Key:
    """The degree less what the vertex costs whenever it goes: the inputs below it times the outputs above it."""
    below: dict[int, set[int]] = {node: {node} for node in structure.sources}
    for node in sorted(structure.arguments, key=lambda n: (n < 0, abs(n))):
        below[node] = set().union(*(below.get(a, set()) for a in structure.arguments[node])) | below.get(node, set())
    above: dict[int, set[int]] = {node: {node} for node in structure.targets.values()}
    for node in sorted(structure.arguments, key=lambda n: (n >= 0, -abs(n))):
        for a in structure.arguments[node]:
            above.setdefault(a, set()).update(above.get(node, set()))
    always = {node: len(below[node]) * len(above.get(node, ())) for node in structure.intermediates}
    return lambda state, node: (state.degree(node) - always[node], node)


def exact(structure: Structure) -> list[int]:
    """The best order over all subsets: what remains after eliminating a set does not depend on the order in it.

    So the cheapest way to each set is found from the sets one vertex smaller (2^k sets for k vertices), best
    sets first, until the full one is reached.
    """
    from heapq import heappop, heappush

    nodes = structure.intermediates
    full = (1 << len(nodes)) - 1
    cheapest: dict[int, tuple[int, int]] = {0: (0, 0)}
    came: dict[int, int] = {}
    heap: list[tuple[int, int, int]] = [(0, 0, 0)]
    reach = _Reach(structure)
    while heap:
        total, nontrivial, done = heappop(heap)
        if cheapest[done] != (total, nontrivial):
            continue
        if done == full:
            break
        for place, node in enumerate(nodes):
            if done >> place & 1:
                continue
            more, worth = reach.price(done, place, node)
            candidate = (total + more, nontrivial + worth)
            after = done | 1 << place
            if after not in cheapest or candidate < cheapest[after]:
                cheapest[after] = candidate
                came[after] = place
                heappush(heap, (*candidate, after))
    order = []
    while full:
        order.append(nodes[came[full]])
        full &= ~(1 << came[full])
    return order[::-1]


class _Reach:
    """What eliminating a vertex costs after a set of others: paths through the set become edges."""

    def __init__(self, structure: Structure) -> None:
        self.place = {node: i for i, node in enumerate(structure.intermediates)}
        self.arguments = structure.arguments
        self.users: dict[int, dict[int, bool]] = {}
        for node, args in structure.arguments.items():
            for a, unit in args.items():
                self.users.setdefault(a, {})[node] = unit

    def price(self, done: int, place: int, node: int) -> tuple[int, int]:
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
        stack = [(start, True)]
        while stack:
            node, unit = stack.pop()
            for other, edge in neighbours.get(node, {}).items():
                place = self.place.get(other)
                if place is not None and done >> place & 1:
                    stack.append((other, unit and edge))
                else:
                    found[other] = other not in found and unit and edge
        return found


def _by_layers(structure: Structure) -> list[int] | None:
    """Where the vertices form layers, each using the one before: layer after layer in the chain's best order.

    A vertex with one user is part of that user's unit and goes first, from the unit's result downwards; what is
    left is sorted by its distance from the sources.
    """
    state = Elimination(structure)
    order: list[int] = []
    for node in sorted(structure.intermediates, reverse=True):
        if len(state.users.get(node, ())) <= 1:
            order.append(node)
            state.eliminate(node)
    depth: dict[int, int] = dict.fromkeys(structure.sources, 0)
    layers: dict[int, list[int]] = {}
    left = [n for n in sorted(structure.intermediates) if n in state.arguments]
    for node in left:
        depths = {depth.get(a, 0) for a in state.arguments[node]}
        if len(depths) != 1:
            return None
        depth[node] = depths.pop() + 1
        layers.setdefault(depth[node], []).append(node)
    if not layers:
        return None
    dims = [len(structure.sources), *(len(layers[k]) for k in sorted(layers)), len(structure.targets)]
    if len(dims) > 300:
        return None
    for _, middle, _ in chain(dims).optimal.products:
        order.extend(layers[middle])
    return order


class Cross(Question):
    """The Jacobian by eliminating the vertices of the linearised graph in the best order found ("cross-country").

    `summary` says which order that was, once there is an answer.
    """

    def __init__(self) -> None:
        self.orders: Orders | None = None
        self.summary: dict[str, Any] | None = None

    def entries(self, work: Work) -> list[list[Any]]:
        structure = structure_of(work.problem, work.tape)
        if self.orders is None:
            self.orders = orders(structure)
        best = self.orders
        self.summary = {
            "order": best.best,
            "vertices": best.intermediates,
            "multiplications": best.least.multiplications,
            "nontrivial": best.least.nontrivial,
        }
        return jacobian_by(structure, best.order, work)

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        return {row: 1}, {problem.wrt[column][0]: 1}


def jacobian_by(structure: Structure, order: Iterable[int], work: Work) -> list[list[Any]]:
    """The Jacobian by eliminating all intermediate vertices in this order, whichever it is."""
    multiply, add = work.arithmetic.value(MUL), work.arithmetic.value(ADD)
    one, zero = work.arithmetic.literal("1"), work.arithmetic.literal("0")
    arguments: dict[int, dict[int, Any]] = {node: {} for node in structure.arguments}
    users: dict[int, set[int]] = {}
    # Per vertex, a number into it that is worth a second look, as of a sweep: overflowed, or perhaps underflowed.
    noted: list[Any] = [None] * len(work.problem.graph)

    def note(node: int, number: Any) -> None:
        if node >= 0 and (not -HUGE < number < HUGE or -TINY < number < TINY):
            noted[node] = number

    work.derived = True
    work.sweeps.append(noted)
    for node, _, a, partial in linearize(work.tape, work.sources):
        if a in structure.arguments[node]:
            edges = arguments[node]
            edges[a] = add(edges[a], partial) if a in edges else partial
            note(node, partial)
    for node, args in structure.arguments.items():
        if node < 0:
            arguments[node] = dict.fromkeys(args, one)
        for a in arguments[node]:
            users.setdefault(a, set()).add(node)
    node = 0
    try:
        for node in order:
            below = arguments.pop(node)
            for a in below:
                users[a].discard(node)
            for user in users.pop(node, ()):
                theirs = arguments[user]
                upper = theirs.pop(node)
                for a, lower in below.items():
                    product = multiply(upper, lower)
                    note(user, product)
                    theirs[a] = add(theirs[a], product) if a in theirs else product
                    users[a].add(user)
    except (ArithmeticError, ValueError) as error:
        raise Fault(node, error, "derivative") from error
    return [
        [arguments.get(structure.targets[place], {}).get(node, zero) for _, node in work.problem.wrt]
        for place in range(len(work.problem.graph.outputs))
    ]
