"""Vectors and matrices: what they are written out to, and what is said where shapes do not fit."""

from __future__ import annotations

import pytest
from sameness import operations, read, refused

from adcli.derivatives.answers import gradient
from adcli.errors import AdcliError, NameFault, SyntaxFault
from adcli.language import parse
from adcli.language.arrays.functions import FUNCTIONS

SIZES = {"x": (3,), "y": (3,), "z": (2,), "A": (2, 3), "S": (2, 2), "q": (1,)}


def rows(text: str) -> list[str]:
    return operations(text, sizes=SIZES)


@pytest.mark.parametrize(
    ("arrays", "elements"),
    [
        ("sum(x^2)", "Sum(x[i]^2, (i, 1, 3))"),
        ("sum(x*y)", "Sum(x[i]*y[i], (i, 1, 3))"),
        ("prod(x)", "Product(x[i], (i, 1, 3))"),
        ("mean(x)", "Sum(x[i], (i, 1, 3))/3"),
        ("x@y", "Sum(x[i]*y[i], (i, 1, 3))"),
        ("dot(x, y)", "x[1]*y[1] + x[2]*y[2] + x[3]*y[3]"),
        ("(A@x)[2]", "A[1,1]*x[1]+A[1,2]*x[2]+A[1,3]*x[3]; A[2,1]*x[1]+A[2,2]*x[2]+A[2,3]*x[3]"),
        ("max(x)", "Max(x[1], x[2], x[3])"),
        ("trace(S)", "S[1,1] + S[2,2]"),
        ("x[2:3]@y[1:2]", "x[2]*y[1] + x[3]*y[2]"),
        ("sum(A[1,:])", "A[1,1] + A[1,2] + A[1,3]"),
        ("sum(A[:,2])", "A[1,2] + A[2,2]"),
        ("sum(x[2:])", "x[2] + x[3]"),
        ("sum(x[:2])", "x[1] + x[2]"),
        ("A.T[3,1] + A.T[1,2]", "A[1,3] + A[2,1]"),
        ("norm(x)", "sqrt(Sum(x[i]^2, (i, 1, 3)))"),
        ("norm(x, 1)", "Sum(Abs(x[i]), (i, 1, 3))"),
        ("norm(x, inf)", "Max(Abs(x[1]), Abs(x[2]), Abs(x[3]))"),
        ("norm(x, 2)", "sqrt(Sum(x[i]^2, (i, 1, 3)))"),
        ("norm(x, 4)", "Sum(x[i]^4, (i, 1, 3))^(1/4)"),
        ("norm(x, p)", "Sum(Abs(x[i])^p, (i, 1, 3))^(1/p)"),
        ("norm(S, 1)", "Max(Abs(S[1,1]) + Abs(S[2,1]), Abs(S[1,2]) + Abs(S[2,2]))"),
        ("norm(S, inf)", "Max(Abs(S[1,1]) + Abs(S[1,2]), Abs(S[2,1]) + Abs(S[2,2]))"),
        ("sum(max(S, 1))", "Max(S[1,1], S[2,1]) + Max(S[1,2], S[2,2])"),
        ("sum(min(S, 2))", "Min(S[1,1], S[1,2]) + Min(S[2,1], S[2,2])"),
        ("sum(max(z, 1))", "Max(z[1], 1) + Max(z[2], 1)"),
        ("logsumexp(z)", "logaddexp(z[1], z[2])"),
        ("f(v) = sum(v^2); f(x)", "Sum(x[i]^2, (i, 1, 3))"),
        ("sum(where(z > 0, z, 2))", "where(z[1] > 0, z[1], 2) + where(z[2] > 0, z[2], 2)"),
        ("[z[1], 2*z[2]]@z", "v = 2*z[2]; z[1]*z[1] + v*z[2]"),
        ("sum(q)", "q[1]"),
    ],
)  # fmt: skip
def test_an_array_is_written_out_as_its_elements_are(arrays: str, elements: str) -> None:
    """The same operations in the same order, up to that of comparisons and the numbers' places."""
    assert sorted(row.split()[0] for row in rows(arrays)) == sorted(row.split()[0] for row in rows(elements))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x^2", ["y[1]", "y[2]", "y[3]"]),
        ("A@x", ["y[1]", "y[2]"]),
        ("w = A@x", ["w[1]", "w[2]"]),
        ("w = A@x\nw", ["w[1]", "w[2]"]),
        ("sum(x), x", ["y1", "x[1]", "x[2]", "x[3]"]),
        ("A@x; sum(x)", ["y1[1]", "y1[2]", "y2"]),
        ("outer(z, z)", ["y[1,1]", "y[1,2]", "y[2,1]", "y[2,2]"]),
        ("p[i=1..2] = i*z[i]; p*2", ["y[1]", "y[2]"]),
    ],
)
def test_outputs_are_called_by_their_index(text: str, names: list[str]) -> None:
    assert list(read(text, sizes=SIZES).output_names) == names


