"""A gradient from elsewhere, held against differences of its function, or against a formula, entry by entry."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.derivatives.answers import gradient as gradient_of
from adcli.errors import AdcliError, DataError, DomainError, UsageError, listed
from adcli.language import parse
from adcli.problem.problem import Expression, Problem, problem, scalar
from adcli.problem.values import Value, flatten
from adcli.results import Result
from adcli.studies.gradients import differences, slips
from adcli.studies.gradients.differences import MARGIN, Slope, slope
from adcli.studies.gradients.processes import Process

POINTS = 20
"""Points that are looked at: the one given, and others near it."""
SPREAD = 0.2
"""How far these are from it, relative to each input (of one that is 0, absolute)."""
TOLERANCE = 1e-6
"""Relative difference up to which two numbers agree."""
SECONDS = 10.0
"""How long an answer may take."""
NOTHING = 1e-6
"""Differences are 0 where they are known to be this much smaller than the same derivative elsewhere, or than others."""
ROUNDING = 8 * sys.float_info.epsilon
"""What is this much smaller may be what rounding leaves of 0."""
SETTLED = 1e-2
"""Differences that are worse known than this confirm nothing."""
SURE = 100.0
"""A claim this many times the error of a difference is wrong where that sees nothing."""
JUMPS = "the function stands still, or is smooth, for small steps only: it has steps, or is rounded to few digits"
FAINT = "it seems to be wrong, but by no more than rounding of the function may pretend"
CLAIMED = 12
"""Digits of a claim that are compared with a slip's consequence."""

