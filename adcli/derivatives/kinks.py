"""Where a derivative follows a convention: kinks, and comparisons that stand at equality."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from adcli.derivatives.questions import Question, Work
from adcli.errors import KinkError, option
from adcli.graphs import chosen_of, decides
from adcli.modes import plan
from adcli.ops import COMPARISONS
from adcli.problem.problem import Problem
from adcli.results import Notice


class Kink(NamedTuple):
    """A place where an operation has no derivative of its own: what is there, what that means, what is done."""

    node: int
    what: str
    sides: str
    convention: str

    def notice(self, problem: Problem) -> Notice:
        """The warning that a convention is followed."""
        said = "; ".join(filter(None, (f"{self.what}: {self.sides}", self.convention)))
        return Notice("kink", said, problem.graph.spans[self.node])

    def refused(self, problem: Problem) -> KinkError:
        """The error where conventions are refused."""
        error = KinkError(
            f"{self.what}: {self.sides}",
            problem.graph.spans[self.node],
            hint=f"{option('kinks', 'warn')} takes the convention",
        )
        error.located(problem.graph.text, problem.origin)
        return error


def kinks(work: Work) -> list[Kink]:
    """Where a derivative follows a convention: active operations at a kink, active comparisons at equality."""
    tape, graph = work.tape, work.problem.graph
    if not work.derived or work.problem.kinks == "silent" or not decides(graph):
        return []
    from adcli.derivatives.refusals import bent, kinked, shown

    way = plan(tape, work.sources)
    active = {step[0] for step in way.steps}.union(way.sources)
    found: list[Kink] = []
    for node, op, args in tape.steps:
        if not any(a in active for a in args):
            continue
        given = [tape.values[a] for a in args]
        if op in COMPARISONS:
            if given[0] == given[1] and not chosen_of(graph, args):
                sides = f"{shown(work.problem, args[0])} = {shown(work.problem, args[1])}"
                what = f"the condition {shown(work.problem, node)} stands exactly at equality, {sides}"
                found.append(Kink(node, what, "the derivative of the branch taken may not be the function's", ""))
        elif op.kink and work.arithmetic.condition(op, op.kink)(tape.values[node], *given):
            found.append(Kink(node, *kinked(work.problem, tape, node)))
        elif op.bend and work.order > 1 and work.arithmetic.condition(op, op.bend)(tape.values[node], *given):
            found.append(
                Kink(node, bent(work.problem, tape, node), "its second derivative jumps", "what its rule gives is used")
            )
    return found


def settled(work: Work, question: Question, rows: Sequence[Sequence[Any]]) -> tuple[list[list[Any]], list[Notice]]:
    """The entries as they are where operations have kinks, and what to say of it.

    Where the function has a derivative all the same, that is the entry, and no convention is needed. Raises KinkError
    where there is none and the problem refuses conventions, DomainError where the function is defined at the point
    alone.
    """
    entries = [list(row) for row in rows]
    places = kinks(work)
    if not places:
        return entries, []
    from adcli.derivatives.limits import Absent, Rays, disagreeing, sought
    from adcli.derivatives.refusals import alone

    problem = work.problem
    rays = Rays(problem)
    like = work.arithmetic.literal("1")
    absent: Absent | None = None
    if rays.afford(question):
        found = sought(rays, question, [(i, j) for i, row in enumerate(entries) for j in range(len(row))], like)
        reals = {place: entry for place, entry in found.items() if not isinstance(entry, Absent)}
        absent = next((entry for entry in found.values() if isinstance(entry, Absent)), None)
        if absent is not None and absent.alone:
            raise alone(problem, places[0].node)
        for (i, j), real in reals.items():
            entries[i][j] = rays.number(real, like)
        if found and absent is None and (absent := disagreeing(rays, question, reals)) is None:
            spans = problem.graph.spans
            said = "but the derivative exists, and no convention was needed"
            return entries, [Notice("limit", f"{kink.what}, {said}", spans[kink.node]) for kink in places]
    if problem.kinks == "error":
        raise places[0].refused(problem)
    notices = [kink.notice(problem) for kink in places]
    return entries, [absent.added(notice) for notice in notices] if absent else notices
