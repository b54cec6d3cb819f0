"""Nonlinear least squares with exact Jacobians, over rows in files of any size."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from operator import mul
from typing import Any, ClassVar

from adcli.arithmetic.matrices import LU, Singular, root
from adcli.batch.engines import installed
from adcli.batch.files.readers import Reader
from adcli.batch.question import Request
from adcli.errors import AdcliError, DataError, NameFault, UsageError, counted, listed, option
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.problem.values import Value
from adcli.records import dataclass
from adcli.results import Notice, Result
from adcli.studies.answers.system import Unsolved
from adcli.studies.fit.levenberg import Bounds, Descent, Iteration
from adcli.studies.fit.model import Model
from adcli.studies.fit.rows import Rows
from adcli.studies.fit.triangle import Triangle, upper
from adcli.studies.fit.work import Fit

PUSHES = (0.1, 1e-3, 10.0)
"""How steps are damped at first, one after the other until a fit converges."""
DIGITS = 60
"""With so many a fit is finished where floats may lack some."""
FINE = 1e-13
"""Relative errors below this are no reason to finish with more digits."""
MOST_FINE = 60_000
"""Rows × operations of a fit that is finished so."""
LEFT_OUT = "rows that lack a number are left out"
SINGULAR = 1e-13
"""A direction of the parameters, in units of their columns, that the rows determine less than this is not."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A fitted parameter, its standard error, and t, their ratio; None where there are no degrees of freedom."""

    value: float
    sd: float | None
    t: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted(Result):
    """A fit: `rss` is the (weighted) sum of squares of the residuals, `residual_sd` their standard deviation."""

    command: ClassVar[str] = "fit"

    response: str
    rows: int
    parameters: dict[str, Parameter]
    rss: float
    residual_sd: float | None
    r_squared: float | None
    dof: int
    correlation: tuple[tuple[float, ...], ...]
    """Of the parameters, in their order."""
    converged: bool
    loss: str
    iterations: tuple[Iteration, ...]
    finished: int
    """Digits with which it was finished: 15 are floats."""
    offset: float
    """The part of the residual that parameters could still take away, those not held, against the rest of it."""
    held: tuple[str, ...] = ()
    """The parameters at a bound that they would leave."""


def fit(
    asked: Problem,
    readers: Sequence[Reader],
    match: Callable[[Problem, Reader], Mapping[str, str]],
    response: str,
    *,
    parameters: Sequence[str] = (),
    weights: str | None = None,
    spread: str | None = None,
    loss: str = "linear",
    loss_scale: float = 1.0,
    bounds: Mapping[str, tuple[Value, Value]] | None = None,
    skip: bool = False,
    engine: str = "auto",
    threads: int = 0,
) -> tuple[Fitted, Fit]:
    """The fit of a model, whose point has the start of the parameters, to the rows of *readers*, which are open.

    *match* says which columns are which inputs. *parameters* are fitted (default: all of the point, but for constants
    there is no other way to be told). Raises Unsolved.
    """
    names = chosen(asked, parameters)
    model = Model(asked, names, response, weights, spread)
    columns = [match(model.residual, reader) for reader in readers]
    arrays = engine != "python" and _arrays(readers)
    for reader in readers:
        if reader.regular:
            reader.close()
    rows = Rows(readers, columns, arrays=arrays, skip=skip)
    origin = listed([reader.origin for reader in readers], 3)
    if rows.count < len(names):
        raise DataError(f"{origin} has {counted(rows.count, 'row')}, too few for {counted(len(names), 'parameter')}")
    work = Fit(model, rows, engine=engine, threads=threads, origin=origin)
    limits = _limits(names, bounds or {}, asked)
    start = [asked.doubles[name] for name in names]
    for name, b, (low, high) in zip(names, start, limits, strict=True):
        if not low <= b <= high:
            raise UsageError(f"{name} starts at {b:g}, outside its bounds from {low:g} to {high:g}")
    work.check_weights(start)
    here = work.begun(start)
    if loss != "linear":
        from adcli.studies.fit.robust import robust

        descent, scale = robust(work, start, limits, loss, loss_scale)
    else:
        descent, scale = _descended(work, start, here, limits), None
    if not descent.converged:
        raise _unfinished(work, descent)
    return _fitted(work, descent, loss, limits, scale), work


def chosen(asked: Problem, parameters: Sequence[str]) -> list[str]:
    """The names to fit: those chosen, else all that have a start."""
    known = [name for name in asked.graph.input_names if name in asked.at]
    if not known:
        raise UsageError("no parameter has a start", hint=f"for instance {option('at', {'b1': 1, 'b2': 0.5})}")
    if not parameters:
        return known
    found: list[str] = []
    for name in parameters:
        members = [other for other in known if other == name or other.startswith(name + "[")]
        if not members:
            raise NameFault(f"{option('for')} names {name}, which has no start", hint=among(name, known))
        found += [member for member in members if member not in found]
    return found


