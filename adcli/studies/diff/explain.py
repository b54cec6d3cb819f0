"""Reasons for a derivative: which rule is applied to what, nested as one would do it on paper.

What the language writes with signs has the rules of the textbook, stated below; every other operation has the one that
its row of the table states. Each line is checked against the forward mode.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adcli.arithmetic.ball import Undecided
from adcli.arithmetic.balls import balls
from adcli.arithmetic.symbolic import Sym, Symbolic
from adcli.derivatives.handwriting import handwritten
from adcli.derivatives.programs import fronted
from adcli.errors import LimitError, UndecidedError
from adcli.graphs import Builder, Graph
from adcli.language import formula, parse
from adcli.modes import Fault, evaluate, forward
from adcli.ops import ADD, DIV, INPUT, MUL, NEG, POW, SUB, WHERE, Op
from adcli.studies.equal.points import WORKING, Point, Region, agreement

CHECKED = 5
"""At so many points each line is checked."""
MAX_STEPS = 1_000
MAX_TEXT = 2_000
"""A line's formula is cut beyond so many characters."""

RULES: dict[tuple[Op, tuple[bool, ...]], tuple[str, str, str]] = {
    (ADD, (True, True)): ("sum", "u + v", "du + dv"),
    (ADD, (True, False)): ("sum", "u + c", "du"),
    (ADD, (False, True)): ("sum", "c + u", "du"),
    (SUB, (True, True)): ("difference", "u - v", "du - dv"),
    (SUB, (True, False)): ("difference", "u - c", "du"),
    (SUB, (False, True)): ("difference", "c - u", "-du"),
    (MUL, (True, True)): ("product", "u*v", "du*v + u*dv"),
    (MUL, (True, False)): ("constant factor", "u*c", "du*c"),
    (MUL, (False, True)): ("constant factor", "c*u", "c*du"),
    (DIV, (True, True)): ("quotient", "u/v", "(du*v - u*dv)/v^2"),
    (DIV, (True, False)): ("constant factor", "u/c", "du/c"),
    (DIV, (False, True)): ("reciprocal", "c/u", "-c*du/u^2"),
    (NEG, (True,)): ("constant factor", "-u", "-du"),
    (POW, (True, False)): ("power", "u^n", "n*u^(n - 1)*du"),
    (POW, (False, True)): ("exponential", "a^u", "a^u*log(a)*du"),
    (POW, (True, True)): ("variable power", "u^v", "u^v*(dv*log(u) + v*du/u)"),
}
"""Which operation, and which of its operands vary: the rule's name, what is differentiated, the derivative."""
_LINEAR = frozenset({ADD, SUB, MUL, DIV, NEG, WHERE})


@dataclass(frozen=True, kw_only=True)
class Step:
    """A line: what is differentiated and what comes of it, by which rule, with what for the rule's letters.

    `again` says that its own steps were shown before.
    """

    subject: str
    result: str
    rule: str
    statement: str
    letters: tuple[tuple[str, str], ...]
    by: str
    steps: tuple[Step, ...] = ()
    again: bool = False

    def all(self) -> Iterator[Step]:
        """The step and those below it."""
        yield self
        for step in self.steps:
            yield from step.all()


def explain(graph: Graph, output: int, name: str) -> Step:
    """The steps to the derivative of an output node by an input. Raises LimitError, UndecidedError."""
    return _Explanation(graph, output, name).step


def constant(graph: Graph, name: str) -> Step:
    """The step of an output that an input does not occur in."""
    subject = formula(graph, graph.outputs[0], MAX_TEXT) or "…"
    return Step(
        subject=subject, result="0", rule="constant rule", statement="c' = 0", letters=(("c", subject),), by=name
    )


