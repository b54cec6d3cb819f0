"""What an array is: a shape, and the nodes of its elements, the last index running fastest."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from adcli.language.arrays.names import Shape


class Array(NamedTuple):
    """Elements in order of their index; of one number the shape is ()."""

    shape: Shape
    nodes: Sequence[int]

    def row(self, i: int) -> Sequence[int]:
        """The elements of a matrix's row, counted from 0."""
        width = self.shape[1]
        return self.nodes[i * width : (i + 1) * width]

    def column(self, j: int) -> Sequence[int]:
        """The elements of a matrix's column, counted from 0."""
        return self.nodes[j :: self.shape[1]]

    def taken(self, picked: Sequence[int | range]) -> Array:
        """The part at the given places, counted from 0: one place, or a range of them, for each index."""
        shape = tuple([len(places) for places in picked if isinstance(places, range)])
        strides = [prod(self.shape[i + 1 :]) for i in range(len(self.shape))]
        offsets = [0]
        for places, stride in zip(picked, strides, strict=True):
            steps = [places] if isinstance(places, int) else places
            offsets = [offset + place * stride for offset in offsets for place in steps]
        return Array(shape, [self.nodes[offset] for offset in offsets])

    def transposed(self) -> Array:
        """The matrix with rows for columns; of a vector, itself."""
        if len(self.shape) < 2:
            return self
        rows, columns = self.shape
        return Array((columns, rows), [self.nodes[i * columns + j] for j in range(columns) for i in range(rows)])


def described(shape: Shape) -> str:
    """A shape in words, as in "x is …"."""
    if not shape:
        return "one number"
    if len(shape) == 1:
        return f"a vector of {shape[0]:,}"
    sizes = " by ".join([f"{size:,}" for size in shape])
    return f"a {sizes} matrix" if len(shape) == 2 else f"an array of {sizes}"
