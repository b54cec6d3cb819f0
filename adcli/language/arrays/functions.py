"""THE table of functions of arrays: a row each, with what it takes and how it is written out.

A function gets the arrays it is called with, each with its place and words for it, and returns an array (of shape ()
where it is one number). Everything is written with operations of `adcli.ops`; the sums come in the order in which a
Sum has its terms, so that both spellings agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from math import prod
from typing import NamedTuple, TypeAlias

from adcli.errors import SyntaxFault
from adcli.language.arrays.calls import INFINITY, Call, differ
from adcli.language.arrays.matrices import det, inverse, solve
from adcli.language.arrays.names import Shape
from adcli.language.arrays.shapes import Array, described
from adcli.language.arrays.unroll import Unroll
from adcli.ops import ABS, ADD, DIV, EXP, LOG, MUL, POW, SQRT, SUB, TABLE, Op

MAX, MIN, LOGADDEXP = TABLE["Max"], TABLE["Min"], TABLE["logaddexp"]

Function: TypeAlias = Callable[[Call], Array]


class Row(NamedTuple):
    """`arguments`: their names, "?" behind one that may be left out, "*" in front of one that may come again.

    `empty`: its lists may have no elements.
    """

    arguments: str
    function: Function
    about: str
    empty: bool = False

    @property
    def most(self) -> int:
        """How many arguments there can be."""
        names = self.arguments.split()
        return 1_000_000 if names[-1].startswith("*") else len(names)

    @property
    def least(self) -> int:
        """How many arguments there must be."""
        return len([name for name in self.arguments.split() if not name.endswith("?")])


def scalar(node: int) -> Array:
    """One number."""
    return Array((), (node,))


def reduced(of: Callable[[Unroll, Sequence[int]], int]) -> Function:
    """What makes one number of all elements or, of a matrix, one of each column (axis 1) or row (axis 2)."""

    def reduce(call: Call) -> Array:
        array = call.array()
        if len(call.args) == 1:
            return scalar(of(call.unroll, array.nodes))
        axis = call.whole(1)
        if not 1 <= axis <= len(array.shape):
            raise SyntaxFault(
                f"there is no axis {axis}: {call.text[slice(*call.places[0])]} is {described(array.shape)}",
                call.places[1],
                hint="axis 1 goes over the rows, axis 2 over the columns",
            )
        outer, size, inner = prod(array.shape[: axis - 1]), array.shape[axis - 1], prod(array.shape[axis:])
        lines = [
            array.nodes[o * size * inner + i : (o + 1) * size * inner : inner]
            for o in range(outer)
            for i in range(inner)
        ]
        return Array(array.shape[: axis - 1] + array.shape[axis:], [of(call.unroll, line) for line in lines])

    return reduce


def _joined(op: Op) -> Function:
    return reduced(lambda unroll, nodes: unroll.chain(op, nodes))


def _extreme(op: Op) -> Function:
    return reduced(lambda unroll, nodes: _most(unroll, op, nodes))


def _most(unroll: Unroll, op: Op, nodes: Sequence[int]) -> int:
    return unroll.apply(op, *nodes) if len(nodes) > 1 else nodes[0]


def _mean(unroll: Unroll, nodes: Sequence[int]) -> int:
    return unroll.apply(DIV, unroll.total(nodes), unroll.literal(len(nodes)))


def _variance(unroll: Unroll, nodes: Sequence[int]) -> int:
    mean = scalar(_mean(unroll, nodes))
    deviations = unroll.each(SUB, Array((len(nodes),), nodes), mean)
    return _mean(unroll, _squares(unroll, deviations).nodes)


def _deviation(unroll: Unroll, nodes: Sequence[int]) -> int:
    return unroll.apply(SQRT, _variance(unroll, nodes))


def _squares(unroll: Unroll, array: Array) -> Array:
    return unroll.each(POW, array, scalar(unroll.literal(2)))


def _log_sum(unroll: Unroll, nodes: Sequence[int]) -> int:
    return unroll.chain(LOGADDEXP, nodes)


def _norm(call: Call) -> Array:
    """Of a vector the p-norm; of a matrix Frobenius's, or the largest sum of a column (p = 1) or a row (p = inf)."""
    array, unroll = call.array(), call.unroll
    if len(call.args) == 1:
        return _euclidean(unroll, array)
    largest, power = call.args[1] is INFINITY, None if call.args[1] is INFINITY else call.number(1)
    if len(array.shape) == 2:
        if not largest and power != 1:
            raise SyntaxFault(
                "of a matrix the norms are norm(A), norm(A, 1) and norm(A, inf)",
                call.places[1],
                hint="norm(A) is the root of the sum of squares; of a vector, p is any number",
            )
        sizes = unroll.each(ABS, array)
        lines = [sizes.row(i) for i in range(array.shape[0])] if largest else [
            sizes.column(j) for j in range(array.shape[1])
        ]  # fmt: skip
        return scalar(_most(unroll, MAX, [unroll.total(line) for line in lines]))
    call.ranked(1)
    if power == 2:
        return _euclidean(unroll, array)
    even = power is not None and power % 2 == 0
    sizes = array if even else unroll.each(ABS, array)
    if largest:
        return scalar(_most(unroll, MAX, sizes.nodes))
    if power == 1:
        return scalar(unroll.total(sizes.nodes))
    if power is not None and power < 1:
        raise SyntaxFault(f"norm needs p ≥ 1, and p is {call.text[slice(*call.places[1])]}", call.places[1])
    p = call.args[1].nodes[0]
    total = unroll.total(unroll.each(POW, sizes, scalar(p)).nodes)
    return scalar(unroll.apply(POW, total, unroll.apply(DIV, unroll.literal(1), p)))


