"""Roots and minima where matrices are singular, slopes infinite, or numbers huge."""

from __future__ import annotations

from typing import Any

import pytest

from adcli.errors import AdcliError
from adcli.studies.answers.minimize import find_minimum
from adcli.studies.answers.solve import find_root
from adcli.studies.answers.system import Unsolved


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (["x + y = 2", "3*x + 3*y = 6"], {"x": 0, "y": 0}),
        (["0.1*x + 0.2*y = 0.3", "0.3*x + 0.6*y = 0.9"], {"x": 0, "y": 0}),
        (["x^2 + y^2 = 1", "2*x^2 + 2*y^2 = 2"], {"x": 1, "y": 2}),
        (["x*y = 1", "2*x*y = 2"], {"x": 2, "y": 3}),
        (["x + y + z = 1", "x - y = 0", "2*x + z = 1"], {"x": 0, "y": 5, "z": 1}),
    ],
)
def test_one_root_of_a_line_of_roots_is_found_and_said_not_to_be_alone(text: Any, at: dict[str, Any]) -> None:
    """The residual is 0 but for rounding, and another root lies beside."""
    found = find_root(text, at)
    assert float(found.residual) <= 4e-16
    assert not found.simple
    assert [notice.kind for notice in found.warnings] == ["singular"]
    assert "not isolated: others lie beside it" in found.warnings[0].message


@pytest.mark.parametrize("right", ["5", "6.000001", "6 + 1e-15"])
def test_equations_that_contradict_one_another_have_no_root(right: str) -> None:
    """However little they do so."""
    with pytest.raises(Unsolved, match="no root found"):
        find_root(["x + y = 2", f"3*x + 3*y = {right}"], {"x": 0, "y": 0})


@pytest.mark.parametrize(
    ("text", "start", "root"),
    [
        ("cbrt(x)", 1, 0),
        ("cbrt(x - 1)", 2, 1),
        ("cbrt(x) + x", 2, 0),
        ("sqrt(x)", 1, 0),
        ("sqrt(x - 1)", 5, 1),
        ("x^(1/3)", 1, 0),
        ("x^0.1", 1, 0),
        ("acos(x)", 0.5, 1),
        ("sign(x)*sqrt(abs(x))", 2, 0),
    ],
)
def test_a_root_is_found_where_a_slope_is_infinite_or_the_domain_ends(text: str, start: float, root: float) -> None:
    """Steps lower the residual and stay in the domain, whose end may be the root."""
    found = find_root(text, {"x": start})
    assert found.solution == {"x": root}
    assert float(found.residual) <= 1e-9
    assert found.warnings[-1].kind == "singular"
    assert found.warnings[-1].message.startswith("a slope is infinite at the root")


def test_several_unknowns_end_at_the_end_of_their_domain() -> None:
    """√x + √y = 0 and x = y, at (0, 0)."""
    assert find_root(["sqrt(x) + sqrt(y) = 0", "x = y"], {"x": 1, "y": 1}).solution == {"x": 0, "y": 0}


@pytest.mark.parametrize("text", ["cbrt(x) + 9*(x^2 + 1)", "sqrt(x) + 1", "1/x", "cbrt(x^2) + 1"])
def test_where_no_root_is_found_the_best_point_is_no_worse_than_the_start(text: str) -> None:
    """A search that goes away does not end there, nor beyond the domain."""
    with pytest.raises(Unsolved, match="no root found") as caught:
        find_root(text, {"x": 1})
    best = caught.value.notes[0].partition("the residual ")[2]
    assert float(best) <= 19


@pytest.mark.parametrize("start", [300, 700, -500])
def test_huge_gradients_lead_down(start: float) -> None:
    """Of cosh, whose gradient's square is beyond all floats."""
    assert find_minimum("cosh(x) - 1", {"x": start}).minimizer == {"x": 0}


