"""Numbers that only count: a mode run on them counts the operations it performs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from adcli.arithmetic.rules import Arithmetic, Function
from adcli.ops import ADD, WHERE, Op


class Counted:
    """A number without a value."""

    __slots__ = ("owner",)

    def __init__(self, owner: Counting) -> None:
        self.owner = owner

    def __add__(self, other: Counted) -> Counted:
        self.owner.operations[ADD] += 1
        return self


class Counting(Arithmetic):
    """Counts each operation performed, by kind, in `operations`. Every branch of a `where` counts."""

    decides = False

    def __init__(self) -> None:
        super().__init__()
        self.operations: Counter[Op] = Counter()
        self._number = Counted(self)

    def literal(self, text: str) -> Counted:
        return self._number

    def function(self, op: Op) -> Function:
        def count(*args: Counted) -> Counted:
            self.operations[op] += 1
            return self._number

        return count

    def spell(self, op: Op, args: Sequence[str]) -> str:
        return f"{self.name(op)}({', '.join(args)})"

    def ties(self, value: Counted, args: Sequence[Counted]) -> Counted:
        return self._number

    def reset(self) -> Counter[Op]:
        """What was counted so far; counting starts anew."""
        counted, self.operations = self.operations, Counter()
        return counted

    @property
    def flops(self) -> int:
        """The flops of what was counted, by the table's convention; choosing a branch is one."""
        return sum(count * (1 if op is WHERE else op.flops) for op, count in self.operations.items())