def test_inputs_come_in_the_order_of_their_index() -> None:
    assert read("sum(A) + x[2]*x[1] + sum(x)", sizes=SIZES).input_names[:7] == (
        *(f"A[{i},{j}]" for i in (1, 2) for j in (1, 2, 3)),
        "x[2]",
    )


def test_a_name_that_is_one_number_goes_with_every_element() -> None:
    assert rows("sum(k*z + 1)") == ["mul k z[1]", "mul k z[2]", "add v1 1", "add v2 1", "add v3 v4"]


def test_an_element_may_be_assigned_anew() -> None:
    assert rows("v = 2*z; v[2] = 5*v[1]; sum(v)") == ["mul 2 z[1]", "mul 2 z[2]", "mul 5 v1", "add v1 v3"]


def test_a_name_assigned_anew_loses_the_elements_it_had() -> None:
    graph = read("v = 2*x; v = v[1:2]; sum(v)", sizes=SIZES)
    assert [name for name in graph.names if name.startswith("v")] == ["v[1]", "v[2]"]
    graph = read("v = 2*x; v = sum(v); v^2", sizes=SIZES)
    assert [name for name in graph.names if name.startswith("v")] == ["v"]


def test_a_family_is_an_array_once_it_is_complete() -> None:
    assert operations("p[i=1..3] = i*t; sum(p)") == operations("p[i=1..3] = i*t; p[1] + p[2] + p[3]")
    refused("p[1] = t; p[3] = t; sum(p)", NameFault, "p[1] = t; p[3] = t; sum(»p«)")


def test_a_program_may_define_what_the_table_has() -> None:
    """Nothing that was valid without arrays means anything else with them."""
    assert operations("norm(a, b) = a*b; norm(x, y)") == ["mul x y"]
    assert operations("det(a, b) = a - b; det(x, y)") == ["sub x y"]
    assert operations("sum = x + 1; sum*2") == ["add x 1", "mul v1 2"]


# Sizes


@pytest.mark.parametrize(
    ("text", "sizes", "let", "shapes"),
    [
        ("x : 3; sum(x)", {}, {}, {"x": (3,)}),
        ("A : 2, 3; sum(A)", {}, {}, {"A": (2, 3)}),
        ("x, y : 2; x@y", {}, {}, {"x": (2,), "y": (2,)}),
        ("x : n; sum(x)/n", {"x": (4,)}, {}, {"x": (4,)}),
        ("x : n; A : m, n; sum(A@x)", {"x": (4,)}, {"m": 2}, {"x": (4,), "A": (2, 4)}),
        ("A : m, n; x : n; sum(A@x)/m", {"A": (2, 4)}, {}, {"A": (2, 4), "x": (4,)}),
        ("y : 2*n; x : n; sum(y)*sum(x)", {"x": (2,)}, {}, {"y": (4,), "x": (2,)}),
        ("x : n; Sum(x[i]*i, (i, 1, n))", {"x": (3,)}, {}, {"x": (3,)}),
    ],
)
def test_sizes_are_known_from_lists_declarations_and_each_other(text, sizes, let, shapes) -> None:
    graph = read(text, sizes=sizes, let=let)
    assert graph.arrays == shapes
    for name, shape in shapes.items():
        assert sum(label.startswith(name + "[") for label in graph.input_names) == (
            shape[0] * (shape[1] if shape[1:] else 1)
        )


@pytest.mark.parametrize(
    ("text", "sizes", "said"),
    [
        ("x : 2; sum(x)", {"x": (3,)}, ("a vector of 3", "2 is declared", "its value")),
        ("x : n; y : n; x@y", {"x": (3,), "y": (2,)}, ("a vector of 2", "3 is declared", "the declaration of x")),
        ("x : 2, 2; sum(x)", {"x": (3,)}, ("a vector of 3", "2 sizes")),
        ("x : n; sum(x)", {}, ("the size n has no value",)),
        ("x : 0; sum(x)", {}, ("a size is from 1",)),
    ],
)
def test_sizes_that_contradict_each_other_say_both(text: str, sizes, said: tuple[str, ...]) -> None:
    with pytest.raises(AdcliError) as caught:
        parse(text, sizes=sizes)
    told = " ".join((caught.value.message, *caught.value.notes))
    assert all(piece in told for piece in said), told


# What is said where shapes do not fit


