"""What a target language is, and how a lowered program is written in one: the parts that all of them share.

A target is a file in `targets`: what it spells otherwise than C does, the frame around the statements, and a frame that
tests them. `TARGET` in it is the one object that is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import ClassVar

from adcli.graphs import Graph
from adcli.language.printer import kind
from adcli.ops import (
    ADD,
    BOOLEAN,
    DIV,
    EQ,
    GE,
    GT,
    INPUT,
    LE,
    LITERAL,
    LT,
    MUL,
    NE,
    NEG,
    NOT,
    POW,
    SUB,
    TABLE,
    WHERE,
    Op,
)
from adcli.studies.export.program import Block, Library

WIDTH = 88
"""Lines are not made longer than this, where that can be helped."""
MAX_INLINE = 60
"""A formula of more characters is given a name of its own rather than put into another."""

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
    """A name and what is assigned to it."""

    local: str
    text: str
    boolean: bool = False


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
    comment: ClassVar[tuple[str, str]] = ("/* ", " */")
    reserved: ClassVar[frozenset[str]] = frozenset()
    ascii: ClassVar[bool] = True
    """Whether names are made of ASCII letters."""
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
    domain: ClassVar[str] = "where a function has no value, the result is NaN"

    @property
    def library(self) -> Library:
        """What the language has."""
        return Library(self.functions, powers=self.powers)

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
        name = name.lstrip("_") or "x"
        folded = {word.lower() for word in self.reserved} if self.caseless else self.reserved
        return name + "_" if (name.lower() if self.caseless else name) in folded else name

    # Frames

    needs: ClassVar[Mapping[str, str]] = {}
    """Lines in front that code with a name in it needs."""

    def needed(self, unit: Unit) -> list[str]:
        """The lines of `needs` that a function needs."""
        texts = [*(s.text for s in unit.statements), *(text for block in unit.texts for text in block)]
        words = set(re.findall(r"[^\W\d]\w*", " ".join(texts)))
        return list(dict.fromkeys(line for name, line in self.needs.items() if name in words))

    def code(self, unit: Unit) -> str:
        """The function."""
        raise NotImplementedError

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


def letter(character: str) -> str:
    """A letter in ASCII: by its name, as lambda for λ; a subscript as its digit."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    if plain:
        return plain
    name = unicodedata.name(character, f"u{ord(character):x}").rpartition(" ")[2].lower()
    return "lambda" if name == "lamda" else name


@dataclass
class Writer:
    """Writes the statements and formulas of a lowered graph."""

    target: Target
    graph: Graph
    leaves: Mapping[str, str]
    """The code of each input."""
    taken: set[str]
    """Names that mean something already."""
    given: Mapping[int, str] = field(default_factory=dict)
    """What the program called its nodes."""
    statements: list[Statement] = field(default_factory=list)

    def write(self) -> list[str]:
        """The outputs' formulas, after the statements that they need."""
        graph, target = self.graph, self.target
        uses = [0] * len(graph)
        for args in graph.args:
            for a in args:
                uses[a] += 1
        asked = [0] * len(graph)
        for node in graph.outputs:
            asked[node] += 1
        guarded = routes(graph) if target.strict else {}
        texts: dict[int, Text] = {}
        for node in _ordered(graph, guarded):
            op, args = graph.ops[node], graph.args[node]
            text = self._text(node, op, [texts[a] for a in args])
            if args and self._named(op, text, uses[node], asked[node]):
                text = ATOM, self._assigned(node, text, guarded.get(node, ()), texts)
            texts[node] = text
        return [texts[node][1] for node in graph.outputs]

    @staticmethod
    def _named(op: Op, text: Text, uses: int, asked: int) -> bool:
        """Whether a node gets a statement of its own."""
        if op is NEG and len(text[1]) < 8:
            return False
        return uses + asked > 1 or (uses > 0 and len(text[1]) > MAX_INLINE)

    def _assigned(self, node: int, text: Text, guards: Sequence[Route], texts: Mapping[int, Text]) -> str:
        graph, target = self.graph, self.target
        boolean = _is_boolean(graph, node)
        otherwise = target.truth(False) if boolean else target.undefined()
        if len(guards) == 1:  # the outermost condition first: inside it the others have a meaning
            for condition in reversed(guards[0]):
                text = target.choice(self._test(condition, texts), text, otherwise)
        elif guards:
            routes = []
            for guard in guards:
                tests = [self._test(condition, texts) for condition in guard]
                routes.append(reduce(partial(target.junction, "and"), tests))
            text = target.choice(reduce(partial(target.junction, "or"), routes), text, otherwise)
        local = self._name(node)
        self.statements.append(Statement(local=local, text=text[1], boolean=boolean))
        return local

    def _test(self, condition: tuple[int, bool], texts: Mapping[int, Text]) -> Text:
        node, truth = condition
        return texts[node] if truth else self.target.spell(NOT, [texts[node]])

    def _name(self, node: int) -> str:
        wish = self.target.identifier(self.given.get(node, "") or f"v{len(self.statements) + 1}")
        fold = str.lower if self.target.caseless else str
        while fold(wish) in self.taken:
            wish += "_"
        self.taken.add(fold(wish))
        return wish

    def _text(self, node: int, op: Op, args: Sequence[Text]) -> Text:
        graph, target = self.graph, self.target
        if op is INPUT:
            return ATOM, self.leaves[graph.labels[node]]
        if op is LITERAL:
            label = graph.labels[node]
            if label in BOOLEAN:
                return target.truth(label == "True")
            return (ATOM, target.constant(label)) if label in ("pi", "E") else target.number(label)
        if op is WHERE:
            word = kind(graph, node)
            if word:
                return target.junction(word, args[0], args[1 if word == "and" else 2])
            return target.choice(*args)
        if not op.arguments:
            return target.undefined()
        return target.spell(op, args)


