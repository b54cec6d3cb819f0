"""Both modes, first and second order, operation by operation."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from mpmath import mp

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.multiprecision import multiprecision
from adcli.arithmetic.rules import Arithmetic
from adcli.arithmetic.symbolic import Symbolic, transcribe
from adcli.derivatives.answers import gradient, jvp, vjp
from adcli.graphs import Graph, verify
from adcli.language import parse
from adcli.modes import evaluate, forward, reverse
from adcli.ops import Op

from . import truth
from .samples import Point, at, each_operation, points, text


def active(op: Op, point: Point) -> list[int]:
    """The positions that the operation can be differentiated by."""
    return [i for i in range(len(point)) if op.partials[0 if op.variadic else i] is not None]


@each_operation
@pytest.mark.parametrize("precision", [15, 30])
def test_forward_is_reverse_is_the_truth(op: Op, precision: int) -> None:
    """From the text, by both modes, on both kinds of numbers."""
    relative = 1e-14 if precision == 15 else 1e-28
    for point in points(op):
        names = list(at(op, point))
        wrt = [names[i] for i in active(op, point)]
        results = [
            gradient(text(op), at(op, point), wrt=wrt, mode=mode, precision=precision) for mode in ("fwd", "rev")
        ]
        with mpmath.workdps(truth.DIGITS):
            for i in active(op, point):
                expected = truth.derivative(op, i, point)
                for result in results:
                    assert abs(result.gradient[names[i]] - expected) <= relative * abs(expected), (point, result.mode)


@each_operation
def test_sweeps_in_any_direction_agree(op: Op) -> None:
    """The dot test: ȳ·(J·ẋ) = (ȳ·J)·ẋ."""
    for point in points(op, 2):
        names = list(at(op, point))
        wrt = [names[i] for i in active(op, point)]
        tangent = {name: 0.5 + k for k, name in enumerate(wrt)}
        (along,) = jvp(text(op), at(op, point), tangent, wrt=wrt, precision=30).jvp
        across = vjp(text(op), at(op, point), [3], wrt=wrt, precision=30).vjp
        assert abs(3 * along - sum(across[n] * tangent[n] for n in wrt)) <= 1e-27 * abs(along)


def derivative_program(graph: Graph, wrt: list[int]) -> Graph:
    """The gradient as a graph of its own: one reverse sweep on the numbers that write programs."""
    symbolic = Symbolic()
    tape = evaluate(graph, symbolic, transcribe(graph, symbolic))
    adjoints = reverse(tape, {graph.outputs[0]: symbolic.literal("1")}, wrt)
    entries = [adjoints[node] or symbolic.literal("0") for node in wrt]
    written = symbolic.builder.finish([entry.node for entry in entries], [f"g{i}" for i in range(len(wrt))])
    verify(written)
    return written


def hessian(op: Op, point: Point, arithmetic: Arithmetic, number: Any) -> list[list[Any]]:
    """Second derivatives by forward over reverse: forward sweeps over the derivative program."""
    graph = parse(text(op))
    names = list(at(op, point))
    wrt = [graph.names[names[i]] for i in active(op, point)]
    program = derivative_program(graph, wrt)
    inputs = program.names
    where = {inputs[name]: number(x) for name, x in at(op, point).items() if name in inputs}
    tape = evaluate(program, arithmetic, where)
    rows = []
    for i in active(op, point):
        node = inputs.get(names[i])
        tangents = forward(tape, {node: number(1.0)}) if node is not None else {}
        rows.append([(tangents[y] if node is not None else None) or number(0.0) for y in program.outputs])
    return rows


@each_operation
def test_second_order_is_right_in_doubles_and_in_mpmath(op: Op) -> None:
    """Forward over reverse, against differences of differences; the rules are differentiated by the table itself."""
    wide = multiprecision(40)
    for point in points(op, 3):
        fast = hessian(op, point, doubles(), float)
        exact = hessian(op, point, wide, wide.exactly)
        with mpmath.workdps(truth.DIGITS):
            for row, i in enumerate(active(op, point)):
                for column, j in enumerate(active(op, point)):
                    expected = truth.second_derivative(op, i, j, point)
                    scale = max(abs(expected), mp.mpf(10) ** -6)
                    assert abs(exact[row][column] - expected) <= scale * mp.mpf(10) ** -30, (point, i, j)
                    assert abs(fast[row][column] - expected) <= scale * 1e-11, (point, i, j)


def test_where_is_differentiated_in_the_branch_taken() -> None:
    """To second order too: x^2 on the right, x^3 on the left."""
    graph = parse("where(x > 0, x^2, x^3)")
    (x,) = graph.inputs
    program = derivative_program(graph, [x])
    for point, second in ((3.0, 2.0), (-2.0, -12.0)):
        tape = evaluate(program, doubles(), {program.names["x"]: point})
        assert forward(tape, {program.names["x"]: 1.0})[program.outputs[0]] == second
