"""Orders of elimination: their counts are those of brute force, and each of them gives the Jacobian."""

from __future__ import annotations

import random
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import POINT, programs

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.answers import jacobian
from adcli.derivatives.elimination import KINDS, best, orders
from adcli.derivatives.elimination import structure as structures
from adcli.derivatives.elimination.annealing import annealed
from adcli.derivatives.elimination.best import disjoint, exact
from adcli.derivatives.elimination.chain import chain
from adcli.derivatives.elimination.heuristics import greedy
from adcli.derivatives.elimination.jacobian import jacobian_by
from adcli.derivatives.elimination.structure import Elimination, Structure, cost, layered, structure_of, users_of
from adcli.derivatives.questions import Work
from adcli.errors import LimitError
from adcli.problem.problem import problem

OUTPUTS = "\nt, t0"


@st.composite
def graphs(draw: st.DrawFn, most: int = 5) -> Structure:
    """Sources, up to *most* vertices between, and targets, with edges of which some are ±1."""
    sources, between, targets = draw(st.integers(1, 3)), draw(st.integers(0, most)), draw(st.integers(1, 3))
    arguments: dict[int, dict[int, bool]] = {}
    for vertex in range(sources, sources + between + targets):
        below = range(min(vertex, sources + between))
        chosen = draw(st.lists(st.sampled_from(below), unique=True, min_size=1, max_size=4))
        arguments[vertex] = {a: draw(st.booleans()) for a in chosen}
    last = sources + between
    return Structure(arguments, {i: i for i in range(sources)}, {i: last + i for i in range(targets)})


def counted(structure: Structure, order: Any) -> tuple[int, int]:
    """Multiplications, all and without factors ±1, on a plain set of edges."""
    edges = {(a, node): unit for node, args in structure.arguments.items() for a, unit in args.items()}
    total = nontrivial = 0
    for vertex in order:
        below = [(a, unit) for (a, node), unit in edges.items() if node == vertex]
        above = [(node, unit) for (a, node), unit in edges.items() if a == vertex]
        edges = {edge: unit for edge, unit in edges.items() if vertex not in edge}
        for a, lower in below:
            for node, upper in above:
                total += 1
                nontrivial += not lower and not upper
                edges[a, node] = lower and upper and (a, node) not in edges
    return total, nontrivial


def pair(counts: Any) -> tuple[int, int]:
    return counts.multiplications, counts.nontrivial


@given(graphs(), st.randoms(use_true_random=False))
def test_the_count_of_an_order_is_that_of_its_products(structure: Structure, chance: random.Random) -> None:
    """Vertex by vertex, edges below times edges above."""
    order = list(structure.intermediates)
    chance.shuffle(order)
    assert pair(cost(structure, order)) == counted(structure, order)


@given(graphs())
def test_the_optimum_is_the_least_of_all_orders(structure: Structure) -> None:
    """By trying all of them; and every other order that is named costs as much or more."""
    least = min(counted(structure, order)[0] for order in permutations(structure.intermediates))
    found = orders(structure)
    assert found.optimal is not None
    assert found.optimal.multiplications == least == found.least.multiplications
    for kind in KINDS:
        counts = getattr(found, kind)
        assert counts is None or counts.multiplications >= least
    assert pair(found.least) == counted(structure, found.order)
    assert sorted(found.order) == sorted(structure.intermediates)


@pytest.mark.parametrize("seed", range(8))
def test_annealing_finds_the_optimum_of_what_is_small(seed: int) -> None:
    """From a random order; it ends with as many multiplications as the search through all sets of vertices."""
    chance = random.Random(seed)
    ends, inner = range(4), range(4, 13)
    arguments = {node: dict.fromkeys(chance.sample(range(node), 2), False) for node in inner}
    structure = Structure(
        {**arguments, **{20 + i: {node: False} for i, node in enumerate(inner[-3:])}},
        {node: node for node in ends},
        {i: 20 + i for i in range(3)},
    )
    start = chance.sample(structure.intermediates, len(structure.intermediates))
    optimum = exact(structure)
    assert optimum is not None
    found = annealed(structure, start, 3_000)
    assert sorted(found) == sorted(start)
    assert found == annealed(structure, start, 3_000)
    assert cost(structure, found).multiplications == cost(structure, optimum).multiplications


