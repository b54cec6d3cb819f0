"""Which derivatives are asked for, and the sweeps that give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adcli.arithmetic.rules import Arithmetic, positions
from adcli.modes import Fault, evaluate, forward, plan, reverse, seeds
from adcli.ops import DET
from adcli.problem.problem import Problem
from adcli.problem.values import Value


class Work:
    """A tape and the sweeps run on it. Raises Fault where a value or a derivative stops it.

    `sources` are the nodes differentiated by, `sweeps` what each sweep left at every node: they are looked at for
    numbers that floats cannot be trusted with. `derived` says whether there was a derivative at all, `order` of which
    order, and `cancelled` that a sum of a rule's own lost its digits.
    """

    def __init__(self, problem: Problem, arithmetic: Arithmetic, point: Mapping[int, Any]) -> None:
        self.problem = problem
        self.arithmetic = arithmetic
        self.tape = evaluate(problem.graph, arithmetic, point)
        self.sweeps: list[list[Any]] = []
        self.derived = False
        self.order = 1
        self.cancelled = False
        self.sources = frozenset([node for _, node in problem.wrt if node >= 0])

    @property
    def values(self) -> list[Any]:
        """The outputs' values."""
        return [self.tape.values[node] for node in self.problem.graph.outputs]

    def forward(self, tangents: Mapping[int, Any]) -> list[Any]:
        """J·ẋ for seeds at nodes, an entry per output: one sweep."""
        sweep = forward(self.tape, tangents, self.sources)
        self.sweeps.append(sweep)
        self.derived = True
        return [self._entry(sweep, node) for node in self.problem.graph.outputs]

    def reverse(self, cotangents: Mapping[int, Any]) -> list[Any]:
        """ȳᵀ·J for weights of outputs, by their position, an entry per name differentiated by: one sweep."""
        if not self.sweeps:
            self._look_behind_levels()
        outputs = self.problem.graph.outputs
        sweep = reverse(self.tape, seeds((outputs[i], weight) for i, weight in cotangents.items()), self.sources)
        self.sweeps.append(sweep)
        self.derived = True
        return [self._entry(sweep, node) for _, node in self.problem.wrt]

    def _look_behind_levels(self) -> None:
        """Raise Fault where forward mode would, behind an operation such as floor, which no adjoint passes."""
        if not any(op.level for op in set(self.problem.graph.ops)):
            return
        way, values = plan(self.tape, self.sources), self.tape.values
        reached = set(self.problem.graph.outputs)
        for node, form, args in reversed(way.steps):
            if node in reached:
                reached.update(way.active(form, args))
                continue
            op, mask, _ = way.forms[form]
            try:
                for position in positions(mask):
                    self.arithmetic.partial_at(op, position, values[node], [values[a] for a in args])
            except (ArithmeticError, ValueError) as error:
                raise Fault(node, error, "derivative") from error

    def _entry(self, sweep: list[Any], node: int) -> Any:
        entry = sweep[node] if node >= 0 else None
        return self.arithmetic.literal("0") if entry is None else entry


CANCELLED = 1e3
"""By how much the terms of a determinant may exceed it before floats are not trusted with it."""


class Question:
    """Which derivatives are asked for. `entries` computes them; `direction` says what one entry means.

    An entry is d/dh of weights·f(x + h·tangent): by that it can be found as a limit where the chain rule fails.
    """

    unbounded: tuple[int, ...] = ()
    """Rows whose numbers are infinite where they exceed the largest float."""
    rules: int | None = None
    """Of a formula that rules have written a derivative to, the first node that they wrote, where these may cancel."""
    called = "a derivative"
    """What one of its numbers is called."""

    def entries(self, work: Work) -> list[list[Any]]:
        """The derivatives, in rows. Raises Fault."""
        return []

    def shape(self, problem: Problem) -> tuple[int, int]:
        """How many rows of how many entries there are."""
        return 0, 0

    def left_out(self, problem: Problem) -> Iterable[tuple[int, Sequence[str]]]:
        """Per output, the names by which its derivative is zero by structure and no entry."""
        return ()

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        """The weights of the outputs (by position) and the tangent (by input name) of one entry."""
        raise NotImplementedError


class Passing(Question):
    """No derivatives, but the kinks that they would meet: those of an *order* above 1 meet bends, too."""

    def __init__(self, order: int = 1) -> None:
        self.order = order

    def entries(self, work: Work) -> list[list[Any]]:
        work.derived, work.order = True, self.order
        return []


class Matrix(Question):
    """The Jacobian, m rows of n entries for n inputs and m outputs, by n forward or m reverse sweeps."""

    def __init__(self, mode: str) -> None:
        self.mode = mode

    def entries(self, work: Work) -> list[list[Any]]:
        one = work.arithmetic.literal("1")
        count = len(work.problem.graph.outputs)
        if self.mode == "reverse":
            return [work.reverse({i: one}) for i in range(count)]
        columns = [work.forward(seeds([(node, one)])) for _, node in work.problem.wrt]
        return [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(count)]

    def shape(self, problem: Problem) -> tuple[int, int]:
        return len(problem.graph.outputs), len(problem.wrt)

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        return {row: 1}, {problem.wrt[column][0]: 1}


class Determinant(Question):
    """That of a square Jacobian, made of derivatives that no convention for kinks has touched."""

    called = "the determinant"

    def entries(self, work: Work) -> list[list[Any]]:
        elements = tuple([x for row in Matrix("reverse").entries(work) for x in row])
        node = work.problem.graph.outputs[0]
        try:
            if elements and all(isinstance(x, float) for x in elements):
                self._trust(elements)
            found = work.arithmetic.value(DET)(*elements)
        except (FloatingPointError, OverflowError, ValueError) as error:
            raise Fault(node, error, "derivative") from error
        return [[found]]

    @staticmethod
    def _trust(elements: tuple[float, ...]) -> None:
        """Refuse a determinant to which its rounded elements cancel. Raises FloatingPointError."""
        from adcli.arithmetic.determinants import cofactors_of_floats, determinant_of_floats, floats_do

        if not floats_do(elements):
            raise FloatingPointError
        found = determinant_of_floats(elements)
        terms = sum([abs(x * y) for x, y in zip(elements, cofactors_of_floats(elements), strict=True)])
        if terms and not terms <= CANCELLED * abs(found):
            raise FloatingPointError


class Along(Question):
    """J·ẋ: one forward sweep along a tangent; a row per output."""

    def __init__(self, tangent: Mapping[str, Value]) -> None:
        self.tangent = tangent

    def entries(self, work: Work) -> list[list[Any]]:
        problem = work.problem
        tangents = [
            (node, problem.number(self.tangent[name], work.arithmetic, f"the tangent of {name}"))
            for name, node in problem.wrt
        ]
        return [[entry] for entry in work.forward(seeds(tangents))]

    def shape(self, problem: Problem) -> tuple[int, int]:
        return len(problem.graph.outputs), 1

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        return {row: 1}, self.tangent


class Across(Question):
    """ȳᵀ·J: one reverse sweep with a cotangent; one row."""

    def __init__(self, cotangent: Sequence[Value]) -> None:
        self.cotangent = cotangent

    def entries(self, work: Work) -> list[list[Any]]:
        weights = [work.problem.number(w, work.arithmetic, "the cotangent") for w in self.cotangent]
        return [work.reverse(dict(enumerate(weights)))]

    def shape(self, problem: Problem) -> tuple[int, int]:
        return 1, len(problem.wrt)

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        return dict(enumerate(self.cotangent)), {problem.wrt[column][0]: 1}
