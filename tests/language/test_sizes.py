"""Length and depth of a program meet no limit of Python's, and cost no more than their share."""

from __future__ import annotations

import subprocess
import sys

import pytest

from adcli.errors import SyntaxFault
from adcli.graphs import verify
from adcli.language import parse, tokens

DEEP = 100_000
LONG = 20_000


def test_a_sum_of_a_million_terms_parses() -> None:
    graph = parse("+".join(["x"] * 1_000_000))
    assert len(graph) == 1_000_000
    assert graph.args[-1] == (999_998, 0)
    assert graph.spans[-1] == (0, 1_999_999)


def test_a_program_of_100_000_statements_parses() -> None:
    graph = parse("a = x\n" + "a = sin(a)\n" * DEEP)
    assert len(graph) == DEEP + 1
    assert len(graph.assignments) == DEEP + 1


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("(" * DEEP + "x" + ")" * DEEP, 1),
        ("sin(" * DEEP + "x" + ")" * DEEP, DEEP + 1),
        ("|" * LONG + "x" + "|" * LONG, LONG + 1),
        ("-" * LONG + "x", LONG + 1),
        ("x" + "^y" * LONG, LONG + 2),
        ("(x*" * LONG + "y" + ")" * LONG, LONG + 2),
        ("f(x) = x*x;" + "f(" * LONG + "y" + ")" * LONG, LONG + 1),
        ("where(" + "not " * LONG + "x < 1, 1, 2)", LONG + 5),
        ("where(" + " and ".join(["x < 1"] * LONG) + ", 1, 2)", 2 * LONG + 4),
        ("Sum(x[i]^2, (i, 1, 20000))", 3 * LONG),
        ("Piecewise(" + ", ".join(["(x, x < 1)"] * LONG) + ")", 2 * LONG + 3),
        ("a" * LONG, 1),
        ("x;" * LONG, 1),
        ("\n" * LONG + "x", 1),
        ("# c\n" * LONG + "x", 1),
    ],
    ids=[
        "brackets",
        "calls",
        "bars",
        "signs",
        "powers",
        "products",
        "functions",
        "not",
        "and",
        "Sum",
        "Piecewise",
        "name",
        "outputs",
        "lines",
        "comments",
    ],
)
def test_depth_and_length_do_not_matter(text: str, size: int) -> None:
    graph = parse(text)
    assert len(graph) == size
    verify(graph)


def test_many_functions_and_families_take_linear_time() -> None:
    graph = parse("".join(f"f{i}(x) = x*x\n" for i in range(10_000)) + "f0(y) + f9999(y)")
    assert len(graph) == 4
    graph = parse("v[1] = x\n" + "".join(f"v[i={k}..{k}] = v[i-1]*x\n" for k in range(2, 10_000)))
    assert len(graph) == 9_999


@pytest.mark.parametrize("text", ["(" * DEEP, "sin(" * DEEP, "|" * DEEP, "x + " * DEEP, "x[" * DEEP, "Sum(" * DEEP])
def test_an_unfinished_text_is_a_located_error_however_deep(text: str) -> None:
    with pytest.raises(SyntaxFault) as caught:
        parse(text)
    assert caught.value.span is not None


def test_the_list_of_words_is_as_long_as_the_text() -> None:
    assert len(tokens("(" * DEEP + "x" + ")" * DEEP)) == 2 * DEEP + 1


def test_reading_imports_nothing_heavy() -> None:
    code = (
        "import sys; from adcli.language import parse, unparse;"
        "unparse(parse('f(x) = x^2; Sum(a[i+1]*f(i), (i, 1, 3))'));"
        "heavy = 'sympy mpmath numpy rich click json fractions decimal difflib'.split();"
        "bad = set(heavy) & set(sys.modules); assert not bad, bad"
    )
    subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"], check=True)
