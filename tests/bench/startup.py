"""What a script feels: whole processes, side by side.

python tests/bench/startup.py [ROUNDS]
"""

from __future__ import annotations

import sys
from pathlib import Path

from measure import milliseconds, processes, verdict

FORMULA, POINT = "ln(x1)+x1*x2-sin(x2)", "x1=2,x2=5"
BY_SYMPY = """
import sympy
x1, x2 = sympy.symbols("x1 x2")
f = sympy.sympify("ln(x1)+x1*x2-sin(x2)")
print(*[f.diff(x).evalf(subs={x1: 2, x2: 5}) for x in (x1, x2)])
"""


def main() -> None:
    """Print the times and the ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    script = Path(sys.executable).with_name("adcli")
    adcli = [str(script)] if script.exists() else [sys.executable, "-m", "adcli"]
    question = [*adcli, "grad", FORMULA, "--at", POINT]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import click": [sys.executable, "-c", "import click"],
        "grad --format json": [*question, "--format", "json"],
        "grad --mode fwd --format value": [*question, "--mode", "fwd", "--format", "value"],
        "import sympy": [sys.executable, "-c", "import sympy"],
        "the gradient by SymPy": [sys.executable, "-c", BY_SYMPY],
        "grad --format table --no-check": [*question, "--format", "table", "--no-check"],
        "grad --format table": [*question, "--format", "table"],
    }
    found = processes(commands, rounds)
    for name, seconds in found.items():
        print(f"{name:32} {milliseconds(seconds)}")
    print()
    lean = found["grad --format json"]
    print("json / import click             ", verdict(lean / found["import click"], 1.5))
    print("json / the gradient by SymPy    ", verdict(lean / found["the gradient by SymPy"], 0.25))
    print("checked table / import sympy    ", verdict(found["grad --format table"] / found["import sympy"], 1.7))


if __name__ == "__main__":
    main()
