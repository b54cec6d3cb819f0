"""The linearised graph without numbers, vertices taken out of it, and what that multiplies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from adcli.arithmetic.rules import Arithmetic, positions
from adcli.modes import Tape, plan, steps_of
from adcli.problem.problem import Problem

MAX_MULTIPLICATIONS = 5_000_000
"""An order that takes more is given up."""


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
    way = plan(tape or Tape(graph, Arithmetic(), [], steps_of(graph)), nodes)
    arguments: dict[int, dict[int, bool]] = {}
    used = set(nodes)
    for node, form, args in way.steps:
        op, mask, _ = way.forms[form]
        found: dict[int, bool] = {}
        for position in positions(mask):
            a, rule = args[position], op.partials[0 if op.variadic else position]
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


@dataclass(frozen=True)
class Counts:
    """Multiplications of an order: all of them, and those where neither factor is 1 or -1 by its rule."""

    multiplications: int
    nontrivial: int


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

    def affords(self, node: int) -> bool:
        """Whether eliminating the vertex stays within MAX_MULTIPLICATIONS."""
        return self.total + self.degree(node) <= MAX_MULTIPLICATIONS

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


def cost(structure: Structure, order: Iterable[int]) -> Counts | None:
    """What an order multiplies; None where that is more than MAX_MULTIPLICATIONS."""
    state = Elimination(structure)
    for node in order:
        if not state.affords(node):
            return None
        state.eliminate(node)
    return state.counts
