"""Roots and minima, and their derivatives by parameters."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import mpmath
import pytest

import adcli
from adcli.arithmetic.matrices import LU, Singular, cholesky, eigen, times
from adcli.errors import AdcliError
from adcli.problem.problem import problem
from adcli.studies.answers.brent import brent
from adcli.studies.answers.implicit import implicit
from adcli.studies.answers.minimize import find_minimum
from adcli.studies.answers.solve import find_root
from adcli.studies.answers.system import Unsolved

ROOTS: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
    ("x^2 - 2", {"x": 1}, {"x": math.sqrt(2)}),
    ("x^2 = 2", {"x": -1}, {"x": -math.sqrt(2)}),
    ("x^2 == 2", {"x": 1}, {"x": math.sqrt(2)}),
    ("x = cos(x)", {"x": 1}, {"x": 0.7390851332151607}),
    (["x^2 + y^2 = 4", "x = y"], {"x": 1, "y": 0.5}, {"x": math.sqrt(2), "y": math.sqrt(2)}),
    ("exp(x) - 1e10", {"x": 1}, {"x": math.log(1e10)}),
    ("atan(x)", {"x": 3}, {"x": 0}),
    ("log(x)", {"x": 0.01}, {"x": 1}),
    ("tanh(x) - 1/2", {"x": 4}, {"x": math.atanh(0.5)}),
    ("x^3 - 2*x + 2", {"x": 0}, {"x": -1.7692923542386314}),
    (["10*(y - x^2)", "1 - x"], {"x": -1.2, "y": 1}, {"x": 1, "y": 1}),
    (
        ["1e4*x*y - 1", "exp(-x) + exp(-y) - 1.0001"],
        {"x": 0, "y": 1},
        {"x": 1.098159329699759e-5, "y": 9.106146739866978},
    ),
    (["x[1]^2 = x[2]", "x[2]^2 = 2"], {"x": [1, 1]}, {"x[1]": 2**0.25, "x[2]": 2**0.5}),
    ("x - 1e-40", {"x": 1}, {"x": 1e-40}),
]


@pytest.mark.parametrize(("text", "at", "root"), ROOTS)
def test_a_root_is_found_to_all_digits(text: Any, at: dict[str, Any], root: dict[str, float]) -> None:
    """Equations with =, with ==, expressions; badly scaled ones, and starts from which a full step leads astray."""
    found = find_root(text, at)
    assert found.solution == pytest.approx(root, rel=1e-12, abs=1e-300)
    assert found.simple


@pytest.mark.parametrize(("text", "start", "guess"), [("x*exp(x) = 3", "1", 1), ("gamma(x) = 5", "4", 3.8)])
def test_a_root_has_as_many_digits_as_asked_for(text: str, start: str, guess: float) -> None:
    """Fifty, those of mpmath's root."""
    with mpmath.workdps(60):
        functions = {"x*exp(x) = 3": lambda x: x * mpmath.exp(x) - 3, "gamma(x) = 5": lambda x: mpmath.gamma(x) - 5}
        truth = mpmath.findroot(functions[text], guess)
        found = find_root(text, {"x": start}, precision=50).solution["x"]
        assert abs(found - truth) < mpmath.mpf(10) ** -48


def test_a_root_is_proved() -> None:
    """By an interval Newton test, where the Jacobian is regular; a multiple root cannot be, and is said to be one."""
    proved = find_root(["x^2 + y^2 = 4", "x = y"], {"x": 1, "y": 0.5})
    assert proved.unique_within == 1e-12
    assert proved.check is not None
    assert "unique within 1e-12" in proved.check.detail
    double = find_root("(x - 1)^2*(x + 3)", {"x": 2})
    assert double.solution["x"] == 1
    assert double.unique_within is None
    assert [notice.kind for notice in double.warnings] == ["singular"]


