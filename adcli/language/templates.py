"""Bodies that repeat, written again without being read again: the terms of a sum, the members of a family.

A template is what a body was found to be (`adcli.language.sketch`) with its loop variables left open: what it looks
up, in order, and the operations in between. To write a term is to look up and to copy. Whatever would make this term
another one than the template says (an array, a condition, an error) undoes it, and its text is read as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, TypeAlias

from adcli.errors import AdcliError, Span
from adcli.graphs import MAX_NODES, Builder
from adcli.language.integers import NotConstant
from adcli.language.operations import Operations
from adcli.language.reading import Budget
from adcli.language.sums import EMPTY
from adcli.ops import Op

FEW = 3
"""So many terms are read before it pays to make a template."""
LARGE = 10**9
"""Loop variables beyond this are left to the reader: nothing that is computed from smaller ones is too large."""

Places: TypeAlias = "list[int]"
"""The values of the loop variables by their numbers; that of number 0 is 0."""
Registers: TypeAlias = "list[int]"
"""The nodes of a body: what it looks up, what it writes, what it has from outside."""


class Refusal(Exception):
    """This text is not, or not this time, what a template can say."""


class Writer(Protocol):
    """What reads the program."""

    operations: Operations
    builder: Builder
    globals: dict[str, int]
    sizes: Mapping[str, tuple[int, ...]]
    elements: dict[str, int]
    budget: Budget

    def _number(self, text: str, span: Span) -> int:
        """The node of a number."""

    def _variable(self, name: str, span: Span) -> int:
        """The node of a name that means nothing yet."""


class Whole(NamedTuple):
    """An index or a bound: a loop variable and what is added, or what *found* computes."""

    variable: int
    added: int
    found: Callable[[Places], int] | None = None

    def value(self, at: Places) -> int:
        """Its value. Raises Refusal where it has none."""
        if self.found is None:
            return at[self.variable] + self.added
        try:
            return self.found(at)
        except NotConstant:
            raise Refusal from None


# What changes from term to term. Each has a name in this term, by `spell`, and `known` has the node of the name; where
# there is none, `make` writes one.


class Element:
    """An element whose indices have loop variables in them. Where it is *whole*, the program assigned an array."""

    def __init__(self, writer: Writer, name: str, wholes: Sequence[Whole], span: Span, whole: bool) -> None:
        self.writer, self.name, self.count, self.span = writer, name, len(wholes), span
        self.known = writer.globals
        shape = writer.sizes.get(name)
        self.never = whole or (shape is not None and len(shape) != len(wholes))
        last = shape if shape and not self.never else (LARGE,) * len(wholes)
        written = f"{name}[{','.join(['%d'] * len(wholes))}]"
        self.spell: Callable[[Places], str] = lambda at: written % tuple([each.value(at) for each in wholes])
        self.fits: Callable[[Places], bool] = lambda at: all(
            1 <= each.value(at) <= most for each, most in zip(wholes, last, strict=True)
        )
        if all(each.found is None for each in wholes):  # as nearly always
            if len(wholes) == 1:
                ((v, a, _),), (most,) = wholes, last
                self.spell = lambda at: written % (at[v] + a)
                self.fits = lambda at: 1 <= at[v] + a <= most
            elif len(wholes) == 2:
                ((v, a, _), (w, b, _)), (most, other) = wholes, last
                self.spell = lambda at: written % (at[v] + a, at[w] + b)
                self.fits = lambda at: 1 <= at[v] + a <= most and 1 <= at[w] + b <= other

    def make(self, at: Places, registers: Registers, label: str) -> int:
        """The element as an input. Raises Refusal where the program cannot have it."""
        writer, name, count = self.writer, self.name, self.count
        if self.never or name in self.known or writer.elements.setdefault(name, count) != count or not self.fits(at):
            raise Refusal
        node = self.known[label] = writer._variable(label, self.span)
        return node


class Number:
    """A loop variable as a number."""

    def __init__(self, writer: Writer, variable: int, span: Span) -> None:
        self.writer, self.span = writer, span
        self.known = writer.builder.literals
        self.spell: Callable[[Places], str] = lambda at: str(at[variable])

    def make(self, at: Places, registers: Registers, label: str) -> int:
        """A literal."""
        return self.writer._number(label, self.span)


class Bounds(NamedTuple):
    """A range of a sum: its variable, from where to where, and where that is written."""

    variable: int
    low: Whole
    high: Whole
    span: Span


class Loop:
    """A sum within a body: its ranges, the outermost first, and the template of its own body."""

    def __init__(
        self, writer: Writer, op: Op, empty: str, ranges: Sequence[Bounds], body: Block, length: int, place: Span
    ) -> None:
        self.writer, self.op, self.empty, self.ranges, self.body = writer, op, empty, ranges, body
        self.length, self.place = length, place
        self.known: dict[str, int] = {}

    def spell(self, at: Places) -> str:
        """No name: its terms are always to be written."""
        return ""

    def make(self, at: Places, registers: Registers, label: str) -> int:
        """All its terms, and then their sum."""
        nodes: list[int] = []
        self._terms(0, at, registers, nodes)
        if not nodes:
            return self.writer._number(self.empty, self.place)
        return self.writer.builder.chain(self.op, nodes, self.place)

    def _terms(self, depth: int, at: Places, registers: Registers, nodes: list[int]) -> None:
        variable, low, high, span = self.ranges[depth]
        first, last = low.value(at), high.value(at)
        if not -LARGE < first <= last + 1 < LARGE:
            if first > last:
                self.writer.budget.count(EMPTY, 0, span)
                return
            raise Refusal
        count = last - first + 1
        budget, body = self.writer.budget, self.body
        budget.check(count, span)
        if not count:
            budget.count(EMPTY, 0, span)
        elif depth + 1 < len(self.ranges):
            for at[variable] in range(first, last + 1):
                self._terms(depth + 1, at, registers, nodes)
        else:
            budget.count(count * (1 + body.calls), count * (self.length + body.characters), span)
            outside = body.entered(registers)
            term = body.term
            for at[variable] in range(first, last + 1):
                nodes.append(term(at, outside))


Change: TypeAlias = "Element | Number | Loop"


class Static(NamedTuple):
    """What is the same in all terms: by name, as a number's text, as a node, or by its place in the outer body."""

    name: str = ""
    number: str = ""
    node: int = -1
    register: int = -1
    condition: bool = False


