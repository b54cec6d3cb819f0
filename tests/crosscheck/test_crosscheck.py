"""The cross-check: witnesses agree with right answers, notice wrong rules, and never cry wolf."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from random_texts import expressions, point

from adcli import crosscheck
from adcli.arithmetic.deadline import Late
from adcli.crosscheck import check, numeric
from adcli.crosscheck.reading import MAX_TERMS, swell
from adcli.crosscheck.symbolic import SymPyWitness
from adcli.derivatives import answers
from adcli.derivatives.answers import evaluate, gradient, hessian, hvp, jacobian, jvp, sparse_jacobian, vjp
from adcli.derivatives.taylor import taylor
from adcli.errors import AdcliError, DomainError, UsageError
from adcli.language.sympy.sympy_program import Program, Unreadable
from adcli.problem.problem import problem
from adcli.results import Check, Notice, Result


def checked(command: Any, expr: Any, at: dict[str, Any], **options: Any) -> tuple[Check, tuple[Notice, ...]]:
    """The outcome for a command's result."""
    asked = {k: options.pop(k) for k in ("mode", "layout", "det", "tangent", "cotangent") if k in options}
    prepared = problem(expr, at, **options)
    result: Result = command(prepared, **asked)
    outcome, notices = check(prepared, result)
    assert outcome is not None
    return outcome, notices


