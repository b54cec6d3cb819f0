"""Numbers of arrays as the vectors and matrices that they are, between numbers that stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from adcli.language.arrays.names import gathered, shapes
from adcli.results import Number

MIN_VECTOR = 4
"""Shorter vectors are read as well one number a line."""


class Block(NamedTuple):
    """Numbers in rows and columns, or one number (`shape` is ()); `name` is what they are called."""

    name: str
    shape: tuple[int, ...]
    numbers: Sequence[Number]
    label: str
    """What stands in front: that of the number, or of an array without its indices."""

    @property
    def rows(self) -> Sequence[Sequence[Number]]:
        """The rows of a matrix; a vector is one."""
        width = self.shape[-1]
        return [self.numbers[i : i + width] for i in range(0, len(self.numbers), width)]

    @property
    def sides(self) -> list[str]:
        """What stands beside the rows: their indices."""
        return [str(i + 1) for i in range(self.shape[0])] if len(self.shape) == 2 else [""]

    @property
    def heads(self) -> list[str]:
        """What stands above the columns."""
        return [str(i + 1) for i in range(self.shape[-1])]


def blocks(names: Sequence[str], labels: Sequence[str], numbers: Sequence[Number]) -> list[Block]:
    """The numbers in order: each array whose elements stand together, in order, is one block."""
    arrays = {base: shape for base, shape in shapes(names).items() if _is_block(shape)}
    found = []
    for name, places, shape in gathered(names, arrays):
        label = labels[places.start]
        if shape:
            label = label.removesuffix(names[places.start]) + name
        found.append(Block(name, shape, numbers[places.start : places.stop], label))
    return found


def _is_block(shape: tuple[int, ...]) -> bool:
    return min(shape) > 1 if len(shape) == 2 else len(shape) == 1 and shape[0] >= MIN_VECTOR
