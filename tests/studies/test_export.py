"""Exported code, run: every operation of the table in every language whose compiler is there."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

import mpmath
import pytest
from exported import RUNNERS, Asked, expressible, missing, program, prove, refused
from ops.samples import points
from ops.truth import value

from adcli import evaluate, hessian, jacobian, jvp, parse, vjp
from adcli.errors import UsageError
from adcli.ops import TABLE
from adcli.studies.export.export import export
from adcli.studies.export.portable import portable
from adcli.studies.export.program import lowered
from adcli.studies.export.targets import target


@pytest.mark.parametrize("to", [to for to, (tool, _) in RUNNERS.items() if not tool.startswith("import ")])
def test_every_operation_of_the_table_is_right_in(to: str, tmp_path: Path) -> None:
    """With its derivatives, at its sampled points, to 1e-12: compiled and run, the code says so itself."""
    tool, _ = RUNNERS[to]
    if missing(tool):
        pytest.skip(f"code for {to} is not run: there is no {tool} here")
    prove(to, tmp_path)


@pytest.mark.parametrize("to", ["julia", "excel", "sql:spark", "sql:bigquery"])
def test_every_operation_can_be_written_in(to: str) -> None:
    """Where mostly nothing runs the code."""
    name, _, dialect = to.partition(":")
    assert export(program(expressible(to)), to=name, dialect=dialect or None, what=["value"]).operations > 1_000


@pytest.mark.parametrize("to", ["c", "javascript", "sql:postgres"])
def test_what_cannot_be_written_is_refused_by_name(to: str) -> None:
    """Some special functions that no library of the language's has, and large determinants; of the others none."""
    known = {asked.op for asked in expressible(to)}
    rest = [op for op in TABLE.values() if op.samples and op not in known]
    assert len([op for op in rest if not op.inner]) < 40
    for op in rest:
        assert op.flops == 40
        assert op.lean
        assert f" has no {op.name}," in refused(Asked(op), to)


@pytest.mark.parametrize(
    ("to", "text", "line"),
    [
        ("c", "besselj(2, x)", "jn(2, x)"),
        ("c", "besselj(-3, x)", "-jn(3, x)"),
        ("cpp", "besselk(1, x)", "std::cyl_bessel_k(1, x)"),
        ("fortran", "bessely(0, x)", "bessel_yn(0, x)"),
        ("go", "besselj(1, x)", "math.Jn(1, x)"),
        ("matlab", "besselj(a, x)", "besselj(a, x)"),
        ("matlab", "gammainc(a, x + 1)", "gammainc(x + 1, a)"),
        ("julia", "airyai(x)", "using SpecialFunctions"),
        ("numpy", "airyai(x)", "from scipy import special"),
        ("numpy", "hyp2f1(a, b, c, x)", "special.hyp2f1(a, b, c, x)"),
        ("jax", "betainc(a, b, x)", "jax.scipy.special.betainc(a, b, x)"),
        ("torch", "erfcx(x)", "torch.special.erfcx(x)"),
        ("excel", "betainc(a, b, x)", "BETA.DIST(C2,A2,B2,TRUE)"),
        ("c", "legendre(2, x)", "(3*x*x - 1)/2"),
    ],
)
def test_special_functions_of_a_library_are_spelled_as_it_has_them(to: str, text: str, line: str) -> None:
    """Orders that must be whole are, and not negative; what is imported for them is said."""
    assert line in export(text, to=to, what=["value"]).code


def test_an_order_that_is_no_number_is_refused_where_it_must_be_one() -> None:
    """With what would help."""
    with pytest.raises(UsageError, match="besselj") as caught:
        export("besselj(n, x)", to="c", what=["value"])
    assert "whole number" in str(caught.value.hint)
    with pytest.raises(UsageError, match="legendre"):
        export("legendre(100, x)", to="c", what=["value"])


