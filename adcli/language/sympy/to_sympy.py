"""Graphs become SymPy's expressions, by the way that the cross-check's witness reads programs."""

from __future__ import annotations

from typing import Any

from adcli.errors import LimitError
from adcli.graphs import Graph
from adcli.language.parser import parse
from adcli.language.printer import unparse
from adcli.language.sympy.sympy_program import Program, Unreadable


def to_sympy(expr: Any) -> Any:
    """What *expr* means in SymPy, a Graph, a program's text or the program of `adcli.derive`: an expression, of several
    outputs a list of them.

    Everything that is assigned is written out. Symbols are plain ones without assumptions; x[1] is the symbol "x[1]".
    Raises LimitError where the expressions would be too large for SymPy, and what `adcli.parse` raises.
    """
    import sympy

    graph = expr if isinstance(expr, Graph) else parse(getattr(expr, "program", expr))
    try:
        program = Program(unparse(graph), {})
    except Unreadable as fault:
        raise LimitError(f"there is no SymPy expression: {fault}") from None
    if program.bare:
        found = [meant for _, meant in program.bare]
    else:  # the output is what is assigned last
        found = [program.assigned[name] for name in graph.output_names]
    plain = {symbol: sympy.Symbol(name) for name, symbol in program.inputs.items()}
    expressions = [expression.xreplace(plain) for expression in found]
    return expressions[0] if len(expressions) == 1 else expressions
