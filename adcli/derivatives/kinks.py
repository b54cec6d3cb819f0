"""Where a derivative follows a convention: kinks, and comparisons that stand at equality."""

from __future__ import annotations

from adcli.derivatives.questions import Work
from adcli.errors import KinkError, option
from adcli.graph import chosen_of
from adcli.modes import plan
from adcli.ops import EQ, GE, GT, LE, LT, NE
from adcli.results import Notice

_COMPARISONS = frozenset({LT, LE, GT, GE, EQ, NE})


def kinks(work: Work) -> list[Notice]:
    """Where a derivative follows a convention: active operations at a kink, active comparisons at equality.

    Raises KinkError at the first one where the problem refuses them.
    """
    tape, graph = work.tape, work.problem.graph
    if (
        not work.derived
        or work.problem.kinks == "silent"
        or not any(op.kink or op in _COMPARISONS for op in set(graph.ops))
    ):
        return []
    from adcli.derivatives.refusals import kinked, shown

    way = plan(tape, work.sources)
    active = {step[0] for step in way.steps}.union(way.sources)
    notices: list[Notice] = []
    for node, op, args in tape.steps:
        if not any(a in active for a in args):
            continue
        given = [tape.values[a] for a in args]
        if op in _COMPARISONS:
            if given[0] == given[1] and not chosen_of(graph, args):
                sides = f"{shown(work.problem, args[0])} = {shown(work.problem, args[1])}"
                message = f"the condition {shown(work.problem, node)} stands exactly at equality, {sides}: "
                message += "the derivative of the branch taken may not be the function's"
                notices.append(Notice("kink", message, graph.spans[node]))
        elif op.kink and work.arithmetic.condition(op, op.kink)(tape.values[node], *given):
            message, convention = kinked(work.problem, tape, node)
            if work.problem.kinks != "error":
                message += f"; {convention}"
            notices.append(Notice("kink", message, graph.spans[node]))
    if notices and work.problem.kinks == "error":
        first = notices[0]
        raise KinkError(first.message, first.span, hint=f"{option('kinks', 'warn')} takes the convention").located(
            graph.text, work.problem.origin
        )
    return notices
