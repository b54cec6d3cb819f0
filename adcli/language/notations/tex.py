"""TeX's text to the words of a formula: groups become brackets, \\frac a call, \\sin a function beside words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adcli.errors import SyntaxFault
from adcli.language.notations.notation import Notation, Word
from adcli.language.notations.tex_groups import (
    ACCENTS,
    BIG,
    BRACKETS,
    FENCES,
    FRACTIONS,
    GREEK,
    MATH,
    NAMES,
    REFUSED,
    SIZES,
    TOKEN,
    UPRIGHT,
    renamed,
)
from adcli.language.notations.tex_plain import as_latex
from adcli.language.notations.tex_special import Written


def cut(notation: Notation, text: str) -> list[Word]:
    """The words of a text. Raises SyntaxFault for a bracket of TeX's without its partner, and for what is not read."""
    tokens = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in ("blank", "comment") and match[0] not in MATH:
            tokens.append(
                Word(kind, match[0].rstrip("*") if kind == "command" else match[0], match.start(), match.end())
            )
    while tokens and tokens[-1].text in (".", ",") and not (tokens[-2:-1] and tokens[-2].text == r"\right"):
        tokens.pop()
    tokens = as_latex(tokens)
    by_sympy = _BY_SYMPY.search(text) is not None
    return _defined(_Cutter(notation, tokens, by_sympy=by_sympy).words((tokens, 0, len(tokens))))


_BY_SYMPY = re.compile(
    r"\\(?:operatorname\{\w+\}|log|exp|(?:sin|cos|tan|cot|sec|csc)h?)(?:\^\{[^{}]*\})?\{\\left\("
    r"|\\left(?:\||\\lfloor|\\lceil)\{|\\text\{for\}\\:|\\middle\||[AB]i(?:\^\\prime)?\\left\("
)
"""What SymPy alone prints: a function with its bracket in braces, and the like."""


_NORMS = {"2": "", r"\mathrm{F}": "norm F", r"\text{F}": "norm F", "F": "norm F", "1": "norm 1", r"\infty": "norm inf"}
"""Norms by their subscript, and the operators that say which one it is."""
_PARAMETERS = frozenset(["open", "name", "comma", "bar", "number", "symbol"])
"""What stands between the brackets of f(x, y), f(x; a), p(x | a) and P(X = 1)."""


def _defined(words: list[Word]) -> list[Word]:
    """The words without the parameters in f(x, y) = …, which only say what the formula depends on."""
    found: list[Word] = []
    place = 0
    while place < len(words):
        found.append(words[place])
        place += 1
        if (
            words[place - 1].kind != "name"
            or words[place : place + 1] == []
            or words[place].kind != "open"
            or (len(found) > 1 and found[-2].kind != "end")
        ):
            continue
        end = place
        while end < len(words) and (words[end].kind in _PARAMETERS or words[end].text == ";"):
            end += 1
        if end + 1 < len(words) and end > place + 1 and words[end].kind == "close" and words[end + 1].text == "=":
            place = end + 1
    return found


