"""The Python API: text, texts, a Graph and SymPy expressions in; the same frozen results out."""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import mpmath
import pytest
import sympy
from click.testing import CliRunner

import adcli
from adcli.cli import COMMANDS, main
from adcli.cli.formula import FormulaCommand
from adcli.problem.problem import problem

TEXT = "ln(x1)+x1*x2-sin(x2)"
POINT = {"x1": 2, "x2": 5}
TRUTH = {"x1": 5.5, "x2": 1.7163378145367738}
X1, X2 = sympy.symbols("x1 x2")
SYMPY = sympy.log(X1) + X1 * X2 - sympy.sin(X2)


def command_named(name: str) -> Any:
    return import_module(f"adcli.cli.{name.replace('-', '_')}").command


FORMS: dict[str, Any] = {
    "text": TEXT,
    "a list of texts": [TEXT],
    "a program in pieces": ["a = ln(x1)", "b = x1*x2", "a + b - sin(x2)"],
    "a graph": adcli.parse(TEXT),
    "SymPy": SYMPY,
    "a graph from SymPy": adcli.from_sympy(SYMPY),
    "SymPy with its own symbols": SYMPY.subs(
        {X1: sympy.Symbol("x1", positive=True), X2: sympy.Symbol("x2", real=True)}
    ),
    "several of SymPy": [SYMPY],
}


@pytest.mark.parametrize("mode", ["forward", "reverse", "fwd", "rev", "auto"])
@pytest.mark.parametrize("form", FORMS)
def test_a_gradient_is_the_same_from_every_form_of_a_formula(form: str, mode: str) -> None:
    """1/x1 + x2 and x1 - cos(x2)."""
    result = adcli.gradient(FORMS[form], POINT, mode=mode)
    assert result.value == pytest.approx(11.652071455223084, rel=1e-15)
    assert result.gradient == pytest.approx(TRUTH, rel=1e-15)
    assert result.mode == {"f": "forward", "r": "reverse", "a": "reverse"}[mode[0]]
    assert result.at == {"x1": 2.0, "x2": 5.0}


@pytest.mark.parametrize("form", FORMS)
def test_every_function_takes_every_form(form: str) -> None:
    """Values, Jacobians and products of one row."""
    f = FORMS[form]
    assert adcli.evaluate(f, POINT).values == pytest.approx((11.652071455223084,), rel=1e-15)
    assert adcli.jacobian(f, POINT).jacobian[0] == pytest.approx((5.5, TRUTH["x2"]), rel=1e-15)
    assert adcli.jvp(f, POINT, {"x1": 1}).jvp == pytest.approx((5.5,), rel=1e-15)
    assert adcli.vjp(f, POINT, [2]).vjp == pytest.approx({"x1": 11, "x2": 2 * TRUTH["x2"]}, rel=1e-15)
    assert adcli.vjp(f, POINT).vjp == pytest.approx(TRUTH, rel=1e-15)


@pytest.mark.parametrize("polar", [["r*cos(t)", "r*sin(t)"], sympy.Matrix(sympy.sympify(["r*cos(t)", "r*sin(t)"]))])
def test_a_jacobian_of_several_expressions(polar: Any) -> None:
    """Polar coordinates: the determinant is r."""
    result = adcli.jacobian(polar, {"r": 2, "t": 0}, det=True)
    assert result.jacobian == ((1, 0), (0, 2))
    assert result.determinant == 2
    assert result.outputs == ("y1", "y2")
    assert adcli.jacobian(polar, {"r": 2, "t": 0}, layout="denominator").jacobian == ((1, 0), (0, 2))


@pytest.mark.parametrize("value", [2, 2.0, "2", "4/2", Fraction(2), sympy.Integer(2)])
def test_values_are_numbers_or_constant_expressions(value: Any) -> None:
    """Whatever says 2."""
    assert adcli.gradient("x^3", {"x": value}).gradient == {"x": 12.0}


