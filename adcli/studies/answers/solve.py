"""Roots of systems of equations, and their derivatives by parameters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from adcli.arithmetic.matrices import Singular
from adcli.errors import AdcliError, UsageError, counted, option
from adcli.problem.given import by_name, named
from adcli.problem.problem import Expression, Problem, problem
from adcli.problem.values import FLOATS, Value, flatten
from adcli.records import dataclass
from adcli.results import Check, Notice, Number, Result
from adcli.studies.answers.brent import brent
from adcli.studies.answers.newton import Step, damped_newton, polished, sensitivities, settled, solves
from adcli.studies.answers.proof import ALIKE, enclosed, solved_beside
from adcli.studies.answers.system import System, Unsolved, point_of, square, unknowns_of

KNOWN = 1e-14
"""A relative error that leaves all digits of a float but the last."""
SINGULAR = "the Jacobian is singular"
UNKNOWN = 0.1
"""A relative error that leaves no digit."""
MOST_MOVED = 4
"""Roots beside are looked for by moving so many unknowns, one at a time."""
SMALL = 1e-6
"""A residual, against the sizes of what it is a sum of, beyond which there is no root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution(Result):
    """A root: `residual` is the largest that is left there, `iterations` the way. `unique_within` is a radius, relative
    for numbers beyond 1, within which it is proved to exist and to be the only one."""

    command: ClassVar[str] = "solve"
    renderer: ClassVar[str] = "answers"

    solution: dict[str, Number]
    residual: Number
    iterations: tuple[Step, ...]
    derivatives: dict[str, dict[str, Number]] | None = None
    unique_within: float | None = None
    simple: bool = True
    """Whether the Jacobian is regular there: not at a kink, where there is none."""

    main: ClassVar[str] = "solution"
    title: ClassVar[str] = "root"

    @property
    def evidence(self) -> list[Check]:
        """What supports the answer."""
        return list(filter(None, [_proved(self.unique_within), self.check]))[: 2 if self.derivatives else 1]

    def said(self, shown: Callable[[Number], str]) -> list[str]:
        """Sentences on it."""
        return [f"residual {float(self.residual):.3g}"] if self.unique_within is None else []


def find_root(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    unknowns: str | Sequence[str] = (),
    wrt: str | Sequence[str] = (),
    bracket: Mapping[str, tuple[Value, Value]] | None = None,
    **options: Any,
) -> Solution:
    """A root of the outputs, which may be written as equations, by Newton's method from the point.

    *unknowns* are solved for (default: all inputs but those of *wrt*), *wrt* are parameters by which the solution is
    differentiated; *bracket* has two values of the only unknown between which it changes sign. Options as of `problem`.
    Raises Unsolved.
    """
    parameters = named(wrt, "wrt")
    if not isinstance(expr, Problem):
        point = by_name(at, "the point")
        names = {*(label.partition("[")[0] for label in flatten(point)), *named(unknowns, "unknowns")}
        expr = problem(expr, point, wrt=wrt or None, equations=names, **options)
    if parameters:
        parameters = [name for name, _ in expr.wrt]
    chosen = unknowns_of(expr, named(unknowns, "unknowns"), parameters)
    square(expr, chosen)
    system = System(expr, chosen)
    if bracket:
        near, steps = _between(system, bracket)
    else:
        near, steps = damped_newton(system, system.start())
    x, simple, error = polished(system, near)
    if not simple:
        rounded = [system.number(system.reported(number), system.digits) for number in x]
        x = rounded if solves(system, rounded) else x
    reported = [system.reported(number) for number in x]
    left = system.values(x, system.digits)
    _check_left(system, x, left, simple, error)
    steps.append(_last(system, steps[-1], reported, left))
    notices = system.notices(reported, parameters)
    kinked = system.kinked(reported)
    proof = enclosed(system, x) if simple else None
    alone = not kinked or proof is not None or not _beside(system, x)
    if kinked:
        kind = "not proved to be the only one nearby" if alone else "not isolated: others lie beside it"
        kind = "the only one nearby" if proof else kind
        notices.append(Notice("singular", f"there is no Jacobian at the root, which is at a kink and {kind}"))
    elif not simple:
        notices.append(Notice("singular", f"{_irregular(system, x)} at the root, which is {_kind(system, x)}"))
    notices += uncertain_digits(error)
    if parameters and not alone:
        raise Unsolved(
            "the solution has no derivative: it is at a kink, and others lie beside it",
            notes=(f"the solution is {point_of(system.unknowns, x)}",),
            hint=f"leave out {option('wrt')} for the solution alone",
        )
    derivatives, check = dependence(system, x, parameters, simple)
    return Solution(
        **{**expr.shared(notices), "at": {**expr.numbers(), **dict(zip(chosen, reported, strict=True))}},
        solution=dict(zip(chosen, reported, strict=True)),
        residual=max(abs(system.reported(number)) for number in left),
        iterations=tuple(steps),
        derivatives=derivatives,
        unique_within=proof[0] if proof else None,
        simple=simple and not kinked,
        check=witnessed(check, notices) if derivatives else _proved(proof[0] if proof else None),
    )


