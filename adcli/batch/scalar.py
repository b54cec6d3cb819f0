"""One row by the scalar path: the exact answer, or the error that says why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adcli.batch.question import KINDS, Request
from adcli.errors import Span
from adcli.modes import Fault, evaluate
from adcli.problem.problem import Problem
from adcli.results import ONE_SIDED, Labelled


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

    def settled(self, row: Sequence[float]) -> tuple[list[float], bool, Span | None]:
        """As `answer`, whether none of the numbers follows a convention, and where one is a one-sided derivative."""
        result = _result(self.problem, self.request, dict(zip(self.names, row, strict=True)))
        places = {notice.kind: notice.span for notice in result.warnings}
        return _numbers(result), "kink" not in places, places.get(ONE_SIDED)

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
    return _numbers(_result(problem, request, point))


def _result(problem: Problem, request: Request, point: Mapping[str, float]) -> Labelled:
    return KINDS[request.what].answer(problem.changed(at={**problem.at, **point}), request)


def _numbers(result: Labelled) -> list[float]:
    return [entry.number for group in result.labelled() for entry in group]
