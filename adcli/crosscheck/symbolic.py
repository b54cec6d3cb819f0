"""The symbolic witness: SymPy reads the text, differentiates it, and mpmath computes what comes out."""

from __future__ import annotations

import gc
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.crosscheck.values import NoValue, Values
from adcli.graph import Graph, dependent
from adcli.language.sympy_program import Program, Unreadable, copies
from adcli.ops import ADD, INPUT, LITERAL, NEG, POW, SUB, WHERE
from adcli.problem import FLOATS, Problem

MAX_TERMS = 20_000
"""Symbolic differentiation is not tried beyond this many operations in the derivatives, written out as trees."""
MAX_POWER = 10_000
"""Nor where a constant exponent is beyond this: SymPy multiplies powers of integers out."""


class SymPyWitness:
    """Values and partial derivatives as SymPy knows them. Raises Unreadable where it had better not try."""

    def __init__(self, problem: Problem, digits: int) -> None:
        _load_sympy()
        self.problem = problem
        self.digits = digits
        self.terms = swell(problem)
        if self.terms > MAX_TERMS:
            raise Unreadable(f"the derivatives would have {_about(self.terms)} operations")
        if _explodes(problem.graph):
            raise Unreadable("a constant power is too large for exact arithmetic")
        self._programs: dict[str | None, tuple[Program, list[Any], Values]] = {}
        self._slopes: dict[tuple[int, int], Any] = {}
        self._seconds: dict[tuple[int, int], Any] = {}
        self._swollen: bool | None = None
        self.reason = ""
        """Why second derivatives are not asked for, where they would be too large."""
        self._symbols: dict[Any, set[Any]] = {}
        self.zero = self._program(None)[2].context.zero

    def value(self, output: int) -> Any:
        """The value of an output, None where there is no finite real one."""
        _, outputs, values = self._program(None)
        try:
            return values.value(outputs[output], self.digits)
        except (NoValue, RecursionError):
            return None

    def partial(self, output: int, wrt: int) -> Any:
        """∂ of an output by the *wrt*-th name, None where there is no finite real one."""
        name, node = self.problem.wrt[wrt]
        graph = self.problem.graph
        assigned = node >= 0 and graph.ops[node] is not INPUT
        if node >= 0 and not assigned:
            name = graph.labels[node]  # which a copy of an input stands for
        try:
            if assigned:
                name = _first_name(graph, node, name)
            program, outputs, values = self._program(name if assigned else None)
            symbol = program.fresh if assigned else program.inputs.get(name)
            expr = outputs[output]
            if expr not in self._symbols:
                self._symbols[expr] = expr.free_symbols
            return values.value(expr.diff(symbol), self.digits) if symbol in self._symbols[expr] else self.zero
        except Exception:  # NoValue, Unreadable, or whatever SymPy's rules raise: a witness that fails is none
            return None

    def second(self, first: int, other: int) -> Any:
        """∂² of the only output by two of the names, None where SymPy has no finite real number.

        Of assigned names SymPy knows one at a time, so of these only the second derivative by itself.
        """
        if self._swollen is None:
            from adcli.second import gradient_problem

            terms = swell(gradient_problem(self.problem, "reverse"))
            self._swollen = terms > MAX_TERMS
            self.reason = f"the second derivatives would have {_about(terms)} operations" if self._swollen else ""
        key = (min(first, other), max(first, other))
        if key not in self._seconds:
            self._seconds[key] = None if self._swollen else self._second(0, *key)
        return self._seconds[key]

    def _second(self, output: int, first: int, other: int) -> Any:
        graph = self.problem.graph
        nodes = [self.problem.wrt[wrt][1] for wrt in (first, other)]
        assigned = [node for node in nodes if node >= 0 and graph.ops[node] is not INPUT]
        if assigned and nodes[0] != nodes[1]:
            return None
        try:
            name = _first_name(graph, nodes[0], self.problem.wrt[first][0]) if assigned else None
            program, outputs, values = self._program(name)
            symbols = [
                program.fresh if assigned else program.inputs.get(graph.labels[node]) if node >= 0 else None
                for node in nodes
            ]
            if None in symbols:
                return self.zero
            slope = (output, first)
            if slope not in self._slopes:
                self._slopes[slope] = outputs[output].diff(symbols[0])
            return values.value(self._slopes[slope].diff(symbols[1]), self.digits)
        except Exception:  # NoValue, Unreadable, or whatever SymPy's rules raise: a witness that fails is none
            return None

    def _program(self, replaced: str | None) -> tuple[Program, list[Any], Values]:
        """The program as SymPy reads it, its outputs and its point, with an assigned name as a variable."""
        if replaced not in self._programs:
            graph = self.problem.graph
            program = Program(graph.text, self.problem.let, replaced)
            point = {symbol: number for name, number in self._point().items() if (symbol := program.inputs.get(name))}
            if replaced is not None:
                if program.original is None:
                    raise Unreadable(f"{replaced} is assigned in a way that SymPy does not see")
                try:
                    point[program.fresh] = Values(point).value(program.original, self.digits + 15)
                except NoValue:
                    raise Unreadable(f"{replaced} has no finite real value for SymPy") from None
            self._programs[replaced] = program, _outputs(program, graph), Values(point)
        return self._programs[replaced]

    def _point(self) -> dict[str, Any]:
        """The inputs' values as adcli takes them: the doubles, or as written where a precision was asked for."""
        from adcli.arithmetic.multiprecision import multiprecision

        wide = multiprecision(10 * self.digits)
        point = self.problem.point(wide, exact=self.problem.precision != FLOATS)
        return {self.problem.graph.labels[node]: number for node, number in point.items()}


