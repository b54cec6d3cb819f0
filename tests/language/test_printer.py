"""Text of a graph: it parses to the same graph, with no more brackets and names than that takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sameness import read, structure

from adcli.graphs import Builder, Graph
from adcli.language import formula, parse, unparse
from adcli.ops import ADD, BOOLEAN, INPUT, LITERAL, MUL, NOT, TABLE, UNDEFINED, WHERE


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("ln(x1)+x1*x2-sin(x2)", "log(x1) + x1*x2 - sin(x2)"),
        ("a-(b-c)-d", "a - (b - c) - d"),
        ("a/(b*c)/d", "a/(b*c)/d"),
        ("(a+sin(b))+cos(c)", "(a + sin(b)) + cos(c)"),
        ("2^3^2", "2^3^2"),
        ("(2^3)^2", "(2^3)^2"),
        ("-x^2", "-x^2"),
        ("(-x)^2", "(-x)^2"),
        ("(-2)^x", "(-2)^x"),
        ("x^-2", "x^-2"),
        ("x^-(2)", "x^-(2)"),
        ("2^-x^2", "2^-x^2"),
        ("-(a*b)", "-(a*b)"),
        ("-a*b", "-a*b"),
        ("--x", "--x"),
        ("--2", "--2"),
        ("|x|*|y|", "Abs(x)*Abs(y)"),
        ("2(x+1)", "2*(x + 1)"),
        ("log(x, 2)", "log(x)/log(2)"),
        ("where(x>0 and (y>0 or z>0) and not w>0, a, b)", "where(x > 0 and (y > 0 or z > 0) and not w > 0, a, b)"),
        ("Piecewise((x, x>0), (y, y>0))", "Piecewise((x, x > 0), (y, y > 0))"),
        ("Piecewise((sin(x)/x, x != 0), (1, True))", "Piecewise((sin(x)/x, x != 0), (1, True))"),
        ("where(x>0, where(y>0, a, b), c)", "where(x > 0, where(y > 0, a, b), c)"),
        ("x, y, x*y", "x, y, x*y"),
        ("pi, 3, (x)", "pi, 3, (x)"),
        # what is used several times is assigned
        ("g(z)=z*z; g(x+1)", "v1 = x + 1\nv1*v1"),
        ("a = x*y; a*a", "a = x*y\na*a"),
        ("b = w*a; L = 10-b", "b = w*a\nL = 10 - b"),
        ("a = x*x; a = a*a; a", "v1 = x*x\na = v1*v1"),
        ("v1 = x*y; f(z) = z*z; f(v1 + 1)", "v1 = x*y\nv2 = v1 + 1\nv2*v2"),
        # as is what comes in another order than it is used
        ("a = sin(x); b = cos(x); b + a", "a = sin(x)\nb = cos(x)\nb + a"),
        ("f(p, q) = q - p; f(sin(x), cos(x))", "v1 = sin(x)\nv2 = cos(x)\nv2 - v1"),
        # names that inputs have as well come last
        ("x = x^2; x", "v1 = x^2\nx = v1"),
        ("x = x^2; y = 2*x; x, y", "v1 = x^2\ny = 2*v1\nx = v1\nx, y"),
        # a number with a name is a variable
        ("a = 2; a*x + 2", "a = 2\na*x + 2"),
        # inputs keep their order
        ("b = y; x*y", "y = y\nx = x\nx*y"),
        ("f[i=1..2] = x[i]^2; f[1] + f[2]", "f[1] = x[1]^2\nf[2] = x[2]^2\nf[1] + f[2]"),
    ],
)
def test_a_graph_is_printed_as_one_would_write_it(text: str, printed: str) -> None:
    graph = read(text)
    assert unparse(graph) == printed + "\n"
    assert structure(read(printed)) == structure(graph)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a = x*y; a*a", "x*y*(x*y)"),
        ("a = x + y; b = 2*a; b - a", "2*(x + y) - (x + y)"),
        ("f(z) = -z; f(3)^2", "(-(3))^2"),
        ("where(x>0 and y>0 or z>0, 1, 2)", "where(x > 0 and y > 0 or z > 0, 1, 2)"),
        ("x", "x"),
    ],
)
def test_a_nodes_formula_is_written_out_in_terms_of_the_inputs(text: str, written: str) -> None:
    graph = read(text)
    assert formula(graph, graph.outputs[0]) == written


def test_a_formula_that_would_be_too_long_is_not_written() -> None:
    doubled = parse("a = x\n" + "a = a*a\n" * 100)
    assert formula(doubled, doubled.outputs[0]) is None
    assert formula(doubled, doubled.outputs[0], limit=10) is None
    deep = parse("sin(" * 50_000 + "x" + ")" * 50_000)
    assert formula(deep, deep.outputs[0]) is None
    assert formula(deep, deep.outputs[0], limit=10**6) == unparse(deep).strip()


# Random graphs. Numbers and conditions are built bottom up, so that every text is a sentence.

MORE = 300

names = st.sampled_from(["x", "y", "z", "x1", "λ", "beta", "u[1]", "A[1,2]"])
literals = st.sampled_from(["0", "1", "2", "0.5", "1e-3", ".5", "7.", "pi", "E"])
unary = [op.name for op in TABLE.values() if op.arguments == ("x",) and not op.symbol]


def _numbers(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    compare = st.builds(
        lambda a, s, b: f"({a}) {s} ({b})", children, st.sampled_from(["<", "<=", "==", "!="]), children
    )
    condition = st.one_of(
        compare,
        st.builds(lambda a: f"not ({a})", compare),
        st.builds(lambda a, b: f"{a} and {b}", compare, compare),
        st.builds(lambda a, b, c: f"({a} or not {b}) and {c}", compare, compare, compare),
        st.builds(lambda a, b, c: f"{a} or {b} or {c}", compare, compare, compare),
        st.builds(lambda a, b, c: f"{a} and ({b} and {c})", compare, compare, compare),
    )
    return st.one_of(
        st.builds(lambda a, s, b: f"({a}){s}({b})", children, st.sampled_from("+-*/^"), children),
        st.builds(lambda a, s, b: f"{a} {s} {b}", children, st.sampled_from(["+", "-", "*", "/", "^", "**"]), children),
        st.builds(lambda a: f"-{a}", children),
        st.builds(lambda a: f"-({a})", children),
        st.builds(lambda n, a: f"{n}({a})", st.sampled_from(unary), children),
        st.builds(lambda a, b: f"Max({a}, {b}, 1)", children, children),
        st.builds(lambda a: f"|{a}|", children),
        st.builds(lambda a, b: f"log({a}, {b})", children, children),
        st.builds(lambda c, a, b: f"where({c}, {a}, {b})", condition, children, children),
        st.builds(lambda c, a, b: f"Piecewise(({a}, {c}), ({b}, True))", condition, children, children),
        st.builds(lambda c, a, d, b: f"Piecewise(({a}, {c}), ({b}, {d}))", condition, children, condition, children),
    )


expressions = st.recursive(st.one_of(names, literals), _numbers, max_leaves=10)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Assignments, among them of inputs' names and of copies and numbers, then outputs or none."""
    lines = ["f(p, q) = p*q - q", "g(p) = (p + 1)/(p - beta)"]
    for _ in range(draw(st.integers(0, 4))):
        name = draw(st.sampled_from(["a", "b", "y", "z", "y1", "v1", "w[1]", "w[2]"]))
        other = draw(st.sampled_from(["a", "b", "y", "f(a, b)", "g(a)", "w[1]", "f(sin(a), cos(b))"]))
        lines.append(f"{name} = {draw(st.one_of(expressions, st.just(other)))}")
        if draw(st.booleans()):
            lines.append(f"{name} = {other} + {draw(expressions)}")
    count = draw(st.integers(0 if len(lines) > 2 else 1, 3))
    wanted = st.one_of(expressions, st.sampled_from(["a", "b*a", "y", "(y)", "f(a, b) + a", "w[1]", "a + 1"]))
    lines += [draw(wanted) for _ in range(count)]
    return "\n".join(lines)


