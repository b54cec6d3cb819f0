"""One point in a process that lives long: a call of `adcli.compile` with numbers, a line of `--line-buffered`.

python tests/bench/point.py [LINES]
"""

from __future__ import annotations

import math
import sys
import tempfile
from pathlib import Path
from random import Random

from measure import calls, processes, verdict

import adcli

FORMULA = "ln(x1)+x1*x2-sin(x2)"
COPY = """
import csv, sys
rows = csv.reader(open(sys.argv[1], newline=""))
out = csv.writer(sys.stdout, lineterminator="\\n")
out.writerow([*next(rows), "value", "d_x1", "d_x2"])
for row in rows:
    x1, x2 = map(float, row)
    out.writerow([*row, *map(repr, (x1*0.7, x2*0.7, x1*0.3))])
    sys.stdout.flush()
"""
"""Only reading and writing, of numbers that are as long."""


def by_hand(x1: float, x2: float) -> dict[str, float]:
    """What one would write."""
    return {"value": math.log(x1) + x1 * x2 - math.sin(x2), "d_x1": 1 / x1 + x2, "d_x2": x1 - math.cos(x2)}


def numbers() -> None:
    """Microseconds a call."""
    compiled = adcli.compile(FORMULA)
    found = calls({"compiled": lambda: compiled(2.0, 5.0), "by hand": lambda: by_hand(2.0, 5.0)}, 15, 0.02)
    for name, seconds in found.items():
        print(f"{name:24} {1e6 * seconds:6.2f} µs a call")
    print("compiled, in microseconds", verdict(1e6 * found["compiled"], 1))


def lines(count: int) -> None:
    """Microseconds a line, by the difference between many lines and few."""
    draw = Random(1)
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for size in (count // 10, count):
            rows = "".join(f"{draw.uniform(0.2, 5):.6f},{draw.uniform(-3, 3):.6f}\n" for _ in range(size))
            paths.append(Path(folder, f"{size}.csv"))
            paths[-1].write_text("x1,x2\n" + rows)
        few, many = map(str, paths)
        answer = [sys.executable, "-m", "adcli", "grad", FORMULA, "--line-buffered", "--data"]
        found = processes(
            {
                "few": [*answer, few],
                "many": [*answer, many],
                "few copied": [sys.executable, "-c", COPY, few],
                "many copied": [sys.executable, "-c", COPY, many],
            },
            5,
        )
    rows_between = count - count // 10
    line, copied = ((found[f"many{kind}"] - found[f"few{kind}"]) / rows_between * 1e6 for kind in ("", " copied"))
    print(f"--line-buffered          {line:6.2f} µs a line, reading and writing alone {copied:.2f}")
    print("beyond that, in µs      ", verdict(line - copied, 5))


if __name__ == "__main__":
    numbers()
    lines(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
