"""Arrays in Python, spreadsheets, MATLAB, Julia and LaTeX have the values that those programs and papers give them."""

from __future__ import annotations

import re
from typing import Any

import pytest

import adcli
from adcli.errors import AdcliError

np = pytest.importorskip("numpy")

VALUES: dict[str, Any] = {
    "x": [1.0, 2.0, 4.0],
    "y": [4.0, 5.0, 7.0],
    "A": [[2.0, 1.0, 0.0], [1.0, 3.0, 1.0], [0.5, 1.0, 5.0]],
    "B": [[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]],
    "c": 2.0,
}
x, y, A, B, c = (np.array(VALUES[name]) for name in "xyABc")
inverse = np.linalg.inv


def computed(syntax: str, text: str) -> list[float]:
    """The values that a text has, of those names that are in it."""
    given = {name: value for name, value in VALUES.items() if re.search(rf"(?<![A-Za-z]){name}(?![A-Za-z=])", text)}
    return list(adcli.evaluate(text, given, syntax=syntax).values)


PYTHON = """
np.sum(x) | sum(x) | np.prod(x) | np.sum(x*y) | np.mean(x) | np.dot(x, y) | np.dot(A, x) | np.inner(x, y)
np.outer(x, y) | np.linalg.norm(x) | np.linalg.norm(A) | np.linalg.norm(x, 1) | np.linalg.norm(x, ord=3)
np.linalg.det(A) | np.linalg.inv(A) | np.linalg.solve(A, x) | np.trace(A) | np.transpose(B) | np.max(x) | np.min(x)
np.max(B) | np.max(B, axis=1) | np.max(B, 0) | np.min(B, -1) | np.var(x) | np.std(x) | np.var(x, ddof=1)
np.std(B, axis=0, ddof=1) | np.cumsum(x) | np.matmul(A, x) | A@x | A.T | B.T@x | x.sum() | x.mean() | x.dot(y)
x.sum()**2 + 2*x.mean() | np.exp(x).sum() | (x*y).sum() | B.sum(axis=0) | B.sum(axis=-1) | B.sum(1) | np.sum(B)
np.sum(B, axis=1) | np.mean(B, 0) | x[0] | x[-1] | B[2, 1] | B[-1, 0] | x[0] + np.sum(x) | max(x) | np.maximum(x, 2)
A*A | A**2 | sum(x**2)/len(x) | x@A@x | sum(x[i]*y[i] for i in range(3)) | np.average(x) | x.max() - x.min()
"""


@pytest.mark.parametrize("text", [text.strip() for line in PYTHON.strip().splitlines() for text in line.split("|")])
def test_numpy_agrees(text: str) -> None:
    """NumPy itself computes the same numbers, in the same order."""
    expected = eval(text, {"np": np, "x": x, "y": y, "A": A, "B": B})  # the texts above
    assert computed("python", text) == pytest.approx(list(np.ravel(expected)))


def test_scipy_and_torch_have_their_own_names() -> None:
    """softmax sums to 1 along its axis, logsumexp is the logarithm of its denominator; torch.var divides by n - 1."""
    weights = np.exp(x) / np.exp(x).sum()
    assert computed("python", "scipy.special.softmax(x)") == pytest.approx(list(weights))
    assert computed("python", "torch.softmax(x, dim=0)") == pytest.approx(list(weights))
    assert computed("python", "scipy.special.logsumexp(x)") == pytest.approx([np.log(np.exp(x).sum())])
    rows = np.exp(B) / np.exp(B).sum(axis=1, keepdims=True)
    assert computed("python", "scipy.special.softmax(B, axis=-1)") == pytest.approx(list(np.ravel(rows)))
    assert computed("python", "torch.var(x)") == pytest.approx([np.var(x, ddof=1)])
    assert computed("python", "math.prod(x)") == [8]


SHEETS = {
    "=SUM(x)": 7,
    "=AVERAGE(x)": 7 / 3,
    "=PRODUCT(x)": 8,
    "=SUMSQ(x)": 21,
    "=COUNT(x)*SUM(x)": 21,
    "=MAX(x)": 4,
    "=VAR.P(x)": np.var(x),
    "=VAR.S(x)": np.var(x, ddof=1),
    "=STDEV.P(x)": np.std(x),
    "=STDEV.S(x)": np.std(x, ddof=1),
    "=MIN(x)": 1,
    "=SUM(x*y)": 42,
    "=SUMPRODUCT(x, y)": 42,
    "=SUM(SQRT(x))": 3 + 2**0.5,
    "=AVERAGE(x*2)": 14 / 3,
    "=SUM(IF(x>1, x, 0))": 6,
    "=COUNT(x*2)*SUM(x, 1)": 24,
    "=SUM(B)": 22,
    "=SUMPRODUCT((x-AVERAGE(x))^2)": 3 * np.var(x),
}


@pytest.mark.parametrize(("text", "expected"), SHEETS.items())
def test_a_list_is_a_range_in_a_spreadsheet(text: str, expected: float) -> None:
    """Excel's functions take the elements of a named list, and of what is computed of one, as the cells of a range."""
    assert computed("excel", text) == pytest.approx([expected])


