"""What differences say of derivatives: of each, or along one direction, and beside it the dot test."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest

from adcli.crosscheck import numeric
from adcli.crosscheck.differences import direction
from adcli.crosscheck.entries import entries_of
from adcli.crosscheck.finding import DIFFERENCES, DOT, READ, Claim
from adcli.crosscheck.numeric import numeric_findings
from adcli.derivatives.answers import gradient, hessian, jacobian, jvp, vjp
from adcli.derivatives.taylor import taylor
from adcli.problem.problem import Problem, problem

TEXT = "x*y + sin(y*z), x^2*z"
AT = {"x": 0.75, "y": 1.25, "z": -2.5}


def claims(asked: Problem, command: Any = jacobian, **options: Any) -> tuple[list[Claim], list[Claim]]:
    """The values and the derivatives of an answer, which more digits say as well."""
    given = command(asked, **options)
    entries = entries_of(given, command(asked.changed(precision=30), **options))
    return [e for e in entries if e.tangent is None], [e for e in entries if e.tangent is not None]


def off(claim: Claim, factor: float = 1 + 1e-12) -> Claim:
    return claim._replace(truth=claim.truth * factor)


def test_each_derivative_has_its_own_difference() -> None:
    """All agree; of one that is off only that one does not; the dot test comes last."""
    asked = problem(TEXT, AT)
    values, slopes = claims(asked)
    found = numeric_findings(asked, values, slopes)
    assert [one.entry for one in found[:-1]] == slopes
    assert [one.witness for one in found] == [DIFFERENCES] * 6 + [DOT]
    assert all(one.agrees for one in found)
    wrong = [*slopes[:1], off(slopes[1]), *slopes[2:]]
    assert [one.agrees for one in numeric_findings(asked, values, wrong)] == [True, False, *[True] * 5]


@pytest.mark.parametrize("place", range(5))
def test_along_a_direction_every_derivative_counts(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    """One claim for each output, wrong where one of its derivatives is."""
    asked = problem(TEXT, AT)
    values, slopes = claims(asked)
    slopes = [entry for entry in slopes if entry.truth]
    monkeypatch.setattr(numeric, "MAX_COLUMNS", 0)
    found = numeric_findings(asked, values, slopes)
    assert [one.entry.label for one in found] == [
        "∂y1 along a fixed direction",
        "∂y2 along a fixed direction",
        "ȳᵀ·J·ẋ for a fixed ẋ and ȳ",
    ]
    assert all(one.agrees for one in found)
    wrong = numeric_findings(asked, values, [off(e) if i == place else e for i, e in enumerate(slopes)])
    assert [one.agrees for one in wrong] == [place >= 3, place < 3, True]


def test_how_many_columns_are_taken_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns times operations; a derivative along one tangent, or by one name, is one."""
    asked = problem(TEXT, AT)
    values, slopes = claims(asked)
    monkeypatch.setattr(numeric, "MAX_COLUMNS", 3 * len(asked.graph))
    assert len(numeric_findings(asked, values, slopes)) == 7
    monkeypatch.setattr(numeric, "MAX_COLUMNS", 3 * len(asked.graph) - 1)
    assert len(numeric_findings(asked, values, slopes)) == 3
    monkeypatch.setattr(numeric, "MAX_COLUMNS", 0)
    values, slopes = claims(asked, jvp, tangent={"x": 1, "y": -2, "z": 0.5})
    assert [one.entry for one in numeric_findings(asked, values, slopes)[:-1]] == slopes


def test_a_tangent_is_followed() -> None:
    """With its own components, of one name and of several."""
    asked = problem(TEXT, AT)
    for tangent in ({"x": 3}, {"x": 1}, {"x": 1, "y": 1, "z": 1}, {"x": 1, "y": -2, "z": 0.5}):
        values, slopes = claims(asked, jvp, tangent=tangent)
        assert all(one.agrees for one in numeric_findings(asked, values, slopes))
        wrong = numeric_findings(asked, values, list(map(off, slopes)))
        assert [one.agrees for one in wrong] == [False, False, True]


def test_outputs_are_weighted() -> None:
    """As the cotangent has it."""
    asked = problem(TEXT, AT)
    values, slopes = claims(asked, vjp, cotangent=[2, -3])
    assert [one.agrees for one in numeric_findings(asked, values, slopes)] == [True] * 4
    wrong = numeric_findings(asked, values, list(map(off, slopes)))
    assert [one.agrees for one in wrong] == [False, False, False, True]


def test_a_derivative_that_does_not_settle_is_passed_over() -> None:
    """The others have their differences, and nothing is said of that one."""
    asked = problem("x*y, floor(y), x^2", {"x": 2, "y": 3}, wrt="y,x")
    claimed = [
        Claim(f"∂y{i}/∂{name}", 0.0, mpmath.mpf(truth), {i: 1}, {j: 1}, mpmath.mpf(4))
        for i, row in enumerate([[2, 3], [0, 0], [0, 4]])
        for j, (name, truth) in enumerate(zip("yx", row, strict=True))
    ]
    found = numeric_findings(asked, [], claimed)
    assert [one.entry.label for one in found[:-1]] == ["∂y0/∂x", "∂y1/∂x", "∂y2/∂x"]
    assert all(one.agrees for one in found)


def test_of_values_that_are_others_nothing_is_said() -> None:
    """Many digits do not settle them; nor where the point has no value, or there is no derivative to be seen."""
    asked = problem(TEXT, AT)
    values, slopes = claims(asked)
    assert numeric_findings(asked, [*values[:1], off(values[1])], slopes) == []
    assert numeric_findings(asked, values, []) == []
    assert numeric_findings(problem("log(x)", {"x": -1}), [], slopes[:1]) == []


