"""Where floats cannot tell: range, poles, 0 × ∞, kinks, domains."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import mpmath
import pytest

from adcli.derivatives import solver
from adcli.derivatives.answers import evaluate, gradient, hessian, jacobian, jvp, vjp
from adcli.derivatives.questions import Matrix
from adcli.derivatives.taylor import taylor
from adcli.errors import (
    AdcliError,
    DomainError,
    KinkError,
    NameFault,
    RangeError,
    SyntaxFault,
    UndeterminedError,
    UsageError,
)
from adcli.problem.problem import problem

MODES = ["forward", "reverse"]


def flat(rows):
    return [x for row in rows for x in row]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "at", "value", "slopes"),
    [
        ("sqrt(x^2+y^2)", {"x": 3e200, "y": 4e200}, 5e200, {"x": 0.6, "y": 0.8}),
        ("log(1+exp(x))", {"x": 800.0}, 800.0, {"x": 1.0}),
        ("x^2000/x^1999", {"x": 2.0}, 2.0, {"x": 1.0}),
        ("log(exp(-x))", {"x": 800.0}, -800.0, {"x": -1.0}),
        ("x*1e-400*1e300*1e300", {"x": 1.0}, 1e200, {"x": 1e200}),
        ("x*1e-310*1e310", {"x": 1.0}, 1.0, {"x": 1.0}),
        ("exp(-x)*exp(-x)*1e300*1e300", {"x": 400.0}, 3.6678745841776872e252, {"x": -7.3357491683553744e252}),
    ],
)
def test_an_ordinary_result_is_found_although_floats_leave_their_range(mode, text, at, value, slopes) -> None:
    """Overflow and underflow inside a formula are no answer: it is recomputed, and a notice says so."""
    result = gradient(text, at, mode=mode)
    assert result.value == pytest.approx(value, rel=1e-14)
    assert result.gradient == pytest.approx(slopes, rel=1e-13)
    assert [notice.kind for notice in result.warnings] == ["range"]


@pytest.mark.parametrize(("text", "at"), [("exp(x)", {"x": 1000.0}), ("x^3", {"x": 1e200}), ("9^9^9^9", {})])
def test_a_result_beyond_the_largest_float_is_refused(text, at) -> None:
    """exp(1000) exceeds a double: a range error, at once even for a tower of powers."""
    with pytest.raises(RangeError):
        evaluate(text, at)


@pytest.mark.parametrize(
    ("command", "text", "x", "where"),
    [
        (evaluate, "x, exp(x), x^2", 1000.0, "exp(x)"),
        (evaluate, "x, x^2", 1e200, "x^2"),
        (jacobian, "exp(x), x*exp(x), y", 709.0, "x*exp(x)"),
        (jacobian, "y, exp(x)/700, x*exp(x)/700, y*exp(x/2)^2*exp(1/2)", 709.0, "y*exp(x/2)^2*exp(1/2)"),
        (lambda text, at: jvp(text, at, tangent={"x": 1e9}), "x, exp(x)", 705.0, "exp(x)"),
    ],
)
def test_of_several_results_the_one_beyond_the_largest_float_is_shown(command, text, x, where) -> None:
    """Its value, or its derivative."""
    at = {"x": x, "y": 3.0} if "y" in text else {"x": x}
    with pytest.raises(RangeError, match="exceeds the largest float") as caught:
        command(text, at)
    start, end = caught.value.span
    assert text[start:end] == where


@pytest.mark.parametrize("text", ["-exp(-x)", "exp(-x)*-1e-3", "-1/exp(x)"])
def test_what_is_too_small_for_a_float_is_zero_without_a_sign(text) -> None:
    """Its value and its derivative; there is no -0."""
    found = gradient(text, {"x": 800.0})
    assert (str(found.value), str(found.gradient["x"])) == ("0.0", "0.0")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1e-400", "too small for a float"),
        (Fraction(1, 10**400), "too small for a float"),
        ("1e400", "needs a finite number"),
        (10**400, "needs a finite number"),
        ("10^400", "no value that a number can hold"),
    ],
)
def test_a_point_that_floats_cannot_hold_is_refused(value, said) -> None:
    """It is neither 0 nor infinite; with more digits it is what it is."""
    with pytest.raises(AdcliError, match=said) as caught:
        evaluate("x", {"x": value})
    assert "precision=30" in caught.value.hint
    assert mpmath.almosteq(abs(mpmath.log10(evaluate("x", {"x": value}, precision=20).values[0])), 400, 1e-18)


@pytest.mark.parametrize("zero", ["0", "-0.0", "0e5", " 0 ", "1-1", 0, 0.0])
def test_zero_is_no_lost_number(zero) -> None:
    """However it is written."""
    assert evaluate("x+1", {"x": zero}).values == (1.0,)


@pytest.mark.parametrize("value", ["1_000", "١"])
def test_a_value_is_read_as_the_language_reads_it(value) -> None:
    """What Python takes for a number may be none here."""
    with pytest.raises(SyntaxFault):
        evaluate("x", {"x": value})


def test_a_function_is_no_value() -> None:
    """Its name alone is a variable's."""
    with pytest.raises(NameFault, match="f has no value") as caught:
        evaluate("f(x)=x^2; f")
    assert caught.value.hint.startswith("to call the function, write f(…)")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("text", "x"), [("exp(-x^2)", 1e5), ("exp(-x)", 1e10), ("tanh(x)", 800.0), ("erfc(x)", 60.0)])
