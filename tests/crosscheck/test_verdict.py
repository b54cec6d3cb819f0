"""What is said of a comparison: how many digits are right, and who agrees."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest

from adcli.crosscheck.finding import DIFFERENCES, READ, SYMPY, Claim, finding
from adcli.crosscheck.verdict import right_digits, too_few, verdict
from adcli.problem.problem import Problem, problem


def asked(precision: int = 15) -> Problem:
    return problem("x", {"x": 1}, precision=precision)


def claim(given: Any, truth: str, *, label: str = "∂f/∂x", scale: str = "1", value: bool = False) -> Claim:
    context = mpmath.mp.clone()
    context.dps = 60
    tangent = None if value else {0: 1}
    return Claim(label, given, context.mpf(truth), {0: 1}, tangent, context.mpf(scale))


@pytest.mark.parametrize(
    ("given", "truth", "scale", "precision", "digits"),
    [
        (1.0, "1", "1", 15, 16),
        (1.5, "1", "1", 15, 0),
        (3.0, "1", "1", 15, 0),
        (1001.0, "1", "1", 15, 0),
        (1e-3, "0", "0", 15, 0),
        (1e-3, "0", "0", 30, 0),
        (1.001, "1", "1", 15, 3),
        (1001.0, "1000", "1000", 15, 3),
        (1e-3, "0", "1", 15, 3),
        (1e-3, "0", "1000", 15, 6),
        (5e-324, "4e-324", "1", 15, 16),
        (5e-324, "4e-324", "1", 20, 1),
        (1.0, "1.000000000000000000001", "1", 30, 21),
        (1.0, "1.000000000000000000001", "1", 15, 16),
    ],
)
def test_right_digits_are_counted_against_the_number_itself(
    given: float, truth: str, scale: str, precision: int, digits: int
) -> None:
    """A zero is measured against the largest of its kind, what no double can hold well against the smallest."""
    assert right_digits(asked(precision), [claim(given, truth, scale=scale)])[0] == digits


def test_the_worst_entry_is_named() -> None:
    """The first of them, where there are several."""
    entries = [claim(1.0, "1", label="a"), claim(1.01, "1", label="b"), claim(2.02, "2", label="c")]
    assert right_digits(asked(), entries) == (2, "b")


@pytest.mark.parametrize(
    ("right", "precision", "said"),
    [
        (0, 15, "no digit of a is right, since numbers cancel; --precision 30 computes with more"),
        (1, 15, "only one digit of a is right, since numbers cancel; --precision 30 computes with more"),
        (9, 15, "only 9 digits of a are right, since numbers cancel; --precision 30 computes with more"),
        (9, 40, "only 9 digits of a are right, since numbers cancel; --precision 80 computes with more"),
        (10, 15, None),
        (4, 4, None),
    ],
)
def test_few_digits_are_warned_of(right: int, precision: int, said: str | None) -> None:
    """Fewer than ten, or than were asked for; twice as many help, and at least thirty."""
    found = too_few(asked(precision if precision > 4 else 15).changed(precision=precision), right, "a")
    words = found and found.message.replace("precision=", "--precision ")
    assert words == said


def test_who_agrees_is_said_in_so_many_words() -> None:
    """Of the derivatives where such were asked for; floats have 16 digits."""

    def said(*witnesses: str, right: int = 16, **options: Any) -> str:
        entries = [claim(1.0, "1", label=str(i)) for i in range(3)]
        findings = [finding(entry, who, entry.truth) for entry, who in zip(entries, witnesses, strict=False)]
        given = {"digits": 30, "kinked": False, "why": "", **options}
        outcome = verdict(asked(), entries, findings, right=right, **given)
        assert outcome.ok
        assert outcome.witnessed == bool(witnesses)
        return outcome.detail

    every = (SYMPY, SYMPY, SYMPY)
    assert said(*every) == "SymPy agrees (30 digits); all 16 digits of the floats are right"
    assert said(*every, right=1) == "SymPy agrees (30 digits); 1 digit of the floats is right"
    assert said(*every, right=0) == "SymPy agrees (30 digits); no digit of the floats is right"
    assert said(*every, right=2) == "SymPy agrees (30 digits); 2 digits of the floats are right"
    assert said(*every, right=7) == "SymPy agrees (30 digits); 7 digits of the floats are right"
    assert said(SYMPY).startswith("SymPy agrees on 1 of 3 (30 digits); no witness for the rest;")
    assert said(SYMPY, late=True).startswith("SymPy agrees on 1 of 3 (30 digits); the rest is not checked;")
    assert said(SYMPY, DIFFERENCES, DIFFERENCES).startswith(
        "SymPy agrees on 1 of 3, differences in mpmath on 2 (30 digits);"
    )
    assert said(DIFFERENCES).startswith("differences in mpmath agree (30 digits); SymPy has no number for this;")
    assert said(DIFFERENCES, why="too large").startswith(
        "differences in mpmath agree (30 digits); not asked of SymPy: too large;"
    )
    assert said().startswith("no witness: SymPy has no number for this, and differences do not settle;")
    assert said(why="too large").startswith("no witness: too large, and differences do not settle;")
    assert said(late=True).startswith("SymPy agrees with the value (30 digits); the rest is not checked;")
    assert said(*every, kinked=True).startswith("SymPy agrees (30 digits) with what is a convention at a kink;")
    assert said(SYMPY, kinked=True).startswith(
        "SymPy agrees on 1 of 3 (30 digits); no witness for the rest: at a kink the derivative is a convention;"
    )
    assert said(kinked=True).startswith("no witness: at a kink the derivative is a convention, which SymPy cannot")


def test_derivatives_that_differences_sum_along_a_direction_are_said_to_be_the_rest() -> None:
    """Their number is none of those asked for."""
    entries = [claim(1.0, "1", label=str(i)) for i in range(3)]
    along = claim(0.0, "2", label="along a direction")
    findings = [finding(entries[0], SYMPY, entries[0].truth), finding(along, DIFFERENCES, along.truth)]
    found = verdict(asked(), entries, findings, digits=30, right=16, kinked=False, why="")
    said = "SymPy agrees on 1 of 3, differences in mpmath along a direction on the rest (30 digits)"
    assert found.detail.partition(";")[0] == said


def test_of_a_series_it_is_said_up_to_which_coefficient() -> None:
    """SymPy is asked for the function, not for its derivatives; at a kink one is named."""
    entries = [claim(1.0, "1")._replace(order=k) for k in (1, 2, 3)]

    def said(count: int, kinked: bool = False) -> str:
        findings = [finding(entry, READ, entry.truth) for entry in entries[:count]]
        return verdict(asked(), entries, findings, digits=30, right=16, kinked=kinked, why="").detail

    assert said(3).startswith("the function that SymPy reads has these coefficients (30 digits); all 16 digits ")
    assert said(2).startswith("the function that SymPy reads has the first 2 of these coefficients (30 digits); all ")
    assert said(3, kinked=True).startswith(
        "the function that SymPy reads has these coefficients (30 digits), but a kink;"
    )


def test_of_those_that_disagree_the_worst_is_shown() -> None:
    """With both numbers, and the errors of all."""
    one, other = claim(1.0, "1", label="a"), claim(2.0, "2", label="b")
    context = one.truth.context
    findings = [finding(one, SYMPY, context.mpf("1.25")), finding(other, DIFFERENCES, other.truth.context.mpf("4"))]
    outcome = verdict(asked(), [one, other], findings, digits=30, right=16, kinked=False, why="")
    assert not outcome.ok
    assert outcome.detail == "b is 2.0 by adcli and 4.0 by differences in mpmath"
    assert (outcome.max_abs_error, outcome.max_rel_error) == (2, 0.5)
    assert outcome.against == "SymPy and differences in mpmath"
