"""What a result's answer looks like, whatever its command: numbers in rows and columns, with their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adcli.results import (
    HVP,
    JVP,
    VJP,
    Evaluation,
    Gradient,
    Hessian,
    Jacobian,
    Number,
    Result,
    SparseHessian,
    SparseJacobian,
    Taylor,
)

PER_ROW, PER_COLUMN, MATRIX = "a number per row", "a number per column", "a matrix"
SERIES = "a series"


class Answer:
    """Named rows and columns of numbers.

    `kind` tells what plain text looks like: PER_ROW (one number per output: values, J·ẋ), PER_COLUMN (one row, a
    number per input: gradients, ȳᵀ·J), MATRIX, or SERIES (a row per order, with a coefficient and a derivative).
    `corner` names what the rows are.
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
        """The numbers row by row; of a series, the coefficients."""
        if self.kind is SERIES:
            return [row[0] for row in self.numbers]
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
    if isinstance(result, Hessian):
        return Answer(MATRIX, "input", result.inputs, result.inputs, result.hessian)
    if isinstance(result, HVP):
        return Answer(PER_COLUMN, "", ["hvp"], list(result.hvp), [list(result.hvp.values())])
    if isinstance(result, Taylor):
        pairs = list(zip(result.coefficients, result.derivatives, strict=True))
        return Answer(SERIES, "order", list(map(str, range(len(pairs)))), ["coefficient", "derivative"], pairs)
    raise TypeError(f"no renderer knows {type(result).__name__}")


def along(direction: Mapping[str, Number]) -> str | None:
    """The one input that a direction moves, by 1; None for any other direction."""
    moving = [(name, component) for name, component in direction.items() if component != 0]
    return moving[0][0] if len(moving) == 1 and moving[0][1] == 1 else None


def outputs(result: Result) -> tuple[tuple[str, Number], ...]:
    """The outputs and their values."""
    if isinstance(result, (Gradient, Hessian, HVP, SparseHessian)):
        return ((result.output, result.value),)
    if isinstance(result, Taylor):
        return ((result.output, result.coefficients[0]),)
    if isinstance(result, (Evaluation, Jacobian, JVP, VJP, SparseJacobian)):
        return tuple(zip(result.outputs, result.values, strict=True))
    raise TypeError(f"no renderer knows {type(result).__name__}")
