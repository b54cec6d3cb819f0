"""Ties of decimals and of fractions of pi: comparisons at equality, operations at a kink, next to which doubles are."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from adcli.arithmetic.doubles import Doubles
from adcli.arithmetic.doubles import doubles as floats
from adcli.graphs import Graph
from adcli.modes import Fault, evaluate
from adcli.ops import COMPARISONS
from adcli.problem.values import Value, _as_exact

DIGITS = 40


def as_decimals(graph: Graph, at: Mapping[str, Value], doubles: Mapping[str, float]) -> Mapping[str, Value] | None:
    """The point as it was written, a float as its shortest decimal, where that ties something which the *doubles* do
    not tie; None elsewhere. What floats tell of inputs and literals themselves, as Mod(1, 0.1), needs no such help."""
    written = {name: repr(float(value)) if isinstance(value, float) else value for name, value in at.items()}
    if all(_same(written[name], number) for name, number in doubles.items()):
        return None
    ties = _ties(graph, written)
    ties = ties and ties - _ties(graph, doubles)
    if not ties:
        return None
    seen = _ties(graph, doubles, floats())
    return written if any(tie in seen or any(graph.args[a] for a in graph.args[tie[0]]) for tie in ties) else None


def _same(value: Value, number: float) -> bool:
    """Whether a value is the double itself."""
    try:
        return Fraction(value) == Fraction(number)
    except (TypeError, ValueError, ArithmeticError):
        return False


def _ties(graph: Graph, at: Mapping[str, Value], rounding: Doubles | None = None) -> set[tuple[int, int]]:
    """The nodes where something is tied for certain, or as it seems with *rounding*, and how many arguments of a Max or
    Min are."""
    from adcli.arithmetic.ball import Undecided
    from adcli.arithmetic.balls import balls

    home: Any = rounding or balls(DIGITS)
    labels = {node: graph.labels[node] for node in graph.inputs if graph.labels[node] in at}
    try:
        tape = evaluate(graph, home, {node: _as_exact(name, at[name], home) for node, name in labels.items()})
    except Fault:
        return set()
    found: set[tuple[int, int]] = set()
    for node, op, args in tape.steps:
        numbers = [tape.values[a] for a in args]
        edge = op.kink or op.bend
        if (op in COMPARISONS or edge) and (rounding or all(home.ball(x).certain for x in numbers)):
            kinked = home.condition(op, edge) if edge else None
            try:
                if kinked(tape.values[node], *numbers) if kinked else numbers[0] == numbers[1]:
                    found.add((node, home.ties(tape.values[node], numbers) if op.variadic else 2))
            except Undecided:  # a decimal of many digits next to pi
                continue
    return found