MATLAB = {
    "A*A": A @ A,
    "A^2": A @ A,
    "A.^2": A**2,
    "A.*A": A * A,
    "A*x": A @ x,
    "x'*y": x @ y,
    "x*y'": np.outer(x, y),
    r"A\x": inverse(A) @ x,
    "A'": A.T,
    "B.'*x": B.T @ x,
    "A^2'": (A @ A).T,
    "A^-1": inverse(A),
    "x(1)": 1,
    "A(2,3)": 1,
    "x(1) + sum(x)": 8,
    "sum(x)": 7,
    "sum(A)": A.sum(0),
    "sum(A, 2)": A.sum(1),
    "sum(sum(A))": A.sum(),
    "prod(x)": 8,
    "mean(B)": B.mean(0),
    "norm(x)": 21**0.5,
    "det(A)": np.linalg.det(A),
    "inv(A)*x": inverse(A) @ x,
    "dot(x, y)": 42,
    "cross(x, y)": np.cross(x, y),
    "trace(A)": 10,
    "exp(x)": np.exp(x),
    "x + 1": x + 1,
    "1./x": 1 / x,
    "2.^x": 2**x,
    "max(x)": 4,
    "max(x, 2)": np.maximum(x, 2),
    "max(B)": B.max(0),
    "var(x)": np.var(x, ddof=1),
    "A + c": A + c,
    r"x.\y": y / x,
    "sum((x > 1).*y)": 12,
    "inv(c)": 0.5,
    "numel(A)*c": 18,
    "sind(x)": np.sin(np.radians(x)),
    "B'*B": B.T @ B,
    "sum(x')": 7,
    "-A^2": -A @ A,
    "(A*x)'*y": A @ x @ y,
    "cumsum(x)": np.cumsum(x),
}
JULIA = {
    "A*A": A @ A,
    "A^2": A @ A,
    "A .^ 2": A**2,
    "A .* A": A * A,
    "A*x": A @ x,
    "x'*y": x @ y,
    "x*y'": np.outer(x, y),
    r"A\x": inverse(A) @ x,
    "A'": A.T,
    "x[1]": 1,
    "A[2,3]": 1,
    "x[1] + sum(x)": 8,
    "sum(A)": A.sum(),
    "sum(A, dims=1)": A.sum(0),
    "sum(A, dims=2)": A.sum(1),
    "mean(x)": 7 / 3,
    "norm(A)": np.linalg.norm(A),
    "tr(A)": 10,
    "det(A)": np.linalg.det(A),
    "inv(A)*x": inverse(A) @ x,
    "dot(x, y)": 42,
    "x ⋅ y": 42,
    "x × y": np.cross(x, y),
    "exp.(x)": np.exp(x),
    "exp.(A)": np.exp(A),
    "x .+ 1": x + 1,
    "2A*x": 2 * A @ x,
    "maximum(x)": 4,
    "inv(c)": 0.5,
    "var(x)": np.var(x, ddof=1),
    "@. x^2*exp(x)": x**2 * np.exp(x),
    "@. sin(x)/y": np.sin(x) / y,
    "x ./ y": x / y,
    "max.(x, 2)": np.maximum(x, 2),
    "muladd(A, x, y)": A @ x + y,
    "A^-1*x": inverse(A) @ x,
    "transpose(B)*x": B.T @ x,
}
LATEX = {
    r"\|x\|_2": 21**0.5,
    r"\lVert x \rVert_{2}^2 c": 42,
    "A^2": A @ A,
    "A^{-1}": inverse(A),
    "A^{-1} x": inverse(A) @ x,
    "A^T x": A.T @ x,
    r"B^\top x": B.T @ x,
    r"B^{\mathsf T} x": B.T @ x,
    r"B^{\mathrm{T}} x": B.T @ x,
    "x^T y": 42,
    r"x^\top A x": x @ A @ x,
    "A A x": A @ A @ x,
    r"x^\top A^{-1} x": x @ inverse(A) @ x,
    r"\lVert x \rVert^2": 21,
    r"\|x\|": 21**0.5,
    r"\|x - y\|^2": 27,
    r"\left\| x \right\|": 21**0.5,
    r"\|A x - y\|^2": ((A @ x - y) ** 2).sum(),
    r"x \cdot y": 42,
    "x y^T": np.outer(x, y),
    r"x \times y": np.cross(x, y),
    r"x \odot y": x * y,
    r"\frac{1}{c} A x": A @ x / 2,
    r"\|c\|": 2,
    r"\exp(x)": np.exp(x),
    r"\operatorname{tr}(A)": 10,
    r"\frac{1}{2} x^\top A x - x^\top y": x @ A @ x / 2 - 42,
}
LINEAR = [(s, *case) for s, cases in (("matlab", MATLAB), ("julia", JULIA), ("latex", LATEX)) for case in cases.items()]


@pytest.mark.parametrize(("syntax", "text", "expected"), LINEAR)
def test_linear_algebra_is_that_of_the_notation(syntax: str, text: str, expected: Any) -> None:
    """* is the matrix product, ^ the power, a vector a column; with dots they go by elements."""
    assert computed(syntax, text) == pytest.approx(list(np.ravel(expected)))


