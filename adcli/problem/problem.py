"""One problem: a formula, a point, and the inputs to differentiate by, every name checked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from adcli.arithmetic.doubles import Doubles, doubles
from adcli.arithmetic.rules import Arithmetic
from adcli.errors import AdcliError, NameFault, RangeError, UsageError, listed, there_are
from adcli.graph import Graph, is_zero, needed
from adcli.language import parse, parse_constant
from adcli.language.faults import defines
from adcli.modes import Fault, evaluate
from adcli.ops import CONSTANTS, FUNCTIONS
from adcli.problem.given import blamed, by_name, named, whole
from adcli.results import Notice, Number

if TYPE_CHECKING:
    from adcli.arithmetic.multiprecision import Multiprecision

Value: TypeAlias = Any
"""A value of an input: a number (int, float, Fraction, Decimal, mpf), the text of a constant expression, or a
nested list of such for an indexed name."""

Expression: TypeAlias = Any
"""A program: its text, several texts, a Graph, a SymPy expression or several, or a prepared Problem."""

FLOATS = 15
"""The precision that means ordinary floats."""
UNLIMITED = "--precision 30 computes without that limit"
"""What to do where floats end."""


class Problem:
    """What is asked: a formula at a point, and what to differentiate by.

    `graph` has the outputs asked for; `at` maps each input's name to its value as given (a number or the
    text of a constant expression); `wrt` are (name, node) pairs, inputs or assigned names, in order.
    """

    __slots__ = ("_doubles", "at", "expr", "graph", "kinks", "let", "origin", "precision", "wrt")

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
    ) -> None:
        self.graph = graph
        self.expr = expr
        self.at = at
        self.wrt = wrt
        self.precision = precision
        self.kinks = kinks
        self.origin = origin
        self.let = dict(let or {})
        self._doubles: dict[str, float] | None = None

    @property
    def doubles(self) -> dict[str, float]:
        """The point as floats, each value rounded once."""
        if self._doubles is None:
            self._doubles = {name: _as_double(name, value) for name, value in self.at.items()}
        return self._doubles

    def point(self, arithmetic: Arithmetic, *, exact: bool = False) -> dict[int, Any]:
        """The inputs' values in *arithmetic*: of the doubles, or (*exact*) of the values as they were written."""
        if isinstance(arithmetic, Doubles):
            given: Mapping[str, Any] = self.doubles
        else:
            wide: Any = arithmetic
            given = (
                {name: _as_exact(name, value, wide) for name, value in self.at.items()}
                if exact
                else {name: wide.exactly(value) for name, value in self.doubles.items()}
            )
        return {node: given[self.graph.labels[node]] for node in self.graph.inputs if self.graph.labels[node] in given}

    def number(self, value: Value, arithmetic: Arithmetic, what: str) -> Any:
        """A seed's component in *arithmetic*: of its double, or as written where a precision is asked for."""
        if isinstance(arithmetic, Doubles):
            return _as_double(what, value)
        wide: Any = arithmetic
        return wide.exactly(_as_double(what, value)) if self.precision == FLOATS else _as_exact(what, value, wide)

    def seed(self, value: Value, what: str) -> Number:
        """A seed's component as results report it."""
        if self.precision == FLOATS:
            return self.number(value, doubles(), what)
        from adcli.arithmetic.multiprecision import multiprecision

        return self.number(value, multiprecision(self.precision), what)

    def numbers(self) -> dict[str, Number]:
        """The point as results report it: floats, or numbers of the precision asked for."""
        if self.precision == FLOATS:
            return dict(self.doubles)
        from adcli.arithmetic.multiprecision import multiprecision

        wide = multiprecision(self.precision)
        return {name: _as_exact(name, value, wide) for name, value in self.at.items()}

    def shared(self, notices: Iterable[Notice] = ()) -> dict[str, Any]:
        """The fields that all results of the problem share, as of `Result`."""
        return {
            "expr": self.expr,
            "at": self.numbers(),
            "precision": self.precision,
            "text": self.graph.text,
            "warnings": tuple(notices),
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
) -> Problem:
    """Read *expr* and check every name in it, in *at* and in *wrt*.

    *values* False asks for structure only: then inputs need no values. Raises SyntaxFault, NameFault,
    LimitError, UsageError.
    """
    if isinstance(expr, Problem):
        return expr
    if whole(precision, "the precision") < 1:
        raise UsageError("the precision must be at least 1 digit")
    if kinks not in ("warn", "error"):
        raise UsageError(f'kinks is "warn" or "error", not {kinks!r}')
    point = by_name(at, "the point")
    let = {name: whole(size, f"the size {name}") for name, size in by_name(let, "let").items()}
    graph, texts = _read(expr, tuple(named(output, "output")), let, syntax, origin, _shapes(point))
    flat = flatten(point)
    used = [graph.labels[node] for node in graph.inputs]
    names = [name for part in named(wrt, "wrt") for name in _split(part)]
    _check_values(graph, flat, used, names, let, origin, need_all=values)
    wanted = {*used, *names}
    ordered = {name: value for name, value in flat.items() if name in wanted or name.partition("[")[0] in wanted}
    if names:
        sources = _sources(graph, names, flat, allow_unused)
    else:
        nodes = dict(zip(used, graph.inputs, strict=True))
        order = [*(name for name in ordered if name in nodes), *(name for name in used if name not in ordered)]
        sources = tuple((name, nodes[name]) for name in order)
    return Problem(graph, texts, ordered, sources, precision, kinks, origin, let)


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
            hint=others + "choose one with --output NAME",
        )


