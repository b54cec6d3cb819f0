"""Strength reduction: the same kernel with fewer and cheaper steps.

Every value is held as a factor times a base, and only the base is computed: signs and constants wander through
products, quotients and sums until something has to know the value itself. So -x costs nothing, 0.5·(2·v) is v, and
a quotient by a constant becomes a product, several times as fast. Products of the same numbers are one, in whatever
order they are multiplied, and a·b + a·c is a·(b + c). Which of this pays depends on what else uses a value, so several
ways are tried, and the cheapest kernel is taken.

A quotient by a variable stays one. As products with one reciprocal, 1/x and (x/x)/x would differ in their last places,
and near 0 their difference, which is 0, would be a number of any size.

Results may differ by some units in the last place, as they do between any two ways of rounding. Not in a kernel that
compares or rounds, where 49·(1/49), which is not 1, would fall on the wrong side: there only what is exact is done,
and factors are powers of two with a sign. Nothing that may have no value is left out. What overflows on one way and
not on the other does no harm: a row that overflows is computed again.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from adcli.arithmetic.doubles import doubles
from adcli.batch.kernel import Kernel, KernelWriter
from adcli.ops import ADD, DIV, MUL, NEG, SQRT, SUB, WHERE, Op

LARGEST_FACTOR = 1e100
"""Factors stay between this and its reciprocal, far from where they would overflow."""
LARGEST_PRODUCT = 8
"""Products of more numbers are not compared with each other."""
COSTS = {DIV: 3, SQRT: 3}
"""Of operations on vectors, in multiplications."""


class Way(NamedTuple):
    """What may be done that does not always pay: whether signs and powers of two leave values that are used more than
    once, and so may have to be multiplied by more than once (other factors never do); whether sums are factored."""

    signs: bool
    doublings: bool
    factoring: bool


WAYS = (
    Way(signs=True, doublings=True, factoring=True),
    Way(signs=True, doublings=False, factoring=False),
    Way(signs=False, doublings=False, factoring=True),
)
LONG = 5_000
"""Steps from which on only the first way is tried."""


class Scaled(NamedTuple):
    """The value factor · base. The base is a value of the writer's; None for a constant."""

    factor: float
    base: int | None


def _doubles(factor: float) -> bool:
    """Whether a number is a power of two with a sign, so that multiplying by it is exact."""
    return abs(math.frexp(factor)[0]) == 0.5


def reduced(kernel: Kernel) -> Kernel:
    """The cheapest of the kernels that these rules make of it."""
    exact = any(op.boolean or op.kink for op, _ in kernel.steps)
    ways = WAYS if len(kernel.steps) <= LONG else WAYS[:1]
    found = [_finished(_Reduction(kernel, exact, way).kernel(), exact) for way in ways]
    return min([*found, kernel], key=lambda way: sum(COSTS.get(op, 1) for op, _ in way.steps))


