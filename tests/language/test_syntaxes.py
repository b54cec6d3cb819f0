"""Other notations: LaTeX, Mathematica's and Maxima's, read by SymPy behind a guard."""

from __future__ import annotations

import builtins
import subprocess
import sys
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from adcli.derivatives.answers import evaluate, gradient
from adcli.errors import AdcliError, LimitError, NameFault, SyntaxFault, UsageError
from adcli.language.foreign import SYNTAXES, parse_foreign
from adcli.problem.problem import problem


def read(syntax: str, text: str) -> str:
    """What a text means, in adcli's language."""
    if syntax == "latex":
        pytest.importorskip("antlr4")
    return parse_foreign(syntax, text).text.strip().replace("\n", "; ")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (r"\ln x_1 + x_1 x_2 - \sin x_2", "(log(x_1) + x_1*x_2) - sin(x_2)"),
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
        (r"\log_{2} x", "log(x)/log(2)"),
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
    ],
)
def test_latex(text: str, meaning: str) -> None:
    """What it means, in adcli's own language."""
    assert read("latex", text) == meaning


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        (r"x!", "! cannot be read", (1, 2)),
        (r"\sum_{i=1}^{3} x_i", r"\\sum cannot be read", (0, 4)),
        (r"\begin{cases} x \end{cases}", r"\\begin cannot be read", (0, 6)),
        (r"\frac{d}{dx} x^2", "this looks like d/dx", (0, 5)),
        (r"y = x^2", "= is no part of a formula", (2, 3)),
        (r"x^12", "only the 1 of this is the exponent", (2, 4)),
        (r"x^-1", "the exponent needs braces", (1, 2)),
        (r"x^y^z", "a power of a power needs brackets", (3, 4)),
        (r"1,000 x", ", cannot be read", (1, 2)),
        (r"1e5", "the e of this is a factor", (1, 2)),
        (r"f(x,y)", "a comma belongs between the arguments of a function", (3, 4)),
        (r"\mathrm{rate}(x)", "there is no function rate", (0, 13)),
        (r"\operatorname{sech} x", "sech needs brackets", (0, 13)),
        (r"\operatorname{foo}(x)", "there is no function foo", (0, 18)),
        (r"\hat{x}", r"\\hat cannot be read", (0, 4)),
        (r"(x + 1", "this bracket is not closed", (0, 1)),
        (r"x + 1)", "never opened", (5, 6)),
        (r"\left(x\right]", r"\) is expected here", (13, 14)),
        (r"x + ", "operand is missing", (2, 3)),
        (r"2 3", "an operator is missing", (2, 3)),
        (r"\sin", "the argument of", (0, 4)),
        (r"E m", "E cannot be a variable", (0, 3)),
        (r"x'", "' cannot be read", (1, 2)),
        (r"", "there is no expression", (0, 0)),
        (r"\input{/etc/passwd}", r"\\input cannot be read", (0, 6)),
        ("(" * 60 + "x" + ")" * 60, "too deep", (40, 41)),
    ],
)
def test_latex_that_cannot_be_read(text: str, said: str, place: tuple[int, int]) -> None:
    """Each fault is located; nothing is read as something else."""
    pytest.importorskip("antlr4")
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
        ("Log[2, x]", "log(x)/log(2)"),
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
        ("Sum[i x, {i, 1, 3}]", "a list is no formula", (9, 10)),
        ("D[x^2, x]", "there is no function D", (0, 1)),
        ("Import[x]", "there is no function Import", (0, 6)),
        ("a = 2", "= cannot be read", (2, 3)),
        ('"abs"', '" cannot be read', (0, 1)),
        ("{x, y}", "a list is no formula", (0, 1)),
        ("Sin[x", "not closed", (0, 4)),
        ("Sin[x, y]", "takes 1 argument", (0, 9)),
        ("x +", "operand is missing", (2, 3)),
        ("I x", "no complex numbers", (0, 1)),
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
    ],
)
def test_maxima(text: str, meaning: str) -> None:
    """Products are written, statements end."""
    assert read("maxima", text) == meaning


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2x", "an operator is missing"),
        ("a: 2", "assignments belong"),
        ("x!", "! cannot be read"),
        ("sum(i, i, 1, 3)", "there is no function sum"),
        ("if x > 0 then x", "cannot be read"),
        ("x.y", ". cannot be read"),
        ("%i*x", "no complex numbers"),
        ("%foo", "cannot be read"),
        ("pi*x", "pi cannot be a variable"),
        ("lambda", "lambda cannot be read"),
        ("(x", "not closed"),
        ("sin", "sin needs brackets"),
    ],
)
def test_maxima_that_cannot_be_read(text: str, said: str) -> None:
    """Nothing gets to SymPy's evaluating parser."""
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
    if syntax == "latex":
        pytest.importorskip("antlr4")
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
    if "antlr4" in sys.modules or _installed():
        texts["latex"] = sympy.latex(expression)
    for syntax, text in texts.items():
        graph = parse_foreign(syntax, text)
        used = {name: value for name, value in at.items() if name in graph.input_names}
        assert evaluate(graph, used).values[0] == pytest.approx(truth, rel=1e-12, abs=1e-14), (syntax, text)


