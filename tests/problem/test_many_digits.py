"""How many digits may be asked for: of functions that take long, fewer."""

from __future__ import annotations

import mpmath
import pytest

from adcli.arithmetic import arb
from adcli.derivatives.answers import evaluate
from adcli.errors import LimitError
from adcli.problem.problem import problem


def test_of_special_functions_there_are_2000_digits() -> None:
    """And no more: the error says where the function stands."""
    assert problem("x + gamma(x)", {"x": 2}, precision=2000).precision == 2000
    assert problem("x + exp(x)", {"x": 2}, precision=9000).precision == 9000
    with pytest.raises(LimitError) as refused:
        problem("x + gamma(x)", {"x": 2}, precision=2001)
    assert refused.value.span == (4, 12)


@pytest.mark.parametrize("name", ["polylog(3/2, x)", "elliptic_pi(1/3, x)"])
def test_without_arb_what_takes_minutes_is_refused_before_it_is_begun(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what would compute it."""
    monkeypatch.setattr(arb, "installed", lambda: False)
    problem(name, {"x": "0.25"}, precision=500)
    with pytest.raises(LimitError) as refused:
        problem(name, {"x": "0.25"}, precision=501)
    assert "adcli[proof]" in (refused.value.hint or "")


def test_with_arb_there_are_2000_digits_of_all_of_them() -> None:
    """Of Catalan's constant, of π²/12, and of a derivative by the order: ∂I(ν, x)/∂ν at ν = ½ (DLMF 10.38.6)."""
    pytest.importorskip("flint")
    digits = 2000
    with mpmath.workdps(digits + 10):
        e1, ei = mpmath.e1(4) * mpmath.exp(2), mpmath.ei(4) * mpmath.exp(-2)
        truths = {
            "hurwitz_zeta(x, 1/4)/16 - pi^2/16": mpmath.catalan / 2,
            "zeta(x)/2": mpmath.pi**2 / 12,
            "dilog(1/x)": mpmath.pi**2 / 12 - mpmath.ln2**2 / 2,
            "besseli_derivative(1, 1/2, x)": -(e1 + ei) / mpmath.sqrt(4 * mpmath.pi),
        }
        for text, exact in truths.items():
            found = evaluate(text, {"x": "2"}, precision=digits).values[0]
            assert abs(mpmath.mpf(found) - exact) < mpmath.mpf(10) ** (2 - digits), text
