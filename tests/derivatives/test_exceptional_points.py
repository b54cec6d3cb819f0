"""Where a rule divides by zero and its exception speaks, every derivative is the function's; where the derivative has a
bend, that is said."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mpmath import mp
from ops.truth import derivative, second_derivative, value

from adcli.cli import main
from adcli.derivatives.answers import gradient, hessian, hvp
from adcli.derivatives.taylor import taylor
from adcli.errors import KinkError
from adcli.ops import TABLE, Op
from adcli.studies.estimates import uncertainty

POINTS = {
    "Shi": [(0.0,)],
    "dilog": [(0.0,)],
    "polylog": [(3.0, 0.0), (0.5, 0.0), (-1.0, 0.0)],
    "elliptic_einc": [(1.0, 0.0), (-0.5, 0.0), (2.5, 0.0)],
    "elliptic_f": [(1.0, 0.0), (-0.5, 0.0), (2.5, 0.0)],
    "elliptic_pi": [(0.0, 0.5), (0.5, 0.5), (0.0, 0.0), (-1.5, -1.5)],
}
CASES = [(TABLE[name], point) for name, points in POINTS.items() for point in points]
each_case = pytest.mark.parametrize(("op", "point"), CASES, ids=[f"{op.name}{point}" for op, point in CASES])


def test_no_exception_is_forgotten() -> None:
    """Each row with a value at a point where its rule has none is tested here, unless that is a convention's 0;
    those of inner rows are with the rows whose derivatives they are."""
    excepted = {
        op.name
        for op in TABLE.values()
        if not op.inner
        for position, text in enumerate(op.exceptions)
        if text and text.rpartition(":")[2].strip() != "0" and not op.onward[position : position + 1]
    }
    assert excepted == set(POINTS)


def asked(op: Op, point: tuple[float, ...]) -> tuple[str, dict[str, float], list[int]]:
    """The operation as a formula, the point by name, and the positions that it is differentiated by."""
    moving = [i for i, rule in enumerate(op.partials) if rule is not None]
    called = ", ".join(name if i in moving else repr(point[i]) for i, name in enumerate(op.arguments))
    return f"{op.name}({called})", {op.arguments[i]: point[i] for i in moving}, moving


@each_case
@pytest.mark.parametrize("options", [{}, {"precision": 30}], ids=["floats", "30 digits"])
def test_derivatives_of_both_orders(op: Op, point: tuple[float, ...], options: dict[str, Any]) -> None:
    """Gradient, Hessian, and H·v are those of mpmath's differences."""
    text, at, moving = asked(op, point)
    near = 1e-28 if options else 1e-14
    with mp.workdps(60):
        slopes = [derivative(op, i, point) for i in moving]
        truth = [[second_derivative(op, i, j, point) for j in moving] for i in moving]
    found, curved = gradient(text, at, **options), hessian(text, at, **options)
    assert found.warnings == curved.warnings == ()
    top = max(abs(x) for row in truth for x in row)
    for place, slope in enumerate(slopes):
        for number in (list(found.gradient.values())[place], list(curved.gradient.values())[place]):
            assert abs(number - slope) <= near * abs(slope)
        for got, right in zip(curved.hessian[place], truth[place], strict=True):
            assert abs(got - right) <= near * top
    along = hvp(text, at, dict.fromkeys(at, 1), **options).hvp
    with mp.workdps(60):
        for number, row in zip(along.values(), truth, strict=True):
            assert abs(number - mp.fsum(row)) <= 4 * near * top


@each_case
def test_taylor_series(op: Op, point: tuple[float, ...]) -> None:
    """Up to the fourth order, along each argument."""
    text, at, moving = asked(op, point)
    for i in moving:
        with mp.workdps(80):
            truth = [value(op, *point)] + [derivative(op, i, point, k) / math.factorial(k) for k in range(1, 5)]
        found = taylor(text, at, order=4, var=op.arguments[i]).coefficients
        assert found == pytest.approx([float(x) for x in truth], rel=1e-13, abs=1e-14)


@each_case
def test_what_is_proven_holds(op: Op, point: tuple[float, ...]) -> None:
    """Under --certify the truth lies between the bounds, or nothing is said to be proven."""
    pytest.importorskip("flint")
    text, at, moving = asked(op, point)
    where = ",".join(f"{name}={number!r}" for name, number in at.items())
    run = CliRunner().invoke(main, ["hessian", text, "--at", where, "--certify", "--format", "json"])
    if run.exit_code == 3:
        return
    found = json.loads(run.output)["certified"]
    with mp.workdps(60):
        truth = [[second_derivative(op, i, j, point) for j in moving] for i in moving]
    for lows, rights, highs in zip(found["lower"]["hessian"], truth, found["upper"]["hessian"], strict=True):
        for low, right, high in zip(lows, rights, highs, strict=True):
            assert low - 1e-30 <= right <= high + 1e-30


