"""Ordinary floats: operators where Python has them, `math`, `adcli.arithmetic.floats` and rows' texts for the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from adcli.arithmetic import floats
from adcli.arithmetic.rules import OPERATORS, Arithmetic, Function, parsed
from adcli.errors import RangeError
from adcli.ops import ADD, NEG, NOT, POW, SUB, Op

TINY = 2.2250738585072014e-308
"""The smallest normal double: below it digits are lost."""
TOO_SMALL = -1080
"""Below 2^this a number is 0 as a double."""

_TRUTH = {"True": True, "False": False}
_CONSTANTS = {"pi": math.pi, "E": math.e}


class Doubles(Arithmetic):
    """IEEE 754 binary64. Functions raise ValueError, ZeroDivisionError or OverflowError where they have no value."""

    def literal(self, text: str) -> Any:
        if text in _TRUTH:
            return _TRUTH[text]
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        number = float(text)
        if math.isinf(number):
            raise RangeError(f"{text} is larger than any double")
        return number

    def exactly(self, number: Any) -> Any:
        """A double as this arithmetic's number."""
        return number

    def function(self, op: Op) -> Function:
        found = OPERATORS.get(op)
        if found is None:
            name = op.floats or op.name
            found = getattr(floats, name, None) or getattr(math, name, None)
            if found is None and op.value:
                found = _watched(op, watching().by_value(op)) if op.settled else self.by_value(op)
        return found or self._lifted(op)

    def spell(self, op: Op, args: Sequence[str]) -> str:
        if op in OPERATORS and op is not NOT:
            return f"({op.symbol}{args[0]})" if op is NEG else f"({args[0]} {op.symbol} {args[1]})"
        if op is POW and args[1] == self.spell_literal("2"):
            if args[0].isidentifier():
                return f"({args[0]}*{args[0]})"
            self.namespace["square"] = _square
            return f"square({args[0]})"
        return super().spell(op, args)

    def spell_literal(self, text: str) -> str:
        number = self.literal(text)
        return repr(number) if number >= 0 else f"({number!r})"

    def partial_source(self, op: Op, position: int) -> str:
        accurate = self.accurate_source(op, position, _named)
        if accurate:
            return accurate
        if op not in OPERATORS and not op.variadic and not op.conditions and self.is_lifted(op):
            name = f"lifted_{op.name}_{position}"
            self.partial_rule(op, position)
            self.namespace[name] = lambda *args: _through_mpmath(op, args, position)
            return f"{name}({', '.join(op.arguments)})"
        if op.settled:
            name = f"watched_{op.name}_{position}"
            self.namespace[name] = _watched(op, watching().by_rule(op, position), position)
            return f"{name}({', '.join(op.arguments)})"
        return super().partial_source(op, position)

    def cofactor(self, op: Op, args: Sequence[Any], position: int) -> Any:
        return self.cofactors(op, args)(position)

    def cofactors(self, op: Op, args: Sequence[Any]) -> Callable[[int], Any]:
        from adcli.arithmetic.determinants import cofactors_of_floats

        return cofactors_of_floats(tuple(args)).__getitem__

    @staticmethod
    def is_lifted(op: Op) -> bool:
        """Whether doubles have neither a function of their own nor a text for it: mpmath computes it and rounds."""
        name = op.floats or op.name
        return op.flops > 0 and not op.value and not hasattr(floats, name) and not hasattr(math, name)

    @staticmethod
    def _lifted(op: Op) -> Function:
        return lambda *args: _through_mpmath(op, args, None)


def _named(name: str) -> Function | None:
    return getattr(floats, name, None)


def _square(x: float) -> float:
    return x * x


class _Watching(Doubles):
    """Doubles within a row's text, whose sums refuse to lose more than a bit; what is only rounded once loses none."""

    def spell(self, op: Op, args: Sequence[str]) -> str:
        if op not in (ADD, SUB) or all(re.fullmatch(_EXACT, x) for x in args):
            return super().spell(op, args)
        self.namespace["kept"] = _kept
        return f"kept({args[0]}, {'' if op is ADD else '-'}{args[1]})"

    def by_rule(self, op: Op, position: int) -> Function:
        """One partial by the rule's text, as a function of the arguments."""
        rule = self.compile(("v", *op.arguments), self.source(self.partial_rule(op, position)), f"rule of {op.name}")
        value = doubles().value(op)
        if "v" not in parsed(self.partial_rule(op, position)).input_names:
            return lambda *args: rule(0.0, *args)
        return lambda *args: rule(value(*args), *args)


