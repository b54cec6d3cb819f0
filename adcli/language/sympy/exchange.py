"""`adcli.to_sympy`: programs as SymPy's expressions."""

from __future__ import annotations

from typing import Any

from adcli.errors import LimitError
from adcli.graphs import Graph
from adcli.language.sympy import to_sympy as writer
from adcli.language.texts import parse


def to_sympy(expr: Any) -> Any:
    """What *expr* means in SymPy, a Graph, a program's text or the program of `adcli.derive`: an expression, of several
    outputs a list of them.

    Everything that is assigned is written out; numbers are exact. Symbols are plain ones without assumptions; x[1] is
    the symbol "x[1]". Raises LimitError for what SymPy should not be given, and what `adcli.parse` raises.
    """
    import sympy

    graph = expr if isinstance(expr, Graph) else parse(getattr(expr, "program", expr))
    try:
        found = writer.to_sympy(graph, {name: sympy.Symbol(name) for name in graph.input_names}, defined=True)
    except writer.Unwritable as fault:
        raise LimitError(f"there is no SymPy expression: {fault}") from None
    return found[0] if len(found) == 1 else found
