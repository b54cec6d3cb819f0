"""Other notations: of papers, computer algebra, spreadsheets and code."""

from __future__ import annotations

import builtins
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from adcli.cli import options
from adcli.derivatives.answers import evaluate, gradient
from adcli.errors import AdcliError, LimitError, NameFault, SyntaxFault, UsageError
from adcli.language import unparse
from adcli.language.notations import SYNTAXES, parse_foreign
from adcli.problem.problem import problem


def read(syntax: str, text: str) -> str:
    """What a text means, in adcli's language."""
    return parse_foreign(syntax, text).reading.strip().replace("\n", "; ")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (r"\ln x_1 + x_1 x_2 - \sin x_2", "log(x_1) + x_1*x_2 - sin(x_2)"),
        (r"x_{1}^2", "x_1^2"),
        (r"x_{12} x_1", "x_12*x_1"),
        (r"T_{\mathrm{in}} - T_{out}", "T_in - T_out"),
        (r"\theta_{1} \alpha", "theta_1*alpha"),
        (r"\mathrm{rate} \cdot t", "rate*t"),
        (r"\frac{x}{y}", "x/y"),
        (r"\frac12 x", "(1/2)*x"),
        (r"\dfrac{1}{1+e^{-x}}", "1/(1 + exp(-x))"),
        (r"\sqrt{x} + \sqrt[3]{y}", "sqrt(x) + cbrt(y)"),
        (r"\sqrt[n]{x}", "x^(1/n)"),
        (r"\pi r^2", "pi*r^2"),
        (r"2(b+c)", "2*(b + c)"),
        (r"\pi(a+b)", "pi*(a + b)"),
        (r"x_1\left(y + 1\right)^2", "x_1*(y + 1)^2"),
        (r"(a+b)(c+d)", "(a + b)*(c + d)"),
        (r"\left|x\right| + |y|", "Abs(x) + Abs(y)"),
        (r"||x|+1|", "Abs(Abs(x) + 1)"),
        (r"\lfloor x \rfloor + \lceil x \rceil", "floor(x) + ceiling(x)"),
        (r"\log_{2} x + \log_b x", "log2(x) + log(x)/log(b)"),
        (r"\sin^2 x", "sin(x)^2"),
        (r"2 \operatorname{atan}^{2}{\left(x \right)}", "2*atan(x)^2"),
        (r"\tan^{-1}\frac{y}{x}", "atan(y/x)"),
        (r"\sin 2x \cos x", "sin(2*x)*cos(x)"),
        (r"\Gamma(x) + \Gamma", "gamma(x) + Gamma"),
        (r"\max(x, 0)", "Max(x, 0)"),
        (r"\operatorname{erf}\left(x\right)", "erf(x)"),
        (r"\operatorname{atan2}(y, x)", "atan2(y, x)"),
        (r"\left(x+1\right)^{2}", "(x + 1)^2"),
        (r"\bigl\{x + 1\bigr\} y", "(x + 1)*y"),
        (r"$x \, y$", "x*y"),
        (r"\[ x^{10} % the tenth" + "\n" + r"\]", "x^10"),
        (r"-x^2", "-x^2"),
        (r"10^{-3} x", "10^-3*x"),
        (r"x \\ y", "x, y"),
        (r"0.1 x", "0.1*x"),
        (r"9^{9^{9^{9}}}", "9^9^9^9"),
        (r"\log{\left(x \right)}^{2}", "log(x)^2"),
        (r"\sin{x} / y + \ln{x} y + \sin^2{x} y", "sin(x)/y + log(x)*y + sin(x)^2*y"),
        (r"\sin x \cdot y + \sin 2x y", "sin(x)*y + sin(2*x*y)"),
        (r"\sin \frac{1}{2}x", "sin((1/2)*x)"),
        (r"\log_2 -2\cdot y+\cos^2 \operatorname{erf}(x_1)", "log2(-2)*y + cos(erf(x_1))^2"),
        (r"\operatorname{sech} x", "sech(x)"),
        (r"x!", "factorial(x)"),
        (r"\binom{n}{2}", "binomial(n, 2)"),
        (r"\sum_{i=1}^{3} x_i^2 + 1", "(x[1]^2 + x[2]^2 + x[3]^2) + 1"),
        (r"\sum_{i=1}^{2}\sum_{j=1}^{i} A_{ij}", "A[1,1] + (A[2,1] + A[2,2])"),
        (r"\prod_{k=1}^3 (x+k)", "(x + 1)*(x + 2)*(x + 3)"),
        (
            r"\begin{cases} x & \text{for}\: x > 0 \\- x & \text{otherwise} \end{cases}",
            "where(x > 0, x, -x)",
        ),
        (r"\psi(x) + \psi^{(1)}(x)", "digamma(x) + polygamma(1, x)"),
        (r"\sin 30^{\circ}", "sin(30*pi/180)"),
        (r"X_\mathrm{min} + \hat{x} + x_{\mathrm{a}b}", "X_min + x_hat + x_ab"),
        (r"f = x^2", "f = x^2"),
        (r"\begin{aligned} x &+ y \end{aligned}", "x + y"),
        (r"2e^{x} + \| x \| + \left\| y \right\|", "2*exp(x) + Abs(x) + Abs(y)"),
        (r"\big|x\big| y", "Abs(x)*y"),
        (r"\begin{cases} x, & x > 0, \\ 0, & \text{else.} \end{cases}", "where(x > 0, x, 0)"),
        (r"\begin{cases} 1 & \text{if $x > 0$} \\ 2 & \text{otherwise}\end{cases}", "where(x > 0, 1, 2)"),
        (
            r"\begin{cases} 1 & \begin{cases} x & x > 0 \\ 3 & \text{else}\end{cases} > 1 \\ 2 & x < 0 \end{cases}",
            "Piecewise((1, where(x > 0, x, 3) > 1), (2, x < 0))",
        ),
        (r"f(x, y) = x y.", "f = x*y"),
        (r"\operatorname*{max}(x, y) \boldsymbol{\theta}", "Max(x, y)*theta"),
        (r"\begin{array}{l} x \end{array}", "x"),
        (r"W^{2}\left(x\right) + W \left(x\right)", "LambertW(x)^2 + W*x"),
        (r"\theta\left(x\right) + \theta \left(x\right)", "Heaviside(x) + theta*x"),
        (r"\sin x^2 y", "sin(x^2*y)"),
        (r"Y_{\frac{z}{x}}\left(\left|{y}\right|\right) + J_0(x)", "bessely(z/x, Abs(y)) + besselj(0, x)"),
        (r"K_{1}\left(x\right) + K_1 \left(x + 1\right)", "besselk(1, x) + K_1*(x + 1)"),
        (r"I^{2}_{0}\left(x\right) + P_1\left(1+r\right)", "besseli(0, x)^2 + P_1*(1 + r)"),
        (r"Ai^\prime\left(x\right) + Bi(x) + A i", "airyaiprime(x) + airybi(x) + A*i"),
        (r"\operatorname{E}_{1}\left(x\right) + \operatorname{Li}_{2}\left(x\right)", "E1(x) + polylog(2, x)"),
        (
            r"E\left(x\middle| m\right) + \Pi\left(3; y\middle| m\right)",
            "elliptic_einc(x, m) + elliptic_piinc(3, y, m)",
        ),
        (r"\Gamma\left(a, x\right)/\gamma\left(a, x\right)", "uppergamma(a, x)/lowergamma(a, x)"),
        (r"\zeta\left(x\right) + 2\zeta\omega + C\left(1 - x\right)", "zeta(x) + 2*zeta*omega + C*(1 - x)"),
        (
            r"L_{2}^{\left(a\right)}\left(x\right) C_{3}^{(b)}\left(x\right)",
            "assoc_laguerre(2, a, x)*gegenbauer(3, b, x)",
        ),
    ],
)
def test_latex(text: str, meaning: str) -> None:
    """What it means, in adcli's own language."""
    assert read("latex", text) == meaning


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        (r"\frac{d}{dx} x^2", "this looks like d/dx", (0, 5)),
        (r"x^2 + y^2 = 1", "an equation is no formula", (9, 12)),
        (r"\begin{cases} x \end{cases}", "a case is a value & its condition", (14, 15)),
        (r"\sum x_i", r"\\sum needs a range", (0, 4)),
        (r"\int x", r"\\int cannot be read", (0, 4)),
        (r"\ln^{-1} x", "may be an inverse or a reciprocal", (0, 10)),
        (r"x^12", "only the 1 of this is the exponent", (2, 4)),
        (r"x^-1", "the exponent needs braces", (1, 2)),
        (r"x^y^z", "a power of a power needs brackets", (3, 4)),
        (r"1,000 x", ", cannot be read", (1, 2)),
        (r"n!!", "double factorial", (0, 3)),
        (r"x \, \mathrm{d}x", "d belongs to an integral", (5, 15)),
        (r"\mathrm{Lj}_2(x)", "there is no function Lj", (0, 11)),
        (r"{z_{1}}^{\left(x\right)}", "may be a power or the rising factorial", (0, 24)),
        (r"\sum_{i=1}^{n} x_i", "a whole number", (12, 13)),
        (r"1e5", "the e of this is a factor", (1, 2)),
        (r"f(x,y)", "a comma belongs between the arguments of a function", (3, 4)),
        (r"\mathrm{rate}(x)", "there is no function rate", (0, 13)),
        (r"\operatorname{foo}(x)", "there is no function foo", (0, 18)),
        (r"(x + 1", "this bracket is not closed", (0, 1)),
        (r"x + 1)", "never opened", (5, 6)),
        (r"\left(x\right]", r"\) is expected here", (13, 14)),
        (r"x + ", "operand is missing", (2, 3)),
        (r"2 3", "an operator is missing", (2, 3)),
        (r"\sin", "the argument of", (0, 4)),
        (r"E m", "E cannot be a variable", (0, 1)),
        (r"x'", "' cannot be read", (1, 2)),
        (r"", "there is no expression", (0, 0)),
        (r"\input{/etc/passwd}", r"\\input cannot be read", (0, 6)),
    ],
)
def test_latex_that_cannot_be_read(text: str, said: str, place: tuple[int, int]) -> None:
    """Each fault is located; nothing is read as something else."""
    with pytest.raises((SyntaxFault, NameFault, LimitError), match=said) as caught:
        parse_foreign("latex", text)
    assert caught.value.span == place
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Log[x1] + x1 x2 - Sin[x2]", "log(x1) + x1*x2 - sin(x2)"),
        ("2x", "2*x"),
        ("E^(-x^2/2)", "exp(-x^2/2)"),
        ("Pi r^2", "pi*r^2"),
        ("ArcTan[x, y]", "atan2(y, x)"),
        ("ArcTan[x]", "atan(x)"),
        ("Log[2, x] + Log[b, x]", "log2(x) + log(x)/log(b)"),
        ("Log[Max[x, y]]", "log(Max(x, y))"),
        ("PolyGamma[1, x] + ProductLog[x]", "polygamma(1, x) + LambertW(x)"),
        ("Subscript[x, 1] \\[Lambda]", "x_1*lambda"),
        ("x[[1]] A[[1,2]]", "x[1]*A[1,2]"),
        ("(x + 1)(y - 1)", "(x + 1)*(y - 1)"),
        ("If[x > 0, x, 0]", "where(x > 0, x, 0)"),
        ("Piecewise[{{x, x > 0}, {-x, x < 0}}, 1]", "where(x > 0, x, where(x < 0, -x, 1))"),
        ("1.5*^3 x (* a comment *)", "1.5e3*x"),
        ("x^y^z", "x^y^z"),
        ("-x^2", "-x^2"),
        ("x; y", "x, y"),
        ("{x, y}", "x, y"),
        ("y + x^-1", "y + x^-1"),
        ("1.6*10^-19", "1.6*10^-19"),
        ("Power[x, -1] + Times[2, x, y] + Rational[1, 2]", "x^-1 + 2*x*y + 1/2"),
        ("Sum[i x[[i]], {i, 1, 3}]", "1*x[1] + 2*x[2] + 3*x[3]"),
        ("f[u_] := u^2; a = 2 x; f[a + 1]", "a = 2*x; (a + 1)^2"),
        ("If[0 < x < 1 && !(y > 2), x, y]", "where((0 < x and x < 1) and not y > 2, x, y)"),
        ("Sin[x[[1]]] n!", "sin(x[1])*factorial(n)"),
        (
            "Which[x > 0, 1, True, 2] Boole[x > 1] UnitStep[x]",
            "where(x > 0, 1, 2)*where(x > 1, 1, 0)*where(x >= 0, 1, 0)",
        ),
        ("90 Degree", "90*pi/180"),
        ("Gamma[a, x] + Gamma[a, 0, x]", "uppergamma(a, x) + lowergamma(a, x)"),
        ("GammaRegularized[a, 0, x] + LaguerreL[n, a, x]", "gammainc(a, x) + assoc_laguerre(n, a, x)"),
        (
            "EllipticE[x, m] + ProductLog[-1, x] + GoldenRatio",
            "elliptic_einc(x, m) + LambertW_branch(x, -1) + (1 + sqrt(5))/2",
        ),
    ],
)
def test_mathematica(text: str, meaning: str) -> None:
    """Blanks are products, square brackets call."""
    assert read("mathematica", text) == meaning


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ("x_1", "_ cannot be read", (1, 2)),
        ("Sin x", "Sin needs brackets", (0, 3)),
        ("Sum[i x, {i, 1, n}]", "a whole number", (16, 17)),
        ("D[x^2, x]", "there is no function D", (0, 1)),
        ("Import[x]", "there is no function Import", (0, 6)),
        ("x + y = 2", "only a name or a function", (0, 5)),
        ('"abs"', '" cannot be read', (0, 1)),
        ("Sin[x", "not closed", (0, 3)),
        ("Sin[x, y]", "takes 1 argument", (0, 9)),
        ("x +", "operand is missing", (2, 3)),
        ("{{1, 2}, {3, 4}}", "a matrix is no formula", (1, 2)),
        ("n!!", "double factorial", (0, 3)),
        ("", "there is no expression", (0, 0)),
    ],
)
def test_mathematica_that_cannot_be_read(text: str, said: str, place: tuple[int, int]) -> None:
    """Located as well."""
    with pytest.raises((SyntaxFault, NameFault), match=said) as caught:
        parse_foreign("mathematica", text)
    assert caught.value.span == place


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("log(x1) + x1*x2 - sin(x2)", "log(x1) + x1*x2 - sin(x2)"),
        ("%e^(-x^2)*%pi", "exp(-x^2)*pi"),
        ("x**2; abs(x)$", "x^2, Abs(x)"),
        ("signum(x) + entier(x)", "sign(x) + floor(x)"),
        ("1.5b3*x /* a comment */", "1.5e3*x"),
        ("x[1]*x[2]", "x[1]*x[2]"),
        ("atan2(y, x) + max(x, y, z)", "atan2(y, x) + Max(x, y, z)"),
        ("-x^2/3", "-x^2/3"),
        ("lambda_1*beta", "lambda_1*beta"),
        ("x!", "factorial(x)"),
        ("a: 2*x; a^2", "a = 2*x; a^2"),
        ("f(u) := u^2; f(y + 1)", "(y + 1)^2"),
        ("sum(i*x[i], i, 1, 3)", "1*x[1] + 2*x[2] + 3*x[3]"),
        ("if x > 0 and y > 0 then x elseif y < 0 then 2 else -x", "where(x > 0 and y > 0, x, where(y < 0, 2, -x))"),
        ("if x > 0 then x", "Piecewise((x, x > 0))"),
        ("psi[0](x) + psi[1](x)", "digamma(x) + polygamma(1, x)"),
        ("unit_step(x)", "where(x > 0, 1, 0)"),
        ("psi[n](x) + li[s](x) + li[2](x)", "polygamma(n, x) + polylog(s, x) + polylog(2, x)"),
        ("GAMMA(a, x) + Psi(0, x) + ProductLog(x) + Li(x)", "uppergamma(a, x) + digamma(x) + LambertW(x) + li(x)"),
        ("hypergeometric([a,b],[c],x) + %gamma", "hyp2f1(a, b, c, x) + -digamma(1)"),
    ],
)
def test_maxima(text: str, meaning: str) -> None:
    """Products are written, statements end."""
    assert read("maxima", text) == meaning


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2x", "an operator is missing"),
        ("x.y", ". takes vectors and matrices"),
        ("%i*x", "no complex numbers"),
        ("%foo", "cannot be read"),
        ("pi*x", "pi cannot be a variable"),
        ("lambda", "lambda makes a function"),
        ("(x", "not closed"),
        ("sin", "sin needs brackets"),
        ("sum(i, i, 1, n)", "a whole number"),
    ],
)
def test_maxima_that_cannot_be_read(text: str, said: str) -> None:
    """Located, and said in the notation's words."""
    with pytest.raises((SyntaxFault, NameFault)) as caught:
        parse_foreign("maxima", text)
    assert said in caught.value.message or said in (caught.value.hint or "")
    assert caught.value.span is not None


