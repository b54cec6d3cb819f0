"""Sparse Jacobians and Hessians: the exact pattern, a colouring, and the entries from a few sweeps.

The pattern comes from the graph before any number: an output depends on an input if a path of partials that
are not zero by their rule leads there. Whatever the values, no entry outside it is ever nonzero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from adcli.arithmetic.rules import Arithmetic, positions
from adcli.arithmetic.symbolic import Symbolic
from adcli.derivatives.colouring import bipartition, count, members, needed, partition, star, telling, transposed
from adcli.derivatives.questions import Question, Work
from adcli.errors import LimitError
from adcli.graphs import Graph, is_zero
from adcli.modes import Step, Tape, plan, seeds, steps_of
from adcli.ops import LITERAL, WHERE, Op
from adcli.problem.problem import Problem
from adcli.problem.values import Value

MAX_NONZEROS = 2_000_000
"""A pattern with more entries than this is refused: it takes gigabytes."""
KEPT = 256
"""What a node depends on is kept for its users up to this many inputs; beyond, it is looked up again."""
FEW = 16
"""So many inputs are passed on from operation to operation; sets of more would be copied too often."""

Rows = Sequence[Sequence[int]]


def pairs(rows: Rows) -> tuple[tuple[int, int], ...]:
    """The places of the entries, (row, column), row by row."""
    return tuple([(i, j) for i, row in enumerate(rows) for j in row])


# The pattern


def pattern(graph: Graph, sources: Sequence[int]) -> list[list[int]]:
    """Per output, the positions in *sources* of what it depends on, ascending.

    Both branches of a `where` count, and its condition does not. Each node that several others use is looked
    through once, so that this takes time linear in the operations and the nonzeros of a sparse Jacobian.
    """
    arguments = _active(graph, sources)
    places: dict[int, list[int]] = {}
    for position, node in enumerate(sources):
        places.setdefault(node, []).append(position)
    kept = _small(arguments, places)
    many: set[int] = set()

    def reached(start: int, most: int | None = None) -> set[int] | None:
        """What a node depends on, looking down to those of which it is known; None where it is more than *most*."""
        result = set(places.get(start, ()))
        stack = list(arguments.get(start, ()))
        seen = set(stack)
        while stack:
            node = stack.pop()
            if node in kept:
                result |= kept[node]
            elif most is not None and node in many:
                return None
            else:
                result.update(places.get(node, ()))
                for a in arguments.get(node, ()):
                    if a not in seen:
                        seen.add(a)
                        stack.append(a)
            if most is not None and len(result) > most:
                return None
        return result

    large = [node for node in arguments if node not in kept]
    uses = Counter(chain.from_iterable(arguments.values()) if large else ())
    for node in large:
        if uses[node] > 1:
            found = reached(node, KEPT)
            if found is None:
                many.add(node)
            else:
                kept[node] = frozenset(found)
    rows: list[list[int]] = []
    total = 0
    for node in graph.outputs:
        rows.append(sorted(kept[node] if node in kept else reached(node) or ()))
        total += len(rows[-1])
        if total > MAX_NONZEROS:
            raise LimitError(
                f"the pattern has more than {MAX_NONZEROS:,} entries", hint="the products jvp and vjp form no matrix"
            )
    return rows


def _small(arguments: Mapping[int, tuple[int, ...]], places: Mapping[int, Sequence[int]]) -> dict[int, frozenset[int]]:
    """What those nodes depend on that depend on few inputs."""
    kept = {node: frozenset(found) for node, found in places.items()}
    known = kept.get
    for node, args in arguments.items():
        if len(args) == 1 and node not in places:
            found = known(args[0])
            if found is not None:
                kept[node] = found
            continue
        union = kept.pop(node, frozenset())
        for a in args:
            found = known(a)
            if found is None:
                break
            if found is not union:
                union = union | found if union else found
        else:
            if len(union) <= FEW:
                kept[node] = union
    return kept


def _active(graph: Graph, sources: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Per operation that depends on the sources, the arguments through which it does."""
    steps = steps_of(graph)
    way = plan(Tape(graph, Arithmetic(), [], steps), sources)
    zeros = _zeros(graph, steps, way.sources)
    forms = [[(i, op.partials[0 if op.variadic else i]) for i in positions(mask)] for op, mask, _ in way.forms]
    always = [
        op is not WHERE and all(rule not in ("0", None) for _, rule in form)
        for (op, *_), form in zip(way.forms, forms, strict=True)
    ]
    vanishing: dict[tuple[Op, int, tuple[bool, ...]], bool] = {}
    found: dict[int, tuple[int, ...]] = {}
    for node, form, args in way.steps:
        if always[form] and (not zeros or zeros.isdisjoint(args)):
            found[node] = args if len(forms[form]) == len(args) else tuple([args[i] for i, _ in forms[form]])
            continue
        op = way.forms[form][0]
        through = [i for i, rule in forms[form] if rule not in ("0", None)]
        if op is WHERE and graph.ops[args[0]] is LITERAL:
            taken = 1 if graph.labels[args[0]] == "True" else 2
            through = [i for i in through if i == taken]
        if not zeros.isdisjoint(args):
            which = tuple([a in zeros for a in args])
            for i in list(through):
                key = (op, i, which)
                if key not in vanishing:
                    vanishing[key] = _vanishes(op, i, which)
                if vanishing[key]:
                    through.remove(i)
        found[node] = tuple([args[i] for i in through])
    return found


