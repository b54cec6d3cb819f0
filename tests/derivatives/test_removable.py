"""Values that are limits, where somebody asks for them: never without a warning, never where there is none."""

from __future__ import annotations

import mpmath
import pytest

import adcli
from adcli.errors import DomainError, UsageError

LIMITS = [
    # text, point, limit by the textbook
    ("sin(x)/x", {"x": 0}, "1"),
    ("(1-cos(x))/x^2", {"x": 0}, "0.5"),
    ("(exp(x)-1)/x + pi", {"x": 0}, mpmath.nstr(1 + mpmath.mp.pi, 15)),
    ("(x^3-8)/(x-2)", {"x": 2}, "12"),
    ("x^2/sqrt(x^4)", {"x": 0}, "1"),
    ("sqrt(x)/sqrt(2*x)", {"x": 0}, mpmath.nstr(1 / mpmath.sqrt(2), 15)),
    ("sin(x)/x*exp(y)", {"x": 0, "y": 0}, "1"),
    ("sin(x*y)/x", {"x": 0, "y": 3}, "3"),
    ("log(x)/(x-1)", {"x": 1}, "1"),
]


@pytest.mark.parametrize(("text", "at", "truth"), LIMITS)
def test_a_limit_is_given_where_it_is_asked_for(text, at, truth) -> None:
    """In floats and with digits, with a warning; otherwise there is no value."""
    with pytest.raises(DomainError):
        adcli.evaluate(text, at)
    for options in ({}, {"precision": 30}):
        found = adcli.evaluate(text, at, limits=True, **options)
        assert float(found.values[0]) == pytest.approx(float(truth), rel=1e-14)
        assert [notice.kind for notice in found.warnings] == ["limit"]


def test_values_that_exist_are_no_limits() -> None:
    found = adcli.evaluate(["2*x", "sin(x)/x"], {"x": 0}, limits=True)
    assert found.values == (0, 1)
    assert [notice.message for notice in found.warnings] == ["y2 has only a limit here: division by zero"]
    assert not adcli.evaluate("sin(x)", {"x": 0}, limits=True).warnings


@pytest.mark.parametrize(
    ("text", "at", "why"),
    [
        ("1/x", {"x": 0}, "not bounded"),
        ("abs(x)/x", {"x": 0}, "depends on the direction"),
        ("x*y/(x^2+y^2)", {"x": 0, "y": 0}, "x, y decide together"),
        ("x^2*y/(x^4+y^2)", {"x": 0, "y": 0}, "x, y decide together"),
        ("x*y/(x+y)", {"x": 0, "y": 0}, "x, y decide together"),
        ("x^2*y^2/(x^4+(x-y)^2)", {"x": 0, "y": 0}, "x, y decide together"),
        ("y^2/x", {"x": 0, "y": 0}, "beside the point there is none"),
        ("1/(x-x)", {"x": 1}, "no value around"),
        ("log(x)", {"x": 0}, "do not tell"),
        ("sqrt(x)", {"x": -1}, "no value around"),
    ],
)
def test_what_has_no_limit_is_refused_as_before_and_says_why(text, at, why) -> None:
    with pytest.raises(DomainError) as plain:
        adcli.evaluate(text, at)
    with pytest.raises(DomainError) as caught:
        adcli.evaluate(text, at, limits=True)
    assert caught.value.message == plain.value.message
    assert why in caught.value.notes[-1]


def test_no_limit_is_proven() -> None:
    with pytest.raises(UsageError, match="not proven"):
        adcli.evaluate("sin(x)/x", {"x": 0}, limits=True, certify=True)


@pytest.mark.parametrize("text", ["sqrt(x^2)^2", "cbrt(x)^6", "sqrt(x^4)", "x*sqrt(x)", "x + sqrt(x^2+x^4)*x"])
@pytest.mark.parametrize("kind", ["jacobian", "jvp", "vjp"])
def test_a_derived_program_has_the_limit_that_the_derivative_is(text, kind) -> None:
    """What a program divides by 0 for is removable wherever `grad` finds the limit."""
    program = adcli.derivative_program(text, kind=kind)
    at = {"x": 0, "x_dot": 1, "y_bar": 1}
    found = adcli.evaluate(program.program, {name: at[name] for name in program.inputs}, limits=True)
    assert found.values == (adcli.gradient(text, {"x": 0}).gradient["x"],)
