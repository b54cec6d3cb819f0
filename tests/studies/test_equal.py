"""Are two formulas the same function: proofs, counterexamples, evidence, and where the domains differ."""

from __future__ import annotations

import mpmath
import pytest

from adcli.errors import UndecidedError, UsageError
from adcli.language import parse
from adcli.studies.equal.equal import Compared, equal, said
from adcli.studies.equal.points import Region
from adcli.studies.equal.rational import identical
from adcli.studies.symbolic.worker import answers_to


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("(x+1)^2", "x^2+2*x+1"),
        ("(x^2-1)/(x-1)", "x+1"),
        ("1/x + 1/y", "(x+y)/(x*y)"),
        ("x^-2", "1/x^2"),
        ("0.1*x + 0.2*x", "0.3*x"),
        ("(x+y)^6", "(x^2+2*x*y+y^2)^3"),
    ],
)
def test_rational_functions_are_decided_exactly(a: str, b: str) -> None:
    """By values on a grid that is larger than the degree; no symbolic algebra is asked."""
    found = equal(a, b)
    assert (found.equal, found.evidence) == (True, "proof")
    assert "exact arithmetic" in found.reason


@pytest.mark.parametrize(
    ("a", "b"), [("x", "x + 1e-40"), ("x^9", "x^9 + 1e-30*x*(x-1)"), ("(x+1)^2", "x^2+1"), ("1/x", "1/(x+1e-50)")]
)
def test_rational_functions_that_differ_by_little_differ(a: str, b: str) -> None:
    """Where any number of digits would call them equal, exact arithmetic does not."""
    graphs = parse(a), parse(b)
    assert identical(*graphs, ["x"]) is False
    assert not equal(a, b).equal


@pytest.mark.parametrize(
    ("a", "b", "point", "values"),
    [
        ("exp(-10*x)", "exp(-10*x) + 1e-9", None, None),
        ("x/sqrt(1-x^2)", "2*x/sqrt(1-x^2)", None, None),
        ("(1+x)/sqrt(1-x^2)", "(1+x^3)/sqrt(1-x^2)", None, None),
        ("atan(1/x) + atan(x)", "pi/2", {"x": -1.0}, None),
        ("x+2", "2*x", {"x": 3.0}, ("5", "6")),
        ("sin(x)", "x - x^3/6", None, None),
        ("abs(x)", "x", {"x": -1.0}, ("1", "-1")),
        ("1", "sin(1)^2 + cos(1)^2 + 1e-30", {}, None),
    ],
)
def test_a_counterexample_is_a_point_with_two_values(
    a: str, b: str, point: dict[str, float] | None, values: tuple[str, str] | None
) -> None:
    """Confirmed by mpmath with 60 digits; simple numbers come first."""
    found = equal(a, b)
    assert not found.equal
    assert found.counterexample is not None
    assert found.values is not None
    assert point is None or found.counterexample == point
    assert values is None or found.values == values
    assert found.values[0] != found.values[1]
    with mpmath.workdps(60):
        names = {name: getattr(mpmath, name) for name in ("sin", "cos", "exp", "sqrt", "atan", "pi")}
        names |= {"abs": abs, "x": mpmath.mpf(found.counterexample.get("x", 0))}
        for text, value in zip((a, b), found.values, strict=True):
            truth = eval(text.replace("^", "**").replace("1e-", "mpf(10)**-"), {"mpf": mpmath.mpf}, names)
            assert abs(truth - mpmath.mpf(value)) <= abs(truth) * mpmath.mpf(10) ** -14


@pytest.mark.parametrize(
    ("a", "b", "positive"),
    [
        ("sin(x)^2+cos(x)^2", "1", []),
        ("abs(x)", "sqrt(x^2)", []),
        ("exp(x+y)", "exp(x)*exp(y)", []),
        ("log(x^2)", "2*log(x)", ["x"]),
        ("tanh(x)", "1-2/(exp(2*x)+1)", []),
        ("gamma(x+1)", "x*gamma(x)", []),
        ("sigmoid(x)", "1/(1+exp(-x))", []),
    ],
)
def test_identities_are_proved_by_simplification(a: str, b: str, positive: list[str]) -> None:
    """In the worker's own process as in this one."""
    task = {"what": "zero", "texts": [a, b], "names": ["x", "y"], "positive": positive, "seconds": 60}
    assert {"zero": True} in list(answers_to(task))


def test_the_verdict_says_how_it_is_known() -> None:
    """A proof in a process of its own; without time for one, points."""
    proved = equal("sin(x)^2+cos(x)^2", "1", seconds=60)
    assert (proved.equal, proved.evidence, proved.reason) == (True, "proof", "SymPy's simplification")
    seen = equal("erf(x)", "1 - erfc(x)", seconds=0)
    assert (seen.equal, seen.evidence, seen.points, seen.digits) == (True, "points", 40, 50)


def test_domains_that_differ_are_said() -> None:
    """With a point where one formula alone has a value; both are compared where both have one."""
    assert equal("(x^2-1)/(x-1)", "x+1").domains == (None, {"x": 1.0})
    assert equal("log(x^2)", "2*log(x)", seconds=0).domains == ({"x": -1.0}, None)
    assert equal("x", "x*(y/y)").domains[0] is not None