def test_convergence_is_seen_to_be_quadratic() -> None:
    """Each residual near the root is about the square of the one before."""
    steps = find_root("x^2 - 2", {"x": 1}).iterations
    residuals = [step.residual for step in steps][1:5]
    for before, after in pairwise(residuals):
        assert after < before**1.7 or after < 1e-15


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("x^4 + y^4 - 3*x^2*y^2", {"x": 0.1, "y": 0}),
        ("(y - x^2)*(y - 2*x^2)", {"x": 0, "y": 1}),
        ("x^2 + y^4 - 3*x*y^2", {"x": 1, "y": 0}),
    ],
)
def test_what_is_lower_along_a_flat_way_is_no_minimum(text: str, at: dict[str, Any]) -> None:
    """At 0 the gradient vanishes and no eigenvalue is negative, but -t⁴ is near, in a curved valley too."""
    with pytest.raises(AdcliError, match="fall without bound"):
        find_minimum(text, at)


@pytest.mark.parametrize("text", ["x^4", "x^4 + y^4", "(x + y - 1)^2", "(x*y - 1)^2", "x^2*y^2"])
def test_a_flat_minimum_is_not_proven(text: str) -> None:
    """It is found, and said to be one that no Hessian proves."""
    found = find_minimum(text, {name: 1.5 for name in "xy" if name in text})
    assert float(found.value) == pytest.approx(0, abs=1e-20)
    assert [notice.kind for notice in found.warnings] == ["singular"]


@pytest.mark.parametrize(("text", "start", "where"), [("abs(x) + x^2", 0.0, 0.0), ("x^2 - 2*dilog(x) + 2*x", 0.0, 0.0)])
def test_where_balls_decide_nothing_there_is_no_proof(text: str, start: float, where: float) -> None:
    """A kink, or a border, at the minimum is no internal error."""
    found = find_minimum(text, {"x": start})
    assert (found.minimizer["x"], found.unique_within) == (where, None)


@pytest.mark.parametrize(
    ("equation", "slope"), [("y = abs(x)", 0.0), ("y + exp(y) = 1 + Max(x, 0)", 0.25), ("y^3 + y = abs(x)", 0.0)]
)
def test_a_kink_in_a_parameter_is_said(equation: str, slope: float) -> None:
    """The derivative is a convention, which no differences confirm; elsewhere they do."""
    found = find_root(equation, {"x": 0, "y": 0}, unknowns="y", wrt="x")
    assert found.derivatives == {"y": {"x": slope}}
    assert [notice.kind for notice in found.warnings] == ["kink"]
    assert found.check is not None
    assert (found.check.witnessed, found.check.ok) == (False, True)
    with pytest.raises(AdcliError):
        find_root(equation, {"x": 0, "y": 0}, unknowns="y", wrt="x", kinks="error")
    beside = find_root(equation, {"x": 0.5, "y": 0}, unknowns="y", wrt="x")
    assert beside.warnings == ()
    assert beside.check is not None
    assert beside.check.witnessed


def test_an_equation_of_vectors_is_one_for_each_element() -> None:
    """A@x = b is solved by A⁻¹b, whose derivatives by b are A⁻¹; shapes that differ are refused with their places."""
    at: Any = {"A": [[2, 1], [1, 3]], "b": [1, 2], "x": [0, 0]}
    found = find_root("A@x = b", at, unknowns="x", wrt="b")
    assert found.solution == pytest.approx({"x[1]": 0.2, "x[2]": 0.6}, rel=1e-15)
    assert found.derivatives is not None
    assert [list(row.values()) for row in found.derivatives.values()] == [
        pytest.approx(row, rel=1e-14) for row in ([0.6, -0.2], [-0.2, 0.4])
    ]
    assert find_root("x^2 = 4", {"x": [1, 3]}).solution == pytest.approx({"x[1]": 2.0, "x[2]": 2.0}, rel=1e-15)
    with pytest.raises(AdcliError, match=r"A@x is a vector of 2 and \[1,2,3\] is a vector of 3"):
        find_root("A@x = [1,2,3]", {name: at[name] for name in "Ax"}, unknowns="x")


