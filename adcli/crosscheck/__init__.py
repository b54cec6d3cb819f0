"""The cross-check: every number of a result against a witness that knows nothing of adcli's rules.

adcli computes the same result by the same mode with 30 digits. SymPy reads the text by itself,
differentiates it, and is evaluated by mpmath. The two must agree to 20 digits: where they do not, a rule is
wrong, never rounding. Where SymPy has no number, or the derivatives would be too large to write out, the
witness is numeric: differences with many digits, and the dot test ȳᵀ(Jẋ) = (ȳᵀJ)ẋ between the two modes.
A missing witness is never a disagreement. The 30 digits also tell how many digits of the answer are right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from adcli.derive import recompute
from adcli.errors import AdcliError
from adcli.problem import FLOATS, Problem
from adcli.results import JVP, VJP, Check, Evaluation, Gradient, Jacobian, Notice, Number, Result

if TYPE_CHECKING:
    from adcli.crosscheck.symbolic import SymPyWitness

DIGITS = 30
"""Digits with which the two routes are compared."""
TOLERANCE = 1e-20
FLOOR = 1e-6
"""Errors are relative to the entry, but at least to this times the largest entry of its kind."""
ENOUGH = 10
"""Fewer right digits than this are worth a warning."""
MAX_SWEEPS = 2_000_000
"""Operations that the numeric witness may evaluate, entry by entry; beyond, it looks along one direction only."""
MAX_NODES = 200_000
"""Operations beyond which no check is tried: mpmath's numbers take microseconds each."""
NOTHING = 1e-300
"""A number as small as this may be 0 to SymPy's witness, which sees a limited number of digits behind the point."""
SMALLEST = 2.0**-1022
"""The smallest normal double: below it a double's digits are fewer."""


class Entry(NamedTuple):
    """A number of the result: Σ weightᵢ·∂fᵢ/∂xⱼ·tangentⱼ, or the value of output i where there is no tangent."""

    label: str
    given: Number
    truth: Number
    weights: Mapping[int, Number]
    tangent: Mapping[int, Number] | None


class Finding(NamedTuple):
    """What a witness said of an entry, and the errors against it."""

    entry: Entry
    witness: str
    said: Number
    absolute: Number
    relative: Number


NO_NUMBER = "SymPy has no number for this derivative"
SYMPY, DIFFERENCES, DOT = "SymPy", "differences in mpmath", "the other mode"


def check(problem: Problem, result: Result) -> tuple[Check, tuple[Notice, ...]]:
    """Hold *result*, computed from *problem*, against a witness.

    Returns the outcome and warnings of its own: a Notice of kind "digits" where fewer than 10 digits of the
    result are right, of kind "check" where there is no telling.
    """
    if len(problem.graph) > MAX_NODES:
        return _unchecked(f"not checked: {len(problem.graph):,} operations are too many for 30 digits"), ()
    digits = max(DIGITS, problem.precision + 10)
    try:
        truth = recompute(problem, result, digits)
    except AdcliError as error:
        text = f"not checked: with {digits} digits there is no result here ({error.message})"
        return _unchecked(text), (Notice("check", text, error.span),)
    entries = _entries(result, truth)
    kinked = any(notice.kind == "kink" for notice in (*result.warnings, *truth.warnings))
    symbolic, why = _symbolic(problem, digits)
    findings: list[Finding] = []
    unseen: list[Entry] = []
    for entry in entries:
        said = None if symbolic is None else _said_by_sympy(symbolic, entry)
        if said is None:
            unseen.append(entry)
        elif said or not 0 < abs(entry.truth) < NOTHING:
            findings.append(_finding(entry, SYMPY, said, entries))
    if kinked:  # the convention at a kink is no derivative that a witness could know
        findings = [f for f in findings if f.relative <= TOLERANCE or f.entry.tangent is None]
    else:
        findings += _numeric(problem, [entry for entry in unseen if entry.tangent is not None], entries, digits)
    right, worst = _right(problem, entries, findings)
    outcome = _outcome(problem, digits, right, entries, findings, kinked, why)
    if not outcome.ok or right >= min(ENOUGH, problem.precision):
        return outcome, ()
    many = (
        f"only {right} digit{'s' * (right != 1)} of {worst} {'are' if right != 1 else 'is'}"
        if right
        else f"no digit of {worst} is"
    )
    more = max(30, 2 * problem.precision)
    return outcome, (Notice("digits", f"{many} right, since numbers cancel; --precision {more} computes with more"),)


# The entries of a result


