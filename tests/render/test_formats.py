"""The formats for machines and documents: exact texts."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import mpmath
import pytest
import samples

from adcli.arithmetic.multiprecision import multiprecision
from adcli.derivatives.results import Gradient, Jacobian
from adcli.render import FORMATS, View, render
from adcli.render.numbers import exact
from adcli.results import Result


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (samples.evaluation, "11.652071455223084\n"),
        (samples.gradient, "x1\t5.5\nx2\t1.7163378145367738\n"),
        (samples.jacobian, "-2.0\t1.0\n0.5403023058681398\t0.0\n0.0\t-4.0\n"),
        (samples.polar, "1.0\t0.0\n0.0\t2.0\ndeterminant\t2.0\n"),
        (samples.jvp, "8.932675629073547\n9.0\n"),
        (samples.vjp, "x1\t15.5\nx2\t5.716337814536773\n"),
    ],
)
def test_plain_is_what_scripts_read(result: Result, text: str) -> None:
    """Numbers are the shortest that read back the same; names and columns are set apart by a tab."""
    assert render(result, "plain") == text


def test_value_is_numbers_alone() -> None:
    """One a line, row by row, the determinant last."""
    assert render(samples.gradient, "value") == "5.5\n1.7163378145367738\n"
    assert render(samples.polar, "value") == "1.0\n0.0\n0.0\n2.0\n2.0\n"


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (samples.evaluation, "output,value\ny,11.652071455223084\n"),
        (samples.gradient, "output,x1,x2\ny,5.5,1.7163378145367738\n"),
        (samples.jacobian, "output,x1,x2\ny1,-2.0,1.0\ny2,0.5403023058681398,0.0\ny3,0.0,-4.0\n"),
        (samples.polar, "input,y1,y2\nr,1.0,0.0\nt,0.0,2.0\ndeterminant,2.0,\n"),
        (samples.jvp, "output,jvp\ny1,8.932675629073547\ny2,9.0\n"),
        (samples.vjp, ",x1,x2\nvjp,15.5,5.716337814536773\n"),
    ],
)
def test_csv_has_a_header(result: Result, text: str) -> None:
    """A row per output, or per input in the denominator layout."""
    assert render(result, "csv") == text


def test_csv_quotes_names_that_hold_commas() -> None:
    """A[1,2] is one field."""
    assert render(replace(samples.gradient, gradient={"A[1,2]": 1.0}), "csv") == 'output,"A[1,2]"\ny,1.0\n'


def test_json_has_the_fields_of_the_contract_in_their_order() -> None:
    """schema, command, expr, at; the result's own; warnings, check."""
    text = render(replace(samples.gradient, warnings=(samples.KINK,), check=samples.AGREES), "json")
    assert text.count("\n") == 1
    assert list(json.loads(text).items()) == [
        ("schema", 1),
        ("command", "grad"),
        ("expr", [samples.BAYDIN]),
        ("at", {"x1": 2.0, "x2": 5.0}),
        ("mode", "reverse"),
        ("sweeps", 1),
        ("output", "y"),
        ("value", 11.652071455223084),
        ("gradient", {"x1": 5.5, "x2": 1.7163378145367738}),
        ("warnings", [{"kind": "kink", "message": samples.KINK.message, "span": [2, 8]}]),
        (
            "check",
            {
                "against": "SymPy",
                "ok": True,
                "max_abs_error": 1e-32,
                "max_rel_error": 2e-32,
                "tolerance": 1e-20,
                "digits": 16,
            },
        ),
    ]


@pytest.mark.parametrize(
    ("result", "own"),
    [
        (samples.evaluation, ["outputs", "values"]),
        (samples.jacobian, ["mode", "outputs", "inputs", "values", "layout", "jacobian", "sweeps"]),
        (samples.polar, ["mode", "outputs", "inputs", "values", "layout", "jacobian", "sweeps", "determinant"]),
        (samples.jvp, ["mode", "outputs", "values", "tangent", "jvp"]),
        (samples.vjp, ["mode", "outputs", "values", "cotangent", "vjp"]),
    ],
)
def test_json_of_each_command(result: Result, own: list[str]) -> None:
    """A result's fields are its keys; what was not asked for is absent, a missing check is null."""
    fields = json.loads(render(result, "json"))
    assert list(fields) == ["schema", "command", "expr", "at", *own, "warnings", "check"]
    assert fields["check"] is None


