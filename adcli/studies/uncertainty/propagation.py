"""The uncertainty of a formula's outputs, after the GUM (JCGM 100): from exact derivatives, with a budget of where it
comes from, and Monte Carlo (JCGM 101) as the witness."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from adcli.arithmetic.matrices import dot, norm, root, times, transposed
from adcli.derivatives.answers import hessian, jacobian
from adcli.errors import AdcliError, UsageError, listed, option
from adcli.problem.given import by_name, whole
from adcli.problem.problem import Expression, Problem, problem
from adcli.problem.uncertain import Uncertain, parted
from adcli.problem.values import Value
from adcli.records import dataclass
from adcli.results import Notice, Number, Result
from adcli.studies.uncertainty.inputs import Inputs
from adcli.studies.uncertainty.monte_carlo import MOST_DRAWS, MonteCarlo, draws_at_once, monte_carlo
from adcli.studies.uncertainty.quantiles import coverage_factor

ENOUGH = 0.1
"""A second order that changes u by more than this part of it is to be heard of."""
MAX_WORK = 300_000
"""Operations × inputs beyond which the second order is looked at only if it is asked for."""
EXCESS = {"uniform": -1.2, "triangular": -0.6, "arcsine": -1.5}
"""The excess kurtosis of distributions that are not normal."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one input contributes: `sensitivity` is ∂f/∂x, `contribution` |∂f/∂x|·u, `share` its part of the variance in
    percent (half of each covariance is its own), `elasticity` (x/f)·∂f/∂x."""

    value: Number
    u: Number
    sensitivity: Number
    contribution: Number
    share: Number | None
    elasticity: Number | None


@dataclass(frozen=True, slots=True)
class Expanded:
    """Intervals value ± U, U = k·u, that cover so much of each output's distribution."""

    coverage: float
    k: tuple[float, ...]
    U: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Propagated(Result):
    """Values with their standard uncertainties `u`, to first or second `order`."""

    command: ClassVar[str] = "uncertainty"

    outputs: tuple[str, ...]
    values: tuple[Number, ...]
    order: int
    mean: tuple[Number, ...] | None = None
    """To second order, the expected values."""
    u: tuple[Number, ...]
    dof: tuple[float, ...]
    expanded: Expanded
    correlation: tuple[tuple[Number | None, ...], ...]
    """Of the outputs; None for one that is certain."""
    budget: dict[str, dict[str, Part]]
    """Per output the inputs by their share, the largest first."""
    monte_carlo: MonteCarlo | None = None


