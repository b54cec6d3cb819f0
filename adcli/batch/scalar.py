"""One row by the scalar path: the exact answer, or the error that says why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adcli.batch.question import KINDS, Request
from adcli.errors import Span
from adcli.modes import Fault, evaluate
from adcli.problem.problem import Problem


class Rows:
    """What is asked of rows that have values of the inputs *names*; the problem gives the others."""

    def __init__(self, problem: Problem, request: Request, names: Sequence[str]) -> None:
        self.problem = problem
        self.request = request
        self.names = tuple(names)
        nodes = {problem.graph.labels[node]: node for node in problem.graph.inputs}
        self._nodes = [nodes[name] for name in names]
        rest = {name: value for name, value in problem.at.items() if name not in self.names and name in nodes}
        doubles = problem.changed(at=rest).doubles
        self._rest = {nodes[name]: (number, 0.0) for name, number in doubles.items()}

    def answer(self, row: Sequence[float]) -> list[float]:
        """The numbers of a row, in the order of `kernel.names_of`. Raises what the solver raises."""
        return answer(self.problem, self.request, dict(zip(self.names, row, strict=True)))

    def settled(self, row: Sequence[float]) -> tuple[list[float], bool]:
        """As `answer`, and whether none of the numbers follows a convention."""
        numbers, kinds = _answered(self.problem, self.request, dict(zip(self.names, row, strict=True)))
        return numbers, "kink" not in kinds

    def outside(self, row: Sequence[float]) -> tuple[str, Span] | None:
        """The message of the DomainError that `answer` raises, and its place, where that can be told without it."""
        from adcli.arithmetic.enclosures import Outside, enclosures
        from adcli.derivatives.refusals import outside

        graph = self.problem.graph
        point = dict(self._rest)
        for node, number in zip(self._nodes, row, strict=True):
            point[node] = (number, 0.0)
        try:
            evaluate(graph, enclosures(), point)
        except Fault as fault:
            if isinstance(fault.cause, Outside):
                op, given = graph.ops[fault.node], fault.cause.given
                message = outside(op, [number - error + 0.0 for number, error in given])
                exact = not any(error for _, error in given)
                if exact or message == outside(op, [number + error + 0.0 for number, error in given]):
                    return message, graph.spans[fault.node]
        return None


def answer(problem: Problem, request: Request, point: Mapping[str, float]) -> list[float]:
    """The numbers of one row, in the order of `kernel.names_of`. Raises what the solver raises."""
    return _answered(problem, request, point)[0]


def _answered(problem: Problem, request: Request, point: Mapping[str, float]) -> tuple[list[float], set[str]]:
    """The numbers, and the kinds of what is to be said of them."""
    result = KINDS[request.what].answer(problem.changed(at={**problem.at, **point}), request)
    return [entry.number for group in result.labelled() for entry in group], {w.kind for w in result.warnings}
