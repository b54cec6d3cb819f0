"""The two modes of automatic differentiation, each written once.

`evaluate` is the primal pass: it runs a graph and keeps every value (the tape). `forward` carries tangents
v̇ᵢ = Σ ∂vᵢ/∂vⱼ·v̇ⱼ up the tape (Wengert 1964): one sweep is one JVP, J·ẋ. `reverse` carries adjoints
v̄ⱼ = Σ v̄ᵢ·∂vᵢ/∂vⱼ down it (Linnainmaa 1970, Speelpenning 1980): one sweep is one VJP, ȳᵀ·J. What a sweep starts with
is its seed, ẋ or ȳ: a 1 at one place and nothing elsewhere gives one column of the Jacobian, or one row.

All three are generic in the arithmetic, that is in what a number is: with doubles they are sweeps, with a symbolic
arithmetic they write the derivative program, with a counting one they measure cost. A derivative that is zero by
structure (no dependence, a literal factor 0, a branch not taken) is None and is never multiplied with anything.
Griewank & Walther, Evaluating Derivatives (2nd ed. 2008), ch. 3.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import compress
from typing import Any

from adcli.arithmetic.rules import Arithmetic, mask_of, positions
from adcli.errors import DomainError
from adcli.graphs import Graph, is_zero, needed
from adcli.ops import INPUT, LITERAL, WHERE, Op

COPY = Op("copy", ("x",), ("1",), flops=0)
"""What a `where` is once its branch is chosen."""

Step = tuple[int, Op, tuple[int, ...]]
"""A node, its operation, its arguments."""

MASKS = 1 << 24
"""Bytes of masks that a plan keeps: one for each step and seed."""


class Fault(Exception):
    """A pass that could not go on: the node where it stopped, the arithmetic's own exception, and during what
    ("value", "derivative", "series")."""

    def __init__(self, node: int, cause: Exception, during: str) -> None:
        self.node = node
        self.cause = cause
        self.during = during


def seeds(weights: Iterable[tuple[int, Any]]) -> dict[int, Any]:
    """What a sweep starts with: a number by node, their sum where a node comes twice. A node of -1 is none."""
    found: dict[int, Any] = {}
    for node, weight in weights:
        if node >= 0:
            found[node] = found[node] + weight if node in found else weight
    return found


class Tape:
    """A run of a graph at a point: the value of every node evaluated (None elsewhere) and the steps taken.

    The steps stand in order of evaluation; a `where` whose branch was taken is recorded as a copy of that branch.
    """

    __slots__ = ("arithmetic", "graph", "steps", "values")

    def __init__(self, graph: Graph, arithmetic: Arithmetic, values: list[Any], steps: tuple[Step, ...]) -> None:
        self.graph = graph
        self.arithmetic = arithmetic
        self.values = values
        self.steps = steps


def steps_of(graph: Graph) -> tuple[Step, ...]:
    """The operations that the outputs depend on, in order of evaluation, all branches included."""
    return graph.found("steps", lambda: _steps(graph))


def _steps(graph: Graph) -> tuple[Step, ...]:
    live = needed(graph, graph.outputs)
    for leaf in graph.labels:
        live[leaf] = 0
    return tuple(compress(zip(range(len(graph)), graph.ops, graph.args, strict=True), live))


def evaluate(graph: Graph, arithmetic: Arithmetic, point: Mapping[int, Any]) -> Tape:
    """The primal pass: the value of every node that the outputs need.

    *point* gives the value of each input node. Of a `where`, the condition and the branch taken are
    evaluated, nothing else. Raises Fault.
    """
    values: list[Any] = [None] * len(graph)
    for node, label in graph.labels.items():
        if graph.ops[node] is INPUT:
            values[node] = point.get(node)
        else:
            try:
                values[node] = arithmetic.literal(label)
            except Exception as error:
                raise Fault(node, error, "value") from error
    if arithmetic.decides and WHERE in graph.ops:
        return Tape(graph, arithmetic, values, _demanded(graph, arithmetic, values))
    steps = steps_of(graph)
    functions = {op: arithmetic.value(op) for op in set(graph.ops) if op is not INPUT and op is not LITERAL}
    try:
        for node, op, args in steps:
            if len(args) == 2:
                a, b = args
                values[node] = functions[op](values[a], values[b])
            elif len(args) == 1:
                values[node] = functions[op](values[args[0]])
            else:
                values[node] = functions[op](*[values[a] for a in args])
    except (ArithmeticError, ValueError) as error:
        raise Fault(node, error, "value") from error
    return Tape(graph, arithmetic, values, steps)


def _demanded(graph: Graph, arithmetic: Arithmetic, values: list[Any]) -> tuple[Step, ...]:
    """Evaluate what the outputs demand, branch by branch; the steps taken, in order of evaluation."""
    ops, arguments = graph.ops, graph.args
    steps: list[Step] = []
    stack = list(graph.outputs)
    while stack:
        node = stack[-1]
        if values[node] is not None:
            stack.pop()
            continue
        op, args = ops[node], arguments[node]
        if op is WHERE:
            condition = values[args[0]]
            if condition is None:
                stack.append(args[0])
                continue
            taken = args[1] if condition else args[2]
            if values[taken] is None:
                stack.append(taken)
                continue
            values[node] = values[taken]
            steps.append((node, COPY, (taken,)))
        else:
            missing = [a for a in args if values[a] is None]
            if missing:
                stack.extend(missing)
                continue
            try:
                values[node] = arithmetic.value(op)(*[values[a] for a in args])
            except (ArithmeticError, ValueError) as error:
                raise Fault(node, error, "value") from error
            steps.append((node, op, args))
    steps.sort()
    return tuple(steps)


class Plan:
    """Which operations a derivative passes through: the active part of a tape, one for all that it may be seeded at.

    A node is active when it depends on a source. Each step is (node, form, arguments), where `forms[form]` is
    (operation, mask of its active arguments, whether the node is a source itself). Raises DomainError where an
    operation has no derivative by an active argument at all.
    """

    __slots__ = ("_masks", "forms", "sources", "steps")

    def __init__(self, tape: Tape, sources: frozenset[int]) -> None:
        self.sources = sources
        self._masks: dict[frozenset[int], bytes] = {}
        graph = tape.graph
        active = bytearray(len(graph))
        for node in sources:
            active[node] = 1
        zeros = {n for n, label in graph.labels.items() if graph.ops[n] is LITERAL and is_zero(label) and not active[n]}
        idle = {op for op in set(graph.ops) if op.boolean or op.level}
        perhaps = {op for op in set(graph.ops) if op in idle or (zeros and op.annihilated)}
        forms: dict[tuple[Op, int, bool], int] = {}
        steps: list[tuple[int, int, tuple[int, ...]]] = []
        for node, op, args in tape.steps:
            if len(args) == 2:
                a, b = args
                mask = active[a] | active[b] << 1
            elif len(args) == 1:
                mask = active[args[0]]
            else:
                mask = mask_of([active[a] for a in args])
            if not mask or (perhaps and op in perhaps and (op in idle or not zeros.isdisjoint(args))):
                continue
            key = op, mask, active[node] == 1
            form = forms.get(key)
            if form is None:
                form = forms[key] = len(forms)
            active[node] = 1
            steps.append((node, form, args))
        self.steps = tuple(steps)
        self.forms = tuple(forms)
        for form, (op, mask, _) in enumerate(self.forms):
            if None in op.partials:
                self._refuse_missing(graph, op, mask, form)

    def _refuse_missing(self, graph: Graph, op: Op, mask: int, form: int) -> None:
        """Refuse to differentiate by an argument for which the operation has no rule, whatever its value."""
        missing = [op.arguments[i] for i in positions(mask) if op.partials[i] is None]
        if missing:
            node = next(step[0] for step in self.steps if step[1] == form)
            raise DomainError(f"{op.name} cannot be differentiated by {missing[0]}", graph.spans[node]).located(
                graph.text
            )

    def active(self, form: int, args: tuple[int, ...]) -> list[int]:
        """The active ones among the arguments of a step of that form."""
        return [args[i] for i in positions(self.forms[form][1])]

    def reached(self, seeds: Collection[int]) -> Iterable[tuple[int, int, tuple[int, ...]]]:
        """The steps that depend on some of the sources."""
        if len(seeds) == len(self.sources):
            return self.steps
        key = frozenset(seeds)
        mask: bytes | bytearray | None = self._masks.get(key)
        if mask is None:
            touched = set(key)
            mask = bytearray(len(self.steps))
            for i, (node, _, args) in enumerate(self.steps):
                if not touched.isdisjoint(args):
                    touched.add(node)
                    mask[i] = 1
            if len(mask) * len(self._masks) < MASKS:
                self._masks[key] = bytes(mask)
        return compress(self.steps, mask)


def plan(tape: Tape, sources: Iterable[int]) -> Plan:
    """The plan for differentiating by *sources*; kept with the graph where the steps do not depend on the point."""
    wanted = frozenset(sources)
    graph = tape.graph
    if tape.steps is not steps_of(graph):
        return Plan(tape, wanted)
    return graph.found(("plan", wanted), lambda: Plan(tape, wanted))


def forward(tape: Tape, tangents: Mapping[int, Any], sources: Iterable[int] | None = None) -> list[Any]:
    """One forward sweep: the tangent of every node, given those of the seeded ones.

    *tangents* is the seed ẋ, a number by node. *sources* are the nodes at which this and other sweeps of the tape are
    seeded, where these are more: what the sweeps have in common is found out once. Returns an entry per node of the
    graph, None where it is zero by structure. A seeded node that is itself an operation gets its seed on top of what
    its arguments bring. Raises Fault.
    """
    way = plan(tape, tangents if sources is None else sources)
    values, arithmetic = tape.values, tape.arithmetic
    pushes = [arithmetic.push(*form) for form in way.forms]
    result: list[Any] = [None] * len(tape.graph)
    for node, seed in tangents.items():
        result[node] = seed
    try:
        for node, form, args in way.reached(tangents):
            pushes[form](values, result, node, args)
    except (ArithmeticError, ValueError) as error:
        raise Fault(node, error, "derivative") from error
    return result


Addition = Callable[[int, int, Any, Any], None]
"""Hears of an addition of a reverse sweep: by which node, to its argument at which position, v̄ before and after."""


def reverse(
    tape: Tape, adjoints: Mapping[int, Any], sources: Iterable[int], report: Addition | None = None
) -> list[Any]:
    """One reverse sweep: the adjoint of every active node, given those of the outputs.

    *adjoints* is the seed ȳ, a number by node. Only what lies between *sources* and the outputs is differentiated.
    *report* hears of each addition, the last node's first. Returns an entry per node of the graph, None where it is
    zero by structure. Raises Fault.
    """
    way = plan(tape, sources)
    values, arithmetic = tape.values, tape.arithmetic
    pulls = [arithmetic.pull(op, mask) for op, mask, _ in way.forms]
    if report is not None:
        pulls = [_reporting(pull, mask, report) for pull, (_, mask, _) in zip(pulls, way.forms, strict=True)]
    result: list[Any] = [None] * len(tape.graph)
    for node, seed in adjoints.items():
        result[node] = seed
    try:
        for node, form, args in reversed(way.steps):
            adjoint = result[node]
            if adjoint is not None:
                pulls[form](adjoint, values, result, node, args)
    except (ArithmeticError, ValueError) as error:
        raise Fault(node, error, "derivative") from error
    return result


class _Watched:
    """Adjoints that remember how they were changed: v̄ before and after."""

    def __init__(self, adjoints: list[Any]) -> None:
        self.adjoints = adjoints
        self.changes: list[tuple[Any, Any]] = []

    def __getitem__(self, node: int) -> Any:
        return self.adjoints[node]

    def __setitem__(self, node: int, adjoint: Any) -> None:
        self.changes.append((self.adjoints[node], adjoint))
        self.adjoints[node] = adjoint


def _reporting(pull: Callable[..., None], mask: int, report: Addition) -> Callable[..., None]:
    """A step of reverse mode that reports its additions."""
    active = positions(mask)

    def step(adjoint: Any, values: list[Any], adjoints: list[Any], node: int, args: tuple[int, ...]) -> None:
        watched = _Watched(adjoints)
        pull(adjoint, values, watched, node, args)
        for position, (before, after) in zip(active, watched.changes, strict=True):
            report(node, position, before, after)

    return step


def linearize(tape: Tape, sources: Iterable[int]) -> Iterator[tuple[int, int, int, Any]]:
    """The edges of the linearised graph, upwards: (node, position, argument, partial) for each active argument.

    `x*x` gives two parallel edges. Raises Fault.
    """
    way = plan(tape, sources)
    values, arithmetic = tape.values, tape.arithmetic
    for node, form, args in way.steps:
        op, mask, _ = way.forms[form]
        given = [values[a] for a in args]
        for position in positions(mask):
            try:
                yield node, position, args[position], arithmetic.partial_at(op, position, values[node], given)
            except (ArithmeticError, ValueError) as error:
                raise Fault(node, error, "derivative") from error
