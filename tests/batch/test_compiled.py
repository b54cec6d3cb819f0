"""`adcli.compile` makes a function of arrays."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

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


@each_engine
def test_a_compiled_function_is_pickled(engine: str) -> None:
    """And its forms for scipy.optimize; on the other side it is compiled again."""
    f = adcli.compile("x*sin(y) + Max(x, y)", what="hessian", engine=engine, kinks="error")
    again = pickle.loads(pickle.dumps(f))
    rows = [1.0, 2.0, -1.0], [0.5, 2.0, 3.0]
    for name, column in f(*rows).items():
        assert np.array_equal(column, again(*rows)[name], equal_nan=True)
    assert again.summary.failed == f.summary.failed == 1
    assert pickle.loads(pickle.dumps(f.jac))([1.0, 0.5]).tolist() == f.jac([1.0, 0.5]).tolist()


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
@each_engine
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_compiled_function_survives_a_fork(engine: str) -> None:
    """A child of the process calls the function that its parent compiled, with threads too."""
    f = adcli.compile("x*sin(y)", engine=engine, threads=2)
    x = np.linspace(0.1, 3, 20_000)
    before = f(x, x)["d_y"]
    ours, theirs = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=lambda: theirs.send(f(x, x)["d_y"]))
    child.start()
    try:
        assert ours.poll(60)
        assert np.array_equal(ours.recv(), before)
    finally:
        child.join(10)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
@each_engine
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_compiles_while_its_parent_does(engine: str) -> None:
    """A process that is forked while a thread is busy compiling finds no lock held."""
    over = threading.Event()

    def compile(factor: int) -> object:
        return adcli.compile(f"sin({factor}*x)*exp(x)/{factor} + log(x)", engine=engine)(2.0)["d_x"]

    def busy() -> None:
        factor = 1
        while not over.is_set():
            compile(factor := factor + 1)

    compile(1)  # everything is imported
    other = threading.Thread(target=busy)
    other.start()
    try:
        for _ in range(3):
            ours, theirs = multiprocessing.Pipe(duplex=False)
            child = multiprocessing.get_context("fork").Process(target=lambda to=theirs: to.send(compile(-1)))
            child.start()
            assert ours.poll(60)
            child.join(10)
    finally:
        over.set()
        other.join()


IMPORTING = """
import os, threading, time
import adcli

def compiled(text):
    return adcli.compile(text, engine="numpy")(2.0)["d_x"]

other = threading.Thread(target=compiled, args=("sin(x)",))
other.start()
while other.is_alive():
    time.sleep(0.02)
    child = os.fork()
    if not child:
        os._exit(compiled("x^2") != 4)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")
def test_a_child_compiles_while_its_parent_imports() -> None:
    """A process that is forked while a thread is loading modules finds none of them half there."""
    pytest.importorskip("scipy")
    subprocess.run([sys.executable, "-W", "ignore", "-c", IMPORTING], check=True, timeout=120)


@each_engine
def test_arguments_have_one_order_everywhere(engine: str) -> None:
    """Of first appearance, elements of one name by their index; flat vectors and derivatives likewise."""
    text = "b*x[2] + x[1]^2*a"
    f = adcli.compile(text, engine=engine)
    assert f.inputs == ("b", "x[1]", "x[2]", "a")
    assert f.names[1:] == tuple(f"d_{name}" for name in f.inputs)
    assert f.jac([2.0, 3.0, 5.0, 7.0]).tolist() == [5, 42, 2, 9]
    assert f(2.0, 3.0, 5.0, 7.0)["value"] == f.fun([2.0, 3.0, 5.0, 7.0]) == 73
    assert adcli.derive(text).inputs == f.inputs
    assert [name for name, _ in adcli.gradient(text, {"b": 2, "x": [3, 5], "a": 7}).gradient.items()] == list(f.inputs)