def _load_sympy() -> None:
    """Import SymPy without collecting garbage meanwhile: it makes none, and a tenth of the time is saved."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        import sympy.tensor.tensor  # noqa: F401  # which SymPy itself imports at the first sum
    finally:
        if collecting:
            gc.enable()


def _outputs(program: Program, graph: Graph) -> list[Any]:
    """SymPy's reading of the outputs asked for: names that are assigned, or the program's bare expressions.

    A name alone does not tell: an expression without one is y, also where a y is assigned. The node does.
    """
    given = graph.names
    bare = [expr for _, expr in program.bare] if len(program.bare) == len(graph.outputs) else []
    found = []
    for place, (name, node) in enumerate(zip(graph.output_names, graph.outputs, strict=True)):
        if name in program.assigned and given.get(name) == node:
            found.append(program.assigned[name])
        elif bare:
            found.append(bare[place])
        else:
            raise Unreadable(f"SymPy sees no output {name}")
    return found


def _first_name(graph: Graph, node: int, name: str) -> str:
    """What a node was called first: copies of it are the same variable, and SymPy reads them after it."""
    given = [assigned for assigned, target in graph.assignments if target == node]
    if given.count(given[0]) > 1 or graph.names[given[0]] != node:
        raise Unreadable(f"{name} is a copy of what {given[0]} was before")
    return given[0]


def swell(problem: Problem) -> int:
    """How many operations the derivatives asked for have when they are written out as trees.

    A node's value is a tree of its arguments' trees; its derivative has, for each active argument, a partial
    as large as the node's own tree, and the argument's derivative. Linear operations have constant partials.
    """
    graph = problem.graph
    linear = {ADD, SUB, NEG, WHERE}
    sizes = [1] * len(graph)
    slopes = [0] * len(graph)
    sources = [node for _, node in problem.wrt if node >= 0]
    active = dependent(graph, sources)
    for node, args in enumerate(graph.args):
        if not args:
            slopes[node] = active[node]
            continue
        size = sizes[node] = min(10**18, 1 + copies(graph.ops[node].name) * sum([sizes[a] for a in args]))
        if active[node]:
            partial = 1 if graph.ops[node] in linear else size
            slopes[node] = min(10**18, sum([partial + slopes[a] for a in args if active[a]]))
    values = sum(sizes[node] for node in graph.outputs)
    return values + sum(slopes[node] for node in graph.outputs)


def _explodes(graph: Graph) -> bool:
    """Whether SymPy's exact arithmetic, or its merging of powers, would make huge integers of this."""
    if not any(op is POW for op in graph.ops):
        return False
    arithmetic = doubles()
    constants: dict[int, float] = {}
    powers = [1.0] * len(graph)
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if op is INPUT:
            continue
        if op is LITERAL:
            label = graph.labels[node]
            if label not in ("True", "False"):
                constants[node] = arithmetic.literal(label)
            continue
        powers[node] = max([powers[a] for a in args], default=1.0)
        if op is POW and args[1] in constants:
            powers[node] = max(abs(constants[args[1]]), 1) * powers[args[0]]
            if not powers[node] <= MAX_POWER:
                return True
        if args and not op.boolean and op is not WHERE and all(a in constants for a in args):
            try:
                constants[node] = arithmetic.value(op)(*[constants[a] for a in args])
            except (ArithmeticError, ValueError):
                constants[node] = float("inf")
    return False


def _about(count: int) -> str:
    return f"{count:,}" if count < 10**18 else "more than 10^18"
