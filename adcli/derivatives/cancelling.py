"""Whether a rule's own text loses digits where it is differentiated again: sums that cancel in what rules have written.

A formula's own sums are its writer's affair, but x - x^3/6 is how somebody asked for it, and (cosh(x) - sinh(x)/x)/x is
how Shi happens to be differentiated twice.
"""

from __future__ import annotations

import math

from adcli.arithmetic.rules import positions
from adcli.arithmetic.series import LOST
from adcli.derivatives.questions import Work
from adcli.graphs import Graph
from adcli.modes import forward, plan
from adcli.ops import ADD, DIV, MUL, POW, SUB, Op

NEAR = 1e-3
"""So near to a whole number a sum is looked at: many functions have their poles and zeros there."""
SPECIAL = 40
"""Flops from which on an operation's rule is made of functions, and not chosen for its digits alone."""


def may_cancel(graph: Graph) -> bool:
    """Whether the second derivatives of an operation of the formula may cancel where it does not.

    Not those of elementary functions, but of two arguments, whose mixed ones are sums.
    """
    return any(
        op.settled or op.lean or op.flops >= SPECIAL or (op.flops > 1 and len(op.arguments) > 1 and op is not POW)
        for op in set(graph.ops)
    )


def cancels(work: Work, first: int) -> bool:
    """Whether a sum has cancelled at a node from *first* on, or in its derivatives by the names asked for."""
    tape, arithmetic = work.tape, work.arithmetic
    values = tape.values
    for node, op, args in tape.steps:
        if node >= first and (op is ADD or op is SUB):
            x, y = [values[a] for a in args]
            if _lost(values[node], [x, y]) or _by_a_pole(values[node], x, y if op is ADD else -y):
                return True
        elif node >= first and op.slope and args[0] >= first and abs(values[node]) < zero(op) * abs(values[args[0]]):
            return True
    way = plan(tape, work.sources)
    forms = [(op, positions(mask)) for op, mask, _ in way.forms]
    for node, form, args in way.steps:
        op = forms[form][0]
        if op.slope and args[0] >= first:
            slope = arithmetic.partial_at(op, 0, values[node], [values[a] for a in args])
            if abs(slope) < zero(op) * op.slope * abs(values[args[0]]):
                return True
    steps = [(node, *forms[form], args) for node, form, args in way.steps if node >= first and len(forms[form][1]) > 1]
    one = arithmetic.literal("1")
    for source in work.sources if steps else ():
        sweep = forward(tape, {source: one}, work.sources)
        for node, op, active, args in steps:
            tangents = [(i, sweep[args[i]]) for i in active if sweep[args[i]]]
            if len(tangents) < 2:
                continue
            given = [values[a] for a in args]
            if op is ADD or op is SUB:
                terms = [d for _, d in tangents]
            elif op is MUL:
                terms = [d * given[1 - i] for i, d in tangents]
            elif op is DIV:
                terms = [d / given[1] if i == 0 else d * values[node] / given[1] for i, d in tangents]
            else:
                terms = [d * arithmetic.partial_at(op, i, values[node], given) for i, d in tangents]
            if _lost(sweep[node], terms):
                return True
    return False


def zero(op: Op) -> float:
    """Below which share of its argument a function of bounded slope has lost what its argument was rounded to.

    So has the sine of a square near one of its zeros.
    """
    return LOST * op.slope


def _by_a_pole(total: float, x: float, y: float) -> bool:
    """Whether a sum was rounded so near to a whole number that its distance from it, as of a pole's, lost digits."""
    return 0 < abs(total - round(total)) < NEAR and math.fsum((x, y, -total)) != 0


def _lost(total: float, terms: list[float]) -> bool:
    return abs(total) < LOST * max(map(abs, terms))
