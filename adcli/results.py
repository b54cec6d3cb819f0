"""What every result of a command is: frozen, rendered by `adcli.render` and returned by the Python API.

A result's fields are the keys of its JSON object, in this order, between the fields that all share
(`expr`, `at` in front, `warnings`, `check` behind). Numbers are floats, or mpmath's mpf when a precision
was asked for; a matrix is a tuple of rows.

A result of numbers labels them itself, so that nobody need ask for its class: `outcome` are the outputs' values,
`answer` has the numbers asked for in rows and columns with their names, `labelled` says what each number means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from adcli.errors import Span
from adcli.records import dataclass

Number: TypeAlias = Any
"""A float, or an mpf (mpmath is imported only where one is made)."""


ONE_SIDED = "one-sided"
"""The kind of a warning that a derivative is that of the one side on which the function is defined."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: `kind` is kink, limit, one-sided, range, digits, time, check or reading; `span` is of the text."""

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

    @property
    def mark(self) -> str:
        """The outcome as one character."""
        return "✗" if not self.ok else "✓" if self.witnessed else "–"


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
    both; with an `order`, the Taylor coefficient of that order along the tangent. A `determinant` is that of the
    ∂fᵢ/∂xⱼ instead of their sum.
    """

    label: str
    number: Number
    weights: Mapping[int, Number]
    tangent: Mapping[int, Number] | None = None
    other: Mapping[int, Number] | None = None
    order: int = 0
    determinant: bool = False


def derivative(output: str, name: str, other: str = "") -> str:
    """What a partial derivative is called, or with another name a second one."""
    if not other:
        return f"∂{output}/∂{name}"
    return f"∂²{output}/∂{name}" + ("²" if name == other else f"∂{other}")


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
