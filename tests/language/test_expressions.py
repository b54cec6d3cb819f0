"""Expressions: which operations a formula stands for, in which order, and where in the text."""

from __future__ import annotations

import pytest
from sameness import formulas, operations, read

from adcli.language import parse
from adcli.ops import FUNCTIONS, TABLE


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("ln(x1)+x1*x2-sin(x2)", ["log x1", "mul x1 x2", "sin x2", "add v1 v2", "sub v4 v3"]),
        ("a+b+c", ["add a b", "add v1 c"]),
        ("a-b-c", ["sub a b", "sub v1 c"]),
        ("a-(b-c)", ["sub b c", "sub a v1"]),
        ("a/b/c*d", ["div a b", "div v1 c", "mul v2 d"]),
        ("sin(a)*cos(b)/tan(c)", ["sin a", "cos b", "tan c", "mul v1 v2", "div v4 v3"]),
        ("(sin(a)*cos(b))/tan(c)", ["sin a", "cos b", "mul v1 v2", "tan c", "div v3 v4"]),
        ("a+b*c^d", ["pow c d", "mul b v1", "add a v2"]),
        ("(a+b)*c", ["add a b", "mul v1 c"]),
        ("2^3^2", ["pow 3 2", "pow 2 v1"]),
        ("a^b^c^d", ["pow c d", "pow b v1", "pow a v2"]),
        ("(a^b)^c", ["pow a b", "pow v1 c"]),
        ("a**b", ["pow a b"]),
        ("-x^2", ["pow x 2", "neg v1"]),
        ("(-x)^2", ["neg x", "pow v1 2"]),
        ("-x*y", ["neg x", "mul v1 y"]),
        ("x*-y*z", ["neg y", "mul x v1", "mul v2 z"]),
        ("-x+y", ["neg x", "add v1 y"]),
        ("x--y", ["neg y", "sub x v1"]),
        ("2^-x", ["neg x", "pow 2 v1"]),
        ("2^-x^2", ["pow x 2", "neg v1", "pow 2 v2"]),
        ("2^-x*y", ["neg x", "pow 2 v1", "mul v2 y"]),
        ("--x", ["neg x", "neg v1"]),
        ("+x*+y", ["mul x y"]),
        ("x*x", ["mul x x"]),
    ],
)
def test_precedence_and_order_are_those_of_the_textbook(text: str, rows: list[str]) -> None:
    assert operations(text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("2x", ["mul 2 x"]),
        ("1/2x", ["div 1 2", "mul v1 x"]),
        ("2x^2", ["pow x 2", "mul 2 v1"]),
        ("2(x+1)", ["add x 1", "mul 2 v1"]),
        ("(a)(b)(c)", ["mul a b", "mul v1 c"]),
        ("3sin(x)", ["sin x", "mul 3 v1"]),
        ("sin(x)y", ["sin x", "mul v1 y"]),
        ("x^2(y)", ["pow x 2", "mul v1 y"]),
        ("2 x", ["mul 2 x"]),
        ("a+2x", ["mul 2 x", "add a v1"]),
        ("2pi", ["mul 2 pi"]),
        ("2e", ["mul 2 e"]),
        ("2E", ["mul 2 E"]),
        ("-2x", ["mul -2 x"]),
        ("x1", []),
    ],
)
def test_an_implied_product_has_the_precedence_of_the_written_one(text: str, rows: list[str]) -> None:
    assert operations(text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("x^-2", ["pow x -2"]),
        ("x*-2", ["mul x -2"]),
        ("-2*x", ["mul -2 x"]),
        ("- 2*x", ["mul -2 x"]),
        ("x-2", ["sub x 2"]),
        ("-2^2", ["pow 2 2", "neg v1"]),
        ("-2 ** x", ["pow 2 x", "neg v1"]),
        ("x^-2^2", ["pow 2 2", "neg v1", "pow x v2"]),
        ("(-2)^2", ["pow -2 2"]),
        ("-(2)", ["neg 2"]),
        ("--2", ["neg -2"]),
        ("-pi", ["neg pi"]),
        ("−2x", ["mul -2 x"]),
        ("-.5e-3*x", ["mul -.5e-3 x"]),
    ],
)
def test_a_minus_before_a_number_is_the_numbers_sign_unless_a_power_comes_first(text: str, rows: list[str]) -> None:
    assert operations(text) == rows


