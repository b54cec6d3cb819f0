"""What floats cannot be trusted with: numbers out of range, digits that cancelled, decisions that rounding made."""

from __future__ import annotations

import math
from typing import Any

from adcli.arithmetic.doubles import TINY, Cancelled, GuardedDoubles, doubles
from adcli.derivatives.questions import Question, Work
from adcli.graphs import decides, is_zero
from adcli.modes import Fault, Tape, evaluate
from adcli.ops import ADD, LITERAL, POW, SUB
from adcli.problem.problem import Problem

RANGE = "floats leave their range"
DIGITS = "floats lose their digits"
CANCELLED = "the digits of a derivative cancel"


def suspicious(problem: Problem, tape: Tape) -> tuple[int, str] | None:
    """The first node at which a value left the range of floats or lost all digits."""
    nonzero = list(filter(None, tape.values))
    if not math.isfinite(sum(nonzero)):
        for node, value in enumerate(tape.values):
            if value is not None and not math.isfinite(value):
                return node, RANGE
    if _has_tiny(tape.values, nonzero):
        for node, label in problem.graph.labels.items():
            if abs(tape.values[node] or 0) < TINY and label[-1] in "0123456789." and not is_zero(label):
                return node, RANGE
        for node, op, args in tape.steps:
            if op.underflows and abs(tape.values[node]) < TINY and not any(tape.values[a] == 0 for a in args):
                return node, RANGE
    node = _cancelled(problem, tape)
    return None if node < 0 else (node, DIGITS)


def suspect(problem: Problem, question: Question, work: Work) -> tuple[int, str] | None:
    """The first node at which a float left its range, lost all digits, or a derivative may have vanished unseen."""
    tape = work.tape
    found = suspicious(problem, tape)
    if found is not None:
        return found
    doubtful = False
    for sweep in work.sweeps:
        nonzero = list(filter(None, sweep))
        if not math.isfinite(sum(nonzero)):
            for node, entry in enumerate(sweep):
                if entry is not None and not math.isfinite(entry):
                    return node, RANGE
        doubtful = doubtful or _has_tiny(sweep, nonzero)
    if doubtful:
        guarded = GuardedDoubles()
        try:
            question.entries(Work(problem, guarded, problem.point(guarded)))
        except (Fault, Cancelled, OverflowError) as fault:
            node, cause = (fault.node, fault.cause) if isinstance(fault, Fault) else (problem.graph.outputs[0], fault)
            return node, CANCELLED if isinstance(cause, Cancelled) else RANGE
    return None


def rules_cancel(question: Question, work: Work) -> bool:
    """Whether digits were lost in sums that are no user's."""
    if question.rules is None or work.cancelled:
        return work.cancelled
    from adcli.derivatives.cancelling import cancels

    return cancels(work, question.rules)


def _cancelled(problem: Problem, tape: Tape) -> int:
    """The first node at which all digits cancelled although the numbers may differ; -1 if none.

    Sums, functions such as log next to their zeros, and the powers of negative numbers that only rounding made whole.
    """
    values, ops = tape.values, problem.graph.ops
    doubtful = []
    for node, op, args in tape.steps:
        if op is POW:
            if values[args[0]] < 0 and ops[args[1]] is not LITERAL:
                doubtful.append((node, args[1]))
        elif values[node] or op.boolean or op.kink:
            continue
        elif (op is ADD or op is SUB or len(args) == 1) and values[args[0]]:
            doubtful.append((node, node))
    if not doubtful:
        return -1
    from adcli.arithmetic.enclosures import enclosures

    point = {node: (number, 0.0) for node, number in problem.point(doubles()).items()}
    try:
        near = evaluate(problem.graph, enclosures(), point).values
    except Fault:
        return doubtful[0][0]
    return next((node for node, number in doubtful if near[number][1]), -1)


def in_doubt(problem: Problem, work: Work) -> bool:
    """Whether rounding may have decided something: a comparison, a jump, a kink."""
    graph = problem.graph
    if not decides(graph):
        return False
    from adcli.derivatives.ties import doubt

    program = doubt(graph, work.sources if work.derived else None)
    if program is None:
        return False
    arithmetic = doubles()
    given = problem.point(arithmetic)
    named = {graph.labels[node]: number for node, number in given.items()}
    point = {node: named.get(program.labels[node]) for node in program.inputs}
    try:
        if not evaluate(program, arithmetic, point).values[program.outputs[0]]:
            return False
        from adcli.arithmetic.enclosures import enclosures

        sure = enclosures()
        tape = evaluate(graph, sure, {node: (number, 0.0) for node, number in given.items()})
        for node, op, args in tape.steps:
            for text in filter(None, (op.kink, op.bend)):
                sure.condition(op, text)(tape.values[node], *[tape.values[a] for a in args])
    except (Fault, ArithmeticError, ValueError):
        return True
    return False


def _has_tiny(numbers: list[Any], nonzero: list[Any]) -> bool:
    """Whether a number is zero or subnormal; *nonzero* are those that are neither zero nor None."""
    if len(numbers) - numbers.count(None) > len(nonzero):
        return True
    return bool(nonzero) and min(map(abs, nonzero)) < TINY