class _Reduction:
    """One pass over a kernel's steps, which writes another's."""

    def __init__(self, kernel: Kernel, exact: bool, way: Way) -> None:
        self.old = kernel
        self.exact = exact
        self.way = way
        self.writer = KernelWriter(kernel.columns)
        self.products: dict[tuple[int, ...], int] = {}
        """Products by what is multiplied, sorted."""
        self.atoms: dict[int, tuple[int, ...]] = {}
        """What is multiplied in a product."""
        self.factors: dict[int, tuple[int, int]] = {}
        """The two numbers that a product was first written for."""
        self.rules: dict[Op, Callable[..., Scaled | None]] = {
            NEG: self._negative,
            MUL: self._product,
            DIV: self._quotient,
            ADD: self._sum,
            SUB: self._difference,
            WHERE: self._choice,
        }

    def kernel(self) -> Kernel:
        """The kernel written anew."""
        old = self.old
        values = [Scaled(1.0, i) for i in range(len(old.columns))]
        values += [self._constant(number) for number in old.constants]
        uses = Counter(a for _, args in old.steps for a in args)
        for i, (op, args) in enumerate(old.steps):
            value = self._apply(op, [values[a] for a in args])
            values.append(self._settled(value) if uses[old.first + i] > 1 else value)
        outputs = [self.whole(values[value]) for value in old.outputs]
        kinks = [self.whole(values[value]) for value in old.kinks]
        return self.writer.finish(outputs, old.names, old.values, kinks, old.places)

    def whole(self, value: Scaled) -> int:
        """The value itself."""
        factor, base = value
        if base is None:
            return self.writer.constant(factor)
        if factor == 1:
            return base
        if factor == -1:
            return self.writer.step(NEG, (base,))
        return self.writer.step(MUL, (self.writer.constant(factor), base))

    def _constant(self, number: float | bool) -> Scaled:
        if not isinstance(number, bool) and self._wanders(number):
            return Scaled(number, None)
        return Scaled(1.0, self.writer.constant(number))

    def _wanders(self, factor: float) -> bool:
        """Whether a number may be a factor."""
        if not 1 / LARGEST_FACTOR < abs(factor) < LARGEST_FACTOR:
            return False
        return not self.exact or _doubles(factor)

    def _settled(self, value: Scaled) -> Scaled:
        """The value with only those factors that may leave it although it is used more than once."""
        sign = math.copysign(1.0, value.factor) if self.way.signs else 1.0
        size = value.factor * sign
        if self.way.doublings and _doubles(size):
            return value
        return Scaled(sign, self.whole(Scaled(size, value.base)))

    def _apply(self, op: Op, args: list[Scaled]) -> Scaled:
        rule = self.rules.get(op)
        found = rule(*args) if rule is not None else self._scaled(op, *args) if op.scales else None
        return found or Scaled(1.0, self.writer.apply(op, tuple([self.whole(x) for x in args])))

    # Rules: the result, or None where the operation has to be written as it stands

    def _negative(self, x: Scaled) -> Scaled:
        return Scaled(-x.factor, x.base)

    def _product(self, x: Scaled, y: Scaled) -> Scaled | None:
        factor = x.factor * y.factor
        if not self._wanders(factor):
            return None
        if x.base is None or y.base is None:
            return Scaled(factor, y.base if x.base is None else x.base)
        return Scaled(factor, self._multiplied(x.base, y.base))

    def _multiplied(self, x: int, y: int) -> int:
        atoms = tuple(sorted((*self.atoms.get(x, (x,)), *self.atoms.get(y, (y,)))))
        if self.exact or len(atoms) > LARGEST_PRODUCT:
            return self.writer.step(MUL, (min(x, y), max(x, y)))
        if atoms not in self.products:
            value = self.products[atoms] = self.writer.step(MUL, (min(x, y), max(x, y)))
            self.atoms[value] = atoms
            self.factors[value] = (x, y)
        return self.products[atoms]

    def _quotient(self, x: Scaled, y: Scaled) -> Scaled | None:
        factor = x.factor / y.factor
        if not self._wanders(factor):
            return None
        if y.base is None:
            return Scaled(factor, x.base)
        return Scaled(factor, self.writer.step(DIV, (self.writer.constant(1.0) if x.base is None else x.base, y.base)))

    def _sum(self, x: Scaled, y: Scaled) -> Scaled | None:
        if x.base == y.base and self._wanders(x.factor + y.factor):
            return Scaled(x.factor + y.factor, x.base)
        if x.base is None or y.base is None:
            constant, other = (x, y) if x.base is None else (y, x)
            op = SUB if other.factor < 0 else ADD
            size = self.whole(Scaled(abs(other.factor), other.base))
            return Scaled(1.0, self.writer.step(op, (self.whole(constant), size)))
        # The factor of y goes on with the sum, and that of x is divided by it.
        if (abs(x.factor) == 1, x.factor > 0) > (abs(y.factor) == 1, y.factor > 0):
            x, y = y, x
        ratio = x.factor / y.factor
        if not self._wanders(ratio):
            return None
        assert x.base is not None
        assert y.base is not None
        return Scaled(y.factor, self._added(y.base, ratio, x.base))

    def _added(self, y: int, ratio: float, x: int) -> int:
        """y + ratio·x."""
        shared: list[int] = []
        while self.way.factoring and y in self.factors and x in self.factors:
            common = next((a for a in self.factors[y] if a in self.factors[x]), None)
            if common is None:
                break
            shared.append(common)
            x, y = (b if a == common else a for a, b in (self.factors[x], self.factors[y]))
        size = self.whole(Scaled(abs(ratio), x))
        total = self.writer.step(SUB if ratio < 0 else ADD, (y, size))
        for common in shared:
            total = self._multiplied(total, common)
        return total

    def _difference(self, x: Scaled, y: Scaled) -> Scaled | None:
        return self._sum(x, self._negative(y))

    def _scaled(self, op: Op, x: Scaled) -> Scaled | None:
        if x.base is None:
            return None
        try:
            factor = doubles().compile(("c",), doubles().source(op.scales), f"scale of {op.name}")(x.factor)
        except ValueError:
            return None
        return Scaled(factor, self.writer.step(op, (x.base,))) if self._wanders(factor) else None

    def _choice(self, condition: Scaled, x: Scaled, y: Scaled) -> Scaled | None:
        if x.factor != y.factor or x.base is None or y.base is None:
            return None
        return Scaled(x.factor, self.writer.apply(WHERE, (self.whole(condition), x.base, y.base)))


def _finished(kernel: Kernel, exact: bool) -> Kernel:
    """Where a value is used only once: a/x for a product with 1/x (of a constant, if results must not change by
    rounding), b - a for -(a - b)."""
    uses = Counter(a for _, args in kernel.steps for a in args)
    uses.update([*kernel.outputs, *kernel.kinks])
    constants = range(len(kernel.columns), kernel.first)
    one = {len(kernel.columns) + i for i, c in enumerate(kernel.constants) if c is not True and c == 1}
    writer = KernelWriter(kernel.columns)
    place = [*range(len(kernel.columns)), *(writer.constant(c) for c in kernel.constants)]
    divisors: dict[int, int] = {}
    differences: dict[int, tuple[int, ...]] = {}
    for i, (op, args) in enumerate(kernel.steps):
        if uses[kernel.first + i] == 1:
            if op is DIV and args[0] in one:
                divisors[kernel.first + i] = args[1]
            elif op is SUB:
                differences[kernel.first + i] = args
        if op is MUL:
            for a, b in (args, args[::-1]):
                if b in divisors and (not exact or a in constants):
                    op, args = DIV, (a, divisors[b])
                    break
        elif op is NEG and args[0] in differences:
            op, args = SUB, differences[args[0]][::-1]
        place.append(writer.step(op, tuple([place[a] for a in args])))
    outputs, kinks = ([place[value] for value in values] for values in (kernel.outputs, kernel.kinks))
    return writer.finish(outputs, kernel.names, kernel.values, kinks, kernel.places)
