"""The default reader and SymPy's own parser read the same mathematics from the same text."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from random_texts import expressions, point

from adcli.derivatives.answers import jacobian
from adcli.errors import AdcliError, LimitError
from adcli.language.sympy.sympy_syntax import parse_sympy

DIGITS = 30


def answers(texts: str | list[str], at: dict[str, Any], syntax: str) -> list[Any] | AdcliError:
    """All values and derivatives to 30 digits, or the error."""
    try:
        program: Any = parse_sympy(texts) if syntax == "sympy" else texts
        found = jacobian(program, at, precision=DIGITS, allow_unused=True)
    except AdcliError as error:
        return error
    return [*found.values, *(x for row in found.jacobian for x in row)]


def agree(texts: str | list[str], at: dict[str, Any]) -> bool:
    """Assert that both readers give the same numbers, or both refuse. False where only SymPy's cannot read it."""
    ours, theirs = answers(texts, at, "adcli"), answers(texts, at, "sympy")
    if isinstance(theirs, LimitError) and not isinstance(ours, LimitError):
        return False
    if isinstance(ours, AdcliError) or isinstance(theirs, AdcliError):
        assert type(ours) is type(theirs), f"{texts}: {ours!r} against {theirs!r}"
        return True
    scale = max(map(abs, ours), default=0)
    for a, b in zip(ours, theirs, strict=True):
        assert abs(a - b) <= 1e-25 * max(abs(a), abs(b)) + 1e-27 * scale, texts
    return True


@pytest.mark.parametrize(
    "text",
    [
        "ln(x)+x*y-sin(y)",
        "-x^2",
        "-x**2*y",
        "2^-x",
        "x^y^x",
        "x-y-2-x",
        "x/y/2/x",
        "x/y*2",
        "2**3**0.5*x",
        "1/2*x + 1/(2*x)",
        "+x - -y",
        "(x + y)*(x - y)",
        "x**-1",
        "x^2.0 + y**1.875",
        "-(x + y)^3",
        "exp(-x**2/2)/sqrt(2*pi)",
        "E**x - pi*x",
        "log(x, 10) + ln(y)",
        "Max(x, y, 1) - min(x, y)",
        "abs(x - 3) + Abs(y)",
        "atan2(y, x) + arctan(x/y)",
        "Piecewise((x**2, x < 1), (log(x), x >= 1))",
        "Piecewise((x, And(x < 1, y > 1)), (y, Or(x > 1, y < 1)), (0, True))",
        "where(x == 2, y, x*y)",
        "Piecewise((x, Not(x < 1)), (y, True))",
        "polygamma(2, x) + beta(x, y)",
        "Heaviside(x)*Mod(x, y)",
        ".5*x + 5.*y + 1e-3 + 1E2",
        "lambda + N*S + E*x",
    ],
)
def test_both_readers_agree_on(text: str) -> None:
    """Values and derivatives are the same to 25 digits."""
    names = {"x": "1.7", "y": "0.6", "lambda": "1.1", "N": 2, "S": 3}
    at = {name: value for name, value in names.items() if name in text.replace("Not", "").replace("Piecewise", "")}
    if "Sum" not in text and "lambda" not in text:
        at = {name: value for name, value in at.items() if name in ("x", "y")}
    assert agree(text, at)


@settings(max_examples=150)
@given(expressions())
def test_both_readers_agree_on_random_expressions(text: str) -> None:
    """The same numbers or the same kind of refusal, for any text of the common grammar."""
    agree(text, point(text))


@pytest.mark.skipif("ADCLI_CORPUS" not in os.environ, reason="ADCLI_CORPUS names no corpus")
def test_both_readers_agree_on_the_corpus() -> None:
    """On every third formula that others wrote; SymPy's parser can read nearly all of them."""
    skipped = total = 0
    for file in sorted(Path(os.environ["ADCLI_CORPUS"]).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines()[::3]:
            case = json.loads(line)
            at = case.get("at_text") or case["at"]
            total += 1
            skipped += not agree(case["exprs"], at)
    assert total > 0
    assert skipped <= total / 100
