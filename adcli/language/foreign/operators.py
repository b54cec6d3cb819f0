"""What the notations of programs have in common: statements, in which operands and operators alternate."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from adcli.errors import NameFault, Span, SyntaxFault
from adcli.language.foreign.words import StandIns, Word, check_length, check_nesting, cut, unclosed
from adcli.ops import SUGGESTED


class Statements:
    """The part of a `Reader` that cuts a text into statements. A notation says what its words are and spells them.

    Beside the kinds that a `Grammar` knows, a word of the kind "end" ends a statement, and "other" cannot be read.
    """

    words: re.Pattern[str]
    """Its groups are the words' kinds."""
    most: int
    """How many words a statement may have."""
    closing: Mapping[str, str]
    """The bracket that closes each."""
    products: bool
    """Whether an operand may follow an operand."""
    instead: Mapping[str, str]
    """A hint for what cannot be read."""

    def __init__(self) -> None:
        self.stand_ins = StandIns("v", "F")

    def spelled(self, text: str) -> Iterator[tuple[str, Span]]:
        """Each expression, and where it stands."""
        statement: list[Word] = []
        some = False
        for word in [*cut(text, self.words), Word("end", "", len(text), len(text))]:
            if word.kind == "other":
                raise SyntaxFault(f"{word.text} cannot be read here", word.span, hint=self.instead.get(word.text))
            if word.kind != "end":
                statement.append(word)
            elif statement:
                check_length(statement, self.most)
                some = True
                spelling = Grammar(self.plain(statement), self.closing, products=self.products).spelled(self.spelling)
                yield spelling, (statement[0].start, statement[-1].end)
                statement = []
        if not some:
            raise SyntaxFault("there is no expression", (0, len(text)))

    def plain(self, words: list[Word]) -> list[Word]:
        """A statement's words, where several kinds of words are names with those as such."""
        raise NotImplementedError

    def spelling(self, word: Word) -> str:
        """A word as SymPy's reader gets it."""
        raise NotImplementedError


class Grammar:
    """Checks the words of one expression, and spells each with *spell*.

    Words are of the kinds name, number, function (with the bracket that opens its arguments), open, close, comma
    and operator. Where *products* are implied, an operand may follow an operand.
    """

    def __init__(self, words: Sequence[Word], closing: Mapping[str, str], *, products: bool) -> None:
        self.words = words
        self.closing = closing
        self.products = products

    def spelled(self, spell: Callable[[Word], str]) -> str:
        """The expression. Raises SyntaxFault, LimitError."""
        pieces: list[str] = []
        opened: list[Word] = []
        operand = False
        for word in self.words:
            if word.kind in ("name", "number", "function", "open"):
                if operand:
                    if not self.products or word.kind == "number":
                        raise SyntaxFault("an operator is missing here", word.span, hint="write a product with *")
                    pieces.append("*")
                operand = word.kind in ("name", "number")
                if not operand:
                    opened.append(word)
                    check_nesting(len(opened), word.span)
            elif word.kind == "close":
                if not opened:
                    raise SyntaxFault("this bracket was never opened", word.span)
                if self.closing[opened[-1].text[-1]] != word.text:
                    raise SyntaxFault(f"{self.closing[opened[-1].text[-1]]} is expected here", word.span)
                if not operand:
                    raise SyntaxFault("an operand is missing before this bracket", word.span)
                opened.pop()
            elif word.kind == "comma":
                if not opened or (opened[-1].kind == "open" and opened[-1].text == "("):
                    raise SyntaxFault("a comma belongs between the arguments of a function", word.span)
                if not operand:
                    raise SyntaxFault("an operand is missing before this comma", word.span)
                operand = False
            elif word.kind == "operator":
                if not operand and word.text not in "+-":
                    raise SyntaxFault(f"an operand is missing before {word.text}", word.span)
                operand = False
            else:
                raise SyntaxFault(f"{word.text} cannot be read here", word.span)
            pieces.append(spell(word))
        if opened:
            raise unclosed(opened[-1])
        if not operand:
            raise SyntaxFault("the expression ends where an operand is missing", self.words[-1].span)
        return " ".join(pieces)


def unknown(name: str, word: Word, known: Sequence[str] = ()) -> NameFault:
    """The fault of a function that there is not."""
    from difflib import get_close_matches

    near = get_close_matches(name, known or SUGGESTED, 1, 0.7)
    span = (word.start, word.start + len(name))
    return NameFault(f"there is no function {name}", span, hint=f"did you mean {near[0]}?" if near else None)
