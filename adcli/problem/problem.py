"""One problem: a formula, a point, and the inputs to differentiate by, every name checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from adcli.arithmetic.doubles import Doubles, doubles
from adcli.arithmetic.rules import Arithmetic
from adcli.errors import LimitError, NameFault, SyntaxFault, UsageError, listed, option
from adcli.graphs import Graph, decides, needed, primed
from adcli.language import parse
from adcli.language.faults import defines
from adcli.ops import CONSTANTS
from adcli.problem.checks import _check_values, among
from adcli.problem.given import MAX_LONG, MAX_PRECISION, MAX_SPECIAL, SPECIAL, by_name, named, whole
from adcli.problem.point import split
from adcli.problem.uncertain import readings
from adcli.problem.values import FLOATS, Value, _as_double, _as_exact, _shapes, flatten, ragged, shapes_of_elements
from adcli.results import Notice, Number

Solver: TypeAlias = "Callable[[Problem, Any], Any]"
"""Answers a question about a problem."""

Expression: TypeAlias = Any
"""A program: its text, several texts, a Graph, a SymPy expression or several, or a prepared Problem."""


class Problem:
    """What is asked: a formula at a point, and what to differentiate by.

    `graph` has the outputs asked for; `at` maps each input's name to its value as given (a number or the
    text of a constant expression); `wrt` are (name, node) pairs, inputs or assigned names, in order. `solver` is who
    answers questions about it, where not `adcli.derivatives.solver` does. `written` takes the values as they are given,
    where otherwise their doubles are meant.
    """

    __slots__ = (
        "_context",
        "_doubles",
        "_meant",
        "at",
        "expr",
        "graph",
        "kinks",
        "let",
        "origin",
        "precision",
        "solver",
        "written",
        "wrt",
    )

    def __init__(
        self,
        graph: Graph,
        expr: tuple[str, ...],
        at: dict[str, Value],
        wrt: tuple[tuple[str, int], ...],
        precision: int = FLOATS,
        kinks: str = "warn",
        origin: str | None = None,
        let: Mapping[str, int] | None = None,
        solver: Solver | None = None,
        written: bool = False,
    ) -> None:
        self.graph = graph
        self.expr = expr
        self.at = at
        self.wrt = wrt
        self.precision = precision
        self.kinks = kinks
        self.origin = origin
        self.let = dict(let or {})
        self.solver = solver
        self.written = written
        self._doubles: dict[str, float] | None = None
        self._meant: Mapping[str, Value] | None = None
        self._context: Any = None

    def changed(self, **fields: Any) -> Problem:
        """The same problem but for the fields named."""
        return Problem(**{**self._fields(), **fields})

    def _fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Problem.__slots__ if not name.startswith("_")}

    def __reduce__(self) -> tuple[Callable[[], Problem], tuple[()]]:
        return partial(Problem, **self._fields()), ()

    @property
    def exact(self) -> bool:
        """Whether the point is taken as it was written, not as doubles."""
        return self.written or self.precision != FLOATS

    @property
    def doubles(self) -> dict[str, float]:
        """The point as floats, each value rounded once."""
        if self._doubles is None:
            self._doubles = {name: _as_double(name, value) for name, value in self.at.items()}
        return self._doubles

    @property
    def meant(self) -> Mapping[str, Value]:
        """The point where more than floats is computed with: the doubles.

        But the decimals that they were written as, where with these a comparison stands at equality, or an operation
        at a kink: then that is meant, and no double next to it.
        """
        if self._meant is None:
            doubles = self.doubles
            if decides(self.graph):
                from adcli.problem.tied import as_decimals

                self._meant = as_decimals(self.graph, self.at, doubles) or doubles
            else:
                self._meant = doubles
        return self._meant

    def point(self, arithmetic: Arithmetic, *, exact: bool = False) -> dict[int, Any]:
        """The inputs' values in *arithmetic*: as they are meant, or (*exact*) as they were written."""
        wide: Any = arithmetic
        values = self.at if exact else self.doubles if isinstance(arithmetic, Doubles) else self.meant
        given = {name: _as_exact(name, value, wide) for name, value in values.items()}
        return {node: given[self.graph.labels[node]] for node in self.graph.inputs if self.graph.labels[node] in given}

    def number(self, value: Value, arithmetic: Arithmetic, what: str) -> Any:
        """A seed's component in *arithmetic*: of its double, or as written where a precision is asked for."""
        wide: Any = arithmetic
        as_double = not self.exact or isinstance(arithmetic, Doubles)
        return wide.exactly(_as_double(what, value)) if as_double else _as_exact(what, value, wide)

    def seed(self, value: Value, what: str) -> Number:
        """A seed's component as results report it."""
        if self.precision == FLOATS:
            return self.number(value, doubles(), what)
        from adcli.arithmetic.multiprecision import multiprecision

        return self.reported(self.number(value, multiprecision(self.precision), what))

    def reported(self, number: Any, digits: int = 0) -> Number:
        """A number as results report it: a float wherever it is one, else an mpf of *digits* (the precision asked for).

        Nothing is computed in its context: whoever has a result may use it as they like.
        """
        if isinstance(number, float):
            return number + 0.0
        digits = digits or self.precision
        if digits == FLOATS:
            near = float(number)
            if math.isfinite(near) and (near or not number):
                return near
        from adcli.arithmetic.multiprecision import Multiprecision, multiprecision

        rounded = +multiprecision(digits).context.mpf(number)
        context = self._context
        if context is None or context.dps != digits:
            context = self._context = Multiprecision(digits).context
        found: Number = context.make_mpf(rounded._mpf_)
        return found

    def numbers(self) -> dict[str, Number]:
        """The point as results report it: floats, or numbers of the precision asked for."""
        if self.precision == FLOATS:
            return dict(self.doubles)
        from adcli.arithmetic.multiprecision import multiprecision

        wide = multiprecision(self.precision)
        return {name: self.reported(_as_exact(name, value, wide)) for name, value in self.at.items()}

    def shared(self, notices: Iterable[Notice] = ()) -> dict[str, Any]:
        """The fields that all results of the problem share, as of `Result`."""
        return {
            "expr": self.expr,
            "at": self.numbers(),
            "precision": self.precision,
            "text": self.graph.text,
            "formulas": self.graph.formulas,
            "unnamed": self.graph.unnamed,
            "warnings": (
                *(Notice("reading", *doubt) for doubt in self.graph.doubts),
                *readings(self.at),
                *notices,
            ),
        }


