"""Least squares in a stream: of any number of rows of a matrix only its triangle R is kept, with Q·R the matrix.

Rows that come later are stacked under R and made a triangle again. No digits are lost to AᵀA.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul
from typing import Any

from adcli.arithmetic.matrices import norm

Columns = Sequence[Any]
"""Columns of one length: lists of floats, or arrays."""


INDEPENDENT = 1e-5
"""Columns of length 1 that are farther than this from what the others span are far from dependent."""


class Triangle:
    """R of [J r]: `upper`, with the column of the residual last; `rows` counts those of the matrix."""

    def __init__(self, width: int) -> None:
        self.upper: list[list[float]] = [[0.0] * width for _ in range(width)]
        self.rows = 0

    def add(self, columns: Columns, count: int) -> None:
        """Take more rows in."""
        if not count:
            return
        if any(hasattr(column, "dtype") for column in columns):
            self.upper = _by_numpy(self.upper, columns)
        else:
            width = len(self.upper)
            stacked = [[*(self.upper[i][j] for i in range(width)), *columns[j]] for j in range(width)]
            self.upper = upper(stacked)
        self.rows += count

    @property
    def size(self) -> int:
        """The number of parameters."""
        return len(self.upper) - 1

    @property
    def jacobian(self) -> list[list[float]]:
        """The triangle of the Jacobian."""
        return [row[: self.size] for row in self.upper[: self.size]]

    @property
    def along(self) -> list[float]:
        """The part of the residual in the Jacobian's range."""
        return [row[self.size] for row in self.upper[: self.size]]

    @property
    def across(self) -> float:
        """The length of the rest of it."""
        return abs(self.upper[self.size][self.size])

    @property
    def cost(self) -> float:
        """The sum of the squares of the residuals."""
        return math.fsum(x * x for x in (*self.along, self.across))

    @property
    def lengths(self) -> list[float]:
        """Those of the Jacobian's columns."""
        return [float(norm(column)) for column in zip(*self.jacobian, strict=True)]

    @property
    def finite(self) -> bool:
        """Whether all is."""
        return all(map(math.isfinite, (x for row in self.upper for x in row))) and math.isfinite(self.cost)

    def step(self, push: float = 0.0, scales: Sequence[float] = (), chosen: Sequence[int] | None = None) -> list[float]:
        """The step that lowers the residual most, for all parameters or those chosen; damped by *push* times the
        *scales*."""
        places = list(range(self.size)) if chosen is None else list(chosen)
        columns = [[row[j] for row in self.upper[: self.size]] for j in places]
        right = [-x for x in self.along]
        if push:
            root = math.sqrt(push)
            for k, column in enumerate(columns):
                column += [root * scales[places[k]] if i == k else 0.0 for i in range(len(places))]
            right += [0.0] * len(places)
        found = solved(columns, right)
        step = [0.0] * self.size
        for place, x in zip(places, found, strict=True):
            step[place] = x
        return step

    def promised(self, step: Sequence[float]) -> float:
        """By how much the linear model's cost falls along a step."""
        onward = [z + math.fsum(map(mul, row, step)) for z, row in zip(self.along, self.jacobian, strict=True)]
        return math.fsum(z * z for z in self.along) - math.fsum(z * z for z in onward)


def upper(columns: list[list[float]]) -> list[list[float]]:
    """The triangle of a matrix, given by its columns, by Householder's reflections. The columns are used up."""
    width = len(columns)
    for k in range(min(width, len(columns[0]))):
        tail = columns[k][k:]
        length = float(norm(tail))
        if not length:
            continue
        head = tail[0]
        alpha = -math.copysign(length, head)
        tail[0] = head - alpha
        square = length * (length + abs(head))
        columns[k][k:] = [alpha, *[0.0] * (len(tail) - 1)]
        for j in range(k + 1, width):
            other = columns[j][k:]
            part = math.fsum(map(mul, tail, other)) / square
            columns[j][k:] = [y - part * v for v, y in zip(tail, other, strict=True)]
    return [[columns[j][i] if i <= j and i < len(columns[j]) else 0.0 for j in range(width)] for i in range(width)]


def solved(columns: list[list[float]], right: list[float]) -> list[float]:
    """The least-squares solution for columns and a right-hand side, columns brought to one length first.

    What a column without a length of its own would need stays 0.
    """
    lengths = [float(norm(column)) or 1.0 for column in columns]
    scaled = [[x / length for x in column] for column, length in zip(columns, lengths, strict=True)]
    count = len(columns)
    rows = upper([*scaled, list(right)])
    found = [0.0] * count
    for i in range(count - 1, -1, -1):
        pivot = rows[i][i]
        if abs(pivot) > 1e-15:
            found[i] = (rows[i][count] - math.fsum(map(mul, rows[i][i + 1 : count], found[i + 1 :]))) / pivot
    return [x / length for x, length in zip(found, lengths, strict=True)]


def _by_numpy(upper: list[list[float]], columns: Columns) -> list[list[float]]:
    """The same with arrays: by Cholesky's triangle of AᵀA, twice (Yamamoto et al. 2015), where the columns are far from
    dependent, which is as good as Householder's and takes a fraction of the time."""
    import numpy as np

    width, count = len(upper), len(columns[0])
    matrix = np.empty((width, width + count))
    matrix[:, :width] = np.array(upper).T
    for row, column in zip(matrix, columns, strict=True):
        row[width:] = column
    found: Any = _twice(np, matrix)
    if found is None:
        if not np.isfinite(matrix).all():
            return [[math.inf] * width] * width
        found = np.linalg.qr(matrix.T, mode="r")
    rows: list[list[float]] = found.tolist()
    return rows


def _twice(np: Any, matrix: Any) -> Any:
    """R of the transposed matrix, None where its rows are near to dependent, or not finite."""
    lengths = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    if not (np.isfinite(lengths).all() and lengths.all()):
        return None
    scaled = matrix / lengths[:, None]
    try:
        first = np.linalg.cholesky(scaled @ scaled.T)
        if first.diagonal().min() < INDEPENDENT:
            return None
        square = np.linalg.inv(first) @ scaled
        second = np.linalg.cholesky(square @ square.T)
    except np.linalg.LinAlgError:
        return None
    return (first @ second).T * lengths
