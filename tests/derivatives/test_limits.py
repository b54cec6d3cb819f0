"""Where the chain rule cannot tell: derivatives as what the function's expansions on both sides agree on."""

from __future__ import annotations

import itertools
import math

import pytest
import sympy

from adcli.derivatives.answers import gradient, hessian, hvp, jacobian, jvp, sparse_hessian, sparse_jacobian, vjp
from adcli.derivatives.taylor import taylor_series
from adcli.errors import AdcliError, DomainError, KinkError, UndeterminedError
from adcli.problem.problem import problem

MODES = ("forward", "reverse")
HESSIANS = ("fwd-rev", "rev-fwd", "fwd-fwd", "rev-rev")

X, H = sympy.Symbol("x", real=True), sympy.Symbol("h", positive=True)


def one_sided(text: str, at: str = "0") -> tuple[sympy.Expr, sympy.Expr]:
    """The slopes to the left and to the right of x = *at*, as SymPy's limits."""
    f = sympy.sympify(text.replace("^", "**"), locals={"cbrt": lambda x: sympy.real_root(x, 3), "x": X}, rational=True)
    point = sympy.Rational(at)
    slopes = [sympy.limit((f.subs(X, point + side * H) - f.subs(X, point)) / (side * H), H, 0, "+") for side in (-1, 1)]
    return slopes[0], slopes[1]


SMOOTH = (
    "1e-16*cbrt(x^3)",
    "1e-300*cbrt(x^3) + x^2",
    "(x^2)^(2/3)",
    "cbrt(x)^4",
    "cbrt(x^4)",
    "(x^2)^0.6",
    "1e30*sqrt(x^4)",
    "1e-20*x + sqrt(x^4)",
    "sqrt(x^4)*sqrt(x^2) + 3*x",
    "cbrt(x^3) - 5*sqrt(x^6)",
)
BROKEN = (
    "1e-10*sqrt(x^2)",
    "1e9*x + sqrt(x^2)",
    "x + 1e-200*sqrt(x^2)",
    "exp(x) + 1e-100*sqrt(x^2)",
    "sqrt(x^2) + cbrt(x^3)",
)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", SMOOTH)
def test_a_limit_is_found_at_any_scale(text: str, mode: str) -> None:
    """Where the difference quotients of both sides tend to one number, that is the derivative."""
    left, right = one_sided(text)
    assert left == right
    found = gradient(text, {"x": 0}, mode=mode)
    assert found.gradient["x"] == pytest.approx(float(left), rel=1e-15, abs=0)
    assert [notice.kind for notice in found.warnings] == ["limit"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", BROKEN)
def test_one_sided_slopes_that_differ_are_refused_at_any_scale(text: str, mode: str) -> None:
    """However near to each other they are, and the error names both."""
    left, right = one_sided(text)
    assert left != right
    with pytest.raises(UndeterminedError) as caught:
        gradient(text, {"x": 0}, mode=mode)
    assert "the one-sided derivatives of the result by x differ" in caught.value.notes[-1]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "truth"),
    [("pi*x/Min(x,x)", 0.0), ("exp(1)*x/Max(x,x)", 0.0), ("(sqrt(2)*x + pi*x^2)/Max(x,x)", math.pi)],
)
def test_a_quotient_by_a_tie_ends(text: str, truth: float, mode: str) -> None:
    """Long division drops the leading terms, which cancel by construction, however little of them is known."""
    found = gradient(text, {"x": 2}, mode=mode)
    assert found.gradient["x"] == pytest.approx(truth, rel=1e-15, abs=0)
    assert found.warnings


@pytest.mark.parametrize("mode", MODES)
def test_a_base_that_vanishes_under_a_moving_exponent_is_flat(mode: str) -> None:
    """|x|^(y + 5) is smaller than |x|^5 around x = 0, whatever y does near 1; |x|^y has a kink there."""
    for text in ("abs(x)^(y + 5)", "relu(x)^(y + 5)"):
        found = gradient(text, {"x": 0, "y": 1}, mode=mode)
        assert found.gradient == {"x": 0, "y": 0}
        assert [notice.kind for notice in found.warnings] == ["limit"]
        assert taylor_series(text, {"x": 0, "y": 1}, order=5, direction={"x": 1, "y": 1}).coefficients == (0.0,) * 6
    assert [notice.kind for notice in gradient("abs(x)^y", {"x": 0, "y": 1}, mode=mode).warnings] == ["kink"]


