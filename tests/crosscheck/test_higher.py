"""Second derivatives and series in the cross-check: each entry has a witness, and a wrong rule is noticed in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adcli.crosscheck import check
from adcli.derivatives.answers import hessian, hvp
from adcli.derivatives.taylor import taylor
from adcli.problem.problem import problem
from adcli.results import Check

TEXT = "x^2*sin(y) + exp(x*z)"
AT = {"x": 0.7, "y": 1.9, "z": -0.3}

COMMANDS: dict[str, Callable[[Any], Any]] = {
    "hessian": hessian,
    "hvp": lambda asked: hvp(asked, vector={"x": 1, "y": -2, "z": 0.5}),
    "taylor": lambda asked: taylor(asked, direction={"x": 1, "y": -2, "z": 0.5}, order=4),
}


def outcome(command: str, text: str = TEXT) -> Check:
    asked = problem(text, AT)
    found, _ = check(asked, COMMANDS[command](asked))
    assert found is not None
    return found


@pytest.fixture(params=["SymPy", "differences", "one direction"])
def witness(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who is asked: SymPy; where that would take too long, differences; where these would, differences along a line."""
    if request.param != "SymPy":
        monkeypatch.setattr("adcli.crosscheck.symbolic.MAX_TERMS", 0)
    if request.param == "one direction":
        monkeypatch.setattr("adcli.crosscheck.higher.MAX_PAIRS", 0)
    name: str = request.param
    return name


@pytest.mark.parametrize("command", COMMANDS)
def test_second_derivatives_and_series_have_a_witness(command: str, witness: str) -> None:
    """It agrees with right ones, whoever it is."""
    found = outcome(command)
    assert found.ok, found.detail
    assert found.witnessed
    assert found.digits >= 13
    if witness != "SymPy" and command != "taylor":
        assert "differences" in found.against
    if witness == "SymPy" and command != "taylor":
        assert found.against == "SymPy"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("name", "partials"),
    [("sin", ("cos(x)*(1 + 1e-12)",)), ("cos", ("-sin(x)*(1 + 1e-12)",)), ("mul", ("y", "x + 1e-9"))],
)
def test_a_wrong_rule_fails_in_the_second_order(
    rewritten: Any, command: str, witness: str, name: str, partials: tuple[str, ...]
) -> None:
    """Of the first rule or of the rule's own. Series multiply without a rule."""
    rewritten(name, *partials)
    found = outcome(command)
    assert found.ok == (command == "taylor" and name == "mul"), found.detail


@pytest.mark.parametrize(("name", "entry"), [("hessian", "∂²"), ("hvp", "of H·v"), ("taylor", "coefficient")])
def test_what_disagrees_is_named(rewritten: Any, name: str, entry: str) -> None:
    """The entry, with both its values."""
    rewritten("cos", "-sin(x)*1.5")
    if name == "taylor":
        rewritten("sin", "cos(x)*1.5")
    found = outcome(name)
    assert not found.ok
    assert entry in found.detail
    assert "by adcli" in found.detail