def _arrays(readers: Sequence[Reader]) -> bool:
    """Whether rows are arrays: where NumPy is there, and there are more than a few."""
    if not installed("numpy"):
        return False
    counts = [reader.rows() for reader in readers]
    return any(count is None or count > 2_000 for count in counts)


def _limits(names: Sequence[str], bounds: Mapping[str, tuple[Value, Value]], asked: Problem) -> Bounds:
    found = dict.fromkeys(names, (-math.inf, math.inf))
    for name, (low, high) in bounds.items():
        if name not in found:
            raise NameFault(f"{option('bounds')} names {name}, which is no parameter", hint=among(name, names))
        ends = (
            float(asked.seed(low, f"the lower bound of {name}")) if str(low) else -math.inf,
            float(asked.seed(high, f"the upper bound of {name}")) if str(high) else math.inf,
        )
        if ends[0] > ends[1]:
            raise UsageError(f"the bounds of {name} are the wrong way round: {low} is above {high}")
        found[name] = ends
    return list(found.values())


def _descended(work: Fit, start: Sequence[float], here: Triangle, limits: Bounds) -> Descent:
    """The way down: with linear parameters eliminated, cautiously, then in other ways until one gets there."""
    linear = work.model.linear
    ways: list[Descent] = []
    for eliminated, push in [(linear, push) for push in PUSHES] + [([], push) for push in PUSHES if linear]:
        way = Descent(work.triangle, start, here, limits).run(eliminated, push)
        ways.append(way)
        if way.converged:
            way.keep_order(start, linear)
            return way
    return min(ways, key=lambda way: way.here.cost)


def _unfinished(work: Fit, descent: Descent) -> AdcliError:
    names = work.model.parameters
    best = listed([f"{name} = {b:.6g}" for name, b in zip(names, descent.b, strict=True)])
    steps = counted(len(descent.iterations) - 1, "iteration")
    notes: tuple[str, ...] = (f"after {steps} the sum of squares is {descent.here.cost:.6g} at {best}",)
    weak = _weak(descent.here, names)
    if weak:
        notes += (f"the rows hardly determine {listed(weak)} there",)
    return Unsolved("the fit did not converge", notes=notes, hint="another start in --at may lead to a solution")


def _weak(here: Triangle, names: Sequence[str]) -> list[str]:
    """The parameters that the rows do not determine, alone or together."""
    lengths = here.lengths
    found = [name for name, length in zip(names, lengths, strict=True) if not length]
    if found:
        return found
    columns = [[row[j] / lengths[j] for row in here.jacobian] for j in range(here.size)]
    rows = upper(columns)
    return [name for i, name in enumerate(names) if abs(rows[i][i]) < SINGULAR]


def _fitted(work: Fit, descent: Descent, loss: str, limits: Bounds, scale: Any) -> Fitted:
    """The result, finished with more digits where floats lack some."""
    names = work.model.parameters
    here = descent.here
    weak = _weak(here, names)
    if weak:
        raise Unsolved(
            f"the rows do not determine {listed(weak)}: the Jacobian is singular",
            notes=(f"the sum of squares is {here.cost:.6g}",),
            hint="give such a parameter a value: --for names those that are fitted",
        )
    b: list[Any] = list(descent.b)
    held = [low == high or x in (low, high) for x, (low, high) in zip(b, limits, strict=True)]
    free = descent.free()
    digits = 15
    covariance, rss = _covariance(here), here.cost
    small = work.rows.exact is not None and work.rows.count * len(work.model.residual.graph) <= MOST_FINE
    notices = []
    if loss == "linear" and small and not any(held) and _doubtful(work, here, b):
        finished = _finished(work, b)
        if finished is not None:
            b, covariance, rss, digits = *finished, DIGITS
    dof = work.rows.count - len(names)
    variance = rss / dof if dof else None
    if scale is not None:
        covariance, variance = scale
    factor = 1.0 if work.model.absolute else variance
    sd = [None if factor is None else float(root(covariance[i][i] * factor)) for i in range(len(b))]
    tss = _total(work, [float(x) for x in b])
    if any(held):
        stopped = [name for name, holds in zip(names, held, strict=True) if holds]
        notices.append(Notice("bounds", f"{listed(stopped)} at a bound; the standard errors are as if there were none"))
    if work.rows.skipped:
        notices.append(Notice("rows", counted(work.rows.skipped, "row that lacks a number is left out", LEFT_OUT)))
    asked = work.model.residual
    at = {**{name: asked.doubles[name] for name in asked.at}, **dict(zip(names, map(float, b), strict=True))}
    return Fitted(
        **{**work.model.asked.shared(notices), "at": at},
        response=work.model.response,
        rows=work.rows.count,
        parameters={
            name: Parameter(float(x), s, float(x) / s if s else None) for name, x, s in zip(names, b, sd, strict=True)
        },
        rss=float(rss),
        residual_sd=None if variance is None else math.sqrt(float(variance)),
        r_squared=1 - float(rss) / tss if tss else None,
        dof=dof,
        correlation=_correlation(covariance),
        converged=True,
        loss=loss,
        iterations=tuple(descent.iterations),
        finished=digits,
        offset=_offset(here, free),
        held=tuple([name for j, name in enumerate(names) if j not in free]),
    )