def _entries(result: Result, truth: Result) -> Sequence[Entry]:
    if isinstance(result, Evaluation) and isinstance(truth, Evaluation):
        return _values(result.outputs, result.values, truth.values)
    if isinstance(result, Gradient) and isinstance(truth, Gradient):
        found = _values([result.output], [result.value], [truth.value])
        for j, (name, number) in enumerate(result.gradient.items()):
            found.append(Entry(f"∂{result.output}/∂{name}", number, truth.gradient[name], {0: 1}, {j: 1}))
        return found
    if isinstance(result, Jacobian) and isinstance(truth, Jacobian):
        found = _values(result.outputs, result.values, truth.values)
        for i, output in enumerate(result.outputs):
            for j, name in enumerate(result.inputs):
                row, column = (i, j) if result.layout == "numerator" else (j, i)
                number, exact = result.jacobian[row][column], truth.jacobian[row][column]
                found.append(Entry(f"∂{output}/∂{name}", number, exact, {i: 1}, {j: 1}))
        return found
    if isinstance(result, JVP) and isinstance(truth, JVP):
        found = _values(result.outputs, result.values, truth.values)
        tangent = dict(enumerate(truth.tangent.values()))
        for i, output in enumerate(result.outputs):
            found.append(Entry(f"the tangent of {output}", result.jvp[i], truth.jvp[i], {i: 1}, tangent))
        return found
    if isinstance(result, VJP) and isinstance(truth, VJP):
        found = _values(result.outputs, result.values, truth.values)
        weights = dict(enumerate(truth.cotangent))
        for j, (name, number) in enumerate(result.vjp.items()):
            found.append(Entry(f"the adjoint of {name}", number, truth.vjp[name], weights, {j: 1}))
        return found
    raise TypeError(f"no way to check a {type(result).__name__}")


def _values(names: Sequence[str], given: Sequence[Number], truths: Sequence[Number]) -> list[Entry]:
    rows = enumerate(zip(names, given, truths, strict=True))
    return [Entry(name, number, truth, {i: 1}, None) for i, (name, number, truth) in rows]


def _scale(entry: Entry, entries: Sequence[Entry]) -> Number:
    """The largest number among the entries of the same kind."""
    return max([abs(e.truth) for e in entries if (e.tangent is None) == (entry.tangent is None)])


def _finding(entry: Entry, witness: str, said: Number, entries: Sequence[Entry]) -> Finding:
    absolute = abs(entry.truth - said)
    size = max(abs(said), abs(entry.truth), FLOOR * _scale(entry, entries))
    return Finding(entry, witness, said, absolute, absolute / size if absolute else absolute)


# The witnesses


def _symbolic(problem: Problem, digits: int) -> tuple[SymPyWitness | None, str]:
    """SymPy, or None and why it is no witness here."""
    from adcli.crosscheck.symbolic import SymPyWitness
    from adcli.language.sympy_program import Unreadable

    try:
        return SymPyWitness(problem, digits), ""
    except Unreadable as error:
        return None, str(error)


def _said_by_sympy(witness: SymPyWitness, entry: Entry) -> Number | None:
    if entry.tangent is None:
        return witness.value(*entry.weights)
    total = witness.zero
    for i, weight in entry.weights.items():
        for j, component in entry.tangent.items():
            if weight and component:
                partial = witness.partial(i, j)
                if partial is None:
                    return None
                total += weight * partial * component
    return total


def _numeric(problem: Problem, unseen: Sequence[Entry], entries: Sequence[Entry], digits: int) -> list[Finding]:
    """What differences say of each entry or, where these are many, of a combination; and the dot test."""
    from adcli.crosscheck.differences import DifferenceWitness, direction
    from adcli.modes import Fault

    if not unseen:
        return []
    try:
        witness = DifferenceWitness(problem)
    except (Fault, AdcliError):
        return []
    directions = {tuple(entry.tangent or ()) for entry in unseen}
    if len(directions) * len(problem.graph) > MAX_SWEEPS:
        unseen = _combined(unseen, direction(len(problem.wrt)))
    findings = []
    for entry in unseen:
        assert entry.tangent is not None
        slopes = witness.column(*entry.tangent) if list(entry.tangent.values()) == [1] else witness.along(entry.tangent)
        if slopes is not None:
            said = sum([weight * slopes[i] for i, weight in entry.weights.items()], witness.wide.context.zero)
            findings.append(_finding(entry, DIFFERENCES, said, [*entries, entry]))
    return findings + _dot_test(problem, digits)


def _combined(entries: Sequence[Entry], along: Sequence[float]) -> list[Entry]:
    """One entry for all those of a row: their sum along a direction."""
    rows: dict[tuple[int, ...], list[tuple[Entry, int]]] = {}
    for entry in entries:
        ((wrt, _),) = (entry.tangent or {}).items()
        rows.setdefault(tuple(entry.weights), []).append((entry, wrt))
    found = []
    for row in rows.values():
        first = row[0][0]
        truth = sum([along[j] * entry.truth for entry, j in row])
        given = sum([along[j] * entry.given for entry, j in row])
        label = f"{first.label.partition('/')[0]} along a fixed direction"
        found.append(Entry(label, given, truth, first.weights, {j: along[j] for _, j in row}))
    return found


