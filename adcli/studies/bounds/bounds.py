"""Bounds over a box, proven, and what follows: where a function rises or falls, whether it is convex, its zeros."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Any, ClassVar, TypeAlias

from adcli.arithmetic.deadline import Clock
from adcli.arithmetic.interval import CONTINUOUS, DOUBTFUL, SMOOTH, Interval
from adcli.arithmetic.intervals import intervals
from adcli.derivatives.boxes import Box, Boxed, Narrowed, halved
from adcli.derivatives.newton import zeros
from adcli.derivatives.refusals import shown
from adcli.derivatives.second import gradient_problem
from adcli.errors import DomainError, LimitError, UndecidedError, UsageError
from adcli.graphs import Graph
from adcli.modes import Fault
from adcli.problem.problem import Expression, Problem, problem, scalar
from adcli.problem.values import Value, flatten
from adcli.results import Notice, Result

Ends: TypeAlias = "tuple[float, float]"
TOLERANCE = 1e-6
"""How close bounds come to values that are attained, relative where these exceed 1."""
SECONDS = 10.0
"""Processor time after which what is proven so far is the answer."""
MOST_INPUTS = 30
"""Inputs beyond which Hessians are not sought."""
PARTS = 200
"""Boxes that are looked at for convexity."""
MOST_CORNERS = 6
"""Inputs up to which the corners of a box are looked at."""


@dataclass(frozen=True, kw_only=True)
class Bounds(Result):
    """Proven bounds of one output over a box.

    `over` is the box. Where an input moves, the output is `monotone` "increasing" or "decreasing" (nowhere the other
    way), "constant", or None where neither is proven. `convex` and `concave` are None where that is not decided. The
    output moves at most `lipschitz` times as far as the inputs do (None where it may jump). `zeros` is their number,
    None where it is not known, each in one of `roots`.
    """

    command: ClassVar[str] = "bounds"

    over: dict[str, Ends]
    output: str
    value: Ends
    gradient: dict[str, Ends]
    hessian: tuple[tuple[Ends, ...], ...] | None = None
    monotone: dict[str, str | None]
    convex: bool | None = None
    concave: bool | None = None
    lipschitz: float | None = None
    zeros: int | None = None
    roots: tuple[dict[str, Ends], ...] = ()


def bounds(
    expr: Expression,
    over: Mapping[str, Value],
    at: Mapping[str, Value] | None = None,
    *,
    tolerance: float = TOLERANCE,
    hessian: bool = False,
    seconds: float = SECONDS,
    **options: Any,
) -> Bounds:
    """What one output and its derivatives take where the inputs move *over* intervals, "low:high" or pairs of numbers.

    *at* gives the other inputs their values. After so many *seconds* of processor time, what is proven by then is the
    answer, with a warning. Options as of `problem`. Raises DomainError where the output is not
    defined all over the box, UndecidedError where that is not known.
    """
    found = ranges(over)
    if not found:
        raise UsageError("bounds over which box?", hint="for instance --over x=1:2,y=-1:1")
    if not isinstance(expr, Problem):
        options.setdefault("wrt", list(found))
    asked = problem(expr, {**(at or {}), **{name: low for name, (low, _) in found.items()}}, **options)
    return _bounds(scalar(asked, "bounds"), found, tolerance, hessian, seconds)


def ranges(over: Mapping[str, Value]) -> dict[str, tuple[Value, Value]]:
    """The two ends of each input's interval."""
    return {name: _ends(name, value) for name, value in _flat(over).items()}


def _flat(over: Mapping[str, Value]) -> dict[str, Value]:
    """Ranges by the names of inputs: a list has one for each element."""
    pairs = {name: tuple(value) if _is_pair(value) else value for name, value in over.items()}
    return {
        key: value
        for name, item in pairs.items()
        for key, value in ({name: item} if isinstance(item, tuple) else flatten({name: item})).items()
    }


def _is_pair(value: Value) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2 and not any(isinstance(x, (str, list)) for x in value)