def problem(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    wrt: str | Sequence[str] | None = None,
    output: str | Sequence[str] = (),
    let: Mapping[str, int] | None = None,
    syntax: str = "adcli",
    allow_unused: bool = False,
    precision: int = FLOATS,
    kinks: str = "warn",
    origin: str | None = None,
    values: bool = True,
    equations: Collection[str] | None = None,
    sizes: Mapping[str, tuple[int, ...]] | None = None,
) -> Problem:
    """Read *expr* and check every name in it, in *at* and in *wrt*.

    *values* False asks for structure only: then inputs need no values. *equations* allows a = b as an output, the
    difference of its sides; the names among them are not assigned so. *sizes* are the shapes of inputs that are arrays,
    besides those that *at* gives lists. Raises SyntaxFault, NameFault,
    LimitError, UsageError.
    """
    if isinstance(expr, Problem):
        return expr
    if not 1 <= whole(precision, "the precision") <= MAX_PRECISION:
        raise UsageError(f"the precision is from 1 to {MAX_PRECISION:,} digits")
    if kinks not in ("warn", "error"):
        raise UsageError(f'kinks is "warn" or "error", not {kinks!r}')
    point = by_name(at, "the point")
    let = {name: whole(size, f"the size {name}") for name, size in by_name(let, "let").items()}
    shapes = {**(sizes or {}), **_shapes(point)}
    read = partial(_read, expr, tuple(named(output, "output")), let, syntax, origin, equations=equations)
    try:
        graph, texts = read(shapes)
    except (SyntaxFault, NameFault) as fault:  # x[1]=2,x[2]=3 makes an array only where nothing else is meant
        if why := ragged(point, fault.message):
            said = fault.saying(why)
            said.hint = "give all its rows one length"
            raise said from None
        if not (elements := shapes_of_elements(point)):
            raise
        try:
            graph, texts = read({**shapes, **elements})
        except (SyntaxFault, NameFault):
            raise fault from None
    flat = flatten(point)
    _check_precision(graph, precision, origin)
    names = [name.replace(" ", "") for part in named(wrt, "wrt") for name in split(part) if name]
    if output and values:
        graph = _asking_least(graph, {*flat, *names})
    used = list(graph.input_names)
    if any(name[-1] == "]" for name in used):
        from adcli.language.arrays.names import in_order

        nodes = dict(zip(used, graph.inputs, strict=True))
        order = in_order(used)
        if order != used:
            used, graph = order, graph.changed(inputs=tuple([nodes[name] for name in order]))
    _check_values(graph, flat, used, names, let, origin, need_all=values)
    wanted = {*used, *names}
    ordered = {name: value for name, value in flat.items() if name in wanted or name.partition("[")[0] in wanted}
    if names:
        sources = _sources(graph, names, flat, allow_unused)
    else:
        nodes = dict(zip(used, graph.inputs, strict=True))
        order = [*[name for name in ordered if name in nodes], *[name for name in used if name not in ordered]]
        sources = tuple((name, nodes[name]) for name in order)
    return Problem(graph, texts, ordered, sources, precision, kinks, origin, let)


