"""The symbolic witness: SymPy reads the text, differentiates it, and mpmath computes what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from adcli.crosscheck.reading import MAX_TERMS, about, check_powers, check_size, first_name, load_sympy, read, swell
from adcli.crosscheck.values import MAX_DIGITS, NoValue, Values
from adcli.language.sympy.definitions import Unreadable
from adcli.language.sympy.sympy_program import Program
from adcli.ops import INPUT
from adcli.problem.problem import Problem


def summon(problem: Problem) -> None:
    """Import SymPy, which is not to be interrupted. Raises Unreadable where it had better not try."""
    check_size(problem, MAX_TERMS)
    check_powers(problem.graph)
    load_sympy()


class SymPyWitness:
    """Values and partial derivatives as SymPy, once summoned, knows them. Raises Unreadable where it cannot read."""

    def __init__(self, problem: Problem, digits: int) -> None:
        self.problem = problem
        self.digits = digits
        self._programs: dict[str | None, tuple[Program, list[Any], Values]] = {}
        self._slopes: dict[tuple[int, int], Any] = {}
        self._partials: dict[tuple[int, int], Any] = {}
        self._seconds: dict[tuple[int, int], Any] = {}
        self._swollen: bool | None = None
        self.reason = ""
        """Why second derivatives are not asked for, where they would be too large."""
        self._terms: dict[Any, dict[Any, list[Any]]] = {}
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
        if (output, wrt) not in self._partials:
            self._partials[output, wrt] = self._partial(output, wrt)
        return self._partials[output, wrt]

    def rows(self, outputs: Iterable[int], names: Iterable[int]) -> list[list[Any]] | None:
        """Rows of partial derivatives, None where one is not known."""
        names = list(names)
        found = [[self.partial(i, j) for j in names] for i in outputs]
        return None if any(x is None for row in found for x in row) else found

    def _partial(self, output: int, wrt: int) -> Any:
        name, node = self.problem.wrt[wrt]
        graph = self.problem.graph
        assigned = node >= 0 and graph.ops[node] is not INPUT
        if node >= 0 and not assigned:
            name = graph.labels[node]  # which a copy of an input stands for
        try:
            if assigned:
                name = first_name(graph, node, name)
            program, outputs, values = self._program(name if assigned else None)
            symbol = program.fresh if assigned else program.inputs.get(name)
            slope = self._derivative(outputs[output], symbol)
            return self.zero if slope is None else values.value(slope, self.digits)
        except Exception:  # NoValue, Unreadable, or whatever SymPy's rules raise: a witness that fails is none
            return None

    def second(self, first: int, other: int) -> Any:
        """∂² of the only output by two of the names, None where SymPy has no finite real number.

        Of assigned names SymPy knows one at a time, so of these only the second derivative by itself.
        """
        if self._swollen is None:
            from adcli.derivatives.second import gradient_problem

            terms = swell(gradient_problem(self.problem, "reverse"))
            self._swollen = terms > MAX_TERMS
            self.reason = f"the second derivatives would have {about(terms)} operations" if self._swollen else ""
        key = (min(first, other), max(first, other))
        if key not in self._seconds:
            self._seconds[key] = None if self._swollen else self._second(0, *key)
        return self._seconds[key]

    def combined(self, known: Callable[[int, int], Any], weights: Mapping[int, Any], tangent: Mapping[int, Any]) -> Any:
        """Σ weight·known(i, j)·component, where *known* is `partial` or `second`; None where a term has no number."""
        total = self.zero
        for i, weight in weights.items():
            for j, component in tangent.items():
                if weight and component:
                    number = known(i, j)
                    if number is None:
                        return None
                    total += number * weight * component  # in this order: with the digits of the first
        return total

    def _second(self, output: int, first: int, other: int) -> Any:
        graph = self.problem.graph
        nodes = [self.problem.wrt[wrt][1] for wrt in (first, other)]
        assigned = [node for node in nodes if node >= 0 and graph.ops[node] is not INPUT]
        if assigned and nodes[0] != nodes[1]:
            return None
        try:
            name = first_name(graph, nodes[0], self.problem.wrt[first][0]) if assigned else None
            program, outputs, values = self._program(name)
            symbols = [
                program.fresh if assigned else program.inputs.get(graph.labels[node]) if node >= 0 else None
                for node in nodes
            ]
            slope = (output, first)
            if slope not in self._slopes:
                self._slopes[slope] = self._derivative(outputs[output], symbols[0])
            curve = None if self._slopes[slope] is None else self._derivative(self._slopes[slope], symbols[1])
            return self.zero if curve is None else values.value(curve, self.digits)
        except Exception:  # NoValue, Unreadable, or whatever SymPy's rules raise: a witness that fails is none
            return None

    def _derivative(self, expr: Any, symbol: Any) -> Any | None:
        """The derivative by a symbol, None where *expr* lacks it; of a sum, that of the terms that have it."""
        if expr not in self._terms:
            terms = self._terms[expr] = {}
            for term in expr.args if expr.is_Add else (expr,):
                for inside in term.free_symbols:
                    terms.setdefault(inside, []).append(term)
        slopes = [term.diff(symbol) for term in self._terms[expr].get(symbol, ())]
        if not slopes:
            return None
        return slopes[0] if len(slopes) == 1 else expr.func(*slopes)

    def _program(self, replaced: str | None) -> tuple[Program, list[Any], Values]:
        """The program as SymPy reads it, its outputs and its point, with an assigned name as a variable."""
        if replaced not in self._programs:
            program, outputs = read(self.problem, replaced)
            point = {symbol: number for name, number in self._point().items() if (symbol := program.inputs.get(name))}
            if replaced is not None:
                try:
                    point[program.fresh] = Values(point).value(program.original, self.digits + 15)
                except NoValue:
                    raise Unreadable(f"{replaced} has no finite real value for SymPy") from None
            self._programs[replaced] = program, outputs, Values(point)
        return self._programs[replaced]

    def _point(self) -> dict[str, Any]:
        """The inputs' values as adcli takes them: the doubles, or as written where a precision was asked for."""
        from adcli.arithmetic.multiprecision import multiprecision

        wide = multiprecision(MAX_DIGITS)
        point = self.problem.point(wide, exact=self.problem.exact)
        return {self.problem.graph.labels[node]: number for node, number in point.items()}
