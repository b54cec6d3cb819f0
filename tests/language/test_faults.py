"""Errors: each names its exact place, says what is wrong, and where there is a next step, which."""

from __future__ import annotations

import pytest
from sameness import refused

from adcli.errors import AdcliError, LimitError, NameFault, SyntaxFault
from adcli.language import operations, parse, reading, texts


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        # operands
        ("ln(x1)+*x2", "ln(x1)+»*«x2", "operand is missing before this *", ""),
        ("x +", "x »+«", "missing after this +", ""),
        ("x *\ny", "x »*«\ny", "missing after this *", "inside brackets"),
        ("x + ; y", "x »+« ; y", "missing after this +", ""),
        ("a = ", "a »= «", "missing here", ""),
        ("a =; b", "a »=«; b", "missing here", ""),
        ("^2", "»^«2", "missing before this ^", ""),
        ("x***2", "x»***«2", "no operation ***", ""),
        ("and x", "»and« x", "missing before this and", ""),
        ("x < = 2", "x < »=« 2", "missing before this =", ""),
        ("()", "»()«", "missing between these brackets", ""),
        ("(x+)", "(x+»)«", "missing before this )", ""),
        ("f, ", "f»,« ", "missing after this ,", ""),
        ("Max(x,,y)", "Max(x,»,«y)", "missing before this ,", ""),
        # operators
        ("x y", "»x y«", "between x and y", "x*y"),
        ("sin x", "»sin x«", "between sin and x", "sin(x)"),
        ("x 2", "»x 2«", "between x and 2", "x*2"),
        ("2 3", "»2 3«", "two numbers", ""),
        ("1.2.3", "»1.2.3«", "1.2.3 is no number", ""),
        ("1_000", "»1_000«", "grouped", "write 1000"),
        ("1_000.5+1", "»1_000«.5+1", "grouped", "write 1000.5"),
        ("1_000x", "»1_000x«", "grouped", "1e6"),
        ("(1,2,3)", "(1»,«2,3)", "one expression", "[1, 2]"),
        ("x//2", "x»//«2", "no operation //", "floor"),
        ("lambda x: x", "»lambda« x: x", "unexpected 'lambda'", "f(x) = …"),
        ("if x > 1: 2", "»if« x > 1: 2", "unexpected 'if'", "a if condition else b"),
        ("import os", "»import« os", "unexpected 'import'", "no modules"),
        ("x,1,000", "x,»1,000«", "1,000 is no number", "two outputs are 1, 000"),
        ("3,14", "»3,14«", "3,14 is no number", "decimals are written with a point"),
        ("x[1](y)", "x[1]»(«y)", "missing before this (", "*"),
        ("|x|y", "»|x|y«", "between |x| and y", "|x|*y"),
        ("x not y", "x »not« y", "missing before not", ""),
        ("x if y else z", "x if »y« else z", "a condition is needed", "!= 0"),
        ("x if y > 0", "x »if« y > 0", "unexpected 'if'", "else b"),
        ("y > 0 ? x", "y > 0 »?« x", "unexpected '?'", "? a : b"),
        ("x if y > 0 : z", "x »if« y > 0 : z", "unexpected 'if'", "else b"),
        ("x else z", "x »else« z", "unexpected 'else'", "else b"),
        ("5%*x", "»5%«*x", "5% is no number", "0.05"),
        ("x%2", "x»%«2", "unexpected '%'", "Mod"),
        ("x²y", "»x²y«", "between x² and y", "x²*y"),
        ("x²^3", "»x²^«3", "needs brackets", ""),
        ("x² ³", "»x² ³«", "in two ways", "(x²)³"),
        ("n!!", "»n!!«", "in two ways", "(n!)!"),
        ("√2x", "»√2x«", "in two ways", "√(…)"),
        ("√x²", "»√x²«", "in two ways", "√(…)"),
        ("√-x", "»√«-x", "a name or a bracket", "√(…)"),
        ("x || y", "»x« || y", "a condition is needed", ""),
        ("!x", "!»x«", "a condition is needed", ""),
        ("²", "»²«", "unexpected '²'", "power of what stands before"),
        ("x & y", "x »&« y", "unexpected '&'", "and"),
        ("(x\ny)", "(»x\ny«)", "between x and y", ""),
        # brackets
        ("sin(x", "sin»(«x", "not closed", ")"),
        ("((x)", "»(«(x)", "not closed", ""),
        ("sin(x; y", "sin»(«x; y", "not closed", ""),
        ("a = (x\nb = 3", "a = »(«x\nb = 3", "not closed", ""),
        ("x)", "x»)«", "closes nothing", ""),
        (")", "»)«", "closes nothing", ""),
        ("|x", "»|«x", "not closed", "|"),
        ("(|x)", "(»|«x)", "not closed", ""),
        ("|(x|)", "|(x»|«)", "closes nothing", ""),
        ("x|y|", "x»|«y|", "closes nothing", "*"),
        ("x[1", "x»[«1", "not closed", ""),
        ("x[(1]", "x[»(1]«", "closed by a ]", ""),
        ("(x)[1]", "(x)»[«1]", "only a name", ""),
        # words
        ("x.__class__", "x».__class__«", "no attributes", ""),
        ("x'", "x»'«", '"\'"', "derivative"),
        ("x % 2", "x »%« 2", "'%'", "Mod"),
        ("1..2", "1»..«2", "'..'", ""),
        ("x = y = z", "x = y »=« z", "'='", "=="),
        ("(x = 2)", "(x »=« 2)", "'='", "=="),
        ("₁x", "»₁«x", "cannot start", ""),
        # commas
        ("(1,5)", "(1»,«5)", "one expression", "1.5"),
        ("|x,y|", "»|«x,y|", "not closed", ""),
        ("a = 1, b", "a = 1»,« b", "one expression", ";"),
        # calls
        ("sin(x, y)", "»sin(x, y)«", "sin takes 1 argument, got 2", ""),
        ("2*sin()", "2*»sin()«", "sin takes 1 argument, got 0", ""),
        ("atan2(y)", "»atan2(y)«", "atan2 takes 2 arguments (y, x), got 1", ""),
        ("log(1,2,3)", "»log(1,2,3)«", "log takes 1 or 2 arguments (x, base), got 3", ""),
        ("Max()", "»Max()«", "at least 1 argument, got 0", ""),
        ("f(a,b)=a; f(1)", "f(a,b)=a; »f(1)«", "f takes 2 arguments (a, b), got 1", ""),
        ("f(a)=a; f()", "f(a)=a; »f()«", "f takes 1 argument, got 0", ""),
        ("Sum(x)", "»Sum(x)«", "ranges", "(i, 1, 3)"),
        ("Sum(x, i)", "Sum(x,» i«)", "range is", "(i, 1, 3)"),
        ("Sum(x, (i, 1))", "Sum(x,» (i, 1)«)", "range is", ""),
        ("Sum(x, (1, 1, 2))", "Sum(x,» (1, 1, 2)«)", "range is", ""),
        ("Piecewise(x, x>0)", "Piecewise(»x«, x>0)", "pairs", "Piecewise((x, x > 0)"),
        ("Piecewise((x, x>0, 1))", "Piecewise((x, x>0»,« 1))", "pair", ""),
        ("Piecewise((x))", "Piecewise(»(x)«)", "pair", ""),
        # conditions and numbers
        ("x > 0", "»x > 0«", "the output y is a condition", "where"),
        ("c = x > 0", "c = »x > 0«", "the output c is a condition", ""),
        ("1 + (x > 0)", "1 + »(x > 0)«", "a number is needed", "where"),
        ("sin(x > 0)", "sin(»x > 0«)", "a number is needed", ""),
        ("-(x > 0)*2", "-»(x > 0)«*2", "a number is needed", ""),
        ("(x<y)^2^3", "»(x<y)«^2^3", "a number is needed", ""),
        ("where(x, 1, 2)", "where(»x«, 1, 2)", "a condition is needed", "!="),
        ("where(x>0, y>0, 2)", "where(x>0, y>0, »2«)", "a condition is needed", ""),
        ("where(x>0, 2, y>0)", "where(x>0, 2, »y>0«)", "a number is needed", ""),
        ("where(not x, 1, 2)", "where(not »x«, 1, 2)", "a condition is needed", ""),
        ("where(not not x, 1, 2)", "where(not not »x«, 1, 2)", "a condition is needed", ""),
        ("where(x and y>0, 1, 2)", "where(»x« and y>0, 1, 2)", "a condition is needed", ""),
        ("where(x>0 or 1, 1, 2)", "where(x>0 or »1«, 1, 2)", "a condition is needed", ""),
        ("where(And(x>0, y), 1, 2)", "where(And(x>0, »y«), 1, 2)", "a condition is needed", ""),
        ("Piecewise((x, y))", "Piecewise((x, »y«))", "a condition is needed", ""),
        ("Piecewise((x, x>0), (x<0, True))", "Piecewise((x, x>0), (»x<0«, True))", "a number is needed", ""),
        ("where(a < b < c, 1, 2)", "where(»a < b < c«, 1, 2)", "chained", "a < b and b < c"),
        ("where((a < b) == c, 1, 2)", "where(»(a < b)« == c, 1, 2)", "a number is needed", ""),
        # statements
        ("and = 3", "»and« = 3", "", ""),
        ("v[i=1..3] = x; w[i=3..1] = x", "v[i=1..3] = x; »w[i=3..1]« = x", "no members", ""),
        ("v[i=3] = x", "v[»i=3«] = x", "range", "1..6"),
        ("", "»«", "empty", ""),
        ("# nothing", "»# nothing«", "empty", ""),
        ("f(x) = x", "»f(x) = x«", "no output", "call"),
        ("f(x) = x +; 3", "f(x) = x »+«; 3", "missing after this +", ""),
        ("f(x) =; 3", "f(x) »=«; 3", "missing here", ""),
        ("f(x) = (x; 3", "f(x) = »(«x; 3", "not closed", ""),
        ("x[1.5]", "x[»1.5«]", "1.5 is no integer", ""),
        ("x[pi]", "x[»pi«]", "pi is no integer", ""),
        ("x[1/0]", "x[»1/0«]", "divides by zero", ""),
        ("x[9^9^9^9]", "x[»9^9^9^9«]", "too large", ""),
        ("x[1e99999]", "x[»1e99999«]", "too large", ""),
        ("x[sin(1)]", "x[»sin(1)«]", "no constant integer", ""),
        ("x[y[1]]", "x[»y«[1]]", "elements", ""),
        ("x[]", "x»[«]", "missing here", ""),
        ("x[1,]", "x[1»,«]", "missing here", ""),
    ],
)
def test_a_syntax_error_is_located(text: str, place: str, message: str, hint: str) -> None:
    error = refused(text, SyntaxFault, place)
    assert message in error.message
    assert hint in (error.hint or "")


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("sinc_deriv(x)", "»sinc_deriv«(x)", "no function sinc_deriv", "a function is defined in front"),
        ("sine(x)", "»sine«(x)", "no function sine", "did you mean sin"),
        ("SIN(x)", "»SIN«(x)", "no function SIN", "sin"),
        ("x(2)", "»x«(2)", "no function x", "x*(2)"),
        ("x + x(y + 1)", "x + »x«(y + 1)", "no function x", "x*(y + 1)"),
        ("pi(x)", "»pi«(x)", "no function pi", "pi*(x)"),
        ("__import__('os')", "»__import__«('os')", "no function __import__", ""),
        ("f() = 2; f()", "»f«() = 2; f()", "a function has parameters", "f = …"),
        ("f(x, 2) = x", "f(»x, 2«) = x", "parameters are names", "f(x) = …"),
        ("trigamma(3)", "»trigamma«(3)", "no function trigamma", "polygamma(1, x)"),
        ("besselfunction(3)", "»besselfunction«(3)", "no function besselfunction", "did you mean bessel"),
        ("f(x) = f(x); f(1)", "f(x) = »f«(x); f(1)", "cannot call itself", ""),
        ("f(x) = g(x); g(x) = x; f(1)", "f(x) = »g«(x); g(x) = x; f(1)", "no function g", "before it is used"),
        ("pi = 3", "»pi« = 3", "constant", "another name"),
        ("E = 3", "»E« = 3", "constant", ""),
        ("True = 3", "»True« = 3", "constant", ""),
        ("f(pi) = 3; 1", "f(»pi«) = 3; 1", "parameter", ""),
        ("f(x, x) = 3; 1", "f(x, »x«) = 3; 1", "two parameters x", ""),
        ("Sum(x, (E, 1, 2))", "Sum(x, (»E«, 1, 2))", "loop variable", ""),
        ("where(c, a, b) = 3", "»where«(c, a, b) = 3", "meaning of its own", ""),
        ("x[0]", "x»[0]«", "counted from 1", ""),
        ("x[-2]", "x»[-2]«", "counted from 1", ""),
        ("x[1] + x", "x[1] + »x«", "indexed", "x[1]"),
        ("x + x[1]", "x + »x«[1]", "one number", ""),
        ("x = 2; x[1]", "x = 2; »x«[1]", "one number", ""),
        ("x = 2; x[2] = 1", "x = 2; »x«[2] = 1", "one number", ""),
        ("a = x[1]; x = 2", "a = x[1]; »x« = 2", "indexed", ""),
        ("f(x) = x[1]; f(2)", "f(x) = »x«[1]; f(2)", "one number", ""),
        ("x[1] + x[1,2]", "x[1] + x»[1,2]«", "1 index, got 2", ""),
        ("x[n]", "x[»n«]", "n has no value yet", 'let={"n": 3}'),
        ("n = sin(y); x[n]", "n = sin(y); x[»n«]", "not known", 'let={"n": 3}'),
        ("Sum(x[i], (i, 1, n))", "Sum(x[i], (i, 1, »n«))", "n has no value yet", 'let={"n": 3}'),
    ],
)
def test_an_error_about_a_name_is_located(text: str, place: str, message: str, hint: str) -> None:
    error = refused(text, NameFault, place)
    assert message in error.message
    assert hint in (error.hint or "")


