"""The engine of many rows: the kernel as calls of NumPy's functions on blocks that stay in the processor's cache.

Which rows cannot be trusted costs next to nothing to know: the processor notes in its status flags whether anything
overflowed, underflowed, was divided by zero or had no value, and NumPy asks for them after every call. Only a block
with a flag is gone through again, operation by operation, to find the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from adcli.arithmetic.doubles import TINY
from adcli.batch.engines import Outcome, Run
from adcli.batch.engines.vectors import Function, fits_in_place, vector
from adcli.batch.kernel import Kernel
from adcli.ops import WHERE

BLOCK = 16_384
"""Rows of a block at most; fewer where a kernel needs many buffers."""
SMALLEST_BLOCK = 2_048
CACHE = 1 << 21
"""Bytes that the buffers of a block may take."""
THREADED = 4
"""Blocks from which on threads share them."""


class Workspace:
    """The buffers of one thread, and the program's calls on them."""

    def __init__(self, kernel: Kernel, block: int, slots: tuple[list[int], int, int]) -> None:
        places, doubles, conditions = slots
        self.kernel = kernel
        self.buffers = [np.empty(block) for _ in range(doubles)]
        self.truths = [np.empty(block, dtype=bool) for _ in range(conditions)]
        self.places = places
        self.flagged = False

    def noted(self, what: str, flag: int) -> None:
        """A status flag was found set."""
        self.flagged = True


def compile(kernel: Kernel, threads: int = 1) -> Run:
    """The kernel as a function of float64 arrays."""
    functions = [vector(op, len(args)) for op, args in kernel.steps]
    slots = kernel.slots(fits_in_place)
    block = max(SMALLEST_BLOCK, min(BLOCK, CACHE // (8 * max(1, slots[1]))))
    program = _program(kernel, functions)
    idle: list[Workspace] = []
    kept: list[Any] = []

    def run(columns: Sequence[Any], count: int) -> Outcome:
        if not kept or kept[0].shape[1] < count:
            kept[:] = [np.empty((len(kernel.outputs), count))]
        outputs = kept[0][:, :count]
        starts = range(0, count, block)
        doubtful: list[Any] = []
        kinks: list[list[Any]] = [[] for _ in kernel.kinks]

        def work(start: int) -> tuple[int, Any, list[Any]]:
            try:
                space = idle.pop()
            except IndexError:
                space = Workspace(kernel, block, slots)
            stop = min(start + block, count)
            found = _block(space, program, functions, [c[start:stop] for c in columns], outputs[:, start:stop])
            idle.append(space)
            return start, *found

        if threads > 1 and len(starts) >= THREADED:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(threads) as pool:
                found = list(pool.map(work, starts))
        else:
            found = [work(start) for start in starts]
        for start, rows, flags in found:
            if len(rows):
                doubtful.append(rows + start)
            for all_rows, these in zip(kinks, flags, strict=True):
                if len(these):
                    all_rows.append(these + start)
        return Outcome(
            list(outputs),
            np.concatenate(doubtful).tolist() if doubtful else [],
            [np.concatenate(rows).tolist() if rows else [] for rows in kinks],
        )

    return run


Program = list[tuple[Function, tuple[int, ...], int]]


def _program(kernel: Kernel, functions: list[Function]) -> Program:
    return [
        (function, args, kernel.first + i)
        for i, (function, (_, args)) in enumerate(zip(functions, kernel.steps, strict=True))
    ]


def _block(
    space: Workspace, program: Program, functions: list[Function], columns: list[Any], outputs: Any
) -> tuple[Any, list[Any]]:
    """Fill *outputs*; returns the rows in doubt, and for each hidden output the rows where it holds."""
    kernel = space.kernel
    size = outputs.shape[1]
    values: list[Any] = [*columns, *kernel.constants]
    homes = {value: i for i, value in reversed(list(enumerate(kernel.outputs))) if value >= kernel.first}
    for i, slot in enumerate(space.places):
        value = kernel.first + i
        if value in homes:
            values.append(outputs[homes[value]])
        else:
            values.append((space.truths if kernel.boolean[value] else space.buffers)[slot][:size])
    space.flagged = False
    with np.errstate(all="call", call=space.noted):
        for function, args, value in program:
            function(*[values[a] for a in args], values[value])
        for i, value in enumerate(kernel.outputs):
            if homes.get(value) != i:
                outputs[i] = values[value]
        outputs += 0.0  # -0.0 is 0.0, as everywhere
        total = outputs.sum()
    doubtful: Any = ()
    if space.flagged or not np.isfinite(total):
        doubtful = _doubtful(kernel, functions, columns, size)
    flags = []
    for value in kernel.kinks:
        flag = values[value]
        if isinstance(flag, bool):
            flag = np.full(size, flag)
        flags.append(np.flatnonzero(flag) if flag.any() else ())
    return doubtful, flags


def _doubtful(kernel: Kernel, functions: list[Function], columns: list[Any], size: int) -> Any:
    """The rows whose results came by a number out of range, found operation by operation.

    What a branch not taken does is of no account.
    """
    values: list[Any] = [*columns, *kernel.constants]
    doubts: list[Any] = [None] * kernel.first
    last = kernel.last_uses()
    with np.errstate(all="ignore"):
        for i, (op, args) in enumerate(kernel.steps):
            value = kernel.first + i
            given = [values[a] for a in args]
            result = np.empty(size, dtype=bool if kernel.boolean[value] else float)
            functions[i](*given, result)
            values.append(result)
            doubts.append(_doubt(op, given, [doubts[a] for a in args], result, size))
            for a in args:
                if last[a] == i and a >= len(columns):
                    values[a] = doubts[a] = None
        found = np.zeros(size, dtype=bool)
        for output in kernel.outputs:
            if doubts[output] is not None:
                found |= doubts[output]
    return np.flatnonzero(found)


def _doubt(op: Any, given: list[Any], doubts: list[Any], result: Any, size: int) -> Any:
    """The rows of one operation's result that cannot be trusted; None for none."""
    if op is WHERE:
        condition, then, otherwise = doubts
        chosen = None
        if then is not None or otherwise is not None:
            none = np.zeros(size, dtype=bool)
            chosen = np.where(given[0], none if then is None else then, none if otherwise is None else otherwise)
        parts = [condition, chosen]
    else:
        parts = list(doubts)
        if result.dtype != bool:
            wrong = ~np.isfinite(result)
            if op.underflows:
                small = np.abs(result) < TINY
                if small.any():
                    for x in given:
                        small &= np.not_equal(x, 0)
                    wrong |= small
            parts.append(wrong)
    total = None
    for part in parts:
        if part is not None and part.any():
            total = part if total is None else total | part
    return total
