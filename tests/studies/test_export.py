"""Exported code, run: every operation of the table in every language whose compiler is there."""

from __future__ import annotations

import math
import random
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import mpmath
import pytest
from exported import RUNNERS, Asked, expressible, missing, program, prove, refused
from ops.samples import points, ranges
from ops.truth import value

from adcli import evaluate, hessian, jacobian, jvp, parse, vjp
from adcli.errors import AdcliError, UsageError
from adcli.ops import TABLE, Op
from adcli.studies.export.export import export
from adcli.studies.export.program import lowered, portable
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
    assert len(rest) < 40
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


LOST = ["x: 3", "softmax(x)", "log_softmax(x)", "logsumexp(x)", "logaddexp(x[1], x[2])"]
"""What has values where terms of it cancel."""
NEAR_ZERO = [[-0.7, -0.7, -1.0], [-0.7, -0.7, -0.7], [-1.0, -1.1, -1.2], [-0.6, -0.8, -40.0], [3.0, -2.0, 0.5]]
PAIRS = ["beta(a, b)", "binomial(n, k)", "rf(x, m)", "ff(x + 200, m)"]
FAR = [
    {"a": a, "b": b, "n": n, "k": k, "x": x, "m": m}
    for (a, b), (n, k), (x, m) in zip(
        [(12.5, 7.75), (60.25, 30.5), (150.5, 0.25), (1e7, 5.5), (-1.5, 0.75), (-2.5, 7.25), (-3.25, -4.5), (90, 1e3)],
        [(50, 3), (5, 7), (-3.5, 2.25), (180, 90), (6.5, -1.25), (4, -2), (300.5, 2.5), (1e3, 8)],
        [(-2.0, 2), (-1.5, 3), (2.5, 40), (150.5, 1.75), (1e6, 2.25), (4.5, -2.25), (0.5, 0), (-4.0, 6)],
        strict=True,
    )
]


def _everywhere(to: str, tmp_path: Path, text: list[str], points: list[dict[str, float]], what: str) -> None:
    tool, run = RUNNERS[to]
    if missing(tool):
        pytest.skip(f"code for {to} is not run: there is no {tool.removeprefix('import ')} here")
    name, _, dialect = to.partition(":")
    found = export(text, to=name, dialect=dialect or None, what=[what], self_test=True, points=points)
    file = tmp_path / f"program{target(name, dialect or None).extension}"
    file.write_text(found.code, encoding="utf-8")
    done = run(file)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]


@pytest.mark.parametrize("to", [to for to in RUNNERS if to != "sql:spark"])
def test_lost_digits_are_not_a_missing_value_in(to: str, tmp_path: Path) -> None:
    """Exponentials whose logarithm is next to 0: compiled and run, with the derivatives, beside 30 digits."""
    points = [{f"x[{i}]": v for i, v in enumerate(x, 1)} for x in NEAR_ZERO]
    _everywhere(to, tmp_path, LOST, points, "value")
    _everywhere(to, tmp_path, LOST[:1] + LOST[3:], points, "jacobian")


@pytest.mark.parametrize("to", [to for to in RUNNERS if to != "sql:spark"])
def test_beta_and_what_is_made_of_it_are_right_far_out_and_of_negative_numbers_in(to: str, tmp_path: Path) -> None:
    """Where gamma functions overflow or change their sign, and where a pole below makes 0."""
    _everywhere(to, tmp_path, PAIRS, FAR, "value")


@pytest.mark.parametrize("seed", range(3))
def test_beta_by_mpmath(seed: int) -> None:
    """At random points of all signs and sizes the definition has 12 digits."""
    names: dict[str, object] = {}
    exec(export("beta(x, y)", to="python", what=["value"]).code, names)
    draw, tried = random.Random(seed), 0
    while tried < 200:
        x, y = (draw.choice([1, 1, -1]) * draw.choice([0.3, 6, 60, 4e3, 1e9]) * draw.random() for _ in "xy")
        with mpmath.workdps(40):
            truth = mpmath.gammaprod([x, y], [mpmath.mpf(x) + y])
            if not 1e-280 < abs(truth) < 1e280:
                continue
            assert names["f"](x, y) == pytest.approx(float(truth), rel=1e-12), (x, y)  # type: ignore[operator]
        tried += 1


SIZES = [1e-10, 1e-3, 0.5, 1.5, 2.5, 7.25, 12.5, 25.5, 60.25, 150.5, 1e4 + 0.5, 1e7 + 0.25]


def _far(op: Op) -> list[tuple[float, ...]]:
    """Small and large arguments, of both signs, some that nearly cancel."""
    draw, found = random.Random(op.name), []
    for _ in range(20):
        point: list[float] = []
        for choice in ranges(op):
            x = draw.choice(SIZES) * draw.choice([1, 1, -1])
            if point and draw.random() < 0.3:
                x = -point[-1] * (1 + 1e-9)
            point.append(x if any(":" in part for part in choice) else float(draw.choice(choice)))
        found.append(tuple(point))
    return found


