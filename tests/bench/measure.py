"""Measuring side by side: every figure is a ratio of medians of runs that took turns, in processor time.

Processor time rather than the clock's, because a shared machine makes others wait, too.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from statistics import median
from typing import Any


def processes(commands: Mapping[str, Sequence[str]], rounds: int, *, warm: bool = True) -> dict[str, float]:
    """The median seconds of processor time that each command takes as a whole process.

    All of them, as installed packages do, find their byte code compiled: by a first turn that does not count, or
    without *warm* by an earlier call with the like.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": _byte_code().name}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for turn in range(-1 if warm else 0, rounds):
        for name, words in commands.items():
            child = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode:
                sys.exit(f"{' '.join(words)}: exit code {child.returncode}")
            if turn >= 0:
                times[name].append(usage.ru_utime + usage.ru_stime)
    return {name: median(found) for name, found in times.items()}


@cache
def _byte_code() -> tempfile.TemporaryDirectory[str]:
    """A folder for it that vanishes at the end."""
    return tempfile.TemporaryDirectory()


PEAK = """
try:
    print(next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")))
except OSError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
"""On Linux not the resource usage, in which a child starts with its parent's."""


def peak_memory(script: str) -> int:
    """Bytes that a Python process needs at most to run *script*."""
    done = subprocess.run([sys.executable, "-c", script + PEAK], capture_output=True, text=True, check=True)
    return 1024 * int(done.stdout)


def calls(functions: Mapping[str, Callable[[], Any]], rounds: int, least: float = 0) -> dict[str, float]:
    """The median seconds of processor time of a call of each function; they take turns.

    Where *least* is given, a turn is so many calls that they take about *least* seconds, so that neither the clock's
    grain counts much nor that the others have emptied the caches.
    """
    counts = {name: _count(function, least) if least else 1 for name, function in functions.items()}
    times: dict[str, list[float]] = {name: [] for name in functions}
    # What is there already is not searched again for garbage before each turn, which would empty the caches.
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for name, function in functions.items():
            gc.collect()
            start = time.process_time()
            for _ in range(counts[name]):
                function()
            times[name].append((time.process_time() - start) / counts[name])
    gc.unfreeze()
    return {name: median(found) for name, found in times.items()}


def _count(function: Callable[[], Any], least: float) -> int:
    """How many calls take about *least* seconds."""
    count = 1
    while True:
        start = time.process_time()
        for _ in range(count):
            function()
        spent = time.process_time() - start
        if spent >= least / 2:
            return max(1, round(count * least / spent))
        count *= 2


def one_core() -> None:
    """Hold this process and its children to one core, and the libraries that they import later to one thread."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "NUMBA"):
        os.environ[f"{name}_NUM_THREADS"] = "1"
    os.environ["POLARS_MAX_THREADS"] = os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def verdict(ratio: float, goal: float, *, at_least: bool = False) -> str:
    """A ratio beside its goal."""
    missed = ratio < goal if at_least else ratio > goal
    return f"{ratio:6.2f}   goal at {'least' if at_least else 'most'} {goal:g}{'   MISSED' if missed else ''}"


def milliseconds(seconds: float) -> str:
    """A time for a table."""
    return f"{1000 * seconds:9.1f} ms" if seconds > 0.001 else f"{1e6 * seconds:9.1f} µs"