def witnessed(check: Check | None, notices: Sequence[Notice], held: bool = False) -> Check:
    """The check of derivatives; none where they follow the convention of a kink, as do differences across it, or where
    bounds hold all that could move."""
    kinked = any(notice.kind == "kink" for notice in notices)
    if check is not None and not kinked:
        return check
    why = "for parameters a bit larger or smaller no solution was found nearby"
    if kinked:
        why = "at a kink the derivative is a convention"
    elif held:
        why = "bounds hold all unknowns, and what a bound holds does not move with the parameters"
    return Check("none", True, 0.0, 0.0, ALIKE, 0, f"the derivatives are not checked: {why}", witnessed=False)


def uncertain_digits(error: float) -> list[Notice]:
    """A warning where digits of an answer are not known."""
    if error <= KNOWN:
        return []
    known = (
        "no digits are" if error >= UNKNOWN else f"about {counted(round(-math.log10(error)), 'digit is', 'digits are')}"
    )
    return [Notice("digits", f"{known} right: Newton's method hardly converges there")]


def _last(system: System, before: Step, x: Sequence[Number], left: Sequence[Number]) -> Step:
    """The step of the polish."""
    moved = [float(a) - float(before.point[name]) for name, a in zip(system.unknowns, x, strict=True)]
    return Step(dict(zip(system.unknowns, x, strict=True)), max(abs(float(y)) for y in left), math.hypot(*moved))


