"""Derivatives of what equations define: dy/dx of y^2 = x, by the implicit function theorem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adcli.derivatives.results import Gradient, Jacobian
from adcli.errors import UsageError, option
from adcli.problem.problem import Problem
from adcli.records import dataclass
from adcli.results import Answer, Notice
from adcli.studies.answers.newton import Point, damped_newton, polished
from adcli.studies.answers.solve import dependence, witnessed
from adcli.studies.answers.system import System, point_of, square, unknowns_of

SATISFIED = 1e-12
"""A relative Newton step so small says that a point satisfies its equations, as far as floats tell."""
METHOD = "implicit function theorem"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplicitGradient(Gradient):
    """The gradient of an unknown."""

    @property
    def answer(self) -> Answer:
        return replace(super().answer, method=METHOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImplicitJacobian(Jacobian):
    """The Jacobian of several unknowns."""

    @property
    def answer(self) -> Answer:
        return replace(super().answer, method=METHOD)


def implicit(asked: Problem, unknowns: Sequence[str], *, layout: str = "numerator", one: bool = False) -> Any:
    """The derivatives of *unknowns*, which the outputs, as equations, define, by the other inputs or those of `wrt`.

    Where the point does not satisfy the equations they are solved first. *one* wants a gradient. Raises Unsolved.
    """
    chosen = unknowns_of(asked, unknowns, ())
    square(asked, chosen)
    if one and len(chosen) > 1:
        raise UsageError(f"grad is of one unknown, and there are {len(chosen)}", hint="`adcli jacobian` takes several")
    parameters = [name for name, _ in asked.wrt if name not in chosen]
    if not parameters:
        raise UsageError("there is nothing to differentiate by", hint=f"inputs that are no unknowns of {option('for')}")
    system = System(asked, chosen)
    start = system.start()
    step = Point(system, start).newton()
    notices = []
    near = start
    if step is None or any(abs(d) > SATISFIED * max(abs(y), abs(d)) for d, y in zip(step, start, strict=True) if d):
        near, _ = damped_newton(system, start)
    x, simple, _ = polished(system, near)
    found, check = dependence(system, x, parameters, simple)
    assert found is not None
    values = [system.reported(number) for number in x]
    if near is not start:
        said = f"{point_of(chosen, start)} does not satisfy the equation{'s' if len(chosen) > 1 else ''}; solved first"
        notices.append(Notice("solved", f"{said}: {point_of(chosen, values)}"))
    notices += system.notices(values, parameters)
    shared: dict[str, Any] = {
        **asked.shared(notices),
        "at": {**asked.numbers(), **dict(zip(chosen, values, strict=True))},
        "formulas": (),
        "unnamed": False,
        "check": witnessed(check, notices),
        "mode": "implicit",
        "sweeps": 1,
    }
    if one:
        return ImplicitGradient(**shared, output=chosen[0], value=values[0], gradient=found[chosen[0]])
    rows = tuple(tuple(found[name].values()) for name in chosen)
    return ImplicitJacobian(
        **shared,
        outputs=tuple(chosen),
        inputs=tuple(parameters),
        values=tuple(values),
        layout=layout,
        jacobian=rows if layout == "numerator" else tuple(zip(*rows, strict=True)),
    )
