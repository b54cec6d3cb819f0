"""Expansions along a ray: their coefficients are those of SymPy's series, their zeros are zeros."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from mpmath import mp

from adcli.arithmetic.ball import Ball, Undecided
from adcli.arithmetic.balls import balls
from adcli.arithmetic.expansion import Beyond, Expansion, Short
from adcli.arithmetic.expansions import Expansions
from adcli.arithmetic.multiprecision import multiprecision
from adcli.language import parse
from adcli.modes import Fault, evaluate
from adcli.ops import TABLE

HOME, WIDE = balls(60), multiprecision(60)


def expand(text: str, start: str = "0", slope: int = 1, depth: int = 4) -> Expansion:
    """The expansion of a formula in x along x = start + slope·t."""
    graph = parse(text)
    arithmetic = Expansions(HOME, depth)
    point = {node: arithmetic.moving(Fraction(start), Fraction(slope)) for node in graph.inputs}
    found: Expansion = evaluate(graph, arithmetic, point).values[graph.outputs[0]]
    return found


T = sympy.Symbol("t", positive=True)


@pytest.mark.parametrize("slope", [1, -1])
@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("sin(x)*exp(x)/cos(x)", "0"),
        ("sqrt(1 - cos(x))", "0"),
        ("sqrt(x^4 + x^6)/x", "0"),
        ("log(1 + x)/sqrt(1 + x)", "0"),
        ("tan(x)^2/x^3", "0"),
        ("(1 + x)^x", "0"),
        ("asin(1 - x^2)", "0"),
        ("acos(1 - x^2)", "0"),
        ("atan(x) + erf(x)*sinh(x)", "1/2"),
        ("1/(1 - x)^2 + sqrt(x)", "1/4"),
        ("abs(x)^3 - abs(x)", "0"),
        ("x^(2/3)*0 + 2^x", "1"),
    ],
)
def test_coefficients_are_those_of_a_series(text: str, start: str, slope: int) -> None:
    """Puiseux series too, with poles and roots at the point."""
    if start == "1" and slope < 0:
        slope = 2
    found = expand(text, start, slope)
    x = sympy.Rational(start) + slope * T
    truth = sympy.sympify(text.replace("^", "**").replace("abs", "Abs"), locals={"x": x})
    series = sympy.series(truth, T, 0, 3).removeO()
    known = Fraction(5, 2) if found.cut is None else min(found.cut, Fraction(5, 2))
    exponents = {q for q, _ in found.terms if q < known}
    for term in sympy.Add.make_args(sympy.expand(series)):
        exponents.add(Fraction(str(term.as_coeff_exponent(T)[1])))
    for q in exponents:
        if q < known:
            expected = sympy.expand(series).coeff(T, sympy.Rational(q.numerator, q.denominator))
            got = HOME.ball(found.coefficient(q)).mid
            assert abs(mp.mpf(sympy.N(expected, 40)) - mp.mpf(got)) < mp.mpf(10) ** -13 * (1 + abs(got)), (text, q)


def test_what_is_rational_stays_exact() -> None:
    """So that what cancels is zero."""
    assert expand("Max(x,0) + log(1 + exp(-abs(x)))").coefficient(Fraction(1)) == Fraction(1, 2)
    assert expand("(1e-300*x + 1) - 1").terms == ((Fraction(1), Fraction(1, 10**300)),)
    assert expand("exp(x) - exp(x)").terms == ()
    assert expand("sqrt(9/4 + x)").coefficient(Fraction(1)) == Fraction(1, 3)


def test_pieces_are_taken_on_the_side_that_the_ray_goes_to() -> None:
    """Conditions, jumps, the greater argument."""
    assert expand("where(x < 0, 1, 2)", slope=1).coefficient(Fraction(0)) == 2
    assert expand("where(x < 0, 1, 2)", slope=-1).coefficient(Fraction(0)) == 1
    assert expand("floor(x)", "3", -1).coefficient(Fraction(0)) == 2
    assert expand("Mod(x, 3)", "6", -1).terms == ((Fraction(0), Fraction(3)), (Fraction(1), Fraction(-1)))
    assert expand("Min(x, x^2, 5)", slope=1).terms == ((Fraction(2), Fraction(1)),)
    assert expand("hypot(x, 0*x)", slope=-1).terms == ((Fraction(1), Fraction(1)),)
    assert [HOME.ball(expand("atan2(x, -1)", slope=s).coefficient(Fraction(0))).sign for s in (1, -1)] == [1, -1]


@pytest.mark.parametrize("text", ["sqrt(x)", "log(x + 1 - 1)", "asin(1 - x)", "(-2)^(3 + x)", "acosh(1 + x)", "x^1.5"])
def test_beyond_a_domain_there_is_no_expansion(text: str) -> None:
    """On the side on which the function has no value."""
    with pytest.raises(Fault) as caught:
        expand(text, slope=-1)
    assert isinstance(caught.value.cause, (Beyond, Undecided))


def test_what_cannot_be_told_is_not_guessed() -> None:
    """Whether a number that is not rational vanishes; whether more terms would."""
    for text in ("sqrt(sin(pi) + x)", "1/(exp(pi)^2 - exp(2*pi))", "abs(sin(pi) + x)", "floor(sin(pi) + x)"):
        with pytest.raises(Fault) as caught:
            expand(text)
        assert isinstance(caught.value.cause, Undecided), text
    with pytest.raises(Fault) as caught:
        expand("1/(sin(x) - x)", depth=2)
    assert isinstance(caught.value.cause, Short)
    assert expand("1/(sin(x) - x)", depth=8).leading() == (Fraction(-3), Fraction(-6))


def test_what_half_the_digits_say_is_the_same_is_so() -> None:
    """Of what is not rational; whether it vanishes is not decided."""
    root = HOME.power(HOME.ball(2), HOME.ball(Fraction(1, 2)))
    assert root.exact is None
    assert (root * root).same(2)
    assert (Fraction(1, 3) / root).same(HOME.power(HOME.ball(Fraction(1, 18)), HOME.ball(Fraction(1, 2))))
    assert not root.same(root + Fraction(1, 10**50))
    assert not HOME.ball(1).same(1 + Fraction(1, 10**500))
    with pytest.raises(Undecided):
        (root * root - 2).sign  # noqa: B018  # it raises
    with pytest.raises(Undecided):
        root.same(Ball(HOME, root.mid, -20))


@pytest.mark.parametrize("op", [op for op in TABLE.values() if op.around], ids=lambda op: op.name)
def test_an_operation_around_its_kink_is_the_operation(op) -> None:
    """On each side."""
    names, second = op.arguments, -2 if op.name == "atan2" else 2
    before = {"huber": (2,), "smoothstep": (-1, 2)}.get(op.name, ())
    for first in (0.5, 3.5, -0.5, -3.5):
        at = dict(zip(names, (*before, first, second), strict=False))
        for text in (op.around, f"{op.name}({', '.join(names)})"):
            graph = parse(text)
            value = evaluate(graph, WIDE, {n: WIDE.context.mpf(at[graph.labels[n]]) for n in graph.inputs})
            at.setdefault(text, value.values[graph.outputs[0]])
        assert abs(at[op.around] - at[text]) < 1e-50


def test_what_is_small_but_unknown_is_known_to_be_small() -> None:
    """A difference of series that never ends has roots, powers and larger ones of the same smallness, and no sign."""
    for text, order in [
        ("x*(1/(1 + x)) - x/(1 + x)", 4),
        ("abs(x*(1/(1 + x)) - x/(1 + x))", 4),
        ("sqrt((x*(1/(1 + x)) - x/(1 + x))^2)", 4),
        ("cbrt(x*(1/(1 + x)) - x/(1 + x))", 1),
        ("Max(x*(1/(1 + x)) - x/(1 + x), 0)", 4),
    ]:
        found = expand(text)
        assert not found.terms
        assert found.cut is None or found.cut >= order
    with pytest.raises(Short):
        expand("x*(1/(1 + x)) - x/(1 + x)").sign()
    for text in ("sqrt(x*(1/(1 + x)) - x/(1 + x))", "1/(x*(1/(1 + x)) - x/(1 + x))"):
        with pytest.raises(Fault) as caught:
            expand(text)
        assert isinstance(caught.value.cause, Short)


def test_equal_formulas_of_equal_numbers_cancel_exactly() -> None:
    """Whatever they are made of: a difference is zero, not only small."""
    for text in ("exp(x)/(2 + x) - exp(y)/(2 + y)", "sqrt(3 + x) - sqrt(3 + y)", "sin(pi*x/7) - sin(pi*y/7)"):
        found = expand(text)
        assert found.terms == ()
        assert found.cut is None