def uncertainty(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    corr: Mapping[str, Value] | None = None,
    cov: Mapping[str, Value] | None = None,
    dof: Mapping[str, Value] | None = None,
    order: int = 1,
    draws: int | None = 0,
    seed: int = 1,
    coverage: float = 0.95,
    uncertain: Mapping[str, Uncertain] | None = None,
    **options: Any,
) -> Propagated:
    """The values of the outputs with their uncertainties, for inputs such as "4.9990(32)" or "1.5±2%".

    *corr* has correlations, {"V:I": -0.36}; *cov* covariances of a vector's elements, {"x": [[…], …]}; *dof* degrees of
    freedom. *order* 2 takes the Hessian into account. *draws* is the number of Monte Carlo trials, None for as many as
    take no time. Of a prepared problem, *uncertain* has what its values lack. Options as of `problem`.
    """
    if not isinstance(expr, Problem):
        plain, uncertain = parted(by_name(at, "the point"))
        expr = problem(expr, plain, **options)
    if order not in (1, 2):
        raise UsageError(f"the order is 1 or 2, not {order}")
    if not 0 < coverage < 1:
        raise UsageError(f"the coverage is a part of the whole, as 0.95, not {coverage:g}")
    if draws is not None and draws and not 100 <= whole(draws, "the number of draws") <= MOST_DRAWS:
        raise UsageError(f"Monte Carlo takes 100 to {MOST_DRAWS:,} draws, not {draws:,}")
    inputs = Inputs(expr, uncertain or {}, corr, cov, dof)
    asked = expr.changed(wrt=tuple(inputs.nodes))
    found = jacobian(asked)
    first = [[c * u for c, u in zip(row, inputs.u, strict=True)] for row in found.jacobian]
    ways = [_independent(inputs, row) for row in first]
    u = [norm(way) for way in ways]
    notices = [notice for notice in found.warnings if notice.kind != "reading"]
    bent, said = _second_order(asked, inputs, order)
    if order == 2:
        known = {(notice.kind, notice.span) for notice in notices}
        notices += [notice for notice in said if notice.kind == "kink" and (notice.kind, notice.span) not in known]
    mean = None
    crude: list[tuple[str, Number, Number]] = []
    variances = transposed([[dot(a, b) for a in ways] for b in ways])
    if bent is not None:
        second = [[variances[a][b] + _shared(inputs, bent[a], bent[b]) for b in range(len(u))] for a in range(len(u))]
        to_second = [root(max(row[i], 0 * row[i])) for i, row in enumerate(second)]
        if order == 2:
            mean = tuple([y + sum(h[i][i] for i in range(len(h))) / 2 for y, h in zip(found.values, bent, strict=True)])
        for name, less, more in zip(found.outputs, u, to_second, strict=True):
            if abs(more - less) > ENOUGH * max(less, more):
                crude.append((name, less, more))
        if order == 2:
            variances, u = second, to_second
    freedom = [_effective(row, s, inputs) for row, s in zip(first, u, strict=True)]
    if inputs.correlated and any(math.isfinite(nu) for nu in inputs.dof):
        welch = "the formula of Welch and Satterthwaite, which gives the degrees of freedom, is for independent inputs"
        notices.append(Notice("dof", welch))
    factors = [coverage_factor(coverage, nu) for nu in freedom]
    count = draws_at_once(asked, inputs) if draws is None else draws
    drawn = monte_carlo(asked, inputs, found.values, count, seed, coverage) if count else None
    if any(notice.kind == "kink" for notice in notices):
        notices.insert(0, Notice("order", _at_kink(found.outputs, drawn)))
    for name, less, more in crude:
        truth = None if drawn is None else drawn.u[found.outputs.index(name)]
        notices.insert(0, Notice("order", _not_enough(name, float(less), float(more), truth, order)))
    return Propagated(
        **{**asked.shared(), "warnings": tuple(notices)},
        outputs=found.outputs,
        values=found.values,
        order=order,
        mean=mean,
        u=tuple(u),
        dof=tuple(freedom),
        expanded=Expanded(coverage, tuple(factors), tuple([k * s for k, s in zip(factors, u, strict=True)])),
        correlation=_correlation(variances, u),
        budget={
            name: _budget(asked, inputs, found.values[i], found.jacobian[i], first[i])
            for i, name in enumerate(found.outputs)
        },
        monte_carlo=drawn,
    )


def _independent(inputs: Inputs, row: Sequence[Number]) -> list[Number]:
    """Contributions to an output, as those of independent quantities of which the inputs are made."""
    return times(transposed(inputs.factor), row) if inputs.correlated else list(row)


def _second_order(
    asked: Problem, inputs: Inputs, order: int
) -> tuple[list[list[list[Number]]] | None, tuple[Notice, ...]]:
    """Per output its Hessian by those independent quantities, in units of their uncertainty, and what is to be said of
    it; None where there is none, or it would take long and was not asked for."""
    graph = asked.graph
    if order == 1 and len(graph) * len(inputs.names) * len(graph.outputs) > MAX_WORK:
        return None, ()
    found = []
    notices: tuple[Notice, ...] = ()
    for node, name in zip(graph.outputs, graph.output_names, strict=True):
        try:
            answer = hessian(asked.changed(graph=graph.with_outputs([node], [name])))
            rows, notices = answer.hessian, (*notices, *answer.warnings)
        except AdcliError:
            if order == 2:
                raise
            return None, ()
        scaled = [
            [h * a * b for h, b in zip(row, inputs.u, strict=True)] for row, a in zip(rows, inputs.u, strict=True)
        ]
        if inputs.correlated:
            columns = [times(transposed(inputs.factor), row) for row in scaled]
            scaled = [times(transposed(inputs.factor), row) for row in transposed(columns)]
        found.append(scaled)
    return found, notices


