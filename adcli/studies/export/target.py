"""What a target language is, and how a lowered program is written in one: the parts that all of them share.

A target is a file in `targets`: what it spells otherwise than C does, the frame around the statements, and a frame that
tests them. `TARGET` in it is the one object that is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import ClassVar

from adcli.errors import UsageError
from adcli.ops import (
    ADD,
    DIV,
    EQ,
    GE,
    GT,
    LE,
    LT,
    MUL,
    NE,
    NEG,
    NOT,
    POW,
    SUB,
    TABLE,
    Op,
)
from adcli.studies.export.program import Block, Library

_C_LIBRARY = (
    "exp expm1 log log1p log2 log10 sqrt cbrt sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh "
    "Abs Max Min floor ceiling Mod hypot erf erfc gamma loggamma"
)
C_LIBRARY = tuple(_C_LIBRARY.split())
"""The operations of C's library; the table's rows say what it calls them."""

Text = tuple[int, str]
"""A formula and the precedence of its outermost operation."""
ATOM, POWER, SIGN, PRODUCT, SUM, COMPARISON, NEGATION, CONJUNCTION, DISJUNCTION, CHOICE = 9, 8, 7, 6, 5, 4, 3, 2, 1, 0


def without(lacking: str) -> tuple[str, ...]:
    """The operations of C's library but for these."""
    return tuple(name for name in C_LIBRARY if name not in lacking.split())


