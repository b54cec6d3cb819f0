"""The derivatives as SymPy writes them: by each name, in terms of the formula's own names."""

from __future__ import annotations

import pytest
import sympy as sp

from adcli.crosscheck import formulas as module
from adcli.crosscheck.formulas import Column, formulas
from adcli.crosscheck.reading import swell
from adcli.language.sympy.sympy_program import Unreadable
from adcli.problem.problem import problem


def written(column: Column) -> list[sp.Expr]:
    """The derivatives in symbols that are called as the names are."""
    names = {symbol: sp.Symbol(name) for symbol, name in column.names.items()}
    return [derivative.subs(names) for derivative in column.derivatives]


def test_each_output_is_differentiated_by_each_name() -> None:
    """In the order asked for; a name that no output has gives zeros."""
    found = formulas(problem("x^2*sin(y), y^3", {"x": 1, "y": 2, "q": 3}, wrt="y,x,q", allow_unused=True))
    x, y = sp.symbols("x y")
    assert [column.by for column in found.columns] == ["y", "x", "q"]
    assert [written(column) for column in found.columns] == [
        [x**2 * sp.cos(y), 3 * y**2],
        [2 * x * sp.sin(y), 0],
        [0, 0],
    ]
    names = {symbol: sp.Symbol(name) for symbol, name in found.columns[0].names.items()}
    assert [output.subs(names) for output in found.outputs] == [x**2 * sp.sin(y), y**3]


def test_an_assigned_name_is_differentiated_by_as_a_variable() -> None:
    """By v alone, called v; by x through v; by a copy as by what it copies. No point is needed."""
    found = formulas(problem("a = x; v = x^2; x*v^3*a", wrt="v,x,a", values=False))
    v, x = sp.symbols("v x")
    assert written(found.columns[0]) == [3 * x**2 * v**2]
    assert written(found.columns[1]) == [8 * x**7]
    assert written(found.columns[2]) == [8 * x**7]
    assert set(found.columns[0].names.values()) == {"v", "x"}


def test_what_would_be_too_large_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derivatives of more operations than asked for, or a program that is long and has many inputs."""
    asked = problem("x*y + sin(x)", values=False)
    formulas(asked, swell(asked))
    with pytest.raises(Unreadable, match=f"the derivatives would have {swell(asked)} operations"):
        formulas(asked, swell(asked) - 1)
    monkeypatch.setattr(module, "MAX_WORK", 2 * len(asked.graph))
    formulas(asked)
    monkeypatch.setattr(module, "MAX_WORK", 2 * len(asked.graph) - 1)
    with pytest.raises(Unreadable, match="for each input: 10 operations"):
        formulas(asked)


def test_a_power_of_huge_integers_is_unreadable() -> None:
    """SymPy would multiply it out."""
    with pytest.raises(Unreadable, match="a constant power"):
        formulas(problem("x + 7^100000", values=False))


def test_what_sympy_fails_at_is_unreadable() -> None:
    """However it fails."""

    class Deep:
        def diff(self, _: sp.Symbol) -> None:
            raise RecursionError

    with pytest.raises(Unreadable, match="SymPy cannot differentiate it"):
        module._derivative(Deep(), sp.Symbol("x"))
