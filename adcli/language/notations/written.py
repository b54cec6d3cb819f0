"""Graphs to texts in other notations, by a table for each: `adcli.language.notations.spellings`.

What a notation lacks is written by what it has; what is used several times is assigned, where there are assignments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adcli.errors import LimitError, NameFault, UsageError, listed
from adcli.graphs import Builder, Graph, needed
from adcli.language.formulas import joined
from adcli.language.notations.letters import SUBSCRIPTS
from adcli.language.notations.notation import POSTFIX as ATOM
from adcli.language.notations.notation import SIGN
from adcli.language.notations.spelling import Form, Piece, Spelling
from adcli.language.notations.spellings import SPELLINGS
from adcli.language.printer import unparse
from adcli.language.texts import parse
from adcli.ops import INPUT, LITERAL, MUL, UNDEFINED, WHERE, Op

MAX_LENGTH = 10_000_000
"""Characters of a text where everything must be written out."""
_MEANINGS = {
    "factorial": "gamma(x + 1)",
    "binomial": "gamma(n + 1)/(gamma(k + 1)*gamma(n - k + 1))",
    "rf": "gamma(x + n)/gamma(x)",
    "ff": "rf(x - n + 1, n)",
}
"""Of operations without a formula in the table."""
MAX_DEPTH = 20
"""Operations may be defined by others that are defined by others … so often."""


def written(graph: Graph, syntax: str) -> str:
    """The program in one of the notations that `spellings` has, or in adcli's own.

    Raises UsageError where an operation cannot be written, NameFault where names cannot be told apart, LimitError.
    """
    if syntax == "adcli":
        return unparse(graph, ordered=False)
    spelling = SPELLINGS[syntax]
    return _Printer(_expanded(graph, spelling, syntax), spelling, syntax).program() + "\n"


def _expanded(graph: Graph, spelling: Spelling, syntax: str) -> Graph:
    """The graph with what the notation lacks in terms of what it has."""
    for _ in range(MAX_DEPTH):
        missing = {op for op in graph.ops if op is not INPUT and op is not LITERAL and not spelling.knows(op)}
        if not missing:
            return graph
        bodies: dict[Op, Graph] = {}
        for op in missing:
            definition = op.sympy or op.value or _MEANINGS.get(op.name, "")
            if not definition:
                raise UsageError(f"{op.name} cannot be written in {syntax}").located(graph.text)
            bodies[op] = parse(definition)
        graph = _substituted(graph, bodies)
    raise UsageError(f"{listed(sorted(op.name for op in missing))} cannot be written in {syntax}")


def _substituted(graph: Graph, bodies: Mapping[Op, Graph]) -> Graph:
    builder = Builder(graph.text)
    moved: list[int] = []
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        span = graph.spans[node]
        body = bodies.get(op)
        if body is None:
            moved.append(_copied(builder, graph, node, [moved[a] for a in args]))
            continue
        meaning = dict(zip(op.arguments, [moved[a] for a in args], strict=True))
        inner: list[int] = []
        for place, below in enumerate(body.args):
            if body.ops[place] is INPUT:
                inner.append(meaning[body.labels[place]])
            elif body.ops[place] is LITERAL:
                inner.append(builder.literal(body.labels[place], span))
            else:
                inner.append(builder.apply(body.ops[place], tuple([inner[a] for a in below]), span))
        moved.append(inner[body.outputs[0]])
    assignments = [(name, moved[node]) for name, node in graph.assignments]
    return builder.finish([moved[node] for node in graph.outputs], graph.output_names, assignments)


def _copied(builder: Builder, graph: Graph, node: int, args: list[int]) -> int:
    op, span = graph.ops[node], graph.spans[node]
    if op is INPUT:
        return builder.input(graph.labels[node], span)
    if op is LITERAL:
        return builder.literal(graph.labels[node], span)
    return builder.apply(op, tuple(args), span)


class _Printer:
    """Writes one graph."""

    def __init__(self, graph: Graph, spelling: Spelling, syntax: str) -> None:
        self.graph = graph
        self.spelling = spelling
        self.syntax = syntax
        self.wanted = needed(graph, graph.outputs)
        self.labels = self._labels()
        self.uses = [0] * len(graph)
        for node, args in enumerate(graph.args):
            for a in args if self.wanted[node] else ():
                self.uses[a] += 1
        self.names = dict(sorted(self._names().items())) if spelling.statement is not None else {}
        self.inside = self._inside()

    def _labels(self) -> dict[str, str]:
        """The inputs and assigned names as they are spelled. Raises NameFault where two are spelled alike."""
        spelled: dict[str, str] = {}
        meant: dict[str, str] = {}
        for name in dict.fromkeys((*self.graph.input_names, *[name for name, _ in self.graph.assignments])):
            base, _, indices = name.partition("[")
            if indices:
                text = self.spelling.element(base, [int(i) for i in indices.rstrip("]").split(",")])
            else:
                text = self.spelling.name(name.translate(SUBSCRIPTS))
            if meant.setdefault(text, name) != name:
                raise NameFault(f"{name} and {meant[text]} are both {text} in {self.syntax}", hint="rename one of them")
            spelled[name] = text
        return spelled

    def _names(self) -> dict[int, str]:
        """Names of operations that are assigned, or used several times."""
        graph = self.graph
        found: dict[int, str] = {}
        inputs = set(graph.input_names)
        last = dict(graph.assignments)
        for name, node in graph.assignments:
            if self.wanted[node] and graph.args[node] and last[name] == node and name not in inputs:
                found.setdefault(node, self.labels[name])
        taken = {*self.labels.values()}
        count = 0
        for node, args in enumerate(graph.args):
            if self.uses[node] > 1 and args and node not in found and graph.ops[node] is not UNDEFINED:
                count += 1
                while (text := self.spelling.name(f"v{count}")) in taken:
                    count += 1
                found[node] = text
        return found

    def program(self) -> str:
        """The whole text."""
        graph, spelling = self.graph, self.spelling
        pieces: list[Piece | None] = [None] * len(graph)
        lines: list[str] = []
        for node, op in enumerate(graph.ops):
            if not self.wanted[node] or node in self.inside:
                continue
            piece = self._piece(node, op, pieces)
            if piece.length > MAX_LENGTH:
                raise LimitError(f"written out in {self.syntax}, the formula has more than {MAX_LENGTH:,} characters")
            if node in self.names:
                name = self.names[node]
                lines.append(self._assigned(name, piece))
                piece = Piece(ATOM, name, len(name), name[:1])
            pieces[node] = piece
        if len(graph.outputs) == 1 and list(self.names)[-1:] == list(graph.outputs):
            return spelling.lines(lines)  # the last assignment is the output
        found: Any = pieces
        outputs = [spelling.begin + joined(found[node].rope) for node in graph.outputs]
        if len(outputs) > 1 and spelling.several is not None:
            outputs = [spelling.several[0] + ", ".join(outputs) + spelling.several[1]]
        return spelling.lines([*lines, *outputs])

    def _assigned(self, name: str, piece: Piece) -> str:
        assert self.spelling.statement is not None, "there are assignments"
        atoms = [Piece(ATOM, name, len(name), name[:1]), piece]
        return joined(self.spelling.filled(Form(self.spelling.statement), atoms).rope)

    def _piece(self, node: int, op: Op, pieces: list[Piece | None]) -> Piece:
        graph, spelling = self.graph, self.spelling
        if op is INPUT:
            text = self.labels[graph.labels[node]]
            return Piece(ATOM, text, len(text), text[:1])
        if op is LITERAL:
            label = graph.labels[node]
            text = spelling.constants.get(label) or spelling.number(label)
            precedence = SIGN if text[0] == "-" else MUL.precedence if " " in text else ATOM
            return Piece(precedence, text, len(text), text[0])
        if op is UNDEFINED:
            return spelling.applied("undefined", []) if "undefined" in spelling.forms else Piece(ATOM, "", 0, "")
        args = [pieces[a] for a in graph.args[node]]
        if op is WHERE:
            return self._where(node, pieces)
        known: Any = args  # arguments come first
        return spelling.applied(op.name, [spelling.of_rows(known)] if op.matrix and spelling.matrix else known)

    def _inside(self) -> set[int]:
        """Cases that are the last of other cases."""
        graph = self.graph
        return {
            args[2]
            for node, args in enumerate(graph.args)
            if graph.ops[node] is WHERE and self._plain(node) and graph.ops[args[2]] is WHERE and self._plain(args[2])
            if self.uses[args[2]] == 1 and args[2] not in self.names
        } - set(graph.outputs)

    def _plain(self, node: int) -> bool:
        """Whether a `where` is none that stands for `and` or `or`."""
        _, then, otherwise = self.graph.args[node]
        return self.graph.labels.get(otherwise) != "False" and self.graph.labels.get(then) != "True"

    def _where(self, node: int, pieces: Sequence[Piece | None]) -> Piece:
        """`and`, `or`, or cases."""
        graph, spelling = self.graph, self.spelling
        found: Any = pieces
        condition, then, otherwise = graph.args[node]
        if not self._plain(node):
            word, second = ("and", then) if graph.labels.get(otherwise) == "False" else ("or", otherwise)
            return spelling.applied(word, [found[condition], found[second]])
        pairs = [(found[then], found[condition])]
        while otherwise in self.inside:
            condition, then, otherwise = graph.args[otherwise]
            pairs.append((found[then], found[condition]))
        return spelling.cases(spelling, pairs, None if graph.ops[otherwise] is UNDEFINED else found[otherwise])
