"""Parts of arrays in the words of each notation: the same numbers as the programs give."""

from __future__ import annotations

import pytest

from adcli.derivatives.answers import evaluate
from adcli.errors import SyntaxFault
from adcli.language.notations import parse_foreign

X, A, B = (2.0, 3.0, 5.0, 7.0), ((1.0, 2.0), (4.0, 8.0)), (11.0, 13.0)
SIZES = {"x": (4,), "A": (2, 2), "b": (2,)}
AT = {
    **{f"x[{i}]": value for i, value in enumerate(X, 1)},
    **{f"b[{i}]": value for i, value in enumerate(B, 1)},
    **{f"A[{i},{j}]": value for i, row in enumerate(A, 1) for j, value in enumerate(row, 1)},
}


def numbers(syntax: str, text: str) -> list[float]:
    """The outputs of a text at the arrays above."""
    graph = parse_foreign(syntax, text, sizes=SIZES)
    return list(evaluate(graph, {name: AT[name] for name in graph.input_names}).values)


@pytest.mark.parametrize(
    ("syntax", "text", "expected"),
    [
        ("python", "x[-1]", [7]),
        ("python", "x[1:3]", [3, 5]),
        ("python", "x[1:] - x[:-1]", [1, 2, 2]),
        ("python", "x[::-2]", [7, 3]),
        ("python", "x[-2:]", [5, 7]),
        ("python", "x[2:9]", [5, 7]),
        ("python", "A[:, 0]", [1, 4]),
        ("python", "A[0]", [1, 2]),
        ("python", "A[1, -1]", [8]),
        ("python", "A[:, 1] @ b", [126]),
        ("python", "y = 2*x; y[-1]", [14]),
        ("matlab", "x(end)", [7]),
        ("matlab", "x(end-2+1)", [5]),
        ("matlab", "sum(x(2:end))", [15]),
        ("matlab", "x(1:2:end)", [2, 5]),
        ("matlab", "x(end:-1:3)", [7, 5]),
        ("matlab", "A(:, 2)", [2, 8]),
        ("matlab", "A(1, :)*b", [37]),
        ("matlab", "sum(A(:))", [15]),
        ("matlab", "A(:)", [1, 4, 2, 8]),
        ("julia", "x[end]", [7]),
        ("julia", "x[begin+1:end-1]", [3, 5]),
        ("julia", "A[1, :]", [1, 2]),
        ("julia", "A[:, end]", [2, 8]),
        ("julia", "x[1] > 0 ? x[2] : x[3]", [3]),
        ("mathematica", "x[[-1]]", [7]),
        ("mathematica", "Total[x[[2;;3]]]", [8]),
        ("mathematica", "x[[;;-2]]", [2, 3, 5]),
        ("mathematica", "x[[1;;4;;2]]", [2, 5]),
        ("mathematica", "A[[All, 1]]", [1, 4]),
        ("mathematica", "A[[2]]", [4, 8]),
        ("mathematica", "Rest[x] - Most[x]", [1, 2, 2]),
        ("mathematica", "First[x] + Last[x] + Part[A, 2, 1]", [13]),
        ("maxima", "lmax([x[1], 4]) + lmin(x) + first(x)", [8]),
        ("excel", "MMULT(A, A)", [9, 18, 36, 72]),
        ("excel", "MDETERM(A) + INDEX(x, 2) + INDEX(A, 2, 1)", [7]),
        ("latex", r"\|A\|_F^2 + \|x\|_1 + \lVert x \rVert_{\infty}", [85 + 17 + 7]),
    ],
)
def test_a_part_is_what_the_program_makes_of_it(syntax: str, text: str, expected: list[float]) -> None:
    """Indices from 0 or 1, ends that are in the range or not, places from the end."""
    assert numbers(syntax, text) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("syntax", "text", "said", "piece"),
    [
        ("matlab", "x(5)", "no such element", "5"),
        ("matlab", "x(0)", "counted from 1", "0"),
        ("matlab", "x(2:9)", "no such element", "2:9"),
        ("matlab", "w(end)", "size of w", "w(end)"),
        ("matlab", "A(1, 2, 1)", "A has 2 indices", "A(1, 2, 1)"),
        ("julia", "x[3:2]", "empty", "3:2"),
        ("python", "x[1:1]", "empty", "1:1"),
        ("python", "x[::0]", "not 0", "::0"),
        ("python", "w[1:]", "size of w", "w[1:]"),
        ("mathematica", "x[[0]]", "counted from 1", "0"),
        ("mathematica", "First[x + 1]", "of a name only", "First[x + 1]"),
        ("latex", r"\|x\|_p", "norm p is not read", "_"),
    ],
)
def test_what_is_no_part_is_refused_at_its_place(syntax: str, text: str, said: str, piece: str) -> None:
    """With what is wrong about it."""
    with pytest.raises(SyntaxFault, match=said) as caught:
        numbers(syntax, text)
    start, end = caught.value.span or (0, 0)
    assert text[start:end] == piece
