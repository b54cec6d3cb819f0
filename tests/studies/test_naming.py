"""What nodes are called, and their formulas."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.answers import evaluate
from adcli.language.notation import LITERAL, NUMBERS, RULE, STATEMENT, Applied, Latex, Leaf, Notation, Piece, Tree
from adcli.modes import COPY
from adcli.modes import evaluate as run
from adcli.ops import TABLE, Op
from adcli.problem.problem import Problem, problem
from adcli.studies.naming import (
    ADJOINT,
    ASCII,
    LINEAR,
    ONE,
    PRETTY,
    TANGENT,
    VALUE,
    Form,
    numbering,
    product,
    pulled,
    pushed,
    rule,
    spelled,
    statement,
)

SEED = "ln(x1)+x1*x2-sin(x2)"
V = [Leaf(VALUE, "v0"), Leaf(VALUE, "v1"), Leaf(VALUE, "v2")]
BAR = Leaf(ADJOINT, "v3")


def names_of(asked: Problem, *, ran: bool = False) -> dict[str, str]:
    """The names by what stands in the text."""
    arithmetic = doubles()
    tape = run(asked.graph, arithmetic, asked.point(arithmetic)) if ran else None
    graph = asked.graph
    return {graph.text[slice(*graph.spans[node])]: name for node, name in numbering(asked, tape).items()}


def test_the_running_formula_is_numbered_as_in_the_textbook() -> None:
    """Baydin et al. 2018, tables 2 and 3: operands of a sum come before its folds."""
    assert names_of(problem(SEED, {"x1": 2, "x2": 5})) == {
        "x1": "v-1",
        "x2": "v0",
        "ln(x1)": "v1",
        "x1*x2": "v2",
        "sin(x2)": "v3",
        "ln(x1)+x1*x2": "v4",
        SEED: "v5",
    }


def test_inputs_are_numbered_in_the_order_of_their_values() -> None:
    """--at decides, whatever the formula and --wrt say."""
    assert names_of(problem("x*y", {"y": 1, "x": 2}, wrt="x")) == {"y": "v-1", "x": "v0", "x*y": "v1"}


def test_without_values_inputs_are_numbered_as_they_appear() -> None:
    """The structure alone has names, too."""
    assert names_of(problem("b*a", values=False)) == {"b": "v-1", "a": "v0", "b*a": "v1"}


def test_literals_and_copies_have_no_number() -> None:
    """a = x is no operation, and 2 no node that is counted."""
    assert names_of(problem("a = x; 2*a + pi", {"x": 1})) == {"x": "v0", "2*a": "v1", "2*a + pi": "v2"}


def test_a_branch_that_is_not_taken_has_no_number() -> None:
    """Only what is evaluated is counted, where there is a run."""
    asked = problem("where(x > 0, exp(x), sin(x)) + 1", {"x": 1})
    assert "sin(x)" not in names_of(asked, ran=True)
    assert "sin(x)" in names_of(asked)


def test_names_have_several_forms() -> None:
    """For people, for keys, for ASCII."""
    assert [PRETTY.node("v-1"), PRETTY.dot("v12"), PRETTY.bar("v0")] == ["v₋₁", "v̇₁₂", "v̄₀"]
    assert [LINEAR.node("v-1"), LINEAR.dot("v12"), LINEAR.bar("v0")] == ["v-1", "v̇12", "v̄0"]
    assert [ASCII.node("v-1"), ASCII.dot("v12"), ASCII.bar("v0")] == ["v-1", "dv12", "vbar0"]
    assert PRETTY.seed("x1") == "ẋ1"
    assert ASCII.output_seed("y") == "ybar"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (SEED, "v₄ - v₃"),
        ("ln(x1)", "ln v₋₁"),
        ("x1^x2", "v₋₁^v₀"),
        ("x1*x2", "v₋₁ × v₀"),
        ("x1/x2", "v₋₁ / v₀"),
        ("-x1", "-v₋₁"),
        ("x1*-3", "v₋₁ × (-3)"),
        ("x1 + -3", "v₋₁ - 3"),
        ("x1 - -3", "v₋₁ + 3"),
        ("atan2(x1, x2)", "atan2(v₋₁, v₀)"),
        ("|x1|", "|v₋₁|"),
        ("2^x1", "2^v₋₁"),
        ("(-2)^x1", "(-2)^v₋₁"),
        ("2*pi", "2 × π"),
    ],
)
def test_statements_read_as_they_are_written_by_hand(text: str, shown: str) -> None:
    """One operation on names."""
    asked = problem(text, {"x1": 2, "x2": 5} if "x2" in text else {"x1": 2} if "x1" in text else {})
    if "x2" not in text and "x1" in text:
        shown = shown.replace("₋₁", "₀")
    (node,) = asked.graph.outputs
    assert spelled(statement(asked, numbering(asked), node), PRETTY, STATEMENT) == shown


@pytest.mark.parametrize(
    ("name", "position", "shown"),
    [
        ("add", 0, "v̄₃"),
        ("sub", 1, "-v̄₃"),
        ("mul", 0, "v̄₃·v₁"),
        ("div", 0, "v̄₃/v₁"),
        ("div", 1, "-v̄₃·v₂/v₁"),
        ("log", 0, "v̄₃/v₀"),
        ("sin", 0, "v̄₃·cos v₀"),
        ("cos", 0, "-v̄₃·sin v₀"),
        ("tan", 0, "v̄₃·(1 + v₂^2)"),
        ("exp", 0, "v̄₃·v₂"),
        ("sqrt", 0, "v̄₃/(2·v₂)"),
        ("tanh", 0, "v̄₃·sech(v₀)^2"),
        ("atan", 0, "v̄₃/(1 + v₀^2)"),
        ("sigmoid", 0, "v̄₃·sigmoid(v₀)·sigmoid(-v₀)"),
        ("erf", 0, "v̄₃·2/sqrt(π)·exp(-v₀^2)"),
    ],
)
def test_rules_of_the_table_are_shown_with_the_names_of_nodes(name: str, position: int, shown: str) -> None:
    """v̄ times the partial derivative, without factors 1, the sign in front."""
    op = TABLE[name]
    partial = rule(op, position, V[2], V[: len(op.arguments)])
    assert spelled(pulled(BAR, partial, None), PRETTY, RULE) == shown


@pytest.mark.parametrize(
    ("exponent", "shown"),
    [("2", "2·v₀"), ("1", "1"), ("3", "3·v₀^2"), ("-1", "-v₀^(-2)"), ("0.5", "0.5·v₀^(-0.5)"), ("2.0", "2.0·v₀")],
)
def test_a_power_with_a_number_as_exponent_is_simplified(exponent: str, shown: str) -> None:
    """As one writes it: 2·v, not 2·v^(2 - 1)."""
    args = (V[0], Leaf(LITERAL, exponent))
    found = rule(TABLE["pow"], 0, V[2], args, (doubles(), 2.0 ** float(exponent), (2.0, float(exponent))))
    assert spelled(found, PRETTY, RULE) == shown


def test_of_several_cases_the_one_that_holds_is_shown() -> None:
    """Where the values are known."""
    relu = TABLE["relu"]
    assert rule(relu, 0, V[1], V[:1], (doubles(), 3.0, (3.0,))) == ONE
    assert spelled(rule(relu, 0, V[1], V[:1]), PRETTY, RULE) == "where(v₀ > 0, 1, 0)"
    tied = rule(TABLE["Max"], 0, V[2], V[:2], (doubles(), 3.0, (3.0, 3.0)))
    assert spelled(tied, PRETTY, RULE) == "1/2"
    assert rule(COPY, 0, V[1], V[:1]) == ONE


def test_the_product_rule_is_written_as_it_is_taught() -> None:
    """v̇₀·v₁ + v₀·v̇₁."""
    op = TABLE["mul"]
    partials = {i: rule(op, i, V[2], V[:2]) for i in range(2)}
    found = pushed(partials, {i: Leaf(TANGENT, f"v{i}") for i in range(2)})
    assert spelled(found, PRETTY, RULE) == "v̇₀·v₁ + v₀·v̇₁"
    assert spelled(found, LINEAR, RULE) == "v̇0·v1 + v0·v̇1"
    assert spelled(found, ASCII, Notation("*")) == "dv0*v1 + v0*dv1"


def test_a_base_whose_name_has_a_minus_stands_in_brackets() -> None:
    """v-1^2 would read as v minus 1²."""
    assert spelled(Applied(TABLE["pow"], (Leaf(VALUE, "v-1"), Leaf(LITERAL, "2"))), LINEAR, RULE) == "(v-1)^2"


def test_latex_has_fractions_roots_and_raised_exponents() -> None:
    """What TeX has a command for is written with it."""
    form = Form("v_{#}", r"\dot v_{#}", r"\bar v_{#}")
    latex = Latex()
    quotient = pulled(BAR, rule(TABLE["sqrt"], 0, V[2], V[:1]), None)
    assert spelled(quotient, form, latex) == r"\frac{\bar v_{3}}{2 \cdot v_{2}}"
    for name, shown in (
        ("sqrt", r"\sqrt{v_{0}}"),
        ("log", r"\ln v_{0}"),
        ("asin", r"\arcsin v_{0}"),
        ("Abs", r"\left|v_{0}\right|"),
        ("sigmoid", r"\operatorname{sigmoid} v_{0}"),
    ):
        assert spelled(Applied(TABLE[name], (V[0],)), form, latex) == shown


class Parsable(Notation):
    """Formulas that the language reads."""

    def __init__(self) -> None:
        super().__init__("*")

    def call(self, op: Op, args: Sequence[Piece]) -> Piece:
        text = f"{op.name}({', '.join(x[0] for x in args)})"
        return text, 9, text


def sampled(op: Op, random: random.Random) -> list[float]:
    """Arguments at which the operation may be tested."""
    found = []
    for samples in op.samples.split(";"):
        if "|" in samples:
            found.append(float(random.choice(samples.split("|"))))
        else:
            low, high = random.choice(samples.split()).split(":")
            found.append(random.uniform(float(low), float(high)))
    return found


@pytest.mark.parametrize(
    ("op", "position"),
    [
        (op, position)
        for op in TABLE.values()
        for position in range(op.count)
        if op.partials and op.partials[0 if op.variadic else position] is not None and not op.conditions
        if len(op.arguments) < 4  # as many as the test has names for
    ],
    ids=lambda item: getattr(item, "name", item),
)
def test_a_rule_with_numbers_in_it_computes_the_partial_derivative(op: Op, position: int) -> None:
    """What a reader works out by hand from the formula shown is the number that the modes use."""
    arithmetic = doubles()
    source = random.Random(op.name)
    for _ in range(3):
        args = sampled(op, source)
        own = arithmetic.value(op)(*args)
        leaves = [Leaf(VALUE, f"v{10 + i}") for i in range(len(args))]
        tree = rule(op, position, Leaf(VALUE, "v9"), leaves, (arithmetic, own, args))
        numbers = {"v9": own, **{f"v{10 + i}": x for i, x in enumerate(args)}}
        expected = arithmetic.partial_at(op, position, own, args)
        assert worked_out(product(BAR, tree), {**numbers, "v3": -2.5}) == pytest.approx(-2.5 * expected, rel=1e-9)
        assert worked_out(tree, numbers) == pytest.approx(expected, rel=1e-9)


def worked_out(tree: Tree, numbers: dict[str, float]) -> float:
    """A formula computed by the language from its text with numbers."""
    text = Parsable().write(tree, lambda leaf: leaf.name if leaf.kind == LITERAL else repr(numbers[leaf.name]))
    return evaluate(text).values[0]


def test_numbers_keep_their_brackets() -> None:
    """A negative number as a factor, and as what is added."""
    sign = Applied(TABLE["mul"], (V[0], V[1]))
    both = Applied(TABLE["add"], (V[0], V[1]))
    assert NUMBERS.write(sign, lambda leaf: "-3") == "-3×(-3)"
    assert NUMBERS.write(both, lambda leaf: "-3") == "-3 - 3"
    assert NUMBERS.write(Applied(TABLE["sin"], (V[0],)), lambda leaf: "-3") == "sin(-3)"
    assert NUMBERS.write(Applied(TABLE["pow"], (V[0], V[1])), lambda leaf: "1e-05") == "(1e-05)^1e-05"
