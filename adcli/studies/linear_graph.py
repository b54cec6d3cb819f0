"""The linearised graph: a run of the program with a value on each node and the local partial on each edge.

What the chain rule multiplies and adds are these partials; in which order it does so is the difference between
the modes. The graph's picture shows them, and a derivative is the sum over all paths of their products.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from adcli.derivatives.questions import Question, Work
from adcli.derivatives.solver import solve_inside
from adcli.errors import UndeterminedError
from adcli.modes import COPY, Step, Tape, linearize, reverse, seeds, steps_of
from adcli.problem.problem import Problem
from adcli.problem.values import Value
from adcli.results import Notice, Number
from adcli.studies.naming import numbering


class LinearGraph:
    """The nodes and edges of a problem's graph, with numbers on them where there is a point.

    - `names`: each numbered node's name, inputs first, then operations in order of evaluation;
    - `steps`: the operations; of a `where` only the branch taken, where there is a point;
    - `values`: the value of each node; `partials`: the local partial by (node, place of the argument in the
      step); `adjoints`: v̄ of each node that depends on the sources. All are empty without a point. An edge along
      which no derivative flows has no partial: of a condition, a constant, a factor of a literal 0.
    """

    __slots__ = ("adjoints", "names", "notices", "partials", "problem", "steps", "values")

    def __init__(
        self,
        problem: Problem,
        names: dict[int, str],
        steps: Sequence[Step],
        values: Mapping[int, Any] = MappingProxyType({}),
        partials: Mapping[tuple[int, int], Number] = MappingProxyType({}),
        adjoints: Mapping[int, Number] = MappingProxyType({}),
        notices: Sequence[Notice] = (),
    ) -> None:
        self.problem = problem
        self.names = names
        self.steps = steps
        self.values = values
        self.partials = partials
        self.adjoints = adjoints
        self.notices = tuple(notices)

    def edges(self, step: Step) -> list[tuple[int, Number | None]]:
        """The arguments that a step used, in their order, each with its partial; `x*x` uses x twice."""
        node, op, args = step
        used: list[tuple[int, Number | None]] = [(a, self.partials.get((node, i))) for i, a in enumerate(args)]
        if op is COPY:  # a `where` used its condition too
            used.insert(0, (self.problem.graph.args[node][0], None))
        return used


class _Local(Question):
    """The local partials of a run, then its values, then its adjoints, in one row; `split` takes them apart."""

    def __init__(self, sources: Sequence[int], weights: Sequence[Value] | None, partials: bool) -> None:
        self.sources = sources
        self.weights = weights
        self.partials = partials
        self.edges: list[tuple[int, int]] = []
        self.numbers: list[int] = []
        self.tape: Tape | None = None

    def entries(self, work: Work) -> list[list[Any]]:
        self.tape = tape = work.tape
        self.edges = []
        row: list[Any] = []
        if self.partials:
            for node, position, _, partial in linearize(tape, self.sources):
                self.edges.append((node, position))
                row.append(partial)
            work.sweeps.append(list(row))
            work.derived = True
        # The results of operations, but for conditions.
        self.numbers = [n for n, op, _ in tape.steps if not op.boolean and not isinstance(tape.values[n], bool)]
        row += [tape.values[node] for node in self.numbers]
        if self.weights is not None:
            weights = [work.problem.number(weight, work.arithmetic, "the cotangent") for weight in self.weights]
            adjoints = reverse(tape, seeds(zip(tape.graph.outputs, weights, strict=True)), self.sources)
            work.sweeps.append(adjoints)
            zero = work.arithmetic.literal("0")
            row += [zero if x is None else x for x in map(adjoints.__getitem__, self._active())]
        return [row]

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        # A partial or an adjoint is no derivative of the outputs by the inputs, and has no limit to be sought.
        node = self.edges[column][0] if column < len(self.edges) else problem.graph.outputs[0]
        raise UndeterminedError("the derivative is undetermined here", problem.graph.spans[node]).located(
            problem.graph.text, problem.origin
        )

    def split(self, row: Sequence[Number]) -> tuple[dict[tuple[int, int], Number], dict[int, Any], dict[int, Number]]:
        """Partials by edge, values and adjoints by node."""
        assert self.tape is not None
        numbers = iter(row)
        partials = {edge: next(numbers) for edge in self.edges}
        values: dict[int, Any] = {node: self.tape.values[node] for node, _, _ in self.tape.steps}
        values.update((node, next(numbers)) for node in self.numbers)
        return partials, values, dict(zip(self._active(), numbers, strict=False))

    def _active(self) -> list[int]:
        """What has an adjoint: the sources, and all that depends on them."""
        return [*self.sources, *dict.fromkeys(node for node, _ in self.edges)]


def structure(problem: Problem) -> LinearGraph:
    """The graph without numbers."""
    return LinearGraph(problem, numbering(problem), steps_of(problem.graph))


def linear_graph(
    problem: Problem, sources: Sequence[int], *, weights: Sequence[Value] | None = None, partials: bool = True
) -> LinearGraph:
    """The graph at the problem's point, with the partials that derivatives by *sources* pass through.

    *weights* of the outputs give the nodes adjoints; *partials* False leaves partials out. Numbers and refusals
    as of `solver.solve_inside`.
    """
    question = _Local(sources, weights, partials)
    answer = solve_inside(problem, question)
    found, values, adjoints = question.split(answer.entries[0])
    tape = question.tape
    assert tape is not None
    given = problem.numbers()
    values.update((node, given[problem.graph.labels[node]]) for node in problem.graph.inputs)
    return LinearGraph(problem, numbering(problem, tape), tape.steps, values, found, adjoints, answer.notices)