@pytest.mark.parametrize("name", portable())
def test_portable_definitions_are_right(name: str) -> None:
    """Against mpmath at 50 digits, where the table's samples lie."""
    op = TABLE[name]
    for point in points(op, 12):
        graph = portable()[name].parsed(op, [str(int(x)) for x in point])
        given = {arg: x for arg, x in zip(op.arguments, point, strict=True) if arg in graph.input_names}
        with mpmath.workdps(30):
            truth = float(value(op, *point))
        assert evaluate(graph, given).values[0] == pytest.approx(truth, rel=2e-12)


TWO = ["x[1]^2*sin(λ) + x[2]*lambda", "exp(-x[1])/x[2]"]
POINT = {"x": [0.5, 1.5], "λ": 0.7, "lambda": -1.3}


def test_all_that_can_be_asked_for(tmp_path: Path) -> None:
    """Values, Jacobians, Hessians, products, in Python, beside the commands' own answers."""
    code = export(TWO, to="python", what=["value", "jacobian", "jvp", "vjp"]).code
    names: dict[str, object] = {}
    exec(code, names)
    found = names["f"]([0.5, 1.5], 0.7, -1.3, [1, 2], 0.5, 0.25, 1, -1)  # type: ignore[operator]
    values, matrix, pushed, pulled = found
    truth = jacobian(TWO, POINT)
    assert values == pytest.approx(list(truth.values))
    assert [x for row in matrix for x in row] == pytest.approx([x for row in truth.jacobian for x in row])
    tangent = {"x": [1, 2], "λ": 0.5, "lambda": 0.25}
    assert pushed == pytest.approx(list(jvp(TWO, POINT, tangent).jvp))
    assert pulled == pytest.approx(list(vjp(TWO, POINT, [1, -1]).vjp.values()))
    code = export(TWO[0], to="python", what=["hessian"], name="curvature").code
    exec(code, names)
    flat = [x for row in names["curvature"]([0.5, 1.5], 0.7, -1.3) for x in row]  # type: ignore[operator]
    assert flat == pytest.approx([x for row in hessian(TWO[0], POINT).hessian for x in row])


@pytest.mark.parametrize("to", ["c", "javascript", "python", "rust", "go", "fortran", "matlab", "sql:sqlite"])
def test_whole_programs_test_themselves(to: str, tmp_path: Path) -> None:
    """With arrays of one and two dimensions, names that are taken, branches, and all kinds of derivatives."""
    tool, run = RUNNERS[to]
    if missing(tool):
        pytest.skip(f"code for {to} is not run: there is no {tool.removeprefix('import ')} here")
    name, _, dialect = to.partition(":")
    text = "where(for > 0, log(for)*A[1,2], A[2,1]^3) + x[2]/x[1]*(-A[2,2])^2 - 1/3*double + 2^-x[1]"
    whats = ["value", "gradient", "hessian", "jvp", "vjp"]
    found = export(text, to=name, dialect=dialect or None, what=whats, self_test=True)
    file = tmp_path / f"program{target(name, dialect or None).extension}"
    file.write_text(found.code, encoding="utf-8")
    done = run(file)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]


def test_a_wrong_number_is_noticed(tmp_path: Path) -> None:
    """The test of the test: code with another constant fails it."""
    code = export("sin(x)*1.25", to="python", self_test=True).code
    file = tmp_path / "f.py"
    file.write_text(code.replace("1.25", "1.2500001", 2), encoding="utf-8")
    assert subprocess.run([sys.executable, str(file)], capture_output=True, check=False).returncode == 1


def test_a_plain_function_without_anything_around_it() -> None:
    """Fifteen lines of C; nothing for one number but the number."""
    code = export("ln(x1)+x1*x2-sin(x2)", to="c").code
    assert len(code.splitlines()) <= 15
    assert "double f(double x)" in export("x^2", to="c", what=["value"]).code


