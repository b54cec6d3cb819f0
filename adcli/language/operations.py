"""From operands to nodes: what the operators and calls of a text write, and conditions told from numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from math import isqrt

from adcli.errors import LimitError, Span, SyntaxFault
from adcli.graphs import MAX_NODES, Builder
from adcli.language import faults
from adcli.language.reading import AND, FACTORIAL, OR, alternatives
from adcli.ops import BOOLEAN, DIV, FUNCTIONS, LOG, NEG, NOT, POW, UNDEFINED, WHERE, Op

_JUNCTION = AND.precedence
_LOGIC = NOT.precedence


class Operations:
    """Writes nodes into a Builder, and knows which of them are conditions."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.builder = Builder(text)
        self.conditions: set[int] = set()  # the nodes that are conditions
        self.typed = True
        """Whether conditions and numbers must not be confused."""

    def fold(self, operators: list[Op], values: list[int], places: list[Span]) -> int:
        """Turn the last run of operators of equal precedence, and its operands, into nodes.

        One operand is left in their place. Returns the precedence of the operator that is then the last.
        Raises SyntaxFault where conditions and numbers are confused, LimitError beyond MAX_NODES.
        """
        op = operators.pop()
        below = operators[-1].precedence
        precedence = op.precedence
        if below == precedence or precedence <= _JUNCTION:
            operators.append(op)
            return self.fold_run(operators, values, places)
        if self.conditions or precedence <= _LOGIC:
            self._check_operands(op, values[-2:], places[-2:])
        # Straight into the columns, as everywhere below: this is where the time goes.
        builder = self.builder
        node = len(builder.ops)
        if node >= MAX_NODES:
            raise _too_many(places[-1])
        right, place = values.pop(), places.pop()
        left = values[-1]
        values[-1] = node
        place = places[-1] = (places[-1][0], place[1])
        builder.ops.append(op)
        builder.args.append((left, right) if left >= 0 else (right,))
        builder.spans.append(place)
        if op.boolean:
            self.conditions.add(node)
        return below

    def fold_run(self, operators: list[Op], values: list[int], places: list[Span]) -> int:
        """The same for a run of several operators, or of those that are no nodes themselves."""
        op = operators[-1]
        first = len(operators) - 1
        while operators[first - 1].precedence == op.precedence:
            first -= 1
        run = operators[first:]
        del operators[first:]
        count = len(run)
        builder = self.builder
        if len(builder.ops) + count >= MAX_NODES:
            raise _too_many(places[-1])
        if op is NEG or op is NOT:  # each has its own empty place on the left
            if self.conditions or op is NOT:
                self._check_operands(op, values[-1:], places[-1:])
            node, end = values[-1], places[-1][1]
            for start, _ in reversed(places[-count - 1 : -1]):
                node = builder.apply(op, (node,), (start, end))
                if op is NOT:
                    self.conditions.add(node)
            del values[-count:], places[-count:]
            values[-1] = node
            places[-1] = (places[-1][0], end)
            return operators[-1].precedence
        mixed = op.precedence == OR.precedence and any(sign is not OR for sign in run)
        if (self.conditions or op.precedence <= _LOGIC) and not mixed:
            self._check_operands(op, values[-count - 1 :], places[-count - 1 :])
        operands, spans = values[-count:], places[-count:]
        del values[-count:], places[-count:]
        left, start = values[-1], places[-1][0]
        end = spans[-1][1]
        if mixed:
            left = self._alternatives(run, [left, *operands], [places[-1], *spans])
        elif op is AND or op is OR:
            left = self._junctions(op, [left, *operands], [places[-1], *spans])
        elif op is POW:  # from right to left
            right = operands.pop()
            starts = [start, *[s for s, _ in spans[:-1]]]
            for base, begin in zip(reversed([left, *operands]), reversed(starts), strict=True):
                right = builder.apply(POW, (base, right), (begin, end))
            left = right
        elif op.boolean:
            raise faults.chained(self.text, [places[-1], *spans], run)
        else:  # a sum or product, from left to right
            node = len(builder.ops)
            last = node + count - 1
            builder.ops += run
            builder.args += zip(chain((left,), range(node, last)), operands, strict=True)
            builder.spans += [(start, stop) for _, stop in spans]
            left = last
        values[-1] = left
        places[-1] = (start, end)
        return operators[-1].precedence

    def _junctions(self, op: Op, operands: Sequence[int], places: Sequence[Span]) -> int:
        left = operands[0]
        for right, span in zip(operands[1:], places[1:], strict=True):
            left = self._junction(op, left, right, (places[0][0], span[1]))
        return left

    def _alternatives(self, run: Sequence[Op], operands: Sequence[int], places: Sequence[Span]) -> int:
        """The run a if c else b, or c ? a : b, between whose signs `or` may stand."""
        signs = [i for i, op in enumerate(run) if op is not OR]
        parts: list[tuple[int, Span]] = []
        for first, last in zip([0, *[i + 1 for i in signs]], [*signs, len(run)], strict=True):
            nodes, spans = operands[first : last + 1], places[first : last + 1]
            if last > first:
                self._check_operands(OR, nodes, spans)
            parts.append((self._junctions(OR, nodes, spans), (spans[0][0], spans[-1][1])))

        def where(*three: tuple[int, Span]) -> tuple[int, Span]:
            around = [place for _, place in three]
            span = (min(a for a, _ in around), max(b for _, b in around))
            return self.call(WHERE.name, WHERE, [node for node, _ in three], around, span), span

        def unpaired(i: int) -> SyntaxFault:
            return faults.unpaired(self.text, run[signs[i]].symbol, parts[i][1], parts[i + 1][1])

        return alternatives([run[i].symbol for i in signs], parts, where, unpaired)[0]

    def factorial(self, node: int, span: Span) -> int:
        """n! of a node."""
        return self.call(FACTORIAL, FUNCTIONS[FACTORIAL], [node], [span], span)

    def _check_operands(self, op: Op, values: Sequence[int], places: Sequence[Span]) -> None:
        """Refuse conditions among the operands of an operator for numbers, and the reverse."""
        if not self.typed:
            return
        wanted = op.takes_boolean(0) is True
        for node, place in zip(values, places, strict=True):
            if node != -1 and (node in self.conditions) != wanted:
                raise faults.mixed(place, wanted)

    def _junction(self, op: Op, left: int, right: int, span: Span) -> int:
        """`left and right` is where(left, right, False), `left or right` is where(left, True, right)."""
        args = (left, right, self.constant("False", span)) if op is AND else (left, self.constant("True", span), right)
        node = self.builder.apply(WHERE, args, span)
        self.conditions.add(node)
        return node

    def call(self, name: str, op: Op, args: list[int], places: list[Span], span: Span) -> int:
        """The node of a call; *name* is how it was written. Raises SyntaxFault."""
        count = len(args)
        builder = self.builder
        if count == len(op.arguments) and not (op.variadic or op.conditions or self.conditions):
            node = builder.apply(op, tuple(args), span)  # as nearly always
            if op.boolean:
                self.conditions.add(node)
            return node
        if op is AND or op is OR:
            self._check_args(op, args, places)
            node = args[0]
            for other in args[1:]:
                node = self._junction(op, node, other, span)
            return node
        if op is LOG and count == 2:
            self._check_args(op, args, places)
            parts = [builder.apply(LOG, (a,), span) for a in args]
            return builder.apply(DIV, (parts[0], parts[1]), span)
        op = op.of(count)
        if op.folds and count > len(op.arguments):
            return self._folded(name, op, args, places, span)
        if not op.variadic and count != len(op.arguments):
            raise faults.arity_of(name, op, count, span)
        if self.conditions or op.conditions:
            self._check_args(op, args, places)
        if op.matrix and (count < 4 or isqrt(count) ** 2 != count):
            raise SyntaxFault(f"{name} takes a square matrix, or its elements row by row", span)
        if op.variadic and count == 1:
            return args[0]
        node = builder.apply(op, tuple(args), span)
        if op.boolean or (op is WHERE and args[1] in self.conditions):
            self.conditions.add(node)
        return node

    def _folded(self, name: str, op: Op, args: list[int], places: list[Span], span: Span) -> int:
        """hypot(a, b, c) is hypot(hypot(a, b), c)."""
        node = args[0]
        for other, place in zip(args[1:], places[1:], strict=True):
            node = self.call(name, op, [node, other], [places[0], place], span)
        return node

    def _check_args(self, op: Op, args: list[int], places: list[Span]) -> None:
        if not self.typed:
            return
        logic = op is AND or op is OR
        for i, (node, place) in enumerate(zip(args, places, strict=True)):
            wanted = True if logic else op.takes_boolean(i)
            if wanted is None:  # a branch: like the other one
                wanted = args[1] in self.conditions
            if (node in self.conditions) != wanted:
                raise faults.mixed(place, wanted)

    def piecewise(self, args: list[int], places: list[Span], span: Span) -> int:
        """Nested `where`, from the last pair to the first; where no condition holds, there is no value."""
        builder = self.builder
        boolean = args[0] in self.conditions
        for node, place in zip(args[::2], places[::2], strict=True):
            if self.typed and (node in self.conditions) != boolean:
                raise faults.mixed(place, boolean)
        node = -1
        for value, condition in zip(args[-2::-2], args[::-2], strict=True):
            if builder.labels.get(condition) == "True":
                node = value
                continue
            if node < 0:
                node = builder.apply(UNDEFINED, (), span)
            node = builder.apply(WHERE, (condition, value, node), span)
            if boolean:
                self.conditions.add(node)
        return node

    def constant(self, name: str, span: Span) -> int:
        """The node of pi, E, True or False."""
        node = self.builder.literal(name, span)
        if name in BOOLEAN:
            self.conditions.add(node)
        return node


def _too_many(span: Span) -> LimitError:
    return LimitError(f"the program has more than {MAX_NODES:,} operations", span)
