"""Functions of arrays as programs have them: with axes from 0, with n - 1 in a variance, of vectors alone.

A row each, of the same kind as `adcli.language.arrays.functions` has; and calls that name their arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from adcli.errors import SyntaxFault, counted
from adcli.language.arrays.calls import Call
from adcli.language.arrays.functions import FUNCTIONS, Row, reduced, scalar
from adcli.language.arrays.shapes import Array, described
from adcli.language.arrays.unroll import Unroll
from adcli.language.notations.matrices import INFINITE
from adcli.language.notations.trees import CALL, MISSING, NAME, NUMBER, OPERATION, Tree, operation
from adcli.ops import DIV, POW, SQRT, SUB, TABLE, Op


def from_zero(name: str) -> Row:
    """The function with its axis counted from 0, or from the last where it is negative."""
    row = ROWS[name]

    def function(call: Call) -> Array:
        if len(call.args) == 1:
            return row.function(call)
        array, axis = call.array(), call.whole(1)
        rank = len(array.shape)
        if not -rank <= axis < rank:
            word = call.text[slice(*call.places[0])]
            said = f"there is no axis {axis}: {word} is {described(array.shape)}"
            raise SyntaxFault(said, call.places[1], hint="axes are counted from 0 here")
        if rank == 1:
            return row.function(Call(call.name, call.unroll, [array], call.places[:1], call.text))
        along = scalar(call.unroll.literal(axis % rank + 1))
        return row.function(Call(call.name, call.unroll, [array, along], call.places, call.text))

    return Row("x axis?", function, row.about)


def of_vectors(name: str, hint: str | None = None) -> Row:
    """The function of a vector; a matrix is refused, with what to write for what may be meant."""
    row = ROWS[name]

    def function(call: Call) -> Array:
        if len(call.array().shape) > 1:
            raise call.refuse(0, "a vector here", hint)
        return row.function(call)

    return Row(row.arguments, function, row.about)


def norm(key: str, *infinity: str) -> Keys:
    """A norm, called *key* then, whose p may be one of the names of infinity, which is no number elsewhere."""

    def read(part: Tree) -> Tree:
        if part.kind == NAME and part.text in infinity:
            return operation(INFINITE, span=part.span)
        if part.text == "assign" and part.parts[1].text in infinity:
            return operation("assign", part.parts[0], read(part.parts[1]), span=part.span)
        return part

    return lambda tree: Tree(CALL, key, (*tree.parts[:1], *map(read, tree.parts[1:])), tree.span)


def by_columns(name: str) -> Row:
    """The function of each column of a matrix, as a row, or with axis 2 of each row; that of a vector or row whole."""
    row = ROWS[name]

    def function(call: Call) -> Array:
        given = call.array()
        if len(given.shape) > 2:
            raise call.refuse(0, "a vector or matrix")
        array = Array((*given.shape, 1)[:2], given.nodes)
        axis = (1 if array.shape[0] > 1 else 2) if len(call.args) == 1 else call.whole(1)
        if axis not in (1, 2):
            raise SyntaxFault(
                f"there is no dimension {axis}", call.places[1], hint="1 goes down the columns, 2 along rows"
            )
        along = scalar(call.unroll.literal(axis))
        found = row.function(Call(call.name, call.unroll, [array, along], [call.places[0], call.places[-1]], call.text))
        if len(found.nodes) == 1:
            return scalar(found.nodes[0])
        return Array((1, *found.shape), found.nodes) if axis == 1 else found

    return Row(row.arguments, function, row.about)


def numbers_alone(op: str, instead: str) -> Row:
    """An operation of numbers, which programs refuse of several arrays; of one vector that of its elements."""

    def function(call: Call) -> Array:
        one = call.args[0] if len(call.args) == 1 else None
        if one is not None and len(one.shape) == 1:
            return scalar(call.unroll.apply(TABLE[op], *one.nodes)) if len(one.nodes) > 1 else scalar(one.nodes[0])
        for position, array in enumerate(call.args):
            if array.shape:
                raise call.refuse(position, "numbers, or one vector", instead)
        return scalar(call.unroll.apply(TABLE[op], *[array.nodes[0] for array in call.args]))

    return Row("x *y?", function, "")


def over_less(less: int, root: bool = False) -> Row:
    """The variance over n - *less*, or its root."""

    def of(unroll: Unroll, nodes: Sequence[int]) -> int:
        if len(nodes) <= less:
            raise SyntaxFault(f"a variance over n - {less} takes {counted(less + 1, 'element')} or more", unroll.span)
        mean = scalar(unroll.apply(DIV, unroll.total(nodes), unroll.literal(len(nodes))))
        apart = unroll.each(SUB, Array((len(nodes),), nodes), mean)
        squares = unroll.each(POW, apart, scalar(unroll.literal(2))).nodes
        found = unroll.apply(DIV, unroll.total(squares), unroll.literal(len(nodes) - less))
        return unroll.apply(SQRT, found) if root else found

    return Row("x axis?", reduced(of), "")


def over(of: Callable[[Unroll, Sequence[int]], int]) -> Row:
    """What *of* makes of all values, those of ranges and of computed ones too."""

    def function(call: Call) -> Array:
        return scalar(of(call.unroll, [node for array in call.args for node in array.nodes]))

    return Row("x *y?", function, "")


def joined(op: Op) -> Row:
    """An operation between all values; Max and Min take them at once."""
    if op.variadic:
        return over(lambda unroll, nodes: unroll.apply(op, *nodes) if len(nodes) > 1 else nodes[0])
    return over(lambda unroll, nodes: unroll.chain(op, nodes))


ROWS = {**FUNCTIONS, "var 1": over_less(1), "std 1": over_less(1, root=True)}
"""The functions, with those that are over n - 1."""
Keys = Callable[[Tree], Tree]


def named(key: str, arguments: str = "x axis", same: Mapping[str, str] | None = None) -> Keys:
    """A call of what the notation's functions have by *key*, whose arguments may be given by their names."""
    wanted = arguments.split()
    alike = {"dim": "axis", "a": "x", "input": "x", **(same or {})}

    def write(tree: Tree) -> Tree:
        found: dict[str, Tree] = {}
        for place, part in enumerate(tree.parts):
            keyword = part.parts[0].text if part.kind == OPERATION and part.text == "assign" else ""
            name = alike.get(keyword, keyword) if keyword else wanted[place] if place < len(wanted) else ""
            if keyword and name not in wanted:
                raise SyntaxFault(f"{keyword}= is not read here", part.span)
            if name not in wanted or name in found or part.kind == MISSING:
                raise SyntaxFault(f"{shown(tree)} takes {counted(len(wanted), 'argument')} at most", part.span)
            found[name] = part.parts[1] if keyword else part
        given = [found[name] for name in wanted if name in found]
        if list(found) and [name for name in wanted[: len(given)] if name not in found]:
            raise SyntaxFault(f"an argument of {shown(tree)} is missing", tree.span)
        return Tree(CALL, key, given, tree.span)

    return write