def test_json_of_numbers_that_are_none() -> None:
    """Strict JSON knows no NaN: the three are strings, and no zero is negative."""
    numbers = {"a": math.nan, "b": math.inf, "c": -math.inf, "d": -0.0}
    text = render(replace(samples.gradient, gradient=numbers), "json")
    assert '"gradient": {"a": "NaN", "b": "Infinity", "c": "-Infinity", "d": 0.0}' in text


def test_json_of_many_digits() -> None:
    """With a precision, numbers are strings of that many digits."""
    with mpmath.workdps(60):
        result = replace(
            samples.gradient,
            at={"x": mpmath.mpf(1)},
            precision=40,
            value=mpmath.mpf("-inf"),
            gradient={"x": mpmath.cos(1)},
        )
    fields = json.loads(render(result, "json"))
    assert fields["gradient"] == {"x": "0.5403023058681397174009366074429766037323"}
    assert fields["at"] == {"x": "1." + "0" * 39}
    assert fields["value"] == "-Infinity"


@pytest.mark.parametrize("text", ['a"b\\c', "λ + x₁", "\x00\x1f\x7f\u2028", "𝑥", "x\ty\r\nz", "\ud800"])
@pytest.mark.parametrize("unicode", [True, False])
def test_json_strings_read_back_the_same(text: str, unicode: bool) -> None:
    """Whatever stands in a formula, the object stays JSON; without Unicode it is ASCII."""
    rendered = render(replace(samples.evaluation, expr=(text,)), "json", View(unicode=unicode))
    assert json.loads(rendered)["expr"] == [text]
    assert unicode or rendered.isascii()


def test_markdown() -> None:
    """A table of values and one of derivatives, aligned in the source too."""
    assert render(samples.gradient, "markdown") == (
        "| output |   value |\n"
        "| ------ | ------: |\n"
        "| y      | 11.6521 |\n"
        "\n"
        "| input | derivative |\n"
        "| ----- | ---------: |\n"
        "| x1    |        5.5 |\n"
        "| x2    |    1.71634 |\n"
    )
    assert render(samples.polar, "markdown", View(digits=3)) == (
        "| output | value |\n"
        "| ------ | ----: |\n"
        "| y1     |     2 |\n"
        "| y2     |     0 |\n"
        "\n"
        "|      |  y1 |  y2 |\n"
        "| ---- | --: | --: |\n"
        "| ∂/∂r |   1 |   0 |\n"
        "| ∂/∂t |   0 |   2 |\n"
        "\n"
        "det J = 2\n"
    )


def test_markdown_reads_nothing_into_names() -> None:
    """Characters that mean something in Markdown are escaped."""
    text = render(replace(samples.gradient, gradient={"x[1]": 1.0, "a_b": 2.0}), "markdown")
    assert "| x\\[1\\] |" in text
    assert "| a\\_b   |" in text