@pytest.mark.parametrize("mode", MODES)
def test_no_derivative_where_arguments_meet(mode: str) -> None:
    """A distance has none at 0, whatever its factor."""
    with pytest.raises(UndeterminedError, match="undetermined"):
        gradient("6.674e-11*m*sqrt((x-y)^2)", {"x": 2, "y": 2, "m": 3}, mode=mode)
    assert set(gradient("exp(-sqrt((x-y)^4))", {"x": 0.1, "y": 0.1}, mode=mode).gradient.values()) == {0.0}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "text",
    [
        "exp(-sqrt((a/l-b/l)^2)*sqrt((a/l-b/l)^2))",
        "sqrt((a/l-b/l)^2)^2",
        "abs(a*(1/l)-b/l)^2",
        "cbrt((a*(1/l)-b/l)^4)",
        "Max(a*(1/l)-b/l, 0)^2",
        "hypot(a*(1/l)-b/l, 0)^3",
    ],
)
def test_what_never_moves_by_one_input_is_flat_by_it(text: str, mode: str) -> None:
    """A power above the first of a difference of points is flat where they meet, by the scale of both, too."""
    found = gradient(text, {"a": 0.5, "b": 0.5, "l": 1.5}, mode=mode)
    assert found.gradient == {"a": 0, "b": 0, "l": 0}
    assert {notice.kind for notice in found.warnings} == {"limit"}


CANCELLED = (
    ("abs(x)^2", 0),
    ("Max(x, -x)^2", 0),
    ("Max(x, 0) + log(1 + exp(-abs(x)))", 0.5),
    ("sign(x)*log(abs(x) + sqrt(x^2 + 1))", 1),
    ("relu(x) - relu(-x)", 1),
    ("Max(x, x)", 1),
    ("Max(x, 0) + Min(x, 0)", 1),
    ("Max(x, cbrt(x^3))", 1),
    ("x*abs(x)", 0),
    ("where(x < 0, sin(x), x)", 1),
    ("where(x == 0, 1, (exp(x) - 1)/x)", 0.5),
    ("Mod(x + 1, 1) - x + floor(x)", 0),
    ("acot(x) + where(x < 0, pi, 0)", -1),
)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("text", "truth"), CANCELLED)
def test_kinks_that_cancel_leave_a_derivative(text: str, truth: float, mode: str) -> None:
    """It is the function's, and the warning says that no convention was needed; it is not refused either."""
    for options in ({}, {"kinks": "error"}, {"precision": 30}):
        found = gradient(text, {"x": 0}, mode=mode, **options)
        assert float(found.gradient["x"]) == pytest.approx(truth, rel=1e-15)
        assert {notice.kind for notice in found.warnings} == {"limit"}
    assert "the derivative exists" in found.warnings[-1].message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3*abs(x)", "-3 and 3"),
        ("abs(x) + x", "0 and 2"),
        ("exp(x) + 1e-100*abs(x)", "1 and 1"),
        ("1e9*x + abs(x)", "999999999 and 1000000001"),
    ],
)
def test_a_kink_names_the_slopes_of_the_result(text: str, said: str) -> None:
    """Beside those of the operation; with as many digits as tell them apart."""
    (notice,) = gradient(text, {"x": 0}).warnings
    assert notice.kind == "kink"
    told = notice.message.rpartition(": ")[2]
    assert told == said or (said == "1 and 1" and len(set(told.split(" and "))) == 2)
    with pytest.raises(KinkError):
        gradient(text, {"x": 0}, kinks="error")


def test_each_entry_is_told_by_itself() -> None:
    """One that exists is exact although another follows a convention."""
    found = gradient("abs(x) + relu(y) - relu(-y)", {"x": 0, "y": 0})
    assert found.gradient == {"x": 0, "y": 1}
    assert {notice.kind for notice in found.warnings} == {"kink"}


@pytest.mark.parametrize("text", ["sqrt(abs(x*y))", "cbrt(x*y)", "sqrt(Max(-x*y, 0))", "Min(abs(x), abs(y))"])
def test_partial_derivatives_alone_are_no_derivative(text: str) -> None:
    """Along the axes all is 0, but not between them: a warning, or a refusal."""
    found = gradient(text, {"x": 0, "y": 0})
    assert found.gradient == {"x": 0, "y": 0}
    assert "kink" in {notice.kind for notice in found.warnings}
    with pytest.raises(AdcliError) as caught:
        gradient(text, {"x": 0, "y": 0}, kinks="error")
    assert caught.value.exit_code == 3


