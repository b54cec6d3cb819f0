"""Derivative programs: the modes run on symbols, so that a derivative is a graph again.

This is what source-transformation AD does (Griewank & Walther 2008, ch. 6.1), and it is all that higher
orders need: the Jacobian of a gradient's program is the Hessian.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adcli.arithmetic.symbolic import Sym, Symbolic, transcribe
from adcli.graph import Builder, Graph, needed
from adcli.modes import Tape, evaluate, forward, reverse
from adcli.ops import INPUT, LITERAL


class Transcript:
    """A program written anew on symbols, ready to be differentiated: what is derived from it shares its nodes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.symbolic = Symbolic(Builder(graph.text))
        self.tape: Tape = evaluate(graph, self.symbolic, transcribe(graph, self.symbolic))
        builder = self.symbolic.builder
        for node, value in enumerate(self.tape.values):
            if value is not None:
                builder.spans[value.node] = graph.spans[node]

    def node(self, original: int) -> int:
        """The new node that stands for one of the original graph."""
        value: Sym = self.tape.values[original]
        return value.node

    def input(self, name: str) -> Sym:
        """A further input, such as a component of a tangent."""
        return self.symbolic.input(name)

    def number(self, text: str) -> Sym:
        """A literal."""
        return self.symbolic.literal(text)

    def pushed(self, tangents: Mapping[int, Sym]) -> list[Sym]:
        """The outputs' tangents for seeds at original nodes: J·ẋ, one forward sweep."""
        sweep = forward(self.tape, tangents)
        return [self._entry(sweep[node]) for node in self.graph.outputs]

    def pulled(self, cotangents: Sequence[Sym], sources: Sequence[int]) -> list[Sym]:
        """The sources' adjoints for weights of the outputs: ȳᵀ·J, one reverse sweep."""
        seeds: dict[int, Any] = {}
        for node, weight in zip(self.graph.outputs, cotangents, strict=True):
            seeds[node] = seeds[node] + weight if node in seeds else weight
        sweep = reverse(self.tape, seeds, sources)
        return [self._entry(sweep[node]) for node in sources]

    def jacobian(self, sources: Sequence[int], mode: str) -> list[list[Sym]]:
        """Rows of ∂output/∂source, by forward or reverse sweeps."""
        one, zero = self.number("1"), self.number("0")
        count = len(self.graph.outputs)
        if mode == "reverse":
            return [self.pulled([one if j == i else zero for j in range(count)], sources) for i in range(count)]
        columns = [self.pushed({node: one}) for node in sources]
        return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(count)]

    def finish(self, outputs: Sequence[Sym], names: Sequence[str]) -> Graph:
        """The program of some of the symbols; names given in the original program are kept."""
        kept = [(name, self.node(node)) for name, node in self.graph.assignments if self.tape.values[node] is not None]
        return self.symbolic.builder.finish([symbol.node for symbol in outputs], names, kept)

    def _entry(self, symbol: Sym | None) -> Sym:
        return self.number("0") if symbol is None else symbol


def pruned(graph: Graph) -> Graph:
    """The same program without what its outputs do not need; its inputs all stay."""
    wanted = needed(graph, graph.outputs)
    for node in graph.inputs:
        wanted[node] = 1
    builder = Builder(graph.text)
    place: dict[int, int] = {}
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if not wanted[node]:
            continue
        if op is INPUT:
            place[node] = builder.input(graph.labels[node], graph.spans[node])
        elif op is LITERAL:
            place[node] = builder.literal(graph.labels[node], graph.spans[node])
        else:
            place[node] = builder.apply(op, tuple([place[a] for a in args]), graph.spans[node])
    assignments = [(name, place[node]) for name, node in graph.assignments if node in place]
    return builder.finish([place[node] for node in graph.outputs], graph.output_names, assignments)
