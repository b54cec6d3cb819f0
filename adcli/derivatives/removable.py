"""Values as limits, where a program has none and only so far as somebody asks for them: x/x at 0, or the program of a
derivative that exists as a limit.

The expansions along each input and along two directions between them must go to the same number, from every side on
which the function is defined. Straight ways prove nothing in several inputs (x²·y/(x⁴ + y²) at 0), so that one input
alone may decide whether there is a value, and there must be a limit by it beside the point, too: then what is missing
is missing all along, and a function that is analytic elsewhere goes on over it (Riemann's theorem).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from adcli.derivatives.limits import Absent, Rays, general
from adcli.derivatives.solver import Solution, solve
from adcli.errors import DomainError, UndeterminedError, listed
from adcli.graphs import needed
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS
from adcli.results import Notice

STEP = 2.0**-20
"""How far beside the point others are, of the inputs' sizes."""

if TYPE_CHECKING:
    from adcli.arithmetic.ball import Ball
    from adcli.derivatives.questions import Question


def solve_or_limit(problem: Problem, question: Question) -> Solution:
    """As `solve`, for values; those that do not exist are limits where there are any, with a warning. Raises what
    `solve` raises."""
    try:
        return solve(problem, question)
    except (DomainError, UndeterminedError) as fault:
        graph = problem.graph
        names = tuple([(graph.labels[node], node) for node in graph.inputs])
        values, notices = [], []
        for node, name in zip(graph.outputs, graph.output_names, strict=True):
            one = problem.changed(graph=graph.with_outputs([node], [name]), wrt=names)
            try:
                found = solve(one, question)
            except (DomainError, UndeterminedError) as missing:
                try:
                    _one_decides(one, question)
                    values.append(_limit(one))
                except Absent as absent:
                    missing.notes = (*missing.notes, f"no limit is known: {absent.why}")
                    raise missing from fault
                notices.append(Notice("limit", f"{name} has only a limit here: {missing.message}", missing.span))
            else:
                values.append(found.values[0])
                notices += found.notices
        return Solution(values, [], notices)


def _one_decides(problem: Problem, question: Question) -> None:
    """Raises Absent unless one input alone decides whether there is a value, and limits are beside the point, too."""
    live = needed(problem.graph, problem.graph.outputs)
    names = [name for name, node in problem.wrt if live[node]]
    if len(names) < 2:
        return
    deciding = [name for name in names if any(_has_value(_beside(problem, {name: way}), question) for way in (1, -1))]
    if len(deciding) > 1:
        raise Absent(
            f"{listed(deciding)} decide together whether there is a value, and may come to the point on any way"
        )
    wrt = tuple([(name, node) for name, node in problem.wrt if name in deciding])
    for way in (1, -1):
        ways = {name: way * (1 + k / (k + 3)) for k, name in enumerate(names) if name not in deciding}
        try:
            _limit(_beside(problem, ways).changed(wrt=wrt))
        except Absent:
            raise Absent("beside the point there is none") from None


def _beside(problem: Problem, ways: Mapping[str, float]) -> Problem:
    """The problem at a point beside its own."""
    here = problem.doubles
    moved = {name: here[name] + way * STEP * max(1.0, abs(here[name])) for name, way in ways.items()}
    return problem.changed(at={**problem.at, **moved})


def _has_value(problem: Problem, question: Question) -> bool:
    try:
        solve(problem, question)
    except (DomainError, UndeterminedError):
        return False
    return True


def _limit(problem: Problem) -> Any:
    """The limit of a problem's only output at its point. Raises Absent."""
    rays = Rays(problem, order=0)
    found: Ball | None = None
    for tangent in _directions(problem):
        for limit in rays.towards(tangent):
            if found is not None and not found.same(limit):
                raise Absent("it depends on the direction from which the point is approached")
            found = limit
    if found is None:
        raise Absent("the function has no value around this point")
    return rays.number(found, 1.0) if problem.precision == FLOATS else problem.reported(rays.middle(found))


def _directions(problem: Problem) -> Iterator[Mapping[str, Fraction]]:
    names = [name for name, _ in problem.wrt]
    yield from ({name: Fraction(1)} for name in names)
    if len(names) > 1:
        for alternating in (1, -1):
            yield {name: general(k, alternating) for k, name in enumerate(names)}
