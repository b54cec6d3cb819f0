"""Indices, bounds and sizes: exact values of constant integer expressions.

They decide how a program unrolls, so they must be known while it is read, and exactly: no float comes near.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Container, Mapping
from math import ceil, floor
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from adcli.graphs import Builder
from adcli.ops import ADD, DIV, LITERAL, MUL, NEG, POW, SUB, TABLE, Op

if TYPE_CHECKING:
    from fractions import Fraction

MAX_INTEGER = 10**18
"""Indices, bounds and everything computed on the way to them stay below this."""


class NotConstant(Exception):
    """The expression has no exact integer value; the argument says why, in words that follow "it"."""


def _divide(x: int | Fraction, y: int | Fraction) -> int | Fraction:
    if y == 0:
        raise NotConstant("divides by zero")
    if isinstance(x, int) and isinstance(y, int) and x % y == 0:
        return x // y
    from fractions import Fraction

    return Fraction(x) / Fraction(y)


def _power(x: int | Fraction, y: int | Fraction) -> int | Fraction:
    if y.denominator != 1:
        raise NotConstant("has a fractional power")
    exponent = int(y)
    if exponent < 0:
        return _divide(1, _power(x, -exponent))
    if exponent > 64 and abs(x) not in (0, 1):
        raise NotConstant("is too large")
    return x**exponent


def _remainder(x: int | Fraction, y: int | Fraction) -> int | Fraction:
    return x - y * floor(_divide(x, y))


_EXACT: dict[Op, Callable[..., int | Fraction]] = {
    ADD: operator.add,
    SUB: operator.sub,
    MUL: operator.mul,
    DIV: _divide,
    NEG: operator.neg,
    POW: _power,
    TABLE["floor"]: floor,
    TABLE["ceiling"]: ceil,
    TABLE["Mod"]: _remainder,
    TABLE["Abs"]: abs,
    TABLE["Max"]: max,
    TABLE["Min"]: min,
}


def _literal(text: str) -> int | Fraction:
    if text.lstrip("-").isdigit() and len(text) < 20:
        return int(text)
    mantissa, _, exponent = text.lower().partition("e")
    if mantissa and not mantissa.strip("-.0123456789") and len(mantissa) < 40 and len(exponent) < 3:
        from fractions import Fraction

        return Fraction(text)
    raise NotConstant("is too large" if mantissa[-1:].isdigit() else "is no integer")


def exact(builder: Builder, node: int, known: Mapping[int, int] = MappingProxyType({})) -> int | Fraction:
    """The exact value of *node*, where some nodes' values are *known*.

    Raises NotConstant where it is not a constant, or no fraction of integers.
    """
    values: dict[int, int | Fraction] = {**known}
    waiting = [node]
    while waiting:
        current = waiting[-1]
        op, args = builder.ops[current], builder.args[current]
        if current in known:
            pass
        elif op is LITERAL:
            values[current] = _literal(builder.labels[current])
        elif op not in _EXACT:
            raise NotConstant("is no constant integer")
        else:
            missing = [a for a in args if a not in values]
            if missing:
                waiting += missing
                continue
            value = _EXACT[op](*[values[a] for a in args])
            values[current] = value
            if not -MAX_INTEGER <= value <= MAX_INTEGER or value.denominator > MAX_INTEGER:
                raise NotConstant("is too large")
        waiting.pop()
    return values[node]


def integer(builder: Builder, node: int, known: Mapping[int, int] = MappingProxyType({})) -> int:
    """The same of an integer. Raises NotConstant where it is not a constant, or no integer."""
    value = exact(builder, node, known)
    if value.denominator != 1:
        raise NotConstant("is no integer")
    return int(value)


Form: TypeAlias = "dict[int, int]"
"""A linear form: the factor of each variable by its number; what is constant has the number 0."""

SMALL = 10**7
"""The factors of a form, and of all on the way to it, are at most this: then nothing on the way is too large."""


def leading(builder: Builder, node: int, known: Container[int] = ()) -> set[int]:
    """The nodes that lead to *node*, itself included, not looking behind those that are *known*."""
    found: set[int] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if current not in found and current not in known:
            found.add(current)
            waiting += builder.args[current]
    return found


def linear(builder: Builder, node: int, known: Mapping[int, Form]) -> Form | None:
    """What *node* is where the forms of some are *known*; None where it is not linear, or its factors not small."""
    forms = dict(known)
    for current in sorted(leading(builder, node, known)):
        op, args = builder.ops[current], [forms.get(a) for a in builder.args[current]]
        form: Form | None = None
        if op is LITERAL and builder.labels[current].lstrip("-").isdigit() and len(builder.labels[current]) < 8:
            form = {0: int(builder.labels[current])}
        elif op in (ADD, SUB, NEG) and None not in args:
            first, *second = [one for one in args if one is not None]
            left, right = (first, second[0]) if second else ({}, first)
            sign = 1 if op is ADD else -1
            form = {v: left.get(v, 0) + sign * right.get(v, 0) for v in {*left, *right}}
        elif op is MUL and None not in args:
            by, other = sorted([one for one in args if one is not None], key=lambda form: bool(form.keys() - {0}))
            if not by.keys() - {0}:
                form = {v: by.get(0, 0) * factor for v, factor in other.items()}
        if form is not None and all(abs(factor) <= SMALL for factor in form.values()):
            forms[current] = form
    return forms.get(node)
