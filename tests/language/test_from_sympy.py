"""SymPy's expressions become graphs that read as people write."""

from __future__ import annotations

import warnings
from contextlib import suppress

import pytest
import sympy as sp

from adcli.derivatives.answers import evaluate, gradient
from adcli.errors import AdcliError, LimitError, NameFault, SyntaxFault
from adcli.graphs import Graph, verify
from adcli.language.sympy.from_sympy import from_sympy
from adcli.language.sympy.sympy_syntax import parse_sympy
from adcli.ops import INPUT, LITERAL, TABLE, Op

x, y, z = sp.symbols("x y z", real=True)


def spelled(graph: Graph) -> str:
    """The outputs as nested calls of the table's operations."""
    verify(graph)
    found: list[str] = []
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        leaf = op is INPUT or op is LITERAL
        found.append(graph.labels[node] if leaf else f"{op.name}({', '.join(found[a] for a in args)})")
    return "; ".join(found[node] for node in graph.outputs)


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (x - y, "sub(x, y)"),
        (y - 2 * x, "sub(y, mul(2, x))"),
        (-x - y, "sub(neg(x), y)"),
        (x / y, "div(x, y)"),
        (1 / x, "div(1, x)"),
        (x**-2, "div(1, pow(x, 2))"),
        (-x / 2, "neg(div(x, 2))"),
        (sp.Rational(2, 3) * x, "div(mul(2, x), 3)"),
        (-3 * x, "mul(-3, x)"),
        (sp.sqrt(x), "sqrt(x)"),
        (1 / sp.sqrt(x), "div(1, sqrt(x))"),
        (sp.exp(x), "exp(x)"),
        (sp.Pow(sp.E, x, evaluate=False), "exp(x)"),
        (sp.E * sp.pi, "mul(E, pi)"),
        (x ** sp.Rational(1, 3), "pow(x, div(1, 3))"),
        (x * x, "pow(x, 2)"),
        (sp.log(x, y, evaluate=False), "div(log(x), log(y))"),
        (sp.Max(x, y, z), "Max(x, y, z)"),
        (sp.Heaviside(x), "Heaviside(x)"),
        (sp.Heaviside(x, 1), "where(Eq(x, 0), 1, Heaviside(x))"),
        (sp.Piecewise((x, x > 0), (y, True)), "where(Gt(x, 0), x, y)"),
        (sp.Piecewise((x, x > 0)), "where(Gt(x, 0), x, undefined())"),
        (sp.Piecewise((x, sp.Or(x > 0, y > 0)), (y, True)), "where(where(Gt(x, 0), True, Gt(y, 0)), x, y)"),
        (sp.Piecewise((x, sp.And(x > 0, y > 0)), (y, True)), "where(where(Gt(x, 0), Gt(y, 0), False), x, y)"),
        (sp.ITE(x > 0, y > 0, z > 0, evaluate=False) & sp.true, "where(Gt(x, 0), Gt(y, 0), Gt(z, 0))"),
        (sp.Abs(x) + sp.sign(x), "add(Abs(x), sign(x))"),
        (sp.polygamma(1, x), "polygamma(1, x)"),
        (sp.LambertW(x), "LambertW(x)"),
        (sp.LambertW(x, -1), "LambertW_branch(x, -1)"),
        (sp.zeta(x, y), "hurwitz_zeta(x, y)"),
        (sp.Ei(x), "Ei(x)"),
        (sp.elliptic_e(x, y), "elliptic_einc(x, y)"),
        (sp.hyper([y], [sp.S.Half, z], x), "hyp1f2(y, div(1, 2), z, x)"),
        (sp.betainc_regularized(y, z, 0, x), "betainc(y, z, x)"),
        (sp.ceiling(x), "ceiling(x)"),
        (sp.Mod(x, y), "Mod(x, y)"),
        (sp.Function("sigmoid")(x), "sigmoid(x)"),
        (sp.IndexedBase("A")[1, 2], "A[1,2]"),
        (sp.Sum(sp.IndexedBase("x")[sp.Idx("i")], (sp.Idx("i"), 1, 3)), "add(add(x[1], x[2]), x[3])"),
        (sp.UnevaluatedExpr(x) + 1, "add(1, x)"),
    ],
)
def test_an_expression_reads_as_people_write_it(expr: sp.Expr, expected: str) -> None:
    """Differences, quotients and roots are found in SymPy's sums, products and powers."""
    assert spelled(from_sympy(expr)) == expected


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (sp.Float("0.1"), "0.1"),
        (sp.Float(1 / 3), "0.3333333333333333"),
        (sp.Float("0.123456789012345678901234567", 27), "0.123456789012345678901234567"),
        (sp.Float("1e400"), "1.0e+400"),
    ],
)
def test_a_number_keeps_all_its_digits(number: sp.Expr, text: str) -> None:
    """A Float's text denotes the same Float."""
    (label,) = from_sympy(number).labels.values()
    assert label == text
    assert sp.Float(label, precision=number._prec) == number


