"""Kernels alone: the vector engines beside C written by hand, for gradients over many rows, and what compiling costs.

python tests/bench/kernels.py [ROWS…]      # default 100,000 and 1,000,000

formulas.py has the C, rivals.py its flags; it is compiled to vectors of 256 and of 512 bits, and the faster counts. All
work on one core, on the same columns, into buffers used before. batch.py has more to compare with.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from formulas import FORMULAS
from measure import calls, milliseconds, one_core, verdict
from rivals import c

from adcli.batch.engines import compiled
from adcli.batch.question import Request, build
from adcli.problem.problem import problem

GOAL = 1.25


def compare(name: str, rows: int, folder: Path) -> None:
    """One line of the table."""
    formula = FORMULAS[name]
    columns = formula.columns(rows)
    kernel = build(problem(formula.text, wrt=formula.names, values=False), Request("grad"), formula.names)
    start = time.perf_counter()
    llvm = compiled("llvm", kernel)
    compiling = time.perf_counter() - start
    numpy = compiled("numpy", kernel)
    buffers = [np.empty(rows) for _ in range(len(columns) + 1)]
    functions: dict[str, Callable[[], Any]] = {
        "llvm": lambda: llvm(columns, rows).outputs,
        "numpy": lambda: numpy(columns, rows).outputs,
        **{f"C {width}": c(formula, folder, width)(columns, buffers) for width in (256, 512)},
    }
    results = {key: [np.array(column) for column in function()] for key, function in functions.items()}
    for found in results.values():
        for a, b in zip(found, results["llvm"], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12 * np.abs(b).max())
    times = calls(functions, 21, 0.01)
    by_c = min(times["C 256"], times["C 512"])
    print(
        f"{name:<14} {rows:>10,} {1e9 * by_c / rows:8.2f} ns {1e9 * times['llvm'] / rows:8.2f} ns"
        f" {1e9 * times['numpy'] / rows:8.2f} ns {times['numpy'] / times['llvm']:8.1f}"
        f" {1000 * compiling:8.0f} ms  {verdict(times['llvm'] / by_c, GOAL)}"
    )


def growth() -> None:
    """What compiling costs as kernels grow: processor time for building the kernel and for LLVM, per step."""
    print(f"{'steps':>9} {'built':>12} {'compiled':>12} {'a step':>11} {'a step and row':>15}")
    for length in (140, 1_400, 14_000):
        # Seven operations of the gradient a statement, none of which can be spared.
        found = problem("a = x1\n" + "a = sin(a)*x2 + x1\n" * length + "a", {"x1": 0.5, "x2": 0.5})
        start = time.process_time()
        kernel = build(found, Request("grad"), ["x1", "x2"])
        built = time.process_time()
        llvm = compiled("llvm", kernel)
        done = time.process_time()
        columns = [np.linspace(0.1, 1, 4096)] * 2
        running = calls({"": partial(llvm, columns, 4096)}, 5)[""]
        steps = len(kernel.steps)
        print(
            f"{steps:>9,} {milliseconds(built - start)} {milliseconds(done - built)}"
            f" {1e6 * (done - built) / steps:8.1f} µs {1e9 * running / steps / 4096:12.3f} ns"
        )


def main() -> None:
    """Print the tables."""
    one_core()
    sizes = [int(word) for word in sys.argv[1:]] or [100_000, 1_000_000]
    print(f"{'':14} {'rows':>10} {'C':>11} {'llvm':>11} {'numpy':>11} {'np/llvm':>8} {'compiled':>11}  llvm/C")
    with tempfile.TemporaryDirectory() as folder:
        for i, (name, rows) in enumerate((name, rows) for name in FORMULAS for rows in sizes):
            place = Path(folder) / str(i)
            place.mkdir()
            compare(name, rows, place)
    print()
    growth()


if __name__ == "__main__":
    main()
