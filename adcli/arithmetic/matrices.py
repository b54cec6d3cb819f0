"""Small matrices of any numbers: floats, or mpmath's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Number = Any
Rows = Sequence[Sequence[Number]]


class Singular(ArithmeticError):
    """The matrix has no inverse, as far as its numbers tell."""


def root(number: Number) -> Number:
    """The square root."""
    return math.sqrt(number) if isinstance(number, (int, float)) else number.context.sqrt(number)


def dot(a: Sequence[Number], b: Sequence[Number]) -> Number:
    """The inner product."""
    if all(isinstance(x, (int, float)) for x in (*a[:1], *b[:1])):
        return math.fsum(x * y for x, y in zip(a, b, strict=True))
    return sum((x * y for x, y in zip(a, b, strict=True)), 0 * a[0])


def norm(a: Sequence[Number]) -> Number:
    """The Euclidean norm, without overflow on the way."""
    scale = max(map(abs, a), default=0)
    return scale * root(sum((x / scale) ** 2 for x in a)) if scale and math.isfinite(scale) else scale


def times(rows: Rows, vector: Sequence[Number]) -> list[Number]:
    """The matrix times a vector."""
    return [dot(row, vector) for row in rows]


def transposed(rows: Rows) -> list[list[Number]]:
    """Rows as columns."""
    return [list(column) for column in zip(*rows, strict=True)]


class LU:
    """A square matrix, its rows scaled and exchanged, as a product of triangles. Raises Singular.

    `least` is the smallest pivot against the largest entry of its scaled row.
    """

    def __init__(self, rows: Rows) -> None:
        scales = [max(map(abs, row), default=0) for row in rows]
        if not all(scales):
            raise Singular
        left = [[x / scale for x in row] for row, scale in zip(rows, scales, strict=True)]
        order = list(range(len(left)))
        self.least: Number = 1.0
        for k in range(len(left)):
            pivot = max(range(k, len(left)), key=lambda i: abs(left[i][k]))
            left[k], left[pivot] = left[pivot], left[k]
            order[k], order[pivot] = order[pivot], order[k]
            head = left[k][k]
            if not head or not math.isfinite(head):
                raise Singular
            self.least = min(self.least, abs(head))
            for row in left[k + 1 :]:
                if row[k]:
                    row[k] = factor = row[k] / head
                    for j in range(k + 1, len(row)):
                        row[j] -= factor * left[k][j]
        self._left, self._order, self._scales = left, order, scales

    def solve(self, right: Sequence[Number]) -> list[Number]:
        """The solution for one right-hand side."""
        found = [right[i] / self._scales[i] for i in self._order]
        for i, row in enumerate(self._left):
            for j in range(i):
                if row[j]:
                    found[i] -= row[j] * found[j]
        for i in range(len(found) - 1, -1, -1):
            row = self._left[i]
            for j in range(i + 1, len(found)):
                found[i] -= row[j] * found[j]
            found[i] /= row[i]
        return found

    def inverse(self) -> list[list[Number]]:
        """The inverse matrix."""
        size = len(self._left)
        return transposed([self.solve([int(i == j) for i in range(size)]) for j in range(size)])


def solved(rows: Rows, right: Sequence[Number], tolerance: Number) -> list[Number]:
    """A solution of as many equations as are independent: pivots within *tolerance* of 0, against the largest entry of
    their row, are 0, and so is what they leave open."""
    scales = [max(map(abs, row), default=0) or 1 for row in rows]
    left = [[x / scale for x in (*row, y)] for row, y, scale in zip(rows, right, scales, strict=True)]
    order = list(range(len(rows[0])))
    rank = 0
    for k in range(min(len(left), len(order))):
        places = ((i, j) for i in range(k, len(left)) for j in range(k, len(order)))
        i, j = max(places, key=lambda place: abs(left[place[0]][order[place[1]]]))
        left[k], left[i] = left[i], left[k]
        order[k], order[j] = order[j], order[k]
        head = left[k][order[k]]
        if not abs(head) > tolerance:
            break
        rank += 1
        for row in left[k + 1 :]:
            factor = row[order[k]] / head
            row[:] = [x - factor * y for x, y in zip(row, left[k], strict=True)]
    found = [0 * left[0][-1] for _ in order]
    for k in range(rank - 1, -1, -1):
        rest = left[k][-1] - sum(left[k][order[j]] * found[order[j]] for j in range(k + 1, rank))
        found[order[k]] = rest / left[k][order[k]]
    return found


def cholesky(rows: Rows, tolerance: float) -> list[list[Number]] | None:
    """L with L·Lᵀ the matrix, None where that is not positive semidefinite.

    A pivot within *tolerance* of 0, against the diagonal, is 0.
    """
    size = len(rows)
    left: list[list[Number]] = [[0 * rows[0][0]] * size for _ in range(size)]
    for j in range(size):
        rest = rows[j][j] - dot(left[j], left[j])
        if rest < -tolerance * abs(rows[j][j]):
            return None
        zero = rest <= tolerance * abs(rows[j][j])
        left[j][j] = 0 * rest if zero else root(rest)
        for i in range(j + 1, size):
            entry = rows[i][j] - dot(left[i], left[j])
            if not zero:
                left[i][j] = entry / left[j][j]
            elif abs(entry) > math.sqrt(tolerance * abs(float(rows[j][j] * rows[i][i]))):
                return None
    return left


def eigen(rows: Rows) -> tuple[list[float], list[list[float]]]:
    """The eigenvalues of a symmetric matrix, ascending, and the eigenvectors as rows: Jacobi's rotations, in floats."""
    size = len(rows)
    scale = float(max((abs(x) for row in rows for x in row), default=0)) or 1.0
    a = [[float(x) / scale for x in row] for row in rows]
    vectors = [[float(i == j) for j in range(size)] for i in range(size)]
    for _ in range(60):
        off = math.fsum(a[i][j] ** 2 for i in range(size) for j in range(i))
        if off <= 1e-32 * math.fsum(a[i][i] ** 2 for i in range(size)):
            break
        for p in range(size):
            for q in range(p + 1, size):
                if not a[p][q]:
                    continue
                theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                t = math.copysign(1, theta) / (abs(theta) + math.hypot(theta, 1))
                c = 1 / math.hypot(t, 1)
                s = t * c
                for row in a:
                    row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
                for pair in (a, vectors):
                    pair[p], pair[q] = (
                        [c * x - s * y for x, y in zip(pair[p], pair[q], strict=True)],
                        [s * x + c * y for x, y in zip(pair[p], pair[q], strict=True)],
                    )
    order = sorted(range(size), key=lambda i: a[i][i])
    return [a[i][i] * scale for i in order], [vectors[i] for i in order]