def _installed() -> bool:
    from importlib.util import find_spec

    return find_spec("antlr4") is not None


def test_derivatives_outputs_and_errors_as_of_any_program() -> None:
    """A located domain error points into what was understood."""
    found = gradient("Log[x1] + x1 x2 - Sin[x2]", {"x1": 2, "x2": 5}, syntax="mathematica")
    assert found.gradient == pytest.approx({"x1": 5.5, "x2": 1.7163378145367738})
    assert found.expr == ("Log[x1] + x1 x2 - Sin[x2]",)
    assert found.text.strip() == "log(x1) + x1*x2 - sin(x2)"
    several = evaluate(["x^2", "x + 1; %pi"], {"x": 3}, syntax="maxima")
    assert several.outputs == ("y1", "y2", "y3")
    with pytest.raises(AdcliError) as caught:
        gradient("Log[x1]", {"x1": -1}, syntax="mathematica")
    assert caught.value.text is not None
    start, end = caught.value.span or (0, 0)
    assert caught.value.text[start:end] == "log(x1)"
    with pytest.raises(SyntaxFault) as fault:
        problem(["x", "x +"], {"x": 1}, syntax="maxima")
    assert fault.value.span == (4, 5)


def test_a_syntax_that_there_is_not() -> None:
    """The error lists what there is."""
    with pytest.raises(UsageError) as caught:
        problem("x", {"x": 1}, syntax="matlab")
    assert "latex, mathematica, maxima" in (caught.value.hint or "")


def test_a_missing_reader_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the ANTLR runtime."""
    import sympy.parsing.latex as latex

    def missing(*args: Any, **options: Any) -> Any:
        raise ImportError("no antlr4")

    monkeypatch.setattr(latex, "parse_latex", missing)
    with pytest.raises(UsageError) as caught:
        parse_foreign("latex", "x")
    assert "adcli[latex]" in (caught.value.hint or "")


def test_without_the_antlr_runtime_only_adcli_speaks() -> None:
    """SymPy's own warning about it, with the path of a file, does not reach standard error."""
    program = (
        "import sys; sys.modules['antlr4'] = None; from adcli.cli import main;"
        " main(['grad', r'\\ln x', '--syntax', 'latex', '--at', 'x=2'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "adcli: error: --syntax latex needs the ANTLR runtime, which is not installed\n"
        "  \\ln x\n"
        "  ^^^^^\n"
        "  hint: pip install 'adcli[latex]'\n"
    )


def test_long_sums_are_refused_rather_than_tried() -> None:
    """A stated limit, and a way out."""
    pytest.importorskip("antlr4")
    with pytest.raises(LimitError) as caught:
        parse_foreign("latex", "+".join(["x"] * 2_000))
    assert "adcli's own syntax" in (caught.value.hint or "")
    with pytest.raises(LimitError):
        parse_foreign("mathematica", "+".join(["x"] * 2_000))
