"""`adcli export`: the derivative as a function of another language, with no library of adcli's behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias

from adcli.arithmetic.balls import balls
from adcli.arithmetic.doubles import doubles
from adcli.derivatives.optimize import operations
from adcli.derivatives.programs import by_outputs, fronted
from adcli.errors import LimitError, UndecidedError
from adcli.graphs import Graph
from adcli.modes import Fault
from adcli.problem.point import Value
from adcli.problem.problem import Expression, problem
from adcli.records import dataclass
from adcli.results import Result
from adcli.studies.equal.points import Region
from adcli.studies.export.program import DIGITS, WHATS, Wanted, computed, lowered, wanted
from adcli.studies.export.target import Cases, Parameter, Target, Unit
from adcli.studies.export.targets import target as target_of
from adcli.studies.export.writer import Writer

MAX_OPERATIONS = 200_000
MOST_NAMES = 8
"""So many names are said in a comment."""
POINTS = 6
"""At so many points a self-test compares, and where it finds them at some more."""
NEAR = 2
"""Namely for so many outputs one next to where they are 0,"""
HALVINGS = 7
"""by so many halvings between points where they have different signs,"""
SEARCHED = 24
"""of so many points, if there are not more than SMALL operations."""
SMALL = 500
TOLERANCE = 1e-12
"""With this relative error."""

Case: TypeAlias = tuple[tuple[float, ...], tuple[float, ...]]
"""A point and the truths there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported(Result):
    """Code. `operations` are those of the lowered program, `renamed` says what names of the formula became."""

    command: ClassVar[str] = "export"

    to: str
    name: str
    what: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    operations: int
    renamed: dict[str, str]
    self_test: bool
    code: str


def export(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    to: str,
    dialect: str | None = None,
    what: Sequence[str] = (),
    name: str = "",
    self_test: bool = False,
    points: Sequence[Mapping[str, float]] | None = None,
    **options: Any,
) -> Exported:
    """The values and derivatives asked for as code of a language.

    *what* is some of "value", "gradient", "jacobian", "hessian", "jvp", "vjp"; by default the value and the gradient,
    of several outputs the Jacobian. With *self_test* the code tests itself, at *points* if they are given. Options as
    of `problem`; no point is needed.
    """
    target = target_of(to, dialect)
    asked = problem(expr, at, **{"values": False, **options})
    whats = tuple(dict.fromkeys(what)) or _usual(len(asked.graph.outputs), bool(asked.wrt))
    program = wanted(asked, whats)
    limits: dict[str, str] = {}
    graph = by_outputs(fronted(lowered(program.graph, target.library, target.name, limits)))
    if operations(graph) > MAX_OPERATIONS:
        raise LimitError(f"the code would have more than {MAX_OPERATIONS:,} operations")
    unit, renamed = _unit(graph, program, target, name, asked.graph, limits)
    cases = _cases(program, graph, points, limited=bool(limits)) if self_test else None
    return Exported(
        **asked.shared(),
        to=to if dialect is None else f"{to}:{dialect}",
        name=unit.name,
        what=whats,
        inputs=program.inputs,
        outputs=tuple(label for block in program.blocks for label in block.labels),
        operations=operations(graph),
        renamed=renamed,
        self_test=self_test,
        code=target.code(unit) if cases is None else target.test(unit, cases),
    )


def _usual(outputs: int, differentiates: bool) -> tuple[str, ...]:
    if not differentiates:
        return ("value",)
    return ("value", "gradient" if outputs == 1 else "jacobian")


def _unit(
    graph: Graph, program: Wanted, target: Target, name: str, asked: Graph, limits: Mapping[str, str]
) -> tuple[Unit, dict[str, str]]:
    """The function of a lowered program, and what names became."""
    called = target.function_name(name) if name else target.identifier("f")
    fold = str.lower if target.caseless else str
    taken = set() if target.tabular else {fold(called), *(fold(block.what) for block in program.blocks)}
    parameters: list[Parameter] = []
    renamed: dict[str, str] = {}
    for base, shape in _families(program.inputs).items():
        local = target.input_name(base, taken)
        taken.add(fold(local))
        if local.strip(target.quotes) != base:
            renamed[base] = local
        parameters.append(Parameter(name=base, local=local, shape=shape))
    leaves = {}
    for p in parameters:
        for label in program.inputs:
            family, _, index = label.partition("[")
            if family == p.name:
                places = [int(i) for i in index.rstrip("]").split(",")] if index else []
                leaves[label] = target.element(p, places) if places else p.local
    given = {node: label for label, node in graph.assignments}
    writer = Writer(target, graph, leaves, taken, given)
    flat = writer.write()
    texts, place = [], 0
    for block in program.blocks:
        texts.append(tuple(flat[place : place + len(block.labels)]))
        place += len(block.labels)
    passing = sorted({op.name for op in graph.ops if op.libm in target.passes_over})
    but = f", which {' and '.join(passing)} pass{'es' * (len(passing) == 1)} over" if passing else ""
    about = [_described(program, asked), f"Written by adcli; {target.domain}{but}."]
    if limits:
        beyond = "; ".join(f"{operation} with {limit}" for operation, limit in limits.items())
        about.append(f"What has a value and is not computed here: {beyond}.")
    about += ["Renamed: " + ", ".join(f"{old} is {new}" for old, new in renamed.items()) + "."] if renamed else []
    return (
        Unit(
            name=called,
            about=tuple(about),
            parameters=tuple(parameters),
            statements=tuple(writer.statements),
            blocks=program.blocks,
            texts=tuple(texts),
            inputs=_in_rows(program.inputs),
        ),
        renamed,
    )


