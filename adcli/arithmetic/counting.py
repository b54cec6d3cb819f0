"""Numbers that only count: a mode run on them counts the operations it performs.

What is counted is the table's rules as they are written. Their exceptions, which are for single points, and the
checks of domains are not; of a `where`, both branches are, as nothing here can be compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from adcli.arithmetic.rules import Arithmetic, Function
from adcli.ops import ADD, EQ, Op


class Counted:
    """A number without a value. `place` is where on a tape it stands; None for a number in passing."""

    __slots__ = ("owner", "place")

    def __init__(self, owner: Counting, place: int | None = None) -> None:
        self.owner = owner
        self.place = place

    def __add__(self, other: Counted) -> Counted:
        return self.owner.perform(ADD, (self, other))


class Counting(Arithmetic):
    """Counts each operation performed, by kind, in `operations`, and in `read` the places of a tape that were used."""

    decides = False

    def __init__(self) -> None:
        super().__init__()
        self.operations: Counter[Op] = Counter()
        self.read: set[int] = set()
        self._number = Counted(self)

    def literal(self, text: str) -> Counted:
        return self._number

    def placed(self, place: int) -> Counted:
        """The number at a place of a tape."""
        return Counted(self, place)

    def perform(self, op: Op, args: Sequence[Counted]) -> Counted:
        """Count one operation. A copy, and what cannot be evaluated at all, costs nothing and is none."""
        if op.flops:
            self.operations[op] += 1
        for number in args:
            if number.place is not None:
                self.read.add(number.place)
        return self._number

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
        return self._number

    def reset(self) -> Counter[Op]:
        """What was counted so far; counting starts anew."""
        counted, self.operations, self.read = self.operations, Counter(), set()
        return counted


def flops(operations: Counter[Op]) -> int:
    """What the operations cost by the table's convention."""
    return sum(count * op.flops for op, count in operations.items())
