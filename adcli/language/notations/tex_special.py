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
_ARRAY = (r"\begin{array}", r"\end{array}")


class Written(Tables):
    """Reads them."""

    def _rising(self, tokens: Sequence[Word], place: int, stop: int, end: int) -> bool:
        """Read {x}^{\\left(n\\right)}, which SymPy prints for the rising factorial; others may mean a power by it."""
        if stop + 3 >= end or [w.text for w in tokens[stop + 1 : stop + 5]] != ["^", "{", r"\left", "("]:
            return False
        last = self._close(tokens, stop + 2)
        if stop == place + 1 or not self._bracketed(tokens, stop + 3, last):
            return False
        if not self.by_sympy:
            if tokens[place + 1].text == "e" or tokens[place + 1].kind == "number":
                return False
            raise SyntaxFault(
                "this may be a power or the rising factorial",
                (tokens[place].start, tokens[last].end),
                hint="write x^{n}, or \\operatorname{rf}(x, n)",
            )
        self._factorial(tokens, (place, place + 1, stop), (tokens, stop + 5, last - 2), (tokens, last + 1, end))
        return True

    def _factorial(self, tokens: Sequence[Word], base: tuple[int, int, int], index: Range, rest: Range) -> None:
        """Write rf of what stands in a bracket, and of the index behind it."""
        at, first, last = base
        start, end = tokens[at].span
        name = Word("function", "rf", start, end, (("doubt", ()),))
        opened, comma = Word("open", "(", start, end), Word("comma", ",", tokens[last].start, tokens[last].start)
        self._then(name, opened, (tokens, first, last), comma, index, self._stop(rest, tokens[last]), rest)

    def _pochhammer(self, tokens: Sequence[Word], place: int, end: int) -> bool:
        """Read \\left(x\\right)_{n}, which Maxima prints for the rising factorial; of a number it may be an element."""
        last = self.subscripted.get(tokens[place + 1].start) if place + 1 < end else None
        if tokens[place].text != r"\left" or last is None or last + 1 >= end:
            return False
        index, rest = self._group(tokens, last + 2, end, tokens[last + 1])
        doubled = self._bracketed(tokens, place + 2, last - 1)
        if index[2] == index[1] + 1 and index[0][index[1]].kind == "number" and not doubled:
            return False
        self._factorial(tokens, (place + 1, place + 2, last - 1), index, rest)
        return True

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

    def _arrayed(self, tokens: Sequence[Word], place: int, end: int) -> bool:
        """Read F( a, b over c |, z), with the parameters in an array, as Maxima prints it."""
        if [w.text for w in tokens[place : place + 7]] != ["F", r"\left", "(", r"\left", ".", _ARRAY[0], "{"]:
            return False
        depth, line, stop = 0, -1, -1
        for i in range(place + 6, end):
            if tokens[i].text in _ARRAY:
                depth += 1 if tokens[i].text == _ARRAY[0] else -1
            if depth < 0:
                stop = i
                break
            line = i if tokens[i].kind == "break" and not depth and line < 0 else line
        if line < 0 or [w.text for w in tokens[stop + 1 : stop + 4]] != [r"\right", "|", ","]:
            return False
        above = self._listed(tokens, self._close(tokens, place + 6) + 1, line)[0]
        below = self._listed(tokens, line + 1, stop)[0]
        of, last = self._listed(tokens, stop + 4, end)
        called = Word("call", f"hyp{len(above)}f{len(below)}(", tokens[place].start, tokens[place + 2].end)
        if called.text[:-1] not in self.notation.functions:
            raise self.notation.unknown(called.text[:-1], called.span)
        words: list[Range | Word] = [called]
        for first, behind in (*above, *below, *of):
            comma = Word("comma", ",", tokens[first].start, tokens[first].start)
            words += [comma, (tokens, first, behind)] if len(words) > 1 else [(tokens, first, behind)]
        self._then(*words, renamed(tokens[last], "close"), (tokens, last + 1, end))
        return True

    @staticmethod
    def _listed(tokens: Sequence[Word], place: int, end: int) -> tuple[list[tuple[int, int]], int]:
        """What stands between commas, and where that ends: at the bracket that was open before, or at *end*."""
        found: list[tuple[int, int]] = []
        depth, start, last = 0, place, end
        for i in range(place, end):
            word = tokens[i]
            opens = word.text in ("(", "[", "{") or (word.kind == "environment" and word.text.startswith(r"\begin"))
            depth += opens - (not opens and (word.text in (")", "]", "}") or word.kind == "environment"))
            if depth < 0:
                last = i
                break
            if word.text == "," and not depth:
                found.append((start, i))
                start = i + 1
        behind = last - (last < end and tokens[last - 1].text == r"\right")
        return ([*found, (start, behind)] if start < behind else found), last

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
