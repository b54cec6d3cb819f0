"""Colouring: which columns (or rows) of a sparse Jacobian or Hessian one sweep can compute together.

Columns that share no row get one colour, and one forward sweep along their sum yields all their entries
(Curtis, Powell & Reid 1974). A Hessian is symmetric, so less is asked of its colours: a star colouring
suffices (Coleman & Moré 1984; Gebremedhin, Manne & Pothen 2005, "What color is your Jacobian?").
The fewest colours are NP-hard to find; what is here takes time linear in the nonzeros of sparse rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Pattern = Sequence[Sequence[int]]
"""Per row, the columns of its nonzeros in ascending order."""

MAX_SECOND_TRY = 3_000_000
"""Pairs of nonzeros in a row, in all rows together, up to which a second order of colouring is tried."""


def transposed(rows: Pattern, columns: int) -> list[list[int]]:
    """Per column, the rows of its nonzeros."""
    result: list[list[int]] = [[] for _ in range(columns)]
    for i, row in enumerate(rows):
        for j in row:
            result[j].append(i)
    return result


def count(colours: Iterable[int]) -> int:
    """How many colours there are, that is, sweeps."""
    return max(colours, default=-1) + 1


def members(colours: Sequence[int]) -> list[list[int]]:
    """Per colour, the positions that have it; -1 is no colour."""
    result: list[list[int]] = [[] for _ in range(count(colours))]
    for position, colour in enumerate(colours):
        if colour >= 0:
            result[colour].append(position)
    return result


def partition(rows: Pattern, columns: int, across: Pattern | None = None) -> list[int]:
    """A colour (from 0) per column, such that no row has two columns of one colour; -1 for an empty column.

    Greedy, densest column first. The entries of one row need as many colours as there are, so that nothing better
    is sought where that many suffice; else the order in which the columns' conflicts peel off is tried too.
    *across* are the rows of each column, where they are known.
    """
    by_column = transposed(rows, columns) if across is None else across
    order = sorted(range(columns), key=lambda j: -len(by_column[j]))
    found = _greedy(by_column, order, len(rows))
    if count(found) > max(map(len, rows), default=0) and sum([len(row) ** 2 for row in rows]) <= MAX_SECOND_TRY:
        other = _greedy(by_column, _smallest_last(rows, by_column), len(rows))
        if count(other) < count(found):
            found = other
    return _in_order(found)


def _in_order(colours: Sequence[int]) -> list[int]:
    """The same colours, counted in the order in which they first appear."""
    numbers = {-1: -1}
    for colour in colours:
        if colour not in numbers:
            numbers[colour] = len(numbers) - 1
    return [numbers[colour] for colour in colours]


def _greedy(by_column: Pattern, order: Iterable[int], height: int) -> list[int]:
    """The lowest colour that is free, column after column.

    Each row keeps the colours it has seen as the bits of an integer, so that a column costs its nonzeros (times
    the colours over the machine's word), however dense the rows are.
    """
    seen = [0] * height
    colours = [-1] * len(by_column)
    for j in order:
        if not by_column[j]:
            continue
        forbidden = 0
        for i in by_column[j]:
            forbidden |= seen[i]
        free = ~forbidden & (forbidden + 1)
        colours[j] = free.bit_length() - 1
        for i in by_column[j]:
            seen[i] |= free
    return colours


def _smallest_last(rows: Pattern, by_column: Pattern) -> list[int]:
    """The columns in the order in which, backwards, the one with the fewest conflicts is taken away each time.

    Matula & Beck (1983). A column that conflicts with another in several rows counts several times.
    """
    degrees = [sum([len(rows[i]) - 1 for i in column]) for column in by_column]
    buckets: list[list[int]] = [[] for _ in range(max(degrees, default=0) + 1)]
    for j, degree in enumerate(degrees):
        buckets[degree].append(j)
    order: list[int] = []
    lowest = 0
    while len(order) < len(by_column):
        while not buckets[lowest]:
            lowest += 1
        j = buckets[lowest].pop()
        if degrees[j] != lowest:  # it has moved to a lower bucket since
            continue
        degrees[j] = -1
        order.append(j)
        for i in by_column[j]:
            for k in rows[i]:
                if degrees[k] > 0:
                    degrees[k] -= 1
                    buckets[degrees[k]].append(k)
                    lowest = min(lowest, degrees[k])
    return order[::-1]


def star(neighbours: Pattern) -> list[int]:
    """A colour (from 0) per vertex of a symmetric pattern without its diagonal: neighbours differ, and no path
    of four vertices has only two colours.

    Greedy, densest vertex first, then in the order in which the vertices' conflicts peel off; the fewer colours win.
    """
    size = len(neighbours)
    found = _restricted_star(neighbours, sorted(range(size), key=lambda v: -len(neighbours[v])))
    if count(found) > 2 and sum([len(row) ** 2 for row in neighbours]) <= MAX_SECOND_TRY:
        other = _restricted_star(neighbours, _smallest_last(neighbours, neighbours))
        if count(other) < count(found):
            found = other
    return _in_order(found)


def _restricted_star(neighbours: Pattern, order: Iterable[int]) -> list[int]:
    """Powell & Toint (1979): a vertex avoids the colours of its neighbours; past an uncoloured neighbour it avoids
    all colours; past a coloured one, those smaller than the neighbour's."""
    colours = [-1] * len(neighbours)
    seen = [0] * len(neighbours)  # per vertex, the colours of its neighbours so far, as bits
    for v in order:
        forbidden = 0
        for w in neighbours[v]:
            colour = colours[w]
            if colour < 0:
                forbidden |= seen[w]
            else:
                forbidden |= (1 << colour) | (seen[w] & ((1 << colour) - 1))
        free = ~forbidden & (forbidden + 1)
        colours[v] = free.bit_length() - 1
        for w in neighbours[v]:
            seen[w] |= free
    return colours


def fewest(rows: Pattern, columns: int) -> int:
    """So many sweeps any direct method needs, whichever modes it mixes.

    A forward sweep tells one entry of each row, a reverse sweep one of each column.
    """
    return -(-sum(map(len, rows)) // max(len(rows), columns, 1))


def bipartition(rows: Pattern, columns: int, best: int) -> tuple[list[int], list[int]] | None:
    """Which rows to compute by reverse sweeps and which columns by forward sweeps, in fewer than *best* sweeps.

    Returns a colour per row and a colour per column, -1 where no sweep of that mode needs it, such that each entry
    is the only one of its row in its column's colour, or the only one of its column in its row's; None where nothing
    better was found.

    A few dense rows make every column conflict with every other. Taken out and computed by reverse sweeps of their
    own, they leave a matrix of few colours; so do a few dense columns for the rows (Coleman & Verma 1998; Hossain &
    Steihaug 1998). The densest 1, 2, 4, … of either are tried, and those behind which the
    next has at most half as many entries.
    """
    least = fewest(rows, columns)
    if best <= least:
        return None
    found: tuple[list[int], list[int]] | None = None
    for turned in (False, True):
        lines, width = (transposed(rows, columns), len(rows)) if turned else (rows, columns)
        by_density = sorted(range(len(lines)), key=lambda i: -len(lines[i]))
        sizes = [len(lines[i]) for i in by_density]
        for taken in range(1, len(sizes)):
            left = sizes[taken]
            if best <= least or taken >= best:
                break
            # What is left needs as many colours as its densest row has entries, and what is taken out at least one.
            tried = not taken & (taken - 1) or 2 * left <= sizes[taken - 1]
            if tried and left < sizes[0] and left + 1 < best:
                out, across = _without(lines, width, by_density[:taken])
                if count(out) + count(across) < best:
                    best = count(out) + count(across)
                    found = (across, out) if turned else (out, across)
    return found


def _without(rows: Pattern, columns: int, dense: Sequence[int]) -> tuple[list[int], list[int]]:
    """Colours of the *dense* rows by themselves, and of the columns of what is left; -1 for all else."""
    by_row = [-1] * len(rows)
    own = partition(transposed([rows[i] for i in dense], columns), len(dense))
    for i, colour in zip(dense, own, strict=True):
        by_row[i] = colour
    return by_row, partition([() if by_row[i] >= 0 else row for i, row in enumerate(rows)], columns)


def telling(
    places: Sequence[tuple[int, int]], colours: Sequence[int], by_row: Sequence[int] | None
) -> list[tuple[int, int]]:
    """Which sweep tells the entry at each place (row, column), and where in that sweep's result it stands.

    Sweeps are counted from 0, those of the columns' *colours* first, then those of the rows' colours *by_row*. An entry
    is told by its column's sweep where it is the only one of its row in that colour, else by its row's sweep. Of a
    symmetric matrix, which *by_row* None means, it is told by the entry across the diagonal instead; there both
    triangles are told by the same sweep.
    """
    many = count(colours)
    crowd = _crowd(places, colours, many)
    told = []
    for i, j in places:
        if by_row is None and j < i:
            i, j = j, i
        if colours[j] >= 0 and crowd[i * many + colours[j]] == 1:
            told.append((colours[j], i))
        elif by_row is None:
            told.append((colours[i], j))
        else:
            told.append((many + by_row[i], j))
    return told


def _crowd(places: Iterable[tuple[int, int]], colours: Sequence[int], many: int) -> dict[int, int]:
    """How many entries a row has in a colour, by row × *many* + colour."""
    crowd: dict[int, int] = {}
    for i, j in places:
        if colours[j] >= 0:  # -1 is no colour, and would count for the last one of the row above
            key = i * many + colours[j]
            crowd[key] = crowd.get(key, 0) + 1
    return crowd


def needed(places: Sequence[tuple[int, int]], colours: Sequence[int]) -> list[int]:
    """The star colours that the entries of a symmetric matrix need, -1 for the others.

    Most entries can be told from either side of the diagonal. Where that leaves a colour without a task, as where the
    diagonal is zero, its sweep is spared: greedily, the colour that tells most of the entries left is kept.
    """
    many = count(colours)
    crowd = _crowd(places, colours, many)
    pairs: dict[tuple[int, int], int] = {}
    kept: set[int] = set()
    for i, j in places:
        if j <= i:
            one, other = colours[i], colours[j]
            if crowd[j * many + one] > 1:
                kept.add(other)
            elif crowd[i * many + other] > 1 or i == j:
                kept.add(one)
            else:
                pairs[one, other] = pairs.get((one, other), 0) + 1
    while pairs := {pair: number for pair, number in pairs.items() if kept.isdisjoint(pair)}:
        tells = [0] * many
        for pair, number in pairs.items():
            for colour in pair:
                tells[colour] += number
        kept.add(tells.index(max(tells)))
    return _in_order([colour if colour in kept else -1 for colour in colours])
