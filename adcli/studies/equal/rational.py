"""Exact identity of rational functions: a polynomial that is 0 on a large enough grid is 0.

No polynomial is multiplied out. A program of sums, products, quotients and whole powers is evaluated in integers, as a
pair of a numerator and a denominator that never meet a division; the degrees of both are bounded on the way. Where the
cross product n₁d₂ - n₂d₁ has degree less than k in each variable, k values for each decide (Alon 1999, lemma 2.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from adcli.graphs import Graph, needed
from adcli.ops import ADD, DIV, INPUT, LITERAL, MUL, NEG, POW, SUB

MAX_DEGREE = 400
MAX_WORK = 400_000
"""Operations on integers, over all points of the grid."""

Pair: TypeAlias = "tuple[int, int]"
Degrees: TypeAlias = "tuple[dict[str, int], dict[str, int]]"


def identical(one: Graph, other: Graph, names: Sequence[str]) -> bool | None:
    """Whether two rational functions are the same wherever both have values; None where that cannot be told so."""
    left, right = _degrees(one), _degrees(other)
    if left is None or right is None:
        return None
    cross = {name: max(_of(left[0], right[1], name), _of(right[0], left[1], name)) for name in names}
    size = 1
    for degree in cross.values():
        size *= degree + 1
    if max(cross.values(), default=0) > MAX_DEGREE or size * (len(one) + len(other)) > MAX_WORK:
        return None
    for values in product(*(range(-(degree // 2), degree + 1 - degree // 2) for degree in cross.values())):
        point = dict(zip(names, values, strict=True))
        (a, b), (c, d) = _value(one, point), _value(other, point)
        if a * d != b * c:
            return False
    return True


def _of(one: Mapping[str, int], other: Mapping[str, int], name: str) -> int:
    return one.get(name, 0) + other.get(name, 0)


def _degrees(graph: Graph) -> Degrees | None:
    """Bounds of the degrees of numerator and denominator by each variable; None where the program is not rational."""
    wanted = needed(graph, graph.outputs)
    found: list[Degrees] = [({}, {})] * len(graph)
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if not wanted[node]:
            continue
        if op is INPUT:
            found[node] = ({graph.labels[node]: 1}, {})
        elif op is LITERAL:
            if not graph.labels[node][-1:].isdigit() or len(graph.labels[node]) > 30:
                return None
        elif op is POW:
            exponent = _whole(graph, args[1])
            if exponent is None:
                return None
            top, bottom = (_times(part, abs(exponent)) for part in found[args[0]])
            found[node] = (top, bottom) if exponent >= 0 else (bottom, top)
        elif op is NEG:
            found[node] = found[args[0]]
        elif op in (ADD, SUB, MUL, DIV):
            (a, b), (c, d) = found[args[0]], found[args[1]]
            if op is MUL:
                found[node] = _plus(a, c), _plus(b, d)
            elif op is DIV:
                found[node] = _plus(a, d), _plus(b, c)
            else:
                found[node] = _most(_plus(a, d), _plus(c, b)), _plus(b, d)
        else:
            return None
        if max((*found[node][0].values(), *found[node][1].values()), default=0) > MAX_DEGREE:
            return None
    return found[graph.outputs[0]]


def _whole(graph: Graph, node: int) -> int | None:
    """The exponent that a node is, if it is a whole number as written."""
    if graph.ops[node] is NEG:
        inner = _whole(graph, graph.args[node][0])
        return None if inner is None else -inner
    label = graph.labels.get(node, "")
    if graph.ops[node] is not LITERAL or not label[-1:].isdigit() or len(label) > 10:
        return None
    value = Fraction(label)
    return int(value) if value.denominator == 1 and abs(value) <= MAX_DEGREE else None


def _times(degrees: Mapping[str, int], factor: int) -> dict[str, int]:
    return {name: factor * degree for name, degree in degrees.items()}


def _plus(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: _of(one, other, name) for name in {**one, **other}}


def _most(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in {**one, **other}}


def _value(graph: Graph, point: Mapping[str, int]) -> Pair:
    """Numerator and denominator of the output."""
    wanted = needed(graph, graph.outputs)
    found: list[Pair] = [(0, 1)] * len(graph)
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if not wanted[node]:
            continue
        if op is INPUT:
            found[node] = (point[graph.labels[node]], 1)
        elif op is LITERAL:
            number = Fraction(graph.labels[node])
            found[node] = (number.numerator, number.denominator)
        elif op is POW:
            exponent = _whole(graph, args[1]) or 0
            top, bottom = found[args[0]]
            if exponent < 0:
                top, bottom = bottom, top
            found[node] = (top ** abs(exponent), bottom ** abs(exponent))
        elif op is NEG:
            top, bottom = found[args[0]]
            found[node] = (-top, bottom)
        else:
            (a, b), (c, d) = found[args[0]], found[args[1]]
            if op is MUL:
                found[node] = (a * c, b * d)
            elif op is DIV:
                found[node] = (a * d, b * c)
            else:
                found[node] = (a * d + c * b if op is ADD else a * d - c * b, b * d)
    return found[graph.outputs[0]]
