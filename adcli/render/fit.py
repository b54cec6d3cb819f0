"""Fits as text: the parameters with their standard errors, how well they fit, and the way to them."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.render import View
from adcli.render.measured import measured
from adcli.render.numbers import exact, rounded
from adcli.render.page import aligned
from adcli.render.sheet import Cell, Part, Said, Sheet, Short, fields, written
from adcli.results import Result
from adcli.studies.fit.fit import Fitted

MOST = 10
"""The correlations of so many parameters are shown to people."""
LAST = 8
"""People see the last of so many iterations."""


def render(result: Fitted, format: str, view: View) -> str:
    """The fit in one of the formats of tables."""
    if format == "json":
        from adcli.render.json import render as render_json

        shared = vars(Result(expr=(), at={}))
        own = {name: fields(value) for name, value in vars(result).items() if name not in shared}
        return render_json(result, view, own, open={"residual_sd", "r_squared"})
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
    pairs = [(rounded(p.value, view.digits), "") if p.sd is None else measured(p.value, p.sd) for p in parameters]
    columns: list[Sequence[Cell]] = [
        names,
        aligned([value for value, _ in pairs]),
        aligned([sd for _, sd in pairs]),
        aligned(["" if p.t is None else rounded(p.t, 3) for p in parameters]),
    ]
    parts: list[Part] = [
        Said(f"{result.response} = {result.formulas[0] if result.formulas else 'the model'}".strip()),
        Sheet(["", "value", "sd", "t"], [list(row) for row in zip(*columns, strict=True)]),
        *map(Said, _goodness(result)),
    ]
    if 1 < len(names) <= MOST:
        rows: list[list[Cell]] = [
            [name, *(rounded(x, 3) for x in row[: i + 1]), *[""] * (len(names) - i - 1)]
            for i, (name, row) in enumerate(zip(names, result.correlation, strict=True))
        ]
        parts.append(Sheet(["", *names], rows, "correlation of the parameters"))
    parts.append(_way(result))
    said = f"converged: the residual is orthogonal to all derivatives, to {result.offset:.0e} of it"
    if result.finished > 15:
        said = f"converged, and finished with {result.finished} digits"
    if result.loss != "linear":
        said = "converged"
    return [*parts, Said(said, "✓")]


def _goodness(result: Fitted) -> list[str]:
    sd = "" if result.residual_sd is None else f"residual standard deviation {result.residual_sd:.6g}, "
    r = "" if result.r_squared is None else f", R² {result.r_squared:.6g}"
    counted = f"{result.rows:,} rows, {result.dof:,} degrees of freedom"
    return [f"{sd}sum of squares {result.rss:.6g}{r}", counted]


def _way(result: Fitted) -> Sheet:
    steps = list(enumerate(result.iterations))
    shown = steps if len(steps) <= LAST + 1 else [*steps[:2], *steps[-LAST + 2 :]]
    rows: list[list[Cell]] = [
        [f"{number}", Short(step.rss, 9), _short(step.step), _short(step.damping)] for number, step in shown
    ]
    title = "the way" if len(shown) == len(steps) else f"the way: {len(shown)} of {len(steps)} iterations"
    return Sheet(["", "sum of squares", "step", "damping"], rows, title)


def _short(number: float | None) -> Cell:
    return None if number is None else Short(number, 2)
