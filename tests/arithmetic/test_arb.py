"""Arb's functions: the table's operations, enclosed, and equal to mpmath's as far as these are right."""

from __future__ import annotations

import pytest

pytest.importorskip("flint")

import flint
from ops.samples import points

from adcli.arithmetic import arb
from adcli.arithmetic.ball import NONE, Ball
from adcli.arithmetic.balls import Balls
from adcli.arithmetic.multiprecision import Multiprecision, Refusal
from adcli.derivatives.answers import gradient
from adcli.ops import TABLE, Op

KNOWN = [op for op in TABLE.values() if op.samples and arb.function(op)]


@pytest.mark.parametrize("op", KNOWN, ids=lambda op: op.name)
def test_arb_and_mpmath_agree(op: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 50 digits, wherever tests draw arguments from."""
    by_arb = Multiprecision(50)
    found = by_arb.function(op)
    monkeypatch.setattr(arb, "function", lambda op: None)
    by_mpmath = Multiprecision(60)
    truth = by_mpmath.function(op)
    for point in points(op, 8):
        x, y = (wide.context.mpf(f(*map(wide.exactly, point))) for wide, f in ((by_arb, found), (by_mpmath, truth)))
        assert abs(by_mpmath.context.mpf(x) - y) <= abs(y) * by_mpmath.context.mpf(10) ** -49


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.samples and not op.boolean], ids=lambda op: op.name)
def test_a_ball_is_where_mpmath_has_the_value(op: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every operation, whatever methods of that name Arb has for something else."""
    balls = Balls(30)
    found = [balls.value(op)(*map(balls.exactly, point)) for point in points(op, 2)]
    monkeypatch.setattr(arb, "function", lambda op: None)
    wide = Multiprecision(60)
    for point, ball in zip(points(op, 2), found, strict=True):
        truth = wide.context.mpf(wide.value(op)(*map(wide.exactly, point)))
        assert abs(wide.context.mpf(balls.ball(ball).mid) - truth) <= abs(truth) * wide.context.mpf(10) ** -25


@pytest.mark.parametrize(
    "name",
    ["sin", "exp", "log", "gamma", "erf", "atan2", "pow", "tanh", "LambertW", "digamma", "sinc", "hypot", "cbrt"],
)
def test_most_functions_are_arbs(name: str) -> None:
    """Under the names of the table."""
    assert arb.function(TABLE[name]) is not None


def test_whole_numbers_between_the_digits_are_found() -> None:
    """What is exact stays so, as mpmath has it."""
    balls = Balls(40)
    for name, x, exact in (("gamma", 6, 120), ("cos", 0, 1), ("cbrt", -8, -2), ("erf", 0, 0), ("sinc", 0, 1)):
        assert balls.value(TABLE[name])(balls.ball(x)).exact == exact


def test_powers_of_what_may_be_0_are_small() -> None:
    """Where Arb would take a logarithm."""
    balls = Balls(40)
    tiny = Ball(balls, balls.context.zero, -100.0)
    for n in (2, 3, 5):
        power = balls.power(tiny, balls.ball(n))
        assert power.reach == pytest.approx(-100 * n, abs=2)


def test_the_precision_of_others_is_left_alone() -> None:
    """python-flint has one precision, which belongs to who uses it."""
    before = flint.ctx.prec
    try:
        flint.ctx.prec = 77
        gradient("gamma(x)", {"x": 2.5}, precision=40)
        assert flint.ctx.prec == 77
    finally:
        flint.ctx.prec = before


def test_thousands_of_digits_of_special_functions() -> None:
    """Γ'(2.5) = Γ(2.5)·ψ(2.5), of which both are known in closed form."""
    found = gradient("gamma(x)", {"x": "2.5"}, precision=2000).gradient["x"]
    context = Multiprecision(2010).context
    root = context.sqrt(context.pi)
    psi = context.mpf(8) / 3 - context.euler - 2 * context.ln2
    true = 3 * root / 4 * psi
    assert abs(context.mpf(found) - true) < context.mpf(10) ** -1999


def test_a_radius_is_handed_over_whole() -> None:
    """A ball becomes one of Arb's that holds it."""
    balls = Balls(40)
    for radius in (-3.7, -100.2, NONE):
        mid = balls.context.mpf(1) / 3
        held = arb._arb(mid, radius)
        reach = balls.context.mpf(2) ** radius if radius > NONE else 0
        for end in (mid - reach, mid, mid + reach):
            assert held.contains(arb._arb(end, NONE))


def test_what_leaves_all_range_is_refused_as_without_arb() -> None:
    """Γ(1.7e308), whose exponent is no double."""
    wide = Multiprecision(30)
    for x, reason in ((1.7e308, "overflow"), (1e300, "overflow")):
        with pytest.raises(Refusal) as refused:
            wide.value(TABLE["gamma"])(wide.exactly(x))
        assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("name", "m", "same"), [("sn", 0, "sin"), ("sn", 1, "tanh"), ("cn", 0, "cos"), ("dn", 1, "sech")]
)
def test_jacobis_functions_are_proven_at_the_ends_of_their_parameter(name: str, m: int, same: str) -> None:
    """There they are elementary (DLMF 22.5)."""
    function = arb.named(name)
    assert function is not None
    found = function(flint.arb(0.7), flint.arb(m))
    assert found.is_finite()
    assert found.overlaps(getattr(flint.arb, same)(flint.arb(0.7)))
