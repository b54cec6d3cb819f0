"""Determinants and their derivatives, exactly: of numbers that are integers times powers of two, as all floats are.

No pivot is too small here, and a singular matrix is one: elimination goes over the integers (Bareiss 1968), and only
the result is rounded. The derivative by an element is its cofactor; all of them together come from one elimination.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import TypeVar

from adcli.arithmetic import arb
from adcli.errors import LimitError

Scaled = tuple[int, int]
"""(m, e) for m·2^e."""
Rows = list[list[int]]
T = TypeVar("T")
Join = Callable[[T, T], T]

LARGE = 30
"""Rows from which on python-flint, where it is there, eliminates integers."""
MOST_WORK = 2 * 10**10
"""Rows⁴ times bits up to which elimination takes seconds without it."""
EXPANDED = 8
"""Up to so many rows a determinant is expanded, where it cannot be eliminated."""


def scaled(number: float) -> Scaled:
    """A float as an integer times a power of two. ValueError or OverflowError where it is none."""
    fraction, exponent = math.frexp(number)
    return int(fraction * 9007199254740992.0), exponent - 53


def rounded(number: Scaled) -> float:
    """The nearest float. OverflowError where there is none."""
    whole, exponent = number
    return float(whole << exponent) if exponent >= 0 else whole / (1 << -exponent)


def square(elements: Sequence[Scaled]) -> tuple[Rows, list[int]]:
    """The integers of a matrix, and the power of two that each row is divided by."""
    size = math.isqrt(len(elements))
    rows, exponents = [], []
    for i in range(size):
        row = elements[i * size : (i + 1) * size]
        least = min([e for m, e in row if m], default=0)
        rows.append([m << (e - least) if m else 0 for m, e in row])
        exponents.append(least)
    return rows, exponents


@lru_cache(maxsize=256)
def determinant(elements: tuple[Scaled, ...]) -> Scaled:
    """The determinant of the matrix with these elements, row by row."""
    rows, exponents = square(elements)
    return determinant_of_integers(rows), sum(exponents)


@lru_cache(maxsize=64)
def cofactors(elements: tuple[Scaled, ...]) -> list[Scaled]:
    """The determinant's derivatives by each element."""
    rows, exponents = square(elements)
    whole = sum(exponents)
    found = cofactors_of_integers(rows)
    return [(m, whole - e) for row, e in zip(found, exponents, strict=True) for m in row]


def determinant_of_integers(rows: Rows) -> int:
    """The determinant of a matrix of integers."""
    border = _Border.of(rows)
    if border is not None:
        return border.determinant
    if len(rows) > LARGE and arb.installed():
        from flint import fmpz_mat

        return int(fmpz_mat(rows).det())
    size = len(rows)
    if size**4 * max([a.bit_length() for row in rows for a in row]) > MOST_WORK:
        raise LimitError(
            f"a matrix of {size} rows whose determinant floats do not tell takes minutes without python-flint",
            hint="pip install 'adcli[proof]' brings it",
        )
    return bareiss(rows)[0]


def cofactors_of_integers(rows: Rows) -> Rows:
    """Its derivatives by each element."""
    border = _Border.of(rows)
    return _cofactors(rows) if border is None else border.cofactors()


def bareiss(rows: Rows) -> tuple[int, Rows]:
    """The determinant, by an elimination that stays within the integers; and the triangle, where it is not 0."""
    rows = [list(row) for row in rows]
    size, sign, last = len(rows), 1, 1
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k]), None)
        if pivot is None:
            return 0, rows
        if pivot != k:
            rows[k], rows[pivot], sign = rows[pivot], rows[k], -sign
        top, head = rows[k], rows[k][k]
        for i in range(k + 1, size):
            row, factor = rows[i], rows[i][k]
            rows[i] = row[: k + 1] + [
                (a * head - factor * b) // last for a, b in zip(row[k + 1 :], top[k + 1 :], strict=True)
            ]
        last = head
    return sign * last, rows


def _cofactors(rows: Rows) -> Rows:
    """All cofactors: det·A⁻¹, transposed; of a singular matrix the product of its null vectors."""
    size = len(rows)
    if size == 1:
        return [[1]]
    adjugate = _adjugate(rows)
    if adjugate is not None:
        return [list(column) for column in zip(*adjugate, strict=True)]
    right, left = _null(rows), _null([list(row) for row in zip(*rows, strict=True)])
    if right is None or left is None:
        return [[0] * size for _ in range(size)]
    i = next(i for i, u in enumerate(left) if u)
    j = next(j for j, v in enumerate(right) if v)
    minor, _ = bareiss([[a for c, a in enumerate(row) if c != j] for r, row in enumerate(rows) if r != i])
    scale = Fraction(-minor if (i + j) % 2 else minor) / (left[i] * right[j])
    return [[int(scale * u * v) for v in right] for u in left]


