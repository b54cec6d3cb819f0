"""Propagated uncertainties as text: the outputs, the budgets, and what Monte Carlo says of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from adcli.render import View
from adcli.render.measured import bar, column, expanded, measured, pairs, percent, spreads
from adcli.render.numbers import exact, rounded
from adcli.render.page import aligned
from adcli.render.sheet import Cell, Part, Said, Sheet, written
from adcli.studies.uncertainty.propagation import Propagated

MOST = 12
"""People see so many inputs of a budget; programs get all."""
SLOPE = 4
"""Digits of sensitivities, if no others are asked for."""
WIDTH = 12
"""Characters of a bar that means all."""


def render(result: Propagated, format: str, view: View) -> str:
    """The uncertainties in one of the formats of tables."""
    digits = result.precision
    if format == "json":
        from adcli.render import json

        return json.written([], result, view, open={"monte_carlo"})
    rows = zip(result.outputs, result.values, result.u, strict=True)
    if format == "value":
        return "".join(f"{exact(number, digits)}\n" for number in result.u)
    if format == "plain":
        return "".join(f"{name}\t{exact(value, digits)}\t{exact(u, digits)}\n" for name, value, u in rows)
    if format == "csv":
        return written([_machine(result)], result, format, view)
    return written(_people(result, view), result, format, view)


def _machine(result: Propagated) -> Sheet:
    """An output a row."""
    heads = ["output", "value", "u", "dof", "k", "U"]
    whole = result.expanded
    columns = (result.outputs, result.values, result.u, result.dof, whole.k, whole.U)
    return Sheet(heads, list(zip(*columns, strict=True)))


def _people(result: Propagated, view: View) -> list[Part]:
    """The outputs, a budget for each, their correlations, the witness."""
    parts: list[Part] = [_outputs(result, view)]
    formulas = result.formulas or [None] * len(result.outputs)
    for name, formula in zip(result.outputs, formulas, strict=False):
        parts += _budget(result, name, formula, view)
    if len(result.outputs) > 1:
        rows: list[list[Cell]] = [
            [name, *(None if x is None else rounded(x, view.digits or 3) for x in row)]
            for name, row in zip(result.outputs, result.correlation, strict=True)
        ]
        parts.append(Sheet(["", *result.outputs], rows, "correlation of the outputs"))
    return parts + _witness(result, view)


def _outputs(result: Propagated, view: View) -> Sheet:
    means = result.values if result.mean is None else result.mean
    whole = result.expanded
    shown = expanded(means, result.u, whole.U, view.digits)
    heads = ["output", "value" if result.mean is None else "mean", "u", f"U ({whole.coverage:.4g})", "k", "dof"]
    columns: list[Sequence[Cell]] = [
        result.outputs,
        aligned([value for value, _, _ in shown]),
        aligned([u for _, u, _ in shown]),
        aligned([U for _, _, U in shown]),
        aligned([rounded(k, 3) for k in whole.k]),
        [_freedom(nu, view) for nu in result.dof],
    ]
    if not any(map(math.isfinite, result.dof)):
        heads.pop()
        columns.pop()
    return Sheet(heads, [list(row) for row in zip(*columns, strict=True)])


def _freedom(dof: float, view: View) -> str:
    return rounded(dof, 3) if math.isfinite(dof) else "∞" if view.unicode else "inf"


def _budget(result: Propagated, name: str, formula: str | None, view: View) -> list[Part]:
    """The inputs by their share."""
    items = list(result.budget[name].items())
    shown = items if len(items) <= MOST + 1 else items[:MOST]
    values = pairs([part.value for _, part in shown], [part.u for _, part in shown], view.digits)
    slopes = column([part.sensitivity for _, part in shown], view.digits or SLOPE)
    contributions = spreads([part.contribution for _, part in shown], view.digits)
    bars = ("█", "▏") if view.unicode else ("#", "|")
    rows: list[list[Cell]] = []
    for (label, part), pair, slope, contribution in zip(shown, values, slopes, contributions, strict=True):
        share = None if part.share is None else float(part.share)
        shares = [None, ""] if share is None else [percent(share), f"{bar(share, WIDTH, *bars):{WIDTH}}"]
        rows.append([label, *pair, slope, contribution, *shares])
    for place in (1, 2, 3, 4):
        for row, text in zip(rows, aligned([str(row[place]) for row in rows]), strict=True):
            row[place] = text
    heads = ["input", "value", "u", f"∂{name}/∂·", "|∂|·u", "share", ""]
    said = "" if formula is None or formula == name else f" = {formula}"
    parts: list[Part] = [Sheet(heads, rows, f"{name}{said}")]
    if len(shown) < len(items):
        parts.append(Said(f"and {len(items) - len(shown):,} more inputs, all of them with --format json"))
    return parts


def _witness(result: Propagated, view: View) -> list[Part]:
    """What Monte Carlo says."""
    found = result.monte_carlo
    if found is None:
        return []
    drawn = f"{found.draws:,} draws"
    means = result.values if result.mean is None else result.mean
    agree = [found.agrees(i, means[i], result.u[i]) for i in range(len(result.outputs))]
    parts: list[Part] = []
    if all(agree):
        parts.append(Said(f"Monte Carlo agrees ({drawn})", "✓"))
    for i, name in enumerate(result.outputs):
        if agree[i]:
            continue
        mean, u = measured(found.mean[i], found.u[i], view.digits)
        change = found.u[i] / float(result.u[i]) - 1 if result.u[i] else math.inf
        more = f", {abs(change):.0%} {'more' if change > 0 else 'less'}" if abs(change) < 10 else ""
        low, high = found.interval[i]
        low_text, high_text = [measured(end, found.u[i], view.digits)[0] for end in (low, high)]
        said = (
            f"Monte Carlo ({drawn}) does not agree: {name} has the mean {mean} and u = {u} ± {found.u_error[i]:.1g}"
            f"{more}; {result.expanded.coverage:.4g} of it lies from {low_text} to {high_text}"
        )
        parts.append(Said(said, "!"))
    if found.failed:
        parts.append(Said(f"{found.failed:,} of {drawn} have no value and are left out", "!"))
    return parts