ATTACKS = [
    "__import__('os').system('true')",
    "__import__(os)",
    "exec(x)",
    "eval(x)",
    "open(x)",
    "().__class__",
    "x.__class__",
    "lambda: 1",
    "[c for c in x]",
    "f'{x}'",
    "n0",
    "vA + FA(x)",
    "Symbol",
    "minf",
    "float(x)",
    "expand(x)",
    r"\immediate\write18{true}",
    r"\VA",
    "Run[x]",
    'ToExpression["x"]',
    "ReleaseHold[x]",
]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_is_ever_executed(syntax: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text means a formula of its own names, or it is an error."""
    parse_foreign(syntax, "x")  # what is imported by now need not be imported below

    def refuse(*args: Any, **options: Any) -> Any:
        raise AssertionError("executed")

    for name in ("open", "exec"):
        monkeypatch.setattr(builtins, name, refuse)
    monkeypatch.setattr("os.system", refuse)
    try:
        graph = parse_foreign(syntax, text)
    except AdcliError:
        return
    allowed = {part for name in graph.input_names for part in (name, name.replace("_", ""))}
    assert all(set(name.replace("_", "")) <= set(text) for name in allowed)


SYMBOLS = sympy.symbols("x y z_1", positive=True)


def expressions() -> st.SearchStrategy[Any]:
    """SymPy's expressions on three positive variables, all of whose values are ordinary numbers."""
    leaves = st.sampled_from([*SYMBOLS, sympy.Integer(2), sympy.Rational(1, 3), sympy.pi])

    def extend(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.one_of(
            st.builds(lambda a, b: a + b, inner, inner),
            st.builds(lambda a, b: a * b, inner, inner),
            st.builds(lambda a, b: a - 2 * b, inner, inner),
            st.builds(lambda a: a / (1 + a**2), inner),
            st.builds(sympy.sin, inner),
            st.builds(lambda a: sympy.exp(-(a**2)), inner),
            st.builds(lambda a: sympy.sqrt(1 + a**2), inner),
            st.builds(sympy.atan, inner),
        )

    return st.recursive(leaves, extend, max_leaves=8)


@settings(max_examples=30)
@given(expressions())
def test_what_sympy_prints_is_read_with_the_same_value(expression: Any) -> None:
    """LaTeX, Mathematica and Maxima: three ways around, one number."""
    at = {"x": 0.7, "y": 1.3, "z_1": 0.4}
    truth = float(
        expression.subs(dict(zip(SYMBOLS, map(sympy.Rational, ("0.7", "1.3", "0.4")), strict=True))).evalf(30)
    )
    texts = {
        "mathematica": sympy.mathematica_code(expression).replace("z_1", "Subscript[z,1]"),
        "maxima": str(expression).replace("pi", "%pi"),
    }
    texts["latex"] = sympy.latex(expression)
    for syntax, text in texts.items():
        graph = parse_foreign(syntax, text)
        used = {name: value for name, value in at.items() if name in graph.input_names}
        assert evaluate(graph, used).values[0] == pytest.approx(truth, rel=1e-12, abs=1e-14), (syntax, text)


def test_derivatives_outputs_and_errors_as_of_any_program() -> None:
    """A located domain error points into what was written."""
    found = gradient("Log[x1] + x1 x2 - Sin[x2]", {"x1": 2, "x2": 5}, syntax="mathematica")
    assert found.gradient == pytest.approx({"x1": 5.5, "x2": 1.7163378145367738})
    assert found.expr == ("Log[x1] + x1 x2 - Sin[x2]",)
    assert found.text == "Log[x1] + x1 x2 - Sin[x2]"
    assert found.formulas == ("log(x1) + x1*x2 - sin(x2)",)
    several = evaluate(["x^2", "x + 1; %pi"], {"x": 3}, syntax="maxima")
    assert several.outputs == ("y1", "y2", "y3")
    with pytest.raises(AdcliError) as caught:
        gradient("Log[x1]", {"x1": -1}, syntax="mathematica")
    assert caught.value.text is not None
    start, end = caught.value.span or (0, 0)
    assert caught.value.text[start:end] == "Log[x1]"
    with pytest.raises(SyntaxFault) as fault:
        problem(["x", "x +"], {"x": 1}, syntax="maxima")
    assert fault.value.span == (4, 5)


def test_the_command_line_offers_every_notation() -> None:
    """And names no other."""
    assert ("adcli", *SYNTAXES) == options.SYNTAXES


def test_a_syntax_that_there_is_not() -> None:
    """The error lists what there is."""
    with pytest.raises(UsageError) as caught:
        problem("x", {"x": 1}, syntax="fortran")
    assert "latex, mathematica, maxima" in (caught.value.hint or "")


CODE = {
    "sympy": [
        ("-x**2 + sympy.sin(y)/S(2) - Rational(1, 3)", "-x^2 + sin(y)/2 - 1/3"),
        (
            "Piecewise((x, x > 0), (0, True)) + Piecewise((1, And(x > 0, Ne(y, 1))))",
            "where(x > 0, x, 0) + Piecewise((1, x > 0 and y != 1))",
        ),
        ("Sum(x**i, (i, 1, 3)) + Product(i, (i, 1, 2))", "(x^1 + x^2 + x^3) + 1*2"),
        ("hyper([a, b], [c], x) + hyper((), (a,), x)", "hyp2f1(a, b, c, x) + hyp0f1(a, x)"),
        ("log(x, 2) + log(x, b) + LambertW(x, -1)", "log2(x) + log(x)/log(b) + LambertW_branch(x, -1)"),
        (
            "elliptic_e(x, m) + zeta(s, a) + betainc_regularized(a, b, 0, x)",
            "elliptic_einc(x, m) + hurwitz_zeta(s, a) + betainc(a, b, x)",
        ),
        ("root(x, 3) + ITE(x > 1, 2, 3) + lambda*S", "x^(1/3) + where(x > 1, 2, 3) + lambda*S"),
    ],
    "python": [
        ("norm.cdf(d) + scipy.stats.norm.pdf(d)", "normcdf(d) + normpdf(d)"),
        ("special.sici(x)[1] + airy(x)[3] + special.ellipj(u, m)[0]", "Ci(x) + airybiprime(x) + sn(u, m)"),
        ("special.gammainc(a, x) + mpmath.gammainc(a, x)", "gammainc(a, x) + uppergamma(a, x)"),
        ("special.spence(x) + special.comb(n, k) + np.euler_gamma", "dilog(1 - x) + binomial(n, k) + -digamma(1)"),
        ("np.sin(x)**2 + math.log(y)/2", "sin(x)^2 + log(y)/2"),
        ("lambda x, y: x**2 + y", "x^2 + y"),
        ("x[0]*x[1]", "x[1]*x[2]"),
        ("a if x > 0 else b if y > 0 else c", "where(x > 0, a, where(y > 0, b, c))"),
        ("a = x*y; a**2 + torch.exp(-a)", "a = x*y; a^2 + exp(-a)"),
        ("x//2 + x%3 - 2**-1", "floor(x/2) + Mod(x, 3) - 2^-1"),
        ("np.where((x > 0) & (y > 0), x, 0)", "where(x > 0 and y > 0, x, 0)"),
        ("math.pi*np.sinc(r)", "pi*sinc(pi*r)"),
        ("jnp.log1p(x), np.tanh(\n  y)", "log1p(x), tanh(y)"),
        ("1_000*math.log(x, 10)", "1000*log10(x)"),
        ("import math; max([x, math.tanh(y)])", "Max(x, tanh(y))"),
        ("def f(x):\n  a = 2*x\n  return a**2", "a = 2*x; a^2"),
        ("e*x", "e*x"),
    ],
    "excel": [
        ("=A1^2+$B$1", "A1^2 + B1"),
        ("=-A1^2", "(-A1)^2"),
        ("=IF(A1>0;A1;-A1)", "where(A1 > 0, A1, -A1)"),
        ("=PI()*r^2*5%", "pi*r^2*(5/100)"),
        ("SUM(A1,B1,2) + log(x) + LOG(x, 2)", "(A1 + B1 + 2) + log10(x) + log2(x)"),
        ("ATAN2(x, y) + 2^3^2", "atan2(y, x) + (2^3)^2"),
        ("IF(AND(x>0,y<>0),1,x)", "where(x > 0 and y != 0, 1, x)"),
        ("SUM($A$1:A3)*a1", "(a1 + A2 + A3)*a1"),
        ("SUMPRODUCT(A1:B1;A2:B2) + SUMSQ(A1:A2)", "(A1*A2 + B1*B2) + (A1^2 + A2^2)"),
        ("AVERAGE(A1:A2, 3) + PRODUCT(A2:A1) + MAX(A1:A2,0)", "(A1 + A2 + 3)/3 + A1*A2 + Max(A1, A2, 0)"),
        ("SUM(A1:A2^2) + SUM({1,2;3,4})", "(A1^2 + A2^2) + (1 + 2 + 3 + 4)"),
        ("LET(a, B1, b, a+1, a*b)", "B1*(B1 + 1)"),
        ("SUM(1,5;2;x)", "1.5 + 2 + x"),
        ("tax.rate*Price + price", "tax_rate*Price + Price"),
        ("NORM.DIST(x,m,s,TRUE)", "normcdf((x - m)/s)"),
        ("STDEV.P(A1:A2)", "v1 = (A1 + A2)/2; sqrt(((A1 - v1)^2 + (A2 - v1)^2)/2)"),
        ("IFS(x>0,1,TRUE,2) + ACOT(x)", "where(x > 0, 1, 2) + (pi/2 - atan(x))"),
    ],
    "julia": [
        (
            "gamma(a, x) + gamma_inc(a, x)[2] + expint(x) + expint(n, x)",
            "uppergamma(a, x) + gammaincc(a, x) + E1(x) + expint(n, x)",
        ),
        ("2x + 3(y+1)", "2*x + 3*(y + 1)"),
        ("1/2x", "1/(2*x)"),
        ("x.^2 .+ sin.(y)", "x^2 + sin(y)"),
        ("x > 0 ? x : y > 0 ? 1 : 2", "where(x > 0, x, where(y > 0, 1, 2))"),
        ("√x + π*y[1]", "sqrt(x) + pi*y[1]"),
        ("f(u) = u^2; f(y)", "y^2"),
        ("2^3x^2 + log(2, x)", "2^(3*x^2) + log2(x)"),
    ],
    "matlab": [
        (
            "gammainc(x, a) + gammainc(x, a, 'upper') + igamma(a, x)",
            "gammainc(a, x) + gammaincc(a, x) + uppergamma(a, x)",
        ),
        ("dilog(x) + airy(x) + airy(3, x) + expint(x)", "dilog(1 - x) + airyai(x) + airybiprime(x) + E1(x)"),
        (
            "laguerreL(n, x) + laguerreL(n, a, x) + bincoeff(n, k)",
            "laguerre(n, x) + assoc_laguerre(n, a, x) + binomial(n, k)",
        ),
        ("x.^2 + sin(y)", "x^2 + sin(y)"),
        ("x(1)*A(2,1)", "x[1]*A[2,1]"),
        ("2^3^2", "(2^3)^2"),
        ("@(x) x.^2+1.5d3", "x^2 + 1.5e3"),
        ("a = x*y; exp(a)", "a = x*y; exp(a)"),
        ("(x > 0).*x + (~(x > 0)).*(-x)", "where(x > 0, x, 0) + where(not x > 0, -x, 0)"),
        ("a = 2*x\n(a + 1)*2", "a = 2*x; (a + 1)*2"),
        ("piecewise(x > 0, NaN, 1)", "where(x > 0, Piecewise((0, False)), 1)"),
    ],
}


@pytest.mark.parametrize(
    ("syntax", "text", "meaning"), [(syntax, *case) for syntax, cases in CODE.items() for case in cases]
)
def test_code(syntax: str, text: str, meaning: str) -> None:
    """Each with its own precedence, indices and names."""
    assert read(syntax, text) == meaning


@pytest.mark.parametrize(
    ("syntax", "text", "said"),
    [
        ("sympy", "x!", "write factorial(n)"),
        ("sympy", "|x|", "write Abs(x)"),
        ("sympy", "2x", "write a product with *"),
        ("sympy", "x[0]", "elements are counted from 1"),
        ("sympy", "Piecewise(x, 2)", "a pair of Piecewise"),
        ("sympy", "betainc_regularized(a, b, 1, x)", "and the third is 0"),
        ("python", "special.gamma(x)[0]", "only a name has elements"),
        ("matlab", "zeta(2, x)", "zeta takes 1 argument"),
        ("matlab", "airy(4, x)", "0, 1, 2 or 3"),
        ("matlab", "gammainc(x, a, b)", "'lower' or 'upper'"),
        ("mathematica", "Gamma[a, 1, x]", "the lower bound is 0"),
        ("python", "x^2", "write **"),
        ("python", "x.append(y)", "there is no method append"),
        ("python", "x.real", "of methods those of arrays"),
        ("python", "f(x)", "no function f"),
        ("excel", "SUM(A1:B)", "a range has a cell at each end"),
        ("excel", "SUMPRODUCT(A1:A3,B1:B4)", "this range has 4 cells, and the first 3"),
        ("excel", "SUM(A1:ZZZ99999)", "at most 100,000 cells"),
        ("excel", "1,5*A1", "decimals have a point"),
        ("excel", "SUM(A1;B1,C1)", "a comma cannot separate arguments where ; does"),
        ("excel", "LET(A1,2,A1)", "which is no cell's"),
        ("excel", "VAR.S(A1)", "2 values or more"),
        ("matlab", "'x'", "there are no strings"),
        ("latex", "1,000", "numbers have no commas"),
    ],
)
def test_what_code_means_otherwise_is_refused(syntax: str, text: str, said: str) -> None:
    """Rather than read as something else."""
    with pytest.raises((SyntaxFault, NameFault, LimitError)) as caught:
        parse_foreign(syntax, text)
    assert said in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.span is not None


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        (r"\sin x y", r"\sin x y"),
        (r"\sin{x} y", r"\sin{x} y"),
        (r"1 + ab", "ab"),
        (r"f(x + 1)", "f("),
        (r"1/2x", "/2x"),
        (r"\Delta t", r"\Delta t"),
        (r"\sin^{-1} x", r"\sin"),
        (r"x2", "x2"),
        (r"\sin 2x + \sin(x) y + x \left(y + 1\right) + \sin x \cdot y + \alpha\beta", ""),
        (r"\frac{x}{2}y + \sqrt{x}y + \sin{\left(x \right)} y", ""),
    ],
)
def test_what_papers_leave_open_is_said_once_with_its_place(text: str, doubtful: str) -> None:
    """As a warning that says how the whole was read."""
    graph = parse_foreign("latex", text)
    assert [text[slice(*place)] for _, place in graph.doubts] == [doubtful] * bool(doubtful)
    assert all(said == f"read as {unparse(graph, ordered=False).strip()}" for said, _ in graph.doubts)
    at = dict.fromkeys(graph.input_names, 0.5)
    assert [notice.kind for notice in gradient(text, at, syntax="latex").warnings] == ["reading"] * bool(doubtful)


