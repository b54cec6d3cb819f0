"""The computational graph: its nodes, its edges, and the numbers on them."""

from __future__ import annotations

import math

import mpmath
import pytest
from hypothesis import given
from programs import POINT, programs

from adcli.derivatives.answers import gradient
from adcli.errors import DomainError, NameFault, RangeError, UsageError
from adcli.studies.graph import GraphView, graph_view
from adcli.studies.paths import paths

BAYDIN = "ln(x1)+x1*x2-sin(x2)"
AT = {"x1": 2, "x2": 5}


def partials(view: GraphView) -> dict[tuple[str, str], float | None]:
    return {(edge.source, edge.target): edge.partial for edge in view.edges}


def test_the_textbooks_graph() -> None:
    """Baydin et al. (2018), figure 4 and table 2: seven nodes, eight edges, each from an argument to its user."""
    view = graph_view(BAYDIN, AT)
    values = {node.name: node.value for node in view.nodes}
    assert values == pytest.approx(
        {
            "v-1": 2,
            "v0": 5,
            "v1": math.log(2),
            "v2": 10,
            "v3": math.sin(5),
            "v4": 10 + math.log(2),
            "v5": 10 + math.log(2) - math.sin(5),
        }
    )
    assert partials(view) == pytest.approx(
        {
            ("v-1", "v1"): 1 / 2,
            ("v-1", "v2"): 5,
            ("v0", "v2"): 2,
            ("v0", "v3"): math.cos(5),
            ("v1", "v4"): 1,
            ("v2", "v4"): 1,
            ("v4", "v5"): 1,
            ("v3", "v5"): -1,
        }
    )
    assert view.outputs == {"y": "v5"}
    assert [node.label for node in view.nodes] == [
        "x1", "x2", "ln v-1", "v-1 × v0", "sin v0", "v1 + v2", "v4 - v3",
    ]  # fmt: skip


def test_adjoints_are_the_textbooks() -> None:
    """Baydin et al. (2018), table 3."""
    adjoints = {node.name: node.adjoint for node in graph_view(BAYDIN, AT, adjoints=True).nodes}
    assert adjoints == pytest.approx({"v-1": 5.5, "v0": 2 - math.cos(5), "v1": 1, "v2": 1, "v3": -1, "v4": 1, "v5": 1})


@given(programs())
def test_each_adjoint_is_the_sum_over_its_users(program: str) -> None:
    """v̄ⱼ = Σ v̄ᵢ·∂vᵢ/∂vⱼ over the edges that leave j, and the inputs' adjoints are the gradient."""
    view = graph_view(program, POINT, adjoints=True)
    adjoints = {node.name: node.adjoint for node in view.nodes}
    for node in view.nodes:
        if node.adjoint is not None and node.name not in view.outputs.values():
            terms = [
                adjoints[e.target] * e.partial for e in view.edges if e.source == node.name and e.partial is not None
            ]
            assert node.adjoint == pytest.approx(math.fsum(terms), abs=1e-12)
    found = gradient(program, POINT).gradient
    for node in view.nodes:
        if node.op == "input":
            assert node.adjoint == pytest.approx(found[node.label], abs=1e-12)


def test_a_square_uses_its_argument_twice() -> None:
    """x*x has two parallel edges, each with the partial x."""
    view = graph_view("x*x", {"x": 3})
    assert [(edge.source, edge.target, edge.partial) for edge in view.edges] == [("v0", "v1", 3.0)] * 2


def test_literals_are_no_nodes() -> None:
    """They stand in the labels; a copy is no node either."""
    view = graph_view("a = 2*x; b = a; b^3")
    assert [(node.name, node.label) for node in view.nodes] == [("v0", "x"), ("v1", "2 × v0"), ("v2", "v1^3")]
    assert [(edge.source, edge.target) for edge in view.edges] == [("v0", "v1"), ("v1", "v2")]


def test_without_a_point_there_is_structure_only() -> None:
    """The same nodes and edges, without numbers."""
    with_numbers, without = graph_view(BAYDIN, AT), graph_view(BAYDIN)
    assert [(n.name, n.op, n.label) for n in with_numbers.nodes] == [(n.name, n.op, n.label) for n in without.nodes]
    assert list(partials(with_numbers)) == list(partials(without))
    assert {node.value for node in without.nodes} == {edge.partial for edge in without.edges} == {None}


