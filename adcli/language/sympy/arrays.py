"""Arrays as SymPy reads them: matrices of SymPy's own, and what the language's functions of arrays are in its terms.

Textbook definitions, on purpose not those by which adcli writes them out: they are what its graphs are checked against.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add, mul
from typing import Any, TypeAlias

Expr: TypeAlias = Any


class Array:
    """A vector or a matrix, with the operators of the language. Conditions may be elements, too."""

    def __init__(self, items: Sequence[Expr], shape: Sequence[int]) -> None:
        self.items = list(items)
        self.shape = tuple(shape)
        self.rank = len(self.shape)

    @property
    def matrix(self) -> Any:
        """The matrix of SymPy; of a vector, of one column."""
        import sympy

        return sympy.ImmutableDenseMatrix(self.shape[0], self.shape[1] if self.rank == 2 else 1, self.items)

    def like(self, items: Sequence[Expr]) -> Array:
        """Other elements in the same shape."""
        return Array(items, self.shape)

    @property
    def turned(self) -> Array:
        """The transpose."""
        return self if self.rank == 1 else of_matrix(self.matrix.T)

    def part(self, indices: Sequence[Any]) -> Any:
        """An element or a slice, counted from 1."""
        places = [
            range(i.first - 1, size if i.last is None else i.last) if isinstance(i, Slice) else [int(i) - 1]
            for i, size in zip(indices, self.shape, strict=True)
        ]
        width, columns = (self.shape[1], places[1]) if self.rank == 2 else (1, [0])
        found = [self.items[i * width + j] for i in places[0] for j in columns]
        shape = [len(p) for p, i in zip(places, indices, strict=True) if isinstance(i, Slice)]
        return Array(found, shape) if shape else found[0]

    def __matmul__(self, other: Array) -> Any:
        left = self.matrix.T if self.rank == 1 else self.matrix
        found = left * other.matrix
        shape = (*self.shape[:-1], *other.shape[1:])
        return Array(list(found), shape) if shape else found[0, 0]

    def __neg__(self) -> Array:
        return self.like([-x for x in self.items])

    def __add__(self, other: Any) -> Any:
        return each(add, self, other)

    def __radd__(self, other: Any) -> Any:
        return each(add, other, self)

    def __sub__(self, other: Any) -> Any:
        return each(lambda a, b: a - b, self, other)

    def __rsub__(self, other: Any) -> Any:
        return each(lambda a, b: a - b, other, self)

    def __mul__(self, other: Any) -> Any:
        return each(mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return each(mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return each(lambda a, b: a / b, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return each(lambda a, b: a / b, other, self)

    def __pow__(self, other: Any) -> Any:
        return each(lambda a, b: a**b, self, other)

    def __rpow__(self, other: Any) -> Any:
        return each(lambda a, b: a**b, other, self)


class Slice:
    """2:4 between the brackets of an index; `last` is None where nothing is written."""

    def __init__(self, first: Any, last: Any) -> None:
        self.first = 1 if first is None else int(first)
        self.last = None if last is None else int(last)


def of_matrix(matrix: Any) -> Array:
    """A matrix of SymPy as an array."""
    return Array(list(matrix), matrix.shape)


def each(function: Callable[..., Expr], *args: Any) -> Any:
    """A function of numbers on arrays of one shape and numbers."""
    arrays = [x for x in args if isinstance(x, Array)]
    if not arrays:
        return function(*args)
    columns = [x.items if isinstance(x, Array) else [x] * len(arrays[0].items) for x in args]
    return arrays[0].like([function(*row) for row in zip(*columns, strict=True)])


def lifted(function: Callable[..., Expr], reduces: bool = False) -> Callable[..., Any]:
    """The same function of arrays, too; *reduces*: of one array it is that of all elements."""

    def called(*args: Any) -> Any:
        if reduces and len(args) == 1 and isinstance(args[0], Array):
            return function(*args[0].items)
        return each(function, *args)

    return called


def listed(*items: Any) -> Array:
    """A list that is written out."""
    if not isinstance(items[0], Array):
        return Array(items, [len(items)])
    return Array([x for row in items for x in row.items], [len(items), *items[0].shape])


def _along(of: Callable[[list[Expr]], Expr]) -> Callable[..., Any]:
    def called(x: Array, axis: Any = None) -> Any:
        if axis is None or x.rank == 1:
            return of(x.items)
        lines = x.matrix.T.tolist() if int(axis) == 1 else x.matrix.tolist()
        return Array([of(line) for line in lines], [len(lines)])

    return called


def _mean(items: list[Expr]) -> Expr:
    return sum(items) / len(items)


def _variance(items: list[Expr]) -> Expr:
    return _mean([x**2 for x in items]) - _mean(items) ** 2


def functions() -> dict[str, Callable[..., Any]]:
    """The functions of arrays by name."""
    import sympy

    def norm(x: Array, p: Any = 2) -> Expr:
        if p in (1, sympy.oo) and x.rank == 2:
            lines = (x.matrix.T if p == 1 else x.matrix).tolist()
            return sympy.Max(*[sum(map(sympy.Abs, line)) for line in lines])
        if p == sympy.oo:
            return sympy.Max(*map(sympy.Abs, x.items))
        return sum(sympy.Abs(a) ** p for a in x.items) ** (1 / sympy.sympify(p))

    def softmax(x: Array, axis: Any = None) -> Array:
        powers = each(sympy.exp, x)
        if axis is None or x.rank == 1:
            return powers / sum(powers.items)  # type: ignore[no-any-return]
        sums = _along(sum)(powers, axis).items
        rows, columns = x.shape
        spread = [sums[j if int(axis) == 1 else i] for i in range(rows) for j in range(columns)]
        return powers / Array(spread, x.shape)  # type: ignore[no-any-return]

    def diag(x: Array) -> Array:
        if x.rank == 2:
            found = x.matrix.diagonal()
            return Array(list(found), [len(found)])
        return of_matrix(sympy.diag(*x.items))

    def det(x: Array) -> Expr:
        return x.matrix.det(method="berkowitz")

    def inverse(x: Array) -> Array:
        return of_matrix(x.matrix.adjugate() / det(x))

    def spread(first: Any, last: Any = None) -> Array:
        low, high = (1, int(first)) if last is None else (int(first), int(last))
        return Array(list(map(sympy.Integer, range(low, high + 1))), [high - low + 1])

    def concat(*parts: Any) -> Array:
        items = [x for part in parts for x in (part.items if isinstance(part, Array) else [part])]
        first = parts[0]
        width = [first.shape[1]] if isinstance(first, Array) and first.rank == 2 else []
        return Array(items, [len(items) // (width[0] if width else 1), *width])

    def filled(number: int) -> Callable[..., Array]:
        def fill(*sizes: Any) -> Array:
            shape = list(map(int, sizes))
            return Array([sympy.Integer(number)] * reduce(mul, shape), shape)

        return fill

    return {
        "sum": _along(sum),
        "prod": _along(lambda items: reduce(mul, items)),
        "mean": _along(_mean),
        "var": _along(_variance),
        "std": _along(lambda items: sympy.sqrt(_variance(items))),
        "amax": _along(lambda items: sympy.Max(*items)),
        "amin": _along(lambda items: sympy.Min(*items)),
        "logsumexp": _along(lambda items: sympy.log(sum(map(sympy.exp, items)))),
        "norm": norm,
        "dot": lambda x, y: x @ y,
        "cross": lambda x, y: Array(list(x.matrix.cross(y.matrix)), x.shape),
        "outer": lambda x, y: of_matrix(x.matrix * y.matrix.T),
        "diag": diag,
        "trace": lambda x: x.matrix.trace(),
        "transpose": lambda x: x.turned,
        "cumsum": lambda x: x.like([sum(x.items[: i + 1]) for i in range(len(x.items))]),
        "softmax": softmax,
        "log_softmax": lambda x, axis=None: each(sympy.log, softmax(x, axis)),
        "eye": lambda n: of_matrix(sympy.eye(int(n))),
        "zeros": filled(0),
        "ones": filled(1),
        "range": spread,
        "concat": concat,
        "det": det,
        "logdet": lambda x: sympy.log(det(x)),
        "inv": inverse,
        "solve": lambda x, b: inverse(x) @ b,
        "hyper": lambda a, b, z: sympy.hyper(*(x.items if isinstance(x, Array) else [x] for x in (a, b)), z),
    }
