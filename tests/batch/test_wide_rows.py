"""Rows in which floats leave their range on the way to an ordinary number are computed together."""

from __future__ import annotations

import math

import pytest

np = pytest.importorskip("numpy")

import adcli  # noqa: E402  # NumPy may be missing
from adcli.batch import scalar  # noqa: E402
from adcli.batch.engines import ENGINES, installed  # noqa: E402

CASES = [
    ("log(1 + exp(x))", 750, 5000, 5e3),
    ("sqrt(x^2 + y^2)", 1e160, 1e200, 1e200),
    ("exp(-x)*exp(-x)*1e300*1e300", 380, 420, 1e-9),
    ("tanh(3*tanh(3*x)) + 1/(1 + exp(x))", 100, 900, 1e-9),
    ("x^40/y^39", 1e9, 1e12, 1e10),
    ("where(x > 800, x*exp(x)/exp(x - 1), hypot(x^90, y)/x^89)", 700, 900, 1e3),
    ("Max(exp(x), y)/exp(x)*x", 710, 3000, 1e3),
]
"""Programs, the interval of x, the largest y."""

wide = pytest.mark.skipif(
    np.finfo(np.longdouble).maxexp <= np.finfo(float).maxexp, reason="no numbers have a wider range here"
)


@wide
@pytest.mark.parametrize("engine", [name for name in ENGINES if installed(name)])
@pytest.mark.parametrize(("text", "low", "high", "most"), CASES)
def test_rows_are_what_they_are_one_by_one(engine, text, low, high, most, monkeypatch) -> None:
    """To the last places, and none of them takes the scalar path."""
    draw = np.random.default_rng(7)
    x, y = draw.uniform(low, high, 64), draw.uniform(most / 2, most, 64)
    truths = [adcli.gradient(f"{text} + 0*y", {"x": float(a), "y": float(b)}) for a, b in zip(x, y, strict=True)]
    found = adcli.compile(f"{text} + 0*y", engine=engine)

    def alone(*args: object) -> list[float]:
        raise AssertionError("computed alone")

    monkeypatch.setattr(scalar.Rows, "answer", alone)
    rows = found(x=x, y=y)
    for i, truth in enumerate(truths):
        said = [rows["value"][i], rows["d_x"][i], rows["d_y"][i]]
        assert said == pytest.approx([truth.value, truth.gradient["x"], truth.gradient["y"]], rel=1e-13, abs=1e-300)


@wide
@pytest.mark.parametrize("engine", [name for name in ENGINES if installed(name)])
def test_what_is_beyond_doubles_stays_an_error(engine) -> None:
    """And what has no value has none."""
    found = adcli.compile("exp(x)*log(800 - x)", engine=engine)
    rows = found(x=np.linspace(700, 810, 100))
    finite = [i for i, x in enumerate(np.linspace(700, 810, 100)) if x < 708]
    assert [i for i in range(100) if math.isfinite(rows["value"][i])] == finite
    assert sum(cause.count for cause in found.summary.failures) == 100 - len(finite)