def _described(program: Wanted, asked: Graph) -> str:
    """A line that says what the function computes."""
    whats = [block.what for block in program.blocks]
    said = " and ".join([", ".join(whats[:-1]), whats[-1]] if len(whats) > 1 else whats)
    text = " ".join(asked.text.split())
    if asked.text.strip().count("\n") or len(text) > 100 or "*/" in text or not text.isprintable():
        text = ", ".join(asked.output_names[:5])
    by = ""
    if whats != ["value"] and program.by != program.inputs:
        by = " by " + ", ".join([*program.by[:MOST_NAMES], *(["…"] if len(program.by) > MOST_NAMES else [])])
    return f"{said} of {text}{by}"


def _families(names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The arrays that indexed names are elements of, and their shapes; other names have the shape ()."""
    found: dict[str, tuple[int, ...]] = {}
    for name in names:
        base, bracket, index = name.partition("[")
        if not bracket:
            found[base] = ()
            continue
        places = tuple(int(i) for i in index.rstrip("]").split(","))
        before = found.get(base) or (0,) * len(places)
        found[base] = tuple(map(max, before, places))
    return found


def _in_rows(names: Sequence[str]) -> tuple[str, ...]:
    """Every element of the arrays, also those that do not occur, in the order in which arrays hold them."""
    from itertools import product

    found = []
    for base, shape in _families(names).items():
        if not shape:
            found.append(base)
        else:
            indices = product(*(range(1, n + 1) for n in shape))
            found += [f"{base}[{','.join(map(str, index))}]" for index in indices]
    return tuple(found)


def _cases(program: Wanted, code: Graph, points: Sequence[Mapping[str, float]] | None, *, limited: bool) -> Cases:
    """Points and truths; of those that are not given, only such at which doubles are as good as the tolerance asks.

    Then also some between points where the first outputs have different signs: next to 0 digits get lost first.
    """
    names = _in_rows(program.inputs)

    def case(point: Mapping[str, Any]) -> Case | None:
        given = {name: float(point.get(name, 0.0)) for name in names}
        truth = _truth(program.graph, given)
        if truth is None or (points is None and not _tame(program.graph, code, given, truth, limited)):
            return None
        return tuple(given[name] for name in names), tuple(truth)

    found: list[Case] = []
    enough = SEARCHED if operations(code) <= SMALL else POINTS
    tried: Any = points if points is not None else Region(program.inputs).anywhere("export")
    for point in tried:
        one = case(point)
        if one is not None:
            found.append(one)
        elif points is not None:
            raise UndecidedError("a point of the self-test has no value")
        if points is None and len(found) == enough:
            break
    if not found:
        raise UndecidedError("no point was found at which everything has a value, so the code cannot test itself")
    if points is None:
        near = [_near_zero(found, i, lambda row: case(dict(zip(names, row, strict=True)))) for i in range(NEAR)]
        found = [*found[:POINTS], *(one for one in near if one)]
    rows, truths = zip(*found, strict=True)
    return Cases(points=rows, truths=truths, tolerance=TOLERANCE)


def _near_zero(found: Sequence[Case], place: int, case: Callable[[Sequence[float]], Case | None]) -> Case | None:
    """A case between two of different signs at which an output is nearer to 0 than at either, if there is one."""
    above = [one for one in found if sum(one[1][place : place + 1]) > 0]
    below = [one for one in found if sum(one[1][place : place + 1]) < 0]
    if not above or not below:
        return None
    ends = [min(side, key=lambda one: abs(one[1][place])) for side in (below, above)]
    nearer = None
    for _ in range(HALVINGS):
        middle = case([(a + b) / 2 for a, b in zip(ends[0][0], ends[1][0], strict=True)])
        if middle is None or not middle[1][place]:
            break
        ends[middle[1][place] > 0] = middle
        nearer = middle
    return nearer


def _truth(graph: Graph, point: Mapping[str, float]) -> list[float] | None:
    """The outputs by 30 digits or more, rounded; None where one has no value."""
    for digits in (DIGITS, 3 * DIGITS):
        arithmetic = balls(digits)
        try:
            found = computed(graph, arithmetic, {name: arithmetic.ball(Fraction(x)) for name, x in point.items()})
        except Fault:
            continue
        known = [arithmetic.ball(x) for x in found]
        if all(x.finite and (x.told(60) or not x or x.vanishes) for x in known):
            numbers = [float(x.mid) for x in known]
            return numbers if all(abs(x) < 1e200 for x in numbers) else None
    return None


def _tame(graph: Graph, code: Graph, point: Mapping[str, float], truth: Sequence[float], limited: bool) -> bool:
    """Whether doubles give the outputs with digits to spare: those of adcli, or where they cannot tell, the code's."""
    for program in (graph, code):
        try:
            found = computed(program, doubles(), point)
        except Fault:
            continue
        if not all(abs(a - b) <= TOLERANCE / 50 * abs(b) for a, b in zip(found, truth, strict=True)):
            return False
        if program is code or not limited:
            return True
    return False


__all__ = ["WHATS", "Exported", "export"]