def test_an_underflowed_derivative_is_zero(mode, text, x) -> None:
    """What is smaller than any double is 0, not an error."""
    assert gradient(text, {"x": x}, mode=mode).gradient == {"x": 0.0}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", ["sqrt(x)*sqrt(x)", "sqrt(x^2)", "sqrt(x)-sqrt(x)"])
def test_zero_times_infinity_is_never_a_number(mode, text) -> None:
    """The same refusal in both modes, located at the root."""
    with pytest.raises(UndeterminedError) as caught:
        gradient(text, {"x": 0}, mode=mode)
    start, end = caught.value.span
    assert "sqrt" in text[start:end]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("sqrt(x^4)", {"x": 0}),
        ("exp(-sqrt((x-y)^2)*sqrt((x-y)^2))", {"x": 0.5, "y": 0.5}),
        ("sqrt(x^y)", {"x": 0, "y": 4}),
    ],
)
def test_a_two_sided_limit_settles_zero_times_infinity(mode, text, at) -> None:
    """Where the difference quotients from both sides have one limit, it is the derivative, and a notice says how."""
    result = gradient(text, at, mode=mode)
    assert set(result.gradient.values()) == {0.0}
    assert [notice.kind for notice in result.warnings] == ["limit"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("text", "x"), [("sqrt(x)", 0.0), ("cbrt(x)", 0.0), ("asin(x)", 1.0), ("x^(1/3)", 0.0)])
def test_an_infinite_derivative_is_refused(mode, text, x) -> None:
    """The value exists, the slope does not: exit 3, not inf."""
    evaluate(text, {"x": x})
    with pytest.raises(DomainError, match="no finite derivative"):
        gradient(text, {"x": x}, mode=mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "at", "slopes"),
    [
        ("Abs(x)", {"x": 0}, {"x": 0}),
        ("Max(x,0)", {"x": 0}, {"x": 0.5}),
        ("Max(x,y)", {"x": 1, "y": 1}, {"x": 0.5, "y": 0.5}),
        ("Max(x,y,z)", {"x": 1, "y": 1, "z": 1}, {"x": 1 / 3, "y": 1 / 3, "z": 1 / 3}),
        ("relu(x)", {"x": 0}, {"x": 0}),
        ("floor(x)", {"x": 2}, {"x": 0}),
        ("Heaviside(x)*3", {"x": 0}, {"x": 0}),
        ("hypot(x,y)", {"x": 0, "y": 0}, {"x": 0, "y": 0}),
    ],
)
def test_at_a_kink_the_convention_is_taken_and_named(mode, text, at, slopes) -> None:
    """The minimum-norm choice of each operation, the same in both modes, with a notice; or refused on request."""
    result = gradient(text, at, mode=mode)
    assert result.gradient == pytest.approx(slopes)
    assert result.warnings
    assert {notice.kind for notice in result.warnings} == {"kink"}
    with pytest.raises(KinkError):
        gradient(text, at, mode=mode, kinks="error")


