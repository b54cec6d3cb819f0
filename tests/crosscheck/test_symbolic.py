"""What SymPy is asked is what was meant: each derivative by its own name, against closed forms."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import mpmath
import pytest

from adcli.crosscheck import symbolic
from adcli.crosscheck.reading import swell
from adcli.crosscheck.symbolic import SymPyWitness
from adcli.derivatives.answers import gradient
from adcli.derivatives.second import gradient_problem
from adcli.language.sympy.sympy_program import Unreadable
from adcli.problem.problem import problem

X, Y, Z = 0.75, 1.25, -2.5
AT = {"x": X, "y": Y, "z": Z}
DIGITS = 30

with mpmath.workdps(50):
    x, y, z = map(mpmath.mpf, (X, Y, Z))
    SLOPES = [
        [2 * x * y**3, 3 * x**2 * y**2, mpmath.cos(z)],
        [z * mpmath.exp(x * z), mpmath.mpf(0), x * mpmath.exp(x * z)],
    ]
    SECONDS = [
        [2 * y**3, 6 * x * y**2, mpmath.mpf(0)],
        [6 * x * y**2, 6 * x**2 * y, mpmath.mpf(0)],
        [mpmath.mpf(0), mpmath.mpf(0), -mpmath.sin(z)],
    ]

FIRST = "x^2*y^3 + sin(z)"


def close(found: Any, truth: Any) -> bool:
    with mpmath.workdps(50):
        return bool(abs(mpmath.mpf(found) - truth) <= abs(truth) * mpmath.mpf(10) ** (2 - DIGITS))


@pytest.mark.parametrize("order", ["x,y,z", "z,x,y", "y,z,x"])
def test_a_partial_is_that_of_its_output_by_its_name(order: str) -> None:
    """In whatever order the names stand; zero where the output has no such input."""
    witness = SymPyWitness(problem(f"{FIRST}, exp(x*z)", AT, wrt=order), DIGITS)
    for place, name in enumerate(order.split(",")):
        for output in range(2):
            assert close(witness.partial(output, place), SLOPES[output]["xyz".index(name)]), (name, output)


def test_the_value_of_an_output_is_its_own() -> None:
    """Of several."""
    witness = SymPyWitness(problem(f"{FIRST}, exp(x*z)", AT), DIGITS)
    with mpmath.workdps(50):
        assert close(witness.value(0), x**2 * y**3 + mpmath.sin(z))
        assert close(witness.value(1), mpmath.exp(x * z))


@pytest.mark.parametrize("order", ["x,y,z", "z,y,x"])
def test_a_second_derivative_is_by_both_its_names(order: str) -> None:
    """Either way round."""
    witness = SymPyWitness(problem(FIRST, AT, wrt=order), DIGITS)
    for i, one in enumerate(order.split(",")):
        for j, other in enumerate(order.split(",")):
            truth = SECONDS["xyz".index(one)]["xyz".index(other)]
            assert close(witness.second(i, j), truth), (one, other)


def test_second_derivatives_that_would_be_too_large_are_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the gradient, written out, count; how many they would be is said, and only then."""
    asked = problem(FIRST, AT)
    size = swell(gradient_problem(asked, "reverse"))
    for most, wanted in ((size, True), (size - 1, False)):
        monkeypatch.setattr(symbolic, "MAX_TERMS", most)
        witness = SymPyWitness(asked, DIGITS)
        assert witness.reason == ""
        assert (witness.second(0, 1) is not None) == wanted
        assert witness.reason == ("" if wanted else f"the second derivatives would have {size} operations")
        assert close(witness.partial(0, 1), SLOPES[0][1])


def test_sympy_is_there_before_the_clock_of_a_witness_runs() -> None:
    """Once summoned, or what it would be given is refused."""
    said = """
import sys
from adcli.crosscheck.symbolic import summon
from adcli.problem.problem import problem
asked = problem("x^2", {"x": 3})
assert "sympy" not in sys.modules
summon(asked)
assert "sympy" in sys.modules
"""
    subprocess.run([sys.executable, "-c", said], check=True)
    with pytest.raises(Unreadable):
        symbolic.summon(problem("x^100000", {"x": 1}))
    with pytest.raises(Unreadable):
        symbolic.summon(problem("a = x;" + "a = a*a - x;" * 40 + "a", {"x": 1}))


