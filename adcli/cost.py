"""What derivatives cost: operations counted by running the modes on numbers that only count.

Nothing here is estimated. The function is evaluated, and the sweeps are run, on the counting arithmetic, so that
the counts are those of the table's rules. n dense forward sweeps stand against m reverse sweeps; their ratio to the
cost of the function itself is what the cheap gradient principle is about (Griewank 1989; Griewank & Walther 2008,
ch. 3 and 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from adcli.arithmetic.counting import Counting, flops
from adcli.arithmetic.doubles import doubles
from adcli.elimination import Accumulation, accumulation, orders
from adcli.elimination.structure import structure_of
from adcli.errors import NameFault, UsageError, counted, there_are
from adcli.graph import Graph
from adcli.modes import COPY, Fault, Plan, Tape, evaluate, forward, plan, reverse
from adcli.naming import numbering
from adcli.ops import ADD, INPUT, LITERAL, MUL, SUB, WHERE, Op
from adcli.problem import Expression, Problem, among, problem
from adcli.results import Notice, Result

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from adcli.records import dataclass

MAX_SYMBOLIC = 20_000
"""SymPy's derivatives are counted up to this many operations, written out as trees, which takes a few seconds."""
MAX_ACCUMULATED = 3_000_000
"""The sweeps of the whole Jacobian are run one by one up to this many steps in all."""
MAX_DERIVED = 100_000
"""The gradient's program is written for counting up to this many nodes of the function's."""
MAX_SIZES = 1_000
"""How many sizes --growth tries."""
BYTES = 8
"""Of a double."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """One evaluation of the function: its operations by kind, and how many values are live at once at most."""

    operations: dict[str, int]
    multiplications: int
    additions: int
    flops: int
    live: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accumulated:
    """The whole Jacobian by one-hot sweeps, each of which skips what is zero by structure; without the evaluation."""

    multiplications: int
    additions: int
    flops: int
    ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """Dense forward sweeps, all of them together, without the evaluation itself.

    `ratio` is what function and derivatives cost together, in evaluations of the function. `live` are the values
    and tangents held at once at most, in one sweep that runs beside the evaluation.
    """

    sweeps: int
    operations: dict[str, int]
    multiplications: int
    additions: int
    flops: int
    ratio: float | None
    live: int
    accumulation: Accumulated | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse:
    """Dense reverse sweeps, likewise.

    `stored` values stand on the tape, inputs and every version of a reassigned name included, which take `bytes`;
    the rules read `needed` of them again. `live` are the tape and the adjoints held at once at most.
    """

    sweeps: int
    operations: dict[str, int]
    multiplications: int
    additions: int
    flops: int
    ratio: float | None
    live: int
    stored: int
    needed: int
    bytes: int
    accumulation: Accumulated | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluations:
    """What finite differences take: evaluations of the function, and their flops."""

    evaluations: int
    flops: int
    ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """Forward differences take n + 1 evaluations, central ones 2n."""

    forward: Evaluations
    central: Evaluations


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A Hessian-vector product: the gradient's program evaluated, and one forward sweep through it.

    `ratio` is its cost in evaluations of the function, `gradients` in gradients by reverse mode.
    """

    multiplications: int
    additions: int
    flops: int
    ratio: float | None
    gradients: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbolic:
    """Operations of SymPy's formulas: the function's, its derivatives', and these with common parts computed once.

    None, with a reason, where SymPy is not asked.
    """

    function: int | None
    before: int | None
    after: int | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(Result):
    """The cost of a function's derivatives, by every way to get them."""

    command: ClassVar[str] = "cost"

    inputs: int
    outputs: int
    evaluation: Evaluated
    forward: Forward
    reverse: Reverse
    finite_differences: Differences
    symbolic: Symbolic
    recommended: str
    reason: str
    seconds: dict[str, float] | None = None
    """Time of one evaluation, and of the gradient or Jacobian by each way."""
    ratios: dict[str, float] | None = None
    """The same in evaluations."""
    hvp: Product | None = None
    """H·v, of one output; None for several, and for a program too large to derive it."""
    elimination: Accumulation | None = None
    """The whole Jacobian by other orders of the chain rule, vertices under their names in a trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A row of the growth table: flops of one evaluation, and the ratios of function and derivatives to it."""

    size: int
    inputs: int
    outputs: int
    flops: int
    forward: float | None
    reverse: float | None
    finite_differences: int
    stored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth(Result):
    """How each way's cost grows with a size of the program."""

    command: ClassVar[str] = "cost"

    size: str
    growth: tuple[Size, ...]
    summary: str


