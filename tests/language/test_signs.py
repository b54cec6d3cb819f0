"""Signs that stand for calls: x², n!, √x, !(a), a if c else b, c ? a : b, |x| as a factor."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from random_texts import expressions

from adcli.derivatives.answers import gradient
from adcli.graphs import Graph
from adcli.language import parse, unparse
from adcli.language.sympy.sympy_program import Program

SAME = [
    ("x² + x₁³", "x^2 + x₁^3"),
    ("x⁻¹ + (x + 1)¹⁰ + z[1]² + 2²y", "x^-1 + (x + 1)^10 + z[1]^2 + 2^2*y"),
    ("-x² - 2² + 2^x²", "-x^2 - 2^2 + 2^x^2"),
    ("|x|² + f(x)²", "|x|^2 + f(x)^2"),
    ("n! + -3! + 2n!^2 + (n + 1)!", "factorial(n) + -factorial(3) + 2*factorial(n)^2 + factorial(n + 1)"),
    ("2^n!", "2^factorial(n)"),
    ("√x + 2√(x + 1)^2 + √2", "sqrt(x) + 2*sqrt(x + 1)^2 + sqrt(2)"),
    ("2|x| + (x)|y| + |x||y| + 2(||x| - 1|)", "2*abs(x) + x*abs(y) + abs(x)*abs(y) + 2*(abs(abs(x) - 1))"),
    ("if(x > 0 && y > 0 || !(z > 0), x, y)", "where(x > 0 and y > 0 or not z > 0, x, y)"),
    ("x > 0 || |y| > 1 ? x : y", "where(x > 0 or abs(y) > 1, x, y)"),
    ("c = x > 0; !c ? x : y", "c = x > 0; where(not c, x, y)"),
]
ALTERNATIVES = [
    ("x if x > 0 else y + 1", "where(x > 0, x, y + 1)"),
    ("x if (x > 0) else (y)", "where(x > 0, x, y)"),
    ("x if x > 0 else y if y > 0 else z", "where(x > 0, x, where(y > 0, y, z))"),
    ("x > 0 ? x : y > 0 ? y : z", "where(x > 0, x, where(y > 0, y, z))"),
    ("x > 0 ? y > 0 ? x : y : z", "where(x > 0, where(y > 0, x, y), z)"),
    ("f(u) = u² if u > 0 else -u; f(x)*(1 if y > 0 else 2)", "where(x > 0, x^2, -x)*where(y > 0, 1, 2)"),
]  # fmt: skip
FUNCTION = "f(x) = x; "


@pytest.mark.parametrize(("short", "written"), SAME)
def test_a_sign_is_the_call_that_it_stands_for(short: str, written: str) -> None:
    assert unparse(parse(FUNCTION + short)) == unparse(parse(FUNCTION + written))


def values(text: str) -> list[object]:
    """What SymPy reads."""
    program = Program(text, {})
    names = {symbol: name for name, symbol in program.inputs.items()}
    import sympy

    return [expr.xreplace({s: sympy.Symbol(name, real=True) for s, name in names.items()}) for _, expr in program.bare]


@pytest.mark.parametrize(("short", "written"), SAME + ALTERNATIVES)
def test_the_second_reader_sees_the_same(short: str, written: str) -> None:
    assert values(FUNCTION + short) == values(FUNCTION + written)


@pytest.mark.parametrize(("short", "written"), ALTERNATIVES)
def test_alternatives_group_from_the_right(short: str, written: str) -> None:
    """The graphs differ in the order of their nodes only."""
    a, b = parse(short), parse(written)
    assert tree(a) == tree(b)


def tree(graph: Graph) -> str:
    """The formula, written out."""
    done: list[str] = []
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        done.append(f"{op.name}({', '.join(done[a] for a in args)})" if args else graph.labels.get(node, op.name))
    return done[graph.outputs[0]]


@settings(max_examples=60)
@given(expressions(), expressions())
def test_a_sign_binds_as_its_call_around_any_expression(a: str, b: str) -> None:
    """What is put into brackets, in either form, is the same."""
    pairs = [
        (f"({a})² - ({b})!", f"({a})^2 - factorial({b})"),
        (f"√({a})*|{b}|", f"sqrt({a})*Abs({b})"),
        (f"(({a}) < ({b}) ? ({a}) : ({b}))", f"(({a}) if ({a}) < ({b}) else ({b}))"),
    ]
    for short, written in pairs:
        assert unparse(parse(short)) == unparse(parse(written)) or tree(parse(short)) == tree(parse(written))


@pytest.mark.parametrize("text", ["a = 9; f(a) = √a + √(a); f(x) + a", "i = 9; Sum(√i*x, (i, 1, 3)) + i"])
def test_a_root_is_of_what_the_name_means_in_its_scope(text: str) -> None:
    assert unparse(parse(text)) == unparse(
        parse(text.replace("√(", "sqrt(").replace("√a", "sqrt(a)").replace("√i", "sqrt(i)"))
    )


def test_names_that_are_words_elsewhere_are_names_still() -> None:
    assert parse("if + else*2").input_names == ("if", "else")


@pytest.mark.parametrize(
    "text",
    ["x" + " + n!" * 20_000, "√(" * 20_000 + "x" + ")" * 20_000, "x > 0 ? 1 : " * 20_000 + "x",
     "(" * 20_000 + "x" + ")²" * 20_000, "1 if x > 0 else " * 20_000 + "x",
     "!(" * 20_000 + "x > 0" + ")" * 20_000 + " ? 1 : 2"],
)  # fmt: skip
def test_neither_length_nor_depth_is_bounded(text: str) -> None:
    assert "x" in parse(text).input_names


def test_signs_are_read_of_arrays_too() -> None:
    """Element by element."""
    at = {"x": [1, 2, 3], "y": 2}
    short = "sum(x²) + sum(x!) + sum(√(x)) + sum(x if x > 1 || x < 0 else 2x) + sum(x > 1 ? x : y)"
    written = "sum(x^2) + sum(factorial(x)) + sum(sqrt(x)) + sum(where(x > 1 or x < 0, x, 2x))"
    written += " + sum(where(x > 1, x, y))"
    assert gradient(short, at).gradient == gradient(written, at).gradient
