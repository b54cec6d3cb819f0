"""Boxes: the nodes that one piece of the text was written out to, together, so that a large graph can be looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from adcli.errors import NameFault, Span
from adcli.graphs import Graph
from adcli.language.parser import written
from adcli.ops import INPUT
from adcli.problem.checks import among

Key: TypeAlias = "str | Span | None"
"""What a node shares with all that belong to the same piece of the text: an array's name, or the place; None if it
stands for itself alone."""
MANY = 60
"""A graph of more nodes than this cannot be followed one by one."""


class Boxes:
    """The nodes of a graph in boxes: what one operation of the text became, x@y or tanh(z), or an array of inputs.

    `members` are the nodes of each box, and those on their own, in an order in which each comes after what it uses.
    """

    def __init__(self, graph: Graph, uses: Mapping[int, Iterable[int]], expanded: Collection[str] = ()) -> None:
        """*uses* has the arguments of each node, inputs first, then in order of evaluation; what *expanded* names, by
        its text or an assigned name, is taken apart."""
        self._graph = graph
        self._assigned: dict[int, list[str]] = {}
        for name, node in graph.assignments:
            self._assigned.setdefault(node, []).append(name.partition("[")[0])
        keys = {node: self._key(node) for node in uses}
        opened = self._opened(dict.fromkeys(keys.values()), expanded)
        self.members = together({node: None if key in opened else key for node, key in keys.items()}, uses)

    def title(self, nodes: Sequence[int]) -> str:
        """What a box is called: by an input's name, or by the text, after the name that is assigned to all of it."""
        return self._title(self._key(nodes[0]))

    def assigned(self, nodes: Sequence[int]) -> str:
        """The name that all of the nodes were given, "" where there is none."""
        names = self._assigned.get(nodes[0], [])
        return next((name for name in names if all(name in self._assigned.get(node, ()) for node in nodes)), "")

    def _key(self, node: int) -> Key:
        graph = self._graph
        return graph.labels[node].partition("[")[0] if graph.ops[node] is INPUT else graph.spans[node]

    def _title(self, key: Key) -> str:
        return written(self._graph.text[slice(*key)]) if isinstance(key, tuple) else key or ""

    def _opened(self, keys: Collection[Key], names: Collection[str]) -> set[Key]:
        """The keys of the boxes that are to be taken apart."""
        found: set[Key] = set()
        titles = {key: self._title(key) for key in keys} if names else {}
        for name in names:
            named = {key for key, title in titles.items() if _bare(title) == _bare(name)}
            named |= {self._key(node) for node, given in self._assigned.items() if name in given}
            if not named:
                known = dict.fromkeys([*titles.values(), *chain.from_iterable(self._assigned.values())])
                raise NameFault(f"--expand names {name}, which is no box", hint=among(name, known))
            found |= named
        return found


def _bare(text: str) -> str:
    return "".join(text.split())


def together(keys: Mapping[int, Key], uses: Mapping[int, Iterable[int]]) -> list[list[int]]:
    """Nodes of one key in one box, as long as no box comes to depend on itself: an operation that is run again on its
    own result, as in a recurrence, has a box each time. Each box comes after those that it uses."""
    box: dict[int, int] = {}
    arguments: list[set[int]] = []
    open_boxes: dict[Key, int] = {}
    for node, key in keys.items():
        needed = {box[a] for a in uses[node]}
        own = None if key is None else open_boxes.get(key)
        if own is None or _reach(arguments, needed - arguments[own] - {own}, own):
            own = len(arguments)
            arguments.append(set())
            if key is not None:
                open_boxes[key] = own
        box[node] = own
        arguments[own] |= needed - {own}
    members: list[list[int]] = [[] for _ in arguments]
    for node, own in box.items():
        members[own].append(node)
    return [members[own] for own in _ordered(arguments)]


def _reach(arguments: Sequence[Collection[int]], boxes: Collection[int], goal: int) -> bool:
    """Whether one of the boxes depends on the goal."""
    seen, waiting = set(boxes), list(boxes)
    while waiting:
        for other in arguments[waiting.pop()]:
            if other == goal:
                return True
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False


def _ordered(arguments: Sequence[Collection[int]]) -> list[int]:
    """The boxes, each after its arguments."""
    found: dict[int, None] = {}
    for start in range(len(arguments)):
        waiting = [start]
        while waiting:
            own = waiting[-1]
            missing = [a for a in sorted(arguments[own]) if a not in found]
            if missing and own not in found:
                waiting += missing[::-1]
            else:
                found[own] = None
                waiting.pop()
    return list(found)
