"""The derivatives as SymPy writes them: formulas, to be counted, or computed with in another arithmetic."""

from __future__ import annotations

from typing import Any, NamedTuple

from adcli.crosscheck import reading
from adcli.language.sympy.definitions import Unreadable
from adcli.language.sympy.sympy_program import Program
from adcli.ops import INPUT
from adcli.problem.problem import Problem

MAX_WORK = 100_000
"""Inputs times operations beyond which SymPy is not asked: it takes some 20 µs each."""


class Column(NamedTuple):
    """The derivatives of all outputs by one name; `names` says what each symbol in them stands for."""

    by: str
    derivatives: list[Any]
    names: dict[Any, str]


class Formulas(NamedTuple):
    """The outputs as SymPy reads them, and a column of derivatives for each name differentiated by."""

    outputs: list[Any]
    columns: list[Column]


def formulas(problem: Problem, most: int = reading.MAX_TERMS) -> Formulas:
    """Read the program with SymPy and differentiate it. No point is needed.

    Raises Unreadable where SymPy cannot read it, or where the derivatives, written out, have more than *most*
    operations.
    """
    reading.check_size(problem, most)
    work = len(problem.wrt) * len(problem.graph)
    if work > MAX_WORK:
        raise Unreadable(f"SymPy goes through all of the program for each input: {work:,} operations")
    reading.check_powers(problem.graph)
    reading.load_sympy()
    graph = problem.graph
    programs: dict[str | None, tuple[Program, list[Any]]] = {}

    def read(replaced: str | None) -> tuple[Program, list[Any]]:
        if replaced not in programs:
            programs[replaced] = reading.read(problem, replaced)
        return programs[replaced]

    columns = []
    for name, node in problem.wrt:
        if node >= 0 and graph.ops[node] is not INPUT:
            program, outputs = read(reading.first_name(graph, node, name))
            symbol = program.fresh
        else:
            program, outputs = read(None)
            symbol = program.inputs.get(graph.labels[node] if node >= 0 else name)
        names = {known: label for label, known in program.inputs.items()}
        names[program.fresh] = name
        columns.append(Column(name, [_derivative(output, symbol) for output in outputs], names))
    return Formulas(read(None)[1], columns)


def _derivative(output: Any, symbol: Any) -> Any:
    import sympy

    if symbol is None:
        return sympy.Integer(0)
    try:
        return output.diff(symbol)
    except (RecursionError, ArithmeticError, ValueError, TypeError, AttributeError) as error:
        raise Unreadable(f"SymPy cannot differentiate it ({type(error).__name__})") from error