def test_the_loser_of_a_maximum_does_not_matter() -> None:
    """Max(sqrt(x), 1) at 0 is 1 all around: the root's infinite slope is not asked for."""
    assert gradient("Max(sqrt(x), 1)", {"x": 0}).gradient == {"x": 0.0}


def test_a_comparison_exactly_at_equality_is_flagged() -> None:
    """Where the branches do not meet smoothly, the derivative is that of the branch taken."""
    result = gradient("where(x <= 0, x, 2*x)", {"x": 0})
    assert (result.value, result.gradient) == (0.0, {"x": 1.0})
    assert [notice.kind for notice in result.warnings] == ["kink"]
    assert "the one-sided derivatives of the result by x differ: 1 and 2" in result.warnings[0].message


@pytest.mark.parametrize(
    ("text", "at", "words", "place"),
    [
        ("x2 + log(x1 - 3)", {"x1": 2, "x2": 5}, ["log", "-1", "x > 0"], "log(x1 - 3)"),
        ("1/(x-1)", {"x": 1}, ["division by zero"], "1/(x-1)"),
        ("asin(x)", {"x": 2}, ["asin", "2"], "asin(x)"),
        ("x^(1/2)", {"x": -4}, ["^", "-4"], "x^(1/2)"),
        ("atan2(y, x)", {"x": 0, "y": 0}, ["atan2"], "atan2(y, x)"),
        ("Piecewise((x, x > 0))", {"x": -1}, ["Piecewise"], "Piecewise((x, x > 0))"),
    ],
)
def test_outside_a_domain_the_operation_is_named_and_located(text, at, words, place) -> None:
    """The operation, its argument's value, what it needs, and where it stands."""
    with pytest.raises(DomainError) as caught:
        gradient(text, at)
    error = caught.value
    assert all(word in error.message for word in words), error.message
    assert text[slice(*error.span)] == place


def test_the_circumstances_of_a_domain_error_are_told() -> None:
    """The argument as written, its value, and the inputs' values."""
    with pytest.raises(DomainError) as caught:
        gradient("x2 + log(x1 - 3)", {"x1": 2, "x2": 5})
    assert caught.value.notes == ("x1 - 3 = -1 at x1 = 2",)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("x", [0, -2])
def test_powers_with_a_constant_integer_exponent_need_no_logarithm(mode, x) -> None:
    """x^3 at 0 and at -2 is fine."""
    assert gradient("x^3", {"x": x}, mode=mode).gradient == {"x": 3.0 * x * x}


def test_conventions_of_the_power_at_zero() -> None:
    """0^0 = 1; ∂(x^y)/∂y at x = 0 < y is 0."""
    assert evaluate("x^y", {"x": 0, "y": 0}).values == (1.0,)
    assert gradient("x^y", {"x": 0, "y": 2}).gradient == {"x": 0.0, "y": 0.0}
    assert gradient("x^0", {"x": 0}).gradient == {"x": 0.0}


def test_a_precision_gives_that_many_right_digits() -> None:
    """(1 - cos x)/x^2 at 1e-4 loses sixteen digits on the way, and all forty asked for are right."""
    import mpmath

    with mpmath.workdps(80):
        x = mpmath.mpf("0.0001")
        truth = mpmath.sin(x) / x**2 - 2 * (1 - mpmath.cos(x)) / x**3
        got = gradient("(1-cos(x))/x^2", {"x": "1e-4"}, precision=40).gradient["x"]
        assert abs(got - truth) < abs(truth) * mpmath.mpf(10) ** -39


def test_with_a_precision_the_values_are_taken_as_written() -> None:
    """0.1 is a tenth at 40 digits, not the nearest double."""
    result = evaluate("x", {"x": "0.1"}, precision=40)
    assert str(result.values[0]).startswith("0.1")
    assert float(result.values[0] * 10 - 1) == 0.0


