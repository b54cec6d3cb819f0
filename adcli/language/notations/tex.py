"""TeX's text to the words of a formula: groups become brackets, \\frac a call, \\sin a function beside words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from adcli.errors import LimitError, SyntaxFault
from adcli.language.notations.notation import Notation, Word


def listed(words: str) -> frozenset[str]:
    """A set of words, written in one line."""
    return frozenset(words.split())


MAX_NESTED = 50
"""Exponents of functions, bounds and subscripts inside such."""

_TOKEN = re.compile(
    r"(?P<comment>(?<!\\)%[^\n]*)"
    r"|(?P<blank>(?:\s|~|\\[,;:! >\n])+|\\(?:quad|qquad|displaystyle|textstyle|limits|nolimits|hfill)(?![A-Za-z])"
    r"|\\hspace\s*\{[^{}]*\}|\\(?:phantom|label|tag)\s*\{[^{}]*\})"
    r"|(?P<break>\\\\(?:\[[^\]]*\])?)"
    r"|(?P<environment>\\(?:begin|end)\s*\{[A-Za-z]+\*?\})"
    r"|(?P<command>\\operatorname\*|\\[A-Za-z]+|\\.)"
    r"|(?P<number>[0-9]+(?:\{,\}[0-9]{3})*(?:\.[0-9]*)?|\.[0-9]+)"
    r"|(?P<letter>[^\W\d_])"
    r"|(?P<other>.)",
    re.DOTALL,
)

GREEK = listed(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi "
    "omicron rho varrho sigma varsigma tau upsilon phi varphi chi psi omega pi Gamma Delta Theta Lambda Xi Pi "
    "Sigma Upsilon Phi Psi Omega ell hbar"
)
_UPRIGHT = listed(
    "mathrm text textrm operatorname mathit textit mathsf mathbf boldsymbol mathnormal mathcal textup mbox"
)
_FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom"})
_SIZES = listed("left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm middle")
_ACCENTS = frozenset({"hat", "widehat", "bar", "overline", "tilde", "widetilde", "vec"})
_MATH = frozenset({"$", r"\[", r"\]", r"\(", r"\)"})
_BIG = {"sum": "sum", "prod": "product"}
_MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "smallmatrix"})
_FLAT = listed("aligned align align* equation equation* gather gathered split eqnarray array displaymath")
_ASKED = "a derivative is what adcli computes: write the function itself"
_CASE_WORDS = frozenset({"if", "for", "when", "where", "and", "otherwise", "else"})
_BRACKETS = {
    r"\{": "{", r"\}": "}", r"\lbrace": "{", r"\rbrace": "}", r"\lbrack": "[", r"\rbrack": "]", r"\lparen": "(",
    r"\rparen": ")", r"\langle": "", r"\rangle": "", r"\lVert": r"\lvert", r"\rVert": r"\rvert",
}  # fmt: skip
_FENCES = {"(", ")", "[", "]", "{", "}", r"\lfloor", r"\rfloor", r"\lceil", r"\rceil", r"\lvert", r"\rvert"}
_OPENING = {"(", "[", "{", r"\lfloor", r"\lceil", r"\lvert"}
_AMBIGUOUS = {"W": "LambertW", "theta": "Heaviside"}
"""Letters that SymPy prints for functions: before a bracket either may be meant."""
_REFUSED = {
    "int": "adcli differentiates; it does not integrate", "iint": "adcli differentiates; it does not integrate",
    "pm": "write two formulas", "mp": "write two formulas", "infty": "there is no infinity among the numbers",
    "lim": "limits are not read", "partial": "write the function itself: adcli differentiates it",
    "nabla": "write the function itself: adcli differentiates it", "dots": "write all terms",
    "ldots": "write all terms", "cdots": "write all terms",
}  # fmt: skip
_NAMES = "variables are letters or words in \\mathrm{…}, functions words in \\operatorname{…}"

Range = tuple[Sequence[Word], int, int]
"""Some words of a list: [begin, end)."""


def cut(notation: Notation, text: str) -> list[Word]:
    """The words of a text. Raises SyntaxFault for a bracket of TeX's without its partner, and for what is not read."""
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind not in ("blank", "comment") and match[0] not in _MATH:
            tokens.append(
                Word(kind, match[0].rstrip("*") if kind == "command" else match[0], match.start(), match.end())
            )
    while tokens and tokens[-1].text in (".", ","):  # of the sentence
        tokens.pop()
    return _defined(_Cutter(notation, tokens).words((tokens, 0, len(tokens))))


