"""Whatever is typed: a graph, or an error that points into the text. Never anything else, and nothing is run."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from adcli.errors import AdcliError, LimitError, NameFault, SyntaxFault
from adcli.graphs import verify
from adcli.language import parse, parse_constant, tokens, unparse

PIECES = """
x y f g i n 2 1.5 .5 1e3 pi E e λ x₁ + - * / ^ ** ( ) [ ] | , ; = == < <= != and or not # .. . ' \\ { } ² − × ~ ! & %
sin( log( Max( Sum( Product( Piecewise(( where( f( g(x) f(x)= v[i=1..3]= v[ (i,1,3) x[1] A[1,2] True False And( Not(
"""
WORDS = [*PIECES.split(), "\n", "\r\n", " ", "\t", "x + y", "a = x\n", "# c\n", "\u200b", "\x00", "É", "1..2", "9^9^9"]


def fault(call: Callable[[str], object], text: str) -> AdcliError | None:
    """The error that reading *text* ends with; any other exception than adcli's is a failure of the test."""
    try:
        call(text)
    except AdcliError as error:
        return error
    return None


def read_and_print(text: str) -> None:
    graph = parse(text)
    verify(graph)
    assert all(0 <= start <= end <= len(text) for start, end in graph.spans)
    verify(parse(unparse(graph)))


def check(call: Callable[[str], object], text: str) -> AdcliError | None:
    """Assert that an error, if there is one, points into the text and says something."""
    error = fault(call, text)
    if error is not None:
        assert isinstance(error, (SyntaxFault, NameFault, LimitError))
        assert error.span is not None
        assert 0 <= error.span[0] <= error.span[1] <= len(text)
        assert 0 < len(error.message) < 200
        assert len(error.hint or "") < 200
    return error


@settings(max_examples=600)
@given(st.lists(st.sampled_from(WORDS), max_size=24).map("".join))
@example("Sum(x,(i,1,2)")
@example("f(x)=Sum(x,(i,1,x)); f(")
@example("v[i=1..3]=")
@example("v[i=1..3]=v[")
@example("Piecewise((x,x<1)+1)")
@example("Piecewise((x,x<1)(y,y<1))")
@example("Piecewise((x,x<1),)")
@example("Sum(,(i,1,2))")
@example("Sum(x,(i,,2))")
@example("Sum()")
@example("f(x)=(x;\n)")
@example("|Max(x|)")
@example("f(x)=x)")
@example("(f(x)=x)")
@example("Sum(x),(i,1,2))")
def test_any_words_give_a_graph_or_a_located_error(text: str) -> None:
    check(read_and_print, text)


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_any_text_gives_a_graph_or_a_located_error(text: str) -> None:
    check(read_and_print, text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_any_constant_expression_gives_a_graph_or_a_located_error(text: str) -> None:
    check(parse_constant, text)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=24).map("".join))
def test_words_lie_in_order_in_the_text_and_cover_it(text: str) -> None:
    if check(tokens, text):
        return
    found = tokens(text)
    position = 0
    rest = ""
    for token in found:
        assert position <= token.start <= token.end <= len(text)
        rest += text[position : token.start]
        position = token.end
    rest += text[position:]
    assert not re.sub(r"#[^\r\n]*", "", rest).strip(), "a word was lost"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('touch hacked')",
        "(lambda: 1)()",
        "x.__class__.__mro__",
        "exec(x)",
        "eval(1)",
        "open(x)",
        "().__class__",
        "[x for x in y]",
        "f'{x}'",
    ],
)
def test_no_text_is_ever_run(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("the text was run")

    for name in ("eval", "exec", "compile", "open"):
        monkeypatch.setattr(builtins, name, forbidden)
    with pytest.raises(AdcliError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9",
        "9^9^9^9",
        "x[" + "9^" * 1000 + "9]",
        "1e999999999999*x",
        "1" * 100_000,
        "x" * 100_000,
        "x" * 100_000 + " y",
        "1" * 50_000 + "." + "1" * 50_000 + ".1",
        "f(x)=x;" + "f(" * 1000 + "y" + ")" * 1000,
        "Sum(" * 1000 + "x" + ",(i,1,1))" * 1000,
        "Sum(x," + "(i,1,1)," * 1000 + "(j,1,1))",
    ],
)
def test_bombs_stay_bombs(text: str) -> None:
    check(read_and_print, text)
