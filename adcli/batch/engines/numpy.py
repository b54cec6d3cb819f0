"""The engine of many rows: the kernel as calls of NumPy's functions on blocks that stay in the processor's cache.

The calls are the lines of one Python function, since with few rows it is what surrounds the calls that takes the time.
Its source is made of the table's names; nothing that a user wrote gets into it.

Which rows cannot be trusted costs next to nothing to know: the processor notes in its status flags whether anything
overflowed, underflowed, was divided by zero or had no value, and NumPy asks for them after every call. Only a block
with a flag is gone through again, operation by operation, to find the rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from threading import local
from typing import Any

import numpy as np

from adcli.batch.engines import Outcome, Run
from adcli.batch.engines.doubts import doubtful
from adcli.batch.engines.vectors import JOINT, LINE, aligned, fits_in_place, vector
from adcli.batch.kernel import Kernel, Step
from adcli.ops import ADD, DIV, MUL, NEG, SUB, WHERE

BLOCK = 16_384
"""Rows of a block at most; fewer where a kernel needs many arrays."""
SMALLEST_BLOCK = 2_048
CACHE = 1 << 21
"""Bytes that the arrays of a block may take."""
SHARE = 8
"""Blocks computed at a time by a thread."""
LANES = LINE // 8
"""Doubles in a line."""


def compile(kernel: Kernel, threads: int = 1) -> Run:
    """The kernel as a function of float64 arrays."""
    program = ArrayProgram(kernel)
    idle: list[Workspace] = []
    kept = Kept()

    def run(columns: Sequence[Any], count: int) -> Outcome:
        if count > kept.size:
            kept.size, kept.arrays = count, [aligned(count) for _ in kernel.outputs]
        outputs = [array if len(array) == count else array[:count] for array in kept.arrays]
        blocks = -(-count // program.block)
        size = -(-count // (max(blocks, 1) * LANES)) * LANES
        starts = range(0, count, size) if blocks > 1 else (0,)

        def work(starts: Sequence[int]) -> list[Found]:
            try:
                space = idle.pop()
            except IndexError:
                space = Workspace(program)
            with np.errstate(all="call", call=space.noted):
                if blocks <= 1:
                    found = [space.run(columns, outputs, count)]
                else:
                    found = []
                    for start in starts:
                        stop = min(start + size, count)
                        part = [x[start:stop] for x in columns], [y[start:stop] for y in outputs]
                        found.append(space.run(*part, stop - start))
            idle.append(space)
            return found

        if threads > 1 and blocks > SHARE:
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(threads) as pool:
                shares = [starts[i : i + SHARE] for i in range(0, len(starts), SHARE)]
                found = [part for parts in pool.map(work, shares) for part in parts]
        else:
            found = work(starts)
        wrong, *kinks = [_joined(starts, rows) for rows in zip(*found, strict=True)]
        return Outcome(outputs, wrong, kinks)

    return run


class Kept(local):
    """One thread's arrays of outputs."""

    def __init__(self) -> None:
        self.size = -1
        self.arrays: list[Any] = []


Found = list[Any]
"""Of a block, the rows in doubt, then for each hidden output those where it holds."""


def _joined(starts: Sequence[int], found: Sequence[Any]) -> list[int]:
    """The rows of blocks as rows of the whole."""
    some = [rows + start for start, rows in zip(starts, found, strict=True) if len(rows)]
    rows: list[int] = np.concatenate(some).tolist() if some else []
    return rows