REFUSED = {
    "python": {
        "sum(A)": "np.sum(A) is the total",
        "max(x, 2)": "np.maximum",
        "np.max(x, y)": "is an axis",
        "x.var()": "by n - 1",
        "x.foo()": "no method foo",
        "np.sum(x, axis=1)": "no axis 1",
        "np.sum(x, keepdims=1)": "keepdims= is not read",
        "np.linalg.norm(A, 2)": "the norms are",
        "x[3]": "no such element",
        "np.var(x, ddof=2)": "0 or 1",
    },
    "matlab": {
        "x*y": "a row is x'",
        "x/y": "x./y",
        "x^2": "only a square matrix",
        "A/A": "x./y",
        "norm(A)": "singular value",
        "A.*x": "the matrix product is A*x",
        "x*A": "a row is x'",
        "x(0)": "counted from 1",
        "x(4)": "no such element",
        "2^x": "an exponent is one number",
        "(x > 1)*y": "not by elements",
        "A(2)": "2 indices",
    },
    "julia": {
        "exp(A)": "exp.(x)",
        "exp(x)": "exp.(x)",
        "x*y": "a row is x'",
        "x/y": "x ./ y",
        "x + 1": "x .+ 1",
        "A .* x": "the matrix product is A*x",
        "max(x, y)": "a dot",
        "sum(A, 1)": "dims=1",
        "norm(A, 1)": "a vector",
        "x > 1 ? 1 : 2": "Gt of a vector",
    },
    "latex": {
        "x y": r"a row is x^\top",
        "x^2": "only a square matrix",
        r"\exp(A)": "exp of a matrix",
        "e^{A}": "exp of a matrix",
        "A + c": "a number cannot be added",
        r"\frac{1}{A}": "A^{-1}",
        "|x|": "a norm",
        r"\|x\|_p": "the norm p is not read",
        r"\|A\|": "may be Frobenius's",
        "A^{1/2}": "a whole number",
    },
    "mathematica": {
        "Total[A]": "goes down the columns",
        "Norm[A]": "singular value",
        "A*x": "the matrix product is A.x",
    },
    "excel": {"=SUM(x*B)": "the shapes differ", "=IF(AND(x>0), 1, 2)": "a condition of a range is not read"},
}


@pytest.mark.parametrize(("syntax", "text", "said"), [(s, *case) for s, c in REFUSED.items() for case in c.items()])
def test_what_has_no_reading_is_refused_in_its_words(syntax: str, text: str, said: str) -> None:
    """Never element by element where the program would not, and with its place in the text."""
    with pytest.raises(AdcliError) as caught:
        computed(syntax, text)
    assert said in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.span is not None


def test_mathematica_flattens_what_it_takes_the_largest_of() -> None:
    """Max[x, 3] is one number there."""
    assert computed("mathematica", "Max[x, 3] + Min[x, y]") == [5]
    assert computed("mathematica", "Dot[A, x]") == pytest.approx(list(A @ x))


def test_an_array_that_has_a_name_keeps_its_shape() -> None:
    """Assignments and functions of the text may hold matrices."""
    assert computed("matlab", "z = A\\x; z'*z") == pytest.approx([(inverse(A) @ x) @ (inverse(A) @ x)])
    assert computed("matlab", "f = @(x) x'*x") == [21]
    assert computed("julia", "z = A*x\nz[2] + z'*x") == pytest.approx([(A @ x)[1] + A @ x @ x])
    assert computed("python", "z = A @ x\nz[0] + z[-1]") == pytest.approx([(A @ x)[0] + (A @ x)[-1]])


def test_a_vector_without_values_says_how_to_give_them() -> None:
    """A size cannot be declared in another notation; a list in the point gives it."""
    with pytest.raises(AdcliError) as caught:
        adcli.evaluate("np.sum(x)", {"x": 2}, syntax="python")
    assert "give it a list" in f"{caught.value.hint}"


def test_derivatives_are_those_of_the_textbook() -> None:
    """The gradient of xᵀAx is (A + Aᵀ)x in every notation."""
    expected = list((A + A.T) @ x)
    for syntax, text in {"python": "x @ A @ x", "matlab": "x'*A*x", "julia": "x'*A*x", "latex": r"x^\top A x"}.items():
        at = {"x": VALUES["x"], "A": VALUES["A"]}
        found = adcli.gradient(text, at, wrt="x", syntax=syntax).gradient
        assert list(found.values()) == pytest.approx(expected)


def test_an_energy_may_be_called_by_its_letter() -> None:
    r"""E = \frac12 k x^2 defines E; Euler's number is e in papers."""
    found = adcli.evaluate(r"E = \frac12 k x^2", {"k": 3, "x": 2}, syntax="latex")
    assert found.values == (6,)


def test_an_input_is_called_by_its_name() -> None:
    """Whatever the order that inputs come in."""
    at = {"x": VALUES["x"], "A": VALUES["A"]}
    found = adcli.gradient("x'*A*x", at, wrt="x", syntax="matlab").gradient
    assert list(found) == ["x[1]", "x[2]", "x[3]"]