def _check_left(system: System, x: Sequence[Number], left: Sequence[Number], simple: bool, error: float) -> None:
    """Refuse what is no root: a residual that is no rounding."""
    try:
        _, rows = system.jacobian(x, system.digits)
    except AdcliError:
        rows = [[1] for _ in left]
    sizes = [max(abs(number), 0 * number + 1) for number in x]
    most = SMALL if simple or error <= UNKNOWN else system.number(10, system.digits) ** -(2 * system.digits // 3)
    for y, row in zip(left, rows, strict=True):
        if abs(y) > most * max(abs(a) * s for a, s in zip(row, sizes, strict=False)):
            raise Unsolved(
                "no root found",
                notes=(f"the best point is {point_of(system.unknowns, x)}, with the residual {float(abs(y)):.3g}",),
            )


def _irregular(system: System, x: Sequence[Number]) -> str:
    """What is wrong with the Jacobian at a root: "… there"."""
    try:
        system.jacobian(x, system.digits)
        system.jacobian([system.reported(number) for number in x], system.digits)
    except AdcliError:
        return "a slope is infinite"
    return SINGULAR


def _kind(system: System, x: Sequence[Number]) -> str:
    """What a root is whose Jacobian has no inverse: not isolated, where one beside it is found."""
    if _irregular(system, x) != SINGULAR:
        return "not proved to be the only one nearby"
    return "not isolated: others lie beside it" if _beside(system, x) else "a multiple one or not isolated"


def _beside(system: System, x: Sequence[Number]) -> bool:
    """Whether another root is found beside one, by moving each of the first unknowns."""
    ways = ([way * (i == j) for j in range(len(x))] for i in range(min(len(x), MOST_MOVED)) for way in (1.0, -1.0))
    return any(another(system, x, way) is not None for way in ways)


def another(system: System, x: Sequence[Number], way: Sequence[float]) -> list[Number] | None:
    """Another root, found from a bit along a way from one; None where none is."""
    sizes = [max(abs(number), 0 * number + 1) for number in x]
    start = [y + size / 1000 * d for y, size, d in zip(x, sizes, way, strict=True)]
    try:
        beside, _, error = polished(system, start)
    except AdcliError:
        beside, error = list(x), math.inf
    if error > KNOWN or max(abs(a - b) for a, b in zip(beside, start, strict=True)) > max(sizes) / 500:
        across = settled(system, start)
        beside, error = (beside, error) if across is None else (across, 0.0)
    try:
        _check_left(system, beside, system.values(beside, system.digits), False, math.inf)
    except AdcliError:
        return None
    far = max(abs(a - b) / size for a, b, size in zip(beside, x, sizes, strict=True))
    return beside if error <= KNOWN and far > SMALL else None


def _proved(radius: float | None) -> Check | None:
    """What an interval Newton test says."""
    if radius is None:
        return None
    said = f"a root exists and is unique within {radius:.0e} (interval Newton test)"
    return Check("interval Newton", True, 0.0, 0.0, radius, round(-math.log10(radius)), said)


def dependence(
    system: System,
    x: Sequence[Number],
    parameters: Sequence[str],
    simple: bool,
    within: Sequence[tuple[float, float]] = (),
) -> tuple[dict[str, dict[str, Number]] | None, Check | None]:
    """The derivatives of a root by parameters, and what solving again beside, *within* bounds, says of
    them."""
    if not parameters:
        return None, None
    if not simple:
        raise Unsolved(
            f"the solution has no derivative: {_irregular(system, x)} there",
            notes=(f"the solution is {point_of(system.unknowns, x)}",),
            hint=f"leave out {option('wrt')} for the solution alone",
        )
    try:
        slopes = sensitivities(system, x, parameters)
    except Singular:
        raise Unsolved("the solution has no derivative: the Jacobian is singular there") from None
    found = {
        name: dict(zip(parameters, map(system.reported, row), strict=True))
        for name, row in zip(system.unknowns, slopes, strict=True)
    }
    return found, beside(solved_beside(system, x, parameters, slopes, within))


def beside(worst: float | None) -> Check | None:
    """What solving again at neighbouring parameters says of the derivatives."""
    if worst is None:
        return None
    digits = min(round(-math.log10(worst)) if worst else 16, 16)
    agree = worst <= ALIKE
    said = f"solving again beside the parameters' values {'agrees' if agree else 'disagrees'} with the derivatives"
    return Check("solving again", agree, worst, worst, ALIKE, digits, f"{said} ({digits} digits)" if agree else said)


def _between(system: System, bracket: Mapping[str, tuple[Value, Value]]) -> tuple[list[float], list[Step]]:
    """A root between two points, by Brent's method."""
    if tuple(bracket) != system.unknowns or len(bracket) > 1:
        raise UsageError("a bracket is of the only unknown", hint=f"for instance {option('bracket', {'x': '0:2'})}")
    ((name, ends),) = bracket.items()
    low, high = (float(system.asked.changed(precision=FLOATS).seed(end, f"the bracket of {name}")) for end in ends)

    def value(x: float) -> float:
        return float(system.values([x])[0])

    at_ends = value(low), value(high)
    if min(at_ends) > 0 or max(at_ends) < 0:
        signs = " and ".join(f"{y:.6g} at {name} = {x:.6g}" for x, y in zip((low, high), at_ends, strict=True))
        raise Unsolved(
            "the function does not change its sign between the ends of the bracket", notes=(f"it is {signs}",)
        )
    best, _, way = brent(value, low, high)
    steps = [Step({name: x}, abs(y), abs(x - way[i - 1][0]) if i else None) for i, (x, y) in enumerate(way)]
    sizes = sorted(abs(y) for y in at_ends)
    if steps and abs(value(best)) > max(sizes[1], 1e-300) * 1e3:
        raise Unsolved(f"the function changes its sign at {name} = {best:.9g}, where it has a pole and no root")
    return [best], steps