def among(name: str, names: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest of *names*, or all of them."""
    from difflib import get_close_matches

    known = list(names)
    near = get_close_matches(name, known, 1)
    if near:
        return f"did you mean {near[0]}?"
    if not known:
        return "there is none to choose from"
    return there_are(known)


def _read(
    expr: Expression,
    outputs: tuple[str, ...],
    let: Mapping[str, int],
    syntax: str,
    origin: str | None,
    shapes: Mapping[str, tuple[int, ...]],
) -> tuple[Graph, tuple[str, ...]]:
    """The graph of *expr* with the outputs asked for, and the texts it came from."""
    if isinstance(expr, Graph):
        graph, texts = expr, (expr.text,)
    elif isinstance(expr, str) or (isinstance(expr, (list, tuple)) and all(isinstance(e, str) for e in expr)):
        texts = (expr,) if isinstance(expr, str) else tuple(expr)
        if syntax == "adcli":
            return parse(texts, outputs=outputs, let=dict(let), origin=origin, sizes=shapes), texts
        if syntax == "sympy":
            from adcli.language.sympy.sympy_syntax import parse_sympy

            graph = parse_sympy(texts)
        else:
            from adcli.language.foreign import SYNTAXES, parse_foreign

            if syntax not in SYNTAXES:
                raise UsageError(
                    f"no syntax is called {syntax!r}", hint="syntaxes: adcli, sympy, " + ", ".join(SYNTAXES)
                )
            graph = parse_foreign(syntax, texts, origin=origin)
    else:
        from adcli.language.sympy.from_sympy import from_sympy

        graph = from_sympy(expr)
        texts = (graph.text,)
    if let:
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


def _shapes(at: Mapping[str, Value]) -> dict[str, tuple[int, ...]]:
    """The shape of each value that is a list of numbers, or a list of lists of one length, and so on."""
    shapes = {}
    for name, value in at.items():
        shape: list[int] = []
        level = [value]
        while level and all(isinstance(item, (list, tuple)) for item in level):
            lengths = {len(item) for item in level}
            if len(lengths) > 1:
                break
            shape.append(lengths.pop())
            level = [part for item in level for part in item]
        if shape and not any(isinstance(item, (list, tuple)) for item in level):
            shapes[name] = tuple(shape)
    return shapes


def flatten(at: Mapping[str, Value]) -> dict[str, Value]:
    """Values by input name: the list x=[2,3] becomes "x[1]" and "x[2]", a nested one "A[1,2]"."""
    flat: dict[str, Value] = {}
    for name, value in at.items():
        pending: list[tuple[tuple[int, ...], Value]] = [((), value)]
        while pending:
            index, item = pending.pop()
            if isinstance(item, (list, tuple)):
                pending.extend(((*index, i), part) for i, part in reversed(list(enumerate(item, 1))))
            else:
                key = f"{name}[{','.join(map(str, index))}]" if index else name
                if key in flat:
                    raise UsageError(f"{key} is given twice")
                flat[key] = item
    return flat


def _check_values(
    graph: Graph,
    flat: Mapping[str, Value],
    used: Sequence[str],
    sought: Sequence[str],
    let: Mapping[str, int],
    origin: str | None,
    *,
    need_all: bool,
) -> None:
    inputs = set(used)
    assigned = {name for name, _ in graph.assignments}
    for name in flat:
        if name in CONSTANTS:
            raise NameFault(f"{name} is a constant and cannot be given a value")
        if name in inputs or name in sought:
            continue
        if name in assigned:
            raise NameFault(
                f"{name} is assigned in the program and cannot be given a value",
                hint=f"leave out its value, or the statement {short(name)} = …",
            )
        family = name.partition("[")[0]
        if family != name and any(other.startswith(family + "[") for other in inputs):
            continue  # a list may be longer than what the program uses
        for node in graph.inputs:
            joined = graph.labels[node]
            if joined not in flat and len(factors := _factors(joined, flat)) > 1:
                hint = f"a name is never split; to multiply, write {'*'.join(factors)}"
                raise NameFault(f"{joined} is one name, and has no value", graph.spans[node], hint=hint).located(
                    graph.text, origin
                )
        if need_all and _bare_function(graph, flat) is not None:
            break  # a function without its arguments is the mistake
        hint = among(name, used) if used else "the program has no inputs"
        if name in let:
            hint = "--let gives it one already"
        elif any(other.startswith(name + "[") for other in inputs):
            hint = f"its elements do: give it a list, {name}=[…]"
        raise NameFault(f"{name} is given a value but does not occur", hint=hint)
    if not need_all:
        return
    missing = [node for node in graph.inputs if graph.labels[node] not in flat]
    if missing:
        function = _bare_function(graph, flat)
        node = missing[0] if function is None else function
        name = short(graph.labels[node])
        others = [short(graph.labels[other]) for other in missing]
        hint = "give one with --at " + ",".join(f"{other}=…" for other in others[:6])
        if name == "e":
            hint = "did you mean E, Euler's number? For a variable e, " + hint
        elif defines(graph.text, name):
            hint = f"to call the function, write {name}(…); for a variable {name}, {hint}"
        elif name in FUNCTIONS:
            hint = f"the function is written {name}(x), a power of it {name}(x)^2; for a variable {name}, {hint}"
        message = f"{name} has no value" if len(others) == 1 else f"no values for {listed(others)}"
        raise NameFault(message, graph.spans[node], hint=hint).located(graph.text, origin)


def _bare_function(graph: Graph, flat: Mapping[str, Value]) -> int | None:
    """The first input without a value that is called as a function is; only the first few are looked at."""
    missing = [node for node in graph.inputs if graph.labels[node] not in flat][:20]
    names = [graph.labels[node] for node in missing]
    found = [name in FUNCTIONS or defines(graph.text, name) for name in names]
    return missing[found.index(True)] if True in found else None


def _factors(name: str, known: Mapping[str, Value]) -> list[str]:
    """The known names that *name* is written of, one after the other: x and y of xy. [] if it is not."""
    factors: list[str] = []
    while name:
        first = max((other for other in known if name.startswith(other)), key=len, default="")
        if not first:
            return []
        factors.append(first)
        name = name[len(first) :]
    return factors


def _split(names: str) -> list[str]:
    """Names separated by commas outside brackets: "x1, A[1,2]" is two."""
    parts, depth, start = [], 0, 0
    for i, c in enumerate(names):
        depth += (c == "[") - (c == "]")
        if c == "," and not depth:
            parts.append(names[start:i])
            start = i + 1
    parts.append(names[start:])
    return [part.replace(" ", "") for part in parts if part.strip()]


def _sources(
    graph: Graph, names: Sequence[str], flat: Mapping[str, Value], allow_unused: bool
) -> tuple[tuple[str, int], ...]:
    """The nodes to differentiate by; an indexed family's name stands for all of it."""
    known = graph.names
    chosen: dict[str, int] = {}
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
            continue
        if name in CONSTANTS:
            raise NameFault(f"cannot differentiate by {name}: it is a constant")
        if name in flat:
            chosen[name] = unused
            continue
        raise NameFault(f"--wrt names {name}, which does not occur", hint=among(name, known))
    wanted = needed(graph, graph.outputs)
    idle = [name for name, node in chosen.items() if node == unused or not wanted[node]]
    if idle and not allow_unused:
        which = " and ".join(graph.output_names[:3]) if len(graph.outputs) < 4 else "the outputs"
        raise UsageError(
            f"{', '.join(idle)} {'is' if len(idle) == 1 else 'are'} not used by {which}",
            hint="--allow-unused gives 0 for it",
        )
    return tuple(chosen.items())


def _constant(name: str, text: str, arithmetic: Arithmetic) -> Any:
    """A constant expression's value in *arithmetic*."""
    try:
        graph = parse_constant(text, f"the value of {name}")
        tape = evaluate(graph, arithmetic, {})
        return tape.values[graph.outputs[0]]
    except Fault as fault:
        hint = UNLIMITED if isinstance(fault.cause, OverflowError) else None
        raise RangeError(f"{text} has no value that a number can hold", (0, len(text)), hint=hint).located(
            text, f"the value of {name}"
        ) from fault


def short(value: Value) -> str:
    """A value to quote: its start where it is long."""
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _as_double(name: str, value: Value) -> float:
    """A value as a float, rounded once. Raises UsageError where it is no finite number, or too small for a float.

    A value of a file raises DataError instead, here and in `_as_exact`.
    """
    try:
        return _rounded(name, value)
    except AdcliError as fault:
        raise blamed(fault, value, name) from None


def _rounded(name: str, value: Value) -> float:
    text = isinstance(value, str)
    try:
        if text and ("_" in value or not value.isascii()):  # a number to Python, but not to the language
            raise ValueError
        number = float(value)
        lost = not number and (not is_zero(value.strip()) if text else value != 0)
    except (TypeError, ValueError):
        if not text:
            raise UsageError(f"the value of {name} is no number: {value!r}") from None
        number, lost = float(_constant(name, value, doubles())), False
    except OverflowError:
        number, lost = math.inf, False
    if not math.isfinite(number):
        written = any(c.isdigit() for c in str(value))
        raise UsageError(f"{name} needs a finite number, not {short(value)}", hint=UNLIMITED if written else None)
    if lost:
        raise UsageError(f"{name} = {short(value)} is too small for a float, where it would be 0", hint=UNLIMITED)
    return number


def _as_exact(name: str, value: Value, wide: Multiprecision) -> Any:
    """A value with all the digits that it was written with."""
    if isinstance(value, str):
        try:
            return wide.context.mpf(_constant(name, value, wide))
        except AdcliError as fault:
            raise blamed(fault, value, name) from None
    if hasattr(value, "numerator") and hasattr(value, "denominator"):
        return wide.context.mpf(value.numerator) / wide.context.mpf(value.denominator)
    return (
        wide.exactly(value)
        if isinstance(value, float)
        else wide.context.mpf(str(value) if not hasattr(value, "_mpf_") else value)
    )
