"""Sparse matrices in the cross-check: their nonzeros and, of small ones, what is said to be zero."""

from __future__ import annotations

from adcli.crosscheck.entries import Entry
from adcli.results import Number, Result, SparseHessian, SparseJacobian

MAX_ZEROS = 2_500
"""Of a matrix with more entries than this, only the nonzeros are compared."""


def entries(result: Result, truth: Result) -> list[list[Entry]] | None:
    """The numbers of a sparse matrix, grouped by kind; None of any other result."""
    if isinstance(result, SparseJacobian) and isinstance(truth, SparseJacobian):
        values = [
            Entry(name, number, exact, {i: 1}, None)
            for i, (name, number, exact) in enumerate(zip(result.outputs, result.values, truth.values, strict=True))
        ]
        turned = result.layout != "numerator"
        slopes = []
        for (row, column), (number, exact) in _numbers(result, truth, len(result.outputs) * len(result.inputs)).items():
            i, j = (column, row) if turned else (row, column)
            slopes.append(Entry(f"∂{result.outputs[i]}/∂{result.inputs[j]}", number, exact, {i: 1}, {j: 1}))
        return [values, slopes]
    if isinstance(result, SparseHessian) and isinstance(truth, SparseHessian):
        output = result.output
        slopes = [
            Entry(f"∂{output}/∂{name}", number, truth.gradient[name], {0: 1}, {j: 1})
            for j, (name, number) in enumerate(result.gradient.items())
        ]
        seconds = []
        for (i, j), (number, exact) in _numbers(result, truth, len(result.inputs) ** 2).items():
            if j <= i:  # both triangles hold the same numbers
                one, other = result.inputs[i], result.inputs[j]
                label = f"∂²{output}/∂{one}∂{other}" if i != j else f"∂²{output}/∂{one}²"
                seconds.append(Entry(label, number, exact, {0: 1}, {i: 1}, other={j: 1}))
        return [[Entry(output, result.value, truth.value, {0: 1}, None)], slopes, seconds]
    return None


def _numbers(
    result: SparseJacobian | SparseHessian, truth: SparseJacobian | SparseHessian, size: int
) -> dict[tuple[int, int], tuple[Number, Number]]:
    """By place, what the result says and the truth; with zeros where they are few."""
    found: dict[tuple[int, int], tuple[Number, Number]] = {}
    if 0 < size <= MAX_ZEROS:
        columns = len(result.inputs)
        if isinstance(result, SparseJacobian) and result.layout != "numerator":
            columns = len(result.outputs)
        some = truth.values[0] if isinstance(truth, SparseJacobian) else truth.value
        zero = some * 0
        found = {divmod(place, columns): (0.0, zero) for place in range(size)}
    for (i, j, number), (_, _, exact) in zip(result.entries, truth.entries, strict=True):
        found[i, j] = number, exact
    return found
