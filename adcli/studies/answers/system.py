"""Equations as a function of numbers: values and exact Jacobians, in floats or with any number of digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from adcli.derivatives.answers import jacobian
from adcli.derivatives.questions import Matrix, Passing, Question
from adcli.derivatives.solver import solve
from adcli.errors import AdcliError, NameFault, UsageError, counted, listed, option
from adcli.graphs import Graph
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS
from adcli.results import Notice, Number


class Unsolved(AdcliError):
    """There is no answer, or none was found."""

    kind: ClassVar[str] = "unsolved"
    exit_code: ClassVar[int] = 3


class System:
    """The outputs of a problem as functions of some inputs, `unknowns`, in their order; `given` are the values of all
    inputs: doubles, or as they are written where a precision is asked for."""

    def __init__(self, asked: Problem, unknowns: Sequence[str]) -> None:
        graph = asked.graph
        self.asked = asked
        self.unknowns = tuple(unknowns)
        self.nodes = {graph.labels[node]: node for node in graph.inputs}
        self.given: dict[str, Any] = dict(asked.doubles if asked.precision == FLOATS else asked.at)
        self.digits = max(30, asked.precision + 10)
        """With so many an answer is polished."""

    def varied(self, names: Mapping[str, Any]) -> System:
        """The same equations for other values of parameters."""
        found = System(self.asked, self.unknowns)
        found.given = {**self.given, **names}
        return found

    def of(self, graph: Graph, unknowns: Sequence[str]) -> System:
        """Other equations at the same point."""
        found = System(self.asked.changed(graph=graph), unknowns)
        found.given = self.given
        return found

    def start(self) -> list[float]:
        """The unknowns' values at the point."""
        return [self.asked.doubles[name] for name in self.unknowns]

    def at(self, x: Sequence[Number], digits: int = FLOATS, wrt: Sequence[str] = ()) -> Problem:
        """The problem at a point, differentiated by the unknowns, or other names."""
        if digits != FLOATS or self.asked.precision == FLOATS:
            values = {**self.given, **dict(zip(self.unknowns, x, strict=True))}
        else:
            values = {**self.asked.doubles, **dict(zip(self.unknowns, x, strict=True))}
        names = [(name, self.nodes.get(name, -1)) for name in wrt or self.unknowns]
        return self.asked.changed(at=values, precision=digits, wrt=tuple(names))

    def values(self, x: Sequence[Number], digits: int = FLOATS) -> list[Number]:
        """The outputs."""
        return self._mine(solve(self.at(x, digits), Question()).values, digits)

    def jacobian(
        self, x: Sequence[Number], digits: int = FLOATS, wrt: Sequence[str] = ()
    ) -> tuple[list[Number], list[list[Number]]]:
        """The outputs, and a row of derivatives for each."""
        names = wrt or self.unknowns
        mode = "forward" if len(names) < len(self.asked.graph.outputs) else "reverse"
        answer = solve(self.at(x, digits, wrt), Matrix(mode))
        return self._mine(answer.values, digits), [self._mine(row, digits) for row in answer.entries]

    def notices(self, x: Sequence[Number], parameters: Sequence[str] = ()) -> list[Notice]:
        """What is to be said of the derivatives at a point, by the unknowns and by parameters."""
        try:
            return solve(self.at([float(number) for number in x], wrt=[*self.unknowns, *parameters]), Passing()).notices
        except AdcliError:
            return []

    def kinked(self, x: Sequence[Number]) -> bool:
        """Whether there is no Jacobian at a point, but a convention at a kink."""
        here = [float(number) for number in x]
        if not any(notice.kind == "kink" for notice in self.notices(here)):
            return False
        try:
            return any(notice.kind == "kink" for notice in jacobian(self.at(here)).warnings)
        except AdcliError:
            return False

    def number(self, value: Any, digits: int) -> Number:
        """A value as one of the numbers that are computed with."""
        if digits == FLOATS:
            return float(value)
        from adcli.arithmetic.multiprecision import multiprecision

        return multiprecision(digits).context.mpf(value)

    def exact(self, name: str, digits: int) -> Number:
        """The value of a parameter."""
        from adcli.arithmetic.multiprecision import multiprecision
        from adcli.problem.values import _as_exact

        return self.number(_as_exact(name, self.given[name], multiprecision(digits)), digits)

    def _mine(self, numbers: Sequence[Number], digits: int) -> list[Number]:
        return list(numbers) if digits == FLOATS else [self.number(number, digits) for number in numbers]

    def reported(self, number: Number) -> Number:
        """A number as results report it."""
        return self.asked.reported(number)


def unknowns_of(asked: Problem, chosen: Sequence[str], parameters: Sequence[str]) -> list[str]:
    """The names to solve for: those that are chosen, else all inputs that are no parameters."""
    names = [name for name in asked.at if name in asked.graph.input_names]
    if not chosen:
        return [name for name in names if name not in parameters]
    found: list[str] = []
    for name in chosen:
        members = [name] if name in names else [label for label in names if label.startswith(name + "[")]
        if not members:
            raise NameFault(f"{option('for')} names {name}, which is no input", hint=among(name, names))
        found += [member for member in members if member not in found]
    for name in parameters:
        if name in found:
            raise UsageError(f"{name} is solved for, and cannot be a parameter of {option('wrt')} too")
    return found


def square(asked: Problem, unknowns: Sequence[str]) -> None:
    """Refuse a system with more or fewer equations than unknowns."""
    count = len(asked.graph.outputs)
    if not unknowns:
        raise UsageError("there is nothing to solve for", hint=f"{option('for', 'x')} names the unknowns")
    if count != len(unknowns):
        hint = f"{option('for')} names the unknowns, as many as there are equations"
        if count > len(unknowns):
            hint = "leave equations out, or solve for more"
        raise UsageError(
            f"{counted(count, 'equation')} and {counted(len(unknowns), 'unknown')}: {listed(unknowns)}", hint=hint
        )


def point_of(names: Sequence[str], x: Sequence[Number]) -> str:
    """A point as people read it: x = 1.5, y = 2."""
    return listed([f"{name} = {float(number):.9g}" for name, number in zip(names, x, strict=True)])