def spread(keys: str, default: int, names: Sequence[str] = ("ddof", "correction")) -> Keys:
    """A variance or deviation over n, or n - 1 where one of *names* says so: keys "var" and "var 1"."""

    def write(tree: Tree) -> Tree:
        less, parts = str(default), []
        for part in tree.parts:
            if part.kind == OPERATION and part.text == "assign" and part.parts[0].text in names:
                value = part.parts[1]
                if value.kind != NUMBER or value.text not in ("0", "1"):
                    raise SyntaxFault(f"{part.parts[0].text} is 0 or 1 here", value.span)
                less = value.text
            else:
                parts.append(part)
        return named(keys if less == "0" else f"{keys} 1")(Tree(tree.kind, tree.text, parts, tree.span))

    return write


def rekeyed(key: str) -> Keys:
    """The call, as one of what the notation's functions have by *key*."""
    return lambda tree: Tree(CALL, key, tree.parts, tree.span)


def _length(call: Call) -> Array:
    return scalar(call.unroll.literal(call.array().shape[0]))


LENGTH = Row("x", _length, "how many elements it has, or rows")


def shown(tree: Tree) -> str:
    """A call's name without what a notation's functions keep it by."""
    return tree.text.removesuffix(" 1").removesuffix(" of").removeprefix("own ")
