"""Sparse Jacobians and Hessians: the exact pattern, a colouring, and the entries from a few sweeps.

The pattern comes from the graph before any number: an output depends on an input if a path of partials that
are not zero by their rule leads there. Whatever the values, no entry outside it is ever nonzero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from adcli.arithmetic.rules import Arithmetic
from adcli.colouring import bipartition, count, partition, star, transposed
from adcli.derive import common, scalar
from adcli.graph import Graph
from adcli.modes import Plan, Tape, steps_of
from adcli.problem import Expression, Problem, Value, problem
from adcli.results import Number, Result
from adcli.second import gradient_problem
from adcli.solver import Question, Work, solve

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from adcli.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparsity(Result):
    """The pattern of a Jacobian (or Hessian) and what it takes to compute it.

    `entries` are the [row, column] pairs, from 0. `colors` has one colour per column where `mode` is "forward"
    and one per row where it is "reverse"; "mixed" has both, with -1 for what the other mode computes.
    `forward` and `reverse` are the sweeps that each mode alone would need, `dense` what the dense product takes.
    """

    command: ClassVar[str] = "sparsity"

    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    nnz: int
    entries: tuple[tuple[int, int], ...]
    mode: str
    colors: tuple[int, ...]
    row_colors: tuple[int, ...]
    sweeps: int
    forward: int
    reverse: int
    dense: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseMatrix(Result):
    """A Jacobian's or Hessian's nonzeros as (row, column, value), rows and columns from 0."""

    command: ClassVar[str] = "jacobian"

    kind: str
    mode: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    values: tuple[Number, ...]
    nnz: int
    entries: tuple[tuple[int, int, Number], ...]
    colors: tuple[int, ...]
    row_colors: tuple[int, ...]
    sweeps: int
    dense: int


class Colours:
    """How a pattern is computed: forward sweeps along sums of columns, reverse sweeps along sums of rows."""

    __slots__ = ("columns", "forward", "mode", "reverse", "rows")

    def __init__(self, rows: Sequence[Sequence[int]], width: int, mode: str = "auto") -> None:
        self.columns = partition(rows, width)
        self.rows = partition(transposed(rows, width), len(rows))
        self.forward, self.reverse = count(self.columns), count(self.rows)
        self.mode = mode
        if mode == "auto":
            self.mode = "forward" if self.forward < self.reverse else "reverse"
            by_row, by_column = bipartition(rows, width)
            if count(by_row) + count(by_column) < min(self.forward, self.reverse):
                self.mode, self.rows, self.columns = "mixed", by_row, by_column

    @property
    def sweeps(self) -> int:
        """Sweeps in all."""
        if self.mode == "mixed":
            return count(self.rows) + count(self.columns)
        return self.forward if self.mode == "forward" else self.reverse


def pattern(graph: Graph, sources: Sequence[int]) -> list[list[int]]:
    """Per output, the positions in *sources* of what it depends on, ascending.

    Linear in the operations between an output and the nearest nodes that several others use too; what those
    depend on is found once. Both branches of a `where` count, and its condition does not.
    """
    tape = Tape(graph, Arithmetic(), [], steps_of(graph))
    plan = Plan(tape, sources)
    arguments: dict[int, list[int]] = {}
    uses: dict[int, int] = {}
    for node, form, _, active in plan.steps:
        op, mask = plan.forms[form]
        positions = [i for i in range(mask.bit_length()) if mask >> i & 1]
        kept = [
            a for i, a in zip(positions, active, strict=True) if op.partials[0 if op.variadic else i] not in ("0", None)
        ]
        arguments[node] = kept
        for a in set(kept):
            uses[a] = uses.get(a, 0) + 1
    places: dict[int, list[int]] = {}
    for position, node in enumerate(sources):
        places.setdefault(node, []).append(position)
    found: dict[int, set[int]] = {}

    def reached(start: int) -> set[int]:
        """What a node depends on, looking down to the shared nodes, whose own sets are known."""
        result: set[int] = set(places.get(start, ()))
        seen = {start}
        stack = list(arguments.get(start, ()))
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if node in found:
                result |= found[node]
                continue
            result.update(places.get(node, ()))
            stack.extend(arguments.get(node, ()))
        return result

    for node in arguments:
        if uses.get(node, 0) > 1:
            found[node] = reached(node)
    return [sorted(reached(node)) for node in graph.outputs]


def sparsity(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    mode: str = "auto",
    hessian: bool = False,
    **options: Any,
) -> Sparsity:
    """The pattern and the colours alone; no values are needed. Options as of `problem`."""
    asked = problem(expr, at, values=False, **options)
    inputs = tuple(name for name, _ in asked.wrt)
    if hessian:
        rows, colours = _hessian_colours(gradient_problem(scalar(asked, "sparsity"), "reverse"))
        forward = reverse = sweeps = count(colours)
        chosen, by_row, outputs = "forward over reverse", [], inputs
    else:
        rows = pattern(asked.graph, [node for _, node in asked.wrt])
        found = Colours(rows, len(inputs), mode)
        forward, reverse, sweeps, chosen = found.forward, found.reverse, found.sweeps, found.mode
        colours, by_row, outputs = found.columns, found.rows, asked.graph.output_names
    return Sparsity(
        expr=asked.expr,
        at={},
        text=asked.graph.text,
        outputs=outputs,
        inputs=inputs,
        nnz=sum(map(len, rows)),
        entries=tuple((i, j) for i, row in enumerate(rows) for j in row),
        mode=chosen,
        colors=tuple(by_row if chosen == "reverse" else colours),
        row_colors=tuple(by_row) if chosen == "mixed" else (),
        sweeps=sweeps,
        forward=forward,
        reverse=reverse,
        dense=len(inputs) if hessian else min(len(inputs), len(outputs)),
    )


class Compressed(Question):
    """A matrix by a forward sweep per colour of columns and a reverse sweep per colour of rows; one row each."""

    def __init__(self, columns: Sequence[int], rows: Sequence[int]) -> None:
        self.columns = columns
        self.rows = rows

    def entries(self, work: Work) -> list[list[Any]]:
        one = work.arithmetic.literal("1")
        wrt = work.problem.wrt
        result = []
        for members in _members(self.columns):
            result.append(work.forward({wrt[j][1]: one for j in members if wrt[j][1] >= 0}))
        for members in _members(self.rows):
            chosen = set(members)
            result.append(work.reverse([one if i in chosen else None for i in range(len(self.rows))]))
        return result

    def direction(self, problem: Problem, row: int, column: int) -> tuple[Mapping[int, Value], Mapping[str, Value]]:
        sweeps = count(self.columns)
        if row < sweeps:
            return {column: 1}, {problem.wrt[j][0]: 1 for j in _members(self.columns)[row]}
        return dict.fromkeys(_members(self.rows)[row - sweeps], 1), {problem.wrt[column][0]: 1}


def sparse_jacobian(
    expr: Expression, at: Mapping[str, Value] | None = None, *, mode: str = "auto", **options: Any
) -> SparseMatrix:
    """The Jacobian's nonzeros by compressed sweeps. Options and errors as of `derive.jacobian`."""
    asked = problem(expr, at, **options)
    width = len(asked.wrt)
    rows = pattern(asked.graph, [node for _, node in asked.wrt])
    colours = Colours(rows, width, mode)
    columns = colours.columns if colours.mode != "reverse" else [-1] * width
    by_row = colours.rows if colours.mode != "forward" else [-1] * len(rows)
    answer = solve(asked, Compressed(columns, by_row))
    swept = count(columns)
    entries = tuple(
        (i, j, answer.entries[swept + by_row[i]][j] if by_row[i] >= 0 else answer.entries[columns[j]][i])
        for i, row in enumerate(rows)
        for j in row
    )
    return SparseMatrix(
        **common(asked, answer),
        kind="jacobian",
        mode=colours.mode,
        outputs=asked.graph.output_names,
        inputs=tuple(name for name, _ in asked.wrt),
        values=answer.values,
        nnz=len(entries),
        entries=entries,
        colors=tuple(colours.rows if colours.mode == "reverse" else colours.columns),
        row_colors=tuple(by_row) if colours.mode == "mixed" else (),
        sweeps=colours.sweeps,
        dense=min(width, len(rows)),
    )


