"""Derivatives as formulas that people would write, verified before anybody sees them.

The modes write the derivative; SymPy simplifies it, and its own derivative besides, in a process with a time limit; of
the forms that come of it the shortest is taken that agrees with the modes at points, or is proved to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any, ClassVar

from adcli.arithmetic.ball import Undecided
from adcli.arithmetic.balls import balls
from adcli.derivatives.handwriting import handwritten
from adcli.derivatives.programs import Transcript, fronted, pruned
from adcli.errors import AdcliError, LimitError, NameFault, UndecidedError, UsageError, option
from adcli.graphs import Graph
from adcli.language import formula, parse
from adcli.language.sympy.to_sympy import certain
from adcli.modes import Fault, evaluate, reverse
from adcli.ops import INPUT
from adcli.problem.checks import among
from adcli.problem.point import Value
from adcli.problem.problem import Expression, Problem, moving, problem
from adcli.results import Number, Result
from adcli.studies.diff.explain import Step, constant, explain
from adcli.studies.equal.equal import doubled, needs_positive
from adcli.studies.equal.points import COUNT, DIGITS, WORKING, Point, Region, agreement, values
from adcli.studies.equal.rational import identical
from adcli.studies.symbolic.ask import SECONDS, ask
from adcli.studies.symbolic.measure import worth

MAX_TEXT = 20_000
"""A formula has at most this many characters."""
MAX_ENTRIES = 2_000
"""So many formulas are written at once."""
MAX_ORDER = 20


@dataclass(frozen=True, kw_only=True)
class Derived:
    """One derivative: of which output, by what, its formula, and how it is known to be right.

    `points` are those at which it agrees with the modes, to `digits` digits; `proof` says that it is proved. `wider` is
    a point where the form has a value and the true derivative has none, `narrower` the other way round; None where none
    was seen.
    """

    output: str
    by: tuple[str, ...]
    text: str
    points: int
    digits: int = DIGITS
    proof: bool = False
    wider: dict[str, Number] | None = None
    narrower: dict[str, Number] | None = None
    value: Number | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Derivatives(Result):
    """Derivatives as formulas. `form` says whether the search for short ones ended: "shortest", "best in time"."""

    command: ClassVar[str] = "diff"

    order: int
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    entries: tuple[Derived, ...]
    form: str

    def key(self, entry: Derived) -> str:
        """What an entry is differentiated by: x; x,y of several; of one input alone x, whatever the order."""
        return self.inputs[0] if len(self.inputs) == 1 and len(set(entry.by)) == 1 else ",".join(entry.by)

    def nested(self, what: Any) -> dict[str, Any]:
        """Something of each entry, by output where there are several, and by what it is differentiated by."""
        found: dict[str, dict[str, Any]] = {output: {} for output in self.outputs}
        for entry in self.entries:
            found[entry.output][self.key(entry)] = what(entry)
        return found if len(self.outputs) > 1 else found[self.outputs[0]]


def diff(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    order: int = 1,
    by: Sequence[str] = (),
    explained: bool = False,
    seconds: float = SECONDS,
    **options: Any,
) -> Derivatives:
    """The derivatives of the outputs, of *order* by all names of `wrt`, or *by* these names one after the other.

    *explained*: with the steps to each. *seconds* limits the search for a short form. Options as of `problem`. With
    *at*, their values too. Raises UsageError, LimitError, UndecidedError where nothing verifies.
    """
    asked = moving(problem(expr, at, **{"values": False, **options}))
    names = _inputs(asked)
    ways = _ways(names, order, by)
    work = Work(asked.graph, names, ways)
    forms, finished = _short(work, asked, seconds)
    entries = [work.verified(place, texts) for place, texts in enumerate(forms)]
    if asked.at:
        entries = _valued(entries, asked)
    if explained:
        entries = [_explained(entry, asked, place // len(ways), seconds) for place, entry in enumerate(entries)]
    return Derivatives(
        **asked.shared(),
        order=len(ways[0]),
        outputs=asked.graph.output_names,
        inputs=tuple(dict.fromkeys(name for way in ways for name in way)),
        entries=tuple(entries),
        form="shortest" if finished else "best in time",
    )


def _inputs(asked: Problem) -> dict[str, int]:
    """The names to differentiate by, and their nodes."""
    for name, node in asked.wrt:
        if node >= 0 and asked.graph.ops[node] is not INPUT:
            raise UsageError(
                f"{name} is assigned, and diff writes formulas of the inputs",
                hint=f"`adcli derive {option('wrt', name)}` writes the program",
            )
    return dict(asked.wrt)


def _ways(names: Mapping[str, int], order: int, by: Sequence[str]) -> list[tuple[str, ...]]:
    """By what is differentiated: one way for each derivative, those that are equal once."""
    if by:
        for name in by:
            if name not in names:
                raise NameFault(f"{option('by')} names {name}, which is not differentiated by", hint=among(name, names))
        if len(by) > MAX_ORDER:
            raise LimitError(f"the order is at most {MAX_ORDER}")
        return [tuple(by)]
    if not 1 <= order <= MAX_ORDER:
        raise UsageError(f"the order is from 1 to {MAX_ORDER}, not {order}")
    return list(combinations_with_replacement(names, order))


class Work:
    """The derivatives as the modes know them: as programs, and as numbers at points."""

    def __init__(self, graph: Graph, names: Mapping[str, int], ways: Sequence[tuple[str, ...]]) -> None:
        if len(ways) * len(graph.outputs) > MAX_ENTRIES:
            raise LimitError(
                f"{len(ways) * len(graph.outputs):,} formulas are more than diff writes, {MAX_ENTRIES:,}",
                hint="`adcli derive` writes a program",
            )
        self.graph = graph
        self.names = names
        outputs = range(len(graph.outputs))
        self.entries = [(output, way) for output in outputs for way in ways]
        last = {key: None for output, way in self.entries for key in [(output, way[:-1])]}
        self.before = graph
        """The program of all derivatives but for the last differentiation."""
        self._place: dict[tuple[int, tuple[str, ...]], int] = {(output, ()): output for output in outputs}
        for depth in range(1, len(ways[0])):
            self._differentiate({(output, way[:depth]): None for output, way in last})
        self.programs = self._programs()
        self.region = Region(graph.input_names)
        self._truths: list[tuple[Point, dict[int, list[Any]]]] = []
        self._points = self.region.anywhere()

    def _differentiate(self, wanted: Mapping[tuple[int, tuple[str, ...]], None]) -> None:
        transcript = Transcript(self.before)
        rows = transcript.jacobian(list(self.names.values()), "reverse")
        column = {name: j for j, name in enumerate(self.names)}
        entries = [rows[self._place[output, way[:-1]]][column[way[-1]]] for output, way in wanted]
        self.before = pruned(transcript.finish(entries, [f"d{i}" for i in range(len(entries))]))
        nodes = dict(zip(self.before.input_names, self.before.inputs, strict=True))
        self.names = {name: nodes[name] for name in self.names}
        self._place = {key: i for i, key in enumerate(wanted)}

    def _programs(self) -> list[str]:
        """The derivatives as the modes write them, each a formula."""
        transcript = Transcript(self.before)
        rows = transcript.jacobian(list(self.names.values()), "reverse")
        column = {name: j for j, name in enumerate(self.names)}
        symbols = [rows[self._place[output, way[:-1]]][column[way[-1]]] for output, way in self.entries]
        program = transcript.finish(symbols, [f"d{i}" for i in range(len(symbols))])
        graph = fronted(handwritten(program, len(self.graph)))
        found = []
        for node in graph.outputs:
            text = formula(graph, node, MAX_TEXT)
            if text is None:
                raise LimitError(
                    f"written out, a derivative has more than {MAX_TEXT:,} characters",
                    hint="`adcli derive` writes it as a program, which names what it uses again",
                )
            found.append(text)
        return found

    def truth(self, place: int, point: Point, digits: int) -> Any:
        """A derivative at a point, by the reverse mode. Raises Fault."""
        output, way = self.entries[place]
        arithmetic = balls(digits)
        graph = self.before.changed(outputs=(self.before.outputs[self._place[output, way[:-1]]],), output_names=("y",))
        tape = evaluate(graph, arithmetic, {n: arithmetic.ball(point[graph.labels[n]]) for n in graph.inputs})
        source = self.names[way[-1]]
        found = reverse(tape, {graph.outputs[0]: arithmetic.literal("1")}, [source])[source]
        return arithmetic.zero if found is None else arithmetic.ball(found)

    def agrees(self, place: int, form: Graph, point: Point) -> bool | None:
        """Whether a form has the derivative's value at a point; None where one of them is missing or undecided."""
        for digits in WORKING:
            try:
                truth, (value,) = self.truth(place, point, digits), values(form, point, digits)
            except Fault as fault:
                if isinstance(fault.cause, Undecided):
                    continue
                return None
            if not (truth.finite and value.finite):
                return None
            same = agreement(truth, value)
            if same is not None:
                return same
        return None

    def has_value(self, place: int, point: Point) -> bool | None:
        """Whether the derivative has a value at a point, and the formula itself; None where it is not decided."""
        for digits in WORKING:
            try:
                return bool(self.truth(place, point, digits).finite)
            except Fault as fault:
                if not isinstance(fault.cause, Undecided):
                    return False
        return None

    def verified(self, place: int, texts: Sequence[str]) -> Derived:
        """The shortest form that is right. Raises UndecidedError."""
        output, way = self.entries[place]
        for text in sorted(dict.fromkeys([*texts, self.programs[place]]), key=worth):
            try:
                form = parse(text)
            except AdcliError:
                continue
            proof = identical(form, parse(self.programs[place]), self.graph.input_names)
            if proof is False:
                continue
            if not any(self.has_value(place, point) for point in self._doubtful(form)):
                break
            count = self._count(place, form)
            if count or proof:
                wider, narrower = self._domains(place, form)
                return Derived(
                    output=self.graph.output_names[output],
                    by=way,
                    text=text,
                    points=count,
                    proof=bool(proof),
                    wider=doubled(wider) if wider else None,
                    narrower=doubled(narrower) if narrower else None,
                )
        raise UndecidedError(
            f"no formula of the derivative by {', '.join(way)} could be verified",
            notes=("no point was found where the derivative has a value",),
        )

    def _count(self, place: int, form: Graph) -> int:
        """At how many random points a form agrees; 0 where it does not, or lacks a value that the derivative has."""
        count = 0
        for point in self.region.anywhere():
            same = self.agrees(place, form, point)
            generic = all(value.denominator > 1 for value in point.values())
            if same is False or (same is None and generic and self.has_value(place, point)):
                return 0
            count += same is True
            if count >= COUNT:
                break
        return count

    def _domains(self, place: int, form: Graph) -> tuple[Point | None, Point | None]:
        """Points where only the form has a value, and where only the derivative has one."""
        found: list[Point | None] = [None, None]
        for point in self._doubtful(form):
            known = _defined(form, point), self.has_value(place, point)
            for side in (0, 1):
                if known[side] and known[1 - side] is False and found[side] is None:
                    found[side] = point
        return found[0], found[1]

    def _doubtful(self, form: Graph) -> Iterator[Point]:
        yield from self.region.notable((self.graph, form))
        for k, point in enumerate(self.region.anywhere("domains")):
            if k >= COUNT:
                return
            yield point


