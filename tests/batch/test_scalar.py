"""What is told at once of a row outside a domain is what the scalar path says of it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from ops.samples import NUMERIC, points
from programs import POINT, programs
from random_texts import expressions
from rows import asked

from adcli.arithmetic import enclosures as module
from adcli.arithmetic.enclosures import OWN, Unsure, enclosures
from adcli.arithmetic.multiprecision import multiprecision
from adcli.batch.scalar import Rows
from adcli.errors import AdcliError, DomainError
from adcli.modes import Fault, evaluate
from adcli.ops import Op
from adcli.problem.problem import problem

BOUNDED = [op for op in NUMERIC if op in OWN or op.slope or op.monotone or op.value or hasattr(module, op.name)]

CORNERS = (0.0, 1.0, -1.0, 2.0, 0.5, -0.4, 0.1, 3.0, -2.0, 1e-9, 7e5, -1e200, 5e-324)
"""Numbers at the edges of domains, and numbers that are exact where others are not."""


@settings(max_examples=200)
@given(text=expressions())
def test_refusals_are_the_scalar_paths(text: str) -> None:
    """The same sentence, about the same place."""
    try:
        base = problem(text, values=False)
    except AdcliError:
        return
    names = [name for name, _ in base.wrt]
    question = asked(base, "grad") if names else asked(base, "eval")
    rows = Rows(base, question, names)
    draw = random.Random(text)
    for _ in range(8):
        row = [draw.choice((*CORNERS, draw.uniform(-2, 2))) for _ in names]
        told = rows.outside(row)
        if told is not None:
            with pytest.raises(DomainError) as caught:
                rows.answer(row)
            assert told == (caught.value.message, caught.value.span)


@settings(max_examples=200)
@given(text=programs())
def test_bounds_of_error_hold(text: str) -> None:
    """Every value that doubles find is as near to that of mpmath with 60 digits as its bound says."""
    base = problem(text, values=False)
    wide = multiprecision(60)
    draw = random.Random(text)
    for _ in range(4):
        point = {name: value + draw.uniform(-2, 2) for name, value in POINT.items()}
        nodes = {node: point[base.graph.labels[node]] for node in base.graph.inputs}
        try:
            near = evaluate(base.graph, enclosures(), {node: (x, 0.0) for node, x in nodes.items()})
        except Fault:
            continue
        true = evaluate(base.graph, wide, {node: wide.exactly(x) for node, x in nodes.items()})
        for found, want in zip(near.values, true.values, strict=True):
            if isinstance(found, tuple):
                assert abs(wide.exactly(found[0]) - want) <= found[1]


@pytest.mark.parametrize("text", ["log(x*y - z)", "1/(x*y - z)", "sqrt(x*y - z)", "where(x*y < z, 1, log(0))"])
def test_where_rounding_decides_nothing_is_told(text: str) -> None:
    """0.1·0.3 in doubles is not the product of the two doubles."""
    base = problem(text, values=False)
    rows = Rows(base, asked(base, "eval"), ["x", "y", "z"])
    assert rows.outside([0.1, 0.3, 0.1 * 0.3]) is None


@pytest.mark.parametrize("op", BOUNDED, ids=lambda op: op.name)
def test_bounds_of_error_hold_where_arguments_are_off(op: Op) -> None:
    """The value for any argument within its bound is within the result's."""
    wide = multiprecision(60)
    draw = random.Random(op.name)
    told = 0
    for point in points(op, 60):
        bounds = [abs(x) * 10.0 ** draw.uniform(-17, -1) for x in point]
        try:
            number, bound = enclosures().value(op)(*zip(point, bounds, strict=True))
        except (ArithmeticError, ValueError):
            continue
        told += 1
        for _ in range(4):
            off = [wide.exactly(x) + draw.uniform(-1, 1) * wide.exactly(b) for x, b in zip(point, bounds, strict=True)]
            assert abs(wide.value(op)(*off) - wide.exactly(number)) <= bound
    assert told > 5 or op.value  # a text may be made of what is not bounded


@pytest.mark.parametrize(
    ("text", "row"),
    [("log(x*y - z)", (2.0, 3.0, 6.0)), ("1/(x*y - z)", (2.0, 3.0, 6.0)), ("sqrt(x - y*z)", (0.1, 1.0, 2.0))],
)
def test_whole_numbers_are_exact(text: str, row: tuple[float, ...]) -> None:
    """And what is clearly outside is so with others."""
    base = problem(text, values=False)
    assert Rows(base, asked(base, "eval"), ["x", "y", "z"]).outside(row) is not None


def test_what_is_not_bounded_is_left_to_more_digits() -> None:
    """Sums beyond the doubles, and functions without a bound."""
    for text in ("x*x*x", "gamma(x)"):
        base = problem(text, values=False)
        with pytest.raises(Fault) as caught:
            evaluate(base.graph, enclosures(), {base.graph.inputs[0]: (1e200, 0.0)})
        assert isinstance(caught.value.cause, Unsure)
