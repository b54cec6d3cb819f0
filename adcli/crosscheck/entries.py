"""What is compared: the numbers of a result, each with its meaning in terms of partial derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from adcli.results import JVP, VJP, Evaluation, Gradient, Jacobian, Number, Result

TOLERANCE = 1e-20
FLOOR = 1e-6
"""Errors are relative to the entry, but at least to this times the largest entry of its kind."""


class Entry(NamedTuple):
    """A number of the result: Σ weightᵢ·∂fᵢ/∂xⱼ·tangentⱼ, or the value of output i where there is no tangent.

    With another tangent, `other`, it is the second derivative along both; with an `order`, the Taylor coefficient of
    that order along the tangent. `given` is what the result says, `truth` what the same mode gives with many digits,
    `scale` the largest number of the same kind (values, or derivatives).
    """

    label: str
    given: Number
    truth: Number
    weights: Mapping[int, Number]
    tangent: Mapping[int, Number] | None
    scale: Number = 0
    other: Mapping[int, Number] | None = None
    order: int = 0


class Finding(NamedTuple):
    """What a witness said of an entry, and the errors against it."""

    entry: Entry
    witness: str
    said: Number
    absolute: Number
    relative: Number

    @property
    def agrees(self) -> bool:
        """Whether the error is within the tolerance."""
        return bool(self.relative <= TOLERANCE)


def finding(entry: Entry, witness: str, said: Number) -> Finding:
    """Compare what *witness* said with the entry's many digits."""
    absolute = abs(entry.truth - said)
    size = max(abs(said), abs(entry.truth), FLOOR * entry.scale)
    return Finding(entry, witness, said, absolute, absolute / size if absolute else absolute)


def entries_of(result: Result, truth: Result) -> list[Entry]:
    """Every number of *result* beside the same of *truth*."""
    found = []
    for entries in _entries(result, truth):
        scale = max([abs(entry.truth) for entry in entries], default=0)
        found += [entry if entry.scale else entry._replace(scale=scale) for entry in entries]
    return found


def _entries(result: Result, truth: Result) -> Iterable[list[Entry]]:
    """The entries in groups of one kind: values, derivatives."""
    if isinstance(result, Evaluation) and isinstance(truth, Evaluation):
        return _values(result.outputs, result.values, truth.values), []
    if isinstance(result, Gradient) and isinstance(truth, Gradient):
        slopes = [
            Entry(f"∂{result.output}/∂{name}", number, truth.gradient[name], {0: 1}, {j: 1})
            for j, (name, number) in enumerate(result.gradient.items())
        ]
        return _values([result.output], [result.value], [truth.value]), slopes
    if isinstance(result, Jacobian) and isinstance(truth, Jacobian):
        transposed = result.layout != "numerator"
        slopes = []
        for i, output in enumerate(result.outputs):
            for j, name in enumerate(result.inputs):
                row, column = (j, i) if transposed else (i, j)
                number, exact = result.jacobian[row][column], truth.jacobian[row][column]
                slopes.append(Entry(f"∂{output}/∂{name}", number, exact, {i: 1}, {j: 1}))
        return _values(result.outputs, result.values, truth.values), slopes
    if isinstance(result, JVP) and isinstance(truth, JVP):
        tangent = dict(enumerate(truth.tangent.values()))
        slopes = [
            Entry(f"the tangent of {output}", result.jvp[i], truth.jvp[i], {i: 1}, tangent)
            for i, output in enumerate(result.outputs)
        ]
        return _values(result.outputs, result.values, truth.values), slopes
    if isinstance(result, VJP) and isinstance(truth, VJP):
        weights = dict(enumerate(truth.cotangent))
        slopes = [
            Entry(f"the adjoint of {name}", number, truth.vjp[name], weights, {j: 1})
            for j, (name, number) in enumerate(result.vjp.items())
        ]
        return _values(result.outputs, result.values, truth.values), slopes
    from adcli.crosscheck import higher, sparse

    found = higher.entries(result, truth) or sparse.entries(result, truth)
    if found is None:
        raise TypeError(f"no way to check a {type(result).__name__}")
    return found


def _values(names: Sequence[str], given: Sequence[Number], truths: Sequence[Number]) -> list[Entry]:
    rows = enumerate(zip(names, given, truths, strict=True))
    return [Entry(name, number, truth, {i: 1}, None) for i, (name, number, truth) in rows]