def test_every_mode_and_product_tells_the_same() -> None:
    """Columns by JVP and rows by VJP make up the Jacobian."""
    text, at = ["r*cos(t)", "r*sin(t)"], {"r": 2, "t": 0.7}
    full = jacobian(text, at, mode="fwd").jacobian
    assert flat(full) == pytest.approx(flat(jacobian(text, at, mode="rev").jacobian))
    columns = [jvp(text, at, tangent={name: 1}).jvp for name in at]
    rows = [tuple(vjp(text, at, cotangent=w).vjp.values()) for w in ([1, 0], [0, 1])]
    assert flat(zip(*columns, strict=True)) == pytest.approx(flat(full))
    assert flat(rows) == pytest.approx(flat(full))
    assert jacobian(text, at, det=True).determinant == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"expr": "x*y", "at": {"x": 1}}, NameFault, ["y", "no value"]),
        ({"expr": "x", "at": {"x": 1, "z": 2}}, NameFault, ["z"]),
        ({"expr": "x*pi", "at": {"x": 1, "pi": 3}}, NameFault, ["pi", "constant"]),
        ({"expr": "x", "at": {"x": 1}, "wrt": "q"}, NameFault, ["q"]),
        ({"expr": "x", "at": {"x": 1, "y": 2}, "wrt": "x,y"}, UsageError, ["y"]),
        ({"expr": ["x", "x^2"], "at": {"x": 1}}, UsageError, ["jacobian"]),
    ],
)
def test_names_that_do_not_fit_are_errors_that_list_what_there_is(arguments, error, words) -> None:
    """A missing value, a value too many, an unknown name."""
    with pytest.raises(error) as caught:
        gradient(arguments.pop("expr"), arguments.pop("at"), **arguments)
    said = caught.value.message + (caught.value.hint or "")
    assert all(word in said for word in words), said


def test_a_small_number_is_not_taken_for_zero() -> None:
    """log(1 + exp(-250)) is 2.669e-109: at 40 and at 80 digits the sum is 1, and still the answer is not 0."""
    import mpmath

    with mpmath.workdps(200):
        truth = mpmath.log(1 + mpmath.exp(-250))
        got = evaluate("log(1+exp(-x))", {"x": 250}, precision=40).values[0]
        assert abs(got - truth) < abs(truth) * mpmath.mpf(10) ** -39


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("x[4]*2", {"x": [1, 2, 3]}, ["no x[4]", "3 elements"]),
        ("A[1]*2", {"A": [[1, 2], [3, 4]]}, ["2 indices"]),
    ],
)
def test_the_shape_of_a_list_value_is_known_to_the_reader(text, at, words) -> None:
    """An index needs an element: the error stands at the name in the formula."""
    with pytest.raises(NameFault) as caught:
        gradient(text, at)
    assert all(word in caught.value.message for word in words), caught.value.message
    assert caught.value.span is not None


@pytest.mark.parametrize(
    ("text", "at", "notes"),
    [("x^1.5", {"x": 0}, "x = 0"), ("(x-1)^1.5", {"x": 1}, "x-1 = 0 at x = 1")],
)
def test_what_a_rule_wrote_is_not_shown_as_the_users(text, at, notes) -> None:
    """The exponent 0.5 of the derivative stands nowhere in the text."""
    with pytest.raises(DomainError) as caught:
        hessian(text, at)
    assert list(caught.value.notes) == [notes, "the second derivative grows beyond all bounds there"]


def test_what_an_expansion_wrote_is_shown_by_its_inputs() -> None:
    """log(x, b) is log(x)/log(b): the divisor has no text of its own."""
    with pytest.raises(DomainError) as caught:
        evaluate("log(x, b)", {"x": 2, "b": 1})
    assert list(caught.value.notes) == ["x = 2", "b = 1"]


def test_names_written_together_are_told_apart_from_a_product() -> None:
    """xy is one name: with values for x and y, the error stands at it and says how to multiply."""
    with pytest.raises(NameFault) as caught:
        gradient("2*xy", {"x": 1, "y": 2})
    assert caught.value.span == (2, 4)
    assert "x*y" in caught.value.hint


