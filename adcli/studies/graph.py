"""The computational graph as a study: what is computed from what, with values and local partials at a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.errors import DomainError, NameFault, UndeterminedError, UsageError
from adcli.graphs import dependent
from adcli.language.notation import STATEMENT
from adcli.modes import COPY, Step
from adcli.ops import INPUT, LITERAL
from adcli.problem.checks import among
from adcli.problem.problem import Expression, Problem, problem
from adcli.problem.values import Value
from adcli.results import Notice, Number, Result
from adcli.studies.linear_graph import LinearGraph, linear_graph, structure
from adcli.studies.naming import LINEAR, spelled, statement


@dataclass(frozen=True)
class Vertex:
    """A node: an input or an operation.

    `label` is the input's name, or the operation with the names of its arguments, "v-1 × v0"; `value` and
    `adjoint` are None where there are none, `value` is True or False for a condition. `marked`: it depends on
    what is highlighted.
    """

    name: str
    op: str
    label: str
    value: Number | None = None
    adjoint: Number | None = None
    marked: bool = False


@dataclass(frozen=True)
class Edge:
    """A use of the node `source` as an argument of the node `target`, and ∂target/∂source.

    No derivative flows where `partial` is None: from a condition or a constant, or where there is no point.
    """

    source: str
    target: str
    partial: Number | None = None
    marked: bool = False


@dataclass(frozen=True, kw_only=True)
class GraphView(Result):
    """The nodes, inputs first, then operations in order of evaluation; the edges in order of their targets.

    Literals are no nodes: they stand in the labels. `outputs` says which node each output is (or which literal).
    `highlight` are the names whose dependents are marked.
    """

    command: ClassVar[str] = "graph"

    nodes: tuple[Vertex, ...]
    edges: tuple[Edge, ...]
    outputs: dict[str, str]
    highlight: tuple[str, ...] = ()


def graph_view(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    adjoints: bool = False,
    cotangent: Sequence[Value] | Mapping[str, Value] | None = None,
    highlight: Iterable[str] = (),
    **options: Any,
) -> GraphView:
    """The graph; without *at* its structure only.

    *adjoints* puts v̄ on the nodes, for the weights *cotangent* of the outputs (1 of a single one); what depends on
    the names in *highlight* is marked. Options as of `problem`. Raises DomainError, RangeError where a value does
    not exist; a derivative that does not exist is a notice.
    """
    asked = problem(expr, at, **{"values": at is not None, **options})
    marked = tuple(highlight)
    sources = _sources(asked, marked)
    weights = _weights(asked, cotangent) if adjoints or cotangent is not None else None
    found = structure(asked) if len(asked.at) < len(asked.graph.inputs) else _at_point(asked, weights)
    if weights is not None and not found.adjoints and not found.notices:
        raise UsageError("adjoints need a point", hint="give the inputs values with --at")
    return _view(found, marked, sources)


def _at_point(asked: Problem, weights: Sequence[Value] | None) -> LinearGraph:
    """The graph with numbers; without partials, and with the reason, where one of them does not exist."""
    try:
        return linear_graph(asked, asked.graph.inputs, weights=weights)
    except (DomainError, UndeterminedError) as fault:
        found = linear_graph(asked, asked.graph.inputs, partials=False)
        found.notices = (*found.notices, Notice(fault.kind, fault.message, fault.span))
        return found


def _sources(asked: Problem, names: Sequence[str]) -> list[int]:
    """The nodes of names to highlight; an indexed family's name stands for all of it."""
    known = asked.graph.names
    nodes: list[int] = []
    for name in names:
        members = [known[name]] if name in known else [known[n] for n in known if n.startswith(name + "[")]
        if not members:
            raise NameFault(f"--highlight names {name}, which does not occur", hint=among(name, known))
        nodes += members
    return nodes


def _weights(asked: Problem, cotangent: Sequence[Value] | Mapping[str, Value] | None) -> list[Value]:
    """A weight for each output."""
    outputs = asked.graph.output_names
    if isinstance(cotangent, Mapping):
        for name in cotangent:
            if name not in outputs:
                raise NameFault(f"the cotangent names {name}, which is no output", hint=among(name, outputs))
        return [cotangent.get(name, 0.0) for name in outputs]
    given = [1.0] if cotangent is None else list(cotangent)
    if len(given) != len(outputs):
        raise UsageError(
            f"adjoints of {len(outputs)} outputs ({', '.join(outputs)}) need a weight for each, not {len(given)}",
            hint="for instance --cotangent " + ",".join("1" for _ in outputs),
        )
    return given


def _view(found: LinearGraph, highlight: tuple[str, ...], sources: Sequence[int]) -> GraphView:
    asked, names = found.problem, found.names
    graph = asked.graph
    marked = dependent(graph, sources) if sources else bytearray(len(graph))
    nodes = [
        Vertex(
            name,
            graph.ops[node].name,
            graph.labels[node],
            found.values.get(node),
            found.adjoints.get(node),
            bool(marked[node]),
        )
        for node, name in names.items()
        if graph.ops[node] is INPUT
    ]
    edges = []
    for step in found.steps:
        node = step[0]
        value, adjoint = found.values.get(node), found.adjoints.get(node)
        nodes.append(Vertex(names[node], graph.ops[node].name, _label(found, step), value, adjoint, bool(marked[node])))
        for argument, partial in found.edges(step):
            if graph.ops[argument] is not LITERAL:
                active = bool(marked[argument] and marked[node])
                edges.append(Edge(names[argument], names[node], partial, active))
    ends = zip(graph.output_names, graph.outputs, strict=True)
    return GraphView(
        **asked.shared(found.notices),
        nodes=tuple(nodes),
        edges=tuple(edges),
        outputs={name: graph.labels[node] if graph.ops[node] is LITERAL else names[node] for name, node in ends},
        highlight=highlight,
    )


def _label(found: LinearGraph, step: Step) -> str:
    """The operation with its arguments' names; of a `where` at a point, the branch taken and why."""
    asked, names = found.problem, found.names
    node, op, _ = step
    formula = spelled(statement(asked, names, node, step), LINEAR, STATEMENT)
    if op is COPY:
        condition = asked.graph.args[node][0]
        if condition in names:
            formula += f" if {'' if found.values[condition] else 'not '}{names[condition]}"
    return formula
