"""The results of the commands that ask for values and derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from adcli.errors import counted
from adcli.records import dataclass
from adcli.results import (
    MATRIX,
    PER_COLUMN,
    PER_ROW,
    SERIES,
    SPARSE,
    VALUES,
    Answer,
    Entry,
    Number,
    OfAll,
    OfOne,
    derivative,
)

SMALL = 2_500
"""A sparse matrix with at most so many places has entries for its zeros too."""


def _slope(output: str, name: str, number: Number, i: int, j: int) -> Entry:
    return Entry(derivative(output, name), number, {i: 1}, {j: 1})


def _gradient(output: str, gradient: Mapping[str, Number]) -> list[Entry]:
    return [_slope(output, name, number, 0, j) for j, (name, number) in enumerate(gradient.items())]


def _seconds(output: str, names: Sequence[str], places: Iterable[tuple[int, int, Number]]) -> list[Entry]:
    """Of a symmetric matrix, each entry once."""
    return [
        Entry(derivative(output, names[i], names[j]), number, {0: 1}, {i: 1}, {j: 1})
        for j, i, number in places
        if j <= i
    ]


def _places(nonzeros: Sequence[tuple[int, int, Number]], height: int, width: int, some: Number) -> Any:
    """The entries of a sparse matrix, with the zeros between them where it is small; *some* is any number."""
    if height * width > SMALL:
        return nonzeros
    known = {(i, j): number for i, j, number in nonzeros}
    return [(i, j, known.get((i, j), 0 * some)) for i in range(height) for j in range(width)]


def _jacobian(
    kind: str, layout: str, outputs: Sequence[str], inputs: Sequence[str], numbers: Any, method: str, besides: Any = ()
) -> Answer:
    by = [f"∂/∂{name}" for name in inputs]
    if layout == "denominator":
        return Answer(kind, inputs, outputs, numbers, "input", "Jᵀ", method=method, left=by, besides=besides)
    return Answer(kind, outputs, inputs, numbers, "output", "J", method=method, heads=by, partial=True, besides=besides)


def _method(mode: str, sweeps: int, dense: int = 0) -> str:
    """How derivatives were computed: "reverse mode, 3 sweeps instead of 1,000"."""
    said = {"forward": "forward mode", "reverse": "reverse mode", "mixed": "mixed modes"}.get(mode, mode)
    return f"{said}, {counted(sweeps, 'sweep')}" + (f" instead of {dense:,}" if sweeps < dense else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(OfAll):
    """Values of the outputs."""

    command: ClassVar[str] = "eval"
    computed: ClassVar[tuple[str, ...]] = ("values",)

    outputs: tuple[str, ...]
    values: tuple[Number, ...]

    @property
    def answer(self) -> Answer:
        return Answer(VALUES, self.outputs, ["value"], [[number] for number in self.values], "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient(OfOne):
    """∂y/∂x for one output y; `sweeps` of `mode` ("forward" or "reverse") gave it."""

    command: ClassVar[str] = "grad"
    computed: ClassVar[tuple[str, ...]] = ("value", "gradient")

    mode: str
    sweeps: int
    output: str
    value: Number
    gradient: dict[str, Number]

    @property
    def answer(self) -> Answer:
        return Answer(
            PER_COLUMN,
            [self.output],
            list(self.gradient),
            [list(self.gradient.values())],
            "output",
            heads=[derivative(self.output, name) for name in self.gradient],
            method=_method(self.mode, self.sweeps),
            partial=True,
        )

    def derived(self) -> list[list[Entry]]:
        return [_gradient(self.output, self.gradient)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jacobian(OfAll):
    """J with a row per output and a column per input; transposed where `layout` is "denominator"."""

    command: ClassVar[str] = "jacobian"
    computed: ClassVar[tuple[str, ...]] = ("values", "jacobian")

    mode: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    values: tuple[Number, ...]
    layout: str
    jacobian: tuple[tuple[Number, ...], ...]
    sweeps: int
    """0 where vertices are eliminated instead (`mode` "cross")."""
    determinant: Number | None = None
    elimination: dict[str, Any] | None = None
    """Of `mode` "cross": the kind of order ("reverse", "markowitz" …), the vertices eliminated, multiplications."""

    @property
    def answer(self) -> Answer:
        method = _method(self.mode, self.sweeps)
        if self.elimination is not None:
            vertices, times = self.elimination["vertices"], self.elimination["multiplications"]
            which = counted(vertices, "vertex", "vertices")
            method = f"cross-country elimination of {which}, {counted(times, 'multiplication')}"
        besides = () if self.determinant is None else (("determinant", "det J", self.determinant),)
        return _jacobian(MATRIX, self.layout, self.outputs, self.inputs, self.jacobian, method, besides)

    def derived(self) -> list[list[Entry]]:
        rows = self.jacobian if self.layout == "numerator" else tuple(zip(*self.jacobian, strict=True))
        names = list(enumerate(self.inputs))
        slopes = [_slope(y, x, rows[i][j], i, j) for i, y in enumerate(self.outputs) for j, x in names]
        if self.determinant is None:
            return [slopes]
        places = dict.fromkeys(range(len(names)), 1)
        return [slopes, [Entry("det J", self.determinant, places, places, determinant=True)]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseJacobian(OfAll):
    """The nonzeros of a Jacobian as (row, column, number), rows and columns from 0, in order.

    `colors` has a colour per input where `mode` is "forward" and per output where it is "reverse": what has one colour
    shares a sweep. In `mode` "mixed" it is that of the inputs and `row_colors` that of the outputs. -1 stands where
    no such sweep is needed. `dense_sweeps` are the sweeps that the same mode takes without colours.
    """

    command: ClassVar[str] = "jacobian"
    computed: ClassVar[tuple[str, ...]] = ("values", "entries")

    mode: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    values: tuple[Number, ...]
    layout: str
    nnz: int
    entries: tuple[tuple[int, int, Number], ...]
    colors: tuple[int, ...]
    row_colors: tuple[int, ...] | None = None
    sweeps: int
    dense_sweeps: int

    @property
    def answer(self) -> Answer:
        method = _method(self.mode, self.sweeps, self.dense_sweeps)
        return _jacobian(SPARSE, self.layout, self.outputs, self.inputs, self.entries, method)

    def derived(self) -> list[list[Entry]]:
        shown = self.answer
        places = _places(self.entries, len(shown.rows), len(shown.columns), self.values[0])
        if self.layout == "denominator":
            places = [(i, j, number) for j, i, number in places]
        return [[_slope(self.outputs[i], self.inputs[j], number, i, j) for i, j, number in places]]


@dataclass(frozen=True, slots=True, kw_only=True)
class JVP(OfAll):
    """J·ẋ, one number per output, from one forward sweep."""

    command: ClassVar[str] = "jvp"

    mode: str = "forward"
    outputs: tuple[str, ...]
    values: tuple[Number, ...]
    tangent: dict[str, Number]
    jvp: tuple[Number, ...]

    @property
    def answer(self) -> Answer:
        column, seed = [[number] for number in self.jvp], ("ẋ", list(self.tangent.items()))
        return Answer(PER_ROW, self.outputs, ["jvp"], column, "output", "J·ẋ", method=_method(self.mode, 1), seed=seed)

    def derived(self) -> list[list[Entry]]:
        way = dict(enumerate(self.tangent.values()))
        rows = enumerate(zip(self.outputs, self.jvp, strict=True))
        return [[Entry(f"the tangent of {output}", number, {i: 1}, way) for i, (output, number) in rows]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VJP(OfAll):
    """ȳᵀ·J, one number per input, from one reverse sweep."""

    command: ClassVar[str] = "vjp"

    mode: str = "reverse"
    outputs: tuple[str, ...]
    values: tuple[Number, ...]
    cotangent: tuple[Number, ...]
    vjp: dict[str, Number]

    @property
    def answer(self) -> Answer:
        row, seed = [list(self.vjp.values())], ("ȳᵀ", list(zip(self.outputs, self.cotangent, strict=True)))
        return Answer(PER_COLUMN, ["vjp"], list(self.vjp), row, symbol="ȳᵀ·J", method=_method(self.mode, 1), seed=seed)

    def derived(self) -> list[list[Entry]]:
        weights, row = dict(enumerate(self.cotangent)), enumerate(self.vjp.items())
        return [[Entry(f"the adjoint of {name}", number, weights, {j: 1}) for j, (name, number) in row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hessian(OfOne):
    """∂²y/∂xᵢ∂xⱼ of one output, symmetric; `mode` names the outer mode first ("forward over reverse")."""

    command: ClassVar[str] = "hessian"
    computed: ClassVar[tuple[str, ...]] = ("value", "gradient", "hessian")

    mode: str
    output: str
    inputs: tuple[str, ...]
    value: Number
    gradient: dict[str, Number]
    hessian: tuple[tuple[Number, ...], ...]

    @property
    def answer(self) -> Answer:
        return Answer(
            MATRIX,
            self.inputs,
            self.inputs,
            self.hessian,
            "input",
            "H",
            self.output,
            _method(self.mode, len(self.inputs)),
            left=[derivative(self.output, name) for name in self.inputs],
            heads=[f"∂/∂{name}" for name in self.inputs],
            above=(self.output, tuple(self.gradient.values())),
        )

    def derived(self) -> list[list[Entry]]:
        places = ((i, j, number) for i, row in enumerate(self.hessian) for j, number in enumerate(row))
        return [_gradient(self.output, self.gradient), _seconds(self.output, self.inputs, places)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseHessian(OfOne):
    """The nonzeros of a Hessian, in both triangles; a colour per input: those of one colour share a product H·v."""

    command: ClassVar[str] = "hessian"
    computed: ClassVar[tuple[str, ...]] = ("value", "gradient", "entries")

    mode: str = "forward over reverse"
    output: str
    inputs: tuple[str, ...]
    value: Number
    gradient: dict[str, Number]
    nnz: int
    entries: tuple[tuple[int, int, Number], ...]
    colors: tuple[int, ...]
    sweeps: int
    dense_sweeps: int

    @property
    def answer(self) -> Answer:
        method = _method(self.mode, self.sweeps, self.dense_sweeps)
        return Answer(SPARSE, self.inputs, self.inputs, self.entries, "input", "H", self.output, method)

    def derived(self) -> list[list[Entry]]:
        places = _places(self.entries, len(self.inputs), len(self.inputs), self.value)
        return [_gradient(self.output, self.gradient), _seconds(self.output, self.inputs, places)]


@dataclass(frozen=True, slots=True, kw_only=True)
class HVP(OfOne):
    """H·v of one output, without forming the Hessian."""

    command: ClassVar[str] = "hvp"

    mode: str = "forward over reverse"
    output: str
    value: Number
    vector: dict[str, Number]
    hvp: dict[str, Number]

    @property
    def answer(self) -> Answer:
        return Answer(
            PER_COLUMN,
            ["hvp"],
            list(self.hvp),
            [list(self.hvp.values())],
            symbol="H·v",
            second=self.output,
            method=_method(self.mode, 1),
            upright=True,
            seed=("v", list(self.vector.items())),
        )

    def derived(self) -> list[list[Entry]]:
        way, row = dict(enumerate(self.vector.values())), enumerate(self.hvp.items())
        return [[Entry(f"{name} of H·v", number, {0: 1}, way, {j: 1}) for j, (name, number) in row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taylor(OfOne):
    """f(x + t·d) = Σ coefficients[k]·t^k up to `order`; derivatives[k] = k!·coefficients[k] is dᵏf/dtᵏ at t = 0."""

    command: ClassVar[str] = "taylor"
    computed: ClassVar[tuple[str, ...]] = ("coefficients", "derivatives")

    output: str
    order: int
    direction: dict[str, Number]
    coefficients: tuple[Number, ...]
    derivatives: tuple[Number, ...]

    @property
    def outcome(self) -> tuple[tuple[str, Number], ...]:
        return ((self.output, self.coefficients[0]),)

    @property
    def answer(self) -> Answer:
        pairs = list(zip(self.coefficients, self.derivatives, strict=True))
        moving = [(name, component) for name, component in self.direction.items() if component != 0]
        single = len(moving) == 1 and moving[0][1] == 1
        symbol = moving[0][0] if single else "t"
        method = f"Taylor mode, order {self.order}" + (f" in {symbol}" if single else "")
        seed = None if single else ("d", list(self.direction.items()))
        columns, orders = ["coefficient", "derivative"], list(map(str, range(len(pairs))))
        return Answer(SERIES, orders, columns, pairs, "order", symbol, method=method, seed=seed)

    def derived(self) -> list[list[Entry]]:
        way, first = dict(enumerate(self.direction.values())), {0: 1}
        series = list(enumerate(self.coefficients))[1:]
        return [[Entry(f"coefficient {k} of {self.output}", x, first, way, order=k) for k, x in series]]

    @property
    def moved(self) -> Sequence[str]:
        return tuple(self.direction)
