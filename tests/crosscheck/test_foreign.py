"""The second reading of a formula in another notation."""

from __future__ import annotations

from contextlib import suppress

import pytest
import sympy

from adcli import check, gradient
from adcli.crosscheck import foreign
from adcli.errors import AdcliError
from adcli.problem.problem import problem

X, Y = sympy.symbols("x y")


def warnings(text: str, at: dict[str, float], syntax: str = "mathematica") -> list[str]:
    """What the check warns of."""
    asked = problem(text, at, syntax=syntax)
    return [notice.message for notice in check(asked, gradient(asked))[1] if notice.kind == "reading"]


@pytest.mark.parametrize("text", ["Sin[x]^2/y + Log[2, x]", "2 x y - x/y", "x^y^2 + E^x", "x (y + 1)"])
def test_sympys_own_reader_agrees(text: str) -> None:
    assert warnings(text, {name: 1.5 for name in "xy" if name in text}) == []


def test_what_sympys_reader_gets_wrong_is_not_asked() -> None:
    """It reads y + x^-1 as (y + x)^-1."""
    assert warnings("y + x^-1 - 2^-x y", {"x": 2, "y": 3}) == []


def test_a_disagreement_is_said_with_both_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(foreign._READERS, "mathematica", lambda text: X * (Y + 1))
    (said,) = warnings("x y + 1", {"x": 2, "y": 3})
    assert said == "SymPy reads this differently: x*(1 + y) = 8, not x*y + 1 = 7"


def test_rounding_is_no_disagreement() -> None:
    """Terms that cancel to nothing."""
    assert warnings("(2/y) (t - y - (9/10)) x", {"x": 3, "y": 1.3, "t": 2.2}) == []


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        ("maxima", "-x^2/3 + %e^-x*%pi - log(x)*signum(y)"),
        ("maxima", "2^-x^2 - x/y/2*3;"),
        ("python", "-x**2 + np.sin(x)*2**-x**2 - math.atan2(y, x)"),
        ("python", "x**-2 - -y"),
    ],
)
def test_plain_arithmetic_is_read_by_sympys_parser_too(syntax: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It agrees, and where it would not, that is said."""
    at = {name: 1.5 for name in "xy" if name in text}
    theirs = foreign._READERS[syntax](problem(text, at, syntax=syntax).graph.text)
    assert theirs is not None
    assert warnings(text, at, syntax) == []
    monkeypatch.setitem(foreign._READERS, syntax, lambda text: X + 100)
    assert len(warnings(text, at, syntax)) == 1


@pytest.mark.parametrize(("syntax", "text"), [("maxima", "x!"), ("python", "x if x > 1 else 2"), ("python", "x//2")])
def test_what_sympys_parser_means_otherwise_is_not_asked(syntax: str, text: str) -> None:
    """No reading, no disagreement."""
    assert warnings(text, {"x": 2}, syntax) == []


@pytest.mark.parametrize(
    "text", ["__import__('os').system('true')", "exec(x)", "x.__class__", "x[0]", "lambda: 1", "eval(x)"]
)
def test_the_second_reading_runs_nothing(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What SymPy's parser would run never reaches it."""
    reader = foreign._READERS["python"]
    assert reader("x**2") is not None  # what is imported by now need not be imported below

    def refuse(*args: object, **options: object) -> None:
        raise AssertionError("executed")

    monkeypatch.setattr("os.system", refuse)
    with suppress(LookupError, AdcliError):
        assert reader(text) is None