def test_operands_come_before_the_folds_of_a_sum() -> None:
    """The textbooks' numbering: v1 = ln, v2 = product, v3 = sin, then the sums."""
    ops = [op.name for op in from_sympy(sp.log(x) + x * y - sp.sin(y)).ops]
    assert set(ops[-2:]) == {"add", "sub"}
    assert not {"add", "sub"} & set(ops[:-2])


def test_several_expressions_are_several_outputs() -> None:
    """A list, a Tuple and a Matrix are read alike."""
    for several in ([x, y * 2], sp.Tuple(x, y * 2), sp.Matrix([x, y * 2])):
        graph = from_sympy(several)
        assert spelled(graph) == "x; mul(2, y)"
        assert graph.output_names == ("x", "y2")
    assert from_sympy(x + y).output_names == ("y",)


def test_equal_subexpressions_are_one_node() -> None:
    """A chain of 300 doublings, a tree of 2^300 nodes, is a graph of 601, with no text."""
    expr: sp.Expr = x
    for _ in range(300):
        expr = sp.Add(sp.Mul(expr, expr, evaluate=False), expr, evaluate=False)
    graph = from_sympy(expr)
    assert len(graph) == 601
    assert graph.text == ""


def test_symbols_can_be_renamed() -> None:
    """A symbol that is no name in adcli gets one from the caller."""
    odd = sp.Symbol("x_{1}")
    with pytest.raises(NameFault, match="cannot be a variable's name"):
        from_sympy(odd)
    assert from_sympy(odd + x, names={odd: "x1"}).input_names == ("x1", "x")


@pytest.mark.parametrize(
    ("expr", "named"),
    [
        (sp.meijerg([], [], [0], [], x), "meijerg"),
        (sp.Function("f")(x), "f"),
        (sp.I * x, "complex"),
        (sp.oo, "oo"),
        (sp.Derivative(sp.Function("g")(x), x), "Derivative"),
        (sp.Integral(sp.exp(-(x**2)), x), "Integral"),
        (sp.Symbol("pi"), "pi"),
        (sp.Symbol("x") + x, "x"),
        (sp.Sum(x, (y, 1, z)), "bounds of y"),
    ],
)
def test_what_adcli_lacks_is_named(expr: sp.Expr, named: str) -> None:
    """An unsupported function, constant or symbol is an error that names it."""
    with pytest.raises(NameFault, match=named):
        from_sympy(expr)


def test_an_integer_too_long_to_print_is_a_limit() -> None:
    """SymPy's exact integers have no bound; adcli's literals have."""
    with pytest.raises(LimitError, match="4300"):
        from_sympy(sp.Integer(7) ** 10_000)


def test_sympy_expressions_are_differentiated() -> None:
    """∂/∂x of x·sin(y) is sin(y), whatever assumptions the symbols have."""
    free = sp.Symbol("t")
    found = gradient(free * sp.sin(y), {"t": 2, "y": 0.5})
    assert found.gradient["t"] == pytest.approx(float(sp.sin(0.5)), rel=1e-15)


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.sympy], ids=lambda op: op.name)
def test_a_definition_for_sympy_has_the_rows_arguments(op: Op) -> None:
    """A definition's only free names are those of the table's row."""
    assert set(parse_sympy(op.sympy).input_names) == set(op.arguments)