def test_a_copy_of_an_input_stands_for_the_input() -> None:
    """∂(a·x)/∂a is 2x where a = x, for the first and the second derivative."""
    witness = SymPyWitness(problem("b = y; a = x; a*x*y^2", {"x": X, "y": Y}, wrt="a,b"), DIGITS)
    with mpmath.workdps(50):
        assert close(witness.partial(0, 0), 2 * x * y**2)
        assert close(witness.partial(0, 1), 2 * x**2 * y)
        assert close(witness.second(0, 1), 4 * x * y)


def test_an_assigned_name_is_a_variable_of_its_own() -> None:
    """∂(x·v)/∂v is x although v depends on x; SymPy knows one such name at a time, so no mixed derivative of two."""
    witness = SymPyWitness(problem("v = x^2; w = y^3; x*v^3 + w^2", {"x": X, "y": Y}, wrt="v,w,x"), DIGITS)
    with mpmath.workdps(50):
        assert close(witness.partial(0, 0), 3 * x * x**4)
        assert close(witness.partial(0, 1), 2 * y**3)
        assert close(witness.partial(0, 2), 7 * x**6)
        assert close(witness.second(0, 0), 6 * x * x**2)
        assert close(witness.second(1, 1), mpmath.mpf(2))
    assert witness.second(0, 1) is None
    assert witness.second(0, 2) is None


def test_by_a_name_that_has_no_value_for_sympy_there_is_no_derivative() -> None:
    """Rounding alone would decide what v is, and so where the function is differentiated."""
    text = "v = floor((x^2*y + x*y^2)/(x + y)/y); 3*v + x"
    witness = SymPyWitness(problem(text, {"x": 7, "y": 2.5}, wrt="v"), DIGITS)
    assert witness.partial(0, 0) is None
    witness = SymPyWitness(problem(text, {"x": 7.5, "y": 2.5}, wrt="v"), DIGITS)
    assert witness.partial(0, 0) == 3


def test_an_input_that_does_not_occur_has_zeros() -> None:
    """Of the first and of the second order."""
    witness = SymPyWitness(problem("x^3", {"x": X, "q": 1}, wrt="q,x", allow_unused=True), DIGITS)
    assert [witness.partial(0, 0), witness.second(0, 0), witness.second(0, 1)] == [0, 0, 0]
    assert close(witness.second(1, 1), 6 * x)


def test_a_combination_is_the_sum_of_its_terms() -> None:
    """Σ weight·partial·component; a weight or component of 0 needs no number, any other term does."""
    witness = SymPyWitness(problem(f"{FIRST}, exp(x*z), floor(x)*y", AT), DIGITS)
    found = witness.combined(witness.partial, {0: 2, 1: -3, 2: 0}, {0: 5, 1: 0, 2: 7})
    with mpmath.workdps(50):
        truth = 2 * (5 * SLOPES[0][0] + 7 * SLOPES[0][2]) - 3 * (5 * SLOPES[1][0] + 7 * SLOPES[1][2])
        assert close(found, truth)
    assert witness.combined(witness.partial, {2: 1}, {0: 1}) is None
    assert witness.combined(witness.partial, {2: 1}, {0: 0, 1: 0}) == 0


def test_the_point_is_that_of_the_floats_unless_a_precision_is_asked_for() -> None:
    """0.1 is a double, and one tenth with --precision."""
    for precision, truth in ((15, mpmath.mpf(0.1)), (40, mpmath.mpf(1) / 10)):
        with mpmath.workdps(60):
            truth = mpmath.mpf(0.1) if precision == 15 else mpmath.mpf(1) / 10
            found = SymPyWitness(problem("x^2/2", {"x": "0.1"}, precision=precision), 40).partial(0, 0)
            assert abs(mpmath.mpf(found) - truth) < mpmath.mpf(10) ** -38


@pytest.mark.parametrize(
    "text",
    [
        "hyper([1], [2, 3], x)",
        "hyp2f1(1/2, 1/3, 3/2, -x)",
        "struveh(2, x)",
        "betainc(2, 3, x)",
        "assoc_laguerre(3, 1, x)",
        "elliptic_e(x, 1/3)",
        "elliptic_pi(1/5, x, 1/3)",
        "LambertW(-x/3, -1)",
    ],
)
def test_sympy_has_the_handbooks_functions_under_names_and_arguments_of_its_own(text: str) -> None:
    """And is asked for them: its derivative is that of the table."""
    witness = SymPyWitness(problem(text, {"x": X}), DIGITS)
    with mpmath.workdps(50):
        assert close(witness.partial(0, 0), gradient(text, {"x": X}, precision=40).gradient["x"])
