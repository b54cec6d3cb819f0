"""The best linear approximation f(a) + J·(x - a), as formulas that adcli reads."""

from __future__ import annotations

from typing import TypeAlias

from adcli.errors import UsageError
from adcli.render.numbers import exact, rounded
from adcli.results import Labelled, Number

Slope: TypeAlias = "tuple[Number, str, Number]"
"""The derivative by a name, the name, and its value at the point."""


def terms(result: Labelled) -> list[tuple[str, Number, list[Slope]]]:
    """Each output with its value and the slopes that are not zero. Raises UsageError where an assigned name varies."""
    shown = result.answer
    inputs, rows = (shown.columns, shown.numbers) if shown.partial else (shown.rows, zip(*shown.numbers, strict=True))
    for name in inputs:
        if name not in result.at:
            raise UsageError(f"--linearize needs inputs to vary, and {name} is assigned", hint="name inputs in --wrt")
    return [
        (output, value, [(s, name, result.at[name]) for s, name in zip(row, inputs, strict=True) if s != 0])
        for (output, value), row in zip(result.outcome, rows, strict=True)
    ]


def programs(result: Labelled, digits: int | None = None) -> list[str]:
    """A statement "y1 = 2 + 2*(x1 - 1)" per output, with exact numbers unless `digits` are asked for."""

    def written(number: Number) -> str:
        text = exact(number, result.precision) if digits is None else rounded(number, digits, result.precision)
        return text.removesuffix(".0")

    lines = []
    for output, value, slopes in terms(result):
        line = f"{output} = {written(value)}"
        for slope, name, at in slopes:
            shift = name if at == 0 else f"({name} {'+' if at < 0 else '-'} {written(abs(at))})"
            line += f" {'-' if slope < 0 else '+'} {written(abs(slope))}*{shift}"
        lines.append(line)
    return lines