def cost(
    asked: Problem,
    *,
    tangent: Iterable[str] | None = None,
    cotangent: int | None = None,
    measure: bool = False,
    elimination: bool = False,
) -> Cost:
    """Count what the derivatives of *asked* cost.

    *tangent* (names) asks for one direction J·ẋ instead of all columns, *cotangent* (a number of weights) for one
    combination ȳᵀ·J instead of all rows. *measure* adds times, and needs a point; *elimination* other orders
    than the two modes'.
    """
    for name in tangent or ():
        if name not in dict(asked.wrt):
            raise NameFault(
                f"the tangent names {name}, which is not differentiated by", hint=among(name, dict(asked.wrt))
            )
    n, m = len(asked.wrt), len(asked.graph.outputs)
    if cotangent is not None and cotangent != m:
        outputs = there_are(asked.graph.output_names, "output")
        raise UsageError(f"the cotangent has {counted(cotangent, 'weight')}, and {outputs}")
    columns, rows = n if tangent is None else 1, m if cotangent is None else 1
    count = Tally(asked)
    ahead, back = count.forward(columns), count.reverse(rows)
    seconds = _measured(asked) if measure else None
    recommended, reason = _recommended(n, m, columns, rows, ahead.flops, back.flops)
    return Cost(
        expr=asked.expr,
        at=asked.numbers() if _has_point(asked) else {},
        text=asked.graph.text,
        warnings=count.notices,
        inputs=n,
        outputs=m,
        evaluation=count.evaluated(),
        forward=ahead,
        reverse=back,
        finite_differences=count.differences(),
        symbolic=_symbolic(asked),
        recommended=recommended,
        reason=reason,
        seconds=seconds,
        ratios=None if seconds is None else {name: time / seconds["evaluation"] for name, time in seconds.items()},
        hvp=count.product(),
        elimination=_eliminated(asked, count.tape) if elimination else None,
    )


def growth(expr: Expression, name: str, sizes: Sequence[int], *, let: Mapping[str, int], **options: Any) -> Growth:
    """Count the cost of a program for each value of the size *name*. Other options as of `problem`."""
    if len(sizes) > MAX_SIZES:
        raise UsageError(f"--growth tries {MAX_SIZES:,} sizes at most, and {len(sizes):,} are asked for")
    rows = []
    texts: tuple[str, ...] = ()
    text = ""
    for size in sizes:
        asked = problem(expr, let={**let, name: size}, values=False, **options)
        texts, text = asked.expr, asked.graph.text
        count = Tally(asked)
        n, m = len(asked.wrt), len(asked.graph.outputs)
        rows.append(
            Size(
                size=size,
                inputs=n,
                outputs=m,
                flops=count.base,
                forward=count.ratio(n * flops(count.ahead)),
                reverse=count.ratio(m * flops(count.back)),
                finite_differences=n + 1,
                stored=count.stored,
            )
        )
    return Growth(expr=texts, at={}, text=text, size=name, growth=tuple(rows), summary=_summary(name, rows))


