"""The computational graph as a study: what is computed from what, with values and local partials at a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.errors import DomainError, NameFault, UndeterminedError, UsageError
from adcli.graphs import Graph, dependent
from adcli.language.arrays.names import indexed, labels, shapes
from adcli.language.notation import STATEMENT
from adcli.modes import COPY, Step
from adcli.ops import INPUT, LITERAL
from adcli.problem.checks import among
from adcli.problem.problem import Expression, Problem, problem
from adcli.problem.values import Value
from adcli.results import Notice, Number, Result
from adcli.studies.grouping import MANY, Boxes
from adcli.studies.linear_graph import LinearGraph, linear_graph, structure
from adcli.studies.naming import LINEAR, spelled, statement


@dataclass(frozen=True)
class Vertex:
    """A node, an input or an operation; or a box of `count` nodes.

    `label` is the input's name, or the operation with the names of its arguments, "v-1 × v0"; `value` and
    `adjoint` are None where there are none, `value` is True or False for a condition. `marked`: it depends on
    what is highlighted. A box is called by its first and last node, "v1..v6"; its `op` is "input" or "box", its label
    the array's name or the text that it was written out from, after the name that it is assigned to; its `value` and
    `adjoint` have those of its results, which are what others use of it.
    """

    name: str
    op: str
    label: str
    value: Number | tuple[Number, ...] | None = None
    adjoint: Number | tuple[Number | None, ...] | None = None
    marked: bool = False
    count: int = 1


@dataclass(frozen=True)
class Edge:
    """A use of the node `source` as an argument of the node `target`, and ∂target/∂source.

    No derivative flows where `partial` is None: from a condition or a constant, or where there is no point. To or from
    a box it stands for `count` uses, and has no partial; `flows` says whether one of them has.
    """

    source: str
    target: str
    partial: Number | None = None
    marked: bool = False
    count: int = 1
    flows: bool = False


@dataclass(frozen=True, kw_only=True)
class GraphView(Result):
    """The nodes, inputs first, then operations in order of evaluation; the edges in order of their targets.

    Literals are no nodes: they stand in the labels. `outputs` says which node each output is (or which literal), or,
    of an output that is an array, which box. `highlight` are the names whose dependents are marked.
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
    group: bool | None = False,
    expand: Sequence[str] = (),
    **options: Any,
) -> GraphView:
    """The graph; without *at* its structure only.

    *adjoints* puts v̄ on the nodes, for the weights *cotangent* of the outputs (1 of a single one); what depends on
    the names in *highlight* is marked. *group* puts what was written out from one operation into a box (None: where
    there are many nodes), but for those that *expand* names. Options as of `problem`. Raises DomainError, RangeError
    where a value does not exist; a derivative that does not exist is a notice.
    """
    asked = problem(expr, at, **{"values": at is not None, **options})
    marked = tuple(highlight)
    sources = _sources(asked, marked)
    weights = _weights(asked, cotangent) if adjoints or cotangent is not None else None
    found = structure(asked) if len(asked.at) < len(asked.graph.inputs) else _at_point(asked, weights)
    if weights is not None and not found.adjoints and not found.notices:
        raise UsageError("adjoints need a point", hint="give the inputs values with --at")
    grouped = bool(group or expand or (group is None and len(found.names) > MANY))
    return _view(found, marked, sources, list(expand) if grouped else None)


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


def _view(
    found: LinearGraph, highlight: tuple[str, ...], sources: Sequence[int], expanded: Sequence[str] | None
) -> GraphView:
    """What is shown of the graph; each node on its own where *expanded* is None."""
    graph, names = found.problem.graph, found.names
    marked = dependent(graph, sources) if sources else bytearray(len(graph))
    steps = {step[0]: step for step in found.steps}
    uses = {node: [use for use in found.edges(steps[node]) if use[0] in names] for node in names if node in steps}
    if expanded is None:
        boxes, members = None, [[node] for node in names]
    else:
        boxes = Boxes(graph, {node: [a for a, _ in uses.get(node, ())] for node in names}, expanded)
        members = boxes.members
    shown = {node: _name(names, nodes) for nodes in members for node in nodes}
    used = {a for node, found_uses in uses.items() for a, _ in found_uses if shown[a] != shown[node]}
    used.update(graph.outputs)
    vertices, edges = [], []
    for nodes in members:
        if boxes is None or len(nodes) == 1:
            (node,) = nodes
            label = graph.labels[node] if node not in steps else _label(found, steps[node])
            value, adjoint = found.values.get(node), found.adjoints.get(node)
            vertices.append(Vertex(names[node], graph.ops[node].name, label, value, adjoint, bool(marked[node])))
        else:
            vertices.append(_box(found, boxes, nodes, [node for node in nodes if node in used], marked))
        edges += _edges(nodes, uses, shown, names, marked)
    return GraphView(
        **found.problem.shared(found.notices),
        nodes=tuple(vertices),
        edges=tuple(edges),
        outputs=_outputs(graph, shown, names),
        highlight=highlight,
    )


def _name(names: Mapping[int, str], nodes: Sequence[int]) -> str:
    return names[nodes[0]] if len(nodes) == 1 else f"{names[nodes[0]]}..{names[nodes[-1]]}"


def _box(
    found: LinearGraph, boxes: Boxes, nodes: Sequence[int], results: Sequence[int], marked: Sequence[int]
) -> Vertex:
    """The vertex of several nodes."""
    given = found.problem.graph.ops[nodes[0]] is INPUT
    assigned = "" if given else boxes.assigned(results)
    return Vertex(
        _name(found.names, nodes),
        "input" if given else "box",
        f"{assigned} = {boxes.title(nodes)}" if assigned else boxes.title(nodes),
        tuple([found.values[node] for node in results]) if found.values else None,
        tuple([found.adjoints.get(node) for node in results]) if found.adjoints else None,
        any(marked[node] for node in nodes),
        len(nodes),
    )


def _edges(
    nodes: Sequence[int],
    uses: Mapping[int, Sequence[tuple[int, Number | None]]],
    shown: Mapping[int, str],
    names: Mapping[int, str],
    marked: Sequence[int],
) -> list[Edge]:
    """The edges to a vertex; those from or to a box that stand for several uses are one."""
    edges: list[Edge] = []
    joined: dict[str, list[tuple[Number | None, bool]]] = {}
    for node in nodes:
        for argument, partial in uses.get(node, ()):
            source, active = shown[argument], bool(marked[argument] and marked[node])
            if source != shown[node] and (len(nodes) > 1 or source != names[argument]):
                joined.setdefault(source, []).append((partial, active))
            elif source != shown[node]:
                edges.append(Edge(source, names[node], partial, active, flows=partial is not None))
    for source, every in joined.items():
        active, flows = any(active for _, active in every), any(partial is not None for partial, _ in every)
        edges.append(Edge(source, shown[nodes[0]], None, active, len(every), flows))
    return edges


def _outputs(graph: Graph, shown: Mapping[int, str], names: Mapping[int, str]) -> dict[str, str]:
    """The vertex, or literal, that each output is; an array's, by its name, where all of it is one box."""
    found = {
        name: graph.labels[node] if graph.ops[node] is LITERAL else shown[node]
        for name, node in zip(graph.output_names, graph.outputs, strict=True)
    }
    alone = set(names.values())
    for base, shape in shapes(found).items():
        ends = {found[label] for label in labels(base, shape)}
        if len(ends) == 1 and not ends & alone:
            found = {base: ends.pop(), **{name: end for name, end in found.items() if indexed(name)[0] != base}}
    return found


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
