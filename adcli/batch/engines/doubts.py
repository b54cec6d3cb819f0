"""Which rows cannot be trusted, found operation by operation; and a second look at them, with numbers of a wider range.

Where a number left the doubles' range on the way to an ordinary result, extended precision (of 15 bits of exponent and
more, where the processor has it) has the result. So rows in doubt need not be computed one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adcli.arithmetic.doubles import TINY
from adcli.batch.engines.vectors import Routine, aligned, wide
from adcli.batch.kernel import Kernel
from adcli.ops import WHERE, Op

WIDE: Any = np.longdouble
"""Numbers with a wider range, or none: see `wider`."""


def doubtful(kernel: Kernel, routines: Sequence[Routine], scratch: int, columns: Sequence[Any], size: int) -> Any:
    """The rows whose results came by a number out of range.

    What a branch not taken does is of no account.
    """
    _, doubt = _followed(kernel, routines, scratch, columns, size, float)
    return np.flatnonzero(doubt)


def wider(kernel: Kernel, columns: Sequence[Any]) -> tuple[list[Any], Any] | None:
    """The outputs by numbers of a wider range, as doubles, and the rows in which these are to be trusted.

    None where the processor has no such numbers, or an operation has no function of them.
    """
    if np.finfo(WIDE).maxexp <= np.finfo(float).maxexp:
        return None
    routines = [wide(op, len(args)) for op, args in kernel.steps]
    found = [routine for routine in routines if routine is not None]
    if len(found) < len(routines):
        return None
    size = len(columns[0]) if columns else 1
    scratch = max((routine.scratch for routine in found), default=0)
    given = [np.asarray(column).astype(WIDE) for column in columns]
    outputs, doubt = _followed(kernel, found, scratch, given, size, WIDE)
    with np.errstate(all="ignore"):
        numbers = [np.broadcast_to(np.asarray(output, dtype=WIDE), size).astype(float) + 0.0 for output in outputs]
    for number in numbers:
        doubt = doubt | ~np.isfinite(number)
    return numbers, ~doubt


def _followed(
    kernel: Kernel, routines: Sequence[Routine], count: int, columns: Sequence[Any], size: int, kind: Any
) -> tuple[list[Any], Any]:
    """The outputs, and where numbers out of the range of this *kind* led to one of them, or rounding may decide."""
    values: list[Any] = [*columns, *kernel.constants]
    doubts: list[Any] = [None] * kernel.first
    last = kernel.last_uses()
    scratch = [aligned(size, kind) for _ in range(count)]
    idle: dict[bool, list[Any]] = {False: [], True: []}
    flags: list[str] = []
    with np.errstate(all="call", call=lambda what, _: flags.append(what)):
        for i, ((op, args), routine) in enumerate(zip(kernel.steps, routines, strict=True)):
            given = [values[a] for a in args]
            boolean = kernel.boolean[kernel.first + i]
            result = idle[boolean].pop() if idle[boolean] else aligned(size, bool if boolean else kind)
            flags.clear()
            routine.function(*given, result, *scratch[: routine.scratch])
            wrong = _wrong(op, given, result) if flags or not routine.tells else None
            values.append(result)
            doubts.append(_doubt(op, given, [doubts[a] for a in args], wrong))
            for a in set(args):
                if last[a] == i and a >= kernel.first:
                    idle[kernel.boolean[a]].append(values[a])
                    values[a] = doubts[a] = None
    found = np.zeros(size, dtype=bool)
    for output in kernel.outputs:
        if doubts[output] is not None:
            found |= doubts[output]
    for output in kernel.kinks[len(kernel.places) :]:
        found |= values[output]
    return [values[output] for output in kernel.outputs], found


def _wrong(op: Op, given: list[Any], result: Any) -> Any:
    """The rows in which an operation's own result cannot be trusted; None for a condition."""
    if result.dtype == bool:
        return None
    wrong = ~np.isfinite(result)
    if op.underflows:
        small = np.abs(result) < (TINY if result.dtype == float else np.finfo(result.dtype).tiny)
        if small.any():
            for x in given:
                small &= np.not_equal(x, 0)
            wrong |= small
    return wrong


def _doubt(op: Op, given: list[Any], doubts: list[Any], wrong: Any) -> Any:
    """The rows of one operation's result that cannot be trusted, by what it was made of too; None for none."""
    if op is WHERE:
        condition, then, otherwise = doubts
        chosen = None
        if then is not None or otherwise is not None:
            chosen = np.where(given[0], False if then is None else then, False if otherwise is None else otherwise)
        parts = [condition, chosen]
    else:
        parts = [*doubts, wrong]
    total = None
    for part in parts:
        if part is not None and part is not total and part.any():
            total = part if total is None else total | part
    return total