@given(graphs(8))
def test_the_lower_bound_of_a_vertex_is_never_too_high(structure: Structure) -> None:
    """Without a known cost, which could hide it, the search ends at the same number."""
    free, pruned = exact(structure), exact(structure, structure.intermediates[::-1])
    assert free is not None
    assert pruned is not None
    assert counted(structure, free)[0] == counted(structure, pruned)[0]


def disjoint_paths(structure: Structure, start: int, down: bool) -> int:
    """The most paths from a vertex to the ends that share no other vertex, by trying all sets of paths."""
    ends = set(structure.sources.values()) if down else set(structure.targets.values())
    users = users_of(structure.arguments)
    paths: list[frozenset[int]] = []

    def walk(node: int, seen: frozenset[int]) -> None:
        for other in (structure.arguments if down else users).get(node, ()):
            if other in ends:
                paths.append(seen | {other})
            else:
                walk(other, seen | {other})

    walk(start, frozenset())
    found = [frozenset[int]()]
    most = 0
    while found:
        found = list({taken | path for taken in found for path in paths if not taken & path})
        most += bool(found)
    return most


@given(graphs(4))
def test_disjoint_paths_are_as_many_as_there_are(structure: Structure) -> None:
    """By Menger's theorem: augmenting paths find the most."""
    users = users_of(structure.arguments)
    for vertex in structure.intermediates:
        most = disjoint_paths(structure, vertex, True) * disjoint_paths(structure, vertex, False)
        assert disjoint(structure, vertex, users) == most


@given(graphs(7))
def test_markowitz_takes_the_lowest_degree_each_time(structure: Structure) -> None:
    """The first of those with the fewest products."""
    order = greedy(structure, lambda state, node: (state.degree(node), node))
    assert order is not None
    state = Elimination(structure)
    left = set(structure.intermediates)
    for node in order:
        assert (state.degree(node), node) == min((state.degree(n), n) for n in left)
        left.discard(node)
        state.eliminate(node)


def work_on(asked: Any) -> Work:
    return Work(asked, doubles(), asked.point(doubles()))


@given(programs(), st.randoms(use_true_random=False))
def test_any_order_gives_the_jacobian(program: str, chance: random.Random) -> None:
    """Forward, reverse, and whatever lies between: the same numbers, but for rounding."""
    asked = problem(program + OUTPUTS, POINT)
    work = work_on(asked)
    structure = structure_of(asked, work.tape)
    order = list(structure.intermediates)
    chance.shuffle(order)
    truth = jacobian(asked, mode="forward").jacobian
    scale = max(abs(x) for row in truth for x in row) or 1
    for row, expected in zip(jacobian_by(structure, order, work), truth, strict=True):
        assert row == pytest.approx(expected, rel=1e-11, abs=1e-12 * scale)


@given(programs())
def test_cross_country_agrees_with_both_modes(program: str) -> None:
    """In the best order found; it says which that is and what it takes."""
    asked = problem(program + OUTPUTS, POINT)
    cross = jacobian(asked, mode="cross")
    assert cross.elimination is not None
    assert cross.elimination["order"] in KINDS
    assert cross.sweeps == 0
    for mode in ("forward", "reverse"):
        truth = jacobian(asked, mode=mode)
        scale = max(abs(x) for row in truth.jacobian for x in row) or 1
        assert cross.values == pytest.approx(truth.values, rel=1e-13, abs=1e-15)
        for row, expected in zip(cross.jacobian, truth.jacobian, strict=True):
            assert row == pytest.approx(expected, rel=1e-11, abs=1e-12 * scale)


