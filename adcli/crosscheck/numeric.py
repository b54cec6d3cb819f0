"""Where SymPy has no number: differences entry by entry, or along one direction, and the dot test."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.crosscheck.differences import DifferenceWitness, direction
from adcli.crosscheck.finding import DIFFERENCES, DOT, TOLERANCE, Claim, Finding, finding, of_rows
from adcli.crosscheck.higher import findings, series_findings
from adcli.errors import AdcliError
from adcli.modes import Fault, seeds
from adcli.problem.problem import Problem

MAX_COLUMNS = 100_000
"""Columns × operations that differences are taken of one by one; beyond, they look along one direction only."""
LOST = 1e-40
"""A derivative as small as this may be lost in the differences of a function that is not small."""
DOT_DIGITS = (40, 160)
"""Digits of the dot test; the second where the first disagree, since rounding vanishes with digits."""


def numeric_findings(problem: Problem, values: Sequence[Claim], slopes: Sequence[Claim]) -> list[Finding]:
    """What differences say of *slopes* or, where these are many, of their sums along a direction; and the dot test.

    Nothing where differences do not settle, or where many digits do not even settle the *values*.
    """
    if not slopes:
        return []
    try:
        witness = DifferenceWitness(problem)
    except (Fault, AdcliError):
        return []
    if any(abs(v.truth - witness.values[i]) > TOLERANCE * abs(v.truth) for v in values for i in v.weights):
        return []
    found: list[Finding] = []
    higher = [entry for entry in slopes if entry.order or entry.other is not None]
    if higher:
        found += series_findings(problem, higher) if higher[0].order else findings(problem, witness, higher)
        slopes = [entry for entry in slopes if not entry.order and entry.other is None]
    determinants = [entry for entry in slopes if entry.determinant]
    slopes = [entry for entry in slopes if not entry.determinant]
    directions = {tuple(entry.tangent or ()) for entry in slopes}
    if len(directions) > 1 and len(directions) * len(problem.graph) > MAX_COLUMNS:
        slopes, determinants = _combined(slopes, direction(len(problem.wrt))), []
    for entry in slopes:
        tangent = entry.tangent or {}
        column = len(tangent) == 1 and all(component == 1 for component in tangent.values())
        rates = witness.column(*tangent) if column else witness.along(tangent)
        if rates is None:
            continue
        said = sum([rates[i] * weight for i, weight in entry.weights.items()], witness.wide.context.zero)
        if said or not 0 < abs(entry.truth) < LOST:
            found.append(finding(entry, DIFFERENCES, said))
    for entry in determinants:
        columns = [witness.column(j) for j in entry.tangent or ()]
        known = [column for column in columns if column is not None]
        if len(known) == len(columns):
            found.append(of_rows(entry, DIFFERENCES, [[column[i] for column in known] for i in entry.weights]))
    return found + _dot_test(problem)


def _combined(slopes: Sequence[Claim], along: Sequence[float]) -> list[Claim]:
    """One entry for all those of a row: their sum along a direction."""
    rows: dict[tuple[int, ...], list[tuple[Claim, int]]] = {}
    for entry in slopes:
        assert entry.tangent is not None
        (wrt,) = entry.tangent
        rows.setdefault(tuple(entry.weights), []).append((entry, wrt))
    found = []
    for row in rows.values():
        terms = [entry.truth * along[j] for entry, j in row]
        label = f"{row[0][0].label.partition('/')[0]} along a fixed direction"
        tangent = {j: along[j] for _, j in row}
        found.append(Claim(label, 0.0, sum(terms), row[0][0].weights, tangent, max(map(abs, terms))))
    return found


def _dot_test(problem: Problem) -> list[Finding]:
    """ȳᵀ(Jẋ) by forward mode against (ȳᵀJ)ẋ by reverse mode, for a fixed ẋ and ȳ."""
    for digits in DOT_DIGITS:
        try:
            found = _dot_products(problem, digits)
        except (Fault, AdcliError, ArithmeticError, ValueError):
            return []
        if not found.said.context.isfinite(found.absolute):  # 0 × ∞ at this point
            return []
        if found.agrees:
            break
    return [found]


def _dot_products(problem: Problem, digits: int) -> Finding:
    from adcli.arithmetic.multiprecision import multiprecision
    from adcli.derivatives.questions import Work

    wide = multiprecision(digits)
    work = Work(problem, wide, problem.point(wide, exact=problem.exact))
    weights = [wide.context.mpf(x) for x in direction(len(problem.wrt) + len(problem.graph.outputs))]
    tangent, cotangent = weights[: len(problem.wrt)], weights[len(problem.wrt) :]
    seeded = seeds(zip([node for _, node in problem.wrt], tangent, strict=True))
    above = [a * b for a, b in zip(cotangent, work.forward(seeded), strict=True)]
    below = [a * b for a, b in zip(tangent, work.reverse(dict(enumerate(cotangent))), strict=True)]
    nothing = wide.context.mpf(10) ** (-digits // 2)  # where all cancels, what is left is of no size of its own
    scale = max(map(abs, [*above, *below, nothing]))
    entry = Claim("ȳᵀ·J·ẋ for a fixed ẋ and ȳ", 0.0, wide.context.fsum(above), {}, {}, scale)
    return finding(entry, DOT, wide.context.fsum(below))