def _ends(name: str, value: Value) -> tuple[Value, Value]:
    """The ends of a range: of "1:2" two texts."""
    if isinstance(value, tuple):
        return value[0], value[1]
    if not isinstance(value, str):
        return value, value
    low, colon, high = value.partition(":")
    if colon and not (low.strip() and high.strip()):
        raise UsageError(f"the range of {name} lacks an end: {value}", hint=f"for instance {name}=-1:2")
    return (low, high) if colon else (low, low)


def _intervals(asked: Problem, over: Mapping[str, tuple[Value, Value]]) -> dict[str, Interval]:
    """The intervals of all inputs by their names, rounded outwards."""
    low = asked.point(intervals(), exact=True)
    high = asked.changed(at={**asked.at, **{n: ends[1] for n, ends in over.items()}}).point(intervals(), exact=True)
    found = {}
    for node in asked.graph.inputs:
        first, last, name = low[node], high[node], asked.graph.labels[node]
        if first.lo > last.hi:
            raise UsageError(f"the range of {name} ends before it begins: {first.lo!r} is above {last.hi!r}")
        found[name] = Interval(first.lo, last.hi)
    return found


def _bounds(
    asked: Problem, over: Mapping[str, tuple[Value, Value]], tolerance: float, with_hessian: bool, seconds: float
) -> Bounds:
    graph = asked.graph
    clock = Clock(seconds)
    known = _intervals(asked, over)

    def boxed(graph: Graph) -> tuple[Boxed, Box]:
        """A program whose inputs move as far as they do, and the box they move in."""
        fixed = {node: known[graph.labels[node]] for node in graph.inputs if graph.labels[node] not in over}
        found = Boxed(graph, fixed, clock)
        return found, tuple([known[graph.labels[node]] for node in found.inputs])

    function, box = boxed(graph)
    with clock.stage(1 / 2):
        level, where = function.sure(box)
    if level == DOUBTFUL:
        raise _undefined(asked, function, box, where)
    names = [name for name, _ in asked.wrt]
    with clock.stage(1 / 3):
        value = function.range(box, 0, tolerance)
    slopes = gradient_problem(asked, "reverse").graph
    gradient, _ = boxed(slopes)
    first = function.jacobian(box)[0].gradient
    places = [function.inputs.index(node) for _, node in asked.wrt]
    steep = []
    for i, place in enumerate(places):
        with clock.stage(1 / (len(places) - i + 2)):
            steep.append(_narrowed(gradient, box, i, first[place], tolerance))
    curved = None
    if with_hessian:
        with clock.stage(2 / 3):
            curved = _hessian(*boxed(_second(asked)), len(names), tolerance)
    with clock.stage(1 / 2):
        convex, concave = _convexity(gradient, box, places) if level == SMOOTH else (None, None)
    count, roots = _roots(function, box, value.value, places, names, level)
    tight = value.tight and all(slope.tight for slope in steep)
    shared = asked.shared(_notices(level, tight, tolerance, clock, seconds))
    shared["at"] = {name: number for name, number in shared["at"].items() if name not in over}
    return Bounds(
        **shared,
        over={name: _pair(known[name]) for name in over if name in known},
        output=graph.output_names[0],
        value=_pair(value.value),
        gradient={name: _pair(slope.value) for name, slope in zip(names, steep, strict=True)},
        hessian=curved,
        monotone={name: _way(slope.value, level) for name, slope in zip(names, steep, strict=True)},
        convex=convex,
        concave=concave,
        lipschitz=_lipschitz([slope.value for slope in steep], level),
        zeros=count,
        roots=roots,
    )


def _narrowed(boxed: Boxed, box: Box, output: int, known: Interval, tolerance: float) -> Narrowed:
    """The range of an output that is *known* to lie in an interval."""
    found = boxed.range(box, output, tolerance)
    return Narrowed(found.value.meet(known), found.tight)


def _pair(x: Interval) -> Ends:
    return x.lo + 0.0, x.hi + 0.0


