"""The engine llvm: machine code that gives the scalar path's numbers, and knows the rows where it does not."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

import mpmath
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from ops.samples import NUMERIC, Point, at, boundaries, far_ends, points, ranges, text
from programs import POINT, programs

from adcli.arithmetic.doubles import doubles
from adcli.batch.kernel import Kernel, Step
from adcli.batch.question import Request, build
from adcli.cli import main
from adcli.derivatives.answers import gradient
from adcli.errors import AdcliError
from adcli.ops import ADD, MUL, TABLE, Op
from adcli.problem.problem import problem

np = pytest.importorskip("numpy")
pytest.importorskip("llvmlite")

from adcli.batch.engines import Declined  # noqa: E402
from adcli.batch.engines import llvm as engine  # noqa: E402

WIDTHS = sorted({engine.machine(most).width for most in (2, 4, 8)})
"""The widths of vectors that this processor has."""
LACKING = {"erfi", "erfinv", "digamma", "polygamma", "polygamma_step", "sinc_derivative", "LambertW", "LambertW_onset"}
LACKING |= {op.name for op in NUMERIC if op.matrix}
"""Operations that the C library does not have."""

each_width = pytest.mark.parametrize("width", WIDTHS)


def kernel_of(expression: str, names: Sequence[str], what: str = "grad", at: float = 0.5) -> Kernel:
    """The kernel of an expression whose variables are all columns."""
    return build(problem(expression, dict.fromkeys(names, at)), Request(what), list(names))


def run(kernel: Kernel, rows: Sequence[Sequence[float]], width: int = 8, threads: int = 1) -> Any:
    """What the engine finds for rows of numbers."""
    columns = [np.array([row[i] for row in rows], dtype=float) for i in range(len(kernel.columns))]
    return engine.compile(kernel, threads, on=engine.machine(width))(columns, len(rows))


def agree(got: float, truth: float, tolerance: float = 1e-13) -> bool:
    """Whether two doubles agree, relatively."""
    return bool(abs(got - truth) <= tolerance * abs(truth))


def everywhere(op: Op) -> list[Point]:
    """Ordinary points of an operation, points all over the doubles, and those where domains may end."""
    count = len(ranges(op))
    far = [p for p in far_ends(op) if len(p) == count]
    return [*points(op, 50), *far, *((b,) * count for b in boundaries())]


def scalar(function: Callable[[], Sequence[float]]) -> Sequence[float] | None:
    """Numbers of the scalar path; None where it has none."""
    try:
        found = function()
    except (ArithmeticError, ValueError):
        return None
    return found if all(map(math.isfinite, found)) else None


def check(op: Op, what: str, width: int, truth: Callable[[Point], Sequence[float]]) -> None:
    """Each row agrees with the scalar path or is in doubt; the ordinary ones are not, those without a value are."""
    names = list(at(op, points(op, 1)[0]))
    program = engine.compile(kernel_of(text(op), names, what), on=engine.machine(width))
    rows = everywhere(op)
    together = program([np.array(column) for column in zip(*rows, strict=True)], len(rows))
    found = [list(numbers) for numbers in zip(*together.outputs, strict=True)]
    doubtful = set(together.doubtful)
    for number, (row, got) in enumerate(zip(rows, found, strict=True)):
        expected = scalar(lambda row=row: truth(row))  # type: ignore[misc]
        if op.domain and not doubles().condition(op, op.domain)(None, *row):
            expected = None
        # Alone, a row is found out only if the processor raises a flag for it.
        alone = program([np.array([x]) for x in row], 1)
        if expected is None:
            assert number in doubtful, (row, got)
            assert alone.doubtful == [0], row
        elif number not in doubtful:
            assert all(map(agree, got, expected)), (row, got, expected)
            assert not alone.doubtful
        elif not alone.doubtful:  # a flag is more exact than the careful program, which goes by size
            assert all(agree(a[0], b) for a, b in zip(alone.outputs, expected, strict=True)), row
    if op.name != "logaddexp":  # whose terms may cancel
        assert all(number >= 50 for number in doubtful)


@each_width
@pytest.mark.parametrize("op", [op for op in NUMERIC if op.name not in LACKING], ids=lambda op: op.name)
def test_values_are_the_scalar_paths_or_in_doubt(op: Op, width: int) -> None:
    """On all of the doubles, to 1e-13; whatever is outside the domain is in doubt, however it looks."""
    check(op, "eval", width, lambda row: [doubles().value(op)(*row)])


@pytest.mark.parametrize(
    "op",
    [op for op in NUMERIC if op.name not in LACKING | {"gamma", "loggamma", "beta", "sinc"}],
    ids=lambda op: op.name,
)
def test_gradients_are_the_scalar_paths_or_in_doubt(op: Op) -> None:
    """The same for the partial derivatives."""

    def truth(row: Point) -> Sequence[float]:
        value = doubles().value(op)(*row)
        return [value, *(doubles().partial_at(op, i, value, row) for i in range(len(row)))]

    check(op, "grad", 8, truth)


@pytest.mark.parametrize("name", sorted(name for name in LACKING if not TABLE[name].variadic))
def test_a_kernel_with_an_operation_that_nobody_has_is_declined(name: str) -> None:
    """With the operation's name."""
    op = TABLE[name]
    for expression in (text(op), f"{text(op)} + log(0)"):
        with pytest.raises(Declined, match=f"no function for {name}$"):
            engine.compile(kernel_of(expression, op.arguments, "eval", 1.0))