BENT = [
    ("elu(x)", 0, {1, 0}),
    ("elu(x - 0.1 - 0.2)", 0.3, {1, 0}),
    ("celu(x, 2)", 0, {0.5, 0}),
    ("huber(1, x)", 1, {1, 0}),
    ("huber(0.1, x)", -0.1, {1, 0}),
    ("smoothstep(0, 1, x)", 0, {6, 0}),
    ("smoothstep(0, 1, x)", 1, {-6, 0}),
    ("selu(x)", 0, set()),
    ("hardtanh(x)", 1, set()),
    ("clamp(x, -1, 1)", -1, set()),
    ("relu(x)^2", 0, {2, 0}),
    ("where(x > 0, x, exp(x) - 1)", 0, {1, 0}),
]


@pytest.mark.parametrize(("text", "x", "sides"), BENT)
def test_bends_are_said(text: str, x: float, sides: set[float]) -> None:
    """A second derivative that jumps gets a warning with both sides, an error under --kinks error, and no proof."""
    for found in (hessian(text, {"x": x}), hvp(text, {"x": x}), taylor(text, {"x": x}, order=3)):
        (notice,) = [notice for notice in found.warnings if notice.kind == "kink"]
        if sides:
            said = notice.message.rpartition("differ: ")[2].split(" and ")
            assert {float(side) for side in said} == sides
    for compute in (hessian, hvp, taylor):
        with pytest.raises(KinkError):
            compute(text, {"x": x}, kinks="error")
    if pytest.importorskip("flint"):
        run = CliRunner().invoke(main, ["hessian", text, "--at", f"x={x}", "--certify"])
        assert run.exit_code == 3


@pytest.mark.parametrize(("text", "x"), [("elu(x)", 0), ("huber(1, x)", 1), ("smoothstep(0, 1, x)", 0)])
def test_a_bend_is_none_of_the_first_derivative(text: str, x: float) -> None:
    """Which exists there: nothing is said of it, in any order of series below the second."""
    assert gradient(text, {"x": x}, kinks="error").warnings == ()
    assert taylor(text, {"x": x}, order=1).warnings == ()


def test_a_bend_that_vanishes() -> None:
    """Squared, elu has one second derivative at 0 on both sides: 2."""
    found = hessian("elu(x)^2", {"x": 0})
    assert found.hessian == ((2.0,),)
    assert [notice.kind for notice in found.warnings] == ["limit"]


def test_rows_whose_rules_branch_say_where() -> None:
    """A row whose rule chooses between pieces states a kink or a bend where these meet."""
    for op in TABLE.values():
        if any(rule and rule.startswith("where(") for rule in op.partials) and not op.conditions:
            assert op.kink or op.bend, op.name
        assert not op.bend or op.around, op.name


@pytest.mark.parametrize("command", ["hessian", "taylor"])
def test_a_limit_is_no_proof(command: str) -> None:
    """sqrt(x^4) is x^2, but what only expansions tell is not certified."""
    pytest.importorskip("flint")
    run = CliRunner().invoke(main, [command, "sqrt(x^4)", "--at", "x=0", "--certify"])
    assert run.exit_code == 3


@pytest.mark.parametrize("formula", ["Max(x, 0.1, x)", "Min(x, 0.1, x)", "amax([x, x, 0.1])", "Max(0.1, x, x)"])
def test_ties_with_decimals_are_those_written(formula: str) -> None:
    """Three tie at 0.1, whichever side the double is on: two thirds, with a warning, as of 0.5."""
    found = gradient(formula, {"x": 0.1})
    assert found.gradient["x"] == pytest.approx(2 / 3)
    assert [notice.kind for notice in found.warnings] == ["kink"]
    with pytest.raises(KinkError):
        gradient(formula, {"x": 0.1}, kinks="error")


@pytest.mark.parametrize("formula", ["Max(x, 0.1, y)", "Min(x, 0.1, y)", "Max(x, y, 0.1)"])
def test_two_inputs_and_a_decimal_tie(formula: str) -> None:
    """A third each, as Max and Min of the same."""
    found = gradient(formula, {"x": 0.1, "y": 0.1})
    assert list(found.gradient.values()) == pytest.approx([1 / 3, 1 / 3])


def test_bends_of_the_second_order_of_uncertainties() -> None:
    """Expected values and uncertainties rest on the second derivative: where it jumps, that is said."""
    found = uncertainty("elu(x)", {"x": "0±0.1"}, order=2)
    assert "kink" in [notice.kind for notice in found.warnings]
    assert "kink" not in [notice.kind for notice in uncertainty("elu(x)", {"x": "0±0.1"}, order=1).warnings]


def test_bends_in_rows(tmp_path: Path) -> None:
    """Of the rows of a file, those at a bend are counted, for second derivatives alone."""
    rows = tmp_path / "rows.csv"
    rows.write_text("x\n0\n1\n-1\n")
    run = CliRunner().invoke(main, ["hessian", "elu(x)", "--data", str(rows)])
    assert "1 row: the derivative of elu(x) follows a convention" in run.stderr
    assert not CliRunner().invoke(main, ["grad", "elu(x)", "--data", str(rows)]).stderr.count("convention")