def _zeros(graph: Graph, steps: Sequence[Step], sources: Collection[int]) -> set[int]:
    """Literal zeros, and products with them."""
    found = {n for n, label in graph.labels.items() if graph.ops[n] is LITERAL and is_zero(label)}.difference(sources)
    if found:
        for node, op, args in steps:
            if op.annihilated and node not in sources and not found.isdisjoint(args):
                found.add(node)
    return found


def _vanishes(op: Op, position: int, zero: Sequence[bool]) -> bool:
    """Whether a partial is zero whatever its other arguments are, where some are literal zeros: as of x^0."""
    symbols = Symbolic()
    v = symbols.input("v")
    args = [symbols.literal("0") if is_literal else symbols.input(f"x{i}") for i, is_literal in enumerate(zero)]
    label = symbols.builder.labels.get(symbols.partial_at(op, position, v, args).node)
    return label is not None and is_zero(label)


def hessian_pattern(gradient: Problem) -> tuple[list[list[int]], list[int]]:
    """The pattern of a gradient's Jacobian, made symmetric, and its star colouring."""
    rows = pattern(gradient.graph, [node for _, node in gradient.wrt])
    across = transposed(rows, len(rows))
    # The rules of one triangle may see a zero that those of the other do not.
    rows = [row if row == column else sorted({*row, *column}) for row, column in zip(rows, across, strict=True)]
    return rows, needed(pairs(rows), star([[j for j in row if j != i] for i, row in enumerate(rows)]))


# The colours


class Colours:
    """How a pattern is computed: forward sweeps along sums of columns, reverse sweeps along sums of rows.

    `by_forward` and `by_reverse` are the colours that each mode alone would use, `mixed` the sweeps of both together
    where that is fewer than either. `columns` and `rows` are the colours of the mode chosen, -1 where there is none.
    """

    __slots__ = ("by_forward", "by_reverse", "columns", "mixed", "mode", "rows")

    def __init__(self, rows: Rows, width: int, mode: str = "auto") -> None:
        across = transposed(rows, width)
        self.by_forward = partition(rows, width, across)
        self.by_reverse = partition(across, len(rows), rows)
        forward, reverse = count(self.by_forward), count(self.by_reverse)
        both = bipartition(rows, width, min(forward, reverse))
        self.mixed = None if both is None else sum(map(count, both))
        self.mode = mode
        if mode == "auto":
            self.mode = "mixed" if both else "forward" if forward < reverse else "reverse"
        self.rows, self.columns = [-1] * len(rows), [-1] * width
        if self.mode == "mixed":
            assert both is not None
            self.rows, self.columns = both
        elif self.mode == "forward":
            self.columns = self.by_forward
        else:
            self.rows = self.by_reverse

    @property
    def sweeps(self) -> int:
        """Sweeps in all."""
        return count(self.rows) + count(self.columns)

    @property
    def dense_sweeps(self) -> int:
        """What it takes without colours."""
        sizes = {"forward": len(self.columns), "reverse": len(self.rows)}
        return sizes.get(self.mode, min(sizes.values()))

    @property
    def colors(self) -> tuple[int, ...]:
        """Those of the outputs in reverse mode, else those of the inputs."""
        return tuple(self.rows if self.mode == "reverse" else self.columns)

    @property
    def row_colors(self) -> tuple[int, ...] | None:
        """Those of the outputs where modes are mixed."""
        return tuple(self.rows) if self.mode == "mixed" else None


# Why it is that many, in a sentence


# The entries


class Compressed(Question):
    """The nonzeros of a matrix, in one row, by a forward sweep per colour of columns and a reverse one per colour of
    rows.

    Of a *symmetric* matrix only columns have colours, and an entry may be told by the one across the diagonal.
    """

    def __init__(self, rows: Rows, colours: Sequence[int], by_row: Sequence[int], *, symmetric: bool = False) -> None:
        self.colours = colours
        self.by_row = by_row
        self.places = pairs(rows)
        self.told = telling(self.places, colours, None if symmetric else by_row)

    def entries(self, work: Work) -> list[list[Any]]:
        work.derived = True  # where nothing is left to sweep, too
        sweeps = list(self._sweeps(work))
        return [[sweeps[sweep][place] for sweep, place in self.told]]

    def _sweeps(self, work: Work) -> Iterator[list[Any]]:
        one = work.arithmetic.literal("1")
        nodes = [node for _, node in work.problem.wrt]
        for columns in members(self.colours):
            yield work.forward(seeds((nodes[j], one) for j in columns))
        for rows in members(self.by_row):
            yield work.reverse(dict.fromkeys(rows, one))

    def shape(self, problem: Problem) -> tuple[int, int]:
        return 1, len(self.places)

    def left_out(self, problem: Problem) -> Iterator[tuple[int, list[str]]]:
        known = set(self.places)
        for i in range(len(problem.graph.outputs)):
            names = [name for j, (name, _) in enumerate(problem.wrt) if (i, j) not in known]
            if names:
                yield i, names

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        i, j = self.places[column]
        return {i: 1}, {problem.wrt[j][0]: 1}
