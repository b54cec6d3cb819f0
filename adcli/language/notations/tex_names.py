"""Names, functions, fractions, roots, powers and sums of TeX, with what belongs to them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adcli.errors import SyntaxFault
from adcli.language.notations.notation import Word
from adcli.language.notations.tex_groups import (
    ACCENTS,
    AMBIGUOUS,
    ASKED,
    BIG,
    CASE_WORDS,
    GREEK,
    NAMES,
    PLAIN,
    SETTLED,
    SIZES,
    UPRIGHT,
    Groups,
    Range,
    renamed,
)
from adcli.ops import TABLE


class Names(Groups):
    """Reads a name or function with its subscripts, exponents and arguments."""

    def _fraction(self, token: Word, command: str, tokens: Sequence[Word], place: int, end: int) -> None:
        above, rest = self._group(tokens, place, end, token)
        below, rest = self._group(*rest, token)
        for part, other in ((above, below), (below, above)):
            if part[1] >= part[2]:
                raise SyntaxFault(f"something is missing in {token.text}", token.span)
            first = part[0][part[1]]
            last = other[0][other[1]] if other[1] < other[2] else first
            if first.text in ("d", r"\partial", r"\mathrm") and last.text in ("d", r"\partial") and part is above:
                raise SyntaxFault(
                    "this looks like d/dx",
                    token.span,
                    hint=ASKED,
                )
        name = "binom" if command.endswith("binom") else r"\frac"
        comma = Word("comma", ",", token.end, token.end)
        self._then(Word("call", f"{name}(", token.start, token.end), above, comma, below, self._stop(rest, token), rest)

    def _root(self, token: Word, tokens: Sequence[Word], place: int, end: int) -> None:
        degree: Range | None = None
        if place < end and tokens[place].text == "[":
            stop = next((i for i in range(place, end) if tokens[i].text == "]"), None)
            if stop is None:
                raise SyntaxFault("this bracket is not closed", tokens[place].span)
            degree, place = (tokens, place + 1, stop), stop + 1
        under, rest = self._group(tokens, place, end, token)
        words: list[Range | Word] = [Word("call", "sqrt(", token.start, token.end), under]
        if degree is not None:
            words += [Word("comma", ",", token.end, token.end), degree]
        self._then(*words, self._stop(rest, token), rest)

    def _power(self, tokens: Sequence[Word], place: int, end: int) -> None:
        token = tokens[place]
        following = tokens[place + 1] if place + 1 < end else None
        if following is not None and following.kind == "number" and len(following.text) > 1:
            raise SyntaxFault(
                f"only the {following.text[0]} of this is the exponent",
                following.span,
                hint=f"write ^{{{following.text}}}",
            )
        if following is not None and self._stars(tokens, place + 1):
            raise SyntaxFault("a star is no power", token.span, hint="a name of its own is x_{\\mathrm{opt}}, say")
        if following is not None and following.text in ("-", "+"):
            raise SyntaxFault("the exponent needs braces", token.span, hint="as in x^{-1}")
        inner, rest = self._group(tokens, place + 1, end, token)
        inside = [w.text for w in inner[0][inner[1] : inner[2]]]
        if inside and inside[0] in (r"\circ", "°"):
            self._then(Word("symbol", r"\degree", token.start, token.end), rest)
            return
        if inside in ([r"\top"], [r"\intercal"]):
            self._then(Word("symbol", inside[0], token.start, self._stop(rest, token).end), rest)
            return
        if rest[1] < rest[2] and rest[0][rest[1]].text in ("^", "_"):
            what = "a power of a power needs brackets" if rest[0][rest[1]].text == "^" else ""
            raise SyntaxFault(what or "a subscript comes before the power", rest[0][rest[1]].span)
        if inside in (["'"], [r"\prime"]):
            raise SyntaxFault(
                "' cannot be read here",
                token.span,
                hint=ASKED,
            )
        opened = inner[0][inner[1]].start if inner[1] < inner[2] else token.end
        closed = self._stop(rest, token).end
        self._then(
            renamed(token, "symbol"), Word("open", "{", opened, opened), inner, Word("close", "}", closed, closed), rest
        )

    @staticmethod
    def _stars(tokens: Sequence[Word], place: int) -> bool:
        """Whether a star alone stands there, with braces or without."""
        texts = [w.text for w in tokens[place : place + 3]]
        return texts[:1] == ["*"] or texts == ["{", "*", "}"]

    def _text(self, tokens: Sequence[Word], place: int, end: int) -> tuple[str, int]:
        """The letters of a name at this place, without its subscript, and where they end."""
        token = tokens[place]
        command = token.text[1:] if token.kind == "command" else ""
        if token.kind == "letter" or command in GREEK:
            return command or token.text, place + 1
        part, rest = self._group(tokens, place + 1, end, token)
        stop = end - (rest[2] - rest[1])
        if command in ACCENTS:
            inner, after = self._text(part[0], part[1], part[2]) if part[1] < part[2] else ("", 0)
            if not inner or after != part[2]:
                raise SyntaxFault(f"{token.text} cannot be read here", token.span, hint=NAMES)
            return f"{inner}_{command.removeprefix('wide')}", stop
        inside = part[0][part[1] : part[2]]
        letters = "".join(w.text[1:] if w.text[1:] in {*GREEK, "_"} else w.text for w in inside)
        if not re.fullmatch(r"[^\W\d]\w*", letters):
            raise SyntaxFault(f"{token.text}{{{letters}}} is no name", token.span, hint=NAMES)
        return letters, stop

    def _word(self, tokens: Sequence[Word], place: int, end: int) -> None:
        """A variable with its subscript, or a function."""
        token = tokens[place]
        name, after = self._text(tokens, place, end)
        last = tokens[after - 1].end if after - 1 < len(tokens) else token.end
        letter = token.kind == "letter"
        greek = token.kind == "command" and token.text[1:] in GREEK
        bracket = self._bracket_after(tokens, after, end)
        upright = not letter and not greek and token.text[1:] not in ACCENTS
        if upright and name == "else" and any(word.text == "then" for word in self.out):  # if a then b else c
            self._then(Word("symbol", name, token.start, last), (tokens, after, end))
            return
        if upright and name in CASE_WORDS and name not in ("and",):
            self._then((tokens, after, end))
            return
        several = bracket and name in self.notation.functions and self._several(tokens, after)
        if upright and name in self.notation.infix and not several:
            self._then(Word("symbol", name, token.start, last), (tokens, after, end))
            return
        if upright and not self.out[-1:] and bracket and self._defines(tokens, after, end):
            self._then(Word("name", name, token.start, last), (tokens, after, end))
            return
        known = name in self.notation.functions and (upright or (greek and f"\\{name}" in self.notation.instead))
        if upright and bracket and after < end and tokens[after].text == "_" and f"{name}_" in self.notation.functions:
            known = True
        if known and (bracket or (upright and not greek)):
            self._function(name, Word("command", name, token.start, last), tokens, after, end)
            return
        if upright and len(name) > 1:
            behind = after
            if after < end and tokens[after].text == "_":
                behind = self._group(tokens, after + 1, end, tokens[after])[1][1]
            if self._bracket_after(tokens, behind, end):
                raise self.notation.unknown(name, (token.start, last))
        if letter and name in "AB" and after < end and tokens[after].text == "i" and tokens[after].start == last:
            primed = after + 1 + (tokens[after + 1 : after + 2] != [] and tokens[after + 1].text == "'")
            if self._bracket_after(tokens, primed, end):
                called = Word("command", f"{name}i", token.start, tokens[after].end)
                self._function(f"{name}i", called, tokens, after + 1, end)
                return
        if name in AMBIGUOUS and bracket and (called_ := self._meant(name, bracket, tokens, after, end)):
            meant = name if called_[-1] in "_^" else called_
            self._function(meant, Word("command", meant, token.start, last), tokens, after, end, doubtful=True)
            return
        if upright and name in ("i", "j"):
            raise SyntaxFault(f"adcli has no complex numbers, such as {name}", (token.start, last))
        if upright and name == "d":
            raise SyntaxFault("d belongs to an integral or a derivative", (token.start, last), hint=ASKED)
        if letter and name == "d" and after < end and tokens[after].kind == "letter" and after + 1 == end:
            before = self.out[-1].text if self.out else ""
            if before and place and tokens[place - 1].end < token.start:
                raise SyntaxFault(
                    f"d{tokens[after].text} belongs to an integral",
                    (token.start, tokens[after].end),
                    hint="adcli differentiates; it does not integrate",
                )
        index: tuple[Word, ...] = ()
        if after < end and tokens[after].text == "_":
            part, rest = self._group(tokens, after + 1, end, tokens[after])
            inner = part[0][part[1] : part[2]]
            after, tokens, end = rest[1], rest[0], rest[2]
            last = inner[-1].end if inner else last
            label = self._label(*part)
            if label is None:
                base = Word("name", name, token.start, token.end)
                opened = Word("index", "[", inner[0].start, inner[0].start)
                self._then(base, opened, part, Word("close", "]", last, last), (tokens, after, end))
                return
            parts = [w.text for w in inner if w.text != ","]
            index = tuple(Word("name", w, token.start, last) for w in (name, *parts))
            name = f"{name}_{label}"
        extra = (("index", index),) if index else ()
        self._then(Word("name", name, token.start, last, extra), (tokens, after, end))

    def _meant(self, name: str, bracket: str, tokens: Sequence[Word], place: int, end: int) -> str:
        """The function that a letter before a bracket means, as SymPy prints it; "" for a product.

        In products SymPy leaves a blank before the bracket, and has none around anything but a sum.
        """
        marks, computed = [], False
        while place + 1 < end and tokens[place].text in ("^", "_"):
            marks.append(tokens[place].text)
            after = self._close(tokens, place + 1) + 1 if tokens[place + 1].text == "{" else place + 2
            if marks[-1] == "_" and tokens[place + 1].text == "{":
                computed = self._label(tokens, place + 2, after - 1) is None
            place = after
        called = "".join([name, *marks]) if marks == ["_", "^"] else ""
        if called not in self.notation.functions:
            called = f"{name}_" if "_" in marks else AMBIGUOUS[name]
        if called not in self.notation.functions:
            return ""
        if self._several(tokens, place):
            return called
        inside = self._inside(tokens, place)
        alone = called[-1] in "_^" or len(TABLE[called].arguments) == 1
        near = bracket == "beside" or (bracket == "(" and (called in PLAIN or (called in SETTLED and "_" in marks)))
        return called if alone and near and (computed or called in SETTLED or self.by_sympy or not inside) else ""

    def _defines(self, tokens: Sequence[Word], place: int, end: int) -> bool:
        """Whether a bracket of names and an = follow: f(x, y) = …."""
        while place < end and tokens[place].text != ")":
            if tokens[place].kind == "environment" or tokens[place].text == "=":
                return False
            place += 1
        return place + 1 < end and tokens[place + 1].text == "="

    def _inside(self, tokens: Sequence[Word], place: int) -> str:
        """Whether a comma or a sum stands in the bracket that begins here: ",", "+" or ""."""
        while place < len(tokens) and tokens[place].text[1:] in SIZES:
            place += 1
        return self.contents.get(tokens[place].start, "") if place < len(tokens) else ""

    def _several(self, tokens: Sequence[Word], place: int) -> bool:
        """Whether the bracket that begins here has several parts."""
        return self._inside(tokens, place) == ","

    def _label(self, tokens: Sequence[Word], place: int, end: int) -> str | None:
        """A subscript as a part of the name; None where it is an index to be computed."""
        texts = []
        while place < end:
            word = tokens[place]
            command = word.text[1:] if word.kind == "command" else ""
            if word.kind in ("number", "letter"):
                texts.append(word.text)
                place += 1
            elif word.text == ",":
                texts.append("_")
                place += 1
            elif command in GREEK or command in UPRIGHT or command in ACCENTS:
                name, place = self._text(tokens, place, end)
                texts.append(name)
            else:
                return None
        label = "".join(texts)
        return label if re.fullmatch(r"\w+", label) else None

    def _bracket_after(self, tokens: Sequence[Word], place: int, end: int) -> str:
        """How a bracket follows, after exponents and inside braces too.

        "(", "left", "beside" where that stands without a blank, "" where none follows.
        """
        while place + 1 < end and tokens[place].text in ("^", "_"):
            place = self._close(tokens, place + 1) + 1 if tokens[place + 1].text == "{" else place + 2
        if place < end and tokens[place].text == "{" and place + 1 < end:
            place += 1
        if place < end and tokens[place].text == "(":
            return "("
        if place + 1 < end and tokens[place].text in (r"\left", r"\bigl", r"\big"):
            return "beside" if place and tokens[place].start == tokens[place - 1].end else "left"
        return ""

    def _function(
        self, name: str, token: Word, tokens: Sequence[Word], place: int, end: int, doubtful: bool = False
    ) -> None:
        """A function with its exponent and base; its argument follows."""
        extra: list[tuple[str, tuple[Word, ...]]] = [("doubt", ())] if doubtful else []
        rest: Range = (tokens, place, end)
        while rest[1] < rest[2] and (mark := rest[0][rest[1]]).text in ("^", "_"):
            if mark.text == "^" and rest[1] + 1 < rest[2] and rest[0][rest[1] + 1].text == "-":
                raise SyntaxFault("the exponent needs braces", mark.span, hint="as in x^{-1}")
            part, rest = self._group(rest[0], rest[1] + 1, rest[2], mark)
            joined = name + "".join(w.text for w in part[0][part[1] : part[2]])
            functions, primes = self.notation.functions, part[0][part[1] : part[2]]
            if mark.text == "_" and joined in functions:  # atan_2, log_2
                name = joined
                continue
            if [w.text for w in primes] == [r"\prime"] and f"{name}'" in functions:
                name += "'"
                continue
            what = "base" if mark.text == "_" else "order" if name == "psi" else "power"
            letter = any(f"{name}{mark.text}{more}" in functions for more in ("", "^"))
            if what == "base" and name != "log" and not letter:
                raise SyntaxFault(f"a subscript of {name} is not read", mark.span)
            if letter and (mark.text == "_" or primes[0].text in ("(", r"\left")):
                if name == "psi":
                    extra.append(("doubt", ()))
                name += mark.text  # J_n, and C_n^{(a)}
                what = "order" if mark.text == "_" else "upper"
            extra.append((what, self._inner(part, mark)))
        if rest[1] < rest[2] and rest[0][rest[1]].text == "'" and f"{name}'" in self.notation.functions:
            name, rest = f"{name}'", (rest[0], rest[1] + 1, rest[2])
        if rest[1] < rest[2] and rest[0][rest[1]].text == "'":
            raise SyntaxFault(
                "' cannot be read here",
                rest[0][rest[1]].span,
                hint=ASKED,
            )
        self._then(Word("function", name, token.start, token.end, tuple(extra)), rest)

    def _big(self, token: Word, tokens: Sequence[Word], place: int, end: int) -> None:
        """A sum or product over a range."""
        rest: Range = (tokens, place, end)
        bounds: dict[str, Range] = {}
        while rest[1] < rest[2] and (mark := rest[0][rest[1]]).text in ("^", "_"):
            bounds[mark.text], rest = self._group(rest[0], rest[1] + 1, rest[2], mark)
        below = bounds.get("_")
        equals = next((i for i in range(below[1], below[2]) if below[0][i].text == "="), None) if below else None
        if below is None or equals is None or "^" not in bounds:
            raise SyntaxFault(f"{token.text} needs a range", token.span, hint=f"as in {token.text}_{{i=1}}^{{3}}")
        extra = (
            ("variable", self._inner((below[0], below[1], equals), token)),
            ("lower", self._inner((below[0], equals + 1, below[2]), token)),
            ("upper", self._inner(bounds["^"], token)),
        )
        self._then(Word("big", BIG[token.text[1:]], token.start, token.end, extra), rest)
