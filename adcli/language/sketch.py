"""A body read with its loop variables left open: what makes it a template.

It is the same reader, so that it sees the same operations in the same order. What it looks up is a slot; where that
says too little to go on as the reader of the program would, there is no template, and the body is read each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from adcli.errors import AdcliError, Span
from adcli.graphs import Builder
from adcli.language.expressions import Expressions, Index
from adcli.language.integers import SMALL, NotConstant, integer, leading, linear
from adcli.language.lexer import FIGURE, TOKEN, check_name
from adcli.language.operations import Operations
from adcli.language.reading import TERMS, UNROLLED, Function, Reading, Return
from adcli.language.sums import ranges_of
from adcli.language.templates import (
    Block,
    Bounds,
    Change,
    Element,
    Loop,
    Number,
    Refusal,
    Static,
    Template,
    Whole,
    arguments,
)
from adcli.ops import BOOLEAN, Op

MAX_SKETCH = 100_000
"""A body that is written out to more operations than this is read each time: so long a text would not pay."""
MAX_NESTED = 50
"""Sums within sums, this deep."""
_SLOT = Op("slot", (), ())


class Variable(int):
    """A loop variable that is left open, by its number."""


class Draft:
    """A body as far as it is read: where its nodes start, and how many of them are none of its operations."""

    def __init__(self, block: Block, start: int) -> None:
        self.block = block
        self.start = start
        self.others = 0
        self.slots: list[int] = []  # the nodes of what changes from term to term
        self.within: list[Block] = []  # the bodies of the sums in it


class Sum:
    """A sum within the body, and its own body while that is being read."""

    def __init__(self, name: str, ranges: list[Bounds], bound: set[str], body: Span, back: Return) -> None:
        self.name, self.ranges, self.bound, self.body, self.back = name, ranges, bound, body, back
        self.outer: Draft | None = None


class _Operations(Operations):
    def __init__(self, sketch: Sketch) -> None:
        super().__init__(sketch.text)
        self.sketch = sketch

    def constant(self, name: str, span: Span) -> int:
        return self.sketch.fixed(Static(number=name, condition=name in BOOLEAN), span, name)


class Sketch(Expressions):
    """Reads a body into a template for the *reader* of its program."""

    def __init__(self, reader: Expressions, names: Iterable[str], known: Mapping[str, int]) -> None:
        super().__init__(reader.text, {}, {})
        self.reader = reader
        self.operations = _Operations(self)
        self.operations.typed = reader.operations.typed
        self.builder = self.operations.builder
        self.brackets = reader.brackets
        self.let, self.functions, self.declared = reader.let, reader.functions, reader.declared
        self.depth = reader.depth
        self.count = self.nested = 0
        self.numbers = {name: self._new_variable() for name in names}
        self.integers = {**reader.integers, **self.numbers}
        self.draft = Draft(Block(reader), 0)
        self.taken: set[int] = set()  # nodes that are no operations of the body that is being read
        self.statics: dict[int, Static] = {}
        self.open: dict[int, Whole] = {}  # the slots that are loop variables
        self.hidden = {name for name, node in known.items() if node < 0}
        conditions = reader.operations.conditions
        self.locals = {
            name: self.fixed(
                Static(node=node, condition=node in conditions), (0, 0), reader.builder.labels.get(node, "")
            )
            for name, node in known.items()
            if node >= 0 and name not in self.numbers
        }

    def _new_variable(self) -> Variable:
        self.count += 1
        return Variable(self.count)

    def template(self, body: Span) -> Template:
        """The template of a body. Raises Refusal, or the fault that this reading finds."""
        values, _, _ = self.read(*body, self.locals)
        self._finish(self.draft, values[0])
        return Template(self.reader, self.draft.block, self.numbers, self.count + 1)

    # Slots

    def _slot(self, span: Span) -> int:
        node = self.builder.apply(_SLOT, (), span)
        self.taken.add(node)
        self.draft.others += 1
        return node

    def fixed(self, static: Static, span: Span, label: str = "") -> int:
        """The slot of what is the same in all terms."""
        node = self._slot(span)
        self.statics[node] = static
        if label:
            self.builder.labels[node] = label
        if static.condition:
            self.operations.conditions.add(node)
        return node

    def _changing(self, change: Change, span: Span) -> int:
        draft = self.draft
        draft.block.changes.append((len(self.builder.ops) - draft.start - draft.others, change))
        node = self._slot(span)
        draft.slots.append(node)
        return node

    # Leaves

    def _leaf(self, match: re.Match[str], known: dict[str, int]) -> int:
        word, span = match[0], match.span()
        if match.lastindex == FIGURE:
            return self._number(word, span)
        value = self.integers.get(word)
        if isinstance(value, Variable):
            node = self._changing(Number(self.reader, value, span), span)
            self.open[node] = Whole(value, 0)
            return node
        if value is not None:
            return self._number(str(value), span)
        node = self.reader.globals.get(word, 0)
        if node < 0 or word in self.hidden:
            raise Refusal
        condition = word in BOOLEAN or node in self.reader.operations.conditions
        label = word if word in BOOLEAN else self.reader.builder.labels.get(node, "") if condition else ""
        return self.fixed(Static(name=word, condition=condition), span, label)

    def _number(self, text: str, span: Span) -> int:
        return self.fixed(Static(number=text), span, text)

    def _element(self, match: re.Match[str], reading: Reading) -> tuple[int, int]:
        name, bracket = match[2], match.end() - 1
        close, _ = self.brackets.extent(bracket, reading.stop)
        given = self.reader.globals.get(name)
        if name in reading.known or name in self.integers or name in self.hidden or (given is not None and given >= 0):
            raise Refusal
        if ":" in self.text[bracket:close]:
            raise Refusal
        span = (match.start(), close + 1)
        parts = self.brackets.split(bracket + 1, close, reading.stop)
        wholes = [self._whole(start, stop, reading.known, self.integers) for start, stop in parts]
        check_name(name, span[0])
        if given is None:
            self.draft.block.names[name] = len(wholes)
        return self._changing(Element(self.reader, name, wholes, span, given is not None), span), close + 1

    # Integers

    def _whole(self, start: int, stop: int, known: Mapping[str, int], integers: Mapping[str, int]) -> Whole:
        word = self.text[start:stop].strip()
        value = integers.get(word)
        if isinstance(value, Variable):
            return Whole(value, 0)
        if value is not None:
            return Whole(0, value)
        if word.isdecimal() and word.isascii() and len(word) < 10:
            return Whole(0, int(word))
        index = _Index(self, dict(known), dict(integers))
        node = index.expression(start, stop)
        return evaluated(index.builder, node, index.sources)

    def whole_of(self, node: int) -> Whole:
        """The value of a parameter that stands in an index."""
        sources: dict[int, Whole] = {}
        for leaf in leading(self.builder, node) & self.taken:
            static = self.statics.get(leaf)
            if leaf in self.open:
                sources[leaf] = self.open[leaf]
            elif static is not None and static.number.lstrip("-").isdecimal() and len(static.number) < 10:
                sources[leaf] = Whole(0, int(static.number))
            elif static is not None and static.node >= 0:
                sources[leaf] = Whole(0, integer(self.reader.builder, static.node))
            else:
                raise Refusal
        return evaluated(self.builder, node, sources)

    # Calls and sums

    def _enter(self, reading: Reading, function: Function, base: int, place: Span) -> bool:
        if len(self.builder.ops) > MAX_SKETCH:
            raise Refusal
        self.draft.block.calls += 1
        self.draft.block.characters += function.stop - function.start
        return super()._enter(reading, function, base, place)

    def _unknown_function(self, match: re.Match[str]) -> Refusal:  # type: ignore[override]  # no words are needed
        return Refusal()

    def _unroll(self, reading: Reading, match: re.Match[str]) -> None:
        if self.nested >= MAX_NESTED or len(self.builder.ops) > MAX_SKETCH:
            raise Refusal
        close, body, written = ranges_of(self, match, reading.stop)
        integers = dict(self.integers)
        ranges = []
        for name, low, high, span in reversed(written):
            first = self._whole(*low, reading.known, integers)
            last = self._whole(*high, reading.known, integers)
            integers[name] = variable = self._new_variable()
            ranges.append(Bounds(variable, first, last, span))
        reading.brackets += 1
        reading.source = TOKEN.finditer(self.text, close + 1, reading.stop)
        back = self._back(reading, (match.start(), close + 1))
        one = Sum(match[2], ranges, {name for name, *_ in written}, body, back)
        reading.frames.append((TERMS, match.start(), len(reading.values), one))
        self.integers = integers

    def _next_term(self, reading: Reading) -> bool:
        """To the body once, and then back."""
        one: Sum = reading.frames[-1][3]
        if one.outer is None:
            one.outer = self.draft
            self.draft = Draft(Block(self.reader), len(self.builder.ops))
            self.nested += 1
            reading.known = {name: node for name, node in reading.known.items() if name not in one.bound}
            self._go(reading, *one.body)
            return True
        reading.frames.pop()
        reading.brackets -= 1
        self.nested -= 1
        draft, self.draft = self.draft, one.outer
        self._finish(draft, reading.values.pop())
        self.draft.others += len(self.builder.ops) - draft.start
        self.draft.within.append(draft.block)
        place = one.back.place
        op, empty = UNROLLED[one.name]
        loop = Loop(self.reader, op, empty, one.ranges, draft.block, one.body[1] - one.body[0], place)
        reading.values.append(self._changing(loop, place))
        self._return(reading, one.back)
        return False

    def _finish(self, draft: Draft, result: int) -> None:
        """Give the nodes of a body that has been read their registers."""
        builder, block = self.builder, draft.block
        conditions = self.operations.conditions
        nodes = range(draft.start, len(builder.ops))
        own = [*draft.slots, *[node for node in nodes if node not in self.taken]]
        self.taken.update(nodes)
        places = {node: place for place, node in enumerate(own)}

        def register(node: int) -> int:
            if node not in places:
                places[node] = len(places)
                block.statics.append(self.statics.get(node) or Static(register=node))
            return places[node]

        for place, node in enumerate(own[len(draft.slots) :]):
            block.ops.append(builder.ops[node])
            block.spans.append(builder.spans[node])
            block.args.append(arguments([register(a) for a in builder.args[node]]))
            if node in conditions:
                block.booleans.append(place)
        if result in conditions:
            raise Refusal
        block.result = register(result)
        for inner in draft.within:
            inner.statics = [
                static._replace(register=register(static.register)) if static.register >= 0 else static
                for static in inner.statics
            ]
        block.finish()


class _Index(Index):
    """Reads an index or bound in which loop variables are left open."""

    def __init__(self, outer: Sketch, known: dict[str, int], integers: dict[str, int]) -> None:
        super().__init__(outer, known, integers)
        self.sketch = outer
        self.sources: dict[int, Whole] = {}

    def _leaf(self, match: re.Match[str], known: dict[str, int]) -> int:
        value = self.integers.get(match[0])
        return self._open(Whole(value, 0)) if isinstance(value, Variable) else super()._leaf(match, known)

    def _variable(self, name: str, span: Span) -> int:
        sketch = self.sketch
        if name in self.outer_known:
            return self._open(sketch.whole_of(self.outer_known[name]))
        node = sketch.reader.globals.get(name, -1)
        if node < 0 or name in sketch.hidden or node in sketch.reader.operations.conditions:
            raise Refusal
        return self.builder.literal(str(integer(sketch.reader.builder, node)), span)

    def _open(self, whole: Whole) -> int:
        node = self.builder.apply(_SLOT, (), (0, 0))
        self.sources[node] = whole
        return node


def evaluated(builder: Builder, node: int, sources: Mapping[int, Whole]) -> Whole:
    """The value of a node by those of others."""
    if all(whole.found is None and abs(whole.added) <= SMALL for whole in sources.values()):
        forms = {n: {**({each.variable: 1} if each.variable else {}), 0: each.added} for n, each in sources.items()}
        form = linear(builder, node, forms)
        if form is not None:
            added = form.pop(0, 0)
            factors = [(v, factor) for v, factor in form.items() if factor]
            if not factors or (len(factors) == 1 and factors[0][1] == 1):
                return Whole(factors[0][0] if factors else 0, added)
            if len(factors) == 1:
                ((variable, by),) = factors
                return Whole(0, 0, lambda at: by * at[variable] + added)
            return Whole(0, 0, lambda at: sum([by * at[v] for v, by in factors], added))
    if not any(whole.variable or whole.found for whole in sources.values()):
        return Whole(0, integer(builder, node, {n: whole.added for n, whole in sources.items()}))
    return Whole(0, 0, lambda at: integer(builder, node, {n: whole.value(at) for n, whole in sources.items()}))


def template(reader: Expressions, body: Span, names: Iterable[str], known: Mapping[str, int]) -> Template | None:
    """The template of a body in which the loop variables *names* change; None where there can be none."""
    try:
        return Sketch(reader, names, known).template(body)
    except (Refusal, AdcliError, NotConstant):
        return None
