"""Colourings hold what they promise: every entry can be read from one sweep."""

from __future__ import annotations

import random
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adcli.derivatives.colouring import (
    bipartition,
    count,
    fewest,
    members,
    needed,
    partition,
    star,
    telling,
    transposed,
)

Rows = list[list[int]]


@st.composite
def patterns(draw: st.DrawFn, most: int = 9) -> tuple[Rows, int]:
    """The nonzeros of a matrix, and how many columns it has."""
    width = draw(st.integers(1, most))
    row = st.lists(st.integers(0, width - 1), max_size=width, unique=True).map(sorted)
    return draw(st.lists(row, min_size=1, max_size=most)), width


@st.composite
def symmetric_patterns(draw: st.DrawFn, most: int = 8) -> Rows:
    """The nonzeros of a symmetric matrix, the diagonal included where it is not zero."""
    size = draw(st.integers(1, most))
    pairs = [(i, j) for i in range(size) for j in range(i + 1)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True))
    rows: list[set[int]] = [set() for _ in range(size)]
    for i, j in chosen:
        rows[i].add(j)
        rows[j].add(i)
    return [sorted(row) for row in rows]


def off_diagonal(rows: Rows) -> Rows:
    return [[j for j in row if j != i] for i, row in enumerate(rows)]


def banded(size: int, reach: int) -> Rows:
    """Entries up to *reach* places from the diagonal."""
    return [list(range(max(0, i - reach), min(size, i + reach + 1))) for i in range(size)]


def arrow(size: int) -> Rows:
    """A full row, a full column, and the diagonal."""
    return [list(range(size)), *([0, i] for i in range(1, size))]


def grid(side: int) -> Rows:
    """The five-point stencil on a square."""
    rows = []
    for i in range(side):
        for j in range(side):
            near = ((i, j), (i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))
            rows.append(sorted(a * side + b for a, b in near if 0 <= a < side and 0 <= b < side))
    return rows


def least_colours(size: int, conflicts: set[tuple[int, int]]) -> int:
    """The chromatic number of a small graph, by trying all colourings."""
    colours = 1
    while True:
        colourings: list[list[int]] = [[]]
        for v in range(size):
            taken = [u for u in range(v) if (u, v) in conflicts]
            colourings = [[*one, c] for one in colourings for c in range(colours) if all(one[u] != c for u in taken)][
                :20_000
            ]
        if colourings:
            return colours
        colours += 1


@given(patterns())
def test_no_row_has_two_columns_of_one_colour(case: tuple[Rows, int]) -> None:
    """So a sweep along the sum of a colour's columns tells their entries apart by row."""
    rows, width = case
    colours = partition(rows, width)
    for row in rows:
        found = [colours[j] for j in row]
        assert len(set(found)) == len(found)
        assert min(found, default=0) >= 0
    assert count(colours) >= max(map(len, rows))


@given(patterns())
def test_empty_columns_have_no_colour(case: tuple[Rows, int]) -> None:
    """Nothing has to be computed for them, and of an empty matrix nothing at all."""
    rows, width = case
    used = {j for row in rows for j in row}
    assert [colour >= 0 for colour in partition(rows, width)] == [j in used for j in range(width)]
    assert (count(partition(rows, width)) == 0) == (not used)


@given(patterns(5))
def test_greedy_colours_are_within_reach_of_the_fewest(case: tuple[Rows, int]) -> None:
    """At most one more than the largest number of columns that one column meets, at least the chromatic number."""
    rows, width = case
    used = {j for row in rows for j in row}
    conflicts = {pair for row in rows for pair in combinations(row, 2)}
    degree = max([sum(j in pair for pair in conflicts) for j in used], default=-1)
    assert least_colours(width, conflicts) - (not used) <= count(partition(rows, width)) <= degree + 1


def first_fit(rows: Rows, width: int) -> int:
    """How many colours the lowest free one takes, densest column first: as Curtis, Powell & Reid say it."""
    used = [j for j in range(width) if any(j in row for row in rows)]
    colours: dict[int, int] = {}
    for j in sorted(used, key=lambda j: -sum(j in row for row in rows)):
        met = {colours[k] for row in rows if j in row for k in row if k in colours}
        colours[j] = min(c for c in range(width) if c not in met)
    return len(set(colours.values()))


def past_neighbours(rows: Rows) -> int:
    """How many star colours the lowest one takes that Powell & Toint (1979) allow, densest vertex first."""
    colours: dict[int, int] = {}
    for v in sorted(range(len(rows)), key=lambda v: -len(rows[v])):
        barred = {colours[w] for w in rows[v] if w in colours}
        for w in rows[v]:
            beyond = {colours[u] for u in rows[w] if u in colours}
            barred |= beyond if w not in colours else {c for c in beyond if c < colours[w]}
        colours[v] = min(c for c in range(len(rows)) if c not in barred)
    return len(set(colours.values()))