class _Cutter(Written):
    """Cuts one text into words."""

    def _euclidean(self, tokens: Sequence[Word], place: int, end: int) -> bool:
        """Read which norm it is: 2 is Euclid's, as every norm of a vector here, F Frobenius's."""
        if place < 2 or tokens[place - 1].text not in (r"\|", r"\Vert", r"\rVert"):
            return False
        part, rest = self._group(tokens, place + 1, end, tokens[place])
        which = "".join(word.text for word in part[0][part[1] : part[2]])
        if which not in _NORMS:
            hint = r"2, F, 1 and \infty are read: \|x\|_1"
            raise SyntaxFault(f"the norm {which} is not read", (tokens[place].start, tokens[place].end), hint=hint)
        if which == "2":
            self._then(rest)
        else:
            self._then(Word("symbol", _NORMS[which], tokens[place].start, self._stop(rest, tokens[place]).end), rest)
        return True

    def _next(self, tokens: Sequence[Word], place: int, end: int) -> None:
        """One operand, operator or bracket."""
        token = tokens[place]
        text, kind = token.text, token.kind
        command = text[1:] if kind == "command" else ""
        if text == "F" and self._arrayed(tokens, place, end):
            return
        if kind == "letter" or command in GREEK or command in UPRIGHT or command in ACCENTS:
            self._word(tokens, place, end)
        elif kind == "number":
            following = tokens[place + 1 : place + 4]
            if following and following[-1].text[0] in "+-" and len(following) == 3:
                following = following[:2]
            figures = [w for w in following[1:] if w.kind == "number"]
            adjacent = all(b.start == a.end for a, b in zip([token, *following], following, strict=False))
            if figures and adjacent and following[0].text in ("e", "E") and figures[0] in following[1:3]:
                raise SyntaxFault("the e of this is a factor", following[0].span, hint="write 10^{5}")
            self._then(Word("number", text.replace("{,}", ""), token.start, token.end), (tokens, place + 1, end))
        elif command in self.notation.functions and command not in FRACTIONS and command != "sqrt":
            self._function(command, token, tokens, place + 1, end)
        elif command in FRACTIONS:
            self._fraction(token, command, tokens, place + 1, end)
        elif command == "sqrt":
            self._root(token, tokens, place + 1, end)
        elif command in BIG:
            self._big(token, tokens, place + 1, end)
        elif command in SIZES:
            if not self._pochhammer(tokens, place, end):
                self._fence(tokens, place, end)
        elif text == "{":
            stop = self._close(tokens, place)
            inner = (tokens, place + 1, stop)
            if tokens[place + 1].text == "," and stop == place + 2:
                raise SyntaxFault("numbers have no commas", token.span)
            if self._rising(tokens, place, stop, end) or self._falling(tokens, place, stop, end):
                return
            name = "".join(w.text for w in tokens[place + 1 : stop])
            if name in (r"Ai^\prime", r"Bi^\prime"):  # whose power SymPy writes behind the brace
                called = Word("command", f"{name[:2]}'", tokens[place].start, tokens[stop].end)
                self._function(called.text, called, tokens, stop + 1, end)
                return
            if stop == place + 1 and stop + 1 < end and tokens[stop + 1].text == "_":  # {}_2F_1
                self._then((tokens, stop + 1, end))
                return
            self._then(renamed(token, "open"), inner, renamed(tokens[stop], "close"), (tokens, stop + 1, end))
        elif text == "^":
            self._power(tokens, place, end)
        elif (text == "_" and self._hypergeometric(tokens, place, end)) or (
            text == "_" and self._euclidean(tokens, place, end)
        ):
            return
        elif text == "_":
            said = "a subscript belongs to a variable"
            if self.out and self.out[-1].kind == "close":
                rising = "the rising factorial is \\operatorname{rf}(x, n), the falling one ff"
                said = "values are given by --at" if self.out[-1].text == r"\rvert" else f"{said}; {rising}"
            raise SyntaxFault("_ cannot be read here", token.span, hint=said)
        elif kind == "environment":
            self._environment(tokens, place, end)
        elif kind == "break" or text == ";":
            self._then(renamed(token, "end"), (tokens, place + 1, end))
        elif text in ("|", r"\vert", r"\|", r"\Vert"):
            self._then(Word("bar", "|", token.start, token.end), (tokens, place + 1, end))
        elif BRACKETS.get(text, text) in FENCES and BRACKETS.get(text, text):
            self._bracket(token, BRACKETS.get(text, text), tokens, place, end)
        elif text in (",", r"\mid"):
            self._then(renamed(token, "comma"), (tokens, place + 1, end))
        elif text in self.notation.infix or text in self.notation.prefix or text in self.notation.postfix:
            self._then(renamed(token, "symbol"), (tokens, place + 1, end))
        elif text == "&":
            self._then((tokens, place + 1, end))
        else:
            hint = REFUSED.get(command) or (NAMES if command else self.notation.instead.get(text))
            if text == "}":
                raise SyntaxFault("this bracket was never opened", token.span)
            raise SyntaxFault(f"{text} cannot be read here", token.span, hint=hint)