@pytest.mark.parametrize("factor", ["1e200", "1e-200"])
def test_a_factor_moves_no_minimum(factor: str) -> None:
    """Nor its Hessian's kind."""
    found = find_minimum(f"{factor}*((x - 1)^2 + (y - x)^2)", {"x": 20, "y": 3})
    assert found.minimizer == {"x": 1, "y": 1}
    assert found.positive_definite


def test_a_minimum_that_is_not_alone_is_said_to_lie_along_others() -> None:
    """Least squares with a singular matrix, whose null vector is (2, -1); its digits are right."""
    at: Any = {"A": [[1, 2], [2, 4]], "b": [1, 1], "x": [0, 0]}
    found = find_minimum("sum((A@x - b)^2)", at, unknowns="x")
    assert float(found.value) == pytest.approx(0.2, rel=1e-14)
    assert [notice.kind for notice in found.warnings] == ["singular"]
    assert "others as low lie beside it along x[1] = 0.8944, x[2] = -0.4472" in found.warnings[0].message
    with pytest.raises(AdcliError, match="the minimum has no derivative: the Hessian is singular"):
        find_minimum("sum((A@x - b)^2)", at, unknowns="x", wrt="b")


def test_a_minimum_of_higher_order_may_be_alone() -> None:
    """Nothing as low lies beside that of x⁴."""
    assert "not proven" in find_minimum("x^4 + y^4", {"x": 1, "y": 2}).warnings[0].message


def test_what_a_bound_holds_is_not_checked() -> None:
    """And the check says so, rather than that it is right."""
    found = find_minimum("x^2 + a*x", {"x": 5, "a": 3}, wrt="a", bounds={"x": (0, 10)})
    assert found.derivatives == {"x": {"a": 0}}
    assert found.check is not None
    assert not found.check.witnessed
    assert found.check.detail.startswith("the derivatives are not checked: bounds hold all unknowns")


@pytest.mark.parametrize(
    ("text", "at", "bounds", "said"),
    [
        ("(x - a)^2", {"x": 1, "a": 2}, (0, 2), "x is at its upper bound"),
        ("(x - a)^2", {"x": 1, "a": 0}, (0, ""), "x is at its lower bound"),
        ("(x - a)^2 + y^2", {"x": 1, "a": 2, "y": 1}, (0, 2), "x is at its upper bound"),
        ("(x - a)^2 + (y - x)^2", {"x": 1, "a": 2, "y": 1}, (0, 2), "x is at its upper bound"),
        ("(x - 3*a)^2", {"x": 0.1, "a": 0.1}, (0, 0.3), "x is at its upper bound"),
        ("exp(x) - a*x", {"x": 1, "a": 1}, (0, 2), "x is at its lower bound"),
    ],
)
def test_at_a_bound_that_begins_to_hold_a_minimum_has_no_derivative(
    text: str, at: dict[str, Any], bounds: Any, said: str
) -> None:
    """min(a, 2) has the slopes 1 and 0 beside a = 2."""
    with pytest.raises(Unsolved, match=f"no derivative by a: {said}, where the gradient is 0"):
        find_minimum(text, at, unknowns=[name for name in at if name in "xy"], wrt="a", bounds={"x": bounds})