@st.composite
def edges(draw: st.DrawFn, back: int) -> tuple[Rows, int]:
    """A graph as rows of two entries: each vertex has at most so many neighbours among those before it."""
    size = draw(st.integers(2, 40))
    names = draw(st.permutations(range(size)))
    rows = []
    for v in range(1, size):
        for u in draw(st.sets(st.integers(0, v - 1), min_size=1, max_size=back)):
            rows.append(sorted((names[u], names[v])))
    return rows, size


@given(patterns())
def test_never_more_colours_than_the_densest_column_first_takes(case: tuple[Rows, int]) -> None:
    """And never more than that order without a second one."""
    assert count(partition(*case)) <= first_fit(*case)


def test_the_densest_column_comes_first() -> None:
    """With the thinnest first, some of these patterns would take more colours."""
    for seed in range(150):
        draw = random.Random(seed)
        rows = [sorted(draw.sample(range(14), draw.randint(1, 4))) for _ in range(12)]
        assert count(partition(rows, 14)) <= first_fit(rows, 14)


def crown(size: int) -> Rows:
    """Pairs (a_i, b_j), i ≠ j, of columns a_0, b_0, a_1, b_1, …: two colours, in this order as many as *size*."""
    return [sorted((2 * i, 2 * j + 1)) for i in range(size) for j in range(size) if i != j]


@pytest.mark.parametrize("size", [3, 4, 6])
def test_a_crown_takes_two_colours_in_the_order_in_which_its_conflicts_peel_off(size: int) -> None:
    """Column after column it takes more; empty columns between others, and those alone in their row, change nothing."""
    assert first_fit(crown(size), 2 * size) == size
    assert count(partition(crown(size), 2 * size)) == 2
    for alone in range(4):
        extra = 2 * size + alone
        colours = partition([*crown(size), [extra]], 2 * size + 4)
        assert count(colours) == 2
        assert [colour >= 0 for colour in colours[2 * size :]] == [place == alone for place in range(4)]


@given(symmetric_patterns())
def test_never_more_star_colours_than_the_densest_vertex_first_takes(rows: Rows) -> None:
    """Nor here."""
    assert count(star(off_diagonal(rows))) <= past_neighbours(off_diagonal(rows))


def test_star_colours_may_be_fewer_in_the_order_in_which_vertices_peel_off() -> None:
    """Densest first it takes four."""
    house = [[2, 3], [], [0, 4], [0, 4], [2, 3]]
    assert (past_neighbours(house), count(star(house))) == (4, 3)


@pytest.mark.parametrize("back", [1, 2, 3])
@settings(max_examples=60)
@given(data=st.data())
def test_what_peels_off_takes_one_colour_more_than_the_conflicts_left(back: int, data: st.DataObject) -> None:
    """Matula & Beck (1983): a tree takes 2, a graph whose vertices peel off with k neighbours left k + 1."""
    rows, size = data.draw(edges(back))
    assert count(partition(rows, size)) <= back + 1


def test_colours_are_counted_as_they_appear() -> None:
    """From the first column on, whatever the order in which they were given."""
    for colours in (partition(grid(9), 81), star(off_diagonal(grid(9))), partition(arrow(9), 9)):
        firsts = list(dict.fromkeys(colours))
        assert firsts == sorted(firsts)


def test_a_zero_diagonal_and_two_blocks_spare_all_but_one_sweep_a_side() -> None:
    """Rows times columns: the fewer of the two sides tell all, in either order."""
    for few, many in ((3, 5), (5, 3), (1, 4), (2, 2)):
        rows = [list(range(few, few + many))] * few + [list(range(few))] * many
        colours = needed([(i, j) for i, row in enumerate(rows) for j in row], star(rows))
        assert count(colours) == min(few, many)


@pytest.mark.parametrize(("reach", "colours"), [(1, 3), (2, 5), (3, 7)])
def test_bands_need_as_many_colours_as_they_are_wide(reach: int, colours: int) -> None:
    """Curtis, Powell & Reid (1974): columns that far apart share no row."""
    assert count(partition(banded(1000, reach), 1000)) == colours


def test_five_point_stencils_need_five_colours() -> None:
    """The plane is tiled by the stencil (Goldfarb & Toint 1984)."""
    rows = grid(20)
    assert count(partition(rows, len(rows))) == 5


