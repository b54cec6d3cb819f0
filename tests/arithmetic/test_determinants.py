"""Determinants and cofactors: exact whatever the pivots, and those of singular matrices."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from mpmath import mp

import adcli
from adcli.arithmetic.balls import Balls
from adcli.arithmetic.complexes import complexes
from adcli.arithmetic.determinants import (
    bareiss,
    cofactors_of_floats,
    cofactors_of_integers,
    determinant_of_floats,
    determinant_of_integers,
    expanded,
)
from adcli.arithmetic.enclosures import Enclosures
from adcli.ops import DET

EPSILON = 2.0**-52


def drawn(size: int, seed: int) -> list[float]:
    source = random.Random(seed)
    return [source.gauss(0, 1) for _ in range(size * size)]


def matrix(elements: list[float]) -> list[list[Fraction]]:
    size = math.isqrt(len(elements))
    return [[Fraction(x) for x in elements[i * size : (i + 1) * size]] for i in range(size)]


def by_fractions(rows: list[list[Fraction]]) -> Fraction:
    """Gauss, with the first pivot that is not zero."""
    rows, found = [list(row) for row in rows], Fraction(1)
    for k in range(len(rows)):
        pivot = next((i for i in range(k, len(rows)) if rows[i][k]), None)
        if pivot is None:
            return Fraction(0)
        if pivot != k:
            rows[k], rows[pivot], found = rows[pivot], rows[k], -found
        found *= rows[k][k]
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return found


@pytest.mark.parametrize("size", range(1, 9))
def test_small_determinants_are_the_nearest_double(size: int) -> None:
    elements = drawn(size, size)
    assert determinant_of_floats(tuple(elements)) == float(by_fractions(matrix(elements)))


@pytest.mark.parametrize("size", [2, 4, 7, 10, 20, 30])
def test_determinants_and_cofactors_are_right_to_their_condition(size: int) -> None:
    elements = drawn(size, size)
    mp.dps = 40
    exact = mp.matrix(size, size)
    for i, x in enumerate(elements):
        exact[i // size, i % size] = mp.mpf(x)
    whole, inverse = mp.det(exact), exact**-1
    condition = float(mp.norm(exact, mp.inf) * mp.norm(inverse, mp.inf))
    tolerance = 100 * condition * EPSILON
    assert determinant_of_floats(tuple(elements)) == pytest.approx(float(whole), rel=tolerance)
    largest = float(max(abs(whole * x) for x in inverse))
    for place, found in enumerate(cofactors_of_floats(tuple(elements))):
        truth = float(whole * inverse[place % size, place // size])
        assert found == pytest.approx(truth, rel=tolerance, abs=tolerance * largest)


@pytest.mark.parametrize("size", [3, 6, 12, 30])
def test_zeros_on_the_diagonal_are_no_trouble(size: int) -> None:
    """Permutations: every elimination without a choice of pivots divides by zero."""
    order = [*range(1, size), 0]
    elements = [float(order[i] == j) * (i + 2) for i in range(size) for j in range(size)]
    sign = -1 if size % 2 == 0 else 1
    assert determinant_of_floats(tuple(elements)) == pytest.approx(sign * math.factorial(size + 1), rel=1e-14)


@pytest.mark.parametrize("size", [2, 3, 5, 9, 12])
def test_the_derivative_at_a_singular_matrix_is_its_adjugate(size: int) -> None:
    """Of rank n - 1 the minors, of less rank zero."""
    rows = [[float((i * 7 + j * 3) % 5 - 2 + (i == j)) for j in range(size)] for i in range(size)]
    rows[-1] = [2 * a for a in rows[0]]
    elements = [a for row in rows for a in row]
    assert determinant_of_floats(tuple(elements)) == 0
    exact = matrix(elements)
    minors = [
        (-1) ** (i + j) * by_fractions([row[:j] + row[j + 1 :] for k, row in enumerate(exact) if k != i])
        for i in range(size)
        for j in range(size)
    ]
    assert cofactors_of_floats(tuple(elements)) == [float(minor) for minor in minors]
    if size > 2:
        rows[1] = list(rows[0])
        assert not any(cofactors_of_floats(tuple(a for row in rows for a in row)))


def test_every_arithmetic_has_the_same_determinant() -> None:
    for size in (2, 3, 4):
        elements = [float(round(4 * x)) for x in drawn(size, size)]
        truth = by_fractions(matrix(elements))
        assert expanded([Fraction(x) for x in elements], Fraction.__add__, Fraction.__sub__, Fraction.__mul__) == truth
        assert bareiss([[int(a) for a in row] for row in matrix(elements)])[0] == truth
        balls = Balls(30)
        assert balls.value(DET)(*map(balls.exactly, elements)).exact == truth
        pi = balls.literal("pi")
        assert float(balls.value(DET)(*[pi * x for x in elements])) == pytest.approx(float(truth) * math.pi**size)
        assert complexes().function(DET)(*map(complex, elements)).real == pytest.approx(float(truth), abs=1e-12)
        enclosures = Enclosures()
        low, error = enclosures.function(DET)(*[(x, 0.0) for x in elements])
        assert abs(low - float(truth)) <= error + 1e-12


@pytest.mark.parametrize("text", ["inv(A)[1,1]", "solve(A, [1, 2, 3])[2]"])
def test_a_singular_matrix_has_no_inverse(text: str) -> None:
    name = text.partition("(")[0]
    for point in ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[0, 0, 0], [1, 2, 3], [3, 1, 2]]):
        with pytest.raises(adcli.AdcliError, match=f"{name} needs a matrix with an inverse") as caught:
            adcli.gradient(text, {"A": point})
        assert caught.value.exit_code == 3


def test_solutions_are_right_whatever_the_pivots_are() -> None:
    """With zeros on the diagonal, and with many digits."""
    size = 12
    rows = [[0.0 if i == j else 1.0 / (i + j + 1) for j in range(size)] for i in range(size)]
    right = [float(i % 3 - 1) for i in range(size)]
    mp.dps = 60
    truth = mp.lu_solve(mp.matrix(rows), mp.matrix(right))
    found = adcli.evaluate("solve(A, b)", {"A": rows, "b": right}).values
    assert list(found) == pytest.approx([float(x) for x in truth], rel=1e-12)
    precise = adcli.evaluate("solve(A, b)[3]", {"A": rows, "b": right}, precision=50).values[0]
    assert abs(precise - truth[2]) < abs(truth[2]) * mp.mpf(10) ** -45


def test_taylor_series_and_second_derivatives_go_through_determinants() -> None:
    """det(I + t·A) = 1 + t·tr A + t²·det A of two rows."""
    text = "det([[1 + t*2, t*3], [t*5, 1 + t*7]])"
    series = adcli.taylor_series(text, {"t": 0}, order=3)
    assert [float(c) for c in series.coefficients] == pytest.approx([1, 9, 2 * 7 - 3 * 5, 0])
    hessian = adcli.hessian("det(A)", {"A": [[1, 2], [2, 4]]}).hessian
    assert hessian == ((0, 0, 0, 1), (0, 0, -1, 0), (0, -1, 0, 0), (1, 0, 0, 0))


def bordered(rows: list[list[Fraction]], right: list[int], place: int, factor: int = 1) -> list[list[Fraction]]:
    """[[A, b], [p·eᵀ, 0]]."""
    last = [Fraction(factor * (j == place)) for j in range(len(rows) + 1)]
    return [*[[*row, Fraction(b)] for row, b in zip(rows, right, strict=True)], last]


@pytest.mark.parametrize(("size", "factor"), [(8, 1), (9, 1), (9, -3), (11, 2)])
def test_a_border_changes_nothing_but_the_time(size: int, factor: int) -> None:
    """Inverses and solutions are determinants of the matrix with a border, whose minors are found by its inverse."""
    source = random.Random(size)
    inner = [[Fraction(source.randint(-4, 4)) for _ in range(size)] for _ in range(size)]
    for right in ([source.randint(-3, 3) for _ in range(size)], [int(k == 2) for k in range(size)]):
        rows = bordered(inner, right, 3, factor)
        whole = [[int(a) for a in row] for row in rows]
        assert determinant_of_integers(whole) == by_fractions(rows)
        found = cofactors_of_integers(whole)
        for i, j in [(0, 0), (2, 5), (size, 3), (size, 0), (4, size), (size, size)]:
            minor = by_fractions([row[:j] + row[j + 1 :] for k, row in enumerate(rows) if k != i])
            assert found[i][j] == (-1) ** (i + j) * minor


@pytest.mark.parametrize("size", [6, 9, 20, 30])
def test_inverses_and_their_derivatives_are_right_to_their_condition(size: int) -> None:
    """∂ sum(A⁻¹) = -A⁻ᵀ·1·1ᵀ·A⁻ᵀ, and ∂ sum(A⁻¹b) = -A⁻ᵀ·1·xᵀ by A, A⁻ᵀ·1 by b."""
    elements = drawn(size, size)
    elements[:: size + 1] = [0.0] * size
    rows = [elements[i * size : (i + 1) * size] for i in range(size)]
    right = drawn(size, 1)[:size]
    mp.dps = 30
    inverse = mp.matrix(rows) ** -1
    condition = float(mp.norm(mp.matrix(rows), mp.inf) * mp.norm(inverse, mp.inf))
    ones = mp.matrix([1] * size)
    left, across, solution = inverse.T * ones, inverse * ones, inverse * mp.matrix(right)

    def agree(found: object, truth: list[float]) -> None:
        largest = max(map(abs, truth))
        assert list(found) == pytest.approx(truth, rel=0, abs=100 * condition * EPSILON * largest)  # type: ignore[call-overload]

    values = adcli.evaluate("inv(A)", {"A": rows}).values
    agree(values, [float(x) for x in inverse])
    places = [(i, j) for i in range(size) for j in range(size)]
    found = adcli.gradient("sum(inv(A))", {"A": rows})
    agree(found.gradient.values(), [float(-left[i] * across[j]) for i, j in places])
    found = adcli.gradient("sum(solve(A, b))", {"A": rows, "b": right})
    agree(found.gradient.values(), [*[float(-left[i] * solution[j]) for i, j in places], *map(float, left)])


def test_a_permutation_is_inverted_exactly() -> None:
    size = 11
    rows = [[float((3 * i + 1) % size == j) for j in range(size)] for i in range(size)]
    found = adcli.evaluate("inv(P)", {"P": rows}).values
    assert list(found) == [rows[j][i] for i in range(size) for j in range(size)]


def test_a_large_inverse_has_the_digits_that_are_asked_for() -> None:
    size = 9
    rows = [[1 / (i + j + 1) for j in range(size)] for i in range(size)]
    mp.dps = 60
    inverse = mp.matrix(rows) ** -1
    found = adcli.gradient("inv(H)[2,3]", {"H": rows}, precision=40).gradient["H[4,5]"]
    truth = -inverse[1, 3] * inverse[4, 2]
    assert abs(found - truth) < abs(truth) * mp.mpf(10) ** -38


@pytest.mark.parametrize("size", [3, 10])
def test_what_is_made_of_a_singular_matrix_is_refused_at_any_size(size: int) -> None:
    rows = [[float(i + j) for j in range(size)] for i in range(size)]
    for text, more in (("sum(inv(A))", {}), ("sum(solve(A, b))", {"b": [1.0] * size})):
        with pytest.raises(adcli.AdcliError, match="needs a matrix with an inverse"):
            adcli.gradient(text, {"A": rows, **more})


@pytest.mark.parametrize("start", ["0", "1e-3"])
def test_a_determinant_to_which_much_cancels_is_right(start: str) -> None:
    """That of Hilbert's matrix of 12 rows, about 2.6e-78, and of one beside it."""
    size = 12
    outputs = [
        " + ".join(f"x[{j}]/{i + j - 1}" for j in range(1, size + 1)) + f" + {start}*x[{i}]^2/2"
        for i in range(1, size + 1)
    ]
    found = adcli.jacobian(outputs, {"x": [1] * size}, det=True).determinant
    shift = Fraction(start)
    rows = [[Fraction(1, i + j + 1) + shift * (i == j) for j in range(size)] for i in range(size)]
    assert found == pytest.approx(float(by_fractions(rows)), rel=1e-14, abs=0)
