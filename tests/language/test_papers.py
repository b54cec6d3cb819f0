"""LaTeX as papers, Maxima and older programs write it: plain TeX, arrays as cases and matrices, bars."""

from __future__ import annotations

import shutil

import pytest
from round_trips import OF_MAXIMA, trips

from adcli.errors import SyntaxFault
from adcli.language.notations import parse_foreign


def read(text: str) -> str:
    """What a text means, in adcli's language."""
    return parse_foreign("latex", text).reading.strip().replace("\n", "; ")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (r"{G m_1 m_2 \over r^2}", "G*m_1*m_2/r^2"),
        (r"K={1\over2}mv^2", "K = (1/2)*m*v^2"),
        (r"{a+b\over{c\over d}} + \sqrt{x\over y}", "(a + b)/(c/d) + sqrt(x/y)"),
        (r"\left(x \over y\right)^{1 \over 3}", "(x/y)^(1/3)"),
        (r"{{x^{{{3}\over{2}}}\,e^ {- x }}\over{2\,y}}", "(x^(3/2)*exp(-x))/(2*y)"),
        (r"{n \choose k} p^k", "binomial(n, k)*p^k"),
        (r"x_{\rm max} + {\bf v} + {\rm e}^{-x}", "x_max + v + exp(-x)"),
        (r"{\it bessel\_j}\left(1 , x\right)\,{\rm atan2}\left(y , x\right)", "besselj(1, x)*atan2(y, x)"),
        (r"x \rm{mod} \left(4\,y\right) + \operatorname{mod}(x, 3)", "Mod(x, 4*y) + Mod(x, 3)"),
        (r"\mathbf{if}\;x<2\;\mathbf{then}\;a\;\mathbf{else}\;b", "where(x < 2, a, b)"),
        (r"\mathrm{my\_rate} x", "my_rate*x"),
        (r"\ln\left|x\right| + \ln|y| + \sin\lfloor x \rfloor", "log(Abs(x)) + log(Abs(y)) + sin(floor(x))"),
        (
            r"\left\{\begin{array}{ll} x & x \ge 0 \\ -x & x < 0 \end{array}\right.",
            "Piecewise((x, x >= 0), (-x, x < 0))",
        ),
        (
            r"f = \left\{\begin{array}{rl} x, & \mbox{if } x \ge 0, \\ -x, & \mbox{otherwise}. \end{array}\right.",
            "f = where(x >= 0, x, -x)",
        ),
        (
            r"\left\{\begin{aligned} x &, x \ge 0 \\ -x &, x < 0 \end{aligned}\right.",
            "Piecewise((x, x >= 0), (-x, x < 0))",
        ),
        (r"\left|\begin{array}{cc} a & b \\ c & d \end{array}\right|", "det(a, b, c, d)"),
        (r"\begin{vmatrix} a & b \\ c & d \end{vmatrix} x", "det(a, b, c, d)*x"),
        (r"B\left(x, y\right) + Q\left(a, x\right)", "beta(x, y) + gammaincc(a, x)"),
        (r"{\left(\sin{\left(x \right)}\right)}_{3}", "ff(sin(x), 3)"),
        (r"\sin{\left(x \right)} + {x}^{\left(n\right)}", "sin(x) + rf(x, n)"),
        (r"\sin{\left(x \right)} + \zeta\left(x + y\right)", "sin(x) + zeta(x + y)"),
        (r"\left(\left(1-x\right)\right)_{\alpha}^{2} + \left(x\right)_{n}", "rf(1 - x, alpha)^2 + rf(x, n)"),
        (r"\psi_{0}(x) \psi_1(y)", "digamma(x)*polygamma(1, y)"),
        (r"L_{n}^{\left(a\right)}\left(a,x\right)", "assoc_laguerre(n, a, x)"),
        (
            r"F\left( \left. \begin{array}{c}a,\;x+1\\y\end{array} \right |,{{x}\over{y}}\right)^2",
            "hyp2f1(a, x + 1, y, x/y)^2",
        ),
        (r"F\left( \left. \begin{array}{c}\\3,\;\pi\end{array} \right |,y\right)", "hyp0f2(3, pi, y)"),
        (r"{{}_{1}F_{0}\left(\begin{matrix} a \\  \end{matrix}\middle| {x} \right)}", "(1 - x)^-a"),
        (r"{{45\,2^{2-y}}\over{\pi}}", "(45*2^(2 - y))/pi"),
    ],
)
def test_what_papers_and_older_programs_write(text: str, meaning: str) -> None:
    """What it means, in adcli's own language."""
    assert read(text) == meaning


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        (r"a \over b \over c", "needs braces", (10, 15)),
        (r"{a \over }", "something is missing", (3, 8)),
        (r"(x)_n", "_ cannot be read", (3, 4)),
        (r"\left(A x\right)_{1}", "_ cannot be read", (16, 17)),
        (r"10\,000 x", "an operator is missing", (4, 7)),
    ],
)
def test_what_is_told_apart_by_nothing_is_refused(text: str, said: str, place: tuple[int, int]) -> None:
    """With its place."""
    with pytest.raises(SyntaxFault, match=said) as caught:
        read(text)
    assert caught.value.span == place


@pytest.mark.parametrize(
    "text",
    [
        r"\log\left(x+1\right)^2",
        r"{\rm arccot}\; \left(x\right)^2",
        r"{\left(x\right)}_{3}",
        r"\left(x\right)_{n}",
        r"\psi_0(x)",
        r"\log 2\,y^2",
        r"\sin{\left(x \right)} + {x}^{\left(n\right)}",
    ],
)
def test_a_reading_that_others_may_not_share_is_said(text: str) -> None:
    """Maxima writes log((x + 1)^2) so, most papers log(x + 1)^2."""
    assert parse_foreign("latex", text).doubts


def test_a_condition_between_then_and_else_keeps_its_own_else() -> None:
    """In Maxima and in Julia."""
    meaning = "where(x > 0, where(y > 0, 1, 2), 3)"
    assert parse_foreign("maxima", "if x > 0 then if y > 0 then 1 else 2 else 3").reading.strip() == meaning
    assert parse_foreign("julia", "x > 0 ? y > 0 ? 1 : 2 : 3").reading.strip() == meaning


@pytest.mark.skipif(not shutil.which("maxima"), reason="Maxima is not there")
@pytest.mark.parametrize("printer", OF_MAXIMA)
def test_what_maxima_prints_is_read_as_it_is_meant(printer: str) -> None:
    """Or refused, or warned about, never misread."""
    wrong = [(*found, said) for *found, said in trips(20, 5, 2, (printer,)) if said.startswith("differs")]
    assert not wrong
