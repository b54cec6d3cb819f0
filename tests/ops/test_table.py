"""The table itself: complete, and each row coherent."""

from __future__ import annotations

import math

import pytest
import sympy

from adcli.arithmetic import floats
from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.multiprecision import multiprecision, named
from adcli.arithmetic.rules import parsed
from adcli.graphs import Graph, verify
from adcli.language.sympy.definitions import defined
from adcli.modes import evaluate
from adcli.ops import FUNCTIONS, INPUT, LITERAL, TABLE, Op

from .comparison import attempt, partial_of
from .samples import NUMERIC, far_ends, points, ranges

DESIGNED = """
add sub mul div neg pow exp expm1 log log1p log2 log10 sqrt cbrt sin cos tan sec csc cot asin acos atan acot asec acsc
atan2 sinh cosh tanh sech csch coth asinh acosh atanh acoth asech acsch Abs sign Max Min floor ceiling Mod Heaviside
hypot erf erfc erfi erfinv gamma loggamma digamma polygamma beta sigmoid softplus relu logaddexp sinc LambertW
where Lt Le Gt Ge Eq Ne Not
"""

each_row = pytest.mark.parametrize("op", TABLE.values(), ids=lambda op: op.name)


def names_in(graph: Graph) -> set[str]:
    """The free names of a rule."""
    return set(graph.input_names)


def made_of(op: Op) -> set[Op]:
    """The operations of a row's text, and of theirs."""
    found: set[Op] = set()
    waiting = [op]
    while waiting:
        text = waiting.pop().value
        new = set(parsed(text).ops) - found if text else set()
        found |= new
        waiting += new
    return found


def test_every_operation_of_the_design_has_a_row() -> None:
    """And every row without infix spelling of its own can be called by its name."""
    designed = DESIGNED.split()
    assert set(designed) <= set(TABLE)
    called = [name for name in designed if not TABLE[name].symbol or TABLE[name].boolean]
    assert set(called) <= set(FUNCTIONS)


def test_names_and_aliases_are_unique() -> None:
    """No name means two operations."""
    names = [name for op in TABLE.values() for name in (op.name, *op.aliases)]
    assert len(names) == len(set(names))
    assert all(op.name == name for name, op in TABLE.items())


@each_row
def test_rules_use_the_arguments_and_the_result_only(op: Op) -> None:
    """Each is one expression of the language, of the row's arguments and v; a variadic one of x, v and ties."""
    known = {"cofactor"} if op.matrix else {"x", "v", "ties"} if op.variadic else {*op.arguments, "v"}
    for rule in op.partials:
        if rule is not None:
            graph = parsed(rule)
            if not op.conditions:  # an argument that is a condition reads as a number here
                verify(graph)
            assert len(graph.outputs) == 1
            assert names_in(graph) <= known, rule
    for condition in (op.domain, op.kink):
        if condition:
            graph = parsed(condition)
            verify(graph)
            allowed = known - {"v"} if condition == op.domain else known
            assert names_in(graph) <= allowed, condition
            result = graph.outputs[0]
            assert graph.ops[result].boolean or graph.ops[result].name in {"where", "literal"}, condition
    assert "v" not in op.arguments


@each_row
def test_fields_fit_the_arguments(op: Op) -> None:
    """One partial for each argument; exceptions, functions for accuracy and samples where there are arguments."""
    count = len(op.arguments)
    assert len(op.partials) in (0, count) or op.boolean
    assert len(op.exceptions) <= count
    assert len(op.accurate) <= count
    assert all(0 <= i < count for i in op.conditions)
    assert op.flops in (0, 1, 10, 40)
    assert not (op.value and op.variadic)
    assert not (op.value and op in made_of(op)), "a value in terms of itself is none"
    assert not op.twin or TABLE[op.twin].twin == op.name
    assert op.zeros in ("", "none", "plus")
    assert not op.scales or names_in(parsed(op.scales)) == {"c"}
    assert count == 1 or not (op.slope or op.monotone or op.scales)
    if op.samples:
        assert op.variadic or len(ranges(op)) == count


@each_row
def test_exceptions_are_conditions_with_a_value(op: Op) -> None:
    """ "condition: value", both of the arguments and v."""
    for exception in filter(None, op.exceptions):
        condition, _, value = exception.rpartition(":")
        for part in (condition, value):
            assert names_in(parsed(part)) <= {*op.arguments, "v"}


@each_row
def test_functions_for_accuracy_exist(op: Op) -> None:
    """Each in doubles, in mpmath's numbers, or in both."""
    for name in filter(None, op.accurate):
        assert hasattr(floats, name) or named(name), name


