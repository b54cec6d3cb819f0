"""Operations counted: a program and its sweeps run on numbers that only count.

Nothing here is estimated. The function is evaluated, and the sweeps are run, on the counting arithmetic, so that
the counts are those of the table's rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from adcli.arithmetic.counting import Counting, flops
from adcli.arithmetic.doubles import doubles
from adcli.graphs import Graph
from adcli.modes import COPY, Fault, Plan, Tape, evaluate, forward, plan, reverse, seeds
from adcli.ops import ADD, INPUT, LITERAL, MUL, SUB, WHERE, Op
from adcli.problem.problem import Problem
from adcli.results import Notice

MAX_ACCUMULATED = 500_000
"""The sweeps of the whole Jacobian are run one by one up to this many steps in all."""
MAX_DERIVED = 100_000
"""The gradient's program is written for counting up to this many nodes of the function's."""
BYTES = 8
"""Of a double."""


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """One evaluation of the function: its operations by kind, and how many values are live at once at most."""

    operations: dict[str, int]
    multiplications: int
    additions: int
    flops: int
    live: int


@dataclass(frozen=True, kw_only=True)
class Accumulated:
    """The whole Jacobian by one-hot sweeps, each of which skips what is zero by structure; without the evaluation."""

    multiplications: int
    additions: int
    flops: int
    ratio: float | None


@dataclass(frozen=True, kw_only=True)
class Forward:
    """Dense forward sweeps, all of them together, without the evaluation itself.

    `ratio` is what function and derivatives cost together, in evaluations of the function. `live` are the values
    and tangents held at once at most, in one sweep that runs beside the evaluation.
    """

    sweeps: int
    operations: dict[str, int]
    multiplications: int
    additions: int
    flops: int
    ratio: float | None
    live: int
    accumulation: Accumulated | None


@dataclass(frozen=True, kw_only=True)
class Reverse:
    """Dense reverse sweeps, likewise.

    `stored` values stand on the tape, inputs and every version of a reassigned name included, which take `bytes`;
    the rules read `needed` of them again. `live` are the tape and the adjoints held at once at most.
    """

    sweeps: int
    operations: dict[str, int]
    multiplications: int
    additions: int
    flops: int
    ratio: float | None
    live: int
    stored: int
    needed: int
    bytes: int
    accumulation: Accumulated | None


@dataclass(frozen=True, kw_only=True)
class Evaluations:
    """What finite differences take: evaluations of the function, and their flops."""

    evaluations: int
    flops: int
    ratio: float | None


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Forward differences take n + 1 evaluations, central ones 2n."""

    forward: Evaluations
    central: Evaluations


@dataclass(frozen=True, kw_only=True)
class Product:
    """A Hessian-vector product with all that it takes: evaluation, reverse sweep, a forward sweep through the gradient.

    `ratio` is its cost in evaluations of the function, `gradients` in gradients by reverse mode, whose evaluation
    counts too.
    """

    multiplications: int
    additions: int
    flops: int
    ratio: float | None
    gradients: float | None