@pytest.mark.parametrize(
    ("x", "said"), [(1.0000001, "at 1.0000001"), (1 + 2**-52, "at 1.0000000000000002"), (1.5, "at 1.5")]
)
def test_what_is_nearly_whole_is_not_shown_as_whole(x, said) -> None:
    """acos is defined at 1."""
    with pytest.raises(DomainError, match=said):
        evaluate("acos(x)", {"x": x})
    with pytest.raises(DomainError, match=r"at 1\.00000000000000000001 "):
        evaluate("acos(x)", {"x": "1.00000000000000000001"}, precision=30)


def test_a_long_name_is_quoted_from_its_start() -> None:
    """A text of other things, pasted, is one name."""
    with pytest.raises(NameFault) as caught:
        evaluate("x" * 100_000)
    assert len(caught.value.message) < 100
    assert len(caught.value.hint) < 400


@pytest.mark.parametrize(
    ("text", "at", "name", "truth"),
    [
        ("1 + x^2*1e300*y", {"x": 1e-165, "y": 1e-3}, "y", 1e-30),
        ("z + exp(-x^2)*1e300*y", {"x": 27.5, "y": 1e-20, "z": 3.0}, "y", None),
        ("z + x*x*w*y", {"x": 1e-170, "y": 1e-9, "z": 2.0, "w": 1e305}, "y", 1e-35),
    ],
)
def test_a_derivative_that_floats_lose_is_found_although_the_value_is_right(
    text: str, at: dict[str, float], name: str, truth: float | None
) -> None:
    """The part that underflows is nothing next to the value, and all of the derivative."""
    if truth is None:
        with mpmath.workdps(50):
            truth = float(mpmath.exp(-(mpmath.mpf(at["x"]) ** 2)) * mpmath.mpf(1e300))
    for mode in ("forward", "reverse"):
        result = gradient(text, at, mode=mode)
        assert result.value == pytest.approx(at.get("z", 1.0), rel=1e-15)
        assert result.gradient[name] == pytest.approx(truth, rel=1e-13, abs=0)


@pytest.mark.parametrize("mode", MODES)
def test_a_derivative_whose_digits_cancel_has_them_and_that_needs_no_word(mode: str) -> None:
    """y - z + 1e-20 is 0 in floats, which nobody needs to know who is told that it is 1e-20."""
    found = gradient("5 + x*y - x*z + 1e-20*x", {"x": 2, "y": 3, "z": 3}, mode=mode)
    assert found.gradient["x"] == 1e-20
    assert not found.warnings


def test_a_condition_that_does_not_hold_is_no_digit_lost() -> None:
    """False is no number that cancelled."""
    assert gradient("where(not x > 1, x, 2x)", {"x": 2}).gradient["x"] == 2


@pytest.mark.parametrize(
    ("text", "at", "truth"),
    [
        ("x/3 + y/7; x/9 + y/21", {"x": 1, "y": 2}, 0),
        ("sqrt(2)*x + y; 2*x + sqrt(2)*y", {"x": 1, "y": 2}, 0),
        ("exp(x)/3 + y*pi; exp(x)/9 + y*pi/3 + 1e-20*x", {"x": 1, "y": 2}, -1e-20 * math.pi),
        ("x*1e200 + y; 1e-200*y", {"x": 1, "y": 2}, 1),
        ("x*1e-200; y*1e-200", {"x": 1, "y": 2}, 0),
        ("abs(x)*y; x + y", {"x": 0, "y": 2}, 0),
        ("abs(x)^2*y + x*y/3; x + abs(y)^2/3", {"x": 0, "y": 0.5}, 0.5 / 9),
        ("Sum(x[i], (i,1,9)); " + "; ".join(f"x[{i}]*x[{i + 1}]" for i in range(1, 9)), {"x": [2] * 9}, 256),
    ],
)
@pytest.mark.parametrize("precision", [15, 30])
def test_a_determinant_has_the_digits_that_its_rounded_elements_have_lost(
    text: str, at: dict[str, object], truth: float, precision: int
) -> None:
    """It is that of the derivatives, not of what they are rounded to; at a kink that of what is shown."""
    found = jacobian(text, at, det=True, precision=precision).determinant
    assert float(found) == pytest.approx(truth, rel=1e-15, abs=0)


