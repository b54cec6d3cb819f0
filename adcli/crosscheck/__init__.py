"""The cross-check: every number of a result against a witness that knows nothing of adcli's rules.

adcli computes the same result by the same mode with 30 digits. SymPy reads the text by itself,
differentiates it, and is evaluated by mpmath. The two must agree to 20 digits: where they do not, a rule is
wrong, never rounding. Where SymPy has no number, or the derivatives would be too large to write out, the
witness is numeric: differences with many digits, and the dot test ȳᵀ(Jẋ) = (ȳᵀJ)ẋ between the two modes.
A missing witness is never a disagreement. The 30 digits also tell how many digits of the answer are right.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from adcli.arithmetic.deadline import Budget, Late
from adcli.crosscheck.entries import entries_of
from adcli.crosscheck.finding import SYMPY, Claim, Finding, finding, of_rows
from adcli.crosscheck.foreign import second_reading
from adcli.crosscheck.verdict import right_digits, too_few, verdict
from adcli.derivatives.recompute import recompute
from adcli.errors import AdcliError, UsageError
from adcli.ops import EQ, NE
from adcli.problem.problem import Problem
from adcli.results import SERIES, SPARSE, Check, Labelled, Notice, Number, Result

if TYPE_CHECKING:
    from adcli.crosscheck.symbolic import SymPyWitness

DIGITS = 30
"""Digits with which the two routes are compared."""
MORE = 8
"""A disagreement is looked at again with this many times the digits."""
MAX_WORK = 100_000
"""Work (the table's flops) beyond which nothing is checked: with 30 digits each takes microseconds, many times."""
MAX_ENTRIES = 20_000
"""Numbers in a result beyond which nothing is checked."""
SECONDS = 3.0
"""Processor time in which a check ends, where nothing else is said: with what was checked until then."""
SHARE = 2 / 3
"""The part of it in which SymPy is asked; what it has not answered by then differences are asked in the rest."""
NOTHING = 1e-300
"""A number as small as this may be 0 to SymPy's witness, which sees a limited number of digits behind the point."""


def check(problem: Problem, result: Result, seconds: float = SECONDS) -> tuple[Check | None, tuple[Notice, ...]]:
    """Hold *result*, computed from *problem*, against a witness, in so many *seconds* of processor time.

    Returns the outcome (None where nothing can be checked) and warnings of its own: a Notice of kind "digits"
    where fewer than 10 digits of the result are right, of kind "check" where nothing was checked.
    """
    if not isinstance(problem, Problem) or not isinstance(result, Labelled):
        raise UsageError("a check holds a result against the problem it answers, which `problem` makes")
    graph = problem.graph
    work, size = sum([op.flops for op in graph.ops]), f"a program of {len(graph):,} operations"
    shown = result.answer
    if result.moved is not None:
        problem = _along(problem, result.moved)
    if shown.kind is SERIES:
        work, size = work * len(shown.rows), f"{size} to order {shown.rows[-1]}"
    if work > MAX_WORK:
        return None, (Notice("check", f"not checked: {size} is too large"),)
    count = len(shown.numbers) if shown.kind is SPARSE else len(graph.outputs) * len(problem.wrt)
    if count > MAX_ENTRIES:
        return None, (Notice("check", f"not checked: {count:,} derivatives are too many"),)
    return _checked(problem, result, max(DIGITS, problem.precision + 10), Budget(seconds))


def _checked(
    problem: Problem, result: Labelled, digits: int, budget: Budget
) -> tuple[Check | None, tuple[Notice, ...]]:
    """The outcome of the comparison."""
    try:
        with budget.within():
            truth = recompute(problem, result, digits)
            entries = entries_of(result, truth)
    except Late:
        return None, (Notice("check", f"not checked: that takes more than {budget}"),)
    except AdcliError as error:
        message = f"not checked: with {digits} digits there is no result here ({error.message})"
        return None, (Notice("check", message, error.span),)
    kinked = any(notice.kind == "kink" for notice in (*result.warnings, *truth.warnings))
    found = Findings(problem, digits, kinked, budget)
    found.look(entries)
    wrong = [one.entry.label for one in found.findings if not one.agrees]
    if wrong:
        try:  # what is rounding, in numbers that all but vanish, is not with more digits
            with suppress(AdcliError):
                with budget.within():
                    entries = entries_of(result, recompute(problem, result, MORE * digits))
                found.look(entries)
        except Late:
            return None, (Notice("check", f"not checked: to look twice at {wrong[0]} takes more than {budget}"),)
    if found.late and not found.findings:
        return None, (Notice("check", f"not checked: that takes more than {budget}"),)
    right, worst = right_digits(problem, entries)
    outcome = verdict(
        problem,
        entries,
        found.findings,
        digits=digits,
        right=right,
        kinked=kinked,
        why=found.why,
        late=found.late,
    )
    few = too_few(problem, right, worst) if outcome.ok else None
    more = Notice("check", f"not all is checked: that takes more than {budget}") if found.late else None
    return outcome, tuple([notice for notice in (more, few, second_reading(problem)) if notice is not None])


def _along(problem: Problem, names: Sequence[str]) -> Problem:
    """The problem, differentiated by what moves."""
    graph = problem.graph
    nodes = {graph.labels[node]: node for node in graph.inputs}
    return problem.changed(wrt=tuple([(name, nodes[name]) for name in names]))


class Findings:
    """What the witnesses say of the entries: SymPy where it has a number in time, else differences."""

    def __init__(self, problem: Problem, digits: int, kinked: bool, budget: Budget) -> None:
        self.problem, self.digits, self.kinked, self.budget = problem, digits, kinked, budget
        self.witness: SymPyWitness | None = None
        self.findings: list[Finding] = []
        self.late = False
        """Whether the time was over before all witnesses had been heard."""
        self.why = ""
        """Why SymPy was not asked, if so."""

    def look(self, entries: Sequence[Claim]) -> None:
        """Ask about all of these."""
        from adcli.crosscheck.numeric import numeric_findings

        self.findings, self.late = [], False
        unseen = self._ask(entries)
        if self.kinked:  # the convention at a kink is no derivative that a witness could know
            self.findings = [found for found in self.findings if found.agrees or found.entry.tangent is None]
            return
        if any(op is EQ or op is NE for op in self.problem.graph.ops):
            # SymPy differentiates the branch that an equality chooses, which may stand for one point alone
            kept = [found for found in self.findings if found.agrees or found.entry.tangent is None]
            if len(kept) < len(self.findings):
                unseen += [found.entry for found in self.findings if found not in kept]
                self.findings, self.why = kept, "it knows the branch of an equality alone"
        values = [entry for entry in entries if entry.tangent is None]
        slopes = [entry for entry in unseen if entry.tangent is not None]
        try:
            with self.budget.within():
                self.findings = self.findings + numeric_findings(self.problem, values, slopes)
                self.late = self.late and not slopes
        except Late:
            self.late = True

    def _ask(self, entries: Sequence[Claim]) -> list[Claim]:
        """Ask SymPy; returns the entries of which it has said nothing."""
        from adcli.crosscheck.symbolic import SymPyWitness, summon
        from adcli.language.sympy.definitions import Unreadable

        if self.why:
            return list(entries)
        unseen: list[Claim] = []
        asked = 0
        try:
            if self.witness is None:
                summon(self.problem)
            with self.budget.within(SHARE):
                witness = self.witness = self.witness or SymPyWitness(self.problem, self.digits)
                for entry in entries:
                    rows = witness.rows(entry.weights, entry.tangent or {}) if entry.determinant else None
                    said = None if entry.determinant else _said(witness, entry)
                    if rows is not None:
                        self.findings.append(of_rows(entry, SYMPY, rows))
                    elif said is None:
                        unseen.append(entry)
                    elif bool(said) == bool(entry.truth) or max(abs(said), abs(entry.truth)) >= NOTHING:
                        self.findings.append(finding(entry, SYMPY, said))
                    elif not entry.truth:  # too small for a float, or for the digits that there are
                        self.findings.append(finding(entry, SYMPY, entry.truth))
                    asked += 1
                self.why = witness.reason
        except Unreadable as error:
            self.why = str(error)
        except Late:
            self.late = True
            self.why = f"that takes more than a part of {self.budget}"
        return unseen + list(entries[asked:])


def _said(witness: SymPyWitness, entry: Claim) -> Number | None:
    """What SymPy says of an entry, None where it has no number; of a series it is asked for values instead."""
    if entry.tangent is None:
        said = witness.value(*entry.weights)
    elif entry.order:
        said = None
    elif entry.other is not None:
        said = witness.combined(witness.second, entry.tangent, entry.other)
    else:
        said = witness.combined(witness.partial, entry.weights, entry.tangent)
    return said
