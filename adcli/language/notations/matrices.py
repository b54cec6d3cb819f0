"""Matrices where a notation has them as things of their own: * is their product, ** their power, a vector a column."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.errors import Span, SyntaxFault
from adcli.language.arrays.operations import MATMUL, ArrayOperations
from adcli.language.arrays.shapes import Array, described
from adcli.ops import ADD, DIV, MUL, NEG, POW, SUB, Op

TURNED = "method T"
"""The transpose, of a column too."""
METHODS = {"method inv": "inv", "method det": "det", "method trace": "trace", "method norm": "norm"}
"""Methods, and the functions that they are."""
_BY_ELEMENTS = frozenset({ADD, SUB, MUL, DIV, NEG})
_MOST = 100
"""The largest power of a matrix that is written out."""


def turned(operations: ArrayOperations, value: int) -> int:
    """The transpose: of a vector, which is a column, a row."""
    array = operations.array(value)
    if len(array.shape) == 1:
        return operations.handle(Array((1, *array.shape), array.nodes))
    return operations.handle(array.transposed()) if array.shape else value


def operation(operations: ArrayOperations, op: Op, args: list[int], places: list[Span], span: Span) -> int:
    """An operation on matrices. Raises SyntaxFault where it has no meaning, or one that is not its elements'."""
    arrays = [operations.array(value) for value in args]
    text = operations.text
    if op is POW and not arrays[1].shape:
        return _power(operations, args, places, span)
    if op is MATMUL:
        left, right = arrays
        if len(left.shape) == 1 and right.shape[:1] != (1,):
            words = [text[slice(*place)] for place in places]
            hint = f"a row is {words[0]}.T" if words[0].isidentifier() else None
            what = "two columns have no product" if len(right.shape) == 1 else "a column times a matrix is no product"
            raise SyntaxFault(what, span, hint=hint)
        if len(left.shape) == 1 and len(right.shape) == 2:
            operations.unroll.span = span
            column = Array((*left.shape, 1), left.nodes)
            return operations.handle(operations.unroll.product(column, right))
    elif op not in _BY_ELEMENTS or (op is DIV and arrays[1].shape):
        if any(len(array.shape) > 1 for array in arrays):
            raise SyntaxFault(f"{op.symbol or op.name} of a matrix is not read here", span)
    elif op in (ADD, SUB) and len({array.shape for array in arrays}) > 1 and not all(array.shape for array in arrays):
        said = [f"{text[slice(*place)]} is {described(a.shape)}" for a, place in zip(arrays, places, strict=True)]
        raise SyntaxFault(f"a number cannot be added to a matrix: {' and '.join(said)}", span)
    found = operations.call(op.symbol or op.name, op, args, places, span)
    nodes = operations.array(found).nodes
    return nodes[0] if op is MATMUL and len(nodes) == 1 else found  # x.T*y is a number


def _power(operations: ArrayOperations, args: Sequence[int], places: list[Span], span: Span) -> int:
    """A whole power of a square matrix: a product, or that of its inverse."""
    base, exponent = args
    shape = operations.array(base).shape
    if len(shape) != 2 or shape[0] != shape[1]:
        raise SyntaxFault(f"only a square matrix has powers, and this is {described(shape)}", places[0])
    label = operations.builder.labels.get(exponent, "")
    if not label.lstrip("-").isdecimal() or not 0 < abs(int(label[:20])) <= _MOST:
        raise SyntaxFault(f"the power of a matrix is a whole number up to {_MOST}, and not 0", places[1])
    if label[0] == "-":
        base = operations.function("inv", [base], places[:1], span)
    total = base
    for _ in range(abs(int(label)) - 1):
        total = operations.call(MATMUL.symbol, MATMUL, [total, base], [places[0], places[0]], span)
    return total
