"""Derivative programs: the modes run on symbols, so that a derivative is a graph again.

This is what source-transformation AD does (Griewank & Walther 2008, ch. 6.1), and it is all that higher
orders need: the Jacobian of a gradient's program is the Hessian.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from adcli.arithmetic.rules import parsed
from adcli.arithmetic.symbolic import Sym, Symbolic
from adcli.errors import Span
from adcli.graphs import Builder, Graph, needed
from adcli.modes import Tape, forward, reverse, seeds, steps_of
from adcli.ops import ADD, DIV, INPUT, LITERAL, MUL, NEG, SUB


class Transcript:
    """A program as it was written, ready to be continued by its derivatives, which share its nodes.

    The nodes keep their places. Only what is added is folded: what you wrote is what you see.
    """

    def __init__(self, graph: Graph, arithmetic: type[Symbolic] = Symbolic) -> None:
        self.graph = graph
        self.symbolic = symbolic = arithmetic(Builder.continuing(graph))
        self.tape = Tape(graph, symbolic, [Sym(symbolic, node) for node in range(len(graph))], steps_of(graph))

    def input(self, name: str) -> Sym:
        """A further input, such as a component of a tangent."""
        return self.symbolic.input(name)

    def number(self, text: str) -> Sym:
        """A literal."""
        return self.symbolic.literal(text)

    def pushed(self, tangents: Mapping[int, Sym], sources: Iterable[int] | None = None) -> list[Sym]:
        """The outputs' tangents for seeds at nodes: J·ẋ, one forward sweep. *sources* as of `adcli.modes.forward`."""
        sweep = forward(self.tape, tangents, sources)
        return [self._entry(sweep[node]) for node in self.graph.outputs]

    def pulled(self, cotangents: Mapping[int, Sym], sources: Sequence[int]) -> list[Sym]:
        """The sources' adjoints for weights of outputs, by their position: ȳᵀ·J, one reverse sweep."""
        outputs = self.graph.outputs
        sweep = reverse(self.tape, seeds((outputs[i], weight) for i, weight in cotangents.items()), sources)
        return [self._entry(sweep[node]) for node in sources]

    def jacobian(self, sources: Sequence[int], mode: str) -> list[list[Sym]]:
        """Rows of ∂output/∂source, by forward or reverse sweeps."""
        one = self.number("1")
        count = len(self.graph.outputs)
        if mode == "reverse":
            return [self.pulled({i: one}, sources) for i in range(count)]
        columns = [self.pushed({node: one}, sources) for node in sources]
        return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(count)]

    def finish(self, outputs: Sequence[Sym], names: Sequence[str]) -> Graph:
        """The program with some of its symbols as outputs; the names given in the original program are kept."""
        nodes = [symbol.node for symbol in outputs]
        return self.symbolic.builder.finish(nodes, names, self.graph.assignments)

    def _entry(self, symbol: Sym | None) -> Sym:
        return self.number("0") if symbol is None else symbol


def opened(graph: Graph, sources: Iterable[int]) -> tuple[Graph, dict[str, str]]:
    """The same nodes, with each number among *sources* as an input: what is differentiated by is no constant.

    The numbers themselves are returned as values for these inputs.
    """
    numbers = [node for node in dict.fromkeys(sources) if node >= 0 and graph.ops[node] is LITERAL]
    if not numbers:
        return graph, {}
    given = {node: name for name, node in graph.assignments}
    taken = {*graph.input_names, *(name for name, node in graph.assignments if node not in numbers)}
    ops, labels = list(graph.ops), dict(graph.labels)
    values = {}
    for node in numbers:
        name = unused(given.get(node, "c"), taken)
        taken.add(name)
        values[name] = labels[node]
        ops[node], labels[node] = INPUT, name
    inputs = tuple(sorted((*graph.inputs, *numbers)))
    assignments = tuple([(name, node) for name, node in graph.assignments if node not in numbers])
    return graph.changed(ops=ops, labels=labels, inputs=inputs, assignments=assignments), values


FOLDED = {ADD: "sum", SUB: "sum", MUL: "product", DIV: "product"}
"""What is written as a chain of operands: they are computed first, then folded."""


def unused(name: str, taken: Container[str]) -> str:
    """The name, with as many underscores behind it as make it one that is not taken."""
    while name in taken:
        name += "_"
    return name


def pruned(graph: Graph) -> Graph:
    """The same program without what its outputs do not need; its inputs all stay."""
    wanted = needed(graph, graph.outputs)
    for node in graph.inputs:
        wanted[node] = 1
    return _rebuilt(graph, [node for node in range(len(graph)) if wanted[node]])


def fronted(graph: Graph) -> Graph:
    """The same program, to the last bit, with the sign of a product or quotient in front of its first factor."""
    uses = [0] * len(graph)
    for node in (*(a for args in graph.args for a in args), *graph.outputs, *(node for _, node in graph.assignments)):
        uses[node] += 1
    place, negative = list(range(len(graph))), bytearray(len(graph))
    for node in range(len(graph) - 1, -1, -1):
        op, args = graph.ops[node], graph.args[node]
        first = args[0] if args else node
        inner = graph.ops[first] is MUL or graph.ops[first] is DIV
        if op is NEG and inner and uses[first] == 1:
            place[node] = first
            negative[first] = not negative[node]
        elif negative[node] and inner and uses[first] == 1:
            negative[node], negative[first] = 0, 1
    if place == list(range(len(graph))):
        return graph

    def signed(builder: Builder, node: int, first: int) -> int:
        if not negative[node]:
            return first
        label = builder.labels.get(first, "")
        number = builder.ops[first] is LITERAL and label[:1].isdigit()
        span = graph.spans[node]
        return builder.literal("-" + label, span) if number else builder.apply(NEG, (first,), span)

    return moved(graph, place, signed)


