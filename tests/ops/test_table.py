"""The table itself: complete, and each row coherent."""

from __future__ import annotations

import pytest

from adcli.arithmetic import floats, mpmath_functions
from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.rules import parsed
from adcli.graph import Graph, verify
from adcli.modes import evaluate
from adcli.ops import FUNCTIONS, INPUT, LITERAL, TABLE, Op

from .samples import NUMERIC, points, ranges

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
    known = {"x", "v", "ties"} if op.variadic else {*op.arguments, "v"}
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
        assert hasattr(floats, name) or hasattr(mpmath_functions, name), name


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


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.expansion], ids=lambda op: op.name)
def test_expansions_are_the_operation(op: Op) -> None:
    """Well-formed programs of one output, of the arguments only, with the operation's value to the last few bits."""
    graph = parsed(op.expansion)
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