def sparse_hessian(expr: Expression, at: Mapping[str, Value] | None = None, **options: Any) -> SparseMatrix:
    """The Hessian's nonzeros from Hessian-vector products, one per colour of a star colouring."""
    asked = scalar(problem(expr, at, **options), "hessian")
    gradient = gradient_problem(asked, "reverse")
    rows, colours = _hessian_colours(gradient)
    answer = solve(gradient, Compressed(colours, [-1] * len(rows)))
    # Row i's product with colour c holds h_ij alone if j is i's only neighbour of that colour; else h_ji does.
    alone = []
    for row in rows:
        seen: dict[int, int] = {}
        for j in row:
            seen[colours[j]] = seen.get(colours[j], 0) + 1
        alone.append(seen)
    entries = tuple(
        (i, j, answer.entries[colours[j]][i] if alone[i][colours[j]] == 1 else answer.entries[colours[i]][j])
        for i, row in enumerate(rows)
        for j in row
    )
    value = solve(asked, Question())
    names = tuple(name for name, _ in asked.wrt)
    return SparseMatrix(
        **common(asked, answer),
        kind="hessian",
        mode="forward over reverse",
        outputs=names,
        inputs=names,
        values=value.values,
        nnz=len(entries),
        entries=entries,
        colors=tuple(colours),
        row_colors=(),
        sweeps=count(colours),
        dense=len(names),
    )


def _hessian_colours(gradient: Problem) -> tuple[list[list[int]], list[int]]:
    """The symmetric pattern of a gradient's Jacobian, and its star colouring."""
    rows = pattern(gradient.graph, [node for _, node in gradient.wrt])
    return rows, star([[j for j in row if j != i] for i, row in enumerate(rows)])


def _members(colours: Sequence[int]) -> list[list[int]]:
    """Per colour, its positions; -1 has none."""
    result: list[list[int]] = [[] for _ in range(count(colours))]
    for position, colour in enumerate(colours):
        if colour >= 0:
            result[colour].append(position)
    return result
