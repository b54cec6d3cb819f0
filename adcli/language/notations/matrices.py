"""Matrices where a notation has them as things of their own: * is their product, ^ their power, a vector a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adcli.errors import Span, SyntaxFault
from adcli.language.arrays.calls import INFINITY
from adcli.language.arrays.operations import MATMUL, ArrayOperations
from adcli.language.arrays.shapes import Array, described
from adcli.ops import ABS, ADD, DIV, MUL, NEG, POW, SUB, WHERE, Op

TURNED = "method T"
"""The transpose, of a column too."""
METHODS = {"method inv": "inv", "method det": "det", "method trace": "trace", "method norm": "norm"}
"""Methods, and the functions that they are."""
NORMS: dict[str, Array | tuple[()] | None] = {"norm F": None, "norm 1": (), "norm inf": INFINITY}
"""Operators behind a norm that say which it is, by what `norm` takes besides the array: the number 1, or infinity."""
INFINITE = "infinity"
"""What stands for a norm's p where that is infinite."""
_ARITHMETIC = frozenset({ADD, SUB, MUL, DIV, NEG, POW, MATMUL})
_MOST = 100
"""The largest power of a matrix that is written out."""


@dataclass(frozen=True)
class Rules:
    """What a notation with matrices computes by elements, and how it writes that (`hint`)."""

    functions: int = 0
    """Functions go by the elements of arrays with so many indices at most."""
    marks: bool = False
    """Whether formulas that functions stand for go by elements as these do."""
    adds: bool = False
    """Whether a number is added to every element."""
    inner: tuple[str, ...] = ()
    """Signs that are the inner product of two vectors."""
    cross: tuple[str, ...] = ()
    """Signs that are their cross product."""
    hint: str | None = None


def turned(operations: ArrayOperations, value: int, span: Span, columns: bool) -> int:
    """The transpose: of a vector, where that is a column, a row."""
    array = operations.array(value)
    if len(array.shape) > 2:
        raise SyntaxFault(f"only a matrix is transposed, and this is {described(array.shape)}", span)
    if len(array.shape) == 1 and columns:
        return operations.handle(Array((1, *array.shape), array.nodes))
    return operations.handle(array.transposed()) if array.shape else value


def operation(
    operations: ArrayOperations, rules: Rules, op: Op, args: list[int], places: list[Span], span: Span, sign: str
) -> int:
    """An operation on matrices. Raises SyntaxFault where it has no meaning, or one that is not its elements'."""
    args = [_column(operations, value) for value in args]
    arrays = [operations.array(value) for value in args]
    ranks = [len(array.shape) for array in arrays]
    name = op.symbol or op.name
    vectors = ranks == [1, 1]
    if sign == "norm" and op is ABS and ranks == [1]:
        return operations.function("norm", args, places, span)
    if sign == "norm" and op is ABS:
        hint = r"Frobenius's is \|A\|_F"
        raise SyntaxFault("the norm of a matrix may be Frobenius's or the spectral one", span, hint=hint)
    if sign.startswith((".", "f.", r"\odot")) or (sign == "f" and rules.marks and max(ranks) <= rules.functions):
        return operations.call(name, op, args, places, span)
    if op is WHERE and sign and all(ranks[:2]):
        raise SyntaxFault("two arrays are multiplied here, and not by elements", span, hint=rules.hint)
    if op not in _ARITHMETIC:
        if max(ranks) > rules.functions or op is ABS:
            said = described(arrays[ranks.index(max(ranks))].shape).split(" of ")[0]
            said = "a matrix" if max(ranks) > 1 else said
            raise SyntaxFault(f"{op.name} of {said} is not read here", span, hint=rules.hint)
        return operations.call(name, op, args, places, span)
    if op is MUL and vectors and sign in rules.inner + rules.cross:
        return operations.function("dot" if sign in rules.inner else "cross", args, places, span)
    if op in (MUL, MATMUL) and all(ranks):
        return _product(operations, rules, args, places, span)
    if op is POW:
        return _power(operations, rules, args, places, span)
    if op is DIV and ranks[1]:
        raise SyntaxFault(f"{name} by {described(arrays[1].shape)} is not read here", span, hint=rules.hint)
    if op in (ADD, SUB) and not all(ranks) and not rules.adds:
        said = " and ".join(_said(operations, arrays, places))
        what = "a matrix" if max(ranks) > 1 else "a vector"
        raise SyntaxFault(f"a number cannot be added to {what}: {said}", span, hint=rules.hint)
    return operations.call(name, op, args, places, span)


def _column(operations: ArrayOperations, value: int) -> int:
    """A matrix of one column as the vector that it is."""
    array = operations.array(value)
    if len(array.shape) == 2 and array.shape[1] == 1 and array.shape[0] > 1:
        return operations.handle(Array(array.shape[:1], array.nodes))
    return value


def _said(operations: ArrayOperations, arrays: Sequence[Array], places: Sequence[Span]) -> list[str]:
    words = [operations.text[slice(*place)] for place in places]
    return [f"{word} is {described(array.shape)}" for word, array in zip(words, arrays, strict=True)]


def _product(operations: ArrayOperations, rules: Rules, args: list[int], places: list[Span], span: Span) -> int:
    """The product of matrices, of which a vector is a column."""
    left, right = (operations.array(value) for value in args)
    if len(left.shape) == 1 and right.shape[:1] != (1,):
        word = operations.text[slice(*places[0])]
        hint = f"a row is {operations.signs.transposed.format(word)}" if word.isidentifier() else None
        what = "two columns have no product" if len(right.shape) == 1 else "a column times a matrix is no product"
        raise SyntaxFault(what, span, hint="; ".join(filter(None, [hint, rules.hint])) or None)
    if len(left.shape) == 1 and len(right.shape) == 2:
        operations.unroll.span = span
        return operations.handle(operations.unroll.product(Array((*left.shape, 1), left.nodes), right))
    found = operations.call(MATMUL.symbol, MATMUL, args, places, span)
    nodes = operations.array(found).nodes
    return nodes[0] if len(nodes) == 1 else found  # a row times a column is a number


def _power(operations: ArrayOperations, rules: Rules, args: list[int], places: list[Span], span: Span) -> int:
    """A whole power of a square matrix: a product, or that of its inverse."""
    base, exponent = args
    shape = operations.array(base).shape
    if operations.array(exponent).shape:
        raise SyntaxFault("an exponent is one number here", places[1], hint=rules.hint)
    if len(shape) != 2 or shape[0] != shape[1]:
        said = f"only a square matrix has powers, and this is {described(shape)}"
        raise SyntaxFault(said, places[0], hint=rules.hint)
    label = operations.builder.labels.get(exponent, "")
    if not label.lstrip("-").isdecimal() or not 0 < abs(int(label[:20])) <= _MOST:
        raise SyntaxFault(f"the power of a matrix is a whole number up to {_MOST}, and not 0", places[1])
    if label[0] == "-":
        base = operations.function("inv", [base], places[:1], span)
    total = base
    for _ in range(abs(int(label)) - 1):
        total = operations.call(MATMUL.symbol, MATMUL, [total, base], [places[0], places[0]], span)
    return total
