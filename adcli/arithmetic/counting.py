"""Numbers that only count: a mode run on them counts the operations it performs.

What is counted is the table's rules as they are written. Their exceptions, which are for single points, and the
checks of domains are not; of a `where`, both branches are, as nothing here can be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from adcli.arithmetic.rules import OPERATORS, Arithmetic, Function
from adcli.ops import ADD, DIV, EQ, MUL, NEG, POW, SUB, Op

MOST_MULTIPLIED = 64
"""Whole powers up to this are multiplications, repeated squares as far as they go."""


class Counted:
    """A number without a value. `place` is where on a tape it stands; None for a number in passing.

    `whole` is what it is where it is a whole number for ever, as exponents often are.
    """

    __slots__ = ("owner", "place", "whole")

    def __init__(self, owner: Counting, place: int | None = None, whole: int | None = None) -> None:
        self.owner = owner
        self.place = place
        self.whole = whole

    def __add__(self, other: Counted) -> Counted:
        return self.owner.perform(ADD, (self, other))


class Counting(Arithmetic):
    """Counts each operation performed, by kind, in `operations`, and in `read` the places of a tape that were used."""

    decides = False

    def __init__(self) -> None:
        super().__init__()
        self.operations: Counter[Op] = Counter()
        self.read: set[int] = set()
        self.unknown = Counted(self)

    def literal(self, text: str) -> Counted:
        return Counted(self, whole=int(text)) if text.lstrip("-").isdigit() and len(text) < 10 else self.unknown

    def placed(self, place: int) -> Counted:
        """The number at a place of a tape."""
        return Counted(self, place)

    def perform(self, op: Op, args: Sequence[Counted]) -> Counted:
        """Count one operation. A copy, and what cannot be evaluated at all, costs nothing and is none."""
        wholes = [number.whole for number in args if number.whole is not None]
        if op in (SUB, NEG) and len(wholes) == len(args):  # an exponent less 1 is known beforehand
            return Counted(self, whole=OPERATORS[op](*wholes))
        exponent = args[1].whole if op is POW else None
        if exponent is not None and abs(exponent) <= MOST_MULTIPLIED:
            self._multiply(exponent)
        elif op.flops:
            self.operations[op] += 1
        for number in args:
            if number.place is not None:
                self.read.add(number.place)
        return self.unknown

    def _multiply(self, exponent: int) -> None:
        """Count a power as repeated squares and products of them; 1/x^n as that and a division."""
        times = abs(exponent)
        if times > 1:
            self.operations[MUL] += times.bit_length() + times.bit_count() - 2
        if exponent < 0:
            self.operations[DIV] += 1

    def function(self, op: Op) -> Function:
        return lambda *args: self.perform(op, args)

    def spell(self, op: Op, args: Sequence[str]) -> str:
        return f"{self.name(op)}({', '.join(args)})"

    def partial_rule(self, op: Op, position: int) -> str:
        # The row's rule alone; it is also what says that there is none.
        rule = super().partial_rule(op, position)
        return op.partials[0 if op.variadic else position] or rule

    def ties(self, value: Counted, args: Sequence[Counted]) -> Counted:
        for x in args:
            self.perform(EQ, (x, value))
        return self.unknown

    def reset(self) -> Counter[Op]:
        """What was counted so far; counting starts anew."""
        counted, self.operations, self.read = self.operations, Counter(), set()
        return counted


def flops(operations: Counter[Op]) -> int:
    """What the operations cost by the table's convention."""
    return sum(count * op.flops for op, count in operations.items())
