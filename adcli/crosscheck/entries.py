"""What is compared: the numbers of a result, each with its meaning in terms of partial derivatives."""

from __future__ import annotations

from collections.abc import Iterable

from adcli.crosscheck import higher, sparse
from adcli.crosscheck.finding import Entry, slopes, values
from adcli.results import JVP, VJP, Evaluation, Gradient, Jacobian, Result


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
        return values(result.outputs, result.values, truth.values), []
    if isinstance(result, Gradient) and isinstance(truth, Gradient):
        gradient = slopes(result.output, result.gradient, truth.gradient)
        return values([result.output], [result.value], [truth.value]), gradient
    if isinstance(result, Jacobian) and isinstance(truth, Jacobian):
        transposed = result.layout != "numerator"
        entries = []
        for i, output in enumerate(result.outputs):
            for j, name in enumerate(result.inputs):
                row, column = (j, i) if transposed else (i, j)
                number, exact = result.jacobian[row][column], truth.jacobian[row][column]
                entries.append(Entry(f"∂{output}/∂{name}", number, exact, {i: 1}, {j: 1}))
        return values(result.outputs, result.values, truth.values), entries
    if isinstance(result, JVP) and isinstance(truth, JVP):
        tangent = dict(enumerate(truth.tangent.values()))
        entries = [
            Entry(f"the tangent of {output}", result.jvp[i], truth.jvp[i], {i: 1}, tangent)
            for i, output in enumerate(result.outputs)
        ]
        return values(result.outputs, result.values, truth.values), entries
    if isinstance(result, VJP) and isinstance(truth, VJP):
        weights = dict(enumerate(truth.cotangent))
        entries = [
            Entry(f"the adjoint of {name}", number, truth.vjp[name], weights, {j: 1})
            for j, (name, number) in enumerate(result.vjp.items())
        ]
        return values(result.outputs, result.values, truth.values), entries
    found = higher.entries(result, truth) or sparse.entries(result, truth)
    if found is None:
        raise TypeError(f"no way to check a {type(result).__name__}")
    return found
