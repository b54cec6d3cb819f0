"""Many rows: engines beside what one would script instead, and whole runs from file to file.

python tests/bench/batch.py            # engines: gradients of three formulas, beside SymPy's lambdify and jax
python tests/bench/batch.py files      # whole processes for 10^3 to 10^6 rows by each engine, and their memory

Others are measured where they are installed: pip install jax. All kernels work on one core, on the same columns; every
figure is a ratio of medians of runs that took turns.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from measure import calls, processes

from adcli.batch.engines import ENGINES, compiled, installed
from adcli.batch.kernel import Asked, build
from adcli.problem import problem

SEED = "ln(x1)+x1*x2-sin(x2)"
BLACK_SCHOLES = """
d1 = (log(S/K) + (r + s^2/2)*T)/(s*sqrt(T))
S*(1 + erf(d1/sqrt(2)))/2 - K*exp(-r*T)*(1 + erf((d1 - s*sqrt(T))/sqrt(2)))/2
"""
PHYSICS = "q1*q2/(4*pi*p)*exp(-k*sqrt((a-b)^2+(c-d)^2+(g-h)^2))/sqrt((a-b)^2+(c-d)^2+(g-h)^2) + m*v^2/2"
FORMULAS = {"seed formula": SEED, "Black-Scholes": BLACK_SCHOLES, "physics, 12 inputs": PHYSICS}
SMALL = """
import os, sys
_, _, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(f"  at most {usage.ru_maxrss / 1024:.0f} MB, {usage.ru_utime + usage.ru_stime:.2f} s")
"""
"""A process that needs little memory itself: a child's count begins with its parent's."""
ROWS = (1_000, 100_000, 1_000_000)


def columns(names: Sequence[str], count: int) -> list[Any]:
    """Numbers between 1 and 3 for each input."""
    draw = np.random.default_rng(1)
    return [draw.uniform(1, 3, count) for _ in names]


def lambdified(text: str, names: Sequence[str]) -> Callable[..., Any]:
    """The value and the gradient by SymPy's derivatives, as code for NumPy, with common subexpressions shared."""
    import sympy

    scope: dict[str, Any] = {name: sympy.Symbol(name, real=True) for name in names}
    last: Any = None
    for line in text.strip().splitlines():
        name, equals, expression = line.partition(" = ")
        last = sympy.parse_expr((expression if equals else line).replace("^", "**"), scope)
        if equals:
            scope[name] = last
    symbols = [scope[name] for name in names]
    made: Callable[..., Any] = sympy.lambdify(
        symbols, [last, *(last.diff(x) for x in symbols)], ["scipy", "numpy"], cse=True
    )
    return made


def rivals(text: str, names: Sequence[str]) -> dict[str, Callable[..., Any]]:
    """What else is installed, as functions of columns."""
    found: dict[str, Callable[..., Any]] = {"lambdify": lambdified(text, names)}
    if importlib.util.find_spec("jax"):
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        import jax

        jax.config.update("jax_enable_x64", True)
        import jax.numpy as jnp
        from jax.scipy.special import erf

        scope = {
            "log": jnp.log,
            "ln": jnp.log,
            "sin": jnp.sin,
            "exp": jnp.exp,
            "sqrt": jnp.sqrt,
            "erf": erf,
            "pi": jnp.pi,
        }
        *assignments, last = text.strip().replace("^", "**").splitlines()
        body = "\n".join(
            [f"def f({', '.join(names)}):", *("    " + line for line in assignments), "    return " + last]
        )
        exec(body, scope)
        function = jax.jit(jax.vmap(jax.value_and_grad(scope["f"], tuple(range(len(names))))))
        found["jax"] = lambda *arrays: jax.block_until_ready(function(*arrays))
    return found


def engines() -> None:
    """Time of a row, and the ratio to SymPy's lambdify."""
    for title, text in FORMULAS.items():
        base = problem(text, values=False)
        names = [name for name, _ in base.wrt]
        kernel = build(base, Asked("grad"), names)
        print(f"{title}: {len(kernel.steps)} operations")
        others = rivals(text, names)
        for count in ROWS:
            data = columns(names, count)
            functions: dict[str, Callable[[], Any]] = {}
            for engine in ENGINES:
                if installed(engine) and (engine != "python" or count <= 1_000):
                    run = compiled(engine, kernel)
                    given = [column.tolist() for column in data] if engine == "python" else data
                    functions[engine] = lambda run=run, given=given, count=count: run(given, count)  # type: ignore[misc]  # bound now
            for name, other in others.items():
                functions[name] = lambda other=other, data=data: other(*data)  # type: ignore[misc]  # bound now
            times = calls(functions, 20 if count < 100_000 else 9)
            print(f"  {count:>9,} rows  ", end="")
            print(
                "  ".join(f"{name} {1e9 * t / count:.1f} ns ({t / times['lambdify']:.2f})" for name, t in times.items())
            )


def files() -> None:
    """Processor time of whole runs from CSV to CSV and from Parquet to Parquet, and the largest memory."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder:
        for count in (1_000, 10_000, 50_000, 100_000, 1_000_000):
            x1, x2 = columns(("x1", "x2"), count)
            pq.write_table(pa.table({"x1": x1, "x2": x2}), f"{folder}/rows.parquet")
            Path(f"{folder}/rows.csv").write_text(
                "x1,x2\n" + "".join(f"{a},{b}\n" for a, b in zip(x1, x2, strict=True))
            )
            for format in ("csv", "parquet"):
                words = [sys.executable, "-m", "adcli", "grad", SEED, "--data", f"{folder}/rows.{format}"]
                words += ["-o", f"{folder}/out.{format}", "--engine"]
                commands = {
                    engine: [*words, engine] for engine in (*ENGINES, "auto") if engine == "auto" or installed(engine)
                }
                if count > 100_000:
                    del commands["python"]
                times = processes(commands, 3)
                print(f"{count:>9,} rows of {format:8}", "  ".join(f"{name} {t:.2f} s" for name, t in times.items()))
        for count in (100_000, 1_000_000, 10_000_000):
            print(f"{count:>10,} rows:", end="", flush=True)
            with pq.ParquetWriter(
                f"{folder}/rows.parquet", pa.schema([("x1", pa.float64()), ("x2", pa.float64())])
            ) as file:
                for _ in range(0, count, 100_000):
                    x1, x2 = columns(("x1", "x2"), 100_000)
                    file.write_table(pa.table({"x1": x1, "x2": x2}))
            words = [sys.executable, "-m", "adcli", "grad", SEED, "--data", f"{folder}/rows.parquet"]
            subprocess.run([sys.executable, "-c", SMALL, *words, "-o", f"{folder}/out.parquet"], check=True)


if __name__ == "__main__":
    files() if sys.argv[1:] == ["files"] else engines()
