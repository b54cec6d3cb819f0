"""Formulas as they stand in notebooks, scripts and spreadsheets: what each notation's own readers take them for."""

from __future__ import annotations

import re

import pytest

from adcli import evaluate
from adcli.errors import AdcliError
from adcli.language.notations import parse_foreign


def read(syntax: str, text: str) -> str:
    """What a text means, in adcli's language."""
    return parse_foreign(syntax, text).reading.strip().replace("\n", "; ")


@pytest.mark.parametrize(
    ("syntax", "text", "meaning"),
    [
        ("latex", r"S_0 \Phi(d_1) + \Phi^{-1}(p)", "S_0*normcdf(d_1) + normppf(p)"),
        ("latex", r"\zeta(3) x + \zeta(1 + x)", "zeta(3)*x + zeta*(1 + x)"),
        ("latex", r"\text{softplus}(x) = \log(1 + e^x)", "softplus = log(1 + exp(x))"),
        ("latex", r"f(x; \mu, \sigma) = e^{-(x-\mu)/\sigma}", "f = exp(-(x - mu)/sigma)"),
        ("latex", r"P(X=k) = \binom{n}{k} p^k", "P = binomial(n, k)*p^k"),
        ("latex", r"e^{-x^2/2\sigma^2} + h/2\pi", "exp(-x^2/(2*sigma^2)) + h/(2*pi)"),
        ("latex", r"1/2 m v^2 + \pi/4 d^2", "1/2*m*v^2 + pi/4*d^2"),
        ("latex", r"k T/q \ln(1+x) + a/b(c+d)", "k*T/q*log(1 + x) + a/b*(c + d)"),
        ("latex", r"{}_2F_1(a,b;c;z) + {}_1F_1\left(a;b;z\right)", "hyp2f1(a, b, c, z) + hyp1f1(a, b, z)"),
        (
            "latex",
            r"{{}_{2}F_{1}\left(\begin{matrix} a, b \\ c \end{matrix}\middle| {z} \right)}",
            "hyp2f1(a, b, c, z)",
        ),
        ("latex", r"I_x(a, b) + \operatorname{I}_{(0, x)}\left(a, b\right)", "betainc(a, b, x) + betainc(a, b, x)"),
        ("latex", r"s_{\bar x} + \mathop{\sum}\limits_{i=1}^{2} x_i", "s_x_bar + (x[1] + x[2])"),
        ("latex", r"\boxed{a+b}^2 \div c", "(a + b)^2/c"),
        ("mathematica", r"x\[Times]y\[Divide]z", "x*y/z"),
        ("mathematica", "CDF[NormalDistribution[m, s], x]", "normcdf((x - m)/s)"),
        ("mathematica", "Beta[x, a, b] + FullSimplify[x + x]", "betainc(a, b, x)*beta(a, b) + (x + x)"),
        ("mathematica", "f[x_, y_] := x y", "f = x*y"),
        ("mathematica", "betainc_regularized[a, b, 0, x] + DirichletEta[y]", "betainc(a, b, x) + -polylog(y, -1)"),
        ("maxima", 'load("distrib")$ expand((x+1)^2) + cdf_normal(x, m, s)', "(x + 1)^2 + normcdf((x - m)/s)"),
        ("python", "norm.cdf(x, loc=m, scale=s) + norm.pdf(x)", "normcdf((x - m)/s) + normpdf(x)"),
        ("python", "sum(x[i]**2 for i in range(2)) + np.linalg.norm([a, b])", "(x[1]^2 + x[2]^2) + sqrt(a^2 + b^2)"),
        ("python", "f = lambda x, y: x*y\nf(a, 2)", "a*2"),
        ("python", "int(x) + np.exp2(x)", "trunc(x) + 2^x"),
        ("julia", "function f(x)\n  y = 2x\n  return y^2\nend", "(2*x)^2"),
        ("julia", "@. sin(x)^2 + sind(y) ⋅ 2", "sin(x)^2 + sin(y*pi/180)*2"),
        ("julia", "cdf(Normal(), x) + logistic(x) + sum([x, y])", "normcdf((x - 0)/1) + sigmoid(x) + (x + y)"),
        ("julia", "x -> x^2", "x^2"),
        ("matlab", "f = @(x) x.^2; f(2*y)", "(2*y)^2"),
        ("matlab", "function y = g(x)\n y = x^2;\nend", "x^2"),
        ("matlab", "syms x; normpdf(x, m, s)", "normpdf((x - m)/s)/s"),
        ("excel", "=ROUND(A1,2) + QUOTIENT(A1,3)", "sign(A1)*floor(Abs(A1)*10^2 + 1/2)/10^2 + trunc(A1/3)"),
        ("excel", "=EXPON.DIST(A1,B1,TRUE) + @A2", "-expm1(-B1*A1) + A2"),
    ],
)
def test_what_documents_write(syntax: str, text: str, meaning: str) -> None:
    """What it means, in adcli's own language."""
    assert read(syntax, text) == meaning


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        (r"1 - e^2", "e"),
        (r"\sqrt{2 m e V}", "e"),
        (r"\theta^{(k)} x", r"\theta^"),
        (r"10\log(x)", r"10\log"),
        (r"e^{-x} + e^{2x} + \mathrm{e}^2 + x^{n+1} + 20\log_{10} x", ""),
    ],
)
def test_what_may_be_a_letter_an_index_or_a_decibel_is_said(text: str, doubtful: str) -> None:
    """With its place."""
    doubts = [text[slice(*place)] for said, place in parse_foreign("latex", text).doubts if said.startswith("read as")]
    assert doubts == [doubtful] * bool(doubtful)


