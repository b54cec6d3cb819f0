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
CALL = Path(__file__).parents[2] / "examples" / "call.ad"
CHECKED = {
    "seed formula": [FORMULA, "--at", POINT],
    "Black-Scholes, 32 operations": ["-f", str(CALL), "--at", "S=100,K=100,r=0.05,s=0.2,T=1"],
    "48 operations": ["+".join(f"sin(x{i})*x{i % 4 + 1}^2" for i in (1, 2, 3, 4) * 3), "--at", "x1=1,x2=2,x3=3,x4=4"],
}
"""Formulas whose tables are checked."""


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
        **{f"table: {name}": [*adcli, "grad", *words, "--format", "table"] for name, words in CHECKED.items()},
    }
    found = processes(commands, rounds)
    for name, seconds in found.items():
        print(f"{name:40} {milliseconds(seconds)}")
    print()
    lean = found["grad --format json"]
    print(f"{'json / python -c pass':50}", verdict(lean / found["python -c pass"], 3.5))
    print(f"{'json / import click':50}", verdict(lean / found["import click"], 1.5))
    print(f"{'json / the gradient by SymPy':50}", verdict(lean / found["the gradient by SymPy"], 0.25))
    for name in CHECKED:
        ratio = found[f"table: {name}"] / found["import sympy"]
        print(f"{f'checked table / import sympy, {name}':50}", verdict(ratio, 1.15))


if __name__ == "__main__":
    main()
