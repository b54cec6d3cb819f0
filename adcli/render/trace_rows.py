"""The rows of traces: formulas and numbers in the notation asked for, whatever is then made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from adcli.language.notation import LITERAL, NUMBERS, RULE, STATEMENT, Leaf, Notation, Tree
from adcli.render import View
from adcli.render.formula import called
from adcli.render.numbers import rounded
from adcli.render.screen import one_line
from adcli.results import Number
from adcli.studies.naming import ADJOINT, ASCII, PRETTY, SEED, SEED_BAR, TANGENT, Form, spelled
from adcli.studies.trace.trace import Adjoint, Tangent, Trace

PRIMAL, ALONG, BACK = "primal", "tangent", "adjoint"
"""What a section shows."""


class Row:
    """One line of a trace: a name, what it is, the same with numbers, and the result.

    `node` says beside which row of the primal trace it belongs; `end` marks the names of the program's own.
    """

    __slots__ = ("end", "formula", "label", "name", "node", "numbers", "value")

    def __init__(
        self, node: str, name: str, formula: str, numbers: str, value: str, label: str = "", *, end: bool = False
    ) -> None:
        self.node = node
        self.name = name
        self.formula = "" if formula == value else formula
        self.numbers = "" if numbers in (value, formula) else numbers
        self.value = value
        self.label = label
        self.end = end


class Section:
    """One trace. `rows` are in the order in which they are computed."""

    __slots__ = ("kind", "rows", "title")

    def __init__(self, kind: str, title: str, rows: list[Row]) -> None:
        self.kind = kind
        self.title = title
        self.rows = rows

    def heading(self, view: View, *, beside: bool = False) -> str:
        """The title, with an arrow in the direction in which its rows are computed.

        Adjoints run up *beside* the values; alone they run down, and what is unusual about that is said.
        """
        if self.kind == BACK and not beside:
            return self.title + ", last node first"
        return self.title + ("" if not view.unicode else " ↑" if self.kind == BACK else " ↓")


class RowWriter:
    """Writes rows in one of the notations. In `node`, the row of an output has the output's name after a colon."""

    form: Form = PRETTY
    rules: Notation = RULE
    statements: Notation = STATEMENT
    filled: Notation = NUMBERS

    def __init__(self, result: Trace, view: View) -> None:
        self.result = result = _called(result)
        self.view = view
        self.values = {row.name: row.value for row in result.primal}
        if not view.unicode:
            self.form, self.rules, self.filled = ASCII, Notation("*"), Notation("*")
            self.statements = Notation(" * ", " / ")

    def number(self, value: Number | bool) -> str:
        """A number as it is shown."""
        if isinstance(value, bool):
            return "true" if value else "false"
        text = rounded(value, self.view.digits, self.result.precision)
        return text.replace("Infinity", "∞") if self.view.unicode else text

    def text(self, written: str) -> str:
        """Words of the program."""
        return one_line(written) if self.view.unicode else one_line(written).replace("′", "'")

    def name(self, written: str) -> str:
        """A name of the program."""
        return self.text(written)

    def partial(self, output: str, name: str) -> str:
        """∂y/∂x1."""
        return f"∂{self.text(output)}/∂{self.text(name)}"

    def sections(self) -> list[Section]:
        """All traces, the primal one first."""
        return [section for section in (self.primal(), *self.tangents(), *self.adjoints()) if section.rows]

    def _numbers(self, tree: Tree, notation: Notation, number: Callable[[Leaf], Number | bool | None]) -> str:
        """A formula with numbers in the place of names."""

        def text(leaf: Leaf) -> str:
            if leaf.kind == LITERAL:
                return self.form.literal(leaf.name)
            found = number(leaf)
            return self.form.leaf(leaf) if found is None else self.number(found)

        return notation.write(tree, text)

    def _ends(self) -> list[tuple[str, str]]:
        """The outputs whose rows are shown, and their nodes."""
        return [(of, node) for of, node in self.result.ends.items() if not node or self.result.visible(node)]

    def primal(self) -> Section:
        """The values."""
        rows = []
        for row in self.result.primal:
            if not self.result.visible(row.name):
                continue
            formula = spelled(row.tree, self.form, self.statements)
            numbers = self._numbers(row.tree, self.statements, lambda leaf: self.values.get(leaf.name))
            if row.op == "input":
                numbers = ""
            if row.note:
                formula, numbers = f"{formula}{self.because(row.note)}", ""
            label = self.name(row.label) if row.label else ""
            rows.append(Row(row.name, self.form.node(row.name), formula, numbers, self.number(row.value), label))
        values = dict(zip(self.result.ends, self.result.values, strict=True))
        for of, node in self._ends():
            formula = self.form.node(node) if node else ""
            rows.append(Row(f":{of}", self.name(of), formula, "", self.number(values[of]), end=True))
        return Section(PRIMAL, "forward primal trace", rows)

    def because(self, note: str) -> str:
        """Why a branch was taken."""
        return f", as {self.text(note)}"

    def tangents(self) -> list[Section]:
        """The tangents, by each input or along a direction."""
        return [self._tangent(by, rows) for by, rows in (self.result.tangent or {}).items()]

    def _tangent(self, by: str, given: Sequence[Tangent]) -> Section:
        combined = by not in self.result.starts
        tangents = {row.name: row.value for row in given}

        def number(leaf: Leaf) -> Number | bool | None:
            if leaf.kind == SEED:
                return self.result.seeds.get(leaf.name, 0.0) if combined else 1.0 if leaf.name == by else 0.0
            return tangents.get(leaf.name) if leaf.kind == TANGENT else self.values.get(leaf.name)

        rows = []
        for row in given:
            if self.result.visible(row.name):
                formula = spelled(row.tree, self.form, self.rules)
                numbers = self._numbers(row.tree, self.filled, number)
                rows.append(Row(row.name, self.form.dot(row.name), formula, numbers, self.number(row.value)))
        for of, node in self._ends():
            name = self.form.seed(self.name(of)) if combined else self.partial(of, by)
            formula = self.form.dot(node) if node else ""
            rows.append(Row(f":{of}", name, formula, "", self.number(tangents.get(node, 0.0)), end=True))
        along = f"along {by}" if combined else f"by {by}"
        return Section(ALONG, f"forward tangent trace {self.text(along)}", rows)

    def adjoints(self) -> list[Section]:
        """The adjoints, of each output or of their combination."""
        return [self._adjoint(of, rows) for of, rows in (self.result.adjoint or {}).items()]

    def _adjoint(self, of: str, given: Sequence[Adjoint]) -> Section:
        combined = self.result.combined
        current: dict[str, Number] = {}

        def number(leaf: Leaf) -> Number | bool | None:
            if leaf.kind == SEED_BAR:
                return self.result.weights[leaf.name] if combined else 1.0
            return current.get(leaf.name) if leaf.kind == ADJOINT else self.values.get(leaf.name)

        rows = []
        for row in given:
            if self.result.visible(row.name):
                formula = spelled(row.tree, self.form, self.rules)
                numbers = self._numbers(row.tree, self.filled, number)
                place = row.user or (row.name if row.formula == "0" else self._end(row.name))
                if row.user and not self.result.visible(row.user):
                    place = row.name
                rows.append(Row(place, self.form.bar(row.name), formula, numbers, self.number(row.value)))
            current[row.name] = row.value
        for by, node in self.result.starts.items():
            if node and self.result.visible(node):
                name = self.form.output_seed(self.name(by)) if combined else self.partial(of, by)
                rows.append(Row(node, name, self.form.bar(node), "", self.number(current.get(node, 0.0)), end=True))
        title = "reverse adjoint trace" + (f" of {of}" if len(self.result.outputs) > 1 else "")
        return Section(BACK, self.text(title), rows)

    def _end(self, node: str) -> str:
        """The row of the last output that a node is."""
        return next((f":{of}" for of, end in reversed(self.result.ends.items()) if end == node), node)


