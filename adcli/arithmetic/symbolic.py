"""Numbers that are nodes of a graph being written: a mode run on them writes the derivative program.

Products and sums with literal 0 and 1 fold away, and literal numbers are computed where that is exact, so that the
derivative of x^3 is 3*x^2 and stays defined at 0 to every order. Signs move out of products and into differences, a
product with a reciprocal is a quotient, a condition is not asked twice. Nothing else is simplified here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import frexp
from typing import Any

from adcli.arithmetic.rules import OPERATORS, Arithmetic, Function
from adcli.errors import Span
from adcli.graphs import Builder, Graph, is_zero
from adcli.ops import (
    ADD,
    BOOLEAN,
    COMPARISONS,
    CONSTANTS,
    DIV,
    EQ,
    GE,
    GT,
    LE,
    LITERAL,
    LT,
    MUL,
    NE,
    NEG,
    POW,
    SUB,
    WHERE,
    Op,
)

_EXACT = frozenset({ADD, SUB, MUL})
_LINEAR = frozenset({MUL, DIV, NEG})
_SIGNED = frozenset({ADD, SUB, MUL, DIV})
_FOLDED = frozenset({ADD, SUB, MUL, DIV, POW, NEG, WHERE, *COMPARISONS})
_FOLDING = frozenset({LITERAL, WHERE, NEG})
"""What one of two arguments must be for an operation on them to fold."""
_ORDERED = {LT: 1, EQ: 2, GT: 4, LE: 3, GE: 6, NE: 13}
"""Comparisons as the sets of outcomes in which they hold: less, equal, greater, and neither, as of NaN."""
_OUTCOMES = {outcomes: op for op, outcomes in _ORDERED.items()}
_MAX_FOLDED = 10**15
"""Literal integers beyond this are not folded: they would no longer be exact as doubles."""


class Sym:
    """A node of the graph that a `Symbolic` arithmetic writes. Its operators append operations to it."""

    __slots__ = ("node", "owner")

    def __init__(self, owner: Symbolic, node: int) -> None:
        self.owner = owner
        self.node = node

    def __add__(self, other: Sym) -> Sym:
        return self.owner.apply(ADD, self, other)

    def __repr__(self) -> str:
        return f"Sym({self.node})"


class Symbolic(Arithmetic):
    """Writes into one Builder. What a derivative of an operation writes has that operation's span."""

    decides = False
    onward = True
    prologue = ("enter(values[node])",)
    annihilates = True
    """A product with a literal 0 is 0: right for derivatives, where a literal 0 is a structural zero."""
    handwriting = True
    """Whether signs move and reciprocals become quotients, as people write: the same but for a last bit."""

    def __init__(self, builder: Builder | None = None) -> None:
        super().__init__()
        self.builder = builder or Builder()
        self.span: Span = (0, 0)
        """The place given to each node written."""
        self.namespace["enter"] = self._enter

    def input(self, name: str) -> Sym:
        """The input *name*."""
        return Sym(self, self.builder.input(name, self.span))

    def literal(self, text: str) -> Sym:
        return Sym(self, self.builder.literal(text, self.span))

    def function(self, op: Op) -> Function:
        apply = self.apply
        if len(op.arguments) == 2:
            return lambda x, y: apply(op, x, y)
        return lambda *args: apply(op, *args)

    def _enter(self, v: Sym) -> None:
        """What is written next belongs to *v*."""
        self.span = self.builder.spans[v.node]

    def spell(self, op: Op, args: Sequence[str]) -> str:
        # Both branches are written: only the program's run takes one.
        return f"{self.name(op)}({', '.join(args)})"

    def product(self, factor: str, op: Op, position: int) -> str:
        text = op.partials[0 if op.variadic else position]
        if not (self.handwriting and text and text.startswith("1/")):
            return super().product(factor, op, position)
        self.namespace["quotient"] = self._quotient
        return f"quotient({factor}, {self.partial_source(op, position)})"

    def _quotient(self, factor: Sym, partial: Sym) -> Sym:
        """*factor* × *partial*, a quotient where the partial is a reciprocal."""
        builder = self.builder
        if builder.ops[partial.node] is DIV:
            above, below = builder.args[partial.node]
            if builder.labels.get(above) == "1":
                return self.apply(DIV, factor, Sym(self, below))
        return self.apply(MUL, factor, partial)

    def ties(self, value: Sym, args: Sequence[Sym]) -> Sym:
        total = self.literal("0")
        for x in args:
            total = total + self.apply(WHERE, self.apply(EQ, x, value), self.literal("1"), self.literal("0"))
        return total

    def apply(self, op: Op, *args: Sym) -> Sym:
        """*op* applied to *args*, folded where the result is one of them or a literal."""
        nodes: tuple[int, ...]
        if len(args) == 2:  # as nearly always
            x, y = args
            nodes = (x.node, y.node)
            ops = self.builder.ops
            foldable = op in _FOLDED and (ops[x.node] in _FOLDING or ops[y.node] in _FOLDING)
        else:
            nodes = tuple([a.node for a in args])
            foldable = op in _FOLDED
        if foldable and (found := self._folded(op, args)) is not None:
            return found
        return Sym(self, self.builder.apply(op, nodes, self.span))

    def _label(self, x: Sym) -> str | None:
        return self.builder.labels[x.node] if self.builder.ops[x.node] is LITERAL else None

    def _folded(self, op: Op, args: tuple[Sym, ...]) -> Sym | None:
        if op is WHERE:
            return self._folded_where(*args)
        if len(args) == 2:
            x, y = args
            left, right = self._label(x), self._label(y)
            if left is None and right is None:
                return self._signed(op, x, y) or self._folded_branch(op, x, y)
            if op is MUL and (left == "1" or right == "1"):  # as nearly always
                return y if left == "1" else x
            if op in _EXACT and left is not None and right is not None and (exact := _decimal(op, left, right)):
                return self.literal(exact)
            a, b = _integer(left), _integer(right)
            if a is not None and b is not None and op in _EXACT:
                exact = OPERATORS[op](a, b)
                if abs(exact) <= _MAX_FOLDED:
                    return self.literal(str(exact))
            if op in COMPARISONS:
                return self._compared(op, left, right)
            zero_left, zero_right = left is not None and is_zero(left), right is not None and is_zero(right)
            if op is ADD and (zero_left or zero_right):
                return y if zero_left else x
            if op is SUB and (zero_left or zero_right):
                return x if zero_right else self.apply(NEG, y)
            if op is MUL:
                if zero_left or zero_right:
                    return self.literal("0") if self.annihilates else None
                if a == -1 or b == -1:
                    return self.apply(NEG, y if a == -1 else x)
                return self._scaled(x, y) or self._signed(op, x, y) or self._folded_branch(op, x, y)
            if op is DIV:
                if self.handwriting and a is not None and b is not None and b != 1 and (half := _halved(a, b)):
                    return self.literal(half)
                return x if b == 1 else self._signed(op, x, y) or self._folded_branch(op, x, y)
            if op is ADD or op is SUB:
                return self._signed(op, x, y)
            if op is POW:
                return self.literal("1") if b == 0 else x if b == 1 else None
            return None
        if op is NEG:
            (x,) = args
            label = self._label(x)
            if label is not None and label[-1].isdigit():
                return x if is_zero(label) else self.literal(label[1:] if label.startswith("-") else "-" + label)
            if self.builder.ops[x.node] is NEG:
                return Sym(self, self.builder.args[x.node][0])
            return self._folded_branch(op, x)
        return None

    def _scaled(self, x: Sym, y: Sym) -> Sym | None:
        """2·(1.5·y) is 3·y: where one of the numbers is a power of two, their product with y rounds once either way."""
        number, product = (x, y) if self._label(x) is not None else (y, x)
        if not self.handwriting or self.builder.ops[product.node] is not MUL:
            return None
        inner = [Sym(self, a) for a in self.builder.args[product.node]]
        other = next((z for z in inner if (self._label(z) or "-")[-1].isdigit()), None)
        if other is None or self._label(number) in CONSTANTS:
            return None
        a, b = float(self._label(number) or 0), float(self._label(other) or 0)
        text = f"{a * b:.15g}"
        if (abs(frexp(a)[0]) != 0.5 and abs(frexp(b)[0]) != 0.5) or float(text) != a * b or "e" in text:
            return None
        return self.apply(MUL, self.literal(text), inner[1] if other is inner[0] else inner[0])

    def _signed(self, op: Op, x: Sym, y: Sym) -> Sym | None:
        """Signs in front of products and quotients rather than inside; sums with a negated term are differences."""
        builder = self.builder
        minus = builder.ops[x.node] is NEG, builder.ops[y.node] is NEG
        if not self.handwriting or not any(minus) or op not in _SIGNED:
            return None
        x, y = (Sym(self, builder.args[z.node][0]) if negated else z for z, negated in zip((x, y), minus, strict=True))
        if op is MUL or op is DIV:
            found = self.apply(op, x, y)
            return found if all(minus) else self.apply(NEG, found)
        if minus[1]:
            other = self.apply(SUB if op is ADD else ADD, x, y)
            return (
                other
                if not minus[0]
                else self.apply(SUB, y, x)
                if op is SUB
                else self.apply(NEG, self.apply(ADD, x, y))
            )
        return self.apply(SUB, y, x) if op is ADD else None

    def _compared(self, op: Op, left: str | None, right: str | None) -> Sym | None:
        """The truth of a comparison of two literal numbers."""
        if left is None or right is None or not (left[-1:].isdigit() and right[-1:].isdigit()):
            return None
        from decimal import Decimal

        return self.literal(str(OPERATORS[op](Decimal(left), Decimal(right))))

    def _folded_where(self, condition: Sym, then: Sym, otherwise: Sym) -> Sym | None:
        label = self._label(condition)
        if label in BOOLEAN:
            return then if label == "True" else otherwise
        if then.node == otherwise.node:
            return then
        if self._label(otherwise) == "False":
            return self._asked_once(condition, then, lambda a, b: a & b)
        return self._asked_once(condition, otherwise, lambda a, b: a | b) if self._label(then) == "True" else None

    def _asked_once(self, one: Sym, other: Sym, join: Callable[[int, int], int]) -> Sym | None:
        """Two comparisons of the same numbers as one, or as none."""
        ops, args = self.builder.ops, self.builder.args
        first, second = ops[one.node], ops[other.node]
        if first not in _ORDERED or second not in _ORDERED or args[one.node] != args[other.node]:
            return None
        outcomes = join(_ORDERED[first], _ORDERED[second])
        if outcomes in _OUTCOMES:
            numbers = [Sym(self, a) for a in args[one.node]]
            return one if outcomes == _ORDERED[first] else self.apply(_OUTCOMES[outcomes], *numbers)
        return self.literal("False") if not outcomes else None

    def _folded_branch(self, op: Op, x: Sym, *factor: Sym) -> Sym | None:
        """What multiplies, divides or negates `where(c, a, 0)` goes inside it.

        So nothing of a branch not taken is evaluated.
        """
        if op not in _LINEAR:
            return None
        for selected, others in ((x, factor), *((y, (x,)) for y in factor if op is MUL)):
            if self.builder.ops[selected.node] is WHERE:
                condition, then, otherwise = (Sym(self, a) for a in self.builder.args[selected.node])
                labels = self._label(then), self._label(otherwise)
                if any(label is not None and is_zero(label) for label in labels):
                    branches = [
                        branch if label is not None and is_zero(label) else self.apply(op, branch, *others)
                        for branch, label in zip((then, otherwise), labels, strict=True)
                    ]
                    return self.apply(WHERE, condition, *branches)
        return None


