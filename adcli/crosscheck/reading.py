"""What SymPy reads of a problem: its program, its outputs, its names; and what had better not be given to it."""

from __future__ import annotations

import gc
from math import factorial, isqrt
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.graphs import Graph, dependent
from adcli.language.arrays.names import labels, shapes
from adcli.language.parser import distinct
from adcli.language.sympy.arrays import Array
from adcli.language.sympy.definitions import Unreadable, copies
from adcli.language.sympy.sympy_program import Program
from adcli.ops import ADD, INPUT, LITERAL, NEG, POW, SUB, WHERE
from adcli.problem.problem import Problem

MAX_TERMS = 20_000
"""Symbolic differentiation is not tried beyond this many operations in the derivatives, written out as trees."""
MAX_POWER = 10_000
"""Nor where a constant exponent is beyond this: SymPy multiplies powers of integers out."""


def load_sympy() -> None:
    """Import SymPy without looking for garbage in it, now or soon: it makes none, and a fifth of the time is saved."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        import sympy.tensor.tensor  # noqa: F401  # which SymPy itself imports at the first sum

        if not gc.get_freeze_count():  # all that is there is old from now on
            gc.freeze()
            gc.unfreeze()
    finally:
        if collecting:
            gc.enable()


def read(problem: Problem, replaced: str | None = None) -> tuple[Program, list[Any]]:
    """The program as SymPy reads it, and its outputs; with the assigned name *replaced* as a variable.

    Raises Unreadable.
    """
    arrays = {**problem.graph.arrays, **shapes([*problem.at, *problem.graph.input_names])}
    program = Program(problem.graph.program, problem.let, replaced, arrays)
    if replaced is not None and program.original is None:
        raise Unreadable(f"{replaced} is assigned in a way that SymPy does not see")
    return program, outputs_of(program, problem.graph)


def outputs_of(program: Program, graph: Graph) -> list[Any]:
    """SymPy's expressions of the outputs asked for: names that are assigned, or the program's bare expressions.

    A name alone does not tell: an expression without one is y, also where a y is assigned. The node does.
    Raises Unreadable.
    """
    given = graph.names
    bare: dict[str, Any] = {}
    for name, (_, expr) in zip(distinct([kept for kept, _ in program.bare]), program.bare, strict=True):
        if isinstance(expr, Array):
            bare.update(zip(labels(name, expr.shape), expr.items, strict=True))
        else:
            bare[name] = expr
    written = list(bare) if len(bare) == len(graph.outputs) else []
    found = []
    for place, (name, node) in enumerate(zip(graph.output_names, graph.outputs, strict=True)):
        if name in program.assigned and given.get(name) == node:
            found.append(program.assigned[name])
        elif name in bare:
            found.append(bare[name])
        elif name in program.inputs:
            found.append(program.inputs[name])
        elif written and (len(written) == 1 or "[" in written[place]):  # called for people, or an index is computed
            found.append(bare[written[place]])
        else:
            raise Unreadable(f"SymPy sees no output {name}")
    return found


def first_name(graph: Graph, node: int, name: str) -> str:
    """What a node was called first: copies of it are the same variable, and SymPy reads them after it.

    Raises Unreadable where that name meant something else before.
    """
    given = [assigned for assigned, target in graph.assignments if target == node]
    if given.count(given[0]) > 1 or graph.names[given[0]] != node:
        raise Unreadable(f"{name} is a copy of what {given[0]} was before")
    return given[0]


def check_size(problem: Problem, most: int) -> None:
    """Refuse what SymPy would differentiate into more than *most* operations. Raises Unreadable."""
    terms = swell(problem)
    if terms > most:
        raise Unreadable(f"the derivatives would have {about(terms)} operations")


def check_powers(graph: Graph) -> None:
    """Refuse powers of which SymPy's exact arithmetic would make huge integers. Raises Unreadable."""
    if _explodes(graph):
        raise Unreadable("a constant power is too large for exact arithmetic")


def swell(problem: Problem) -> int:
    """How many operations the derivatives asked for have when they are written out as trees.

    A node's value is a tree of its arguments' trees; its derivative has, for each active argument, a partial
    as large as the node's own tree, and the argument's derivative. Linear operations have constant partials.
    """
    graph = problem.graph
    linear = {ADD, SUB, NEG, WHERE}
    sizes = [1] * len(graph)
    slopes = [0] * len(graph)
    sources = [node for _, node in problem.wrt if node >= 0]
    active = dependent(graph, sources)
    for node, args in enumerate(graph.args):
        if not args:
            slopes[node] = active[node]
            continue
        op = graph.ops[node]
        times = factorial(min(20, isqrt(len(args)))) if op.matrix else copies(op)
        size = sizes[node] = min(10**18, 1 + times * sum([sizes[a] for a in args]))
        if active[node]:
            partial = 1 if graph.ops[node] in linear else size
            slopes[node] = min(10**18, sum([partial + slopes[a] for a in args if active[a]]))
    values = sum(sizes[node] for node in graph.outputs)
    return values + sum(slopes[node] for node in graph.outputs)


def about(count: int) -> str:
    """A count of `swell` in words."""
    return f"{count:,}" if count < 10**18 else "more than 10^18"


def _explodes(graph: Graph) -> bool:
    """Whether SymPy's exact arithmetic, or its merging of powers, would make huge integers of this."""
    if not any(op is POW for op in graph.ops):
        return False
    arithmetic = doubles()
    constants: dict[int, float] = {}
    powers = [1.0] * len(graph)
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if op is INPUT:
            continue
        if op is LITERAL:
            label = graph.labels[node]
            if label not in ("True", "False"):
                constants[node] = arithmetic.literal(label)
            continue
        powers[node] = max([powers[a] for a in args])
        if op is POW and args[1] in constants:
            powers[node] = max(abs(constants[args[1]]), 1) * powers[args[0]]
            if not powers[node] <= MAX_POWER:
                return True
        if not op.boolean and op is not WHERE and all(a in constants for a in args):
            try:
                constants[node] = arithmetic.value(op)(*[constants[a] for a in args])
            except (ArithmeticError, ValueError):
                constants[node] = float("inf")
    return False