def hidden(result: Trace) -> list[str]:
    """How much is not shown."""
    if result.rows is None:
        return []
    low, high = result.rows
    names = [row.name for row in result.primal]
    before = sum(int(name[1:]) < low for name in names)
    after = sum(int(name[1:]) > high for name in names)
    parts = [f"{count} {where}" for count, where in ((before, f"before v{low}"), (after, f"after v{high}")) if count]
    if not parts:
        return []
    are = "is" if before + after == 1 else "are"
    return [f"{before + after} of {len(names)} rows {are} not shown: {' and '.join(parts)}"]


def _called(result: Trace) -> Trace:
    """The result with its output called as people should read it."""
    if len(result.ends) != 1:
        return result
    (output,) = result.ends
    name = called(result, output, [row.formula for row in result.primal if row.op == "input"])
    if name == output:
        return result
    adjoint = result.adjoint
    if adjoint is not None:
        seed = Leaf(SEED_BAR, output)
        (rows,) = adjoint.values()
        adjoint = {name: tuple([replace(row, tree=Leaf(SEED_BAR, name)) if row.tree == seed else row for row in rows])}
    weights = {name: result.weights[output]} if result.weights else {}
    return replace(result, outputs=(name,), ends={name: result.ends[output]}, adjoint=adjoint, weights=weights)