def _euclidean(unroll: Unroll, array: Array) -> Array:
    return scalar(unroll.apply(SQRT, unroll.total(_squares(unroll, array).nodes)))


def _dot(call: Call) -> Array:
    left, right = call.ranked(1), call.ranked(1, 1)
    call.equal()
    return scalar(call.unroll.inner(left.nodes, right.nodes))


def _cross(call: Call) -> Array:
    for position in (0, 1):
        if call.ranked(1, position).shape != (3,):
            raise call.refuse(position, "two vectors of 3")
    a, b = (array.nodes for array in call.args)
    unroll = call.unroll
    turns = [(1, 2), (2, 0), (0, 1)]
    products = unroll.many(MUL, [pair for i, j in turns for pair in ((a[i], b[j]), (a[j], b[i]))], 6)
    return Array((3,), unroll.many(SUB, zip(products[::2], products[1::2], strict=True), 3))


def _outer(call: Call) -> Array:
    left, right = call.ranked(1), call.ranked(1, 1)
    shape = (*left.shape, *right.shape)
    return Array(shape, call.unroll.many(MUL, [(a, b) for a in left.nodes for b in right.nodes], prod(shape)))


def _diagonal(array: Array) -> Sequence[int]:
    return array.nodes[:: array.shape[1] + 1][: min(array.shape)]


def _diag(call: Call) -> Array:
    array = call.array()
    if len(array.shape) == 2:
        diagonal = _diagonal(array)
        return Array((len(diagonal),), diagonal)
    (size,) = call.ranked(1).shape
    zero = call.unroll.literal(0)
    return Array((size, size), [array.nodes[i] if i == j else zero for i in range(size) for j in range(size)])


def _trace(call: Call) -> Array:
    return scalar(call.unroll.total(_diagonal(call.square())))


def _transpose(call: Call) -> Array:
    array = call.array()
    if len(array.shape) > 2:
        raise call.refuse(0, "a vector or matrix")
    return array.transposed()


def _cumsum(call: Call) -> Array:
    nodes, unroll = call.ranked(1).nodes, call.unroll
    sums = [nodes[0]]
    for node in nodes[1:]:
        sums.append(unroll.apply(ADD, sums[-1], node))
    return Array((len(sums),), sums)


def _log_softmax(call: Call) -> Array:
    """Of a vector; of a matrix along an axis, where it goes over the rows for each column, or the reverse."""
    unroll = call.unroll
    if len(call.args) == 1:
        array = call.ranked(1)
        return unroll.each(SUB, array, scalar(_log_sum(unroll, array.nodes)))
    array = call.ranked(2)
    sums = reduced(_log_sum)(call).nodes
    rows, columns = array.shape
    spread = [sums[j if call.whole(1) == 1 else i] for i in range(rows) for j in range(columns)]
    return unroll.each(SUB, array, Array(array.shape, spread))


def _softmax(call: Call) -> Array:
    return call.unroll.each(EXP, _log_softmax(call))


def _filled(number: int) -> Function:
    def fill(call: Call) -> Array:
        shape: Shape = tuple([call.size(position) for position in range(len(call.args))])
        if prod(shape) > 20_000_000:
            raise SyntaxFault("this array is too large", (call.places[0][0], call.places[-1][1]))
        return Array(shape, [call.unroll.literal(number)] * prod(shape))

    return fill


def _eye(call: Call) -> Array:
    size = call.size(0)
    zero, one = call.unroll.literal(0), call.unroll.literal(1)
    return Array((size, size), [one if i == j else zero for i in range(size) for j in range(size)])


def _range(call: Call) -> Array:
    first, last = (1, call.whole(0)) if len(call.args) == 1 else (call.whole(0), call.whole(1))
    if not first <= last < first + 1_000_000:
        raise SyntaxFault(
            f"range goes from the first to the last number, and {first} to {last} has none", call.places[0]
        )
    numbers = range(first, last + 1)
    return Array((len(numbers),), [call.unroll.literal(number) for number in numbers])


