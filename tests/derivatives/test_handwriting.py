"""Derivative programs read as if a person had written them, and are the derivative to every digit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from programs import POINT, programs

from adcli.derivatives.answers import evaluate, gradient
from adcli.derivatives.derive import derivative_program


@pytest.mark.parametrize(
    ("formula", "program"),
    [
        ("1/(1 + exp(-x))", "v1 = exp(-x)\nd_x = v1/(1 + v1)^2\n"),
        ("x/(x^2 + 1)", "v1 = x^2 + 1\nd_x = 1/v1 - 2*x^2/v1^2\n"),
        ("1/x^2", "d_x = -2/x^3\n"),
        ("-x/(-y)", "d_x = 1/y\nd_y = -x/y^2\nd_x, d_y\n"),
        ("exp(-x^2/2)/sqrt(2*pi)", "d_x = -x*exp(-x^2/2)/sqrt(2*pi)\n"),
        ("sqrt(x^2 + y^2)", "v1 = sqrt(x^2 + y^2)\nd_x = x/v1\nd_y = y/v1\nd_x, d_y\n"),
        ("(x - 1)^4*(x + 2)^3", "v1 = x - 1\nv2 = x + 2\nd_x = 3*v1^4*v2^2 + 4*v1^3*v2^3\n"),
        ("sigmoid(2*x)", "v1 = 2*x\nd_x = 2*sigmoid(v1)*sigmoid(-v1)\n"),
        ("3*x/4 + 2*x/3", "x = x\nd_x = 17/12\n"),
    ],
)
def test_quotients_are_quotients_and_numbers_stand_in_front(formula: str, program: str) -> None:
    """Signs and numbers come together, and a divisor that occurs twice is a power."""
    assert derivative_program(formula).program == program


@pytest.mark.parametrize(
    ("formula", "program"),
    [
        ("sin(x)^2 + cos(x)^2", "x = x\nd_x = 0\n"),
        ("x^x", "d_x = x*x^(x - 1) + x^x*log(x)\n"),
        ("where(x > 0, x^2, -x)", "d_x = where(x > 0, 2*x, -1)\n"),
        ("where(x == 0, 1, sin(x)/x)", "d_x = where(x == 0, 0, cos(x)/x - sin(x)/x^2)\n"),
        ("Piecewise((x, x < 0), (x^2, x < 1), (2*x, True))", "d_x = where(x < 0, 1, where(x < 1, 2*x, 2))\n"),
        ("x^(2/3)", "d_x = 2/(3*x^(1/3))\n"),
        (
            "asech(where(y > -1, z, z))",
            "v1 = where(y > -1, z, z)\nd_z = -1/(v1*sqrt((1 - v1)*(1 + v1)))\nd_y = 0\nd_y, d_z\n",
        ),
        ("atan2(y, x)", "v1 = hypot(x, y)^2\nd_y = x/v1\nd_x = -y/v1\nd_y, d_x\n"),
    ],
)
def test_nothing_is_said_twice(formula: str, program: str) -> None:
    """Conditions, operations, terms that cancel; no condition is asked that numbers decide."""
    assert derivative_program(formula).program == program


@pytest.mark.parametrize(
    "formula",
    [
        "x/y/z",
        "x^-2*y^(3/2)",
        "1/(1/x + 1/y)",
        "x*(1 + y/z)^(z*x)",
        "hypot(x, y)*exp(-x/y)/z",
        "0.1*x^2*0.3/y^0.5",
        "csc(logaddexp(exp(x), x + x))",
    ],
)
def test_programs_are_the_derivative_to_every_digit(formula: str) -> None:
    """At 40 digits, where a number that is not exact would be seen."""
    at = {name: value for name, value in {"x": 1.7, "y": 0.3, "z": 2.9}.items() if name in formula}
    found = evaluate(derivative_program(formula).program, at, precision=40).values
    truth = gradient(formula, at, precision=40).gradient.values()
    assert [float(a / b - 1) for a, b in zip(found, truth, strict=True)] == pytest.approx([0.0] * len(at), abs=1e-37)


@settings(max_examples=60)
@given(programs())
def test_random_programs_are_the_derivative_to_every_digit(text: str) -> None:
    """With branches, powers and quotients, at 40 digits."""
    options = {"wrt": list(POINT), "allow_unused": True}
    found = evaluate(derivative_program(text, **options).program, POINT, precision=40).values
    truth = gradient(text, POINT, precision=40, **options).gradient.values()
    top = max([1.0, *(abs(float(x)) for x in truth)])
    assert [float(a - b) / top for a, b in zip(found, truth, strict=True)] == pytest.approx([0.0] * 3, abs=1e-30)
