"""Functions that papers and programs write in a way of their own: pFq, the rising and the falling factorial."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adcli.errors import SyntaxFault
from adcli.language.notations.notation import Word
from adcli.language.notations.tex_groups import SIZES, Range, renamed
from adcli.language.notations.tex_tables import Tables

_BETWEEN = frozenset([",", ";", ")", "|", r"\mid", r"\middle", r"\right"])
"""What stands between the parameters of pFq, and behind the last."""


class Written(Tables):
    """Reads them."""

    def _check_rising(self, tokens: Sequence[Word], place: int, stop: int, end: int) -> None:
        """Refuse {x}^{\\left(n\\right)}, which SymPy prints for the rising factorial and others for a power."""
        if stop + 3 < end and [w.text for w in tokens[stop + 1 : stop + 5]] == ["^", "{", r"\left", "("]:
            last = self._close(tokens, stop + 2)
            closed = self._bracketed(tokens, stop + 3, last)
            if closed and stop > place + 1 and tokens[place + 1].text != "e" and tokens[place + 1].kind != "number":
                raise SyntaxFault(
                    "this may be a power or the rising factorial",
                    (tokens[place].start, tokens[last].end),
                    hint="write x^{n}, or \\operatorname{rf}(x, n)",
                )

    @staticmethod
    def _bracketed(tokens: Sequence[Word], place: int, end: int) -> bool:
        """Whether all of it stands in one \\left( … \\right)."""
        if end - place < 4 or [tokens[place].text, tokens[place + 1].text] != [r"\left", "("]:
            return False
        depth = 0
        for i in range(place, end):
            depth += (tokens[i].text == r"\left") - (tokens[i].text == r"\right")
            if not depth:
                return i == end - 2 and tokens[i + 1].text == ")"
        return False

    def _falling(self, tokens: Sequence[Word], place: int, stop: int, end: int) -> bool:
        """Read {\\left(x\\right)}_{n}, which SymPy alone prints, and for the falling factorial."""
        if stop + 1 >= end or tokens[stop + 1].text != "_" or not self._bracketed(tokens, place + 1, stop):
            return False
        below, rest = self._group(tokens, stop + 2, end, tokens[stop + 1])
        name = Word("function", "ff", tokens[place].start, tokens[place + 2].end, (("doubt", ()),))
        opened, middle = renamed(tokens[place + 2], "open"), renamed(tokens[stop - 1], "comma")
        close = self._stop(rest, tokens[stop])
        inner = (tokens, place + 3, stop - 2)
        self._then(name, opened, inner, Word("comma", ",", *middle.span), below, close, rest)
        return True

    def _hypergeometric(self, tokens: Sequence[Word], place: int, end: int) -> bool:
        """Read _pF_q(a, b; c; z), with its parameters in a matrix too, as SymPy prints them."""
        counts, at = [], place
        for letter in ("F", ""):
            if at >= end or tokens[at].text != "_":
                return False
            part, (tokens, at, end) = self._group(tokens, at + 1, end, tokens[at])
            counts.append("".join(w.text for w in part[0][part[1] : part[2]]))
            if letter and (at >= end or tokens[at].text != letter):
                return False
            at += bool(letter)
        opened = at
        while opened < end and tokens[opened].text[1:] in SIZES:
            opened += 1
        if not re.fullmatch(r"\d+ \d+", " ".join(counts)) or opened >= end or tokens[opened].text != "(":
            return False
        parts, stop = self._parts(tokens, opened + 1, end)
        name = "hyp{}f{}".format(*counts)
        if name not in self.notation.functions:
            raise self.notation.unknown(name, (tokens[place].start, tokens[opened].end))
        words: list[Range | Word] = [Word("call", f"{name}(", tokens[place].start, tokens[opened].end)]
        for first, last in parts:
            if len(words) > 1:
                words.append(Word("comma", ",", tokens[first].start, tokens[first].start))
            words.append((tokens, first, last))
        self._then(*words, renamed(tokens[stop], "close"), (tokens, stop + 1, end))
        return True

    @staticmethod
    def _parts(tokens: Sequence[Word], place: int, end: int) -> tuple[list[tuple[int, int]], int]:
        """What stands between commas, semicolons, bars and line breaks of a bracket, and where that is closed."""
        found: list[tuple[int, int]] = []
        depth, start, delimiter = 0, place, -1  # of an inner \\left or \\right
        for i in range(place, end):
            if i == delimiter:
                continue
            text = tokens[i].text
            table = tokens[i].kind == "environment"
            inner = table and "matrix}" not in text
            if not depth and (text in _BETWEEN or (table and not inner) or tokens[i].kind == "break"):
                if start < i:
                    found.append((start, i))
                start = i + 1
                if text == ")":
                    return found, i
            elif text in (r"\left", r"\right"):
                depth, delimiter = depth + (1 if text == r"\left" else -1), i + 1
            elif inner:
                depth += 1 if text.startswith(r"\begin") else -1
            else:
                depth += (text in ("(", "[", "{")) - (text in (")", "]", "}"))
        raise SyntaxFault("this bracket is not closed", tokens[place - 1].span)