def _notices(level: int, tight: bool, tolerance: float, clock: Clock, seconds: float) -> list[Notice]:
    found = []
    if level < SMOOTH:
        may = "may have kinks" if level == CONTINUOUS else "may jump"
        said = f"the function {may} in this box: the bounds of derivatives hold where there are derivatives"
        found.append(Notice("kink", said))
    if not tight:
        found.append(Notice("digits", f"some bounds are proven, but not known to be attained within {tolerance:g}"))
    if clock.late:
        said = (
            f"{seconds:g} s of processor time ended before all was known: what is said is proven, but may be narrowed"
        )
        found.append(Notice("time", said))
    return found


def _way(slope: Interval, level: int) -> str | None:
    if level < CONTINUOUS:
        return None
    if slope.lo == slope.hi == 0:
        return "constant"
    return "increasing" if slope.lo >= 0 else "decreasing" if slope.hi <= 0 else None


def _lipschitz(slopes: Sequence[Interval], level: int) -> float | None:
    """A bound of the gradient's length, rounded up."""
    total = Interval(0.0, 0.0)
    for slope in slopes:
        total = total + Interval(slope.size, slope.size).square()
    found = total.root().hi
    return found if level >= CONTINUOUS and found < inf else None


def _second(asked: Problem) -> Graph:
    """The program of all second derivatives."""
    from adcli.derivatives.derive import derivative_graph

    count = len(asked.wrt)
    if count > MOST_INPUTS:
        raise LimitError(f"Hessians over boxes are computed for at most {MOST_INPUTS} inputs, not {count}")
    return derivative_graph(asked, "hessian", "auto")[0]


def _hessian(boxed: Boxed, box: Box, count: int, tolerance: float) -> tuple[tuple[Ends, ...], ...]:
    entries = {(i, j): boxed.range(box, i * count + j, tolerance).value for i in range(count) for j in range(i, count)}
    return tuple([tuple([_pair(entries[min(i, j), max(i, j)]) for j in range(count)]) for i in range(count)])


# Convexity


def _convexity(gradient: Boxed, box: Box, places: Sequence[int]) -> tuple[bool | None, bool | None]:
    """Whether the function is convex, and whether it is concave, all over the box; None where that is not decided."""
    verdicts: dict[int, bool | None] = {1: True, -1: True}
    stack, left = [box], PARTS
    while stack and any(verdicts.values()):
        part = stack.pop()
        seen = gradient.jacobian(part)
        smooth = all(s.value.sure >= CONTINUOUS for s in seen)
        matrix = [[s.gradient[j] for j in places] for s in seen]
        open_ways = [way for way in (1, -1) if verdicts[way] and not (smooth and _definite(matrix, way))]
        if not open_ways:
            continue
        middle = tuple([Interval(x.middle, x.middle) for x in part])
        here = [[s.gradient[j] for j in places] for s in gradient.jacobian(middle)]
        for way in open_ways:
            if _indefinite(here, way):
                verdicts[way] = False
        if any(verdicts[way] for way in open_ways):
            halves = halved(part)
            left -= 1
            if left <= 0 or not halves or gradient.clock.over:
                for way in open_ways:
                    verdicts[way] = verdicts[way] and None
            else:
                stack += halves
    return verdicts[1], verdicts[-1]


def _definite(matrix: Sequence[Sequence[Interval]], way: int) -> bool:
    """Whether all symmetric matrices within are positive (*way* 1) or negative semidefinite: by Cholesky's method."""
    rows = [[x if way > 0 else -x for x in row] for row in matrix]
    while rows:
        pivot, *others = rows[0]
        if pivot.lo <= 0:
            if not (pivot.lo == pivot.hi == 0 or (pivot.lo == 0 and all(x.lo == x.hi == 0 for x in others))):
                return False
            if any(x.lo != 0 or x.hi != 0 for x in others):
                return False
            rows = [row[1:] for row in rows[1:]]
            continue
        rows = [[x - others[i] * others[j] / pivot for j, x in enumerate(row[1:])] for i, row in enumerate(rows[1:])]
    return True


