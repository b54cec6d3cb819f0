"""Every engine gives what the scalar path gives."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from ops.samples import NUMERIC, far_ends, points
from programs import POINT, programs
from random_texts import expressions
from rounding import moved_by_roundings
from rows import Row, asked, by_engine, differing, each_engine, one_by_one

import adcli
from adcli.batch.engines import compiled
from adcli.batch.question import Request, build
from adcli.errors import AdcliError
from adcli.ops import Op
from adcli.problem.problem import Problem, problem

CALLED = [op for op in NUMERIC if op.arguments[0] != "n"]


def text(op: Op, names: list[str]) -> str:
    if op.symbol:
        return f"{op.symbol}{names[0]}" if len(names) == 1 else f"{names[0]} {op.symbol} {names[1]}"
    return f"{op.name}({', '.join(names)})"


@each_engine
@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_operations_in_their_intervals_and_far_out(op: Op, engine: str) -> None:
    """Values and gradients of every operation, at its domain's edges, poles, ties, and all over the doubles."""
    drawn = points(op, 12) + far_ends(op, 40)
    width = op.count
    names = ["x", "y", "z", "w"][:width]
    rows = [dict(zip(names, (*point, *point, *point)[:width], strict=True)) for point in drawn]
    base = problem(text(op, names), values=False)
    question = asked(base, "grad")
    assert not differing(by_engine(base, question, rows, engine), one_by_one(base, question, rows), rows)


HARD = (0.0, -0.0, 1.0, -1.0, 2.0, -3.0, 0.5, -0.5, -0.608, 7.0, 171.5, 500.0, 600.0, 1e-300, 1e10, 1e300, -1e300)
"""Where functions have poles, leave their domain or their range, or lose digits."""


@each_engine
@pytest.mark.parametrize("op", NUMERIC, ids=lambda op: op.name)
def test_doubt_survives_comparisons(op: Op, engine: str) -> None:
    """Where a function in a condition has no value or cannot tell it, no engine takes a branch for that."""
    names = ["a", "b", "c", "d"][: op.count]
    base = problem(f"where({text(op, names)} <= z, x^2 + 3, 7 - x)", wrt="x", values=False)
    draw = random.Random(op.name)
    rows = []
    for _ in range(60):
        row = {name: draw.choice([*HARD, draw.uniform(-4, 4), draw.uniform(0, 200)]) for name in names}
        if op.arguments[0] == "n" and draw.random() < 0.7:
            row["a"] = float(draw.randrange(4))
        rows.append({**row, "z": draw.choice([draw.uniform(-2, 3), 1e300, -1e300]), "x": draw.uniform(1, 2)})
    question = asked(base, "grad")
    assert not differing(by_engine(base, question, rows, engine), one_by_one(base, question, rows), rows)


@each_engine
@pytest.mark.parametrize("op", CALLED, ids=lambda op: op.name)
def test_second_derivatives_of_operations(op: Op, engine: str) -> None:
    """Hessians of every operation in the intervals that the table states."""
    width = op.count
    names = ["x", "y", "z", "w"][:width]
    rows = [dict(zip(names, (*point, *point, *point)[:width], strict=True)) for point in points(op, 12)]
    base = problem(text(op, names), values=False)
    question = asked(base, "hessian")
    want = one_by_one(base, question, rows)
    largest = max((abs(x) for answer in want if not isinstance(answer, str) for x in answer), default=0.0)
    assert not differing(by_engine(base, question, rows, engine), want, rows, min(largest, 10.0))


@each_engine
@pytest.mark.parametrize("what", ["eval", "grad", "jacobian", "jvp", "vjp", "hvp", "hessian"])
@settings(max_examples=25)
@given(text=programs())
def test_random_programs(text: str, what: str, engine: str) -> None:
    """Every command answers random programs row by row as it does one by one."""
    draw = random.Random(text)
    rows = [{name: value + draw.uniform(-2, 2) for name, value in POINT.items()} for _ in range(6)]
    rows.append(dict.fromkeys(POINT, 0.0))
    rows.append(dict.fromkeys(POINT, 1.0))
    base = problem(text, values=False)
    used = {name for name, _ in base.wrt}
    rows = [{name: value for name, value in row.items() if name in used} for row in rows]
    question = asked(base, what)
    want = one_by_one(base, question, rows)
    largest = [max((abs(x) for x in a), default=0.0) for a in want if not isinstance(a, str)]
    got = by_engine(base, question, rows, engine)
    assert not differing(got, want, rows, max([1.0, *largest]))


