"""Graphs become SymPy's expressions, to be simplified and read back by `from_sympy`.

Nothing is evaluated that the graph does not evaluate. What SymPy lacks, or means otherwise, is a function of that name
whose derivative is the table's rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from math import isqrt
from typing import Any, TypeAlias

from adcli.graphs import Graph, figures, needed
from adcli.language.sympy.functions import function_of
from adcli.ops import (
    ADD,
    BOOLEAN,
    DIV,
    EQ,
    GE,
    GT,
    INPUT,
    LE,
    LITERAL,
    LT,
    MUL,
    NE,
    NEG,
    NOT,
    POW,
    SUB,
    UNDEFINED,
    WHERE,
    Op,
)

Expr: TypeAlias = Any

MAX_EXACT = 1_000
"""Numbers with more digits, or exponents of ten, than this are not made exact."""

MAX_ROWS = 6
"""A determinant of more rows is not written out."""


class Unwritable(ValueError):
    """The graph is nothing that SymPy should be given; the argument says why."""


def to_sympy(graph: Graph, symbols: Mapping[str, Expr], *, defined: bool = False) -> list[Expr]:
    """The outputs as SymPy's expressions; *symbols* are what the inputs' names mean.

    *defined*: operations that SymPy lacks are written out by the definition that the table has for it.
    Raises Unwritable.
    """
    wanted = needed(graph, graph.outputs)
    values: list[Expr] = [None] * len(graph)
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if not wanted[node]:
            continue
        if op is INPUT:
            values[node] = symbols[graph.labels[node]]
        elif op is LITERAL:
            values[node] = number(graph.labels[node])
        else:
            values[node] = _applied(op, [values[a] for a in args], defined)
    return [values[node] for node in graph.outputs]


def number(label: str) -> Expr:
    """A literal, exactly: 0.1 is 1/10."""
    import sympy

    if label in BOOLEAN:
        return sympy.true if label == "True" else sympy.false
    if label in ("pi", "E"):
        return getattr(sympy, label)
    sign, text = (-1, label[1:]) if label.startswith("-") else (1, label)
    mantissa, _, exponent = text.lower().partition("e")
    whole, _, fraction = mantissa.partition(".")
    power = int(exponent or 0) - len(fraction)
    if abs(power) > MAX_EXACT or len(whole) > MAX_EXACT:
        raise Unwritable(f"{text[:20]} is too large for exact arithmetic")
    digits = sign * figures(whole + fraction)
    return sympy.Integer(digits * 10**power) if power >= 0 else sympy.Rational(digits, 10**-power)


@cache
def _operators() -> dict[Op, Callable[..., Expr]]:
    import sympy

    return {
        ADD: lambda x, y: x + y,
        SUB: lambda x, y: x - y,
        MUL: lambda x, y: x * y,
        DIV: lambda x, y: x / y,
        NEG: lambda x: -x,
        POW: _power,
        LT: sympy.Lt,
        LE: sympy.Le,
        GT: sympy.Gt,
        GE: sympy.Ge,
        EQ: sympy.Eq,
        NE: sympy.Ne,
        NOT: sympy.Not,
        WHERE: _where,
        UNDEFINED: lambda: sympy.nan,
    }


def _power(x: Expr, y: Expr) -> Expr:
    if x.is_Number and y.is_Number and abs(y) > MAX_EXACT:
        raise Unwritable(f"{x}^{y} is too large for exact arithmetic")
    return x**y


def _where(condition: Expr, then: Expr, otherwise: Expr) -> Expr:
    import sympy

    if then.is_Boolean or otherwise.is_Boolean:
        return sympy.ITE(condition, then, otherwise)
    if otherwise is sympy.nan:
        return sympy.Piecewise((then, condition))
    if isinstance(otherwise, sympy.Piecewise):
        return sympy.Piecewise((then, condition), *otherwise.args)
    return sympy.Piecewise((then, condition), (otherwise, True))


def _applied(op: Op, args: list[Expr], defined: bool) -> Expr:
    operator = _operators().get(op)
    try:
        if operator is not None:
            found = operator(*args)
        elif defined and (op.sympy or (op.value and own(op) is None)):
            found = written_out(op.sympy or op.value, op.arguments, args)
        else:
            found = (own(op) or opaque(op))(*args)
    except (TypeError, ValueError, ArithmeticError, RecursionError, AttributeError) as error:
        if isinstance(error, Unwritable):
            raise
        raise Unwritable(f"SymPy has no {op.name} of this ({type(error).__name__})") from error
    if op is not UNDEFINED and not found.is_Boolean and found.has(*_never()):
        raise Unwritable(f"SymPy has no finite real number for {op.name} here")
    return found


@cache
def _never() -> tuple[Expr, ...]:
    import sympy

    return sympy.nan, sympy.zoo, sympy.oo, -sympy.oo, sympy.I


def own(op: Op) -> Callable[..., Expr] | None:
    """SymPy's own function for an operation, where it means the same and has its derivative."""
    if op.matrix:
        return _determinant
    return None if op.sympy or op.root > 2 else function_of(op)


def _determinant(*elements: Expr) -> Expr:
    """Written out, for SymPy does not differentiate its Determinant."""
    import sympy

    size = isqrt(len(elements))
    if size > MAX_ROWS:
        raise Unwritable(f"a determinant of {size} rows is too large to be written out: at most {MAX_ROWS} rows")
    return sympy.Matrix(size, size, elements).det(method="berkowitz")


@cache
def opaque(op: Op) -> Callable[..., Expr]:
    """A function of the operation's name, real, with the table's derivative."""
    import sympy

    def slope(self: Expr, argument: int = 1) -> Expr:
        rule = op.partials[argument - 1]
        if rule is None:
            raise Unwritable(f"{op.name} cannot be differentiated by {op.arguments[argument - 1]}")
        return written_out(rule, (*op.arguments, "v"), (*self.args, self))

    return type(op.name, (sympy.Function,), {"is_extended_real": True, "fdiff": slope})


def written_out(rule: str, names: tuple[str, ...], args: Any) -> Expr:
    """A rule of the table, with expressions for the names in it."""
    from adcli.language.texts import parse

    (found,) = to_sympy(parse(rule, conditions=True), dict(zip(names, args, strict=True)))
    return found


def certain(graph: Graph) -> bytearray:
    """Which nodes are evaluated wherever the outputs have values: those that no condition guards."""
    found = bytearray(len(graph))
    for node in graph.outputs:
        found[node] = 1
    for node in range(len(graph) - 1, -1, -1):
        if found[node]:
            for a in graph.args[node][:1] if graph.ops[node] is WHERE else graph.args[node]:
                found[a] = 1
    return found
