"""Brackets and environments of TeX: cases, matrices, and those that only arrange."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from adcli.errors import SyntaxFault
from adcli.language.notations.notation import Word
from adcli.language.notations.tex_groups import (
    BRACKETS,
    CASE_WORDS,
    FENCES,
    FLAT,
    MATRICES,
    OPENING,
    UPRIGHT,
    Range,
    renamed,
)
from adcli.language.notations.tex_names import Names


class Tables(Names):
    """Reads brackets, and what stands between \\begin and \\end."""

    def _fence(self, tokens: Sequence[Word], place: int, end: int) -> None:
        """\\left( and the like: what follows is a bracket, a bar that opens or closes, or a dot for none."""
        token = tokens[place]
        if place + 1 >= end:
            raise SyntaxFault("a bracket is missing", token.span)
        following = tokens[place + 1]
        text = BRACKETS.get(following.text, following.text)
        rest: Range = (tokens, place + 2, end)
        opens = token.text[-1] != "r" and token.text not in (r"\right", r"\middle")
        if following.text == ".":
            self._then(rest)
        elif token.text == r"\left" and text == "{" and (stop := self._arranged(tokens, place + 2, end)):
            self._then(*self._cases(tokens, *self._rows(tokens, place + 2, stop)), (tokens, stop + 3, end))
        elif token.text == r"\middle" and text in ("|", r"\vert", r"\mid"):
            self._then(Word("comma", ",", following.start, following.end), rest)
        elif text in ("|", r"\vert", r"\lvert", r"\rvert", r"\|", r"\Vert", r"\lVert", r"\rVert"):
            kind, bar = ("open", r"\lvert") if token.text != r"\right" and opens else ("close", r"\rvert")
            if token.text[-1] not in "lrt":  # \big| opens and closes alike
                kind, bar = "bar", "|"
            self._then(Word(kind, bar, following.start, following.end), rest)
        elif text == "/":
            self._then(renamed(following, "symbol"), rest)
        elif text in FENCES:
            self._bracket(following, text, tokens, place + 1, end)
        else:
            raise SyntaxFault(f"this is no bracket that {token.text} could make larger", following.span)

    def _bracket(self, token: Word, text: str, tokens: Sequence[Word], place: int, end: int) -> None:
        text = {"{": r"\{", "}": r"\}"}.get(text, text)
        opens = text in OPENING or text == r"\{"
        self._then(Word("open" if opens else "close", text, token.start, token.end), (tokens, place + 1, end))

    def _environment(self, tokens: Sequence[Word], place: int, end: int) -> None:
        token = tokens[place]
        name = token.text.partition("{")[2].rstrip("}")
        if token.text.startswith(r"\end"):
            raise SyntaxFault(f"this ends {name}, which was not begun", token.span)
        stop = self._end_of(tokens, place, end)
        rest: Range = (tokens, stop + 1, end)
        if name in MATRICES or (name == "array" and self.out and self.out[-1].kind in ("open", "bar")):
            bars = [Word("bar", "|", tokens[at].start, tokens[at].end) for at in (place, stop)] * (name[0] == "v")
            self._then(*bars[:1], *self._matrix(tokens, *self._rows(tokens, place, stop)), *bars[1:], rest)
            return
        if name in FLAT:
            self._then((tokens, self._rows(tokens, place, stop)[0] + 1, stop), rest)
        elif name.endswith("cases"):
            self._then(*self._cases(tokens, place, stop), rest)
        else:
            raise SyntaxFault(f"{name} cannot be read here", token.span, hint="matrices are no formulas")

    def _arranged(self, tokens: Sequence[Word], place: int, end: int) -> int:
        """Where the array ends that stands between \\left\\{ and \\right. as cases do; 0 where none does."""
        name = tokens[place].text.partition("{")[2].rstrip("}") if place < end else ""
        if name not in ("array", "matrix", "aligned") or tokens[place].kind != "environment":
            return 0
        stop = self._end_of(tokens, place, end)
        return stop * ([w.text for w in tokens[stop + 1 : stop + 3]] == [r"\right", "."])

    def _rows(self, tokens: Sequence[Word], place: int, stop: int) -> tuple[int, int]:
        """An environment without what says how an array's columns are set: the place before its first row, its end."""
        if tokens[place].text.endswith("{array}") and place + 1 < stop and tokens[place + 1].text == "{":
            place = self._close(tokens, place + 1)
        return place, stop

    def _cases(self, tokens: Sequence[Word], place: int, stop: int) -> list[Range | Word]:
        """A call of a value and its condition for each row."""
        words: list[Range | Word] = [Word("call", "cases(", tokens[place].start, tokens[place].end)]
        start = place + 1
        some = False
        for row in [*self._own(tokens, place + 1, stop, "break"), stop]:
            if start < row:
                middle = next(iter(self._own(tokens, start, row, "&")), None)
                if middle is None:
                    raise SyntaxFault("a case is a value & its condition", tokens[start].span)
                place_ = Word("comma", ",", tokens[middle].start, tokens[middle].end)
                if some:
                    words.append(Word("comma", ",", tokens[start].start, tokens[start].start))
                words += [(tokens, *self._cell(tokens, start, middle)), place_]
                words += self._condition(tokens, *self._cell(tokens, middle + 1, row))
                some = True
            start = row + 1
        return [*words, Word("close", ")", tokens[stop].start, tokens[stop].end)]

    def _matrix(self, tokens: Sequence[Word], place: int, stop: int) -> list[Range | Word]:
        """A matrix as a list of its rows; of one column, of numbers."""
        token, close = tokens[place], tokens[stop]
        ends = [*self._own(tokens, place + 1, stop, "break"), stop]
        starts = [place + 1, *[end + 1 for end in ends[:-1]]]
        rows = [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]
        cells = [[start - 1, *self._own(tokens, start, end, "&"), end] for start, end in rows]
        words: list[Range | Word] = [Word("call", "matrix(", token.start, token.end)]
        for i, edges in enumerate(cells):
            first = tokens[edges[0] + 1]
            here = (first.start, first.start)
            words += [Word("comma", ",", *here)] if i else []
            words += [Word("call", "matrix(", *here)] if len(edges) > 2 else []
            for j, (start, end) in enumerate(pairwise(edges)):
                words += [Word("comma", ",", tokens[start].start, tokens[start].end)] if j else []
                words.append((tokens, start + 1, end))
            words += [Word("close", ")", *here)] if len(edges) > 2 else []
        return [*words, Word("close", ")", close.start, close.end)]

    def _condition(self, tokens: Sequence[Word], start: int, end: int) -> list[Range | Word]:
        """A case's condition, whose words in front mean nothing, or everything else."""
        token = tokens[start] if start < end else None
        if token is not None and token.text[1:] in UPRIGHT and start + 1 < end and tokens[start + 1].text == "{":
            stop = self._close(tokens, start + 1)
            letters = "".join(w.text for w in tokens[start + 2 : stop])
            if re.search("otherwise|else|other", letters):
                return [Word("name", r"\top", token.start, tokens[end - 1].end)]
            word = next((word for word in sorted(CASE_WORDS, key=len, reverse=True) if letters.startswith(word)), "")
            if word:  # \text{if $x > 0$}
                return [(tokens, start + 2 + len(word), stop), (tokens, stop + 1, end)]
        return [(tokens, start, end)]

    def _cell(self, tokens: Sequence[Word], start: int, end: int) -> tuple[int, int]:
        """A cell of a table without the commas and the full stop of the sentence around it."""
        while start < end and tokens[end - 1].text in (",", ".", ";"):
            end -= 1
        while start < end and tokens[start].text == ",":
            start += 1
        return start, end

    def _own(self, tokens: Sequence[Word], start: int, end: int, what: str) -> list[int]:
        """The row ends, or the &, that no environment inside has."""
        found, depth = [], 0
        for i in range(start, end):
            if tokens[i].kind == "environment":
                depth += 1 if tokens[i].text.startswith(r"\begin") else -1
            elif what in (tokens[i].kind, tokens[i].text) and not depth:
                found.append(i)
        return found

    def _end_of(self, tokens: Sequence[Word], place: int, end: int) -> int:
        depth = 0
        for i in range(place, end):
            if tokens[i].kind == "environment":
                depth += 1 if tokens[i].text.startswith(r"\begin") else -1
                if not depth:
                    return i
        raise SyntaxFault("this is not ended", tokens[place].span)
