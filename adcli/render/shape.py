"""What a result's answer looks like, whatever its command: numbers in rows and columns, with their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adcli.results import JVP, VJP, Evaluation, Gradient, Jacobian, Number, Result

PER_ROW, PER_COLUMN, MATRIX = "a number per row", "a number per column", "a matrix"


class Answer:
    """Named rows and columns of numbers.

    `kind` tells what plain text looks like: PER_ROW (one number per output: values, J·ẋ), PER_COLUMN (one row, a
    number per input: gradients, ȳᵀ·J) or MATRIX. `corner` names what the rows are.
    """

    __slots__ = ("columns", "corner", "kind", "numbers", "rows")

    def __init__(
        self, kind: str, corner: str, rows: Sequence[str], columns: Sequence[str], numbers: Sequence[Sequence[Number]]
    ) -> None:
        self.kind = kind
        self.corner = corner
        self.rows = tuple(rows)
        self.columns = tuple(columns)
        self.numbers = numbers

    @property
    def flat(self) -> list[Number]:
        """The numbers row by row."""
        return [number for row in self.numbers for number in row]


def answer(result: Any) -> Answer:
    """The answer that the result gives."""
    if isinstance(result, Gradient):
        return Answer(PER_COLUMN, "output", [result.output], list(result.gradient), [list(result.gradient.values())])
    if isinstance(result, Jacobian):
        if result.layout == "denominator":
            return Answer(MATRIX, "input", result.inputs, result.outputs, result.jacobian)
        return Answer(MATRIX, "output", result.outputs, result.inputs, result.jacobian)
    if isinstance(result, Evaluation):
        return Answer(PER_ROW, "output", result.outputs, ["value"], [[number] for number in result.values])
    if isinstance(result, JVP):
        return Answer(PER_ROW, "output", result.outputs, ["jvp"], [[number] for number in result.jvp])
    if isinstance(result, VJP):
        return Answer(PER_COLUMN, "", ["vjp"], list(result.vjp), [list(result.vjp.values())])
    raise TypeError(f"no renderer knows {type(result).__name__}")


def outputs(result: Result) -> tuple[tuple[str, Number], ...]:
    """The outputs and their values."""
    if isinstance(result, Gradient):
        return ((result.output, result.value),)
    if isinstance(result, (Evaluation, Jacobian, JVP, VJP)):
        return tuple(zip(result.outputs, result.values, strict=True))
    raise TypeError(f"no renderer knows {type(result).__name__}")
