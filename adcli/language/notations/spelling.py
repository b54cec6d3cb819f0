"""How a notation writes formulas: pieces with precedence, so that brackets stand only where they are needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any, NamedTuple

from adcli.language.notations.notation import POSTFIX as ATOM
from adcli.language.notations.notation import SUM
from adcli.ops import UNDEFINED, WHERE, Op

Rope = Any
"""A string or a list of ropes, which are joined once, at the end."""


class Piece(NamedTuple):
    """A piece of a formula: its precedence, its text, its length, and what it begins with."""

    precedence: float
    rope: Rope
    length: int
    first: str


class Form(NamedTuple):
    """How an operation is written: #1, #2 … are its arguments, in brackets where their precedence is less than needed.

    Without `needs` they stand in brackets of the form's own.
    """

    text: str
    precedence: float = ATOM
    needs: tuple[float, ...] = ()


Pairs = Sequence[tuple[Piece, Piece]]
"""Values and conditions."""


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """How a notation writes what a graph consists of."""

    forms: Mapping[str, Form]
    """Operations with a form of their own; `and`, `or`, and `undefined` among them."""
    calls: Mapping[str, str]
    """Names of functions."""
    cases: Callable[[Spelling, Pairs, Piece | None], Piece]
    """Values with conditions, and the value where none holds."""
    name: Callable[[str], str] = str
    element: Callable[[str, Sequence[int]], str]
    number: Callable[[str], str] = str
    constants: Mapping[str, str]
    brackets: tuple[str, str] = ("(", ")")
    call: tuple[str, str, str] = ("(", ", ", ")")
    """What stands before, between and behind arguments."""
    statement: str | None = "#1 = #2"
    """An assignment; None where there are none, and everything is written out."""
    lines: Callable[[Sequence[str]], str] = "\n".join
    """Statements, the outputs last."""
    several: tuple[str, str] | None = ("", "")
    """What stands around several outputs in one line; None where each has a line of its own."""
    begin: str = ""
    """What stands before a formula."""
    binary: frozenset[str] = frozenset()
    """Functions of two arguments where the language's take any number."""
    matrix: tuple[str, str, str, str] | None = None
    """What stands before a matrix, between elements, between rows and behind; None where there is none."""

    def knows(self, op: Op) -> bool:
        """Whether the operation can be written."""
        return op.name in self.forms or op.name in self.calls or op is WHERE or op is UNDEFINED

    def filled(self, form: Form, args: Sequence[Piece]) -> Piece:
        """A form with its arguments."""
        rope: list[Rope] = []
        length, first = 0, ""
        for part in _split(form.text):
            piece = Piece(ATOM, part, len(part), part[:1])
            if part[0] == "#" and part[1:].isdecimal():
                place = int(part[1:]) - 1
                piece = self.within(args[place], form.needs[place] if form.needs else 0, bool(first))
            rope.append(piece.rope)
            length += piece.length
            first = first or piece.first
        return Piece(form.precedence, rope, length, first)

    def of_rows(self, elements: Sequence[Piece]) -> Piece:
        """A square matrix."""
        assert self.matrix is not None, "an operation on a matrix where there is none"
        before, between, rows, behind = self.matrix
        size = isqrt(len(elements))
        lines = [between.join(f"#{i * size + j + 1}" for j in range(size)) for i in range(size)]
        return self.filled(Form(before + rows.join(lines) + behind), elements)

    def within(self, piece: Piece, least: float, follows: bool = False) -> Piece:
        """The piece as an operand. A sign behind an operator needs brackets."""
        if piece.precedence >= least and not (follows and piece.first == "-" and least >= SUM):
            return piece
        before, behind = self.brackets
        return Piece(ATOM, [before, piece.rope, behind], piece.length + len(before + behind), before[:1])

    def applied(self, op: str, args: Sequence[Piece]) -> Piece:
        """An operation on pieces."""
        if op in self.forms:
            return self.filled(self.forms[op], args)
        if op in self.binary and len(args) > 2:
            return self.applied(op, [args[0], self.applied(op, args[1:])])
        before, between, behind = self.call
        places = between.join(f"#{i + 1}" for i in range(len(args)))
        return self.filled(Form(f"{self.calls[op]}{before}{places}{behind}"), args)


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"(#\d+)", text) if part]
