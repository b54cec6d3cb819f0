"""How the cost of derivatives grows with a size of the program: counted for each size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.arithmetic.counting import flops
from adcli.errors import LimitError, UsageError
from adcli.problem.problem import Expression, problem
from adcli.results import Result
from adcli.studies.cost.tally import Tally

MAX_SIZES = 1_000
"""How many sizes --growth tries."""
MAX_OPERATIONS = 500_000
"""How many operations the programs of all these sizes may have together."""


@dataclass(frozen=True, kw_only=True)
class Size:
    """A row of the growth table: flops of one evaluation, and the ratios of function and derivatives to it."""

    size: int
    inputs: int
    outputs: int
    flops: int
    forward: float | None
    reverse: float | None
    finite_differences: int
    stored: int


@dataclass(frozen=True, kw_only=True)
class Growth(Result):
    """How each way's cost grows with a size of the program."""

    command: ClassVar[str] = "cost"

    size: str
    growth: tuple[Size, ...]
    summary: str


def growth(expr: Expression, name: str, sizes: Sequence[int], *, let: Mapping[str, int], **options: Any) -> Growth:
    """Count the cost of a program for each value of the size *name*. Other options as of `problem`."""
    if len(sizes) > MAX_SIZES:
        raise UsageError(f"--growth tries {MAX_SIZES:,} sizes at most, and {len(sizes):,} are asked for")
    rows = []
    texts: tuple[str, ...] = ()
    text = ""
    total = 0
    for size in sizes:
        asked = problem(expr, let={**let, name: size}, values=False, **options)
        texts, text = asked.expr, asked.graph.text
        total += len(asked.graph)
        if total > MAX_OPERATIONS:
            raise LimitError(
                f"--growth counts {MAX_OPERATIONS:,} operations in all, and up to {name} = {size:,} they are {total:,}",
                hint="ask for fewer or smaller sizes",
            )
        count = Tally(asked)
        n, m = len(asked.wrt), len(asked.graph.outputs)
        rows.append(
            Size(
                size=size,
                inputs=n,
                outputs=m,
                flops=count.base,
                forward=count.ratio(n * flops(count.ahead)),
                reverse=count.ratio(m * flops(count.back)),
                finite_differences=n + 1,
                stored=count.stored,
            )
        )
    return Growth(expr=texts, at={}, text=text, size=name, growth=tuple(rows), summary=_summary(name, rows))


def _summary(name: str, rows: Sequence[Size]) -> str:
    """How the ratios of gradient to function grow, in a sentence."""
    first, last = rows[0], rows[-1]
    ratios = [row.reverse for row in rows if row.reverse is not None]
    if first.forward is None or last.forward is None or first.reverse is None or last.reverse is None:
        return "The function costs nothing at some of these sizes."
    span = f"from {name} = {first.size:,} to {last.size:,}" if len(rows) > 1 else f"at {name} = {first.size:,}"
    said = f"Function and derivatives together, in evaluations of the function, {span}: reverse mode "
    said += f"{_range(min(ratios), max(ratios))}, forward mode {_range(first.forward, last.forward)}."
    if max(ratios) < 5 and all(row.outputs == 1 for row in rows):
        said += " At every one of these sizes the gradient by reverse mode costs less than five evaluations."
    return said


def _range(low: float, high: float) -> str:
    return f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g} to {high:.3g}"