PROGRAMS: list[tuple[str, dict[str, Any]]] = [
    ("ln(x1)+x1*x2-sin(x2)", {"x1": 2, "x2": 5}),
    ("x = r*cos(t)\ny = r*sin(t)\nx, y", {"r": 2, "t": 0}),
    ("N(z)=(1+erf(z/sqrt(2)))/2; d1=(log(S/K)+(r+s^2/2)*T)/(s*sqrt(T)); S*N(d1)-K*exp(-r*T)*N(d1-s*sqrt(T))",
     {"S": 100, "K": 100, "r": 0.05, "s": 0.2, "T": 1}),
    ("a=2; f(z)=a*z; a=5; f(x)", {"x": 2}),
    ("g(x)=x^2; h(y)=g(y)+x; h(3)", {"x": 2}),
    ("f(x,y)=x-y; f(f(x,1),x^2)", {"x": 2}),
    ("x=x0; x=x*x; x", {"x0": 2}),
    ("a = x; a, a^2, sin(a)", {"x": 2}),
    ("N(z)=z^2; N(x)+N", {"x": 2, "N": 3}),
    ("Sum(Sum(x^i*j, (j,1,i)), (i,1,3))", {"x": 2}),
    ("Sum(x^i*j, (j,1,i), (i,1,3))", {"x": 2}),
    ("Sum(x, (i,3,1)) + Product(x+i, (i,1,0)) + x", {"x": 2}),
    ("Product(x+i, (i,1,3))", {"x": 2}),
    ("Sum(x[i]*i^2, (i,1,3))", {"x": [1, 2, 3]}),
    ("v[i=1..3] = x^i; Sum(v[i], (i,1,3))", {"x": 2}),
    ("v[1] = x; v[i=2..4] = v[i-1]^2+i; v[4]", {"x": 1}),
    ("A[i=1..2,j=1..2] = x*i+j; A[1,1]*A[2,2]-A[1,2]*A[2,1]", {"x": 2}),
    ("2x^2+3(x+1)(x-1)+1/2x", {"x": 2}),
    ("-x^2 + 2^-x + x^2^0.5", {"x": 2}),
    ("|x-3|*|x|", {"x": 2}),
    ("where(not x<1 and (x<3 or x==7), x^2, log(-1))", {"x": 2}),
    ("where(x<1 and log(x)>-5, x^2, y)", {"x": 0.5, "y": 2}),
    ("Piecewise((x, x<1), (x^2, x<=5), (0, True))", {"x": 2}),
    ("λ = 2x₁; λ^2", {"x₁": 2}),
    ("lambda*x + N*S + I*beta - gamma/Q", {"x": 2, "lambda": 3, "N": 4, "S": 5, "I": 6, "beta": 7, "gamma": 8, "Q": 9}),
    ("0.1*x + 1e-3*x^2 + .5x # a comment", {"x": 0.2}),
    ("E^x + pi*x + π", {"x": 2}),
    ("x×2·x−1", {"x": 2}),
    ("log(x,3)+arcsin(x/9)+arctan2(x,2)+max(x,1)+abs(x)+ceil(x)+psi(x)+lgamma(x)+W(x)+expit(x)", {"x": 2.5}),
    ("hypot(x,y)+cbrt(x)+softplus(y)+expm1(x)+log1p(y)+log2(y)+log10(y)+logaddexp(x,y)+relu(x)", {"x": 1, "y": 2}),
    ("tanh(x)/sech(x)+csch(x)-coth(x)+asinh(x)+acosh(x)+acoth(x)+acsch(x)+asec(x)+acsc(x)+acot(x)", {"x": 2}),
    ("polygamma(2,x)+beta(x,y)+gamma(y)+erfinv(x/9)+erfi(y)+digamma(x)", {"x": 2, "y": 3}),
    ("Abs(log(x)) + sign(log(x))*x", {"x": 0.5}),
    ("cbrt(x)*sinc(x)*atan2(x,-1)", {"x": -8}),
    ("sqrt(x^2+y^2)", {"x": 3e200, "y": 4e200}),
    ("log(1+exp(x))", {"x": 800}),
    ("expm1(x)", {"x": 1e-200}),
    ("sin(x)^2 + cos(x)^2", {"x": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at"), PROGRAMS, ids=[text[:40] for text, _ in PROGRAMS])
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_sympy_reads_the_same_program_and_agrees(text: str, at: dict[str, Any], mode: str) -> None:
    """Every feature of the language is read a second time, from the words, and gives the same derivatives."""
    outcome, notices = checked(jacobian, text, at, mode=mode)
    assert outcome.ok, outcome.detail
    assert outcome.against.startswith("SymPy")
    assert "ceil" in text or outcome.against == "SymPy"
    assert outcome.max_rel_error <= outcome.tolerance == 1e-20
    assert outcome.digits >= 13
    assert not notices


@pytest.mark.parametrize(
    ("command", "options"),
    [
        (evaluate, {}),
        (gradient, {"output": "a"}),
        (jacobian, {"layout": "denominator", "det": True}),
        (jvp, {"tangent": {"x": 1, "y": "0.1"}}),
        (vjp, {"cotangent": [1, -0.5]}),
    ],
)
@pytest.mark.parametrize("precision", [15, 40])
def test_every_kind_of_result_is_checked(command: Any, options: dict[str, Any], precision: int) -> None:
    """Values, gradients, Jacobians in both layouts, JVPs and VJPs; with --precision all digits count."""
    options = {"output": ["a", "b"], **options}
    outcome, _ = checked(command, "a = x^y; b = x*sin(y)", {"x": "0.7", "y": 2}, precision=precision, **options)
    assert outcome.ok, outcome.detail
    assert outcome.against == "SymPy"
    assert outcome.digits == (16 if precision == 15 else 40)


@pytest.mark.parametrize(
    ("text", "wrt"),
    [
        ("v4 = x^2; sin(v4)*x", "v4"),
        ("v4 = x^2; v5 = v4*x; sin(v5)*v4", "v4,v5,x"),
        ("v = x; v = v^2; v = v+1; v^3", "v"),
        ("v[i=1..3] = x^i; v[1]*v[2]+v[3]", "v[2],v[3]"),
        ("a = x; a*x", "a"),
    ],
)
def test_derivatives_by_intermediates_are_checked(text: str, wrt: str) -> None:
    """SymPy reads the program again with the assigned name as a variable."""
    outcome, _ = checked(gradient, text, {"x": 1.3}, wrt=wrt)
    assert outcome.ok, outcome.detail
    assert outcome.against == "SymPy"


@settings(max_examples=150)
@given(expressions())
def test_random_formulas_pass_the_check(text: str) -> None:
    """No right rule is ever accused: of what adcli differentiates, some witness agrees, or none speaks."""
    try:
        prepared = problem(text, point(text))
        result = jacobian(prepared)
    except AdcliError:
        return
    outcome, _ = check(prepared, result)
    assert outcome is None or outcome.ok, outcome.detail


# Wrong rules are noticed


@pytest.mark.parametrize(
    ("name", "partials", "text"),
    [
        ("sin", ["cos(x)*(1 + 1e-15)"], "x2*sin(x1)"),
        ("tanh", ["1 - v"], "x2*tanh(x1)"),
        ("mul", ["y", "y"], "x1*x2"),
        ("erf", ["exp(-x^2)"], "erf(x1)+x2"),
        ("log2", ["1/x"], "log2(x1)+x2"),
        ("pow", ["y*x^(y - 1)", "v*log(x) + 1e-18"], "x1^x2"),
        ("hypot", ["x/v", "x/v"], "hypot(x1,x2)"),
    ],
)
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_wrong_partial_fails_the_check(rewritten: Any, name: str, partials: list[str], text: str, mode: str) -> None:
    """Even where it is off by less than a float can tell; the entry and both values are named."""
    rewritten(name, *partials)
    outcome, _ = checked(gradient, text, {"x1": 1.5, "x2": 0.7}, mode=mode)
    assert not outcome.ok
    assert outcome.max_rel_error > outcome.tolerance
    assert outcome.detail.startswith("∂y/∂x")
    assert "by adcli" in outcome.detail
    assert "by SymPy" in outcome.detail


def test_a_wrong_partial_fails_where_only_differences_witness(rewritten: Any) -> None:
    """Beyond SymPy's size, differences and the dot test notice as well."""
    text = "a=x;" + "a=sin(a)*a+y;" * 40 + "a"
    right, _ = checked(gradient, text, {"x": 0.3, "y": 0.1})
    rewritten("sin", "cos(x)*(1 + 1e-12)")
    wrong, _ = checked(gradient, text, {"x": 0.3, "y": 0.1})
    assert right.ok
    assert not wrong.ok
    assert "differences" in wrong.against


DETERMINANTS: list[tuple[str, dict[str, Any]]] = [
    ("x*cos(y), x*sin(y)", {"x": 2, "y": 1}),
    ("x/3 + y/7, x/9 + y/21", {"x": 1, "y": 2}),
    ("exp(x)/3 + y*pi, exp(x)/9 + y*pi/3 + 1e-20*x", {"x": 1, "y": 2}),
    ("x*y*z, x + y + z, x^2 + y^2 + z^2", {"x": 1, "y": 2, "z": 4}),
    ("x^2", {"x": 3}),
]


@pytest.mark.parametrize("against", ["SymPy", "differences in mpmath"])
@pytest.mark.parametrize(("text", "at"), DETERMINANTS)
def test_a_determinant_is_checked(monkeypatch: pytest.MonkeyPatch, text: str, at: dict[str, Any], against: str) -> None:
    """By whoever knows the derivatives: singular ones and those whose terms all but cancel as well."""
    if against != "SymPy":
        monkeypatch.setattr("adcli.crosscheck.symbolic.MAX_TERMS", 0)
    outcome, _ = checked(jacobian, text, at, det=True)
    assert (outcome.ok, outcome.against, outcome.digits) == (True, against, 16)
    determined = answers._determinant
    monkeypatch.setattr(answers, "_determinant", lambda *given: (determined(*given)[0] + 1e-12, []))
    outcome, _ = checked(jacobian, text, at, det=True)
    assert not outcome.ok
    assert outcome.detail.startswith("det J is ")


def test_a_wrong_number_shows_in_the_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result whose floats are off, although the rules are right, has few right digits and a warning."""
    prepared = problem("x^3", {"x": 2})
    result = gradient(prepared)
    object.__setattr__(result, "gradient", {"x": 12.0001})
    outcome, notices = check(prepared, result)
    assert outcome is not None
    assert outcome.ok
    assert outcome.digits == 5
    assert [notice.kind for notice in notices] == ["digits"]
    assert "precision=30" in notices[0].message


def test_cancellation_is_reported_with_a_way_out() -> None:
    """(1 - cos x)/x² near 0 has no right digit in floats; with --precision 30 it has them all."""
    outcome, notices = checked(gradient, "(1-cos(x))/x^2", {"x": "1e-4"})
    assert outcome.ok
    assert outcome.digits < 10
    assert notices[0].kind == "digits"
    precise, none = checked(gradient, "(1-cos(x))/x^2", {"x": "1e-4"}, precision=30)
    assert precise.ok
    assert precise.digits == 30
    assert not none


def test_zeros_have_all_their_digits() -> None:
    """An entry that is exactly zero is right when it is zero, or rounding next to the others."""
    outcome, notices = checked(gradient, "sin(pi)*x + y", {"x": 1, "y": 1})
    assert outcome.digits == 16
    assert not notices
    assert checked(gradient, "0*x + x - x", {"x": 3})[0].digits == 16


# Where SymPy is no witness


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("floor(x)*x", {"x": 1.5}),
        ("Mod(x,y)*y", {"x": 7.5, "y": 2}),
        ("LambertW(x)", {"x": 0}),
        ("sinc(x)", {"x": 0}),
        ("ceiling(x)*Heaviside(x-1)*x^2", {"x": 2.3}),
        ("x^y", {"x": 0, "y": 2}),
    ],
)
def test_differences_witness_where_sympy_has_no_number(text: str, at: dict[str, Any]) -> None:
    """Unevaluated derivatives of steps, and removable points."""
    outcome, _ = checked(gradient, text, at)
    assert outcome.ok, outcome.detail
    assert "differences" in outcome.against
    assert "SymPy has no number" in outcome.detail


def test_beyond_its_size_sympy_is_not_asked() -> None:
    """The swell is counted, not timed; the count is said."""
    text = "a=x;" + "a=a*a-0.7+a;" * 30 + "a"
    outcome, _ = checked(gradient, text, {"x": 0.3})
    assert outcome.ok
    assert outcome.against == "differences in mpmath"
    assert f"{swell(problem(text, {'x': 0.3})):,} operations" in outcome.detail


def test_swell_counts_the_written_out_derivatives() -> None:
    """A product of n factors has n terms of n factors; a sum of n terms has n derivatives."""
    product, total = ("*".join(f"sin(x{i})" for i in range(40)), "+".join(f"sin(x{i})" for i in range(40)))
    at = {f"x{i}": 1.0 for i in range(40)}
    assert swell(problem(product, at)) > 10 * swell(problem(total, at))
    assert swell(problem(total, at)) < 1000 < MAX_TERMS


@pytest.mark.parametrize(
    "text", ["x^100000", "where(x<9, x, ((x*3)^10000)^10000)", "where(x<9, x, 9^9^9)", "x + gamma(5000)/gamma(4999)"]
)
def test_exact_arithmetic_is_not_led_into_bombs(text: str) -> None:
    """What SymPy would multiply out to huge integers is left to differences."""
    outcome, _ = checked(gradient, text, {"x": 0.5})
    assert outcome.ok, outcome.detail
    assert outcome.against == "differences in mpmath"


@pytest.mark.parametrize("text", ["abs(x)", "Max(x,0)", "relu(x)", "where(x<0, -x, x^2)", "floor(x)+y", "atan2(x,-1)"])
def test_a_kink_has_no_witness_and_no_disagreement(text: str) -> None:
    """The convention at a kink is no derivative that SymPy could agree with."""
    outcome, notices = checked(gradient, text, {"x": 0, "y": 2} if "y" in text else {"x": 0})
    assert outcome.ok, outcome.detail
    assert "kink" in outcome.detail
    assert not notices


@pytest.mark.parametrize(
    ("text", "witnessed", "said"),
    [
        ("Max(x,0)+y", True, "SymPy agrees (30 digits) with what is a convention at a kink; "),
        ("floor(x)+y", True, "SymPy agrees on 1 of 2 (30 digits); no witness for the rest: at a kink "),
        ("relu(x)+relu(y)", False, "no witness: at a kink the derivative is a convention, which SymPy cannot "),
    ],
)
def test_agreement_is_claimed_only_of_what_a_witness_knew(text: str, witnessed: bool, said: str) -> None:
    """Without a witness nothing disagrees, and nothing is confirmed."""
    outcome, _ = checked(gradient, text, {"x": 0, "y": 0})
    assert outcome.ok
    assert outcome.witnessed is witnessed
    assert outcome.detail.startswith(said)


def test_what_is_too_large_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no outcome then, but a notice that says so."""
    monkeypatch.setattr(crosscheck, "MAX_WORK", 10)
    prepared = problem("sin(x)+cos(x)", {"x": 1})
    outcome, notices = check(prepared, gradient(prepared))
    assert outcome is None
    assert notices[0].kind == "check"


def test_a_series_is_as_much_work_as_it_has_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its coefficients counts; up to which it goes is said."""
    prepared = problem("sin(x)+cos(x)", {"x": 1})
    result = taylor(prepared, order=4)
    work = 5 * sum(op.flops for op in prepared.graph.ops)
    monkeypatch.setattr(crosscheck, "MAX_WORK", work)
    assert check(prepared, result)[0] is not None
    monkeypatch.setattr(crosscheck, "MAX_WORK", work - 1)
    outcome, (notice,) = check(prepared, result)
    assert outcome is None
    assert notice.message == f"not checked: a program of {len(prepared.graph)} operations to order 4 is too large"


@pytest.mark.parametrize("text", ["where(x == 2, 4, x^2)*y", "where(x != 2, x^2, 4)*y"])
def test_where_sympy_knows_a_point_alone_differences_are_asked(text: str) -> None:
    """The branch that an equality chooses has the slope 0, and the function has another."""
    outcome, _ = checked(gradient, text, {"x": 2, "y": 3})
    assert outcome.ok
    assert outcome.witnessed
    assert outcome.against == "SymPy and differences in mpmath"
    assert "SymPy agrees on 1 of 2, differences in mpmath on 1" in outcome.detail


def test_a_check_is_of_a_result_and_its_problem() -> None:
    """Neither a text, nor a number."""
    prepared = problem("x^2", {"x": 3})
    for asked, result in (("x^2", gradient(prepared)), (prepared, 6.0), (prepared, {"x": 6.0})):
        with pytest.raises(UsageError, match="a check holds a result against the problem it answers"):
            check(asked, result)


@pytest.mark.parametrize("command", [jacobian, sparse_jacobian])
def test_so_many_derivatives_are_not_checked(monkeypatch: pytest.MonkeyPatch, command: Any) -> None:
    """Of a sparse matrix its entries count, of any other all of it."""
    prepared = problem("x*y, z", {"x": 1, "y": 2, "z": 3})
    entries = 3 if command is sparse_jacobian else 6
    monkeypatch.setattr(crosscheck, "MAX_ENTRIES", entries)
    assert check(prepared, command(prepared))[0] is not None
    monkeypatch.setattr(crosscheck, "MAX_ENTRIES", entries - 1)
    outcome, notices = check(prepared, command(prepared))
    assert outcome is None
    assert [(notice.kind, notice.message) for notice in notices] == [
        ("check", f"not checked: {entries} derivatives are too many")
    ]


def test_where_more_digits_refuse_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no outcome, but a notice with the reason and its place."""

    def refuse(*_: Any) -> Any:
        raise DomainError("log is not defined at 0", (0, 3))

    prepared = problem("log(x)", {"x": 1})
    result = gradient(prepared)
    monkeypatch.setattr(crosscheck, "recompute", refuse)
    outcome, (notice,) = check(prepared, result)
    assert outcome is None
    assert notice.message == "not checked: with 30 digits there is no result here (log is not defined at 0)"
    assert (notice.kind, notice.span) == ("check", (0, 3))


def test_many_columns_are_checked_along_a_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    """Differences by each of many inputs would take long; one direction tests all entries at once."""
    monkeypatch.setattr("adcli.crosscheck.numeric.MAX_COLUMNS", 10)
    monkeypatch.setattr("adcli.crosscheck.symbolic.MAX_TERMS", 1)
    outcome, _ = checked(gradient, "x*y + sin(y*z)", {"x": 1, "y": 2, "z": 3})
    assert outcome.ok
    assert outcome.against == "differences in mpmath"


def test_sizes_are_known_to_sympy() -> None:
    """--let n=3."""
    outcome, _ = checked(gradient, "Sum(x[i]^i, (i,1,n))", {"x": [1, 2, 3]}, let={"n": 3})
    assert outcome.ok
    assert outcome.against == "SymPy"


@pytest.mark.parametrize("outputs", [["y2", "y1"], ["y2"], ["x", "y2"]])
def test_outputs_chosen_by_the_names_that_they_got_are_checked(outputs: list[str]) -> None:
    """SymPy counts the bare expressions as adcli does, in whatever order they are chosen."""
    outcome, _ = checked(jacobian, "x^2, x*y, x", {"x": 2, "y": 3}, output=outputs)
    assert outcome.ok
    assert outcome.against == "SymPy"


@pytest.mark.parametrize("outputs", [["b", "a"], ["a"]])
def test_chosen_outputs_are_checked(outputs: list[str]) -> None:
    """--output picks assigned names, also beside bare expressions."""
    outcome, _ = checked(jacobian, "a=x^2; b=a+1; a*b", {"x": 2}, output=outputs)
    assert outcome.ok
    assert outcome.against == "SymPy"


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("y=x^2; y+1", []),
        ("y=x^2; y+1", ["y"]),
        ("y=x^2; y=y+1; y*y", []),
        ("y1=x^2; y1+1, 2*y1", []),
        ("y1=x^2; y1+1, y1", []),
        ("a=x; a^2, a; a=5*x", []),
        ("a=x; a; a=5*x", []),
        ("a=x; a; a=5*x", ["a"]),
        ("y[i=1..2]=x^i; y[1]+1, y[2]", []),
    ],
)
def test_a_nameless_output_is_not_the_name_that_it_borrows(text: str, output: list[str]) -> None:
    """The output of "y=x^2; y+1" is called y too; it is not the y that was assigned."""
    outcome, _ = checked(jacobian, text, {"x": 2}, output=output)
    assert outcome.ok
    assert outcome.against == "SymPy"


@pytest.mark.parametrize("syntax", ["adcli", "sympy"])
def test_texts_in_sympys_syntax_are_checked_too(syntax: str) -> None:
    """The witness reads both syntaxes from the words."""
    outcome, _ = checked(gradient, "x**2*Max(x, y) + Piecewise((x, x < y), (y, True))", {"x": 2, "y": 1}, syntax=syntax)
    assert outcome.ok
    assert outcome.against == "SymPy"


def test_sympys_own_expressions_are_checked() -> None:
    """Through the text that SymPy prints."""
    x, y = sp.symbols("x y")
    outcome, _ = checked(jacobian, [x * sp.sin(y), sp.log(x)], {"x": 2, "y": 3})
    assert outcome.ok
    assert outcome.against == "SymPy"


# The witnesses themselves


def test_the_witness_knows_nothing_of_adcli_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """SymPy's numbers come from the text: with another graph in the problem they stay the same."""
    prepared = problem("x^2*y", {"x": 3, "y": 2})
    witness = SymPyWitness(prepared, 30)
    assert witness.value(0) == 18
    assert witness.partial(0, 0) == 12
    assert witness.partial(0, 1) == 9


@pytest.mark.parametrize("text", ["f(x)=x^2", "1e-5000*x", "gamma(5000)*x"])
def test_what_sympy_cannot_read_is_unreadable(text: str) -> None:
    """No other exception leaves the reader."""
    with pytest.raises((Unreadable, IndexError)):
        Program(text, {}).bare[0]


def test_a_combination_of_second_derivatives_keeps_all_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many, dᵀ·H·d is compared with differences to as many digits as the truth has."""
    monkeypatch.setattr("adcli.crosscheck.higher.MAX_PAIRS", 0)
    monkeypatch.setattr("adcli.crosscheck.symbolic.MAX_TERMS", 1)
    at = {"x": [1 + k / 100 for k in range(6)]}
    for command in (hessian, hvp):
        prepared = problem("Product(x[i]^2, (i,1,6))*sin(x[1])", at)
        result = command(prepared, **({} if command is hessian else {"vector": {f"x[{k}]": 1.1 for k in range(1, 7)}}))
        outcome, _ = check(prepared, result)
        assert outcome is not None
        assert outcome.ok
        assert outcome.max_rel_error < 1e-20


def interrupted(
    monkeypatch: pytest.MonkeyPatch, after: int, differences: bool, command: Any = gradient, text: str = "x*y + sin(z)"
) -> tuple[Check | None, list[str]]:
    """A check whose time is over when SymPy has said so many things, and before or after *differences*."""
    said, left = crosscheck._said, [after]

    def late(*args: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Late
        return said(*args)

    def never(*_: object) -> list[Any]:
        raise Late

    monkeypatch.setattr(crosscheck, "_said", late)
    if not differences:
        monkeypatch.setattr(numeric, "numeric_findings", never)
    asked = problem(text, {"x": 2, "y": 3, "z": 4})
    outcome, notices = check(asked, command(asked), 60)
    return outcome, [notice.message for notice in notices]


def test_what_sympy_has_no_time_for_differences_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value and the first derivative by SymPy, the others by differences: all is checked."""
    outcome, said = interrupted(monkeypatch, 2, differences=True)
    assert outcome is not None
    assert outcome.detail.startswith("SymPy agrees on 1 of 3, differences in mpmath on 2 (30 digits)")
    assert said == []


def test_a_check_that_ends_early_says_what_it_has_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """And warns, for programs too, that this is not all."""
    outcome, said = interrupted(monkeypatch, 3, differences=False)
    assert outcome is not None
    assert outcome.detail.startswith("SymPy agrees on 2 of 3 (30 digits); the rest is not checked")
    assert said == ["not all is checked: that takes more than 60 seconds"]
    outcome, said = interrupted(monkeypatch, 0, differences=False)
    assert outcome is None
    assert said == ["not checked: that takes more than 60 seconds"]


def test_values_that_sympy_has_no_time_for_have_no_other_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of them, or only some, are checked, and that is said."""
    outcome, said = interrupted(monkeypatch, 1, True, evaluate, "x*y + sin(z), x*z")
    assert outcome is not None
    assert said == ["not all is checked: that takes more than 60 seconds"]
    outcome, said = interrupted(monkeypatch, 0, True, evaluate, "x*y + sin(z), x*z")
    assert outcome is None
    assert said == ["not checked: that takes more than 60 seconds"]


@pytest.mark.parametrize(("text", "said"), [("y*exp(-x)", "0"), ("y*exp(-x)*0", "1e-310")])
def test_what_is_0_to_one_and_all_but_0_to_the_other_is_no_disagreement(
    text: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SymPy's witness sees so many digits behind the point, and adcli's so small a number."""
    monkeypatch.setattr(crosscheck, "_said", lambda witness, entry: witness.zero.context.mpf(said))
    asked = problem(text, {"x": 710, "y": 1})
    outcome, _ = check(asked, gradient(asked), 60)
    assert outcome is not None
    assert outcome.ok
    assert outcome.max_rel_error < 1e-20


def test_a_jump_that_only_rounding_could_place_is_no_disagreement() -> None:
    """(x²y + xy²)/(x + y)/y is x, which is 7: rounded on the way, it may be a little less."""
    outcome, _ = checked(evaluate, "floor((x^2*y + x*y^2)/(x + y)/y) + x", {"x": 7, "y": 2.5})
    assert outcome.ok


def test_without_time_nothing_is_checked() -> None:
    """And that is said."""
    asked = problem("x^2", {"x": 2})
    assert check(asked, gradient(asked), 0) == (
        None,
        (Notice("check", "not checked: that takes more than 0 seconds"),),
    )


def test_a_sum_is_differentiated_term_by_term() -> None:
    """By each symbol only the terms with it, to the derivative of the whole."""
    asked = problem("x*y + sin(x*z) + y^3 - 5 + x^2*z", {"x": 0.5, "y": 0.25, "z": 2})
    witness = SymPyWitness(asked, 30)
    x, y, z = sp.symbols("x y z", real=True)
    f = x * y + sp.sin(x * z) + y**3 - 5 + x**2 * z
    at = {x: sp.Rational(1, 2), y: sp.Rational(1, 4), z: 2}
    for i, a in enumerate((x, y, z)):
        assert abs(witness.partial(0, i) - mpmath.mpf(f.diff(a).subs(at).evalf(30))) < 1e-14
        for j, b in enumerate((x, y, z)):
            assert abs(witness.second(i, j) - mpmath.mpf(f.diff(a, b).subs(at).evalf(30))) < 1e-14
