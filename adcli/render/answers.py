"""Roots and minima as text: the answer, its derivatives, and the way to it."""

from __future__ import annotations

from typing import Any

from adcli.render import View
from adcli.render.numbers import exact, rounded
from adcli.render.sheet import Cell, Part, Said, Sheet, Short, iterations, short, written
from adcli.results import derivative

MOST = 6
"""So many unknowns are followed through the iterations."""
LAST = 12
"""People see at most so many iterations."""


def render(result: Any, format: str, view: View) -> str:
    """The answer in one of the formats of tables."""
    digits = result.precision
    answer = getattr(result, result.main)
    if format == "json":
        return written([], result, format, view)
    if format == "value":
        return "".join(f"{exact(number, digits)}\n" for number in answer.values())
    slopes = [
        (derivative(name, other), number)
        for name, row in (result.derivatives or {}).items()
        for other, number in row.items()
    ]
    if format == "plain":
        return "".join(f"{name}\t{exact(number, digits)}\n" for name, number in [*answer.items(), *slopes])
    if format == "csv":
        rows: list[list[Cell]] = [
            [name, number, *(result.derivatives or {}).get(name, {}).values()] for name, number in answer.items()
        ]
        names: dict[str, Any] = next(iter((result.derivatives or {}).values()), {})
        return written([Sheet(["unknown", "value", *(f"∂/∂{n}" for n in names)], rows)], result, format, view)
    return written(_people(result, answer, view), result, format, view)


def _people(result: Any, answer: dict[str, Any], view: View) -> list[Part]:
    parts: list[Part] = []
    by: dict[str, Any] = next(iter((result.derivatives or {}).values()), {})
    heads = ["", result.title, *(f"∂/∂{name}" for name in by)]
    rows: list[list[Cell]] = [
        [name, number, *(result.derivatives or {}).get(name, {}).values()] for name, number in answer.items()
    ]
    parts.append(Sheet(heads, rows))
    parts += [Said(line) for line in result.said(lambda number: rounded(number, view.digits, result.precision))]
    parts.append(_way(result))
    for check in result.evidence:
        parts.append(Said(check.detail, check.mark))
    return parts


def _way(result: Any) -> Sheet:
    """The iterations."""
    first = result.iterations[0]
    names = list(first.point)[:MOST]
    measures = [name for name in vars(first) if name != "point"]

    def row(step: Any) -> list[Cell]:
        numbers: list[Cell] = [Short(float(step.point[name]), 9) for name in names]
        return numbers + [short(getattr(step, name), 2) for name in measures]

    return iterations([*names, *(name.replace("_", " ") for name in measures)], result.iterations, row, LAST)
