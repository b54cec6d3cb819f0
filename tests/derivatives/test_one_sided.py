"""Where a domain ends: the derivative of the one side that there is, in every way to write it and to ask for it."""

from __future__ import annotations

import pytest

import adcli
from adcli.arithmetic.doubles import doubles
from adcli.errors import AdcliError, KinkError, UndecidedError, UndeterminedError
from adcli.ops import TABLE
from adcli.results import ONE_SIDED

WRITTEN = ["x^1.5", "x^(3/2)", "x*sqrt(x)", "sqrt(x)*x", "sqrt(x)^3", "sqrt(x^3)", "sqrt(x)*x + 0", "x^0.5*x"]
AROUND = [
    # text, point, gradient: limits of the difference quotient from the side of the domain
    *[(text, {"x": 0}, [0]) for text in WRITTEN],
    ("3*x + x*sqrt(x)", {"x": 0}, [3]),
    ("x*sqrt(x) + y", {"x": 0, "y": 1}, [0, 1]),
    ("x*sqrt(x) + y*sqrt(y)", {"x": 0, "y": 0}, [0, 0]),
    ("(1-x)^1.5 - 2*x", {"x": 1}, [-2]),
    ("x*sqrt(x) - y*sqrt(-y)", {"x": 0, "y": 0}, [0, 0]),
    ("abs(x) + x^1.5", {"x": 0}, [1]),
    ("sin(x*sqrt(x) + 2*x)", {"x": 0}, [2]),
    ("x^pi", {"x": 0}, [0]),
]


def kinds(found: adcli.Gradient) -> set[str]:
    return {notice.kind for notice in found.warnings}


@pytest.mark.parametrize("mode", ["fwd", "rev"])
@pytest.mark.parametrize(("text", "at", "truth"), AROUND)
def test_the_derivative_at_the_end_of_a_domain_is_that_of_its_side(text, at, truth, mode) -> None:
    """With a warning that says so, in floats and with digits; where conventions are refused, it is refused."""
    for options in ({}, {"precision": 30}):
        found = adcli.gradient(text, at, mode=mode, **options)
        assert [float(x) for x in found.gradient.values()] == truth
        assert kinds(found) == {ONE_SIDED}
    with pytest.raises((KinkError, UndeterminedError)):
        adcli.gradient(text, at, mode=mode, kinks="error")


@pytest.mark.parametrize("text", WRITTEN)
def test_products_and_sparse_forms_say_so_too(text) -> None:
    for found in (
        adcli.jvp(text, {"x": 0}),
        adcli.jvp(text, {"x": 0}, tangent={"x": -1}),
        adcli.vjp(text, {"x": 0}),
        adcli.sparse_jacobian(text, {"x": 0}),
        adcli.jacobian(text, {"x": 0}, mode="cross"),
    ):
        assert {notice.kind for notice in found.warnings} == {ONE_SIDED}
        assert {entry.number for group in found.labelled() for entry in group} == {0}


@pytest.mark.parametrize("text", ["x^2.5", "x^2*sqrt(x)", "sqrt(x)^5", "sqrt(x^5)"])
def test_second_derivatives_and_series_are_those_of_the_side(text) -> None:
    """All coefficients up to x^2 are 0, the third grows without bound."""
    for found in (
        adcli.hessian(text, {"x": 0}),
        adcli.hvp(text, {"x": 0}),
        adcli.taylor_series(text, {"x": 0}, order=2),
    ):
        assert {notice.kind for notice in found.warnings} == {ONE_SIDED}
        assert {entry.number for group in found.labelled() for entry in group} == {0}
    for ask in (adcli.hessian, adcli.taylor_series):
        with pytest.raises(AdcliError):
            ask(text, {"x": 0}, kinks="error")
    with pytest.raises(AdcliError):
        adcli.taylor_series(text, {"x": 0}, order=3)


def test_mixed_second_derivatives_in_a_corner() -> None:
    """x*sqrt(x)*y + 3*x*y is defined for x ≥ 0: its mixed derivative at the origin is 3, whatever way y leads."""
    for sign in ("", "-"):
        text = f"x^2*sqrt(x) + y^2*sqrt({sign}y) + 3*x*y"
        assert adcli.hessian(text, {"x": 0, "y": 0}).hessian == ((0, 3), (3, 0))


@pytest.mark.parametrize(
    ("text", "slope"),
    [("sqrt(x)*sqrt(x)", "1"), ("acos(1-x)^2", "2"), ("5*sqrt(x)*sqrt(x) + x", "6"), ("x^0.5*x^0.5", "1")],
)
def test_what_is_made_of_zero_times_infinity_alone_is_refused_with_the_slope(text, slope) -> None:
    for mode in ("fwd", "rev"):
        with pytest.raises(UndeterminedError) as caught:
            adcli.gradient(text, {"x": 0}, mode=mode)
        assert caught.value.notes[-1].endswith(f"on one side of this point only, with the one-sided derivative {slope}")


@pytest.mark.parametrize("text", ["(x^2)^1.5", "abs(x)^1.5", "(x^2)^pi", "(x^4)^0.75"])
def test_where_the_function_goes_on_nothing_is_one_sided(text) -> None:
    """The operation ends there, and the function does not."""
    found = adcli.gradient(text, {"x": 0})
    assert found.gradient == {"x": 0}
    assert ONE_SIDED not in kinds(found)
    assert adcli.gradient(text, {"x": 0}, kinks="error").gradient == {"x": 0}


def test_nothing_one_sided_is_proven() -> None:
    for text in ("x^1.5", "x*sqrt(x)", "sqrt(x)^3"):
        with pytest.raises(UndecidedError, match="no derivative is proven"):
            adcli.gradient(text, {"x": 0}, certify=True)


ENDS = [(op.name, side, point) for op in TABLE.values() if op.edge for side, point in (
    {
        "pow": [(0, (0.0, 1.5))], "huber": [(0, (0.0, 2.0))], "betainc": [(2, (2.0, 3.0, 0.0)), (2, (2.0, 3.0, 1.0))],
        "li": [(0, (0.0,))], "polylog": [(1, (3.0, 1.0))], "hyp2f1": [(3, (0.5, 0.5, 2.5, 1.0))],
        "besselj": [(1, (1.5, 0.0))], "besseli": [(1, (1.5, 0.0))], "expint": [(1, (2.5, 0.0))],
    }.get(op.name, [(1, (2.5, 0.0))])
)]  # fmt: skip


@pytest.mark.parametrize(("name", "position", "point"), ENDS)
def test_the_table_says_where_domains_end(name, position, point) -> None:
    """On one side there is a value and on the other none, and the rule has a finite derivative in between."""
    op, arithmetic = TABLE[name], doubles()
    assert arithmetic.condition(op, op.edge)(None, *point)
    inside = []
    for h in (-1e-9, 1e-9):
        moved = list(point)
        moved[position] += h
        inside.append(arithmetic.condition(op, op.domain)(None, *moved))
    assert sorted(inside) == [False, True]
    names = ", ".join(op.arguments) if not op.symbol else f" {op.symbol} ".join(op.arguments)
    text = names if op.symbol else f"{name}({names})"
    wrt = op.arguments[position]
    found = adcli.gradient(text, dict(zip(op.arguments, point, strict=True)), wrt=wrt)
    assert kinds(found) == {ONE_SIDED}
