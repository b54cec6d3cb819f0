"""What the commands compute: frozen results, rendered by `adcli.render` and returned by the Python API.

A result's fields are the keys of its JSON object, in this order, between the fields that all share
(`expr`, `at` in front, `warnings`, `check` behind). Numbers are floats, or mpmath's mpf when a precision
was asked for; a matrix is a tuple of rows.

A result of numbers labels them itself, so that nobody need ask for its class: `outcome` are the outputs' values,
`answer` has the numbers asked for in rows and columns with their names, `entries` says what each number means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from adcli.errors import Span, counted
from adcli.records import dataclass

Number: TypeAlias = Any
"""A float, or an mpf (mpmath is imported only where one is made)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: `kind` is kink, range, digits, check or reading; `span` its place in the program's text."""

    kind: str
    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of a cross-check.

    `against` names the witness; errors are the largest of all entries, absolute and relative (with the
    floor that `detail` states), compared with `tolerance`; `digits` says how many significant digits of
    the worst entry of the answer are right. `detail` is a sentence for people: what was compared, or the
    entry that disagrees and both its values. `witnessed` says whether a witness knew any of the numbers asked
    for: without one nothing disagrees (`ok`), and nothing is confirmed.
    """

    against: str
    ok: bool
    max_abs_error: float
    max_rel_error: float
    tolerance: float
    digits: int
    detail: str = ""
    witnessed: bool = True


@dataclass(frozen=True, slots=True)
class Certificate:
    """Proof of a result's numbers: `digits` of each are right (17: it is the double nearest to the truth).

    `lower` and `upper` are the fields of the result that hold its numbers, with doubles that these lie between.
    `bits` were computed with, functions enclosed `by` "Arb" or "mpmath".
    """

    digits: int
    lower: dict[str, Any]
    upper: dict[str, Any]
    bits: int
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What every result has. `at` holds the inputs' values under their names ("x", "x[1]").

    `computed` are the fields that hold its numbers, where these can be proven.
    """

    command: ClassVar[str] = ""
    computed: ClassVar[tuple[str, ...]] = ()
    renderer: ClassVar[str] = ""
    """The room of `adcli.render` that writes it, where that is not called as the command."""

    expr: tuple[str, ...]
    at: dict[str, Number]
    precision: int = 15
    """Decimal digits computed with; 15 means floats."""
    text: str = ""
    """The program's text, which the spans of warnings point into."""
    formulas: tuple[str | None, ...] = ()
    """The outputs' formulas as they are written, where they are known."""
    unnamed: bool = False
    """Whether the only output has no name of its own."""
    warnings: tuple[Notice, ...] = ()
    check: Check | None = None
    certified: Certificate | None = None

    def __str__(self) -> str:
        """The table that the command prints, without colours."""
        found: str = _displayed(self, "text")
        return found

    def _repr_html_(self) -> str:
        """HTML for notebooks; a graph is its picture, where Graphviz is there."""
        found: str = _displayed(self, "html")
        return found

    def _repr_latex_(self) -> str | None:
        """LaTeX, where the command has it."""
        found: str | None = _displayed(self, "latex")
        return found

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """All that notebooks can choose from."""
        found: dict[str, str] = _displayed(self, "bundle")
        return found

    def to_html(self) -> str:
        """HTML: a table, the picture of a graph, or the whole page of `adcli.explore`."""
        found: str = _displayed(self, "page")
        return found

    def to_json(self) -> str:
        """The object that the command prints with `--format json`."""
        found: str = _displayed(self, "json")
        return found

    def to_dict(self) -> dict[str, Any]:
        """The same as dictionaries and lists. Numbers of a precision are strings with all their digits."""
        found: dict[str, Any] = _displayed(self, "dict")
        return found

    def to_pandas(self) -> Any:
        """A pandas DataFrame of the numbers asked for, rows and columns under their names; of a study, its table."""
        return _displayed(self, "pandas")

    def to_numpy(self) -> Any:
        """The numbers asked for as an array of floats: a vector of values, of a gradient or of a product, a matrix of a
        Jacobian or a Hessian (dense, if it was sparse), a row (coefficient, derivative) per order of a series.

        Raises UsageError for what is no table of numbers.
        """
        return _displayed(self, "numpy")


def _displayed(result: Result, form: str) -> Any:
    """The result in a form. The room that shows results stands above this one: the package knows which it is."""
    import adcli

    return adcli.displayed(result, form)


# What numbers are

VALUES, PER_ROW, PER_COLUMN = "the values", "a number per row", "a number per column"
MATRIX, SPARSE, SERIES = "a matrix", "a sparse matrix", "a series"

