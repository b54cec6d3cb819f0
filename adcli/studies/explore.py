"""A program taken apart so that a page can run it: its nodes, its edges, and one program of all their numbers.

What a trace shows of one point is here for every point: the values, the local partials, where an operation has no
value, where it has a kink, which branch is taken. The page runs both sweeps on them itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.arithmetic.symbolic import Sym, Symbolic
from adcli.derivatives.branches import paths
from adcli.derivatives.programs import Transcript
from adcli.errors import LimitError, Span
from adcli.graphs import Graph
from adcli.language.notation import RULE, STATEMENT, Leaf, Tree
from adcli.modes import steps_of
from adcli.ops import INPUT, MUL, WHERE, Op
from adcli.problem.problem import Expression, Problem, problem
from adcli.problem.values import Value
from adcli.results import Result
from adcli.studies.naming import ADJOINT, TANGENT, Form, leaf, numbering, pulled, pushed, rule, spelled, statement

MAX_NODES = 60
"""A page with more nodes could not be followed."""
DEGREE = repr(math.pi / 180)


@dataclass(frozen=True)
class Place:
    """A node: `formula` is what it is, in marked names; `tangent` the sum that its tangent is; `label` its own name.

    `value`, `domain`, `kink`, `active` and `degrees` are places in the program's numbers, None where there is none:
    what the node is, whether its arguments lie in the domain, whether there is a kink, whether the outputs need it, and
    what it would be of degrees. `needs` says what the domain is.
    """

    name: str
    op: str
    symbol: str
    args: tuple[str, ...]
    formula: str
    tangent: str
    label: str
    span: Span
    boolean: bool
    value: int
    domain: int | None = None
    kink: int | None = None
    active: int | None = None
    degrees: int | None = None
    needs: str = ""


@dataclass(frozen=True)
class Link:
    """A use of a node as an argument: `partial` is the place of ∂target/∂source, None where no derivative flows.

    `rule` is the partial in marked names, `share` what the target's adjoint passes on. A link into a `where` is a
    branch: it counts where the condition, its first argument, is `branch`.
    """

    source: str
    target: str
    position: int
    partial: int | None
    rule: str = ""
    share: str = ""
    branch: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Exploration(Result):
    """What the page is made of. `program` has the inputs as x0, x1, … and all numbers as outputs."""

    command: ClassVar[str] = "explore"

    inputs: dict[str, str]
    """The names of the inputs, and their nodes'."""
    sought: tuple[str, ...]
    """The inputs that are differentiated by."""
    outputs: dict[str, str]
    nodes: tuple[Place, ...]
    links: tuple[Link, ...]
    program: Graph
    graph: Graph
    names: Mapping[int, str]


def explore(expr: Expression, at: Mapping[str, Value], **options: Any) -> Exploration:
    """Take a program apart at a point. Options as of `problem`. Raises LimitError where it has too many nodes."""
    return exploration(problem(expr, at, **options))


def exploration(asked: Problem) -> Exploration:
    """Likewise, of a problem."""
    graph = asked.graph
    names = numbering(asked)
    if len(names) > MAX_NODES:
        raise LimitError(
            f"the graph has {len(names):,} nodes, and a page that is stepped through at most {MAX_NODES}",
            hint="--output explores a part; adcli trace takes any number, adcli graph --group draws them in boxes",
        )
    writer = _Writer(asked, names)
    nodes, links = writer.written()
    return Exploration(
        **asked.shared(()),
        inputs={graph.labels[node]: name for node, name in names.items() if graph.ops[node] is INPUT},
        sought=tuple(name for name, _ in asked.wrt),
        outputs={name: names.get(node, "") for name, node in zip(graph.output_names, graph.outputs, strict=True)},
        nodes=tuple(nodes),
        links=tuple(links),
        program=writer.program(),
        graph=graph,
        names=names,
    )


