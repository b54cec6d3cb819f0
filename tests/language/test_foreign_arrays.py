"""Matrices in the notations of papers and of computer algebra."""

from __future__ import annotations

from typing import Any

import pytest

import adcli
from adcli.errors import AdcliError

A, X = [[1, 2], [3, 4]], [5, -1]
PRODUCT = r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \begin{pmatrix} a \\ b \end{pmatrix}"


@pytest.mark.parametrize(
    ("syntax", "text", "at", "values"),
    [
        ("mathematica", "{{1,2},{3,4}}.x", {"x": X}, [3, 11]),
        ("mathematica", "Transpose[A].x", {"A": A, "x": X}, [2, 6]),
        ("mathematica", "Det[A] + Tr[A] + Norm[x]^2", {"A": A, "x": X}, [-2 + 5 + 26]),
        ("mathematica", "LinearSolve[A, x]", {"A": A, "x": X}, [-11, 8]),
        ("mathematica", "Total[x]*Total[{1, 2}]", {"x": X}, [12]),
        ("mathematica", "Max[{1, k}]", {"k": 3}, [3]),
        ("maxima", "matrix([1,2],[3,4]).x", {"x": X}, [3, 11]),
        ("maxima", "determinant(A)*x", {"A": A, "x": X}, [-10, 2]),
        ("maxima", "transpose(A).invert(A)", {"A": [[0, 1], [1, 0]]}, [1, 0, 0, 1]),
        ("latex", PRODUCT, {"a": 5, "b": -1}, [3, 11]),
        ("latex", r"A x + b", {"A": A, "x": X, "b": [1, 1]}, [4, 12]),
        ("latex", r"\det \begin{bmatrix} a & 2 \\ 3 & 4 \end{bmatrix}", {"a": 1}, [-2]),
    ],
)
def test_matrices_are_read(syntax: str, text: str, at: dict[str, Any], values: list[float]) -> None:
    assert list(adcli.evaluate(text, at, syntax=syntax).values) == pytest.approx(values)


def test_names_of_outputs_are_none_of_the_inputs() -> None:
    found = adcli.evaluate("{1, 2}*y", {"y": [3, 4]}, syntax="mathematica")
    assert found.values == (3, 8)
    assert not {name for name in found.outputs if name.startswith("y[")}


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        ("matlab", "norm(a, Inf)"),
        ("matlab", "norm(a, inf)"),
        ("julia", "norm(a, Inf)"),
        ("python", "np.linalg.norm(a, np.inf)"),
        ("python", "np.linalg.norm(a, ord=np.inf)"),
        ("python", "torch.norm(a, p=torch.inf)"),
        ("python", "a.norm(torch.inf)"),
        ("mathematica", "Norm[a, Infinity]"),
        ("latex", r"\|a\|_\infty"),
    ],
)
def test_the_largest_size_is_the_norm_for_an_infinite_p(syntax: str, text: str) -> None:
    """However infinity is called: of (3, -4) it is 4."""
    assert adcli.evaluate(text, {"a": [3, -4]}, syntax=syntax).values == (4,)


def test_of_a_matrix_that_norm_is_the_largest_sum_of_a_row_in_numpy() -> None:
    """max(|a| + 2, 3 + 4), as numpy.linalg.norm says; Julia's is of all elements, and is not read."""
    text = "np.linalg.norm([[a, -2], [3, 4]], np.inf)"
    assert adcli.evaluate(text, {"a": 1}, syntax="python").values == (7,)
    with pytest.raises(AdcliError, match="a vector"):
        adcli.evaluate("norm(A, Inf)", {"A": A}, syntax="julia")


@pytest.mark.parametrize(
    ("syntax", "text"),
    [("matlab", "x + Inf"), ("julia", "norm(x, Inf) + Inf"), ("python", "x*np.inf"), ("mathematica", "x/Infinity")],
)
def test_infinity_is_a_norms_p_and_no_number(syntax: str, text: str) -> None:
    """Anywhere else it is refused."""
    with pytest.raises(AdcliError, match=r"infinity|inf\b"):
        adcli.evaluate(text, {"x": [1, 2]}, syntax=syntax)
