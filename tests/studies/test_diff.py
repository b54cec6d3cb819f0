"""Derivatives as formulas: short, right, and explained."""

from __future__ import annotations

import pytest
from ops.samples import LEAN, NUMERIC, text
from sixty import SIXTY

from adcli import evaluate, gradient, hessian, parse
from adcli.errors import LimitError, NameFault, UndecidedError, UsageError
from adcli.ops import Op
from adcli.studies.diff.diff import Work, diff
from adcli.studies.diff.explain import RULES, explain
from adcli.studies.equal.rational import identical
from adcli.studies.symbolic.measure import length


def test_the_shortest_form_is_taken() -> None:
    """One question for many formulas: SymPy is loaded once."""
    formulas = {
        "x^3": "3*x^2",
        "sin(x)^2 + cos(x)^2": "0",
        "(x^2+1)/(x^2-1)": "-4*x/(x^2 - 1)^2",
        "0.3*x^2": "0.6*x",
        "x^x": "x^x*(log(x) + 1)",
        "abs(x)": "sign(x)",
        "exp(-x^2/2)/sqrt(2*pi)": "-x*exp(-x^2/2)/sqrt(2*pi)",
    }
    found = diff(list(formulas), wrt="x", seconds=60)
    assert [entry.text for entry in found.entries] == list(formulas.values())
    for entry in found.entries:
        assert entry.proof or (entry.points, entry.digits) == (40, 50)
    assert found.form == "shortest"


@pytest.mark.parametrize(("formula", "derivative", "mathjs", "maxima", "sympy"), SIXTY)
def test_derivatives_are_right_and_not_longer_than_those_of_others(
    formula: str, derivative: str, mathjs: int | None, maxima: int, sympy: int
) -> None:
    """By at most a tenth, in the measure that is minimised; equal to the reverse mode."""
    graph = parse(formula)
    work = Work(graph, {"x": dict(zip(graph.input_names, graph.inputs, strict=True))["x"]}, [("x",)])
    assert work.verified(0, [derivative]).text == derivative
    assert length(derivative) <= 1.1 * min(other for other in (mathjs, maxima, sympy) if other is not None)


def test_without_time_the_modes_own_form_is_given() -> None:
    """It is verified all the same."""
    found = diff("x^2*sin(x)", seconds=0)
    assert found.form == "best in time"
    assert found.entries[0].points == 40
    assert gradient(found.entries[0].text, {"x": 1.3}).value == pytest.approx(
        gradient("x^2*sin(x)", {"x": 1.3}).gradient["x"]
    )


def test_a_form_that_disagrees_is_never_printed() -> None:
    """Whatever SymPy says: a wrong form, one with a smaller domain, and one that cannot be read are passed over."""
    work = Work(parse("sin(x)"), {"x": 0}, [("x",)])
    shown = work.verified(0, ["1", "cos(x) + 1e-45", "cos(x", "sqrt(cos(x))^2", "foo(x)"])
    assert shown.text == "cos(x)"


def test_where_the_domains_differ_is_said() -> None:
    """A form has a value where the formula has no derivative."""
    (entry,) = diff("2*log(x)", seconds=0).entries
    assert entry.wider is not None
    assert entry.wider["x"] < 0
    (entry,) = diff("log(x^2)", seconds=0).entries
    assert entry.wider is None


def test_orders_and_ways() -> None:
    """Symmetric entries once; by names one after the other; several outputs by name."""
    second = diff("x^2*y^3", order=2, seconds=0)
    assert [entry.by for entry in second.entries] == [("x", "x"), ("x", "y"), ("y", "y")]
    truth = hessian("x^2*y^3", {"x": 2, "y": 3}).hessian
    values = evaluate([entry.text for entry in second.entries], {"x": 2, "y": 3}).values
    assert values == pytest.approx([truth[0][0], truth[0][1], truth[1][1]])
    (third,) = diff("x^2*y^3", by=["x", "y", "y"], seconds=0).entries
    assert identical(parse(third.text), parse("12*x*y"), ["x", "y"])
    two = diff(["x*y", "x+y"], seconds=0)
    assert two.nested(lambda entry: entry.text) == {"y1": {"x": "y", "y": "x"}, "y2": {"x": "1", "y": "1"}}
    assert diff("exp(2*x)", order=2, seconds=0).nested(lambda entry: entry.by) == {"x": ("x", "x")}


def test_values_at_a_point() -> None:
    """Beside the formulas."""
    found = diff("x^2*y", {"x": 3, "y": 2}, seconds=0)
    assert [entry.value for entry in found.entries] == [12.0, 9.0]


