"""What the foreign notations share: words with their places, stand-ins, and the grammar that all of them have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from adcli.errors import LimitError, NameFault, Span, SyntaxFault
from adcli.language.sympy.from_sympy import RESERVED
from adcli.ops import FUNCTIONS, Op

MAX_NESTING = 40
"""Brackets inside brackets that SymPy's readers are trusted with."""


class Word(NamedTuple):
    """A word of a notation: its kind, its text, and where it stands."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end


class Called(NamedTuple):
    """What a stand-in for a function means: the operation, and the arguments' order (by position) if it differs."""

    name: str
    order: tuple[int, ...] = ()

    @property
    def op(self) -> Op | None:
        """Its row of the table; None for a form of its own, such as If."""
        return FUNCTIONS.get(self.name)


class StandIns:
    """Identifiers of letters only, which every notation reads as a name, for variables, numbers and functions."""

    def __init__(self, prefix: str, call_prefix: str) -> None:
        self.meanings: dict[str, tuple[str, str]] = {}
        self.calls: dict[str, Called] = {}
        self._prefix = prefix
        self._call_prefix = call_prefix
        self._known: dict[tuple[str, str] | Called, str] = {}

    def name(self, text: str) -> str:
        """The stand-in of a variable. Raises NameFault for a name that means something else in adcli."""
        if text in RESERVED:
            raise NameFault(f"{text} cannot be a variable's name in adcli", hint="call the variable something else")
        return self._leaf(("name", text))

    def number(self, text: str) -> str:
        """The stand-in of a number, which is a symbol to SymPy: so it keeps its text and is never computed with."""
        return self._leaf(("number", text))

    def constant(self, label: str) -> str:
        """The stand-in of "pi" or "E"."""
        return self._leaf(("constant", label))

    def call(self, called: Called) -> str:
        """The stand-in of a function."""
        if called not in self._known:
            identifier = self._known[called] = self._call_prefix + _letters(len(self.calls))
            self.calls[identifier] = called
        return self._known[called]

    def _leaf(self, meaning: tuple[str, str]) -> str:
        if meaning not in self._known:
            identifier = self._known[meaning] = self._prefix + _letters(len(self.meanings))
            self.meanings[identifier] = meaning
        return self._known[meaning]


def _letters(count: int) -> str:
    """A, B, … Z, BA, BB, …: a number in letters."""
    digits = ""
    while True:
        count, digit = divmod(count, 26)
        digits = chr(ord("A") + digit) + digits
        if not count:
            return digits


def listed(words: str) -> frozenset[str]:
    """A set of words, written in one line."""
    return frozenset(words.split())


def cut(text: str, pattern: re.Pattern[str]) -> list[Word]:
    """The words of a text: the pattern's named groups are their kinds, blank and comment are passed over."""
    found = []
    for match in pattern.finditer(text):
        kind = match.lastgroup or ""
        if kind not in ("blank", "comment"):
            found.append(Word(kind, match[0], match.start(), match.end()))
    return found


def check_nesting(depth: int, span: Span) -> None:
    """Refuse what would be too deep. Raises LimitError."""
    if depth > MAX_NESTING:
        raise LimitError(f"more than {MAX_NESTING} nested brackets are too deep for SymPy's reader", span)


def check_length(words: Sequence[Word], most: int) -> None:
    """Refuse what would take too long. Raises LimitError."""
    if len(words) > most:
        raise LimitError(
            f"an expression of more than {most:,} words is too long for SymPy's reader",
            (words[0].start, words[-1].end),
            hint="adcli's own syntax has no such limit",
        )


def unclosed(word: Word) -> SyntaxFault:
    """The fault of a bracket without its partner."""
    return SyntaxFault("this bracket is not closed", word.span)