@pytest.mark.parametrize(
    ("text", "marked", "said", "hint"),
    [
        ("sum(x*z)", "sum(»x*z«)", "x is a vector of 3 and z is a vector of 2", ""),
        ("x + A", "»x + A«", "x is a vector of 3 and A is a 2 by 3 matrix", ""),
        ("A*x", "»A*x«", "A is a 2 by 3 matrix and x is a vector of 3", "A@x"),
        ("A@z", "»A@z«", "A is a 2 by 3 matrix and z is a vector of 2", "A.T@z"),
        ("x@z", "»x@z«", "x is a vector of 3 and z is a vector of 2", ""),
        ("x@2", "x@»2«", "@ takes vectors and matrices, and 2 is one number", "write *"),
        ("sum(k)", "sum(»k«)", "sum takes a vector or matrix, and k is one number", "k : 3"),
        ("det(A)", "det(»A«)", "det takes a square matrix, and A is a 2 by 3 matrix", ""),
        ("det(k)", "»det(k)«", "det takes a square matrix", ""),
        ("inv(A)", "inv(»A«)", "inv takes a square matrix", ""),
        ("solve(S, x)", "solve(»S, x«)", "S is a 2 by 2 matrix and x is a vector of 3", ""),
        ("cross(z, z)", "cross(»z«, z)", "two vectors of 3", ""),
        ("trace(A)", "trace(»A«)", "a square matrix", ""),
        ("softmax(A)", "softmax(»A«)", "a vector", ""),
        ("sum(x, 2)", "sum(x, »2«)", "there is no axis 2", "rows"),
        ("norm(x, 1/2)", "norm(x, »1/2«)", "p ≥ 1", ""),
        ("norm(A, 2)", "norm(A, »2«)", "norm(A, inf)", "sum of squares"),
        ("x[4:5]", "x[»4:5«]", "x is a vector of 3", ""),
        ("x[3:2]", "x[»3:2«]", "empty", ""),
        ("(2*x)[0]", "(2*x)[»0«]", "counted from 1", ""),
        ("(2*A)[1]", "»(2*A)[1]«", "2 indices, got 1", ""),
        ("k[1:2]", "»k«[1:2]", "the size of k is not known", "k : 3"),
        ("[1, x]", "[»1, x«]", "1 is one number and x is a vector of 3", ""),
        ("[]", "[»]«", "", ""),
        ("zeros(k)", "zeros(»k«)", "an integer", ""),
        ("inf + x", "»inf« + x", "inf is no number", ""),
        ("x > 0", "»x > 0«", "condition", ""),
        ("sum(x > 0)", "sum(»x > 0«)", "condition", ""),
        ("softmax(x, 1, 2)", "»softmax(x, 1, 2)«", "1 to 2 arguments", ""),
        ("p[i=1..2] = x*i", "»p[i=1..2] = x*i«", "p[1] is one number", ""),
    ],
)
def test_a_fault_of_shapes_is_located_and_states_them(text: str, marked: str, said: str, hint: str) -> None:
    with pytest.raises(AdcliError) as caught:
        parse(text, sizes=SIZES)
    error = caught.value
    assert isinstance(error, (SyntaxFault, NameFault))
    assert said in error.message
    assert hint in (error.hint or "")
    if error.span is not None and "condition" not in said and text != "[]":
        start, end = error.span
        assert text[:start] + "»" + text[start:end] + "«" + text[end:] == marked


@pytest.mark.parametrize("text", ["max(S, 1)", "f(B) = max(B, 1); f(S) + f(2*S)"])
def test_the_largest_of_a_matrix_along_an_axis_might_be_meant_element_by_element(text: str) -> None:
    """So it says which of the two it is; with 1.0 it is the other."""
    ((said, place),) = read(text, sizes=SIZES).doubts
    assert "each column" in said
    assert text[slice(*place)] in said
    assert not read("max(S, 1.0)", sizes=SIZES).doubts
    assert rows("sum(max(S, 1.0))").count("Max S[1,1] 1.0") == 1


def test_where_a_shape_comes_from_is_said() -> None:
    with pytest.raises(SyntaxFault) as caught:
        parse("y : 2\nsum(x*y)", sizes={"x": (3,)})
    assert caught.value.notes == ("x: its value is a vector of 3", "y: declared y : 2")


def test_every_function_of_the_table_says_what_it_is() -> None:
    for name, row in FUNCTIONS.items():
        assert row.least <= row.most
        assert row.about, name


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("hyper([], [], x)", "exp(x)"),
        ("hyper([3], [], x)", "(1 - x)^-3"),
        ("hyper([1, 1], [2], -x)", "log(1 + x)/x"),
        ("hyper([], [1/2], -x^2/4)", "cos(x)"),
        ("hyper([1], [1, 3/2], -x^2/4)", "sin(x)/x"),
        ("hyper([1, 1, 1], [2, 2], x)", "dilog(x)/x"),
        ("a = [1/2, 1]; hyper(a, [3/2, 2], x)", "hyp2f2(1/2, 1, 3/2, 2, x)"),
        ("hyper(1/2, 3/2, -x^2)", "sqrt(pi)/2*erf(x)/x"),
    ],
)
def test_hypergeometric_functions_take_lists(text: str, exact: str) -> None:
    """Of any length, as SymPy, Mathematica and Maxima write them."""
    found, expected = (gradient(formula, {"x": 0.375}, wrt=["x"]) for formula in (text, exact))
    assert found.value == pytest.approx(expected.value, rel=1e-14)
    assert found.gradient["x"] == pytest.approx(expected.gradient["x"], rel=1e-14)


@pytest.mark.parametrize("text", ["hyper([1, 2, 3], [], x)", "hyper([[1]], [2], x)", "hyper([1], [2], [])", "sum([])"])
def test_lists_without_elements_and_too_long_ones_are_refused(text: str) -> None:
    """Where they stand."""
    with pytest.raises(SyntaxFault) as refused:
        gradient(text, {"x": 0.375})
    assert refused.value.span is not None