def test_lists_are_the_values_of_indexed_names() -> None:
    """x=[1, 2, 3] is x[1], x[2], x[3], and wrt "x" is all of them."""
    result = adcli.gradient("b*Sum(x[i]^2, (i, 1, n))", {"x": [1, 2, 3], "b": 1}, wrt="x", let={"n": 3})
    assert result.gradient == {"x[1]": 2, "x[2]": 4, "x[3]": 6}


def test_options_are_those_of_the_command_line() -> None:
    """wrt, output, precision, kinks, allow_unused, syntax."""
    program = "v1=ln(x1); v2=x1*x2; v3=sin(x2); v4=v1+v2; v4-v3"
    assert adcli.gradient(program, POINT, wrt=["v4", "v3"]).gradient == {"v4": 1, "v3": -1}
    assert adcli.gradient(program, POINT, output="v4").gradient == {"x1": 5.5, "x2": 2}
    assert adcli.gradient("x", {"x": 1, "y": 2}, wrt="x,y", allow_unused=True).gradient == {"x": 1, "y": 0}
    assert str(adcli.evaluate("sqrt(2)", precision=40).values[0])[:36] == "1.4142135623730950488016887242096980"
    with pytest.raises(adcli.AdcliError, match="kink"):
        adcli.gradient("abs(x)", {"x": 0}, kinks="error")
    assert adcli.gradient("x**2", {"x": 3}, syntax="sympy").gradient == {"x": 6}


def test_a_copy_is_the_same_variable() -> None:
    """b = a is another name for a: by both, the derivative of b·a is 2a, and SymPy says so as well."""
    for mode in ("forward", "reverse"):
        result = adcli.gradient("a = x*x; b = a; b*a", {"x": 3}, wrt="a,b", mode=mode)
        assert result.gradient == {"a": 18, "b": 18}


@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(
    ("program", "truth"),
    [
        ("a = 3; a*x + 3*x", {"a": 2, "x": 6}),
        ("a = 0; a*x + 0*x", {"a": 2, "x": 0}),
        ("a = pi; b = pi; a*x + pi", {"a": 2, "b": 0, "x": 3.141592653589793}),
        ("a = 3; b = a; a*b*x", {"a": 12, "b": 12, "x": 9}),
    ],
)
def test_a_number_with_a_name_is_a_variable(program: str, truth: dict[str, float], mode: str) -> None:
    """Differentiating by it does not differentiate by other numbers that are written alike."""
    assert adcli.gradient(program, {"x": 2}, wrt=list(truth), allow_unused=True, mode=mode).gradient == truth


def test_higher_orders_take_every_form_too() -> None:
    """Hessians, their products, series, programs."""
    for f in FORMS.values():
        second = adcli.hessian(f, POINT).hessian
        assert [x for row in second for x in row] == pytest.approx([-0.25, 1, 1, -0.9589242746631385])
        assert adcli.hvp(f, POINT, {"x1": 1}).hvp == pytest.approx({"x1": -0.25, "x2": 1})
        assert adcli.taylor_series(f, POINT, order=2, var="x1").coefficients[2] == pytest.approx(-0.125)
        program = adcli.derivative_program(f).program
        assert dict(zip(*_evaluated(program), strict=True)) == pytest.approx(
            {"d_x1": TRUTH["x1"], "d_x2": TRUTH["x2"]}, rel=1e-15
        )


def _evaluated(program: str) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    found = adcli.evaluate(program, POINT)
    return found.outputs, found.values


def test_results_are_frozen_records() -> None:
    """They cannot be changed, compare by value, and are what dataclasses know."""
    result = adcli.gradient(TEXT, POINT)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.value = 3.0
    assert result == adcli.gradient(TEXT, POINT)
    assert dataclasses.replace(result, value=1.0) != result
    assert dataclasses.asdict(result)["gradient"] == result.gradient


def test_results_are_what_the_command_prints() -> None:
    """The fields of the JSON object are the fields of the result."""
    words = ["grad", TEXT, "--at", "x1=2,x2=5", "--format", "json"]
    done = subprocess.run([sys.executable, "-m", "adcli", *words], capture_output=True, text=True, check=True)
    printed = json.loads(done.stdout)
    result = adcli.gradient(TEXT, POINT)
    for name in ("mode", "sweeps", "output", "value", "gradient", "at"):
        assert printed[name] == getattr(result, name)
    assert printed["expr"] == list(result.expr)


