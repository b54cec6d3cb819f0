"""Second derivatives and series in the cross-check: each entry has a witness, and a wrong rule is noticed in each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adcli.crosscheck import check, higher, line
from adcli.crosscheck.differences import DifferenceWitness, direction
from adcli.crosscheck.entries import entries_of
from adcli.crosscheck.finding import DIFFERENCES, READ, Claim
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


def claims(command: str, text: str = TEXT, at: dict[str, Any] = AT) -> tuple[Any, list[Claim]]:
    """A problem and what its answer says of second derivatives, or of coefficients."""
    asked = problem(text, at)
    found = entries_of(COMMANDS[command](asked), COMMANDS[command](asked.changed(precision=30)))
    return asked, [entry for entry in found if entry.other is not None or entry.order]


def test_each_second_derivative_has_its_own_difference_where_they_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number times that of the operations is the limit; a single one has its own in any case."""
    asked, entries = claims("hessian")
    entries = [entry for entry in entries if entry.truth]
    witness = DifferenceWitness(asked)
    monkeypatch.setattr(higher, "MAX_PAIRS", len(entries) * len(asked.graph))
    found = higher.findings(asked, witness, entries)
    assert [one.entry for one in found] == entries
    assert all(one.agrees and one.witness == DIFFERENCES for one in found)
    monkeypatch.setattr(higher, "MAX_PAIRS", len(entries) * len(asked.graph) - 1)
    (one,) = higher.findings(asked, witness, entries)
    assert one.entry not in entries
    monkeypatch.setattr(higher, "MAX_PAIRS", 0)
    (one,) = higher.findings(asked, witness, entries[:1])
    assert one.entry == entries[0]


@pytest.mark.parametrize("command", ["hessian", "hvp"])
def test_second_derivatives_that_are_many_are_summed_along_a_direction(command: str) -> None:
    """dᵀ·H·d, each of the two triangles once, or dᵀ·H·v: as large as the largest term, and wrong where one is."""
    asked, entries = claims(command)
    d = direction(3)
    h = hessian(asked).hessian
    v = d if command == "hessian" else [1, -2, 0.5]
    terms = [[d[i] * h[i][j] * v[j] for j in range(3)] for i in range(3)]
    one = higher._combined(entries, 3)
    assert float(one.truth) == pytest.approx(sum(map(sum, terms)), rel=1e-13)
    largest = max(abs(entry.truth) for entry in entries)
    assert 0.25 * float(largest) <= float(one.scale) <= 2 * float(largest)
    assert dict(one.tangent or {}) == dict(enumerate(v))
    assert dict(one.other or {}) == dict(enumerate(d))
    witness = DifferenceWitness(asked)
    (found,) = higher.findings(asked, witness, [one])
    assert found.agrees
    for place, entry in enumerate(entries):
        if entry.truth:
            wrong = [*entries[:place], entry._replace(truth=entry.truth * (1 + 1e-12)), *entries[place + 1 :]]
            assert not higher.findings(asked, witness, [higher._combined(wrong, 3)])[0].agrees


def test_coefficients_have_values_of_the_function_for_a_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    """All up to the last, as SymPy reads the function or, where it cannot, as adcli does; up to a limit of its own."""
    asked, entries = claims("taylor")
    found = higher.series_findings(asked, entries)
    assert [one.entry for one in found] == entries
    assert all(one.agrees and one.witness == READ for one in found)
    monkeypatch.setattr(line, "MAX_ORDER", 2)
    assert [one.entry.order for one in higher.series_findings(asked, entries)] == [1, 2]
    asked, entries = claims("taylor", "(1 + x)^20000 + y*z", {"x": 1e-3, "y": 1.9, "z": -0.3})
    found = higher.series_findings(asked, entries)
    assert found
    assert all(one.agrees and one.witness == DIFFERENCES for one in found)


def test_where_the_function_has_no_values_nothing_is_said_of_its_series() -> None:
    """log on both sides of 0."""
    entry = Claim("coefficient 1", 0.0, 0.0, {0: 1}, {0: 1}, order=1)
    assert higher.series_findings(problem("x*log(x)", {"x": 0}), [entry]) == []