class Block:
    """A body: what it looks up in each term, after so many operations; its operations; and what it has from outside.

    Registers are in this order, too. `booleans` are the operations that are conditions, `names` the arrays whose
    elements it has, and how many indices they have, `calls` and `characters` what its calls of functions count for.
    """

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.changes: list[tuple[int, Change]] = []
        self.ops: list[Op] = []
        self.spans: list[Span] = []
        self.args: list[Callable[[Registers], tuple[int, ...]]] = []
        self.booleans: list[int] = []
        self.statics: list[Static] = []
        self.names: dict[str, int] = {}
        self.calls = self.characters = 0
        self.result = 0
        builder = writer.builder
        self._columns = builder.ops.append, builder.args.append, builder.spans.append
        self._steps: list[tuple[int, int, Callable[[Places], str], Callable[[str], int | None], Any]] = []

    def finish(self) -> None:
        """To be called when all is known."""
        self._open = [0] * (len(self.changes) + len(self.ops))
        self._steps = [
            (k, before, each.spell, each.known.get, each.make) for k, (before, each) in enumerate(self.changes)
        ]
        first = len(self.changes)
        rows = enumerate(zip(self.ops, self.args, self.spans, strict=True))
        self._operations = [(first + place, *row) for place, row in rows]
        self._many = len(self.ops)

    def entered(self, registers: Registers) -> Registers:
        """What it has from outside. Raises Refusal where something is not there, or not of its kind."""
        writer = self.writer
        conditions = writer.operations.conditions
        found: list[int] = []
        for name, number, node, register, condition in self.statics:
            if register >= 0:
                found.append(registers[register])
                continue
            if name:
                node = writer.globals.get(name, -1)
            elif number:
                node = writer.builder.literals.get(number, -1)
            if node < 0 or (node in conditions) != condition:
                raise Refusal
            found.append(node)
        for name, count in self.names.items():
            writer.elements.setdefault(name, count)
        return found

    def term(self, at: Places, outside: Registers) -> int:
        """The node of one more term."""
        registers = self._open + outside
        conditions = self.writer.operations.conditions
        done = 0
        for k, before, spell, known, make in self._steps:
            label = spell(at)
            node = known(label)
            if node is None:
                if before > done:
                    self._write(registers, done, before)
                    done = before
                node = make(at, registers, label)
            elif conditions and node in conditions:
                raise Refusal
            registers[k] = node
        if done < self._many:
            self._write(registers, done, self._many)
        return registers[self.result]

    def _write(self, registers: Registers, start: int, stop: int) -> None:
        add_op, add_args, add_span = self._columns
        node = len(self.writer.builder.ops)
        if node + stop - start >= MAX_NODES:
            raise Refusal
        for register, op, args, span in self._operations[start:stop] if stop - start < self._many else self._operations:
            registers[register] = node
            node += 1
            add_op(op)
            add_args(args(registers))
            add_span(span)
        if self.booleans:
            node -= stop
            self.writer.operations.conditions.update([node + k for k in self.booleans if start <= k < stop])