def _defined(words: list[Word]) -> list[Word]:
    """The words without the parameters in f(x, y) = …, which only say what the formula depends on."""
    found: list[Word] = []
    place = 0
    while place < len(words):
        found.append(words[place])
        place += 1
        if words[place - 1].kind != "name" or (len(found) > 1 and found[-2].kind != "end"):
            continue
        end = place
        while end < len(words) and words[end].kind in ("open", "name", "comma"):
            end += 1
        if end + 1 < len(words) and end > place + 1 and words[end].kind == "close" and words[end + 1].text == "=":
            place = end + 1
    return found


class _Cutter:
    """Cuts one text. Methods take a place among the tokens and return where what they read ends."""

    def __init__(self, notation: Notation, tokens: list[Word], depth: int = 0) -> None:
        self.notation = notation
        self.depth = depth
        self.out: list[Word] = []
        self.work: list[Range | Word] = []

    def words(self, whole: Range) -> list[Word]:
        """The words of a range: what is inside a group waits on a stack, so that depth does not matter."""
        self.closing = _groups(whole)
        self.work.append(whole)
        while self.work:
            item = self.work.pop()
            if isinstance(item, Word):
                self.out.append(item)
            elif item[1] < item[2]:
                self._next(*item)
        return self.out

    def _then(self, *items: Range | Word) -> None:
        self.work += reversed(items)

    def _next(self, tokens: Sequence[Word], place: int, end: int) -> None:
        """One operand, operator or bracket."""
        token = tokens[place]
        text, kind = token.text, token.kind
        command = text[1:] if kind == "command" else ""
        if kind == "letter" or command in GREEK or command in _UPRIGHT or command in _ACCENTS:
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
        elif command in self.notation.functions and command not in _FRACTIONS and command != "sqrt":
            self._function(command, token, tokens, place + 1, end)
        elif command in _FRACTIONS:
            self._fraction(token, command, tokens, place + 1, end)
        elif command == "sqrt":
            self._root(token, tokens, place + 1, end)
        elif command in _BIG:
            self._big(token, tokens, place + 1, end)
        elif command in _SIZES:
            self._fence(tokens, place, end)
        elif text == "{":
            stop = self._close(tokens, place)
            inner = (tokens, place + 1, stop)
            if tokens[place + 1].text == "," and stop == place + 2:
                raise SyntaxFault("numbers have no commas", token.span)
            self._then(_as(token, "open"), inner, _as(tokens[stop], "close"), (tokens, stop + 1, end))
        elif text == "^":
            self._power(tokens, place, end)
        elif text == "_":
            raise SyntaxFault("_ cannot be read here", token.span, hint="a subscript belongs to a variable")
        elif kind == "environment":
            self._environment(tokens, place, end)
        elif kind == "break" or text == ";":
            self._then(_as(token, "end"), (tokens, place + 1, end))
        elif text in ("|", r"\vert", r"\|", r"\Vert"):
            self._then(Word("bar", "|", token.start, token.end), (tokens, place + 1, end))
        elif _BRACKETS.get(text, text) in _FENCES and _BRACKETS.get(text, text):
            self._bracket(token, _BRACKETS.get(text, text), tokens, place, end)
        elif text == ",":
            self._then(_as(token, "comma"), (tokens, place + 1, end))
        elif text in self.notation.infix or text in self.notation.prefix or text in self.notation.postfix:
            self._then(_as(token, "symbol"), (tokens, place + 1, end))
        elif text == "&":
            self._then((tokens, place + 1, end))
        else:
            hint = _REFUSED.get(command) or (_NAMES if command else self.notation.instead.get(text))
            if text == "}":
                raise SyntaxFault("this bracket was never opened", token.span)
            raise SyntaxFault(f"{text} cannot be read here", token.span, hint=hint)

    # Groups

    def _close(self, tokens: Sequence[Word], place: int) -> int:
        found = self.closing.get(tokens[place].start)
        if found is None:
            raise SyntaxFault("this bracket is not closed", tokens[place].span)
        return found

    def _group(self, tokens: Sequence[Word], place: int, end: int, after: Word) -> tuple[Range, Range]:
        """What TeX takes for an argument, a group or one token, and what is left."""
        if place >= end:
            raise SyntaxFault(f"something is missing after {after.text}", after.span)
        token = tokens[place]
        if token.text == "{":
            stop = self._close(tokens, place)
            return (tokens, place + 1, stop), (tokens, stop + 1, end)
        if token.kind == "number" and len(token.text) > 1:  # one digit
            first = Word("number", token.text[0], token.start, token.start + 1)
            rest = Word("number", token.text[1:], token.start + 1, token.end)
            left = [rest, *tokens[place + 1 : end]]
            self.closing.update(_groups((left, 0, len(left))))
            return ([first], 0, 1), (left, 0, len(left))
        if token.kind == "command" and token.text[1:] in _FRACTIONS | _UPRIGHT | _ACCENTS | {"sqrt"}:
            stop = place + 1
            for _ in range(2 if token.text[1:] in _FRACTIONS else 1):
                if stop < end and tokens[stop].text == "{":
                    stop = self._close(tokens, stop)
                stop += 1
            return (tokens, place, min(stop, end)), (tokens, min(stop, end), end)
        if token.text in ("+", "-", "^", "_", "&") or token.kind in ("break", "environment") or token.text in _SIZES:
            raise SyntaxFault(f"something is missing after {after.text}", after.span)
        return (tokens, place, place + 1), (tokens, place + 1, end)

    def _inner(self, part: Range, token: Word) -> tuple[Word, ...]:
        """The words of an exponent, base or bound, which is read on its own."""
        if self.depth >= MAX_NESTED:
            raise LimitError("exponents and bounds are nested too deeply", token.span)
        return tuple(_Cutter(self.notation, list(part[0]), self.depth + 1).words(part))

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
                    hint=_ASKED,
                )
        name = "binom" if command.endswith("binom") else "frac"
        comma = Word("comma", ",", token.end, token.end)
        self._then(Word("call", f"{name}(", token.start, token.end), above, comma, below, self._stop(rest, token), rest)

    def _stop(self, rest: Range, token: Word) -> Word:
        """The bracket that ends a call where its last group ends."""
        tokens, place, _ = rest
        end = tokens[place - 1].end if place and place - 1 < len(tokens) else token.end
        return Word("close", ")", end, end)

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
        if following is not None and following.text in ("-", "+"):
            raise SyntaxFault("the exponent needs braces", token.span, hint="as in x^{-1}")
        inner, rest = self._group(tokens, place + 1, end, token)
        inside = [w.text for w in inner[0][inner[1] : inner[2]]]
        if inside and inside[0] in (r"\circ", "°"):
            self._then(Word("symbol", r"\degree", token.start, token.end), rest)
            return
        if rest[1] < rest[2] and rest[0][rest[1]].text in ("^", "_"):
            what = "a power of a power needs brackets" if rest[0][rest[1]].text == "^" else ""
            raise SyntaxFault(what or "a subscript comes before the power", rest[0][rest[1]].span)
        if inside in (["'"], [r"\prime"]):
            raise SyntaxFault(
                "' cannot be read here",
                token.span,
                hint=_ASKED,
            )
        opened = inner[0][inner[1]].start if inner[1] < inner[2] else token.end
        closed = self._stop(rest, token).end
        self._then(
            _as(token, "symbol"), Word("open", "{", opened, opened), inner, Word("close", "}", closed, closed), rest
        )

    # Names and functions

    def _text(self, tokens: Sequence[Word], place: int, end: int) -> tuple[str, int]:
        """The letters of a name at this place, without its subscript, and where they end."""
        token = tokens[place]
        command = token.text[1:] if token.kind == "command" else ""
        if token.kind == "letter" or command in GREEK:
            return command or token.text, place + 1
        part, rest = self._group(tokens, place + 1, end, token)
        stop = end - (rest[2] - rest[1])
        if command in _ACCENTS:
            inner, after = self._text(part[0], part[1], part[2]) if part[1] < part[2] else ("", 0)
            if not inner or after != part[2]:
                raise SyntaxFault(f"{token.text} cannot be read here", token.span, hint=_NAMES)
            return f"{inner}_{command.removeprefix('wide')}", stop
        inside = part[0][part[1] : part[2]]
        letters = "".join(w.text[1:] if len(inside) == 1 and w.text[1:] in GREEK else w.text for w in inside)
        if not re.fullmatch(r"[^\W\d]\w*", letters):
            raise SyntaxFault(f"{token.text}{{{letters}}} is no name", token.span, hint=_NAMES)
        return letters, stop

    def _word(self, tokens: Sequence[Word], place: int, end: int) -> None:
        """A variable with its subscript, or a function."""
        token = tokens[place]
        name, after = self._text(tokens, place, end)
        last = tokens[after - 1].end if after - 1 < len(tokens) else token.end
        letter = token.kind == "letter"
        greek = token.kind == "command" and token.text[1:] in GREEK
        bracket = self._bracket_after(tokens, after, end)
        upright = not letter and not greek and token.text[1:] not in _ACCENTS
        if upright and name in _CASE_WORDS and name not in ("and",):
            self._then((tokens, after, end))
            return
        if upright and name in self.notation.infix:
            self._then(Word("symbol", name, token.start, last), (tokens, after, end))
            return
        known = name in self.notation.functions and (upright or (greek and f"\\{name}" in self.notation.instead))
        if known and (bracket or (upright and not greek)):
            self._function(name, Word("command", name, token.start, last), tokens, after, end)
            return
        if upright and len(name) > 1:
            behind = after
            if after < end and tokens[after].text == "_":
                behind = self._group(tokens, after + 1, end, tokens[after])[1][1]
            if self._bracket_after(tokens, behind, end):
                raise self.notation.unknown(name, (token.start, last))
        if name in _AMBIGUOUS and bracket == "beside":
            # As SymPy prints it; in a product it leaves a blank here.
            called = Word("command", _AMBIGUOUS[name], token.start, last)
            self._function(_AMBIGUOUS[name], called, tokens, after, end, doubtful=True)
            return
        if upright and name == "d":
            raise SyntaxFault("d belongs to an integral or a derivative", (token.start, last), hint=_ASKED)
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
            elif command in GREEK or command in _UPRIGHT:
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
        while place + 1 < end and tokens[place].text == "^":
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
            if mark.text == "_" and joined in self.notation.functions:  # atan_2, log_2
                name = joined
                continue
            what = "base" if mark.text == "_" else "order" if name == "psi" else "power"
            extra.append((what, self._inner(part, mark)))
        if rest[1] < rest[2] and rest[0][rest[1]].text == "'":
            raise SyntaxFault(
                "' cannot be read here",
                rest[0][rest[1]].span,
                hint=_ASKED,
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
        self._then(Word("big", _BIG[token.text[1:]], token.start, token.end, extra), rest)

    # Brackets

    def _fence(self, tokens: Sequence[Word], place: int, end: int) -> None:
        """\\left( and the like: what follows is a bracket, a bar that opens or closes, or a dot for none."""
        token = tokens[place]
        if place + 1 >= end:
            raise SyntaxFault("a bracket is missing", token.span)
        following = tokens[place + 1]
        text = _BRACKETS.get(following.text, following.text)
        rest: Range = (tokens, place + 2, end)
        opens = token.text[-1] != "r" and token.text not in (r"\right", r"\middle")
        if following.text == ".":
            self._then(rest)
        elif text in ("|", r"\vert", r"\lvert", r"\rvert", r"\|", r"\Vert", r"\lVert", r"\rVert"):
            kind, bar = ("open", r"\lvert") if token.text != r"\right" and opens else ("close", r"\rvert")
            if token.text[-1] not in "lrt":  # \big| opens and closes alike
                kind, bar = "bar", "|"
            self._then(Word(kind, bar, following.start, following.end), rest)
        elif text in _FENCES:
            self._bracket(following, text, tokens, place + 1, end)
        else:
            raise SyntaxFault(f"this is no bracket that {token.text} could make larger", following.span)

    def _bracket(self, token: Word, text: str, tokens: Sequence[Word], place: int, end: int) -> None:
        text = {"{": r"\{", "}": r"\}"}.get(text, text)
        opens = text in _OPENING or text == r"\{"
        self._then(Word("open" if opens else "close", text, token.start, token.end), (tokens, place + 1, end))

    def _environment(self, tokens: Sequence[Word], place: int, end: int) -> None:
        token = tokens[place]
        name = token.text.partition("{")[2].rstrip("}")
        if token.text.startswith(r"\end"):
            raise SyntaxFault(f"this ends {name}, which was not begun", token.span)
        stop = self._end_of(tokens, place, end)
        inner: Range = (tokens, place + 1, stop)
        rest: Range = (tokens, stop + 1, end)
        if name in _FLAT:
            if name == "array" and inner[1] < stop and tokens[inner[1]].text == "{":  # its columns
                inner = (tokens, self._close(tokens, inner[1]) + 1, stop)
            self._then(inner, rest)
            return
        if name in _MATRICES:
            self._then(*self._matrix(tokens, place, stop), rest)
            return
        if not name.endswith("cases"):
            raise SyntaxFault(f"{name} cannot be read here", token.span, hint="matrices are no formulas")
        words: list[Range | Word] = [Word("call", "cases(", token.start, token.end)]
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
        close = tokens[stop]
        self._then(*words, Word("close", ")", close.start, close.end), rest)

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
        if token is not None and token.text[1:] in _UPRIGHT and start + 1 < end and tokens[start + 1].text == "{":
            stop = self._close(tokens, start + 1)
            letters = "".join(w.text for w in tokens[start + 2 : stop])
            if re.search("otherwise|else|other", letters):
                return [Word("name", r"\top", token.start, tokens[end - 1].end)]
            word = next((word for word in sorted(_CASE_WORDS, key=len, reverse=True) if letters.startswith(word)), "")
            if word:  # \text{if $x > 0$}
                return [(tokens, start + 2 + len(word), stop), (tokens, stop + 1, end)]
        return [(tokens, start, end)]

    def _cell(self, tokens: Sequence[Word], start: int, end: int) -> tuple[int, int]:
        """A cell of a table without the comma or full stop of the sentence around it."""
        while start < end and tokens[end - 1].text in (",", ".", ";"):
            end -= 1
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


def _as(token: Word, kind: str) -> Word:
    return Word(kind, token.text, token.start, token.end)


def _groups(part: Range) -> dict[int, int]:
    """Where the braces that begin at each place of the text are closed, by the place among the tokens."""
    found: dict[int, int] = {}
    opened: list[Word] = []
    tokens, begin, end = part
    for i in range(begin, end):
        text = tokens[i].text
        if text == "{":
            opened.append(tokens[i])
        elif text == "}" and opened:
            found[opened.pop().start] = i
    return found