class Tally:
    """A program run on counting numbers."""

    def __init__(self, asked: Problem) -> None:
        self.asked = asked
        self.counting = Counting()
        self.one = self.counting.literal("1")
        graph, self.notices = _decided(asked)
        self.tape = evaluate(graph, self.counting, dict.fromkeys(graph.inputs, self.one))
        self.performed = self.counting.reset()
        self.base = flops(self.performed)
        # What stands on the tape has a place from now on, so that reading it is seen.
        for node, value in enumerate(self.tape.values):
            if value is not None and graph.ops[node] is not LITERAL:
                self.tape.values[node] = self.counting.placed(node)
        self.sources = list(dict.fromkeys(node for _, node in asked.wrt if node >= 0))
        self.ahead = self._forward(self.sources)
        self.back = self._reverse(range(len(graph.outputs)))
        self.needed = len(self.counting.read)
        self.way: Plan = plan(self.tape, self.sources)
        used = {a for _, _, args in self.tape.steps for a in args} | set(graph.outputs)
        computed = sum(op is not COPY for _, op, _ in self.tape.steps)
        self.stored = computed + sum(graph.ops[node] is INPUT for node in used)

    def ratio(self, more: int) -> float | None:
        """Evaluation and derivatives together, in evaluations; None where the function costs nothing."""
        return (self.base + more) / self.base if self.base else None

    def evaluated(self) -> Evaluated:
        return Evaluated(**_kinds(self.performed), live=_peak(self.tape, frozenset()))

    def forward(self, sweeps: int) -> Forward:
        kinds = _kinds(self.ahead, sweeps)
        active = self.way.sources.union(step[0] for step in self.way.steps)
        whole = self.columns()
        return Forward(
            sweeps=sweeps,
            **kinds,
            ratio=self.ratio(kinds["flops"]),
            live=_peak(self.tape, active),
            accumulation=self._accumulated(whole),
        )

    def reverse(self, sweeps: int) -> Reverse:
        kinds = _kinds(self.back, sweeps)
        whole = self.rows()
        return Reverse(
            sweeps=sweeps,
            **kinds,
            ratio=self.ratio(kinds["flops"]),
            live=self.stored + _adjoints(self.way, self.tape.graph.outputs),
            stored=self.stored,
            needed=self.needed,
            bytes=BYTES * self.stored,
            accumulation=self._accumulated(whole),
        )

    def differences(self) -> Differences:
        n = len(self.asked.wrt)

        def taking(evaluations: int) -> Evaluations:
            ratio = float(evaluations) if self.base else None
            return Evaluations(evaluations=evaluations, flops=evaluations * self.base, ratio=ratio)

        return Differences(forward=taking(n + 1), central=taking(2 * n))

    def product(self) -> Product | None:
        """H·v by forward over reverse."""
        from adcli.second import gradient_problem

        asked, graph = self.asked, self.tape.graph
        if len(graph.outputs) != 1 or len(graph) > MAX_DERIVED:
            return None
        gradient = gradient_problem(Problem(graph, asked.expr, asked.at, asked.wrt), "reverse")
        counting = Counting()
        one = counting.literal("1")
        tape = evaluate(gradient.graph, counting, dict.fromkeys(gradient.graph.inputs, one))
        forward(tape, dict.fromkeys([node for _, node in gradient.wrt if node >= 0], one))
        kinds = _kinds(counting.operations)
        del kinds["operations"]
        first = self.base + flops(self.back)
        return Product(
            **kinds,
            ratio=kinds["flops"] / self.base if self.base else None,
            gradients=kinds["flops"] / first if first else None,
        )

    def columns(self) -> Counter[Op] | None:
        """The operations of the whole Jacobian by one-hot forward sweeps; None where these are too many to run."""
        if len(self.sources) * len(self.tape.steps) > MAX_ACCUMULATED:
            return None
        return sum((self._forward([node]) for node in self.sources), Counter())

    def rows(self) -> Counter[Op] | None:
        """The same by one-hot reverse sweeps."""
        outputs = range(len(self.tape.graph.outputs))
        if len(outputs) * len(self.tape.steps) > MAX_ACCUMULATED:
            return None
        return sum((self._reverse([place]) for place in outputs), Counter())

    def _forward(self, nodes: Iterable[int]) -> Counter[Op]:
        """The operations of one forward sweep with seeds at *nodes*."""
        self.counting.reset()
        forward(self.tape, dict.fromkeys(nodes, self.one))
        return self.counting.reset()

    def _reverse(self, places: Iterable[int]) -> Counter[Op]:
        """The operations of one reverse sweep with weights for the outputs at *places*; what it read stays known."""
        self.counting.reset()
        seeds: dict[int, Any] = {}
        for place in places:
            node = self.tape.graph.outputs[place]
            seeds[node] = seeds[node] + self.one if node in seeds else self.one
        reverse(self.tape, seeds, self.sources)
        return Counter(self.counting.operations)

    def _accumulated(self, operations: Counter[Op] | None) -> Accumulated | None:
        if operations is None:
            return None
        kinds = _kinds(operations)
        del kinds["operations"]
        return Accumulated(**kinds, ratio=self.ratio(kinds["flops"]))


