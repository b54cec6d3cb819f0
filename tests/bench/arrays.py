"""Arrays: what it takes to write their operations out, beside the same operations typed.

python tests/bench/arrays.py            # time and memory of reading, as ratios in one run
python tests/bench/arrays.py process    # whole processes, beside indices and, where it is installed, jax
python tests/bench/arrays.py inverse    # gradients through an inverse, a solution, a determinant

sum((A@x - b)^2) with A 300 by 300: 180,000 operations to write out, and as many typed as a text; and a network of
784, 128 and 10 units, by all its 101,770 weights.
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

import adcli
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


NETWORK_SIZES = {"W": (128, 784), "x": (784,), "b": (128,), "V": (10, 128), "c": (10,)}
NETWORK = "h = tanh(W@x + b); o = V@h + c; logsumexp(o) - o[3]"
FAMILIES = """
h[i=1..128] = tanh(Sum(W[i,j]*x[j], (j, 1, 784)) + b[i])
o[k=1..10] = Sum(V[k,i]*h[i], (i, 1, 128)) + c[k]
log(Sum(exp(o[k]), (k, 1, 10))) - o[3]
"""
NETWORK_JAX = """
import jax, json, sys
jax.config.update("jax_enable_x64", True)
import jax.numpy as jnp
at = {name: jnp.array(value) for name, value in json.load(open(sys.argv[1])).items()}
x = at.pop("x")
def loss(at):
    o = at["V"] @ jnp.tanh(at["W"] @ x + at["b"]) + at["c"]
    return jax.nn.logsumexp(o) - o[2]
value, slope = jax.jit(jax.value_and_grad(loss))(at)
print(json.dumps({"value": float(value), "gradient": {name: a.tolist() for name, a in slope.items()}}))
"""


def drawn(shape: tuple[int, ...], draw: random.Random) -> list[object]:
    """Random numbers in nested lists."""
    return [drawn(shape[1:], draw) if shape[1:] else draw.gauss(0, 1) for _ in range(shape[0])]


def process() -> None:
    """Whole processes: by arrays, by indices, and by jax; processor time, the best of three."""
    draw = random.Random(1)
    for sizes, wrt, arrays, indices, script in (
        (SIZES, "x", ARRAYS, INDICES, JAX),
        (NETWORK_SIZES, "W,b,V,c", NETWORK, FAMILIES, NETWORK_JAX),
    ):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "point.json")
            path.write_text(json.dumps({name: drawn(shape, draw) for name, shape in sizes.items()}), encoding="utf-8")
            command = [sys.executable, "-m", "adcli", "grad"]
            options = ["--at", f"@{path}", "--wrt", wrt, "--format", "json"]
            ways = {
                "arrays": [*command, arrays, *options],
                "indices": [*command, indices, *options],
                "jax": [sys.executable, "-c", script, str(path)],
            }
            times = {name: min(processor(words) for _ in range(3)) for name, words in ways.items()}
        print(arrays)
        for name, took in times.items():
            print(f"  {name:8} {took:6.2f} s   arrays take {times['arrays'] / took:4.2f} × that")


def processor(words: list[str]) -> float:
    """Processor time of a command; infinite where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime if not done.returncode else float("inf")


def inverse() -> None:
    """Gradients by all elements of matrices of 10, 20 and 30 rows."""
    draw = random.Random(1)
    for size in (10, 20, 30):
        at = {"A": drawn((size, size), draw), "b": drawn((size,), draw)}
        for text in ("sum(inv(A))", "sum(solve(A, b))", "log(det(A)^2)"):
            used = {name: value for name, value in at.items() if name in text}
            for precision in (15, 30):
                took = seconds(lambda u=used, t=text, p=precision: adcli.gradient(t, u, precision=p), 1)
                print(f"{size:3} rows  {precision} digits  {text:18} {took:7.3f} s")


if __name__ == "__main__":
    ways = {"process": process, "inverse": inverse}
    next((work for name, work in ways.items() if name in sys.argv[1:]), reading)()
