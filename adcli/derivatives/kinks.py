"""Where a derivative follows a convention, at kinks and comparisons that stand at equality, or is one-sided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from adcli.derivatives.questions import Question, Work
from adcli.errors import AdcliError, KinkError, option
from adcli.graphs import chosen_of, decides, may_end
from adcli.modes import plan
from adcli.ops import COMPARISONS
from adcli.problem.problem import Problem
from adcli.results import ONE_SIDED, Notice


class Kink(NamedTuple):
    """A place where an operation has no derivative of its own: what is there, what that means, what is done.

    `ends` says that it is the end of its domain: the rule gives the one-sided derivative.
    """

    node: int
    what: str
    sides: str
    convention: str
    ends: bool = False

    def notice(self, problem: Problem) -> Notice:
        """The warning that a convention is followed, or a derivative one-sided."""
        said = "; ".join(filter(None, (f"{self.what}: {self.sides}", self.convention)))
        return Notice(ONE_SIDED if self.ends else "kink", said, problem.graph.spans[self.node])

    def refused(self, problem: Problem) -> KinkError:
        """The error where conventions are refused."""
        error = KinkError(
            f"{self.what}: {self.sides}",
            problem.graph.spans[self.node],
            hint=f"{option('kinks', 'warn')} " + ("gives it" if self.ends else "takes the convention"),
        )
        error.located(problem.graph.text, problem.origin)
        return error


def kinks(work: Work) -> list[Kink]:
    """Where a derivative follows a convention: active operations at a kink, active comparisons at equality.

    And where it may be one-sided: active operations at the end of their domain.
    """
    tape, graph = work.tape, work.problem.graph
    if not work.derived or work.problem.kinks == "silent" or not (decides(graph) or may_end(graph)):
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
        elif op.edge and work.arithmetic.condition(op, op.edge)(tape.values[node], *given):
            what = f"{shown(work.problem, node)} stands at the end of its domain"
            found.append(Kink(node, what, "its derivative is one-sided", "", ends=True))
    return found


def expanded(
    kinks: Sequence[Notice], failure: AdcliError | None, rules: str, what: str, *, one_sided: bool
) -> list[Notice]:
    """What to say where expansions told that *what*, though there are *kinks*, or the *rules* met a *failure*."""
    told = [notice for notice in kinks if one_sided or notice.kind == "kink"]
    places = [(notice.message.partition(": ")[0], notice.span) for notice in told]
    if not places and failure is not None:
        places = [(f"{rules}, {failure.message}", failure.span)]
    if not one_sided:
        return [Notice("limit", f"{here}, but the {what}, as the formula says on both sides", s) for here, s in places]
    from adcli.derivatives.refusals import ENDS

    return [Notice(ONE_SIDED, f"{here}; the {what} on one side: {ENDS}", span) for here, span in places]


def settled(work: Work, question: Question, rows: Sequence[Sequence[Any]]) -> tuple[list[list[Any]], list[Notice]]:
    """The entries as they are where operations have kinks, and what to say of it.

    Where the function has a derivative all the same, that is the entry, and no convention is needed; where it is
    defined on one side only, the entry is that side's. Raises KinkError
    where there is none and the problem refuses conventions, DomainError where the function is defined at the point
    alone.
    """
    entries = [list(row) for row in rows]
    places = kinks(work)
    if not places:
        return entries, []
    from adcli.derivatives.limits import Absent, Rays, disagreeing, sought
    from adcli.derivatives.refusals import ENDS, alone

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
            if not rays.one_sided:
                said = "but the derivative exists, and no convention was needed"
                return entries, [
                    Notice("limit", f"{kink.what}, {said}", spans[kink.node]) for kink in places if not kink.ends
                ]
            if problem.kinks != "error":
                said = f"the derivative is one-sided: {ENDS}"
                return entries, [
                    kink.notice(problem) if kink.ends else Notice(ONE_SIDED, f"{kink.what}; {said}", spans[kink.node])
                    for kink in places
                ]
    if problem.kinks == "error":
        raise places[0].refused(problem)
    notices = [kink.notice(problem) for kink in places]
    return entries, [absent.added(notice) for notice in notices] if absent else notices