@pytest.mark.parametrize(
    ("text", "at", "slopes"),
    [
        ("x^2 + (y - b)^2", {"x": 1, "y": 1, "b": 3}, {"x": 0, "y": 1}),
        ("(x - b)^2 + y^2", {"x": 1, "y": 1, "b": -1}, {"x": 0, "y": 0}),
        ("(x - b)^2 + y^2", {"x": 1, "y": 1, "b": 1}, {"x": 1, "y": 0}),
    ],
)
def test_a_bound_that_holds_for_all_values_beside_or_for_none_leaves_derivatives(
    text: str, at: dict[str, Any], slopes: dict[str, float]
) -> None:
    """Of max(b, 0) away from b = 0, and where x = 0 does not depend on b."""
    found = find_minimum(text, at, unknowns=["x", "y"], wrt="b", bounds={"x": (0, "")})
    assert found.derivatives == {name: {"b": pytest.approx(slope)} for name, slope in slopes.items()}
    assert found.check is not None
    assert found.check.ok


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x^2*y^2", {"x": 1, "y": 2}),
        ("x^2*y^4", {"x": 1, "y": 2}),
        ("x^2*exp(y)", {"x": 1, "y": 1}),
        ("x^2*exp(-y)", {"x": 1, "y": 1}),
        ("x^2*(1 + y^2)", {"x": 1, "y": 1}),
        ("(x - y)^2*exp(x)", {"x": 1, "y": 3}),
        ("(x*y - 1)^2", {"x": 1, "y": 2}),
        ("(x^2 + y^2 - 1)^2*exp(x)", {"x": 1, "y": 2}),
    ],
)
def test_a_valley_whose_curvature_varies_is_a_valley_of_minima(text: str, at: dict[str, Any]) -> None:
    """All of x = 0, x = y, xy = 1 or of the circle are as low, and the gradient is 0 there."""
    found = find_minimum(text, at)
    assert float(found.value) == pytest.approx(0, abs=1e-28)
    assert not found.positive_definite
    assert [notice.kind for notice in found.warnings] == ["singular"]
    assert "the minimum is not isolated, others as low lie beside it" in found.warnings[0].message


@pytest.mark.parametrize(
    ("text", "start", "alone"),
    [
        ("max(x, 0)", 1, False),
        ("where(x <= 1, x - 1, 0)", 0.5, False),
        ("abs(x)", 1, True),
        ("2*x + abs(x)", 1, True),
    ],
)
def test_a_root_at_a_kink_is_not_called_simple(text: str, start: float, alone: bool) -> None:
    """There is no Jacobian; all x ≤ 0 are roots of max(x, 0)."""
    found = find_root(text, {"x": start})
    assert found.simple is False
    assert found.warnings[-1].message.startswith("there is no Jacobian at the root, which is at a kink")
    assert ("not isolated" in found.warnings[-1].message) is not alone


@pytest.mark.parametrize("text", ["x*abs(x) - x", "abs(x)^2 - x"])
def test_a_root_at_a_kink_that_the_derivative_does_not_see_is_simple(text: str) -> None:
    """It is -1 at 0."""
    assert find_root(text, {"x": 0.1}).simple


@pytest.mark.parametrize(
    ("text", "start", "alone"),
    [
        ("where(x <= 0, x^2, 0)", -1, False),
        ("max(x, 0)^2", 1, False),
        ("where(x < 0, 0, x^2)", 1, False),
        ("x*abs(x) + 2*x^2", 1, True),
        ("abs(x) + x^2", 1, True),
    ],
)
def test_at_a_kink_no_hessian_is_called_positive_definite(text: str, start: float, alone: bool) -> None:
    """There is none; all x ≤ 0 are minima of max(x, 0)²."""
    found = find_minimum(text, {"x": start})
    assert found.minimizer == {"x": 0}
    assert (found.positive_definite, found.eigenvalues) == (False, ())
    assert found.warnings[-1].message.startswith("there is no Hessian at the minimum, which is at a kink")
    assert ("not isolated" in found.warnings[-1].message) is not alone


def test_at_a_kink_what_is_lower_on_its_other_side_is_no_minimum() -> None:
    """As x is, left of x²."""
    with pytest.raises(Unsolved, match="fall without bound"):
        find_minimum("where(x < 0, x, x^2)", {"x": 1})


def test_roots_and_minima_at_a_kink_with_others_beside_have_no_derivative() -> None:
    """All x ≤ a solve max(x - a, 0) = 0, and are minima of its square."""
    with pytest.raises(Unsolved, match="the solution has no derivative: it is at a kink, and others lie beside it"):
        find_root("max(x - a, 0)", {"x": 3, "a": 2}, wrt="a")
    with pytest.raises(Unsolved, match="the minimum has no derivative: it is at a kink, and others as low lie beside"):
        find_minimum("max(x - a, 0)^2", {"x": 3, "a": 2}, wrt="a")
