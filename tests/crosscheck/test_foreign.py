"""The second reading of a formula in another notation."""

from __future__ import annotations

import pytest
import sympy

from adcli import check, gradient
from adcli.crosscheck import foreign
from adcli.problem.problem import problem

X, Y = sympy.symbols("x y")


def warnings(text: str, at: dict[str, float]) -> list[str]:
    """What the check warns of."""
    asked = problem(text, at, syntax="mathematica")
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
