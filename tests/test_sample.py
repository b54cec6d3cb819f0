"""A small share of the random sample: derivatives in every way that there is, at hard points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sample
from sample import JUDGES, Case, Fault, Tree, faults

import adcli
from adcli.errors import DomainError

TOLERATED = {"rounded", "rounded value"}
"""What doubles alone are to blame for: 30 digits are right, and the check says how many of the floats' are."""


@pytest.mark.parametrize("seed", range(4))
def test_no_derivative_is_wrong_refused_or_silent(seed: int) -> None:
    """Gradients, Hessians, products, sparse and derived programs, engines and series of programs that nobody chose."""
    assert [fault for fault in faults(7100 + seed, 6, list(JUDGES)) if fault.kind not in TOLERATED] == []


def judged(text: Tree, judge: str, monkeypatch: pytest.MonkeyPatch, name: str, function: Any) -> Iterator[Fault]:
    monkeypatch.setattr(adcli, name, function)
    return JUDGES[judge](Case(text, {"x": 0.75}))


SINE = Tree("sin", (Tree("x"),))


def test_a_wrong_derivative_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test of the test: the derivative of another function, and a refusal."""
    gradient, series = adcli.gradient, adcli.taylor_series
    assert not list(JUDGES["gradients"](Case(SINE, {"x": 0.75})))
    assert not list(JUDGES["series"](Case(SINE, {"x": 0.75})))
    kinds = {
        f.kind
        for f in judged(SINE, "gradients", monkeypatch, "gradient", lambda t, *a, **k: gradient("sinh(x)", *a, **k))
    }
    assert kinds == {"wrong value", "wrong"}
    (found,) = judged(SINE, "series", monkeypatch, "taylor_series", lambda t, *a, **k: series("tan(x)", *a, **k))
    assert found.kind == "wrong"

    def refusing(*args: Any, **options: Any) -> Any:
        raise DomainError("no derivative")

    assert {f.kind for f in judged(SINE, "gradients", monkeypatch, "gradient", refusing)} == {"refused"}


def test_a_silent_kink_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """|x| at 0 has no derivative, whatever number is given for it."""
    kink, gradient = Case(Tree("Abs", (Tree("x"),)), {"x": 0.0}), adcli.gradient
    assert not list(JUDGES["gradients"](kink))
    monkeypatch.setattr(adcli, "gradient", lambda *a, **k: replace(gradient(*a, **k), warnings=()))
    assert {fault.kind for fault in JUDGES["gradients"](kink)} == {"silent"}


def test_truths_are_those_of_closed_forms() -> None:
    """The judge itself: slopes and curvatures of sin at 3/4."""
    truth = sample.Truth(Case(SINE, {"x": 0.75}))
    assert sample.near(truth.slope({"x": sample.mp.one}), sample.mp.cos(0.75), 1e-14)
    assert sample.near(truth.second("x", "x"), -sample.mp.sin(0.75), 1e-14)


def test_a_step_spans_no_jump() -> None:
    """Whatever a coordinate is multiplied by: ⌈zx⌉ jumps wherever zx is whole."""
    case = Case(Tree("ceiling", (Tree("mul", (Tree("z"), Tree("x"))),)), {"x": -3.688655461639948, "z": 1e150})
    assert case.truth.slope_by("x") is None
    assert not list(JUDGES["gradients"](case))


def test_a_difference_of_which_nothing_is_left_is_no_zero() -> None:
    """erfc'' at 1e-300 is 2.26e-300, which no step in so many digits shows."""
    case = Case(Tree("erfc", (Tree("x"),)), {"x": 1e-300})
    with pytest.raises(sample.Unclear):
        case.truth.second("x", "x")
