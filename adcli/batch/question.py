"""What is asked of each row, and the kernel that answers it.

The modes write the derivative program, the optimiser shortens it, what does not depend on a column is computed
once, and what remains becomes a list of steps. A kernel also has one hidden condition for each operation that has
kinks: where it holds, the derivative follows a convention.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.series import LOST
from adcli.arithmetic.symbolic import Sym, Symbolic
from adcli.batch.kernel import Kernel, KernelWriter
from adcli.batch.partials import NAMED, named
from adcli.batch.strength import reduced
from adcli.derivatives import answers, directions
from adcli.derivatives.branches import paths, under
from adcli.derivatives.cancelling import NEAR, may_cancel, zero
from adcli.derivatives.optimize import optimize
from adcli.derivatives.programs import Transcript, opened, spelled
from adcli.derivatives.ties import in_doubt
from adcli.errors import UsageError
from adcli.graphs import Graph, chosen_of, decides, dependent, may_end
from adcli.modes import plan, seeds
from adcli.ops import ADD, BOOLEAN, COMPARISONS, DIV, EQ, INPUT, LITERAL, LT, POW, SUB, WHERE, Op
from adcli.problem.problem import Problem, scalar
from adcli.results import Labelled


class Request(NamedTuple):
    """What is wanted of each row: `what` is the command, one of KINDS, `mode` "forward" or "reverse", `direction` the
    tangent, vector (by name) or cotangent (in order)."""

    what: str
    mode: str = "reverse"
    direction: Any = None

    @property
    def twice(self) -> bool:
        """Whether second derivatives are asked for."""
        return KINDS[self.what].second is not None


def request(what: str, problem: Problem, mode: str = "auto", direction: Any = None) -> Request:
    """What is wanted of each row, with a direction as `jvp`, `vjp` and `hvp` take it. Raises UsageError."""
    kind = KINDS[what]
    if kind.single:
        scalar(problem, what, answers.OTHERS if kind.first is _gradients and not kind.second else "")
    if kind.along == "cotangent":
        direction = [problem.seed(weight, "the cotangent") for weight in directions.weights(problem, direction)]
    elif kind.along:
        components = directions.components(problem, direction, kind.along)
        direction = {name: problem.seed(value, f"the {kind.along}'s {name}") for name, value in components.items()}
    return Request(what, directions.chosen(mode, problem) if kind.moded else "reverse", direction)


def names_of(problem: Problem, request: Request) -> list[str]:
    """The output columns: the values, then the derivatives. Of a Hessian, each second derivative once."""
    outputs = list(problem.graph.output_names)
    values = ["value"] if len(outputs) == 1 else outputs
    return [*values, *KINDS[request.what].names(outputs, [name for name, _ in problem.wrt])]


def build(problem: Problem, request: Request, columns: Sequence[str]) -> Kernel:
    """The kernel that answers *request* for rows of *columns*; the other inputs have the values of *problem*."""
    sources = [node for _, node in problem.wrt]
    graph, numbers = opened(problem.graph, sources)
    live = [node for node in dict.fromkeys(sources) if node >= 0]
    kind = KINDS[request.what]
    transcript = Transcript(graph, Symbolic if kind.second else Accurate)
    values = [Sym(transcript.symbolic, node) for node in graph.outputs]
    derivatives = kind.first(transcript, problem, request, live) if kind.first else []
    kinks = _kinks(transcript, live, bends=kind.second is not None) if kind.first else []
    flags = [flag for flag, _ in kinks]
    decided = in_doubt(transcript, live if kind.first else None, lost=True)
    for flag in _powers(transcript, live) if kind.first else ():
        no = transcript.symbolic.literal("False") if decided is None else decided
        decided = transcript.symbolic.apply(WHERE, flag, transcript.symbolic.literal("True"), no)
    if kind.second:
        program, count = _second(transcript, problem, request, values, derivatives, flags, decided)
    else:
        flags += [] if decided is None else [decided]
        names = [str(i) for i in range(len(values) + len(derivatives) + len(flags))]
        program, count = transcript.finish([*values, *derivatives, *flags], names), len(values) + len(derivatives)
    given = {**{name: float(number) for name, number in numbers.items()}, **_constants(problem, columns)}
    names = names_of(problem, request)
    assert len(names) == count, "as many names as outputs"
    places = [graph.spans[node] for _, node in kinks]
    return reduced(lowered(optimize(spelled(program)), columns, given, names, len(values), places))


def _constants(problem: Problem, columns: Iterable[str]) -> dict[str, float]:
    """The values of the inputs that are no columns."""
    known = set(columns)
    rest = {name: value for name, value in problem.at.items() if name not in known}
    return problem.changed(at=rest).doubles


# Derivatives, in the order of their names


def _gradients(transcript: Transcript, problem: Problem, request: Request, live: list[int]) -> list[Sym]:
    """The Jacobian, row by row."""
    zero = transcript.number("0")
    mode = "reverse" if request.twice else request.mode
    entries = [dict(zip(live, row, strict=True)) for row in transcript.jacobian(live, mode)]
    return [row.get(node, zero) for row in entries for _, node in problem.wrt]


def _pushed(transcript: Transcript, problem: Problem, request: Request, live: list[int]) -> list[Sym]:
    """J·ẋ."""
    return transcript.pushed(_seeds(transcript, problem, request))


def _pulled(transcript: Transcript, problem: Problem, request: Request, live: list[int]) -> list[Sym]:
    """ȳᵀ·J."""
    zero = transcript.number("0")
    weights = [transcript.number(_literal(w)) for w in request.direction]
    found = dict(zip(live, transcript.pulled(dict(enumerate(weights)), live), strict=True))
    return [found.get(node, zero) for _, node in problem.wrt]


def _seeds(transcript: Transcript, problem: Problem, request: Request) -> dict[int, Sym]:
    """The direction's components, by input."""
    return seeds((node, transcript.number(_literal(request.direction[name]))) for name, node in problem.wrt)


