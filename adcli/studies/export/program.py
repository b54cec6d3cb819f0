"""From a formula to the operations that a target language has: the derivative program, lowered.

What a language lacks is written out by the table's own texts, `expansion` or `value`, or by the portable definitions
of `portable.ad`; what none of these reaches is refused by name. Numbers are computed where they are only numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import isqrt
from typing import Any

from adcli.arithmetic.determinants import EXPANDED, expanded
from adcli.arithmetic.rules import Arithmetic
from adcli.arithmetic.symbolic import Sym, transcribe
from adcli.derivatives.derive import Namer
from adcli.derivatives.optimize import Simplifier
from adcli.derivatives.programs import Transcript, pruned, unused
from adcli.derivatives.regroup import ROUNDED, regroup
from adcli.errors import UsageError
from adcli.graphs import Graph
from adcli.language import parse
from adcli.language.arrays.names import in_order
from adcli.modes import evaluate, seeds
from adcli.ops import ADD, BOOLEAN, DIV, LITERAL, MUL, NEG, POW, SUB, WHERE, Op
from adcli.problem.problem import Problem, check_output, short_named
from adcli.studies.export.portable import is_whole, portable, read

WHATS = ("value", "gradient", "jacobian", "hessian", "jvp", "vjp")
DIGITS = 30
"""Digits with which numbers are computed before they are rounded to doubles."""
LARGEST_POWER = 16
"""Whole exponents up to this become products where a language has no operator for powers."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some of the outputs: what they are, their shape (() for a number), a label for each."""

    what: str
    shape: tuple[int, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A program with the outputs of its blocks in their order, and the inputs to call it with, in groups.

    `by` are the names that are differentiated by, in their order.
    """

    graph: Graph
    blocks: tuple[Block, ...]
    inputs: tuple[str, ...]
    by: tuple[str, ...]


class LastTranscript(Transcript):
    """A transcript whose derivatives are not differentiated again: rules stand as they are read."""

    def __init__(self, graph: Graph, *, again: bool) -> None:
        super().__init__(graph)
        self.symbolic.onward = again


def wanted(asked: Problem, whats: Sequence[str]) -> Wanted:
    """The program of the values and derivatives asked for."""
    for what in whats:
        if what not in WHATS:
            raise UsageError(f"nothing to export is called {what!r}", hint="there is " + ", ".join(WHATS))
    if any(what in ("gradient", "hessian") for what in whats):
        check_output(asked, "a gradient" if "gradient" in whats else "a Hessian")
    graph = asked.graph
    for what in whats:
        if what != "value" and any(node < 0 for _, node in asked.wrt):
            raise UsageError("what is differentiated by occurs in the formula", hint="leave the other names out of wrt")
    names = [name for name, _ in asked.wrt]
    sources = [node for _, node in asked.wrt]
    namer = Namer(graph)
    # Columns of results stand beside those of inputs, so that what has no name is called as no input is.
    clash = set(graph.output_names) & {namer.flat(name) for name in graph.input_names}
    outputs = [namer.flat(name) for name in (short_named(asked).graph if clash else graph).output_names]
    transcript = LastTranscript(graph, again="hessian" in whats)
    found: dict[str, tuple[Block, list[Sym]]] = {}
    found["value"] = (
        Block(what="value", shape=() if len(outputs) == 1 else (len(outputs),), labels=tuple(outputs)),
        [transcript.tape.values[node] for node in graph.outputs],
    )
    rows: list[list[Sym]] = []
    if {"gradient", "jacobian", "hessian"} & set(whats):
        mode = "forward" if len(names) < len(outputs) else "reverse"
        rows = transcript.jacobian(sources, mode)
    if "gradient" in whats:
        labels = tuple(f"d_{namer.flat(name)}" for name in names)
        found["gradient"] = Block(what="gradient", shape=(len(names),), labels=labels), rows[0]
    if "jacobian" in whats:
        labels = tuple(f"d_{output}_{namer.flat(name)}" for output in outputs for name in names)
        shape = (len(outputs), len(names))
        found["jacobian"] = Block(what="jacobian", shape=shape, labels=labels), [x for row in rows for x in row]
    first = [name for name in names if name in graph.input_names]
    inputs = [*first, *(name for name in in_order(graph.input_names) if name not in first)]
    if "jvp" in whats:
        tangents = [transcript.input(namer.behind(name, "dot")) for name in names]
        pushed = transcript.pushed(seeds(zip(sources, tangents, strict=True)))
        labels = tuple(namer.behind(output, "dot", "output") for output in outputs)
        found["jvp"] = Block(what="jvp", shape=() if len(outputs) == 1 else (len(outputs),), labels=labels), pushed
        inputs += [namer.behind(name, "dot") for name in names]
    if "vjp" in whats:
        weights = [transcript.input(namer.behind(output, "bar", "output")) for output in outputs]
        pulled = transcript.pulled(dict(enumerate(weights)), sources)
        labels = tuple(namer.behind(namer.flat(name), "bar") for name in names)
        found["vjp"] = Block(what="vjp", shape=(len(names),), labels=labels), pulled
        inputs += [namer.behind(output, "bar", "output") for output in outputs]
    if "hessian" in whats:
        gradient = transcript.finish(rows[0], [""] * len(names))
        second = LastTranscript(gradient, again=False)
        matrix = second.jacobian(sources, "forward")
        entries = [matrix[min(i, j)][max(i, j)] for i in range(len(names)) for j in range(len(names))]
        labels = tuple(f"d2_{namer.flat(a)}_{namer.flat(b)}" for a in names for b in names)
        found["hessian"] = Block(what="hessian", shape=(len(names), len(names)), labels=labels), entries
        transcript = second
    taken = {namer.flat(name) for name in inputs}
    blocks, symbols = zip(*((_unlike(found[what][0], taken), found[what][1]) for what in whats), strict=True)
    entries = [symbol for part in symbols for symbol in part]
    program = transcript.finish(entries, [label for block in blocks for label in block.labels])
    return Wanted(graph=pruned(program), blocks=tuple(blocks), inputs=tuple(inputs), by=tuple(names))


def _unlike(block: Block, taken: set[str]) -> Block:
    """The block with labels that are not *taken*, which takes them."""
    labels = []
    for label in block.labels:
        labels.append(unused(label, taken))
        taken.add(labels[-1])
    return replace(block, labels=tuple(labels))


class Library:
    """What a language has: the operations that it computes itself; `powers` says that it has an operator for x^n.

    `limits` says beyond what an operation of the library's is not computed.
    """

    def __init__(self, has: Mapping[str, str], *, powers: bool, limits: Mapping[str, str] | None = None) -> None:
        self.has = has
        self.powers = powers
        self.limits = limits or {}

    def spells(self, op: Op, numbers: Sequence[str | None]) -> bool:
        """Whether it has the operation on arguments of which some are *numbers*: some orders must be whole."""
        orders = re.findall(r"#a(\d)", self.has.get(op.name, ""))
        return op.name in self.has and all(is_whole(numbers[int(i) - 1]) for i in orders)


def lowered(graph: Graph, library: Library, target: str, limits: dict[str, str] | None = None) -> Graph:
    """The program in operations of the library's, simplified. Raises UsageError for what it cannot express.

    *limits* takes in what operations are not computed there though they have values.

    Sums and products are regrouped before operations are written out, whose texts stand as they are: what keeps their
    digits may look like what cancels.
    """
    plain = regroup(_rewritten(graph, _Arithmetic(library)), doubles=True)
    return _rewritten(plain, _Lowering(library, target, {} if limits is None else limits))


def _rewritten(graph: Graph, by: Folding) -> Graph:
    tape = evaluate(graph, by, transcribe(graph, by))
    nodes = [tape.values[node].node for node in graph.outputs]
    kept = [(name, tape.values[node].node) for name, node in graph.assignments if tape.values[node] is not None]
    return pruned(by.builder.finish(nodes, graph.output_names, kept))


class Folding(Simplifier):
    """Computes what is only numbers."""

    def apply(self, op: Op, *args: Sym) -> Sym:
        """The operation, or the number that it is."""
        number = self._number(op, args)
        return super().apply(op, *args) if number is None else number

    def _number(self, op: Op, args: Sequence[Sym]) -> Sym | None:
        """The double of an operation on numbers; None where it has none."""
        leaves = self.builder.labels
        if op.boolean or op is WHERE or not args or any(x.node not in leaves for x in args):
            return None
        labels = [self._label(x) for x in args]
        if any(label is None or label in BOOLEAN for label in labels):
            return None
        from adcli.arithmetic.multiprecision import multiprecision

        wide = multiprecision(DIGITS)
        try:
            value = wide.value(op)(*[wide.literal(str(label)) for label in labels])
            near = float(value)
        except (ArithmeticError, ValueError):
            return None
        if not (abs(near) < 1e300 and (near or not value)):
            return None
        return self.literal(str(int(near)) if near == int(near) and abs(near) < 1e15 else repr(near))


class _Arithmetic(Folding):
    """Writes powers as products where a language has none, and squares of roots as what is under them."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library

    def apply(self, op: Op, *args: Sym) -> Sym:
        """The operation, in simpler ones where it is an easy power or quotient."""
        found: Sym | None = None
        if op is WHERE:
            found = self._decided(*args)
        elif op is DIV:
            found = self._divided_twice(*args) or self._multiplied(*args)
        elif op is MUL and args[0].node == args[1].node:
            found = self._under_root(args[0])
        elif op is POW and not self.library.powers:
            found = self._power(*args)
        elif op is ADD or op is SUB:
            found = self._chosen_once(op, *args)
        return super().apply(op, *args) if found is None else found

    def _decided(self, condition: Sym, x: Sym, y: Sym) -> Sym | None:
        """Of two branches the one that is always taken, or the condition that they only repeat."""
        asked, first, second = (self._label(part) for part in (condition, x, y))
        if asked in BOOLEAN or (first in BOOLEAN and first == second):
            return y if asked == "False" else x
        return condition if (first, second) == ("True", "False") else None

    def _chosen_once(self, op: Op, x: Sym, y: Sym) -> Sym | None:
        """The sum of two choices under one condition as one choice."""
        ops, args = self.builder.ops, self.builder.args
        if not (ops[x.node] is ops[y.node] is WHERE and args[x.node][0] == args[y.node][0]):
            return None
        condition, *parts = [[Sym(self, a) for a in pair] for pair in zip(args[x.node], args[y.node], strict=True)]
        return self.apply(WHERE, condition[0], *[self.apply(op, *pair) for pair in parts])

    def _divided_twice(self, x: Sym, y: Sym) -> Sym | None:
        """a/v/v is a/v^2."""
        builder = self.builder
        if builder.ops[x.node] is not DIV or builder.args[x.node][1] != y.node:
            return None
        return self.apply(DIV, Sym(self, builder.args[x.node][0]), self.apply(MUL, y, y))

    def _multiplied(self, x: Sym, y: Sym) -> Sym | None:
        """A division by a number that is rounded anyway is a multiplication."""
        label = self._label(y)
        reciprocal = None if label is None or len(label) < ROUNDED else self._number(DIV, (self.literal("1"), y))
        return None if reciprocal is None else self.apply(MUL, x, reciprocal)

    def _under_root(self, x: Sym) -> Sym | None:
        """The square of a root that always has a value, as of hypot."""
        op, args = self.builder.ops[x.node], self.builder.args[x.node]
        root = "" if op.domain else op.around
        if root.startswith("sqrt(") and root.endswith(")"):
            return self._written_out(parse(root[5:-1]), op, [Sym(self, a) for a in args])
        return None

    def _power(self, x: Sym, y: Sym) -> Sym | None:
        """A whole power by squaring."""
        label = self._label(y)
        if label is None or not label.lstrip("-").isdigit() or not 2 <= abs(int(label)) <= LARGEST_POWER:
            return None
        rest, square, result = abs(int(label)), x, None
        while True:
            if rest & 1:
                result = square if result is None else self.apply(MUL, result, square)
            rest >>= 1
            if not rest:
                break
            square = self.apply(MUL, square, square)
        assert result is not None
        return self.apply(DIV, self.literal("1"), result) if int(label) < 0 else result

    def _written_out(self, graph: Graph, op: Op, args: Sequence[Sym]) -> Sym:
        given = dict(zip(op.arguments, args, strict=True))
        values = evaluate(graph, self, {node: given[graph.labels[node]] for node in graph.inputs}).values
        found: Sym = values[graph.outputs[0]]
        return found


class _Lowering(_Arithmetic):
    """Writes operations that a language has."""

    def __init__(self, library: Library, target: str, limits: dict[str, str]) -> None:
        super().__init__(library)
        self.target = target
        self.limits = limits
        self.inside: Op | None = None
        """The operation whose expansion is being written: within it, it is the library's."""

    def apply(self, op: Op, *args: Sym) -> Sym:
        """The operation, written out where the language lacks it."""
        if (number := self._number(op, args)) is not None:
            return number
        if op.symbol or op is WHERE or not op.arguments:
            return super().apply(op, *args)
        if op.matrix and op.name not in self.library.has:
            return self._determinant(args)
        if op.variadic and len(args) > 2 and not op.matrix:
            total = args[0]
            for x in args[1:]:
                total = self.apply(op, total, x)
            return total
        graph = self._definition(op, [self._label(x) for x in args])
        if self.inside is None:
            self._limited(op, graph)
        if graph is None:
            return self._of_order(op, args)
        before, self.inside = self.inside, op
        try:
            return self._written_out(graph, op, args)
        finally:
            self.inside = before

    def _limited(self, op: Op, graph: Graph | None) -> None:
        """Note beyond what the operation has no value here."""
        known = portable().get(op.name)
        limit = self.library.limits.get(op.name, "") if graph is None else known.limit if known else ""
        if limit:
            self.limits[f"{op.name}({', '.join(op.arguments)})"] = limit

    def _of_order(self, op: Op, args: Sequence[Sym]) -> Sym:
        """The language's own function; of a whole order that is not negative, if it wants one."""
        spelled, label = self.library.has[op.name], self._label(args[0])
        if "#a1" in spelled and label is not None and label.startswith("-"):
            positive = super().apply(op, self.literal(label[1:]), *args[1:])
            return super().apply(NEG, positive) if spelled.startswith("-") and int(label) % 2 else positive
        return super().apply(op, *args)

    def _definition(self, op: Op, numbers: Sequence[str | None]) -> Graph | None:
        """What stands for an operation on arguments of which some are *numbers*; None for the language's own."""
        known = portable().get(op.name)
        native = self.library.spells(op, numbers)
        if native and not (known and known.sizes and known.fits(op, numbers)):
            own = self.inside is op or not op.expansion
            return None if own else read(op.expansion)
        if known is not None and known.fits(op, numbers):
            return known.parsed(op, numbers)
        text = op.value or op.expansion
        graph = read(text) if text else None
        if graph is not None and op not in graph.ops:
            return graph
        hint = "another target may have it: numpy, matlab, julia"
        if known is not None or op.name in self.library.has:
            hint = f"where {op.arguments[0]} is a whole number, as 2, it has"
        raise UsageError(f"--to {self.target} has no {op.name}, and it is not written out by what it has", hint=hint)

    def _determinant(self, args: Sequence[Sym]) -> Sym:
        """A determinant by sums of products."""
        if len(args) > EXPANDED * EXPANDED:
            size = isqrt(len(args))
            raise UsageError(f"a determinant of {size} rows is too large to be written out: at most {EXPANDED} rows")
        return expanded(args, *[partial(self.apply, op) for op in (ADD, SUB, MUL)])


def is_number(graph: Graph, node: int) -> bool:
    """Whether a node is a number as written."""
    return graph.ops[node] is LITERAL and graph.labels[node] not in BOOLEAN


def computed(graph: Graph, arithmetic: Arithmetic, point: Mapping[str, Any]) -> list[Any]:
    """The outputs at a point, by input names. Raises Fault."""
    tape = evaluate(graph, arithmetic, {node: point[graph.labels[node]] for node in graph.inputs})
    return [tape.values[node] for node in graph.outputs]
