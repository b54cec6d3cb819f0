"""The textbook's tables for any formula: the primal trace, the tangent trace, the adjoint trace.

The primal trace runs down the operations with their values. Beside it the tangents run down with them, once per
input (or along one direction); the adjoints run up again, once per output (or for one combination of them), and
gather line by line what each operation passes on to its arguments, so that a fan-out is seen: as many lines as
there are uses. Baydin, Pearlmutter, Radul, Siskind, Automatic Differentiation in Machine Learning (2018),
tables 2 and 3.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.answers import jvp, vjp
from adcli.derivatives.questions import Matrix, Work
from adcli.derivatives.refusals import brief
from adcli.derivatives.solver import CAREFUL_DIGITS, solve
from adcli.errors import LimitError, Span, UsageError
from adcli.language.notation import RULE, STATEMENT, Leaf, Tree
from adcli.modes import COPY, Tape, plan, reverse, seeds
from adcli.ops import INPUT, Op
from adcli.problem.given import mode_named
from adcli.problem.problem import Expression, Problem, problem
from adcli.problem.values import FLOATS, Value
from adcli.results import Notice, Number, Result
from adcli.studies.naming import (
    ADJOINT,
    BRACKETED,
    SEED,
    SEED_BAR,
    TANGENT,
    VALUE,
    ZERO,
    branch,
    leaf,
    numbering,
    pulled,
    pushed,
    rule,
    spelled,
    statement,
    total,
    versions,
)

MAX_ROWS = 50_000
"""A trace with more rows is not made: nobody could read it."""


@dataclass(frozen=True)
class Primal:
    """A node and its value. `label` is what the program calls it, `note` which branch a `where` took."""

    name: str
    op: str
    args: tuple[str, ...]
    formula: str
    value: Number | bool
    span: Span
    tree: Tree
    label: str = ""
    note: str = ""


@dataclass(frozen=True)
class Tangent:
    """A node's tangent v̇."""

    name: str
    formula: str
    value: Number
    tree: Tree


@dataclass(frozen=True)
class Adjoint:
    """A node's adjoint v̄ after one more operation has passed on its share; `earlier` is what it was before.

    `partial` is the derivative of that operation (`user`) by this argument; None where v̄ is a seed.
    """

    name: str
    formula: str
    partial: Number | None
    value: Number
    tree: Tree
    user: str = ""
    earlier: Number | None = None


@dataclass(frozen=True, kw_only=True)
class Trace(Result):
    """The traces at a point. `tangent` has a list of rows per input (or one along a direction, under its text).

    `adjoint` has a list of rows per output; `combined` says that there is one cotangent for all of them. None
    where that mode was not asked for. `ends` are the nodes of the outputs, `starts` those of what is
    differentiated by; "" for a constant. `seeds` is the direction by inputs, `weights` the cotangent by outputs, each
    empty where there is none. `rows` are the numbers of the first and the last node to show; all of
    them are here, since rows refer to each other.
    """

    command: ClassVar[str] = "trace"

    mode: str
    outputs: tuple[str, ...]
    values: tuple[Number, ...]
    primal: tuple[Primal, ...]
    tangent: dict[str, tuple[Tangent, ...]] | None
    adjoint: dict[str, tuple[Adjoint, ...]] | None
    combined: bool
    seeds: dict[str, Number]
    weights: dict[str, Number]
    ends: dict[str, str]
    starts: dict[str, str]
    rows: tuple[int, int] | None = None

    def visible(self, name: str) -> bool:
        """Whether a node's rows are to be shown."""
        return self.rows is None or self.rows[0] <= int(name[1:]) <= self.rows[1]


