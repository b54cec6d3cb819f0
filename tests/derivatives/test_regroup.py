"""The fast simplification: fewer operations, the same function."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from programs import POINT, programs

from adcli import derivative_program, evaluate, hessian, parse
from adcli.derivatives.optimize import operations, optimize
from adcli.derivatives.regroup import regroup
from adcli.graphs import verify

SEVEN = "Product(sin(x[i]) + x[i]^2, (i, 1, 7))"


def test_the_hessian_of_a_product_shares_its_products() -> None:
    """Of seven factors in fewer operations than the 119 that SymPy's differentiation and cse take."""
    program = derivative_program(SEVEN, kind="hessian", optimize="fast")
    assert program.optimized is not None
    assert program.optimized <= 113
    at = {"x": [0.3, -1.1, 0.7, 1.9, -0.4, 1.2, 0.9]}
    values = evaluate(program.program, at).values
    truth = [number for row in hessian(SEVEN, at).hessian for number in row]
    assert values == pytest.approx(truth, rel=1e-13)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a*c + b*c", 2),
        ("c*a - b*c", 2),
        ("a*b*c + sin(c*b*a)", 4),
        ("2*v - w*v", 2),
        ("x*x*x*x", 2),
        ("a*b, a*b*c, a*b*c*d", 3),
        ("a*p*c - b*p*c - u*q*c - v*q*c", 6),
        ("a + b - c, sin(c - b - a)", 4),
        ("a*x - b*x + c*sin(b*y - a*y)", 7),
        ("x*x + (1 - x*x) + sin(y)", 2),
        ("log(x) + y - log(x)", 3),
        ("2*a*b/(2*c) + b/c", 3),
    ],
)
def test_what_is_regrouped(text: str, count: int) -> None:
    """Common factors, products of the same factors, sums but for their signs, what cancels and always has a value."""
    assert operations(regroup(parse(text))) == count


@settings(max_examples=60)
@given(programs())
def test_random_programs_have_the_same_values(text: str) -> None:
    """To a few last bits where nothing cancels, with at most as many operations."""
    graph = parse(text)
    short = regroup(graph)
    verify(short)
    assert operations(short) <= operations(optimize(graph))
    used = {name: value for name, value in POINT.items() if name in graph.input_names}
    before, after = evaluate(graph, used).values, evaluate(short, used).values
    assert all(math.isfinite(x) for x in before)
    top = max(1.0, *map(abs, before))
    assert after == pytest.approx(before, rel=1e-10, abs=1e-12 * top)