@pytest.mark.parametrize("number", ["0.1", "1.", ".5", "1e-3", "1E5", "10000000000000000001", "1e999999999", "00.10"])
def test_numbers_are_kept_as_written(number: str) -> None:
    assert operations(f"x*{number}") == [f"mul x {number}"]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("|x|", ["Abs x"]),
        ("||x||", ["Abs x", "Abs v1"]),
        ("|x|*|y|", ["Abs x", "Abs y", "mul v1 v2"]),
        ("|x - |y||", ["Abs y", "sub x v1", "Abs v2"]),
        ("||x| - y|", ["Abs x", "sub v1 y", "Abs v2"]),
        ("-|x|^2", ["Abs x", "pow v1 2", "neg v2"]),
        ("sin(|x|)", ["Abs x", "sin v1"]),
        ("|(|x|)(|y|)|", ["Abs x", "Abs y", "mul v1 v2", "Abs v3"]),
        ("Max(|x|, |y|)", ["Abs x", "Abs y", "Max v1 v2"]),
    ],
)
def test_a_bar_is_an_absolute_value(text: str, rows: list[str]) -> None:
    assert operations(text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("where(x < 1, a, b)", ["Lt x 1", "where v1 a b"]),
        ("where(x <= y, a, b)", ["Le x y", "where v1 a b"]),
        ("where(Ne(x, 0), a, b)", ["Ne x 0", "where v1 a b"]),
        ("where(x + 1 == y*2, a, b)", ["add x 1", "mul y 2", "Eq v1 v2", "where v3 a b"]),
        ("where(not x > 0, a, b)", ["Gt x 0", "Not v1", "where v2 a b"]),
        ("where(not not x > 0, a, b)", ["Gt x 0", "Not v1", "Not v2", "where v3 a b"]),
        ("where(Not(x > 0), a, b)", ["Gt x 0", "Not v1", "where v2 a b"]),
        ("where(x>0 and y>0, a, b)", ["Gt x 0", "Gt y 0", "where v1 v2 False", "where v3 a b"]),
        ("where(x>0 or y>0, a, b)", ["Gt x 0", "Gt y 0", "where v1 True v2", "where v3 a b"]),
        (
            "where(x>0 or y>0 and not z>0, a, b)",
            ["Gt x 0", "Gt y 0", "Gt z 0", "Not v3", "where v2 v4 False", "where v1 True v5", "where v6 a b"],
        ),
        (
            "where(And(x>0, y>0, z>0), a, b)",
            ["Gt x 0", "Gt y 0", "Gt z 0", "where v1 v2 False", "where v4 v3 False", "where v5 a b"],
        ),
        ("where(Or(x>0), a, b)", ["Gt x 0", "where v1 a b"]),
        ("where(not (x>0) and (y>0), a, b)", ["Gt x 0", "Not v1", "Gt y 0", "where v2 v3 False", "where v4 a b"]),
        ("where(True, a, b)", ["where True a b"]),
        ("where(where(x>0, y>0, y<0), a, b)", ["Gt x 0", "Gt y 0", "Lt y 0", "where v1 v2 v3", "where v4 a b"]),
        ("where(x ≤ 1, a, b)", ["Le x 1", "where v1 a b"]),
    ],
)
def test_conditions(text: str, rows: list[str]) -> None:
    assert operations(text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Piecewise((a, x>0), (b, True))", ["Gt x 0", "where v1 a b"]),
        ("Piecewise((a, x>0))", ["Gt x 0", "undefined", "where v1 a v2"]),
        ("Piecewise((a, x>0), (b, x<0), (c, True))", ["Gt x 0", "Lt x 0", "where v2 b c", "where v1 a v3"]),
        ("Piecewise(((a), x>0), ((a)+b, True))", ["Gt x 0", "add a b", "where v1 a v2"]),
        ("Piecewise((a, True))", []),
    ],
)
def test_piecewise_is_nested_where_and_what_it_leaves_open_is_undefined(text: str, rows: list[str]) -> None:
    assert operations(text) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("log(x)", ["log x"]),
        ("ln(x)", ["log x"]),
        ("log(x, 2)", ["log x", "log 2", "div v1 v2"]),
        ("Max(x, y, z)", ["Max x y z"]),
        ("max(x)", []),
        ("arctan2(y, x)", ["atan2 y x"]),
        ("pow(x, y)", ["pow x y"]),
        ("sin (x)", ["sin x"]),
        ("gamma(gamma)", ["gamma gamma"]),
        ("beta(beta, x) + beta", ["beta beta x", "add v1 beta"]),
    ],
)
def test_functions_are_known_by_the_bracket_after_their_names(text: str, rows: list[str]) -> None:
    assert operations(text) == rows


