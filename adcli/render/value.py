"""The answer's numbers alone, one a line, row by row."""

from __future__ import annotations

from adcli.render import View
from adcli.render.numbers import exact
from adcli.render.shape import answer
from adcli.results import Jacobian, Result


def render(result: Result, view: View) -> str:
    """One number a line; a determinant is the last."""
    numbers = answer(result).flat
    if isinstance(result, Jacobian) and result.determinant is not None:
        numbers.append(result.determinant)
    return "".join(f"{exact(number, result.precision)}\n" for number in numbers)
