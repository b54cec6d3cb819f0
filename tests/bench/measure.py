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
from statistics import median
from typing import Any


def processes(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """The median seconds of processor time that each command takes as a whole process.

    All of them, as installed packages do, find their byte code compiled.
    """
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(rounds + 1):
            for name, words in commands.items():
                child = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                if child.returncode:
                    sys.exit(f"{' '.join(words)}: exit code {child.returncode}")
                if turn:  # the first compiles
                    times[name].append(usage.ru_utime + usage.ru_stime)
    return {name: median(found) for name, found in times.items()}


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


def calls(functions: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median seconds of processor time of each function, called in turns."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            gc.collect()
            start = time.process_time()
            function()
            times[name].append(time.process_time() - start)
    return {name: median(found) for name, found in times.items()}


def verdict(ratio: float, goal: float) -> str:
    """A ratio beside its goal."""
    return f"{ratio:6.2f}   goal at most {goal:g}{'' if ratio <= goal else '   MISSED'}"


def milliseconds(seconds: float) -> str:
    """A time for a table."""
    return f"{1000 * seconds:9.1f} ms" if seconds > 0.001 else f"{1e6 * seconds:9.1f} µs"
