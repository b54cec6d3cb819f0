"""Formulas as people read them: a small tree of operations, written as text or as LaTeX.

A tree is what a step of a trace consists of: one operation with its arguments, or its rule from the table with
the names of the nodes in it. Trees are as deep as a rule of the table, not as a user's program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from adcli.ops import ADD, DIV, MUL, NEG, POW, SUB, WHERE, Op


class Leaf(NamedTuple):
    """A name or a number in a formula: `kind` says what it is of (LITERAL, or whatever the writer understands)."""

    kind: str
    name: str


class Applied(NamedTuple):
    """An operation applied to formulas."""

    op: Op
    args: tuple[Tree, ...]


Tree: TypeAlias = "Leaf | Applied"

LITERAL = "literal"
"""The kind of a leaf that is a number as written, or a constant."""

ATOM = 9
_SUM, _PRODUCT, _SIGN, _POWER = ADD.precedence, MUL.precedence, NEG.precedence, POW.precedence

Piece: TypeAlias = tuple[str, int, str]
"""A written formula, the precedence of its outermost operation, and the formula as it must be where something
follows: "sin x" is "sin(x)" there."""


def piece(text: str) -> Piece:
    """A name or a number as a piece: a negative number is a sign and a number, 1e-05 has a power in it."""
    if text.startswith("-"):
        return text, _SIGN, text
    return text, _POWER if "e" in text and text[0].isdigit() else ATOM, text


class Notation:
    """How operations are written for people. `times` and `over` stand between factors."""

    def __init__(self, times: str = "·", over: str = "/", symbols: dict[str, str] | None = None) -> None:
        self.times = times
        self.over = over
        self.symbols = symbols or {}

    def write(self, tree: Tree, leaf: Callable[[Leaf], str]) -> str:
        """The formula; *leaf* gives the text of its leaves."""
        return self._piece(tree, leaf)[0]

    def _piece(self, tree: Tree, leaf: Callable[[Leaf], str]) -> Piece:
        if isinstance(tree, Leaf):
            return self.number(leaf(tree))
        return self.apply(tree.op, [self._piece(a, leaf) for a in tree.args])

    def number(self, text: str) -> Piece:
        """A name or a number as a piece."""
        return piece(text)

    def apply(self, op: Op, args: Sequence[Piece]) -> Piece:
        """An operation on pieces. Products and sums are read from the left, so few brackets are needed."""
        if op is NEG:
            return self.negative(args[0])
        if len(args) == 2 and op.symbol:
            return self.infix(op, *args)
        return self.call(op, args)

    def negative(self, x: Piece) -> Piece:
        """-x; a sign in front of a product is a sign of the product, and two signs are none."""
        text, precedence, closed = x
        if precedence < _PRODUCT:
            return f"-({text})", _SIGN, f"-({text})"
        if text.startswith("-"):
            return text[1:], min(precedence, _PRODUCT), closed[1:]
        return f"-{text}", min(precedence, _SIGN), f"-{closed}"

    def infix(self, op: Op, a: Piece, b: Piece) -> Piece:
        """Two operands with a sign between them; adding a negative number is subtracting."""
        own = op.precedence
        if op is POW:
            return self.power(a, b)
        if op is DIV:
            return self.quotient(a, b)
        if op is MUL:
            left, right = self.within(a, own), (b if b[1] >= own and b[0][:1] != "-" else self.bracketed(b))
            return left + self.times + right[0], own, left + self.times + right[2]
        if own == _SUM:
            sign = op.symbol
            right = b if op is ADD or b[1] > own else self.bracketed(b)
            if right[0][:1] == "-":
                sign = "+" if op is SUB else "-"
                right = (right[0][1:], right[1], right[2][1:])
            return f"{a[0]} {sign} {right[0]}", own, f"{a[0]} {sign} {right[2]}"
        sign = self.symbols.get(op.symbol, op.symbol)
        left, right = self.within(a, own + 1), (b if b[1] > own else self.bracketed(b))
        return f"{left} {sign} {right[0]}", own, f"{left} {sign} {right[2]}"

    def within(self, x: Piece, precedence: int) -> str:
        """The piece as an operand that something follows, in brackets where its precedence is too low."""
        return x[2] if x[1] >= precedence else f"({x[0]})"

    def bracketed(self, x: Piece) -> Piece:
        """The piece in brackets."""
        text = f"({x[0]})"
        return text, ATOM, text

    def power(self, a: Piece, b: Piece) -> Piece:
        """a^b."""
        base = self.within(a, ATOM)
        if "-" in base and "(" not in base:  # the name v-1
            base = f"({base})"
        text = f"{base}^{self.within(b, _POWER)}"
        return text, _POWER, text

    def quotient(self, a: Piece, b: Piece) -> Piece:
        """a/b."""
        text = self.within(a, _PRODUCT) + self.over + self.within(b, _SIGN + 1)
        return text, _PRODUCT, text

    def call(self, op: Op, args: Sequence[Piece]) -> Piece:
        """A function: "sin x" of a name or a number, "sin(x + 1)" of more, "Max(x, y)" of several."""
        if op.reading and "#" in op.reading:
            return self.template(op.reading, args)
        name = op.symbol or op.reading or op.name
        closed = f"{name}({', '.join(x[0] for x in args)})"
        if len(args) == 1 and args[0][1] == ATOM and args[0][0] == args[0][2] and args[0][0][:1] not in "(|":
            return f"{name} {args[0][0]}", ATOM, closed
        return closed, ATOM, closed

    def template(self, template: str, args: Sequence[Piece]) -> Piece:
        """A spelling with its own brackets, such as |x|."""
        text = template
        for position, x in enumerate(args, 1):
            text = text.replace(f"#{position}", x[0])
        return text, ATOM, text


class Latex(Notation):
    """How operations are written in LaTeX for people: by their names, with few brackets.

    What programs read back, in terms that every reader has, is written by `adcli.language.notations.written`.
    """

    functions = " arccos arcsin arctan cos cosh cot coth csc exp ln log max min sec sin sinh tan tanh "
    """What TeX has a command for."""

    def __init__(self, times: str = r" \cdot ") -> None:
        symbols = {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}
        super().__init__(times, "/", symbols)

    def number(self, text: str) -> Piece:
        """A name or a number as a piece; a number with a power of ten is a product."""
        return (text, _PRODUCT, text) if r"\times" in text and not text.startswith("-") else piece(text)

    def bracketed(self, x: Piece) -> Piece:
        text = rf"\left({x[0]}\right)"
        return text, ATOM, text

    def within(self, x: Piece, precedence: int) -> str:
        return x[2] if x[1] >= precedence else rf"\left({x[0]}\right)"

    def power(self, a: Piece, b: Piece) -> Piece:
        """The exponent is raised, and needs no brackets."""
        text = f"{self.within(a, ATOM)}^{{{b[0]}}}"
        return text, _POWER, text

    def quotient(self, a: Piece, b: Piece) -> Piece:
        """A fraction; its sign stands in front."""
        sign, above = ("-", a[0][1:]) if a[0].startswith("-") and a[1] >= _PRODUCT else ("", a[0])
        text = rf"{sign}\frac{{{above}}}{{{b[0]}}}"
        return text, _PRODUCT if sign else _SIGN, text

    def call(self, op: Op, args: Sequence[Piece]) -> Piece:
        if op is WHERE:
            return self.cases(*[text for text, _, _ in args])
        if op.latex:
            return self.template(op.latex, args)
        names = [name for name in (*op.aliases, op.reading, op.name) if f" {name} " in self.functions]
        name = f"\\{names[0]}" if names else rf"\operatorname{{{op.symbol or op.name}}}"
        closed = rf"{name}\left({', '.join(x[0] for x in args)}\right)"
        if len(args) == 1 and args[0][1] == ATOM and args[0][0] == args[0][2]:
            return f"{name} {args[0][0]}", ATOM, closed
        return closed, ATOM, closed

    def cases(self, condition: str, then: str, otherwise: str) -> Piece:
        """What depends on a condition, and the conditions that are made so."""
        if otherwise == r"\text{False}":
            text, precedence = rf"{condition} \land {then}", 2
        elif then == r"\text{True}":
            text, precedence = rf"{condition} \lor {otherwise}", 1
        else:
            rest = "" if "undefined" in otherwise else rf" \\ {otherwise} & \text{{otherwise}}"
            text, precedence = rf"\begin{{cases}} {then} & \text{{if }} {condition}{rest} \end{{cases}}", ATOM
        return text, precedence, text


RULE = Notation("·", symbols={"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"})
"""v̄₃·cos v₀"""
STATEMENT = Notation(" × ", " / ", symbols=RULE.symbols)
"""v₋₁ × v₀"""
NUMBERS = Notation("×", symbols=RULE.symbols)
"""1×5 + 2×0"""