def trace(
    expr: Expression,
    at: Mapping[str, Value] | None = None,
    *,
    mode: str = "auto",
    tangent: Mapping[str, Value] | None = None,
    cotangent: Sequence[Value] | Mapping[str, Value] | None = None,
    rows: tuple[int | None, int | None] | None = None,
    **options: Any,
) -> Trace:
    """The traces of a program at a point: of both modes, unless *mode* is one of them.

    *tangent* gives one combined tangent trace instead of one per input, *cotangent* one combined adjoint trace
    instead of one per output. *rows* limits what is shown to nodes with these numbers, (1, 5) to v1 … v5.
    Options as of `problem`, errors as of `adcli.derivatives.answers.gradient`.
    """
    return Traces(problem(expr, at, **options), mode, tangent, cotangent).result(rows)


class Traces:
    """The sweeps asked for, run, and their rows; arguments as of `trace`.

    `names` are the nodes' names, `steps` the tape's steps by node.
    """

    def __init__(
        self,
        asked: Problem,
        mode: str,
        tangent: Mapping[str, Value] | None,
        cotangent: Sequence[Value] | Mapping[str, Value] | None,
    ) -> None:
        mode = mode_named(mode)
        if tangent is not None and mode == "reverse":
            raise UsageError("a tangent belongs to forward mode", hint="leave out --mode rev, or give a --cotangent")
        if cotangent is not None and mode == "forward":
            raise UsageError("a cotangent belongs to reverse mode", hint="leave out --mode fwd, or give a --tangent")
        self.asked = asked
        self.mode = mode
        forward = 0 if mode == "reverse" else len(asked.wrt) if tangent is None else 1
        reverse = 0 if mode == "forward" else len(asked.graph.outputs) if cotangent is None else 1
        size = len(asked.graph) * (1 + forward + reverse)
        if size > MAX_ROWS:
            raise LimitError(
                f"the trace has about {size:,} rows, and it may have {MAX_ROWS:,}",
                hint="--mode, --wrt and --output trace a part; grad and jacobian give the derivatives alone",
            )
        self.direction: dict[str, Number] | None = None
        self.weights: tuple[Number, ...] | None = None
        notices: list[Notice] = []
        if tangent is not None:
            along = jvp(asked, tangent=tangent)
            self.direction = along.tangent
            notices.extend(along.warnings)
        if cotangent is not None:
            across = vjp(asked, cotangent=cotangent)
            self.weights = across.cotangent
            notices.extend(across.warnings)
        if not notices and (tangent is None or cotangent is None):
            notices.extend(solve(asked, Matrix("forward" if mode == "forward" else "reverse")).notices)
        self.notices = tuple(dict.fromkeys(notices))
        self.work = self._worked()
        self.tape: Tape = self.work.tape
        self.names = numbering(asked, self.tape)
        self.steps = {step[0]: step for step in self.tape.steps}
        self._formulas: dict[tuple[int, tuple[int, ...]], tuple[Tree, str]] = {}
        self._defined: dict[tuple[int, int], bool] = {}

    def _worked(self) -> Work:
        """The tape: of floats where they can tell, else of mpmath's numbers."""
        asked = self.asked
        if asked.precision == FLOATS and not any(notice.kind in ("range", "limit") for notice in self.notices):
            arithmetic = doubles()
            work = Work(asked, arithmetic, asked.point(arithmetic))
            if all(value is None or math.isfinite(value) for value in work.tape.values):
                return work
        from adcli.arithmetic.multiprecision import multiprecision

        wide = multiprecision(CAREFUL_DIGITS if asked.precision == FLOATS else 2 * asked.precision + 20)
        return Work(asked, wide, asked.point(wide, exact=asked.precision != FLOATS))

    def number(self, value: Any) -> Number:
        """A number as the result reports it."""
        return self.asked.reported(value)

    def result(self, rows: tuple[int | None, int | None] | None) -> Trace:
        """The frozen result, limited to *rows*."""
        asked, graph = self.asked, self.asked.graph
        primal = self.primal()
        tangent = None if self.mode == "reverse" else self.tangents()
        adjoint = None if self.mode == "forward" else self.adjoints()
        shown: tuple[int, int] | None = None
        if rows is not None:
            first, last = (int(primal[i].name[1:]) if primal else 0 for i in (0, -1))
            shown = max(first, first if rows[0] is None else rows[0]), min(last, last if rows[1] is None else rows[1])
            if shown[0] > shown[1]:
                raise UsageError(f"no rows to show: they go from {first} to {last}")
        return Trace(
            **asked.shared(self.notices),
            mode="both" if self.mode == "auto" else self.mode,
            outputs=graph.output_names,
            values=tuple(self.number(value) for value in self.work.values),
            primal=tuple(primal),
            tangent=tangent,
            adjoint=adjoint,
            combined=self.weights is not None,
            seeds=dict(self.direction or {}),
            weights=dict(zip(asked.graph.output_names, self.weights or (), strict=bool(self.weights))),
            ends={name: self.names.get(node, "") for name, node in self.outputs()},
            starts={name: self.names.get(node, "") for name, node in asked.wrt},
            rows=shown,
        )

    def outputs(self) -> list[tuple[str, int]]:
        """The outputs' names and nodes."""
        return list(zip(self.asked.graph.output_names, self.asked.graph.outputs, strict=True))

    # The primal trace

    def primal(self) -> list[Primal]:
        """A row for each input and each operation evaluated."""
        graph = self.asked.graph
        labels = versions(graph)
        found = []
        for node, name in self.names.items():
            step = self.steps.get(node)
            op, args = (step[1], step[2]) if step else (graph.ops[node], ())
            value = self.tape.values[node]
            if value is None:  # an input without a use has no value, unless one is given
                continue
            tree = statement(self.asked, self.names, node, step)
            found.append(
                Primal(
                    name=name,
                    op=graph.ops[node].name,
                    args=tuple(leaf(self.asked, self.names, a).name for a in args),
                    formula=spelled(tree, BRACKETED, STATEMENT),
                    value=value if isinstance(value, bool) else self.number(value),
                    span=graph.spans[node],
                    tree=tree,
                    label=labels.get(node, ""),
                    note=branch(self.asked, self.names, self.tape, node) if op is COPY else "",
                )
            )
        return found

    # The tangent traces

    def tangents(self) -> dict[str, tuple[Tangent, ...]]:
        """The rows of each sweep: by each input, or along the direction."""
        arithmetic = self.work.arithmetic
        if self.direction is None:
            one = arithmetic.literal("1")
            return {name: self._tangent(seeds([(node, one)])) for name, node in self.asked.wrt}
        tangents = [
            (node, self.asked.number(self.direction[name], arithmetic, f"the tangent of {name}"))
            for name, node in self.asked.wrt
        ]
        title = ",".join(f"{name}={brief(value)}" for name, value in self.direction.items() if value)
        return {title: self._tangent(seeds(tangents))}

    def _tangent(self, start: Mapping[int, Any]) -> tuple[Tangent, ...]:
        self.work.forward(start)
        sweep = self.work.sweeps[-1]
        active = {step[0] for step in plan(self.tape, self.work.sources).reached(start)}.union(start)
        named = {node: name for name, node in self.asked.wrt}
        rows = []
        for node, name in self.names.items():
            value = self.tape.values[node]
            if value is None or isinstance(value, bool):
                continue
            tree, formula = self._pushed(node, active) if node in self.steps else (ZERO, "")
            if self.asked.graph.ops[node] is INPUT:
                tree, formula = Leaf(SEED, self.asked.graph.labels[node]), ""
            elif node in start:
                independent = active.isdisjoint(self.steps[node][2])
                tree, formula = total(ZERO if independent else tree, Leaf(SEED, named[node])), ""
            entry = sweep[node]
            number = self.number(entry if entry is not None else 0.0)
            rows.append(Tangent(name, formula or spelled(tree, BRACKETED, RULE), number, tree))
        return tuple(rows)

    def _pushed(self, node: int, active: set[int]) -> tuple[Tree, str]:
        """An operation's tangent as a formula: the terms of all arguments but those that are 0 times no number."""
        _, op, args = self.steps[node]
        positions = tuple(
            position
            for position, a in enumerate(args)
            if a in self.names and not isinstance(self.tape.values[a], bool)
            if a in active or self._finite(node, op, position)
        )
        found = self._formulas.get((node, positions))
        if found is None:
            partials = {position: self.rule(node, op, position) for position in positions}
            tree = pushed(partials, {i: Leaf(TANGENT, self.names[args[i]]) for i in positions})
            found = self._formulas[node, positions] = tree, spelled(tree, BRACKETED, RULE)
        return found

    def _finite(self, node: int, op: Op, position: int) -> bool:
        """Whether an argument has a finite partial derivative: a term that is 0 may be 0 times a number."""
        found = self._defined.get((node, position))
        if found is None:
            given = [self.tape.values[a] for a in self.steps[node][2]]
            try:
                found = math.isfinite(self.work.arithmetic.partial_at(op, position, self.tape.values[node], given))
            except (ArithmeticError, ValueError):
                found = False
            self._defined[node, position] = found
        return found

    # The adjoint traces

    def adjoints(self) -> dict[str, tuple[Adjoint, ...]]:
        """The rows of each sweep: of each output, or of their combination."""
        arithmetic = self.work.arithmetic
        if self.weights is not None:
            weights = [self.asked.number(w, arithmetic, "the cotangent") for w in self.weights]
            names = self.asked.graph.output_names
            return {", ".join(names): self._adjoint(list(zip(self.outputs(), weights, strict=True)))}
        one = arithmetic.literal("1")
        return {output[0]: self._adjoint([(output, one)]) for output in self.outputs()}

    def _adjoint(self, weights: Sequence[tuple[tuple[str, int], Any]]) -> tuple[Adjoint, ...]:
        rows = []
        start = seeds((node, weight) for (_, node), weight in weights if node in self.names)
        trees: dict[int, Tree] = {}
        for (output, node), _ in weights:
            if node in start:
                trees[node] = total(trees.get(node, ZERO), Leaf(SEED_BAR, output))
        for node in sorted(start, reverse=True):
            tree = trees[node]
            rows.append(Adjoint(self.names[node], spelled(tree, BRACKETED, RULE), None, self.number(start[node]), tree))
        touched = set(start)

        def added(node: int, position: int, earlier: Any, value: Any) -> None:
            _, op, args = self.steps[node]
            argument = args[position]
            name = self.names[argument]
            tree = pulled(
                Leaf(ADJOINT, self.names[node]),
                self.rule(node, op, position),
                None if earlier is None else Leaf(ADJOINT, name),
            )
            given = [self.tape.values[a] for a in args]
            partial = self.work.arithmetic.partial_at(op, position, self.tape.values[node], given)
            rows.append(
                Adjoint(
                    name=name,
                    formula=spelled(tree, BRACKETED, RULE),
                    partial=self.number(partial),
                    value=self.number(value),
                    tree=tree,
                    user=self.names[node],
                    earlier=None if earlier is None else self.number(earlier),
                )
            )
            touched.add(argument)

        reverse(self.tape, start, self.work.sources, added)
        for _, node in self.asked.wrt:
            if node in self.names and node not in touched:
                rows.append(Adjoint(self.names[node], "0", None, self.number(0.0), ZERO))
        return tuple(rows)

    def rule(self, node: int, op: Op, position: int) -> Tree:
        """The partial derivative of a node by one argument, in names."""
        args = self.steps[node][2]
        trees = [leaf(self.asked, self.names, a) for a in args]
        values = [self.tape.values[a] for a in args]
        own = Leaf(VALUE, self.names[node])
        return rule(op, position, own, trees, (self.work.arithmetic, self.tape.values[node], values))