@each_engine
@settings(max_examples=60)
@given(text=expressions())
def test_random_formulas(text: str, engine: str) -> None:
    """So it is with formulas of all operations, of which many have no value in some row, and with conditions."""
    try:
        base = problem(text, values=False)
    except AdcliError:
        return
    if not base.wrt:
        return
    draw = random.Random(text)
    names = [name for name, _ in base.wrt]
    rows = [{name: draw.choice((0.7, 1.3, -0.4, 2.0, 0.0, 1.0)) for name in names} for _ in range(6)]
    question = asked(base, "grad")
    want = one_by_one(base, question, rows)
    got = by_engine(base, question, rows, engine)
    # A derivative program does without a partial whose factor is 0 by its rule: (-2)^floor(x) needs no logarithm.
    # And at a point where == holds it gives the branch's, and counts the row as one at a kink.
    done_without = ("no derivative by", "defined at this point alone")
    want = [
        a if isinstance(b, str) and any(why in b for why in done_without) else b for a, b in zip(got, want, strict=True)
    ]
    largest = [max((abs(x) for x in a), default=0.0) for a in want if not isinstance(a, str)]
    # Where terms cancel, either way of computing has lost digits: what is left is compared with the terms' size.
    assert [row for row in differing(got, want, rows, max([1.0, *largest])) if not explained(base, row)] == []


def explained(base: Problem, wrong: tuple[Row, list[float] | str, list[float] | str]) -> bool:
    """Whether roundings alone explain how far a row's numbers differ: sin(erfi(4)) magnifies them a million times."""
    row, got, want = wrong
    if isinstance(got, str) or isinstance(want, str):
        return False
    moved = moved_by_roundings(base, row, want)
    return all(abs(x - y) <= 2 * m for x, y, m in zip(got, want, moved, strict=True))


@each_engine
@pytest.mark.parametrize(
    ("formula", "row", "want"),
    [
        ("sqrt(x^2 + y^2)", {"x": 3e200, "y": 4e200}, [5e200, 0.6, 0.8]),
        ("log(1 + exp(x))", {"x": 800.0}, [800.0, 1.0]),
        ("exp(-x)*exp(x)", {"x": 760.0}, [1.0, 0.0]),
        ("1/(1 + x^2)*x", {"x": 1e200}, [1e-200, -0.0]),
        ("where(x > 0, log(x), 5*x)", {"x": -2.0}, [-10.0, 5.0]),
        ("where(x == 0, 1, sin(x)/x)", {"x": 0.0}, [1.0, 0.0]),
        ("x^3", {"x": -2.0}, [-8.0, 12.0]),
        ("Abs(x)", {"x": 0.0}, [0.0, 0.0]),
    ],
)
def test_rows_that_plain_floats_get_wrong(formula: str, row: dict[str, float], want: list[float], engine: str) -> None:
    """A number that leaves its range on the way, or a branch not taken, does not spoil a row or its neighbours."""
    base = problem(formula, values=False)
    ordinary = dict.fromkeys(row, 1.5)
    got = by_engine(base, asked(base, "grad"), [ordinary, row, ordinary], engine)
    assert got[1] == pytest.approx(want, rel=1e-13, abs=1e-300)
    assert got[0] == got[2] == pytest.approx(one_by_one(base, asked(base, "grad"), [ordinary])[0], rel=1e-13)


@each_engine
@pytest.mark.parametrize("text", ["x + y", "x*0 + y", "where(x < y, 2, 3)", "y + atan(x)"])
def test_a_number_that_is_not_finite_gives_no_result(text: str, engine: str) -> None:
    """Even where the formula would hide it."""
    base = problem(text, values=False)
    rows = [{"x": x, "y": 0.5} for x in (0.25, math.nan, math.inf, -math.inf, 0.75)]
    got = by_engine(base, asked(base, "eval"), rows, engine)
    assert got[1:4] == ["x is NaN", "x is infinite", "x is infinite"]
    assert not any(isinstance(answer, str) for answer in (got[0], got[4]))


@each_engine
def test_a_row_that_is_refused_says_why(engine: str) -> None:
    """The reason is the scalar path's, with the place where the words do not say it."""
    base = problem("log(x - 3) + 1/y", values=False)
    got = by_engine(
        base, asked(base, "grad"), [{"x": 4.0, "y": 1.0}, {"x": 2.0, "y": 1.0}, {"x": 4.0, "y": 0.0}], engine
    )
    assert got == [[1.0, 1.0, -1.0], "log is not defined at -1 (needs x > 0)", "division by zero in 1/y"]