_LOST = f"Abs(v) < {LOST}*Max(Abs(x), Abs(y))"
_NEAR = f"d = Abs(v - floor(v + 0.5)); 0 < d and d < {NEAR} and {{}}"
_EXACT = {(ADD, False): "v - y != x", (ADD, True): "v - x != y", (SUB, False): "v + y != x", (SUB, True): "x - v != y"}
"""Whether the other term does not come back, by the operation and which term is a literal."""


def _second(
    transcript: Transcript,
    problem: Problem,
    request: Request,
    values: list[Sym],
    gradient: list[Sym],
    flags: list[Sym],
    decided: Sym | None,
) -> tuple[Graph, int]:
    """The gradient's program continued by its derivatives: columns of the Hessian, or one product with a vector.

    A row is *decided* by the scalar path where a sum that rules have written cancels, too.
    """
    outer = Transcript(transcript.finish(gradient, [name for name, _ in problem.wrt]), Accurate)

    def continued(symbols: Iterable[Sym]) -> list[Sym]:
        return [Sym(outer.symbolic, symbol.node) for symbol in symbols]

    second = KINDS[request.what].second
    assert second is not None
    entries = [*continued(values), *second(outer, problem, request, continued(gradient))]
    everything = [*entries, *continued(flags)]
    doubt = None if decided is None else Sym(outer.symbolic, decided.node)
    if may_cancel(problem.graph):
        doubt = _cancelling(outer.symbolic, len(problem.graph), doubt)
    everything += [] if doubt is None else [doubt]
    return outer.finish(everything, [str(i) for i in range(len(everything))]), len(entries)


def _cancelling(symbolic: Symbolic, first: int, doubt: Sym | None) -> Sym | None:
    """The condition that what is written from node *first* on has lost its digits, or *doubt* holds."""
    builder = symbolic.builder
    yes, no = symbolic.literal("True"), symbolic.literal("False")
    for node, op in list(enumerate(builder.ops))[first:]:
        args = builder.args[node]
        if op is ADD or op is SUB:
            texts = [_LOST]
            if LITERAL in [builder.ops[a] for a in args]:  # n - 1, as of a pole
                texts.append(_NEAR.format(_EXACT[op, builder.ops[args[0]] is LITERAL]))
        elif op.slope and args[0] >= first:
            texts = [f"Abs(v) < {zero(op)}*Abs(x)"]
        else:
            continue
        names = dict(zip("vxy", [Sym(symbolic, n) for n in (node, *args)], strict=False))
        for text in texts:
            lost = symbolic.compile(tuple(names), symbolic.source(text), "cancelling")(**names)
            doubt = symbolic.apply(WHERE, lost, yes, no if doubt is None else doubt)
    return doubt


def _product(outer: Transcript, problem: Problem, request: Request, gradient: list[Sym]) -> list[Sym]:
    """H·v."""
    return outer.pushed(_seeds(outer, problem, request))


def _triangle(outer: Transcript, problem: Problem, request: Request, gradient: list[Sym]) -> list[Sym]:
    """The gradient, and the upper triangle of the Hessian."""
    one = outer.number("1")
    sources = [node for _, node in problem.wrt]
    live = [node for node in sources if node >= 0]
    columns = [outer.pushed(seeds([(node, one)]), live) for node in sources]
    return [*gradient, *(columns[j][i] for i in range(len(sources)) for j in range(i, len(sources)))]