def test_what_of_a_determinant_cannot_be_told_is_said() -> None:
    """With a precision; and that it is too large for a float."""
    (notice,) = jacobian("sqrt(2)*x + y; 2*x + sqrt(2)*y", {"x": 1, "y": 2}, det=True, precision=30).warnings
    assert notice.message.startswith("the determinant cannot be told from 0")
    with pytest.raises(RangeError):
        jacobian("x*1e200; y*1e200", {"x": 1, "y": 2}, det=True)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "at", "what", "where"),
    [
        ("log(1+exp(x))", {"x": 800}, "leave their range", "exp(x)"),
        ("sqrt(x^2+y^2)", {"x": 3e200, "y": 4e200}, "leave their range", "x^2"),
        ("x*1e-310*1e310", {"x": 1}, "leave their range", "1e310"),
        ("exp(-x)*1e300*1e200", {"x": 800}, "leave their range", "exp(-x)"),
        ("log((x+1e-20)-x)", {"x": 1}, "lose their digits", "log((x+1e-20)-x)"),
        ("sqrt((x+1e-20)-x)", {"x": 1}, "lose their digits", "(x+1e-20)-x"),
        ("1/((x+1e-20)-x)", {"x": 1}, "lose their digits", "1/((x+1e-20)-x)"),
    ],
)
def test_what_floats_failed_by_is_said(text: str, at: dict[str, float], what: str, where: str, mode: str) -> None:
    """Their range or their digits, and at which place."""
    (notice,) = gradient(text, at, mode=mode).warnings
    assert notice.kind == "range"
    assert notice.message == f"floats {what} here; recomputed with 40 digits"
    assert notice.span is not None
    assert text[slice(*notice.span)] == where


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", ["z + floor(x^y + 0.2)", "z*sign(3*floor(x^y + 0.2)*x)", "floor(x^y + 0.2) + 0*z"])
def test_a_derivative_that_is_none_is_refused_behind_a_jump_too(text: str, mode: str) -> None:
    """(-2)^3 has none by the exponent, in either mode, whatever becomes of it; by the base it has."""
    with pytest.raises(DomainError, match="has no derivative by its arguments"):
        gradient(text, {"x": -2, "y": 3, "z": 1}, mode=mode)
    assert gradient(text, {"x": -2, "y": 3, "z": 1}, mode=mode, wrt="x").gradient == {"x": 0.0}


def test_a_tangent_or_a_weight_of_zero_tells_nothing() -> None:
    """J·ẋ and ȳᵀ·J of it are 0, of a missing name as well."""
    at = {"x": 2, "y": 3}
    assert jvp("x*y, x^2", at, tangent={"x": 0, "y": 0}).jvp == (0.0, 0.0)
    assert vjp("x*y, x^2", at, cotangent=[0, 0]).vjp == {"x": 0.0, "y": 0.0}
    assert jvp("x*y, x^2", at, tangent={"y": 5}).jvp == (10.0, 0.0)


@pytest.mark.parametrize("x", range(2, 13))
def test_a_value_that_is_zero_is_given_as_zero_whatever_rounding_leaves(x: int) -> None:
    """√x·√(x + 1) = √(x² + x): no digits tell that, and what is left of them is no digit."""
    found = evaluate("sqrt(x)*sqrt(x+1)-sqrt(x^2+x)", {"x": x}, precision=30)
    assert found.values == (0,)


