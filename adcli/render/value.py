"""The answer's numbers alone, one a line, row by row."""

from __future__ import annotations

from adcli.render import View
from adcli.render.numbers import exact
from adcli.results import Labelled


def render(result: Labelled, view: View) -> str:
    """One number a line; a determinant is the last."""
    shown = result.answer
    numbers = [*shown.flat, *(number for _, _, number in shown.besides)]
    return "".join([f"{exact(number, result.precision)}\n" for number in numbers])