@each_engine
@pytest.mark.parametrize("kind", ["eval", "grad", "hessian"])
@pytest.mark.parametrize(
    "text",
    [
        "log(x)^0*y",
        "Max(2^(log(x)^0), y)",
        "where(log(x)^0 > 0.5, y, 0)",
        "floor(log(x)^0) + y",
        "Max(log(x)^z, y)",
        "k^log(x) + y",
        "Min(log(x), y)",
        "where(Max(log(x), 2) > 1, y, 0)",
    ],
)
def test_what_has_no_value_has_none_as_a_power_either(text: str, kind: str, engine: str) -> None:
    """The floats' NaN^0 = 1 and 1^NaN = 1 hide nothing."""
    base = problem(text, values=False)
    rows = [{name: at[name] for name in base.graph.input_names} for at in (
        {"x": -1.0, "y": 1.5, "z": 0.0, "k": 1.0}, {"x": 2.0, "y": 1.5, "z": 1.0, "k": 1.0})]  # fmt: skip
    got = by_engine(base, asked(base, kind), rows, engine)
    assert got[0] == "log is not defined at -1 (needs x > 0)"
    assert not isinstance(got[1], str)


@each_engine
def test_a_branch_of_one_point(engine: str) -> None:
    """The second derivative of sin(x)/x, completed at 0, is -1/3 there."""
    base = problem("where(x == 0, 1, sin(x)/x)", values=False)
    question = asked(base, "hessian")
    rows = [{"x": 0.0}, {"x": 1.0}]
    got = by_engine(base, question, rows, engine)
    assert got[0] == pytest.approx([1, 0, -1 / 3])
    assert not differing(got, one_by_one(base, question, rows), rows, 1.0)


@each_engine
def test_a_row_has_the_same_bits_wherever_it_stands(engine: str) -> None:
    """In long and short columns, in one thread or several, among rows in doubt and at the end: one row, one answer."""
    base = problem("x*y + exp(x)*sin(y) - x/y + where(x > 0, log(Abs(x)), y)^3", values=False)
    kernel = build(base, Request("grad"), ["x", "y"])
    size = 30_001 if engine == "python" else 300_007
    draw = random.Random(7)
    x, y = ([draw.uniform(-2, 2) for _ in range(size)] for _ in range(2))
    for row in range(0, size, 5_000):
        x[row] = 800.0
    columns = [x, y]
    if engine != "python":
        import numpy as np

        columns = [np.array(column) for column in columns]

    def bits(start: int, stop: int, threads: int) -> list[list[str]]:
        run = compiled(engine, kernel, threads)
        outcome = run([column[start:stop] for column in columns], stop - start)
        doubtful = set(outcome.doubtful)
        return [
            [float(number).hex() for i, number in enumerate(output, start) if i - start not in doubtful]
            for output in outcome.outputs
        ]

    whole = bits(0, size, 1)
    assert bits(0, size, 3) == whole
    for start, stop in ((0, 7), (1, 1_030), (12_345, 22_348)):
        before = len(range(0, start, 5_000))
        part = bits(start, stop, 1)
        assert part == [column[start - before : start - before + len(part[0])] for column in whole]


@each_engine
def test_a_branch_of_one_point_has_the_slope_of_its_surroundings(engine: str) -> None:
    """As at a single point: where(x == 2, 4, x²) is x², and nothing follows a convention; a jump has none."""
    pytest.importorskip("numpy")
    f = adcli.compile("where(x == 2, 4, x^2)", engine=engine)
    assert list(f([1.0, 2.0, 3.0])["d_x"]) == [2, 4, 6]
    assert not f.summary.kinks
    f = adcli.compile("where(x == 2, 5, x^2) + abs(x - 3)", engine=engine)
    assert list(f([1.0, 2.0, 3.0])["d_x"]) == [1, -1, 6]
    assert [cause.count for cause in f.summary.kinks] == [1, 1]


@each_engine
def test_a_constant_without_a_value_in_a_branch_not_taken(engine: str) -> None:
    """asech(pi) has none: rows that do not take its branch are answered, the others refused."""
    base = problem("softplus(expm1(where((floor(z) > y), asech(pi), sec(y))))", values=False)
    rows = [{"z": -2.157, "y": 0.5}, {"z": 3.0, "y": 0.5}]
    for question in (Request("eval"), Request("grad"), Request("hessian")):
        assert not differing(by_engine(base, question, rows, engine), one_by_one(base, question, rows), rows)


@each_engine
@pytest.mark.parametrize("names", ["y", "x,y"])
def test_ties_beside_a_term_without_a_derivative_are_the_same_everywhere(engine: str, names: str) -> None:
    """A power of a negative number has no derivative by a moving exponent, whichever argument of Max is taken."""
    base = problem("Max(0.5, -y, y^x)", wrt=names, values=False)
    points_of = [(1, 0.5), (1, -0.5), (2, -0.5), (-1, 2), (-2, -1), (0.5, 0.25), (3, 0.7), (2, -0.75)]
    rows = [{"x": float(x), "y": float(y)} for x, y in points_of]
    question = asked(base, "grad")
    found, want = by_engine(base, question, rows, engine), one_by_one(base, question, rows)
    assert not differing(found, want, rows)
    assert [isinstance(answer, str) for answer in want] == [names == "x,y" and y < 0 for _, y in points_of]
