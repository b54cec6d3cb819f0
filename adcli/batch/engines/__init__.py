"""Engines: ways to run a kernel over rows. Each is a module with `compile(kernel, threads) -> Run`.

A row that an engine cannot answer for is doubtful: a result is not finite, or on the way to it a number overflowed,
underflowed or left a domain, or rounding may have decided what a comparison says. Its numbers mean nothing; the scalar
path computes it again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any, NamedTuple

from adcli.arithmetic.kept import imported
from adcli.batch import ENGINES
from adcli.batch.kernel import Kernel
from adcli.errors import UsageError, option

NEEDS = {"python": (), "numpy": ("numpy", "scipy"), "llvm": ("numpy", "llvmlite")}


class Declined(UsageError):
    """The kernel has an operation that the engine cannot compute."""


class Outcome(NamedTuple):
    """What an engine found for some rows: `outputs`, a sequence of doubles per output of the kernel; `doubtful`, the
    rows (from 0, ascending) to be computed again; `kinks`, per hidden output of the kernel the rows where it holds
    (doubtful ones may be among them); `decided`, the rows in which rounding may have decided something."""

    outputs: Sequence[Any]
    doubtful: Sequence[int]
    kinks: Sequence[Sequence[int]]
    decided: Sequence[int] = ()


Run = Callable[[Sequence[Any], int], Outcome]
"""From the columns, in the order of the kernel's, and the number of rows to what was found. A column is a sequence
of finite doubles: lists for `python`, contiguous float64 arrays for the others. Outputs may be buffers that the
same thread's next call overwrites; threads may call it at the same time."""


def installed(engine: str) -> bool:
    """Whether all that the engine imports is there."""
    return all(find_spec(module) is not None for module in NEEDS[engine]) and (
        find_spec(f"adcli.batch.engines.{engine}") is not None
    )


def compiled(engine: str, kernel: Kernel, threads: int = 1) -> Run:
    """The kernel as a function of columns. UsageError where the engine is not installed, Declined where it cannot."""
    if not installed(engine):
        raise UsageError(
            f"the engine {engine} needs {' and '.join(NEEDS[engine])}",
            hint=f"pip install 'adcli[{ENGINES[engine]}]', or {option('engine', 'python')}",
        )
    run: Run = imported(f"adcli.batch.engines.{engine}").compile(kernel, threads)
    return run if len(kernel.kinks) == len(kernel.places) else partial(_sifted, run)


def _sifted(run: Run, columns: Sequence[Any], count: int) -> Outcome:
    """What an engine found, the last hidden output apart."""
    outputs, doubtful, (*kinks, decided), _ = run(columns, count)
    return Outcome(outputs, doubtful, kinks, decided)
