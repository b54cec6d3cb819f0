"""What SymPy is given to read, and what it is spared."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from itertools import pairwise

import pytest
import sympy as sp

from adcli.crosscheck.reading import (
    MAX_POWER,
    about,
    check_powers,
    check_size,
    first_name,
    load_sympy,
    read,
    swell,
)
from adcli.language import parse
from adcli.language.sympy.sympy_program import Unreadable
from adcli.problem.problem import problem, short_named


def outputs(text: str, *names: str, replaced: str | None = None) -> list[sp.Expr]:
    """The outputs as SymPy reads them, in symbols that are called as the names are."""
    program, found = read(problem(text, output=list(names), values=False), replaced)
    symbols = {symbol: sp.Symbol(name) for name, symbol in program.inputs.items()}
    if replaced:
        symbols[program.fresh] = sp.Symbol(replaced)
    return [expr.subs(symbols) for expr in found]


x, y, v = sp.symbols("x y v")


@pytest.mark.parametrize(
    ("text", "names", "want"),
    [
        ("x + y", (), [x + y]),
        ("x^2, x*y", (), [x**2, x * y]),
        ("x^2, x*y", ("y2", "y1"), [x * y, x**2]),
        ("a = x^2; b = a*y", ("b", "a"), [x**2 * y, x**2]),
        ("y = x^2; y + 1", (), [x**2 + 1]),
        ("x*y, x", ("x",), [x]),
        ("v[i=1..2] = x^i; v[1] + y, v[2]", (), [x + y, x**2]),
        ("v[i=1..2] = x^i; v[3-1]", (), [x**2]),
        ("v[i=1..2] = x^i; v[3-1], v[2-1]*y", (), [x**2, x * y]),
        ("[x, y]*x", (), [x**2, x * y]),
        ("[x, y]*x", ("y[2]",), [x * y]),
        ("x, y", ("x",), [x]),
    ],
)
def test_an_output_is_what_its_name_stands_for(text: str, names: tuple[str, ...], want: list[sp.Expr]) -> None:
    """An assigned name, a bare expression by the name that it got, or an input."""
    assert outputs(text, *names) == want


def test_an_output_that_people_call_f_is_the_only_one() -> None:
    """Whatever else the program assigns."""
    asked = short_named(problem("y = x^2; y + 1", values=False))
    assert asked.graph.output_names == ("f",)
    (found,) = read(asked)[1]
    assert found.subs(dict.fromkeys(found.free_symbols, x)) == x**2 + 1


def test_an_output_that_sympy_does_not_see_is_unreadable() -> None:
    """As that of another program."""
    asked = problem("x^2, x*y", values=False)
    other = asked.changed(graph=asked.graph.changed(output_names=("p", "q")))
    with pytest.raises(Unreadable, match="SymPy sees no output p"):
        read(other)


def test_an_assigned_name_is_a_variable_where_it_is_replaced() -> None:
    """From there on; it must be assigned where SymPy sees it."""
    assert outputs("v = x^2; v*y + x", replaced="v") == [v * y + x]
    with pytest.raises(Unreadable, match="w is assigned in a way"):
        read(problem("v = x^2; v*y", values=False), "w")


@pytest.mark.parametrize(
    ("text", "name", "first"),
    [("a = x^2; b = a; c = b; a*b*c", "c", "a"), ("a = x^2; a*3", "a", "a")],
)
def test_a_node_has_the_name_that_it_got_first(text: str, name: str, first: str) -> None:
    """Copies are the same variable."""
    graph = parse(text)
    assert first_name(graph, graph.names[name], name) == first


@pytest.mark.parametrize("text", ["a = x^2; b = a; a = 3; a*b", "a = x^2; b = a; a = 3; a = b; a*b"])
def test_a_name_that_meant_something_else_is_unreadable(text: str) -> None:
    """Where b is what a was."""
    graph = parse(text)
    with pytest.raises(Unreadable, match="b is a copy of what a was before"):
        first_name(graph, graph.names["b"], "b")


@pytest.mark.parametrize("collecting", [True, False])
def test_sympy_is_imported_and_garbage_looked_for_as_before(collecting: bool) -> None:
    """Whichever was so."""
    before = gc.isenabled()
    try:
        (gc.enable if collecting else gc.disable)()
        load_sympy()
        assert gc.isenabled() == collecting
    finally:
        (gc.enable if before else gc.disable)()


@pytest.fixture
def frozen() -> Iterator[None]:
    gc.freeze()
    yield
    gc.unfreeze()


def test_what_somebody_froze_stays_frozen(frozen: None) -> None:
    """As before a fork."""
    count = gc.get_freeze_count()
    load_sympy()
    assert gc.get_freeze_count() == count > 0


def count(text: str, wrt: str | None = None) -> int:
    return swell(problem(text, wrt=wrt, values=False))


def test_a_chain_of_products_swells_as_its_trees_do() -> None:
    """a·a written out k times has 2^k leaves, and each of the two slopes of a step another such tree."""
    sizes = [count("a = x;" + "a = a*a;" * k + "a") for k in range(1, 9)]
    assert all(2 < after / before < 4 for before, after in pairwise(sizes))
    assert sizes[-1] > 2**8


def test_sums_swell_by_their_terms_alone() -> None:
    """A sum of n terms has n slopes of 1; signs and branches no more; what nothing depends on has none."""
    few, many = (count("+".join(f"x{i}" for i in range(n))) for n in (10, 20))
    assert many <= 2.5 * few
    assert count("where(x > 0, x, -x) - y") < 40
    assert count("sin(x)*exp(x)*tan(x)", "x") > 2 * count("sin(x)*exp(x)*tan(x) + 0*y", "y") > 0
    assert count("sin(x), 2*3") == count("sin(x)") + 3
    unused = problem("x*y", {"x": 1, "y": 2, "q": 3}, wrt="x,q", allow_unused=True)
    assert swell(unused) == count("x*y", "x")
    assert swell(problem("x*y", {"x": 1, "y": 2, "q": 3}, wrt="q", allow_unused=True)) == 3
    assert count("x*y, x*z") > count("x*y") > count("x*y", "x") > count("x", "x")


def test_a_count_beyond_all_is_said_so() -> None:
    """It is not counted to the end."""
    assert 10**18 <= count("a = x;" + "a = a*a;" * 500 + "a") <= 4 * 10**18
    assert [about(12_345), about(10**18 - 1), about(10**18)] == [
        "12,345",
        "999,999,999,999,999,999",
        "more than 10^18",
    ]


def test_so_many_operations_and_no_more() -> None:
    """The limit is one of what may be read."""
    asked = problem("x*y + sin(x)", values=False)
    size = swell(asked)
    check_size(asked, size)
    with pytest.raises(Unreadable, match=f"the derivatives would have {size} operations"):
        check_size(asked, size - 1)


@pytest.mark.parametrize(
    ("text", "huge"),
    [
        (f"x^{MAX_POWER}", False),
        (f"x^{MAX_POWER + 1}", True),
        (f"x^-{MAX_POWER + 1}", True),
        ("(x^100)^100", False),
        ("(x^101)^100", True),
        ("(2 + sin(x^101))^100", True),
        ("(x^101)^0.5 + (x^0.001)^100", False),
        ("x^(99*101 + 2)", True),
        ("x^(99*101)", False),
        ("x^y + 9^9", False),
        ("9^9^9 + x", True),
        ("x + 1/0*2", False),
        ("x^(1/0)", True),
        ("x^where(y > 0, 20000, 1)", False),
        ("where(True, x^3, x)", False),
        ("x*20000 + 3^x", False),
        ("exp(20000)*x", False),
    ],
)
def test_powers_of_which_huge_integers_would_come_are_unreadable(text: str, huge: bool) -> None:
    """By a constant exponent, or by several one upon the other."""
    graph = parse(text)
    if huge:
        with pytest.raises(Unreadable, match="a constant power is too large"):
            check_powers(graph)
    else:
        check_powers(graph)
