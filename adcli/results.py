"""What the commands compute: frozen results, rendered by `adcli.render` and returned by the Python API.

A result's fields are the keys of its JSON object, in this order, between the fields that all share
(`expr`, `at` in front, `warnings`, `check` behind). Numbers are floats, or mpmath's mpf when a precision
was asked for; a matrix is a tuple of rows.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias

from adcli.errors import Span
from adcli.records import dataclass

Number: TypeAlias = Any
"""A float, or an mpf (mpmath is imported only where one is made)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning: `kind` is kink, range, digits or check; `span` its place in the program's text."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What every result has. `at` holds the inputs' values under their names ("x", "x[1]")."""

    command: ClassVar[str] = ""

    expr: tuple[str, ...]
    at: dict[str, Number]
    precision: int = 15
    """Decimal digits computed with; 15 means floats."""
    text: str = ""
    """The program's text, which the spans of warnings point into."""
    warnings: tuple[Notice, ...] = ()
    check: Check | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation(Result):
    """Values of the outputs."""

    command: ClassVar[str] = "eval"

    outputs: tuple[str, ...]
    values: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient(Result):
    """∂y/∂x for one output y; `sweeps` of `mode` ("forward" or "reverse") gave it."""

    command: ClassVar[str] = "grad"

    mode: str
    sweeps: int
    output: str
    value: Number
    gradient: dict[str, Number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jacobian(Result):
    """J with a row per output and a column per input; transposed where `layout` is "denominator"."""

    command: ClassVar[str] = "jacobian"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseJacobian(Result):
    """The nonzeros of a Jacobian as (row, column, number), rows and columns from 0, in order.

    `colors` has a colour per input where `mode` is "forward" and per output where it is "reverse": what has one colour
    shares a sweep. In `mode` "mixed" it is that of the inputs and `row_colors` that of the outputs. -1 stands where
    no such sweep is needed. `dense_sweeps` are the sweeps that the same mode takes without colours.
    """

    command: ClassVar[str] = "jacobian"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class JVP(Result):
    """J·ẋ, one number per output, from one forward sweep."""

    command: ClassVar[str] = "jvp"

    mode: str = "forward"
    outputs: tuple[str, ...]
    values: tuple[Number, ...]
    tangent: dict[str, Number]
    jvp: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VJP(Result):
    """ȳᵀ·J, one number per input, from one reverse sweep."""

    command: ClassVar[str] = "vjp"

    mode: str = "reverse"
    outputs: tuple[str, ...]
    values: tuple[Number, ...]
    cotangent: tuple[Number, ...]
    vjp: dict[str, Number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hessian(Result):
    """∂²y/∂xᵢ∂xⱼ of one output, symmetric; `mode` names the outer mode first ("forward over reverse")."""

    command: ClassVar[str] = "hessian"

    mode: str
    output: str
    inputs: tuple[str, ...]
    value: Number
    gradient: dict[str, Number]
    hessian: tuple[tuple[Number, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SparseHessian(Result):
    """The nonzeros of a Hessian, in both triangles; a colour per input: those of one colour share a product H·v."""

    command: ClassVar[str] = "hessian"

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


@dataclass(frozen=True, slots=True, kw_only=True)
class HVP(Result):
    """H·v of one output, without forming the Hessian."""

    command: ClassVar[str] = "hvp"

    mode: str = "forward over reverse"
    output: str
    value: Number
    vector: dict[str, Number]
    hvp: dict[str, Number]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taylor(Result):
    """f(x + t·d) = Σ coefficients[k]·t^k up to `order`; derivatives[k] = k!·coefficients[k] is dᵏf/dtᵏ at t = 0."""

    command: ClassVar[str] = "taylor"

    output: str
    order: int
    direction: dict[str, Number]
    coefficients: tuple[Number, ...]
    derivatives: tuple[Number, ...]
