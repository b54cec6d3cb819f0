"""Formulas in the notations of SymPy and Mathematica, as SymPy's printers write them."""

from __future__ import annotations

from adcli.language import parse
from adcli.language.sympy.to_sympy import to_sympy


def spelled(text: str, notation: str) -> str:
    """A formula of adcli's language in another."""
    import sympy

    graph = parse(text)
    (expr,) = to_sympy(graph, {name: sympy.Symbol(name, real=True) for name in graph.input_names})
    return str(sympy.sstr(expr) if notation == "sympy" else sympy.mathematica_code(expr))
