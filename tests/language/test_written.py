"""Formulas in other notations: what is written reads back as the same formula."""

from __future__ import annotations

import pytest
from ops.samples import points
from round_trips import LEFT_OUT, PRINTERS, trips

from adcli import gradient
from adcli.cli import options
from adcli.derivatives.answers import evaluate
from adcli.errors import NameFault, UsageError
from adcli.language import parse
from adcli.language.notations import SYNTAXES, WRITTEN, parse_foreign
from adcli.language.notations.spellings import SPELLINGS
from adcli.language.notations.written import written
from adcli.ops import TABLE


def write(syntax: str, text: str) -> str:
    """A program in a notation, in one line."""
    return written(parse(text), syntax).strip().replace("\n", " ")


@pytest.mark.parametrize(
    ("syntax", "text", "said"),
    [
        ("latex", "ln(x1) + x1*x2 - sin(x2)", r"\ln\left(x_{1}\right) + x_{1} \cdot x_{2} - \sin\left(x_{2}\right)"),
        ("latex", "exp(-x^2/2)/sqrt(2*pi)", r"\frac{e^{\frac{-x^{2}}{2}}}{\sqrt{2 \cdot \pi}}"),
        ("latex", "(x + 1)^2*(x - -1)", r"\left(x + 1\right)^{2} \cdot \left(x - \left(-1\right)\right)"),
        ("latex", "rate_in*theta_0 + 1e-3", r"\mathrm{rate}_{\mathrm{in}} \cdot \theta_{0} + 1 \cdot 10^{-3}"),
        ("latex", "log(x, 2) + hypot(x, y)", r"\frac{\ln\left(x\right)}{\ln\left(2\right)} + \sqrt{x^{2} + y^{2}}"),
        ("latex", "|x|*floor(y)", r"\left|x\right| \cdot \left\lfloor y \right\rfloor"),
        (
            "latex",
            "f = where(x > 0, x, where(x < -1, 2, -x))",
            r"f = \begin{cases} x & \text{if } x > 0 \\ 2 & \text{if } x < -1 \\ -x & \text{otherwise} \end{cases}",
        ),
        ("latex", "a = x*y; a^2 + a", r"\begin{aligned} a &= x \cdot y \\ a^{2} + a \end{aligned}"),
        ("mathematica", "atan2(y, x_1)*log(x)", "ArcTan[Subscript[x, 1], y]*Log[x]"),
        ("mathematica", "x[1]^-2*1.5e-3 + N*E", "x[[1]]^(-2)*1.5*^-3 + N$*E"),
        ("mathematica", "where(x > 0 and y > 0, x, y)", "Piecewise[{{x, x > 0 && y > 0}}, y]"),
        ("maxima", "a = 2*x; a + polygamma(1, x)", "a: 2*x; a + psi[1](x);"),
        ("maxima", "where(x != 0, x, -pi)", "if x # 0 then x else -%pi;"),
        ("python", "x[1]^2 + lambda*|x[2]| - Mod(y, 3)", "x[0]**2 + lambda_*abs(x[1]) - y % 3"),
        ("python", "where(x > 0, x, where(y > 0, 1, 2))*3", "(x if x > 0 else 1 if y > 0 else 2)*3"),
        ("python", "-x^2 + (-x)^2 + (x^y)^z + x^y^z", "-x**2 + (-x)**2 + (x**y)**z + x**y**z"),
        ("python", "a - (b - c) - (d + e)/(f*g)", "a - (b - c) - (d + e)/(f*g)"),
        ("sympy", "where(x == 0, 1, y)", "Piecewise((1, Eq(x, 0)), (y, True))"),
        ("sympy", "a = x + 1; a^2", "(x + 1)**2"),
        ("julia", "where(x > 0, x, y) + 12345678901*x", "(x > 0 ? x : y) + 12345678901.0*x"),
        ("matlab", "Max(x, y, z)^2^x", "max(x, max(y, z))^(2^x);"),
        ("excel", "-A1^2 + where(A1 > 0, pi, atan2(A1, B2))", "=-(A1^2) + IF(A1 > 0, PI(), ATAN2(B2, A1))"),
        ("excel", "a = A1*2; a^2^x", "=(A1*2)^(2^x)"),
        (
            "latex",
            "2*det(a, b, c, d + 1)",
            r"2 \cdot \det\left(\begin{bmatrix} a & b \\ c & d + 1 \end{bmatrix}\right)",
        ),
        ("mathematica", "det(a, b, c, d + 1)^2", "Det[{{a, b}, {c, d + 1}}]^2"),
        ("maxima", "det(a, b, c, -d)", "determinant(matrix([a, b], [c, -d]));"),
        ("sympy", "det(a, b, c, d)*x", "Matrix([[a, b], [c, d]]).det()*x"),
        ("adcli", "2x if x > 0 else x²", "Piecewise((2*x, x > 0), (x^2, True))"),
    ],
)
def test_a_formula_is_written_as_the_notation_has_it(syntax: str, text: str, said: str) -> None:
    """With its names, its indices, and no brackets that are not needed."""
    assert write(syntax, text) == said


