"""Second derivatives and series in the cross-check: their entries, and what the witnesses say of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adcli.crosscheck.finding import DIFFERENCES, READ, Entry, Finding, finding, second, slopes, values
from adcli.errors import AdcliError
from adcli.problem.problem import Problem
from adcli.results import HVP, Hessian, Number, Result, Taylor

if TYPE_CHECKING:
    from adcli.crosscheck.differences import DifferenceWitness

MAX_PAIRS = 20_000
"""Pairs of names × operations that second differences are taken of one by one; beyond, along one direction only."""


def entries(result: Result, truth: Result) -> list[list[Entry]] | None:
    """The numbers of a Hessian, of H·v or of a series, grouped by kind; None of any other result."""
    if isinstance(result, Hessian) and isinstance(truth, Hessian):
        output = result.output
        gradient = slopes(output, result.gradient, truth.gradient)
        seconds = [
            second(output, one, name, result.hessian[i][j], truth.hessian[i][j], (i, j))
            for i, one in enumerate(result.inputs)
            for j, name in enumerate(result.inputs[: i + 1])
        ]
        return [values([output], [result.value], [truth.value]), gradient, seconds]
    if isinstance(result, HVP) and isinstance(truth, HVP):
        vector = dict(enumerate(truth.vector.values()))
        seconds = [
            Entry(f"{name} of H·v", number, truth.hvp[name], {0: 1}, vector, other={j: 1})
            for j, (name, number) in enumerate(result.hvp.items())
        ]
        return [values([result.output], [result.value], [truth.value]), seconds]
    if isinstance(result, Taylor) and isinstance(truth, Taylor):
        return [
            values([result.output], result.coefficients[:1], truth.coefficients[:1]),
            *([_coefficient(result, truth, k)] for k in range(1, result.order + 1)),
        ]
    return None


def _coefficient(result: Taylor, truth: Taylor, k: int) -> Entry:
    """A coefficient; its scale is the size of its neighbours, since coefficients may grow or shrink like powers."""
    scale = max([abs(number) for number in truth.coefficients[max(0, k - 2) : k + 3]])
    label = f"coefficient {k} of {result.output}"
    way = dict(enumerate(truth.direction.values()))
    return Entry(label, result.coefficients[k], truth.coefficients[k], {0: 1}, way, scale, order=k)


def findings(problem: Problem, witness: DifferenceWitness, unseen: Sequence[Entry]) -> list[Finding]:
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


def _combined(unseen: Sequence[Entry], count: int) -> Entry:
    """dᵀ·H·d for a fixed direction d over all second derivatives in question (of H·v: dᵀ·H·v)."""
    from adcli.crosscheck.differences import direction

    along = direction(count)
    tangent: dict[int, Number] = {}
    other: dict[int, Number] = {}
    terms: list[Number] = []
    for entry in unseen:
        assert entry.tangent is not None
        assert entry.other is not None
        ((j, _),) = entry.other.items()
        other[j] = along[j]
        if entry.label.startswith("∂²"):
            (i,) = entry.tangent
            tangent[i] = along[i]
            tangent[j], other[i] = along[j], along[i]
            terms.append(entry.truth * along[i] * along[j] * (1 if i == j else 2))
        else:
            tangent = dict(entry.tangent)
            terms.append(entry.truth * along[j])
    scale = max(map(abs, terms))
    return Entry("dᵀ·H·d for a fixed d", 0.0, sum(terms), {0: 1}, tangent, scale, other=other)


def series_findings(problem: Problem, result: Sequence[Entry]) -> list[Finding]:
    """What the function's values along the line, as SymPy reads it, say of the coefficients."""
    from adcli.crosscheck.line import MAX_ORDER, coefficients
    from adcli.crosscheck.values import NoValue
    from adcli.modes import Fault

    order = min(result[-1].order, MAX_ORDER)
    try:
        numbers, reading = coefficients(problem, result[0].tangent or {}, order)
    except (NoValue, Fault, AdcliError, ArithmeticError, ValueError, TypeError):
        return []
    witness = READ if reading else DIFFERENCES
    pairs = [(entry, numbers[entry.order]) for entry in result if entry.order <= order]
    return [finding(entry, witness, number) for entry, number in pairs if number is not None]