class Kind(NamedTuple):
    """A question: the names of its derivatives, for those of outputs and inputs, and what answers it at one point; what
    writes the first derivatives, and what continues the gradient's program by second ones.

    `single` says that it is of one output, `moded` that it may be answered in either mode, `along` what a direction is
    called that it needs.
    """

    names: Callable[[Sequence[str], Sequence[str]], list[str]]
    answer: Callable[[Problem, Request], Labelled]
    first: Callable[[Transcript, Problem, Request, list[int]], list[Sym]] | None = _gradients
    second: Callable[[Transcript, Problem, Request, list[Sym]], list[Sym]] | None = None
    single: bool = False
    moded: bool = False
    along: str = ""


KINDS = {
    "eval": Kind(lambda ys, xs: [], lambda at, _: answers.evaluate(at), first=None),
    "grad": Kind(
        lambda ys, xs: [f"d_{x}" for x in xs],
        lambda at, request: answers.gradient(at, mode=request.mode),
        single=True,
        moded=True,
    ),
    "jacobian": Kind(
        lambda ys, xs: [f"d_{y}_{x}" for y in ys for x in xs],
        lambda at, request: answers.jacobian(at, mode=request.mode),
        moded=True,
    ),
    "jvp": Kind(
        lambda ys, xs: ["jvp"] if len(ys) == 1 else [f"jvp_{y}" for y in ys],
        lambda at, request: answers.jvp(at, tangent=request.direction),
        _pushed,
        along="tangent",
    ),
    "vjp": Kind(
        lambda ys, xs: [f"vjp_{x}" for x in xs],
        lambda at, request: answers.vjp(at, cotangent=request.direction),
        _pulled,
        along="cotangent",
    ),
    "hvp": Kind(
        lambda ys, xs: [f"hvp_{x}" for x in xs],
        lambda at, request: answers.hvp(at, vector=request.direction),
        second=_product,
        single=True,
        along="vector",
    ),
    "hessian": Kind(
        lambda ys, xs: [*(f"d_{x}" for x in xs), *(f"h_{x}_{y}" for i, x in enumerate(xs) for y in xs[i:])],
        lambda at, _: answers.hessian(at),
        second=_triangle,
        single=True,
    ),
}
"""Every question by its command."""


def _literal(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


class Accurate(Symbolic):
    """Writes partials that lose digits as operations of their own: for programs that are not derived again."""

    onward = True
    handwriting = False

    def partial_source(self, op: Op, position: int) -> str:
        if op is DIV and position == 1:
            return self.source("-v*(1/y)")  # shares the other partial
        name = named(op, position)
        if name not in NAMED:
            return super().partial_source(op, position)
        return f"{self.name(NAMED[name])}({', '.join(op.arguments)})"


# Kinks


def _kinks(transcript: Transcript, live: list[int], *, bends: bool) -> list[tuple[Sym, int]]:
    """A condition for each active operation of the program that has kinks, *bends* or an end, and its node."""
    graph, symbolic = transcript.graph, transcript.symbolic
    if not (decides(graph) or may_end(graph)):
        return []
    way = plan(transcript.tape, live)
    active = {step[0] for step in way.steps}.union(way.sources)
    routes = paths(graph)
    found = []
    for node, op, args in transcript.tape.steps:
        route, kink = routes[node], op.kink or op.edge or (op.bend if bends else "")
        if not (kink or op in COMPARISONS) or route is None or not any(a in active for a in args):
            continue
        if op in COMPARISONS and chosen_of(graph, args):
            continue
        given = [Sym(symbolic, a) for a in args]
        if op in COMPARISONS:
            flag = symbolic.apply(EQ, *given)
        else:
            flag = symbolic.condition(op, kink)(Sym(symbolic, node), *given)
        found.append((under(symbolic, route, flag), node))
    return found


def _powers(transcript: Transcript, live: list[int]) -> Iterator[Sym]:
    """A condition for each power with a moving exponent that something may choose not to take: a negative base.

    It has a value there at single points only, and no derivative, even where none of it is taken.
    """
    graph, symbolic = transcript.graph, transcript.symbolic
    if not decides(graph):
        return
    moving, routes = dependent(graph, live), paths(graph)
    zero = symbolic.literal("0")
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        route = routes[node]
        if op is POW and moving[args[1]] and route is not None:
            yield under(symbolic, route, symbolic.apply(LT, Sym(symbolic, args[0]), zero))


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
    writer = KernelWriter(columns)
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


def _given(writer: KernelWriter, given: Mapping[str, float], name: str) -> int:
    if name not in given:
        raise UsageError(f"{name} has no value")
    return writer.constant(given[name])
