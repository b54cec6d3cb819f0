"""Kernels alone: LLVM's beside NumPy's and beside C written by hand, for gradients over many rows.

python tests/bench/kernels.py [ROWS…]      # default 100,000 and 1,000,000

The C is compiled with -O3 -march=native -ffast-math, its loops marked for glibc's vector mathematics, with vectors of
256 and of 512 bits; the faster one counts. All work on one core, on the same columns, into buffers used before.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from large import statements
from measure import calls, milliseconds, verdict

from adcli.batch.engines import compiled
from adcli.batch.kernel import Asked, build
from adcli.problem import problem

GOAL = 1.25


class Formula(NamedTuple):
    """A formula, the ranges of its inputs, and in C the statements that compute the value and its gradient."""

    text: str
    ranges: dict[str, tuple[float, float]]
    statements: str


FORMULAS = {
    "seed": Formula(
        "ln(x1)+x1*x2-sin(x2)",
        {"x1": (0.2, 5), "x2": (-3, 3)},
        "y[0] = log(x1) + x1*x2 - sin(x2); y[1] = 1/x1 + x2; y[2] = x1 - cos(x2);",
    ),
    "Black-Scholes": Formula(
        "N(x) = (1 + erf(x/sqrt(2)))/2\n"
        "d1 = (ln(S/K) + (r + sigma^2/2)*T)/(sigma*sqrt(T)); d2 = d1 - sigma*sqrt(T)\n"
        "S*N(d1) - K*exp(-r*T)*N(d2)",
        {"S": (80, 120), "K": (80, 120), "r": (0.01, 0.05), "sigma": (0.1, 0.5), "T": (0.1, 3)},
        """
        double root = sqrt(T), s = sigma*root;
        double d1 = (log(S/K) + (r + sigma*sigma/2)*T)/s, d2 = d1 - s;
        double N1 = (1 + erf(d1*0.70710678118654752))/2, N2 = (1 + erf(d2*0.70710678118654752))/2;
        double D = exp(-r*T), p1 = 0.39894228040143268*exp(-d1*d1/2);
        y[0] = S*N1 - K*D*N2;
        y[1] = N1;
        y[2] = -D*N2;
        y[3] = K*T*D*N2;
        y[4] = S*p1*root;
        y[5] = S*p1*sigma/(2*root) + r*K*D*N2;
        """,
    ),
}
"""The C of Black-Scholes is the textbook's Greeks, which know that S·φ(d1) = K·exp(-r·T)·φ(d2); no chain rule does."""


def by_hand(formula: Formula, width: int, folder: Path) -> Callable[[Sequence[Any], Sequence[Any]], None]:
    """The C as a function of columns and buffers."""
    names = list(formula.ranges)
    outputs = len(names) + 1
    body = formula.statements
    for i in range(outputs):
        body = body.replace(f"y[{i}]", f"y{i}[i]")
    parameters = [f"const double *restrict {x}_" for x in names] + [f"double *restrict y{i}" for i in range(outputs)]
    source = folder / "kernel.c"
    source.write_text(
        "#include <math.h>\n"
        f"void kernel(long n, {', '.join(parameters)}) {{\n"
        "#pragma omp simd\n"
        "  for (long i = 0; i < n; i++) {\n"
        f"    double {', '.join(f'{x} = {x}_[i]' for x in names)};\n"
        f"    {body}\n  }}\n}}\n"
    )
    library = folder / f"kernel{width}.so"
    # GCC makes one call of sin and cos, which has no vector form.
    flags = (
        f"-O3 -march=native -ffast-math -fopenmp-simd -fno-builtin-sin -fno-builtin-cos -mprefer-vector-width={width}"
    )
    # Linked without -ffast-math, which would flush subnormal numbers to zero in the whole process.
    subprocess.run(["gcc", *flags.split(), "-fPIC", "-c", source, "-o", library.with_suffix(".o")], check=True)
    subprocess.run(["gcc", "-shared", library.with_suffix(".o"), "-o", library, "-lmvec", "-lm"], check=True)
    function = ctypes.CDLL(str(library)).kernel

    def run(columns: Sequence[Any], buffers: Sequence[Any]) -> None:
        function(ctypes.c_long(len(columns[0])), *(ctypes.c_void_p(a.ctypes.data) for a in (*columns, *buffers)))

    return run


def repeated(function: Callable[[], Any], turns: int) -> Callable[[], None]:
    """Some calls as one, long enough to be measured."""

    def run() -> None:
        for _ in range(turns):
            function()

    return run


def compare(name: str, rows: int, folder: Path) -> None:
    """One line of the table."""
    formula = FORMULAS[name]
    draw = np.random.default_rng(1)
    columns = [draw.uniform(low, high, rows) for low, high in formula.ranges.values()]
    names = list(formula.ranges)
    kernel = build(problem(formula.text, dict.fromkeys(names, 0.5)), Asked("grad"), names)
    start = time.perf_counter()
    llvm = compiled("llvm", kernel)
    compiling = time.perf_counter() - start
    numpy = compiled("numpy", kernel)
    buffers = [np.empty(rows) for _ in range(len(names) + 1)]
    turns = max(1, 1_000_000 // rows)
    functions: dict[str, Callable[[], Any]] = {
        "llvm": lambda: llvm(columns, rows),
        "numpy": lambda: numpy(columns, rows),
    }
    for width in (256, 512):
        one = by_hand(formula, width, folder)
        functions[f"C {width}"] = lambda one=one: one(columns, buffers)  # type: ignore[misc]
    for function in functions.values():
        function()
    found = calls({key: repeated(function, turns) for key, function in functions.items()}, 21)
    found = {key: seconds / turns for key, seconds in found.items()}
    for a, b in zip(llvm(columns, rows).outputs, buffers, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)
    by_c = min(found["C 256"], found["C 512"])
    print(
        f"{name:<14} {rows:>10,} {1e9 * by_c / rows:8.2f} ns {1e9 * found['llvm'] / rows:8.2f} ns"
        f" {1e9 * found['numpy'] / rows:8.2f} ns {found['numpy'] / found['llvm']:8.1f}"
        f" {1000 * compiling:8.0f} ms  {verdict(found['llvm'] / by_c, GOAL)}"
    )


def growth() -> None:
    """What compiling costs as kernels grow: processor time for building the kernel and for LLVM, per step."""
    print(f"{'steps':>9} {'built':>12} {'compiled':>12} {'a step':>11} {'a step and row':>15}")
    for nodes in (1_000, 10_000, 100_000):
        found = problem(statements(nodes), {"x1": 0.5, "x2": 0.5})
        start = time.process_time()
        kernel = build(found, Asked("grad"), ["x1", "x2"])
        built = time.process_time()
        llvm = compiled("llvm", kernel)
        done = time.process_time()
        columns = [np.linspace(0.1, 1, 4096)] * 2
        running = calls({"": lambda llvm=llvm, columns=columns: llvm(columns, 4096)}, 5)[""]
        steps = len(kernel.steps)
        print(
            f"{steps:>9,} {milliseconds(built - start)} {milliseconds(done - built)}"
            f" {1e6 * (done - built) / steps:8.1f} µs {1e9 * running / steps / 4096:12.3f} ns"
        )


def main() -> None:
    """Print the tables."""
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