@settings(max_examples=40, deadline=None)
@given(programs(12), st.integers(0, 2**32))
def test_random_programs_have_the_gradients_of_the_scalar_path(program: str, seed: int) -> None:
    """Row by row, unless the row is in doubt."""
    names = list(POINT)
    draw = random.Random(seed)
    rows = [[draw.uniform(-2, 2) for _ in names] for _ in range(11)]
    found = run(build(problem(program, POINT, allow_unused=True), Request("grad"), names), rows)
    for number, row in enumerate(rows):
        if number in found.doubtful:
            continue
        truth = gradient(program, dict(zip(names, row, strict=True)), allow_unused=True)
        size = 1 + max(map(abs, row)) ** 8
        for got, expected in zip(found.outputs, [truth.value, *truth.gradient.values()], strict=True):
            assert got[number] == pytest.approx(expected, rel=1e-11, abs=1e-13 * size)


@each_width
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("count", [0, 1, "width - 1", "width", "width + 1", 1023, 1024, 1025, 10_007, 200_003])
def test_every_row_is_answered_whatever_their_number(count: int | str, threads: int, width: int) -> None:
    """By vectors and by what is left over, in one thread and in several."""
    rows = {"width - 1": width - 1, "width": width, "width + 1": width + 1}.get(str(count), count)
    assert isinstance(rows, int)
    x, y = np.linspace(0.5, 3, rows), np.linspace(-1, 7, rows)
    program = engine.compile(kernel_of("ln(x)*y", ["x", "y"]), threads, on=engine.machine(width))
    found = program([x, y], rows)
    assert [len(column) for column in found.outputs] == [rows] * 3
    for got, truth in zip(found.outputs, [np.log(x) * y, y / x, np.log(x)], strict=True):
        np.testing.assert_allclose(got, truth, rtol=1e-14)
    assert found.doubtful == []


def test_a_kernel_runs_again_with_more_and_with_fewer_rows() -> None:
    """Nothing of a call is left for the next one."""
    program = engine.compile(kernel_of("sqrt(x)", ["x"]))
    assert program([np.array([-1.0, 4.0])], 2).doubtful == [0]
    many = program([np.full(5000, 4.0)], 5000)
    assert many.doubtful == []
    assert set(many.outputs[0].tolist()) == {2.0}
    assert program([np.array([9.0, -1.0, 16.0])], 3).doubtful == [1]
    few = program([np.array([9.0])], 1)
    assert (few.doubtful, few.outputs[0].tolist()) == ([], [3.0])


