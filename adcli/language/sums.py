"""Sum and Product: their ranges, and what the loop variables are in each term."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol, TypeAlias

from adcli.errors import Span, SyntaxFault
from adcli.language.lexer import NAME, Brackets
from adcli.language.reading import Budget

Range: TypeAlias = "tuple[str, Span, Span, Span]"
"""(i, first, last): the loop variable, and the places of the bounds and of the whole."""


class Surroundings(Protocol):
    """What reads the expressions around and within a sum."""

    text: str
    brackets: Brackets
    budget: Budget

    def integer(self, start: int, stop: int, known: dict[str, int], integers: dict[str, int]) -> int:
        """The exact value of a constant expression."""

    def check_local(self, name: str, span: Span, role: str) -> None:
        """Refuse a name that means something already."""


EMPTY = 10
"""What a range without terms counts for: two bounds are read in the time of so many terms."""

_RANGE = rf"\s*\(\s*({NAME})\s*,"
"""Compiled where there is one: start-up counts."""


def ranges_of(reader: Surroundings, call: re.Match[str], stop: int) -> tuple[int, Span, list[Range]]:
    """Where the bracket of a call of Sum or Product closes, the place of its body, and its ranges as written."""
    text, brackets = reader.text, reader.brackets
    name, bracket = call[2], call.end() - 1
    close, _ = brackets.extent(bracket, stop)
    body, *parts = brackets.split(bracket + 1, close, stop)
    hint = f"such as {name}(x[i], (i, 1, 3))"
    ranges = []
    for begin, end in parts:
        head = re.compile(_RANGE).match(text, begin, end)
        inner = text.find("(", begin, end)
        if head is not None:
            closed, commas = brackets.extent(inner, end)
        if head is None or len(commas) != 2 or text[closed + 1 : end].strip():
            raise SyntaxFault("a range is (i, first, last)", (begin, end), hint=hint)
        reader.check_local(head[1], head.span(1), "a loop variable")
        ranges.append((head[1], (commas[0] + 1, commas[1]), (commas[1] + 1, closed), (inner, closed + 1)))
    if not ranges:
        raise SyntaxFault(f"{name} takes an expression and ranges", (call.start(), close + 1), hint=hint)
    return close, body, ranges


def bindings(
    reader: Surroundings, ranges: list[Range], known: dict[str, int], integers: dict[str, int]
) -> Iterator[dict[str, int]]:
    """The values that the loop variables take, term by term; the outermost range is the last, as in SymPy.

    Bounds are read when they are reached, for an inner one may depend on the variables of the outer ones. A
    range that gives no term is counted too.
    """
    bound: dict[str, int] = {}
    opened: list[tuple[str, Iterator[int]]] = []
    while True:
        if len(opened) < len(ranges):
            name, low, high, span = ranges[-1 - len(opened)]
            scope = {**integers, **bound}
            first, last = reader.integer(*low, known, scope), reader.integer(*high, known, scope)
            reader.budget.check(last - first + 1, span)
            if last < first:
                reader.budget.count(EMPTY, 0, span)
            opened.append((name, iter(range(first, last + 1))))
        else:
            yield bound
        while True:
            name, values = opened[-1]
            value = next(values, None)
            if value is not None:
                bound[name] = value
                break
            bound.pop(name, None)
            opened.pop()
            if not opened:
                return