def test_second_derivatives_and_coefficients_have_witnesses_of_their_own() -> None:
    """The gradient beside a Hessian is compared as ever, and the dot test is made of it."""
    asked = problem("x^2*y + exp(x*y)", {"x": 0.75, "y": 1.25})
    values, slopes = claims(asked, hessian)
    found = numeric_findings(asked, values, slopes)
    assert sorted(one.entry.label for one in found[:-1]) == sorted(entry.label for entry in slopes)
    assert [one.witness for one in found] == [DIFFERENCES] * len(slopes) + [DOT]
    assert all(one.agrees for one in found)
    line = problem("x^2*exp(x)", {"x": 0.75})
    values, slopes = claims(line, taylor, order=3)
    found = numeric_findings(line, values, slopes)
    assert [(one.entry, one.witness) for one in found[:-1]] == [(entry, READ) for entry in slopes]
    assert all(one.agrees for one in found)


def test_a_determinant_is_that_of_the_columns() -> None:
    """r for polar coordinates."""
    asked = problem("r*cos(t), r*sin(t)", {"r": 2, "t": 1})
    values, slopes = claims(asked, jacobian, det=True)
    (det,) = [entry for entry in slopes if entry.determinant]
    found, dot = numeric_findings(asked, values, [det])
    assert found.agrees
    assert dot.agrees
    assert mpmath.almosteq(found.said, 2, 1e-25)
    assert not numeric_findings(asked, values, [off(det)])[0].agrees


def test_a_determinant_of_a_column_that_does_not_settle_is_not_known() -> None:
    """A jump of one output leaves the dot test alone."""
    asked = problem("x*y, floor(y)", {"x": 2, "y": 3})
    entry = Claim("det J", 0.0, mpmath.mpf(0), {0: 1, 1: 1}, {0: 1, 1: 1}, determinant=True)
    assert [one.witness for one in numeric_findings(asked, [], [entry])] == [DOT]


def test_a_derivative_that_is_lost_in_differences_is_not_contradicted() -> None:
    """Next to 1e10, 1e-60 has no digit; 0 is told from 1e-30."""
    asked = problem("x*1e-60 + y*1e10", {"x": 1, "y": 1})
    values, slopes = claims(asked, gradient)
    assert all(one.agrees for one in numeric_findings(asked, values, slopes))
    flat = problem("0*x + y", {"x": 1, "y": 1}, wrt="x", allow_unused=True)
    for truth, heard in (("1e-41", False), ("1e-39", True)):
        entry = Claim("∂y/∂x", 0.0, mpmath.mpf(truth), {0: 1}, {0: 1}, mpmath.mpf(1))
        found = [one for one in numeric_findings(flat, [], [entry]) if one.witness == DIFFERENCES]
        assert bool(found) == heard


def test_the_dot_test_is_of_the_jacobian() -> None:
    """ȳᵀ·J·ẋ with the components of the fixed direction, by both modes."""
    asked = problem(TEXT, AT)
    dot = numeric_findings(asked, *claims(asked))[-1]
    with mpmath.workdps(60):
        x, y, z = (mpmath.mpf(AT[name]) for name in "xyz")
        rows = [[y, x + z * mpmath.cos(y * z), y * mpmath.cos(y * z)], [2 * x * z, 0, x**2]]
        components = direction(5)
        truth = sum(components[3 + i] * rows[i][j] * components[j] for i in range(2) for j in range(3))
        assert mpmath.almosteq(dot.said, truth, 1e-30)
        assert mpmath.almosteq(dot.entry.truth, truth, 1e-30)


def test_where_rounding_alone_disagrees_more_digits_are_taken() -> None:
    """Of terms that cancel to 1e-30 of their size both modes have few digits at first."""
    asked = problem("(x + 1e30)*y - 1e30*y + sin(y) - y", {"x": 1e-25, "y": 1e-5})
    dot = numeric_findings(asked, *claims(asked, gradient))[-1]
    assert dot.witness == DOT
    assert dot.agrees


@pytest.mark.parametrize("x", [1, 0.7, 3, 11])
@pytest.mark.parametrize("text", ["sin(x)^2 + cos(x)^2", "exp(x)*exp(-x)", "x/(1 + x) + 1/(1 + x)"])
def test_derivatives_that_cancel_to_nothing_agree_in_both_modes(text: str, x: float) -> None:
    """What rounding leaves of them differs; it is 0 with any number of digits."""
    asked = problem(f"{text} + 0*y", {"x": x, "y": 1})
    assert all(one.agrees for one in numeric_findings(asked, *claims(asked, gradient)))


def test_an_infinite_derivative_leaves_no_dot_product() -> None:
    """0 × ∞ is no number to be compared, nor has (-2)^2 a derivative by its exponent."""
    asked = problem("sqrt(x)*y", {"x": 0, "y": 0})
    entry = Claim("∂y/∂y", 0.0, mpmath.mpf(0), {0: 1}, {1: 1}, mpmath.mpf(1))
    assert [one.witness for one in numeric_findings(asked, [], [entry])] == [DIFFERENCES]
    power = problem("x^y*z", {"x": -2, "y": 2, "z": 3}, wrt="y,z")
    entry = Claim("∂y/∂z", 0.0, mpmath.mpf(4), {0: 1}, {1: 1}, mpmath.mpf(4))
    assert [one.witness for one in numeric_findings(power, [], [entry])] == [DIFFERENCES]
