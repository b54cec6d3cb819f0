"""Propagation of uncertainty: the examples of the GUM (JCGM 100:2008) and of its Supplement 1 (JCGM 101:2008)."""

from __future__ import annotations

import math
from statistics import mean, stdev
from typing import Any

import mpmath
import pytest

from adcli.errors import AdcliError
from adcli.problem.problem import problem
from adcli.problem.uncertain import parted
from adcli.results import Notice
from adcli.studies.uncertainty.propagation import uncertainty
from adcli.studies.uncertainty.quantiles import coverage_factor

GAUGE = "ls + d - ls*(da*th + as*dth)"
LENGTHS = {
    "ls": "50000623(25) dof 18",
    "d": "215±9.7 dof 25.6",
    "da": "0±0.58e-6 dof 50",
    "as": "11.5e-6±1.2e-6",
    "th": "-0.1±0.41",
    "dth": "0±0.029 dof 2",
}


def test_the_end_gauge_of_gum_h1() -> None:
    """l = 50 000 838 nm, u = 32 nm, 16 degrees of freedom, U₉₉ = 93 nm."""
    found = uncertainty(GAUGE, LENGTHS, coverage=0.99)
    assert found.values[0] == pytest.approx(50000838, abs=0.5)
    assert found.u[0] == pytest.approx(31.7, abs=0.05)
    assert math.floor(found.dof[0]) == 16
    assert found.expanded.k[0] == pytest.approx(2.92, abs=0.005)
    assert found.expanded.U[0] == pytest.approx(93, abs=0.5)
    (notice,) = found.warnings[:1] or [Notice("", "")]
    assert notice.kind != "order", "7 % are no reason for a warning"


def test_second_order_makes_32_nm_of_the_end_gauge_34_nm() -> None:
    """GUM H.1.7."""
    assert uncertainty(GAUGE, LENGTHS, order=2).u[0] == pytest.approx(34, abs=0.5)


VOLTS = (5.007, 4.994, 5.005, 4.990, 4.999)
AMPERES = (19.663e-3, 19.639e-3, 19.640e-3, 19.685e-3, 19.678e-3)
RADIANS = (1.0456, 1.0438, 1.0468, 1.0428, 1.0433)
IMPEDANCE = "R=V*cos(phi)/I; X=V*sin(phi)/I; Z=V/I; R, X, Z"


def test_the_impedance_of_gum_h2_both_ways() -> None:
    """From means and their correlations, and from the five observations one by one: tables H.3 and H.4."""
    series = {"V": VOLTS, "I": AMPERES, "phi": RADIANS}
    at = {name: f"{mean(x)!r}±{stdev(x) / 5**0.5!r}" for name, x in series.items()}

    def r(a: Any, b: Any) -> float:
        across = sum((x - mean(a)) * (y - mean(b)) for x, y in zip(a, b, strict=True)) / 4
        return across / stdev(a) / stdev(b)

    corr = {f"{a}:{b}": r(series[a], series[b]) for a, b in (("V", "I"), ("V", "phi"), ("I", "phi"))}
    found = uncertainty(IMPEDANCE, at, corr=corr)
    assert found.values == pytest.approx((127.732, 219.847, 254.260), abs=0.0005)
    assert found.u == pytest.approx((0.071, 0.295, 0.236), abs=0.0006)
    assert found.correlation[0][1] == pytest.approx(-0.588, abs=0.001)
    assert found.correlation[0][2] == pytest.approx(-0.485, abs=0.001)
    assert found.correlation[1][2] == pytest.approx(0.993, abs=0.0005)
    each = [v * math.cos(phi) / i for v, i, phi in zip(VOLTS, AMPERES, RADIANS, strict=True)]
    assert (mean(each), stdev(each) / 5**0.5) == pytest.approx((found.values[0], found.u[0]), rel=1e-2)


def test_the_thermometer_of_gum_h3() -> None:
    """The correction at 30 °C from a fitted line is -0.1494 °C with u = 0.0041 °C."""
    at = {"y1": "-0.1712±0.0029 dof 9", "y2": "0.00218±0.00067 dof 9", "t": 30}
    found = uncertainty("y1 + y2*(t - 20)", at, corr={"y1:y2": -0.930})
    assert (found.values[0], found.u[0]) == pytest.approx((-0.1494, 0.0041), abs=5e-5)
    assert [notice.kind for notice in found.warnings] == ["dof"]