@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_samples_lie_in_the_domain_and_off_the_kinks(op: Op) -> None:
    """So that what is tested there is a value and a derivative."""
    for point in points(op, 50):
        v = doubles().value(op)(*point)
        assert not op.domain or doubles().condition(op, op.domain)(None, *point), point
        assert not op.kink or not doubles().condition(op, op.kink)(v, *point), point


@each_row
def test_only_rows_on_numbers_have_samples(op: Op) -> None:
    """Every operation that can be differentiated is sampled, conditions and choices are not."""
    assert bool(op.samples) == (any(op.partials) and op.name != "where")


@pytest.mark.parametrize(
    ("op", "text"),
    [pytest.param(op, text, id=op.name) for op in TABLE.values() for text in (op.value, op.expansion) if text],
)
def test_values_and_expansions_are_the_operation(op: Op, text: str) -> None:
    """Well-formed programs of one output, of the arguments only, with the operation's value to the last few bits."""
    graph = parsed(text)
    verify(graph)
    assert names_in(graph) == set(op.arguments)
    (result,) = graph.outputs
    for point in points(op, 50):
        given = dict(zip(op.arguments, point, strict=True))
        tape = evaluate(graph, doubles(), {node: given[graph.labels[node]] for node in graph.inputs})
        assert tape.values[result] == pytest.approx(doubles().value(op)(*point), rel=1e-14, abs=0), point


def test_leaves_are_no_operations() -> None:
    """Inputs and literals are in no table."""
    assert INPUT not in TABLE.values()
    assert LITERAL not in TABLE.values()


WIDE = multiprecision(40)


@pytest.mark.parametrize("op", [op for op in NUMERIC if op.slope or op.monotone], ids=lambda op: op.name)
def test_slopes_bound_the_derivative_and_monotone_operations_keep_its_sign(op: Op) -> None:
    """At ordinary points, far out, and where doubles end."""
    signs = set()
    for point in points(op, 50) + far_ends(op):
        slope, refusal = attempt(partial_of(op, 0, WIDE), point)
        if refusal is not None:
            assert refusal.reason != "domain" or (op.domain and not op.slope)
            continue
        assert not op.slope or abs(slope) <= op.slope, point
        signs.add((slope > 0) - (slope < 0))
    assert not op.monotone or len(signs - {0}) == 1


@pytest.mark.parametrize("op", [op for op in NUMERIC if math.inf > min(-op.least, op.most)], ids=lambda op: op.name)
def test_values_lie_between_the_least_and_the_most(op: Op) -> None:
    """At ordinary points and where doubles end, with 40 digits; the ends are doubles, so they are next to the bound."""
    for point in points(op, 50) + far_ends(op):
        value, refusal = attempt(WIDE.value(op), *map(WIDE.exactly, point))
        assert refusal is not None or op.least <= value <= op.most, point


@pytest.mark.parametrize("op", [op for op in NUMERIC if op.scales], ids=lambda op: op.name)
def test_factors_go_in_front_of_what_scales(op: Op) -> None:
    """With 40 digits: f(c·x) is scales(c)·f(x)."""
    factor = WIDE.compile(("c",), WIDE.source(op.scales), op.name)
    for (x,) in points(op, 10):
        for c in (0.5, 3.0, 1e-7):
            both = WIDE.value(op)(WIDE.exactly(c) * x), factor(WIDE.exactly(c)) * WIDE.value(op)(WIDE.exactly(x))
            assert abs(both[0] - both[1]) <= abs(both[0]) * WIDE.context.mpf(10) ** -38


@pytest.mark.parametrize("op", [op for op in NUMERIC if op.zeros], ids=lambda op: op.name)
def test_results_are_no_zeros_of_the_kind_that_the_row_excludes(op: Op) -> None:
    """None at all, or none with a minus; what underflows is in doubt anyway."""
    for point in points(op, 50) + far_ends(op):
        try:
            found = doubles().value(op)(*point)
        except (ArithmeticError, ValueError):
            continue
        assert found or op.underflows or (op.zeros == "plus" and math.copysign(1, found) == 1), point


@pytest.mark.parametrize("op", [op for op in NUMERIC if op.value], ids=lambda op: op.name)
def test_sympy_reads_a_value_as_it_is_meant(op: Op) -> None:
    """What SymPy would be told of an operation that it lacks: statements, branches, constants."""
    names = sympy.symbols(op.arguments, real=True)
    formula = defined(op.value, op.arguments)(*names)
    for point in points(op, 3):
        found = formula.subs(dict(zip(names, map(sympy.Rational, point), strict=True))).evalf(30)
        assert float(found) == pytest.approx(doubles().value(op)(*point), rel=1e-14, abs=0), point
