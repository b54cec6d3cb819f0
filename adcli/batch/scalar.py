"""One row by the scalar path: the exact answer, or the error that says why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adcli.batch.question import Asked
from adcli.derivatives import answers as derive
from adcli.errors import Span
from adcli.modes import Fault, evaluate
from adcli.problem.problem import Problem
from adcli.results import Labelled

_ANSWERS: dict[str, Callable[[Problem, Any], Labelled]] = {
    "eval": lambda at, asked: derive.evaluate(at),
    "grad": lambda at, asked: derive.gradient(at, mode=asked.mode),
    "jacobian": lambda at, asked: derive.jacobian(at, mode=asked.mode),
    "jvp": lambda at, asked: derive.jvp(at, tangent=asked.direction),
    "vjp": lambda at, asked: derive.vjp(at, cotangent=asked.direction),
    "hvp": lambda at, asked: derive.hvp(at, vector=asked.direction),
    "hessian": lambda at, asked: derive.hessian(at),
}


class Rows:
    """What is asked of rows that have values of the inputs *names*; the problem gives the others."""

    def __init__(self, problem: Problem, asked: Asked, names: Sequence[str]) -> None:
        self.problem = problem
        self.asked = asked
        self.names = tuple(names)
        nodes = {problem.graph.labels[node]: node for node in problem.graph.inputs}
        self._nodes = [nodes[name] for name in names]
        rest = {name: value for name, value in problem.at.items() if name not in self.names and name in nodes}
        doubles = problem.changed(at=rest).doubles
        self._rest = {nodes[name]: (number, 0.0) for name, number in doubles.items()}

    def answer(self, row: Sequence[float]) -> list[float]:
        """The numbers of a row, in the order of `kernel.names_of`. Raises what the solver raises."""
        return answer(self.problem, self.asked, dict(zip(self.names, row, strict=True)))

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


def answer(problem: Problem, asked: Asked, point: Mapping[str, float]) -> list[float]:
    """The numbers of one row, in the order of `kernel.names_of`. Raises what the solver raises."""
    result = _ANSWERS[asked.what](problem.changed(at={**problem.at, **point}), asked)
    return [entry.number for group in result.labelled() for entry in group]