@pytest.mark.parametrize("text", ["x^y*sin(x)", "where(x > 1, x*y, y)", "Max(x, y)*abs(x) + floor(y)", "log(x)/y"])
def test_an_ordinary_point_is_answered_by_floats_alone(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more digits are asked, also where there are decisions."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(solver, "_sure", never)
    assert len(gradient(text, {"x": 1.7, "y": 0.6}).gradient) == 2


def test_what_stays_inside_a_formula_may_exceed_the_largest_float() -> None:
    """A slope of 10^310 is a number where it is no result; a value that is one may not."""
    inside = solver.solve_inside(problem("x^2*y", {"x": 3, "y": 5}), Matrix("reverse"))
    assert (inside.values, inside.entries, inside.notices) == ((45.0,), ((30.0, 9.0),), [])
    steep = problem("1e306*sin(1e4*x)", {"x": 1})
    with pytest.raises(RangeError):
        solver.solve(steep, Matrix("reverse"))
    inside = solver.solve_inside(steep, Matrix("reverse"))
    with mpmath.workdps(40):
        assert mpmath.almosteq(inside.entries[0][0], mpmath.mpf(10) ** 310 * mpmath.cos(10**4), 1e-15)
        assert mpmath.almosteq(inside.values[0], mpmath.mpf(10) ** 306 * mpmath.sin(10**4), 1e-15)
    (notice,) = inside.notices
    assert (notice.kind, notice.message) == ("range", "floats leave their range here; computed with 40 digits")
    with pytest.raises(RangeError):
        solver.solve_inside(problem("exp(x)", {"x": 1000}), Matrix("reverse"))
    with pytest.raises(RangeError):
        solver.solve_inside(problem("exp(exp(x))", {"x": 1000}, precision=20), Matrix("reverse"))


def test_a_tie_that_some_digits_leave_open_is_told_by_more_in_every_order() -> None:
    """exp(x) + 10^-60 is the larger one at 1, where E·x is as large to 59 digits; abs and branches likewise."""
    for text in ("Max(exp(x)+1e-60, E*x)", "abs(exp(x) - E + 1e-60) + E", "where(exp(x) > E - 1e-60, exp(x), E*x)"):
        assert gradient(text, {"x": 1}).gradient["x"] == math.e
        assert hessian(text, {"x": 1}).hessian == ((math.e,),)
        found = taylor(text, {"x": 1}, order=2)
        assert found.coefficients == (math.e, math.e, math.e / 2)
        assert found.warnings == ()


def test_no_more_digits_are_computed_than_about_what_is_lost() -> None:
    """Sixty are, and some thirty are kept."""
    (notice,) = evaluate("log((exp(x) + 1e-60) - E)", {"x": 1}).warnings
    found = re.search(r"lose their digits here; recomputed with (\d+) digits", notice.message)
    assert found is not None
    assert 80 <= int(found[1]) <= 300


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "slope", "said"),
    [
        ("sqrt((x - 2)^4)", 0.0, "the chain rule meets 0 × ∞ at sqrt((x - 2)^4)"),
        ("(x - 4)^(x - x + 2)", -4.0, "the rule for (x - 4)^(x - x + 2) has no value there"),
    ],
)
def test_why_a_limit_was_sought_is_said(text: str, slope: float, said: str, mode: str) -> None:
    """Of an infinite slope, and of one that is none although the formula has one."""
    found = gradient(text, {"x": 2}, mode=mode)
    assert found.gradient == {"x": slope}
    (notice,) = found.warnings
    assert notice.message == f"{said}; the derivative exists, as the function says on both sides"


@pytest.mark.parametrize("mode", MODES)
def test_a_kink_behind_what_is_not_differentiated_by_is_seen(mode: str) -> None:
    """And both sides of a condition at equality are named."""
    (notice,) = gradient("sin(y)*abs(x)", {"x": 0, "y": 1}, wrt="x", mode=mode).warnings
    assert notice.message.startswith("abs(x) has a kink at 0: ")
    (notice,) = gradient("where(x^2 >= y, x, 3*x)", {"x": 2, "y": 4}, mode=mode).warnings
    assert notice.message.startswith("the condition x^2 >= y stands exactly at equality, x^2 = y: ")


@pytest.mark.parametrize("precision", [15, 30])
@pytest.mark.parametrize("text", ["abs(x)", "Max(x, 0)", "floor(x)", "where(x >= 0, x, 1)", "hypot(x, x)"])
def test_a_value_alone_meets_no_kink(text: str, precision: int) -> None:
    """There is none in it: nothing is warned of, nothing refused."""
    found = evaluate(text, {"x": 0}, kinks="error", precision=precision)
    assert found.values == (0,)
    assert found.warnings == ()
