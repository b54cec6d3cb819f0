"""Results and errors as Python's users see them: the same texts that the commands print."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from importlib.util import find_spec
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import adcli
from adcli.cli import main
from adcli.results import Labelled, Result

TEXT = "y = ln(x1)+x1*x2-sin(x2)"
POINT = {"x1": 2, "x2": 5}
AT = ("--at", "x1=2,x2=5")

RESULTS: dict[str, tuple[Callable[[], Result], tuple[str, ...]]] = {
    "eval": (lambda: adcli.evaluate(TEXT, POINT), AT),
    "grad": (lambda: adcli.gradient(TEXT, POINT), AT),
    "jacobian": (lambda: adcli.jacobian(TEXT, POINT), AT),
    "jvp": (lambda: adcli.jvp(TEXT, POINT, {"x1": 1}), (*AT, "--tangent", "x1=1")),
    "vjp": (lambda: adcli.vjp(TEXT, POINT), AT),
    "hessian": (lambda: adcli.hessian(TEXT, POINT), AT),
    "hvp": (lambda: adcli.hvp(TEXT, POINT, {"x2": 1}), (*AT, "--vector", "x2=1")),
    "taylor": (lambda: adcli.taylor(TEXT, POINT, var="x1"), (*AT, "--var", "x1")),
    "sparsity": (lambda: adcli.sparsity(TEXT), ()),
    "derive": (lambda: adcli.derive(TEXT), ()),
    "diff": (lambda: adcli.diff(TEXT), ()),
    "export": (lambda: adcli.export(TEXT, to="c"), ("--to", "c")),
    "trace": (lambda: adcli.trace(TEXT, POINT), AT),
    "graph": (lambda: adcli.graph(TEXT, POINT), AT),
    "paths": (lambda: adcli.paths(TEXT, POINT), AT),
    "cost": (lambda: adcli.cost(TEXT), ()),
}
"""A result of each command, and the words that ask the command for it. (The times of compare differ.)"""


def printed(command: str, *words: str) -> str:
    environment = {"COLUMNS": "100", "PYTHONUTF8": "1"}
    done = CliRunner().invoke(main, [command, TEXT, *RESULTS[command][1], *words], env=environment)
    assert done.exit_code == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("command", RESULTS)
def test_a_result_is_seen_as_its_command_prints_it(command: str) -> None:
    """str() is the table of a terminal, to_json() the object for scripts, to_dict() what is in it."""
    result = RESULTS[command][0]()
    format = {"derive": "plain", "export": "plain", "graph": "tree"}.get(command, "table")
    check = ("--no-check",) if isinstance(result, Labelled) else ()
    assert str(result) == printed(command, "--format", format, *check).strip("\n")
    assert result.to_json() == printed(command, "--format", "json").strip("\n")
    assert result.to_dict() == json.loads(result.to_json())


@pytest.mark.parametrize("command", [*RESULTS, "compare"])
def test_notebooks_get_html_that_is_well_formed(command: str) -> None:
    """Tables, and the picture of a graph; LaTeX where the command has it."""
    result = adcli.compare(TEXT, POINT) if command == "compare" else RESULTS[command][0]()
    html = result._repr_html_()
    ElementTree.fromstring(f"<div>{html}</div>")
    bundle = result._repr_mimebundle_()
    assert bundle["text/plain"] == str(result)
    assert bundle["text/html"] == html
    assert bundle.get("text/latex") == result._repr_latex_()
    if command == "graph":
        assert ("image/svg+xml" in bundle) == (find_spec("pygraphviz") is not None)
    elif command not in ("derive", "export"):
        assert "<table>" in html or "<pre>" in html
        assert "\\begin{" in bundle["text/latex"]


def test_what_a_user_wrote_is_no_markup() -> None:
    """Comparisons have <, comments may have anything."""
    program = "w = where(x < 1, x, 2*x)  # </td><script>alert(1)</script>\nw*x"
    for result in (adcli.gradient(program, {"x": 0.5}), adcli.trace(program, {"x": 0.5}), adcli.derive(program)):
        html = result._repr_html_()
        assert "<script" not in html
        ElementTree.fromstring(f"<div>{html}</div>")


def test_the_check_is_shown() -> None:
    """In the table, and in a notebook."""
    result = adcli.gradient(TEXT, POINT, check=True)
    assert "SymPy agrees" in str(result)
    assert "SymPy agrees" in result._repr_html_()


def test_a_repr_says_what_a_result_is_made_of() -> None:
    """Every field, as a call that makes the same result again."""
    result = adcli.gradient("x^2", {"x": 3})
    assert eval(repr(result), {"Gradient": adcli.Gradient}) == result


def test_numbers_come_as_arrays() -> None:
    """A vector of a gradient, a matrix of a Jacobian, a sparse one with its zeros."""
    numpy = pytest.importorskip("numpy")
    assert adcli.gradient("x*y", {"x": 2, "y": 3}).to_numpy().tolist() == [3, 2]
    assert adcli.jacobian(["x*y"], {"x": 2, "y": 3}).to_numpy().tolist() == [[3, 2]]
    assert adcli.evaluate(["x", "2*x"], {"x": 2}).to_numpy().tolist() == [2, 4]
    sparse = adcli.sparse_jacobian(["x*x", "x*y"], {"x": 2, "y": 3}).to_numpy()
    assert sparse.tolist() == [[4, 0], [3, 2]]
    assert adcli.taylor("exp(x)", {"x": 0}, order=2).to_numpy().tolist() == [[1, 1], [1, 1], [0.5, 1]]
    digits = adcli.hessian("x^3", {"x": 2}, precision=30).to_numpy()
    assert digits.dtype == numpy.float64
    assert digits.tolist() == [[12]]
    with pytest.raises(adcli.AdcliError, match="no array of numbers"):
        adcli.trace("x", {"x": 1}).to_numpy()


def test_numbers_come_as_data_frames() -> None:
    """Under the names of rows and columns; of a study, its table."""
    pytest.importorskip("pandas")
    frame = adcli.jacobian(["a = x*y", "b = x + y", "a, b"], {"x": 2, "y": 3}).to_pandas()
    assert frame.loc["a", "x"] == 3
    assert list(frame.columns) == ["x", "y"]
    assert list(adcli.trace("sin(x)", {"x": 1}).to_pandas()["name"]) == ["v0", "v1"]
    with pytest.raises(adcli.AdcliError, match="no table"):
        adcli.graph("x").to_pandas()


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the way to install it."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "numpy", None)
    result = adcli.gradient("x", {"x": 1})
    with pytest.raises(adcli.AdcliError, match=r"needs pandas\n  hint: pip install pandas"):
        result.to_pandas()
    with pytest.raises(adcli.AdcliError, match=r"needs numpy\n  hint: pip install 'adcli\[data\]'"):
        result.to_numpy()


def test_a_page_is_shown_in_a_frame_of_its_own() -> None:
    """Its scripts touch nothing else of a notebook; to_html() is the page itself."""
    pytest.importorskip("pygraphviz")
    result = adcli.explore("x*y", {"x": 1, "y": 2})
    assert result.to_html().startswith("<!doctype html>")
    frame = ElementTree.fromstring(result._repr_html_())
    assert frame.tag == "iframe"
    assert frame.attrib["sandbox"] == "allow-scripts"
    assert frame.attrib["srcdoc"].split() == result.to_html().split()
    assert len(str(result)) < 100
    with pytest.raises(adcli.AdcliError, match="no data"):
        result.to_json()


def test_an_error_says_all_that_the_command_says() -> None:
    """The message, the place with its carets, why, and what to do next; notes that are added stand below."""
    for words, ask in (
        (["eval", "1 + log(x - 3)", "--at", "x=2"], lambda: adcli.evaluate("1 + log(x - 3)", {"x": 2})),
        (["eval", "x +* 2", "--at", "x=2"], lambda: adcli.evaluate("x +* 2", {"x": 2})),
        (["grad", "sine(x)", "--at", "x=2"], lambda: adcli.gradient("sine(x)", {"x": 2})),
    ):
        done = CliRunner().invoke(main, words, env={"COLUMNS": "100"})
        with pytest.raises(adcli.AdcliError) as caught:
            ask()
        assert f"adcli: error: {caught.value}\n" == done.stderr
        assert "^" in str(caught.value)
        if sys.version_info >= (3, 11):
            caught.value.add_note("row 7")
            lines = "".join(traceback.format_exception(caught.value)).splitlines()
            assert lines[-1] == "row 7"
            assert lines[-2].strip() in str(caught.value)
