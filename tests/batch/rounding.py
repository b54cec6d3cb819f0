"""How far roundings alone can move a result: the scalar path run again with every operation a little off.

Where terms cancel, two right ways of computing differ by more than their last digits; by how much says no property
of the result, but what random errors in each operation do to it (La Porte & Vignes' stochastic arithmetic).
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from adcli.arithmetic.doubles import Doubles
from adcli.arithmetic.rules import Arithmetic, Function
from adcli.derivatives.questions import Matrix, Work
from adcli.modes import Fault
from adcli.ops import NEG, TABLE, Op
from adcli.problem.problem import Problem

ULPS = 4
"""How many units in the last place a vector library's functions may err; Python's err by one at most."""
RUNS = 8
_EXACT = {NEG, *(op for op in TABLE.values() if op.partials == ("0",) or op.name in ("Abs", "Max", "Min", "relu"))}


class Rough(Doubles):
    """Doubles whose results are off by up to ULPS units at random."""

    def __init__(self, seed: object) -> None:
        super().__init__()
        self.draw = random.Random(repr(seed))

    def spell(self, op: Op, args: Sequence[str]) -> str:
        return Arithmetic.spell(self, op, args)

    def partial_source(self, op: Op, position: int) -> str:
        source = super().partial_source(op, position)
        name = source.partition("(")[0]  # a function of its own, or the rule's text
        if not name.startswith("op_") and callable(self.namespace.get(name)):
            self.namespace["rough_" + name] = self.rough(self.namespace[name])
            return "rough_" + source
        return source

    def function(self, op: Op) -> Function:
        plain = super().function(op)
        return plain if op.boolean or op in _EXACT else self.rough(plain)

    def rough(self, plain: Function) -> Function:
        """A function that errs."""
        reach = ULPS * 2.0**-53

        def off(*args: Any) -> Any:
            result: float = plain(*args)
            return result * (1 + self.draw.uniform(-reach, reach))

        return off


def moved_by_roundings(problem: Problem, row: Mapping[str, float], found: Sequence[float]) -> list[float]:
    """For the values and the Jacobian of a row, by the scalar path, how far roundings have moved each in some runs."""
    at = problem.changed(at=dict(row))
    moved = [0.0] * len(found)
    for run in range(RUNS):
        arithmetic = Rough((run, tuple(row.items())))
        try:
            work = Work(at, arithmetic, at.point(arithmetic))
            entries = Matrix("forward" if run % 2 else "reverse").entries(work)
        except Fault:
            continue
        numbers = [*work.values, *(entry for line in entries for entry in line)]
        for i, (number, want) in enumerate(zip(numbers, found, strict=True)):
            if math.isfinite(number):
                moved[i] = max(moved[i], abs(number - want))
    return moved
