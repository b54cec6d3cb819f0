"""Differences of the function itself: derivatives that come from no rule."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest

from adcli.crosscheck.differences import DifferenceWitness, direction, opened
from adcli.graphs import verify
from adcli.language import parse
from adcli.problem.problem import problem

X, Y = 0.75, 1.25


def witness(text: str | list[str], at: dict[str, Any], **options: Any) -> DifferenceWitness:
    return DifferenceWitness(problem(text, at, **options))


def near(found: Any, truth: Any, digits: int = 22) -> bool:
    with mpmath.workdps(60):
        return bool(abs(mpmath.mpf(found) - truth) <= abs(truth) * mpmath.mpf(10) ** -digits)


def test_differences_are_right_to_the_digits_compared() -> None:
    """x^x at 2: 4·(1 + ln 2), to 24 digits and more, without any rule."""
    column = witness("x^x", {"x": 2}).column(0)
    assert column is not None
    with mpmath.workdps(60):
        assert abs(column[0] - 4 * (1 + mpmath.log(2))) < mpmath.mpf(10) ** -30


def test_differences_do_not_settle_on_a_kink() -> None:
    """Unequal one-sided slopes of different orders give no number."""
    assert witness("sqrt(Abs(x))", {"x": 0}).column(0) == [0]
    assert witness("cbrt(x)", {"x": 0}).column(0) is None
    assert witness("floor(x)", {"x": 2}).column(0) is None
    assert witness("log(x - 1)*y", {"x": 2, "y": 3}).column(1) == [0]
    assert witness("asin(x)", {"x": 1}).column(0) is None


def test_a_column_has_the_slope_of_each_output() -> None:
    """By its own name, which is zero where the output has no such input."""
    found = witness("x^2*y, exp(y), 3", {"x": X, "y": Y, "z": 1}, wrt="y,x,z", allow_unused=True)
    with mpmath.workdps(60):
        x, y = mpmath.mpf(X), mpmath.mpf(Y)
        truth = [[x**2, mpmath.exp(y), 0], [2 * x * y, 0, 0], [0, 0, 0]]
        assert all(map(near, found.values, [x**2 * y, mpmath.exp(y), mpmath.mpf(3)]))
    for j, column in enumerate(truth):
        slopes = found.column(j)
        assert slopes is not None
        assert all(map(near, slopes, column))


def test_names_along_a_tangent_move_together() -> None:
    """J·ẋ, of a copy of an input as of the input itself, and twice where a direction has both."""
    found = witness("a = x; a*x*y, y^3", {"x": X, "y": Y}, wrt="x,y").along({0: 2, 1: -3})
    assert found is not None
    with mpmath.workdps(60):
        x, y = mpmath.mpf(X), mpmath.mpf(Y)
        assert near(found[0], 2 * 2 * x * y - 3 * x**2)
        assert near(found[1], -9 * y**2)
    both = witness("a = x; a*x*y", {"x": X, "y": Y}, wrt="a,x").along({0: 2, 1: 5})
    assert both is not None
    assert near(both[0], 7 * 2 * x * y)


def test_an_assigned_name_moves_alone() -> None:
    """∂(v·x)/∂v is x although v depends on x; along both, x moves v only by its own uses."""
    found = witness("v = x^2; w = v*y; w*x + v^3", {"x": X, "y": Y}, wrt="v,x,w")
    with mpmath.workdps(60):
        x, y = mpmath.mpf(X), mpmath.mpf(Y)
        slopes = [x * y + 3 * x**4, 3 * x**2 * y + 6 * x**5, x]
    for j, slope in enumerate(slopes):
        column = found.column(j)
        assert column is not None
        assert near(column[0], slope)
    along = found.along({0: 2, 1: 3, 2: 5})
    assert along is not None
    assert near(along[0], 2 * slopes[0] + 3 * slopes[1] + 5 * slopes[2])


def test_a_second_difference_is_the_second_derivative_along_both_tangents() -> None:
    """uᵀ·H·v, for one name twice, for two names, and for directions that share names."""
    found = witness("x^3*y + sin(y)", {"x": X, "y": Y})
    with mpmath.workdps(60):
        x, y = mpmath.mpf(X), mpmath.mpf(Y)
        (a, b, c) = 6 * x * y, 3 * x**2, -mpmath.sin(y)
        assert near(found.second({0: 1}, {0: 1}), a)
        assert near(found.second({0: 1}, {1: 1}), b)
        assert near(found.second({1: 1}, {0: 1}), b)
        assert near(found.second({1: 1}, {1: 1}), c)
        assert near(found.second({0: 2, 1: -1}, {0: 3, 1: 5}), 6 * a + 7 * b - 5 * c)


def test_second_derivatives_by_assigned_names_are_differences_of_gradients() -> None:
    """∂²(v³·x)/∂v² is 6·v·x, and ∂²/∂v∂x is 3·v²."""
    found = witness("v = x^2; v^3*x", {"x": X}, wrt="v,x")
    with mpmath.workdps(60):
        x = mpmath.mpf(X)
        assert near(found.second({0: 1}, {0: 1}), 6 * x**3)
        assert near(found.second({0: 2}, {0: 3}), 36 * x**3)


@pytest.mark.parametrize("size", ["1e-200", "1e-20", "1e20", "1e200"])
def test_a_step_is_as_small_as_what_moves(size: str) -> None:
    """log has the slope 1/x and the curvature -1/x² at x of any size."""
    found = witness("log(x) + y", {"x": size, "y": 1})
    with mpmath.workdps(60):
        x = mpmath.mpf(float(size))
        column = found.column(0)
        assert column is not None
        assert near(column[0], 1 / x)
        assert near(found.second({0: 1}, {0: 1}), -1 / x**2)


@pytest.mark.parametrize("x", ["1e-9", "1e-20", "1e-300", "0"])
def test_a_step_along_a_direction_is_as_small_as_the_smallest_that_moves(x: str) -> None:
    """Also where that is 0; how large others are, which stand still, is nothing to it."""
    found = witness("x^2*y + y^2 + z", {"x": x, "y": 3, "z": 1e300}, wrt="x,y").along({0: 1, 1: 1})
    assert found is not None
    with mpmath.workdps(60):
        at = mpmath.mpf(float(x))
        assert near(found[0], 2 * at * 3 + at**2 + 6)


def test_a_tiny_coordinate_is_not_stepped_over() -> None:
    """log(x)·y at x = 1e-25, along both: below 0 there is no value."""
    found = witness("log(x)*y", {"x": 1e-25, "y": 3}).along({0: 1, 1: 1})
    assert found is not None
    with mpmath.workdps(60):
        x = mpmath.mpf(1e-25)
        assert near(found[0], 3 / x + mpmath.log(x))
        known = witness("log(x)*y", {"x": 1e-15, "y": 3})
        assert near(known.second({0: 1}, {1: 1}), 1 / mpmath.mpf(1e-15))
        assert near(known.second({1: 1}, {0: 1}), 1 / mpmath.mpf(1e-15))


def test_a_coordinate_next_to_nothing_does_not_take_the_digits_of_others() -> None:
    """sin(y) + x along both, where x is 1e-300."""
    found = witness("sin(y) + x", {"x": 1e-300, "y": 3}).along({0: 1, 1: 1})
    assert found is not None
    with mpmath.workdps(60):
        assert near(found[0], mpmath.cos(3) + 1)


def test_a_difference_that_has_too_few_digits_is_none() -> None:
    """Of 100 digits a second one loses 52, and exp(70) takes 30 more."""
    found = witness("exp(x) + exp(70)", {"x": 1})
    assert found.second({0: 1}, {0: 1}) is None
    column = found.column(0)
    assert column is not None
    with mpmath.workdps(60):
        assert near(column[0], mpmath.e)


def test_zeros_are_zeros() -> None:
    """A slope that vanishes, next to another or alone, and a curvature of none."""
    found = witness("(x - 2)^2 + y, (x - 2)^4", {"x": 2, "y": 1})
    assert found.column(0) == [0, 0]
    assert witness("3*x + y", {"x": 2, "y": 5}).second({0: 1}, {1: 1}) == 0


def test_a_fixed_direction_has_components_of_both_signs_of_ordinary_size() -> None:
    """The same at each call, longer or shorter; between ½ and 1, no two alike, so that nothing cancels."""
    found = direction(200)
    assert found[:7] == direction(7)
    assert direction(0) == []
    assert all(0.5 <= abs(component) < 1 for component in found)
    assert 60 < sum(component > 0 for component in found) < 140
    assert len({abs(component) for component in found}) == 200
    assert abs(sum(map(abs, found)) / 200 - 0.75) < 0.05


def test_a_graph_is_opened_at_an_operation() -> None:
    """Which is an input then, the last, and all else as it was."""
    graph = parse("v = x^2; v*y + sin(v)")
    node = graph.names["v"]
    found = opened(graph, node)
    verify(found)
    assert found.inputs == (*graph.inputs, node)
    assert found.outputs == graph.outputs
    assert found.ops[node].name == "input"
    assert [op for i, op in enumerate(found.ops) if i != node] == [op for i, op in enumerate(graph.ops) if i != node]
    assert graph.ops[node].name == "pow"
