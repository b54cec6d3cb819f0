"""Colouring: which columns (or rows) of a sparse Jacobian or Hessian one sweep can compute together.

Columns that share no row get one colour, and one forward sweep along their sum yields all their entries
(Curtis, Powell & Reid 1974). A Hessian is symmetric, so less is asked of its colours: a star colouring
suffices (Coleman & Moré 1984; Gebremedhin, Manne & Pothen 2005, "What color is your Jacobian?").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Pattern = Sequence[Sequence[int]]
"""Per row, the columns of its nonzeros in ascending order."""


def transposed(rows: Pattern, columns: int) -> list[list[int]]:
    """Per column, the rows of its nonzeros."""
    result: list[list[int]] = [[] for _ in range(columns)]
    for i, row in enumerate(rows):
        for j in row:
            result[j].append(i)
    return result


def partition(rows: Pattern, columns: int) -> list[int]:
    """A colour (from 0) per column, such that no row has two columns of one colour.

    Greedy, densest column first. Each row keeps the colours it has seen as the bits of an integer, so a column
    costs its nonzeros (times the colours over the machine's word), however dense the rows are.
    """
    by_column = transposed(rows, columns)
    order = sorted(range(columns), key=lambda j: -len(by_column[j]))
    seen = [0] * len(rows)
    colours = [0] * columns
    for j in order:
        forbidden = 0
        for i in by_column[j]:
            forbidden |= seen[i]
        free = ~forbidden & (forbidden + 1)
        colours[j] = free.bit_length() - 1
        for i in by_column[j]:
            seen[i] |= free
    return colours


def star(neighbours: Pattern) -> list[int]:
    """A colour (from 0) per vertex of a symmetric pattern without its diagonal: neighbours differ, and no path
    of four vertices has only two colours.

    Greedy, densest vertex first, in the restricted form of Powell & Toint (1979): a vertex avoids the colours
    of its neighbours; past an uncoloured neighbour it avoids all colours; past a coloured one, those smaller
    than the neighbour's.
    """
    count = len(neighbours)
    order = sorted(range(count), key=lambda v: -len(neighbours[v]))
    colours = [-1] * count
    seen = [0] * count  # per vertex, the colours of its neighbours so far, as bits
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


def count(colours: Iterable[int]) -> int:
    """How many colours there are, that is, sweeps."""
    return max(colours, default=-1) + 1


def bipartition(rows: Pattern, columns: int) -> tuple[list[int], list[int]]:
    """Which rows to compute by reverse sweeps, and the colours: (colour per such row else -1, colour per column).

    A few dense rows make every column conflict with every other. Taken out and computed by reverse sweeps of
    their own, they leave a matrix of few colours (Coleman & Verma 1998; Hossain & Steihaug 1998). The densest
    1, 2, 4, … rows are tried, and the fewest sweeps in all wins.
    """
    by_density = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
    best = ([-1] * len(rows), partition(rows, columns))
    fewest = count(best[1])
    taken = 1
    while taken < len(rows) and taken < fewest:
        out = by_density[:taken]
        rest = list(rows)
        for i in out:
            rest[i] = ()
        columns_of_out = transposed([rows[i] for i in out], columns)
        row_colours = partition(columns_of_out, len(out))
        column_colours = partition(rest, columns)
        # A column that has no nonzero left needs no sweep.
        sweeps = count(row_colours) + (count(column_colours) if any(rest) else 0)
        if sweeps < fewest:
            fewest = sweeps
            by_row = [-1] * len(rows)
            for i, colour in zip(out, row_colours, strict=True):
                by_row[i] = colour
            best = (by_row, column_colours if any(rest) else [-1] * columns)
        taken *= 2
    return best
