"""The simplification pass: fewer operations, the same values to the last bit, the same places without a value."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from programs import POINT, programs

from adcli.derivatives.answers import evaluate
from adcli.derivatives.optimize import operations, optimize
from adcli.errors import AdcliError
from adcli.graphs import Graph, verify
from adcli.language import parse, unparse


def simplified(text: str) -> str:
    graph = optimize(parse(text))
    verify(graph)
    return unparse(graph).strip()


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("x*1", "(x)"),
        ("1*x + 0", "(x)"),
        ("0 + x/1", "(x)"),
        ("x^1", "(x)"),
        ("-(-x)", "(x)"),
        ("2*3 + 4", "10"),
        ("7 - 3*2", "1"),
        ("x + -y", "x - y"),
        ("-x + y", "y - x"),
        ("x - -y", "x + y"),
        ("where(1 < 2, x, log(x))", "(x)"),
        ("where(x > 0, y, y)", "(y)"),
    ],
)
def test_what_becomes_simpler(text: str, short: str) -> None:
    """Neutral elements, signs, whole numbers, conditions that are known."""
    graph = optimize(parse(text + " + 0*0" if short == "?" else text))
    again = unparse(graph).strip().splitlines()[-1]
    assert again in (short, short.strip("()"))


@pytest.mark.parametrize(
    "text",
    [
        "x*0",
        "0*log(x)",
        "x - x",
        "x/x",
        "log(x)^0",
        "where(log(x) > 0, 1, 1)",
        "1/2*x",
        "2*(x/2)",
        "sqrt(4)*x",
        "0.1*3*x",
    ],
)
def test_what_stays(text: str) -> None:
    """What might have no value somewhere, and what would round differently."""
    graph = parse(text)
    assert operations(optimize(graph)) == operations(graph)


def test_common_subexpressions_are_computed_once() -> None:
    """Also where a sum or product is written the other way round."""
    graph = optimize(parse("sin(x*y) + cos(y*x) + (x + y)*(y + x)"))
    assert sorted(op.name for op in graph.ops if graph.labels.get(graph.ops.index(op)) is None) == [
        "add", "add", "add", "cos", "mul", "mul", "sin",
    ]  # fmt: skip
    assert simplified("a = exp(x); b = exp(x); a*b") == "a = exp(x)\na*a"


def test_differences_and_quotients_have_an_order() -> None:
    """x - y is not y - x."""
    assert operations(optimize(parse("(x - y)*(y - x)"))) == 3
    assert operations(optimize(parse("x/y + y/x"))) == 3


def test_what_no_output_needs_goes() -> None:
    """Statements nobody uses; the inputs stay."""
    graph = optimize(parse("a = sin(x); b = cos(y); b"))
    assert operations(graph) == 1
    assert graph.input_names == ("x", "y")
    assert graph.output_names == ("b",)


def test_names_are_kept() -> None:
    """Of assignments and outputs."""
    graph = optimize(parse("r = x*1 + y; s = r*r; r, s"))
    assert graph.output_names == ("r", "s")
    assert dict(graph.assignments).keys() == {"r", "s"}


def test_a_value_that_is_missing_stays_missing() -> None:
    """log(-1)^0 has no value before, and none after."""
    for text in ("log(x)^0", "0*log(x)", "where(log(x) > 0, 1, 1)", "log(x) - log(x)"):
        for graph in (parse(text), optimize(parse(text))):
            with pytest.raises(AdcliError):
                evaluate(graph, {"x": -1})


def bits(graph: Graph) -> list[str]:
    return [value.hex() for value in evaluate(graph, POINT, wrt=None).values]


@settings(max_examples=100)
@given(programs())
def test_random_programs_keep_every_bit(text: str) -> None:
    """And have at most as many operations."""
    graph = parse(text)
    short = optimize(graph)
    verify(short)
    assert operations(short) <= operations(graph)
    used = {name: value for name, value in POINT.items() if name in graph.input_names}
    assert [v.hex() for v in evaluate(short, used).values] == [v.hex() for v in evaluate(graph, used).values]


def test_long_programs_do_not_recurse() -> None:
    """A chain of 20,000 statements, half of them idle."""
    graph = parse("a = x\n" + "a = a*1 + sin(a)\nb = a + 0\n" * 10_000 + "a")
    short = optimize(graph)
    assert operations(short) == 20_000
