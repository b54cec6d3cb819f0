"""Determinants, and what is made of them by Cramer's rule: inverses and solutions."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.language.arrays.shapes import Array
from adcli.language.arrays.unroll import Unroll
from adcli.ops import DET, DIV, NEG


def det(unroll: Unroll, matrix: Array) -> int:
    """The determinant of a square matrix."""
    return determinant(unroll, matrix.nodes, matrix.shape[0])


def determinant(unroll: Unroll, nodes: Sequence[int], size: int) -> int:
    """The same of the elements in rows."""
    return nodes[0] if size == 1 else unroll.apply(DET, *nodes)


def inverse(unroll: Unroll, matrix: Array) -> Array:
    """The inverse: cofactors over the determinant."""
    size = matrix.shape[0]
    whole = det(unroll, matrix)
    nodes = []
    for i in range(size):
        for j in range(size):
            if size == 1:
                minor = unroll.literal(1)
            else:
                rows = [matrix.row(k) for k in range(size) if k != j]
                minor = determinant(unroll, [row[c] for row in rows for c in range(size) if c != i], size - 1)
            if (i + j) % 2:
                minor = unroll.apply(NEG, minor)
            nodes.append(unroll.apply(DIV, minor, whole))
    return Array(matrix.shape, nodes)


def solve(unroll: Unroll, matrix: Array, right: Array) -> Array:
    """A⁻¹b, of a vector or of each column of a matrix: the determinants with a column replaced over the determinant."""
    size = matrix.shape[0]
    whole = det(unroll, matrix)
    width = right.shape[1] if len(right.shape) == 2 else 1
    nodes = [0] * len(right.nodes)
    for k in range(width):
        column = right.nodes[k::width]
        for i in range(size):
            changed = list(matrix.nodes)
            changed[i::size] = column
            nodes[i * width + k] = unroll.apply(DIV, determinant(unroll, changed, size), whole)
    return Array(right.shape, nodes)