def _kinds(operations: Counter[Op], times: int = 1) -> dict[str, Any]:
    return {
        "operations": {op.name: times * count for op, count in operations.items() if count},
        "multiplications": times * operations[MUL],
        "additions": times * (operations[ADD] + operations[SUB]),
        "flops": times * flops(operations),
    }


def _has_point(asked: Problem) -> bool:
    return all(asked.graph.labels[node] in asked.at for node in asked.graph.inputs) and bool(asked.graph.inputs)


def _decided(asked: Problem) -> tuple[Graph, tuple[Notice, ...]]:
    """The program with the branches taken at the point; every branch, with a notice, where there is no point."""
    graph = asked.graph
    if WHERE not in graph.ops:
        return graph, ()
    if not _has_point(asked):
        return graph, (Notice("cost", "without a point, every branch of a condition is counted"),)
    arithmetic = doubles()
    try:
        steps = evaluate(graph, arithmetic, asked.point(arithmetic)).steps
    except Fault:
        return graph, (Notice("cost", "floats have no value at this point, so every branch of a condition is counted"),)
    ops, args = list(graph.ops), list(graph.args)
    for node, op, taken in steps:
        if op is COPY:
            ops[node], args[node] = COPY, taken
    chosen = Graph(
        text=graph.text,
        ops=ops,
        args=args,
        spans=graph.spans,
        labels=graph.labels,
        inputs=graph.inputs,
        outputs=graph.outputs,
        output_names=graph.output_names,
        assignments=graph.assignments,
    )
    chosen.steps = list(steps)  # the comparisons too, although no value depends on them any more
    return chosen, ()


def _peak(tape: Tape, active: Iterable[int]) -> int:
    """How many numbers are held at once at most when each is dropped after its last use.

    An *active* node counts twice, for its value and its tangent. Arguments and result are held together.
    """
    ops = tape.graph.ops
    last: dict[int, int] = {}
    for place, (_, _, args) in enumerate(tape.steps):
        for a in args:
            last[a] = place
    for node in tape.graph.outputs:
        last[node] = len(tape.steps)
    twice = frozenset(active)
    live = sum(1 + (node in twice) for node in last if ops[node] is INPUT)
    most = live
    for place, (node, _, args) in enumerate(tape.steps):
        live += 1 + (node in twice)
        most = max(most, live)
        live -= sum(1 + (a in twice) for a in set(args) if last[a] == place and ops[a] is not LITERAL)
    return most


def _adjoints(way: Plan, outputs: Iterable[int]) -> int:
    """How many adjoints are held at once at most: each from its first contribution until it is passed on."""
    held = set(outputs).intersection(way.sources.union(step[0] for step in way.steps))
    most = len(held)
    for node, _, _, active in reversed(way.steps):
        held.update(active)
        most = max(most, len(held))
        if node not in way.sources:
            held.discard(node)
    return most


def _symbolic(asked: Problem) -> Symbolic:
    """Operations of SymPy's derivatives."""
    from adcli.crosscheck.formulas import formulas
    from adcli.language.sympy_program import Unreadable

    try:
        found = formulas(asked, MAX_SYMBOLIC)
    except Unreadable as error:
        return Symbolic(function=None, before=None, after=None, reason=str(error))
    import sympy

    derivatives = [entry for column in found.columns for entry in column.derivatives]
    try:
        replaced, reduced = sympy.cse(derivatives)
        after = sum([int(sympy.count_ops(e)) for e in [*(part for _, part in replaced), *reduced]])
        function, before = (sum([int(sympy.count_ops(e)) for e in es]) for es in (found.outputs, derivatives))
    except (RecursionError, TypeError, ValueError, AttributeError) as error:
        return Symbolic(function=None, before=None, after=None, reason=f"SymPy gives up ({type(error).__name__})")
    return Symbolic(function=function, before=before, after=after, reason=None)