OK, WRONG, UNDECIDED = "ok", "wrong", "undecided"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came of one entry, at its worst point: `claimed` by the code, `true` up to `error`, `wrong` at so many
    points. `slip` says what it may be."""

    name: str
    verdict: str
    wrong: int
    points: int
    at: dict[str, float]
    claimed: float
    true: float | None
    error: float | None
    slip: str = ""


@dataclass(frozen=True, kw_only=True)
class GradientCheck(Result):
    """The verdict on a gradient: an entry per input, and before them one for the value, where a formula says it."""

    command: ClassVar[str] = "check-gradient"

    function: str | None
    gradient: str
    against: str
    points: int
    ok: bool
    entries: tuple[Verdict, ...]


def check_gradient(
    gradient: str,
    at: Mapping[str, Value],
    *,
    function: str | None = None,
    against: Expression = None,
    points: int = POINTS,
    tolerance: float = TOLERANCE,
    seconds: float = SECONDS,
    seed: int = 0,
    **options: Any,
) -> GradientCheck:
    """Hold what the command *gradient* answers against differences of what *function* does, or the formula *against*.

    Raises UsageError, DataError where a command does not answer as it should.
    """
    if function is None and against is None:
        raise UsageError(
            "a gradient is held against a function or a formula", hint="add --function CMD or --against EXPR"
        )
    asked = None if against is None else scalar(problem(against, at, **options), "check-gradient")
    start = (asked or Problem(parse("0"), (), flatten(at), ())).doubles
    if not start:
        raise UsageError("at which point?", hint="for instance --at x=1,y=2")
    where = _points(start, points, seed)
    with ExitStack() as stack:
        theirs = stack.enter_context(Process(gradient, "--gradient", seconds))
        value = None if function is None else stack.enter_context(Process(function, "--function", seconds))
        entries = _entries(asked, theirs, value, where, tolerance)
    return GradientCheck(
        expr=() if asked is None else asked.expr,
        at=dict(start),
        text="" if asked is None else asked.graph.text,
        function=function,
        gradient=gradient,
        against="differences" if asked is None else "formula",
        points=len(where),
        ok=not any(entry.verdict == WRONG for entry in entries),
        entries=tuple(entries),
    )


def _points(start: Mapping[str, float], count: int, seed: int) -> list[dict[str, float]]:
    """The point itself, and others near it."""
    draw = random.Random(seed)
    found = [dict(start)]
    for _ in range(count - 1):
        found.append({name: x + SPREAD * draw.uniform(-1, 1) * (abs(x) or 1.0) for name, x in start.items()})
    return found


def _entries(
    asked: Problem | None,
    theirs: Process,
    function: Process | None,
    where: Sequence[Mapping[str, float]],
    tolerance: float,
) -> list[Verdict]:
    names = list(where[0])
    claimed = [_gradient(theirs, point, names) for point in where]
    again = _gradient(theirs, where[0], names) if len(where) > 1 else claimed[0]
    truth: list[dict[str, Slope]] = []
    values, ours = [], []
    for point in where:
        if function is not None:
            values.append(_value(function, point))
        if asked is not None:
            value, slopes = _formula(asked, point, names)
            ours.append(value)
            truth.append(slopes)
    if asked is None:
        assert function is not None
        short = all(map(differences.single, filter(math.isfinite, values)))
        for point, value in zip(where, values, strict=True):
            coarse = differences.coarseness(values, value)
            truth.append({name: slope(_moving(function, point, name), point[name], coarse, short) for name in names})
    seen = slips.Seen(
        claimed=claimed,
        true=[{name: slope.value for name, slope in slopes.items()} for slopes in truth],
        error=[{name: slope.error for name, slope in slopes.items()} for slopes in truth],
        inputs=where,
        values=values or ours,
        tolerance=tolerance,
    )
    found = []
    if values and ours:
        found.append(_value_verdict(values, ours, where, tolerance))
    for name in names:
        verdict = _verdict(seen, truth, name)
        if verdict.verdict == WRONG:
            slip = _named_slip(asked, seen, name) or slips.guess(seen, name)
            if again[name] != claimed[0][name]:
                slip = slip or "it is stale, or random: asked again at the first point, it is another one"
            verdict = _with(verdict, slip)
        found.append(verdict)
    return found


def _verdict(seen: slips.Seen, truth: Sequence[Mapping[str, Slope]], name: str) -> Verdict:
    """The verdict on one entry, at the point where it is worst."""
    wrong, undecided, why = [], [], {}
    own = max((abs(x.value) for x in (slopes[name] for slopes in truth) if _known(x)), default=0.0)
    size = max(own, min(_size(seen), 1.0)) + sys.float_info.min
    for k, slopes in enumerate(truth):
        given, found = seen.claimed[k][name], slopes[name]
        off = abs(given - found.value)
        scale = max(abs(given), abs(found.value))
        agrees = off <= seen.tolerance * abs(found.value) + MARGIN * found.error + ROUNDING * size
        nothing = abs(given) <= ROUNDING * size
        needed = max(SETTLED * scale, NOTHING * (size if nothing else own))
        if doubt := _doubt(found, given, agrees, needed):
            undecided.append((math.inf if doubt == JUMPS else found.error, k))
            why[k] = doubt
        elif not agrees:
            wrong.append((off / scale if math.isfinite(off) else math.inf, k))
    seldom = 2 * len(wrong) <= len(truth)
    # Large steps across a narrow peak see the same on both sides, and noise hides it from small ones.
    flat = all(abs(truth[k][name].value) <= MARGIN * truth[k][name].error for _, k in wrong)
    near = all(abs(seen.claimed[k][name]) <= SURE * truth[k][name].error for _, k in wrong)
    if wrong and (seldom or (flat and near)) and all(_faint(seen, truth, k, name) for _, k in wrong):
        undecided += [(truth[k][name].error, k) for _, k in wrong]
        why.update(dict.fromkeys((k for _, k in wrong), FAINT))
        wrong = []
    worst = max(wrong or undecided or [(0.0, 0)])[1]
    found = truth[worst][name]
    known = math.isfinite(found.value)
    return Verdict(
        name=name,
        verdict=WRONG if wrong else UNDECIDED if undecided else OK,
        wrong=len(wrong),
        points=len(truth),
        at=dict(seen.inputs[worst]),
        claimed=seen.claimed[worst][name],
        true=found.value if known else None,
        error=found.error if known and math.isfinite(found.error) else None,
        slip="" if wrong else why.get(worst, ""),
    )


def _faint(seen: slips.Seen, truth: Sequence[Mapping[str, Slope]], k: int, name: str) -> bool:
    """Whether a derivative by differences is so small beside others, or the function, that it may be rounding."""
    found = truth[k][name]
    here = [abs(x.value) for x in truth[k].values()] + [abs(x) for x in seen.values[k : k + 1]]
    scale = max(abs(seen.claimed[k][name]), abs(found.value))
    return found.error > 0 and scale < NOTHING * max(filter(math.isfinite, here), default=0.0)


def _known(found: Slope) -> bool:
    return found.error <= SETTLED * abs(found.value) < math.inf


def _size(seen: slips.Seen) -> float:
    """How large derivatives are here, and the function over its inputs."""
    slopes = [abs(x) for true in seen.true for x in true.values()]
    for at, value in zip(seen.inputs, seen.values, strict=True):
        slopes += [abs(value) / max(abs(x), 1.0) for x in at.values()]
    return max(filter(math.isfinite, slopes), default=0.0)


def _doubt(found: Slope, given: float, agrees: bool, needed: float) -> str:
    """Why differences do not decide on a claimed derivative, of which so small an error is needed; "" where they do."""
    if not math.isfinite(found.value):
        return found.why or "there is no derivative to compare with"
    if found.kinked:
        return "the function seems to have a kink here"
    if any(abs(given - x) <= off for x, off in found.between):
        return "" if agrees else JUMPS
    if agrees and found.error > needed:
        return f"the noise of the function lets differences tell the derivative only to ± {found.error:.1g}"
    return ""


def _with(verdict: Verdict, slip: str) -> Verdict:
    from dataclasses import replace

    if verdict.wrong < verdict.points:
        slip = f"{slip}; " * bool(slip) + f"at {verdict.wrong} of {verdict.points} points"
    return replace(verdict, slip=slip)


def _value_verdict(
    values: Sequence[float], ours: Sequence[float], where: Sequence[Mapping[str, float]], tolerance: float
) -> Verdict:
    """Whether the function is the formula."""
    off = [abs(a - b) / max(abs(a), abs(b), 1e-300) for a, b in zip(values, ours, strict=True)]
    wrong = [k for k, x in enumerate(off) if not x <= tolerance]
    worst = max(range(len(off)), key=lambda k: off[k] if math.isfinite(off[k]) else math.inf)
    return Verdict(
        name="value",
        verdict=WRONG if wrong else OK,
        wrong=len(wrong),
        points=len(where),
        at=dict(where[worst]),
        claimed=values[worst],
        true=ours[worst],
        error=0.0,
        slip="the function is not this formula" if wrong else "",
    )


# What the two sides say


def _value(function: Process, point: Mapping[str, float]) -> float:
    """A value of their function; nan where it says that it has none."""
    answer = function.ask(nested(point))
    if answer is None:
        return math.nan
    if isinstance(answer, bool) or not isinstance(answer, (int, float)):
        raise function.wrong(answer, "which is no number")
    return float(answer)


def _moving(function: Process, point: Mapping[str, float], name: str) -> Callable[[float], float]:
    """Their function of one input."""
    return lambda x: _value(function, {**point, name: x})


def _gradient(theirs: Process, point: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    """Their derivatives by name."""
    answer = theirs.ask(nested(point))
    if len(names) == 1 and isinstance(answer, (int, float)) and not isinstance(answer, bool):
        answer = {names[0]: answer}
    if not isinstance(answer, dict):
        raise theirs.wrong(answer, "which is no object of derivatives")
    try:
        flat = flatten({name: math.nan if value is None else value for name, value in answer.items()})
    except AdcliError as fault:
        raise theirs.wrong(answer, f"which is no object of numbers: {fault.message}") from None
    if lacking := [name for name in names if name not in flat]:
        raise theirs.wrong(answer, f"which lacks the derivative by {listed(lacking)}")
    found = {}
    for name in names:
        value = flat[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise theirs.wrong(answer, f"which has no number for {name}")
        found[name] = float(value)
    return found


def _formula(asked: Problem, point: Mapping[str, float], names: Sequence[str]) -> tuple[float, dict[str, Slope]]:
    """The value and the derivatives by adcli; nothing where there are none."""
    try:
        found = gradient_of(asked.changed(at=dict(point)))
    except DomainError:
        return math.nan, {name: Slope(math.nan, math.inf, why="the formula has no derivative there") for name in names}
    kinked = any(notice.kind == "kink" for notice in found.warnings)
    slopes = {name: Slope(float(found.gradient[name]), 0.0, kinked) for name in names if name in found.gradient}
    if lacking := [name for name in names if name not in slopes]:
        raise DataError(f"the formula has no derivative by {listed(lacking)}")
    return float(found.value), slopes


def _named_slip(asked: Problem | None, seen: slips.Seen, name: str) -> str:
    """The slip as the formula's own steps explain it; "" where there is no formula, or no such slip."""
    if asked is None:
        return ""
    from adcli.arithmetic.multiprecision import multiprecision
    from adcli.modes import Fault
    from adcli.studies.compare.slips import explained, place

    wide, nodes = multiprecision(50), dict(asked.wrt)
    others = {other: node for other, node in nodes.items() if other != name}
    places = []
    for point, claimed in list(zip(seen.inputs, seen.claimed, strict=True))[:3]:
        if not math.isfinite(claimed[name]):
            return ""
        try:
            here = place(asked.graph, wide, asked.changed(at=dict(point)).point(wide), nodes[name], others)
        except Fault:
            return ""
        places.append(here._replace(claimed=wide.exactly(claimed[name]), alone=False))
    return explained(places, nodes[name], CLAIMED)


def nested(point: Mapping[str, float]) -> dict[str, Any]:
    """The inputs as an object: x[1] and x[2] are a list x."""
    found: dict[str, Any] = {}
    for name, value in point.items():
        base, bracket, index = name.partition("[")
        if not bracket:
            found[name] = value
            continue
        *outer, last = [int(i) - 1 for i in index[:-1].split(",")]
        level = found.setdefault(base, [])
        for i in outer:
            while len(level) <= i:
                level.append([])
            level = level[i]
        while len(level) <= last:
            level.append(None)
        level[last] = value
    return found
