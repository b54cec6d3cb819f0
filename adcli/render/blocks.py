"""Numbers of arrays as the vectors and matrices that they are, between numbers that stand alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from adcli.graph import indexed, shapes
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
    place = 0
    while place < len(names):
        base, index = indexed(names[place])
        count = prod(arrays[base]) if index and base in arrays else 0
        if count and _in_order(base, arrays[base], names[place : place + count]):
            label = labels[place].removesuffix(names[place]) + base
            found.append(Block(base, arrays[base], numbers[place : place + count], label))
            place += count
        else:
            found.append(Block(names[place], (), numbers[place : place + 1], labels[place]))
            place += 1
    return found


def _is_block(shape: tuple[int, ...]) -> bool:
    return min(shape) > 1 if len(shape) == 2 else len(shape) == 1 and shape[0] >= MIN_VECTOR


def _in_order(base: str, shape: tuple[int, ...], names: Sequence[str]) -> bool:
    found = [indexed(name) for name in names]
    indices = [index for _, index in found]
    return len(found) == prod(shape) and all(name == base for name, _ in found) and indices == sorted(indices)
