"""Sparse matrices in the cross-check: their nonzeros and, of small ones, what is said to be zero."""

from __future__ import annotations

from adcli.crosscheck.finding import Entry, second, slopes, values
from adcli.results import Number, Result, SparseHessian, SparseJacobian

MAX_ZEROS = 2_500
"""Of a matrix with more entries than this, only the nonzeros are compared."""


def entries(result: Result, truth: Result) -> list[list[Entry]] | None:
    """The numbers of a sparse matrix, grouped by kind; None of any other result."""
    if isinstance(result, SparseJacobian) and isinstance(truth, SparseJacobian):
        turned = result.layout != "numerator"
        partials = []
        for (row, column), (number, exact) in _numbers(result, truth, len(result.outputs) * len(result.inputs)).items():
            i, j = (column, row) if turned else (row, column)
            partials.append(Entry(f"∂{result.outputs[i]}/∂{result.inputs[j]}", number, exact, {i: 1}, {j: 1}))
        return [values(result.outputs, result.values, truth.values), partials]
    if isinstance(result, SparseHessian) and isinstance(truth, SparseHessian):
        output = result.output
        gradient = slopes(output, result.gradient, truth.gradient)
        seconds = []
        for (i, j), (number, exact) in _numbers(result, truth, len(result.inputs) ** 2).items():
            if j <= i:  # both triangles hold the same numbers
                seconds.append(second(output, result.inputs[i], result.inputs[j], number, exact, (i, j)))
        return [values([output], [result.value], [truth.value]), gradient, seconds]
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
