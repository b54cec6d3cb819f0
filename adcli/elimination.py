"""The order of elimination: between "forward" and "reverse" lies every other order of applying the chain rule.

The Jacobian is what remains of the linearised graph once every intermediate vertex is eliminated: for each
argument i and each user k of vertex j, the edge c_ki grows by c_kj·c_ji, and j goes. From the inputs upwards this
is (sparse) forward mode, from the outputs downwards reverse mode; the number of multiplications depends on the
order, and finding the best is NP-complete (Griewank & Walther 2008, ch. 9 and 10; Naumann 2008).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from adcli.arithmetic.doubles import TINY
from adcli.arithmetic.rules import Arithmetic
from adcli.chain import chain
from adcli.errors import LimitError
from adcli.modes import Fault, Plan, Tape, linearize, plan, steps_of
from adcli.ops import ADD, MUL
from adcli.problem import Problem, Value
from adcli.solver import Question, Work

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from adcli.records import dataclass

MAX_TRIED = 200_000
"""The best order is sought through this many vertices, each after some set of others: enough for 13 in any graph."""
MAX_EXACT = 60
"""Beyond this many intermediate vertices, alike ones counted once, the best order is not sought."""
MAX_GREEDY = 5_000
"""Up to this many intermediate vertices the lowest Markowitz degrees are sought."""
MAX_MULTIPLICATIONS = 5_000_000
"""An order that takes more is given up."""
HUGE = 1.7976931348623157e308
"""The largest double."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Multiplications of an order: all of them, and those where neither factor is 1 or -1 by its rule."""

    multiplications: int
    nontrivial: int


@dataclass(frozen=True, slots=True)
class Orders:
    """What each order costs; None where it takes more than MAX_MULTIPLICATIONS or was not sought.

    `layers` is the best order of a chain of Jacobians, where the vertices form layers; `optimal` the best order of all,
    where the graph is small enough to find it. `best` says which order is the cheapest, `order` are its vertices.
    """

    vertices: int
    forward: Counts | None
    reverse: Counts | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    best: str
    order: tuple[str, ...]
    nontrivial: dict[str, int | None]


KINDS = ("forward", "reverse", "markowitz", "relative_markowitz", "layers", "optimal")


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


class Structure:
    """The linearised graph without numbers: per vertex its arguments, each with whether the partial is ±1.

    `sources` are the vertices of what is differentiated by, by node; `targets` those of the outputs, by place. Both are
    ends: nothing leads into a source or out of a target. `intermediates` stand in order of evaluation.
    """

    __slots__ = ("arguments", "intermediates", "sources", "targets")

    def __init__(
        self, arguments: dict[int, dict[int, bool]], sources: Mapping[int, int], targets: Mapping[int, int]
    ) -> None:
        self.arguments = arguments
        self.sources = sources
        self.targets = targets
        ends = {*sources.values(), *targets.values()}
        self.intermediates = [vertex for vertex in arguments if vertex not in ends]


def structure_of(problem: Problem, tape: Tape | None = None) -> Structure:
    """The linearised graph of a problem: of a run, or of all branches.

    An output that other vertices use, or that is there twice, gets a vertex of its own behind it, and an operation
    that is differentiated by gets one in front of it, each with an edge 1: so all sources and targets are ends.
    """
    graph = problem.graph
    nodes = [node for _, node in problem.wrt if node >= 0]
    way = plan(tape, nodes) if tape else Plan(Tape(graph, Arithmetic(), [], steps_of(graph)), nodes)
    arguments: dict[int, dict[int, bool]] = {}
    used = set(nodes)
    for node, form, args, _ in way.steps:
        op, mask = way.forms[form]
        found: dict[int, bool] = {}
        for position, a in enumerate(args):
            rule = op.partials[0 if op.variadic else position] if mask >> position & 1 else "0"
            if rule not in ("0", None):
                # Parallel edges are added up first, which costs no multiplication.
                found[a] = a not in found and rule in ("1", "-1")
                used.add(a)
        arguments[node] = found
    sources = {}
    for node in nodes:
        sources[node] = node
        if arguments.get(node):
            sources[node] = len(graph) + node
            arguments[node][sources[node]] = True
    targets = {}
    times = Counter(graph.outputs)
    for place, node in enumerate(graph.outputs):
        targets[place] = node
        if node in used or times[node] > 1:
            targets[place] = -1 - place
            arguments[-1 - place] = {node: True} if node in arguments or node in sources else {}
    return Structure(arguments, sources, targets)


