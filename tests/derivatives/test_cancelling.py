"""Second derivatives keep their digits where the table's own rules cancel."""

from __future__ import annotations

import pytest
import sympy
from mpmath import mp
from ops.cancelling import PLACES
from ops.truth import derivative, second_derivative

from adcli.derivatives.answers import gradient, hessian
from adcli.derivatives.taylor import taylor
from adcli.ops import TABLE


@pytest.mark.parametrize(("name", "point"), PLACES)
def test_second_derivatives_keep_their_digits(name: str, point: tuple[float, ...]) -> None:
    """Eleven digits of every entry; the gradient beside them is grad's."""
    op = TABLE[name]
    at = dict(zip(op.arguments, point, strict=True))
    text = f"{name}({', '.join(at)})"
    found = hessian(text, at)
    places = range(len(point))
    with mp.workdps(160):
        truth = [[second_derivative(op, i, j, point) for j in places] for i in places]
        slopes = [derivative(op, i, point) for i in places]
    for i in places:
        for j in places:
            assert abs(found.hessian[i][j] - truth[i][j]) <= 1e-11 * abs(truth[i][j]), (i, j)
    for number, again, slope in zip(found.gradient.values(), gradient(text, at).gradient.values(), slopes, strict=True):
        assert abs(number - slope) <= 1e-12 * abs(slope)
        assert number == pytest.approx(again, rel=1e-13)
    assert not [notice for notice in found.warnings if notice.kind == "digits"]


def test_a_hypotenuse_of_unlike_sides() -> None:
    """∂²/∂y² = x²/v³, whatever x and y."""
    x, y = 3.399790848043878e127, -8.02145731213619e134
    (xx, xy), (_, yy) = hessian("hypot(x, y)", {"x": x, "y": y}).hessian
    with mp.workdps(60):
        v = mp.hypot(x, y)
        assert [xx, xy, yy] == pytest.approx(
            [float(n / v**3) for n in (mp.mpf(y) ** 2, -mp.mpf(x) * y, mp.mpf(x) ** 2)]
        )


def test_a_falling_factorial() -> None:
    """Five factors: a polynomial, differentiated twice by SymPy."""
    x = sympy.Symbol("x")
    truth = sympy.expand_func(sympy.ff(x, 5)).diff(x, 2).subs(x, sympy.Rational(1.2e-5))
    ((found,),) = hessian("ff(x, 5)", {"x": 1.2e-5}).hessian
    assert found == pytest.approx(float(truth), rel=1e-13)


@pytest.mark.parametrize(("name", "x"), [("erfcx", 1e7), ("Shi", 1e-8), ("dilog", 1e-6), ("erfcx", 1e3)])
def test_series_keep_their_digits(name: str, x: float) -> None:
    """Each coefficient up to the third order."""
    with mp.workdps(160):
        truth = [derivative(TABLE[name], 0, (x,), k) for k in (1, 2, 3)]
    found = taylor(f"{name}(x)", {"x": x}, order=3).derivatives[1:]
    assert found == pytest.approx([float(number) for number in truth], rel=1e-12)


def test_sums_of_the_formula_are_its_own() -> None:
    """Where a formula of elementary functions cancels, floats answer as they do for its gradient."""
    found = hessian("(1 - x)^2 + 100*(y - x^2)^2", {"x": 1, "y": 1})
    assert found.hessian == ((802.0, -400.0), (-400.0, 200.0))
    assert found.warnings == ()
