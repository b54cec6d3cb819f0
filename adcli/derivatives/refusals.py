"""Sentences about a place in the program: why there is no value or derivative, or which convention was followed.

Each names the operation as the user wrote it, its arguments' values, and the inputs that led to them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from adcli.errors import AdcliError, DomainError, RangeError, UndecidedError, UndeterminedError
from adcli.graphs import Graph, needed
from adcli.modes import Fault, Tape, evaluate, linearize
from adcli.ops import DIV, INPUT, LITERAL, POW, Op
from adcli.problem.problem import Problem

UNTOLD = "write the formula so that less cancels, or give the value there by Piecewise"
"""What to do where digits do not tell."""
ENDS = "the function is defined on one side of this point only"
"""Why a derivative is one-sided."""
NEARLY = 1e6
"""Beyond this, whole numbers are no places of their own."""


def located(problem: Problem, fault: Fault, arithmetic: Any, point: Mapping[int, Any]) -> AdcliError:
    """The user's error for a pass that stopped at a node."""
    from adcli.arithmetic.multiprecision import MAX_ARGUMENT, Refusal

    graph, node = problem.graph, fault.node
    op, args = graph.ops[node], graph.args[node]
    reason = fault.cause.reason if isinstance(fault.cause, Refusal) else "domain"
    error: AdcliError
    if reason == "argument":
        return RangeError(
            f"an argument of {shown(problem, node)} exceeds 2^{MAX_ARGUMENT:,}, beyond which {op.name} is not computed",
            graph.spans[node],
        ).located(graph.text, problem.origin)
    if reason == "convergence":
        return UndecidedError(
            f"{shown(problem, node)} is not computed there: the series for it does not converge", graph.spans[node]
        ).located(graph.text, problem.origin)
    if op is LITERAL or reason == "overflow":
        error = RangeError(
            f"{shown(problem, node)} exceeds every number that adcli computes with (beyond 2^1,000,000,000)",
            graph.spans[node],
        )
        return error.located(graph.text, problem.origin)
    given = _values_of(graph, args, arithmetic, point)
    if fault.during == "value":
        message = outside(op, given)
        if op is DIV and graph.ops[args[1]].matrix:
            message = f"{shown(problem, node).partition('(')[0]} needs a matrix with an inverse: the determinant is 0"
    elif isinstance(fault.cause, ValueError):
        message = str(fault.cause)
    else:
        what = "Taylor series" if fault.during == "series" else "derivative by its arguments"
        message = _said(op, given, f"has no {what}")
    notes = _circumstances(problem, node, given)
    error = DomainError(message, graph.spans[node], notes=notes, hint=_advice(op, given))
    return error.located(graph.text, problem.origin)


def _advice(op: Op, given: Sequence[Any]) -> str | None:
    """What may have been meant where an operation has no value."""
    if op is DIV and not given[0]:
        return "where 0/0 has a limit, Piecewise((limit, x == …), (…, True)) gives it, and sinc(x) is sin(x)/x with it"
    if op is POW and given[0] < 0:
        return "of a negative number only whole powers are real; cbrt(x) is the real cube root"
    return None


def undecided(problem: Problem, node: int, digits: int) -> AdcliError:
    """The user's error where so many digits do not tell what an operation does, or (*node* -1) whether it kinks."""
    graph = problem.graph
    place = node if node >= 0 else graph.outputs[0]
    op = graph.ops[place]
    if op.slope and not op.domain and not op.kink:
        return unknown(problem, place, digits)
    if node < 0:
        near = "a kink"
    elif op.boolean:
        near = "equality"
    elif op.kink:
        near = "a jump or a kink"
    else:
        near = "a pole" if "!=" in op.domain or not op.domain else "the edge of its domain"
    said = f"{shown(problem, place)} cannot be told from {near} with {digits:,} digits"
    return UndecidedError(said, graph.spans[place], hint=UNTOLD).located(graph.text, problem.origin)


def unknown(problem: Problem, node: int, digits: int) -> AdcliError:
    """The user's error where an argument is so large that all its digits stand before the point."""
    graph = problem.graph
    argument = shown(problem, graph.args[node][0])
    said = f"{shown(problem, node)} is not known with {digits:,} digits: {argument} is too large for so few"
    hint = "asked for alone it is computed with more digits, or take a smaller argument, for instance by its period"
    return UndecidedError(said, graph.spans[node], hint=hint).located(graph.text, problem.origin)


def outside(op: Op, given: Sequence[Any]) -> str:
    """A sentence about arguments for which an operation has no value."""
    if op.refusal:
        return op.refusal
    told = _said(op, given, "is not defined")
    if not op.domain or op.domain == "False":
        return told
    needs = f"{_infix(op, op.arguments)} needs" if op.symbol else "needs"
    return f"{told} ({needs} {op.domain})"


def _said(op: Op, given: Sequence[Any], what: str) -> str:
    """A sentence about an operation and its arguments: sqrt … at 0; of one that is a sign, 0^0.5 …."""
    return f"{_infix(op, map(brief, given))} {what}" if op.symbol else f"{op.name} {what} at {_point(given)}"


def _infix(op: Op, words: Iterable[str]) -> str:
    """The words with the operation's sign between them, or before a single one: (-2)^0.5."""
    first, *rest = [f"({word})" if word.startswith("-") else word for word in words]
    return f"{first}{op.symbol}{rest[0]}" if rest else f"{op.symbol}{first}"


def infinite(problem: Problem, tape: Tape, node: int) -> AdcliError:
    """The user's error for a derivative that is infinite at a node."""
    graph = problem.graph
    op, args = graph.ops[node], graph.args[node]
    given = [tape.values[a] for a in args]
    return DomainError(
        _said(op, given, "has no finite derivative"),
        graph.spans[node],
        notes=_circumstances(problem, node, given),
    ).located(graph.text, problem.origin)


