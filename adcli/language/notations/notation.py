"""What a notation is: a table of its words, operators, brackets and functions. The parser and the writer read it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from adcli.errors import NameFault, Span, SyntaxFault
from adcli.language.arrays.calls import FOREIGN, Signs
from adcli.language.arrays.functions import FUNCTIONS as OF_ARRAYS
from adcli.language.arrays.functions import Row
from adcli.language.notations.matrices import Rules
from adcli.language.notations.trees import Tree
from adcli.ops import FUNCTIONS, TABLE

Meaning: TypeAlias = "str | Row | Callable[[Tree], Tree]"
"""What a function means: the operation's name, a function of arrays, or how its call is written with operations."""

# Precedences, as of adcli's own language; further ones stand between.
ASSIGN, ELSE, IF, OR, AND, NOT, COMPARE, SUM, PRODUCT, SIGN, TIGHT, POWER, POSTFIX = (
    0.2, 0.4, 0.6, 1, 2, 3, 4, 5, 6, 7, 7.5, 8, 9,
)  # fmt: skip


@dataclass(frozen=True)
class Word:
    """A word of a text: its kind and place. `extra` is what belongs to a function of LaTeX."""

    kind: str
    text: str
    start: int
    end: int
    extra: tuple[tuple[str, tuple[Word, ...]], ...] = ()

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.start, self.end


@dataclass(frozen=True)
class Operator:
    """An operator: the operation it writes, its precedence, and whether equal ones group from the right."""

    name: str
    precedence: float
    right: bool = False


UNREAD = {
    **dict.fromkeys(
        ("d", "dt", "diff", "derivative", "gradient", "grad", "jacobian"),
        "a derivative is what adcli computes: write the function itself",
    ),
    **dict.fromkeys(
        ("integrate", "integral", "nintegrate", "int", "quad", "quad_qags", "trapz"),
        "adcli differentiates; it does not integrate",
    ),
    **dict.fromkeys(("module", "with", "block"), "write the assignments in front: a = 2*x, then the formula"),
    **dict.fromkeys(("lambda", "function", "lambdify"), "write the formula itself, or f(x) = … and a call"),
    **dict.fromkeys(("subs", "subst", "ev", "replaceall"), "values are given by --at"),
    **dict.fromkeys(("re", "im", "realpart", "imagpart", "conjugate", "cabs"), "adcli has no complex numbers"),
    **dict.fromkeys(("table", "makelist", "map", "array"), "write the elements out"),
    **dict.fromkeys(("limit", "lim"), "limits are not read"),
    **dict.fromkeys(("print", "disp", "display", "plot"), "only formulas and assignments are read"),
    **dict.fromkeys(("symbol", "symbols", "syms"), "names need no declaration"),
    **dict.fromkeys(("iferror", "vlookup", "offset", "indirect"), "write the formula that it stands for"),
}
"""What to do instead of some calls, by their names in small letters."""
SIMPLIFIED = (
    "simplify expand factor together apart cancel collect ratsimp fullratsimp radcan trigsimp trigexpand trigreduce"
    " Simplify FullSimplify Expand Factor Together Apart Cancel TrigExpand TrigReduce Evaluate Rationalize HoldForm"
)
"""What gives another form of the same formula."""


@dataclass(frozen=True)
class Slices:
    """How parts of an array are written."""

    sign: str = ":"
    last: str = ""
    """The name of the last index."""
    first: str = ""
    every: str = ""
    """What stands for all indices, besides the sign alone."""
    step_between: bool = False
    """Whether the step stands between the bounds."""
    backwards: bool = False
    """Whether -1 is the last index."""
    rows: bool = False
    """Whether indices that are left out are all: A[0] is a row."""
    lying: bool = False
    """Whether a row of a matrix stays a matrix of one row."""
    flat: bool = False
    """Whether A(:) is all elements, column by column."""