def _dot_test(problem: Problem, digits: int) -> list[Finding]:
    """ȳᵀ(Jẋ) by forward mode against (ȳᵀJ)ẋ by reverse mode, for a fixed ẋ and ȳ."""
    from adcli.crosscheck.differences import direction
    from adcli.solver import Across, Along, solve_precisely

    outputs = len(problem.graph.outputs)
    seeds = direction(len(problem.wrt) + outputs)
    tangent, cotangent = seeds[outputs:], seeds[:outputs]
    names = [name for name, _ in problem.wrt]
    exact = problem.precision != FLOATS
    try:
        forward = solve_precisely(problem, Along(dict(zip(names, tangent, strict=True))), digits, exact=exact)
        reverse = solve_precisely(problem, Across(cotangent), digits, exact=exact)
    except AdcliError:
        return []
    above = [weight * row[0] for weight, row in zip(cotangent, forward.entries, strict=True)]
    below = [component * x for component, x in zip(tangent, reverse.entries[0], strict=True)]
    label = "ȳᵀJẋ for a fixed ẋ and ȳ"
    entry = Entry(label, sum(above), sum(above), {}, {})
    scale = [Entry(label, x, x, {}, {}) for x in (*above, *below)]
    return [_finding(entry, DOT, sum(below), scale)] if scale else []


# What came of it


def _right(problem: Problem, entries: Sequence[Entry], findings: Sequence[Finding]) -> tuple[int, str]:
    """How many digits of the worst entry are right, and which it is.

    The truth is what the witness said, else adcli's own 30 digits. An entry that is 0 exactly is measured
    against the largest of its kind; below the smallest normal double, against that.
    """
    said = {id(f.entry): f.said for f in findings}
    most = problem.precision if problem.precision != FLOATS else 16
    least, worst = most, ""
    for entry in entries:
        truth: Number = said.get(id(entry), entry.truth)
        error = abs(truth - entry.given)
        if not error:
            continue
        size = abs(truth) or _scale(entry, entries) or 1
        if problem.precision == FLOATS:
            size = max(size, SMALLEST)
        right = max(0, min(most, round(-float(_log10(error / size)))))
        if right < least:
            least, worst = right, entry.label
    return least, worst


def _log10(x: Number) -> Number:
    return x.context.log10(x)


def _outcome(
    problem: Problem,
    digits: int,
    right: int,
    entries: Sequence[Entry],
    findings: Sequence[Finding],
    kinked: bool,
    why: str,
) -> Check:
    wrong = [f for f in findings if f.relative > TOLERANCE]
    witnesses = [w for w in (SYMPY, DIFFERENCES) if any(f.witness == w for f in findings)]
    if wrong:
        first = max(wrong, key=lambda f: f.relative)
        shown = [first.said.context.nstr(x, 20) for x in (first.entry.truth, first.said)]
        detail = f"{first.entry.label} is {shown[0]} by adcli and {shown[1]} by {first.witness}"
    else:
        detail = _agreement(problem, digits, right, entries, findings, kinked, why)
    return Check(
        against=" and ".join(witnesses) or "none",
        ok=not wrong,
        max_abs_error=max([float(f.absolute) for f in findings], default=0.0),
        max_rel_error=max([float(f.relative) for f in findings], default=0.0),
        tolerance=TOLERANCE,
        digits=right,
        detail=detail,
    )


def _agreement(
    problem: Problem,
    digits: int,
    right: int,
    entries: Sequence[Entry],
    findings: Sequence[Finding],
    kinked: bool,
    why: str,
) -> str:
    """What was compared, in a sentence."""
    slopes = any(entry.tangent is not None for entry in entries)
    by = {
        w: sum(f.witness == w for f in findings if not slopes or f.entry.tangent is not None)
        for w in (SYMPY, DIFFERENCES)
    }
    if by[SYMPY] and by[DIFFERENCES]:
        said = f"SymPy agrees on {by[SYMPY]} numbers and differences in mpmath on {by[DIFFERENCES]} ({digits} digits)"
    elif by[SYMPY]:
        said = f"SymPy agrees ({digits} digits)"
    elif by[DIFFERENCES]:
        said = f"differences in mpmath agree ({digits} digits); {f'not asked of SymPy: {why}' if why else NO_NUMBER}"
    elif kinked:
        said = "no witness: there is no derivative at a kink for SymPy to agree with"
    else:
        said = f"no witness: {why or NO_NUMBER}, and differences do not settle"
    if kinked and (by[SYMPY] or by[DIFFERENCES]):
        said += ", but no derivative exists at a kink"
    most = problem.precision if problem.precision != FLOATS else 16
    floats = "of the floats " if problem.precision == FLOATS else ""
    return f"{said}; {f'all {most}' if right == most else right} digits {floats}are right"


def _unchecked(why: str) -> Check:
    return Check("none", True, 0.0, 0.0, TOLERANCE, 0, why)
