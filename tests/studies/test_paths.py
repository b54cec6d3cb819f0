"""Derivatives as sums over paths."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from programs import POINT, programs

from adcli.derivatives.answers import gradient
from adcli.errors import DomainError
from adcli.studies.graph import GraphView, graph_view
from adcli.studies.paths import Nesting, paths

BAYDIN = "ln(x1)+x1*x2-sin(x2)"
AT = {"x1": 2, "x2": 5}
FIBONACCI = "a=x\nb=x\n" + "c=a+b\na=b\nb=c\n" * 200 + "b\n"


def enumerated(view: GraphView) -> Iterator[tuple[str, tuple[str, ...], tuple[float, ...]]]:
    """Every path down from the output, one by one: the input, the nodes, the factors."""
    inputs = {node.name: node.label for node in view.nodes if node.op == "input"}
    pending: list[tuple[tuple[str, ...], tuple[float, ...]]] = [((name,), ()) for name in view.outputs.values()]
    while pending:
        nodes, factors = pending.pop()
        if nodes[-1] in inputs:
            yield inputs[nodes[-1]], nodes, factors
        for edge in view.edges:
            if edge.target == nodes[-1] and edge.partial is not None:
                pending.append(((*nodes, edge.source), (*factors, edge.partial)))


def said(nesting: Nesting) -> str:
    """A nested expression with names."""
    assert nesting.tokens is not None
    return " ".join(t if isinstance(t, str) else f"d{t.target}/d{t.source}" for t in nesting.tokens)


def value(nesting: Nesting) -> float:
    """A nested expression's value, computed as Python computes it."""
    assert nesting.tokens is not None
    signs = {"·": "*", "+": "+", "(": "(", ")": ")"}
    text = "".join(signs[t] if isinstance(t, str) else f"({t.value!r})" for t in nesting.tokens)
    return float(eval(text or "0", {}))


def test_the_paths_of_the_running_formula() -> None:
    """∂y/∂x1 is 5·1·1 + 0.5·1·1 = 5.5, the largest product first."""
    found = paths(BAYDIN, AT, wrt="x1")
    assert [(path.nodes, path.factors, path.product) for path in found.paths] == [
        (("v5", "v4", "v2", "v-1"), (1, 1, 5), 5),
        (("v5", "v4", "v1", "v-1"), (1, 1, 0.5), 0.5),
    ]
    assert found.count == 2
    assert found.totals == {"y": {"x1": 5.5}}
    assert found.cancellation == {"y": {"x1": 1}}


def test_all_inputs_and_the_cancellation_meter() -> None:
    """∂y/∂x2 is 2 - cos 5: the meter is (2 + cos 5)/(2 - cos 5)."""
    found = paths(BAYDIN, AT)
    assert [path.input for path in found.paths] == ["x1", "x2", "x1", "x2"]
    assert found.counts == {"y": {"x1": 2, "x2": 2}}
    assert found.cancellation is not None
    assert found.cancellation["y"]["x2"] == pytest.approx((2 + math.cos(5)) / (2 - math.cos(5)))


def test_paths_are_counted_without_being_listed() -> None:
    """The 200 steps of Fibonacci's program have F(202) paths (OEIS A000045), which also is the derivative."""
    found = paths(FIBONACCI, {"x": 1})
    assert found.count == 734544867157818093234908902110449296423351
    assert found.totals == {"b": {"x": float(found.count)}}
    assert len(found.paths) == 20
    assert {path.product for path in found.paths} == {1}


def test_two_to_the_200_paths() -> None:
    """Each squaring doubles them; at 1 all factors are 1."""
    found = paths("a=x\n" + "a=a*a\n" * 200 + "a", {"x": 1}, limit=3)
    assert found.count == 2**200
    assert found.totals == {"a": {"x": 2.0**200}}
    assert [len(path.factors) for path in found.paths] == [200] * 3


def test_numbers_of_paths_beyond_all_floats() -> None:
    """2^5000 paths with products 2^-5000 sum to 1."""
    found = paths("a=x\n" + "a=(a+a)*0.5\n" * 5000 + "a", {"x": 1}, limit=1)
    assert found.count == 2**5000
    assert found.totals == {"a": {"x": 1}}
    assert found.cancellation == {"a": {"x": 1}}