class _Explanation:
    """One derivative being worked out."""

    def __init__(self, graph: Graph, output: int, name: str) -> None:
        self.graph = graph
        self.by = name
        (self.source,) = (node for node in graph.inputs if graph.labels[node] == name)
        self.symbolic = _Folding(Builder.continuing(graph))
        self.names = {node: given for given, node in graph.assignments if graph.args[node]}
        self.varying = _varying(graph, self.source)
        self.derivatives: dict[int, Sym] = {}
        self.lines: list[tuple[int, int]] = []
        """Nodes, and the nodes of their derivatives."""
        self.primes: dict[int, int] = {}
        """Leaves that stand for the derivatives of named nodes, and those nodes."""
        self.shown: dict[int, Step] = {}
        self.step = self._step(output)
        self._check()

    # The rules

    def _step(self, root: int) -> Step:
        """The steps of a node, without recursion: programs may be deep."""
        stack = [root]
        while stack:
            node = stack[-1]
            missing = [a for a in self._active(node) if a not in self.shown]
            if missing:
                stack += reversed(missing)
                if len(stack) + len(self.shown) > MAX_STEPS:
                    raise LimitError(f"the explanation would have more than {MAX_STEPS:,} steps")
                continue
            stack.pop()
            if node not in self.shown:
                self.shown[node] = self._line(node)
        return self._nested(root, set())

    def _active(self, node: int) -> list[int]:
        """The operands that take steps of their own."""
        args = self.graph.args[node][1:] if self.graph.ops[node] is WHERE else self.graph.args[node]
        return [a for a in dict.fromkeys(args) if self.varying[a] and self.graph.args[a]]

    def _nested(self, node: int, seen: set[int]) -> Step:
        from dataclasses import replace

        step = self.shown[node]
        below = []
        for a in self._active(node):
            if a in seen:
                below.append(replace(self.shown[a], again=True))
            else:
                seen.add(a)
                below.append(self._nested(a, seen))
        return replace(step, steps=tuple(below))

    def _line(self, node: int) -> Step:
        graph = self.graph
        op, args = graph.ops[node], graph.args[node]
        if not self.varying[node]:
            self._found(node, self.symbolic.literal("0"))
            return Step(
                subject=self._text(node, own=True),
                result="0",
                rule="constant rule",
                statement="c' = 0",
                letters=(),
                by=self.by,
            )
        if op is INPUT:
            self._found(node, self.symbolic.literal("1"))
            return Step(
                subject=self.by, result="1", rule="variable", statement=f"{self.by}' = 1", letters=(), by=self.by
            )
        varying = tuple(bool(self.varying[a]) for a in args)
        textbook = RULES.get((op, varying))
        if textbook is not None:
            rule, left, right = textbook
            letters = _letters(left)
            statement = f"({left})' = {_primed(right)}"
            given = {letter: Sym(self.symbolic, a) for letter, a in zip(letters, args, strict=True)}
            given.update({f"d{letter}": self._slope(a) for letter, a in zip(letters, args, strict=True)})
            found = _evaluated(right, self.symbolic, given)
        elif op is WHERE:
            letters = ("condition", "u", "v")
            rule, statement = "case by case", "where(condition, u, v)' = where(condition, u', v')"
            found = self.symbolic.apply(WHERE, Sym(self.symbolic, args[0]), *(self._slope(a) for a in args[1:]))
        else:
            letters = (
                tuple("uvwstpqr"[: len(args)]) if len(args) <= 8 else tuple(f"u{i}" for i in range(1, len(args) + 1))
            )
            rule, statement, found = self._own(op, node, letters, varying)
        rule += " rule" if op is not WHERE else ""
        if op not in _LINEAR and any(self.varying[a] and graph.args[a] for a in args):
            rule += ", chain rule"
        self._found(node, found)
        named, statement = self._apart(letters, statement)
        shown = [(letter, self._text(a)) for letter, a in zip(named, args, strict=True)]
        return Step(
            subject=self._text(node, own=True),
            result=self._derived(found.node),
            rule=rule,
            statement=statement,
            letters=tuple(shown),
            by=self.by,
        )

    def _apart(self, letters: Sequence[str], statement: str) -> tuple[Sequence[str], str]:
        """A rule with other letters for those that are names of the formula."""
        taken = {*self.graph.input_names, *(name for name, _ in self.graph.assignments)}
        if taken.isdisjoint(letters):
            return letters, statement
        functions = [letter for letter in letters if letter not in "acn"]
        free = iter([letter for letter in "fghpqrst" if letter not in taken and letter not in letters])
        other = {letter: next(free, f"{letter}_") for letter in functions if not taken.isdisjoint(functions)}
        free = iter([letter for letter in "ckmnab" if letter not in taken and letter not in letters])
        other |= {letter: next(free, f"{letter}_") for letter in letters if letter in taken and letter in "acn"}
        changed = re.sub(r"\b[a-z]\d*\b", lambda word: other.get(word[0], word[0]), statement)
        return [other.get(letter, letter) for letter in letters], changed

    def _own(self, op: Op, node: int, letters: Sequence[str], varying: Sequence[bool]) -> tuple[str, str, Sym]:
        """The rule of a row of the table: Σ ∂f/∂uᵢ·uᵢ′ over the operands that vary."""
        args = self.graph.args[node]
        value, given = Sym(self.symbolic, node), [Sym(self.symbolic, a) for a in args]
        letter_builder = _Folding(Builder())
        named = [letter_builder.input(letter) for letter in letters]
        whole = letter_builder.apply(op, *named)
        total: Sym | None = None
        stated: Sym | None = None
        for i, varies in enumerate(varying):
            if not varies:
                continue
            term = _times(self.symbolic, self._partial(self.symbolic, op, i, value, given), self._slope(args[i]))
            total = term if total is None else total + term
            slope = letter_builder.input(f"{letters[i]}'")
            said = _times(letter_builder, self._partial(letter_builder, op, i, whole, named), slope)
            stated = said if stated is None else stated + said
        assert total is not None
        assert stated is not None
        left = formula(letter_builder.builder.finish([whole.node], ["y"]), whole.node) or op.name
        signed = fronted(letter_builder.builder.finish([stated.node], ["y"]))
        right = formula(signed, signed.outputs[0]) or "…"
        return op.rule or op.name, f"{left}' = {right}", total

    @staticmethod
    def _partial(symbolic: Symbolic, op: Op, position: int, value: Sym, args: Sequence[Sym]) -> Sym:
        found: Sym = symbolic.partial_at(op, position, value, args)
        return found

    def _slope(self, node: int) -> Sym:
        """The derivative of an operand: of one with a name, that name with a prime."""
        if not self.varying[node]:
            return self.symbolic.literal("0")
        if node == self.source:
            return self.symbolic.literal("1")
        if node in self.names:
            leaf = self.symbolic.input(f"{self.names[node]}'")
            self.primes[leaf.node] = node
            return leaf
        return self.derivatives[node]

    def _found(self, node: int, derivative: Sym) -> None:
        self.derivatives[node] = derivative
        self.lines.append((node, derivative.node))

    # The texts

    def _masked(self, but: int = -1) -> Graph:
        """The program so far, with named nodes as leaves."""
        builder = self.symbolic.builder
        ops, args, labels = list(builder.ops), list(builder.args), dict(builder.labels)
        for node, name in self.names.items():
            if node != but:
                ops[node], args[node], labels[node] = INPUT, (), name
        return Graph(
            text="",
            ops=ops,
            args=args,
            spans=list(builder.spans),
            labels=labels,
            inputs=(),
            outputs=(),
            output_names=(),
        )

    def _text(self, node: int, *, own: bool = False) -> str:
        """A node's formula; with its name in front where it has one and it is its *own* line."""
        text = formula(self._masked(node if own else -1), node, MAX_TEXT) or "…"
        return f"{self.names[node]} = {text}" if own and node in self.names else text

    def _derived(self, node: int) -> str:
        graph = self._masked().with_outputs([node], ["y"])
        leaves = tuple(n for n, op in enumerate(graph.ops) if op is INPUT)
        written = fronted(handwritten(graph.changed(inputs=leaves), 0, cancels=True))
        return formula(written, written.outputs[0], MAX_TEXT) or "…"

    # The check

    def _check(self) -> None:
        """Compare each line with the forward mode. Raises UndecidedError where one cannot be confirmed."""
        builder = self.symbolic.builder
        derived = [derivative for _, derivative in self.lines]
        graph = builder.finish(derived, [f"d{i}" for i in range(len(derived))])
        region = Region([n for n in graph.input_names if not n.endswith("'")])
        confirmed = 0
        for point in region.anywhere("steps"):
            same = self._agree(graph, point)
            generic = all(value.denominator > 1 for value in point.values())
            if same is False and (
                generic or not point
            ):  # elsewhere may be a kink, which the modes have conventions for
                raise UndecidedError("a step of the explanation disagrees with the forward mode")
            confirmed += same is True
            if confirmed >= CHECKED:
                return
        if not confirmed:
            raise UndecidedError("no point was found where the formula has a derivative, so no step can be checked")

    def _agree(self, graph: Graph, point: Point) -> bool | None:
        for digits in WORKING:
            arithmetic = balls(digits)
            try:
                given = {n: arithmetic.ball(point[self.graph.labels[n]]) for n in self.graph.inputs}
                lines = [node for node, _ in self.lines if self.graph.args[node]]
                opened = self.graph.changed(outputs=tuple(lines), output_names=tuple(map(str, lines)), formulas=())
                tangents = forward(evaluate(opened, arithmetic, given), {self.source: arithmetic.literal("1")})
                for leaf, node in self.primes.items():
                    given[leaf] = arithmetic.ball(tangents[node] if tangents[node] is not None else 0)
                values = evaluate(graph, arithmetic, given).values
            except Fault as fault:
                if isinstance(fault.cause, Undecided):
                    continue
                return None
            found = [
                agreement(
                    arithmetic.ball(0 if tangents[node] is None else tangents[node]),
                    arithmetic.ball(values[derivative]),
                )
                for node, derivative in self.lines
                if self.graph.args[node]
            ]
            if None not in found:
                return all(found)
        return None