@pytest.mark.skipif(missing("node"), reason="there is no node here")
def test_what_is_written_out_has_a_value_where_the_operation_has_one(tmp_path: Path) -> None:
    """Run by Node, which has the fewest functions; but for what the heading says."""
    lines, asked = [], []
    for op in (op for op in TABLE.values() if (op.name in portable() or "sqrt(" in op.value) and op.samples):
        for point in _far(op):
            fixed = [not any(":" in part for part in choice) for choice in ranges(op)]
            args = [str(int(x)) if whole else f"x{i}" for i, (x, whole) in enumerate(zip(point, fixed, strict=True))]
            given = {arg: x for arg, x, whole in zip(args, point, fixed, strict=True) if not whole}
            text = f"{op.name}({', '.join(args)})"
            try:
                (truth,) = evaluate(text, given).values
            except AdcliError:
                continue
            limit = portable()[op.name].limit if op.name in portable() else ""
            if limit and eval(limit, {}, dict(zip(op.arguments, point, strict=True))):
                continue
            found = export(text, given, to="javascript", what=["value"], name=f"f{len(asked)}")
            lines += [found.code, f"console.log(f{len(asked)}({', '.join(repr(given[n]) for n in found.inputs)}));"]
            asked.append((text, given, truth))
            if limit:
                assert f"{op.name}({', '.join(op.arguments)}) with {limit}" in found.code
    file = tmp_path / "all.js"
    file.write_text("\n".join(lines), encoding="utf-8")
    done = RUNNERS["javascript"][1](file)
    assert done.returncode == 0, done.stderr[-500:]
    assert len(asked) > 400
    for (text, given, _), number in zip(asked, done.stdout.split(), strict=True):
        assert number != "NaN", (text, given)


def test_a_self_test_goes_where_digits_get_lost(tmp_path: Path) -> None:
    """Code that has no value where terms cancel fails it."""
    code = export("logsumexp([x, y])", to="python", self_test=True).code
    line = "max(x, y) + math.log1p(v2)"
    assert line in code
    file = tmp_path / "f.py"
    for text, status in ((code, 0), (code.replace(line, f"(lambda r: r*math.sqrt(abs(r) - 0.1))({line})/1"), 1)):
        file.write_text(text, encoding="utf-8")
        assert subprocess.run([sys.executable, str(file)], capture_output=True, check=False).returncode == status
    points = re.findall(r"^        \[(.*)\],$", code.partition("truths = [")[0], re.MULTILINE)
    near = [math.log(sum(math.exp(float(x)) for x in point.split(", "))) for point in points]
    assert min(map(abs, near)) < 0.1


def _columns(sql: str, table: str, create: str) -> list[str]:
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute(create)
        base.execute(f"INSERT INTO {table} VALUES (2.0, 3.0)")
        found = base.execute(sql)
        assert found.fetchone()[:2] == (2.0, 3.0)
        return [column[0] for column in found.description]


@pytest.mark.parametrize(
    ("text", "inputs", "heads"),
    [
        ("x*y", "x y", "x y f d_x d_y"),
        ("x*d_x", "x d_x", "x d_x y d_x_ d_d_x"),
        ("value^2*x", "value x", "value x y d_value d_x"),
        ("f*gradient", "f gradient", "f gradient y d_f d_gradient"),
        ("order*λ", "order λ", "order λ y d_order d_λ"),
        ("x*Y", "x Y", "x Y y_ d_x d_Y"),
    ],
)
def test_no_two_columns_of_a_query_or_sheet_are_called_the_same(text: str, inputs: str, heads: str) -> None:
    """An unnamed output is y, f where an input is called so; columns that are words of SQL are read by their names."""
    columns = ", ".join(f'"{name}" REAL' for name in inputs.split())
    query = export(text, to="sql", dialect="sqlite").code
    assert _columns(query, "data", f"CREATE TABLE data ({columns})") == heads.split()
    query = export(text, to="sql", dialect="sqlite", name="my-table").code
    assert _columns(query, '"my-table"', f'CREATE TABLE "my-table" ({columns})') == heads.split()
    sheet = export(text, to="excel").code.splitlines()[0].split("\t")
    assert len(set(sheet)) == len(sheet)
    assert set(inputs.split()) < set(sheet)


def test_a_sheet_calls_what_excel_has() -> None:
    """The normal distribution and error functions, where an input is called as a function is, too."""
    formula = "S*normcdf(d) - K*exp(-r*T)*normcdf(d - s*sqrt(T)) + erfc(d) + erf(r)"
    sheet = export(formula, to="excel", what=["value"]).code
    assert "NORM.S.DIST(B2,TRUE)" in sheet
    assert "ERFC.PRECISE(B2)" in sheet
    assert "ERF.PRECISE(D2)" in sheet
    assert len(sheet.splitlines()[0].split("\t")) < 15
    assert "=A2*EXP(B2)" in export("EXP*exp(x)", to="excel", what=["value"]).code


@pytest.mark.parametrize("name", ["my-f", "f x", "2f", "double", "größe"])
def test_a_function_is_not_called_what_the_language_cannot_call_it(name: str) -> None:
    """The hint has a name that it can."""
    with pytest.raises(UsageError, match="cannot be a function's name") as caught:
        export("x", to="c", name=name)
    assert export("x", to="c", name=str(caught.value.hint).rpartition(" ")[2]).code


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
