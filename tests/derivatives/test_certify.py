"""Proven numbers: the doubles nearest to the truth, whatever they are computed by."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import mpmath
import pytest

from adcli.arithmetic.ball import NONE, Ball
from adcli.arithmetic.ball import fraction as exact
from adcli.arithmetic.balls import Balls
from adcli.arithmetic.outward import between
from adcli.derivatives.answers import evaluate, gradient, hessian, jacobian
from adcli.derivatives.certify import certified
from adcli.derivatives.recompute import recompute
from adcli.derivatives.taylor import taylor
from adcli.errors import AdcliError, DomainError, RangeError, UndecidedError, UsageError
from adcli.problem.problem import problem

POINT = {"x": "0.1", "y": "0.7"}
FORMULAS = ["sin(x*y) + x^3", "exp(-x/y)*log(y)", "atan2(y, x)^1.5", "gamma(y + 1)*erf(x)", "sqrt(x*x + y)/(1 - x)"]
WAYS = {"eval": evaluate, "grad": gradient, "jacobian": jacobian, "hessian": hessian}


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("command", WAYS)
def test_a_proven_number_is_the_double_nearest_to_the_truth(text: str, command: str) -> None:
    """And the truth, by mpmath with 60 digits at the decimals as they are written, is between the bounds."""
    asked = problem(text, POINT)
    found = certified(asked, WAYS[command])
    truth = recompute(asked.changed(precision=60), WAYS[command](asked.changed(precision=60)), 60)
    assert found.certified is not None
    assert found.certified.digits == 17
    lower, upper = (
        _flat([ends[name] for name in found.computed]) for ends in (found.certified.lower, found.certified.upper)
    )
    numbers, true = (_flat([getattr(result, name) for name in found.computed]) for result in (found, truth))
    assert numbers == [float(x) for x in true]
    for low, number, high, x in zip(lower, numbers, upper, true, strict=True):
        assert low <= x <= high
        assert low <= number <= high <= math.nextafter(low, math.inf)


def _flat(value: object) -> list[float]:
    if isinstance(value, dict):
        value = list(value.values())
    return [x for part in value for x in _flat(part)] if isinstance(value, (list, tuple)) else [value]


def test_a_series_is_proven_order_by_order() -> None:
    """exp has the coefficients 1/k!, of which decimals have no end."""
    found = certified(problem("exp(x)", {"x": 0}), lambda asked: taylor(asked, order=20))
    assert found.coefficients == tuple(1 / math.factorial(k) for k in range(21))
    assert found.derivatives == (1.0,) * 21


def test_decimals_are_what_is_written() -> None:
    """0.1 is a tenth, so that 10·0.1 is 1 and the floor of 0.3/0.1 is 3."""
    at = {"x": "0.1", "y": "0.3"}
    assert certified(problem("10*x - 1, floor(y/x), Mod(y, x)", at), evaluate).values == (0.0, 3.0, 0.0)


def test_digits_that_cancel_are_found() -> None:
    """As many as it takes: here the first 400 are zeros."""
    (value,) = certified(problem("exp(x) - 1 - x", {"x": "1e-200"}), evaluate).values
    assert value == 0.0  # 5e-401 is no double
    (value,) = certified(problem("(exp(x) - 1 - x)*1e400", {"x": "1e-200"}), evaluate).values
    assert value == 0.5


@pytest.mark.parametrize(
    ("text", "x", "error", "said"),
    [
        ("abs(x)", "0", UndecidedError, "no derivative is proven"),
        ("Max(x, 2*x)", "0", UndecidedError, "no derivative is proven"),
        ("abs(x)^3", "0", UndecidedError, "no derivative is proven"),
        ("floor(x)", "2", UndecidedError, "no derivative is proven"),
        ("sqrt(x)", "0", DomainError, "no finite derivative"),
        ("sqrt(x)*sqrt(x)", "0", UndecidedError, "no derivative is proven"),
        ("log(x)", "-1", DomainError, "not defined"),
        ("1/(sin(x)^2 + cos(x)^2 - 1)", "0.5", UndecidedError, "pole"),
        ("floor(sin(x)^2 + cos(x)^2)", "0.5", UndecidedError, "cannot be told from a jump"),
        ("exp(x)", "1000", RangeError, "exceeds"),
    ],
)
def test_what_is_not_proven_is_refused(text: str, x: str, error: type[AdcliError], said: str) -> None:
    """Kinks, poles, edges of domains and what they may be: never a guess."""
    with pytest.raises(error, match=said):
        certified(problem(text, {"x": x}), gradient)


def test_a_precision_is_refused() -> None:
    """What is proven are doubles."""
    with pytest.raises(UsageError, match="doubles"):
        certified(problem("x", {"x": 1}, precision=30), evaluate)


def test_doubles_lie_around_what_a_ball_holds() -> None:
    """Next to the number, subnormal ones too; the nearest is known where both ends round to it."""
    balls, draw = Balls(40), random.Random(1)
    for _ in range(200):
        size = draw.choice((0, -1060, -1074, 1000, 60))
        mid = balls.context.ldexp(balls.context.mpf(draw.uniform(-2, 2)) + balls.context.mpf(2) ** -80, size)
        radius = draw.choice((NONE, size - 100.0, size - 40.0))
        found = between(Ball(balls, mid, radius))
        spread = Fraction(0) if radius == NONE else Fraction(2) ** math.floor(radius)
        assert exact(found.low) <= exact(mid) - spread
        assert exact(mid) + spread <= exact(found.high)
        assert not found.known or found.nearest == float(mid)
    third = between(balls.rational(Fraction(1, 3)))
    assert third == (math.nextafter(1 / 3, 0) if Fraction(1 / 3) > Fraction(1, 3) else 1 / 3, third.high, 1 / 3, True)
    assert mpmath.mpf(third.low) < mpmath.mpf(1) / 3 or third.low == 1 / 3