def test_only_the_branch_taken_is_in_the_graph_of_a_run() -> None:
    """The condition is a node whose edges carry no derivative; the other branch is not there."""
    program = "where(x > 1, x^2, log(y))"
    view = graph_view(program, {"x": 3, "y": -1})
    assert [node.label for node in view.nodes] == ["x", "y", "v-1 > 1", "(v-1)^2", "v2 if v1"]
    assert [node.value for node in view.nodes] == [3, -1, True, 9, 9]
    assert partials(view) == {("v-1", "v1"): None, ("v-1", "v2"): 6, ("v1", "v3"): None, ("v2", "v3"): 1}
    assert "where(v1, v2, v3)" in [node.label for node in graph_view(program).nodes]
    assert graph_view(program, {"x": 0, "y": 1}).nodes[-1].label == "v2 if not v1"


def test_constants_carry_no_derivative() -> None:
    """An operation on constants is a node with a value, and its edge has no partial and no adjoint."""
    view = graph_view("x^(1/2)", {"x": 4}, adjoints=True)
    constant = next(node for node in view.nodes if node.label == "1 / 2")
    assert constant.value == 0.5
    assert constant.adjoint is None
    assert partials(view)[(constant.name, view.outputs["y"])] is None
    assert partials(view)[("v0", view.outputs["y"])] == 0.25


def test_what_depends_on_a_name_is_marked() -> None:
    """x1 itself and whatever is computed from it, and the edges between them."""
    view = graph_view(BAYDIN, highlight=["x1"])
    assert [node.name for node in view.nodes if node.marked] == ["v-1", "v1", "v2", "v4", "v5"]
    assert ("v0", "v2") not in {(edge.source, edge.target) for edge in view.edges if edge.marked}
    family = graph_view("x[1]*y + x[2]", highlight=["x"])
    assert [node.label for node in family.nodes if node.marked and node.op == "input"] == ["x[1]", "x[2]"]
    with pytest.raises(NameFault, match="x3"):
        graph_view(BAYDIN, highlight=["x3"])


def test_several_outputs_need_weights_for_adjoints() -> None:
    """As vjp does; with weights, v̄ of an input is what vjp gives."""
    with pytest.raises(UsageError, match="2 outputs"):
        graph_view("x*y, x+y", {"x": 2, "y": 3}, adjoints=True)
    view = graph_view("x*y, x+y", {"x": 2, "y": 3}, cotangent=[1, 10])
    assert [node.adjoint for node in view.nodes[:2]] == [13, 12]
    same = graph_view("y = x^2; y, y", {"x": 3}, cotangent=[1, 10])
    assert [node.adjoint for node in same.nodes] == [66, 11]
    with pytest.raises(UsageError, match="point"):
        graph_view(BAYDIN, adjoints=True)


def test_adjoints_do_not_depend_on_what_is_differentiated_by() -> None:
    """All nodes have them, whatever --wrt names."""
    view = graph_view(BAYDIN, AT, adjoints=True, wrt="x1")
    assert [node.adjoint for node in view.nodes] == [
        node.adjoint for node in graph_view(BAYDIN, AT, adjoints=True).nodes
    ]


def test_an_infinite_derivative_is_said_and_the_values_shown() -> None:
    """sqrt has no finite derivative at 0, and the graph still has its values."""
    view = graph_view("sqrt(x)*2", {"x": 0})
    assert [node.value for node in view.nodes] == [0, 0, 0]
    assert {edge.partial for edge in view.edges} == {None}
    assert [notice.kind for notice in view.warnings] == ["domain"]


def test_a_value_that_does_not_exist_is_an_error() -> None:
    """As everywhere."""
    with pytest.raises(DomainError):
        graph_view("log(x)", {"x": -1})


def test_kinks_are_said() -> None:
    """The partial is the convention's."""
    view = graph_view("Abs(x)", {"x": 0})
    assert [edge.partial for edge in view.edges] == [0]
    assert [notice.kind for notice in view.warnings] == ["kink"]


def test_precise_numbers() -> None:
    """At 30 digits, values and partials have them: cos 1 = 0.540302305868139717400936607443 (OEIS A049470)."""
    (edge,) = graph_view("sin(x)", {"x": 1}, precision=30).edges
    assert str(edge.partial) == "0.540302305868139717400936607443"


def test_an_output_may_be_an_input_or_a_literal() -> None:
    """Then there is no operation; a literal stands for itself."""
    view = graph_view("x, 5", {"x": 3})
    assert view.outputs == {"x": "v0", "y2": "5"}
    assert len(view.nodes) == 1
    assert view.edges == ()


def test_a_program_of_many_steps() -> None:
    """A chain of 20,000 operations is no deeper than any other."""
    view = graph_view("a = x\n" + "a = sin(a)\n" * 20_000, {"x": 1}, adjoints=True)
    assert len(view.nodes) == 20_001