def _decimal(op: Op, left: str, right: str) -> str:
    """The sum, difference or product of two decimals, where it is the same in doubles; "" where it is not."""
    from decimal import Decimal, InvalidOperation

    if "." not in left + right or len(left) + len(right) > 30:
        return ""
    try:
        exact = OPERATORS[op](Decimal(left), Decimal(right))
    except InvalidOperation:  # a constant's name
        return ""
    text = f"{exact.normalize():f}"
    same = float(text) == OPERATORS[op](float(left), float(right))
    return text if same and len(text) <= 17 else ""


def _halved(a: int, b: int) -> str:
    """The quotient of two whole numbers where it is a short binary fraction: 1/2 is 0.5; "" where it is not."""
    quotient = a / b if b else 0.0
    return repr(quotient) if quotient * b == a and 0 < abs(quotient) < 1e6 and len(repr(quotient)) <= 5 else ""


def _integer(label: str | None) -> int | None:
    return int(label) if label is not None and len(label) < 17 and label.lstrip("-").isdecimal() else None


def transcribe(graph: Graph, symbolic: Symbolic) -> Mapping[int, Any]:
    """A point for `modes.evaluate` that makes each input of *graph* the input of the same name."""
    return {node: symbolic.input(graph.labels[node]) for node in graph.inputs}