def test_the_largest_products_are_found_among_many() -> None:
    """Of Σ over the words of 2s and 3s, 3^n is the largest, then n times 2·3^(n-1), then 4·3^(n-2)."""
    n = 30
    found = paths("a=x\n" + "a=2*a+3*a\n" * n + "a", {"x": 1}, limit=n + 4)
    assert [path.product for path in found.paths] == [3.0**n] + [2 * 3.0 ** (n - 1)] * n + [4 * 3.0 ** (n - 2)] * 3
    assert len({path.nodes for path in found.paths}) == n + 4
    assert found.totals == {"a": {"x": pytest.approx(5.0**n)}}


@given(programs())
def test_paths_are_those_found_one_by_one(program: str) -> None:
    """Count, order, nodes and sums agree with an enumeration of the graph; the sums are the gradient."""
    truth = list(enumerated(graph_view(program, POINT)))
    found = paths(program, POINT, limit=len(truth) + 5)
    assert found.count == len(found.paths) == len(truth)
    listed = [(path.input, path.nodes, path.factors) for path in found.paths]
    assert sorted(listed) == sorted(truth)
    sizes = [abs(path.product) for path in found.paths if path.product is not None]
    assert sizes == pytest.approx(sorted((abs(math.prod(t[2])) for t in truth), reverse=True))
    assert found.totals is not None
    assert found.cancellation is not None
    for name, derivative in gradient(program, POINT).gradient.items():
        products = [math.prod(factors) for input, _, factors in truth if input == name]
        total = math.fsum(products)
        assert derivative == pytest.approx(total, abs=1e-12)
        assert next(iter(found.totals.values()))[name] == pytest.approx(total, abs=1e-12)
        if abs(total) > 1e-9:
            meter = math.fsum(map(abs, products)) / abs(total)
            assert next(iter(found.cancellation.values()))[name] == pytest.approx(meter)


@given(programs())
def test_a_shorter_list_begins_the_longer_one(program: str) -> None:
    """The best few are the first of all."""
    everything = [abs(path.product or 0) for path in paths(program, POINT, limit=1000).paths]
    few = [abs(path.product or 0) for path in paths(program, POINT, limit=3).paths]
    assert few == everything[:3]


@given(programs())
def test_the_nested_expression_has_the_derivatives_value(program: str) -> None:
    """Whatever the graph's shape."""
    found = paths(program, POINT, factored=True)
    assert found.factored is not None
    truth = gradient(program, POINT).gradient
    for nesting in found.factored:
        assert value(nesting) == pytest.approx(truth[nesting.input], abs=1e-12)


def test_the_chain_rule_as_one_expression() -> None:
    """What paths share is written once: ∂y/∂x1 of the running formula."""
    found = paths(BAYDIN, AT, wrt="x1", factored=True)
    assert found.factored is not None
    (nesting,) = found.factored
    assert said(nesting) == "dv-1/dx1 · ( dv1/dv-1 · dv4/dv1 + dv2/dv-1 · dv4/dv2 ) · dv5/dv4"
    assert value(nesting) == 5.5


def test_a_series_parallel_graph_names_each_partial_once() -> None:
    """200 squarings make 2^200 paths, and an expression of 401 factors."""
    found = paths("a=x\n" + "a=a*a\n" * 200 + "a", factored=True)
    assert found.factored is not None
    factors = [t for t in found.factored[0].tokens or () if not isinstance(t, str)]
    assert len(factors) == 401
    assert found.count == 2**200


def test_a_bridge_is_nested_as_far_as_it_goes() -> None:
    """v1 is used by v2 and v3, and v2 by v3: the smallest graph that is not series-parallel repeats one factor."""
    found = paths("a=sin(x)\nb=x*a\na*b", factored=True)
    assert found.factored is not None
    assert said(found.factored[0]) == "dv0/dx · ( dv1/dv0 · dv3/dv1 + ( dv2/dv0 + dv1/dv0 · dv2/dv1 ) · dv3/dv2 )"


def test_what_all_paths_pass_through_parts_the_expression() -> None:
    """Two bridges in a row are nested one after the other."""
    found = paths("a=sin(x)\nb=x*a\nc=a*b\nd=sin(c)\ne=c*d\nd*e", factored=True)
    assert found.factored is not None
    text = said(found.factored[0])
    first, second = text.removeprefix("dv0/dx · ").split(" ) · ( dv4/dv3")
    assert "dv3/dv2" in first
    assert "dv6/dv5" in second