def test_latex() -> None:
    """Aligned equations; a gradient is a row, or a column in the denominator layout."""
    assert render(samples.gradient, "latex") == (
        "\\[\n\\begin{aligned}\n"
        "y &= 11.6521 \\\\\n"
        "\\frac{\\partial y}{\\partial (x_{1}, x_{2})} &= \\begin{bmatrix}\n"
        "5.5 & 1.71634\n"
        "\\end{bmatrix}\n"
        "\\end{aligned}\n\\]\n"
    )
    assert "\\begin{bmatrix}\n5.5 \\\\\n1.71634\n\\end{bmatrix}" in render(
        samples.gradient, "latex", View(transposed=True)
    )
    assert (
        "J = \\frac{\\partial (y_{1}, y_{2}, y_{3})}{\\partial (x_{1}, x_{2})} &= "
        "\\begin{bmatrix}\n-2 & 1 \\\\\n0.540302 & 0 \\\\\n0 & -4\n\\end{bmatrix}"
    ) in render(samples.jacobian, "latex")
    many = render(replace(samples.gradient, gradient={f"x{i}": float(i) for i in range(9)}), "latex")
    assert "\\frac{\\partial y}{\\partial x_{8}} &= 8\n" in many
    polar = render(samples.polar, "latex")
    assert "J^{\\mathsf T} &= \\begin{bmatrix}\n1 & 0 \\\\\n0 & 2\n\\end{bmatrix}" in polar
    assert "\\det J &= 2" in polar


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x", "x"),
        ("x1", "x_{1}"),
        ("x_1", "x_{1}"),
        ("x₁", "x_{1}"),
        ("v12", "v_{12}"),
        ("lambda", "\\lambda"),
        ("λ", "\\lambda"),
        ("lambda1", "\\lambda_{1}"),
        ("Omega", "\\Omega"),
        ("speed", "\\mathrm{speed}"),
        ("x_max", "x_{\\mathrm{max}}"),
        ("sigma_x", "\\sigma_{x}"),
        ("x_1y", "x_{\\mathrm{1y}}"),
        ("_a_b", "\\mathrm{\\_a\\_b}"),
        ("x[1]", "x_{1}"),
        ("A[1,2]", "A_{1,2}"),
        ("x1[2]", "x_{1,2}"),
        ("größe", "\\text{größe}"),
    ],
)
def test_names_in_latex(name: str, written: str) -> None:
    """Digits and what follows _ are subscripts; Greek letters are letters; words stay upright."""
    from adcli.render.latex import name as latex_name

    assert latex_name(name) == written


def test_numbers_in_latex() -> None:
    """Powers of ten are written as such."""
    text = render(replace(samples.evaluation, values=(-1.5e-7,)), "latex")
    assert "y &= -1.5 \\times 10^{-7}" in text
    assert "y &= -\\infty" in render(replace(samples.evaluation, values=(-math.inf,)), "latex")


def test_a_wide_matrix_compiles() -> None:
    """amsmath's matrices stop at ten columns, so a wider one is an array."""
    assert "\\left[\\begin{array}{*{12}{c}}" in render(samples.wide(12), "latex")


def test_a_linear_approximation_is_a_program() -> None:
    """f(a) + J(x - a) in adcli's own language; entries that are zero add no term."""
    lines = ["y1 = -2 - 2*(x1 - 1) + 1*(x2 + 2)", "y2 = 0.8414709848078965 + 0.5403023058681398*(x1 - 1)"]
    text = render(samples.jacobian, "plain", View(linearize=True))
    assert text.splitlines()[:2] == lines
    assert json.loads(render(samples.jacobian, "json", View(linearize=True)))["linearization"][:2] == lines
    # Of Jᵀ it is the same, and at 0 there is nothing to subtract.
    assert render(samples.polar, "plain", View(linearize=True)) == (
        "y1 = 2 + 1*(r - 2)\ny2 = 0 + 2*t\n# determinant = 2.0\n"
    )


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_ends_its_last_line(format: str) -> None:
    """Each command's result has each format, and ends in a newline, once."""
    results = (samples.evaluation, samples.gradient, samples.jacobian, samples.polar, samples.jvp, samples.vjp)
    for result in results:
        for linearize in (False, True):
            text = render(result, format, View(linearize=linearize))
            assert text.endswith("\n")
            assert isinstance(result, (Gradient, Jacobian)) or text.strip()


@pytest.mark.parametrize(
    ("number", "precision", "text"),
    [("1e308", 1, "1e+308"), ("5", 1, "5"), ("123", 3, "123"), ("1e308", 3, "1.00e+308"), ("0.1", 3, "0.100")],
)
def test_a_point_has_digits_on_both_sides(number: str, precision: int, text: str) -> None:
    """However few of them are asked for."""
    assert exact(multiprecision(precision).context.mpf(number), precision) == text
