"""What people write in each notation beyond its plain formulas, and what is said where that is not read."""

from __future__ import annotations

import math
from typing import Any

import pytest

from adcli.derivatives.answers import evaluate
from adcli.errors import AdcliError
from adcli.language import parse
from adcli.language.notations import parse_foreign
from adcli.problem.problem import problem
from adcli.studies.convert import convert


@pytest.mark.parametrize(
    ("syntax", "text", "at", "truth"),
    [
        ("latex", r"\big( x + 1 \big)^2 \Big/ y", {"x": 8, "y": 2}, 40.5),
        ("latex", r"\left(x + 1\right) \middle/ y", {"x": 8, "y": 2}, 4.5),
        ("latex", r"\dot{m} c_p + \ddot x", {"m_dot": 2, "c_p": 3, "x_ddot": 1}, 7),
        ("latex", r"x^\frac12 + x^{2}", {"x": 4}, 18),
        ("latex", r"x^\frac12 3 + \frac123", {"x": 4}, 7.5),
        ("latex", r"\operatorname{frac}{\left(x \right)} + \frac{x}{2}", {"x": 2.5}, 1.75),
        (
            "latex",
            r"1 + \begin{array}{cc} \{ & \begin{array}{cc} x^2 & x>0 \\ -x & \text{True} \\ \end{array} \\ \end{array}",
            {"x": -2},
            3,
        ),
        ("mathematica", r"\[Pi] x + \[ExponentialE]", {"x": 2}, 2 * math.pi + math.e),
        ("mathematica", "Sin[30 Degree] + Degree x", {"x": 2}, 0.5 + math.radians(2)),
        ("mathematica", "Sqrt@x^2 + Exp@Sin@x + Sin@(x + 1)", {"x": 2}, 2 + math.exp(math.sin(2)) + math.sin(3)),
        ("mathematica", "a = x + 1 // Sin; (x^2 + a // Exp // Log) + 1", {"x": 2}, 5 + math.sin(3)),
        ("mathematica", "Max[x // Sin, y + 1 // Cos] + 1", {"x": 2, "y": 3}, 1 + math.sin(2)),
        ("sympy", "sympy.pi + sp.E + sympy.Rational(1, 2)*sp.x", {"x": 2}, math.pi + math.e + 1),
        ("sympy", "Pow(x, 2, evaluate=False) + Add(x, y, evaluate=False)", {"x": 2, "y": 3}, 9),
        ("python", "np.heaviside(x, .5)", {"x": 2}, 1),
        ("python", "import scipy.special as spec\nspec.expit(x)", {"x": 0}, 0.5),
        ("python", "sc.gammaln(x) + sps.gamma(x)", {"x": 4}, math.lgamma(4) + 6),
        ("julia", "sum(x*i for i in 1:3) + prod(x + k for k = 1:2)", {"x": 2}, 24),
        ("julia", "sum(sum(i*j*x for i in 1:2) for j ∈ 1:3)", {"x": 1}, 18),
        ("julia", "sum(x[i]^2 for i in 1:3) + sum(x)", {"x": [1, 2, 3]}, 20),
        ("julia", "sum(i > 1 ? i*x : x for i in 1:(1 + 1))", {"x": 1}, 3),
    ],
)
def test_what_people_write_has_the_value_they_mean(syntax: str, text: str, at: dict[str, Any], truth: float) -> None:
    """By the manuals of LaTeX, Mathematica, SymPy, NumPy, SciPy and Julia."""
    sizes = {name: (len(value),) for name, value in at.items() if isinstance(value, list)}
    (found,) = evaluate(problem(parse_foreign(syntax, text, sizes=sizes), at)).values
    assert float(found) == pytest.approx(truth, rel=1e-14)


@pytest.mark.parametrize(
    ("syntax", "text", "hint", "place"),
    [
        ("latex", r"1\,000\,x", r"write 1{,}000", (3, 6)),
        ("latex", r"\mid x \mid", "an absolute value is |x|", (0, 4)),
        ("julia", "0x10*x", "", (0, 4)),
        ("julia", "if x > 0; x; end", "condition ? a : b", (3, 4)),
        ("matlab", "if x > 0, y = 2, end", "merge(condition, a, b)", (3, 4)),
        ("excel", "=WURZEL(A1)", "English names here: SQRT", (1, 7)),
        ("excel", "='T in'*2", "names have no blanks", (1, 2)),
        ("excel", "=[@Price]*2", "columns of tables", (1, 2)),
        ("excel", '=A1&"x"', "texts are not read", (3, 4)),
        ("mathematica", "1 + x // Foo", "did you mean Floor?", (0, 12)),
        ("mathematica", "x //", "write f[x]", (2, 4)),
        ("mathematica", "Sin@(x", "", (4, 5)),
        ("adcli", "0x10 + x", "numbers are decimal: 16", (0, 4)),
        ("adcli", "j0(x)", "write besselj(0, x)", (0, 2)),
        ("adcli", "N(x)", "the normal distribution is normcdf", (0, 1)),
        ("adcli", "lg(x)", "write log10(x)", (0, 2)),
        ("adcli", "gaussian(x)", "the normal density is normpdf", (0, 8)),
    ],
)
def test_what_is_not_read_is_refused_where_it_stands_with_what_to_write(
    syntax: str, text: str, hint: str, place: tuple[int, int]
) -> None:
    """Nothing of it is read as something else: 0x10 is no product."""
    with pytest.raises(AdcliError) as caught:
        parse(text) if syntax == "adcli" else parse_foreign(syntax, text)
    assert hint in (caught.value.hint or "")
    assert caught.value.span == place


@pytest.mark.parametrize(
    ("to", "name"),
    [
        *[("sympy", name) for name in ("I", "oo", "nan", "Catalan")],
        *[("mathematica", name) for name in ("I", "Degree", "Catalan")],
        *[("julia", name) for name in ("im", "Inf", "NaN")],
        *[("matlab", name) for name in ("i", "Inf", "nan")],
        *[("maxima", name) for name in ("Catalan", "true", "lambda")],
    ],
)
def test_a_variable_with_the_name_of_a_constant_is_written_with_a_mark(to: str, name: str) -> None:
    """I is a current here, and no imaginary unit there."""
    text = convert(f"{name}*x", to=to).formula
    back = parse_foreign(to, text)
    assert [back.labels[node] for node in back.inputs] == [f"{name}_", "x"]


def test_a_subscript_of_two_parts_is_read_back_from_mathematica() -> None:
    """x_1_2 is Subscript[x, 1$2] there."""
    back = parse_foreign("mathematica", convert("x_1_2^2", to="mathematica").formula)
    assert [back.labels[node] for node in back.inputs] == ["x_1_2"]