def _indefinite(matrix: Sequence[Sequence[Interval]], way: int) -> bool:
    """Whether a direction along an axis, or in the plane of two, is certainly against semidefiniteness."""
    rows = [[x if way > 0 else -x for x in row] for row in matrix]
    count = range(len(rows))
    if any(rows[i][i].hi < 0 and rows[i][i].sure for i in count):
        return True
    for i in count:
        for j in range(i):
            minor = rows[i][i] * rows[j][j] - rows[i][j].square()
            if minor.hi < 0 and minor.sure:
                return True
    return False


# Zeros


def _roots(
    function: Boxed, box: Box, value: Interval, places: Sequence[int], names: Sequence[str], level: int
) -> tuple[int | None, tuple[dict[str, Ends], ...]]:
    """How many zeros there are, and where."""
    if value.sign:
        return 0, ()
    if len(box) != 1 or level < CONTINUOUS:
        return None, ()
    found = zeros(function, box)
    roots = tuple(
        [{name: _pair(root[place]) for name, place in zip(names, places, strict=True)} for root in found.proven]
    )
    return (None if found.doubtful else len(roots)), roots


# Refusals


def _undefined(asked: Problem, function: Boxed, box: Box, part: Box) -> Exception:
    """The user's error where the function may not be defined all over the box: at a point, if there is one."""
    graph = asked.graph
    if function.fault is not None:
        node = function.fault.node
        name = graph.ops[node].name
        said = f"{name} has no bounds over such an interval here"
        return LimitError(said, graph.spans[node], hint="a smaller box may do").located(graph.text, asked.origin)
    if function.clock.late:
        said = "whether the function is defined all over this box was not known when the processor time ended"
        return UndecidedError(said, hint="a smaller box may do, or more time: --seconds").located(
            graph.text, asked.origin
        )
    candidates = [*_corners(box), _middle(box), _middle(part), *_corners(part)]
    for point in candidates:
        node = _broken(function, point, certainly=True)
        if node >= 0:
            at = ", ".join(f"{graph.labels[i]} = {x.lo:.6g}" for i, x in zip(function.inputs, point, strict=True))
            op = graph.ops[node]
            needs = op.refusal or (f"{op.name} needs {op.domain}" if op.domain else f"{op.name} has a pole")
            said = f"{shown(asked, node)} is not defined all over this box: {needs}"
            return DomainError(said, graph.spans[node], notes=(f"it is not at {at}",)).located(graph.text, asked.origin)
    node = max(_broken(function, part, certainly=False), 0)
    said = f"{shown(asked, node)} cannot be told from the edge of its domain, or a pole, in this box"
    notes = tuple([f"near {graph.labels[i]} = {x.middle:.10g}" for i, x in zip(function.inputs, part, strict=True)])
    return UndecidedError(said, graph.spans[node], notes=notes).located(graph.text, asked.origin)


def _broken(function: Boxed, box: Box, *, certainly: bool) -> int:
    """The first node that has no value there, or may have none; -1 where there is none."""
    graph, arithmetic = function.graph, intervals()
    try:
        values = function.tape(box).values
    except Fault as fault:
        return -1 if certainly else fault.node
    doubtful = [isinstance(value, Interval) and not value.sure for value in values]
    for node, op in enumerate(graph.ops):
        if not doubtful[node] or any(doubtful[a] for a in graph.args[node]):
            continue
        given = [values[a] for a in graph.args[node]]
        if not certainly or (op.domain and arithmetic.condition(op, op.domain)(None, *given) is False):
            return node
    return -1


def _corners(box: Box) -> list[Box]:
    if len(box) > MOST_CORNERS:
        return []
    return [tuple([Interval(end, end) for end in ends]) for ends in product(*[sorted({x.lo, x.hi}) for x in box])]


def _middle(box: Box) -> Box:
    return tuple([Interval(x.middle, x.middle) for x in box])