def test_a_bracket_keeps_the_root_within() -> None:
    """Brent's method, where Newton's from either end would go to another root."""
    found = find_root("sin(x)", {"x": 6}, bracket={"x": (2, 4)})
    assert found.solution["x"] == math.pi


@pytest.mark.parametrize("seed", range(5))
def test_brent_finds_where_the_sign_changes(seed: int) -> None:
    """To a few units in the last place, for functions with steps too."""
    source = random.Random(seed)
    place = source.uniform(-5, 5)
    for function in (lambda x: x - place, lambda x: math.copysign(1, x - place), lambda x: (x - place) ** 3):
        best, _, _ = brent(function, -7.0, 9.0)
        assert best == pytest.approx(place, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("x^2 + 1", {"x": 3}, "singular"),
        ("exp(x)", {"x": 1}, "residual"),
        (["x + y - 1", "x + y - 2"], {"x": 0, "y": 0}, "singular"),
        ("abs(x) + 1", {"x": 2}, "residual"),
    ],
)
def test_where_no_root_is_found_the_best_point_is_said(text: Any, at: dict[str, Any], said: str) -> None:
    """With its residual, and whether the Jacobian is singular there."""
    with pytest.raises(Unsolved, match="no root found") as caught:
        find_root(text, at)
    assert said in " ".join(caught.value.notes)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("x + y", {"at": {"x": 1, "y": 1}}, "1 equation and 2 unknowns"),
        (["x", "x^2"], {"at": {"x": 1}}, "2 equations and 1 unknown"),
        ("x + a", {"at": {"x": 1, "a": 1}, "unknowns": "z"}, "no input"),
        ("x + a", {"at": {"x": 1, "a": 1}, "unknowns": "x", "wrt": "x"}, "cannot be a parameter"),
        ("x + a", {"at": {"x": 1, "a": 1}, "unknowns": "x", "bracket": {"a": (0, 1)}}, "bracket"),
    ],
)
def test_what_is_no_system_is_refused(text: Any, options: dict[str, Any], said: str) -> None:
    """As many equations as unknowns, which are inputs and no parameters."""
    with pytest.raises(AdcliError, match=said) as caught:
        find_root(text, **options)
    assert caught.value.exit_code == 2


def test_a_bracket_without_a_change_of_sign_is_no_bracket() -> None:
    """And one around a pole has no root."""
    with pytest.raises(Unsolved, match="does not change its sign"):
        find_root("x^2 - 2", {"x": 0}, bracket={"x": (-1, 1)})
    with pytest.raises(AdcliError) as caught:
        find_root("1/(x - 1/3)", {"x": 0}, bracket={"x": (0, 1)})
    assert caught.value.exit_code == 3


def test_a_solution_has_derivatives_by_parameters() -> None:
    """∂x/∂a = -x/(3x² + a) and ∂x/∂b = 1/(3x² + a) where x³ + a·x = b."""
    found = find_root("x^3 + a*x = b", {"x": 1, "a": 2, "b": 3}, wrt=["a", "b"])
    assert found.solution == {"x": 1}
    assert found.derivatives == {"x": {"a": -0.2, "b": 0.2}}
    assert found.check is not None
    assert found.check.ok
    assert found.check.against == "solving again"


@pytest.mark.parametrize("seed", range(4))
def test_derivatives_of_solutions_are_those_of_solving_again(seed: int) -> None:
    """Of random systems, by differences of their solutions with thirty digits."""
    source = random.Random(seed)
    a, b, c = (round(source.uniform(0.5, 2), 3) for _ in range(3))
    text = ["exp(x) + a*y = 3*b", "x*y + sin(c*y) = a/2"]
    at = {"x": 1, "y": 0.5, "a": a, "b": b, "c": c}
    found = find_root(text, at, unknowns=["x", "y"], wrt=["a", "b", "c"], precision=40)
    assert found.derivatives is not None
    with mpmath.workdps(50):
        h = mpmath.mpf(10) ** -12
        for name in ("a", "b", "c"):
            ends = []
            for way in (h, -h):
                moved = {**at, **found.solution, name: mpmath.mpf(str(at[name])) + way}
                ends.append(find_root(text, moved, unknowns=["x", "y"], precision=40).solution)
            for unknown in ("x", "y"):
                difference = (ends[0][unknown] - ends[1][unknown]) / (2 * h)
                assert float(found.derivatives[unknown][name]) == pytest.approx(float(difference), rel=1e-14)