SMALL = 2_500
"""A sparse matrix with at most so many places has entries for its zeros too."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Named rows and columns of numbers.

    `kind` tells what plain text looks like: VALUES and PER_ROW (a number per output: values, J·ẋ), PER_COLUMN (one
    row, a number per input: gradients, ȳᵀ·J), MATRIX, SPARSE (`numbers` are (row, column, number), from 0), SERIES
    (a row per order with a coefficient and a derivative). `corner` names what the rows are.

    The rest is for people. `symbol` is what it is called (a series by its variable, "t" where that is none), `second`
    the output whose second derivatives it holds; `partial` says that it holds those of the rows by the columns,
    `upright` that its one row means a column. `left` and `heads` stand beside the rows and above the columns, where not
    their names alone do; `above` is a row that belongs on top.
    `method` is how it was computed, `seed` what was multiplied by: a symbol, with ᵀ for a row, and named numbers.
    `besides` are single numbers that belong to it: a name for programs, one for people, the number.
    """

    kind: str
    rows: Sequence[str]
    columns: Sequence[str]
    numbers: Sequence[Sequence[Number]]
    corner: str = ""
    symbol: str = ""
    second: str = ""
    method: str = ""
    left: Sequence[str] = ()
    heads: Sequence[str] = ()
    above: tuple[str, Sequence[Number]] | None = None
    partial: bool = False
    upright: bool = False
    seed: tuple[str, Sequence[tuple[str, Number]]] | None = None
    besides: Sequence[tuple[str, str, Number]] = ()

    @property
    def linear(self) -> bool:
        """Whether it is a whole Jacobian, by which the outputs can be approximated."""
        return self.kind is MATRIX and not self.second

    @property
    def flat(self) -> list[Number]:
        """The numbers row by row; of a series the coefficients, of a sparse matrix those that are not zero."""
        if self.kind is SPARSE:
            return [number for _, _, number in self.numbers]
        if self.kind is SERIES:
            return [row[0] for row in self.numbers]
        return [number for row in self.numbers for number in row]


@dataclass(frozen=True, slots=True)
class Entry:
    """A number and its meaning: Σ weightᵢ·∂fᵢ/∂xⱼ·tangentⱼ, over the places of outputs and of inputs.

    Without a tangent it is the value of an output. With another tangent, `other`, it is the second derivative along
    both; with an `order`, the Taylor coefficient of that order along the tangent.
    """

    label: str
    number: Number
    weights: Mapping[int, Number]
    tangent: Mapping[int, Number] | None = None
    other: Mapping[int, Number] | None = None
    order: int = 0


def derivative(output: str, name: str, other: str = "") -> str:
    """What a partial derivative is called, or with another name a second one."""
    if not other:
        return f"∂{output}/∂{name}"
    return f"∂²{output}/∂{name}" + ("²" if name == other else f"∂{other}")


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


class Labelled(Result):
    """A result that labels its numbers."""

    @property
    def outcome(self) -> tuple[tuple[str, Number], ...]:
        """The outputs and their values."""
        raise NotImplementedError

    @property
    def answer(self) -> Answer:
        """The numbers asked for, in rows and columns."""
        raise NotImplementedError

    def derived(self) -> list[list[Entry]]:
        """The derivatives, in groups of one kind."""
        return [[]]

    def labelled(self) -> list[list[Entry]]:
        """All numbers, in groups of one kind; the values are the first."""
        return [[Entry(name, number, {i: 1}) for i, (name, number) in enumerate(self.outcome)], *self.derived()]

    @property
    def moved(self) -> Sequence[str] | None:
        """The inputs whose places tangents count; None where they are all that the problem differentiates by."""
        return None


class OfOne(Labelled):
    """A result about one output."""

    output: str
    value: Number

    @property
    def outcome(self) -> tuple[tuple[str, Number], ...]:
        """The output and its value."""
        return ((self.output, self.value),)


class OfAll(Labelled):
    """A result about all outputs."""

    outputs: tuple[str, ...]
    values: tuple[Number, ...]

    @property
    def outcome(self) -> tuple[tuple[str, Number], ...]:
        """The outputs and their values."""
        return tuple(zip(self.outputs, self.values, strict=True))


# The results of the commands


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
            which = f"{vertices:,} vert{'ex' if vertices == 1 else 'ices'}"
            method = f"cross-country elimination of {which}, {counted(times, 'multiplication')}"
        besides = () if self.determinant is None else (("determinant", "det J", self.determinant),)
        return _jacobian(MATRIX, self.layout, self.outputs, self.inputs, self.jacobian, method, besides)

    def derived(self) -> list[list[Entry]]:
        rows = self.jacobian if self.layout == "numerator" else tuple(zip(*self.jacobian, strict=True))
        names = list(enumerate(self.inputs))
        return [[_slope(y, x, rows[i][j], i, j) for i, y in enumerate(self.outputs) for j, x in names]]


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