@each_engine
def test_scipy_finds_the_minimum_with_both_derivatives(engine: str) -> None:
    """Of Rosenbrock's function, with SciPy's own derivatives of it as the truth."""
    optimize = pytest.importorskip("scipy.optimize")
    f = adcli.compile("Sum(100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2, (i, 1, 3))", engine=engine)
    start = np.array([1.3, 0.7, 0.8, 1.9])
    assert f.fun(start) == pytest.approx(optimize.rosen(start), rel=1e-14)
    assert f.jac(start) == pytest.approx(optimize.rosen_der(start), rel=1e-13)
    assert f.hess(start) == pytest.approx(optimize.rosen_hess(start), rel=1e-13)
    found = optimize.minimize(f.fun, start, jac=f.jac, hess=f.hess, method="trust-exact")
    assert found.x == pytest.approx(np.ones(4), abs=1e-4)


def test_scipy_solves_systems_with_the_jacobian() -> None:
    """Several outputs are a vector, and its derivatives a matrix; more points are further axes."""
    optimize = pytest.importorskip("scipy.optimize")
    f = adcli.compile(["x^2 + y^2 - c", "x - y"], what="jacobian", at={"c": 2})
    assert optimize.root(f.fun, [2.0, 0.5], jac=f.jac).x == pytest.approx([1, 1])
    assert f.jac([2.0, 0.5]).tolist() == [[4, 1], [1, -1]]
    assert f.jac(np.ones((2, 5))).shape == (2, 2, 5)
    assert f.fun(np.ones((2, 5))).shape == (2, 5)
    with pytest.raises(AdcliError, match="needs one output"):
        f.hess([1.0, 1.0])
    with pytest.raises(AdcliError, match="a component for each of x, y"):
        f.fun([1.0])


@pytest.mark.parametrize("what", ["value", "gradient", "hessian"])
@pytest.mark.parametrize(
    ("x", "y"), [(2.0, 5.0), (2, 5), (1e200, 1e200), (0.0, 1.0), (-1.0, 1.0), (3.0, 3.0), (float("inf"), 1.0)]
)
def test_of_numbers_alone_come_numbers(what: str, x: float, y: float) -> None:
    """The same as of arrays: also where a number overflows on the way, there is none, or a kink."""
    text = "log(x) + sqrt(x^2 + y^2) - sin(y/x) + Max(x, y)"
    f, g = adcli.compile(text, what=what), adcli.compile(text, what=what, engine="python")
    found, expected = f(x, y), g([x], [y])
    for name, number in found.items():
        assert type(number) is float
        np.testing.assert_allclose(number, expected[name][0], rtol=1e-14)
    assert f.summary is not None
    assert g.summary is not None
    assert (f.summary.rows, f.summary.failed) == (1, g.summary.failed)
    assert bool(f.summary.kinks) == (x == y and what != "value")
    np.testing.assert_equal(f(y=y, x=x), found)


def test_what_is_masked_has_no_result() -> None:
    """Its number is not used, and it is counted."""
    f = adcli.compile("x^2")
    found = f(np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0]))
    assert np.array_equal(found["value"], [1, np.nan, 9], equal_nan=True)
    assert f.summary.failures[0].count == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((10**400, 1), "x is no array of doubles"),
        ((np.zeros(3), np.zeros(2)), r"arrays of the shapes \(3,\), \(2,\) do not go together"),
        ((np.array(["2020-01-01"], dtype="M8[D]"), 1), "x holds times, not numbers"),
        ((["a"], 1), "x is no array of doubles"),
        (([1j], 1), "x is complex"),
        (([[1], [1, 2]], 1), "x is no array of doubles"),
    ],
)
def test_arguments_that_are_no_numbers_are_refused(arguments: tuple[Any, Any], said: str) -> None:
    """By name, as an error of adcli's own."""
    with pytest.raises(AdcliError, match=said):
        adcli.compile("x*y")(*arguments)
