"""The computational graph: a Wengert list in columns, frozen once built, and the Builder that writes it.

A program becomes a list of nodes v₀, v₁, …, each an elementary operation on nodes before it. The nodes
stand in the order of evaluation, so that every pass over a graph is one loop: upwards for values and
tangents, downwards for adjoints (Griewank & Walther 2008, ch. 2 and 3).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from adcli.errors import LimitError, Span
from adcli.ops import BOOLEAN, COMPARISONS, INPUT, LITERAL, WHERE, Op

MAX_NODES = 20_000_000
"""A graph with more nodes than this is refused (about 4 GB of memory)."""

T = TypeVar("T")


class Graph:
    """A program's elementary operations in order of evaluation. Do not change one after it is built.

    Columns, one entry per node i:

    - `ops[i]`: its row of the table; `INPUT` and `LITERAL` for the leaves;
    - `args[i]`: the nodes it uses, all smaller than i; () for leaves;
    - `spans[i]`: where it stands in `text`.

    `labels` names the leaves: an input's name, or a literal's text as written ("0.1", "-2", "pi", "E",
    "True", "False"). `inputs` are the input nodes in order of first appearance, `outputs` the nodes asked
    for, named by `output_names`; `assignments` holds every `name = expr` in order, so a reassigned name
    occurs several times, and its last node is the one that the name means at the end.

    `arrays` are the shapes of the inputs that the program takes as a whole: x, whose elements are "x[1]", "x[2]" ….

    For readers: `formulas` has the text of each output's formula, or None; `unnamed` says that the only output has
    no name but the one that it was given for want of one. Where `text` is in another notation, `syntax`, `reading` says
    in adcli's language how it was read, and `doubts` are sentences, with their places, on what may be meant otherwise.
    """

    __slots__ = (
        "_found",
        "args",
        "arrays",
        "assignments",
        "doubts",
        "formulas",
        "inputs",
        "labels",
        "ops",
        "output_names",
        "outputs",
        "reading",
        "spans",
        "syntax",
        "text",
        "unnamed",
    )

    def __init__(
        self,
        *,
        text: str,
        ops: list[Op],
        args: list[tuple[int, ...]],
        spans: list[Span],
        labels: Mapping[int, str],
        inputs: tuple[int, ...],
        outputs: tuple[int, ...],
        output_names: tuple[str, ...],
        assignments: tuple[tuple[str, int], ...] = (),
        formulas: tuple[str | None, ...] = (),
        unnamed: bool = False,
        arrays: Mapping[str, tuple[int, ...]] | None = None,
        reading: str = "",
        doubts: Sequence[tuple[str, Span]] = (),
        syntax: str = "adcli",
    ) -> None:
        self.arrays = arrays or {}
        self.text = text
        self.reading = reading
        self.doubts = tuple(doubts)
        self.syntax = syntax
        self.ops = ops
        self.args = args
        self.spans = spans
        self.labels = labels
        self.inputs = inputs
        self.outputs = outputs
        self.output_names = output_names
        self.assignments = assignments
        self.formulas = formulas or (None,) * len(outputs)
        self.unnamed = unnamed
        self._found: dict[Hashable, Any] = {}

    def __len__(self) -> int:
        return len(self.ops)

    def __repr__(self) -> str:
        return f"<Graph of {len(self)} nodes: {', '.join(self.input_names)} -> {', '.join(self.output_names)}>"

    @property
    def program(self) -> str:
        """The text in adcli's language."""
        return self.reading or self.text

    @property
    def input_names(self) -> tuple[str, ...]:
        """The inputs' names, in order of first appearance."""
        return tuple(self.labels[i] for i in self.inputs)

    @property
    def names(self) -> dict[str, int]:
        """Every name that stands for a node at the end of the program: inputs and assigned names."""
        found = {self.labels[i]: i for i in self.inputs}
        found.update(self.assignments)
        return found

    def found(self, key: Hashable, find: Callable[[], T]) -> T:
        """What *find* finds out about the graph's structure, kept for the next point.

        Threads share it, so nobody may change it.
        """
        known: T | None = self._found.get(key)
        return self._found.setdefault(key, find()) if known is None else known

    def with_outputs(self, nodes: Sequence[int], names: Sequence[str]) -> Graph:
        """The same nodes with other outputs."""
        return self.changed(outputs=tuple(nodes), output_names=tuple(names), formulas=(), unnamed=False)

    def changed(self, **columns: Any) -> Graph:
        """The same graph but for these columns or names; what was found out about its structure is not kept."""
        return Graph(**{**self._columns(), **columns})

    def _columns(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "_found"}

    def __reduce__(self) -> tuple[Callable[[], Graph], tuple[()]]:
        return partial(Graph, **self._columns()), ()