def test_every_function_of_the_table_and_every_alias_can_be_called() -> None:
    for name, op in FUNCTIONS.items():
        count = op.count
        args = [f"(x{i} > 0)" if i in op.conditions else f"x{i}" for i in range(count)]
        graph = read(f"{name}({', '.join(args)})", conditions=True)
        assert graph.ops[graph.outputs[0]] is op


def test_every_rule_of_the_table_is_a_text_of_the_language() -> None:
    for op in TABLE.values():
        for rule in (*op.partials, op.domain, op.kink):
            if rule:
                parse(rule, conditions=True)  # a name in a rule may be a condition, the domain is one


@pytest.mark.parametrize("name", ["lambda", "beta", "gamma", "N", "S", "I", "Q", "e", "λ", "x₁", "θ₀", "if_", "ﬁ", "µ"])
def test_any_identifier_is_a_variable_reported_as_written(name: str) -> None:
    graph = read(f"2*{name}")
    assert graph.input_names == (name,)


def test_constants_are_no_inputs() -> None:
    graph = read("pi + E + π + x")
    assert graph.input_names == ("x",)
    assert operations(graph) == ["add pi E", "add v1 pi", "add v2 x"]


def test_a_leaf_is_one_node_however_often_it_is_written() -> None:
    graph = read("x*2 + x*2 + pi*π")
    assert sorted(graph.labels.values()) == ["2", "pi", "x"]


def test_spans_are_the_pieces_of_text_that_each_operation_stands_for() -> None:
    assert formulas("ln(x1) + x1*x2 - sin(x2)") == [
        "ln(x1)",
        "x1*x2",
        "sin(x2)",
        "ln(x1) + x1*x2",
        "ln(x1) + x1*x2 - sin(x2)",
    ]
    assert formulas("(a + b) * -c ^ 2") == ["a + b", "c ^ 2", "-c ^ 2", "(a + b) * -c ^ 2"]
    assert formulas("2(x)(y)") == ["2(x)", "2(x)(y)"]
    assert formulas("a^b^c") == ["b^c", "a^b^c"]
    assert formulas("--x") == ["-x", "--x"]
    assert formulas("where(not x > 0, |x|, f)") == ["x > 0", "not x > 0", "|x|", "where(not x > 0, |x|, f)"]


def test_a_leafs_span_is_its_first_place() -> None:
    graph = read("y + x*x")
    assert {graph.labels[node]: graph.spans[node] for node in graph.inputs} == {"y": (0, 1), "x": (4, 5)}


def test_line_breaks_and_comments_inside_of_brackets_are_blanks() -> None:
    assert operations("(a # first\n + b\r\n)*c") == ["add a b", "mul v1 c"]
    assert operations("Max(\n  a,\n  b,  # and\n  c\n)") == ["Max a b c"]