@pytest.mark.parametrize(
    ("program", "counts"),
    [
        # One vertex between two inputs and two outputs.
        ("y = x1*x2; sin(y), cos(y)", {"forward": (4, 4), "reverse": (4, 4), "optimal": (4, 4)}),
        # A chain of three functions of one variable: any order takes one product per inner vertex.
        ("sin(cos(exp(x)))", {"forward": (2, 2), "reverse": (2, 2), "optimal": (2, 2)}),
        # Upwards, both inputs pass each of three vertices; downwards, the one output passes two before it meets both.
        ("exp(sin(cos(x1*x2)))", {"forward": (6, 6), "reverse": (4, 4), "optimal": (4, 4)}),
        # The same turned around: now upwards is the cheap way.
        ("y = exp(sin(cos(x))); sin(y), cos(y)", {"forward": (4, 4), "reverse": (6, 6), "optimal": (4, 4)}),
        # Narrow between two wide ends: the inner vertices first, which have one edge on each side.
        (
            "y = exp(sin(x1*x2)); sin(y), cos(y)",
            {"forward": (8, 8), "reverse": (8, 8), "optimal": (7, 7)},
        ),
        # Sums have partials 1, differences -1: nothing is really multiplied.
        ("a = x1 + x2; b = a - x1; b - a", {"forward": (6, 0), "reverse": (4, 0)}),
        # Two edges side by side are one.
        ("y = x1*x1; y*y", {"forward": (1, 1), "reverse": (1, 1)}),
        # An output that others use stays where it is, and is reached by an edge 1.
        ("y = sin(x); y, y^2", {"forward": (2, 1), "reverse": (2, 1)}),
    ],
)
def test_small_graphs_counted_by_hand(program: str, counts: dict[str, tuple[int, int]]) -> None:
    """Griewank & Walther 2008, ch. 9: in-degree times out-degree, vertex by vertex."""
    found = orders(structure_of(problem(program, values=False)))
    assert {kind: pair(getattr(found, kind)) for kind in counts} == counts


def complete(dims: list[int]) -> tuple[Structure, list[range]]:
    """Layers of units, each using all of the layer before."""
    layers = []
    first = 0
    for size in dims:
        layers.append(range(first, first + size))
        first += size
    arguments = {unit: before for before, after in pairwise(layers) for unit in after}
    return layered(layers, arguments), layers


@given(st.lists(st.integers(1, 6), min_size=2, max_size=6))
def test_layers_take_at_most_what_their_chain_takes(dims: list[int]) -> None:
    """The best order of brackets is an order of elimination; forward and reverse are the chain's, too."""
    structure, layers = complete(dims)
    found = orders(structure, layers)
    costs = chain(dims)
    assert found.layers is not None
    assert found.forward is not None
    assert found.reverse is not None
    assert found.layers.multiplications == costs.optimal.multiplications
    assert found.least.multiplications <= costs.optimal.multiplications
    assert found.forward.multiplications == costs.forward.multiplications
    assert found.reverse.multiplications == costs.reverse.multiplications


def test_the_published_chain() -> None:
    """Cormen et al., Introduction to Algorithms, sec. 15.2: six matrices take 15,125 multiplications at least."""
    structure, layers = complete([30, 35, 15, 5, 10, 20, 25])
    found = orders(structure, layers)
    assert found.vertices == 85
    assert found.least.multiplications == 15_125
    assert found.optimal is not None
    assert found.optimal.multiplications == 15_125


def test_layers_of_a_program_are_found_without_being_named() -> None:
    """Neither forward nor reverse mode is best where layers are narrow in the middle."""
    program = """
    u[i=1..2] = sin(Sum(a*x[j], (j, 1, 6)))
    v[i=1..6] = exp(u[1] + 2*u[2])
    """
    found = orders(structure_of(problem(program, wrt="x", output="v", values=False)))
    assert found.layers is not None
    assert found.forward is not None
    assert found.layers.multiplications <= found.forward.multiplications


def test_intermediates_may_be_differentiated_by_besides_what_they_are_made_of() -> None:
    """A vertex that is a source, and that others pass through on their way."""
    asked = problem("v = x*z; w = v; r = v^2*w + z; s = v; r, s, v*x", {"x": 2, "z": 3}, wrt="x,v,w,z")
    truth = jacobian(asked, mode="forward").jacobian
    assert jacobian(asked, mode="cross").jacobian == truth == jacobian(asked, mode="reverse").jacobian


