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

from adcli.crosscheck.deadline import Late, within
from adcli.crosscheck.entries import entries_of
from adcli.crosscheck.finding import SYMPY, Claim, Finding, finding, of_rows
from adcli.crosscheck.foreign import second_reading
from adcli.crosscheck.verdict import right_digits, too_few, verdict
from adcli.derivatives.recompute import recompute
from adcli.errors import AdcliError, UsageError
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
MAX_SECONDS = 10
"""Processor time after which a check is given up."""
NOTHING = 1e-300
"""A number as small as this may be 0 to SymPy's witness, which sees a limited number of digits behind the point."""


def check(problem: Problem, result: Result) -> tuple[Check | None, tuple[Notice, ...]]:
    """Hold *result*, computed from *problem*, against a witness.

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
    try:
        with within(MAX_SECONDS):
            return _checked(problem, result, max(DIGITS, problem.precision + 10))
    except Late:
        return None, (Notice("check", f"not checked: that takes more than {MAX_SECONDS} seconds"),)


def _checked(problem: Problem, result: Labelled, digits: int) -> tuple[Check | None, tuple[Notice, ...]]:
    """The outcome of the comparison, however long it takes."""
    try:
        truth = recompute(problem, result, digits)
    except AdcliError as error:
        message = f"not checked: with {digits} digits there is no result here ({error.message})"
        return None, (Notice("check", message, error.span),)
    kinked = any(notice.kind == "kink" for notice in (*result.warnings, *truth.warnings))
    witness, why = _sympy(problem, digits)
    entries = entries_of(result, truth)
    findings = _findings(problem, entries, witness, kinked)
    if not all(found.agrees for found in findings):
        with suppress(AdcliError):  # what is rounding, in numbers that all but vanish, is not with more digits
            entries = entries_of(result, recompute(problem, result, MORE * digits))
            findings = _findings(problem, entries, witness, kinked)
    right, worst = right_digits(problem, entries)
    outcome = verdict(
        problem,
        entries,
        findings,
        digits=digits,
        right=right,
        kinked=kinked,
        why=why or (witness.reason if witness else ""),
    )
    few = too_few(problem, right, worst) if outcome.ok else None
    return outcome, tuple([notice for notice in (few, second_reading(problem)) if notice is not None])


def _along(problem: Problem, names: Sequence[str]) -> Problem:
    """The problem, differentiated by what moves."""
    graph = problem.graph
    nodes = {graph.labels[node]: node for node in graph.inputs}
    return problem.changed(wrt=tuple([(name, nodes[name]) for name in names]))


def _findings(problem: Problem, entries: Sequence[Claim], witness: SymPyWitness | None, kinked: bool) -> list[Finding]:
    """What the witnesses say of the entries: SymPy where it has a number, else differences."""
    findings: list[Finding] = []
    unseen: list[Claim] = []
    for entry in entries:
        if entry.determinant:
            rows = None if witness is None else witness.rows(entry.weights, entry.tangent or {})
            if rows is None:
                unseen.append(entry)
            else:
                findings.append(of_rows(entry, SYMPY, rows))
            continue
        said = None if witness is None else _said(witness, entry)
        if said is None:
            unseen.append(entry)
        elif bool(said) == bool(entry.truth) or max(abs(said), abs(entry.truth)) >= NOTHING:
            findings.append(finding(entry, SYMPY, said))
        elif not entry.truth:  # too small for a float, or for the digits that there are
            findings.append(finding(entry, SYMPY, entry.truth))
    if kinked:  # the convention at a kink is no derivative that a witness could know
        return [found for found in findings if found.agrees or found.entry.tangent is None]
    from adcli.crosscheck.numeric import numeric_findings

    values = [entry for entry in entries if entry.tangent is None]
    return findings + numeric_findings(problem, values, [entry for entry in unseen if entry.tangent is not None])


def _sympy(problem: Problem, digits: int) -> tuple[SymPyWitness | None, str]:
    """SymPy, or None and why it is no witness here."""
    from adcli.crosscheck.symbolic import SymPyWitness
    from adcli.language.sympy.sympy_program import Unreadable

    try:
        return SymPyWitness(problem, digits), ""
    except Unreadable as error:
        return None, str(error)


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