def _is_boolean(graph: Graph, node: int) -> bool:
    while graph.ops[node] is WHERE:
        node = graph.args[node][1]
    return graph.labels.get(node) in BOOLEAN if graph.ops[node] is LITERAL else graph.ops[node].boolean


Route = tuple[tuple[int, bool], ...]
"""Conditions, the outermost first, and the truth that each must have."""
MAX_ROUTES = 32
"""What is needed in more ways than this is computed always."""


def routes(graph: Graph) -> dict[int, tuple[Route, ...]]:
    """The nodes that can fail and are needed only under conditions, with the ways in which they are needed."""
    found: list[frozenset[Route]] = [frozenset()] * len(graph)
    for node in graph.outputs:
        found[node] = frozenset([()])
    for node in range(len(graph) - 1, -1, -1):
        here = found[node]
        if not here:
            continue
        args = graph.args[node]
        for position, a in enumerate(args):
            there = here
            if graph.ops[node] is WHERE and position:
                there = frozenset((*route, (args[0], position == 1)) for route in here)
            found[a] = _joined(found[a] | there)
    safe = bytearray(len(graph))
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        harmless = not args or op is WHERE or (not op.domain and (op.flops <= 1 or op.slope > 0) and op is not POW)
        safe[node] = harmless and all(safe[a] for a in args)
    return {node: tuple(sorted(ways)) for node, ways in enumerate(found) if ways and () not in ways and not safe[node]}


def _joined(ways: frozenset[Route]) -> frozenset[Route]:
    """The same ways in fewer: both answers to a condition are none, and what is needed anyway needs no condition."""
    if () in ways or len(ways) > MAX_ROUTES:
        return frozenset([()])
    while True:
        both = next((way for way in ways if (*way[:-1], (way[-1][0], not way[-1][1])) in ways), None)
        if both is None:
            return frozenset(way for way in ways if not any(way[:k] in ways for k in range(len(way))))
        if len(both) == 1:
            return frozenset([()])
        ways = frozenset(way for way in ways if way[: len(both) - 1] != both[:-1]) | {both[:-1]}


def _ordered(graph: Graph, guarded: Mapping[int, Sequence[Route]]) -> Iterator[int]:
    """The nodes, conditions before what they guard, and first the functions of inputs: a call empties the registers."""
    done = bytearray(len(graph))
    calls = [node for node in range(len(graph)) if graph.ops[node].flops >= 10 and node not in guarded]
    first = [node for node in calls if all(graph.ops[a] is INPUT for a in graph.args[node])]
    for root in (*sorted(first, key=lambda node: graph.args[node]), *range(len(graph))):
        stack = [root]
        while stack:
            node = stack[-1]
            if done[node]:
                stack.pop()
                continue
            conditions = [condition for route in guarded.get(node, ()) for condition, _ in route]
            missing = [a for a in (*conditions, *graph.args[node]) if not done[a]]
            if missing:
                stack += reversed(missing)
                continue
            done[node] = 1
            yield stack.pop()