class Builder:
    """Writes a graph node by node. Nodes are numbers, counted from 0; leaves are shared, operations never."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.ops: list[Op] = []
        self.args: list[tuple[int, ...]] = []
        self.spans: list[Span] = []
        self.labels: dict[int, str] = {}
        self._inputs: dict[str, int] = {}
        self.literals: dict[str, int] = {}  # the numbers that are there, by their text

    @classmethod
    def continuing(cls, graph: Graph) -> Builder:
        """A builder that has written *graph* already, each node at its own place."""
        builder = cls(graph.text)
        builder.ops, builder.args, builder.spans = list(graph.ops), list(graph.args), list(graph.spans)
        builder.labels = dict(graph.labels)
        builder._inputs = {graph.labels[node]: node for node in graph.inputs}
        for node, label in graph.labels.items():
            if graph.ops[node] is LITERAL:
                builder.literals.setdefault(label, node)
        return builder

    def _leaf(self, op: Op, label: str, span: Span) -> int:
        node = len(self.ops)
        self.ops.append(op)
        self.args.append(())
        self.spans.append(span)
        self.labels[node] = label
        return node

    def input(self, name: str, span: Span = (0, 0)) -> int:
        """The input *name*: the same node each time."""
        node = self._inputs.get(name)
        if node is None:
            node = self._inputs[name] = self._leaf(INPUT, name, span)
        return node

    def inputs(self, names: Sequence[str], span: Span) -> Sequence[int]:
        """Many inputs at once."""
        known = self._inputs
        if not known.keys().isdisjoint(names):
            return [self.input(name, span) for name in names]
        count = len(names)
        nodes = list(range(len(self.ops), len(self.ops) + count))  # numbers that all who use them share
        self.ops += [INPUT] * count
        self.args += [()] * count
        self.spans += [span] * count
        found = dict(zip(names, nodes, strict=True))
        known.update(found)
        self.labels.update(zip(nodes, names, strict=True))
        return nodes

    def literal(self, text: str, span: Span = (0, 0)) -> int:
        """A number as written, or one of "pi", "E", "True", "False": the same node for the same text."""
        node = self.literals.get(text)
        if node is None:
            node = self.literals[text] = self._leaf(LITERAL, text, span)
        return node

    def named(self, node: int) -> int:
        """The node that an assignment names: of a shared number, a leaf of its own, since a name is a variable."""
        label = self.labels.get(node)
        if label is None or label in BOOLEAN or self.literals.get(label) != node:
            return node
        return self._leaf(LITERAL, label, self.spans[node])

    def apply(self, op: Op, args: tuple[int, ...], span: Span = (0, 0)) -> int:
        """A new node: *op* applied to earlier nodes. Raises LimitError beyond MAX_NODES."""
        node = len(self.ops)
        if node >= MAX_NODES:
            raise LimitError(f"the program has more than {MAX_NODES:,} operations", span)
        self.ops.append(op)
        self.args.append(args)
        self.spans.append(span)
        return node

    def many(self, op: Op, arguments: Iterable[tuple[int, ...]], count: int, span: Span) -> range:
        """*count* operations, one for each tuple of arguments. Raises LimitError beyond MAX_NODES."""
        start = len(self.ops)
        if start + count > MAX_NODES:
            raise LimitError(f"the program has more than {MAX_NODES:,} operations", span)
        self.ops += [op] * count
        self.args += arguments
        self.spans += [span] * count
        return range(start, start + count)

    def chain(self, op: Op, nodes: Sequence[int], span: Span) -> int:
        """The nodes joined from left to right, as a sum joins its terms."""
        count = len(nodes) - 1
        if not count:
            return nodes[0]
        start = len(self.ops)
        firsts = chain(nodes[:1], range(start, start + count - 1))
        return self.many(op, zip(firsts, nodes[1:], strict=True), count, span)[-1]

    def mark(self) -> tuple[int, ...]:
        """How far it is written, for `undo`."""
        return len(self.ops), len(self.labels), len(self._inputs), len(self.literals)

    def undo(self, mark: tuple[int, ...]) -> None:
        """Take away all that was written since."""
        for column in (self.ops, self.args, self.spans):
            del column[mark[0] :]
        known: tuple[dict[Any, Any], ...] = (self.labels, self._inputs, self.literals)
        for names, count in zip(known, mark[1:], strict=True):
            while len(names) > count:
                names.popitem()

    def is_boolean(self, node: int) -> bool:
        """Whether *node* is a condition rather than a number."""
        return _is_boolean(self, node)

    def finish(
        self,
        outputs: Sequence[int],
        output_names: Sequence[str],
        assignments: Iterable[tuple[str, int]] = (),
        formulas: Iterable[str | None] = (),
        *,
        unnamed: bool = False,
        arrays: Mapping[str, tuple[int, ...]] | None = None,
    ) -> Graph:
        """The graph as it stands, frozen."""
        return Graph(
            text=self.text,
            ops=self.ops,
            args=self.args,
            spans=self.spans,
            labels=self.labels,
            inputs=tuple(self._inputs.values()),
            outputs=tuple(outputs),
            output_names=tuple(output_names),
            assignments=tuple(assignments),
            formulas=tuple(formulas),
            unnamed=unnamed,
            arrays=arrays,
        )


def _is_boolean(graph: Graph | Builder, node: int) -> bool:
    while graph.ops[node] is WHERE:  # a condition where its branches are conditions
        node = graph.args[node][1]
    op = graph.ops[node]
    return graph.labels[node] in BOOLEAN if op is LITERAL else op.boolean


def dependent(graph: Graph, sources: Iterable[int]) -> bytearray:
    """Which nodes depend on *sources* (themselves included), one byte per node: 1 where they do.

    A product with a literal 0 depends on nothing: its derivative is structurally zero.
    """
    depends = bytearray(len(graph))
    for node in sources:
        depends[node] = 1
    zeros = {n for n, label in graph.labels.items() if graph.ops[n] is LITERAL and is_zero(label) and not depends[n]}
    for node, args in enumerate(graph.args):
        for a in args:
            if depends[a]:
                if not (zeros and graph.ops[node].annihilated and not zeros.isdisjoint(args)):
                    depends[node] = 1
                break
    return depends


def figures(digits: str) -> int:
    """The whole number that digits mean, however many: Python's own `int` refuses more than 4,300."""
    number = 0
    for start in range(0, len(digits), 4_000):
        part = digits[start : start + 4_000]
        number = number * 10 ** len(part) + int(part)
    return number