FUNCTIONS = {"eval": adcli.evaluate, "grad": adcli.gradient}
"""Those that are not called as their command."""
SHOWN = {"files", "format", "digits", "destination", "color", "linearize", "echo"}
"""Options that say where a formula comes from, and how an answer is shown."""
APART = {
    "grad": {"layout", "unknowns"},  # of how a row is shown; implicit
    "jacobian": {"sparse", "unknowns"},  # sparse_jacobian; implicit
    "fit": {"precision", "plot"},
    "uncertainty": {"plot"},
    "hessian": {"sparse"},  # sparse_hessian
    "sparsity": {"kinks", "precision"},  # no numbers are computed
    "derive": {"kinks", "precision", "jvp", "vjp", "hessian"},  # kind
    "trace": {"step", "grade", "interactive"},  # a terminal's, and functions of their own
    "convert": {"precision"},
    "diff": {"kinks", "precision"},
    "export": {"kinks", "precision"},
    "bounds": {"precision"},  # doubles, rounded outwards
    "cost": {"kinks", "precision", "growth", "chain", "layers", "plot"},  # functions of their own, and a file
    "compare": {"precision", "plot"},
}
"""Options that no parameter has, and where they are instead."""
ASKED = [name for name in COMMANDS if isinstance(command_named(name), FormulaCommand)]


@pytest.mark.parametrize("name", ASKED)
def test_what_a_command_can_be_asked_its_function_can_be_asked(name: str) -> None:
    """By a parameter of the same name."""
    command = command_named(name)
    options = {param.name for param in command.params if param not in command.row_options}
    parameters = set(inspect.signature(FUNCTIONS.get(name) or getattr(adcli, name)).parameters)
    assert options - parameters == (options & SHOWN) | APART.get(name, set())


@pytest.mark.parametrize("name", [name for name in adcli.__all__ if inspect.isfunction(getattr(adcli, name))])
def test_a_function_says_what_each_parameter_means(name: str) -> None:
    """All are named and typed."""
    function = getattr(adcli, name)
    for parameter in inspect.signature(function).parameters.values():
        assert parameter.kind is not parameter.VAR_KEYWORD
        assert parameter.annotation is not parameter.empty
        assert re.search(rf"\b{parameter.name}\b", function.__doc__), parameter.name


@pytest.mark.parametrize(
    "ask",
    [
        lambda: adcli.evaluate(TEXT, POINT, check=True),
        lambda: adcli.gradient(TEXT, POINT, check=True),
        lambda: adcli.jacobian(TEXT, POINT, check=True),
        lambda: adcli.sparse_jacobian(TEXT, POINT, check=True),
        lambda: adcli.jvp(TEXT, POINT, {"x1": 1}, check=True),
        lambda: adcli.vjp(TEXT, POINT, [2], check=True),
        lambda: adcli.hessian(TEXT, POINT, check=True),
        lambda: adcli.sparse_hessian(TEXT, POINT, check=True),
        lambda: adcli.hvp(TEXT, POINT, {"x1": 1}, check=True),
        lambda: adcli.taylor(TEXT, POINT, var="x1", check=True),
        lambda: adcli.gradient(TEXT, POINT, certify=True, check=True),
    ],
)
def test_an_answer_can_be_checked_where_it_is_asked_for(ask: Callable[[], Any]) -> None:
    """As the commands do for a table."""
    outcome = ask().check
    assert outcome.ok
    assert "SymPy" in outcome.against
    assert outcome.digits >= 14


def test_numbers_are_proven_where_that_is_asked_for() -> None:
    """Bounds of the truth, and the doubles nearest to it."""
    found = adcli.gradient("sin(x)*exp(y)", {"x": "1/3", "y": 2}, certify=True)
    proven = found.certified
    assert proven.digits >= 15
    truth = mpmath.cos(mpmath.mpf(1) / 3) * mpmath.exp(2)
    assert found.gradient["x"] == float(truth)
    low, high = proven.lower["gradient"]["x"], proven.upper["gradient"]["x"]
    assert low <= truth <= high
    assert high - low <= 1e-14 * truth