@given(symmetric_patterns())
def test_star_colours_leave_no_path_of_four_vertices_in_two_colours(rows: Rows) -> None:
    """The definition of a star colouring, by looking at all paths (Coleman & Moré 1984)."""
    neighbours = off_diagonal(rows)
    colours = star(neighbours)
    for v, near in enumerate(neighbours):
        assert all(colours[v] != colours[w] for w in near)
    for a, b, c, d in permutations(range(len(rows)), 4):
        if b in neighbours[a] and c in neighbours[b] and d in neighbours[c]:
            assert len({colours[v] for v in (a, b, c, d)}) > 2


@given(symmetric_patterns(5))
def test_star_colours_are_at_least_those_of_the_graph(rows: Rows) -> None:
    """They colour the graph; more than a partition of the columns would need they seldom are."""
    edges = {(i, j) for i, row in enumerate(rows) for j in row if i < j}
    assert count(star(off_diagonal(rows))) >= least_colours(len(rows), edges)


@given(symmetric_patterns())
def test_colours_that_tell_nothing_are_spared(rows: Rows) -> None:
    """What is left of them still tells every entry, and each colour left tells one."""
    matrix = numbers(rows, symmetric=True)
    colours = needed(list(matrix), star(off_diagonal(rows)))
    assert told(rows, len(rows), matrix, colours, None) == matrix
    assert count(colours) <= count(star(off_diagonal(rows)))
    assert all(colours[i] >= 0 for i, row in enumerate(rows) if i in row)


def test_a_zero_diagonal_spares_sweeps() -> None:
    """x1 times the sum of the others: one product tells all. Rows times columns: one of the two sides."""
    star_graph = [list(range(1, 9)), *([0] for _ in range(8))]
    assert count(needed([(i, j) for i, row in enumerate(star_graph) for j in row], star(star_graph))) == 1
    bilinear = [[3, 4, 5, 6, 7]] * 3 + [[0, 1, 2]] * 5
    assert count(needed([(i, j) for i, row in enumerate(bilinear) for j in row], star(bilinear))) <= 5


def test_arrows_need_two_star_colours_and_bands_their_width() -> None:
    """Coleman & Moré (1984): the tip of the arrow has one, all others share the second."""
    assert count(star(off_diagonal(arrow(1000)))) == 2
    assert count(star(off_diagonal(banded(1000, 1)))) == 3


def numbers(rows: Rows, *, symmetric: bool = False) -> dict[tuple[int, int], int]:
    """A number for each entry, no sum of which is another: powers of two."""
    found: dict[tuple[int, int], int] = {}
    for i, row in enumerate(rows):
        for j in row:
            known = found.get((j, i)) if symmetric else None
            found[i, j] = known or 2 ** len(found)
    return found


def told(
    rows: Rows, width: int, matrix: dict[tuple[int, int], int], by_column: list[int], by_row: list[int] | None
) -> dict[tuple[int, int], int]:
    """The entries as they are read from the sums along the colours."""
    sweeps = [
        [sum(matrix.get((i, j), 0) for j in columns) for i in range(len(rows))] for columns in members(by_column)
    ] + [[sum(matrix.get((i, j), 0) for i in lines) for j in range(width)] for lines in members(by_row or [])]
    places = list(matrix)
    return {
        place: sweeps[sweep][where]
        for place, (sweep, where) in zip(places, telling(places, by_column, by_row), strict=True)
    }


@given(patterns())
def test_entries_are_read_from_sums_of_columns_or_of_rows(case: tuple[Rows, int]) -> None:
    """Each alone tells every entry."""
    rows, width = case
    matrix = numbers(rows)
    assert told(rows, width, matrix, partition(rows, width), [-1] * len(rows)) == matrix
    assert told(rows, width, matrix, [-1] * width, partition(transposed(rows, width), len(rows))) == matrix


@given(symmetric_patterns())
def test_entries_of_a_symmetric_matrix_are_read_from_its_star_colours(rows: Rows) -> None:
    """Where a row has two entries in a colour, the entry on the other side of the diagonal tells."""
    matrix = numbers(rows, symmetric=True)
    assert told(rows, len(rows), matrix, star(off_diagonal(rows)), None) == matrix


@given(patterns())
def test_entries_are_read_from_mixed_sweeps(case: tuple[Rows, int]) -> None:
    """Some from sums of columns, the others from sums of rows, in fewer sweeps."""
    rows, width = case
    alone = min(count(partition(rows, width)), count(partition(transposed(rows, width), len(rows))))
    found = bipartition(rows, width, alone)
    if found is not None:
        by_row, by_column = found
        matrix = numbers(rows)
        assert told(rows, width, matrix, by_column, by_row) == matrix
        assert fewest(rows, width) <= count(by_row) + count(by_column) < alone


def test_a_column_without_a_colour_crowds_no_row() -> None:
    """Where a row's sweep tells its entry, the row above still has its own from the sum of columns."""
    rows = [[1], [0, 1]]
    matrix = numbers(rows)
    assert told(rows, 2, matrix, [-1, 0], [-1, 0]) == matrix


