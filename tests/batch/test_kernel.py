"""Kernels are straight programs in which nothing is computed twice, or that no row needs."""

from __future__ import annotations

import pytest
from rows import each_engine

from adcli.batch.engines import compiled
from adcli.batch.kernel import Kernel
from adcli.batch.question import Request, build
from adcli.problem.problem import problem


def kernel(text: str, columns: str, what: str = "grad", **at: float) -> Kernel:
    asked = problem(text, at, wrt=columns.split(), values=False)
    return build(asked, Request(what), columns.split())


def test_what_depends_on_no_column_is_computed_once() -> None:
    """exp(2) and sin(a) are constants of the kernel."""
    found = kernel("x*exp(2)*sin(a)", "x", a=3.0)
    assert {op.name for op, _ in found.steps} == {"mul"}


def test_small_whole_powers_are_products() -> None:
    """x^5 needs no logarithm, and one multiplication less than it has factors."""
    found = kernel("x^5", "x", "eval")
    assert [op.name for op, _ in found.steps] == ["mul"] * 3


def test_a_second_derivative_is_asked_for_once() -> None:
    """Of a Hessian the upper triangle is computed."""
    assert kernel("x*y", "x y", "hessian").names == ("value", "d_x", "d_y", "h_x_x", "h_x_y", "h_y_y")


@pytest.mark.parametrize("in_place", [True, False])
def test_buffers_are_not_shared_by_values_in_use(in_place: bool) -> None:
    """No step writes into the buffer of a value that is still needed."""
    found = kernel("sin(x)*cos(y) + Max(x, y)^3*exp(x*y)/where(x > y, x, y)", "x y", "hessian")
    slots, _, _ = found.slots(lambda op: in_place)
    last = found.last_uses()
    for i in range(len(found.steps)):
        for j in range(i):
            if slots[i] == slots[j] and found.boolean[found.first + i] == found.boolean[found.first + j]:
                needed_until = last[found.first + j]
                assert needed_until <= i if in_place else needed_until < i


@each_engine
def test_kinks_are_found(engine: str) -> None:
    """A hidden output holds in the rows that stand at a kink, if the branch with the kink is taken."""
    found = kernel("where(y > 0, Abs(x), x)", "x y")
    run = compiled(engine, found)
    columns: list[object] = [[0.0, 1.0, 0.0], [1.0, 1.0, -1.0]]
    if engine != "python":
        import numpy as np

        columns = [np.array(column) for column in columns]
    by_place = dict(zip([found.places[i] for i in range(len(found.kinks))], run(columns, 3).kinks, strict=True))
    assert list(by_place[13, 19]) == [0]


def test_a_choice_is_no_kink_where_it_is_compared() -> None:
    """x == Max(x, y) holds all around where x is larger: only the tie, which is the Max's own, is a kink."""
    text = "m = Max(x, y); where(x == m, 2*x, y)"
    found = kernel(text, "x y")
    assert [text[slice(*place)] for place in found.places] == ["Max(x, y)"]


@each_engine
def test_a_long_program(engine: str) -> None:
    """Twenty thousand steps are no problem."""
    text = "; ".join(["a = x", *["a = sin(a) + x"] * 5000, "a"])
    found = kernel(text, "x", "eval")
    columns: list[object] = [[0.25, 0.5]]
    if engine != "python":
        import numpy as np

        columns = [np.array([0.25, 0.5])]
    outcome = compiled(engine, found)(columns, 2)
    assert list(outcome.doubtful) == []
