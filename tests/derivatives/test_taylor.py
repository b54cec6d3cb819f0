"""Taylor mode: derivatives of any order in one pass, for every operation, against Cauchy's integral."""

from __future__ import annotations

import inspect
import math
import sys
from typing import Any

import mpmath
import pytest
import series
from mpmath import mp

from adcli.derivatives.taylor import taylor
from adcli.errors import DomainError, KinkError, LimitError, NameFault, RangeError, UsageError
from adcli.ops import TABLE, Op

NUMERIC = [op for op in TABLE.values() if op.samples and not op.lean and not op.matrix]
ORDER = 30
DIGITS = 60


def sample(op: Op, number: int) -> list[float]:
    """A point in the row's intervals: a little inside the ends of the first or the last alternative."""
    found = []
    for part in op.samples.split(";"):
        choices = part.replace("|", " ").split()
        low, _, high = choices[-number].partition(":")
        share = (0.6180339887, 0.2360679775)[number]
        found.append(float(low) + share * (float(high) - float(low)) if high else float(low))
    if op.variadic:
        found = [x + i for i, x in enumerate(found)]
    return found


def spelled(op: Op, names: list[str]) -> str:
    if op.symbol:
        return f" {op.symbol} ".join(names) if len(names) == 2 else f"{op.symbol} {names[0]}"
    return f"{op.name}({', '.join(names)})"