def test_a_box_has_bounds() -> None:
    """x·exp(-x) on [0, 3] has its maximum 1/e at 1, and falls to 3/e³."""
    found = adcli.bounds("x*exp(-x)", {"x": (0, 3)})
    assert found.value == pytest.approx((0, math.exp(-1)), abs=1e-5)
    assert found.monotone == {"x": None}


def test_what_derivatives_are_needed_for_has_functions() -> None:
    """A root with its derivatives, a minimum, an uncertainty, the slope of a curve, the line through points."""
    root = adcli.solve("x^3 + a*x = b", {"x": 2, "a": 2, "b": 3}, wrt="a,b")
    assert root.solution == {"x": 1}
    assert root.derivatives["x"] == pytest.approx({"a": -0.2, "b": 0.2}, rel=1e-14)
    assert adcli.minimize("(x - 2)^2 + y^2", {"x": 0, "y": 1}, bounds={"x": (0, 1)}).minimizer["x"] == 1
    assert adcli.uncertainty("x*y", {"x": "3±0.1", "y": 2}).u == pytest.approx((0.2,))
    assert adcli.implicit("y^2 = x", {"x": 4, "y": 2}, "y").gradient == {"x": 0.25}
    rows = {"x": [1, 2, 3], "y": [3.0, 5.0, 7.0]}
    line = adcli.fit("a + b*x", rows, "y", {"a": 0, "b": 1})
    assert {name: p.value for name, p in line.parameters.items()} == pytest.approx({"a": 1, "b": 2}, rel=1e-12)
    for result in (root, line):
        assert "<table>" in result._repr_html_()
        assert result.to_dict()["command"] == result.command


def test_the_relatives_of_a_study_have_functions_too() -> None:
    """What `cost` and `trace` answer besides."""
    grown = adcli.growth("Sum(x[i]^2, (i, 1, n))", "n", range(1, 4))
    assert [row.inputs for row in grown.growth] == [1, 2, 3]
    assert adcli.chain([10, 6, 8, 2, 1]).chain.reverse.multiplications == 124
    found = adcli.layers("a[i=1..2] = x[i]^2; y = a[1]*a[2]", {"x": [2, 3]}, "x, a, y")
    assert found.automatic == ((36.0, 24.0),)
    assert not adcli.grade("sin(x)", {"x": 1}, "name,value\nv1,0.5").right


@pytest.mark.parametrize("what", ["graph", "problem", "result", "error"])
def test_what_is_pickled_is_the_same_on_the_other_side(what: str) -> None:
    """A graph's operations are rows of the table, which other rows like them are not."""
    graph = adcli.parse("sin(x)*Max(x, y)")
    asked = problem(graph, {"x": 1, "y": 2})
    things: dict[str, Any] = {"graph": graph, "problem": asked, "result": adcli.gradient(graph, {"x": 1, "y": 2})}
    if what == "error":
        with pytest.raises(adcli.AdcliError) as caught:
            adcli.evaluate("log(x)", {"x": -1})
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
        return
    again = pickle.loads(pickle.dumps(things[what]))
    if what == "result":
        assert again == things["result"]
    else:
        same = again if what == "graph" else again.graph
        assert all(a is b for a, b in zip(same.ops, graph.ops, strict=True))
        assert adcli.gradient(same, {"x": 1, "y": 2}) == things["result"]


def test_errors_know_their_place_and_their_exit_code() -> None:
    """All of one family."""
    with pytest.raises(adcli.AdcliError) as caught:
        adcli.gradient("1 + log(x - 3)", {"x": 2})
    assert caught.value.kind == "domain"
    assert caught.value.exit_code == 3
    assert caught.value.text[slice(*caught.value.span)] == "log(x - 3)"