# --syntax sympy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x1**2*Max(x1, x2)", "mul(pow(x1, 2), Max(x1, x2))"),
        ("-x^2", "neg(pow(x, 2))"),
        ("2**-x", "pow(2, neg(x))"),
        ("x^y^z", "pow(x, pow(y, z))"),
        ("a-b-c", "sub(sub(a, b), c)"),
        ("a/b/c", "div(div(a, b), c)"),
        ("x*x - x", "sub(mul(x, x), x)"),
        ("-2*x", "mul(-2, x)"),
        ("0.10*x + 1e400", "add(mul(0.10, x), 1e400)"),
        ("lambda*N + S + I + beta*gamma", "add(add(add(mul(lambda, N), S), I), mul(beta, gamma))"),
        ("beta(x, gamma)", "beta(x, gamma)"),
        ("x, y*2", "x; mul(y, 2)"),
        ("cbrt(x) + sigmoid(x)", "add(cbrt(x), sigmoid(x))"),
        ("Piecewise((x, x<1), (y, True))", "where(Lt(x, 1), x, y)"),
        ("Piecewise((x, And(x<1, log(x)>2)), (y, x==2))",
         "where(where(Lt(x, 1), Gt(log(x), 2), False), x, where(Eq(x, 2), y, undefined()))"),
    ],
)  # fmt: skip
def test_sympys_parser_reads_the_text_as_written(text: str, expected: str) -> None:
    """Nothing is evaluated or reordered, names mean variables, numbers keep their text."""
    assert spelled(parse_sympy(text)) == expected


def test_bombs_stay_formulas() -> None:
    """A tower of powers is read at once: its numbers are symbols to SymPy."""
    assert spelled(parse_sympy("9**9**9**9*x")) == "mul(pow(9, pow(9, pow(9, 9))), x)"
    assert spelled(parse_sympy("gamma(1000000000)")) == "gamma(1000000000)"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("__import__('os').system('echo hacked')", 11),
        ("x.real", 1),
        ("(x).__class__", 3),
        ("lambda x: 2", 8),
        ("x if x else y", 2),
        ("[x for x in y]", 0),
        ("__builtins__", 0),
        ("__import__(x)", 0),
        ("x := 2", 2),
        ('f"{x}"', 1),
        ("x = 2", 2),
        ("x and y", 2),
        ("|x|", 0),
        ("2x", 1),
        ("x y", 2),
        ("x[1]", 0),
        ("(x", 0),
        ("x)", 1),
        ("x +", 2),
        ("x,,y", 2),
        ("x,", 1),
        ("sin()", 4),
        ("*x", 0),
        ("1.2.3", 3),
        ("", 0),
    ],
)
def test_what_is_no_formula_never_reaches_sympy(text: str, start: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attributes, strings, keywords, lambdas, dunder names and loose ends are located errors before any evaluation."""
    monkeypatch.setattr("sympy.parsing.sympy_parser.eval_expr", None)
    with pytest.raises(SyntaxFault) as caught:
        parse_sympy(text)
    assert caught.value.span is not None
    assert caught.value.span[0] == start
    assert caught.value.text == text


@pytest.mark.parametrize("text", ["sin(x, y)", "sin(x < 1)", "(x < 1) + 2", "Piecewise((1, x))", "Piecewise(x)"])
def test_a_sentence_without_sense_is_located(text: str) -> None:
    """Conditions where numbers belong, and wrong numbers of arguments, are errors with a place."""
    with pytest.raises(SyntaxFault) as caught:
        parse_sympy(text)
    assert caught.value.span is not None


def test_an_unknown_function_is_named() -> None:
    """With what it may have meant."""
    with pytest.raises(NameFault, match="sinn") as caught:
        parse_sympy("x + sinn(x)")
    assert caught.value.span == (4, 8)
    assert caught.value.hint == "did you mean sin?"


@pytest.mark.parametrize(
    "text", ["(" * 5000 + "x" + ")" * 5000, "+".join("x" * 30_000), "-" * 9000 + "x", "x^" * 9000 + "x"]
)
def test_what_is_too_large_for_sympys_parser_is_a_limit(text: str) -> None:
    """Depth and length beyond Python's own parser give a clear error."""
    with pytest.raises(LimitError, match="SymPy's parser"):
        parse_sympy(text)


def test_a_domain_error_names_the_call() -> None:
    """Calls keep their place in the text through SymPy's parser."""
    from adcli.errors import DomainError

    with pytest.raises(DomainError) as caught:
        evaluate("x2 + log(x1 - 3)", {"x1": 2, "x2": 1}, syntax="sympy")
    assert caught.value.span == (5, 16)


@pytest.mark.parametrize("syntax", ["sympy", "latex", "mathematica", "maxima", "adcli"])
def test_no_warning_of_sympy_gets_out(syntax: str) -> None:
    """Conditions among numbers, and calls that SymPy deprecates, are refused or read without a word of its own."""
    odd = ("x + (x < 1)", "Eq(x)", "x*(x<1)", "Max(x, True)", "-(x<1)", "Piecewise((x, x))", "Or(x<1, x)", "x + True")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text in odd:
            with suppress(AdcliError):
                gradient(text, {"x": 0.5}, syntax=syntax)
