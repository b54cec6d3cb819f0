"""The numeric witness: central differences of the function itself, with so many digits that they are exact enough.

With 100 digits and a step of 10⁻²⁶ a central difference is right to about 50: a derivative that comes from no
rule at all. It serves where SymPy gives no number, and where formulas are too large for SymPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adcli.graphs import Graph
from adcli.modes import Fault, evaluate
from adcli.ops import INPUT
from adcli.problem.problem import Problem

DIGITS = 100
STEPS = (20, 26)
"""Exponents of the two steps, 10^-20 and 10^-26 relative to the point: where their quotients differ, none is right."""
AGREEMENT = 24
"""Digits to which the two quotients must agree; more than any comparison asks for."""
DIRECTION = 0x9E3779B97F4A7C15
"""A fixed pseudorandom direction: the digits of the golden ratio, stirred by a linear congruence."""


class DifferenceWitness:
    """Derivatives of the outputs along a direction, by differences. Raises Fault where the point has no value."""

    def __init__(self, problem: Problem) -> None:
        from adcli.arithmetic.balls import balls

        self.wide = balls(DIGITS)
        self.problem = problem
        self._columns: dict[int, list[Any] | None] = {}
        self._point = problem.point(self.wide, exact=problem.exact)
        self._tape = evaluate(problem.graph, self.wide, self._point).values
        self.values = [self._tape[node].mid for node in problem.graph.outputs]

    def column(self, wrt: int) -> list[Any] | None:
        """The derivatives of all outputs by the *wrt*-th name, or None where the differences do not settle."""
        if wrt not in self._columns:
            self._columns[wrt] = self.along({wrt: self.wide.context.one})
        return self._columns[wrt]

    def along(self, tangent: Mapping[int, Any]) -> list[Any] | None:
        """J·ẋ for a tangent over the names differentiated by, or None where the differences do not settle."""
        graph = self.problem.graph
        moves: dict[int, Any] = {}
        for wrt, component in tangent.items():
            node = self.problem.wrt[wrt][1]
            if self._moves(node):
                moves[node] = moves.get(node, 0) + self.wide.context.mpf(component)
        total = [self.wide.context.zero for _ in graph.outputs]
        # An assigned name moves alone, as an input of a graph of its own: what it is computed from stands still.
        inside = {node: move for node, move in moves.items() if graph.ops[node] is not INPUT}
        parts = [(graph, {node: move for node, move in moves.items() if node not in inside})]
        parts += [(opened(graph, node), {node: move}) for node, move in inside.items()]
        for changed, part in parts:
            if part:
                slopes = self._slopes(changed, part)
                if slopes is None:
                    return None
                total = [a + b for a, b in zip(total, slopes, strict=True)]
        return total

    def second(self, tangent: Mapping[int, Any], other: Mapping[int, Any]) -> Any | None:
        """The second derivative of the only output along two tangents, or None where the differences do not settle.

        An assigned name cannot move by itself together with the inputs that it is computed from: there the witness
        is the difference of the gradient's program.
        """
        graph = self.problem.graph
        moves: list[dict[int, Any]] = [{}, {}]
        for moved, direction in zip(moves, (tangent, other), strict=True):
            for wrt, component in direction.items():
                node = self.problem.wrt[wrt][1]
                if self._moves(node):
                    moved[node] = moved.get(node, 0) + self.wide.context.mpf(component)
        if any(graph.ops[node] is not INPUT for moved in moves for node in moved):
            return self._difference_of_gradients(tangent, other)
        together: dict[int, Any] = dict(moves[0])
        apart: dict[int, Any] = dict(moves[0])
        for node, move in moves[1].items():
            together[node] = together.get(node, 0) + move
            apart[node] = apart.get(node, 0) - move

        def quotients(h: Any) -> list[Any]:
            values = [self._values(graph, move, sign * h) for move in (together, apart) for sign in (1, -1)]
            return [(a + b - c - d) / (4 * h * h) for a, b, c, d in zip(*values, strict=True)]

        size = self._size({**moves[0], **moves[1]})
        found = self._settled(quotients, size)
        return None if found is None else found[0]

    def _moves(self, node: int) -> bool:
        """Whether the outputs here depend on a node at all: on a name that is not there, or not needed, they do not."""
        return node >= 0 and self._tape[node] is not None

    def _difference_of_gradients(self, tangent: Mapping[int, Any], other: Mapping[int, Any]) -> Any | None:
        from adcli.derivatives.second import gradient_problem

        try:
            rates = DifferenceWitness(gradient_problem(self.problem, "reverse")).along(tangent)
        except Fault:
            return None
        return None if rates is None else sum(component * rates[wrt] for wrt, component in other.items())

    def _size(self, moves: Mapping[int, Any]) -> Any:
        """What a step is relative to: the one coordinate that moves, else the smallest of them, at most 1."""
        context = self.wide.context
        sizes = [abs(self._tape[node].mid) for node in moves if self._tape[node]]
        if len(moves) == 1 and sizes:
            return sizes[0]
        return max(min([context.one, *sizes]), context.mpf(10) ** -30)

    def _slopes(self, graph: Graph, moves: Mapping[int, Any]) -> list[Any] | None:
        return self._settled(lambda h: self._quotients(graph, moves, h), self._size(moves))

    def _settled(self, quotients: Callable[[Any], list[Any]], size: Any) -> list[Any] | None:
        """The quotients for the smaller of two steps, or None where those for the larger one differ."""
        context = self.wide.context
        try:
            far, near = (self._known(quotients(size * context.mpf(10) ** -step)) for step in STEPS)
        except (Fault, ArithmeticError, ValueError):
            return None
        if far is None or near is None:
            return None
        close = context.mpf(10) ** -AGREEMENT
        return near if all(abs(a - b) <= close * abs(b) for a, b in zip(far, near, strict=True)) else None

    def _known(self, quotients: Sequence[Any]) -> list[Any] | None:
        """The quotients as mpmath's numbers, None where one of them keeps too few digits."""
        enough = math.ceil(AGREEMENT * math.log2(10))
        known = all(x.told(enough) or x.vanishes for x in quotients)
        return [x.mid if x.told(enough) else self.wide.context.zero for x in quotients] if known else None

    def _quotients(self, graph: Graph, moves: Mapping[int, Any], h: Any) -> list[Any]:
        above, below = (self._values(graph, moves, step) for step in (h, -h))
        return [(a - b) / (2 * h) for a, b in zip(above, below, strict=True)]

    def _values(self, graph: Graph, moves: Mapping[int, Any], h: Any) -> list[Any]:
        moved = {**self._point, **{node: self._tape[node] + h * move for node, move in moves.items()}}
        values = evaluate(graph, self.wide, moved).values
        return [values[node] for node in graph.outputs]


def direction(count: int) -> list[float]:
    """A fixed direction with components between ½ and 1, of both signs."""
    found, state = [], DIRECTION
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        found.append((0.5 + (state >> 12) / 2**53) * (1 if state >> 11 & 1 else -1))
    return found


def opened(graph: Graph, node: int) -> Graph:
    """The graph with an operation as an input instead."""
    ops, args, labels = list(graph.ops), list(graph.args), dict(graph.labels)
    ops[node], args[node], labels[node] = INPUT, (), f"v{node}"
    return Graph(
        text=graph.text,
        ops=ops,
        args=args,
        spans=graph.spans,
        labels=labels,
        inputs=(*graph.inputs, node),
        outputs=graph.outputs,
        output_names=graph.output_names,
    )