def arguments(registers: Sequence[int]) -> Callable[[Registers], tuple[int, ...]]:
    """What picks the arguments of an operation from the registers."""
    if len(registers) > 1:
        return itemgetter(*registers)
    if not registers:
        return lambda _: ()
    only = registers[0]
    return lambda found: (found[only],)


class Template:
    """A body whose loop variables, by their names, have *numbers*."""

    def __init__(self, writer: Writer, body: Block, numbers: Mapping[str, int], width: int) -> None:
        self.writer, self.body, self.numbers = writer, body, numbers
        self.at = [0] * width
        self.outside: Registers | None = None

    def term(self, bound: Mapping[str, int]) -> int | None:
        """The node of the term for these values of the loop variables; None, and nothing done, where it is refused."""
        writer, body = self.writer, self.body
        for name, number in self.numbers.items():
            self.at[number] = bound[name]
            if not -LARGE < bound[name] < LARGE:
                return None
        budget, builder = writer.budget, writer.builder
        written = builder.mark()
        names = len(writer.globals), len(writer.elements)
        spent = budget.unrolled, budget.expanded
        try:
            if self.outside is None:
                self.outside = body.entered([])
            if body.calls:
                budget.count(body.calls, body.characters, (0, 0))
            return body.term(self.at, self.outside)
        except (Refusal, AdcliError):
            writer.operations.conditions.difference_update(range(written[0], len(builder.ops)))
            builder.undo(written)
            for known, count in zip((writer.globals, writer.elements), names, strict=True):
                while len(known) > count:
                    known.popitem()
            budget.unrolled, budget.expanded = spent
            return None


class Templates:
    """A body as it is repeated: its first terms are read, the others written by a template, where there can be one.

    *varying* are the bodies of which it is known that there can be none.
    """

    def __init__(self, body: Span, varying: set[Span], template: Callable[[], Template | None]) -> None:
        self.body = body
        self.varying = varying
        self._make = template
        self._template: Template | None = None
        self._read = self._refused = 0

    def term(self, bound: Mapping[str, int]) -> int | None:
        """The node of the next term; None where its text is to be read."""
        if self._read < FEW or self.body in self.varying:
            self._read += 1
            return None
        if self._template is None:
            self._template = self._make()
        node = None if self._template is None else self._template.term(bound)
        if node is None:
            self._refused += 1
            if self._template is None or self._refused == FEW:
                self.varying.add(self.body)
        return node