def is_zero(literal: str) -> bool:
    """Whether a literal's text denotes zero ("0", "0.0", "0e5" …)."""
    digits = literal.lower().partition("e")[0]
    return "0" in digits and not digits.strip("+-0.")


PRIMES = str.maketrans("", "", "′″‴⁽⁾⁰¹²³⁴⁵⁶⁷⁸⁹")
"""Takes from a name what `primed` adds, which the language does not write."""


def primed(name: str, times: int) -> str:
    """What a name is called that has been given a meaning so many times before: a, a′, a″."""
    if not times:
        return name
    raised = str(times).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return name + ("′″‴"[times - 1] if times < 4 else f"⁽{raised}⁾")


def needed(graph: Graph, targets: Iterable[int]) -> bytearray:
    """Which nodes *targets* depend on (themselves included), one byte per node: 1 where they do."""
    wanted = bytearray(len(graph))
    for node in targets:
        wanted[node] = 1
    node = len(graph)
    for args in reversed(graph.args):
        node -= 1
        if wanted[node]:
            for a in args:
                wanted[a] = 1
    return wanted


def decides(graph: Graph) -> bool:
    """Whether anything is decided in the program: a comparison, a jump, a kink, a bend."""
    return any(op in COMPARISONS or op.kink or op.bend for op in set(graph.ops))


def may_end(graph: Graph) -> bool:
    """Whether a derivative may be one-sided by an operation's rule alone."""
    labels = graph.labels
    return any(
        op.edge and not labels.get(args[-1], "").isdigit() for op, args in zip(graph.ops, graph.args, strict=True)
    )


def chosen_of(graph: Graph, args: Sequence[int]) -> bool:
    """Whether one of two nodes is the Max or Min of the other: where it is chosen they are equal all around.

    To compare them is no kink, then; a tie is one, of the Max itself.
    """
    return any(graph.ops[a].variadic and not graph.ops[a].matrix and b in graph.args[a] for a, b in (args, args[::-1]))


def verify(graph: Graph) -> None:
    """Assert that the graph is well formed: arguments only backwards, arity, conditions where they belong.

    For tests and for the end of each pass that writes a graph. Raises AssertionError.
    """
    size = len(graph)
    assert len(graph.args) == len(graph.spans) == size, "columns differ in length"
    assert len(set(graph.input_names)) == len(graph.inputs), "an input occurs twice"
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        assert all(0 <= a < node for a in args), f"node {node} uses a node that is not before it"
        if op is INPUT or op is LITERAL:
            assert not args, f"leaf {node} has arguments"
            assert node in graph.labels, f"leaf {node} has no label"
            continue
        assert node not in graph.labels, f"node {node} is no leaf but has a label"
        assert len(args) >= 1 if op.variadic else len(args) == len(op.arguments), f"{op.name} at {node}: arity"
        for position, a in enumerate(args):
            wanted = op.takes_boolean(position)
            if wanted is not None:
                assert _is_boolean(graph, a) == wanted, (
                    f"{op.name} at {node}: argument {position} mixes numbers and conditions"
                )
    for node in graph.outputs:
        assert 0 <= node < size, "an output is no node"
    assert len(graph.outputs) == len(graph.output_names), "outputs and names differ in number"
