"""From graph to text: `unparse` writes a program that parses to the same graph.

It is written in the order of its nodes, as one would write down a calculation. An operation that is used
once waits on a stack until its user comes and takes it in; the user can do so where what it uses lies on top of
the stack in the order in which it is written, for then the parser makes the same nodes in the same order. What
is used several times, or cannot be taken in, becomes an assignment of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from adcli.errors import UsageError, shown
from adcli.graphs import Graph
from adcli.language.formulas import (
    ATOM,
    CHAINS,
    SIDES,
    Fragment,
    Input,
    Rope,
    chain,
    joined,
    junction,
    kind,
    leaf,
    operation,
    piecewise,
)
from adcli.language.lexer import KEYWORDS, NAME
from adcli.ops import BOOLEAN, CONSTANTS, INPUT, LITERAL, UNDEFINED, WHERE

_ELEMENT = re.compile(rf"({NAME})\[[1-9][0-9]*(?:,[1-9][0-9]*)*\]")


def unparse(graph: Graph, *, ordered: bool = True) -> str:
    """Text of a program that parses to the same as *graph*: the same operations in the same order, inputs and outputs.

    Where the inputs would come in another order, they are named in front, if they are to be *ordered*.

    An operation that is used several times becomes an assignment: by the name that the program gave it, where
    that name means nothing else, else by a new one (v1, v2, …).
    """
    if not isinstance(graph, Graph):
        raise UsageError(f"only a graph is written as a text, not {shown(graph)}", hint="adcli.parse(text) makes one")
    return _Printer(graph).program(ordered)


class _Printer:
    """Writes one graph as a program."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.lines: list[Rope] = []
        self.uses = [0] * len(graph)
        for args in graph.args:
            for a in args:
                self.uses[a] += 1
        for node in graph.outputs:
            self.uses[node] += 1
        self.variables = {node for _, node in graph.assignments if graph.ops[node] is LITERAL}
        self.taken: set[str] = set()
        self.fresh = 0
        self.names: dict[int, str] = {}  # names that operations are to be given
        self.written: dict[int, str] = {}  # and those they have in the text so far
        self._choose_names()
        # Operations that wait for their only user: from `bottom` on, in the order of their nodes.
        self.stack: list[int] = []
        self.bottom = 0
        self.waiting: dict[int, tuple[int, Fragment]] = {}  # their positions on the stack, and texts

    # Names

    def _choose_names(self) -> None:
        graph = self.graph
        inputs = set(graph.input_names)
        meanings = dict(graph.assignments)  # a name that is assigned several times is the last node's
        for name in (*inputs, *meanings, *graph.output_names):
            self.taken.update((name, name.partition("[")[0]))
        wholes = {name for name in (*inputs, *meanings) if "[" not in name}
        bases = {name.partition("[")[0] for name in (*inputs, *meanings) if "[" in name}
        clashes = wholes & bases
        usual = _positions(len(graph.outputs))

        def usable(name: str, node: int) -> bool:
            if name in inputs or name in clashes or not _valid(name):
                return False
            return meanings.get(name, node) == node

        for name, node, position in zip(graph.output_names, graph.outputs, usual, strict=True):
            wanted = name != position or self.uses[node] > 1
            if wanted and self._has_line(node) and node not in self.names and usable(name, node):
                self.names[node] = name
        given = {*self.names.values(), *graph.output_names}
        for name, node in graph.assignments:
            if name not in given and self._has_line(node) and node not in self.names and usable(name, node):
                self.names[node] = name
                given.add(name)

    def _is_operation(self, node: int) -> bool:
        return self.graph.ops[node] not in (INPUT, LITERAL)

    def _has_line(self, node: int) -> bool:
        """Whether *node* may have a line of its own: an operation, or a number with a name, which is a variable."""
        return self._is_operation(node) or node in self.variables

    def _new_name(self) -> str:
        while True:
            self.fresh += 1
            name = f"v{self.fresh}"
            if name not in self.taken:
                return name

    # Statements

    def program(self, ordered: bool) -> str:
        """The whole text."""
        graph = self.graph
        node = 0
        while node < len(graph):
            op = graph.ops[node]
            if node in self.variables:
                self._assign(node, leaf(graph, node))
            if op is INPUT or op is LITERAL or (op is UNDEFINED and self._is_missing_branch(node)):
                node += 1
                continue
            node = self._operation(node)
            if self.uses[node] != 1 or node in self.names:
                self._flush(len(self.stack) - 1)  # what was computed before is written before
                position, fragment = self.waiting.pop(self.stack.pop())
                assert position == len(self.stack)
                self._assign(node, fragment)
            node += 1
        self._outputs()
        order = self._input_lines() if ordered else ""
        declared = [name for name in graph.input_names if name in CONSTANTS]
        return joined([f"{', '.join(declared)} : input\n" if declared else "", order, *self.lines])

    def _assign(self, node: int, fragment: Fragment) -> None:
        name = self.written[node] = self.names.get(node) or self._new_name()
        self.lines.append([name, " = ", fragment[1], "\n"])

    def _push(self, node: int, fragment: Fragment) -> None:
        self.waiting[node] = (len(self.stack), fragment)
        self.stack.append(node)

    def _flush(self, end: int) -> None:
        """Write assignments for what waits on the stack below *end*."""
        for node in self.stack[self.bottom : end]:
            self._assign(node, self.waiting.pop(node)[1])
        self.bottom = max(self.bottom, end)

    def _operation(self, node: int) -> int:
        """Write the operation at *node*, or the whole chain that starts there, and push it. Returns its last node."""
        graph = self.graph
        op, args = graph.ops[node], graph.args[node]
        if op in CHAINS:
            last = self._chain_end(node, lambda n: CHAINS.get(graph.ops[n]) == CHAINS[op], 0)
            self._push(last, chain(graph.ops[node : last + 1], self._operands(node, last, 1)))
            return last
        if word := kind(graph, node, self.variables):
            last = self._chain_end(node, lambda n: kind(graph, n, self.variables) == word, 0)
            self._push(last, junction(word, self._operands(node, last, SIDES[word])))
            return last
        missing = op is WHERE and graph.ops[args[2]] is UNDEFINED and args[2] == node - 1 and self.uses[args[2]] == 1
        if missing or (op is WHERE and not self._fits(args)):
            last = self._chain_end(node, lambda n: graph.ops[n] is WHERE and not kind(graph, n, self.variables), 2)
            pairs = [a for n in range(last, node - 1, -1) for a in (graph.args[n][1], graph.args[n][0])]
            if not missing:
                pairs.append(args[2])
            if missing or self._fits(pairs):
                parts = self._taken(pairs)
                if not missing:
                    parts.append((ATOM, "True"))
                self._push(last, piecewise(list(zip(parts[::2], parts[1::2], strict=True))))
                return last
        self._push(node, operation(graph, op, node, self._taken(args)))
        return node

    def _operands(self, first: int, last: int, position: int) -> list[Fragment]:
        """The operands of a chain of nodes, each of which has one at *position* and the node before at 0."""
        args = self.graph.args
        return self._taken([args[first][0], *[args[node][position] for node in range(first, last + 1)]])

    def _chain_end(self, node: int, alike: Callable[[int], bool], position: int) -> int:
        """The last of the nodes from *node* on that are alike and each the only use of the one before."""
        graph = self.graph
        while (
            self.uses[node] == 1
            and node not in self.names
            and node + 1 < len(graph)
            and self._is_operation(node + 1)
            and alike(node + 1)
            and graph.args[node + 1][position] == node
        ):
            node += 1
        return node

    def _is_missing_branch(self, node: int) -> bool:
        """Whether the UNDEFINED at *node* is what a Piecewise without a last case leaves open."""
        graph = self.graph
        if self.uses[node] != 1 or node + 1 >= len(graph):
            return False
        if graph.ops[node + 1] is not WHERE or kind(graph, node + 1, self.variables):
            return False
        return graph.args[node + 1][2] == node

    def _on_top(self, operands: Iterable[int]) -> tuple[list[int], int]:
        """Those of *operands* that wait, in order, and how many of them, from the last, lie on top of the stack."""
        waiting = [o for o in operands if o in self.waiting]
        count = 0
        while count < len(waiting) and self.stack[-1 - count] == waiting[-1 - count]:
            count += 1
        return waiting, count

    def _fits(self, operands: Iterable[int]) -> bool:
        waiting, count = self._on_top(operands)
        return count == len(waiting)

    def _taken(self, operands: Sequence[int]) -> list[Fragment]:
        """The texts of operands: taken off the stack where they lie on top in order, else by name."""
        waiting, count = self._on_top(operands)
        if count < len(waiting):
            self._flush(1 + max(self.waiting[o][0] for o in waiting[: len(waiting) - count]))
        fragments: list[Fragment] = []
        for o in operands:
            if o in self.waiting:
                fragments.append(self.waiting.pop(o)[1])
                self.stack.pop()
            elif o in self.written:
                fragments.append((ATOM, self.written[o]))
            else:
                fragments.append(leaf(self.graph, o))
        return fragments

    # The end of the text

    def _outputs(self) -> None:
        graph = self.graph
        usual = _positions(len(graph.outputs))
        inputs = set(graph.input_names)
        # Names that must be given at the end: to leaves, to what has another name, and where a name is in use.
        copies = [
            (name, node)
            for name, node, position in zip(graph.output_names, graph.outputs, usual, strict=True)
            if name not in (position, self.written.get(node)) and _valid(name)
            if graph.ops[node] is not INPUT or name != graph.labels[node]
        ]
        if copies:
            self._flush(len(self.stack))
        texts = {node: text for node, (_, text) in zip(graph.outputs, self._taken(graph.outputs), strict=True)}
        self._flush(len(self.stack))
        changed = inputs.intersection(name for name, _ in copies)
        for node in graph.outputs:
            if graph.ops[node] is INPUT and graph.labels[node] in changed:  # the name is about to mean something else
                name = self._new_name()
                self.lines.append([name, " = ", texts[node], "\n"])
                texts[node] = name
        self.lines += [[name, " = ", texts[node], "\n"] for name, node in copies]
        parts: list[Rope] = []
        for name, node, position in zip(graph.output_names, graph.outputs, usual, strict=True):
            text = texts[node]
            if (name, node) in copies:
                text = name
            elif isinstance(text, str) and text != name and name == position and _valid(text):
                text = ["(", text, ")"]  # a bare name would be the output's name
            parts += (", ", text) if parts else (text,)
        assigned_last = self.lines[-1][0] if self.lines else None
        if parts != [graph.output_names[0]] or parts[0] != assigned_last:
            self.lines.append([*parts, "\n"])

    def _input_lines(self) -> Rope:
        """Lines that bring the inputs into their order, where the text alone would not."""
        graph = self.graph
        wanted = graph.input_names
        seen: dict[str, None] = {}
        waiting: list[Rope] = list(reversed(self.lines))
        while waiting and len(seen) < len(wanted):
            piece = waiting.pop()
            if not isinstance(piece, str):
                waiting += reversed(piece)
            elif isinstance(piece, Input):
                seen[piece] = None
        if tuple(seen) == wanted:
            return ""
        return [f"{name} = {name}\n" for name in wanted]


def _positions(count: int) -> list[str]:
    return ["y"] if count == 1 else [f"y{i + 1}" for i in range(count)]


def _valid(name: str) -> bool:
    """Whether *name* can be assigned."""
    base = name.partition("[")[0]
    if base in CONSTANTS or base in BOOLEAN or base in KEYWORDS:
        return False
    return bool(re.fullmatch(NAME, name) or _ELEMENT.fullmatch(name))
