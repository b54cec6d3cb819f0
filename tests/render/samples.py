"""Results made by hand, so that the renderers are tested without what computes."""

from __future__ import annotations

from adcli.derivatives.results import JVP, VJP, Evaluation, Gradient, Jacobian
from adcli.results import Check, Notice

BAYDIN = "ln(x1)+x1*x2-sin(x2)"
POINT = {"x1": 2.0, "x2": 5.0}
AGREES = Check(
    "SymPy", True, 1e-32, 2e-32, 1e-20, 16, "SymPy agrees (30 digits); all 16 digits of the floats are right"
)
DISAGREES = Check("SymPy", False, 1.0, 0.5, 1e-20, 0, "∂y/∂x1 is 5.5 by adcli and 4.5 by SymPy")
KINK = Notice("kink", "abs has no derivative at 0; 0 is taken, between the one-sided -1 and 1", (2, 8))

evaluation = Evaluation(
    expr=(BAYDIN,),
    at=POINT,
    text=BAYDIN,
    formulas=(BAYDIN,),
    unnamed=True,
    outputs=("y",),
    values=(11.652071455223084,),
)
gradient = Gradient(
    expr=(BAYDIN,),
    at=POINT,
    text=BAYDIN,
    formulas=(BAYDIN,),
    unnamed=True,
    mode="reverse",
    sweeps=1,
    output="y",
    value=11.652071455223084,
    gradient={"x1": 5.5, "x2": 1.7163378145367738},
)
jacobian = Jacobian(
    expr=("x1*x2", "sin(x1)", "x2^2"),
    at={"x1": 1.0, "x2": -2.0},
    text="x1*x2\nsin(x1)\nx2^2",
    formulas=("x1*x2", "sin(x1)", "x2^2"),
    mode="forward",
    outputs=("y1", "y2", "y3"),
    inputs=("x1", "x2"),
    values=(-2.0, 0.8414709848078965, 4.0),
    layout="numerator",
    jacobian=((-2.0, 1.0), (0.5403023058681398, -0.0), (0.0, -4.0)),
    sweeps=2,
)
polar = Jacobian(
    expr=("r*cos(t)", "r*sin(t)"),
    at={"r": 2.0, "t": 0.0},
    text="r*cos(t)\nr*sin(t)",
    formulas=("r*cos(t)", "r*sin(t)"),
    mode="reverse",
    outputs=("y1", "y2"),
    inputs=("r", "t"),
    values=(2.0, 0.0),
    layout="denominator",
    jacobian=((1.0, 0.0), (0.0, 2.0)),
    sweeps=2,
    determinant=2.0,
)
jvp = JVP(
    expr=(BAYDIN, "x1*x2"),
    at=POINT,
    text=f"{BAYDIN}\nx1*x2",
    formulas=(BAYDIN, "x1*x2"),
    outputs=("y1", "y2"),
    values=(11.652071455223084, 10.0),
    tangent={"x1": 1.0, "x2": 2.0},
    jvp=(8.932675629073547, 9.0),
)
vjp = VJP(
    expr=(BAYDIN, "x1*x2"),
    at=POINT,
    text=f"{BAYDIN}\nx1*x2",
    formulas=(BAYDIN, "x1*x2"),
    outputs=("y1", "y2"),
    values=(11.652071455223084, 10.0),
    cotangent=(1.0, 2.0),
    vjp={"x1": 15.5, "x2": 5.716337814536773},
)


def wide(columns: int) -> Jacobian:
    """A Jacobian of two rows and many columns."""
    return Jacobian(
        expr=("u", "w"),
        at={f"x{i}": 1.0 for i in range(1, columns + 1)},
        text="u\nw",
        formulas=("u", "w"),
        mode="reverse",
        outputs=("u", "w"),
        inputs=tuple(f"x{i}" for i in range(1, columns + 1)),
        values=(1.0, -1000.5),
        layout="numerator",
        jacobian=(tuple(i * 1.5 for i in range(columns)), tuple(-i * 1000.25 for i in range(columns))),
        sweeps=2,
    )
