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

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from adcli.arithmetic.rules import Arithmetic, mask_of, positions
from adcli.errors import DomainError
from adcli.graph import Graph, is_zero, needed
from adcli.ops import INPUT, LITERAL, WHERE, Op

COPY = Op("copy", ("x",), ("1",), flops=0)
"""What a `where` is once its branch is chosen."""

Step = tuple[int, Op, tuple[int, ...]]

_P = ParamSpec("_P")
_T = TypeVar("_T")


def uncollected(make: Callable[_P, _T]) -> Callable[_P, _T]:
    """*make* without garbage collection.

    It makes millions of tuples and keeps them all; to look for garbage among them takes longer than making them.
    """

    def made(*args: _P.args, **options: _P.kwargs) -> _T:
        collecting = gc.isenabled()
        gc.disable()
        try:
            return make(*args, **options)
        finally:
            if collecting:
                gc.enable()

    made.__doc__ = make.__doc__
    return made


class Fault(Exception):
    """A pass that could not go on: the node where it stopped, the arithmetic's own exception, and during what
    ("value", "derivative", "series")."""

    def __init__(self, node: int, cause: Exception, during: str) -> None:
        super().__init__(node, cause)
        self.node = node
        self.cause = cause
        self.during = during


class Tape:
    """A run of a graph at a point: the value of every node evaluated (None elsewhere) and the steps taken.

    Each step is (node, operation, arguments) in order of evaluation; a `where` whose branch was taken is
    recorded as a copy of that branch.
    """

    __slots__ = ("arithmetic", "graph", "steps", "values")

    def __init__(self, graph: Graph, arithmetic: Arithmetic, values: list[Any], steps: Sequence[Step]) -> None:
        self.graph = graph
        self.arithmetic = arithmetic
        self.values = values
        self.steps = steps


@uncollected
def steps_of(graph: Graph) -> list[Step]:
    """The operations that the outputs depend on, in order of evaluation."""
    wanted = needed(graph, graph.outputs)
    columns = zip(range(len(graph)), graph.ops, graph.args, strict=True)
    return [
        step
        for step, live in zip(columns, wanted, strict=True)
        if live and step[1] is not INPUT and step[1] is not LITERAL
    ]


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
    steps = graph.steps
    if steps is None:
        steps = graph.steps = steps_of(graph)
    functions = {op: arithmetic.value(op) for op in set(graph.ops) if op is not INPUT and op is not LITERAL}
    node = 0
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


def _demanded(graph: Graph, arithmetic: Arithmetic, values: list[Any]) -> list[Step]:
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
        stack.pop()
    steps.sort()
    return steps


class Plan:
    """Which operations a derivative passes through: the active part of a tape.

    A node is active when it depends on a source. Each step is (node, form, arguments, active arguments),
    where `forms[form]` is (operation, mask of its active arguments). Raises DomainError where an operation has no
    derivative by an active argument at all.
    """

    __slots__ = ("forms", "sources", "steps")

    @uncollected
    def __init__(self, tape: Tape, sources: Iterable[int]) -> None:
        self.sources = frozenset(sources)
        graph = tape.graph
        active = bytearray(len(graph))
        for node in self.sources:
            active[node] = 1
        zeros = {n for n, label in graph.labels.items() if graph.ops[n] is LITERAL and is_zero(label) and not active[n]}
        idle = {op for op in set(graph.ops) if op.boolean or op.partials == ("0",)}
        annihilated = {op for op in set(graph.ops) if op.annihilated} if zeros else set()
        forms: dict[tuple[Op, int], int] = {}
        self.steps: list[tuple[int, int, tuple[int, ...], tuple[int, ...]]] = []
        append = self.steps.append
        targets: tuple[int, ...]
        for node, op, args in tape.steps:
            if len(args) == 2:
                a, b = args
                if active[a]:
                    mask, targets = (3, args) if active[b] else (1, (a,))
                elif active[b]:
                    mask, targets = 2, (b,)
                else:
                    continue
            else:
                targets = tuple([a for a in args if active[a]])
                if not targets:
                    continue
                mask = mask_of([active[a] for a in args])
            if op in idle or (op in annihilated and not zeros.isdisjoint(args)):
                continue
            active[node] = 1
            append((node, forms.setdefault((op, mask), len(forms)), args, targets))
        self.forms = list(forms)
        for form, (op, mask) in enumerate(self.forms):
            if None in op.partials:
                self._refuse_missing(graph, op, mask, form)

    def _refuse_missing(self, graph: Graph, op: Op, mask: int, form: int) -> None:
        """Refuse to differentiate by an argument for which the operation has no rule, whatever its value."""
        missing = [name for i, name in enumerate(op.arguments) if mask >> i & 1 and op.partials[i] is None]
        if missing:
            node = next(step[0] for step in self.steps if step[1] == form)
            raise DomainError(f"{op.name} cannot be differentiated by {missing[0]}", graph.spans[node]).located(
                graph.text
            )