def test_a_column_without_a_colour_crowds_nobody() -> None:
    """The row above has an entry of its own in the last colour."""
    assert telling([(0, 1), (1, 0)], [-1, 0], [-1, 0]) == [(0, 0), (1, 0)]


def test_arrows_need_three_mixed_sweeps() -> None:
    """One for the full row, one for the full column, one for the diagonal; two cannot tell 3n - 2 entries."""
    rows = arrow(1000)
    found = bipartition(rows, 1000, 1000)
    assert found is not None
    assert sum(map(count, found)) == 3 == fewest(rows, 1000)


def test_three_full_rows_take_a_sweep_each() -> None:
    """And what is left of the matrix, a diagonal, one more."""
    rows = [*([list(range(40))] * 3), *([i] for i in range(3, 40))]
    found = bipartition(rows, 40, 40)
    assert found is not None
    assert list(map(count, found)) == [3, 1]


def test_a_full_column_across_blocks_of_rows_needs_one_sweep_of_each_mode() -> None:
    """The same turned around: the dense column is taken out, and the rows left share nothing."""
    rows = [[0, *range(10 * i + 1, 10 * i + 11)] for i in range(30)]
    found = bipartition(rows, 301, 11)
    assert found is not None
    assert list(map(count, found)) == [1, 1]


def test_bands_gain_nothing_by_mixing() -> None:
    """Three sweeps already tell all 3n - 2 entries."""
    assert bipartition(banded(100, 1), 100, 3) is None


def test_of_no_colours_there_is_no_sweep() -> None:
    """Nor where each is none."""
    assert (count([]), members([])) == (0, [])
    assert (count([-1, -1]), members([-1, -1])) == (0, [])
    assert (count([1, -1, 0, 1]), members([1, -1, 0, 1])) == (2, [[2], [0, 3]])


def test_transposing_twice_changes_nothing() -> None:
    """Columns of the columns are the rows."""
    rows = arrow(5)
    assert transposed(transposed(rows, 5), 5) == rows
    assert transposed([[0, 2], []], 3) == [[0], [], [0]]


def test_the_dense_rows_that_are_taken_out_are_as_many_as_pay() -> None:
    """Of five full rows over a diagonal all five, in 5 + 1 sweeps; a sixth that is as thin as the rest stays."""
    for full in (1, 2, 3, 4, 5, 6, 7):
        rows = [*([list(range(60))] * full), *([i] for i in range(60))]
        for turned in (False, True):
            pattern = transposed(rows, 60) if turned else rows
            width = len(rows) if turned else 60
            found = bipartition(pattern, width, 60)
            assert found is not None
            assert sorted(map(count, found)) == sorted([full, 1])


def test_what_was_found_first_is_not_yet_the_best() -> None:
    """Of a full row, half a row, and a diagonal: one taken out leaves 1 + 30 sweeps, both leave 2 + 1."""
    rows = [list(range(60)), list(range(30)), *([i] for i in range(60))]
    for pattern, width, turned in ((rows, 60, False), (transposed(rows, 60), 62, True)):
        found = bipartition(pattern, width, 60)
        assert found is not None
        assert list(map(count, found)) == ([1, 2] if turned else [2, 1])


def test_mixed_sweeps_are_given_only_where_they_are_fewer() -> None:
    """Two full rows over a diagonal take 3; who has 3 already is given nothing, who has 4 is."""
    rows = [*([list(range(9))] * 2), *([i] for i in range(9))]
    assert bipartition(rows, 9, 3) is None
    assert bipartition(rows, 9, 4) is not None
    assert fewest(rows, 9) == 3
    assert fewest([], 0) == 0
    assert [fewest([list(range(n))] * m, n) for n, m in ((4, 4), (4, 2), (2, 4))] == [4, 2, 2]


def test_rows_twice_as_dense_as_the_next_are_taken_out() -> None:
    """Three full rows over blocks of half the width: 3 sweeps for those, 20 for the columns; four would be 24."""
    blocks = [list(range(20)), list(range(20, 40))] * 4
    found = bipartition([*([list(range(40))] * 3), *blocks], 40, 40)
    assert found is not None
    assert list(map(count, found)) == [3, 20]


def test_the_colour_that_tells_most_is_kept() -> None:
    """The middle of a star, where each of its leaves has a colour of its own."""
    for middle in (0, 2, 4):
        leaves = [v for v in range(5) if v != middle]
        places = [*((middle, v) for v in leaves), *((v, middle) for v in leaves)]
        assert [v for v, colour in enumerate(needed(places, range(5))) if colour >= 0] == [middle]
