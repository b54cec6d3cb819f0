"""What differences, and values along a line, say of second derivatives and series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adcli.crosscheck.finding import DIFFERENCES, READ, Claim, Finding, finding
from adcli.errors import AdcliError
from adcli.problem.problem import Problem
from adcli.results import Number

if TYPE_CHECKING:
    from adcli.crosscheck.differences import DifferenceWitness

MAX_PAIRS = 20_000
"""Pairs of names × operations that second differences are taken of one by one; beyond, along one direction only."""


def findings(problem: Problem, witness: DifferenceWitness, unseen: Sequence[Claim]) -> list[Finding]:
    """What differences say of second derivatives, or of a combination of them where these are many."""
    if len(unseen) * len(problem.graph) > MAX_PAIRS and len(unseen) > 1:
        unseen = [_combined(unseen, len(problem.wrt))]
    found = []
    for entry in unseen:
        assert entry.tangent is not None
        assert entry.other is not None
        second = witness.second(entry.tangent, entry.other)
        if second is not None:
            found.append(finding(entry, DIFFERENCES, second))
    return found


def _combined(unseen: Sequence[Claim], count: int) -> Claim:
    """dᵀ·H·d for a fixed direction d over all second derivatives in question (of H·v: dᵀ·H·v)."""
    from adcli.crosscheck.differences import direction

    along = direction(count)
    tangent: dict[int, Number] = {}
    other: dict[int, Number] = {}
    terms: list[Number] = []
    products = all(entry.tangent == unseen[0].tangent for entry in unseen)
    for entry in unseen:
        assert entry.tangent is not None
        assert entry.other is not None
        ((j, _),) = entry.other.items()
        other[j] = along[j]
        if products:
            tangent = dict(entry.tangent)
            terms.append(entry.truth * along[j])
        else:
            (i,) = entry.tangent
            tangent[i] = along[i]
            tangent[j], other[i] = along[j], along[i]
            terms.append(entry.truth * along[i] * along[j] * (1 if i == j else 2))
    scale = max(map(abs, terms))
    return Claim("dᵀ·H·d for a fixed d", 0.0, sum(terms), {0: 1}, tangent, scale, other=other)


def series_findings(problem: Problem, result: Sequence[Claim]) -> list[Finding]:
    """What the function's values along the line, as SymPy reads it, say of the coefficients."""
    from adcli.crosscheck.line import MAX_ORDER, coefficients
    from adcli.crosscheck.values import NoValue
    from adcli.modes import Fault

    order, way = min(result[-1].order, MAX_ORDER), result[0].tangent
    assert way is not None
    try:
        numbers, reading = coefficients(problem, way, order)
    except (NoValue, Fault, AdcliError, ArithmeticError, ValueError, TypeError):
        return []
    witness = READ if reading else DIFFERENCES
    pairs = [(entry, numbers[entry.order]) for entry in result if entry.order <= order]
    return [finding(entry, witness, number) for entry, number in pairs if number is not None]