def test_the_mean_of_ten_days_of_gum_h5() -> None:
    """Ten daily means with 57 µV each: 18 µV, and 9 degrees of freedom of each scatter make 90 of the mean."""
    found = uncertainty("Sum(V[i], (i, 1, 10))/10", {"V": ["10.000097±57e-6 dof 9"] * 10})
    assert found.u[0] == pytest.approx(18e-6, abs=0.5e-6)
    assert found.dof[0] == pytest.approx(90)


@pytest.mark.parametrize(
    ("shapes", "u", "interval"),
    [
        (["0±1"] * 4, 2.00, 3.92),
        (["0±sqrt(3) uniform"] * 4, 2.00, 3.88),
        ([*["0±sqrt(3) uniform"] * 3, "0±10*sqrt(3) uniform"], 10.1, 17.0),
    ],
)
def test_the_additive_model_of_jcgm_101_9_2(shapes: list[str], u: float, interval: float) -> None:
    """Monte Carlo has the published standard uncertainties and 95 % intervals; first order the same u."""
    found = uncertainty("x[1]+x[2]+x[3]+x[4]", {"x": shapes}, draws=50_000)
    witness = found.monte_carlo
    assert witness is not None
    assert found.u[0] == pytest.approx(u, abs=0.06)
    assert witness.u[0] == pytest.approx(found.u[0], abs=4 * witness.u_error[0])
    assert witness.interval[0] == pytest.approx((-interval, interval), rel=0.02)
    assert witness.agrees(0, found.values[0], found.u[0])


MASS = "(m + dm)*(1 + (a - 1.2)*(1/w - 1/r)) - 100000"
MASSES = {
    "m": "100000±0.050",
    "dm": "1.234±0.020",
    "a": "1.20±0.10 uniform",
    "w": "8000±1000 uniform",
    "r": "8000±50 uniform",
}


def test_the_mass_calibration_of_jcgm_101_9_3() -> None:
    """Table 5: 0.0539 mg to first order, 0.0750 to second, 0.0754 by Monte Carlo; and a warning."""
    first = uncertainty(MASS, MASSES, draws=40_000)
    second = uncertainty(MASS, MASSES, order=2)
    assert first.values[0] == pytest.approx(1.2340, abs=1e-4)
    assert first.u[0] == pytest.approx(0.0539, abs=1e-4)
    assert second.u[0] == pytest.approx(0.0750, abs=2e-4)
    assert first.monte_carlo is not None
    assert first.monte_carlo.u[0] == pytest.approx(0.0754, abs=1e-3)
    assert first.monte_carlo.interval[0] == pytest.approx((1.0834, 1.3825), abs=5e-3)
    assert not first.monte_carlo.agrees(0, first.values[0], first.u[0])
    assert "first order is not enough" in first.warnings[0].message
    assert "first order is not enough" in second.warnings[0].message


@pytest.mark.parametrize(
    ("x", "r", "mean", "first", "u"),
    [
        (0, 0, 50, 0, 50),
        (0.010, 0, 150, 100, 112),
        (0.050, 0, 2550, 500, 502),
        (0, 0.9, 50, 0, 67),
        (0.010, 0.9, 150, 100, 121),
        (0.050, 0.9, 2550, 500, 505),
    ],
)
def test_the_comparison_loss_of_jcgm_101_9_4(x: float, r: float, mean: float, first: float, u: float) -> None:
    """Tables 6 and 7, in 10⁻⁶: the analytic mean and standard deviation are those of second order and Monte Carlo."""
    at, corr = {"x1": f"{x}±0.005", "x2": "0±0.005"}, {"x1:x2": r}
    assert uncertainty("x1^2 + x2^2", at, corr=corr).u[0] == pytest.approx(first * 1e-6, abs=1e-9)
    second = uncertainty("x1^2 + x2^2", at, corr=corr, order=2, draws=20_000)
    assert second.mean is not None
    assert second.mean[0] == pytest.approx(mean * 1e-6, abs=0.5e-6)
    assert second.u[0] == pytest.approx(u * 1e-6, abs=0.5e-6)
    assert second.monte_carlo is not None
    assert second.monte_carlo.agrees(0, second.mean[0], second.u[0])