def close(got: Any, truth: Any, digits: int) -> bool:
    """Equal to so many digits, coefficient by coefficient; one that vanishes, beside its neighbours."""
    with mpmath.workdps(series.DIGITS):
        for k, (a, b) in enumerate(zip(got, truth, strict=True)):
            size = max([abs(b), *(abs(c) * mp.mpf(10) ** -10 for c in truth[max(0, k - 2) : k + 3])])
            if abs(mp.mpf(a) - b) > size * mp.mpf(10) ** -digits + mp.mpf(10) ** -(series.DIGITS // 2):
                return False
        return True


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_every_operation_has_its_series_to_order_thirty(op: Op, number: int) -> None:
    """At sixty digits, along a line on which all arguments move that can."""
    point = sample(op, number)
    names = [f"x{i}" for i in range(1, len(point) + 1)]
    partials = [op.partials[0 if op.variadic else i] for i in range(len(point))]
    way = [0.0 if rule is None else (1.0, -0.5, 0.25)[i] for i, rule in enumerate(partials)]
    found = taylor(
        spelled(op, names),
        dict(zip(names, point, strict=True)),
        order=ORDER,
        direction=dict(zip(names, way, strict=True)),
        precision=DIGITS,
    )
    truth = series.coefficients(series.along(op.name, point, way), ORDER)
    assert close(found.coefficients, truth, DIGITS - 5)
    with mpmath.workdps(DIGITS):
        assert all(
            mp.almosteq(d, c * mp.factorial(k), mp.mpf(10) ** (3 - DIGITS))
            for k, (c, d) in enumerate(zip(found.coefficients, found.derivatives, strict=True))
        )


@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_in_floats_the_first_orders_keep_their_digits(op: Op) -> None:
    """To order 8, ten digits of each at an ordinary point."""
    point = sample(op, 0)
    names = [f"x{i}" for i in range(1, len(point) + 1)]
    moving = len(point) - 1
    found = taylor(spelled(op, names), dict(zip(names, point, strict=True)), order=8, var=names[moving])
    way = [float(i == moving) for i in range(len(point))]
    truth = series.coefficients(series.along(op.name, point, way), 8)
    top = max(abs(float(c)) for c in truth)
    assert found.coefficients == pytest.approx([float(c) for c in truth], rel=1e-10, abs=1e-12 * top)


def test_a_test_of_the_test() -> None:
    """A coefficient that is wrong in its last tested digit, or lost, is noticed."""
    truth = series.coefficients(lambda t: mp.exp(t), 5)
    with mpmath.workdps(80):
        assert close(truth, truth, 55)
        for wrong in (truth[3] * (1 + mp.mpf(10) ** -50), mp.zero):
            assert not close([*truth[:3], wrong, *truth[4:]], truth, 55)


def test_fifty_orders_at_sixty_digits() -> None:
    """exp(sin(x))/(1+x^2) is right to 40 digits and more, up to order 50."""
    found = taylor("exp(sin(x))/(1+x^2)", {"x": 0}, order=50, precision=60)
    truth = series.coefficients(lambda t: mp.exp(mp.sin(t)) / (1 + t * t), 50, radius="0.01", nodes=128)
    assert close(found.coefficients, truth, 50)


@pytest.mark.parametrize(
    ("text", "at", "coefficients"),
    [
        ("exp(x)*sin(x)", 0, [0, 1, 1, 1 / 3, 0, -1 / 30]),
        ("sinc(x)", 0, [1, 0, -1 / 6, 0, 1 / 120, 0]),
        ("x^3", 0, [0, 0, 0, 1, 0, 0]),
        ("x^0", 0, [1, 0, 0, 0, 0, 0]),
        ("x^65", 0, [0, 0, 0, 0, 0, 0]),
        ("(1+x)^-2", 0, [1, -2, 3, -4, 5, -6]),
        ("(1+x)^(1/2)", 0, [1, 1 / 2, -1 / 8, 1 / 16, -5 / 128, 7 / 256]),
        ("x^5", -2, [-32, 80, -80, 40, -10, 1]),
        ("1/(1-x)", 0, [1, 1, 1, 1, 1, 1]),
        ("x*x*x*x*x*x*x", 1, [1, 7, 21, 35, 35, 21]),
        ("where(x > -1, x^2, log(x))", 0, [0, 0, 1, 0, 0, 0]),
    ],
)
def test_series_of_the_textbook(text: str, at: float, coefficients: list[float]) -> None:
    """Six coefficients each."""
    assert taylor(text, {"x": at}, order=5).coefficients == pytest.approx(coefficients, abs=1e-15)


def test_derivatives_of_x_to_the_x() -> None:
    """At 2: 4, 4(1 + ln 2), 4((1 + ln 2)² + 1/2), …"""
    a = 1 + math.log(2)
    truth = [4, 4 * a, 4 * (a**2 + 1 / 2), 4 * (a**3 + 3 * a / 2 - 1 / 4)]
    assert taylor("x^x", {"x": 2}, order=3).derivatives == pytest.approx(truth, rel=1e-14)


def test_the_cardinal_sine_at_zero_to_order_thirty() -> None:
    """(-1)^k/(2k+1)! without any cancellation."""
    found = taylor("sinc(x)", {"x": 0}, order=30, precision=50).coefficients
    with mpmath.workdps(60):
        for k, c in enumerate(found):
            truth = mp.zero if k % 2 else mp.mpf(-1) ** (k // 2) / mp.factorial(k + 1)
            assert abs(c - truth) <= abs(truth) * mp.mpf(10) ** -49


def test_a_line_and_an_input_agree() -> None:
    """A direction of 1 along one input is that input; scaling it scales order k by its k-th power."""
    at = {"x": 1, "y": 2}
    plain = taylor("exp(x*y)*sin(x)", at, order=6, var="x")
    assert plain.coefficients == taylor("exp(x*y)*sin(x)", at, order=6, direction={"x": 1}).coefficients
    twice = taylor("exp(x*y)*sin(x)", at, order=6, direction={"x": 2, "y": 0})
    assert twice.coefficients == pytest.approx([c * 2**k for k, c in enumerate(plain.coefficients)], rel=1e-13)


def test_along_a_line_the_second_order_is_half_the_hessian() -> None:
    """c₂ = dᵀHd/2."""
    from adcli.derivatives.answers import hessian

    text, at, way = "x^2*y + sin(x*y)", {"x": 1.5, "y": -0.5}, (0.3, -0.7)
    h = hessian(text, at).hessian
    form = sum(way[i] * h[i][j] * way[j] for i in range(2) for j in range(2))
    assert taylor(text, at, order=2, direction={"x": 0.3, "y": -0.7}).coefficients[2] == pytest.approx(form / 2)


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("abs(x)", {"x": 0}, "has a kink at 0"),
        ("Max(x, 1)", {"x": 1}, "tie"),
        ("Piecewise((x^2, x >= 1), (x, True))", {"x": 1}, "exactly at equality"),
    ],
)
def test_a_kink_is_said_or_refused(text: str, at: dict[str, float], said: str) -> None:
    """A series of the convention is no series of the function."""
    (notice,) = taylor(text, at, order=2).warnings
    assert notice.kind == "kink"
    assert said in notice.message
    with pytest.raises(KinkError):
        taylor(text, at, order=2, kinks="error")


@pytest.mark.parametrize(
    ("text", "at", "fault", "said"),
    [
        ("sqrt(x)", {"x": 0}, DomainError, "sqrt has no Taylor series at 0"),
        ("cbrt(x)", {"x": 0}, DomainError, "cbrt has no Taylor series at 0"),
        ("hypot(x, 0*x)", {"x": 0}, DomainError, "hypot has no Taylor series"),
        ("x^2.5", {"x": 0}, DomainError, "no Taylor series"),
        ("log(x)", {"x": -1}, DomainError, "log is not defined at -1"),
        ("exp(x)", {"x": 800}, RangeError, "largest float"),
        ("polygamma(x, 2)", {"x": 1}, DomainError, "cannot be differentiated by n"),
        ("1 + 1", {}, UsageError, "no inputs"),
        ("x*y", {"x": 1, "y": 2}, UsageError, "in which variable"),
    ],
)
def test_where_there_is_no_series(text: str, at: dict[str, float], fault: type[Exception], said: str) -> None:
    """The place and the reason are told."""
    with pytest.raises(fault, match=said.replace("^", r"\^")):
        taylor(text, at, order=3)


