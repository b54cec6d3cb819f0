"""Indices and bounds that are more than a number or a name: `x[2*i - 1]`."""

from __future__ import annotations

import re

from adcli.errors import NameFault, Span, SyntaxFault
from adcli.language.expressions import Expressions
from adcli.language.faults import short
from adcli.language.integers import NotConstant, integer
from adcli.language.reading import Reading
from adcli.ops import LITERAL


def evaluated(outer: Expressions, start: int, stop: int, known: dict[str, int], integers: dict[str, int]) -> int:
    """The exact value of the constant expression in [start, stop) of the text that *outer* reads."""
    index = Index(outer, known, integers)
    node = index.expression(start, stop)
    try:
        return integer(index.builder, node)
    except NotConstant as why:
        written = outer.text[start:stop].rstrip()
        word = written.lstrip()
        end = start + len(written)
        raise SyntaxFault(f"an integer is needed here: {short(word)} {why}", (end - len(word), end)) from None


class Index(Expressions):
    """Reads an index or bound: an expression of literals, loop variables, and names that stand for integers."""

    def __init__(self, outer: Expressions, known: dict[str, int], integers: dict[str, int]) -> None:
        super().__init__(outer.text, {}, {})
        self.outer, self.outer_known = outer, known
        self.integers = self.let = integers
        self.functions = outer.functions

    def _variable(self, name: str, span: Span) -> int:
        node = self.outer_known.get(name, self.outer.globals.get(name))
        if node is None or node in self.outer.operations.conditions:
            raise NameFault(
                f"an integer is needed here, and {name} has no value yet",
                span,
                hint=f"--let {name}=3 gives it one" if node is None else None,
            )
        try:
            return self.builder.literal(str(integer(self.outer.builder, node)), span)
        except NotConstant:
            raise NameFault(
                f"an integer is needed here, and {name} is not known while the program is read",
                span,
                hint=f"--let {name}=3 gives it a value" if self.outer.builder.ops[node] is not LITERAL else None,
            ) from None

    def _element(self, match: re.Match[str], reading: Reading) -> tuple[int, int]:
        raise SyntaxFault("an index or bound cannot depend on elements", match.span(2))

    def _unroll(self, reading: Reading, match: re.Match[str]) -> None:
        raise SyntaxFault(f"an index or bound cannot contain a {match[2]}", match.span(2))