def test_where_a_solution_has_no_derivative_that_is_said() -> None:
    """A double root moves as a square root does."""
    with pytest.raises(Unsolved, match="no derivative"):
        find_root("x^2 = a", {"x": 0.1, "a": 0}, wrt="a")


def test_an_equation_defines_a_derivative() -> None:
    """dy/dx = 1/(2y) where y² = x; a point that is not on the curve is brought there, and that is said."""
    on = implicit(problem("y^2 = x", {"x": 4, "y": 2}, equations={"y"}), ["y"], one=True)
    assert on.gradient == {"x": 0.25}
    assert on.warnings == ()
    off = implicit(problem("y^2 = x", {"x": 4, "y": 1.9}, equations={"y"}), ["y"], one=True)
    assert (off.value, off.gradient) == (2, {"x": 0.25})
    assert [notice.kind for notice in off.warnings] == ["solved"]


def test_several_equations_define_a_jacobian() -> None:
    """Polar coordinates backwards: the Jacobian of (r, t) by (x, y) is the inverse of the usual one."""
    asked = problem(["r*cos(t) = x", "r*sin(t) = y"], {"x": 1, "y": 1, "r": 1.4, "t": 0.8}, equations={"r", "t"})
    found = implicit(asked, ["r", "t"])
    half = math.sqrt(0.5)
    assert found.values == pytest.approx((math.sqrt(2), math.pi / 4), rel=1e-15)
    assert found.jacobian == (pytest.approx((half, half)), pytest.approx((-0.5, 0.5)))
    assert found.check.ok


MINIMA: list[tuple[str, dict[str, Any], dict[str, float]]] = [
    ("(1-x)^2 + 100*(y-x^2)^2", {"x": -1.2, "y": 1}, {"x": 1, "y": 1}),
    ("x - log(x)", {"x": 3}, {"x": 1}),
    ("x^4", {"x": 1}, {"x": 0}),
    ("(x-2)^4 + (x-2*y)^2", {"x": 0, "y": 3}, {"x": 2, "y": 1}),
    ("(x^2-1)^2", {"x": 0}, {"x": 1}),
    ("1e-6*(x-1e6)^2", {"x": 0}, {"x": 1e6}),
    ("x^2 + x*y + y^2 - 3*x", {"x": 0, "y": 0}, {"x": 2, "y": -1}),
    ("(x^2+y-11)^2 + (x+y^2-7)^2", {"x": 1, "y": 1}, {"x": 3, "y": 2}),
    ("(x+10*y)^2 + 5*(z-w)^2 + (y-2*z)^4 + 10*(x-w)^4", {"x": 3, "y": -1, "z": 0, "w": 1}, dict.fromkeys("xyzw", 0)),
]


@pytest.mark.parametrize(("text", "at", "truth"), MINIMA)
def test_a_minimum_is_found(text: str, at: dict[str, Any], truth: dict[str, float]) -> None:
    """Of Rosenbrock, Himmelblau and Powell, flat ones, badly scaled ones; a start on a maximum is left."""
    found = find_minimum(text, at)
    assert {name: abs(x) if text == "(x^2-1)^2" else x for name, x in found.minimizer.items()} == pytest.approx(
        truth, rel=1e-9, abs=1e-7
    )
    assert found.gradient_norm < 1e-9