def plan(tape: Tape, sources: Iterable[int]) -> Plan:
    """The plan for differentiating by *sources*; kept with the graph where the steps do not depend on the point."""
    wanted = frozenset(sources)
    if tape.steps is not tape.graph.steps:
        return Plan(tape, wanted)
    found = tape.graph.plans.get(wanted)
    if found is None:
        found = tape.graph.plans[wanted] = Plan(tape, wanted)
    return found


def forward(tape: Tape, tangents: Mapping[int, Any]) -> list[Any]:
    """One forward sweep: the tangent of every node, given those of the seeded ones.

    *tangents* is the seed ẋ, a number by node. Returns an entry per node of the graph, None where it is zero by
    structure. A seeded node that is itself an operation gets its seed on top of what its arguments bring. Raises Fault.
    """
    way = plan(tape, tangents)
    values, arithmetic = tape.values, tape.arithmetic
    pushes = [arithmetic.push(op, mask) for op, mask in way.forms]
    result: list[Any] = [None] * len(tape.graph)
    for node, seed in tangents.items():
        result[node] = seed
    seeded = tangents if any(tape.graph.args[node] for node in tangents) else ()
    node = 0
    try:
        for node, form, args, active in way.steps:
            if len(args) == 2:
                a, b = args
                if len(active) == 2:
                    tangent = pushes[form](values[node], values[a], values[b], result[a], result[b])
                else:
                    tangent = pushes[form](values[node], values[a], values[b], result[active[0]])
            elif len(args) == 1:
                a = args[0]
                tangent = pushes[form](values[node], values[a], result[a])
            else:
                tangent = pushes[form](values[node], *[values[a] for a in args], *[result[a] for a in active])
            result[node] = result[node] + tangent if node in seeded else tangent
    except (ArithmeticError, ValueError) as error:
        raise Fault(node, error, "derivative") from error
    return result


def reverse(tape: Tape, adjoints: Mapping[int, Any], sources: Iterable[int]) -> list[Any]:
    """One reverse sweep: the adjoint of every active node, given those of the outputs.

    *adjoints* is the seed ȳ, a number by node. Only what lies between *sources* and the outputs is differentiated.
    Returns an entry per node of the graph, None where it is zero by structure. Raises Fault.
    """
    way = plan(tape, sources)
    values, arithmetic = tape.values, tape.arithmetic
    pulls = [arithmetic.pull(op, mask) for op, mask in way.forms]
    result: list[Any] = [None] * len(tape.graph)
    for node, seed in adjoints.items():
        result[node] = seed
    node = 0
    try:
        for node, form, args, active in reversed(way.steps):
            adjoint = result[node]
            if adjoint is None:
                continue
            if len(args) == 2:
                a, b = args
                if len(active) == 2:
                    left, right = pulls[form](adjoint, values[node], values[a], values[b])
                    old = result[a]
                    result[a] = left if old is None else old + left
                    old = result[b]
                    result[b] = right if old is None else old + right
                else:
                    a = active[0]
                    left = pulls[form](adjoint, values[node], values[args[0]], values[args[1]])
                    old = result[a]
                    result[a] = left if old is None else old + left
            elif len(args) == 1:
                a = args[0]
                left = pulls[form](adjoint, values[node], values[a])
                old = result[a]
                result[a] = left if old is None else old + left
            elif len(active) == 1:
                a = active[0]
                left = pulls[form](adjoint, values[node], *[values[b] for b in args])
                old = result[a]
                result[a] = left if old is None else old + left
            else:
                for a, left in zip(active, pulls[form](adjoint, values[node], *[values[b] for b in args]), strict=True):
                    old = result[a]
                    result[a] = left if old is None else old + left
    except (ArithmeticError, ValueError) as error:
        raise Fault(node, error, "derivative") from error
    return result


def linearize(tape: Tape, sources: Iterable[int]) -> Iterator[tuple[int, int, int, Any]]:
    """The edges of the linearised graph, upwards: (node, position, argument, partial) for each active argument.

    `x*x` gives two parallel edges. Raises Fault.
    """
    way = plan(tape, sources)
    values, arithmetic = tape.values, tape.arithmetic
    for node, form, args, _ in way.steps:
        op, mask = way.forms[form]
        given = [values[a] for a in args]
        for position in positions(mask):
            try:
                yield node, position, args[position], arithmetic.partial_at(op, position, values[node], given)
            except (ArithmeticError, ValueError) as error:
                raise Fault(node, error, "derivative") from error
