"""Matrices in SymPy's notation mean what SymPy makes of them: * is their product, ** their power."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

from adcli.derivatives.answers import evaluate, jacobian
from adcli.errors import SyntaxFault

VALUES: dict[str, Any] = {"A": [[2, 1], [1, 3]], "B": [[1, 4], [2, -1]], "x": [1, 2], "y": [3, -1], "c": 5}
SAME = [
    "Matrix([[1, 2], [3, c]])*Matrix([5, 6])",
    "Matrix(2, 3, [1, 2, 3, 4, 5, c])*Matrix([[1], [2], [c]])",
    "A*B",
    "A*B*x + 2*x - y/c",
    "A.T*B.T*x",
    "x.T*A*y",
    "x*y.T",
    "x*x.T*A",
    "A**2*x",
    "A**-1*x + B**3*y",
    "A.inv()*B.inv()*x",
    "A.det()*x + B.trace()*y",
    "(A + B).inv()*(x - y)",
    "-A*x + c*B*y",
    "A.T**2",
    "det(A*B)*c",
    "Transpose(x)*y",
]


def value(text: str) -> list[float]:
    """The elements of what SymPy computes, row by row."""
    names = {n: sympy.Matrix(v) if isinstance(v, list) else sympy.Integer(v) for n, v in VALUES.items()}
    names |= {"Matrix": sympy.Matrix, "det": sympy.det, "Transpose": sympy.transpose}
    found = eval(text, names)  # the texts above
    return [float(element) for element in found] if isinstance(found, sympy.MatrixBase) else [float(found)]


def used(text: str) -> dict[str, Any]:
    """The values that a text asks for."""
    return {name: given for name, given in VALUES.items() if name in text.replace("Transpose", "").replace("Matrix", "")
            and (name != "c" or "c" in text.replace("trace", ""))}  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_a_text_has_the_value_that_sympy_gives_it(text: str) -> None:
    assert evaluate(text, used(text), syntax="sympy").values == pytest.approx(value(text), abs=1e-12)


def test_its_derivatives_are_those_of_the_textbook() -> None:
    """The gradient of xᵀAx is (A + Aᵀ)x, the Jacobian of A⁻¹x is A⁻¹."""
    at = {"A": VALUES["A"], "x": VALUES["x"]}
    found = jacobian("x.T*A*x", at, syntax="sympy", wrt="x")
    assert found.inputs == ("x[1]", "x[2]")
    assert found.jacobian[0] == pytest.approx((8, 14))
    rows = jacobian("A**-1*x", at, syntax="sympy", wrt="x").jacobian
    assert [entry for row in rows for entry in row] == pytest.approx([0.6, -0.2, -0.2, 0.4])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x*y", "two columns have no product"),
        ("x**2", "only a square matrix has powers"),
        ("A**0.5", "the power of a matrix is a whole number"),
        ("A**c", "the power of a matrix is a whole number"),
        ("exp(A)", "exp of a matrix is not read here"),
        ("A + c", "a number cannot be added to a matrix"),
        ("x*A", "a column times a matrix is no product"),
        ("c/A", "/ by a 2 by 2 matrix is not read here"),
        ("Matrix(2, 2, [1, 2, 3])", "3 elements make no matrix of that size"),
        ("Matrix(c)", "a matrix is written Matrix([[1, 2], [3, 4]])"),
    ],
)
def test_nothing_goes_by_elements(text: str, said: str) -> None:
    """What SymPy refuses, or computes otherwise, is refused."""
    with pytest.raises(SyntaxFault) as caught:
        evaluate(text, used(text), syntax="sympy")
    assert said in caught.value.message