class Tally:
    """A program run on counting numbers."""

    def __init__(self, asked: Problem) -> None:
        self.asked = asked
        self.counting = Counting()
        self.one = self.counting.unknown
        graph, self.notices = _decided(asked)
        self.tape = evaluate(graph, self.counting, dict.fromkeys(graph.inputs, self.one))
        self.performed = self.counting.reset()
        self.base = flops(self.performed)
        # What stands on the tape has a place from now on, so that reading it is seen.
        for node, value in enumerate(self.tape.values):
            if value is not None and graph.ops[node] is not LITERAL:
                self.tape.values[node] = self.counting.placed(node)
        self.sources = list(dict.fromkeys(node for _, node in asked.wrt if node >= 0))
        self.ahead = self._forward(self.sources)
        self.back = self._reverse(range(len(graph.outputs)))
        self.needed = len(self.counting.read)
        self.way: Plan = plan(self.tape, self.sources)
        used = {a for _, _, args in self.tape.steps for a in args} | set(graph.outputs)
        computed = sum(op is not COPY for _, op, _ in self.tape.steps)
        self.stored = computed + sum(graph.ops[node] is INPUT for node in used)

    def ratio(self, more: int) -> float | None:
        """Evaluation and derivatives together, in evaluations; None where the function costs nothing."""
        return (self.base + more) / self.base if self.base else None

    def evaluated(self) -> Evaluated:
        """One evaluation."""
        return Evaluated(**_kinds(self.performed), live=_peak(self.tape, frozenset()))

    def forward(self, sweeps: int) -> Forward:
        """So many dense forward sweeps."""
        kinds = _kinds(self.ahead, sweeps)
        active = self.way.sources.union(step[0] for step in self.way.steps)
        whole = self.columns()
        return Forward(
            sweeps=sweeps,
            **kinds,
            ratio=self.ratio(kinds["flops"]),
            live=_peak(self.tape, active),
            accumulation=self._accumulated(whole),
        )

    def reverse(self, sweeps: int) -> Reverse:
        """So many dense reverse sweeps."""
        kinds = _kinds(self.back, sweeps)
        whole = self.rows()
        return Reverse(
            sweeps=sweeps,
            **kinds,
            ratio=self.ratio(kinds["flops"]),
            live=self.stored + _adjoints(self.way, self.tape.graph.outputs),
            stored=self.stored,
            needed=self.needed,
            bytes=BYTES * self.stored,
            accumulation=self._accumulated(whole),
        )

    def differences(self) -> Differences:
        """The whole Jacobian by finite differences."""
        n = len(self.asked.wrt)

        def taking(evaluations: int) -> Evaluations:
            ratio = float(evaluations) if self.base else None
            return Evaluations(evaluations=evaluations, flops=evaluations * self.base, ratio=ratio)

        return Differences(forward=taking(n + 1), central=taking(2 * n))

    def product(self) -> Product | None:
        """H·v by forward over reverse."""
        from adcli.derivatives.second import gradient_problem

        asked, graph = self.asked, self.tape.graph
        if len(graph.outputs) != 1 or len(graph) > MAX_DERIVED:
            return None
        gradient = gradient_problem(asked.changed(graph=graph), "reverse")
        counting = Counting()
        one = counting.unknown
        tape = evaluate(gradient.graph, counting, dict.fromkeys(gradient.graph.inputs, one))
        counting.reset()
        forward(tape, dict.fromkeys([node for _, node in gradient.wrt if node >= 0], one))
        kinds = _kinds(self.performed + self.back + counting.operations)
        del kinds["operations"]
        first = self.base + flops(self.back)
        return Product(
            **kinds,
            ratio=kinds["flops"] / self.base if self.base else None,
            gradients=kinds["flops"] / first if first else None,
        )

    def columns(self) -> Counter[Op] | None:
        """The operations of the whole Jacobian by one-hot forward sweeps; None where these are too many to run."""
        if len(self.sources) * len(self.tape.steps) > MAX_ACCUMULATED:
            return None
        return sum((self._forward([node]) for node in self.sources), Counter())

    def rows(self) -> Counter[Op] | None:
        """The same by one-hot reverse sweeps."""
        outputs = range(len(self.tape.graph.outputs))
        if len(outputs) * len(self.tape.steps) > MAX_ACCUMULATED:
            return None
        return sum((self._reverse([place]) for place in outputs), Counter())

    def _forward(self, nodes: Iterable[int]) -> Counter[Op]:
        """The operations of one forward sweep with seeds at *nodes*."""
        self.counting.reset()
        forward(self.tape, dict.fromkeys(nodes, self.one), self.sources)
        return self.counting.reset()

    def _reverse(self, places: Iterable[int]) -> Counter[Op]:
        """The operations of one reverse sweep with weights for the outputs at *places*; what it read stays known."""
        self.counting.reset()
        outputs = self.tape.graph.outputs
        reverse(self.tape, seeds((outputs[place], self.one) for place in places), self.sources)
        return Counter(self.counting.operations)

    def _accumulated(self, operations: Counter[Op] | None) -> Accumulated | None:
        if operations is None:
            return None
        kinds = _kinds(operations)
        del kinds["operations"]
        return Accumulated(**kinds, ratio=self.ratio(kinds["flops"]))


def _kinds(operations: Counter[Op], times: int = 1) -> dict[str, Any]:
    return {
        "operations": {op.name: times * count for op, count in operations.items() if count},
        "multiplications": times * operations[MUL],
        "additions": times * (operations[ADD] + operations[SUB]),
        "flops": times * flops(operations),
    }


def has_point(asked: Problem) -> bool:
    """Whether every input has a value."""
    return all(asked.graph.labels[node] in asked.at for node in asked.graph.inputs) and bool(asked.graph.inputs)


def _decided(asked: Problem) -> tuple[Graph, tuple[Notice, ...]]:
    """The program with the branches taken at the point; every branch, with a notice, where there is no point."""
    graph = asked.graph
    if WHERE not in graph.ops:
        return graph, ()
    if not has_point(asked):
        return graph, (Notice("cost", "without a point, every branch of a condition is counted"),)
    arithmetic = doubles()
    try:
        steps = evaluate(graph, arithmetic, asked.point(arithmetic)).steps
    except Fault:
        return graph, (Notice("cost", "floats have no value at this point, so every branch of a condition is counted"),)
    ops, args = list(graph.ops), list(graph.args)
    for node, op, taken in steps:
        if op is COPY:
            ops[node], args[node] = COPY, taken
    chosen = graph.changed(ops=ops, args=args)
    chosen.found("steps", lambda: steps)  # the comparisons too, although no value depends on them any more
    return chosen, ()


def _peak(tape: Tape, active: Iterable[int]) -> int:
    """How many numbers are held at once at most when each is dropped after its last use.

    An *active* node counts twice, for its value and its tangent. Arguments and result are held together.
    """
    ops = tape.graph.ops
    last: dict[int, int] = {}
    for place, (_, _, args) in enumerate(tape.steps):
        for a in args:
            last[a] = place
    for node in tape.graph.outputs:
        last[node] = len(tape.steps)
    twice = frozenset(active)
    live = sum(1 + (node in twice) for node in last if ops[node] is INPUT)
    most = live
    for place, (node, _, args) in enumerate(tape.steps):
        live += 1 + (node in twice)
        most = max(most, live)
        live -= sum(1 + (a in twice) for a in set(args) if last[a] == place and ops[a] is not LITERAL)
    return most


def _adjoints(way: Plan, outputs: Iterable[int]) -> int:
    """How many adjoints are held at once at most: each from its first contribution until it is passed on."""
    held = set(outputs).intersection(way.sources.union(step[0] for step in way.steps))
    most = len(held)
    for node, form, args in reversed(way.steps):
        held.update(way.active(form, args))
        most = max(most, len(held))
        if node not in way.sources:
            held.discard(node)
    return most