def _check_precision(graph: Graph, digits: int, origin: str | None) -> None:
    """Refuse digits that a function of the program would take minutes for."""
    if digits <= MAX_LONG:
        return
    from adcli.arithmetic.arb import installed

    for op, span in zip(graph.ops, graph.spans, strict=True):
        most = MAX_LONG if op.long and not installed() else MAX_SPECIAL if op.flops >= SPECIAL else digits
        if digits > most:
            message = f"{op.name} is computed with at most {most:,} digits, not {digits:,}"
            hint = "python-flint has it faster: pip install 'adcli[proof]'" if most == MAX_LONG else None
            raise LimitError(message, span, hint=hint).located(graph.text, origin)


def moving(asked: Problem) -> Problem:
    """The problem itself, if there is anything to differentiate by."""
    if not asked.wrt:
        raise UsageError("the program has no inputs to differentiate by", hint="`adcli eval` gives its value")
    return asked


def scalar(asked: Problem, command: str, others: str = "") -> Problem:
    """The problem itself, if it has one output and anything to differentiate by."""
    check_output(asked, command, others)
    return moving(asked)


def check_output(asked: Problem, command: str, others: str = "") -> None:
    """Refuse a program of several outputs. Raises UsageError; *others* are hints at what else could be done."""
    names = asked.graph.output_names
    if len(names) > 1:
        raise UsageError(
            f"{command} needs one output, and this program has {len(names)}: {listed(names)}",
            hint=others + f"choose one with {option('output', 'NAME')}",
        )


def short_named(asked: Problem) -> Problem:
    """The problem with its only output, if it has no name of its own, called as people call a function: f."""
    graph = asked.graph
    if not graph.unnamed or len(graph.outputs) != 1:
        return asked
    assigned = [name for name, _ in graph.assignments]
    taken = {name.partition("[")[0] for name in (*graph.input_names, *assigned, *asked.at)}
    free = [name for name in ("f", "F", "g", "G", "h") if name not in taken and not defines(graph.program, name)]
    return asked.changed(graph=graph.changed(output_names=tuple(free[:1]))) if free else asked


