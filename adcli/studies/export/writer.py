"""How the statements and formulas of a lowered program are written in a target's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce

from adcli.graphs import Graph
from adcli.language.formulas import kind
from adcli.ops import BOOLEAN, INPUT, LITERAL, NEG, NOT, POW, WHERE, Op
from adcli.studies.export.target import ATOM, Statement, Target, Text

MAX_INLINE = 60
"""A formula of more characters is given a name of its own rather than put into another."""


@dataclass
class Writer:
    """Writes the statements and formulas of a lowered graph."""

    target: Target
    graph: Graph
    leaves: Mapping[str, str]
    """The code of each input."""
    taken: set[str]
    """Names that mean something already."""
    given: Mapping[int, str] = field(default_factory=dict)
    """What the program called its nodes."""
    statements: list[Statement] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    """How often a name was wished for that was taken."""

    def write(self) -> list[str]:
        """The outputs' formulas, after the statements that they need."""
        graph, target = self.graph, self.target
        uses = [0] * len(graph)
        for args in graph.args:
            for a in args:
                uses[a] += 1
        asked = [0] * len(graph)
        for node in graph.outputs:
            asked[node] += 1
        guarded = routes(graph) if target.strict else {}
        texts: dict[int, Text] = {}
        for node in _ordered(graph, guarded):
            op, args = graph.ops[node], graph.args[node]
            text = self._text(node, op, [texts[a] for a in args])
            if target.branching and op is WHERE and not kind(graph, node):
                text = ATOM, self._branched(node, [texts[a][1] for a in args])
            elif args and self._named(op, text, uses[node], asked[node]):
                text = ATOM, self._assigned(node, text, guarded.get(node, ()), texts)
            texts[node] = text
        return [texts[node][1] for node in graph.outputs]

    @staticmethod
    def _named(op: Op, text: Text, uses: int, asked: int) -> bool:
        """Whether a node gets a statement of its own."""
        if op is NEG and len(text[1]) < 8:
            return False
        return uses + asked > 1 or (uses > 0 and len(text[1]) > MAX_INLINE)

    def _assigned(self, node: int, text: Text, guards: Sequence[Route], texts: Mapping[int, Text]) -> str:
        graph, target = self.graph, self.target
        boolean = _is_boolean(graph, node)
        otherwise = target.truth(False) if boolean else target.undefined()
        if len(guards) == 1:  # the outermost condition first: inside it the others have a meaning
            for condition in reversed(guards[0]):
                text = target.choice(self._test(condition, texts), text, otherwise)
        elif guards:
            routes = []
            for guard in guards:
                tests = [self._test(condition, texts) for condition in guard]
                routes.append(reduce(partial(target.junction, "and"), tests))
            text = target.choice(reduce(partial(target.junction, "or"), routes), text, otherwise)
        local = self._name(node)
        self.statements.append(Statement(local=local, text=text[1], boolean=boolean))
        return local

    def _branched(self, node: int, args: Sequence[str]) -> str:
        condition, x, y = args
        local = self._name(node)
        boolean = _is_boolean(self.graph, node)
        self.statements.append(Statement(local=local, text="", boolean=boolean, branches=(condition, x, y)))
        return local

    def _test(self, condition: tuple[int, bool], texts: Mapping[int, Text]) -> Text:
        node, truth = condition
        return texts[node] if truth else self.target.spell(NOT, [texts[node]])

    def _name(self, node: int) -> str:
        wish = self.target.identifier(self.given.get(node, "") or f"v{len(self.statements) + 1}")
        fold = str.lower if self.target.caseless else str
        name = wish
        while fold(name) in self.taken:
            self.versions[wish] = self.versions.get(wish, 1) + 1
            name = f"{wish}_{self.versions[wish]}"
        self.taken.add(fold(name))
        return name

    def _text(self, node: int, op: Op, args: Sequence[Text]) -> Text:
        graph, target = self.graph, self.target
        if op is INPUT:
            return ATOM, self.leaves[graph.labels[node]]
        if op is LITERAL:
            label = graph.labels[node]
            if label in BOOLEAN:
                return target.truth(label == "True")
            return (ATOM, target.constant(label)) if label in ("pi", "E") else target.number(label)
        if op is WHERE:
            word = kind(graph, node)
            if word:
                return target.junction(word, args[0], args[1 if word == "and" else 2])
            return target.choice(*args)
        if not op.arguments:
            return target.undefined()
        return target.spell(op, args)


def _is_boolean(graph: Graph, node: int) -> bool:
    while graph.ops[node] is WHERE:
        node = graph.args[node][1]
    return graph.labels.get(node) in BOOLEAN if graph.ops[node] is LITERAL else graph.ops[node].boolean


Route = tuple[tuple[int, bool], ...]
"""Conditions, the outermost first, and the truth that each must have."""
MAX_ROUTES = 32
"""What is needed in more ways than this is computed always."""


def routes(graph: Graph) -> dict[int, tuple[Route, ...]]:
    """The nodes that can fail and are needed only under conditions, with the ways in which they are needed."""
    found: list[frozenset[Route]] = [frozenset()] * len(graph)
    for node in graph.outputs:
        found[node] = frozenset([()])
    for node in range(len(graph) - 1, -1, -1):
        here = found[node]
        if not here:
            continue
        args = graph.args[node]
        for position, a in enumerate(args):
            there = here
            if graph.ops[node] is WHERE and position:
                there = frozenset((*route, (args[0], position == 1)) for route in here)
            found[a] = _joined(found[a] | there)
    safe = bytearray(len(graph))
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        harmless = not args or op is WHERE or (not op.domain and (op.flops <= 1 or op.slope > 0) and op is not POW)
        safe[node] = harmless and all(safe[a] for a in args)
    return {node: tuple(sorted(ways)) for node, ways in enumerate(found) if ways and () not in ways and not safe[node]}


def _joined(ways: frozenset[Route]) -> frozenset[Route]:
    """The same ways in fewer: both answers to a condition are none, and what is needed anyway needs no condition."""
    if () in ways or len(ways) > MAX_ROUTES:
        return frozenset([()])
    while True:
        both = next((way for way in ways if (*way[:-1], (way[-1][0], not way[-1][1])) in ways), None)
        if both is None:
            return frozenset(way for way in ways if not any(way[:k] in ways for k in range(len(way))))
        if len(both) == 1:
            return frozenset([()])
        ways = frozenset(way for way in ways if way[: len(both) - 1] != both[:-1]) | {both[:-1]}


def _ordered(graph: Graph, guarded: Mapping[int, Sequence[Route]]) -> Iterator[int]:
    """The nodes, conditions before what they guard, and first the functions of inputs: a call empties the registers."""
    done = bytearray(len(graph))
    calls = [node for node in range(len(graph)) if graph.ops[node].flops >= 10 and node not in guarded]
    first = [node for node in calls if all(graph.ops[a] is INPUT for a in graph.args[node])]
    for root in (*sorted(first, key=lambda node: graph.args[node]), *range(len(graph))):
        stack = [root]
        while stack:
            node = stack[-1]
            if done[node]:
                stack.pop()
                continue
            conditions = [condition for route in guarded.get(node, ()) for condition, _ in route]
            missing = [a for a in (*conditions, *graph.args[node]) if not done[a]]
            if missing:
                stack += reversed(missing)
                continue
            done[node] = 1
            yield stack.pop()