def test_values_beyond_floats_are_shown_where_the_result_is_none() -> None:
    """exp(800) inside log(1 + exp(x)) is 2.7e347; the derivative is 1."""
    view = graph_view("log(1+exp(x))", {"x": 800}, adjoints=True)
    values = {node.name: node.value for node in view.nodes}
    assert mpmath.almosteq(values["v1"], mpmath.exp(800), rel_eps=1e-13)
    assert values["v3"] == 800.0
    assert [edge.partial for edge in view.edges][1] == 1.0
    assert {notice.kind for notice in view.warnings} == {"range"}
    with pytest.raises(RangeError):
        graph_view("exp(x)", {"x": 800})
    with pytest.raises(RangeError):
        graph_view("exp(exp(x))/exp(exp(x))", {"x": 1000})
    (path,) = paths("log(1+exp(x))", {"x": 800}).paths
    assert path.product == pytest.approx(1, rel=1e-13)
    assert isinstance(path.product, float)


ARRAYS = "z = A@x - b; norm(z)^2"
ARRAYS_AT = {"A": [[1, 2], [3, 4]], "x": [1, 2], "b": [1, 1]}


def test_what_an_operation_on_arrays_is_written_out_to_is_one_box() -> None:
    """With the values that others use of it; between two boxes is one edge, for so many uses."""
    view = graph_view(ARRAYS, ARRAYS_AT, adjoints=True, group=True)
    assert [(node.op, node.label, node.value, node.count) for node in view.nodes] == [
        ("input", "A", (1, 2, 3, 4), 4),
        ("input", "x", (1, 2), 2),
        ("input", "b", (1, 1), 2),
        ("box", "A@x", (5, 11), 6),
        ("box", "z = A@x - b", (4, 10), 2),
        ("box", "norm(z)", (math.sqrt(116),), 4),
        ("pow", "v12^2", pytest.approx(116), 1),
    ]
    assert [(edge.source, edge.target, edge.partial, edge.count) for edge in view.edges] == [
        ("v-7..v-4", "v1..v6", None, 4),
        ("v-3..v-2", "v1..v6", None, 4),
        ("v1..v6", "v7..v8", None, 2),
        ("v-1..v0", "v7..v8", None, 2),
        ("v7..v8", "v9..v12", None, 2),
        ("v9..v12", "v13", None, 1),
    ]
    assert all(edge.flows for edge in view.edges)
    # x̄ = 2·Aᵀ(Ax - b)
    assert view.nodes[1].adjoint == pytest.approx((68, 96))


@pytest.mark.parametrize("name", ["A@x", "A @ x", "z", "x", "norm(z)"])
def test_a_box_is_taken_apart_by_its_text_or_its_name(name: str) -> None:
    whole = graph_view(ARRAYS, ARRAYS_AT)
    grouped = graph_view(ARRAYS, ARRAYS_AT, group=True)
    opened = graph_view(ARRAYS, ARRAYS_AT, expand=[name])
    assert len(grouped.nodes) < len(opened.nodes) < len(whole.nodes)
    single = {node.name: node for node in whole.nodes}
    assert all(node == single[node.name] for node in opened.nodes if node.count == 1)


def test_a_box_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(NameFault, match="no box") as caught:
        graph_view(ARRAYS, ARRAYS_AT, expand=["q"])
    assert "A@x" in (caught.value.hint or "")


@pytest.mark.parametrize("group", [True, None])
def test_many_nodes_are_grouped_where_that_is_left_open(group: bool | None) -> None:
    program = "x : 40; sum(x^2)"
    assert [node.label for node in graph_view(program, group=group).nodes] == ["x", "x^2", "sum(x^2)"]
    assert len(graph_view("x : 10; sum(x^2)", group=None).nodes) == 29
    assert len(graph_view(program).nodes) == 40 + 40 + 39


def test_an_operation_on_its_own_results_has_a_box_for_each_step() -> None:
    """A chain of a single operation is one box."""
    program = "x : 3; f(v) = tanh(2*v); a = f(f(f(x))); h[1] = a[1]; h[i=2..4] = cos(h[i-1]); h[4] + sum(a)"
    view = graph_view(program, group=True)
    assert [node.label for node in view.nodes if node.op == "box"] == [
        *["2*v", "tanh(2*v)"] * 2, "2*v", "a = tanh(2*v)", "h = cos(h[i-1])", "sum(a)",
    ]  # fmt: skip
    places = {node.name: place for place, node in enumerate(view.nodes)}
    assert all(places[edge.source] < places[edge.target] for edge in view.edges)


def test_an_output_that_is_an_array_is_its_box() -> None:
    assert graph_view("x : 3; w = 2*x; w, sum(w)", group=True).outputs == {"w": "v1..v3", "y2": "v4..v5"}
    assert graph_view("x : 3; w = 2*x; w", expand=["w"]).outputs == {"w[1]": "v1", "w[2]": "v2", "w[3]": "v3"}