@each_width
@pytest.mark.parametrize("count", [8, 1024, 1027, 70_001])
def test_results_past_the_cache_are_the_same(count: int, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large results of light kernels are written by another program: same numbers, same rows in doubt."""
    kernel = kernel_of("a*b + c/d - e*f + g*h", list("abcdefgh"))
    columns = [np.random.default_rng(i).uniform(1, 2, count) for i in range(8)]
    columns[3][[0, count // 2, count - 1]] = 0.0
    plain = engine.compile(kernel, 2, on=engine.machine(width))(columns, count)
    monkeypatch.setattr(engine, "STREAMED", 0)
    program = engine.compile(kernel, 2, on=engine.machine(width))
    streamed = program(columns, count)
    assert program._streaming is not None
    assert streamed.doubtful == plain.doubtful == [0, count // 2, count - 1]
    good = np.delete(np.arange(count), plain.doubtful)
    for a, b in zip(plain.outputs, streamed.outputs, strict=True):
        np.testing.assert_array_equal(a[good], b[good])


@pytest.mark.parametrize(
    ("expression", "x"),
    [
        ("1/log(x)", 0.0),  # log is -∞ there, the result -0
        ("atan(1/x)", 0.0),
        ("x/(x*x)", 1e200),  # x² overflows
        ("x*x/x", 1e-200),  # x² underflows
        ("1/exp(x)", 800.0),
        ("exp(-x)*exp(x)", 800.0),
        ("sign(log(x))", -1.0),
        ("where(log(x) > 0, 1, 2)", -1.0),
        ("where(log(x) == 0, 1, 2)", -1.0),
        ("Max(log(x), 1)", -1.0),
        ("floor(sqrt(x))", -0.5),
        ("tanh(cosh(x))", 1000.0),
        ("1/gamma(x)", -1.0),
        ("where(atan2(x, 0*x) == 0, 1, 2)", 0.0),
        ("sign(loggamma(x))", -0.5),
        ("x^0.5*0", -1.0),
        ("x + log(0)", 1.0),  # of constants alone
        ("x + where(log(-1) > 0, 1, 2)", 1.0),
        ("Piecewise((x, x < 1))", 2.0),
        ("where(Piecewise((x, x < 1)) == 2, 1, 2)", 2.0),
    ],
)
@each_width
def test_what_goes_wrong_on_the_way_is_doubted_though_the_result_looks_fine(
    expression: str, x: float, width: int
) -> None:
    """Only that row, wherever it stands."""
    kernel = kernel_of(expression, ["x"], "eval")
    assert run(kernel, [[x]], width).doubtful == [0]
    if "log(0)" in expression or "log(-1)" in expression:
        return
    for place in (0, 5, 1500, 2099):
        rows = [[0.75]] * 2100
        rows[place] = [x]
        assert run(kernel, rows, width).doubtful == [place]


@pytest.mark.parametrize(
    ("expression", "x", "value"),
    [
        ("where(x > 0, log(x), 3)", -1.0, 3.0),
        ("where(x != 0, sin(x)/x, 1)", 0.0, 1.0),
        ("where(x > 0, where(x < 1, 1, sqrt(x - 1)), 7)", 0.5, 1.0),
        ("Piecewise((1/x, x > 0), (5, True))", 0.0, 5.0),
        ("where(x > 0 and log(x) > 1, 1, 2)", -1.0, 2.0),
        ("sigmoid(x)", 800.0, 1.0),
        ("softplus(x)", 800.0, 800.0),
        ("tanh(x)", 1e300, 1.0),
    ],
)
@each_width
def test_a_branch_not_taken_is_of_no_account(expression: str, x: float, value: float, width: int) -> None:
    """What overflows or has no value there does not matter."""
    rows = [[0.75]] * 2100
    rows[1500] = [x]
    found = run(kernel_of(expression, ["x"], "eval"), rows, width)
    assert found.doubtful == []
    assert found.outputs[0][1500] == value


def test_kinks_are_the_rows_where_a_derivative_follows_a_convention() -> None:
    """Of each operation that has one."""
    kernel = kernel_of("Abs(x) + Max(y, 1) + where(x < y, x, y)", ["x", "y"])
    rows = [[0.5, 2.0] for _ in range(3000)]
    rows[7], rows[1500], rows[2999] = [0.0, 2.0], [0.5, 1.0], [3.0, 3.0]
    found = run(kernel, rows)
    assert found.doubtful == []
    assert sorted(map(list, found.kinks)) == [[7], [1500], [2999]]
    assert [float(column[1500]) for column in found.outputs] == [2.0, 2.0, 0.5]


def test_outputs_may_be_columns_constants_and_the_same_value_twice() -> None:
    """As a linear formula's derivatives are."""
    found = run(kernel_of("3*x + y*z", ["x", "y", "z"]), [[1.0, 2.0, 5.0], [-1.0, -0.0, 4.0]])
    assert [column.tolist() for column in found.outputs] == [[13.0, -3.0], [3.0, 3.0], [5.0, 4.0], [2.0, 0.0]]
    twice = run(kernel_of("sin(x) + sin(y)*0 + x", ["x", "y"], "eval"), [[0.0, 1.0]])
    assert math.copysign(1, twice.outputs[0][0]) == 1
    same = run(build(problem(["sin(x)", "sin(x)"], {"x": 1}), Request("eval"), ["x"]), [[1.0]])
    assert [column.tolist() for column in same.outputs] == [[math.sin(1)]] * 2


@pytest.mark.parametrize("exponent", [0.5, 1.5, 2.5, -0.5, -3.5, 31.5, 3, -7, 0.3, 100])
def test_constant_exponents_are_right(exponent: float) -> None:
    """Whole ones, halves, and others; also of numbers that have no square root."""
    rows = [[x] for x in (0.25, 1.0, 1.7, 3.0, 0.0, -2.0)]
    found = run(kernel_of(f"x^({exponent})", ["x"]), rows)
    for number, (x,) in enumerate(rows):
        try:
            truth = gradient(f"x^({exponent})", {"x": x})
        except AdcliError:
            assert number in found.doubtful
        else:
            assert number not in found.doubtful
            assert agree(found.outputs[0][number], truth.value)
            assert agree(found.outputs[1][number], truth.gradient["x"])


def test_quotients_are_exact_where_they_are_compared_or_rounded() -> None:
    """49·(1/49) is less than 1."""
    rows = [[float(i), float(i)] for i in range(1, 200)]
    found = run(kernel_of("floor(x/y) + x/y + 1/y", ["x", "y"], "eval"), rows)
    assert [a - 1 / y for a, (_, y) in zip(found.outputs[0], rows, strict=True)] == pytest.approx([2.0] * 199)


def chain(length: int, names: int = 7) -> Kernel:
    """A kernel of so many steps, each on values near and far before it."""
    draw = random.Random(length)
    first = names + 1
    steps = []
    for value in range(first, first + length):
        near, far = draw.randrange(max(0, value - 9), value), draw.randrange(value)
        op = draw.choice((ADD, MUL, TABLE["sin"], TABLE["Max"]))
        args = (near, names) if op is MUL else (near, far)
        steps.append(Step(op, args[: len(op.arguments)] if not op.variadic else args))
    outputs = [first + length - 1 - i for i in range(3)]
    return Kernel(
        columns=[f"x{i}" for i in range(names)],
        constants=[0.4],
        steps=steps,
        outputs=outputs,
        names=["a", "b", "c"],
        values=3,
    )


@pytest.mark.parametrize("length", [900, 1100, 8000])
@each_width
def test_a_kernel_in_parts_is_the_kernel(length: int, width: int) -> None:
    """What waits in scratch memory is what was put there; also in the careful program."""
    kernel = chain(length)
    draw = np.random.default_rng(length)
    columns = [draw.uniform(-1, 1, 1500) for _ in kernel.columns]
    values: list[Any] = [*columns, *(np.full(1500, c) for c in kernel.constants)]
    functions = {ADD: np.add, MUL: np.multiply, TABLE["sin"]: np.sin, TABLE["Max"]: np.maximum}
    for op, args in kernel.steps:
        values.append(functions[op](*[values[a] for a in args]))
    columns[0][17] = math.nan
    program = engine.compile(kernel, on=engine.machine(width))
    found = program(columns, 1500)
    for got, output in zip(found.outputs, kernel.outputs, strict=True):
        others = np.arange(1500) != 17
        np.testing.assert_allclose(got[others], values[output][others], rtol=1e-9, atol=1e-9)
    assert set(found.doubtful) <= {17}


def test_conditions_wait_in_scratch_memory_too() -> None:
    """Truth values come about in one part and are needed in another."""
    lines = [f"c{i} = where(x > {i}, x - {i}, {i} - x)" for i in range(400)]
    total = " + ".join(f"c{i}^2*c{(i * 7) % 400}" for i in range(400))
    program = "\n".join([*lines, total])
    kernel = kernel_of(program, ["x"])
    rows = [[i + 0.5] for i in range(0, 400, 13)]
    found = run(kernel, rows)
    for number, (x,) in enumerate(rows):
        truth = gradient(program, {"x": x})
        assert agree(found.outputs[0][number], truth.value, 1e-12)
        assert agree(found.outputs[1][number], truth.gradient["x"], 1e-9)


def test_without_vector_mathematics_functions_are_called_number_by_number() -> None:
    """And without status flags everything is computed carefully."""
    kernel = kernel_of("exp(sin(x)*log(y)) + hypot(x, y)^1.5", ["x", "y"])
    rows = [[0.3 * i, 0.1 + i] for i in range(37)]
    rows.append([1.0, -1.0])
    truth = run(kernel, rows)
    plain = engine.machine()
    for on in (plain._replace(letter=""), plain._replace(letter="", flags=False), plain._replace(flags=False)):
        columns = [np.array([row[i] for row in rows]) for i in range(2)]
        found = engine.compile(kernel, on=on)(columns, len(rows))
        assert found.doubtful == truth.doubtful == [37]
        for got, expected in zip(found.outputs, truth.outputs, strict=True):
            np.testing.assert_allclose(got[:37], expected[:37], rtol=1e-13)


@each_width
@pytest.mark.parametrize("fused", sorted({False, engine.machine().fused}))
def test_the_error_function_and_its_slope_are_looked_up(width: int, fused: bool) -> None:
    """Where the slope, 2/√π·exp(-x²), is a normal number; beyond, the function itself is 1 or -1."""
    draw = random.Random(6)
    rows = [draw.uniform(-1, 1) * draw.choice((1e-9, 1e-3, 1, 7, 25)) for _ in range(500)]
    beyond = [26.5, -27.0, 1e9, -1e300]
    columns = [np.array([*rows, *beyond])]
    on = engine.machine(width)._replace(fused=fused)
    values = engine.compile(kernel_of("erf(x)", ["x"], "eval"), on=on)(columns, len(columns[0]))
    assert values.doubtful == []
    assert values.outputs[0][len(rows) :].tolist() == [1.0, -1.0, 1.0, -1.0]
    found = engine.compile(kernel_of("erf(x)", ["x"]), on=on)(columns, len(columns[0]))
    assert found.doubtful == [len(rows) + i for i in range(len(beyond))]
    with mpmath.workdps(40):
        for x, value, slope in zip(rows, *found.outputs, strict=False):
            truth = 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(mpmath.mpf(x) ** 2))
            assert agree(value, float(mpmath.erf(x)), 5e-16)
            assert agree(slope, float(truth), 5e-16)


def test_numbers_are_never_flushed_to_zero() -> None:
    """Neither by the engine nor, after it, by anybody."""
    found = run(kernel_of("x + 0", ["x"], "eval"), [[5e-324], [1e-310]])
    assert found.outputs[0].tolist() == [5e-324, 1e-310]
    run(kernel_of("x*x", ["x"]), [[1e-200]] * 3000)
    assert 5e-324 * float(np.float64(3.0)) == 1.5e-323
    assert (np.array([5e-324]) * 3.0)[0] == 1.5e-323


def test_what_the_engine_lacks_is_computed_by_another(tmp_path: Any) -> None:
    """The summary says which, and why."""
    (tmp_path / "rows.csv").write_text("x\n0.5\n", encoding="utf-8")
    words = ["grad", "erfinv(x)", "--data", str(tmp_path / "rows.csv"), "--engine", "llvm"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0
    number = float(done.stdout.splitlines()[1].split(",")[2])
    assert number == pytest.approx(float(mpmath.diff(mpmath.erfinv, 0.5)), rel=1e-12)
    assert "engine numpy" in done.stderr
    assert "the engine llvm has no function for erfinv" in done.stderr
