"""Matrices in the notations of papers and of computer algebra."""

from __future__ import annotations

from typing import Any

import pytest

import adcli

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