def undetermined(problem: Problem, tape: Tape, node: int, why: str) -> AdcliError:
    """The user's error where the chain rule meets 0 × ∞ at a node, and no limit was found: *why*."""
    graph = problem.graph
    op, args = graph.ops[node], graph.args[node]
    given = [tape.values[a] for a in args]
    notes = _circumstances(problem, node, given)
    return UndeterminedError(
        "the derivative is undetermined: the chain rule meets 0 × ∞, "
        f"as {_infix(op, map(brief, given)) if op.symbol else op.name} has an infinite slope here",
        graph.spans[node],
        notes=(*notes, why) if why else notes,
        hint="write the formula without the pole, or give the value there by Piecewise",
    ).located(graph.text, problem.origin)


def pole(problem: Problem, tape: Tape, sources: Iterable[int]) -> int:
    """The first node with an infinite partial (or without one); else the last node."""
    try:
        for node, _, _, partial in linearize(tape, sources):
            if not math.isfinite(float(partial)):
                return node
    except Fault as fault:
        return fault.node
    except OverflowError:
        pass
    return problem.graph.outputs[0]


def _values_of(graph: Graph, nodes: Sequence[int], arithmetic: Any, point: Mapping[int, Any]) -> list[Any]:
    """The values of nodes that could be evaluated before a fault."""
    tape: Tape = evaluate(graph.with_outputs(nodes, [""] * len(nodes)), arithmetic, point)
    return [tape.values[node] for node in nodes]


def _point(given: Sequence[Any]) -> str:
    """Arguments as one writes where a function is taken: 2, or (2, 3)."""
    at = ", ".join(map(brief, given))
    return at if len(given) < 2 else f"({at})"


def _circumstances(problem: Problem, node: int, given: Sequence[Any]) -> tuple[str, ...]:
    """What an operation's arguments were: "x1 - 3 = -1 at x1 = 2".

    Of an argument that a rule or an expansion wrote, the text is that of the whole operation: its inputs are shown.
    """
    notes = []
    graph = problem.graph
    for argument, value in zip(graph.args[node], given, strict=True):
        if graph.ops[argument] is LITERAL:
            continue
        if graph.ops[argument] is INPUT:
            notes.append(f"{graph.labels[argument]} = {brief(value)}")
            continue
        written = f"{shown(problem, argument)} = {brief(value)}"
        wanted = needed(graph, [argument])
        names = [graph.labels[i] for i in graph.inputs if wanted[i]]
        values = [f"{name} = {brief(problem.doubles[name])}" for name in names[:4]]
        if graph.spans[argument] == graph.spans[node]:
            notes += values
        else:
            notes.append(written + (" at " if names else "") + ", ".join(values) + (", …" if len(names) > 4 else ""))
    return tuple(dict.fromkeys(notes))


def alone(problem: Problem, node: int) -> AdcliError:
    """The user's error where the function has a value at the point and none around it."""
    graph = problem.graph
    return DomainError(
        "there is no derivative: the function is defined at this point alone", graph.spans[node]
    ).located(graph.text, problem.origin)


def kinked(problem: Problem, tape: Tape, node: int) -> tuple[str, str, str]:
    """What is wrong at a kink, the operation's one-sided derivatives there, and the convention."""
    graph, arithmetic = problem.graph, tape.arithmetic
    op, given = graph.ops[node], [tape.values[a] for a in graph.args[node]]
    here = shown(problem, node)
    if op.variadic:
        ties = arithmetic.ties(tape.values[node], given)
        return f"{ties} arguments of {here} tie", "the one-sided derivatives by each are 0 and 1", f"each gets 1/{ties}"
    function = arithmetic.function(op)
    position = 0
    step = 1e-6 * max(1.0, abs(given[position]))
    around = []
    for h in (-step, step):
        moved = list(given)
        if abs(given[position] + h) != math.inf:  # at the edge of the floats there is one side only
            moved[position] = given[position] + h
        value = function(*moved)
        around.append((float(value), float(arithmetic.partial_at(op, position, value, moved))))
    (below, left), (above, right) = around
    where = ", ".join(map(brief, given))
    used = brief(float(arithmetic.partial_at(op, position, tape.values[node], given)))
    jump = abs(above - below) > 5 * step * (1 + abs(left) + abs(right))
    what = "jumps" if jump else "has a kink"
    sides = f"the one-sided derivatives are {brief(left)} and {brief(right)}"
    return f"{here} {what} at {where}", sides, f"{used} is used"


def bent(problem: Problem, tape: Tape, node: int) -> str:
    """Where the derivative of an operation has a kink."""
    given = [tape.values[a] for a in problem.graph.args[node]]
    return f"{shown(problem, node)} has a bend at {', '.join(map(brief, given))}"


def shown(problem: Problem, node: int) -> str:
    """A node as the user wrote it, shortened."""
    start, end = problem.graph.spans[node]
    written = " ".join(problem.graph.text[start:end].split()) or problem.graph.ops[node].name
    return written if len(written) <= 40 else written[:24] + "…" + written[-12:]


def brief(value: Any) -> str:
    """A number for a sentence: six significant digits, but all of one that is nearly whole: 1.0000001 is not 1."""
    value = getattr(value, "mid", value)
    if isinstance(value, bool):
        return str(value)
    digits = 6
    try:
        if math.isfinite(x := float(value)) and (x or not value):
            near = f"{x:.6g}"
            if value == float(near) or abs(x) >= NEARLY or not float(near).is_integer():
                return near
            if value == x:
                return repr(x)
            digits = 40
    except OverflowError:
        pass
    import mpmath

    return str(mpmath.nstr(value, digits))