def _adjugate(rows: Rows) -> Rows | None:
    """det(A)·A⁻¹ by the elimination of Gauss and Jordan within the integers; None of a singular matrix."""
    size = len(rows)
    work = [list(row) + [int(i == j) for j in range(size)] for i, row in enumerate(rows)]
    last, sign = 1, 1
    for k in range(size):
        pivot = next((i for i in range(k, size) if work[i][k]), None)
        if pivot is None:
            return None
        if pivot != k:
            work[k], work[pivot], sign = work[pivot], work[k], -sign
        top, head = work[k], work[k][k]
        for i in range(size):
            if i != k:
                row, factor = work[i], work[i][k]
                work[i] = [(a * head - factor * b) // last for a, b in zip(row, top, strict=True)]
        last = head
    return [[sign * a for a in row[size:]] for row in work]


@lru_cache(maxsize=8)
def _adjugate_of(rows: tuple[tuple[int, ...], ...]) -> tuple[int, Rows] | None:
    """The determinant, and the adjugate; None of a singular matrix."""
    found = _adjugate([list(row) for row in rows])
    return None if found is None else (sum([a * row[0] for a, row in zip(rows[0], found, strict=True)]), found)


class _Border:
    """A large matrix with a border: a column b, and below it a row of zeros but for one number, at place i.

    With 1 there, its determinant is -det(A)·(A⁻¹b)ᵢ: what Cramer's rule divides. One inverse serves all that are asked
    of A.
    """

    def __init__(self, whole: int, adjugate: Rows, right: list[int], factor: int, place: int) -> None:
        self._whole = whole
        self._adjugate = adjugate
        self._row = [factor * x for x in adjugate[place]]
        filled = [k for k, b in enumerate(right) if b]
        self._solution = [sum([row[k] * right[k] for k in filled]) for row in adjugate]
        self.determinant = -factor * self._solution[place]

    @classmethod
    def of(cls, rows: Rows) -> _Border | None:
        """The matrix as one with a border; None where it is none, or what is inside has no inverse."""
        *last, corner = rows[-1]
        if len(last) <= SMALL or corner or last.count(0) != len(last) - 1:
            return None
        inner = _adjugate_of(tuple([tuple(row[:-1]) for row in rows[:-1]]))
        factor = sum(last)
        return None if inner is None else cls(*inner, [row[-1] for row in rows[:-1]], factor, last.index(factor))

    def cofactors(self) -> Rows:
        """By Jacobi's identity: minors of two rows less are those of the inverse."""
        whole, solution, least = self._whole, self._solution, self.determinant
        found = [
            [(a * least + head * v) // whole for a, v in zip(column, solution, strict=True)] + [-head]
            for head, column in zip(self._row, zip(*self._adjugate, strict=True), strict=True)
        ]
        return [*found, [-v for v in solution] + [whole]]


def _null(rows: Rows) -> list[Fraction] | None:
    """The vector that the matrix makes zero, where there is only one up to its length."""
    size = len(rows)
    work = [[Fraction(a) for a in row] for row in rows]
    pivots: list[int] = []
    for column in range(size):
        k = len(pivots)
        pivot = next((i for i in range(k, size) if work[i][column]), None)
        if pivot is None:
            continue
        work[k], work[pivot] = work[pivot], work[k]
        head = work[k][column]
        work[k] = [a / head for a in work[k]]
        for i in range(size):
            if i != k and work[i][column]:
                factor = work[i][column]
                work[i] = [a - factor * b for a, b in zip(work[i], work[k], strict=True)]
        pivots.append(column)
    if len(pivots) != size - 1:
        return None
    free = next(column for column in range(size) if column not in pivots)
    vector = [Fraction(0)] * size
    vector[free] = Fraction(1)
    for k, column in enumerate(pivots):
        vector[column] = -work[k][free]
    return vector


def expanded(elements: Sequence[T], add: Join[T], subtract: Join[T], multiply: Join[T]) -> T:
    """The determinant by rows, in any numbers that can be added and multiplied: 2^n steps for n rows, none divides."""
    size = math.isqrt(len(elements))
    minors: dict[int, T] = {1 << j: x for j, x in enumerate(elements[-size:])}
    for i in range(size - 2, -1, -1):
        row, larger = elements[i * size : (i + 1) * size], {}
        for columns in combinations(range(size), size - i):
            mask = sum([1 << j for j in columns])
            total = multiply(row[columns[0]], minors[mask ^ 1 << columns[0]])
            for k, j in enumerate(columns[1:], 1):
                total = (subtract if k % 2 else add)(total, multiply(row[j], minors[mask ^ 1 << j]))
            larger[mask] = total
        minors = larger
    return minors[(1 << size) - 1]


# Floats

SMALL = 8
"""Up to so many rows, exact elimination is as fast as floats are."""
CONDITION = 1e8
"""Floats do for larger matrices that are no worse conditioned than this."""


def determinant_of_floats(elements: tuple[float, ...]) -> float:
    """The determinant of a matrix of floats."""
    if len(elements) > SMALL * SMALL:
        inner, right, place = _inside(elements)
        if inner and (inverse := _inverse_of_floats(inner)) is not None:
            return -inverse[0] * _product(inverse[1][place], right)
        quick, condition, _ = _eliminated(_rows(elements, _PROBES))
        if condition < CONDITION:
            return quick
    return rounded(determinant(tuple([scaled(x) for x in elements])))


def floats_do(elements: tuple[float, ...]) -> bool:
    """Whether the determinant of such a matrix is found without exact elimination, or that takes no time."""
    if len(elements) <= SMALL * SMALL:
        return True
    inner, _, _ = _inside(elements)
    return _inverse_of_floats(inner or elements) is not None


@lru_cache(maxsize=64)
def cofactors_of_floats(elements: tuple[float, ...]) -> list[float]:
    """Its derivatives by each element."""
    if len(elements) > SMALL * SMALL:
        inner, right, place = _inside(elements)
        if inner and (inverse := _inverse_of_floats(inner)) is not None:
            return _bordered(*inverse, right, place)
        inverse = _inverse_of_floats(elements)
        if inverse is not None:
            return [inverse[0] * x for column in zip(*inverse[1], strict=True) for x in column]
    return [rounded(x) for x in cofactors(tuple([scaled(x) for x in elements]))]


@lru_cache(maxsize=8)
def _inverse_of_floats(elements: tuple[float, ...]) -> tuple[float, list[list[float]]] | None:
    """The determinant and the inverse; None where floats do not do."""
    size = math.isqrt(len(elements))
    whole, condition, inverse = _eliminated(
        _rows(elements, [[float(i == j) for j in range(size)] for i in range(size)])
    )
    return (whole, inverse) if condition < CONDITION else None


def _inside(elements: tuple[float, ...]) -> tuple[tuple[float, ...], list[float], int]:
    """What a matrix has within a border as that of `_Border`, the column, and the place of the 1; () for none."""
    size = math.isqrt(len(elements))
    last = elements[-size:]
    if size <= SMALL + 1 or last[-1] or last.count(0.0) != size - 1 or 1.0 not in last:
        return (), [], 0
    inner = [x for start in range(0, len(elements) - size, size) for x in elements[start : start + size - 1]]
    return tuple(inner), list(elements[size - 1 : -1 : size]), last.index(1.0)


def _bordered(whole: float, inverse: list[list[float]], right: list[float], place: int) -> list[float]:
    """What `_Border` has as cofactors."""
    top, solution = inverse[place], [_product(row, right) for row in inverse]
    least, found = solution[place], []
    for k, column in enumerate(zip(*inverse, strict=True)):
        head = top[k]
        found += [whole * (head * v - x * least) for x, v in zip(column, solution, strict=True)]
        found.append(-whole * head)
    return [*found, *[-whole * v for v in solution], whole]


def _product(row: list[float], column: list[float]) -> float:
    """The inner product, without what zeros add."""
    return sum([a * b for a, b in zip(row, column, strict=True) if b])


_PROBES = [[1.0, (-1.0) ** i] for i in range(1000)]
"""Right sides whose solutions tell how large the inverse is."""


def _rows(elements: tuple[float, ...], right: list[list[float]]) -> list[list[float]]:
    """The rows of a matrix with right sides behind it."""
    size = math.isqrt(len(elements))
    return [list(elements[i * size : (i + 1) * size]) + right[i % len(right)] for i in range(size)]


def _eliminated(work: list[list[float]]) -> tuple[float, float, list[list[float]]]:
    """The determinant by Gauss with row pivots, the condition that the solutions show (infinite where floats do not
    do), and these, for the right sides behind the rows."""
    size = len(work)
    norm = max([sum(map(abs, row[:size])) for row in work])
    whole = 1.0
    for k in range(size):
        pivot = max(range(k, size), key=lambda i: abs(work[i][k]))
        head = work[pivot][k]
        if not head:
            return 0.0, math.inf, []
        if pivot != k:
            work[k], work[pivot], whole = work[pivot], work[k], -whole
        whole *= head
        top = work[k] = work[k][: k + 1] + [a / head for a in work[k][k + 1 :]]
        below = top[k + 1 :]
        for i in range(k + 1, size):
            row = work[i]
            factor = row[k]
            if factor:
                work[i] = row[: k + 1] + [a - factor * b for a, b in zip(row[k + 1 :], below, strict=True)]
    right = [row[size:] for row in work]
    for k in range(size - 1, 0, -1):
        known = right[k]
        for i in range(k):
            factor = work[i][k]
            right[i] = [a - factor * b for a, b in zip(right[i], known, strict=True)]
    if not (math.isfinite(whole) and abs(whole) > 1e-290):
        return whole, math.inf, right
    return whole, norm * max([sum(map(abs, row)) for row in right]), right