def layered(layers: Sequence[Collection[int]], arguments: Mapping[int, Iterable[int]]) -> Structure:
    """The graph of layers of units, from input to output, each unit with the units of the layer before that it uses."""
    return Structure(
        {unit: dict.fromkeys(arguments[unit], False) for layer in layers[1:] for unit in layer},
        {unit: unit for unit in layers[0]},
        dict(enumerate(layers[-1])),
    )


class Elimination:
    """A graph under elimination: arguments and users of each vertex, edges carrying "is it ±1"."""

    __slots__ = ("arguments", "nontrivial", "total", "users")

    def __init__(self, structure: Structure) -> None:
        self.arguments = {node: dict(args) for node, args in structure.arguments.items()}
        self.users = users_of(structure.arguments)
        self.total = self.nontrivial = 0

    def degree(self, node: int) -> int:
        """Multiplications that eliminating the vertex takes now: its Markowitz degree."""
        return len(self.arguments[node]) * len(self.users.get(node, ()))

    def eliminate(self, node: int) -> tuple[Iterable[int], Iterable[int]]:
        """Take the vertex out; returns its arguments and its users, whose degrees have changed."""
        below = self.arguments.pop(node)
        above = self.users.pop(node, {})
        for a in below:
            del self.users[a][node]
        for user, upper in above.items():
            theirs = self.arguments[user]
            del theirs[node]
            for a, lower in below.items():
                self.nontrivial += not (upper or lower)
                theirs[a] = self.users[a][user] = upper and lower and a not in theirs
        self.total += len(below) * len(above)
        return below, above

    @property
    def counts(self) -> Counts:
        """What was multiplied so far."""
        return Counts(self.total, self.nontrivial)


def users_of(arguments: Mapping[int, Mapping[int, bool]]) -> dict[int, dict[int, bool]]:
    """Per vertex, the vertices that use it."""
    users: dict[int, dict[int, bool]] = {}
    for node, args in arguments.items():
        for a, unit in args.items():
            users.setdefault(a, {})[node] = unit
    return users


# Orders


def orders(structure: Structure, layers: Sequence[Collection[int]] = ()) -> Orders:
    """Try every order that is known, and name the cheapest. *layers* are known layers of vertices, ends included.

    Raises LimitError where all of them take too many multiplications.
    """
    nodes = structure.intermediates
    tried: dict[str, list[int] | None] = {"forward": list(nodes), "reverse": nodes[::-1]}
    if len(nodes) <= MAX_GREEDY:
        tried["markowitz"] = greedy(structure, lambda state, node: (state.degree(node), node))
        tried["relative_markowitz"] = greedy(structure, _relative(structure))
    tried["layers"] = _bracketed(layers) if layers else _by_layers(structure)
    counted = {name: None if order is None else cost(structure, order) for name, order in tried.items()}
    if len(nodes) <= MAX_GREEDY:
        cheapest = min(
            [(c.multiplications, c.nontrivial, n) for n, c in counted.items() if c is not None], default=None
        )
        tried["optimal"] = found = exact(structure, cheapest and tried[cheapest[-1]])
        counted["optimal"] = None if found is None else cost(structure, found)
    known = {name: (c.multiplications, c.nontrivial) for name, c in counted.items() if c is not None}
    if not known:
        raise LimitError(
            f"every order of elimination takes more than {MAX_MULTIPLICATIONS:,} multiplications",
            hint="--mode fwd and --mode rev have no such limit",
        )
    best = min(known, key=lambda name: known[name])
    return Orders(
        vertices=len(nodes),
        forward=counted["forward"],
        reverse=counted["reverse"],
        markowitz=counted.get("markowitz"),
        relative_markowitz=counted.get("relative_markowitz"),
        layers=counted["layers"],
        optimal=counted.get("optimal"),
        best=best,
        order=tuple(tried[best] or ()),
    )


def cost(structure: Structure, order: Iterable[int]) -> Counts | None:
    """What an order multiplies; None where that is more than MAX_MULTIPLICATIONS."""
    state = Elimination(structure)
    for node in order:
        if state.total + state.degree(node) > MAX_MULTIPLICATIONS:
            return None
        state.eliminate(node)
    return state.counts