def _defined(form: Graph, point: Mapping[str, Fraction]) -> bool | None:
    from adcli.studies.equal.points import defined

    return defined(form, point)


def _short(work: Work, asked: Problem, seconds: float) -> tuple[list[list[str]], bool]:
    """What SymPy finds for each derivative, and whether it came to its end."""
    graph = asked.graph
    of = [formula(graph, node, MAX_TEXT) for node in graph.outputs]
    items = [
        {"programs": [program], "of": of[output], "by": way, "decimals": "." in graph.text}
        for (output, way), program in zip(work.entries, work.programs, strict=True)
    ]
    positive = [name for name in graph.input_names if _positive(graph, name)]
    task = {"what": "short", "names": list(graph.input_names), "positive": positive, "items": items}
    found: list[list[str]] = [[] for _ in items]
    finished = False
    for answer in ask(task, seconds) if seconds else ():
        if "item" in answer:
            found[answer["item"]].append(answer["text"])
        finished = finished or "end" in answer
    return found, finished


def _positive(graph: Graph, name: str) -> bool:
    """Whether an input can only be positive, or 0, where the formula has a value."""
    always = certain(graph)
    return all(always[node] for node in graph.outputs) and needs_positive(graph, name)


def _explained(entry: Derived, asked: Problem, output: int, seconds: float) -> Derived:
    """With its steps: of a higher order, those from one derivative to the next."""
    from dataclasses import replace

    graph = asked.graph
    single = graph.with_outputs([graph.outputs[output]], [graph.output_names[output]])
    steps = []
    for depth, name in enumerate(entry.by):
        if depth:
            before = diff(asked.changed(graph=single), by=entry.by[:depth], seconds=seconds).entries[0].text
            single = parse(before)
        if name in single.input_names:
            steps.append(explain(single, single.outputs[0], name))
        else:
            steps.append(constant(single, name))
    return replace(entry, steps=tuple(steps))


def _valued(entries: Sequence[Derived], asked: Problem) -> list[Derived]:
    """With the values of the formulas at the point."""
    from dataclasses import replace

    from adcli.derivatives.answers import evaluate as evaluated

    used = [{name: asked.at[name] for name in parse(e.text).input_names if name in asked.at} for e in entries]
    return [
        replace(entry, value=evaluated(entry.text, at, precision=asked.precision).values[0])
        for entry, at in zip(entries, used, strict=True)
    ]
