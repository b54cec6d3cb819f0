"""`adcli.compile` makes a function of arrays."""

from __future__ import annotations

from collections.abc import Mapping

import mpmath
import pytest
from rows import each_engine

import adcli
from adcli.errors import AdcliError

np = pytest.importorskip("numpy")


@each_engine
def test_arrays_are_broadcast(engine: str) -> None:
    """The result has the arguments' common shape."""
    f = adcli.compile("x^2*y", engine=engine)
    found = f(np.array([[1.0], [2.0]]), [3.0, 4.0])
    assert found["d_x"].tolist() == [[6, 8], [12, 16]]
    assert found["d_y"].tolist() == [[1, 1], [4, 4]]


@each_engine
def test_rows_without_a_result_are_nan(engine: str) -> None:
    """The summary says why."""
    f = adcli.compile("log(x)", engine=engine)
    found = f(np.array([1.0, -1.0]))
    assert found["value"][0] == 0
    assert np.isnan(found["d_x"][1])
    assert f.summary is not None
    assert f.summary.failed == 1
    assert "log is not defined" in f.summary.failures[0].message


def test_results_are_kept() -> None:
    """A second call does not change what the first returned."""
    f = adcli.compile("x^2")
    first = f(np.array([1.0, 2.0]))
    f(np.array([5.0, 6.0]))
    assert first["value"].tolist() == [1, 4]


def test_arguments_are_checked() -> None:
    """Each input is given once."""
    f = adcli.compile("x*y", at={"y": 2})
    assert f.inputs == ("x",)
    with pytest.raises(AdcliError):
        f(1.0, 2.0)
    with pytest.raises(AdcliError):
        adcli.compile("x", what="slope")
    with pytest.raises(AdcliError, match="no engine is called 'fortran'"):
        adcli.compile("x", engine="fortran")
    with pytest.raises(AdcliError, match="complex"):
        f(1j)


@each_engine
def test_a_constant_is_a_function_too(engine: str) -> None:
    """It has no arguments, and a value."""
    assert adcli.compile("3", what="value", engine=engine)()["value"] == 3


def line(text: str, at: Mapping[str, float], along: Mapping[str, float], order: int) -> mpmath.mpf:
    """The derivative of a sum of the outputs along a line, by mpmath's own differences at 50 digits."""
    with mpmath.workdps(50):
        names = {"sin": mpmath.sin, "exp": mpmath.exp, "log": mpmath.log}

        def f(h: mpmath.mpf) -> mpmath.mpf:
            moved = {name: mpmath.mpf(x) + h * mpmath.mpf(along.get(name, 0)) for name, x in at.items()}
            return eval(text.replace("^", "**"), names, moved)

        return mpmath.diff(f, 0, order)


OUTPUTS = ("x*sin(y) + exp(x*z)", "log(x + y^2)*z")
ROWS = {"x": [0.5, 1.25, 2.0], "y": [-1.5, 0.25, 3.0], "z": [1.0, -0.5, 0.125]}
WHERE = [dict(zip(ROWS, row, strict=True)) for row in zip(*ROWS.values(), strict=True)]
ALONG = {"x": 1.5, "z": -2.0}


@each_engine
def test_products_with_a_tangent_are_derivatives_along_it(engine: str) -> None:
    """J·ẋ for each row, by mpmath's differences along ẋ; a component that is left out is 0."""
    f = adcli.compile("; ".join(OUTPUTS), what="jvp", tangent=ALONG, engine=engine)
    found = f(**ROWS)
    assert f.names == ("y1", "y2", "jvp_y1", "jvp_y2")
    for name, text in zip(("y1", "y2"), OUTPUTS, strict=True):
        truth = [float(line(text, at, ALONG, 1)) for at in WHERE]
        assert found[f"jvp_{name}"] == pytest.approx(truth, rel=1e-14)
        assert found[name] == pytest.approx([float(line(text, at, {}, 0)) for at in WHERE], rel=1e-14)


@each_engine
def test_products_with_a_cotangent_are_gradients_of_the_weighted_sum(engine: str) -> None:
    """ȳᵀ·J for each row and input, by mpmath's differences along the inputs."""
    f = adcli.compile("; ".join(OUTPUTS), what="vjp", cotangent=[3, -0.5], engine=engine)
    found = f(*ROWS.values())
    for name in ROWS:
        truth = [float(3 * line(OUTPUTS[0], at, {name: 1}, 1) - line(OUTPUTS[1], at, {name: 1}, 1) / 2) for at in WHERE]
        assert found[f"vjp_{name}"] == pytest.approx(truth, rel=1e-14)


@each_engine
def test_products_of_the_hessian_with_a_vector_are_differences_of_second_derivatives(engine: str) -> None:
    """H·v by polarisation: eᵢᵀHv = ((v + eᵢ)ᵀH(v + eᵢ) - (v - eᵢ)ᵀH(v - eᵢ))/4, each by mpmath's differences."""
    text = OUTPUTS[0]
    f = adcli.compile(text, what="hvp", vector=ALONG, engine=engine)
    found = f(**ROWS)
    for name in ROWS:
        plus, minus = ({**ALONG, name: ALONG.get(name, 0.0) + sign} for sign in (1, -1))
        truth = [float((line(text, at, plus, 2) - line(text, at, minus, 2)) / 4) for at in WHERE]
        assert found[f"hvp_{name}"] == pytest.approx(truth, rel=1e-13, abs=1e-15)


def test_products_need_a_direction() -> None:
    """Several inputs need a tangent or a vector, several outputs a cotangent; one does not."""
    for what in ("jvp", "hvp"):
        with pytest.raises(AdcliError, match="has 2 components"):
            adcli.compile("x*y", what=what)
    with pytest.raises(AdcliError, match="cotangent"):
        adcli.compile("x; x^2", what="vjp")
    with pytest.raises(AdcliError, match="names q"):
        adcli.compile("x*y", what="jvp", tangent={"q": 1})
    assert adcli.compile("x^3", what="jvp", engine="python")(2.0)["jvp"] == 12
    assert adcli.compile("x^3", what="hvp", engine="python")(2.0)["hvp_x"] == 12