@pytest.mark.parametrize("shape", ["normal", "uniform", "triangular", "arcsine"])
def test_second_order_knows_the_fourth_moment_of_each_distribution(shape: str) -> None:
    """The standard deviation of x² at 0 is that of Monte Carlo, and exact."""
    kurtosis = {"normal": 3, "uniform": 9 / 5, "triangular": 12 / 5, "arcsine": 3 / 2}[shape]
    width = {"normal": 1, "uniform": 3**0.5, "triangular": 6**0.5, "arcsine": 2**0.5}[shape]
    found = uncertainty("x^2", {"x": f"0±{width!r} {shape}"}, order=2, draws=20_000)
    assert found.u[0] == pytest.approx((kurtosis - 1) ** 0.5, rel=1e-12)
    assert found.monte_carlo is not None
    assert found.monte_carlo.u[0] == pytest.approx(found.u[0], abs=5 * found.monte_carlo.u_error[0])


def test_a_linear_model_is_exact() -> None:
    """For any coefficients and correlations, u² = cᵀ·Σ·c, and second order changes nothing."""
    covariance = [[0.04, 0.01, 0.0], [0.01, 0.09, -0.02], [0.0, -0.02, 0.25]]
    c = (2.0, -3.0, 0.5)
    truth = sum(c[i] * covariance[i][j] * c[j] for i in range(3) for j in range(3)) ** 0.5
    for order in (1, 2):
        found = uncertainty("2*x[1]-3*x[2]+x[3]/2", {"x": [1, 2, 3]}, cov={"x": covariance}, order=order)
        assert found.u[0] == pytest.approx(truth, rel=1e-14)
    assert sum(part.share for part in found.budget["y"].values()) == pytest.approx(100)


def test_what_is_fully_correlated_cancels_entirely() -> None:
    """a - b with a correlation of 1 is certain, to the last bit, and has no correlation with anything."""
    found = uncertainty(["a - b", "a + b"], {"a": "5±0.1", "b": "3±0.1"}, corr={"a:b": 1})
    assert found.u == (0, pytest.approx(0.2))
    assert found.correlation[0] == (None, None)


def test_a_budget_says_where_uncertainty_comes_from() -> None:
    """Sensitivities, contributions, shares that add up, elasticities; sorted by share."""
    found = uncertainty("a*b/c", {"a": "2±0.02", "b": "3±0.06", "c": "4±0.12"})
    budget = found.budget["y"]
    assert list(budget) == ["c", "b", "a"]
    assert budget["b"].sensitivity == pytest.approx(0.5)
    assert budget["b"].contribution == pytest.approx(0.03)
    assert [part.share for part in budget.values()] == pytest.approx([900 / 14, 400 / 14, 100 / 14])
    assert [part.elasticity for part in budget.values()] == pytest.approx([-1, 1, 1])


def test_digits_are_as_many_as_asked_for() -> None:
    """u of a + b with 1 and 1 is the square root of 2."""
    found = uncertainty("a+b", {"a": "1±1", "b": "1±1"}, precision=40)
    with mpmath.workdps(60):
        assert abs(found.u[0] - mpmath.sqrt(2)) < mpmath.mpf(10) ** -39


@pytest.mark.parametrize(
    ("coverage", "dof", "k"),
    [
        (0.95, math.inf, 1.959963984540054),
        (0.95, 10, 2.228138851964939),
        (0.99, 16, 2.920781622425142),
        (0.6827, 1, math.tan(math.pi / 2 * 0.6827)),
        (0.95, 4.9, 2.7764451),
        (0.95, 200, 1.9718962),
    ],
)
def test_coverage_factors_are_students(coverage: float, dof: float, k: float) -> None:
    """Those of tables; degrees of freedom are cut to whole ones (GUM G.4.1)."""
    assert coverage_factor(coverage, dof) == pytest.approx(k, rel=1e-6)


def test_draws_that_have_no_value_are_counted() -> None:
    """Half of the normal distribution has no logarithm."""
    found = uncertainty("log(x)", {"x": "1±1"}, draws=2_000)
    assert found.monte_carlo is not None
    assert 250 < found.monte_carlo.failed < 400


