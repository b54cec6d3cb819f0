"""The C that SymPy and CasADi generate, and the formulas that it is generated for."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

ARM = """
c1 = cos(t1); c2 = cos(t2); c4 = cos(t4); c5 = cos(t5); c6 = cos(t6)
c23 = cos(t2)*cos(t3) - sin(t2)*sin(t3)
s1 = sin(t1); s2 = sin(t2); s4 = sin(t4); s5 = sin(t5); s6 = sin(t6)
s23 = cos(t2)*sin(t3) + sin(t2)*cos(t3)
ax = s5*(c1*c23*c4 + s1*s4) + c1*s23*c5
ay = s5*(s1*c23*c4 - c1*s4) + s1*s23*c5
az = s23*c4*s5 - c23*c5
nz = c6*(c23*s5 + s23*c4*c5) - s23*s4*s6
oz = -s6*(c23*s5 + s23*c4*c5) - s23*s4*c6
z = atan2(ay, ax)
y_ = atan2(sqrt(1 - az^2), az)
z__ = atan2(oz, -nz)
x1 = 185*(s5*(c1*c23*c4 + s1*s4) + c1*s23*c5)
x2 = c1*(175 + 890*c2 + 50*c23 + 1035*s23)
px = x1 + x2
y1 = 185*(s5*(s1*c23*c4 + c1*s4) + s1*s23*c5)
y2 = s1*(175 + 890*c2 + 50*c23 + 1035*s23)
py = y1 + y2
pz = 890*s2 + 575 + 50*s23 - 1035*c23 + 185*(s23*c4*s5 - c23*c5)
px, py, pz, z, y_, z__
"""
"""The position and the angles of the hand of an arm with six axes."""
CALL = """
d1 = (log(S/K) + (r + s^2/2)*T)/(s*sqrt(T))
d2 = d1 - s*sqrt(T)
S*(1 + erf(d1/sqrt(2)))/2 - K*exp(-r*T)*(1 + erf(d2/sqrt(2)))/2
"""
ROSENBROCK = " + ".join(f"100*(x{i + 1} - x{i}^2)^2 + (1 - x{i})^2" for i in range(1, 6))

PROGRAMS: dict[str, tuple[str, list[str], list[float], str, int]] = {
    "ln(x1)+x1*x2-sin(x2)": ("ln(x1)+x1*x2-sin(x2)", ["x1", "x2"], [2.0, 5.0], "gradient", 1),
    "Black & Scholes": (CALL, ["S", "K", "r", "s", "T"], [100.0, 95.0, 0.05, 0.2, 1.0], "gradient", 1),
    "Rosenbrock, 6 inputs": (
        ROSENBROCK,
        [f"x{i}" for i in range(1, 7)],
        [0.3, 1.1, -0.7, 0.9, 0.2, 0.5],
        "gradient",
        1,
    ),
    "robot arm, Jacobian": (ARM, [f"t{i}" for i in range(1, 7)], [0.3, 0.5, 0.7, 0.9, 1.1, 1.3], "jacobian", 6),
}
"""A formula, its inputs, a point, what is wanted, and how many outputs there are."""


def statements(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The assignments and the outputs of a program, in Python's notation."""
    lines = [part.strip() for line in text.strip().splitlines() for part in line.split(";")]
    python = [line.replace("^", "**").replace("ln(", "log(") for line in lines]
    assigned = [(m[1], m[2]) for line in python if (m := re.fullmatch(r"(\w+) = (.*)", line))]
    last = python[-1]
    depth, cuts = 0, [-1]
    for i, c in enumerate(last):
        depth += (c == "(") - (c == ")")
        if c == "," and not depth:
            cuts.append(i)
    return assigned, [last[a + 1 : b].strip() for a, b in zip(cuts, [*cuts[1:], len(last)], strict=True)]


def evaluated(text: str, names: dict[str, Any]) -> list[Any]:
    """The outputs with objects for the names."""
    assigned, outputs = statements(text)
    for name, formula in assigned:
        names[name] = eval(formula, {}, names)
    return [eval(formula, {}, names) for formula in outputs]


def sympy_c(text: str, inputs: list[str]) -> str:
    """SymPy's `diff`, `cse` and `ccode`."""
    import sympy

    names: dict[str, Any] = {n: sympy.Symbol(n, real=True) for n in inputs}
    symbols = [names[n] for n in inputs]
    calls = {n: getattr(sympy, n) for n in ("sin", "cos", "exp", "log", "sqrt", "atan2", "erf")}
    entries = [y.diff(x) for y in evaluated(text, {**calls, **names}) for x in symbols]
    parts, results = sympy.cse(entries)
    lines = ["#include <math.h>", "void call(const double *in_, double *out_) {"]
    lines += [f"    const double {name} = in_[{i}];" for i, name in enumerate(inputs)]
    rename = {a: sympy.Symbol(f"{a}_") for a, _ in parts}
    lines += [f"    const double {rename[a]} = {sympy.ccode(b.xreplace(rename))};" for a, b in parts]
    lines += [f"    out_[{i}] = {sympy.ccode(sympy.sympify(e).xreplace(rename))};" for i, e in enumerate(results)]
    return "\n".join([*lines, "}", ""])


def casadi_c(text: str, inputs: list[str]) -> str | None:
    """CasADi's `jacobian` and `generate`; None where it is not installed."""
    try:
        import casadi
    except ImportError:
        return None
    names: dict[str, Any] = {n: casadi.SX.sym(n) for n in inputs}
    symbols = casadi.vertcat(*[names[n] for n in inputs])
    calls = {n: getattr(casadi, n) for n in ("sin", "cos", "exp", "log", "sqrt", "atan2", "erf")}
    matrix = casadi.jacobian(casadi.vertcat(*evaluated(text, {**calls, **names})), symbols)
    function = casadi.Function("f", [symbols], [casadi.densify(matrix.T)])
    with tempfile.TemporaryDirectory() as place:
        import os

        before = os.getcwd()
        os.chdir(place)
        try:
            function.generate("f.c")
            code = Path("f.c").read_text()
        finally:
            os.chdir(before)
    wrapper = (
        "\nvoid call(const double *x, double *r) { const double *a[1] = {x}; double *o[1] = {r}; f(a, o, 0, 0, 0); }\n"
    )
    return code + wrapper