@dataclass(frozen=True, kw_only=True)
class Notation:
    """A table of spellings. `words` has a named group for each kind of word:

    blank and comment, which are passed over; number, name; call, a name with the bracket that opens its arguments;
    index, a bracket after an operand; open, close, comma; symbol, an operator; end, of a statement; other. Where one
    group does not do, variable is a name and operator a symbol too.
    """

    name: str
    words: re.Pattern[str]
    infix: Mapping[str, Operator]
    prefix: Mapping[str, Operator]
    postfix: Mapping[str, Operator] = field(default_factory=dict)
    brackets: Mapping[str, str]
    """The bracket that closes each."""
    lists: frozenset[str] = frozenset()
    """Brackets that make a list."""
    functions: Mapping[str, Meaning]
    constants: Mapping[str, str]
    """Names of pi, E, True and False."""
    product: Operator | None = None
    """What stands between an operand and an operand, if it may."""
    coefficient: Operator | None = None
    """What stands between a number and the name or bracket after it, if that is something else."""
    offset: int = 0
    """What is added to an index: 1 where elements are counted from 0."""
    calls_index: bool = False
    """Whether x(1) is an element where there is no function x."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Hints for what cannot be read."""
    number: Callable[[str], str] = str
    """A number as adcli writes it."""
    spelled: Callable[[str], str] = str
    """A name as adcli writes it."""
    cut: Callable[[Notation, str], list[Word]] | None = None
    """How a text is cut into words, where it takes more than the pattern."""
    lists_outputs: bool = False
    """Whether a comma may separate outputs."""
    matrices: Rules | None = None
    """What goes by elements where products and powers of matrices are their own; without rules everything does."""
    signs: Signs = FOREIGN
    """How messages write products of matrices."""
    equations: bool = False
    """Whether name = formula names an output."""
    tuples: bool = False
    """Whether commas in round brackets make a list."""
    ambiguous: tuple[tuple[str, str], ...] = ()
    """Patterns of texts that others may read otherwise, and what is to be said of them."""
    doubtful: str = ""
    """Which implied products may be meant otherwise: "f(x)", or "all" as in papers."""
    indicators: bool = False
    """Whether a condition is 1 or 0 in a product."""
    slices: Slices | None = None
    chains: bool = True
    """Whether a < b < c means both."""

    @staticmethod
    def kind(group: str) -> str:
        """The kind of word that a group is: names and operators may have a second group, after others."""
        return {"variable": "name", "operator": "symbol"}.get(group, group)

    def cut_words(self, text: str) -> list[Word]:
        """The words of a text."""
        if self.cut is not None:
            return self.cut(self, text)
        return [Word(kind, match[0], match.start(), match.end()) for kind, match in self.matches(text)]

    def matches(self, text: str, *, comments: bool = False) -> Iterator[tuple[str, re.Match[str]]]:
        """What the pattern finds and its kind, but for blanks and, if not wanted, comments. SyntaxFault where a
        comment goes on."""
        for match in self.words.finditer(text):
            kind = self.kind(match.lastgroup or "")
            if kind == "comment" and "endless" in self.words.groupindex and match["endless"] is not None:
                raise SyntaxFault("this comment is not closed", (match.start(), match.start() + 2))
            if kind != "blank" and (comments or kind != "comment"):
                yield kind, match

    def unknown(self, name: str, span: Span) -> NameFault:
        """The fault of a function that there is not."""
        from difflib import get_close_matches

        if name.startswith("."):
            return NameFault(f"there is no method {name[1:]} here", span, hint=self.instead.get("."))

        said = self.instead.get(name) or UNREAD.get(name.rpartition(".")[2].lower())
        if said:
            return NameFault(f"there is no function {name}", span, hint=said)
        near = [known for known in self.functions if known.lower() == name.lower()]
        near = near or get_close_matches(
            name, [known for known in self.functions if not re.search("[ \\[]", known)], 1, 0.7
        )
        hint = f"did you mean {near[0]}?" if near else None
        return NameFault(f"there is no function {name}", span, hint=hint)


def comment(opening: str, closing: str, other: str = "(?!)") -> str:
    """The pattern of a comment over any number of lines, or of *other* ones.

    One that goes on to the end is found as well: else the rest would be searched anew from whatever stands in it.
    """
    return rf"(?P<comment>{opening}(?:.|\n)*?(?:{closing}|(?P<endless>\Z))|{other})"


def same(names: str) -> dict[str, Meaning]:
    """Functions that are called as adcli calls them."""
    return {name: name for name in names.split()}


def handbook(unlike: str = "", pattern: str = ".*") -> dict[str, Meaning]:
    """The table's special functions, by all their names that match, but for those that are called otherwise here."""
    return {
        name: op.name
        for name, op in FUNCTIONS.items()
        if op.lean and not op.inner and re.fullmatch(pattern, name) and name not in unlike.split()
    }


def renamed(pairs: str) -> dict[str, Meaning]:
    """Functions with names of their own: "tg=tan ctg=cot"."""
    found = dict(pair.split("=") for pair in pairs.split())
    assert all(name in TABLE or name in OF_ARRAYS for name in found.values()), "a function means a row of a table"
    return dict(found)