def test_a_minimum_is_proved_and_its_hessian_described() -> None:
    """Rosenbrock's: positive definite, with eigenvalues 0.399… and 1001.6…"""
    found = find_minimum(*MINIMA[0][:2])
    assert found.positive_definite
    assert found.eigenvalues == pytest.approx((501 - math.sqrt(501**2 - 400), 501 + math.sqrt(501**2 - 400)))
    assert found.unique_within == 1e-12
    flat = find_minimum("x^4", {"x": 1})
    assert not flat.positive_definite
    assert flat.unique_within is None
    assert "singular" in {notice.kind for notice in flat.warnings}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("-x^2", {"x": 1}),
        ("-x^2", {"x": 0}),
        ("x^3", {"x": 1}),
        ("x^2 - y^2", {"x": 1, "y": 0}),
        ("exp(-x)", {"x": 1}),
        ("sqrt(x)", {"x": 1}),
    ],
)
def test_where_there_is_no_minimum_that_is_said(text: str, at: dict[str, Any]) -> None:
    """Without bound, at a saddle, at infinity, at the border of the domain."""
    with pytest.raises(Unsolved, match="no minimum found") as caught:
        find_minimum(text, at)
    assert caught.value.exit_code == 3


def test_bounds_hold() -> None:
    """At a bound the gradient need not vanish; the other inputs are where it does."""
    found = find_minimum("(x-2)^2 + (x*y-1)^2", {"x": 0, "y": 3}, bounds={"x": (0, 1)})
    assert found.minimizer == {"x": 1, "y": 1}
    assert found.at_bounds == {"x": "upper"}
    inside = find_minimum("(x-2)^2", {"x": 0}, bounds={"x": ("", 5)})
    assert inside.minimizer == {"x": 2}
    assert inside.at_bounds is None
    for bounds, said in (
        ({"x": (1, 2)}, "outside"),
        ({"x": (3, -3)}, "wrong way round"),
        ({"z": (0, 1)}, "no unknown"),
    ):
        with pytest.raises(AdcliError, match=said):
            find_minimum("(x-2)^2", {"x": 0}, bounds=bounds)


@pytest.mark.parametrize(
    ("text", "start", "low", "high", "truth"),
    [
        ("x*y", 1.0, 0.0, 2.0, 0.0),
        ("(x - 1)*(y - 1)", 2.0, 1.0, 3.0, 0.0),
        ("x^2*y^2 + x*y", 1.0, 0.0, 2.0, 0.0),
        ("sin(x)*sin(y)", 1.0, 0.0, 2.0, 0.0),
        ("x*y", 1.0, -2.0, 2.0, -4.0),
        ("x^2 + y^2 - 3*x*y", 0.0, 0.0, 2.0, -4.0),
    ],
)
def test_beyond_its_bounds_nothing_is_lower(text: str, start: float, low: float, high: float, truth: float) -> None:
    """A corner is a minimum where all ways down from it leave the box."""
    bounds: Any = {"x": (low, high), "y": (low, high)}
    assert find_minimum(text, {"x": start, "y": start}, bounds=bounds).value == pytest.approx(truth, abs=1e-12)


def test_a_minimum_has_derivatives_by_parameters() -> None:
    """x = log(a) minimizes exp(x) - a·x, and dx/da = 1/a; what a bound holds does not move."""
    found = find_minimum("exp(x) - a*x", {"x": 0, "a": 2}, wrt="a", precision=40)
    assert found.derivatives is not None
    assert abs(found.derivatives["x"]["a"] - mpmath.mpf("0.5")) < mpmath.mpf(10) ** -38
    held = find_minimum("(x-a)^2 + (y-a)^2", {"x": 0, "y": 0, "a": 2}, wrt="a", bounds={"x": ("", 1)})
    assert held.derivatives == {"x": {"a": 0}, "y": {"a": 1}}


def test_small_matrices_are_solved() -> None:
    """LU, Cholesky and eigenvalues of random ones."""
    source = random.Random(1)
    rows = [[source.uniform(-1, 1) for _ in range(6)] for _ in range(6)]
    x = [source.uniform(-1, 1) for _ in range(6)]
    assert LU(rows).solve(times(rows, x)) == pytest.approx(x, rel=1e-9)
    square = [[sum(a * b for a, b in zip(r, s, strict=True)) for s in rows] for r in rows]
    left = cholesky(square, 1e-12)
    assert left is not None
    assert [[sum(map(float.__mul__, a, b)) for b in left] for a in left] == [pytest.approx(row) for row in square]
    values, vectors = eigen(square)
    assert values == sorted(values)
    for value, vector in zip(values, vectors, strict=True):
        assert times(square, vector) == pytest.approx([value * v for v in vector], abs=1e-12)
    with pytest.raises(Singular):
        LU([[1, 2], [2, 4]])
    assert cholesky([[1, 2], [2, 1]], 1e-9) is None


