"""Minima, what kind they are, and their derivatives by parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from adcli.arithmetic.matrices import Singular, cholesky, eigen, norm
from adcli.errors import AdcliError, UsageError, listed, option
from adcli.problem.given import by_name, named
from adcli.problem.problem import Expression, Problem, check_output, problem
from adcli.problem.values import FLOATS, Value
from adcli.records import dataclass
from adcli.results import Check, Notice, Number, Result
from adcli.studies.answers.bounded import check_held, limits_of, started, weakly_held
from adcli.studies.answers.newton import polished, settled
from adcli.studies.answers.proof import enclosed
from adcli.studies.answers.solve import KNOWN, another, dependence, uncertain_digits, witnessed
from adcli.studies.answers.system import System, Unsolved, point_of, unknowns_of
from adcli.studies.answers.trust import FLAT, Bounds, Descent, Objective, descend

SMALL = 12
"""The eigenvalues of a Hessian of so many rows are shown."""
MOST_ESCAPES = 10
"""So many saddle points are left behind."""
MOST_FLAT = 4
"""So many flat ways, and as many between two of them, are gone a bit."""
BESIDE = 1 / 64
"""That bit, of the point's size."""
LOWER = 1e-13
"""A value is lower where it is so by more than this part of it."""
DEFINITE = 1e-12
"""An eigenvalue below this part of the largest is 0, as far as floats tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum(Result):
    """A minimum: `gradient_norm` is what is left of the gradient there (of inputs that are `at_bounds` it need not
    vanish), `eigenvalues` those of a small Hessian; at a kink there are none. `unique_within` as of `Solution`."""

    command: ClassVar[str] = "minimize"
    renderer: ClassVar[str] = "answers"

    minimizer: dict[str, Number]
    value: Number
    gradient_norm: float
    positive_definite: bool
    eigenvalues: tuple[float, ...] | None = None
    at_bounds: dict[str, str] | None = None
    iterations: tuple[Descent, ...]
    derivatives: dict[str, dict[str, Number]] | None = None
    unique_within: float | None = None

    main: ClassVar[str] = "minimizer"
    title: ClassVar[str] = "minimum"

    @property
    def evidence(self) -> list[Check]:
        """What supports the answer."""
        return list(filter(None, [_proved(self.unique_within), self.check]))[: 2 if self.derivatives else 1]

    def said(self, shown: Callable[[Number], str]) -> list[str]:
        """Sentences on it."""
        kind = "positive definite" if self.positive_definite else "not positive definite"
        values = (
            "" if self.eigenvalues is None else f", its eigenvalues {listed([f'{x:.4g}' for x in self.eigenvalues])}"
        )
        bounds = [f"{name} is at its {which} bound" for name, which in (self.at_bounds or {}).items()]
        hessian = f"the Hessian is {kind}{values}" if self.eigenvalues != () else ""
        left = f"{'projected ' if bounds else ''}gradient {self.gradient_norm:.2g}"
        facts = [left, hessian, *bounds]
        return [f"value {shown(self.value)}", "; ".join(filter(None, facts))]


def find_minimum(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    unknowns: str | Sequence[str] = (),
    wrt: str | Sequence[str] = (),
    bounds: Mapping[str, tuple[Value, Value]] | None = None,
    **options: Any,
) -> Minimum:
    """A local minimum of one output, downhill from the point; *bounds* keep unknowns within (low, high).

    *unknowns* and *wrt* as of `find_root`, options as of `problem`. Raises Unsolved.
    """
    parameters = named(wrt, "wrt")
    if not isinstance(expr, Problem):
        expr = problem(expr, by_name(at, "the point"), wrt=wrt or None, **options)
    check_output(expr, "minimize")
    if parameters:
        parameters = [name for name, _ in expr.wrt]
    chosen = unknowns_of(expr, named(unknowns, "unknowns"), parameters)
    if not chosen:
        raise UsageError("there is nothing to minimize by", hint=f"{option('for', 'x')} names the unknowns")
    f = Objective(expr, chosen)
    limits = limits_of(expr, chosen, bounds or {})
    steps: list[Descent] = []
    x, free = descend(f, started(f.system.start(), chosen, limits), limits, steps)
    for _ in range(MOST_ESCAPES):
        exact, system, simple, error = _polished(f, x, free, limits)
        values, vectors = _curvature(f, exact, free)
        near = [float(y) for y in exact]
        kinked = f.kinked(near, free)
        if not kinked and (not values or values[0] > DEFINITE * max(abs(values[-1]), abs(values[0]))):
            break
        ways = [vectors[0], *_inward(near, limits), *(vectors[1:] if kinked else ())]
        lower = next((y for way in ways if (y := _aside(f, near, way, limits)) is not None), None)
        if lower is None:
            if not kinked and values[0] < -DEFINITE * max(abs(values[-1]), abs(values[0])):
                inside = [low < y < high for y, (low, high) in zip(exact, limits, strict=True)]
                if any(moves and not within for moves, within in zip(free, inside, strict=True)):
                    # What lies beyond the bounds is no way down.
                    x = [float(y) for y in exact]
                    free = [moves and within for moves, within in zip(free, inside, strict=True)]
                    continue
                raise Unsolved("no minimum found, only a saddle point", notes=(f"it is {point_of(chosen, exact)}",))
            flat = [way for y, way in zip(values, vectors, strict=True) if y <= DEFINITE * abs(values[-1])]
            below = _below(f, near, flat, limits, steps)
            if below is None:
                break
            x, free = below
            continue
        x, free = descend(f, lower, limits, steps)
    else:
        raise Unsolved("no minimum found, only saddle points", notes=(f"one is {point_of(chosen, x)}",))
    weak = weakly_held(f, exact, limits, parameters) if parameters else []
    if not all(free[i] for i in weak):
        free = [moves or i in weak for i, moves in enumerate(free)]
        exact, system, simple, error = _polished(f, [float(y) for y in exact], free, limits)
        values, vectors = _curvature(f, exact, free)
    digits = f.system.digits
    reported = [expr.reported(number) for number in exact]
    moving = [y for y, moves in zip(exact, free, strict=True) if moves]
    proof = enclosed(system, moving) if moving and simple else None
    definite = bool(values) and values[0] > DEFINITE * abs(values[-1])
    notices = f.system.notices(reported, parameters)
    alone = not kinked or not _as_low(f, near, vectors, limits)
    if kinked:
        notices.append(
            Notice(
                "singular",
                "there is no Hessian at the minimum, which is at a kink and "
                + ("not proven to be one" if alone else "not isolated: others as low lie beside it"),
            )
        )
    elif values and not definite:
        notices.append(
            Notice("singular", f"the Hessian is singular there: {_flatness(f, system, exact, free, vectors)}")
        )
    notices += uncertain_digits(error)
    if parameters and not alone:
        raise Unsolved(
            "the minimum has no derivative: it is at a kink, and others as low lie beside it",
            notes=(f"the minimum is {point_of(f.names, exact)}",),
            hint=f"leave out {option('wrt')} for the minimum alone",
        )
    if simple or not definite or error:
        derivatives, check = _dependence(f, system, exact, free, parameters, simple and definite, limits)
        left = system.values(moving, digits) if moving else []
    else:  # only limits tell the second derivatives
        derivatives, check = _moved(f, exact, free, parameters), None
        left = []
    if derivatives:
        check_held(f, exact, limits, weak, derivatives)
    unique = proof[0] if proof and definite and not kinked and _definite_over(proof[1]) else None
    held = {name: "lower" if y <= low else "upper"
            for name, y, moves, (low, _) in zip(chosen, reported, free, limits, strict=True) if not moves}  # fmt: skip
    return Minimum(
        **{**expr.shared(notices), "at": {**expr.numbers(), **dict(zip(chosen, reported, strict=True))}},
        minimizer=dict(zip(chosen, reported, strict=True)),
        value=expr.reported(f.system.values(exact, digits)[0]),
        gradient_norm=float(norm(left)) if left else 0.0,
        positive_definite=(definite or not values) and not kinked,
        eigenvalues=() if kinked else tuple(values) if len(values) <= SMALL else None,
        at_bounds=held or None,
        iterations=tuple(steps),
        derivatives=derivatives,
        unique_within=unique,
        check=witnessed(check, notices, held=not moving) if derivatives else _proved(unique),
    )


def _polished(
    f: Objective, x: Sequence[float], free: Sequence[bool], limits: Bounds
) -> tuple[list[Number], System, bool, float]:
    """The stationary point beside with all digits, the equations that it solves, and how it solves them."""
    digits = f.system.digits
    names = [name for name, moves in zip(f.names, free, strict=True) if moves]
    fixed = {name: y for name, y, moves in zip(f.names, x, free, strict=True) if not moves}
    graph = f.slopes.asked.graph
    outputs = [node for node, moves in zip(graph.outputs, free, strict=True) if moves]
    if not names:
        return [f.system.number(y, digits) for y in x], f.slopes, True, 0.0
    system = f.slopes.of(graph.with_outputs(outputs, [f"d_{name}" for name in names]), names).varied(fixed)
    start = [y for y, moves in zip(x, free, strict=True) if moves]
    try:
        found, simple, error = polished(system, start)
        f.system.values([*_merged(f, x, free, found)], digits)
    except AdcliError:
        found, simple, error = [f.system.number(y, digits) for y in start], False, FLAT
    if not simple and not KNOWN < error < math.inf and f.stationary(_merged(f, x, free, found)):
        error = 0.0  # the gradient's formula has no value there, and yet the gradient is 0
    if not _near(start, found):
        across = settled(system, start)
        if across is None or not _near(start, across):
            raise Unsolved(
                "no minimum found: no point nearby is seen to have the gradient 0",
                notes=(f"the search ends at {point_of(names, start)}, and Newton's method leads away from there",),
            )
        found, simple, error = across, False, 0.0
    whole = _merged(f, x, free, found)
    low_high = zip(whole, limits, strict=True)
    return (
        [min(max(y, low), high) if free[i] else y for i, (y, (low, high)) in enumerate(low_high)],
        system,
        simple,
        error,
    )


def _near(start: Sequence[float], found: Sequence[Number]) -> bool:
    return all(abs(y - near) <= 1e-3 * max(abs(near), 1e-3) for near, y in zip(start, found, strict=True))


def _merged(f: Objective, x: Sequence[float], free: Sequence[bool], found: Sequence[Number]) -> list[Number]:
    """The point with its free coordinates from elsewhere."""
    source = iter(found)
    digits = f.system.digits
    return [next(source) if moves else f.system.number(y, digits) for y, moves in zip(x, free, strict=True)]


def _curvature(f: Objective, x: Sequence[Number], free: Sequence[bool]) -> tuple[list[float], list[list[float]]]:
    """The eigenvalues and eigenvectors of the Hessian by the free inputs."""
    rows = f.hessian([float(y) for y in x] if f.system.asked.precision == FLOATS else x, 15)
    places = [i for i, moves in enumerate(free) if moves]
    values, vectors = eigen([[rows[i][j] for j in places] for i in places])
    whole = []
    for vector in vectors:
        full = [0.0] * len(x)
        for i, component in zip(places, vector, strict=True):
            full[i] = component
        whole.append(full)
    return values, whole


def _aside(f: Objective, x: Sequence[float], way: Sequence[float], limits: Bounds) -> list[float] | None:
    """A lower point along a direction in which the Hessian does not rise; None where there is none."""
    value = f.value(x)
    size = max(max(map(abs, x)), 1.0)
    for power in range(1, 30):
        for sign in (1, -1):
            there = [
                min(max(y + sign * size * 2.0**-power * d, low), high)
                for y, d, (low, high) in zip(x, way, limits, strict=True)
            ]
            if f.value(there) < value - LOWER * abs(value):
                return there
    return None


def _as_low(f: Objective, x: Sequence[float], ways: Sequence[Sequence[float]], limits: Bounds) -> bool:
    """Whether a point beside, along one of the ways, is as low and has the gradient 0."""
    value = f.value(x)
    size = BESIDE * max(float(norm(x)), 1.0)
    for way in ways[:SMALL]:
        for sign in (size, -size):
            there = [min(max(y + sign * d, low), high) for y, d, (low, high) in zip(x, way, limits, strict=True)]
            if there != list(x) and abs(f.value(there) - value) <= LOWER * abs(value) and f.stationary(there):
                return True
    return False


def _below(
    f: Objective, x: Sequence[float], flat: Sequence[Sequence[float]], limits: Bounds, steps: list[Descent]
) -> tuple[list[float], list[bool]] | None:
    """A lower point downhill from beside x, on ways along which the Hessian is flat or between two of them: of a curved
    valley no straight way tells. None where there is none; raises Unsolved where it goes down without end."""
    value = f.value(x)
    size = BESIDE * max(float(norm(x)), 1.0)
    pairs = [[a + sign * b for a, b in zip(flat[i], flat[j], strict=True)]
             for i in range(len(flat)) for j in range(i) for sign in (1, -1)]  # fmt: skip
    for way in [*flat[:MOST_FLAT], *pairs[:MOST_FLAT]]:
        for sign in (1, -1):
            start = [min(max(y + sign * size * d, low), high) for y, d, (low, high) in zip(x, way, limits, strict=True)]
            more: list[Descent] = []
            try:
                found = descend(f, start, limits, more)
            except AdcliError:
                if more and more[-1].value < value - LOWER * abs(value) and more[0].value > more[-1].value:
                    raise
                continue
            if f.value(found[0]) < value - LOWER * max(abs(value), abs(more[0].value - value)):
                steps += more
                return found
    return None


def _flatness(
    f: Objective, system: System, x: Sequence[Number], free: Sequence[bool], vectors: Sequence[Sequence[float]]
) -> str:
    """What a minimum is whose Hessian is singular: not isolated, where one as low is found beside it, or unknown."""
    moving = [y for y, moves in zip(x, free, strict=True) if moves]
    way = [d for d, moves in zip(vectors[0], free, strict=True) if moves]
    other = another(system, moving, way)
    if other is not None:
        value, there = (f.system.values(y, f.system.digits)[0] for y in (x, _merged(f, [*map(float, x)], free, other)))
        if abs(there - value) <= LOWER * abs(value) + f.system.number(10, f.system.digits) ** (-f.system.digits // 2):
            along = f" along {point_of(system.unknowns, [float(f'{d:.4g}') for d in way])}" if len(way) <= SMALL else ""
            return f"the minimum is not isolated, others as low lie beside it{along}"
    return "the minimum may be flat, or not isolated, and is not proven to be one"


def _inward(x: Sequence[float], limits: Bounds) -> list[list[float]]:
    """Ways from the bounds at which inputs are: by each, and by each two of them."""
    signs = [float(y == low) - float(y == high) for y, (low, high) in zip(x, limits, strict=True)]
    places = [i for i, sign in enumerate(signs) if sign][:SMALL]
    pairs = [{i, j} for i in places for j in places if i <= j]
    return [[sign if i in pair else 0.0 for i, sign in enumerate(signs)] for pair in pairs]


def _definite_over(entries: Sequence[Sequence[Any]]) -> bool:
    """Whether all symmetric matrices with these entries, which are balls, are positive definite: by Cholesky's pivots,
    each bounded from below."""
    middle = [[float(entry) for entry in row] for row in entries]
    spread = sum(2.0**entry.radius for row in entries for entry in row if entry.radius > -1000)
    values, _ = eigen(middle)
    return values[0] > 2 * spread and cholesky(middle, 0.0) is not None


def _proved(radius: float | None) -> Check | None:
    if radius is None:
        return None
    said = f"a minimum exists and is unique within {radius:.0e} (interval Newton test, and the Hessian all over that)"
    return Check("interval Newton", True, 0.0, 0.0, radius, round(-math.log10(radius)), said)


def _moved(
    f: Objective, x: Sequence[Number], free: Sequence[bool], parameters: Sequence[str]
) -> dict[str, dict[str, Number]] | None:
    """The minimum's derivatives by parameters, where limits tell the second derivatives."""
    if not parameters:
        return None
    names = [name for name, moves in zip(f.names, free, strict=True) if moves]
    rows = f.moved(x, names, parameters)
    zero = f.system.reported(f.system.number(0, f.system.digits))
    found = {name: dict.fromkeys(parameters, zero) for name in f.names}
    for name, row in zip(names, rows, strict=True):
        found[name] = dict(zip(parameters, map(f.system.reported, row), strict=True))
    return found


def _dependence(
    f: Objective,
    system: System,
    x: Sequence[Number],
    free: Sequence[bool],
    parameters: Sequence[str],
    regular: bool,
    limits: Bounds,
) -> tuple[dict[str, dict[str, Number]] | None, Check | None]:
    """The minimum's derivatives by parameters; what its bounds hold does not move."""
    if not parameters:
        return None, None
    zero = f.system.reported(f.system.number(0, f.system.digits))
    found = {name: dict.fromkeys(parameters, zero) for name in f.names}
    moving = [y for y, moves in zip(x, free, strict=True) if moves]
    if not moving:
        return found, None
    if not regular:
        raise Unsolved(
            "the minimum has no derivative: the Hessian is singular there",
            notes=(f"the minimum is {point_of(f.names, x)}",),
            hint=f"leave out {option('wrt')} for the minimum alone",
        )
    within = [ends for ends, moves in zip(limits, free, strict=True) if moves]
    try:
        slopes, check = dependence(system, moving, parameters, regular, within)
    except Singular:
        raise Unsolved("the minimum has no derivative: the Hessian is singular there") from None
    return {**found, **(slopes or {})}, check