_EXACT = r"(?!v$|t\d)[a-z]\w*|\d+(\.\d+)?"
"""An argument, or a number as it is written."""


class _Cancelled(ArithmeticError):
    """Two terms have leading bits in common."""


def _kept(a: float, b: float) -> float:
    """a + b."""
    total = a + b
    if abs(total) < abs(a) / 2:
        raise _Cancelled
    return total


def _watched(op: Op, function: Function, position: int | None = None) -> Function:
    """The value or a partial by the row's text, by mpmath where terms cancel."""

    def watched(*args: float) -> float:
        try:
            found: float = function(*args)
        except _Cancelled:
            return _through_mpmath(op, args, position)
        return found

    return watched


@cache
def watching() -> _Watching:
    """The arithmetic of floats that notices where digits are lost."""
    return _Watching()


def _through_mpmath(op: Op, args: Sequence[float], position: int | None) -> float:
    """An operation's value (*position* None) or partial, computed with digits to spare and rounded once."""
    from adcli.arithmetic.multiprecision import multiprecision

    wide = multiprecision(20 if op.settled else 40)
    exact = [wide.exactly(x) for x in args]
    if not wide.condition(op, op.domain)(None, *exact) if op.domain else False:
        raise ValueError(f"{op.name} has no value there")
    found = None if position is not None and op.settled else wide.function(op)(*exact)
    if position is not None:
        found = wide.partial(op, position)(found, *exact)  # a settled rule computes the value itself
    if hasattr(found, "_mpc_"):
        raise ValueError(f"{op.name} has no real value there")
    return wide.rounded(found)


class Cancelled(ArithmeticError):
    """All digits of a sum cancelled."""


class GuardedDoubles(Doubles):
    """Doubles that refuse to overflow or underflow silently, and to cancel in a sum: for finding out whether a zero is
    one."""

    def literal(self, text: str) -> Any:
        return self.exactly(super().literal(text))

    def exactly(self, number: Any) -> Any:
        return number if isinstance(number, bool) else _Guarded(number)

    def partial_source(self, op: Op, position: int) -> str:
        # By the rule's text, since a function of its own would underflow unseen.
        return Arithmetic.partial_source(self, op, position)

    def function(self, op: Op) -> Function:
        if op.boolean or op in OPERATORS:
            return super().function(op)
        plain = doubles().function(op)  # what happens inside it is its own affair
        return lambda *args: _guarded(plain(*args), op.underflows and all(args))


def _guarded(number: float, nonzero: bool) -> _Guarded:
    if not math.isfinite(number) or (nonzero and abs(number) < TINY):
        raise OverflowError
    return _Guarded(number)


class _Guarded(float):
    """A double whose sums, products and quotients refuse to overflow and to underflow."""

    __slots__ = ()

    def __add__(self, other: float) -> _Guarded:
        total = float(self) + other
        if not total and self:
            raise Cancelled
        return _guarded(total, False)

    def __sub__(self, other: float) -> _Guarded:
        return _guarded(float(self) - other, False)

    def __rsub__(self, other: float) -> _Guarded:
        return _guarded(other - float(self), False)

    def __mul__(self, other: float) -> _Guarded:
        return _guarded(float(self) * other, bool(self and other))

    def __truediv__(self, other: float) -> _Guarded:
        return _guarded(float(self) / other, bool(self))

    def __rtruediv__(self, other: float) -> _Guarded:
        return _guarded(other / float(self), bool(other))

    def __neg__(self) -> _Guarded:
        return _Guarded(-float(self))

    __radd__ = __add__
    __rmul__ = __mul__


@cache
def doubles() -> Doubles:
    """The arithmetic of floats; one for the whole process, since compiled rules are kept in it."""
    return Doubles()


__all__ = ["TINY", "Doubles", "GuardedDoubles", "doubles"]