SPOKEN: dict[str, tuple[Callable[[], object], str, str]] = {
    "an unknown name": (lambda: adcli.gradient("x", {"x": 1}, wrt="z"), "grad x --at x=1 --wrt z", "wrt"),
    "an idle input": (
        lambda: adcli.gradient("x", {"x": 1, "y": 2}, wrt="y"),
        "grad x --at x=1,y=2 --wrt y",
        "allow_unused=True",
    ),
    "no value": (lambda: adcli.evaluate("x*y", {"x": 1}), "eval x*y --at x=1", 'at={"y": …}'),
    "a size": (lambda: adcli.evaluate("x[n]", {"x": [1]}), "eval x[n] --at x=[1]", 'let={"n": 3}'),
    "a float's limit": (lambda: adcli.evaluate("x", {"x": "1e999"}), "eval x --at x=1e999", "precision=30"),
    "several outputs": (lambda: adcli.gradient("x, 2*x", {"x": 1}), "grad x,2*x --at x=1", 'output="NAME"'),
    "no cotangent": (lambda: adcli.vjp("x, 2*x", {"x": 1}), "vjp x,2*x --at x=1", "cotangent=[1, 1]"),
    "a kink": (
        lambda: adcli.gradient("Abs(x)", {"x": 0}, kinks="error"),
        "grad Abs(x) --at x=0 --kinks error",
        'kinks="warn"',
    ),
    "a series in what": (lambda: adcli.taylor_series("x*y", {"x": 1, "y": 1}), "taylor x*y --at x=1,y=1", 'var="NAME"'),
    "a backslash": (lambda: adcli.evaluate("\\sin x", {"x": 1}), "eval \\sin~x --at x=1", 'syntax="latex"'),
}


@pytest.mark.parametrize("case", SPOKEN)
def test_errors_speak_the_language_of_whoever_asked(case: str) -> None:
    """Of arguments in Python, `precision=30`; of options on the command line alone, `--precision 30`."""
    ask, words, argument = SPOKEN[case]

    def said() -> str:
        with pytest.raises(adcli.AdcliError) as caught:
            ask()
        return f"{caught.value.message} {caught.value.hint}"

    first = said()
    typed = CliRunner().invoke(main, [word.replace("~", " ") for word in words.split()])
    assert typed.exit_code in (2, 3)
    assert argument in first
    assert "--" not in first
    assert "--" + argument.partition("=")[0].replace("_", "-") in typed.stderr
    assert said() == first


def test_a_check_can_be_asked_for() -> None:
    """check(problem, result) holds a result against SymPy."""
    asked = problem(TEXT, POINT)
    outcome, notices = adcli.check(asked, adcli.gradient(asked))
    assert outcome.ok
    assert outcome.against == "SymPy"
    assert not notices


def test_a_formula_goes_to_text_and_back() -> None:
    """What unparse writes is parsed to the same function, and from_sympy's graph too."""
    for graph in (adcli.parse(TEXT), adcli.from_sympy(SYMPY)):
        again = adcli.parse(adcli.unparse(graph))
        assert adcli.gradient(again, POINT).gradient == adcli.gradient(graph, POINT).gradient


def test_a_graph_is_used_at_many_points() -> None:
    """A second point leaves nothing behind of the first, whichever branch it took."""
    graph = adcli.parse("where(x > 0, x^2, -x)")
    assert [adcli.gradient(graph, {"x": x}).gradient["x"] for x in (3, -1, 2, -5)] == [6, -1, 4, -1]


def imported_by(statements: str) -> set[str]:
    """The modules that Python has imported after *statements*."""
    script = f"import sys\n{statements}\nprint(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_importing_adcli_imports_nothing_heavy() -> None:
    """A gradient of a text needs no SymPy, rich, mpmath, numpy or click either."""
    heavy = {"sympy", "rich", "mpmath", "numpy", "click"}
    assert imported_by("import adcli") & (heavy | {"adcli.language", "adcli.derivatives.answers"}) == set()
    assert imported_by("import adcli; adcli.gradient('sin(x)*x', {'x': 1})") & heavy == set()
    assert "mpmath" in imported_by("import adcli; adcli.gradient('sin(x)*x', {'x': 1}, precision=30)")


