"""No number that is not known: with a precision, and where floats cannot tell."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import mpmath
import pytest
from mpmath import mp

from adcli.crosscheck import check
from adcli.derivatives.answers import evaluate, gradient, sparse_jacobian
from adcli.derivatives.taylor import taylor
from adcli.errors import DomainError, KinkError, RangeError, UndecidedError
from adcli.problem.problem import problem

TRUTH = 4000


def true(function, x, *more):
    """A value by mpmath with many digits, of arguments as written."""
    return function(mp.mpf(x), *map(mp.mpf, more))


def close(got, want, digits) -> bool:
    return abs(mp.mpf(got) - want) <= abs(want) * mp.mpf(10) ** -digits


@pytest.mark.parametrize("precision", [20, 30, 60])
@pytest.mark.parametrize(
    "text",
    [
        "tan(pi/2)",
        "sec(pi/2)",
        "1/sin(pi)",
        "gamma(sin(pi))",
        "Mod(sin(pi),1)",
        "sign(sin(pi))",
        "ceil(sqrt(2)^2)",
        "asin(sqrt(2)^2/2)",
        "mod(-2.3125, arcsin(sin(-2.3125/3)))",
        "where(sin(pi) >= 0, 1, 2)",
    ],
)
def test_what_no_digits_tell_is_an_error_of_its_own(text, precision) -> None:
    """A pole, a jump, a tie or an edge that the numbers only come near to."""
    with pytest.raises(UndecidedError, match=r"cannot be told from .* digits") as caught:
        evaluate(text, precision=precision)
    assert caught.value.span is not None


@pytest.mark.parametrize("text", ["gamma(x)*sin(exp(990))", "gamma(x) + cos(exp(660*x))", "gamma(x)/tan(exp(990))"])
def test_what_is_not_known_of_a_large_argument_is_no_pole(text) -> None:
    """The digits of the argument all stand before the point; that is said of the function that takes it."""
    with pytest.raises(
        UndecidedError, match=r"\(exp\(.*\)\) is not known with \d+ digits: exp\(.*\) is too large"
    ) as caught:
        evaluate(text, {"x": 1.5})
    start, end = caught.value.span
    assert text[start:end] in caught.value.message


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_kink_that_cannot_be_told_is_undecided(mode) -> None:
    """The sine of pi is 0, and no number of digits says so."""
    with pytest.raises(UndecidedError):
        gradient("abs(sin(x))", {"x": "pi"}, mode=mode, precision=30)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("floor(100*1.1)", 110),
        ("floor(15.6/2.6)", 6),
        ("Mod(3000,0.003)", 0),
        ("Mod(-1e154, 5)", 0),
        ("Mod(1e154 + 3, 5)", 3),
        ("floor(1e300 + 0.5) - 1e300", 0),
        ("ceil(1 + 1e-300)", 2),
        ("where(0.1*3 == 0.3, 1, 2)", 1),
        ("sqrt(0.0144) == 0.12 and 1.1^2 == 1.21", None),
    ],
)
@pytest.mark.parametrize("precision", [16, 20, 50])
def test_ties_of_decimals_are_ties(text, value, precision) -> None:
    """Rational numbers are exact."""
    if value is None:
        text, value = f"where({text}, 1, 0)", 1
    assert evaluate(text, precision=precision).values[0] == value


@pytest.mark.parametrize("precision", [20, 50])
def test_a_kink_at_a_decimal_is_one(precision) -> None:
    """At 0.3, x - 0.1*3 is 0."""
    found = gradient("abs(x-0.1*3)", {"x": "0.3"}, precision=precision)
    assert found.gradient["x"] == 0
    assert [notice.kind for notice in found.warnings] == ["kink"]


@pytest.mark.parametrize(
    ("text", "x", "function"),
    [
        ("1-tanh(x)", "100", lambda x: 1 - mp.tanh(x)),
        ("1-tanh(x)", "1390", lambda x: 1 - mp.tanh(x)),
        ("log(1+exp(-x))", "1390", lambda x: mp.log(1 + mp.exp(-x))),
        ("log(1+exp(-x))", "5000", lambda x: mp.log(1 + mp.exp(-x))),
        ("1-erf(x)", "80", lambda x: 1 - mp.erf(x)),
        ("x+(1-cos(x))/x^2", "1e-100", lambda x: x + (1 - mp.cos(x)) / x**2),
        ("1+(exp(x)-1)/x", "1e-90", lambda x: 1 + mp.expm1(x) / x),
        ("exp(-x)", "1e7", lambda x: mp.exp(-x)),
        ("1/cosh(x)", "1e7", lambda x: 1 / mp.cosh(x)),
        ("log(1+exp(x))", "6932", lambda x: mp.log(1 + mp.exp(x))),
        ("(1+1/x)^x", "1e30", lambda x: (1 + 1 / x) ** x),
    ],
)
@pytest.mark.parametrize("precision", [20, 40])
def test_small_numbers_and_late_digits_are_found(text, x, function, precision) -> None:
    """Digits that stand still are not enough: they are right."""
    found = evaluate(text, {"x": x}, precision=precision)
    assert not found.warnings
    with mpmath.workdps(TRUTH):
        assert close(found.values[0], true(function, x), precision - 1)


def test_a_zero_that_cannot_be_told_says_below_what_it_is() -> None:
    """Γ(x+1) - xΓ(x) is 0, by no rule of the program; x - x is 0 by itself."""
    found = gradient("gamma(x+1)-x*gamma(x)", {"x": "1.7"}, precision=40)
    assert found.value == 0
    assert found.gradient["x"] == 0
    assert {notice.kind for notice in found.warnings} == {"digits"}
    assert all(
        re.search(
            r"cannot be told from 0 with [0-9]+ digits: its absolute value is below \d\.0e-4\d\d$", notice.message
        )
        for notice in found.warnings
    )
    assert not evaluate("exp(x)-exp(x)*1", {"x": "0"}, precision=40).warnings


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [
        ("log(1-tanh(x))", 45.5, -2.0),
        ("log(1-tanh(x))", 60.0, -2.0),
        ("atanh(tanh(x))", 44.35, 1.0),
        ("log(1+exp(x))", 6932.0, 1.0),
        ("log(cosh(x))", 1e4, 1.0),
        ("tanh(exp(x))", 1e4, 0.0),
        ("atan(exp(x))", 1e4, 0.0),
        ("1/(1+exp(-x))", -1.07e6, 0.0),
        ("log(exp(x)+exp(7001))", 7000.0, 1 / (1 + math.e)),
    ],
)
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_floats_that_cannot_tell_are_right_all_the_same(text, x, slope, mode) -> None:
    """However many digits that takes."""
    assert gradient(text, {"x": x}, mode=mode).gradient["x"] == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "x", "function"),
    [
        ("asin(1-exp(-x))", 91.0, lambda x: mp.exp(-x) / mp.sqrt(1 - (1 - mp.exp(-x)) ** 2)),
        ("acos(1-x)", 1e-50, lambda x: 1 / mp.sqrt(1 - (1 - x) ** 2)),
        ("asech(1/(1+exp(-x)))", 656.0, None),
        ("asech(sigmoid(x))", 656.0, None),
    ],
)
def test_an_edge_that_rounding_reaches_is_no_edge(text, x, function) -> None:
    """1 - exp(-91) is not 1."""
    with mpmath.workdps(TRUTH // 4):

        def asech(x):
            s = 1 / (1 + mp.exp(-x))
            return -s * (1 - s) / (s * mp.sqrt(1 - s * s))

        want = (function or asech)(mp.mpf(x))
        assert gradient(text, {"x": x}).gradient["x"] == pytest.approx(float(want), rel=1e-15)


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("sqrt(1-cos(x))/x", 1e-25, math.sqrt(0.5)),
        ("x/(exp(x)-1)", 1e-60, 1.0),
        ("(1-cos(x))/x^2", 1e-9, 0.5),
        ("sin(10^x)", 400.0, None),
    ],
)
def test_values_whose_digits_all_cancel_in_floats_are_found(text, x, value) -> None:
    """A zero that rounding made is none."""
    if value is None:
        with mpmath.workdps(500):
            value = float(mp.sin(mp.mpf(10) ** 400))
    assert evaluate(text, {"x": x}).values[0] == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "precision", "what"),
    [
        ("gamma(y); sin(exp(x))", 20, "sin(exp(x))"),
        ("y; gamma(y); sin(exp(x)); sin(exp(x+1))", 15, "sin(exp(x))"),
    ],
)
def test_a_value_of_which_too_few_digits_are_known_is_undecided(text, precision, what) -> None:
    """exp(990) is larger than the digits that are tried."""
    with pytest.raises(UndecidedError, match=r"exp\(x\) is too large for so few") as caught:
        evaluate(text, {"x": 990, "y": 1.5}, precision=precision)
    assert caught.value.message.startswith(f"{what} is not known")
    assert text[slice(*caught.value.span)] == what


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("precision", [15, 20])
def test_a_derivative_of_which_too_few_digits_are_known_is_undecided(mode, precision) -> None:
    """Although the value is known."""
    text, at = "gamma(y)+sin(exp(x))/10^420", {"x": 990, "y": 1.5}
    assert evaluate(text, at, precision=precision).values[0] == pytest.approx(math.gamma(1.5))
    with pytest.raises(UndecidedError, match=r"sin\(exp\(x\)\) is not known") as caught:
        gradient(text, at, mode=mode, precision=precision)
    assert text[slice(*caught.value.span)] == "sin(exp(x))"


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_what_a_rule_cannot_decide_yet_is_decided_with_more_digits(mode) -> None:
    """Whether exp(x) - 1 - x is positive at 1e-30, where the value has all of its digits without that: no limit is
    sought."""
    found = gradient("1 + abs(exp(x)-1-x)", {"x": "1e-30"}, mode=mode, precision=20)
    assert not found.warnings
    with mpmath.workdps(TRUTH):
        assert close(found.gradient["x"], true(mp.expm1, "1e-30"), 19)


def test_a_derivative_that_cancels_is_what_floats_have_where_no_digits_tell() -> None:
    """A zero of size 1e300 is not told from 0 by the digits that are tried: that is said."""
    text = "1e300*(sin(x)^2+cos(x)^2)+gamma(y)"
    found = gradient(text, {"x": 0.25, "y": 1.5})
    assert (found.value, found.gradient["x"]) == (pytest.approx(1e300, rel=1e-15), 0)
    with mpmath.workdps(30):
        assert close(found.gradient["y"], mp.gamma(1.5) * mp.digamma(1.5), 14)
    (notice,) = found.warnings
    assert notice.kind == "digits"
    assert notice.message.startswith("all digits of a derivative cancel in floats, and more of them tell nothing: the ")
    assert notice.span == (0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "where(gamma(x+1) >= x*gamma(x), x, 2*x)",
        "floor(gamma(x+1)/gamma(x)/x)",
        "sin(x)^2 + cos(x)^2 + floor(gamma(x+1)/gamma(x)/x)",
        "sin(x)^2 + cos(x)^2 + where(gamma(x+1) >= x*gamma(x), x, 2*x)",
    ],
)
def test_what_floats_decide_by_rounding_and_no_digits_tell_is_undecided(text) -> None:
    """No answer of floats stands in for it, not even where the digits of another derivative cancel."""
    with pytest.raises(UndecidedError):
        evaluate(text, {"x": 1.7})
    with pytest.raises(UndecidedError):
        gradient(text, {"x": 1.7})


def test_a_zero_of_exact_numbers_needs_no_second_look() -> None:
    """x - y at x = y is 0, and so is what comes out of whole numbers."""
    assert not evaluate("x-y+(3*x-y-y-y)", {"x": 7.0, "y": 7.0}).warnings


def test_the_operation_that_left_the_range_is_named() -> None:
    """The result of the sine is no large number."""
    with pytest.raises(RangeError, match=r"an argument of sin\(10\^100000\)"):
        evaluate("sin(10^100000)")


def test_kinks_are_refused_where_floats_left_their_range_and_in_sparse_jacobians() -> None:
    """One way to trust."""
    with pytest.raises(KinkError):
        gradient("abs(x)+exp(-y^2)", {"x": 0, "y": 1000}, kinks="error")
    with pytest.raises(KinkError):
        sparse_jacobian(["abs(x)", "y"], {"x": 0, "y": 1}, kinks="error")
    with pytest.raises(KinkError):
        sparse_jacobian("floor(r)", {"r": 0}, kinks="error")
    assert [notice.kind for notice in sparse_jacobian("floor(r)", {"r": 0}).warnings] == ["kink"]


@pytest.mark.parametrize(
    ("text", "at", "coefficients"),
    [
        ("exp(-x^2/2)/exp(-(x-1)^2/2)", {"x": 39}, (math.exp(-38.5), -math.exp(-38.5))),
        ("y*x^2*1e200*1e200", {"x": 1e-200, "y": 1}, (1, 1)),
        ("cbrt(floor(x))", {"x": 0.5}, (0, 0)),
    ],
)
def test_a_series_is_trusted_as_all_else_is(text, at, coefficients) -> None:
    """Underflow on the way to an ordinary coefficient."""
    var = "y" if "y" in at else "x"
    if text.startswith("cbrt"):
        text = text.replace("cbrt(floor(x))", "floor(x)^2")
    assert taylor(text, at, var=var, order=1).coefficients == pytest.approx(coefficients, rel=1e-15)


def test_a_series_keeps_digits_and_small_coefficients() -> None:
    """exp(-730) is subnormal, log(1 + exp(-200)) cancels."""
    found = taylor("exp(-x)*1e300", {"x": 730}, order=1).coefficients
    small = taylor("log(1+exp(-x))", {"x": 200}, order=1, precision=20).coefficients
    with mpmath.workdps(300):
        assert found[0] == pytest.approx(float(mp.exp(-730) * mp.mpf(10) ** 300), rel=1e-15)
        assert close(small[0], mp.log(1 + mp.exp(-200)), 19)
        assert close(small[1], -1 / (1 + mp.exp(200)), 19)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("erf(x)", {"x": 1e200}),
        ("erf(x)", {"x": 1e160}),
        ("mod(x,5)", {"x": 1e154}),
        ("floor(x)*2+x", {"x": -1e-300}),
        ("mod(y,x)", {"x": -2, "y": 1e110}),
        ("beta(x,3)", {"x": 1e300}),
        ("beta(1,x)", {"x": 1e300}),
        ("x-Mod(x,0.1)", {"x": 1e300}),
    ],
)
def test_a_witness_that_does_not_stand_still_accuses_nobody(text, at) -> None:
    """Far out, SymPy's numbers and differences are wrong before adcli's are."""
    asked = problem(text, at)
    outcome, _ = check(asked, gradient(asked))
    assert outcome is None or outcome.ok, outcome.detail


@pytest.mark.parametrize(("text", "order"), [("x", 8), ("x^3-x", 12), ("abs(x)", 1)])
def test_a_polynomials_high_coefficients_are_no_noise(text, order) -> None:
    """A difference of nothing is nothing; and the grid does not step over a kink."""
    asked = problem(text, {"x": 1e-300 if "abs" in text else 1})
    outcome, _ = check(asked, taylor(asked, order=order))
    assert outcome is None or outcome.ok, outcome.detail


@pytest.mark.parametrize("precision", [1, 16, 19])
def test_the_check_weighs_with_all_its_digits(precision) -> None:
    """Whatever precision the weights were given with."""
    from adcli.derivatives.answers import hvp, vjp

    for answer in (vjp, hvp):
        asked = problem("x^2/3", {"x": 1}, precision=precision)
        outcome, _ = check(asked, answer(asked))
        assert outcome is not None
        assert outcome.ok, outcome.detail


def test_the_check_sees_a_jump_that_was_missed() -> None:
    """ceil(10 + 1e-299) is 11, and not what floats alone make of it."""
    asked = problem("ceil(x+1e-300*x)", {"x": 10})
    found = evaluate(asked)
    assert found.values == (11.0,)
    outcome, notices = check(asked, replace(found, values=(10.0,)))
    assert outcome.ok
    assert outcome.digits <= 1
    assert [notice.kind for notice in notices] == ["digits"]


@pytest.mark.parametrize(
    "text",
    [
        "sqrt(exp(1) - exp(1))",
        "floor(sqrt(2) - sqrt(2))",
        "sign(sin(x) - sin(y))",
        "(-2)^(log(x) - log(y))*0",
        "LambertW(-exp(-1)) + 1",
    ],
)
@pytest.mark.parametrize("precision", [15, 30])
def test_equal_formulas_of_equal_numbers_differ_by_nothing(text: str, precision: int) -> None:
    """Whatever they are, their difference is 0 to any number of digits, and decides as 0 does."""
    at = {"x": "1.7", "y": "1.7"} if "y" in text else {}
    assert float(evaluate(text, at, precision=precision).values[0]) == 0


@pytest.mark.parametrize("text", ["0.3", "0.9", "-0.75", "1e-300", "1 - 1e-100", "0.5", "0.5000000001"])
def test_erfinv_is_the_inverse_of_erf(text: str) -> None:
    """To 300 digits, and next to 1 to as many of the distance from it."""
    with mpmath.workdps(1100):
        found = mpmath.mpf(str(evaluate(f"erfinv({text})", precision=300).values[0]))
        x = 1 - mpmath.mpf("1e-100") if " " in text else mpmath.mpf(text)
        rest = abs(mpmath.erfc(abs(found)) / (1 - abs(x)) - 1) if abs(x) > 0.5 else abs(mpmath.erf(found) / x - 1)
        assert rest < mpmath.mpf("1e-290")


@pytest.mark.parametrize(
    ("text", "x", "truth"),
    [
        ("log10(cosh(x))", "1e-14", "5e-29/log(10)"),
        ("log2((x*x)^x)", "1e-20", "-40e-20*log(10)/log(2)"),
        ("log(cos(x))", "1e-15", "-5e-31"),
    ],
)
def test_a_function_next_to_its_zero_keeps_digits(text: str, x: str, truth: str) -> None:
    """A value that rounding made 0 is computed again."""
    with mpmath.workdps(50):
        wanted = eval(truth, {"log": mpmath.log})
    assert evaluate(text, {"x": float(x)}).values[0] == pytest.approx(float(wanted), rel=1e-13, abs=0)


def test_a_power_that_only_rounding_makes_whole_is_refused() -> None:
    """1/cosh(1e-10) is less than 1, which no double says; where the exponent is whole, nothing changes."""
    with pytest.raises(DomainError, match="is not defined"):
        gradient("(x + x)^sech(1e-10)", {"x": -3.1})
    assert gradient("(-x)^(2*y)*1", {"x": 2.0, "y": 1.5}, wrt="x").gradient == {"x": -12.0}


def test_a_rule_that_alone_fails_is_no_loss_of_digits() -> None:
    """Where the derivative is found, and the value was never in doubt, there is nothing to say of floats."""
    assert gradient("0.5*sqrt(Max(w*x, 0)^2)^2", {"w": -1.0, "x": 2.0}).warnings == ()


@pytest.mark.parametrize("precision", [15, 30])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("LambertW(-1/E)", -1),
        ("LambertW(-exp(-1))", -1),
        ("LambertW(-E^-1)", -1),
        ("LambertW(-exp(2)/exp(3))", -1),
        ("where(exp(2)*E == exp(3), 1, 0)", 1),
        ("where(sqrt(E) <= exp(0.5), 1, 0)", 1),
        ("floor(log(E^2)) + sign(1/E - exp(-1))", 2),
    ],
)
def test_powers_of_e_by_fractions_are_known_by_them(text, value, precision) -> None:
    """So what they tie is tied, and W is -1 at the edge of its domain."""
    assert evaluate(text, precision=precision).values == (value,)


def test_the_slope_of_lamberts_w_is_infinite_at_its_edge() -> None:
    """As a root's is at 0."""
    for options in ({}, {"precision": 30}):
        with pytest.raises(DomainError, match="no finite derivative"):
            gradient("LambertW(x - 1/E)", {"x": 0}, **options)


def test_a_power_with_a_vanishing_exponent_is_flat_over_a_negative_base_too() -> None:
    """Where its logarithm is certainly none, there is nothing undecided about it."""
    found = gradient("atan(z)^(x - x)", {"x": -2.3, "z": -0.1})
    assert (found.value, found.gradient) == (1.0, {"x": 0.0, "z": 0.0})