def _eliminated(asked: Problem, tape: Tape) -> Accumulation:
    return accumulation(orders(structure_of(asked, tape)), numbering(asked, tape))


def _recommended(n: int, m: int, columns: int, rows: int, ahead: int, back: int) -> tuple[str, str]:
    """The mode with fewer sweeps, and why; a tie goes to reverse."""
    counts = {"forward": (columns, ahead), "reverse": (rows, back)}
    given = [what for what, one, all_ in (("tangent", columns, n), ("cotangent", rows, m)) if one < all_]
    mode = "forward" if columns < rows else "reverse"
    other = "reverse" if mode == "forward" else "forward"
    sweeps = {name: f"{_count(count, f'{name} sweep')} ({flop:,} flops)" for name, (count, flop) in counts.items()}
    sizes = f"{_count(n, 'input')} against {_count(m, 'output')}"
    if given:
        sizes += f" and one {' and one '.join(given)}"
    if columns == rows:
        return mode, f"{sizes} is a tie, which goes to reverse: {sweeps[mode]} or {sweeps[other]}."
    return mode, f"{sizes}: {sweeps[mode]} against {sweeps[other]}."


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'s' * (number != 1)}"


def _summary(name: str, rows: Sequence[Size]) -> str:
    """How the ratios of gradient to function grow, in a sentence."""
    first, last = rows[0], rows[-1]
    ratios = [row.reverse for row in rows if row.reverse is not None]
    if first.forward is None or last.forward is None or first.reverse is None or last.reverse is None:
        return "The function costs nothing at some of these sizes."
    span = f"from {name} = {first.size:,} to {last.size:,}" if len(rows) > 1 else f"at {name} = {first.size:,}"
    said = f"Function and derivatives together, in evaluations of the function, {span}: reverse mode "
    said += f"{_range(min(ratios), max(ratios))}, forward mode {_range(first.forward, last.forward)}."
    if max(ratios) < 5 and all(row.outputs == 1 for row in rows):
        said += " At every one of these sizes the gradient by reverse mode costs less than five evaluations."
    return said


def _range(low: float, high: float) -> str:
    return f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g} to {high:.3g}"


def _measured(asked: Problem) -> dict[str, float]:
    """Seconds for one evaluation, and for all derivatives by each way, on floats."""
    from adcli.language.sympy_program import Unreadable
    from adcli.solver import Matrix, Work, solve
    from adcli.stopwatch import side_by_side
    from adcli.ways import CENTRAL_STEP, FORWARD_STEP, Moved, Written

    if not _has_point(asked):
        raise UsageError("--measure needs a point", hint="give one with --at")
    solve(asked, Matrix("reverse"))  # says what is wrong with the point, if something is
    arithmetic = doubles()
    point = asked.point(arithmetic)
    try:
        moved = Moved(asked)
    except Fault:
        raise UsageError("--measure is about floats, which have no value at this point") from None
    ways: dict[str, Callable[[], Any]] = {
        "evaluation": lambda: evaluate(asked.graph, arithmetic, point),
        "forward": lambda: Matrix("forward").entries(Work(asked, arithmetic, point)),
        "reverse": lambda: Matrix("reverse").entries(Work(asked, arithmetic, point)),
        "forward-difference": lambda: moved.forward(FORWARD_STEP),
        "central-difference": lambda: moved.central(CENTRAL_STEP),
    }
    try:
        written = Written(asked, MAX_SYMBOLIC)
        ways["symbolic"] = lambda: written.entries(moved.values)
    except Unreadable:
        pass
    usable = {}
    for name, way in ways.items():
        try:
            way()
        except (Fault, ArithmeticError):
            continue  # no value beside the point, or a pole of SymPy's formula: nothing to measure
        usable[name] = way
    return side_by_side(usable)