def moved(graph: Graph, place: Sequence[int], first: Callable[[Builder, int, int], int]) -> Graph:
    """The program in which other nodes, of *place*, stand for some, and *first* says, of a node and its first argument,
    what stands there instead."""
    builder = Builder(graph.text)
    written: dict[int, int] = {}
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        span = graph.spans[node]
        if op is INPUT or op is LITERAL:
            label = graph.labels[node]
            written[node] = builder.input(label, span) if op is INPUT else builder.literal(label, span)
        elif place[node] != node:
            written[node] = written[place[node]]
        else:
            given = [written[a] for a in args]
            if given:
                given[0] = first(builder, node, given[0])
            written[node] = builder.apply(op, tuple(given), span)
    kept = [(name, written[node]) for name, node in graph.assignments]
    return builder.finish([written[node] for node in graph.outputs], graph.output_names, kept)


def spelled(graph: Graph) -> Graph:
    """The same program with what only derivatives are written with in the words of its rows."""
    if not any(op.inner and op.value for op in set(graph.ops)):
        return graph
    builder = Builder(graph.text)
    place: dict[int, int] = {}
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        names = dict(zip(op.arguments, [place[a] for a in args], strict=False))
        inner = parsed(op.value) if op.inner and op.value else None
        place[node] = (
            _copied(builder, inner, names, graph.spans[node]) if inner else _added(builder, graph, node, place)
        )
    kept = [(name, place[node]) for name, node in graph.assignments]
    return builder.finish([place[node] for node in graph.outputs], graph.output_names, kept)


def _copied(builder: Builder, graph: Graph, names: Mapping[str, int], span: Span) -> int:
    """The node at which a text of the table ends, written with numbers for its names."""
    place: dict[int, int] = {}
    for node, op in enumerate(graph.ops):
        label = graph.labels.get(node, "")
        if op is INPUT:
            place[node] = names[label]
        elif op is LITERAL:
            place[node] = builder.literal(label, span)
        else:
            place[node] = builder.apply(op, tuple([place[a] for a in graph.args[node]]), span)
    return place[graph.outputs[0]]


def by_outputs(graph: Graph) -> Graph:
    """The same program, computed output by output in their order, each statement after those that it needs."""
    uses = [0] * len(graph)
    for node in (*(a for args in graph.args for a in args), *graph.outputs):
        uses[node] += 1
    order = [node for node, op in enumerate(graph.ops) if op is INPUT or op is LITERAL]
    placed = bytearray(len(graph))
    for node in order:
        placed[node] = 1
    statements: dict[int, list[int]] = {}
    stack = list(reversed(graph.outputs))
    while stack:
        node = stack.pop()
        if placed[node]:
            continue
        if node in statements:
            placed[node] = 1
            order += statements.pop(node)
            continue
        statements[node], needs = _statement(graph, node, uses, placed)
        stack += [node, *reversed(needs)]
    return _rebuilt(graph, order)


def _statement(graph: Graph, root: int, uses: Sequence[int], placed: Sequence[int]) -> tuple[list[int], list[int]]:
    """What is computed for *root* alone, in the order in which a text says it, and what is used elsewhere too.

    Of a sum or product all operands come first, then the folds.
    """
    order: list[int] = []
    needs: list[int] = []
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif uses[node] > 1 and node != root:
            needs.append(node)
        elif not placed[node]:
            folds, operands = [node], list(graph.args[node])
            kind = FOLDED.get(graph.ops[node])
            while kind is not None and FOLDED.get(graph.ops[operands[0]]) == kind and uses[operands[0]] == 1:
                folds.append(operands[0])
                operands[:1] = graph.args[operands[0]]
            stack += [(fold, True) for fold in folds]
            stack += [(operand, False) for operand in reversed(operands)]
    return order, needs


def _rebuilt(graph: Graph, order: Iterable[int]) -> Graph:
    """The program of the nodes in *order*."""
    builder = Builder(graph.text)
    place: dict[int, int] = {}
    for node in order:
        place[node] = _added(builder, graph, node, place)
    assignments = [(name, place[node]) for name, node in graph.assignments if node in place]
    return builder.finish([place[node] for node in graph.outputs], graph.output_names, assignments)


def _added(builder: Builder, graph: Graph, node: int, place: Mapping[int, int]) -> int:
    """A node of one program, written into another, in which its arguments have their *place*."""
    op, span = graph.ops[node], graph.spans[node]
    if op is INPUT:
        return builder.input(graph.labels[node], span)
    if op is LITERAL:
        return builder.literal(graph.labels[node], span)
    return builder.apply(op, tuple([place[a] for a in graph.args[node]]), span)
