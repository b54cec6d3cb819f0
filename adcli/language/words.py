"""The words of a text as a list, for those who spell it anew.

Everything is settled in it that only their neighbours tell: which bar opens, which line break ends a statement,
where a product is implied.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from adcli.language.lexer import FIGURE, KEYWORD, OPENING, SPELLINGS, TOKEN, WORD, check_name, unexpected

_OPERATORS = frozenset({"+", "-", "*", "/", "^", "**", "<", "<=", ">", ">=", "==", "!=", "=", "..", ","})

_SIGNS = frozenset({":", "@", "."})


class Token(NamedTuple):
    """A word and its place.

    `kind` is one of

    - "number", "name" (of a variable or constant), "function" (a name with "(" after it), "element" (a name
      with "[" after it), "keyword" (and, or, not);
    - "operator": + - * / ^ ** < <= > >= == != = , ".." and, of arrays and declarations, @ . and ":"; an
      implied product is a "*" of no width;
    - "open", "close": ( ) [ ] and the bars of |x|;
    - "end": the ";" or line break after a statement (never inside brackets).

    `text` is as written, but for the signs of papers: "×" and "·" are "*", "−" is "-", "≤" is "<=" …
    """

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str, *, declarations: bool = False) -> list[Token]:
    """The words of *text* in order, without comments and blanks. Raises SyntaxFault for what is no word, as ":" and the
    signs of arrays, "@" and ".", are where there are no *declarations*."""
    found: list[Token] = []
    brackets = 0  # open round and square ones: inside them a line break is a blank
    operand = True  # whether an operand is expected, rather than what may follow one
    product = False  # whether a name or "(" here would be multiplied with what is on its left
    for match in TOKEN.finditer(text):
        word = match[0]
        start, end = match.span()
        kind = match.lastindex
        if kind == KEYWORD:
            found.append(Token("keyword", word, start, end))
            operand, product = True, False
        elif kind in (WORD, OPENING):
            name, bracket = match[2], match[3]
            check_name(name, start)
            if product:
                found.append(Token("operator", "*", start, start))
            kind_of_name = "function" if bracket == "(" else "element" if bracket else "name"
            found.append(Token(kind_of_name, name, start, start + len(name)))
            operand, product = False, False
            if bracket:
                found.append(Token("open", bracket, end - 1, end))
                brackets += 1
                operand = True
        elif kind == FIGURE:
            found.append(Token("number", word, start, end))
            operand, product = False, True
        elif word == "(" or word == "[":
            if product and word == "(":
                found.append(Token("operator", "*", start, start))
            found.append(Token("open", word, start, end))
            brackets += 1
            operand, product = True, False
        elif word == ")" or word == "]":
            found.append(Token("close", word, start, end))
            brackets -= 1
            operand, product = False, word == ")"
        elif word == "|":
            found.append(Token("open" if operand else "close", word, start, end))
            product = False
        elif word[0] in ";\r\n":
            if word == ";" or brackets <= 0:
                found.append(Token("end", word, start, end))
                operand, product = True, False
        elif word[0] != "#":
            word = SPELLINGS.get(word, word)
            if word not in _OPERATORS and not (declarations and word in _SIGNS):
                raise unexpected(text, match)
            found.append(Token("operator", word, start, end))
            operand, product = True, False
    return found


def depths(kinds: Iterable[str]) -> Iterator[int]:
    """How many brackets are open behind each word, given the words' kinds."""
    return accumulate((kind == "open") - (kind == "close") for kind in kinds)


def split(words: Sequence[Token], at: str) -> list[list[Token]]:
    """The words between separators outside all brackets: words such as "," and "..", or "end"s of statements."""
    parts: list[list[Token]] = [[]]
    for word, depth in zip(words, depths(word.kind for word in words), strict=True):
        if not depth and (word.kind if at == "end" else word.text) == at:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def closing(words: Sequence[Token], opening: int) -> int:
    """Where the bracket at *opening* closes."""
    rest = depths(words[position].kind for position in range(opening, len(words)))
    return opening + next(count for count, depth in enumerate(rest) if not depth)
