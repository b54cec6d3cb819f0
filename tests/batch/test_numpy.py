"""What the engine on NumPy's arrays relies on."""

from __future__ import annotations

import itertools
import math

import mpmath
import pytest
from ops.samples import NUMERIC, far_ends, points

np = pytest.importorskip("numpy")
pytest.importorskip("scipy")

from adcli.batch.engines import compiled  # noqa: E402  # what follows needs NumPy
from adcli.batch.engines.tables import PARTS, erf  # noqa: E402
from adcli.batch.engines.vectors import JOINT, vector  # noqa: E402
from adcli.batch.partials import NAMED  # noqa: E402
from adcli.batch.question import Request, build  # noqa: E402
from adcli.ops import TABLE, Op  # noqa: E402
from adcli.problem.problem import problem  # noqa: E402

EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 1e-320, -1e-320, 1e-300, 710.0, -746.0, 1e300, 1e308, -1e308)


@pytest.mark.parametrize("op", [op for op in NUMERIC if not op.conditions], ids=lambda op: op.name)
def test_status_flags_tell_of_results_out_of_range(op: Op) -> None:
    """Functions that are said to tell do so at domains' edges and far out, in short arrays and longer ones."""
    width = op.count
    routine = vector(op, width)
    if not routine.tells:
        return
    drawn = [(*point, *point, *point)[:width] for point in points(op, 12) + far_ends(op, 40)]
    for point, size in itertools.product([*itertools.product(EDGES, repeat=width), *drawn], (1, 9)):
        flags: list[str] = []
        out = np.empty(size)
        with np.errstate(all="call", call=lambda what, _, flags=flags: flags.append(what)):
            routine.function(*(np.full(size, x) for x in point), out, *(np.empty(size) for _ in range(routine.scratch)))
        vanished = op.underflows and all(point) and not out.all()
        assert flags or (np.isfinite(out).all() and not vanished), point


def error(x: object) -> object:
    """The error function by the table."""
    given = np.array(x)
    out = np.empty_like(given)
    erf(given, out, *(np.empty_like(given) for _ in range(4)))
    return out


@pytest.mark.parametrize("size", [1e-300, 1e-8, 1e-4, 1e-3, 0.1, 1.0, 6.5])
def test_the_error_function_is_right_to_the_last_places(size: float) -> None:
    """Between and on the points of its table, on either side of 0."""
    draw = np.random.default_rng(1)
    x = np.concatenate([draw.uniform(-size, size, 1000), (draw.integers(-26_000, 26_000, 1000) + 0.5) / PARTS])
    with mpmath.workdps(50):
        want = [mpmath.erf(float(v)) for v in x]
        worst = max(abs(mpmath.mpf(float(y)) - w) / math.ulp(w) for y, w in zip(error(x), want, strict=True))
    assert worst < 3


def test_the_error_function_far_out() -> None:
    """It is 1 with the argument's sign, and 0 at 0."""
    far = [6.0, 7.5, 1e10, 3.3e12, 5e12, 1e13, 2.0**52, 1e150]
    assert error(far).tolist() == [1.0] * len(far)
    assert error([-x for x in far]).tolist() == [-1.0] * len(far)
    assert error([0.0, -0.0]).tolist() == [0.0, 0.0]


def test_the_error_function_brings_its_slope() -> None:
    """On the table and far beyond it; Abramowitz & Stegun 7.1.19: the slope is 2/√π·exp(-x²)."""
    draw = np.random.default_rng(3)
    x = np.concatenate([draw.uniform(-6.5, 6.5, 2000), 10 ** draw.uniform(-300, 1.4, 200), [0.0, 6.0, -6.0, -25.0]])
    values, slopes = np.empty_like(x), np.empty_like(x)
    joint = JOINT[TABLE["erf"], NAMED["erf_prime"]]
    joint.function(x, values, slopes, *(np.empty_like(x) for _ in range(joint.scratch)))
    assert values.tolist() == pytest.approx([math.erf(v) for v in x], rel=1e-15)
    with mpmath.workdps(50):
        want = [2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-(mpmath.mpf(float(v)) ** 2)) for v in x]
        assert max(abs(mpmath.mpf(float(y)) / w - 1) for y, w in zip(slopes, want, strict=True)) < 1e-15


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_sines_and_cosines_are_right_to_thirteen_digits(name: str) -> None:
    """Next to their zeros and far out too, each alone and both together."""
    draw = np.random.default_rng(2)
    zeros = draw.integers(-1000, 1000, 500) * (np.pi / 2)
    x = np.concatenate([draw.uniform(-7, 7, 2000), draw.uniform(-1e8, 1e8, 500), zeros, np.nextafter(zeros, np.inf)])
    x = x[x != 0]
    found = []
    routine = vector(TABLE[name], 1)
    alone = np.empty_like(x)
    routine.function(x, alone, *(np.empty_like(x) for _ in range(routine.scratch)))
    found.append(alone)
    for joint in [joint for (first, _), joint in JOINT.items() if first is TABLE["sin"]]:
        both = [np.empty_like(x) for _ in range(2)]
        joint.function(x, *both, *(np.empty_like(x) for _ in range(joint.scratch)))
        found.append(both[name == "cos"])
    with mpmath.workdps(50):
        want = [getattr(mpmath, name)(float(v)) for v in x]
        for values in found:
            assert max(abs(mpmath.mpf(float(y)) / w - 1) for y, w in zip(values, want, strict=True)) < 1e-13


@pytest.mark.parametrize("count", [0, 1, 7, 16_384, 16_385, 100_001])
def test_any_number_of_rows(count: int) -> None:
    """Blocks are equally long but for the last; a call with fewer rows than the one before answers for those alone."""
    base = problem("where(x > 0, x*y, sin(x) + cos(x)) + Abs(y)", values=False)
    kernel = build(base, Request("grad"), ["x", "y"])
    for threads in (1, 2):
        run = compiled("numpy", kernel, threads)
        x, y = np.linspace(-2, 3, count), np.zeros(count)
        for rows in (count, count // 2):
            outcome = run([x[:rows], y[:rows]], rows)
            part = x[:rows]
            assert np.allclose(outcome.outputs[0], np.where(part > 0, 0.0, np.sin(part) + np.cos(part)), 1e-14, 1e-14)
            assert [len(rows) for rows in outcome.outputs] == [len(part)] * len(kernel.outputs)
            held = sorted(len(rows) for rows in outcome.kinks)
            assert held == sorted([int((part == 0).sum()), rows])


def test_rows_in_doubt_are_found_in_every_block() -> None:
    """Where something overflowed or has no value, and nowhere else."""
    base = problem("log(x) + exp(y)", values=False)
    run = compiled("numpy", build(base, Request("grad"), ["x", "y"]), 2)
    x, y = np.ones(100_000), np.ones(100_000)
    wrong = [0, 5, 16_383, 16_384, 50_000, 99_999]
    x[wrong[::2]] = -1.0
    y[wrong[1::2]] = 1000.0
    outcome = run([x, y], len(x))
    assert outcome.doubtful == wrong
    x[:], y[:] = 1.0, 1.0
    assert outcome.outputs[0][1] == pytest.approx(np.e)
    assert run([x, y], len(x)).doubtful == []