Key = Callable[[Elimination, int], Any]


def greedy(structure: Structure, key: Key) -> list[int] | None:
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
        if state.total > MAX_MULTIPLICATIONS:
            return None
        for neighbours in (below, above):
            for other in neighbours:
                if other in current:
                    renewed = key(state, other)
                    if renewed != current[other]:
                        current[other] = renewed
                        heappush(heap, (renewed, other))
    return order


def _relative(structure: Structure) -> Key:
    """The degree less what the vertex costs if it goes last: the inputs below it times the outputs above it."""
    users = users_of(structure.arguments)
    below = _reached(structure, structure.intermediates, structure.arguments, structure.sources.values())
    above = _reached(structure, structure.intermediates[::-1], users, structure.targets.values())
    last = {node: below[node].bit_count() * above[node].bit_count() for node in structure.intermediates}
    return lambda state, node: (state.degree(node) - last[node], node)


def _reached(
    structure: Structure, nodes: Iterable[int], neighbours: Mapping[int, Mapping[int, bool]], ends: Iterable[int]
) -> dict[int, int]:
    """Per vertex, which of the *ends* paths lead to, as the bits of an integer; *nodes* are in order of the paths."""
    found = {end: 1 << place for place, end in enumerate(dict.fromkeys(ends))}
    for node in nodes:
        reached = 0
        for other in neighbours.get(node, ()):
            reached |= found.get(other, 0)
        found[node] = reached
    return found


def _by_layers(structure: Structure) -> list[int] | None:
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
    if not layers or len(layers) > 300:
        return None
    ends = list(structure.sources.values()), list(structure.targets.values())
    return order + _bracketed([ends[0], *(layers[k] for k in sorted(layers)), ends[1]])


def _bracketed(layers: Sequence[Collection[int]]) -> list[int]:
    """The units of layers in the best order of multiplying their chain of Jacobians."""
    return [
        unit for _, middle, _ in chain([len(layer) for layer in layers]).optimal.products for unit in layers[middle]
    ]


# The best order


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
    least = [_disjoint(structure, group[0], reach.users) for group in groups]
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


def _disjoint(structure: Structure, node: int, users: Mapping[int, Mapping[int, bool]]) -> int:
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


# The Jacobian


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
            "vertices": best.vertices,
            "multiplications": best.least.multiplications,
            "nontrivial": best.least.nontrivial,
        }
        return jacobian_by(structure, best.order, work)

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        return {row: 1}, {problem.wrt[column][0]: 1}


def jacobian_by(structure: Structure, order: Iterable[int], work: Work) -> list[list[Any]]:
    """The Jacobian by eliminating all intermediate vertices in this order, whichever it is."""
    # As in the compiled rules, where 0 × ∞ is no error yet.
    multiply, add = (work.arithmetic.compile("xy", work.arithmetic.spell(op, "xy"), op.name) for op in (MUL, ADD))
    one, zero = work.arithmetic.literal("1"), work.arithmetic.literal("0")
    arguments: dict[int, dict[int, Any]] = {
        node: dict.fromkeys(args, one) for node, args in structure.arguments.items()
    }
    users = {node: set(above) for node, above in users_of(structure.arguments).items()}
    # Per vertex, a number into it that is worth a second look, as of a sweep: overflowed, or perhaps underflowed.
    noted: list[Any] = [None] * len(work.problem.graph)
    work.sweeps.append(noted)
    work.derived = True

    def note(node: int, number: Any) -> None:
        if node >= 0 and (not -HUGE < number < HUGE or -TINY < number < TINY):
            noted[node] = number

    seen: set[tuple[int, int]] = set()
    for node, _, a, partial in linearize(work.tape, work.sources):
        edges = arguments[node]
        if a in edges:
            edges[a] = add(edges[a], partial) if (node, a) in seen else partial
            seen.add((node, a))
            note(node, partial)
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
    columns = [structure.sources.get(node) for _, node in work.problem.wrt]
    rows = []
    for place in range(len(work.problem.graph.outputs)):
        edges = arguments.get(structure.targets[place], {})
        rows.append([zero if vertex is None else edges.get(vertex, zero) for vertex in columns])
    return rows
