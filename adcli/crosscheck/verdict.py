"""What came of a comparison: a Check, with a sentence for people."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.crosscheck.finding import DIFFERENCES, DOT, READ, SYMPY, TOLERANCE, Claim, Finding
from adcli.errors import option
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS
from adcli.results import Check, Notice

ENOUGH = 10
"""Fewer right digits than this are worth a warning."""
SMALLEST = 2.0**-1022
"""The smallest normal double: below it a double's digits are fewer."""


def right_digits(problem: Problem, entries: Sequence[Claim]) -> tuple[int, str]:
    """How many digits of the worst entry are right, and which it is.

    An entry that is exactly 0 is measured against the largest of its kind, and has no right digit where all of these
    are 0; one below the smallest normal double is measured against that.
    """
    most = _most(problem)
    least, worst = most, ""
    for entry in entries:
        error = abs(entry.truth - entry.given)
        if not error:
            continue
        size = abs(entry.truth) or entry.scale
        if problem.precision == FLOATS:
            size = max(size, SMALLEST)
        elif not size:
            size = error
        ratio = error / size
        right = max(0, min(most, round(-float(ratio.context.log10(ratio)))))
        if right < least:
            least, worst = right, entry.label
    return least, worst


def too_few(problem: Problem, right: int, worst: str) -> Notice | None:
    """The warning where few digits are right."""
    if right >= min(ENOUGH, problem.precision):
        return None
    which = f"no digit of {worst} is" if not right else f"only {right} digits of {worst} are"
    if right == 1:
        which = f"only one digit of {worst} is"
    more = max(30, 2 * problem.precision)
    return Notice("digits", f"{which} right, since numbers cancel; {option('precision', more)} computes with more")


def verdict(
    problem: Problem,
    entries: Sequence[Claim],
    findings: Sequence[Finding],
    *,
    digits: int,
    right: int,
    kinked: bool,
    why: str,
    late: bool = False,
) -> Check:
    """The outcome. *digits* were compared, *right* of the answer's are; *why* SymPy was not asked, if so; *late* where
    the time was over before all had been heard."""
    witnesses = [name for name in (SYMPY, READ, DIFFERENCES) if any(found.witness == name for found in findings)]
    wrong = [found for found in findings if not found.agrees]
    if wrong:
        worst = max(wrong, key=lambda found: found.relative)
        ours, theirs = (worst.said.context.nstr(x, 20) for x in (worst.entry.truth, worst.said))
        detail = f"{worst.entry.label} is {ours} by adcli and {theirs} by {worst.witness}"
    else:
        most = _most(problem)
        floats = "of the floats " if problem.precision == FLOATS else ""
        count = f"all {most} digits {floats}are" if right == most else f"{right} digits {floats}are"
        if right < 2:
            count = f"{'1' if right else 'no'} digit {floats}is"
        detail = f"{_agreement(entries, findings, digits, kinked, why, late)}; {count} right"
    slopes = _slopes(entries)
    return Check(
        against=" and ".join(witnesses) or "none",
        ok=not wrong,
        max_abs_error=max([float(found.absolute) for found in findings], default=0.0),
        max_rel_error=max([float(found.relative) for found in findings], default=0.0),
        tolerance=TOLERANCE,
        digits=right,
        detail=detail,
        witnessed=any((found.entry.tangent is not None) == slopes for found in findings if found.witness != DOT),
    )


def _slopes(entries: Sequence[Claim]) -> bool:
    """Whether derivatives were asked for, or only values."""
    return any(entry.tangent is not None for entry in entries)


def _agreement(
    entries: Sequence[Claim], findings: Sequence[Finding], digits: int, kinked: bool, why: str, late: bool
) -> str:
    """Who agrees with the derivatives, or with the values where these were asked for."""
    slopes = _slopes(entries)
    asked = sum((entry.tangent is not None) == slopes for entry in entries)
    compared = [found for found in findings if (found.entry.tangent is not None) == slopes]
    sympys = sum(found.witness == SYMPY for found in compared)
    if read := sum(found.witness == READ for found in compared):
        which = "these coefficients" if read == asked else f"the first {read} of these coefficients"
        return f"the function that SymPy reads has {which} ({digits} digits)" + (", but a kink" if kinked else "")
    own = {id(entry) for entry in entries}
    numeric = sum(found.witness == DIFFERENCES for found in compared)
    summed = any(found.witness == DIFFERENCES and id(found.entry) not in own for found in compared)
    open_ends = f"not asked of SymPy: {why}" if why else "SymPy has no number for the rest"
    if kinked:
        if not sympys:
            value = f"; SymPy agrees with the value ({digits} digits)" if findings else ""
            return f"no witness: at a kink the derivative is a convention, which SymPy cannot confirm{value}"
        if sympys == asked:
            return f"SymPy agrees ({digits} digits) with what is a convention at a kink"
        unknown = "no witness for the rest: at a kink the derivative is a convention"
        return f"SymPy agrees on {sympys} of {asked} ({digits} digits); {unknown}"
    if sympys == asked:
        return f"SymPy agrees ({digits} digits)"
    if sympys and numeric:
        rest = "along a direction on the rest" if summed else f"on {numeric}"
        return f"SymPy agrees on {sympys} of {asked}, differences in mpmath {rest} ({digits} digits)"
    if numeric:
        open_ends = open_ends.replace("the rest", "this")
        return f"differences in mpmath agree ({digits} digits); {open_ends}"
    if sympys:
        rest = "the rest is not checked" if late else "no witness for the rest"
        return f"SymPy agrees on {sympys} of {asked} ({digits} digits); {rest}"
    if late:
        return f"SymPy agrees with the value ({digits} digits); the rest is not checked"
    return f"no witness: {why or 'SymPy has no number for this'}, and differences do not settle"


def _most(problem: Problem) -> int:
    """How many digits a number of the result can have right."""
    return 16 if problem.precision == FLOATS else problem.precision