class ArrayProgram:
    """A kernel as a Python function of a block's arrays: the columns, the outputs, then a workspace's.

    It fills the outputs and returns whether a number was not finite of which the processor's status flags do not tell,
    and the hidden outputs. `doubles`, `truths` and `scratch` are how many arrays a workspace has to have.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel = _paired(kernel)
        self.routines = [vector(op, len(args)) for op, args in kernel.steps]
        self.scratch = max((routine.scratch for routine in self.routines), default=0)
        slots, self.doubles, self.truths = kernel.slots(fits_in_place)
        arrays = len(kernel.columns) + self.doubles + self.scratch  # outputs are among the doubles
        self.block = max(SMALLEST_BLOCK, min(BLOCK, CACHE // (8 * max(arrays, 1)) // SMALLEST_BLOCK * SMALLEST_BLOCK))
        self.namespace: dict[str, Any] = {"copyto": np.copyto, "plus": np.add, "minus": np.subtract}
        self.namespace |= {"zero": np.array(0.0), "isfinite": math.isfinite}
        for i, constant in enumerate(kernel.constants):
            self.namespace[f"k{i}"] = np.array(constant)  # the form that NumPy takes soonest
        exec("\n".join(self._source(slots)), self.namespace)
        self.function = self.namespace["block"]

    def _source(self, slots: Sequence[int]) -> list[str]:
        kernel = self.kernel
        homes = {value: i for i, value in reversed(list(enumerate(kernel.outputs))) if value >= kernel.first}
        names = [f"x{i}" for i in range(len(kernel.columns))] + [f"k{i}" for i in range(len(kernel.constants))]
        for value, slot in enumerate(slots, kernel.first):
            kind = "t" if kernel.boolean[value] else "b"
            names.append(f"y{homes[value]}" if value in homes else f"{kind}{slot}")
        given = (("x", len(kernel.columns)), ("y", len(kernel.outputs)), *self.arrays())
        lines = [f"def block({', '.join(f'{kind}{i}' for kind, count in given for i in range(count))}):"]
        lines += ["    doubt = False", *(f"    {line}" for line in self._calls(names))]
        minus = _minus_zeros(kernel)
        for i, value in enumerate(kernel.outputs):
            if minus[value]:  # -0.0 is 0.0, as everywhere
                lines.append(f"    plus({names[value]}, zero, y{i})")
            elif homes.get(value) != i:
                lines.append(f"    copyto(y{i}, {names[value]})")
        lines.append(f"    return doubt, ({''.join(names[value] + ', ' for value in kernel.kinks)})")
        return lines

    def arrays(self) -> tuple[tuple[str, int], ...]:
        """A workspace's arrays: kinds by their letter in the source, and how many."""
        return ("b", self.doubles), ("t", self.truths), ("s", self.scratch)

    def _calls(self, names: Sequence[str]) -> Iterable[str]:
        """The steps as calls, and looks at their results; two steps that are better done together are one call."""
        kernel = self.kernel
        steps = enumerate(zip(kernel.steps, self.routines, strict=True), kernel.first)
        for value, ((op, args), routine) in steps:
            results = [value]
            name = f"{op.name}_{len(args)}"
            following = kernel.steps[value + 1 - kernel.first : value + 2 - kernel.first]
            if following and following[0].args == args and (op, following[0].op) in JOINT:
                routine = JOINT[op, following[0].op]
                results.append(value + 1)
                name = f"{op.name}_{following[0].op.name}"
                next(steps)
            self.namespace[name] = routine.function
            words = [names[v] for v in (*args, *results)] + [f"s{i}" for i in range(routine.scratch)]
            if op is NEG:  # 0 - x is never -0.0
                name, words = "minus", ["zero", *words]
            yield f"{name}({', '.join(words)})"
            if not routine.tells:  # a condition may be all that becomes of it, and a condition is never NaN
                yield f"if not isfinite({names[value]}.sum()): doubt = True"


def _paired(kernel: Kernel) -> Kernel:
    """The kernel with steps that are better done together one behind the other."""
    number = {step: i for i, step in enumerate(kernel.steps)}
    partners: dict[int, tuple[int, int]] = {}
    for i, (op, args) in enumerate(kernel.steps):
        for first, second in JOINT:
            j = number.get(Step(second, args))
            if op is first and j is not None:
                partners[i] = partners[j] = (i, j)
    if not partners:
        return kernel
    order = list(dict.fromkeys(i for step in range(len(kernel.steps)) for i in partners.get(step, (step,))))
    place = list(range(kernel.first + len(kernel.steps)))
    for new, old in enumerate(order):
        place[kernel.first + old] = kernel.first + new
    return Kernel(
        columns=kernel.columns,
        constants=kernel.constants,
        steps=[Step(kernel.steps[i].op, tuple([place[a] for a in kernel.steps[i].args])) for i in order],
        outputs=[place[value] for value in kernel.outputs],
        names=kernel.names,
        values=kernel.values,
        kinks=[place[value] for value in kernel.kinks],
        places=kernel.places,
    )


def _minus_zeros(kernel: Kernel) -> list[bool]:
    """Per value, whether it might be -0.0. A number that underflowed is in doubt anyway."""
    zero = [True] * len(kernel.columns) + [constant == 0 for constant in kernel.constants]
    minus = [True] * len(kernel.columns) + [math.copysign(1.0, c) < 0 and c == 0 for c in kernel.constants]
    for op, args in kernel.steps:
        a, b = args[0] if args else 0, args[-1] if args else 0
        zero.append(op.zeros != "none" and not (op is DIV and not zero[a]))
        if op is ADD:
            minus.append(minus[a] and minus[b])
        elif op is SUB:
            minus.append(minus[a] and zero[b])
        elif op is WHERE:
            minus.append(minus[args[1]] or minus[args[2]])
        elif op is NEG:
            minus.append(False)
        else:
            plus = op.zeros or vector(op, len(args)).plus
            minus.append(zero[-1] and not plus and not (op is MUL and a == b))
    return minus


class Workspace:
    """The arrays of one thread."""

    def __init__(self, program: ArrayProgram) -> None:
        self.program = program
        types = {"b": float, "t": bool, "s": float}
        self.arrays = [aligned(program.block, types[kind]) for kind, count in program.arrays() for _ in range(count)]
        self.size = -1
        self.parts: list[Any] = []
        self.flagged = False

    def noted(self, what: str, flag: int) -> None:
        """A status flag was found set."""
        self.flagged = True

    def run(self, columns: Sequence[Any], outputs: Sequence[Any], size: int) -> Found:
        """Fill the outputs, where NumPy's errors are `noted`."""
        program = self.program
        if size != self.size:
            self.size = size
            self.parts = [array[:size] for array in self.arrays]
        self.flagged = False
        doubt, hidden = program.function(*columns, *outputs, *self.parts)
        wrong = ()
        if doubt or self.flagged:
            wrong = doubtful(program.kernel, program.routines, program.scratch, columns, size)
        return [wrong, *(_rows(flag, size) for flag in hidden)]


def _rows(flag: Any, size: int) -> Any:
    """The rows in which a condition holds."""
    if not np.count_nonzero(flag):
        return ()
    return flag.nonzero()[0] if flag.ndim else np.arange(size)
