"""Graphs and texts become SymPy's expressions."""

from __future__ import annotations

import pytest
import sympy

import adcli

PROGRAMS = [
    ("sin(x)*y", {"x": 0.7, "y": 1.3}),
    ("a = x^2; b = a*y; a*b", {"x": 0.7, "y": 1.3}),
    ("where(x > 0, x^2, -x)", {"x": -2}),
    ("Sum(x[i]^2*i, (i, 1, 3))", {"x": [1, 2, 3]}),
    ("det(x[1], x[2], x[3], 4)*x[1]", {"x": [1, 2, 3]}),
    ("sigmoid(x) + erf(x) + Max(x, 0.25)", {"x": 0.7}),
]


@pytest.mark.parametrize(("text", "point"), PROGRAMS)
def test_the_expression_has_the_programs_values(text: str, point: dict[str, object]) -> None:
    """From a text, and from its graph."""
    truth = adcli.evaluate(text, point)
    for expr in (text, adcli.parse(text, sizes={"x": (3,)}) if "[" in text else adcli.parse(text)):
        found = adcli.to_sympy(expr)
        value = found.subs({sympy.Symbol(name): number for name, number in truth.at.items()})
        assert float(value) == pytest.approx(truth.values[0], rel=1e-14)


def test_a_derivative_is_an_expression_too() -> None:
    """The program of a derivative is SymPy's derivative."""
    x = sympy.Symbol("x")
    found = adcli.to_sympy(adcli.derive("x^3*exp(x)"))
    assert sympy.simplify(found - sympy.diff(x**3 * sympy.exp(x), x)) == 0


def test_several_outputs_are_a_list_and_symbols_have_no_assumptions() -> None:
    """Whoever writes Symbol("x") means the same one."""
    x, y = sympy.symbols("x y")
    assert adcli.to_sympy("x + y; x - y") == [x + y, x - y]
    assert adcli.to_sympy(adcli.from_sympy(x * sympy.sin(y))) == x * sympy.sin(y)


def test_what_is_too_large_for_sympy_is_refused() -> None:
    """With an error of adcli's own."""
    with pytest.raises(adcli.AdcliError, match="no SymPy expression"):
        adcli.to_sympy("x*2^100000")
