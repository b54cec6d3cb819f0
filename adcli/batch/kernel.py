"""Kernels: a program and its derivatives as one straight list of steps, ready to be run over many rows.

The modes write the derivative program, the optimiser shortens it, what does not depend on a column is computed
once, and what remains is a list that every engine spells in its own language. A kernel also has one hidden
condition for each operation that has kinks: where it holds, the derivative follows a convention.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.symbolic import Sym, Symbolic
from adcli.errors import UsageError
from adcli.graph import Graph
from adcli.modes import plan
from adcli.ops import BOOLEAN, DIV, EQ, GE, GT, INPUT, LE, LITERAL, LT, MUL, NE, POW, WHERE, Op
from adcli.optimize import optimize
from adcli.problem import Problem
from adcli.programs import Transcript, opened

LARGEST_POWER = 64
"""Constant whole exponents up to this become products; beyond it the rounding errors of the products would add up."""

_LOSING = frozenset({"beta_x", "beta_y", "LambertW_prime"})
"""Of the table's `accurate` partials, those whose rule as text loses more digits than a row may."""

PARTIALS: dict[Op, tuple[Op, int]] = {}
"""Partials that are operations of kernels, and the operation and argument that each belongs to."""

_COMPARISONS = frozenset({LT, LE, GT, GE, EQ, NE})


class Accurate(Symbolic):
    """Writes partials that lose digits as operations of their own: for programs that are not derived again."""

    onward = True

    def partial_source(self, op: Op, position: int) -> str:
        name = op.accurate[position] if position < len(op.accurate) else ""
        if name not in _LOSING:
            return super().partial_source(op, position)
        partial = next((known for known in PARTIALS if known.name == name), None)
        if partial is None:
            partial = Op(name, op.arguments, (None,) * len(op.arguments), flops=40, underflows=True)
            PARTIALS[partial] = (op, position)
        return f"{self.name(partial)}({', '.join(op.arguments)})"


Path = tuple[tuple[int, bool], ...]
"""Under which conditions something is needed: (condition, its truth), the outermost first."""


class Step(NamedTuple):
    """One elementary operation on earlier values. WHERE selects between values that are both computed."""

    op: Op
    args: tuple[int, ...]