def test_intervals_and_conditions_restrict_the_comparison() -> None:
    """What is equal on a part of the numbers only."""
    assert not equal("sqrt(x^2)", "x").equal
    assert equal("sqrt(x^2)", "x", assume=["x > 0"], seconds=0).equal
    assert equal("sqrt(x^2)", "x", over={"x": ("0", "pi")}, seconds=0).equal
    outside = equal("where(x > 1, x, 0)", "0", over={"x": (2, 3)})
    assert outside.counterexample is not None
    assert 2 <= outside.counterexample["x"] <= 3
    with pytest.raises(UsageError, match="occurs in neither"):
        equal("x", "x", over={"z": (0, 1)})
    with pytest.raises(UsageError, match="is empty"):
        equal("x", "x", over={"x": (1, 0)})


@pytest.mark.parametrize(
    ("formula", "other"),
    [
        ("where(x > 1e6, 1, 0)", "0"),
        ("where(x/10 > 1e6, 1, 0)", "0"),
        ("where(x > 0.5 and x < 0.500001, 1, 0)", "0"),
        ("relu(x - 1e5)", "0"),
        ("where(x > y + 1e4, 1, 0)", "0"),
        ("floor(x/1e6)", "where(x < 0, -1, 0)"),
        ("max(x, -100)", "x"),
        ("relu(x - 500)", "0"),
        ("min(x, 1000)", "x"),
        ("max(x, -1e20)", "x"),
        ("abs(x - 1234)", "1234 - x"),
    ],
)
def test_pieces_far_away_and_narrow_ones_are_found(formula: str, other: str) -> None:
    """By the numbers of the formula, their neighbours, what is between them, and powers of ten."""
    assert not equal(formula, other).equal


@pytest.mark.parametrize(("formula", "other"), [("where(x > 1e6, 1, 0)", "0"), ("max(x, -1e20)", "x")])
def test_a_counterexample_is_one_as_it_is_written(formula: str, other: str) -> None:
    """At 1e6 itself the first formula is 0: a rounded point would be none."""
    point = equal(formula, other).counterexample
    assert point is not None
    at = float(said(point).removeprefix("x = "))
    assert at > 1e6 if "where" in formula else at < -1e20


def test_an_assumed_equation_can_make_polynomials_equal() -> None:
    """x + y is 1 on the line x + y = 1, and only there; that points say so is no proof."""
    found = equal("x + y", "1", assume=["x + y == 1"], seconds=0.1)
    assert (found.equal, found.evidence) == (True, "points")
    assert not equal("x*y", "1", assume=["x + y == 1"]).equal


def test_what_has_no_common_domain_is_undecided() -> None:
    """Nothing is said of functions that never meet."""
    with pytest.raises(UndecidedError, match="no point") as caught:
        equal("log(x)", "log(-x)")
    assert caught.value.exit_code == 3


def test_narrow_domains_are_found() -> None:
    """A ball in four dimensions is a small part of any box around it."""
    graphs = [parse(f"sqrt(1 - a^2 - b^2 - c^2 - d^2){more}") for more in ("", " + 0*a")]
    found = Compared(*graphs, Region(["a", "b", "c", "d"]))
    assert found.counterexample is None
    assert found.count >= 10


@pytest.mark.parametrize(
    ("formula", "textbook"),
    [
        ("legendre(0,x)", "1"),
        ("legendre(3,x)", "(5*x^3 - 3*x)/2"),
        ("chebyshevt(3,x)", "4*x^3 - 3*x"),
        ("chebyshevu(2,x)", "4*x^2 - 1"),
        ("hermite(3,x)", "8*x^3 - 12*x"),
        ("laguerre(2,x)", "(x^2 - 4*x + 2)/2"),
        ("gegenbauer(2,a,x)", "2*a*(1 + a)*x^2 - a"),
        ("rf(x,3)", "x*(x + 1)*(x + 2)"),
        ("ff(x,3)", "x*(x - 1)*(x - 2)"),
    ],
)
def test_polynomials_of_textbooks_are_the_functions_of_the_table(formula: str, textbook: str) -> None:
    """At some points both are known exactly (DLMF 18.5, 5.2)."""
    assert equal(formula, textbook, seconds=0).equal


@pytest.mark.parametrize(("a", "b"), [("(x^y)^z", "x^(y*z)"), ("((x^y)^z)^w", "x^(y*z*w)"), ("(x^y)^(1/z)", "x^(y/z)")])
def test_powers_of_powers_are_tried_with_negative_bases(a: str, b: str) -> None:
    """((-1)^2)^(1/2) is 1, and (-1)^(2/2) is -1."""
    assert not equal(a, b, seconds=0).equal


@pytest.mark.parametrize(
    ("a", "b"), [("tanh(1e5*x)", "sign(x)"), ("erf(1e3*x)", "sign(x)"), ("atan(1e70*x)", "pi/2*sign(x)")]
)
def test_steep_functions_are_tried_where_they_are_steep(a: str, b: str) -> None:
    """tanh(1) is 0.76; where tanh's argument is large it is a sign to 50 digits."""
    found = equal(a, b, seconds=0)
    assert not found.equal
    assert found.values is not None
    assert found.values[0] != found.values[1]