def test_what_cannot_be_asked() -> None:
    """Intermediates, unknown names, derivatives of what has no value, formulas without end."""
    with pytest.raises(UsageError, match="assigned"):
        diff("v = x^2; sin(v)", wrt="v")
    with pytest.raises(NameFault):
        diff("x*y", by=["z"])
    with pytest.raises(UsageError, match="order"):
        diff("x", order=0)
    with pytest.raises(UndecidedError):
        diff("log(-x^2 - 1)", seconds=0)
    with pytest.raises(LimitError, match="characters"):
        diff("a = x\n" + "a = a*sin(a)\n" * 30 + "a", seconds=0)


@pytest.mark.parametrize(
    "op",
    [op for op in (*NUMERIC, *LEAN) if op.partials[-1] is not None and not op.inner],
    ids=lambda op: op.name,
)
def test_every_operation_has_reasons(op: Op) -> None:
    """By the rule of its row, or that of the textbook for what is written with signs; checked at points."""
    graph = parse(text(op))
    name = graph.input_names[-1]
    step = explain(graph, graph.outputs[0], name)
    assert step.statement
    assert step.rule.endswith("rule")
    assert f"{name}" in dict(step.letters).values()


def test_reasons_are_nested_and_name_the_rules() -> None:
    """What u and v are; the chain rule where an operand is no variable; what was shown before is not shown again."""
    graph = parse("y = x^2*sin(3*x); y + 1/y")
    step = explain(graph, graph.outputs[0], "x")
    rules = [below.rule for below in step.all()]
    assert rules[0] == "sum rule"
    assert "product rule" in rules
    assert "reciprocal rule" in rules
    assert "sin rule, chain rule" in rules
    (product,) = {below.letters for below in step.all() if below.rule == "product rule"}
    assert dict(product) == {"u": "x^2", "v": "sin(3*x)"}
    assert [below.again for below in step.all() if below.rule == "product rule"] == [False, True]
    assert [below.subject for below in step.all() if below.rule == "product rule"] == ["y = x^2*sin(3*x)"] * 2


def test_a_rules_letters_are_no_names_of_the_formula() -> None:
    """A u of the formula is not the rule's u."""
    graph = parse("u = x*n; sin(u)/u + x^n")
    step = explain(graph, graph.outputs[0], "x")
    for line in step.all():
        assert not {letter for letter, _ in line.letters} & {"u", "x", "n"}
    assert "(f^c)' = c*f^(c - 1)*f'" in {line.statement for line in step.all()}


@pytest.mark.parametrize(
    ("formula", "result", "statement"),
    [
        ("log(x^2 + 1)", "2*x/(x^2 + 1)", "log(u)' = u'/u"),
        ("sqrt(1 - x^2)", "-x/sqrt(1 - x^2)", "sqrt(u)' = u'/(2*sqrt(u))"),
        ("acos(x)", "-1/sqrt((1 - x)*(1 + x))", "acos(u)' = -u'/sqrt((1 - u)*(1 + u))"),
        ("cos(3*x)^2", "-6*cos(3*x)*sin(3*x)", "(u^n)' = n*u^(n - 1)*u'"),
        ("x^x", "x^x*(log(x) + 1)", "(u^v)' = u^v*(v'*log(u) + v*u'/u)"),
        ("a^x", "a^x*log(a)", "(c^u)' = c^u*log(c)*u'"),
        ("Max(x, 1)", "where(x == Max(x, 1), 1, 0)", "Max(u, v)' = where(u == Max(u, v), u', 0)"),
    ],
)
def test_lines_read_as_a_teacher_writes_them(formula: str, result: str, statement: str) -> None:
    """Quotients, signs and numbers in front; a kink at a point of the check is no disagreement."""
    graph = parse(formula)
    step = explain(graph, graph.outputs[0], "x")
    assert (step.result, step.statement) == (result, statement)


def test_the_textbooks_rules_are_true() -> None:
    """Each of those that are written down for signs, by the gradient of an example."""
    for (op, varying), (_, left, right) in RULES.items():
        letters = [c for c in left if c.isalpha()]
        inner = dict(zip(letters, ["x^2 + 1", "sin(x) + 2"], strict=False)) if all(varying) else {}
        for letter, varies in zip(letters, varying, strict=True):
            inner.setdefault(letter, "x^2 + 1" if varies else "3")
        values = {letter: gradient(f"{formula} + 0*x", {"x": 0.7}) for letter, formula in inner.items()}
        at = {letter: found.value for letter, found in values.items()}
        at.update({f"d{letter}": found.gradient["x"] for letter, found in values.items()})
        used = {name: value for name, value in at.items() if name in parse(right).input_names}
        whole = left
        for letter in letters:
            whole = whole.replace(letter, f"({inner[letter].replace('sin', 'SIN')})", 1)
        whole = whole.replace("SIN", "sin")
        assert gradient(right, used).value == pytest.approx(gradient(whole, {"x": 0.7}).gradient["x"]), (op, left)