def test_outputs_may_be_inputs_numbers_and_the_same_twice() -> None:
    """Rows of 1 and 0."""
    program, point = "p = y*x; x, 3, p, p, floor(x)", {"x": 2.5, "y": 3, "q": 1}
    found = jacobian(program, point, wrt="x,y,q", allow_unused=True, mode="cross").jacobian
    assert found == ((1, 0, 0), (0, 0, 0), (3, 2.5, 0), (3, 2.5, 0), (0, 0, 0))


@pytest.mark.parametrize(
    ("program", "point", "truth"),
    [
        ("sqrt(x^2 + y^2)", {"x": 3e200, "y": 4e200}, (0.6, 0.8)),
        ("log(1 + exp(x))", {"x": 800}, (1,)),
        ("exp(-x)*exp(y)*3", {"x": 800, "y": 801}, (-3 * 2.718281828459045, 3 * 2.718281828459045)),
        ("(x*1e-200)*1e-200*y*1e300*1e100", {"x": 2, "y": 3}, (3, 2)),
    ],
)
def test_products_that_leave_the_range_of_floats_are_noticed(
    program: str, point: dict[str, float], truth: tuple[float, ...]
) -> None:
    """As in the sweeps: the point is recomputed with more digits."""
    result = jacobian(program, point, mode="cross")
    assert result.jacobian[0] == pytest.approx(truth, rel=1e-14)
    assert [notice.kind for notice in result.warnings] == ["range"]


def test_kinks_and_limits_are_those_of_the_modes() -> None:
    """The same conventions, the same warnings."""
    for program, point in (("Max(x, y)*x", {"x": 1, "y": 1}), ("sqrt(x^4) + y", {"x": 0, "y": 1})):
        cross, plain = (jacobian(program, point, mode=mode) for mode in ("cross", "reverse"))
        assert cross.jacobian == plain.jacobian
        assert cross.warnings == plain.warnings


def test_digits_are_those_asked_for() -> None:
    """With many digits the order is the same."""
    result = jacobian("exp(sin(x1*x2))", {"x1": "0.1", "x2": 2}, mode="cross", precision=40)
    truth = jacobian("exp(sin(x1*x2))", {"x1": "0.1", "x2": 2}, mode="reverse", precision=40)
    assert result.jacobian == truth.jacobian


def test_branches_not_taken_are_not_eliminated() -> None:
    """At a point the graph is that of the run; without one, it has all branches."""
    program = "where(x > 0, sin(x), exp(cos(x))) + y"
    asked = problem(program, {"x": 1, "y": 2})
    taken = structure_of(asked, work_on(asked).tape)
    assert len(taken.intermediates) < len(structure_of(problem(program, values=False)).intermediates)
    assert jacobian(asked, mode="cross").jacobian == jacobian(asked).jacobian


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order alone is left out; where all are too long, there is an error."""
    asked = problem("y = exp(sin(cos(x1*x2*x3))); y*x1", {"x1": 1, "x2": 2, "x3": 3})
    monkeypatch.setattr(structures, "MAX_MULTIPLICATIONS", 10)
    found = orders(structure_of(asked))
    assert found.forward is None
    assert found.reverse is not None
    monkeypatch.setattr(structures, "MAX_MULTIPLICATIONS", 1)
    with pytest.raises(LimitError, match="every order of elimination takes more than"):
        jacobian(asked, mode="cross")


def test_the_optimum_is_sought_within_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond, it is not known, and the best of the others is taken."""
    structure = structure_of(problem("y = sin(x1*x2*x3*x4); z = exp(y*x1); y*z, y/z", values=False))
    assert orders(structure).optimal is not None
    monkeypatch.setattr(best, "MAX_TRIED", 1)
    assert orders(structure).optimal is None
    monkeypatch.setattr(best, "MAX_EXACT", 1)
    assert exact(structure) is None
