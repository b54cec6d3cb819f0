"""`adcli.compile` makes a function of arrays."""

from __future__ import annotations

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
