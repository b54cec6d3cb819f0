"""Operations on arrays as the elementary operations that they are, written many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat

from adcli.errors import Span
from adcli.graphs import Builder
from adcli.language.arrays.names import Shape
from adcli.language.arrays.shapes import Array
from adcli.ops import ADD, MUL, Op


class Unroll:
    """Writes operations into a Builder; all of them have the same place in the text, `span`."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.span: Span = (0, 0)

    def literal(self, number: int) -> int:
        """The node of a whole number."""
        return self.builder.literal(str(number), self.span)

    def apply(self, op: Op, *args: int) -> int:
        """One operation."""
        return self.builder.apply(op, args, self.span)

    def many(self, op: Op, arguments: Iterable[tuple[int, ...]], count: int) -> range:
        """*count* operations, one for each tuple of arguments. Raises LimitError beyond MAX_NODES."""
        return self.builder.many(op, arguments, count, self.span)

    def each(self, op: Op, *arrays: Array) -> Array:
        """The operation on each element; what is one number goes with all of them."""
        shape: Shape = next((array.shape for array in arrays if array.shape), ())
        count = max([len(array.nodes) for array in arrays])
        columns = [array.nodes if array.shape else repeat(array.nodes[0], count) for array in arrays]
        return Array(shape, self.many(op, zip(*columns, strict=False), count))

    def chain(self, op: Op, nodes: Sequence[int]) -> int:
        """The elements joined from left to right, as a sum joins its terms."""
        return self.builder.chain(op, nodes, self.span)

    def total(self, nodes: Sequence[int]) -> int:
        """The sum of the elements."""
        return self.chain(ADD, nodes)

    def inner(self, left: Sequence[int], right: Sequence[int]) -> int:
        """The sum of products: all products first, then their sum."""
        return self.total(self.many(MUL, zip(left, right, strict=True), len(left)))

    def product(self, left: Array, right: Array) -> Array:
        """The matrix product of what fits: a vector is a row on the left, a column on the right."""
        a = left if len(left.shape) == 2 else Array((1, *left.shape), left.nodes)
        b = right if len(right.shape) == 2 else Array((*right.shape, 1), right.nodes)
        columns = [b.column(j) for j in range(b.shape[1])]
        nodes = [self.inner(a.row(i), column) for i in range(a.shape[0]) for column in columns]
        return Array((*left.shape[:-1], *right.shape[1:]), nodes)
