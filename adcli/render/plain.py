"""Text for pipes: bare numbers, or names and numbers with a tab between them."""

from __future__ import annotations

from adcli.render import View
from adcli.render.numbers import exact
from adcli.render.shape import MATRIX, PER_COLUMN, answer
from adcli.results import Jacobian, Result


def render(result: Result, view: View) -> str:
    """One line per number, or per row of a matrix. A linear approximation is a program that adcli reads."""
    digits = result.precision
    lines: list[str] = []
    if isinstance(result, Jacobian) and view.linearize:
        from adcli.render.linear import programs

        lines.extend(programs(result))
        if result.determinant is not None:
            lines.append(f"# determinant = {exact(result.determinant, digits)}")
        return "\n".join(lines) + "\n"
    shown = answer(result)
    if shown.kind is PER_COLUMN:
        lines.extend(f"{name}\t{exact(number, digits)}" for name, number in zip(shown.columns, shown.flat, strict=True))
    elif shown.kind is MATRIX:
        lines.extend("\t".join(exact(number, digits) for number in row) for row in shown.numbers)
    else:
        lines.extend(exact(number, digits) for number in shown.flat)
    if isinstance(result, Jacobian) and result.determinant is not None:
        lines.append(f"determinant\t{exact(result.determinant, digits)}")
    return "\n".join(lines) + "\n"