def test_an_expression_too_long_is_said() -> None:
    """Fibonacci's graph is no series-parallel one: its expression would be as long as the number says."""
    found = paths(FIBONACCI, {"x": 1}, factored=True)
    assert found.factored is not None
    assert found.factored[0].tokens is None
    assert [notice.kind for notice in found.warnings] == ["size"]


def test_without_a_point_there_are_paths_without_numbers() -> None:
    """Their order is that of the graph; of conditions, no paths; of branches, all."""
    found = paths("where(x > 1, x^2, y)")
    assert found.counts == {"y": {"x": 1, "y": 1}}
    assert found.totals is None
    assert {path.product for path in found.paths} == {None}
    at_a_point = paths("where(x > 1, x^2, y)", {"x": 3, "y": 0})
    assert at_a_point.counts == {"y": {"x": 1, "y": 0}}
    assert at_a_point.totals == {"y": {"x": 6, "y": 0}}


def test_parallel_edges_are_paths_of_their_own() -> None:
    """x*x is x·1 + x·1."""
    found = paths("x*x", {"x": 3})
    assert [(path.nodes, path.product) for path in found.paths] == [(("v1", "v0"), 3)] * 2
    assert found.totals == {"y": {"x": 6}}


def test_paths_to_intermediates() -> None:
    """∂y/∂v4 is 1, by one path; and a path to an input may pass an intermediate that is asked for too."""
    found = paths("v4 = ln(x1)+x1*x2; v4-sin(x2)", AT, wrt=["v4", "x1"])
    assert found.counts == {"y": {"v4": 1, "x1": 2}}
    assert found.totals == {"y": {"v4": 1, "x1": 5.5}}
    same = paths("a = x; a*2", {"x": 1}, wrt=["a", "x"])
    assert same.counts == {"y": {"a": 1, "x": 1}}
    assert sorted(path.input for path in same.paths) == ["a", "x"]


def test_each_output_has_its_paths() -> None:
    """Of one that is an input, the path without a factor; of a literal, none."""
    found = paths(["x", "5", "x*3"], {"x": 2})
    assert found.counts == {"x": {"x": 1}, "y2": {"x": 0}, "y3": {"x": 1}}
    assert found.totals == {"x": {"x": 1}, "y2": {"x": 0}, "y3": {"x": 3}}
    assert [(path.output, path.nodes, path.product) for path in found.paths] == [
        ("y3", ("v1", "v0"), 3),
        ("x", ("v0",), 1),
    ]


def test_a_literal_factor_0_is_no_path() -> None:
    """Its derivative is zero by structure."""
    assert paths("0*x + y", {"x": 1, "y": 1}, wrt=["x", "y"]).counts == {"y": {"x": 0, "y": 1}}


def test_complete_cancellation() -> None:
    """(x + 1000)^2 - x^2 - 2000 x is constant: its paths sum to 0."""
    found = paths("(x+1000)^2-x^2-2000*x", {"x": 3})
    assert found.totals == {"y": {"x": 0}}
    assert found.cancellation == {"y": {"x": math.inf}}


def test_an_infinite_factor_is_an_error() -> None:
    """As for the gradient."""
    with pytest.raises(DomainError):
        paths("sqrt(x)", {"x": 0})


def test_products_that_overflow_on_the_way() -> None:
    """Two paths of about ±10^320 cancel; each is beyond all floats, and so is their meter's sum."""
    steps = "a = 1e160*x; b = 1e160*a - 1e160*a; b + x"
    found = paths(steps, {"x": 0})
    assert found.totals == {"y": {"x": 1}}
    assert found.count == 3
    assert [path.product for path in found.paths] == [math.inf, -math.inf, 1]


def test_precise_paths() -> None:
    """1/3 + 1/7 = 10/21 at 30 digits."""
    found = paths("x/3 + x/7", {"x": 1}, precision=30)
    assert found.totals is not None
    assert str(found.totals["y"]["x"])[:30] == "0.4761904761904761904761904761"
    assert str(found.paths[0].product)[:30] == "0.3333333333333333333333333333"
