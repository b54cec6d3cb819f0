"""A learner's table of a trace, corrected: the first wrong entry, and the slip that probably led to it.

An entry is right when it is the number, or the number rounded or cut off to the digits written down. It is accepted,
too, where it follows from the learner's own rounded entries. Of the wrong ones the first in the order of computation
is explained (values and tangents row by row, then adjoints); those that merely follow from it are told apart from
new mistakes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.modes import COPY, reverse
from adcli.ops import Op
from adcli.problem.problem import Problem
from adcli.problem.values import Value
from adcli.results import Number, Result
from adcli.studies.naming import PRETTY, versions
from adcli.studies.trace.slips import COARSE, Slips, Term, rounds, same
from adcli.studies.trace.tables import Cell, Table, numbered, spellings
from adcli.studies.trace.trace import Traces

RIGHT, ROUNDED, FOLLOWS, WRONG, UNKNOWN, UNREAD = "right", "rounded", "follows", "wrong", "unknown", "unread"
"""What an entry is. `follows`: wrong only because an earlier one is. `unknown`: there is no such node. `unread`: it is
no number."""

MAX_SLIPS = 500
"""Of so many wrong entries, the first ones, it is sought what went wrong."""


@dataclass(frozen=True)
class Correction:
    """One number of the table: its line, the node's name, which quantity (`value`, `tangent`, `adjoint`) and by
    what it is differentiated (or of what), the text given, the number expected, the verdict, and the slip."""

    line: int
    name: str
    quantity: str
    by: str
    given: str
    expected: Number | bool | None
    verdict: str
    slip: str = ""


@dataclass(frozen=True, kw_only=True)
class Grade(Result):
    """The correction of a table. `wrong` are in the order of computation, the first one first."""

    command: ClassVar[str] = "trace"
    renderer: ClassVar[str] = "grading"

    right: bool
    count: int
    wrong: tuple[Correction, ...]
    rounded: tuple[Correction, ...]
    missing: tuple[str, ...]
    unread: tuple[str, ...]


def grade(
    asked: Problem,
    text: str,
    *,
    origin: str = "the table",
    mode: str = "auto",
    tangent: Mapping[str, Value] | None = None,
    cotangent: Sequence[Value] | Mapping[str, Value] | None = None,
) -> Grade:
    """Correct a table in CSV: columns `name`, `value`, and where wanted `tangent` and `adjoint`.

    With several inputs or outputs the columns are called `tangent_x1`, `adjoint_y2`. Raises DataError where
    the table cannot be read.
    """
    return _Grader(Traces(asked, mode, tangent, cotangent), text, origin).grade()


class _Grader:
    """Compares a table with the traces, column by column in the order of computation."""

    def __init__(self, run: Traces, text: str, origin: str) -> None:
        self.run = run
        self.graph = run.asked.graph
        self.slips = Slips(run)
        self.nodes = {name: node for node, name in run.names.items()}
        self.missing: list[str] = []
        self.aliases = self._aliases()
        self.columns = self._columns()
        table = Table(text, origin, list(self.columns), run.asked)
        self.cells, self.unread = table.cells, table.unread
        self.values = {node: run.number(v) for node, v in enumerate(run.tape.values) if v is not None}
        self.given: dict[tuple[str, int], float] = {}  # the learner's numbers, by column and node
        self.accepted: set[tuple[str, int]] = set()
        self.sought = 0

    # What a table may name

    def _aliases(self) -> dict[str, int]:
        """What a node may be called: v-1, its variable, its output."""
        found: dict[str, int] = {}
        if len(self.graph.outputs) == 1 and self.graph.unnamed:
            found["f"] = self.graph.outputs[0]  # as people read it in tables
        for name, node in zip(self.graph.output_names, self.graph.outputs, strict=True):
            found[name] = node
        for node, labels in versions(self.graph).items():
            found.update(dict.fromkeys(labels.split(", "), node))
        for node in self.graph.inputs:
            found[self.graph.labels[node]] = node
        found.update(self.nodes)
        return {name: node for name, node in found.items() if node in self.run.names}

    def _columns(self) -> dict[str, tuple[str, str]]:
        """The columns that can be corrected: (quantity, by what) for each name."""
        found = {"value": ("value", "")}
        for quantity, parts in (("tangent", self._tangents()), ("adjoint", self._adjoints())):
            for by in parts:
                found[f"{quantity}_{by}".lower()] = (quantity, by)
            if len(parts) == 1:
                found[quantity] = (quantity, parts[0])
        return found

    def _tangents(self) -> list[str]:
        if self.run.mode == "reverse":
            return []
        return ["ẋ"] if self.run.direction is not None else [name for name, _ in self.run.asked.wrt]

    def _adjoints(self) -> list[str]:
        if self.run.mode == "forward":
            return []
        return ["ȳ"] if self.run.weights is not None else list(self.graph.output_names)

    def node(self, name: str) -> int | None:
        """The node that a name means: v1, v₁, v_{1}, v̄₁, x1, a′."""
        for spelling in spellings(name):
            if spelling in self.aliases:
                return self.aliases[spelling]
            if spelling[:1] == "V" and numbered(spelling):
                return self.aliases.get("v" + spelling[1:])
        return None

    # Comparing

    def grade(self) -> Grade:
        """The correction."""
        found: list[tuple[float, Correction]] = []
        present = dict.fromkeys(cell.column for cell in self.cells)
        order = sorted(present, key=lambda column: list(self.columns).index(column))
        for column in order:
            found += self._graded(column)
        # Tangents are computed beside the values, row by row, and only then adjoints; a row is read from its left.
        entries = [entry for _, entry in sorted(found, key=lambda placed: placed[0])]
        wrong = tuple(entry for entry in entries if entry.verdict in (WRONG, FOLLOWS, UNKNOWN, UNREAD))
        asked = self.run.asked
        return Grade(
            **asked.shared(self.run.notices),
            right=not wrong,
            count=len(entries),
            wrong=wrong,
            rounded=tuple(entry for entry in entries if entry.verdict == ROUNDED),
            missing=tuple(self.missing),
            unread=tuple(self.unread),
        )

    def _graded(self, column: str) -> list[tuple[float, Correction]]:
        """The entries of one column in the order in which they are computed, each with its row's place in that."""
        quantity, by = self.columns[column]
        truth, terms = self._truth(quantity, by)
        cells: dict[int, list[Cell]] = {}
        strangers: list[tuple[float, Correction]] = []
        unasked: set[int] = set()
        for cell in self.cells:
            if cell.column == column:
                node = self.node(cell.name)
                if node is not None and node not in truth and quantity != "value":
                    # Not asked for, no path leads there from what is differentiated by: 0, or what it is all the same.
                    truth[node] = [0.0] if quantity == "tangent" else [0.0, self._unasked(by)[node] or 0.0]
                    unasked.add(node)
                if node is None or node not in truth:
                    name = self._stranger(cell.name, quantity, by)
                    strangers.append((math.inf, Correction(cell.line, name, quantity, by, cell.text, None, UNKNOWN)))
                else:
                    cells.setdefault(node, []).append(cell)
        for node, listed in cells.items():
            numbers = [cell.number for cell in listed if not math.isnan(cell.number)]
            if numbers:
                self.given[column, node] = numbers[-1]
        nodes = sorted(truth, reverse=quantity == "adjoint")
        if quantity != "adjoint":
            nodes.sort(key=lambda node: int(self.run.names[node][1:]))
        entries: list[tuple[float, Correction]] = []
        for node in nodes:
            if node not in cells:
                self.missing.append(self.shown(node, quantity, by))
                continue
            steps = truth[node]
            for i, cell in enumerate(cells[node]):
                # The lines of an adjoint that grows may all stand there, the last one counts.
                last = i == len(cells[node]) - 1
                allowed = steps[-1:] if last and node not in unasked else steps
                place = math.inf if quantity == "adjoint" else int(self.run.names[node][1:])
                entries.append((place, self._entry(cell, node, quantity, by, allowed, terms(node))))
        return entries + strangers

    def _entry(
        self, cell: Cell, node: int, quantity: str, by: str, allowed: Sequence[float], terms: Sequence[Term]
    ) -> Correction:
        expected = allowed[-1]
        name = self.shown(node, quantity, by)
        value: Number | bool = bool(expected) if isinstance(self.run.tape.values[node], bool) else expected
        verdict, slip = WRONG, ""
        if math.isnan(cell.number):
            verdict = UNREAD
        elif any(same(cell.number, number) for number in allowed):
            verdict = RIGHT
        elif any(rounds(cell, number) for number in allowed):
            verdict = ROUNDED
        else:
            own = self._own(cell.column, node, quantity, terms)
            if own is not None and not same(own, expected) and rounds(cell, own):
                near = abs(cell.number - expected) <= COARSE * abs(expected) and self._clean(node, quantity, terms)
                verdict = ROUNDED if near else FOLLOWS
            elif self.sought < MAX_SLIPS:
                self.sought += 1
                slip = self.slips.explanation(cell, node, quantity, expected, terms)
        if verdict in (RIGHT, ROUNDED):
            self.accepted.add((cell.column, node))
        return Correction(cell.line, name, quantity, by, cell.text, value, verdict, slip)

    def shown(self, node: int, quantity: str, by: str) -> str:
        """What an entry is called: v₁, v̇₁ by x1, v̄₁."""
        return self._called(self.run.names[node], quantity, by)

    def _stranger(self, name: str, quantity: str, by: str) -> str:
        """What the entry of a node that there is not is called: v̄₉ as of one that there is, or the adjoint of w."""
        for spelling in spellings(name):
            if numbered(spelling):
                return self._called(spelling, quantity, by)
        return name if quantity == "value" else f"the {quantity} of {name}"

    def _called(self, name: str, quantity: str, by: str) -> str:
        if quantity == "value":
            return PRETTY.node(name)
        several = len(self._tangents() if quantity == "tangent" else self._adjoints()) > 1
        if quantity == "tangent":
            return PRETTY.dot(name) + (f" by {by}" if several else "")
        return PRETTY.bar(name) + (f" of {by}" if several else "")

    # What is right, and what it is made of

    def _truth(self, quantity: str, by: str) -> tuple[dict[int, list[float]], Callable[[int], list[Term]]]:
        """The numbers expected of each node (of an adjoint, line by line), and its summands."""
        if quantity == "value":
            found = {n: [float(self.run.tape.values[n])] for n in self.run.names if self.run.tape.values[n] is not None}
            return found, lambda node: []
        if quantity == "tangent":
            return self._tangent(by)
        return self._adjoint(by)

    def _tangent(self, by: str) -> tuple[dict[int, list[float]], Callable[[int], list[Term]]]:
        run = self.run
        rows = next(iter(run.tangents().values())) if run.direction is not None else run.tangents()[by]
        found = {self.nodes[row.name]: [float(row.value)] for row in rows}

        def terms(node: int) -> list[Term]:
            if node not in run.steps:
                return []
            _, op, args = run.steps[node]
            return [
                self.slips.term(node, op, position, found[a][0])
                for position, a in enumerate(args)
                if a in found and self.slips.differentiable(node, op, position)
            ]

        return found, terms

    def _adjoint(self, of: str) -> tuple[dict[int, list[float]], Callable[[int], list[Term]]]:
        run = self.run
        rows = next(iter(run.adjoints().values())) if run.weights is not None else run.adjoints()[of]
        found: dict[int, list[float]] = {}
        for row in rows:
            found.setdefault(self.nodes[row.name], []).append(float(row.value))
        users: dict[int, list[tuple[int, Op, int]]] = {}
        seeds = {self.nodes[row.name]: row.value for row in rows if not row.user}

        def added(node: int, position: int, before: Any, after: Any) -> None:
            _, op, args = run.steps[node]
            users.setdefault(args[position], []).append((node, op, position))

        reverse(run.tape, seeds, run.work.sources, added)

        def terms(node: int) -> list[Term]:
            return [self.slips.term(user, op, position, found[user][-1]) for user, op, position in users.get(node, [])]

        return found, terms

    def _unasked(self, of: str) -> list[Any]:
        """The adjoints by all inputs, whatever is asked for."""
        run = self.run
        rows = next(iter(run.adjoints().values())) if run.weights is not None else run.adjoints()[of]
        seeds = {self.nodes[row.name]: row.value for row in rows if not row.user}
        return reverse(run.tape, seeds, self.graph.inputs)

    # What follows from the learner's own numbers

    def _own(self, column: str, node: int, quantity: str, terms: Sequence[Term]) -> float | None:
        """The entry as it follows from the learner's other entries; None where it follows from none."""
        if node not in self.run.steps and quantity != "adjoint":
            return None
        arithmetic = self.run.work.arithmetic
        try:
            if quantity == "value":
                _, op, args = self.run.steps[node]
                given = [self._learner("value", a) for a in args]
                return float(given[0] if op is COPY else arithmetic.value(op)(*given))
            if not terms:
                return None
            total = 0.0
            for term in terms:
                _, op, args = self.run.steps[term.node]
                given = [self._learner("value", a) for a in args]
                partial = arithmetic.partial_at(op, term.position, self._learner("value", term.node), given)
                other = args[term.position] if quantity == "tangent" else term.node
                total += float(partial) * float(self.given.get((column, other), term.factor))
            return total
        except (ArithmeticError, ValueError, TypeError):
            return None

    def _learner(self, column: str, node: int) -> Any:
        found = self.given.get((column, node))
        truth = self.run.tape.values[node]
        return truth if found is None or isinstance(truth, bool) else type(truth)(found)

    def _clean(self, node: int, quantity: str, terms: Sequence[Term]) -> bool:
        """Whether everything that an entry follows from was accepted."""
        needs = {term.node for term in terms}
        needs.update(a for n in {node, *needs} if n in self.run.steps for a in self.run.steps[n][2])
        needs.discard(node)
        return all(
            key in self.accepted
            for key in self.given
            if key[1] in needs and key[0].partition("_")[0] in ("value", quantity)
        )