def _offset(here: Triangle, free: Sequence[int]) -> float:
    taken = math.sqrt(max(here.promised(here.step(chosen=free)), 0.0))
    return taken / here.across if here.across else 0.0


def _covariance(here: Triangle) -> list[list[float]]:
    """(JᵀJ)⁻¹, from the triangle with its columns brought to one length."""
    lengths = here.lengths
    size = here.size
    rows = [[x / lengths[j] for j, x in enumerate(row)] for row in here.jacobian]
    inverse = [[0.0] * size for _ in range(size)]
    for k in range(size):
        for i in range(k, -1, -1):
            rest = float(i == k) - math.fsum(rows[i][j] * inverse[j][k] for j in range(i + 1, k + 1))
            inverse[i][k] = rest / rows[i][i]
    return [
        [math.fsum(map(float.__mul__, inverse[i], inverse[j])) / lengths[i] / lengths[j] for j in range(size)]
        for i in range(size)
    ]


def _correlation(covariance: Sequence[Sequence[Any]]) -> tuple[tuple[float, ...], ...]:
    spread = [root(row[i]) for i, row in enumerate(covariance)]
    return tuple(
        tuple(1.0 if i == j else float(x / spread[i] / spread[j]) for j, x in enumerate(row))
        for i, row in enumerate(covariance)
    )


def _doubtful(work: Fit, here: Triangle, b: Sequence[float]) -> bool:
    """Whether rounding may be seen in the digits of the parameters or of their standard errors."""
    rounding = 2.0**-53 * math.sqrt(_total(work, b, central=False))
    covariance = _covariance(here)
    errors = [rounding * math.sqrt(covariance[i][i]) / abs(x) for i, x in enumerate(b) if x]
    lost = rounding / here.across if here.across else math.inf
    return max((*errors, lost), default=0.0) > FINE


def _finished(work: Fit, b: Sequence[float]) -> tuple[list[Any], list[list[Any]], Any] | None:
    """The parameters, (JᵀJ)⁻¹ and the sum of squares with many digits; None where that leads elsewhere."""
    from adcli.arithmetic.multiprecision import multiprecision

    context = multiprecision(DIGITS).context
    here = [context.mpf(x) for x in b]
    before = math.inf
    try:
        for _ in range(40):
            normal, right, square = work.exact(here, DIGITS)
            factors = LU(normal)
            step = factors.solve([-x for x in right])
            size = max(float(abs(d) / abs(x)) for d, x in zip(step, here, strict=True) if x)
            if size > 0.01 or size > 2 * before:
                return None
            if size < 1e-15:
                return here, factors.inverse(), square
            before = size
            here = [x + d for x, d in zip(here, step, strict=True)]
    except (AdcliError, ArithmeticError, Singular):
        return None
    return None


def _total(work: Fit, b: Sequence[float], *, central: bool = True) -> float:
    """The (weighted) sum of squares of the response, about its mean unless not *central*."""
    constants = dict(zip(work.model.parameters, b, strict=True))
    job = work.job_of(work.model.shown, Request("eval"), work.job.engines[-1], work.job.threads)
    sums: list[list[float]] = [[], [], []]
    shift = None
    for batch in work.rows.batches(constants):
        results, fault = job.answered(batch)
        if fault is not None:
            raise fault
        response, weight = results.columns[:2]
        if shift is None:
            shift = float(response[0]) if central and len(response) else 0.0
        for total, x in zip(sums, _powers(response, weight, shift), strict=True):
            total.append(x)
    count, first, second = map(math.fsum, sums)
    return second - first * first / count if central and count else second


def _powers(response: Any, weight: Any, shift: float) -> list[float]:
    """The sums of w², w²·d and w²·d², d being the distance of the response from *shift*."""
    if hasattr(response, "dtype"):
        w, d = weight * weight, response - shift
        return [float(w.sum()), float((w * d).sum()), float((w * d * d).sum())]
    squares, far = [w * w for w in weight], [y - shift for y in response]
    first = list(map(mul, squares, far))
    return [math.fsum(squares), math.fsum(first), math.fsum(map(mul, first, far))]