def test_products_with_the_jacobian_are_limits_too() -> None:
    """As the whole matrix is, dense, sparse and by elimination."""
    at = {"x": 0, "y": 0}
    texts = ["hypot(x, y)^2 + 3*x", "sqrt(x^4) + y"]
    for mode in ("forward", "reverse", "cross"):
        assert jacobian(texts, at, mode=mode).jacobian == ((3, 0), (0, 1))
    assert jvp(texts, at, {"x": 1, "y": 2}).jvp == (3, 2)
    assert vjp(texts, at, [1, 2]).vjp == {"x": 3, "y": 2}
    found = sparse_jacobian(problem(texts, at, kinks="error"))
    assert {(i, j): entry for i, j, entry in found.entries} == {(0, 0): 3, (0, 1): 0, (1, 0): 0, (1, 1): 1}


def test_a_kink_is_told_whatever_asks_for_it() -> None:
    """Also where nothing of the matrix is left to compute."""
    for text, at in (("floor(r)", {"r": 0}), ("abs(r)", {"r": 0}), ("sign(r)*s", {"r": 0, "s": 2})):
        for found in (
            jacobian(text, at),
            jacobian(text, at, mode="cross"),
            sparse_jacobian(text, at),
            jvp(text, at, dict.fromkeys(at, 1)),
            vjp(text, at),
            hessian(text, at),
            sparse_hessian(text, at),
            hvp(text, at, dict.fromkeys(at, 1)),
        ):
            assert "kink" in {notice.kind for notice in found.warnings}, (text, type(found))
        assert "kink" in {notice.kind for notice in sparse_jacobian([text, "2*r"], at).warnings}
        for ask in (jacobian, sparse_jacobian, vjp, hessian, sparse_hessian):
            with pytest.raises(KinkError):
                ask(text, at, kinks="error")


SECOND = (
    ("0.5*hypot(x, y)^2", [[1, 0], [0, 1]]),
    ("sqrt(x^2 + y^2)^2", [[2, 0], [0, 2]]),
    ("cbrt(x)^6 + x*y", [[2, 1], [1, 0]]),
    ("abs(x)^2*exp(y)", [[2, 0], [0, 0]]),
    ("Max(x, -x)^2 + abs(y)^3", [[2, 0], [0, 0]]),
    ("Max(x, 0) + log(1 + exp(-abs(x))) + y^2", [[0.25, 0], [0, 2]]),
    ("exp(-hypot(x - y, 2*y)^2)", [[-2, 2], [2, -10]]),
    ("sqrt(x^4) + 3*x*y", [[2, 3], [3, 0]]),
    ("where(x == 0, 1, sin(x)/x)*cos(y)", [[-1 / 3, 0], [0, -1]]),
    ("(x^2)^1.2 + y^2", [[0, 0], [0, 2]]),
)


@pytest.mark.parametrize("mode", HESSIANS)
@pytest.mark.parametrize(("text", "truth"), SECOND)
def test_second_derivatives_exist_at_kinks_and_poles_that_cancel(
    text: str, truth: list[list[float]], mode: str
) -> None:
    """In every order of the modes, with the gradient, and under --kinks error."""
    for options in ({}, {"kinks": "error"}, {"precision": 30}):
        found = hessian(text, {"x": 0, "y": 0}, mode=mode, wrt="x,y", **options)
        assert [[float(x) for x in row] for row in found.hessian] == truth
        assert "limit" in {notice.kind for notice in found.warnings}
    assert found.gradient == gradient(text, {"x": 0, "y": 0}, wrt="x,y").gradient


def test_products_with_the_hessian_are_limits_too() -> None:
    """As the whole matrix is, and the sparse one."""
    at = {"x1": 1.5, "y1": 1.5, "x2": 0.1, "y2": 0.1}
    text = "exp(-hypot(x1 - y1, x2 - y2)^2)"
    expected = [[-2, 2, 0, 0], [2, -2, 0, 0], [0, 0, -2, 2], [0, 0, 2, -2]]
    assert [list(row) for row in hessian(text, at).hessian] == expected
    assert list(hvp(text, at, {"x1": 1, "y2": 2}).hvp.values()) == [-2, 2, 4, -4]
    entries = {(i, j): entry for i, j, entry in sparse_hessian(text, at).entries}
    assert entries == {(i, j): expected[i][j] for i, j in itertools.product(range(4), repeat=2)}


