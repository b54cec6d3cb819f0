"""The words of a text as a list, for those who spell it anew.

Everything is settled in it that only their neighbours tell: which bar opens, which line break ends a statement,
where a product is implied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from adcli.language.lexer import (
    FIGURE,
    KEYWORD,
    OPENING,
    RAISED,
    SPELLINGS,
    TOKEN,
    WORD,
    check_name,
    raised,
    unexpected,
)
from adcli.language.reading import ALTERNATIVES, BEFORE, BEHIND, FACTORIAL

_OPERATORS = frozenset({"+", "-", "*", "/", "^", "**", "<", "<=", ">", ">=", "==", "!=", "=", "..", ",", "?"})

_SIGNS = frozenset({":", "@", "."})


class Token(NamedTuple):
    """A word and its place.

    `kind` is one of

    - "number", "name" (of a variable or constant), "function" (a name with "(" after it), "element" (a name
      with "[" after it), "keyword" (and, or, not, if, else);
    - "operator": + - * / ^ ** < <= > >= == != = , ".." ? : and, of arrays and declarations, @ . and ":"; an
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
    cutter = _Cutter(text, declarations)
    for match in TOKEN.finditer(text):
        cutter.next(match)
    return cutter.found


class _Cutter:
    """Turns the words of one text into tokens, one after the other."""

    def __init__(self, text: str, declarations: bool) -> None:
        self.text = text
        self.declarations = declarations
        self.found: list[Token] = []
        self.opened: list[
            tuple[str, int]
        ] = []  # open brackets and bars, and where among the tokens what they open starts
        self.brackets = 0  # open round and square ones: inside them a line break is a blank
        self.operand = True  # whether an operand is expected, rather than what may follow one
        self.product = False  # whether a name or "(" here would be multiplied with what is on its left
        self.start = 0  # where among the tokens the last operand starts
        self.rooted = 0  # roots of the next word alone
        self.asked = False  # whether a ? waits for its :
        self.done = 0  # how far the text is read

    def _add(self, kind: str, text: str, start: int, end: int) -> None:
        self.found.append(Token(kind, text, start, end))

    def _expect(self, kind: str, text: str, start: int, end: int) -> None:
        """A word behind which an operand is expected."""
        self._add(kind, text, start, end)
        self.operand, self.product = True, False

    def _begin(self, start: int) -> None:
        """An operand begins, which may be a factor."""
        if self.product:
            self._add("operator", "*", start, start)
        self.start = len(self.found)

    def _end(self, end: int, product: bool) -> None:
        """An operand that was one word ends."""
        for _ in range(self.rooted):
            self._add("close", ")", end, end)
            self.start -= 2
        self.rooted = 0
        self.operand, self.product = False, product

    def _open(self, bracket: str, start: int) -> None:
        """*start* is where among the tokens the operand starts that the bracket belongs to."""
        self.opened.append((bracket, start))
        self.brackets += bracket != "|"

    def next(self, match: re.Match[str]) -> None:
        """One word of the lexer's."""
        word, (start, end), kind = match[0], match.span(), match.lastindex
        if start < self.done:
            return
        if kind == KEYWORD:
            self._expect("keyword", word, start, end)
        elif kind in (WORD, OPENING) and not self.operand and match[2] in ALTERNATIVES:
            self._expect("keyword", match[2], start, start + len(match[2]))
            if match[3]:
                self._expect("open", match[3], end - 1, end)
                self._open(match[3], len(self.found) - 1)
        elif kind in (WORD, OPENING):
            name, bracket = match[2], match[3]
            check_name(name, start)
            self._begin(start)
            kind_of_name = "function" if bracket == "(" else "element" if bracket else "name"
            self._add(kind_of_name, name, start, start + len(name))
            self._end(start + len(name), False)
            if bracket:
                self._expect("open", bracket, end - 1, end)
                self._open(bracket, self.start)
        elif kind == FIGURE:
            self.start = len(self.found)
            self._add("number", word, start, end)
            self._end(end, True)
        else:
            self._other(word, start, end, match)

    def _other(self, word: str, start: int, end: int, match: re.Match[str]) -> None:
        """Brackets, ends of statements, comments, operators, signs."""
        if word == "(" or word == "[":
            first = len(self.found)
            if self.found and self.found[-1].kind == "function" and self.operand:  # of a sign before it
                first -= 1
            elif word == "(":
                self._begin(start)
                first = self.start
            self._expect("open", word, start, end)
            self._open(word, first)
        elif word == ")" or word == "]":
            self._add("close", word, start, end)
            self.brackets -= 1
            self.start = self.opened.pop()[1] if self.opened else 0
            self._end(end, word == ")")
        elif word == "|":
            self._bar(start, end)
        elif word[0] in ";\r\n":
            if word == ";" or self.brackets <= 0:
                self._expect("end", word, start, end)
                self.asked = False
        elif (word in BEFORE and self.operand) or word == "√":
            self._sign(word, start, end)
        elif word in BEHIND:
            self._behind(word, start, end, match)
        elif word == "&&":
            self._expect("keyword", "and", start, end)
        elif word[0] != "#":
            word = SPELLINGS.get(word, word)
            self.asked = self.asked or word == "?"
            if word not in _OPERATORS and not ((self.declarations and word in _SIGNS) or (word == ":" and self.asked)):
                raise unexpected(self.text, match)
            self._expect("operator", word, start, end)

    def _bar(self, start: int, end: int) -> None:
        """A bar after an operand closes the one that is open inside all brackets; without one it opens."""
        if not self.operand and self.opened and self.opened[-1][0] == "|":
            self._add("close", "|", start, end)
            self.start = self.opened.pop()[1]
            self._end(end, False)
            return
        if not self.operand and self.text.startswith("||", start):
            self._expect("keyword", "or", start, start + 2)
            self.done = start + 2
            return
        self.product = self.product or not self.operand
        self._begin(start)
        self._expect("open", "|", start, end)
        self._open("|", self.start)

    def _sign(self, word: str, start: int, end: int) -> None:
        """√ and ! before an operand: of a bracket, or of one word."""
        self._begin(start)
        following = TOKEN.search(self.text, end)
        bracket = following is not None and following[0] == "("
        if word == "!" and not bracket:
            self._expect("keyword", "not", start, end)
            return
        self._expect("function", BEFORE[word], start, end)
        if not bracket:
            self._expect("open", "(", end, end)
            self.rooted += 1

    def _behind(self, word: str, start: int, end: int, match: re.Match[str]) -> None:
        """A factorial, written as a call, or a superscript."""
        power = RAISED.match(self.text, start) if word != "!" and not self.operand else None
        if power is not None:
            self._add("operator", "^", start, start)
            sign = raised(power)
            if sign[0] == "-":
                self._add("operator", "-", start, start + 1)
            self._add("number", sign.lstrip("-"), power.start(2), power.end())
            self.done = power.end()
            return
        if word != "!" or self.operand or not self.found:
            raise unexpected(self.text, match)
        place = self.found[self.start].start
        call = [("function", FACTORIAL), ("open", "(")]
        self.found[self.start : self.start] = [Token(kind, text, place, place) for kind, text in call]
        self._add("close", ")", start, end)
        self._end(end, False)


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