class _Folding(Symbolic):
    """Writes the rules as they stand in the table, for where an operation has its ordinary derivative."""

    onward = False

    def partial_rule(self, op: Op, position: int) -> str:
        return op.partials[0 if op.variadic else position] or super().partial_rule(op, position)

    def ties(self, value: Sym, args: Sequence[Sym]) -> Sym:
        return self.literal("1")


def _times(symbolic: Symbolic, partial: Sym, slope: Sym) -> Sym:
    """A partial derivative times what is inside: a quotient where it is a reciprocal."""
    builder = symbolic.builder
    if builder.ops[partial.node] is DIV:
        above, below = builder.args[partial.node]
        if builder.labels.get(above) in ("1", "-1"):
            found = symbolic.apply(DIV, slope, Sym(symbolic, below))
            return found if builder.labels[above] == "1" else symbolic.apply(NEG, found)
    return symbolic.apply(MUL, partial, slope)


def _varying(graph: Graph, source: int) -> bytearray:
    found = bytearray(len(graph))
    found[source] = 1
    for node, args in enumerate(graph.args):
        operands = args[1:] if graph.ops[node] is WHERE else args
        if any(found[a] for a in operands):
            found[node] = 1
    return found


def _letters(left: str) -> tuple[str, ...]:
    """The letters of a rule's left side, in the order of the operands."""
    return tuple(c for c in left if c.isalpha())


def _primed(right: str) -> str:
    """u' for du."""
    return re.sub(r"\bd([uv])\b", r"\1'", right)


def _evaluated(text: str, symbolic: Symbolic, given: Mapping[str, Sym]) -> Sym:
    """A rule's text with symbols for its letters."""
    graph = parse(text)
    values: Any = evaluate(graph, symbolic, {node: given[graph.labels[node]] for node in graph.inputs}).values
    found: Sym = values[graph.outputs[0]]
    return found
