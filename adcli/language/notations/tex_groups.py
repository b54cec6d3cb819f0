"""TeX's words and groups: what there is, and what an argument is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adcli.errors import LimitError, SyntaxFault
from adcli.language.notations.notation import Notation, Word


def listed(words: str) -> frozenset[str]:
    """A set of words, written in one line."""
    return frozenset(words.split())


MAX_NESTED = 50
"""Exponents of functions, bounds and subscripts inside such."""

TOKEN = re.compile(
    r"(?P<comment>(?<!\\)%[^\n]*)"
    r"|(?P<blank>(?:\s|~|\\[,;:! >\n])+"
    r"|\\(?:quad|qquad|displaystyle|textstyle|limits|nolimits|hfill|nonumber|notag)(?![A-Za-z])"
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
UPRIGHT = listed(
    "mathrm text textrm operatorname mathit textit mathsf mathbf boldsymbol mathnormal mathcal textup mbox"
)
FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom"})
SIZES = listed("left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm middle")
ACCENTS = frozenset({"hat", "widehat", "bar", "overline", "tilde", "widetilde", "vec", "dot", "ddot"})
MATH = frozenset({"$", r"\[", r"\]", r"\(", r"\)"})
BIG = {"sum": "sum", "prod": "product"}
MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "smallmatrix", "vmatrix"})
FLAT = listed("aligned align align* equation equation* gather gathered split eqnarray array displaymath")
ASKED = "a derivative is what adcli computes: write the function itself"
CASE_WORDS = frozenset({"if", "for", "when", "where", "and", "otherwise", "else"})
BRACKETS = {
    r"\{": "{", r"\}": "}", r"\lbrace": "{", r"\rbrace": "}", r"\lbrack": "[", r"\rbrack": "]", r"\lparen": "(",
    r"\rparen": ")", r"\langle": "", r"\rangle": "", r"\lVert": r"\lvert", r"\rVert": r"\rvert",
}  # fmt: skip
FENCES = {"(", ")", "[", "]", "{", "}", r"\lfloor", r"\rfloor", r"\lceil", r"\rceil", r"\lvert", r"\rvert"}
OPENING = {"(", "[", "{", r"\lfloor", r"\lceil", r"\lvert"}
AMBIGUOUS = {
    "W": "LambertW", "theta": "Heaviside", "gamma": "lowergamma", "zeta": "zeta", "E": "elliptic_e", "K": "elliptic_k",
    "F": "elliptic_f", "Pi": "elliptic_pi", "S": "fresnels", "C": "fresnelc", "P": "gammainc", "Q": "gammaincc",
    "B": "beta", "beta": "beta", "Phi": "normcdf",
    **dict.fromkeys("JYIHLTU", ""),
}  # fmt: skip
"""Letters that SymPy prints for functions, those without a meaning where they have a subscript: before a bracket either
may be meant."""
SETTLED = frozenset({"LambertW", "W_", "Heaviside", "elliptic_e", "J_", "Y_", "normcdf"})
"""Those that are taken for functions before a sum too."""
PLAIN = frozenset({"normcdf", "zeta"})
"""Those that are taken for functions before a bracket without \\left, too."""
REFUSED = {
    "int": "adcli differentiates; it does not integrate", "iint": "adcli differentiates; it does not integrate",
    "pm": "write two formulas", "mp": "write two formulas", "infty": "there is no infinity among the numbers",
    "lim": "limits are not read", "partial": "write the function itself: adcli differentiates it",
    "nabla": "write the function itself: adcli differentiates it", "dots": "write all terms",
    "underline": r"the falling factorial is \operatorname{ff}(x, n)",
    "ldots": "write all terms", "cdots": "write all terms",
}  # fmt: skip
NAMES = "variables are letters or words in \\mathrm{…}, functions words in \\operatorname{…}"

Range = tuple[Sequence[Word], int, int]
"""Some words of a list: [begin, end)."""


def renamed(token: Word, kind: str) -> Word:
    """The word as one of another kind."""
    return Word(kind, token.text, token.start, token.end)


def _several_digits(token: Word) -> bool:
    return token.kind == "number" and token.text[:2].isdigit() and len(token.text) > 1


def groups(part: Range) -> dict[int, int]:
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


def subscripted(part: Range) -> dict[int, int]:
    """Where the round brackets that have a subscript are closed, by the place of the text where they begin."""
    found: dict[int, int] = {}
    opened: list[Word] = []
    tokens, begin, end = part
    for i in range(begin, end):
        text = tokens[i].text
        if text == "(":
            opened.append(tokens[i])
        elif text == ")" and opened:
            begun = opened.pop()
            if i + 1 < end and tokens[i + 1].text == "_":
                found[begun.start] = i
    return found


def contents(part: Range) -> dict[int, str]:
    """What stands in the bracket that begins at each place of the text: "," or "+" where these do, else ""."""
    found: dict[int, str] = {}
    opened: list[Word] = []
    tokens, begin, end = part
    before = ""
    for word in tokens[begin:end]:
        text = word.text
        if text[1:] in SIZES and text != r"\middle":
            continue
        begins = word.kind == "environment" and text.startswith(r"\begin")
        if text in ("(", "[", "{") or begins:
            opened.append(word)
            found[word.start] = ""
        elif text in (")", "]", "}") or word.kind == "environment":
            del opened[-1:]
        elif opened and text in (",", r"\middle", r"\mid"):
            found[opened[-1].start] = ","
        elif opened and text in ("+", "-") and before not in ("(", "[", "{"):
            found[opened[-1].start] = found[opened[-1].start] or "+"
        before = text
    return found


class Groups:
    """Cuts one text. Methods take a place among the tokens and return where what they read ends."""

    def __init__(self, notation: Notation, tokens: list[Word], depth: int = 0, by_sympy: bool = False) -> None:
        self.notation = notation
        self.by_sympy = by_sympy
        self.depth = depth
        self.out: list[Word] = []
        self.work: list[Range | Word] = []

    def _then(self, *items: Range | Word) -> None:
        self.work += reversed(items)

    def words(self, whole: Range) -> list[Word]:
        """The words of a range: what is inside a group waits on a stack, so that depth does not matter."""
        self.closing = groups(whole)
        self.contents = contents(whole)
        self.subscripted = subscripted(whole)
        self.work.append(whole)
        while self.work:
            item = self.work.pop()
            if isinstance(item, Word):
                self.out.append(item)
            elif item[1] < item[2]:
                self._next(*item)
        return self.out

    def _next(self, tokens: Sequence[Word], place: int, end: int) -> None:
        """One operand, operator or bracket."""
        raise NotImplementedError

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
            self.closing.update(groups((left, 0, len(left))))
            return ([first], 0, 1), (left, 0, len(left))
        if token.kind == "command" and token.text[1:] in FRACTIONS | UPRIGHT | ACCENTS | {"sqrt"}:
            stop = place + 1
            if token.text[1:] in FRACTIONS and stop < end and _several_digits(tokens[stop]):  # \frac12
                return self._split(tokens, place, stop, end)
            for _ in range(2 if token.text[1:] in FRACTIONS else 1):
                if stop < end and tokens[stop].text == "{":
                    stop = self._close(tokens, stop)
                stop += 1
            return (tokens, place, min(stop, end)), (tokens, min(stop, end), end)
        if token.text in ("+", "-", "^", "_", "&") or token.kind in ("break", "environment") or token.text in SIZES:
            raise SyntaxFault(f"something is missing after {after.text}", after.span)
        return (tokens, place, place + 1), (tokens, place + 1, end)

    def _split(self, tokens: Sequence[Word], place: int, stop: int, end: int) -> tuple[Range, Range]:
        """A fraction of two digits of one number, and what is left."""
        figures = tokens[stop]
        digits = [Word("number", figures.text[i], figures.start + i, figures.start + i + 1) for i in range(2)]
        left = list(tokens[stop + 1 : end])
        if len(figures.text) > 2:
            left.insert(0, Word("number", figures.text[2:], figures.start + 2, figures.end))
        self.closing.update(groups((left, 0, len(left))))
        return ([tokens[place], *digits], 0, 3), (left, 0, len(left))

    def _inner(self, part: Range, token: Word) -> tuple[Word, ...]:
        """The words of an exponent, base or bound, which is read on its own."""
        if self.depth >= MAX_NESTED:
            raise LimitError("exponents and bounds are nested too deeply", token.span)
        return tuple(type(self)(self.notation, list(part[0]), self.depth + 1, self.by_sympy).words(part))

    def _stop(self, rest: Range, token: Word) -> Word:
        """The bracket that ends a call where its last group ends."""
        tokens, place, _ = rest
        end = tokens[place - 1].end if place and place - 1 < len(tokens) else token.end
        return Word("close", ")", end, end)
