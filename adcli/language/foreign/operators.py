"""What the notations of programs have in common: operands and operators alternate, brackets match."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adcli.errors import NameFault, SyntaxFault
from adcli.language.foreign.words import Word, check_nesting, unclosed
from adcli.ops import FUNCTIONS


class Grammar:
    """Checks the words of one expression, and spells each with *spell*.

    Words are of the kinds name, number, function (with the bracket that opens its arguments), open, close, comma
    and operator. Where *products* are implied, an operand may follow an operand.
    """

    def __init__(self, words: Sequence[Word], closing: dict[str, str], *, products: bool) -> None:
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

    near = get_close_matches(name, known or list(FUNCTIONS), 1, 0.7)
    span = (word.start, word.start + len(name))
    return NameFault(f"there is no function {name}", span, hint=f"did you mean {near[0]}?" if near else None)
