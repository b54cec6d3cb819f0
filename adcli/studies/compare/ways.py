"""The ways to differentiate that are not automatic: differences, the complex step, SymPy's formulas. On floats.

They give rows of derivatives, as the modes do: a row per output, a column per name differentiated by. An assigned
name moves alone: what it is computed from stands still. All raise Fault where the function has no value at a moved
point.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.crosscheck.differences import opened
from adcli.graphs import Graph
from adcli.language.sympy.definitions import Unreadable
from adcli.modes import evaluate
from adcli.ops import INPUT
from adcli.problem.problem import Problem

EPSILON = 2.0**-52
FORWARD_STEP = EPSILON ** (1 / 2)
"""The default step of a forward difference: it balances truncation, O(h), against round-off, O(ε/h)."""
CENTRAL_STEP = EPSILON ** (1 / 3)
"""That of a central difference: truncation is O(h²)."""
COMPLEX_STEP = 1e-100
"""That of the complex step, which has no round-off to balance: h² must only vanish."""

Rows = list[list[float]]


class Moved:
    """The function at points that differ from the problem's in one coordinate.

    `scales` are what a step is relative to: the coordinate's size, at least 1. `values` are those of all nodes at
    the point itself.
    """

    def __init__(self, asked: Problem) -> None:
        self.asked = asked
        self.arithmetic = doubles()
        self.point = asked.point(self.arithmetic)
        self.values: list[Any] = evaluate(asked.graph, self.arithmetic, self.point).values
        self._graphs = [
            opened(asked.graph, node) if node >= 0 and asked.graph.ops[node] is not INPUT else asked.graph
            for _, node in asked.wrt
        ]
        self.scales = [max(1.0, abs(self.values[node])) if node >= 0 else 1.0 for _, node in asked.wrt]

    def forward(self, step: float) -> Rows:
        """Forward differences, (f(x + h) - f(x))/h: n + 1 evaluations."""
        here = [self.values[node] for node in self.asked.graph.outputs]
        return self._rows([self._quotient(column, step, None, here) for column in range(len(self.scales))])

    def central(self, step: float) -> Rows:
        """Central differences, (f(x + h) - f(x - h))/2h: 2n evaluations."""
        return self._rows([self._quotient(column, step, -step, None) for column in range(len(self.scales))])

    def complex(self, step: float = COMPLEX_STEP) -> Rows:
        """The complex step, Im f(x + ih)/h: n evaluations. Its Fault may have the cause Impossible."""
        from adcli.arithmetic.complexes import complexes

        arithmetic = complexes()
        columns = []
        for (_, node), graph, scale in zip(self.asked.wrt, self._graphs, self.scales, strict=True):
            size = step * scale
            point = {place: complex(value) for place, value in self.point.items()}
            if node >= 0:
                point[node] = complex(self.values[node], size)
            values = evaluate(graph, arithmetic, point).values
            columns.append([values[output].imag / size for output in graph.outputs])
        return self._rows(columns)

    def _quotient(self, column: int, above: float, below: float | None, here: list[float] | None) -> list[float]:
        node = self.asked.wrt[column][1]
        graph = self._graphs[column]
        x = self.values[node] if node >= 0 else 0.0
        high = x + above * self.scales[column]
        low = x if below is None else x + below * self.scales[column]
        first = here or self._outputs(graph, node, low)
        second = self._outputs(graph, node, high)
        width = high - low  # not what was asked for, but what came of it in floats
        if not width:
            raise ZeroDivisionError("the step is lost in rounding")
        return [(b - a) / width for a, b in zip(first, second, strict=True)]

    def _outputs(self, graph: Graph, node: int, value: float) -> list[float]:
        point = self.point if node < 0 else {**self.point, node: value}
        values = evaluate(graph, self.arithmetic, point).values
        return [values[output] for output in graph.outputs]

    def _rows(self, columns: Sequence[Sequence[float]]) -> Rows:
        return [list(row) for row in zip(*columns, strict=True)]


class SymPyFormulas:
    """SymPy's derivatives, read back as a program and computed on floats. No point is needed until then.

    Raises Unreadable where SymPy does not write them, or writes what adcli does not have.
    """

    def __init__(self, asked: Problem, most: int) -> None:
        from adcli.crosscheck.formulas import formulas
        from adcli.derivatives.optimize import operations
        from adcli.errors import AdcliError
        from adcli.language.sympy.from_sympy import from_sympy

        self.asked = asked
        self.formulas = formulas(asked, most)
        self._graphs: list[tuple[Graph, list[int]]] = []
        together: dict[tuple[tuple[str, str], ...], list[int]] = {}
        for place, column in enumerate(self.formulas.columns):
            key = tuple(sorted((str(symbol), name) for symbol, name in column.names.items()))
            together.setdefault(key, []).append(place)
        for places in together.values():
            columns = [self.formulas.columns[place] for place in places]
            try:
                graph = from_sympy([e for column in columns for e in column.derivatives], names=columns[0].names)
            except AdcliError as error:
                raise Unreadable(f"SymPy's derivative is no formula of adcli's: {error.message}") from error
            self._graphs.append((graph, places))
        self.operations = sum(operations(graph) for graph, _ in self._graphs)
        """How many operations the program has, equal parts computed once."""

    def entries(self, values: Sequence[Any]) -> Rows:
        """The derivatives where the nodes have these values."""
        arithmetic = doubles()
        known = dict(self.asked.doubles)
        known.update((name, values[node]) for name, node in self.asked.wrt if node >= 0)
        count = len(self.asked.graph.outputs)
        columns: list[list[float]] = [[] for _ in self.formulas.columns]
        for graph, places in self._graphs:
            tape = evaluate(graph, arithmetic, {node: known[graph.labels[node]] for node in graph.inputs})
            found = [tape.values[output] for output in graph.outputs]
            for position, place in enumerate(places):
                columns[place] = found[position * count : (position + 1) * count]
        return [list(row) for row in zip(*columns, strict=True)]
