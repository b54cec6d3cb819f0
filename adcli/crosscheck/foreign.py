"""A second reading of a formula in another notation, by SymPy's own reader, where that can be trusted."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from adcli.errors import AdcliError
from adcli.graphs import Graph
from adcli.problem.problem import Problem
from adcli.results import Notice

MAX_LENGTH = 2_000
"""Characters of a text that SymPy's readers are given."""
DIGITS = 30
AGREE = 1e-15
"""Values that differ by less, relatively, are those of the same formula."""


def _mathematica(text: str) -> Any:
    """What SymPy reads; None where it takes a sign behind an operator for one of the whole, or lacks a function."""
    if re.search(r"[-+*/^]\s*-|[;=_\[]\s*\[|:|Subscript", text):
        return None
    from sympy.core.function import AppliedUndef
    from sympy.parsing.mathematica import parse_mathematica

    found = parse_mathematica(text)
    return None if not hasattr(found, "atoms") or found.atoms(AppliedUndef) else found


_MODULES = re.compile(r"\b(?:math|np|numpy|jnp|torch|special|sympy)\.(?=\w+\s*\()")
_PLAIN = re.compile(r"[\w\s.+\-*/^(),%]*")
_ALIKE = frozenset({"log", "atan", "atan2"})
"""Functions of one or two arguments that all mean alike."""
_NAMED = re.compile(r"(%?[^\W\d]\w*)(\s*\()?")


def _plain(syntax: str) -> Callable[[str], Any]:
    """Arithmetic and functions that mean the same in a notation and to SymPy, by its own parser of expressions.

    The text is cleared of all else first (`adcli.language.sympy.sympy_syntax`), so that nothing is ever run.
    """

    def read(text: str) -> Any:
        from adcli.language.notations import notation_of
        from adcli.language.sympy.sympy_syntax import parse_sympy

        notation = notation_of(syntax)
        text = _MODULES.sub("", text.strip().rstrip(";$"))

        def spelled(match: re.Match[str]) -> str:
            name, opens = match[1], match[2]
            if not opens:
                return notation.constants.get(name, name)
            meaning = name if name in _ALIKE else notation.functions[name]
            if not isinstance(meaning, str):
                raise LookupError(name)  # more than another name for a function
            return meaning + opens

        return parse_sympy(_NAMED.sub(spelled, text)) if _PLAIN.fullmatch(text) else None

    return read


def _sympy(text: str) -> Graph:
    from adcli.language.sympy.sympy_syntax import parse_sympy

    return parse_sympy(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "sympy": _sympy,
    "mathematica": _mathematica,
    **{syntax: _plain(syntax) for syntax in ("maxima", "python")},
}
"""Notations that SymPy reads without running anything: an expression, or a graph."""


def second_reading(problem: Problem) -> Notice | None:
    """Where SymPy reads something else: a warning with both readings in adcli's language."""
    graph = problem.graph
    reader = _READERS.get(graph.syntax)
    if reader is None or len(graph.text) > MAX_LENGTH or len(graph.outputs) != 1 or graph.assignments:
        return None
    from adcli.language import unparse
    from adcli.language.sympy.from_sympy import from_sympy

    theirs: Graph | None = None
    with suppress(Exception):  # whatever SymPy's reader raises, or that it reads nothing: a witness that fails is none
        found = reader(graph.text)
        theirs = found if isinstance(found, Graph) else from_sympy(found)
    if theirs is None or set(theirs.input_names) - set(graph.input_names):
        return None
    ours, other = _value(problem, graph), _value(problem, theirs)
    if ours is None or other is None or abs(ours - other) <= AGREE * max(abs(ours), abs(other)):
        return None
    first, second = (
        f"{unparse(each, ordered=False).strip()} = {float(value):g}".replace("\n", "; ")
        for each, value in ((theirs, other), (graph, ours))
    )
    return Notice("reading", f"SymPy reads this differently: {first}, not {second}")


def _value(problem: Problem, graph: Graph) -> Any:
    """The output's value with the digits of a check; None where there is none."""
    from adcli.derivatives.answers import evaluate

    at = {name: value for name, value in problem.at.items() if name in graph.input_names}
    try:
        return evaluate(graph, at, precision=DIGITS).values[0]
    except AdcliError:
        return None
