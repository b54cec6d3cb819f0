"""Balls: what they enclose, what they decide, and what they leave undecided."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from ops.samples import points

from adcli.arithmetic.ball import Ball, Undecided
from adcli.arithmetic.balls import Balls
from adcli.arithmetic.multiprecision import Refusal, multiprecision
from adcli.language import parse
from adcli.modes import Fault, evaluate
from adcli.ops import TABLE, Op

DIGITS = 40
NUMERIC = [op for op in TABLE.values() if op.samples and not op.lean]


def value(text: str, digits: int = DIGITS) -> Ball:
    """A constant's value on balls."""
    graph = parse(text)
    return evaluate(graph, Balls(digits), {}).values[graph.outputs[0]]


@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_a_ball_holds_the_value_for_every_argument_in_its_ball(op: Op) -> None:
    """Arguments that are off by up to their radius, to the ends of it."""
    balls, wide = Balls(DIGITS), multiprecision(3 * DIGITS)
    draw = random.Random(op.name)
    whole = [i for i, sampled in enumerate(op.samples.split(";")) if "|" in sampled]
    for point in points(op, 6):
        radius = -draw.choice((30, 60, 100))
        given = [
            balls.ball(x) if i in whole else Ball(balls, balls.context.mpf(x), float(radius))
            for i, x in enumerate(point)
        ]
        found = balls.value(op)(*given)
        for _ in range(6):
            moved = [
                wide.exactly(float(x))
                + (0 if i in whole else draw.choice((-1, 1, 0.4)) * wide.context.mpf(2) ** radius)
                for i, x in enumerate(point)
            ]
            true = wide.value(op)(*moved)
            # The radius is a logarithm in doubles.
            assert abs(wide.context.mpf(found.mid) - true) <= wide.context.mpf(2) ** (found.radius + 1e-9)


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("100*1.1", Fraction(110)),
        ("floor(15.6/2.6)", Fraction(6)),
        ("Mod(3000, 0.003)", Fraction(0)),
        ("Mod(-1e154, 5)", Fraction(0)),
        ("Mod(-7.5, 2)", Fraction(1, 2)),
        ("sqrt(1.44)", Fraction(6, 5)),
        ("cbrt(-0.001)", Fraction(-1, 10)),
        ("8^(2/3)", Fraction(4)),
        ("0.1^-3", Fraction(1000)),
        ("hypot(0.3, 0.4)", Fraction(1, 2)),
        ("log10(0.001)", Fraction(-3)),
        ("log2(1/1024)", Fraction(-10)),
        ("cos(0)", Fraction(1)),
        ("exp(0)", Fraction(1)),
        ("gamma(6)", Fraction(120)),
        ("Max(1/3, 0.3)", Fraction(1, 3)),
        ("abs(0.1*3 - 0.3)", Fraction(0)),
        ("sign(0.1*3 - 0.3)", Fraction(0)),
    ],
)
def test_what_is_rational_is_exact(text: str, fraction: Fraction) -> None:
    """Decimals are fractions, and so is what operations make of them as long as it is one."""
    assert value(text).exact == fraction


@pytest.mark.parametrize("text", ["tanh(100)", "erf(50)", "cos(1e-30)", "exp(2^-200)", "sigmoid(656)", "1-1e-5000"])
def test_what_rounds_to_a_short_number_is_not_exact(text: str) -> None:
    """tanh(100) is 1 to 40 digits, and not 1."""
    found = value(text)
    assert found.exact is None
    assert found.radius > found.size - 2 * found.home.bits


@pytest.mark.parametrize(
    "text",
    [
        "1/sin(pi)",
        "sign(sin(pi))",
        "floor(sin(pi))",
        "Mod(sin(pi), 1)",
        "gamma(sin(pi))",
        "asin(sqrt(2)^2/2)",
        "log(1 - tanh(100))",
        "where(sin(pi) > 0, 1, 2)",
        "sqrt(sqrt(2)^2 - 2)",
        "sin(exp(200))",
    ],
)
def test_what_the_digits_do_not_decide_is_undecided(text: str) -> None:
    """A pole, a jump, a domain's edge, a branch; and an oscillation that forty digits do not follow."""
    with pytest.raises(Fault) as caught:
        value(text)
    assert isinstance(caught.value.cause, Undecided)


@pytest.mark.parametrize(("text", "reason"), [("9^9^9^9", "overflow"), ("exp(exp(100))", "overflow")])
def test_what_exceeds_all_range_is_refused(text: str, reason: str) -> None:
    """At once."""
    with pytest.raises(Fault) as caught:
        value(text)
    assert isinstance(caught.value.cause, Refusal)
    assert caught.value.cause.reason == reason


def test_what_is_smaller_than_all_range_is_a_ball_around_zero() -> None:
    """It vanishes beside 1, and its sign is not known."""
    tiny = value("exp(-exp(100))")
    assert not tiny.mid
    assert tiny.exact is None
    assert float(value("1/(1 + exp(-exp(100)))")) == 1.0


def test_a_number_minus_itself_is_zero() -> None:
    """Whatever its radius; two numbers that only look alike are undecided."""
    root = value("sqrt(2)")
    assert (root - root).exact == 0
    assert root == root
    with pytest.raises(Undecided):
        assert root == value("sqrt(2)")
