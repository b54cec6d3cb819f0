"""Rounding, remainders and the like in other notations: each program's own, which differ where numbers are negative."""

from __future__ import annotations

import math
from typing import Any

import pytest

from adcli.derivatives.answers import evaluate
from adcli.errors import AdcliError
from adcli.language import parse
from adcli.language.notations import parse_foreign
from adcli.problem.problem import problem

X = [7.5, -7.5, 2.5, -2.5, 0.49999999999999994, -6.0]


def away(x: float) -> float:
    """The nearest whole number, of two the one away from 0."""
    return math.copysign(math.floor(abs(x)) + (abs(x) - math.floor(abs(x)) >= 0.5), x)


FLOORED: Any = lambda x: math.floor(x / 2)  # noqa: E731
WHOLE: Any = lambda x: math.trunc(x / 2)  # noqa: E731
OF_DIVISOR: Any = lambda x: x - 3 * math.floor(x / 3)  # noqa: E731
OF_DIVIDEND: Any = lambda x: math.fmod(x, 3)  # noqa: E731


@pytest.mark.parametrize(
    ("syntax", "text", "truth"),
    [
        ("julia", "x % 3", OF_DIVIDEND),
        ("julia", "x .% 3", OF_DIVIDEND),
        ("julia", "rem(x, 3)", OF_DIVIDEND),
        ("julia", "mod(x, 3)", OF_DIVISOR),
        ("julia", "x ÷ 2", WHOLE),
        ("julia", "div(x, 2)", WHOLE),
        ("julia", "fld(x, 2)", FLOORED),
        ("julia", "cld(x, 2)", lambda x: math.ceil(x / 2)),
        ("julia", "round(x)", round),
        ("matlab", "round(x)", away),
        ("matlab", "rem(x, 3)", OF_DIVIDEND),
        ("matlab", "mod(x, 3)", OF_DIVISOR),
        ("matlab", "fix(x)", math.trunc),
        ("python", "x % 3", OF_DIVISOR),
        ("python", "x // 2", FLOORED),
        ("python", "math.fmod(x, 3)", OF_DIVIDEND),
        ("python", "np.remainder(x, 3)", OF_DIVISOR),
        ("python", "round(x)", round),
        ("excel", "ROUND(x, 0)", away),
        ("excel", "MOD(x, 3)", OF_DIVISOR),
        ("excel", "INT(x)", math.floor),
        ("excel", "QUOTIENT(x, 2)", WHOLE),
        ("mathematica", "Round[x]", round),
        ("mathematica", "Mod[x, 3]", OF_DIVISOR),
        ("mathematica", "Quotient[x, 2]", FLOORED),
        ("mathematica", "IntegerPart[x]", math.trunc),
        ("maxima", "round(x)", round),
        ("maxima", "mod(x, 3)", OF_DIVISOR),
        ("maxima", "fix(x)", math.floor),
        ("maxima", "entier(x)", math.floor),
        ("maxima", "truncate(x)", math.trunc),
        ("python", "np.sinc(x)", lambda x: math.sin(math.pi * x) / (math.pi * x)),
        ("matlab", "sinc(x)", lambda x: math.sin(math.pi * x) / (math.pi * x)),
        ("julia", "sinc(x)", lambda x: math.sin(math.pi * x) / (math.pi * x)),
        ("python", "sympy.sinc(x)", lambda x: math.sin(x) / x),
        ("mathematica", "Sinc[x]", lambda x: math.sin(x) / x),
    ],
)
def test_a_notation_rounds_and_divides_as_its_program_does(syntax: str, text: str, truth: Any) -> None:
    """By the manuals of Julia, MATLAB, Python, Excel, Mathematica and Maxima."""
    graph = parse_foreign(syntax, text)
    for x in X:
        (found,) = evaluate(problem(graph, {"x": x})).values
        assert float(found) == pytest.approx(truth(x), rel=1e-14, abs=1e-15)


def test_a_remainder_is_said_to_be_one_of_two() -> None:
    """Python's and C's % differ where a number is negative."""
    with pytest.raises(AdcliError) as caught:
        parse("7 % 3")
    assert "Mod(a, b), of the sign of b" in str(caught.value.hint)
    assert "fmod(a, b), of that of a" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (r"\log x", "natural logarithm"),
        (r"\log(x) + \log x", "natural logarithm"),
        (r"\log^2 x", "natural logarithm"),
        (r"\operatorname{log} x", "natural logarithm"),
        (r"\operatorname{sinc}(x)", "sin(x)/x"),
        (r"\log_{10} x", ""),
        (r"\log_2 x", ""),
        (r"\ln x", ""),
        (r"\log{\left(x \right)}", ""),
        (r"\log^{2}{\left(x \right)}", ""),
        (r"\operatorname{sinc}{\left(x \right)}", ""),
    ],
)
def test_how_log_is_read_in_latex_is_said_where_others_may_read_it_otherwise(text: str, said: str) -> None:
    """Once; not where the base is there, nor of what SymPy prints, who means the natural logarithm."""
    doubts = [message for message, _ in parse_foreign("latex", text).doubts]
    assert len(doubts) == bool(said)
    assert said in "".join(doubts)
