"""Determinants, and what is made of them by Cramer's rule: inverses and solutions."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.language.arrays.shapes import Array
from adcli.language.arrays.unroll import Unroll
from adcli.ops import DET, DIV, NEG

LARGE = 8
"""Of matrices of more rows, determinants have a border instead of a column replaced."""


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
    zero, one = unroll.literal(0), unroll.literal(1)
    nodes = []
    for i in range(size):
        for j in range(size):
            if size > LARGE:
                cofactor = _bordered(unroll, matrix, [one if k == j else zero for k in range(size)], i)
            else:
                cofactor = _cofactor(unroll, matrix, j, i)
            nodes.append(unroll.apply(DIV, cofactor, whole))
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
            if size > LARGE:
                replaced = _bordered(unroll, matrix, column, i)
            else:
                changed = list(matrix.nodes)
                changed[i::size] = column
                replaced = determinant(unroll, changed, size)
            nodes[i * width + k] = unroll.apply(DIV, replaced, whole)
    return Array(right.shape, nodes)


def _cofactor(unroll: Unroll, matrix: Array, row: int, column: int) -> int:
    """The determinant without a row and a column, with its sign."""
    size = matrix.shape[0]
    if size == 1:
        return unroll.literal(1)
    rows = [matrix.row(k) for k in range(size) if k != row]
    minor = determinant(unroll, [x for line in rows for c, x in enumerate(line) if c != column], size - 1)
    return unroll.apply(NEG, minor) if (row + column) % 2 else minor


def _bordered(unroll: Unroll, matrix: Array, right: Sequence[int], place: int) -> int:
    """What Cramer's rule has above its line, the determinant with *right* as the column at *place*.

    It is that of the whole matrix with a border: so all that are asked of one matrix come from one elimination.
    """
    size = matrix.shape[0]
    nodes: list[int] = []
    for i, x in enumerate(right):
        nodes += [*matrix.row(i), x]
    nodes += [unroll.literal(1) if j == place else unroll.literal(0) for j in range(size + 1)]
    return unroll.apply(NEG, unroll.apply(DET, *nodes))