@pytest.mark.parametrize(
    ("syntax", "text", "said"),
    [
        ("latex", r"\min_{x} x^2", "a subscript of min is not read"),
        ("latex", r"x^{*} + 1", "a star is no power"),
        ("latex", r"\mathrm{e}^{\mathrm{i} x}", "no complex numbers"),
        ("latex", r"\left. x^2 \right|_{x=1}", "values are given by --at"),
        ("sympy", "I*x", "no complex numbers"),
        ("julia", "1im*x", "no complex numbers"),
        ("python", "1j*x", "1j cannot be read"),
        ("matlab", "Inf*x", "no infinity"),
        ("mathematica", "D[x^2, x]", "a derivative is what adcli computes"),
        ("maxima", "integrate(x^2, x)", "it does not integrate"),
        ("mathematica", "x^2 /. x -> 3", "values are given by --at"),
        ("python", "np.sum(x**2)", "x\\*\\*2 is one number"),
        ("mathematica", "PDF[GammaDistribution[a, b], x]", "NormalDistribution alone"),
    ],
)
def test_what_is_not_read_says_what_to_do(syntax: str, text: str, said: str) -> None:
    """In the message or its hint."""
    with pytest.raises(AdcliError) as caught:
        parse_foreign(syntax, text)
    assert re.search(said, f"{caught.value.message}; {caught.value.hint}")
    assert caught.value.span is not None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=PMT(5%/12,360,200000)", -1073.6432460242797),
        ("=FV(6%/12,10,-200,-500,1)", 2581.4033740601),
        ("=PV(8%/12,240,500)", -59777.1458511878),
        ("=LOGNORM.DIST(4,3.5,1.2,TRUE)", 0.0390835557068005),
        ("=WEIBULL.DIST(105,20,100,TRUE)", 0.929581390069277),
        ("=POISSON.DIST(2,5,FALSE)", 0.0842243374885683),
        ("=BINOM.DIST(6,10,0.5,FALSE)", 0.205078125),
        ("=ROUND(-2.5,0)", -3),
        ("=ROUNDUP(3.2,0)", 4),
        ("=CEILING(2.5,1)", 3),
    ],
)
def test_spreadsheets_functions_have_the_values_of_their_manual(text: str, value: float) -> None:
    """The examples of Microsoft's reference."""
    found = evaluate(f"{text} + 0*A1", {"A1": 1}, syntax="excel").values[0]
    assert found == pytest.approx(value, rel=1e-9)