def _concat(call: Call) -> Array:
    ranks = {max(1, len(array.shape)) for array in call.args}
    widths = {array.shape[1:] for array in call.args}
    if len(ranks) > 1 or len(widths) > 1:
        raise differ(call.text, call.args, call.places, "vectors are joined end to end, matrices below each other")
    nodes = list(chain.from_iterable(array.nodes for array in call.args))
    width = next(iter(widths))
    return Array((len(nodes) // prod(width), *width), nodes)


def _det(call: Call) -> Array:
    return scalar(det(call.unroll, call.square()))


def _logdet(call: Call) -> Array:
    return scalar(call.unroll.apply(LOG, det(call.unroll, call.square())))


def _inv(call: Call) -> Array:
    return inverse(call.unroll, call.square())


def _solve(call: Call) -> Array:
    matrix, right = call.square(), call.array(1)
    if len(right.shape) > 2 or right.shape[0] != matrix.shape[0]:
        raise differ(call.text, call.args, call.places, "solve(A, b) is x with A@x = b")
    return solve(call.unroll, matrix, right)


def _hyper(call: Call) -> Array:
    """Of parameters above and below, and z: by the row of the table with so many."""
    unroll = call.unroll
    for position in (0, 1):
        if len(call.args[position].shape) > 1:
            call.ranked(1, position)
    lists = [array.nodes for array in call.args[:2]]
    above, below = map(len, lists)
    nodes = [*lists[0], *lists[1], *call.ranked(0, 2).nodes]
    op = TABLE.get(f"hyp{above}f{below}")
    if op is not None:
        return scalar(unroll.apply(op, *nodes))
    if (above, below) == (0, 0):
        return scalar(unroll.apply(EXP, *nodes))
    if (above, below) == (1, 0):
        power = unroll.apply(POW, unroll.apply(SUB, unroll.literal(1), nodes[1]), nodes[0])
        return scalar(unroll.apply(DIV, unroll.literal(1), power))
    raise SyntaxFault(
        f"there is no hypergeometric function {above}F{below} here",
        (call.places[0][0], call.places[1][1]),
        hint="there are those with up to 3 parameters below, and at most one more above, which `adcli ops hyper` lists",
    )


# fmt: off
FUNCTIONS: dict[str, Row] = {
    "sum":         Row("x axis?", _joined(ADD),            "the sum; sum(A, 1) over rows, sum(A, 2) over columns"),
    "prod":        Row("x axis?", _joined(MUL),            "the product"),
    "mean":        Row("x axis?", reduced(_mean),         "the mean"),
    "var":         Row("x axis?", reduced(_variance),     "the variance, the mean of (x - mean(x))^2"),
    "std":         Row("x axis?", reduced(_deviation),    "the square root of var(x)"),
    "amax":        Row("x axis?", _extreme(MAX),           "the largest, as max(x) is; amax(A, 1) that of each column"),
    "amin":        Row("x axis?", _extreme(MIN),           "the smallest"),
    "logsumexp":   Row("x axis?", reduced(_log_sum),      "log(sum(exp(x))), without overflow"),
    "norm":        Row("x p?",    _norm,                   "sqrt(sum(x^2)), of a matrix too; norm(x, p), norm(x, inf)"),
    "dot":         Row("x y",     _dot,                    "x@y of two vectors"),
    "cross":       Row("x y",     _cross,                  "the cross product of two vectors of 3"),
    "outer":       Row("x y",     _outer,                  "the matrix of x[i]*y[j]"),
    "diag":        Row("x",       _diag,                   "the matrix with the diagonal x; of a matrix, its diagonal"),
    "trace":       Row("A",       _trace,                  "the sum of the diagonal"),
    "transpose":   Row("A",       _transpose,              "A.T"),
    "cumsum":      Row("x",       _cumsum,                 "x[1], x[1] + x[2], …"),
    "softmax":     Row("x axis?", _softmax,                "exp(x)/sum(exp(x)), without overflow"),
    "log_softmax": Row("x axis?", _log_softmax,            "the logarithm of softmax(x)"),
    "eye":         Row("n",       _eye,                    "the unit matrix"),
    "zeros":       Row("n *m?",   _filled(0),              "a vector or matrix of zeros"),
    "ones":        Row("n *m?",   _filled(1),              "a vector or matrix of ones"),
    "range":       Row("first last?", _range,              "1, 2, …, n, or from the first to the last"),
    "concat":      Row("x *y?",   _concat,                 "vectors end to end, matrices below each other"),
    "det":         Row("A",       _det,                    "the determinant"),
    "logdet":      Row("A",       _logdet,                 "the logarithm of the determinant"),
    "inv":         Row("A",       _inv,                    "the inverse"),
    "solve":       Row("A b",     _solve,                  "x with A@x = b"),
    "hyper":       Row("a b z",   _hyper,                  "hypergeometric, of the lists a and b", empty=True),
}
# fmt: on
