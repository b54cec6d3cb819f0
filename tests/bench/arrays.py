"""Arrays: what it takes to write their operations out, beside the same operations typed.

python tests/bench/arrays.py            # time and memory of reading, as ratios in one run
python tests/bench/arrays.py process    # whole processes, beside indices and, where it is installed, jax

sum((A@x - b)^2) with A 300 by 300: 180,000 operations to write out, and as many typed as a text.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from adcli.language import parse

SIZE = 300
SIZES = {"A": (SIZE, SIZE), "x": (SIZE,), "b": (SIZE,)}
ARRAYS = "sum((A@x - b)^2)"
INDICES = f"Sum((Sum(A[i,j]*x[j], (j, 1, {SIZE})) - b[i])^2, (i, 1, {SIZE}))"
JAX = """
import jax, json, sys
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
at = {name: jnp.array(value) for name, value in json.load(open(sys.argv[1])).items()}
f = jax.jit(jax.value_and_grad(lambda x: jnp.sum((at["A"] @ x - at["b"]) ** 2)))
value, slope = f(at["x"])
print(json.dumps({"value": float(value), "gradient": slope.tolist()}))
"""


def typed() -> str:
    """The same operations as a text of names."""
    rows = ["+".join(f"A{i}_{j}*x{j}" for j in range(SIZE)) for i in range(SIZE)]
    return "+".join(f"(({row})-b{i})^2" for i, row in enumerate(rows))


def seconds(work: Callable[[], object], samples: int = 3) -> float:
    """Processor time, the best of some samples."""
    found = []
    for _ in range(samples):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def memory(work: Callable[[], object]) -> int:
    """Bytes that the result holds."""
    tracemalloc.start()
    kept = work()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return held


def reading() -> None:
    """Arrays, indices and a typed text of the same operations."""
    text = typed()
    ways = {
        "arrays": lambda: parse(ARRAYS, sizes=SIZES),
        "indices": lambda: parse(INDICES, sizes=SIZES),
        "typed": lambda: parse(text),
    }
    times = {name: seconds(work) for name, work in ways.items()}
    sizes = {name: memory(work) for name, work in ways.items()}
    for name in ways:
        print(
            f"{name:8} {times[name]:6.3f} s  {times[name] / times['typed']:5.2f} × typed   "
            f"{sizes[name] / 1e6:6.1f} MB  {sizes[name] / sizes['typed']:5.2f} × typed"
        )


def process() -> None:
    """Whole processes: by arrays, by indices, and by jax."""
    draw = random.Random(1)
    matrix = [[draw.gauss(0, 1) for _ in range(SIZE)] for _ in range(SIZE)]
    vectors = {name: [draw.gauss(0, 1) for _ in range(SIZE)] for name in "xb"}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "point.json")
        path.write_text(json.dumps({"A": matrix, **vectors}), encoding="utf-8")
        command = [sys.executable, "-m", "adcli", "grad"]
        options = ["--at", f"@{path}", "--wrt", "x", "--format", "json"]
        for name, words in {
            "arrays": [*command, ARRAYS, *options],
            "indices": [*command, INDICES, *options],
            "jax": [sys.executable, "-c", JAX, str(path)],
        }.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{name:8} {took:6.2f} s" if not done.returncode else f"{name:8} not installed")


if __name__ == "__main__":
    process() if "process" in sys.argv[1:] else reading()
