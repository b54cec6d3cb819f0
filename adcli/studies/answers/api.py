"""What derivatives lead to, as functions of Python: uncertainties, roots, minima, fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from adcli.problem.given import by_name
from adcli.problem.parameters import Expression, Names, Point, Sizes, Value, described, names_in
from adcli.problem.problem import problem
from adcli.problem.values import FLOATS

if TYPE_CHECKING:
    from adcli.results import Gradient, Jacobian
    from adcli.studies.answers.minimize import Minimum
    from adcli.studies.answers.solve import Solution
    from adcli.studies.fit.fit import Fitted
    from adcli.studies.uncertainty.propagation import Propagated


@described
def uncertainty(
    expr: Expression,
    at: Point,
    *,
    corr: Mapping[str, Value] | None = None,
    cov: Mapping[str, Value] | None = None,
    dof: Mapping[str, Value] | None = None,
    order: int = 1,
    monte_carlo: int = 0,
    seed: int = 1,
    coverage: float = 0.95,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
) -> Propagated:
    """The values of the outputs with their standard uncertainties `u`, propagated by exact derivatives (GUM).

    `budget` says where they come from, `correlation` how the outputs are correlated, `expanded` what covers them.

    at: the point, with uncertain values such as "4.9990(32)", "5.0±0.1", "1.5±2%", "5±0.1 uniform dof 8", or
        {"value": 5, "u": 0.1}.
    corr: correlations of inputs, {"V:I": -0.36}.
    cov: covariances of a list's elements, {"x": [[0.04, 0.01], [0.01, 0.09]]}.
    dof: degrees of freedom of standard uncertainties; the others have infinitely many.
    order: 2 takes second derivatives into account, for the mean and the variance.
    monte_carlo: so many draws from the distributions, to compare with, or 0.
    seed: of the draws.
    coverage: what part of the distribution value ± U covers.
    """
    from adcli.studies.uncertainty.propagation import uncertainty

    asked: dict[str, Any] = {"output": output, "let": let, "syntax": syntax, "precision": precision}
    return uncertainty(
        expr, at, corr=corr, cov=cov, dof=dof, order=order, draws=monte_carlo, seed=seed, coverage=coverage, **asked
    )


@described
def solve(
    expr: Expression,
    at: Point,
    *,
    unknowns: Names = (),
    wrt: Names = (),
    bracket: Mapping[str, tuple[Value, Value]] | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
) -> Solution:
    """A root of the outputs, which may be equations ("x^2 = 2"): `solution`, by Newton's method from the point.

    `unique_within` is a radius within which it is proved to exist and to be the only one. Raises `Unsolved`.

    unknowns: what is solved for. Default: all inputs but those of `wrt`.
    wrt: parameters by which the solution is differentiated: its `derivatives`.
    bracket: two values of the only unknown between which the sign changes, {"x": (0, 2)}.
    """
    from adcli.studies.answers.solve import find_root

    asked: dict[str, Any] = {"output": output, "let": let, "syntax": syntax, "precision": precision}
    return find_root(
        expr, at, unknowns=names_in(unknowns, "unknowns"), wrt=names_in(wrt, "wrt"), bracket=bracket, **asked
    )


@described
def minimize(
    expr: Expression,
    at: Point,
    *,
    unknowns: Names = (),
    wrt: Names = (),
    bounds: Mapping[str, tuple[Value, Value]] | None = None,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
    precision: int = FLOATS,
) -> Minimum:
    """A local minimum of one output: `minimizer` and `value`, downhill from the point. Raises `Unsolved`.

    unknowns: what may be changed. Default: all inputs but those of `wrt`.
    wrt: parameters by which the minimizer is differentiated: its `derivatives`.
    bounds: the least and the largest value of unknowns, {"x": (0, 1)}; "" for none.
    """
    from adcli.studies.answers.minimize import find_minimum

    asked: dict[str, Any] = {"output": output, "let": let, "syntax": syntax, "precision": precision}
    return find_minimum(
        expr, at, unknowns=names_in(unknowns, "unknowns"), wrt=names_in(wrt, "wrt"), bounds=bounds, **asked
    )


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
    """The derivatives of what equations define, by the implicit function theorem: a gradient of one unknown, a Jacobian
    of several. Where the point does not satisfy the equations they are solved first, and a warning says so.

    unknowns: what the equations define, "y" of "y^2 = x".
    wrt: differentiate by these. Default: all other inputs.
    """
    from adcli.studies.answers.implicit import implicit

    names = names_in(unknowns, "unknowns")
    asked = problem(expr, at, wrt=wrt, output=output, let=let, syntax=syntax, precision=precision, equations={*names})
    found: Gradient | Jacobian = implicit(asked, names, one=len(asked.graph.outputs) == 1)
    return found


@described
def fit(
    expr: Expression,
    at: Point,
    data: str | Sequence[str] | Mapping[str, Any],
    response: str,
    *,
    unknowns: Names = (),
    weights: str | None = None,
    u_response: str | None = None,
    loss: str = "linear",
    loss_scale: float = 1.0,
    bounds: Mapping[str, tuple[Value, Value]] | None = None,
    skip: bool = False,
    output: Names = (),
    let: Sizes | None = None,
    syntax: str = "adcli",
) -> Fitted:
    """A model fitted by nonlinear least squares: `parameters`, each with its `value` and standard error `sd`.

    Raises `Unsolved` where it does not converge, or the rows do not determine a parameter.

    at: the start of the parameters, and constants. The other inputs are columns.
    data: the names of files, or columns by name.
    response: what the model is to be like: a column, or a formula such as "log(y)".
    unknowns: the parameters that are fitted. Default: all that `at` gives.
    weights: how much each squared residual counts: a column or formula.
    u_response: the standard uncertainty of the response, by which residuals are divided.
    loss: "linear" for squares, or one of SciPy's, for which large residuals count less.
    loss_scale: from which residual on they do.
    bounds: the least and the largest value of parameters, {"b": (0, 1)}; "" for none.
    skip: leave out rows that lack a number, instead of raising DataError.
    """
    from adcli.batch.files.formats import reader
    from adcli.batch.matching import matched
    from adcli.studies.fit.fit import fit
    from adcli.studies.fit.rows import Held

    point = by_name(at, "the point")
    asked = problem(expr, point, output=output, let=let, syntax=syntax, values=False)
    if isinstance(data, Mapping):
        readers: list[Any] = [Held(data)]
    else:
        readers = [reader(path) for path in ([data] if isinstance(data, str) else data)]
    try:
        for source in readers:
            source.open()
        return fit(
            asked,
            readers,
            lambda asked, source: matched(asked, source, {}, asked.at),
            response,
            parameters=names_in(unknowns, "unknowns"),
            weights=weights,
            spread=u_response,
            loss=loss,
            loss_scale=loss_scale,
            bounds=bounds,
            skip=skip,
        )[0]
    finally:
        for source in readers:
            source.close()
