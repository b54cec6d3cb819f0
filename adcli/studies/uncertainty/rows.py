"""Uncertainties of rows: a program that computes the value and its standard uncertainty, for the batch engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adcli.arithmetic.symbolic import Sym
from adcli.batch.files.cells import is_number
from adcli.derivatives.programs import Transcript, opened
from adcli.errors import NameFault, UsageError
from adcli.ops import ABS, ADD, GE, MUL, TABLE, WHERE
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.problem.uncertain import Uncertain
from adcli.problem.values import Value
from adcli.studies.uncertainty.inputs import factored, pairs_of

SQRT = TABLE["sqrt"]


def propagating(
    asked: Problem,
    uncertain: Mapping[str, Uncertain],
    spreads: Mapping[str, str],
    corr: Mapping[str, Value] | None = None,
    *,
    budget: bool = False,
) -> tuple[Problem, dict[str, str]]:
    """The problem of which the outputs are values, `u`, and with *budget* the contributions; and the columns of its new
    inputs, the uncertainties that are columns.

    *spreads* says of inputs what their uncertainty is: a number, a part of the value as "2%", or the name of a column.
    """
    graph = asked.graph
    known = {graph.labels[node]: node for node in graph.inputs}
    for name in spreads:
        if name not in known:
            raise NameFault(f"--u names {name}, which does not occur", hint=among(name, known))
        if name in uncertain:
            raise UsageError(f"{name} is given an uncertainty by --at and by --u")
    names = [name for name in known if name in spreads or name in uncertain]
    if not names:
        raise UsageError("no input has an uncertainty", hint="--u x=u_x names its column, --u x=2% a part of it")
    matrix, factor = factored(asked, names, pairs_of(asked, corr or {}, known))
    sources = [known[name] for name in names]
    transcript = Transcript(opened(graph, sources)[0])
    apply = transcript.symbolic.apply
    columns: dict[str, str] = {}
    u: list[Sym] = []
    for name, node in zip(names, sources, strict=True):
        if name in uncertain:
            u.append(transcript.number(repr(_positive(asked, name, uncertain[name].u))))
            continue
        said = spreads[name]
        if said.endswith("%"):
            part = transcript.number(repr(_positive(asked, name, f"({said[:-1]})/100")))
            u.append(apply(MUL, apply(ABS, Sym(transcript.symbolic, node)), part))
        elif is_number(said):
            u.append(transcript.number(repr(_positive(asked, name, said))))
        else:
            label = f"u({name})"
            columns[label] = said
            given = transcript.input(label)
            zero = transcript.number("0")
            u.append(apply(WHERE, apply(GE, given, zero), given, apply(SQRT, given)))  # no root of a negative one
    values = [Sym(transcript.symbolic, node) for node in graph.outputs]
    found, called = [], []
    mode = "forward" if len(sources) < len(graph.outputs) else "reverse"
    for output, value, row in zip(graph.output_names, values, transcript.jacobian(sources, mode), strict=True):
        parts = [apply(MUL, slope, spread) for slope, spread in zip(row, u, strict=True)]
        ways = parts
        if any(map(any, _off_diagonal(matrix))):
            ways = [_combined(transcript, [line[k] for line in factor], parts) for k in range(len(parts))]
        squares = [apply(MUL, way, way) for way in ways]
        total = squares[0]
        for square in squares[1:]:
            total = apply(ADD, total, square)
        found += [value, apply(SQRT, total) if len(squares) > 1 else apply(ABS, ways[0])]
        one = len(graph.outputs) == 1
        called += ["value", "u"] if one else [output, f"u_{output}"]
        if budget:
            found += [apply(ABS, part) for part in parts]
            called += [f"contribution_{name}" if one else f"contribution_{output}_{name}" for name in names]
    program = transcript.finish(found, called)
    return asked.changed(graph=program, wrt=()), columns


def _combined(transcript: Transcript, weights: list[Any], parts: list[Sym]) -> Sym:
    """A sum with constant weights."""
    apply = transcript.symbolic.apply
    terms = [apply(MUL, transcript.number(repr(float(w))), x) for w, x in zip(weights, parts, strict=True) if w]
    total = terms[0] if terms else transcript.number("0")
    for term in terms[1:]:
        total = apply(ADD, total, term)
    return total


def _off_diagonal(matrix: list[list[Any]]) -> list[list[Any]]:
    return [[x for j, x in enumerate(row) if i != j] for i, row in enumerate(matrix)]


def _positive(asked: Problem, name: str, text: Value) -> float:
    spread = float(asked.seed(text, f"the uncertainty of {name}"))
    if spread < 0:
        raise UsageError(f"the uncertainty of {name} is negative: {spread!r}")
    return spread
