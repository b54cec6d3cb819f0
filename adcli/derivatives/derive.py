"""The derivative as a program: text in adcli's own language, to be read, run, and differentiated again.

This is AD by source transformation: the modes run on symbols write a program, and the printer of the language
writes its text. What the original program assigned keeps its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from adcli.arithmetic.symbolic import Sym
from adcli.derivatives.handwriting import handwritten
from adcli.derivatives.programs import Transcript, by_outputs, fronted, opened, pruned, spelled, unused
from adcli.errors import UsageError, option
from adcli.graphs import PRIMES, Graph
from adcli.language.arrays.names import in_order
from adcli.modes import seeds
from adcli.problem.given import mode_named
from adcli.problem.problem import Expression, Problem, check_output, moving, problem
from adcli.problem.values import Value
from adcli.records import dataclass
from adcli.results import Result

KINDS = ("jacobian", "jvp", "vjp", "hessian")
WAYS = ("exact", "fast")
"""How a program is simplified: to the last bit, or with sums and products regrouped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Result):
    """A derivative's program. `operations` are those of the program as the modes write it, `optimized` those left
    by the simplification pass, None where it was not asked for."""

    command: ClassVar[str] = "derive"

    kind: str
    mode: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    program: str
    operations: int
    optimized: int | None = None


def derivative_program(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    kind: str = "jacobian",
    mode: str = "auto",
    value: bool = False,
    optimize: bool | str = False,
    **options: Any,
) -> Program:
    """The program of the Jacobian (of one output: the gradient), of J·ẋ, of ȳᵀ·J or of one output's Hessian.

    *mode* is the one that writes it, as of `adcli.derivatives.answers`; a Hessian is written by forward over reverse,
    or by one mode over itself. *value* keeps the original outputs, in front; without them the program may be defined
    where the original one is not (1/x, of log). *optimize* simplifies and keeps every bit; "fast" regroups sums and
    products too. Options as of `problem`; no point is needed.
    """
    asked = moving(problem(expr, at, **{"values": False, **options}))
    if kind not in KINDS:
        raise UsageError(f"no kind of program is called {kind!r}", hint="kinds: " + ", ".join(KINDS))
    mode = mode_named(mode)
    graph, used = derivative_graph(asked, kind, mode, value=value, by_hand=optimize != "fast")
    before = _count(graph)
    after = None
    if optimize not in (False, None, True, *WAYS):
        raise UsageError(f"{option('optimize')} cannot be {optimize!r}", hint="ways: " + ", ".join(WAYS))
    if optimize:
        graph = _simplified(graph, str(optimize))
        after = _count(graph)
    graph = by_outputs(fronted(graph))
    constants = opened(asked.graph, [node for _, node in asked.wrt])[1]
    inputs = in_order([name for name in graph.input_names if name not in constants])
    inputs += [name for name, node in asked.wrt if node < 0]
    return Program(
        **asked.shared(),
        kind=kind,
        mode=used,
        inputs=tuple(inputs),
        outputs=graph.output_names,
        program=_text(graph, constants, inputs),
        operations=before,
        optimized=after,
    )


def _simplified(graph: Graph, way: str) -> Graph:
    if way == "fast":
        from adcli.derivatives.regroup import regroup

        return regroup(graph)
    from adcli.derivatives.optimize import optimize

    return optimize(graph)


def derivative_graph(
    asked: Problem, kind: str, mode: str, *, value: bool = False, by_hand: bool = False
) -> tuple[Graph, str]:
    """The derivative's graph, without what its outputs do not need, and the mode or modes that wrote it.

    *by_hand*: as a person would write it.
    """
    sources = [node for _, node in asked.wrt]
    graph, _ = opened(asked.graph, sources)
    names = [name for name, _ in asked.wrt]
    transcript = Transcript(graph)
    namer = Namer(graph)
    outputs = [namer.flat(name) for name in graph.output_names]
    if kind == "jvp":
        used = _only(kind, mode, "forward")
        tangents = [transcript.input(namer.behind(name, "dot")) for name in names]
        entries = transcript.pushed(seeds(zip(sources, tangents, strict=True)))
        labels = [namer.behind(name, "dot", "output") for name in graph.output_names]
    elif kind == "vjp":
        used = _only(kind, mode, "reverse")
        weights = [transcript.input(namer.behind(name, "bar", "output")) for name in graph.output_names]
        entries = _spread(transcript, transcript.pulled(dict(enumerate(weights)), _live(sources)), sources)
        labels = [namer.behind(name, "bar") for name in names]
    elif kind == "hessian":
        check_output(asked, "a Hessian")
        inner, outer = {"forward": ("forward",) * 2, "reverse": ("reverse",) * 2}.get(mode, ("reverse", "forward"))
        used = f"{outer} over {inner}"
        (row,) = transcript.jacobian(_live(sources), inner)
        gradient = transcript.finish(_spread(transcript, row, sources), [""] * len(sources))
        transcript = Transcript(gradient)
        rows = [_spread(transcript, row, sources) for row in transcript.jacobian(_live(sources), outer)]
        count = range(len(names))
        entries = [rows[min(i, j)][max(i, j)] for i in count for j in count]
        labels = [namer.pair(names[i], names[j]) for i in count for j in count]
    else:
        used = ("forward" if len(names) < len(outputs) else "reverse") if mode == "auto" else mode
        rows = [_spread(transcript, row, sources) for row in transcript.jacobian(_live(sources), used)]
        entries = [entry for row in rows for entry in row]
        if len(outputs) == 1:
            labels = [namer.front("d", name) for name in names]
        else:
            labels = [namer.front(f"d_{output}", name) for output in outputs for name in names]
    if value:
        entries = [*(transcript.tape.values[node] for node in graph.outputs), *entries]
        labels = [*map(namer.version, graph.output_names, graph.outputs), *labels]
    program = transcript.finish(entries, labels)
    return pruned(spelled(handwritten(program, len(graph)) if by_hand else program)), used