def test_all_public_names_are_there_and_documented() -> None:
    """Each name of __all__ can be imported, has a docstring, and is in dir()."""
    for name in adcli.__all__:
        assert getattr(adcli, name).__doc__
        assert name in dir(adcli)
    with pytest.raises(AttributeError, match="no attribute 'grad'"):
        adcli.grad  # noqa: B018


def test_the_package_is_typed() -> None:
    """Type checkers look for this file."""
    assert (Path(adcli.__file__).parent / "py.typed").exists()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: adcli.gradient("x*y", [1]), "the point gives values to names, and [1] has none"),
        (lambda: adcli.gradient("x*y", "x=1"), "the point gives values to names, and 'x=1' has none"),
        (lambda: adcli.gradient("x*y", {1: 2}), "gives a value to 1, which is no name"),
        (lambda: adcli.gradient("x", {"x": None}), "the value of x is no number: None"),
        (lambda: adcli.gradient("x", {"x": 1}, wrt=3), "wrt is a name or a list of names, not 3"),
        (lambda: adcli.gradient("x", {"x": 1}, output=[3]), "output has 3, which is no name"),
        (lambda: adcli.gradient("x", {"x": 1}, mode=["fwd"]), "no mode is called ['fwd']"),
        (lambda: adcli.gradient("x", {"x": 1}, precision="a"), "the precision is a whole number, not 'a'"),
        (lambda: adcli.gradient("x^n", {"x": 1}, let={"n": 2.5}), "the size n is a whole number, not 2.5"),
        (lambda: adcli.gradient(None, {}), "a program is a text, several texts, a graph or SymPy expressions"),
        (lambda: adcli.jvp("x", {"x": 1}, [1]), "the tangent gives values to names, and [1] has none"),
        (lambda: adcli.vjp("x", {"x": 1}, 3), "a cotangent is a list of numbers or gives them to names, and 3 does"),
        (lambda: adcli.vjp("x", {"x": 1}, "1"), "a cotangent is a list of numbers or gives them to names, and '1' do"),
        (lambda: adcli.hvp("x", {"x": 1}, 3), "the vector gives values to names, and 3 has none"),
        (lambda: adcli.taylor_series("x", {"x": 1}, order=2.5), "the order is a whole number, not 2.5"),
        (lambda: adcli.taylor_series("x", {"x": 1}, direction=3), "the direction gives values to names"),
        (lambda: adcli.derivative_program("x", mode="cross"), "no mode is called 'cross'"),
        (lambda: adcli.parse(3), "a program is a text or several texts, not 3"),
        (lambda: adcli.unparse("x"), "only a graph is written as a text, not 'x'"),
        (lambda: adcli.check("x", 3), "a check holds a result against the problem"),
    ],
)
def test_arguments_of_the_wrong_kind_are_told_what_was_wanted(ask: Any, said: str) -> None:
    """An error of adcli's own, never Python's."""
    with pytest.raises(adcli.AdcliError) as caught:
        ask()
    assert said in caught.value.message


def test_symbols_and_arrays_are_names_and_lists() -> None:
    """Who has SymPy or NumPy at hand need not translate."""
    x, y = sympy.symbols("x y")
    assert adcli.gradient(x**2 * y, {x: 3, y: 2}, wrt=x).gradient == {"x": 12}
    numpy = pytest.importorskip("numpy")
    point = {"v": numpy.array([2.0, 3.0])}
    assert adcli.gradient("v[1]*v[2]", point).gradient == {"v[1]": 3, "v[2]": 2}
    assert adcli.vjp(["v[1]", "v[2]"], point, numpy.array([1.0, 2.0])).vjp == {"v[1]": 1, "v[2]": 2}


@pytest.mark.parametrize("program", ["print('run')", ["x", "print('run')", 3]])
def test_no_text_is_run_as_python(program: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """SymPy would evaluate a text that it is given in the place of an expression."""
    with pytest.raises(adcli.AdcliError):
        adcli.from_sympy(program)
    if isinstance(program, list):
        with pytest.raises(adcli.AdcliError):
            adcli.evaluate(program, {"x": 1})
    assert capsys.readouterr().out == ""