class _Writer:
    """Writes the program of all numbers, and what the page says of them."""

    def __init__(self, asked: Problem, names: Mapping[int, str]) -> None:
        self.asked = asked
        self.graph = asked.graph
        self.names = names
        self.transcript = Transcript(self.graph, Symbolic)
        self.symbolic = self.transcript.symbolic
        self.numbers: list[Sym] = []

    def program(self) -> Graph:
        """Every number; the inputs are called x0, x1, … in the order of their nodes' names."""
        names = [f"n{i}" for i in range(len(self.numbers))]
        found = self.symbolic.builder.finish([x.node for x in self.numbers], names)
        inputs = [node for node in self.names if self.graph.ops[node] is INPUT]
        labels = {**found.labels, **{node: f"x{i}" for i, node in enumerate(inputs)}}
        return found.changed(labels=labels, text="")

    def _kept(self, number: Sym) -> int:
        self.numbers.append(number)
        return len(self.numbers) - 1

    def _flag(self, condition: Sym) -> int:
        one, zero = self.symbolic.literal("1"), self.symbolic.literal("0")
        return self._kept(self.symbolic.apply(WHERE, condition, one, zero))

    def written(self) -> tuple[list[Place], list[Link]]:
        """The nodes and the links; the numbers follow each other as they are needed."""
        graph, symbolic = self.graph, self.symbolic
        steps = {step[0]: step for step in steps_of(graph)}
        labels = {node: name for name, node in graph.assignments}
        labels.update({node: graph.labels[node] for node in graph.inputs})
        routes = paths(graph)
        nodes, links = [], []
        for node, name in self.names.items():
            _, op, args = steps.get(node, (node, graph.ops[node], ()))
            v, given = Sym(symbolic, node), [Sym(symbolic, a) for a in args]
            flags: dict[str, int] = {}
            if op.domain:
                flags["domain"] = self._flag(symbolic.condition(op, op.domain)(v, *given))
            if op.kink:
                flags["kink"] = self._flag(symbolic.condition(op, op.kink)(v, *given))
            if routes[node]:
                flags["active"] = self._flag(self._route(routes[node] or ()))
            if len(args) == 1 and not op.boolean and op.flops > 1:
                angle = symbolic.apply(MUL, given[0], symbolic.literal(DEGREE))
                flags["degrees"] = self._kept(symbolic.apply(op, angle))
            partials = {i: self._rule(node, op, args, i) for i in range(len(args)) if self._flows(op, args, i)}
            nodes.append(
                Place(
                    name=name,
                    op=op.name,
                    symbol=op.symbol,
                    args=tuple(leaf(self.asked, self.names, a).name for a in args),
                    formula=spelled(statement(self.asked, self.names, node, steps.get(node)), MARKED, STATEMENT),
                    tangent=self._tangent(args, partials),
                    label=labels.get(node, ""),
                    span=graph.spans[node],
                    boolean=op.boolean,
                    value=self._flag(v) if op.boolean else self._kept(v),
                    needs=op.refusal or (f"{op.name} needs {op.domain}" if op.domain else ""),
                    **flags,
                )
            )
            links += [self._link(node, op, args, i, partials.get(i)) for i in range(len(args)) if args[i] in self.names]
        return nodes, links

    def _route(self, route: Iterable[tuple[int, bool]]) -> Sym:
        """Whether all conditions on the way to a node hold."""
        found = self.symbolic.literal("True")
        for condition, truth in reversed(list(route)):
            no = self.symbolic.literal("False")
            pair = (found, no) if truth else (no, found)
            found = self.symbolic.apply(WHERE, Sym(self.symbolic, condition), *pair)
        return found

    def _flows(self, op: Op, args: Sequence[int], position: int) -> bool:
        """Whether a derivative flows along a link."""
        graph = self.graph
        if args[position] not in self.names or graph.ops[args[position]].boolean or op.boolean:
            return False
        return not (op is WHERE and not position)

    def _rule(self, node: int, op: Op, args: Sequence[int], position: int) -> Tree:
        if op is WHERE:
            return Leaf("literal", "1")
        trees = [leaf(self.asked, self.names, a) for a in args]
        return rule(op, position, Leaf("value", self.names[node]), trees)

    def _tangent(self, args: Sequence[int], partials: Mapping[int, Tree]) -> str:
        tangents = {i: Leaf(TANGENT, self.names[args[i]]) for i in partials}
        return spelled(pushed(partials, tangents), MARKED, RULE) if partials else ""

    def _link(self, node: int, op: Op, args: Sequence[int], position: int, tree: Tree | None) -> Link:
        source, target = self.names[args[position]], self.names[node]
        if tree is None:
            return Link(source, target, position, None)
        symbolic = self.symbolic
        if op is WHERE:
            partial = symbolic.literal("1")
        else:
            given = [Sym(symbolic, a) for a in args]
            partial = symbolic.partial_at(op, position, Sym(symbolic, node), given)
        share = pulled(Leaf(ADJOINT, target), tree, None)
        branch = position == 1 if op is WHERE else None
        written, passed = (spelled(t, MARKED, RULE) for t in (tree, share))
        return Link(source, target, position, self._kept(partial), written, passed, branch)


MARKED = Form("⟦v#⟧", "⟦t#⟧", "⟦a#⟧")
"""Names that the page replaces: by v₃, v̇₃, v̄₃, or by their numbers."""
