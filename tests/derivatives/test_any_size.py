"""Second and third derivatives of the operations of one argument, at points of all sizes, by every way there is."""

from __future__ import annotations

import pytest
from mpmath import mp
from ops.samples import NUMERIC, points
from sample import Case, NoValue, Tree, Truth, Unclear, near

import adcli

SIZES = (1e-20, -1e-200, 1e-8, -1e-5, 0.3, 1e20, -1e200)
ORDERS = ("fwd-rev", "rev-fwd", "fwd-fwd", "rev-rev")
SLOW = ("erfinv", "digamma", "gamma", "loggamma", "LambertW", "LambertW_onset")
"""Those of which mpmath takes long to say the truth."""
UNARY = [op for op in NUMERIC if len(op.arguments) == 1 and not op.variadic and op.name not in SLOW]


@pytest.mark.parametrize("op", UNARY, ids=lambda op: op.name)
def test_higher_derivatives_keep_their_digits_at_any_size(op) -> None:
    """In all four orders of the modes, as a product with a vector, and as coefficients of a series."""
    for x in (*SIZES, points(op, 1)[0][0]):
        case = Case(Tree(op.name, (Tree("x"),)), {"x": x})
        try:
            truth = Truth(case).coefficients({"x": mp.one}, 3)
        except (NoValue, Unclear):
            continue
        if max(map(abs, truth)) > 1e290:
            continue
        second, third = truth[2:]
        text = str(case.tree)
        ways = {f"hessian {order}": adcli.hessian(text, case.point, mode=order).hessian[0][0] / 2 for order in ORDERS}
        ways["hvp"] = adcli.hvp(text, case.point).hvp["x"] / 2
        series = adcli.taylor_series(text, case.point, order=3).coefficients
        found = [(way, said, second) for way, said in ways.items()]
        found += [("taylor 2", series[2], second), ("taylor 3", series[3], third)]
        wrong = [(way, said, mp.nstr(number, 17)) for way, said, number in found if not right(said, number)]
        assert not wrong, case


def right(said: float, number: mp.mpf) -> bool:
    """Near the truth, or as small as only numbers beyond the doubles' range are."""
    return near(said, number, 1e-9) or (abs(number) < 1e-300 and abs(said) < 1e-300)


@pytest.mark.parametrize("name", ["Mod", "fmod", "remainder"])
def test_a_remainder_is_straight_between_its_jumps(name: str) -> None:
    """However often the divisor goes into the number: its second derivatives are 0, and no noise."""
    for point in ({"x": 1.7345319605747058, "y": 1e-5}, {"x": -1.241539154583124, "y": 1e-20}):
        assert adcli.hessian(f"{name}(x, y)", point).hessian == ((0, 0), (0, 0))


def test_the_smaller_leg_shows_in_the_longer_ones_curvature() -> None:
    """y²/h³ and x²/h³, whatever cancels on the way to them."""
    at = {"x": 1e-20, "y": 3.0}
    for options in ({}, {"precision": 20}):
        (xx, xy), (yx, yy) = adcli.hessian("hypot(x, y)", at, **options).hessian
        assert [float(n) for n in (xx, xy, yx, yy)] == pytest.approx(
            [1 / 3, -1e-20 / 9, -1e-20 / 9, 1e-40 / 27], rel=1e-14
        )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hypot(x, 3) - 3", "1.6666666666666666667e-91"),
        ("atan2(3, x) - pi/2", "-3.3333333333333333333e-46"),
        ("beta(1, 1 + x) - 1", "-1e-45"),
        ("legendre(2, 0.5) + 0.125 + x", "1e-45"),
    ],
)
def test_a_short_result_of_several_arguments_is_exact_only_where_all_of_them_show(text: str, value: str) -> None:
    """The hypotenuse of 3 and 1e-45 is no 3."""
    found = adcli.evaluate(text, {"x": "1e-45"}, precision=20).values[0]
    assert mp.almosteq(found, mp.mpf(value), 1e-14)
