"""Values with uncertainties: how they are written."""

from __future__ import annotations

import pytest

from adcli.errors import AdcliError, UsageError
from adcli.problem.point import parse_at
from adcli.problem.problem import problem
from adcli.problem.uncertain import parted
from adcli.studies.uncertainty.propagation import uncertainty


def read(text: str) -> tuple[float, float, float]:
    """The value, the standard uncertainty and the degrees of freedom of a written value."""
    plain, uncertain = parted(parse_at([text]))
    found = uncertainty(problem("x", plain), uncertain=uncertain)
    return found.values[0], found.u[0], found.dof[0]


@pytest.mark.parametrize(
    ("written", "value", "u"),
    [
        ("5.0±0.1", 5, 0.1),
        ("5.0 ± 0.1", 5, 0.1),
        ("5.0+/-0.1", 5, 0.1),
        ("5.0+-0.1", 5, 0.1),
        ("4.9990(32)", 4.9990, 0.0032),
        ("-4.9990(32)", -4.9990, 0.0032),
        ("12(3)", 12, 3),
        ("12.3(1.5)", 12.3, 1.5),
        ("6.62607015(81)e-34", 6.62607015e-34, 8.1e-41),
        ("1.23(45)e5", 1.23e5, 0.45e5),
        ("1.23(45)×10^5", 1.23e5, 0.45e5),
        ("1.23(45) × 10^-5", 1.23e-5, 0.45e-5),
        ("1.23(45)*10^(-5)", 1.23e-5, 0.45e-5),
        ("1.5±2%", 1.5, 0.03),
        ("-1.5±2%", -1.5, 0.03),
        ("pi/4±1/100", 0.7853981633974483, 0.01),
        ("5±0.3 uniform", 5, 0.3 / 3**0.5),
        ("5±0.3 rectangular", 5, 0.3 / 3**0.5),
        ("5±0.3 triangular", 5, 0.3 / 6**0.5),
        ("5±0.3 arcsine", 5, 0.3 / 2**0.5),
        ("5.0(3) uniform", 5, 0.3 / 3**0.5),
        ('{"value": 5, "u": 0.1}', 5, 0.1),
        ('{"value": 5, "u": 0.1, "distribution": "uniform"}', 5, 0.1),
    ],
)
def test_an_uncertain_value_is_read_as_it_is_written(written: str, value: float, u: float) -> None:
    """± and +/-, digits in brackets, percents, distributions by their half-width (GUM 4.3), JSON."""
    text = f'{{"x": {written}}}' if written.startswith("{") else f"x={written}"
    assert read(text)[:2] == pytest.approx((value, u), rel=1e-15)


@pytest.mark.parametrize("written", ["5±0.1 dof 8", "5±0.1 uniform dof 8", '{"value": 5, "u": 0.1, "dof": 8}'])
def test_degrees_of_freedom_stand_behind(written: str) -> None:
    """As a word of the value, or in JSON."""
    text = f'{{"x": {written}}}' if written.startswith("{") else f"x={written}"
    assert read(text)[2] == pytest.approx(8)


def test_lists_hold_uncertain_values() -> None:
    """Each element has its own."""
    plain, uncertain = parted(parse_at(["x=[1±0.1, 2, [3(1)]]"]))
    assert plain == {"x": ["1", "2", ["3"]]}
    assert {name: value.u for name, value in uncertain.items()} == {"x[1]": "0.1", "x[3,1]": "1e0"}


@pytest.mark.parametrize(
    "written", ["5±", "±5", "5±-1", "5±0.1 lognormal", "5±1±1", "5±x", "5±0.1 dof 0", "5 uniform", "5±2%%"]
)
def test_what_is_no_uncertain_value_is_refused(written: str) -> None:
    """With a usage error, or one of the language."""
    with pytest.raises(AdcliError) as caught:
        read(f"x={written}")
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("written", ["1.23e5(45)", "1.23E5 (45)", "-1.e-5(4)"])
def test_brackets_behind_an_exponent_are_refused(written: str) -> None:
    """They are no product, and whether they mean units or the last digits cannot be told."""
    with pytest.raises(UsageError, match="in front of the exponent") as caught:
        read(f"x={written}")
    assert f"write {written.lower().partition('e')[0]}(4" in (caught.value.hint or "")


def test_other_questions_refuse_uncertain_values() -> None:
    """And say which command takes them."""
    for text in ("3±0.1", "3+/-0.1", {"value": 3, "u": 0.1}):
        with pytest.raises(UsageError) as caught:
            problem("x^2", {"x": text})
        assert "adcli uncertainty" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("written", "how"),
    [("3+-0.1", "a difference"), ("3(1)", "a product"), ("1.5(2)", "a product"), ("1.5e3(2)", "a product")],
)
def test_what_looks_uncertain_is_said_to_be_read_otherwise(written: str, how: str) -> None:
    """3+-0.1 is 2.9, and 3(1) is 3."""
    (notice,) = problem("x^2", {"x": written}).shared()["warnings"]
    assert how in notice.message
    assert "uncertainty" in notice.message


def test_ordinary_expressions_are_not_warned_of() -> None:
    """Functions, products with brackets of more than a number, numbers."""
    for written in ("sin(1)", "2*(3)", "2(pi)", "1e+3", "-3", "1 - -2"):
        assert problem("x^2", {"x": written}).shared()["warnings"] == ()