def test_sizes_are_given_to_sums_of_every_notation() -> None:
    """As of the language's own."""
    for syntax, text in (("latex", r"\sum_{i=1}^{n} x_i"), ("mathematica", "Sum[x[[i]], {i, n}]")):
        assert gradient(text, {"x": [1, 2, 3]}, syntax=syntax, let={"n": 3}).gradient["x[3]"] == 1


@pytest.mark.parametrize(
    ("syntax", "text"),
    [
        ("latex", "+".join(["x"] * 20_000)),
        ("latex", "{" * 20_000 + "x" + "}" * 20_000),
        ("latex", r"\frac{1}{" * 5_000 + "x" + "}" * 5_000),
        ("latex", "x^{" * 5_000 + "x" + "}" * 5_000),
        ("latex", r"\sin " * 5_000 + "x"),
        ("mathematica", "+".join(["x"] * 20_000)),
        ("mathematica", "Sin[" * 20_000 + "x" + "]" * 20_000),
        ("maxima", "(" * 20_000 + "x" + ")" * 20_000),
        ("python", "-" * 20_000 + "x"),
        ("julia", "x > 0 ? x : " * 5_000 + "x"),
        ("excel", "SUM(" * 20_000 + "x" + ")" * 20_000),
    ],
)
def test_neither_length_nor_depth_is_bounded(syntax: str, text: str) -> None:
    """The parser has stacks of its own."""
    assert parse_foreign(syntax, text).input_names == ("x",)


def test_what_is_nested_in_exponents_of_functions_has_a_stated_limit() -> None:
    """An error, not a crash."""
    with pytest.raises(LimitError, match="nested too deeply"):
        parse_foreign("latex", r"\sin^{" * 200 + "2" + "}x" * 200)


def test_a_sum_is_written_out_within_the_limits_of_the_language() -> None:
    """Located."""
    with pytest.raises(LimitError, match="at most 2,000,000 times") as caught:
        parse_foreign("mathematica", "1 + Sum[i, {i, 1, 10000000}]")
    assert caught.value.span == (4, 28)