def test_a_size_cannot_be_assigned() -> None:
    assert "as a size" in refused("n = 2; n*x", NameFault, "»n« = 2; n*x", let={"n": 3}).message


def test_an_error_in_a_later_line_is_located_in_the_whole_text() -> None:
    refused("a = x*y\nb = a +* 2\nb", SyntaxFault, "a = x*y\nb = a +»*« 2\nb")


def test_an_error_in_a_functions_body_is_located_in_the_body() -> None:
    refused("f(x) = 1 + where(x, 1, 2)\nf(3)", SyntaxFault, "f(x) = 1 + where(»x«, 1, 2)\nf(3)")


def test_the_origin_of_the_text_is_kept() -> None:
    with pytest.raises(AdcliError) as caught:
        parse("x +", origin="model.ad")
    assert caught.value.origin == "model.ad"


# Limits


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Sum(x, (i, 1, 10^12))", "Sum(x, »(i, 1, 10^12)«)"),
        ("Sum(x, (i, 1, 10000), (j, 1, 10000))", None),
        ("v[i=1..10^12] = x", "»v[i=1..10^12]« = x"),
        ("v[i=1..10^6, j=1..10^6] = x", "»v[i=1..10^6, j=1..10^6]« = x"),
        ("f0(x)=x;" + "".join(f"f{i}(x)=f{i - 1}(f{i - 1}(x));" for i in range(1, 64)) + "f63(2)", None),
    ],
)
def test_writing_out_has_a_stated_limit(text: str, place: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_UNROLLED", 20_000)
    with pytest.raises(LimitError, match="20,000") as caught:
        parse(text)
    assert caught.value.span is not None
    if place is not None:
        refused(text, LimitError, place)


def test_the_text_written_out_has_a_stated_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_EXPANDED", 10_000)
    text = "f(x) = " + "(" * 500 + "x" + ")" * 500 + "; " + "+".join(["f(y)"] * 20)
    with pytest.raises(LimitError, match="10,000 characters"):
        parse(text)


def test_functions_nest_to_a_stated_depth() -> None:
    text = "f0(x) = x;" + "".join(f"f{i}(x) = f{i - 1}(x);" for i in range(1, 1200))
    assert parse(text + "f900(y)").input_names == ("y",)
    with pytest.raises(LimitError, match="1,000 deep") as caught:
        parse(text + "f1100(y)")
    assert caught.value.span is not None


def test_a_program_has_a_stated_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MAX_TEXT", 100)
    error = refused("x" * 101, LimitError, "x" * 100 + "»x«")
    assert "100 characters" in error.message


def test_a_graph_has_a_stated_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_NODES", 100)
    monkeypatch.setattr("adcli.graphs.MAX_NODES", 100)
    for text in (
        "+".join(["x"] * 200),
        "".join(["sin("] * 200) + "x" + ")" * 200,
        "-" * 200 + "x",
        "(x*" * 200 + "x" + ")" * 200,
    ):
        with pytest.raises(LimitError, match="100 operations") as caught:
            parse(text)
        assert caught.value.span is not None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("softmx(x)", "did you mean softmax?"),
        ("determinant(x)", "the determinant is det; the logarithm of the determinant is logdet"),
    ],
)
def test_functions_of_arrays_are_suggested_too(text: str, hint: str) -> None:
    """By their names, and by what they are."""
    with pytest.raises(NameFault) as caught:
        parse(text)
    assert caught.value.hint == hint