@given(expressions)
def test_an_expression_survives_the_round_trip_node_by_node(text: str) -> None:
    graph = read(text)
    again = read(unparse(graph))
    assert structure(again) == structure(graph)


@settings(max_examples=MORE)
@given(programs())
def test_a_program_survives_the_round_trip(text: str) -> None:
    graph = read(text)
    printed = unparse(graph)
    assert structure(read(printed)) == structure(graph), printed


def _plain(node: int, graph: Graph) -> Any:
    """The value's tree, without regard to sharing."""
    op, args = graph.ops[node], graph.args[node]
    return graph.labels[node] if op is INPUT or op is LITERAL else (op.name, *[_plain(a, graph) for a in args])


@given(expressions)
def test_a_formula_is_the_same_function_of_the_inputs(text: str) -> None:
    graph = read(text)
    written = formula(graph, graph.outputs[0])
    assert written is not None
    again = read(written)
    # Piecewise without a last case is not marked as such in a formula; all else is the same tree.
    if "undefined" not in {op.name for op in graph.ops}:
        assert _flat(_plain(again.outputs[0], again)) == _flat(_plain(graph.outputs[0], graph))


def _flat(tree: Any) -> Any:
    """A tree without the distinction between -(2) and the number -2, which a formula may not keep."""
    if isinstance(tree, str):
        return tree
    return tuple(_flat(t) for t in tree)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any graph a Builder can write: operations in any order, shared or unused, of numbers and conditions."""
    builder = Builder()
    numbers = [builder.input(n) for n in ("x", "y", "u[1]")[: draw(st.integers(1, 3))]]
    numbers += [builder.literal(t) for t in draw(st.lists(st.sampled_from(["2", "-3", "pi", "0.5"]), max_size=2))]
    conditions: list[int] = []
    choices = [op for op in TABLE.values() if op is not UNDEFINED]
    for _ in range(draw(st.integers(1, 14))):
        op = draw(st.sampled_from([*choices, ADD, MUL, MUL, WHERE, NOT]))
        if op.conditions and not conditions:
            op = TABLE["Lt"]
        args = []
        count = draw(st.integers(2, 3)) if op.variadic and not op.matrix else op.count
        junction = op is WHERE and draw(st.booleans())
        for position in range(count):
            if position in op.conditions or junction:
                args.append(draw(st.sampled_from(conditions)))
            else:
                args.append(draw(st.sampled_from(numbers)))
        if junction and draw(st.booleans()):
            args[draw(st.integers(1, 2))] = builder.literal(draw(st.sampled_from(sorted(BOOLEAN))))
        node = builder.apply(op, tuple(args))
        (conditions if op.boolean or junction else numbers).append(node)
    count = draw(st.integers(1, 3))
    outputs = [draw(st.sampled_from(numbers)) for _ in range(count)]
    names = ["y"] if count == 1 else [f"y{i + 1}" for i in range(count)]
    return builder.finish(outputs, names)


@settings(max_examples=MORE)
@given(graphs())
def test_any_graph_of_a_builder_survives_the_round_trip(graph: Graph) -> None:
    printed = unparse(graph)
    assert structure(read(printed)) == structure(graph), printed


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["x*y"] * 20_000),
        "sin(" * 20_000 + "x" + ")" * 20_000,
        "a = x\n" + "a = sin(a) + a\n" * 10_000,
        "(x + " * 20_000 + "y" + ")" * 20_000,
        "-" * 20_000 + "x",
        "x" + "^y" * 20_000,
    ],
    ids=["flat", "calls", "chain", "brackets", "signs", "powers"],
)
def test_length_and_depth_do_not_matter(text: str) -> None:
    graph = read(text)
    assert structure(read(unparse(graph))) == structure(graph)