def _text(graph: Graph, constants: Mapping[str, str], inputs: Sequence[str]) -> str:
    """The program's text: the numbers that are differentiated by, inputs that do not matter, statements."""
    from adcli.language import tokens, unparse

    # What the modes write as the sum with a negative number is a difference, to the last bit.
    text = re.sub(r" \+ -(?=[\d.])", " - ", unparse(graph, ordered=False))
    used = {word.text for word in tokens(text, declarations=True) if word.kind == "name"}
    used.update(re.findall(r"(?<!\w)\w+\[[\d,]+\]", text))
    first = [f"{name} = {number}\n" for name, number in constants.items()]
    first += [f"{name} = {name}\n" for name in inputs if name not in used]
    return "".join(first) + text


def _count(graph: Graph) -> int:
    from adcli.derivatives.optimize import operations

    return operations(graph)


def _only(kind: str, mode: str, wanted: str) -> str:
    if mode not in (wanted, "auto"):
        raise UsageError(f"--{kind} is written by {wanted} mode")
    return wanted


def _live(sources: Sequence[int]) -> list[int]:
    return [node for node in dict.fromkeys(sources) if node >= 0]


def _spread(transcript: Transcript, row: Sequence[Sym], sources: Sequence[int]) -> list[Sym]:
    """A row of derivatives by the live sources as one by all of them."""
    entries = dict(zip(_live(sources), row, strict=True))
    return [entries[node] if node >= 0 else transcript.number("0") for node in sources]


class Namer:
    """Names for what a derivative program adds, which the original one does not use."""

    def __init__(self, graph: Graph) -> None:
        self._inputs = {graph.labels[node]: node for node in graph.inputs}
        used = {*graph.input_names, *graph.output_names, *(name for name, _ in graph.assignments)}
        self._taken = used | {name.partition("[")[0] for name in used}
        self._given: dict[tuple[str, str], str] = {}

    def front(self, prefix: str, name: str) -> str:
        """d_x1, and d_x[1] for x[1]."""
        base, bracket, index = name.partition("[")
        return self._free(f"{prefix}_{base}", prefix) + bracket + index

    def behind(self, name: str, suffix: str, what: str = "input") -> str:
        """x1_dot, and x_dot[1] for x[1]; another one for an output that is called as an input is."""
        base, bracket, index = name.partition("[")
        return self._free(f"{base}_{suffix}", what) + bracket + index

    def pair(self, one: str, other: str) -> str:
        """d2_x1_x2, and d2_x[1,2] for x[1] and x[2]."""
        base, bracket, index = one.partition("[")
        if bracket and other.startswith(base + "["):
            return self._free(f"d2_{base}", "") + f"[{index[:-1]},{other[len(base) + 1 :]}"
        return self._free(f"d2_{self.flat(one)}_{self.flat(other)}", f"{one} {other}")

    def version(self, name: str, node: int) -> str:
        """An output's name; y_2 where y is an input, which the program assigns anew: inputs keep their names."""
        return name if self._inputs.get(name, node) == node else self._free(f"{self.flat(name)}_2", "output")

    @staticmethod
    def flat(name: str) -> str:
        """A name without an index: x_1 for x[1]."""
        return name.replace("[", "_").replace(",", "_").rstrip("]")

    def _free(self, name: str, what: str) -> str:
        """The name, or one like it that nothing else has; the same each time for the same thing."""
        name = name.translate(PRIMES)
        if (what, name) not in self._given:
            self._given[what, name] = free = unused(name, self._taken)
            self._taken.add(free)
        return self._given[what, name]