def test_the_second_order_is_not_offered_where_it_leads_away_from_monte_carlo() -> None:
    """Of sqrt(x) at 0.1±0.2 draws below 0 have no value: what is left spreads less than either order says."""
    (notice,) = uncertainty("sqrt(x)", {"x": "0.1±0.2"}, draws=20_000).warnings
    assert "no expansion is enough" in notice.message
    assert "0.16 by Monte Carlo" in notice.message
    (notice,) = uncertainty("x1^2 + x2^2", {"x1": "0.01±0.005", "x2": "0±0.005"}, draws=20_000).warnings
    assert "to second order the uncertainty of y is 0.00011" in notice.message


def test_the_same_seed_draws_the_same() -> None:
    """And another seed other numbers."""
    first, again, other = (uncertainty("x^2", {"x": "1±1"}, draws=500, seed=seed).monte_carlo for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"corr": {"a:b": 1.5}}, "1.5"),
        ({"corr": {"a:z": 0.5}}, "z"),
        ({"corr": {"a:a": 0.5}}, "itself"),
        ({"corr": {"a": 0.5}}, "two inputs"),
        ({"corr": {"a:b": 0.9, "b:c": 0.9, "a:c": -0.9}}, "positive semidefinite"),
        ({"corr": {"a:b": 0.1, "b:a": 0.2}}, "two correlations"),
        ({"dof": {"a": -1}}, "positive"),
        ({"dof": {"z": 1}}, "z"),
        ({"order": 3}, "order"),
        ({"coverage": 1.0}, "coverage"),
        ({"draws": 3}, "draws"),
        ({"cov": {"a": [[1, 2], [3, 4]]}}, "a[1]"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], said: str) -> None:
    """With the exit code of usage, and what is wrong."""
    with pytest.raises(AdcliError, match=said.replace("[", r"\[")) as caught:
        uncertainty("a+b+c", {"a": "1±1", "b": "1±1", "c": "1±1"}, **options)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[1, 2], [2, 1]], "larger than the variances"),
        ([[1, 0.5], [0.4, 1]], "differ"),
        ([[-1, 0], [0, 1]], "negative"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], "no value"),
        ([[1]], "1 × 1"),
        ([[1, 2]], "square"),
    ],
)
def test_what_is_no_covariance_matrix_is_refused(matrix: Any, said: str) -> None:
    """Not symmetric, not positive, not of the vector's size."""
    with pytest.raises(AdcliError, match=said):
        uncertainty("x[1]*x[2]", {"x": [1, 2]}, cov={"x": matrix})


def test_nothing_uncertain_is_no_question() -> None:
    """The hint shows how uncertainties are written."""
    with pytest.raises(AdcliError, match="no input has an uncertainty"):
        uncertainty("x^2", {"x": 2})
    plain, uncertain = parted({"x": "2(1)"})
    assert plain == {"x": "2"}
    assert uncertainty(problem("x^2", plain), uncertain=uncertain).u[0] == 4


def test_a_value_of_json_may_stand_behind_its_name() -> None:
    """As in a file; its numbers keep their text."""
    found = uncertainty("a + b", {"a": '{"value": 5, "u": 0.3}', "b": '{"value": 1.10, "u": 0.4, "dof": 8}'})
    assert (found.values, found.u) == ((6.1,), (0.5,))
    assert found.dof[0] == pytest.approx(8 * 0.5**4 / 0.4**4)
    with pytest.raises(AdcliError, match="no object of JSON"):
        uncertainty("a", {"a": '{"value": 5, "u"}'})
    with pytest.raises(AdcliError, match="has an uncertainty"):
        problem("a", {"a": '{"value": 5, "u": 0.3}'})


def test_at_a_kink_derivatives_are_said_to_tell_no_uncertainty() -> None:
    """|a| of a normal a about 0 has the uncertainty √(1 - 2/π), and not 0; beside the kink nothing is said."""
    alone = uncertainty("abs(a)", {"a": "0±1"})
    assert alone.u == (0,)
    assert "at a kink no uncertainty from derivatives is worth anything: Monte Carlo" in alone.warnings[0].message
    drawn = uncertainty("abs(a)", {"a": "0±1"}, draws=10_000)
    assert drawn.monte_carlo is not None
    assert float(drawn.monte_carlo.u[0]) == pytest.approx(math.sqrt(1 - 2 / math.pi), rel=0.03)
    assert f"that of y is {float(drawn.monte_carlo.u[0]):.2g}" in drawn.warnings[0].message
    assert uncertainty("abs(a)", {"a": "9±1"}).warnings == ()
