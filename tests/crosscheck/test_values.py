"""SymPy's expressions as numbers: right to the digits asked for, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import pytest
import sympy as sp

from adcli.crosscheck.values import NoValue, Values

X = sp.Symbol("x", real=True)


def value(expr: Any, x: Any = 2, digits: int = 30) -> Any:
    """The value of an expression, or of its text, at x."""
    return Values({X: mpmath.mpf(x)}).value(sp.sympify(expr, locals={"x": X}), digits)


def near(found: Any, truth: Any, digits: int = 29) -> bool:
    with mpmath.workdps(60):
        return bool(abs(mpmath.mpf(found) - truth) <= abs(truth) * mpmath.mpf(10) ** -digits)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("x + 3*x**2 - Rational(1, 3)", lambda x: x + 3 * x**2 - mpmath.mpf(1) / 3),
        ("x*pi + E - EulerGamma + GoldenRatio", lambda x: x * mpmath.pi + mpmath.e - mpmath.euler + mpmath.phi),
        ("x**sqrt(2)/3", lambda x: x ** mpmath.sqrt(2) / 3),
        ("Max(x, 1, sqrt(x)) - 7*Min(x, 1, sqrt(x))", lambda x: x - 7),
        ("Min(x - 3, 1/x)", lambda x: x - 3),
        ("sign(1 - x) + 3*sign(x)", lambda x: mpmath.mpf(2)),
        ("floor(5*x/3) + 10*ceiling(5*x/3) + 100*floor(-x/3)", lambda x: mpmath.mpf(3 + 40 - 100)),
        ("Heaviside(x - 2, Rational(1, 4)) + 8*Heaviside(-x, 1) + 32*Heaviside(x, 0)", lambda x: mpmath.mpf("32.25")),
        ("besselj(2, x) + zeta(x + 1) + gamma(x/3)",
         lambda x: mpmath.besselj(2, x) + mpmath.zeta(x + 1) + mpmath.gamma(x / 3)),
        ("hyper([1, Rational(1, 2)], [3], -x)", lambda x: mpmath.hyper([1, mpmath.mpf(1) / 2], [3], -x)),
        ("betainc_regularized(x, 3, 0, Rational(1, 5))",
         lambda x: mpmath.betainc(x, 3, 0, mpmath.mpf(1) / 5, regularized=True)),
        ("DiracDelta(x - 1) + x", lambda x: x),
        ("DiracDelta(x - 1, 1) + x", lambda x: x),
        ("polygamma(3, x)", lambda x: mpmath.psi(3, x)),
        ("Piecewise((x, x > 3), (3*x, True))", lambda x: 3 * x),
        ("Piecewise((1, Eq(x, 2) & Ne(x, 3) & ~(x < 2)), (5, True))", lambda x: mpmath.mpf(1)),
    ],
)  # fmt: skip
def test_an_expression_has_the_value_that_mpmath_gives_it(text: str, truth: Callable[[Any], Any]) -> None:
    """Written by hand for mpmath."""
    with mpmath.workdps(60):
        assert near(value(text), truth(mpmath.mpf(2)))


@pytest.mark.parametrize("digits", [15, 30, 80])
def test_a_value_has_the_digits_asked_for(digits: int) -> None:
    """However few or many."""
    with mpmath.workdps(120):
        truth = mpmath.exp(mpmath.mpf(2)) - 7
        assert abs(mpmath.mpf(value(sp.exp(X) - 7, digits=digits)) - truth) <= truth * mpmath.mpf(10) ** -digits


@pytest.mark.parametrize(
    ("text", "x", "truth"),
    [
        ("sqrt(1 + x**2) - 1", "1e-150", lambda x: x**2 / 2),
        ("sqrt(x**2 + 1) - x", "1e150", lambda x: 1 / (2 * x)),
        ("sqrt(1 + x/10**300) - 1", "2", lambda x: x / mpmath.mpf(10) ** 300 / 2),
        ("sqrt(10**300*x + 1) - sqrt(10**300*x)", "2", lambda x: 1 / (2 * mpmath.sqrt(mpmath.mpf(10) ** 300 * x))),
        ("log(1 + exp(-x))", "800", lambda x: mpmath.exp(-x)),
    ],
)
def test_small_parts_of_large_numbers_are_not_lost(text: str, x: str, truth: Callable[[Any], Any]) -> None:
    """To leading order: more than the digits asked for separate the terms, where the numbers say that."""
    with mpmath.workdps(700):
        at = mpmath.mpf(x)
        assert near(Values({X: at}).value(sp.sympify(text, locals={"x": X}), 30), truth(at))


def test_a_number_that_no_digits_settle_is_none() -> None:
    """sin(2^19000·√2): its argument would have to be known to thousands of digits."""
    with pytest.raises(NoValue):
        value("sin(x**19000*sqrt(2))")


@pytest.mark.parametrize("text", ["sin(x**20001)", "zeta(x**20001)", "x**(x**20001)", "hyper([1], [2], x**20001)"])
def test_arguments_that_would_take_too_long_are_refused(text: str) -> None:
    """Beyond 2^20000; what is smaller is computed."""
    with pytest.raises(NoValue):
        Values({X: mpmath.mpf(2)}).once(sp.sympify(text, locals={"x": X}, evaluate=False), 40)


def test_arguments_below_the_limit_are_not() -> None:
    """2^19999 is exact, and so is its sine."""
    with mpmath.workdps(60):
        truth = mpmath.sin(mpmath.mpf(2) ** 19999)
        assert near(Values({X: mpmath.mpf(2)}).once(sp.sin(X**19999, evaluate=False), 40), truth)


def test_a_value_is_that_of_the_point_moved_to() -> None:
    """Nothing of the earlier one is kept."""
    values = Values({X: mpmath.mpf(2)})
    assert values.value(X**2 + 1, 30) == values.once(X**2 + 1, 30) == 5
    values.move({X: mpmath.mpf(3)})
    assert values.value(X**2 + 1, 30) == values.once(X**2 + 1, 30) == 10


def test_the_derivatives_of_a_cotangent_are_so_many() -> None:
    """Of higher order, and far below 0, a polygamma function has no value here."""
    values = Values({})
    values.context.dps = 30
    for order, x in ((51, "-100.5"), (50, "-200.5")):
        number = values.context.mpf(x)
        if order > 50:
            with pytest.raises(NoValue):
                values._polygamma(values.context.mpf(order), number)
        else:
            assert values.context.isfinite(values._polygamma(values.context.mpf(order), number))


@pytest.mark.parametrize(
    ("text", "tie"),
    [("sign(x - 1)", 1), ("floor(x)", 3), ("Heaviside(x - 1)", 1), ("Piecewise((1, x < 2), (3, True))", 2)],
)
def test_a_decision_is_made_where_numbers_differ_by_more_than_rounding(text: str, tie: int) -> None:
    """By more than the last half of the digits they do."""
    expr = sp.sympify(text, locals={"x": X})
    with mpmath.workdps(100):
        for side in (-1, 1):
            clear = Values({X: tie + side * mpmath.mpf(10) ** -19}).once(expr, 40)
            assert clear == (expr.subs(X, tie + side * sp.Rational(1, 10**19)))
            with pytest.raises(NoValue):
                Values({X: tie + side * mpmath.mpf(10) ** -21}).once(expr, 40)


def test_values_are_right_to_the_digits_asked_for() -> None:
    """Cancellation is met with more working digits; what vanishes with them is zero."""
    x = sp.Symbol("x", real=True)
    values = Values({x: mpmath.mpf(2) ** -400})
    with mpmath.workdps(300):
        expected = mpmath.expm1(mpmath.mpf(2) ** -400)
        assert abs(values.value(sp.exp(x) - 1, 30) - expected) <= expected * mpmath.mpf(10) ** -30
    assert values.value(sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, 30) == 0


@pytest.mark.parametrize(
    "expr",
    [
        "log(-x)",
        "sqrt(-x)",
        "1 + sqrt(-x)/10**12",
        "1/(x - 2)",
        "Derivative(floor(x), x)",
        "DiracDelta(x - 2)",
        "Piecewise((1, x < 0))",
        "zoo*x",
        "exp(exp(exp(x*1000)))",
        "Piecewise((1, log(-x) > 0), (2, True))",
        "Piecewise((1, ~(log(-x) > 0)), (2, True))",
        "Piecewise((1, (x > 1) & (log(-x) > 0)), (2, True))",
        "Piecewise((1, (x < 1) | (log(-x) > 0)), (2, True))",
        "sign(sin(x)**2 + cos(x)**2 - 1)",
        "Heaviside(sin(x)**2 + cos(x)**2 - 1)",
        "floor(sin(x)**2 + cos(x)**2)",
        "ceiling(sin(x)**2 + cos(x)**2)",
        "Piecewise((1, sin(x)**2 + cos(x)**2 >= 1), (2, True))",
    ],
)
def test_what_has_no_finite_real_value_is_no_value(expr: str) -> None:
    """Complex, infinite and undefined numbers, operations left standing, decisions that rounding would make."""
    x = sp.Symbol("x", real=True)
    with pytest.raises(NoValue):
        Values({x: mpmath.mpf(2)}).value(sp.sympify(expr, locals={"x": x}), 30)


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        ("Piecewise((1, (x > 3) & (log(-x) > 0)), (2, True))", 2),
        ("Piecewise((1, (x > 1) | (log(-x) > 0)), (2, True))", 1),
        ("sign(x - 2) + Heaviside(x - 2) + floor(x) + ceiling(-x)", 0.5),
        ("Heaviside(x - 5/2) + 2*Heaviside(x - 3/2)", 2),
        ("Piecewise((1, x < 2), (2, x > 2), (3, x >= 2), (4, True))", 3),
        ("Piecewise((1, x <= 2), (log(-x), True))", 1),
        ("Piecewise((1, ~(x < 3)), (2, ~((x < 3) & (x > 1))), (3, ~((x > 3) | Eq(x, 1))), (4, True))", 3),
    ],
)
def test_a_decision_needs_what_it_rests_on_alone(expr: str, value: float) -> None:
    """False and what has no value is False; exact ties are ties; a branch not taken needs no value."""
    x = sp.Symbol("x", real=True)
    assert Values({x: mpmath.mpf(2)}).value(sp.sympify(expr, locals={"x": x}), 30) == value


@pytest.mark.parametrize("order", [0, 1, 4])
@pytest.mark.parametrize("x", ["2.5", "-7.25", "-100.25", "-130.75"])
def test_a_polygamma_function_far_below_0_is_reflected(order: int, x: str) -> None:
    """mpmath walks up from there, to the same."""
    values = Values({})
    values.context.dps = 40
    found = values._polygamma(values.context.mpf(order), values.context.mpf(x))
    with mpmath.workdps(80):
        truth = mpmath.psi(order, mpmath.mpf(x))
        assert abs(mpmath.mpf(found) - truth) <= abs(truth) * mpmath.mpf(10) ** -25


def test_complex_intermediates_of_a_real_number_do_no_harm() -> None:
    """(-8)^(1/3) is complex, its third power is -8."""
    x = sp.Symbol("x", real=True)
    expr = sp.Pow(sp.Pow(x, sp.Rational(1, 3), evaluate=False), 3, evaluate=False)
    assert abs(Values({x: mpmath.mpf(-8)}).value(expr, 30) + 8) < mpmath.mpf(10) ** -29