@pytest.mark.parametrize(
    ("to", "text", "line"),
    [
        ("c", "1/3*x", "0.3333333333333333*x"),
        ("c", "x^2", "x*x"),
        ("fortran", "0.1*x", "0.1d0*x"),
        ("fortran", "-x*-y", "x*y"),
        ("javascript", "(-x)^2.5", "Math.pow(-x, 2.5)"),
        ("python", "(-x)^2", "(-x)**2"),
        ("sql", "log(x)", "ln(x)"),
        ("sql", "x/2", "x/2.0"),
        ("excel", "atan2(y, x)", "ATAN2(B2,A2)"),
        ("rust", "2*x", "2.0_f64*x"),
        ("go", "log1p(x)", "math.Log1p(x)"),
        ("julia", "x^-1", "x^(-1)"),
        ("numpy", "x^-2", "np.power(x, -2.0)"),
        ("matlab", "where(x != 1, x, 2)", "x ~= 1"),
    ],
)
def test_traps_of_languages(to: str, text: str, line: str) -> None:
    """Whole numbers divided, logarithms of another base, signs before powers, arguments in another order."""
    assert line in export(text, to=to, what=["value"]).code


def test_names_stay_where_they_can_and_are_said_where_not() -> None:
    """Keywords, letters of other alphabets, functions of the library, names that differ in capitals alone."""
    found = export("for*sin + λ*lambda + x[2]", to="c")
    assert found.renamed == {"for": "for_", "sin": "sin_", "λ": "lambda"} | {"lambda": "lambda_"}
    assert "Renamed: for is for_" in found.code
    assert "lambda is lambda_" in export("lambda*x", to="python").code
    assert len(set(map(str.lower, export("x*X", to="fortran").renamed.values()))) == 1
    with pytest.raises(UsageError, match="cannot be a function's name"):
        export("x", to="c", name="double")


def test_names_are_as_long_as_a_language_allows() -> None:
    """However often a name is assigned to, and however long it is."""
    long = "a_name_of_more_than_the_sixty_three_letters_that_fortran_allows_for_a_name"
    text = "; ".join(["a = x", *["a = a*sin(a) + 1"] * 100, f"a*{long}"])
    code = export(text, to="fortran").code
    assert "Renamed: " + long in code
    assert all(len(word) <= 63 for line in code.splitlines() if "!" not in line for word in re.findall(r"\w+", line))


def test_what_a_language_lacks_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither the table nor a portable definition leads to what it has."""
    monkeypatch.setattr("adcli.studies.export.program.portable", dict)
    with pytest.raises(UsageError, match="has no erfinv"):
        export("erfinv(x)", to="javascript")


def test_a_branch_that_is_not_taken_is_not_computed() -> None:
    """Where a function outside its domain is an error; what several branches use is guarded by all of them."""
    code = export("where(x > 0, log(x) + log(x)^2, x)", to="python").code
    names: dict[str, object] = {}
    exec(code, names)
    f = names["f"]
    assert f(-2.0) == (-2.0, [1])  # type: ignore[operator]
    assert f(2.0)[0] == pytest.approx(math.log(2) + math.log(2) ** 2)  # type: ignore[operator]


def test_divisions_by_the_same_are_one_and_calls_come_first() -> None:
    """A reciprocal stands for several divisions; what a call would have to save is not there yet."""
    code = export("u = x*x + y*y; sin(x)*y/u, cos(x)/u*cos(x) + exp(sin(x)/u)", to="c", what=["value"]).code
    assert len(re.findall(r"(?<=[\w)])/(?=[\w(])", code.partition("{")[2])) == 1
    assert code.index("cos(x)") < code.index("1/")


def test_a_root_squared_is_what_is_under_it_where_that_has_a_value() -> None:
    """Of hypot always; of sqrt not, which has none left of 0."""
    assert "return x*x + y*y;" in export("hypot(x, y)^2", to="c", what=["value"]).code
    assert export("sqrt(x)*sqrt(x)", to="c", what=["value"]).code.count("sqrt") > 2


def test_numbers_are_computed_beforehand() -> None:
    """What depends on no input."""
    graph = lowered(parse("sqrt(2)*erf(1/3)*x"), target("c").library, "c")
    assert sum(1 for op in graph.ops if op.arguments) == 1
