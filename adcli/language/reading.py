"""What the parser's stacks hold: operators, frames, functions, and the state of one expression's reading."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from adcli.errors import LimitError, Span
from adcli.language.lexer import SPELLINGS, SUPERSCRIPTS
from adcli.ops import ADD, DIV, EQ, FUNCTIONS, GE, GT, LE, LT, MUL, NE, POW, SUB, Op

# `and` and `or` exist while text is read; in the graph they are `where`, so that only what is needed is evaluated.
AND = Op("and", ("x", "y"), (None, None), boolean=True, conditions=(0, 1), symbol="and", precedence=2)
OR = Op("or", ("x", "y"), (None, None), boolean=True, conditions=(0, 1), symbol="or", precedence=1)

# So do these, which become `where` when their run ends.
IF, ELSE, ASK, COLON = (
    Op(sign, ("x", "y"), (None, None), symbol=sign, precedence=OR.precedence) for sign in ("if", "else", "?", ":")
)
ALTERNATIVES = frozenset({"if", "else", "?", ":"})
"""a if c else b, and c ? a : b."""

INFIX = {op.symbol: op for op in (ADD, SUB, MUL, DIV, POW, LT, LE, GT, GE, EQ, NE, AND, OR, IF, ELSE, ASK, COLON)}
INFIX["**"] = POW
INFIX["&&"] = AND
INFIX.update({written: INFIX[meant] for written, meant in SPELLINGS.items()})
MINUS = frozenset(sign for sign, op in INFIX.items() if op is SUB)

FACTORIAL = "factorial"
"""What n! is."""
BEFORE = {"√": "sqrt", "!": "Not"}
"""Signs before an operand, and the functions that they call."""
BEHIND = frozenset({"!", *SUPERSCRIPTS, "⁻", "⁺"})
"""Signs behind an operand that bind tighter than every operator."""

Part = TypeVar("Part")


def alternatives(
    signs: Sequence[str],
    parts: Sequence[Part],
    where: Callable[[Part, Part, Part], Part],
    fault: Callable[[int], Exception],
) -> Part:
    """Parts with ALTERNATIVES between them, grouped from the right; *where* takes a condition and two values.

    Raises *fault* of the sign that lacks its partner.
    """
    done = [parts[-1]]
    waiting: list[int] = []  # the signs between what is done
    for i in range(len(signs) - 1, -1, -1):
        if signs[i] in ("else", ":"):
            waiting.append(i)
            done.append(parts[i])
            continue
        if not waiting or signs[waiting.pop()] != ("else" if signs[i] == "if" else ":"):
            raise fault(i)
        middle, last = done.pop(), done.pop()
        done.append(where(middle, parts[i], last) if signs[i] == "if" else where(parts[i], middle, last))
    if waiting:
        raise fault(waiting[-1])
    return done[0]


UNROLLED = {"Sum": (ADD, "0"), "Product": (MUL, "1")}
"""Calls that are written out term by term: the operation between the terms, and what no terms give."""
CALLS = {**FUNCTIONS, "And": AND, "Or": OR, "pow": POW, "Pow": POW}
"""Operations that can be called by name."""
GRAMMAR = frozenset({*UNROLLED, "Piecewise", "where", "And", "Or", "Not"})
"""Functions that are part of the grammar and cannot be defined anew."""

# What can be open: the statement, a bracket, a bar, a call of an operation, of a function of the program, or of
# Piecewise, and one of its pairs; a text that is read in the place of a call: a function's body, a term; a list that is
# written out, and a call of a function of arrays.
BASE, GROUP, BAR, CALL, USER, PIECEWISE, PAIR, BODY, TERMS, LIST, TABLE = range(11)


Frame: TypeAlias = tuple[int, int, int, Any]
"""Something open: its kind, where it starts, how many operands wait below it, and what belongs to it."""

OPEN = Op("open", (), (), precedence=0)
"""Waits among the operators where something is open: what is before it belongs to the outside."""


MAX_UNROLLED = 2_000_000
"""Calls of the program's own functions, terms of Sum and Product and members of families, all together."""
MAX_EXPANDED = 100_000_000
"""Characters of bodies read again for these calls, terms and members, all together."""


class Budget:
    """How much has been written out: texts that are read again in the place of a call, term or member."""

    __slots__ = ("expanded", "unrolled")

    def __init__(self) -> None:
        self.unrolled = 0
        self.expanded = 0

    def count(self, times: int, characters: int, span: Span) -> None:
        """Count texts that are about to be read. Raises LimitError beyond the stated limits."""
        self.check(times, span)
        self.unrolled += times
        self.expanded += characters
        if self.expanded > MAX_EXPANDED:
            raise LimitError(f"calls, sums and families are written out to at most {MAX_EXPANDED:,} characters", span)

    def check(self, times: int, span: Span) -> None:
        """Refuse more texts than may still be read. Raises LimitError."""
        if self.unrolled + times > MAX_UNROLLED:
            raise LimitError(f"calls, sums and families are written out at most {MAX_UNROLLED:,} times", span)


class Function:
    """A function of the program: its parameters, its body's place in the text, and the functions it calls."""

    __slots__ = ("name", "parameters", "start", "stop", "uses")

    def __init__(
        self, name: str, parameters: tuple[str, ...], start: int, stop: int, uses: dict[str, Function]
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.start = start
        self.stop = stop
        self.uses = uses


class Reading:
    """Where an expression's reading stands: what waits, what is open, and which text is being read."""

    __slots__ = ("begin", "brackets", "frames", "known", "listing", "operators", "places", "source", "stop", "values")

    def __init__(
        self, start: int, stop: int, known: dict[str, int], listing: bool, source: Iterator[re.Match[str]]
    ) -> None:
        self.values: list[int] = []  # operands that wait: nodes, or -1 on the left of a prefix
        self.places: list[Span] = []  # where each stands
        self.operators = [OPEN]  # operators that wait, those of equal precedence until a lower one ends their run
        self.frames: list[Frame] = [(BASE, start, 0, None)]
        self.brackets = 0  # open round brackets: inside them a line break is a blank
        self.listing = listing  # whether a comma may separate expressions
        self.known = known  # the innermost scope
        self.source = source  # the words of [begin, stop) that are left
        self.begin = start
        self.stop = stop


class Return:
    """Where reading goes on after the body of a call: the call's place, and the scope and text around it."""

    __slots__ = ("begin", "functions", "integers", "known", "place", "source", "stop")

    def __init__(self, reading: Reading, place: Span, integers: dict[str, int], functions: dict[str, Function]) -> None:
        self.place = place
        self.known = reading.known
        self.integers = integers
        self.functions = functions
        self.source = reading.source
        self.begin = reading.begin
        self.stop = reading.stop


class Terms:
    """A Sum or Product being written out: the operation between its terms, and what is left to bind."""

    __slots__ = ("back", "bindings", "body", "empty", "op", "repeats")

    def __init__(
        self, op: Op, empty: str, bindings: Iterator[dict[str, int]], body: Span, back: Return, repeats: Repeats
    ) -> None:
        self.op = op
        self.empty = empty
        self.bindings = bindings
        self.body = body
        self.back = back
        self.repeats = repeats


class Repeats(Protocol):
    """Writes terms without reading them again."""

    def term(self, bound: Mapping[str, int]) -> int | None:
        """The node of the next term; None where its text is to be read."""
