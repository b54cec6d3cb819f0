"""Kernels: straight lists of steps that are run over many rows, and the writer that makes them.

Every engine spells the steps in its own language.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from adcli.arithmetic.doubles import TINY, doubles
from adcli.batch.partials import NAMED, PARTIALS
from adcli.ops import ADD, DIV, MUL, POW, WHERE, Op

LARGEST_POWER = 64
"""Constant whole exponents up to this become products; beyond it the rounding errors of the products would add up."""


class Step(NamedTuple):
    """One elementary operation on earlier values. WHERE selects between values that are both computed."""

    op: Op
    args: tuple[int, ...]


class Kernel:
    """A straight program over rows. Do not change one after it is built.

    Its values are numbered: the columns first (`columns`, their names), then the constants (`constants`, doubles
    or truth values), then the results of `steps` in order. So value `first + i` is the result of step i, where
    `first` is how many columns and constants there are, and a step's arguments are smaller than its own number.

    - `outputs`: the values asked for, one per name of `names`; the formula's own values are the first `values` of
      them. An output may be a column or a constant, and the same value may be asked for twice.
    - `kinks`: hidden outputs, conditions that hold in a row where a derivative follows a convention; `places`
      has for each the span in the program's text. One more may follow, without a place: that rounding may have
      decided something in the row.
    - `boolean`: per value, whether it is a condition (comparisons, Not, constants True and False, and `where`
      between conditions) rather than a double.

    No step needs a check of its domain: outside it the result has to be NaN or infinite, in every engine, so
    that the row is found out and computed again by the scalar path.
    """

    __slots__ = ("boolean", "columns", "constants", "first", "kinks", "names", "outputs", "places", "steps", "values")

    def __init__(
        self,
        *,
        columns: Sequence[str],
        constants: Sequence[float | bool],
        steps: Sequence[Step],
        outputs: Sequence[int],
        names: Sequence[str],
        values: int,
        kinks: Sequence[int] = (),
        places: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.columns = tuple(columns)
        self.constants = tuple(constants)
        self.steps = tuple(steps)
        self.outputs = tuple(outputs)
        self.names = tuple(names)
        self.values = values
        self.kinks = tuple(kinks)
        self.places = tuple(places)
        self.first = len(self.columns) + len(self.constants)
        boolean = [False] * len(self.columns) + [isinstance(c, bool) for c in self.constants]
        for op, args in self.steps:
            boolean.append(boolean[args[1]] if op is WHERE else op.boolean)
        self.boolean = tuple(boolean)

    def __repr__(self) -> str:
        return f"<Kernel of {len(self.steps)} steps: {', '.join(self.columns)} -> {', '.join(self.names)}>"

    def last_uses(self) -> list[int]:
        """Per value, the last step that uses it; -1 for none, the number of steps for an output."""
        last = [-1] * (self.first + len(self.steps))
        for i, (_, args) in enumerate(self.steps):
            for a in args:
                last[a] = i
        for value in (*self.outputs, *self.kinks):
            last[value] = len(self.steps)
        return last

    def slots(self, in_place: Callable[[Op], bool]) -> tuple[list[int], int, int]:
        """A buffer for each step's result, used again when nobody needs it: (slot per step, doubles, conditions).

        Slots 0, 1, … of doubles and of conditions are counted apart. A step may be given the slot of an argument
        that it is the last to use only where `in_place(op)` says that its function can write over its argument.
        Outputs keep their slots.
        """
        last = self.last_uses()
        free: tuple[list[int], list[int]] = ([], [])
        counts = [0, 0]
        slots: list[int] = []
        for i, (op, args) in enumerate(self.steps):
            kind = self.boolean[self.first + i]
            dying = [a for a in dict.fromkeys(args) if a >= self.first and last[a] == i]
            early = in_place(op)
            if early:
                for a in dying:
                    free[self.boolean[a]].append(slots[a - self.first])
            if free[kind]:
                slot = free[kind].pop()
            else:
                slot = counts[kind]
                counts[kind] += 1
            slots.append(slot)
            if not early:
                for a in dying:
                    free[self.boolean[a]].append(slots[a - self.first])
            if last[self.first + i] < 0:
                free[kind].append(slot)
        return slots, counts[0], counts[1]


class KernelWriter:
    """Writes steps; values are negative for constants until it is known how many there are."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self.column = {name: i for i, name in enumerate(columns)}
        self.constants: list[float | bool] = []
        self.known: dict[tuple[type, str], int] = {}
        self.steps: list[Step] = []
        self.written: dict[tuple[Op, tuple[int, ...]], int] = {}

    def constant(self, number: float | bool) -> int:
        key = (type(number), repr(number))
        if key not in self.known:
            self.constants.append(number)
            self.known[key] = -len(self.constants)
        return self.known[key]

    def apply(self, op: Op, args: tuple[int, ...]) -> int:
        """The value of *op*: a constant where all its arguments are, else a step."""
        if op is WHERE and args[0] < 0:
            return args[1] if self.constants[-1 - args[0]] else args[2]
        if all(a < 0 for a in args) and op is not WHERE:
            number = computed(op, [self.constants[-1 - a] for a in args])
            if number is not None:
                return self.constant(number)
        if op is POW and args[1] < 0 and args[0] >= 0:
            exponent = self.constants[-1 - args[1]]
            if exponent == 0:
                one = self.constant(1.0)
                if args[0] < len(self.columns):
                    return one
                return self.step(ADD, (self.step(MUL, (self.constant(0.0), args[0])), one))  # NaN stays NaN
            if exponent == int(exponent) and abs(exponent) <= LARGEST_POWER:
                return self._power(args[0], int(exponent))
        if op is NAMED["pow_x"] and args[1] < 0 and _less_one(self.constants[-1 - args[1]]):
            power = self.apply(POW, (args[0], self.constant(self.constants[-1 - args[1]] - 1)))
            return self.apply(MUL, (args[1], power))
        return self.step(op, args)

    def step(self, op: Op, args: tuple[int, ...]) -> int:
        key = (op, args)
        if key not in self.written:
            self.written[key] = len(self.columns) + len(self.steps)
            self.steps.append(Step(op, args))
        return self.written[key]

    def _power(self, base: int, exponent: int) -> int:
        """By squaring: the relative error stays below |exponent| units in the last place."""
        result, square, rest = None, base, abs(exponent)
        while True:
            if rest & 1:
                result = square if result is None else self.step(MUL, (result, square))
            rest >>= 1
            if not rest:
                break
            square = self.step(MUL, (square, square))
        assert result is not None
        return self.step(DIV, (self.constant(1.0), result)) if exponent < 0 else result

    def finish(
        self,
        outputs: Sequence[int],
        names: Sequence[str],
        values: int,
        kinks: Sequence[int],
        places: Sequence[tuple[int, int]],
    ) -> Kernel:
        """The kernel, without what no output needs."""
        width = len(self.columns)
        wanted = bytearray(width + len(self.steps))
        for value in (*outputs, *kinks):
            if value >= 0:
                wanted[value] = 1
        for i in range(len(self.steps) - 1, -1, -1):
            if wanted[width + i]:
                for a in self.steps[i].args:
                    if a >= 0:
                        wanted[a] = 1
        kept = [i for i in range(len(self.steps)) if wanted[width + i]]
        used = dict.fromkeys(a for i in kept for a in self.steps[i].args if a < 0)
        used.update(dict.fromkeys(value for value in (*outputs, *kinks) if value < 0))
        place = {i: i for i in range(width)}
        place.update({value: width + i for i, value in enumerate(used)})
        for i in kept:
            place[width + i] = len(place)
        return Kernel(
            columns=self.columns,
            constants=[self.constants[-1 - value] for value in used],
            steps=[Step(self.steps[i].op, tuple([place[a] for a in self.steps[i].args])) for i in kept],
            outputs=[place[value] for value in outputs],
            names=names,
            values=values,
            kinks=[place[value] for value in kinks],
            places=places,
        )


def computed(op: Op, args: Sequence[float | bool]) -> float | bool | None:
    """The operation's value for constants, as the scalar path has it; None where each row has to see to it."""
    if op in PARTIALS:
        return None
    try:
        number = doubles().value(op)(*args)
    except (ArithmeticError, ValueError):
        return None  # each row that needs it will say so
    if isinstance(number, bool):
        return number
    if not math.isfinite(number) or (op.underflows and abs(number) < TINY and 0 not in args):
        return None
    return float(number)


def _less_one(number: float) -> bool:
    """Whether a double minus 1 is exact."""
    return (number - 1) + 1 == number and number - (number - 1) == 1
