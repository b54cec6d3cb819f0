"""Many rows: engines beside what one would script instead, and whole runs from file to file.

python tests/bench/batch.py            # engines: gradients of three formulas, beside SymPy's lambdify, jax and numba
python tests/bench/batch.py files      # whole processes for 10^3 to 10^6 rows by each engine, and their memory
python tests/bench/batch.py scripts    # whole processes for 10^3 rows, beside a script with jax

Others are measured where they are installed: pip install jax numba. All kernels work on one core, on the
same columns (taskset -c 0 holds the others to it, too); every figure is a ratio of medians of runs that took turns.
numba has no derivatives: its loop computes SymPy's.
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
from measure import calls, processes, verdict

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
GOALS = (("llvm", "jax", 1 / 5), ("numpy", "lambdify", 1))
"""Of which time at most which part of which other, from 10^5 rows."""
SCRIPT = """
import sys
import jax
import numpy as np
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp

def f(x1, x2):
    return jnp.log(x1) + x1 * x2 - jnp.sin(x2)

if sys.argv[1].endswith(".csv"):
    x1, x2 = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, unpack=True)
else:
    import pyarrow.parquet as pq
    table = pq.read_table(sys.argv[1])
    x1, x2 = table["x1"].to_numpy(), table["x2"].to_numpy()
value, (d_x1, d_x2) = jax.jit(jax.vmap(jax.value_and_grad(f, (0, 1))))(x1, x2)
if sys.argv[1].endswith(".csv"):
    columns = np.column_stack([x1, x2, value, d_x1, d_x2])
    np.savetxt(sys.argv[2], columns, fmt="%.17g", delimiter=",", header="x1,x2,value,d_x1,d_x2", comments="")
else:
    for name, column in (("value", value), ("d_x1", d_x1), ("d_x2", d_x2)):
        table = table.append_column(name, [jax.device_get(column)])
    pq.write_table(table, sys.argv[2])
"""
"""What one would write instead."""


def columns(names: Sequence[str], count: int) -> list[Any]:
    """Numbers between 1 and 3 for each input."""
    draw = np.random.default_rng(1)
    return [draw.uniform(1, 3, count) for _ in names]


def lambdified(text: str, names: Sequence[str], modules: Any = ("scipy", "numpy")) -> Callable[..., Any]:
    """The value and the gradient by SymPy's derivatives, as code for *modules*, with common subexpressions shared."""
    import sympy

    scope: dict[str, Any] = {name: sympy.Symbol(name, real=True) for name in names}
    last: Any = None
    for line in text.strip().splitlines():
        name, equals, expression = line.partition(" = ")
        last = sympy.parse_expr((expression if equals else line).replace("^", "**"), scope)
        if equals:
            scope[name] = last
    symbols = [scope[name] for name in names]
    made: Callable[..., Any] = sympy.lambdify(symbols, (last, *(last.diff(x) for x in symbols)), modules, cse=True)
    return made


def looped(text: str, names: Sequence[str]) -> Callable[..., Any]:
    """The same derivatives in a loop over rows that numba compiles."""
    numba: Any = importlib.import_module("numba")
    scope: dict[str, Any] = {"row": numba.njit(lambdified(text, names, "math")), "empty": np.empty}
    outputs = [f"y{i}" for i in range(len(names) + 1)]
    body = [f"def f({', '.join(names)}):", f"    count = len({names[0]})"]
    body += [f"    {y} = empty(count)" for y in outputs]
    body += ["    for i in range(count):"]
    body += [f"        {', '.join(f'{y}[i]' for y in outputs)} = row({', '.join(f'{x}[i]' for x in names)})"]
    body += [f"    return {', '.join(outputs)}"]
    exec("\n".join(body), scope)
    made: Callable[..., Any] = numba.njit(scope["f"])
    return made


def rivals(text: str, names: Sequence[str]) -> dict[str, Callable[..., Any]]:
    """What else is installed, as functions of columns."""
    found: dict[str, Callable[..., Any]] = {"lambdify": lambdified(text, names)}
    if importlib.util.find_spec("jax"):
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        # Imported so that mypy says the same with and without them.
        jax: Any = importlib.import_module("jax")
        jax.config.update("jax_enable_x64", True)
        jnp: Any = importlib.import_module("jax.numpy")
        scope: dict[str, Any] = {
            "log": jnp.log,
            "ln": jnp.log,
            "sin": jnp.sin,
            "exp": jnp.exp,
            "sqrt": jnp.sqrt,
            "erf": importlib.import_module("jax.scipy.special").erf,
            "pi": jnp.pi,
        }
        *assignments, last = text.strip().replace("^", "**").splitlines()
        body = "\n".join(
            [f"def f({', '.join(names)}):", *("    " + line for line in assignments), "    return " + last]
        )
        exec(body, scope)
        function = jax.jit(jax.vmap(jax.value_and_grad(scope["f"], tuple(range(len(names))))))
        found["jax"] = lambda *arrays: jax.block_until_ready(function(*arrays))
    if importlib.util.find_spec("numba"):
        found["numba"] = looped(text, names)
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
            for function in functions.values():
                function()  # the first compiles
            times = calls(functions, 20 if count < 100_000 else 9)
            print(f"  {count:>9,} rows  ", end="")
            print(
                "  ".join(f"{name} {1e9 * t / count:.1f} ns ({t / times['lambdify']:.2f})" for name, t in times.items())
            )
            for ours, theirs, goal in GOALS:
                if count >= 100_000 and ours in times and theirs in times:
                    print(f"{'':16}  {ours}/{theirs} {verdict(times[ours] / times[theirs], goal)}")


def write(path: str, count: int) -> None:
    """A Parquet file of two columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, pa.schema([("x1", pa.float64()), ("x2", pa.float64())])) as file:
        for start in range(0, count, 100_000):
            x1, x2 = columns(("x1", "x2"), min(100_000, count - start))
            file.write_table(pa.table({"x1": x1, "x2": x2}))


def scripts() -> None:
    """Processor time of whole runs from file to file beside a script with jax."""
    import pyarrow.csv
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder:
        for count in (1_000, 1_000_000):
            write(f"{folder}/rows.parquet", count)
            pyarrow.csv.write_csv(pq.read_table(f"{folder}/rows.parquet"), f"{folder}/rows.csv")
            for format in ("csv", "parquet"):
                rows, out = f"{folder}/rows.{format}", f"{folder}/out.{format}"
                commands = {"adcli": [sys.executable, "-m", "adcli", "grad", SEED, "--data", rows, "-o", out]}
                if importlib.util.find_spec("jax"):
                    commands["jax"] = [sys.executable, "-c", SCRIPT, rows, out]
                times = processes(commands, 7 if count == 1_000 else 3)
                print(
                    f"{count:>9,} rows of {format:8}", "  ".join(f"{x} {t:.2f} s" for x, t in times.items()), end="  "
                )
                print(verdict(times["adcli"] / times["jax"], 1 / 5) if "jax" in times and count == 1_000 else "")


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
            write(f"{folder}/rows.parquet", count)
            words = [sys.executable, "-m", "adcli", "grad", SEED, "--data", f"{folder}/rows.parquet"]
            subprocess.run([sys.executable, "-c", SMALL, *words, "-o", f"{folder}/out.parquet"], check=True)


if __name__ == "__main__":
    {"files": files, "scripts": scripts}.get("".join(sys.argv[1:]), engines)()
