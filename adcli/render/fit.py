"""Fits as text: the parameters with their standard errors, how well they fit, and the way to them."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.errors import counted, listed
from adcli.render import View
from adcli.render.measured import column, pairs
from adcli.render.numbers import exact, rounded
from adcli.render.page import aligned
from adcli.render.sheet import Cell, Part, Said, Sheet, Short, iterations, short, written
from adcli.studies.fit.fit import Fitted
from adcli.studies.fit.levenberg import Iteration

MOST = 10
"""The correlations of so many parameters are shown to people."""
LAST = 8
"""People see the last of so many iterations."""


def render(result: Fitted, format: str, view: View) -> str:
    """The fit in one of the formats of tables."""
    if format == "json":
        from adcli.render import json

        return json.written([], result, view, open={"residual_sd", "r_squared"})
    items = result.parameters.items()
    if format == "value":
        return "".join(f"{exact(p.value)}\n" for _, p in items)
    if format == "plain":
        return "".join(f"{name}\t{exact(p.value)}\t{'' if p.sd is None else exact(p.sd)}\n" for name, p in items)
    if format == "csv":
        rows: list[list[Cell]] = [[name, p.value, p.sd, p.t] for name, p in items]
        return written([Sheet(["parameter", "value", "sd", "t"], rows)], result, format, view)
    return written(_people(result, view), result, format, view)


def _people(result: Fitted, view: View) -> list[Part]:
    names, parameters = list(result.parameters), list(result.parameters.values())
    sds = [p.sd for p in parameters if p.sd is not None]
    if len(sds) == len(parameters):
        shown = pairs([p.value for p in parameters], sds, view.digits)
    else:
        shown = [(text, "") for text in column([p.value for p in parameters], view.digits or 6)]
    columns: list[Sequence[Cell]] = [
        names,
        aligned([value for value, _ in shown]),
        aligned([sd for _, sd in shown]),
        aligned(["" if p.t is None else rounded(p.t, view.digits or 3) for p in parameters]),
    ]
    parts: list[Part] = [
        Said(f"{result.response} = {result.formulas[0] if result.formulas else 'the model'}".strip()),
        Sheet(["", "value", "sd", "t"], [list(row) for row in zip(*columns, strict=True)]),
        *map(Said, _goodness(result, view)),
    ]
    if 1 < len(names) <= MOST:
        rows: list[list[Cell]] = [
            [name, *(rounded(x, view.digits or 3) for x in row[: i + 1]), *[""] * (len(names) - i - 1)]
            for i, (name, row) in enumerate(zip(names, result.correlation, strict=True))
        ]
        parts.append(Sheet(["", *names], rows, "correlation of the parameters"))
    heads = ["sum of squares", "step", "damping"]
    parts.append(iterations(heads, result.iterations, _iteration, LAST))
    return [*parts, Said(_converged(result), "✓")]


def _iteration(step: Iteration) -> list[Cell]:
    return [Short(step.rss, 9), short(step.step, 2), short(step.damping, 2)]


def _goodness(result: Fitted, view: View) -> list[str]:
    sd, r = [
        None if number is None else rounded(number, view.digits) for number in (result.residual_sd, result.r_squared)
    ]
    said = "" if sd is None else f"residual standard deviation {sd}, "
    said += f"sum of squares {rounded(result.rss, view.digits)}" + ("" if r is None else f", R² {r}")
    return [said, f"{counted(result.rows, 'row')}, {counted(result.dof, 'degree of freedom', 'degrees of freedom')}"]


def _converged(result: Fitted) -> str:
    """What holds at the solution."""
    if result.loss != "linear":
        return "converged"
    if result.finished > 15:
        return f"converged, and finished with {result.finished} digits"
    orthogonal = f"to {result.offset:.0e} of it" if result.offset else "to the last digit"
    if not result.held:
        return f"converged: the residual is orthogonal to all derivatives, {orthogonal}"
    held = f"converged with {listed(list(result.held))} at a bound"
    free = [name for name in result.parameters if name not in result.held]
    if not free:
        return f"{held}: there no parameter that may move lowers the sum of squares"
    return f"{held}: the residual is orthogonal to the derivatives by {listed(free)}, {orthogonal}"
