"""The formulas that are computed for many rows, each with C written by hand for its value and gradient."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

FUNCTIONS = ("log", "sin", "exp", "sqrt", "erf", "pi")
"""What the formulas use."""


class Formula(NamedTuple):
    """Assignments and at last an expression; the ranges of the inputs; and the value y[0] and its derivatives y[1]… by
    the inputs, in their order, in C."""

    text: str
    ranges: dict[str, tuple[float, float]]
    c: str

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs."""
        return tuple(self.ranges)

    @property
    def python(self) -> str:
        """The same as a function `f` in Python, which wants FUNCTIONS in its scope."""
        *assignments, last = self.text.replace("^", "**").strip().splitlines()
        return "\n    ".join([f"def f({', '.join(self.names)}):", *assignments, f"return {last}"]) + "\n"

    def function(self, scope: Mapping[str, Any]) -> Callable[..., Any]:
        """`f`, with the functions of *scope*."""
        found = dict(scope)
        exec(self.python, found)
        made: Callable[..., Any] = found["f"]
        return made

    def columns(self, count: int) -> list[Any]:
        """A column for each input, drawn from its range."""
        draw = np.random.default_rng(1)
        return [draw.uniform(low, high, count) for low, high in self.ranges.values()]


FORMULAS = {
    "seed formula": Formula(
        "log(x1) + x1*x2 - sin(x2)",
        {"x1": (0.2, 5), "x2": (-3, 3)},
        "y[0] = log(x1) + x1*x2 - sin(x2); y[1] = 1/x1 + x2; y[2] = x1 - cos(x2);",
    ),
    "Black-Scholes": Formula(
        """
d1 = (log(S/K) + (r + s^2/2)*T)/(s*sqrt(T))
d2 = d1 - s*sqrt(T)
S*(1 + erf(d1/sqrt(2)))/2 - K*exp(-r*T)*(1 + erf(d2/sqrt(2)))/2
""",
        {"S": (80, 120), "K": (80, 120), "r": (0.01, 0.05), "s": (0.1, 0.5), "T": (0.1, 3)},
        """
        double root = sqrt(T), width = s*root;
        double d1 = (log(S/K) + (r + s*s/2)*T)/width, d2 = d1 - width;
        double N1 = (1 + erf(d1*0.70710678118654752))/2, N2 = (1 + erf(d2*0.70710678118654752))/2;
        double D = exp(-r*T), p1 = 0.39894228040143268*exp(-d1*d1/2);
        y[0] = S*N1 - K*D*N2;
        y[1] = N1;
        y[2] = -D*N2;
        y[3] = K*T*D*N2;
        y[4] = S*p1*root;
        y[5] = S*p1*s/(2*root) + r*K*D*N2;
        """,
    ),
    "physics": Formula(
        """
R = sqrt((a - b)^2 + (c - d)^2 + (g - h)^2)
q1*q2/(4*pi*p)*exp(-k*R)/R + m*v^2/2
""",
        dict.fromkeys(("q1", "q2", "p", "m", "v"), (1, 3))
        | dict.fromkeys(("a", "c", "g"), (1, 2))
        | dict.fromkeys(("b", "d", "h"), (2, 3))
        | {"k": (0.1, 1)},
        """
        double dx = a - b, dy = c - d, dz = g - h;
        double R = sqrt(dx*dx + dy*dy + dz*dz), q = 1/(p*R), e = 0.079577471545947668*q*exp(-k*R);
        double u = q1*q2*e, w = -u*(k*R + 1)/(R*R), kinetic = m*v;
        y[0] = u + kinetic*v/2;
        y[1] = q2*e;
        y[2] = q1*e;
        y[3] = -u/p;
        y[4] = v*v/2;
        y[5] = kinetic;
        y[6] = w*dx;
        y[7] = w*dy;
        y[8] = w*dz;
        y[9] = -w*dx;
        y[10] = -w*dy;
        y[11] = -w*dz;
        y[12] = -u*R;
        """,
    ),
}
"""The C is what somebody writes who knows the mathematics: of Black-Scholes the textbook's Greeks, which use that
S·φ(d1) = K·exp(-r·T)·φ(d2), as no chain rule does."""