def _shared(inputs: Inputs, a: Sequence[Sequence[Number]], b: Sequence[Sequence[Number]]) -> Number:
    """What the second order adds to the covariance of two outputs: that of xᵀA·x/2 and xᵀB·x/2."""
    added = sum(dot(row, other) for row, other in zip(a, b, strict=True)) / 2
    if not inputs.correlated:
        for i, shape in enumerate(inputs.shapes):
            added += EXCESS.get(shape, 0) * a[i][i] * b[i][i] / 4
    return added


def _not_enough(name: str, less: float, more: float, drawn: float | None, order: int) -> str:
    """That the second order changes much; not as if it were better where Monte Carlo, *drawn*, says that it is not."""
    if drawn is not None and abs(more - drawn) >= abs(less - drawn):
        orders = f"to first order {less:.2g}, to second order {more:.2g}"
        return f"no expansion is enough here: the uncertainty of {name} is {orders}, and {drawn:.2g} by Monte Carlo"
    change = f"{abs(more / less - 1):.0%} {'more' if more > less else 'less'}" if less else "not 0"
    said = f"first order is not enough here: to second order the uncertainty of {name} is {more:.2g}, {change}"
    hints = ([] if order == 2 else [option("order", 2)]) + (["Monte Carlo is the witness"] if drawn is None else [])
    return f"{said} ({'; '.join(hints)})" if hints else said


def _at_kink(outputs: Sequence[str], drawn: MonteCarlo | None) -> str:
    """That derivatives tell nothing of what a function does on both sides of a kink."""
    said = "at a kink no uncertainty from derivatives is worth anything"
    if drawn is None:
        return f"{said}: Monte Carlo tells more (--monte-carlo 1e6, in Python draws=1_000_000)"
    told = listed([f"of {name} is {float(u):.2g}" for name, u in zip(outputs, drawn.u, strict=True)])
    return f"{said}; by Monte Carlo that {told}"


def _effective(row: Sequence[Number], u: Number, inputs: Inputs) -> float:
    """The effective degrees of freedom, after Welch and Satterthwaite (GUM G.4.1)."""
    finite = [(float(part), nu) for part, nu in zip(row, inputs.dof, strict=True) if math.isfinite(nu) and part]
    if not finite or not u:
        return math.inf
    return 1 / math.fsum((abs(part) / float(u)) ** 4 / nu for part, nu in finite)


def _correlation(variances: Sequence[Sequence[Number]], u: Sequence[Number]) -> tuple[tuple[Number | None, ...], ...]:
    def entry(i: int, j: int) -> Number | None:
        if not u[i] or not u[j]:
            return None
        if i == j:
            return 0 * u[i] + 1
        return max(-1 + 0 * u[i], min(1 + 0 * u[i], variances[i][j] / u[i] / u[j]))

    return tuple(tuple(entry(i, j) for j in range(len(u))) for i in range(len(u)))


def _budget(
    asked: Problem, inputs: Inputs, value: Number, slopes: Sequence[Number], row: Sequence[Number]
) -> dict[str, Part]:
    """Where an output's uncertainty comes from."""
    at = asked.numbers()
    common = times(inputs.correlation, row) if inputs.correlated else list(row)
    total = dot(row, common)
    parts = {}
    for i, name in enumerate(inputs.names):
        parts[name] = Part(
            at[name],
            inputs.u[i],
            slopes[i],
            abs(row[i]),
            100 * row[i] * common[i] / total if total > 0 else None,
            at[name] / value * slopes[i] if value else None,
        )
    return dict(sorted(parts.items(), key=lambda item: -abs(item[1].share or 0)))
