"""What derivatives are needed for, as functions of Python: uncertainties, roots, minima, fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from adcli.problem.parameters import Expression, Names, Point, Sizes, Value, described, names_in, of
from adcli.problem.values import FLOATS

if TYPE_CHECKING:
    from adcli.batch.files.readers import Reader
    from adcli.derivatives.results import Gradient, Jacobian
    from adcli.studies.answers.minimize import Minimum
    from adcli.studies.answers.solve import Solution
    from adcli.studies.fit.fit import Fitted
    from adcli.studies.uncertainty.propagation import Propagated

Ranges: TypeAlias = Mapping[str, tuple[Value, Value]]
"""Two values by names."""


@described
def uncertainty(
    expr: Expression,
    at: Point,
    *,
    corr: Mapping[str, Value] | None = None,
    cov: Mapping[str, Value] | None = None,
    dof: Mapping[str, Value] | None = None,
    order: int = 1,
    monte_carlo: int | None = 0,
    seed: int = 1,
    coverage: float = 0.95,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
) -> Propagated:
    """The outputs' values with their uncertainties, and each input's part in them (the GUM's law of propagation).

    `values` and `u` are in the order of `outputs`; `budget` has each input's contribution, in the output's unit.

    at: the point, with uncertainties where there are any: "4.9990±0.0032", "4.9990(32)", "1.5±2%",
        {"value": 5, "u": 0.1, "dof": 8}.
    corr: correlations of inputs, {"V:I": -0.36}.
    cov: covariances of the elements of a list, {"x": [[0.04, 0.01], [0.01, 0.09]]}.
    dof: degrees of freedom by inputs.
    order: 2 takes the Hessian into account.
    monte_carlo: how many draws a Monte Carlo witness takes; None for as many as take no time.
    seed: where the draws begin.
    coverage: the part that value ± U covers.
    """
    from adcli.studies.uncertainty.propagation import uncertainty

    known = _options(locals())
    more: dict[str, Any] = {"order": order, "draws": monte_carlo, "seed": seed, "coverage": coverage}
    return uncertainty(expr, at, corr=corr, cov=cov, dof=dof, **more, **known)


@described
def solve(
    expr: Expression,
    at: Point | None = None,
    *,
    unknowns: Names = (),
    wrt: Names = (),
    bracket: Ranges | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
) -> Solution:
    """A root of expressions, or of equations "left = right", by Newton's method from the point: `solution` by names.

    `derivatives` are those of the unknowns by *wrt* (the implicit function theorem). Raises Unsolved where no root is
    found.

    at: where the search starts, and the values of parameters.
    unknowns: what is solved for; by default all inputs but those of *wrt*.
    wrt: parameters to differentiate the root by.
    bracket: two values of the only unknown between which the sign changes, {"x": (0, 2)}.
    """
    from adcli.studies.answers.solve import find_root

    known = _options(locals())
    start = {name: low for name, (low, _) in (bracket or {}).items()} | dict(at or {})
    sought, by = names_in(unknowns, "unknowns"), names_in(wrt, "wrt")
    return find_root(expr, start, unknowns=sought, wrt=by, bracket=bracket, **known)


@described
def minimize(
    expr: Expression,
    at: Point,
    *,
    unknowns: Names = (),
    wrt: Names = (),
    bounds: Ranges | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
) -> Minimum:
    """A local minimum of one output, downhill from the point by a trust-region Newton method: `minimizer` by names.

    `derivatives` are those of the unknowns by *wrt*. Raises Unsolved where none is found.

    at: where the search starts, and the values of parameters.
    unknowns: what is minimized over; by default all inputs but those of *wrt*.
    wrt: parameters to differentiate the minimizer by.
    bounds: what unknowns are kept within, {"x": (0, 1)}.
    """
    from adcli.studies.answers.minimize import find_minimum

    known = _options(locals())
    sought, by = names_in(unknowns, "unknowns"), names_in(wrt, "wrt")
    return find_minimum(expr, at, unknowns=sought, wrt=by, bounds=bounds, **known)


@described
def implicit(
    expr: Expression,
    at: Point,
    unknowns: Names,
    *,
    wrt: Names | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
) -> Gradient | Jacobian:
    """The derivatives of what equations define, dy/dx of "y^2 = x": a Gradient, of several unknowns a Jacobian.

    unknowns: what the equations define, as of `adcli grad --for`.
    """
    from adcli.problem.given import by_name
    from adcli.problem.problem import problem
    from adcli.studies.answers.implicit import implicit

    known = _options(locals())
    sought = names_in(unknowns, "unknowns")
    names = {*by_name(at, "the point"), *sought}
    asked = problem(expr, at, wrt=wrt, equations=names, **known)
    found: Gradient | Jacobian = implicit(asked, sought, one=len(sought) == 1)
    return found


@described
def fit(
    expr: Expression,
    data: str | Sequence[str] | Mapping[str, Any],
    response: str,
    at: Point,
    *,
    unknowns: Names = (),
    weights: str | None = None,
    u_response: str | None = None,
    loss: str = "linear",
    loss_scale: float = 1.0,
    bounds: Ranges | None = None,
    columns: Mapping[str, str] | None = None,
    skip: bool = False,
    engine: str = "auto",
    threads: int = 0,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
) -> Fitted:
    """A model fitted to rows by nonlinear least squares, with exact Jacobians: `parameters` have a value, an sd, a t.

    Raises Unsolved where it does not converge, or the rows do not determine a parameter.

    data: a file of rows, several, or columns by names: a mapping of lists or arrays, a data frame.
    response: what the model is to be like: a column, or a formula such as "log(y)".
    at: where the parameters start; the other inputs are columns.
    unknowns: the parameters that are fitted; by default all that *at* gives.
    weights: how much each squared residual counts, a column or a formula.
    u_response: the standard uncertainty of the response, by which residuals are divided.
    loss: "linear" (squares), or one of SciPy's "soft_l1", "huber", "cauchy", "arctan".
    loss_scale: from which residual on they count less.
    bounds: what parameters are kept within, {"b": (0, 2)}.
    columns: the columns of inputs, where they are not called so.
    skip: leave out a row that lacks a number, instead of raising DataError.
    engine, threads: what computes, as of `compile`.
    """
    from adcli.batch.matching import matched
    from adcli.studies.fit.fit import fit

    asked = of(locals(), values=False)
    readers = _readers(data)
    try:
        found, _ = fit(
            asked,
            readers,
            lambda problem, source: matched(problem, source, columns or {}, problem.at),
            response,
            parameters=names_in(unknowns, "unknowns"),
            weights=weights,
            spread=u_response,
            loss=loss,
            loss_scale=loss_scale,
            bounds=bounds,
            skip=skip,
            engine=engine,
            threads=threads,
        )
    finally:
        for reader in readers:
            reader.close()
    return found


def _options(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that make a problem, of a function's `locals()`."""
    output = names_in(given["output"], "output")
    return {"output": output, **{name: given[name] for name in ("let", "syntax", "precision")}}


def _readers(data: str | Sequence[str] | Mapping[str, Any]) -> list[Reader]:
    """What reads the rows, open."""
    from adcli.batch.files.batches import Batch, Records
    from adcli.batch.files.formats import readers
    from adcli.batch.files.paths import expanded
    from adcli.batch.files.readers import Dialect, Reader

    table: Any = data
    if isinstance(data, str) or not hasattr(table, "keys"):
        files = readers(expanded([data] if isinstance(data, str) else list(data)))
        for file in files:
            file.open()
        return files
    lists = {str(name): list(getattr(column, "tolist", column.__iter__)()) for name, column in table.items()}

    class Memory(Reader):
        """Rows that are in memory."""

        regular = False

        def open(self) -> None:
            self.names = list(lists)

        def batches(self, size: int) -> Iterator[Batch]:
            rows = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
            for first in range(0, len(rows), size):
                yield Records(self.origin, first + 1, self.names, rows[first : first + size])

    memory = Memory("the data", "", Dialect())
    memory.open()
    return [memory]