def libm(names: Sequence[str] = C_LIBRARY, **others: str) -> dict[str, str]:
    """Spellings of operations: the C library's names of them, and *others*."""
    return {**{name: TABLE[name].libm or name for name in names}, **others}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An input: its name in the formula and in the code, its shape (() for a number)."""

    name: str
    local: str
    shape: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A name and what is assigned to it; of one of two values also the condition, the one and the other."""

    local: str
    text: str
    boolean: bool = False
    branches: tuple[str, str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A function, ready to be framed."""

    name: str
    about: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    statements: tuple[Statement, ...]
    blocks: tuple[Block, ...]
    texts: tuple[tuple[str, ...], ...]
    """The formulas of each block."""
    inputs: tuple[str, ...]
    """The names of the numbers that go in, in the order in which tests give them."""

    @property
    def size(self) -> int:
        """How many numbers come out."""
        return sum(map(len, self.texts))

    @property
    def results(self) -> list[tuple[Block, tuple[str, ...]]]:
        """Each block with its formulas."""
        return list(zip(self.blocks, self.texts, strict=True))

    @property
    def placed(self) -> Iterator[tuple[Parameter, int]]:
        """Each parameter, and where its first number stands among those that go in."""
        place = 0
        for parameter in self.parameters:
            yield parameter, place
            place += prod(parameter.shape)

    def given(self, spelling: str) -> Iterator[tuple[Parameter, list[str]]]:
        """Each parameter, and what spells its numbers, with {} for the place of one."""
        for parameter, place in self.placed:
            yield parameter, [spelling.format(place + i) for i in range(prod(parameter.shape))]

    def sliced(self, spelling: str) -> Iterator[str]:
        """Each parameter out of a row p: a number, or lists of slices, spelled with {} for where they begin and end."""
        for parameter, place in self.placed:
            *outer, width = parameter.shape or (1,)
            places = range(place, place + prod(parameter.shape), width)
            pieces = [spelling.format(i, i + width) for i in places] if parameter.shape else [f"p[{place}]"]
            yield nested(outer, pieces, listed)


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Points and the truths there, as doubles: a row of inputs, a row of outputs."""

    points: tuple[tuple[float, ...], ...]
    truths: tuple[tuple[float, ...], ...]
    tolerance: float


class Target:
    """C's spellings, and what all languages share."""

    name: ClassVar[str] = "c"
    extension: ClassVar[str] = ".c"
    functions: ClassVar[Mapping[str, str]] = libm()
    """What operations are called; with a #1 in it, a spelling."""
    powers: ClassVar[bool] = False
    """Whether x^n with a whole number n is left to the language."""
    strict: ClassVar[bool] = False
    """Whether a function outside its domain is an error rather than NaN, so that branches must not be computed."""
    branching: ClassVar[bool] = False
    """Whether one of two values is chosen by a statement, for want of an operator."""
    comment: ClassVar[tuple[str, str]] = ("/* ", " */")
    reserved: ClassVar[frozenset[str]] = frozenset()
    ascii: ClassVar[bool] = True
    """Whether names are made of ASCII letters."""
    longest: ClassVar[int] = 200
    """Names are not longer than this."""
    caseless: ClassVar[bool] = False
    """Whether x and X are one name."""
    precedences: ClassVar[Mapping[Op, int]] = {
        ADD: SUM, SUB: SUM, MUL: PRODUCT, DIV: PRODUCT, NEG: SIGN, LT: COMPARISON, LE: COMPARISON, GT: COMPARISON,
        GE: COMPARISON, EQ: COMPARISON, NE: COMPARISON,
    }  # fmt: skip
    signs: ClassVar[Mapping[Op, str]] = {
        ADD: " + ", SUB: " - ", MUL: "*", DIV: "/", LT: " < ", LE: " <= ", GT: " > ", GE: " >= ", EQ: " == ",
        NE: " != ",
    }  # fmt: skip
    conjunction: ClassVar[str] = " && "
    disjunction: ClassVar[str] = " || "
    negation: ClassVar[str] = "!"
    truths: ClassVar[tuple[str, str]] = ("0", "1")
    base: ClassVar[int] = 0
    """The first index of an array."""
    domain: ClassVar[str] = "where a function has no value, the result is NaN or infinite"

    passes_over: ClassVar[frozenset[str]] = frozenset()
    """Functions of C's library, by which the table knows operations, that take a number rather than a NaN here."""

    limits: ClassVar[Mapping[str, str]] = {}
    """Where a function of the language's library has no value though the operation has."""
    tabular: ClassVar[bool] = False
    """Whether inputs are columns, with no function around the statements."""
    quotes: ClassVar[str] = ""
    """What may stand around a name that is no identifier."""

    @property
    def library(self) -> Library:
        """What the language has."""
        return Library(self.functions, powers=self.powers, limits=self.limits)

    # Spellings

    def number(self, text: str) -> Text:
        """A number."""
        return (SIGN if text.startswith("-") else ATOM), text

    def constant(self, text: str) -> str:
        """pi or E."""
        return {"pi": "3.141592653589793", "E": "2.718281828459045"}[text]

    def element(self, parameter: Parameter, index: Sequence[int]) -> str:
        """An element of an array; indices count from 1."""
        return parameter.local + "".join(f"[{i - 1 + self.base}]" for i in index)

    def spell(self, op: Op, args: Sequence[Text]) -> Text:
        """An operation on operands."""
        if op is NEG:
            return SIGN, "-" + within(args[0], SIGN + 1 if args[0][1].startswith("-") else SIGN)
        if op is POW:
            return self.power(*args)
        if op in self.signs:
            own = self.precedences[op]
            left, right = within(args[0], own + (own == COMPARISON)), within(args[1], own + 1)
            if right.startswith("-"):
                right = f"({right})"
            return own, left + self.signs[op] + right
        if op is NOT:
            return NEGATION, self.negation + within(args[0], ATOM)
        return self.call(self.functions[op.name], args)

    def call(self, name: str, args: Sequence[Text]) -> Text:
        """A function's call, or a spelling with #1, #2 for its arguments.

        #a1 is a whole order, -#a1 one of a function that changes its sign with its odd orders: orders are not negative.
        """
        for i in re.findall(r"#a(\d)", name):
            order = re.sub(r"\D.*", "", args[int(i) - 1][1])
            name = name.removeprefix("-").replace(f"#a{i}", order)
        if "#" in name:
            for i, arg in enumerate(args, 1):
                for before in ("(", ", ", ","):
                    for after in ",)":
                        name = name.replace(f"{before}#{i}{after}", before + arg[1] + after)
                name = name.replace(f"#{i}", within(arg, ATOM))
            return ATOM, name
        return ATOM, f"{name}({', '.join(text for _, text in args)})"

    def power(self, x: Text, y: Text) -> Text:
        """x^y."""
        return self.call("pow", [x, y])

    def junction(self, word: str, x: Text, y: Text) -> Text:
        """`and`, `or`."""
        own, sign = (CONJUNCTION, self.conjunction) if word == "and" else (DISJUNCTION, self.disjunction)
        # In brackets unless of the same kind: compilers warn of a mixture.
        return own, within(x, own if x[0] == own else NEGATION) + sign + within(y, own if y[0] == own else NEGATION)

    def choice(self, condition: Text, x: Text, y: Text) -> Text:
        """One of two values."""
        return CHOICE, f"{within(condition, DISJUNCTION)} ? {within(x, DISJUNCTION)} : {within(y, CHOICE)}"

    def truth(self, value: bool) -> Text:
        """True or False."""
        return ATOM, self.truths[value]

    def undefined(self) -> Text:
        """What is no number."""
        return ATOM, "NAN"

    # Names

    def identifier(self, name: str) -> str:
        """A name of the formula as the language can have it."""
        name = re.sub(r"\W+", "_", name).strip("_") if "[" in name else name
        if self.ascii and not name.isascii():
            name = "".join(c if c.isascii() else letter(c) for c in name)
        name = name.lstrip("_")[: self.longest] or "x"
        folded = {word.lower() for word in self.reserved} if self.caseless else self.reserved
        return name + "_" if (name.lower() if self.caseless else name) in folded else name

    def function_name(self, name: str) -> str:
        """What the function is called: the name asked for. Raises UsageError where the language cannot have it."""
        called = self.identifier(re.sub(r"^(?=\d)", "f", re.sub(r"\W+", "_", name)))
        if called != name:
            raise UsageError(f"{name} cannot be a function's name there", hint=f"for instance {called}")
        return called

    def input_name(self, name: str, taken: Container[str]) -> str:
        """What an input is called: its own name if that may be, else one like it that is not *taken*."""
        local = self.identifier(name)
        while (local.lower() if self.caseless else local) in taken:
            local += "_"
        return local

    # Frames

    needs: ClassVar[Mapping[str, str]] = {}
    """Lines in front that code with a name in it needs."""

    def needed(self, unit: Unit) -> list[str]:
        """The lines of `needs` that a function needs."""
        texts = [*(s.text for s in unit.statements), *(text for block in unit.texts for text in block)]
        words = set(re.findall(r"[^\W\d]\w*", " ".join(texts)))
        return list(dict.fromkeys(line for name, line in self.needs.items() if name in words))

    header: ClassVar[tuple[str, ...]] = ()
    """Lines in front of all code."""
    gap: ClassVar[int] = 0
    """How many empty lines stand between them and the function."""

    def preamble(self, unit: Unit) -> list[str]:
        """The lines in front of the function."""
        return [*self.heading(unit), *self.header, *self.needed(unit), *[""] * self.gap]

    def code(self, unit: Unit) -> str:
        """The function with all that it needs, as the text of a file."""
        return "\n".join([*self.preamble(unit), *self.function(unit), ""])

    def function(self, unit: Unit) -> list[str]:
        """The lines of the function."""
        raise NotImplementedError

    def columns(self, unit: Unit) -> list[str]:
        """The names of the inputs' columns, where they are such."""
        found = []
        for p in unit.parameters:
            indices = product(*(range(1, n + 1) for n in p.shape))
            found += [self.element(p, index) for index in indices] if p.shape else [p.local]
        return found

    def test(self, unit: Unit, cases: Cases) -> str:
        """The whole file with what tests the function."""
        raise NotImplementedError

    def heading(self, unit: Unit) -> list[str]:
        """Comments about the function."""
        before, after = self.comment
        return [f"{before}{line}{after}" for line in unit.about]


def within(text: Text, least: int) -> str:
    """A formula as an operand: in brackets where its precedence is less than *least*."""
    return text[1] if text[0] >= least else f"({text[1]})"


def nested(shape: Sequence[int], texts: Sequence[str], bracket: Callable[[Sequence[int], Sequence[str]], str]) -> str:
    """Numbers, row by row, as one text of a shape: *bracket* spells an array of a shape, given its parts."""
    if not shape:
        return texts[0]
    width = prod(shape[1:])
    parts = [nested(shape[1:], texts[i * width : (i + 1) * width], bracket) for i in range(shape[0])]
    return bracket(shape, parts)


def listed(shape: Sequence[int], parts: Sequence[str]) -> str:
    """An array as most languages write it."""
    return f"[{', '.join(parts)}]"


def rows(table: Sequence[Sequence[float]], indent: str = "        ", brackets: str = "[]") -> list[str]:
    """The lines of a table of numbers in a test."""
    return [f"{indent}{brackets[0]}{', '.join(map(repr, row))}{brackets[1]}," for row in table]


def words(*lines: str) -> frozenset[str]:
    """The words of some lines."""
    return frozenset(" ".join(lines).split())


def letter(character: str) -> str:
    """A letter in ASCII: by its name, as lambda for λ; a subscript as its digit."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    if plain:
        return plain
    name = unicodedata.name(character, f"u{ord(character):x}").rpartition(" ")[2].lower()
    return "lambda" if name == "lamda" else name