@pytest.mark.parametrize("text", ["abs(x)*x", "relu(x)^2", "where(x < 0, x^2, x^3)"])
def test_without_a_second_derivative_a_convention_is_followed(text: str) -> None:
    """And both sides are named, or it is refused."""
    found = hessian(text, {"x": 0})
    assert [notice.kind for notice in found.warnings] == ["kink"]
    assert "the one-sided second derivatives of the result by x differ" in found.warnings[0].message
    with pytest.raises(KinkError):
        hessian(text, {"x": 0}, kinks="error")


@pytest.mark.parametrize("mode", HESSIANS)
@pytest.mark.parametrize("other", ["1 - sqrt(x)", "3/sqrt(x)", "-sqrt(x)/2", "2 - log(x)/x", "1 - x*sqrt(x)"])
def test_branches_not_taken_do_not_matter_to_a_hessian(other: str, mode: str) -> None:
    """Nothing of them is evaluated, through signs and quotients too."""
    found = hessian(f"where(x < 1, x^2, {other})", {"x": 0}, mode=mode)
    assert (found.hessian, found.warnings) == (((2.0,),), ())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "at", "truth"),
    [
        ("x^Max(x, 3)", {"x": -2}, {"x": 12}),
        ("x^relu(z)", {"x": -2, "z": -1}, {"x": 0, "z": 0}),
        ("cbrt(floor(x))", {"x": 0.5}, {"x": 0}),
        ("(-2)^(x-x)", {"x": 3}, {"x": 0}),
    ],
)
def test_a_power_of_a_negative_number_has_a_derivative_where_its_exponent_stands(
    text: str, at: dict[str, float], truth: dict[str, float], mode: str
) -> None:
    """Whole and the same all around, although the rule has no logarithm."""
    assert gradient(text, at, mode=mode).gradient == truth


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", ["floor((-2)^x)", "floor((-2)^x*1.01)", "sign((-2)^x)", "(-2)^x"])
def test_a_function_that_is_defined_at_single_points_has_no_derivative(text: str, mode: str) -> None:
    """In either mode, although floor has one of 0."""
    with pytest.raises(DomainError):
        gradient(text, {"x": 3}, mode=mode)


@pytest.mark.parametrize(
    ("text", "at", "truth"),
    [
        ("sqrt(x^4)", 0, [0, 0, 1, 0]),
        ("(x^2)^2.5", 0, [0, 0, 0, 0, 0]),
        ("abs(x)^2", 0, [0, 0, 1, 0]),
        ("cbrt(floor(x))", 0.5, [0, 0, 0]),
        ("cbrt(x)^6 + x", 0, [0, 1, 1, 0]),
        ("sign(x)*sin(abs(x))", 0, [0, 1, 0, -1 / 6]),
        ("x^Max(x, 3)", -2, [-8, 12, -6, 1, 0]),
        ("where(x == 0, 1, sin(x)/x)", 0, [1, 0, -1 / 6, 0, 1 / 120]),
        ("log(1 + exp(-abs(x))) + Max(x, 0)", 0, [0.6931471805599453, 0.5, 0.125, 0, -1 / 192]),
    ],
)
def test_a_taylor_series_exists_where_both_sides_have_the_same(text: str, at: float, truth: list[float]) -> None:
    """Whatever the rules say of its operations; under --kinks error, and with digits, too."""
    for options in ({}, {"kinks": "error"}, {"precision": 30}):
        found = taylor_series(text, {"x": at}, order=len(truth) - 1, **options)
        assert [float(c) for c in found.coefficients] == pytest.approx(truth, rel=1e-15)
        assert {notice.kind for notice in found.warnings} <= {"limit"}


def test_a_taylor_series_that_differs_from_side_to_side_is_none() -> None:
    """From the order on that the error names."""
    assert taylor_series("(x^2)^2.5", {"x": 0}, order=4).coefficients == (0,) * 5
    with pytest.raises(DomainError) as caught:
        taylor_series("(x^2)^2.5", {"x": 0}, order=5)
    assert caught.value.notes[-1] == "the one-sided 5th derivatives of the result by x differ: -120 and 120"