class Kernel:
    """A straight program over rows. Do not change one after it is built.

    Its values are numbered: the columns first (`columns`, their names), then the constants (`constants`, doubles
    or truth values), then the results of `steps` in order. So value `first + i` is the result of step i, where
    `first` is how many columns and constants there are, and a step's arguments are smaller than its own number.

    - `outputs`: the values asked for, one per name of `names`; the formula's own values are the first `values` of
      them. An output may be a column or a constant, and the same value may be asked for twice.
    - `kinks`: hidden outputs, conditions that hold in a row where a derivative follows a convention; `places`
      has for each the span in the program's text.
    - `boolean`: per value, whether it is a condition (comparisons, Not, constants True and False, and `where`
      between conditions) rather than a double.

    No step needs a check of its domain: outside it the result has to be NaN or infinite, in every engine, so
    that the row is found out and computed again by the scalar path.
    """

    __slots__ = ("boolean", "columns", "constants", "first", "kinks", "names", "outputs", "places", "steps", "values")

    def __init__(
        self,
        *,
        columns: Sequence[str],
        constants: Sequence[float | bool],
        steps: Sequence[Step],
        outputs: Sequence[int],
        names: Sequence[str],
        values: int,
        kinks: Sequence[int] = (),
        places: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.columns = tuple(columns)
        self.constants = tuple(constants)
        self.steps = tuple(steps)
        self.outputs = tuple(outputs)
        self.names = tuple(names)
        self.values = values
        self.kinks = tuple(kinks)
        self.places = tuple(places)
        self.first = len(self.columns) + len(self.constants)
        boolean = [False] * len(self.columns) + [isinstance(c, bool) for c in self.constants]
        for op, args in self.steps:
            boolean.append(boolean[args[1]] if op is WHERE else op.boolean)
        self.boolean = tuple(boolean)

    def __repr__(self) -> str:
        return f"<Kernel of {len(self.steps)} steps: {', '.join(self.columns)} -> {', '.join(self.names)}>"

    def last_uses(self) -> list[int]:
        """Per value, the last step that uses it; -1 for none, the number of steps for an output."""
        last = [-1] * (self.first + len(self.steps))
        for i, (_, args) in enumerate(self.steps):
            for a in args:
                last[a] = i
        for value in (*self.outputs, *self.kinks):
            last[value] = len(self.steps)
        return last

    def slots(self, in_place: Callable[[Op], bool]) -> tuple[list[int], int, int]:
        """A buffer for each step's result, used again when nobody needs it: (slot per step, doubles, conditions).

        Slots 0, 1, … of doubles and of conditions are counted apart. A step may be given the slot of an argument
        that it is the last to use only where `in_place(op)` says that its function can write over its argument.
        Outputs keep their slots.
        """
        last = self.last_uses()
        free: tuple[list[int], list[int]] = ([], [])
        counts = [0, 0]
        slots: list[int] = []
        for i, (op, args) in enumerate(self.steps):
            kind = self.boolean[self.first + i]
            dying = [a for a in dict.fromkeys(args) if a >= self.first and last[a] == i]
            early = in_place(op)
            if early:
                for a in dying:
                    free[self.boolean[a]].append(slots[a - self.first])
            if free[kind]:
                slot = free[kind].pop()
            else:
                slot = counts[kind]
                counts[kind] += 1
            slots.append(slot)
            if not early:
                for a in dying:
                    free[self.boolean[a]].append(slots[a - self.first])
            if last[self.first + i] < 0:
                free[kind].append(slot)
        return slots, counts[0], counts[1]


class Asked(NamedTuple):
    """What is wanted of each row: `what` is the command ("eval", "grad", "jacobian", "jvp", "vjp", "hvp",
    "hessian"), `mode` "forward" or "reverse", `direction` the tangent, vector (by name) or cotangent (in order)."""

    what: str
    mode: str = "reverse"
    direction: Mapping[str, float] | Sequence[float] | None = None


def names_of(problem: Problem, asked: Asked) -> list[str]:
    """The output columns: the values, then the derivatives. Of a Hessian, each second derivative once."""
    outputs = list(problem.graph.output_names)
    inputs = [name for name, _ in problem.wrt]
    values = ["value"] if len(outputs) == 1 else outputs
    what = asked.what
    if what == "eval":
        return values
    if what == "grad":
        return [*values, *(f"d_{x}" for x in inputs)]
    if what == "jacobian":
        return [*values, *(f"d_{y}_{x}" for y in outputs for x in inputs)]
    if what == "jvp":
        return [*values, *(["jvp"] if len(outputs) == 1 else [f"jvp_{y}" for y in outputs])]
    if what == "vjp":
        return [*values, *(f"vjp_{x}" for x in inputs)]
    if what == "hvp":
        return [*values, *(f"hvp_{x}" for x in inputs)]
    pairs = [(x, y) for i, x in enumerate(inputs) for y in inputs[i:]]
    return [*values, *(f"d_{x}" for x in inputs), *(f"h_{x}_{y}" for x, y in pairs)]


def build(problem: Problem, asked: Asked, columns: Sequence[str]) -> Kernel:
    """The kernel that answers *asked* for rows of *columns*; the other inputs have the values of *problem*."""
    sources = [node for _, node in problem.wrt]
    graph, numbers = opened(problem.graph, sources)
    live = [node for node in dict.fromkeys(sources) if node >= 0]
    twice = asked.what in ("hessian", "hvp")
    transcript = Transcript(graph, Symbolic if twice else Accurate)
    values = [Sym(transcript.symbolic, node) for node in graph.outputs]
    derivatives = _derivatives(transcript, problem, asked, live)
    kinks = _kinks(transcript, live) if asked.what != "eval" else []
    flags = [flag for flag, _ in kinks]
    if twice:
        program, count = _second(transcript, problem, asked, values, derivatives, flags)
    else:
        names = [str(i) for i in range(len(values) + len(derivatives) + len(flags))]
        program, count = transcript.finish([*values, *derivatives, *flags], names), len(values) + len(derivatives)
    given = {**{name: float(number) for name, number in numbers.items()}, **_constants(problem, columns)}
    names = names_of(problem, asked)
    assert len(names) == count, "as many names as outputs"
    places = [graph.spans[node] for _, node in kinks]
    from adcli.batch.strength import reduced

    return reduced(lowered(optimize(program), columns, given, names, len(values), places))


def _constants(problem: Problem, columns: Iterable[str]) -> dict[str, float]:
    """The values of the inputs that are no columns."""
    known = set(columns)
    rest = {name: value for name, value in problem.at.items() if name not in known}
    return Problem(problem.graph, problem.expr, rest, problem.wrt).doubles


def _derivatives(transcript: Transcript, problem: Problem, asked: Asked, live: list[int]) -> list[Sym]:
    """The first derivatives asked for, in the order of their names; of a second derivative, the gradient."""
    zero = transcript.number("0")
    sources = [node for _, node in problem.wrt]
    if asked.what == "eval":
        return []
    if asked.what == "jvp":
        assert isinstance(asked.direction, Mapping)
        seeds: dict[int, Sym] = {}
        for name, node in problem.wrt:
            if node >= 0:
                seed = transcript.number(_literal(asked.direction[name]))
                seeds[node] = seeds[node] + seed if node in seeds else seed
        return transcript.pushed(seeds)
    if asked.what == "vjp":
        assert asked.direction is not None
        assert not isinstance(asked.direction, Mapping)
        weights = [transcript.number(_literal(w)) for w in asked.direction]
        found = dict(zip(live, transcript.pulled(weights, live), strict=True))
        return [found.get(node, zero) for node in sources]
    rows = transcript.jacobian(live, asked.mode if asked.what in ("grad", "jacobian") else "reverse")
    entries = [dict(zip(live, row, strict=True)) for row in rows]
    return [row.get(node, zero) for row in entries for node in sources]


def _second(
    transcript: Transcript,
    problem: Problem,
    asked: Asked,
    values: list[Sym],
    gradient: list[Sym],
    flags: list[Sym],
) -> tuple[Graph, int]:
    """The gradient's program continued by its derivatives: columns of the Hessian, or one product with a vector."""
    sources = [node for _, node in problem.wrt]
    outer = Transcript(transcript.finish(gradient, [name for name, _ in problem.wrt]), Accurate)
    one, zero = outer.number("1"), outer.number("0")

    def continued(symbols: Iterable[Sym]) -> list[Sym]:
        return [Sym(outer.symbolic, symbol.node) for symbol in symbols]

    if asked.what == "hvp":
        assert isinstance(asked.direction, Mapping)
        seeds: dict[int, Sym] = {}
        for name, node in problem.wrt:
            if node >= 0:
                seed = outer.number(_literal(asked.direction[name]))
                seeds[node] = seeds[node] + seed if node in seeds else seed
        entries = [*continued(values), *outer.pushed(seeds)]
    else:
        columns = [outer.pushed({node: one}) if node >= 0 else [zero] * len(sources) for node in sources]
        upper = [columns[j][i] for i in range(len(sources)) for j in range(i, len(sources))]
        entries = [*continued(values), *continued(gradient), *upper]
    everything = [*entries, *continued(flags)]
    return outer.finish(everything, [str(i) for i in range(len(everything))]), len(entries)


def _literal(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


# Kinks


def paths(graph: Graph) -> list[Path | None]:
    """Per node, the conditions under which an output needs its value: () for always, None for never."""
    found: list[Path | None] = [None] * len(graph)
    for node in graph.outputs:
        found[node] = ()
    for node in range(len(graph) - 1, -1, -1):
        here = found[node]
        if here is None:
            continue
        for position, a in enumerate(graph.args[node]):
            there = here
            if graph.ops[node] is WHERE and position:
                there = (*here, (graph.args[node][0], position == 1))
            known = found[a]
            found[a] = there if known is None else common(known, there)
    return found


def common(a: Path, b: Path) -> Path:
    """The conditions that two paths begin with."""
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return a[:length]


def _kinks(transcript: Transcript, live: list[int]) -> list[tuple[Sym, int]]:
    """A condition for each active operation of the program that has kinks, and its node."""
    graph, symbolic = transcript.graph, transcript.symbolic
    if not any(op.kink or op in _COMPARISONS for op in set(graph.ops)):
        return []
    way = plan(transcript.tape, live)
    active = {step[0] for step in way.steps}.union(way.sources)
    routes = paths(graph)
    found = []
    for node, op, args in transcript.tape.steps:
        route = routes[node]
        if not (op.kink or op in _COMPARISONS) or route is None or not any(a in active for a in args):
            continue
        given = [Sym(symbolic, a) for a in args]
        if op in _COMPARISONS:
            flag = symbolic.apply(EQ, *given)
        else:
            flag = symbolic.condition(op, op.kink)(Sym(symbolic, node), *given)
        no = symbolic.literal("False")
        for condition, truth in reversed(route):
            pair = (flag, no) if truth else (no, flag)
            flag = symbolic.apply(WHERE, Sym(symbolic, condition), *pair)
        found.append((flag, node))
    return found


# From a graph to a kernel


def lowered(
    graph: Graph,
    columns: Sequence[str],
    given: Mapping[str, float],
    names: Sequence[str],
    values: int,
    places: Sequence[tuple[int, int]] = (),
) -> Kernel:
    """The graph as a kernel. Its first outputs are *names*, the others kinks; *given* are inputs that are no columns.

    What depends on no column is computed here, as the scalar path would; small whole powers become products.
    """
    writer = Writer(columns)
    arithmetic = doubles()
    place: list[int] = []
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        label = graph.labels.get(node)
        if op is INPUT:
            assert label is not None
            place.append(writer.column[label] if label in writer.column else _given(writer, given, label))
        elif op is LITERAL:
            assert label is not None
            place.append(writer.constant(label == "True" if label in BOOLEAN else float(arithmetic.literal(label))))
        else:
            place.append(writer.apply(op, tuple([place[a] for a in args])))
    outputs = [place[node] for node in graph.outputs]
    return writer.finish(outputs[: len(names)], names, values, outputs[len(names) :], places)


def _given(writer: Writer, given: Mapping[str, float], name: str) -> int:
    if name not in given:
        raise UsageError(f"{name} has no value")
    return writer.constant(given[name])


class Writer:
    """Writes steps; values are negative for constants until it is known how many there are."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self.column = {name: i for i, name in enumerate(columns)}
        self.constants: list[float | bool] = []
        self.known: dict[tuple[type, str], int] = {}
        self.steps: list[Step] = []
        self.written: dict[tuple[Op, tuple[int, ...]], int] = {}

    def constant(self, number: float | bool) -> int:
        key = (type(number), repr(number))
        if key not in self.known:
            self.constants.append(number)
            self.known[key] = -len(self.constants)
        return self.known[key]

    def apply(self, op: Op, args: tuple[int, ...]) -> int:
        """The value of *op*: a constant where all its arguments are, else a step."""
        if op is WHERE and args[0] < 0:
            return args[1] if self.constants[-1 - args[0]] else args[2]
        if all(a < 0 for a in args) and op is not WHERE:
            number = self._computed(op, [self.constants[-1 - a] for a in args])
            if number is not None:
                return self.constant(number)
        if op is POW and args[1] < 0 and args[0] >= 0:
            exponent = self.constants[-1 - args[1]]
            if exponent == int(exponent) and 0 < abs(exponent) <= LARGEST_POWER:
                return self._power(args[0], int(exponent))
        return self.step(op, args)

    def step(self, op: Op, args: tuple[int, ...]) -> int:
        key = (op, args)
        if key not in self.written:
            self.written[key] = len(self.columns) + len(self.steps)
            self.steps.append(Step(op, args))
        return self.written[key]

    def _power(self, base: int, exponent: int) -> int:
        """By squaring: the relative error stays below |exponent| units in the last place."""
        result, square, rest = None, base, abs(exponent)
        while True:
            if rest & 1:
                result = square if result is None else self.step(MUL, (result, square))
            rest >>= 1
            if not rest:
                break
            square = self.step(MUL, (square, square))
        assert result is not None
        return self.step(DIV, (self.constant(1.0), result)) if exponent < 0 else result

    @staticmethod
    def _computed(op: Op, args: Sequence[float | bool]) -> float | bool | None:
        if op in PARTIALS:
            return None
        try:
            number = doubles().value(op)(*args)
        except (ArithmeticError, ValueError):
            return None  # each row that needs it will say so
        if isinstance(number, bool):
            return number
        if not math.isfinite(number) or (op.underflows and abs(number) < 2.2250738585072014e-308 and 0 not in args):
            return None
        return float(number)

    def finish(
        self,
        outputs: Sequence[int],
        names: Sequence[str],
        values: int,
        kinks: Sequence[int],
        places: Sequence[tuple[int, int]],
    ) -> Kernel:
        """The kernel, without what no output needs."""
        width = len(self.columns)
        wanted = bytearray(width + len(self.steps))
        for value in (*outputs, *kinks):
            if value >= 0:
                wanted[value] = 1
        for i in range(len(self.steps) - 1, -1, -1):
            if wanted[width + i]:
                for a in self.steps[i].args:
                    if a >= 0:
                        wanted[a] = 1
        kept = [i for i in range(len(self.steps)) if wanted[width + i]]
        used = dict.fromkeys(a for i in kept for a in self.steps[i].args if a < 0)
        used.update(dict.fromkeys(value for value in (*outputs, *kinks) if value < 0))
        place = {i: i for i in range(width)}
        place.update({value: width + i for i, value in enumerate(used)})
        for i in kept:
            place[width + i] = len(place)
        return Kernel(
            columns=self.columns,
            constants=[self.constants[-1 - value] for value in used],
            steps=[Step(self.steps[i].op, tuple([place[a] for a in self.steps[i].args])) for i in kept],
            outputs=[place[value] for value in outputs],
            names=names,
            values=values,
            kinks=[place[value] for value in kinks],
            places=places,
        )
