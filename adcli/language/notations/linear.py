"""Functions of vectors and matrices in MATLAB and Julia, which have operators for their products."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from adcli.errors import SyntaxFault
from adcli.language.arrays.calls import Call
from adcli.language.arrays.functions import FUNCTIONS, Row, scalar
from adcli.language.arrays.shapes import Array
from adcli.language.notations.matrices import TURNED as TRANSPOSED
from adcli.language.notations.notation import Meaning, same
from adcli.language.notations.reductions import ROWS, Keys, by_columns, norm, of_vectors
from adcli.language.notations.trees import CALL, OPERATION, Tree, operation
from adcli.ops import DIV


def _inverse(call: Call) -> Array:
    """Of a number 1/x."""
    array, unroll = call.args[0], call.unroll
    if array.shape:
        return FUNCTIONS["inv"].function(call)
    return scalar(unroll.apply(DIV, unroll.literal(1), *array.nodes))


def _count(call: Call) -> Array:
    return scalar(call.unroll.literal(prod(call.array().shape)))


def _longest(call: Call) -> Array:
    return scalar(call.unroll.literal(max(call.array().shape)))


def _transposed(tree: Tree) -> Tree:
    if len(tree.parts) != 1:
        raise SyntaxFault(f"{tree.text} takes 1 argument, got {len(tree.parts)}", tree.span)
    return operation(TRANSPOSED, *tree.parts, span=tree.span)


def _alone(row: Row) -> Row:
    return Row("x", row.function, row.about)


LINEAR: dict[str, Meaning] = {
    **same("dot cross trace det"),
    "inv": Row("A", _inverse, "its inverse, of a number too"),
    "transpose": _transposed,
    "cumsum": Row("x", of_vectors("cumsum").function, ""),
}
"""Functions that both have."""

OF_COLUMNS: dict[str, Meaning] = {
    **{name: by_columns(name) for name in ("sum", "prod", "mean")},
    **{name: _alone(by_columns(f"{name} 1")) for name in ("var", "std")},
    "norm": norm("norm of", "Inf", "inf"),
    "norm of": of_vectors(
        "norm", "of a matrix it is the largest singular value there; sqrt(sum(sum(A.^2))) is Frobenius's"
    ),
    "numel": Row("x", _count, "how many elements it has"),
    "length": Row("x", _longest, "its largest size"),
    "ctranspose": _transposed,
    "mldivide": lambda tree: Tree(OPERATION, "left division", tree.parts, tree.span),
}
"""MATLAB's, which go down the columns of a matrix."""


def _extreme(name: str, op: str) -> Callable[[Tree], Tree]:
    """max(A) goes down the columns; max(x, y) by elements."""

    def write(tree: Tree) -> Tree:
        if len(tree.parts) > 2:
            hint = f"max(A) goes down the columns, {tree.text}(A') along the rows"
            raise SyntaxFault(f"{tree.text} takes 1 or 2 arguments, got {len(tree.parts)}", tree.span, hint=hint)
        return (
            Tree(CALL, f"{name} of", tree.parts, tree.span)
            if len(tree.parts) == 1
            else operation(op, *tree.parts, span=tree.span)
        )

    return write


OF_COLUMNS |= {
    "max": _extreme("amax", "Max"),
    "min": _extreme("amin", "Min"),
    "amax of": _alone(by_columns("amax")),
    "amin of": _alone(by_columns("amin")),
}


def _over(name: str) -> Keys:
    """sum(A) is the total in Julia; sum(A, dims=1) goes down the columns."""

    def write(tree: Tree) -> Tree:
        if len(tree.parts) == 1:
            return Tree(CALL, f"{name} of", tree.parts, tree.span)
        if len(tree.parts) == 2 and tree.parts[1].text == "assign" and tree.parts[1].parts[0].text == "dims":
            return Tree(CALL, f"{name} dims", (tree.parts[0], tree.parts[1].parts[1]), tree.span)
        hint = f"{name}(A) is that of all elements, {name}(A, dims=1) goes down the columns"
        raise SyntaxFault(f"{tree.text} is read of one array", tree.span, hint=hint)

    return write


def _norm(call: Call) -> Array:
    """With a p a matrix is a vector of its elements in Julia."""
    row = FUNCTIONS["norm"] if len(call.args) == 1 else of_vectors("norm", "norm(vec(A), p) is not read")
    return row.function(call)


_TOTALS = {"sum": "sum", "prod": "prod", "mean": "mean", "maximum": "amax", "minimum": "amin", "var": "var 1",
           "std": "std 1"}  # fmt: skip
OF_TOTALS: dict[str, Meaning] = {
    **{spelled: _over(spelled) for spelled in _TOTALS},
    **{f"{spelled} of": ROWS[name] for spelled, name in _TOTALS.items()},
    **{f"{spelled} dims": by_columns(name) for spelled, name in _TOTALS.items()},
    "norm": norm("norm of", "Inf"),
    "norm of": Row("x p?", _norm, "the root of the sum of squares"),
    "tr": "trace",
    "adjoint": _transposed,
    "length": Row("x", _count, "how many elements it has"),
    **same("logdet"),
}
"""Julia's, which are of all elements."""
