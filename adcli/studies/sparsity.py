"""The sparsity pattern of a Jacobian or Hessian, and the colours that compress it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.derivatives.colouring import count, fewest, partition, transposed
from adcli.derivatives.second import gradient_problem
from adcli.derivatives.sparsity import Colours, Rows, hessian_pattern, pairs, pattern
from adcli.errors import UsageError, counted
from adcli.problem.problem import Expression, moving, problem, scalar
from adcli.problem.values import Value
from adcli.results import Result


@dataclass(frozen=True, kw_only=True)
class Sparsity(Result):
    """The pattern of a Jacobian (or Hessian) and what it takes to compute it.

    `entries` are the (row, column) pairs, from 0. `colors` and `row_colors` as of `SparseJacobian`. `sweeps` belong
    to `mode`; `forward`, `reverse` and `mixed` are those that each way needs, None for a mixture that is no better.
    Of a Hessian, a sweep is a product H·v, and `forward` what a colouring needs that ignores the symmetry. `reason`
    says in a sentence why it is that many.
    """

    command: ClassVar[str] = "sparsity"

    matrix: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    nnz: int
    entries: tuple[tuple[int, int], ...]
    mode: str
    colors: tuple[int, ...]
    row_colors: tuple[int, ...] | None = None
    sweeps: int
    dense_sweeps: int
    forward: int
    reverse: int | None = None
    mixed: int | None = None
    reason: str


def sparsity(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    mode: str = "auto",
    hessian: bool = False,
    **options: Any,
) -> Sparsity:
    """The pattern and the colours alone; no values are needed. Options as of `problem`.

    *mode* as of `adcli.derivatives.answers.sparse_jacobian`. Raises UsageError, LimitError.
    """
    asked = moving(problem(expr, at, values=False, **options))
    inputs = tuple([name for name, _ in asked.wrt])
    common: dict[str, Any] = {"expr": asked.expr, "at": {}, "text": asked.graph.text}
    if hessian:
        if mode not in ("auto", "forward over reverse"):
            raise UsageError("a Hessian's sweeps are products H·v, forward over reverse: leave out --mode")
        rows, shared = hessian_pattern(gradient_problem(scalar(asked, "sparsity"), "reverse"))
        unsymmetric = count(partition(rows, len(inputs)))
        return Sparsity(
            **common,
            matrix="hessian",
            outputs=asked.graph.output_names,
            inputs=inputs,
            nnz=sum(map(len, rows)),
            entries=pairs(rows),
            mode="forward over reverse",
            colors=tuple(shared),
            sweeps=count(shared),
            dense_sweeps=len(inputs),
            forward=unsymmetric,
            reason=_why_star(rows, count(shared), unsymmetric),
        )
    rows = pattern(asked.graph, [node for _, node in asked.wrt])
    found = Colours(rows, len(inputs), mode)
    return Sparsity(
        **common,
        matrix="jacobian",
        outputs=asked.graph.output_names,
        inputs=inputs,
        nnz=sum(map(len, rows)),
        entries=pairs(rows),
        mode=found.mode,
        colors=found.colors,
        row_colors=found.row_colors,
        sweeps=found.sweeps,
        dense_sweeps=found.dense_sweeps,
        forward=count(found.by_forward),
        reverse=count(found.by_reverse),
        mixed=found.mixed,
        reason=_why(rows, found),
    )


def _why(rows: Rows, found: Colours) -> str:
    longest = max(map(len, rows), default=0)
    tallest = max(map(len, transposed(rows, len(found.columns))), default=0)
    if not longest:
        return "No output depends on any input: there is nothing to compute."
    if found.mode != "mixed":
        forward = found.mode == "forward"
        what, across, most = ("Columns", "row", longest) if forward else ("Rows", "column", tallest)
        said = f"{what} that share no {across} share a sweep"
        if found.sweeps == most:
            return f"{said}; a {across} has {_entries(most)}, so {found.mode} mode cannot do with fewer."
        return f"{said}; a {across} of {_entries(most)} needs {most:,}, a greedy colouring takes {found.sweeps:,}."
    upright, flat = sum(colour >= 0 for colour in found.columns), sum(colour >= 0 for colour in found.rows)
    said = (
        f"{counted(count(found.rows), 'reverse sweep')} for {counted(flat, 'row')} and "
        f"{counted(count(found.columns), 'forward sweep')} for {counted(upright, 'column')}. Forward mode alone needs "
        f"{count(found.by_forward):,}, since a row has {_entries(longest)}; reverse mode alone "
        f"{count(found.by_reverse):,}, since a column has {_entries(tallest)}."
    )
    if found.sweeps == fewest(rows, len(found.columns)):
        least = found.sweeps - 1
        told, total = least * max(len(rows), len(found.columns)), sum(map(len, rows))
        said += f" Fewer are impossible: {counted(least, 'sweep')} can tell {told:,} of the {total:,} entries."
    return said


def _why_star(rows: Rows, sweeps: int, unsymmetric: int) -> str:
    if not any(rows):
        return "The function is linear: there is nothing to compute."
    said = "A star colouring: each entry stands alone in its row's product or, by symmetry, in its column's"
    if sweeps < unsymmetric:
        longest = max(map(len, rows))
        said += f". Without the symmetry it would take {unsymmetric:,}"
        said += f", since a row has {_entries(longest)}" if longest == unsymmetric else ""
    return said + "."


def _entries(number: int) -> str:
    return counted(number, "entry", "entries")