@pytest.mark.parametrize("syntax", ["latex", "mathematica", "maxima"])
def test_a_matrix_that_is_written_is_read_again(syntax: str) -> None:
    text = "det(a, b, c, d)^2 - det(x, a, b, c, d, 2, 3, a*b, y)/y"
    at = dict(zip("abcdxy", (0.5, 2, -1, 3, 0.25, 4), strict=True))
    truth = gradient(text, at)
    found = gradient(write(syntax, text), at, syntax=syntax)
    assert found.value == truth.value
    assert found.gradient == pytest.approx(truth.gradient, rel=1e-14)


def test_every_notation_that_is_read_is_written() -> None:
    """And the command line offers them all."""
    assert {"adcli", *SPELLINGS} == set(WRITTEN) == set(options.SYNTAXES)
    assert set(SYNTAXES) < set(WRITTEN)


def test_what_cannot_be_written_is_refused() -> None:
    """An operation that the notation lacks, and names that it spells alike."""
    with pytest.raises(UsageError, match="erfinv cannot be written in excel"):
        write("excel", "erfinv(x)")
    with pytest.raises(NameFault, match="x_1 and x1 are both"):
        write("latex", "x1 + x_1")


def test_what_is_used_often_is_written_once_or_refused() -> None:
    """Doubling a hundred times is no text of 2^100 characters."""
    doubled = "; ".join(["a = x"] + ["a = a + a*x"] * 100 + ["a"])
    assert len(write("julia", doubled)) < 5_000
    with pytest.raises(Exception, match="more than 10,000,000 characters"):
        write("excel", doubled)


def test_neither_length_nor_depth_is_bounded() -> None:
    """A sum of many terms, brackets in brackets."""
    assert len(write("latex", "+".join(["x"] * 20_000))) > 60_000
    assert write("python", "sin(" * 5_000 + "x" + ")" * 5_000).startswith("math.sin(math.sin(")


@pytest.mark.parametrize("syntax", sorted(SPELLINGS))
def test_every_function_that_a_notation_has_reads_back_with_its_value(syntax: str) -> None:
    """At a point where the table samples it."""
    lacking = []
    for op in TABLE.values():
        if not op.samples or op.symbol or op.matrix or op.inner or op.name in LEFT_OUT:
            continue
        (point,) = points(op, 1)
        names = [f"x{place}" for place in range(1, len(point) + 1)]
        graph = parse(f"{op.name}({', '.join(names)})")
        try:
            text = written(graph, syntax)
        except UsageError:
            lacking.append(op.name)
            continue
        back = parse_foreign(syntax, text)
        at = dict(zip(names, point, strict=True))
        here = {name: at[name.replace("_", "")] for name in back.input_names}
        truth = evaluate(graph, at, precision=20).values[0]
        assert abs(evaluate(back, here, precision=20).values[0] - truth) <= 1e-18 * abs(truth), (op.name, text)
    assert len(lacking) <= {"excel": 70, "julia": 40, "python": 15, "matlab": 15}.get(syntax, 8), lacking


@pytest.mark.parametrize("syntax", WRITTEN)
def test_what_is_written_reads_back_as_the_same_formula(syntax: str) -> None:
    """Values and derivatives to twelve digits."""
    wrong = [found for *found, said in trips(12, 2, 2, (syntax,)) if said and not said.startswith("lacks")]
    assert not wrong


@pytest.mark.parametrize("printer", PRINTERS)
def test_what_sympy_prints_is_read_as_it_is_meant(printer: str) -> None:
    """Or refused, never misread."""
    wrong = [(*found, said) for *found, said in trips(6, 5, 2, (printer,)) if said.startswith("differs")]
    assert not wrong


@pytest.mark.parametrize(("syntax", "name"), [("python", "round("), ("julia", "round("), ("mathematica", "Round[")])
def test_round_is_the_languages_own_where_that_takes_the_even_one_of_two(syntax: str, name: str) -> None:
    """floor(x + 1/2) is 1 in floats just below 1/2."""
    assert written(parse("round(x)"), syntax).startswith(name)


@pytest.mark.parametrize("x", [0.49999999999999994, 0.5, 1.5, 2.5, -0.5, -1.5, 4503599627370497.0])
def test_python_rounds_as_adcli_does(x: float) -> None:
    """The text that is written, as Python itself evaluates it."""
    found = eval(written(parse("round(x)"), "python"), {"x": x})
    assert found == evaluate(parse("round(x)"), {"x": x}).values[0]