def test_answers_are_functions_of_python_too() -> None:
    """With the options of the commands as parameters, and data as columns."""
    assert adcli.solve("x^2 = 2", {"x": 1}).solution["x"] == math.sqrt(2)
    assert adcli.minimize("exp(x) - a*x", {"x": 0, "a": 2}, wrt="a").derivatives == {"x": {"a": 0.5}}
    assert adcli.uncertainty("a+b", {"a": "1±0.3", "b": {"value": 2, "u": 0.4}}).u == (0.5,)
    assert adcli.implicit("y^2 = x", {"x": 4, "y": 2}, "y").gradient == {"x": 0.25}
    found = adcli.fit("a + b*x", {"x": [1, 2, 3], "y": [3, 5, 7]}, "y", {"a": 0, "b": 0})
    assert {name: p.value for name, p in found.parameters.items()} == pytest.approx({"a": 1, "b": 2})
    with pytest.raises(adcli.Unsolved):
        adcli.solve("x^2 + 1", {"x": 1})


SMOOTH = [
    ("norm(x - b)^2", {"x": [1, 1], "b": [2, 3]}, {"x[1]": 2, "x[2]": 3}),
    ("norm(x - b)^2", {"x": [1, 1], "b": ["0.1", "0.3"]}, {"x[1]": 0.1, "x[2]": 0.3}),
    ("norm(A@x - b)^2", {"x": [1, 1], "A": [[1, 2], [3, 4]], "b": [5, 6]}, {"x[1]": -4, "x[2]": 4.5}),
    ("hypot(x - b, y)^2 + abs(x - b)^2", {"x": 4, "y": 2, "b": 1}, {"x": 1, "y": 0}),
]


@pytest.mark.parametrize(("text", "at", "found"), SMOOTH)
def test_a_square_is_minimised_where_what_is_squared_has_a_kink(
    text: str, at: dict[str, Any], found: dict[str, float]
) -> None:
    """‖r‖² has the gradient 0 and a Hessian at r = 0, where ‖r‖ has none."""
    minimum = find_minimum(text, at, unknowns=[name for name in at if name in "xy"])
    assert minimum.minimizer == pytest.approx(found, abs=1e-14)
    assert minimum.value == pytest.approx(0, abs=1e-28)
    assert minimum.positive_definite


def test_such_a_minimum_moves_as_its_equations_say() -> None:
    """Ax = b at the minimum, so that dx/db is the inverse of A."""
    at = {"x": [1, 1], "A": [[1, 2], [3, 4]], "b": [5, 6]}
    moved = find_minimum("norm(A@x - b)^2", at, unknowns=["x"], wrt=["b"]).derivatives
    assert moved is not None
    assert moved["x[1]"] == pytest.approx({"b[1]": -2, "b[2]": 1})
    assert moved["x[2]"] == pytest.approx({"b[1]": 1.5, "b[2]": -0.5})


@pytest.mark.parametrize(
    ("text", "start", "said"),
    [
        ("x^2 + 1", 1, "after 1 iteration is x = 0"),
        ("x^2 + 1", 1, "singular"),
        ("sinh(x) - 1e300", 1, "does not change"),
    ],
)
def test_the_way_to_no_root_says_why_it_ends(text: str, start: float, said: str) -> None:
    """At a minimum the Jacobian is singular; cosh(1) is not, but 1e300 hides what x does."""
    with pytest.raises(Unsolved, match="no root found") as caught:
        adcli.solve(text, {"x": start})
    assert any(said in note for note in caught.value.notes)
