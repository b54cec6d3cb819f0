"""From text to words: one regular expression.

The parser iterates TOKEN itself, one match a word, and decides by what it expects there. (`adcli.language.words`
gives the words as a list.)
"""

from __future__ import annotations

import re

from adcli.errors import Span, SyntaxFault, option

# Names are reported as written, so nothing is normalised; a combining accent belongs to its letter (x̂).
# A superscript is a power, and no part of a name.
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
NAME = rf"[^\W\d{SUPERSCRIPTS}][^\W{SUPERSCRIPTS}]*(?:[\u0300-\u036f][^\W{SUPERSCRIPTS}]*)*"
# A digit of another script is none here. In 1..6 the dots belong to the range.
_NUMBER = r"[0-9]+(?:\.(?!\.)[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?"

TOKEN = re.compile(
    r"(and|or|not)\b"  # 1
    rf"|({NAME})(?:[^\S\r\n]*([(\[]))?"  # 2: a name; 3: the bracket after it that makes it a call or an element
    rf"|({_NUMBER})"  # 4
    r"|(\*\*|&&|[<>=!]=|\.\.|\r\n?|\n|#[^\r\n]*|\S)"  # 5: anything else; blanks match nothing and are passed over
)
"""One word of the language; functions are known by position, so a name and its bracket are one match."""
KEYWORD, WORD, OPENING, FIGURE, OTHER = range(1, 6)
"""Its groups: `Match.lastindex` says which kind of word it is (OPENING: a name with a bracket)."""

SPELLINGS = {"−": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "–": "-", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!="}
"""What is pasted from papers, and what it means."""

KEYWORDS = frozenset({"and", "or", "not"})

# What people write that is no word of the language, and what to write instead.
_INSTEAD = {
    ".": "there are no attributes and no modules here, only names, numbers and functions",
    "'": "a derivative is what adcli computes: write the function itself",
    '"': "there are no strings here",
    "!": "n! is a factorial, !(…) the reverse of a condition",
    "&": "write `and`",
    "~": "write `not`",
    "%": "write Mod(a, b)",
    "{": "brackets are round: ( )",
    "}": "brackets are round: ( )",
    "$": "quote the formula with ' so that the shell leaves it alone",
    "`": "quote the formula with ' so that the shell leaves it alone",
    "—": "a minus is -",
    "∞": "there is no infinity among the numbers",
    **dict.fromkeys("“”„‟‘’‚‛«»", "a text program has put in quotation marks; a formula has none"),
    "∧": "write `and`",
    "∨": "write `or`",
    "¬": "write `not`",
}
RAISED = re.compile(rf"[^\S\r\n]*([⁻⁺]?)([{SUPERSCRIPTS}]+)")
"""A power as a superscript."""
_DIGITS = str.maketrans(SUPERSCRIPTS, "0123456789")


def raised(match: re.Match[str]) -> str:
    """The power that superscripts are, in ordinary digits."""
    return match[1].replace("⁻", "-").replace("⁺", "") + match[2].translate(_DIGITS)


def is_number(text: str) -> bool:
    """Whether a text is a number as written."""
    match = TOKEN.fullmatch(text)
    return match is not None and match.lastindex == FIGURE


def check_name(name: str, start: int) -> None:
    """Refuse a name that starts like a number. Raises SyntaxFault."""
    if not (name.isascii() or name[0].isalpha() or name[0] == "_"):
        raise SyntaxFault(f"a name cannot start with {name[0]!r}", (start, start + 1))


def unexpected(text: str, match: re.Match[str]) -> SyntaxFault:
    """The error for a word that is none of the language's, or stands where it cannot."""
    word = match[0]
    span: Span = match.span()
    hint = _INSTEAD.get(word)
    if word == "\\":
        hint = f"LaTeX is read with {option('syntax', 'latex')}"
    if word in SUPERSCRIPTS:
        hint = "a superscript is the power of what stands before it"
    shown = f"{word!r}" if word.isprintable() else f"the character U+{ord(word[0]):04X}"
    return SyntaxFault(f"unexpected {shown}", span, hint=hint)


class Brackets:
    """The brackets of one text; each is sought once, with all those inside it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[int, tuple[int, list[int]]] = {}

    def extent(self, bracket: int, stop: int) -> tuple[int, list[int]]:
        """Where the bracket at *bracket* is closed, and the commas in it; found once for all brackets inside."""
        found = self._found.get(bracket)
        if found is not None:
            return found
        opened: list[tuple[int, list[int]]] = []
        for match in TOKEN.finditer(self.text, bracket, stop):
            word = match[0]
            if match.lastindex == OPENING or word == "(" or word == "[":
                opened.append((match.end() - 1, []))
            elif word == ",":
                opened[-1][1].append(match.start())
            elif word == ")" or word == "]":
                start, commas = opened.pop()
                if (self.text[start] == "(") != (word == ")"):
                    raise SyntaxFault(f"this {self.text[start]} is closed by a {word}", (start, match.end()))
                self._found[start] = (match.start(), commas)
                if not opened:
                    return match.start(), commas
            elif word == ";":
                break
        start = opened[-1][0]
        raise SyntaxFault(f"this {self.text[start]} is not closed", (start, start + 1))

    def split(self, start: int, close: int, stop: int) -> list[Span]:
        """The parts between the commas of the bracket whose inside starts at *start* and is closed at *close*."""
        _, commas = self.extent(start - 1, stop)
        return list(zip([start, *[c + 1 for c in commas]], [*commas, close], strict=True))