def test_what_is_asked_must_make_sense() -> None:
    """Names, orders, outputs."""
    with pytest.raises(NameFault, match="z is no input"):
        taylor("x*y", {"x": 1, "y": 2}, var="z")
    with pytest.raises(UsageError, match="exclude each other"):
        taylor("x", {"x": 1}, var="x", direction={"x": 1})
    with pytest.raises(UsageError, match="one output"):
        taylor(["x", "x^2"], {"x": 1})
    with pytest.raises(LimitError, match="order"):
        taylor("x", {"x": 1}, order=10_001)


def test_powers_that_are_smooth_enough_have_their_derivatives_at_zero() -> None:
    """x^2.5 has two, both 0."""
    assert taylor("x^2.5", {"x": 0}, order=2).coefficients == (0, 0, 0)


def test_floats_that_overflow_are_left_to_many_digits() -> None:
    """sqrt(x^2 + y^2) at 3e200."""
    found = taylor("sqrt(x^2+y^2)", {"x": 3e200, "y": 4e200}, order=2, var="x")
    assert found.coefficients[:2] == pytest.approx((5e200, 0.6))
    assert [notice.kind for notice in found.warnings] == ["range"]


@pytest.mark.parametrize(
    ("text", "at", "way", "order"),
    [("exp(x)", 0, 1, 250), ("exp(x)", 0, 1e-3, 100), ("sin(x)+x^3", 0, 1, 201), ("log(1+x/10)", 0, 1, 180)],
)
def test_derivatives_are_right_where_floats_lose_their_coefficients(
    text: str, at: float, way: float, order: int
) -> None:
    """1/200! is no float, and 200!/200! is 1."""
    found = taylor(text, {"x": at}, order=order, direction={"x": way})
    truth = taylor(text, {"x": at}, order=order, direction={"x": way}, precision=50)
    for got, right in zip(found.derivatives, truth.derivatives, strict=True):
        assert got == pytest.approx(float(right), rel=1e-12, abs=0)


def test_derivatives_beyond_the_largest_float_are_infinite_with_a_warning() -> None:
    """200! at the pole's side; one coefficient's size does not hide another's."""
    found = taylor("1/(1+x)", {"x": 0}, order=200)
    assert found.coefficients[-1] == 1
    assert found.derivatives[170] == pytest.approx(math.factorial(170))
    assert found.derivatives[171:173] == (-math.inf, math.inf)
    (notice,) = found.warnings
    assert notice.kind == "range"
    assert notice.message.startswith("from order 171 on ")
    assert not taylor("1/(1+x)", {"x": 0}, order=170).warnings
    assert not taylor("1/(1+x)", {"x": 0}, order=200, precision=20).warnings


def test_long_programs_do_not_recurse() -> None:
    """A chain of 5,000 statements to order 3, and a sum of 20,000 terms."""
    chain = "a = x\n" + "a = sin(a)/2 + x\n" * 5_000 + "a"
    found = taylor(chain, {"x": 0.5}, order=3)
    assert found.order == 3
    assert found.coefficients[1] == pytest.approx(1 / (1 - math.cos(found.coefficients[0]) / 2), rel=1e-9)
    total = "+".join(["x*y"] * 20_000)
    assert taylor(total, {"x": 1, "y": 2}, order=2, direction={"x": 1, "y": 1}).coefficients == (40_000, 60_000, 20_000)


def test_high_orders_of_the_gamma_family() -> None:
    """A chain of polygamma functions as long as the order, without recursion: ζ(k+1) with signs."""
    taylor("digamma(x)", {"x": 1}, order=2)  # what is compiled and imported recurses
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack(0)) + 150)
    try:
        found = taylor("digamma(x)", {"x": 1}, order=100).coefficients
    finally:
        sys.setrecursionlimit(limit)
    with mpmath.workdps(20):
        truth = [-mp.euler] + [(-1) ** (k + 1) * mp.zeta(k + 1) for k in range(1, 101)]
        assert all(abs(a - b) <= 1e-12 * abs(b) for a, b in zip(found, truth, strict=True))


def test_a_power_of_zero_stays_zero() -> None:
    """0^y is 0 for every y > 0, as its first derivative says; at 0^0 it jumps."""
    assert taylor("x^y", {"x": 0, "y": 2}, var="y", order=3).coefficients == (0, 0, 0, 0)
    with pytest.raises(DomainError):
        taylor("x^y", {"x": 0, "y": 0}, var="y", order=3)