def _read(
    expr: Expression,
    outputs: tuple[str, ...],
    let: Mapping[str, int],
    syntax: str,
    origin: str | None,
    shapes: Mapping[str, tuple[int, ...]],
    *,
    equations: Collection[str] | None = None,
) -> tuple[Graph, tuple[str, ...]]:
    """The graph of *expr* with the outputs asked for, and the texts it came from."""
    if isinstance(expr, Graph):
        graph, texts = expr, (expr.text,)
    elif isinstance(expr, str) or (isinstance(expr, (list, tuple)) and all(isinstance(e, str) for e in expr)):
        texts = (expr,) if isinstance(expr, str) else tuple(expr)
        if syntax == "adcli":
            graph = parse(texts, outputs=outputs, let=dict(let), origin=origin, sizes=shapes, equations=equations)
            return graph, texts
        from adcli.language.notations import SYNTAXES, parse_foreign

        if syntax not in SYNTAXES:
            raise UsageError(f"no syntax is called {syntax!r}", hint="syntaxes: adcli, " + ", ".join(SYNTAXES))
        graph = parse_foreign(syntax, texts, origin=origin, let=let, sizes=shapes)
    else:
        from adcli.language.sympy.from_sympy import from_sympy

        graph = from_sympy(expr)
        texts = (graph.text,)
    if let and not graph.reading:
        raise UsageError("sizes belong to adcli's own syntax")
    if outputs:
        nodes = []
        own = dict(zip(graph.output_names, graph.outputs, strict=True))
        known = {**graph.names, **own, **dict(graph.assignments)}
        for name in outputs:
            if name not in known:
                raise NameFault(f"no output is called {name}", hint=among(name, known))
            nodes.append(known[name])
        graph = graph.with_outputs(nodes, outputs)
    return graph, texts


def _asking_least(graph: Graph, given: Collection[str]) -> Graph:
    """The graph without the inputs that its outputs do not need, unless they are given or named."""
    wanted = needed(graph, graph.outputs)
    names = [(node, graph.labels[node]) for node in graph.inputs]
    kept = [node for node, name in names if wanted[node] or name in given or name.partition("[")[0] in given]
    return graph.changed(inputs=tuple(kept))


def _sources(
    graph: Graph, names: Sequence[str], flat: Mapping[str, Value], allow_unused: bool
) -> tuple[tuple[str, int], ...]:
    """The nodes to differentiate by, and their labels; an indexed family's name stands for all of it."""
    known = graph.names
    chosen: dict[str, int] = {}
    whole: dict[str, str] = {}  # the array that stands for an element
    unused = -1
    for name in names:
        if name in known:
            chosen[name] = known[name]
            continue
        order = [n for n in flat if n.startswith(name + "[")]
        members = [n for n in (*order, *known) if n.startswith(name + "[")]
        if members:
            for member in members:
                chosen[member] = known.get(member, unused)
                whole[member] = name
            continue
        if name in CONSTANTS:
            raise NameFault(f"cannot differentiate by {name}: it is a constant")
        if name in flat:
            chosen[name] = unused
            continue
        raise NameFault(f"{option('wrt')} names {name}, which does not occur", hint=among(name, known))
    wanted = needed(graph, graph.outputs)
    used = {whole.get(name, name) for name, node in chosen.items() if node != unused and wanted[node]}
    idle = list(dict.fromkeys([whole.get(name, name) for name in chosen if whole.get(name, name) not in used]))
    if idle and not allow_unused:
        which = " and ".join(graph.output_names[:3]) if len(graph.outputs) < 4 else "the outputs"
        raise UsageError(
            f"{', '.join(idle)} {'is' if len(idle) == 1 else 'are'} not used by {which}",
            hint=f"{option('allow_unused', True)} gives 0 for it",
        )
    # Of an input that the program assigns anew, the name means the last one assigned: x′ is told from the input x.
    assigned = [name for name, _ in graph.assignments]
    inputs = set(graph.input_names)
    return tuple(
        [(primed(name, assigned.count(name)) if name in inputs else name, node) for name, node in chosen.items()]
    )
