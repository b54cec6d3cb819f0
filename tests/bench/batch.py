"""Many rows: engines beside what one would script instead, and whole runs from file to file.

python tests/bench/batch.py                       # kernels and scripts, but for the longest: three minutes of a core
python tests/bench/batch.py kernels               # value and gradient of three formulas, beside C and libraries
python tests/bench/batch.py scripts               # whole processes from file to file, beside scripts with jax
python tests/bench/batch.py engines               # whole processes for 10^3 to 10^6 rows by each engine
python tests/bench/batch.py memory                # the largest memory for 10^5 to 2·10^7 rows
python tests/bench/batch.py kernels scripts --rows 1e7    # these rows instead, where memory allows

Others are measured where they are installed:
pip install jax torch autograd numba numexpr casadi pandas polars    # of torch its build for CPUs suffices
C needs gcc and glibc 2.35 (formulas.py has it, rivals.py its flags), torch.compile g++.

Everything works on one core, with one thread. Every figure is processor time, a median of samples that took turns,
and each sample of a kernel is as many calls as take some milliseconds. All functions compute the value and all its
derivatives of the same columns, held against each other before they are measured; who can write into buffers writes
into the same ones. SymPy's derivatives are what lambdify, numba and numexpr compute.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from formulas import FORMULAS, Formula
from measure import calls, one_core, verdict
from rivals import Prepared, rivals
from scripts import engines, memory, scripts

from adcli.batch.engines import ENGINES, compiled, installed
from adcli.batch.kernel import Kernel
from adcli.batch.question import Request, build
from adcli.problem.problem import problem

ROWS = (1_000, 10_000, 100_000, 1_000_000)
FILES = (1_000, 1_000_000)
FEW = 10_000
"""Rows up to which the `python` engine is measured."""
MANY = 100_000
"""Rows from which most goals hold."""
SAMPLE = 0.01
"""Seconds."""


def ours(engine: str, kernel: Kernel) -> Prepared:
    """The kernel by an engine, which has buffers of its own."""
    run = compiled(engine, kernel)

    def prepared(columns: Sequence[Any], buffers: Sequence[Any]) -> Callable[[], Sequence[Any]]:
        count = len(columns[0])
        given = [column.tolist() for column in columns] if engine == "python" else columns
        assert not len(run(given, count).doubtful), "no row is computed again"
        return lambda: run(given, count).outputs

    return prepared


def verified(functions: dict[str, Callable[[], Sequence[Any]]]) -> None:
    """Hold the results of all against those of the first."""
    first, *others = functions
    expected = [np.array(column) for column in functions[first]()]
    for name in others:
        found = functions[name]()
        assert len(found) == len(expected), name
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(np.asarray(a), b, rtol=1e-9, atol=1e-12 * np.abs(b).max(), err_msg=name)


def measured(programs: dict[str, Prepared], formula: Formula, count: int) -> dict[str, float]:
    """Nanoseconds a row; of C the better."""
    columns = formula.columns(count)
    buffers = [np.empty(count) for _ in range(len(columns) + 1)]
    functions = {
        name: program(columns, buffers) for name, program in programs.items() if name != "python" or count <= FEW
    }
    verified(functions)
    rounds = 9 if count < 10 * MANY else 5 if count < 100 * MANY else 3
    times = calls(functions, rounds, SAMPLE)
    found = {name: 1e9 * seconds / count for name, seconds in times.items()}
    by_c = [found.pop(name) for name in list(found) if name.startswith("C ")]
    return {**({"C": min(by_c)} if by_c else {}), **found}


def fits(formula: Formula, count: int) -> bool:
    """Whether there is memory for the columns, the results of us and of others, and what NumPy's ways need besides."""
    needed = 8 * count * 10 * len(formula.names)
    try:
        return needed < os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return count <= 1_000_000


def table(title: str, found: dict[int, dict[str, float]]) -> None:
    """A line for each function, a column for each number of rows."""
    print(f"{title}\n{'ns a row (times of C)':21}", *(f"{f'{count:,} rows':>20}" for count in found))
    base = "C" if all("C" in times for times in found.values()) else "lambdify"
    for name in dict.fromkeys(name for times in found.values() for name in times):
        print(f"  {name:19}", end="")
        for times in found.values():
            cell = f"{times[name]:.2f} ({times[name] / times[base]:7.2f})" if name in times else "-"
            print(f"{cell:>21}", end="")
        print()


def goals(formula: Formula, count: int, times: dict[str, float]) -> None:
    """What is to hold for a formula and a number of rows."""
    by_c = 5 if "erf" in formula.text else 3
    for ours, theirs, goal in (("llvm", "C", 1.25), ("numpy", "C", by_c), ("numpy", "lambdify", 1)):
        if (count >= MANY or theirs == "lambdify") and ours in times and theirs in times:
            print(f"  {f'{ours}/{theirs}':19} {count:>10,} rows {verdict(times[ours] / times[theirs], goal)}")
    if count >= MANY and "jax" in times and "llvm" in times:
        print(f"  {'jax/llvm':19} {count:>10,} rows {verdict(times['jax'] / times['llvm'], 5, at_least=True)}")


def kernels(sizes: Sequence[int]) -> None:
    """Tables of times of a row, and goals."""
    wins: dict[int, list[float]] = {}
    for title, formula in FORMULAS.items():
        names = formula.names
        kernel = build(problem(formula.text, wrt=names, values=False), Request("grad"), names)
        with tempfile.TemporaryDirectory() as folder:
            programs = {engine: ours(engine, kernel) for engine in reversed(ENGINES) if installed(engine)}
            programs.update(rivals(formula, Path(folder)))
        found = {count: measured(programs, formula, count) for count in sizes if fits(formula, count)}
        table(f"{title}: {len(names)} inputs, {len(kernel.steps)} operations", found)
        for count, times in found.items():
            goals(formula, count, times)
            if count >= MANY and "jax" in times and "llvm" in times:
                wins.setdefault(count, []).append(times["jax"] / times["llvm"])
        for count in sizes:
            if count not in found:
                print(f"  {count:,} rows do not fit into memory")
        print(flush=True)
    for count, ratios in wins.items():
        if len(ratios) > 1:
            second = sorted(ratios)[-2]
            print(f"jax/llvm on the second of the formulas {count:>10,} rows {verdict(second, 8, at_least=True)}")
    print()


def main() -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("parts", nargs="*", metavar="kernels|scripts|engines|memory")
    parser.add_argument("--rows", nargs="+", type=lambda text: int(float(text)), help="numbers of rows")
    given = parser.parse_args()
    one_core()
    parts: dict[str, Callable[[], None]] = {
        "kernels": lambda: kernels(given.rows or ROWS),
        "scripts": lambda: scripts(given.rows or FILES),
        "engines": engines,
        "memory": memory,
    }
    for part in given.parts or ("kernels", "scripts"):
        if part not in parts:
            parser.error(f"no part {part!r}")
        parts[part]()


if __name__ == "__main__":
    main()
