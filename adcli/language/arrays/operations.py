"""Operators and calls on arrays: elementwise with single numbers, the matrix product, and the table of functions.

An array on the stack of operands is a handle: a negative number that says where the array is kept. -1 is, as ever,
the empty place on the left of a prefix.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat

from adcli.errors import Span, SyntaxFault
from adcli.language import faults
from adcli.language.arrays.calls import INFINITY, OWN, Call, Signs, differ, ragged, unsized
from adcli.language.arrays.functions import FUNCTIONS, Row
from adcli.language.arrays.names import Shape
from adcli.language.arrays.shapes import Array, described
from adcli.language.arrays.unroll import Unroll
from adcli.language.lexer import NAME
from adcli.language.operations import Operations
from adcli.language.reading import ALTERNATIVES, AND, OR
from adcli.ops import DET, LOG, MUL, NEG, NOT, POW, WHERE, Op

MATMUL = Op("matmul", ("x", "y"), (None, None), symbol="@", precedence=MUL.precedence)
"""Exists while text is read; in the graph it is products and sums."""

FIRST = -2
"""The handle of the first array, which is that of INFINITY."""


class ArrayOperations(Operations):
    """Writes nodes for operators and calls whose operands may be arrays."""

    def __init__(self, text: str, origins: Mapping[str, str]) -> None:
        super().__init__(text)
        self.origins = origins
        """Where the shapes of names come from, in words."""
        self.unroll = Unroll(self.builder)
        self._arrays = [INFINITY]
        self.signs: Signs = OWN
        self.doubts: dict[Span, str] = {}
        """What may be meant otherwise, by its place."""

    def handle(self, array: Array, boolean: bool = False) -> int:
        """The operand that stands for an array: a node where it is one number."""
        if not array.shape:
            return array.nodes[0]
        self._arrays.append(array)
        handle = FIRST + 1 - len(self._arrays)
        if boolean:
            self.conditions.add(handle)
            self.conditions.update(array.nodes)
        return handle

    def array(self, operand: int) -> Array:
        """The array that an operand is."""
        return Array((), (operand,)) if operand >= 0 else self._arrays[FIRST - operand]

    # Operators

    def fold(self, operators: list[Op], values: list[int], places: list[Span]) -> int:
        if values[-1] < 0 or values[-2] < -1 or operators[-1] is MATMUL:
            return self.fold_run(operators, values, places)
        return super().fold(operators, values, places)

    def fold_run(self, operators: list[Op], values: list[int], places: list[Span]) -> int:
        op = operators[-1]
        first = len(operators) - 1
        while operators[first - 1].precedence == op.precedence:
            first -= 1
        run = operators[first:]
        operands, spans = values[-len(run) - 1 :], places[-len(run) - 1 :]
        if MATMUL not in run and min(operands) >= -1:
            return super().fold_run(operators, values, places)
        del operators[first:], values[-len(run) :], places[-len(run) :]
        place = (spans[0][0], spans[-1][1])
        if op.precedence == OR.precedence and any(sign is not OR for sign in run):
            value = self._alternatives(run, operands, spans)
        elif op is NEG or op is NOT:
            value = operands[-1]
            for start, _ in reversed(spans[:-1]):
                value = self._joined(op, [value], spans[-1:], (start, place[1]))
        elif op is POW:
            value = operands[-1]
            for base, span in zip(operands[-2::-1], spans[-2::-1], strict=True):
                value = self._joined(op, [base, value], [span, (0, 0)], (span[0], place[1]))
        elif any(each.symbol in ALTERNATIVES for each in run):
            value = self._alternatives(run, operands, spans)
        elif op.boolean and len(run) > 1 and op is not AND and op is not OR:
            raise faults.chained(self.text, spans, run)
        else:
            value, left = operands[0], spans[0]
            for each, right, span in zip(run, operands[1:], spans[1:], strict=True):
                value = self._joined(each, [value, right], [left, span], (place[0], span[1]))
                left = (place[0], span[1])
        values[-1] = value
        places[-1] = place
        return operators[-1].precedence

    def _joined(self, op: Op, values: list[int], places: list[Span], span: Span) -> int:
        if op is MATMUL:
            return self._product(values, places, span)
        if min(values) >= 0:
            return self._scalars(op, values, places, span)
        if op is POW:
            places = [places[0], (places[0][1], span[1])]
        return self.elementwise(op.symbol, op, values, places, span)

    def _junctions(self, op: Op, operands: Sequence[int], places: Sequence[Span]) -> int:
        value = operands[0]
        if min(operands) >= 0:
            return super()._junctions(op, operands, places)
        for right, place in zip(operands[1:], places[1:], strict=True):
            span = (places[0][0], place[1])
            value = self._joined(op, [value, right], [places[0], place], span)
        return value

    def _junction(self, op: Op, left: int, right: int, span: Span) -> int:
        if min(left, right) >= 0:
            return super()._junction(op, left, right, span)
        return self.elementwise(op.symbol, op, [left, right], [span, span], span)

    def _scalars(self, op: Op, values: list[int], places: list[Span], span: Span) -> int:
        """An operator between two numbers, in a run with arrays."""
        self._check_operands(op, values, places)
        if op is AND or op is OR:
            return self._junction(op, values[0], values[1], span)
        node = self.builder.apply(op, tuple(values), span)
        if op.boolean:
            self.conditions.add(node)
        return node

    def _product(self, values: list[int], places: list[Span], span: Span) -> int:
        if self.typed:
            self._check_operands(MUL, values, places)
        left, right = (self.array(value) for value in values)
        sign = self.signs.product.format("", "").strip() or "a matrix product"
        for array, place in zip((left, right), places, strict=True):
            if not array.shape or len(array.shape) > 2:
                words = self.text[slice(*place)]
                hint = None
                if not array.shape:
                    number = None if sign == "*" else "to multiply by a number, write *"
                    hint = "; ".join(filter(None, [unsized(words, self.signs.declares), number]))
                raise self.explained(
                    SyntaxFault(
                        f"{sign} takes vectors and matrices, and {words} is {described(array.shape)}", place, hint=hint
                    )
                )
        if left.shape[-1] != right.shape[0]:
            raise self.explained(
                differ(self.text, [left, right], places, self._fitting(left.shape, right.shape, places))
            )
        self.unroll.span = span
        return self.handle(self.unroll.product(left, right))

    def _fitting(self, left: Shape, right: Shape, places: Sequence[Span]) -> str:
        names = [self.text[slice(*place)] for place in places]
        if len(left) == 2 and left[0] == right[0] and names[0].isidentifier():
            signs = self.signs
            return f"{signs.product.format(signs.transposed.format(names[0]), names[1])} would fit"
        return f"a matrix product needs as many columns on the left ({left[-1]:,}) as rows on the right ({right[0]:,})"

    # Elementwise

    def call(self, name: str, op: Op, args: list[int], places: list[Span], span: Span) -> int:
        if op is MATMUL:
            return self._product(args, places, span)
        if not args or min(args) >= 0:
            return super().call(name, op, args, places, span)
        if op.variadic and len(args) == 1:
            if op is DET:
                return self.function(name, args, places, span)
            array = self._operand(args[0], places[0])
            if self.typed:
                self._check_args(op, args, places)
            return super().call(name, op, list(array.nodes), [places[0]] * len(array.nodes), span)
        if self._along(op, args):
            matrix, axis = (self.text[slice(*place)] for place in places)
            said = f"{name}({matrix}, {axis}) is that of each {'column' if axis == '1' else 'row'}; "
            self.doubts[span] = f"{said}element by element it is {name}({matrix}, {axis}.0)"
            return self.function(f"a{op.name.lower()}", args, places, span)
        if (
            not op.variadic
            and len(args) != len(op.arguments)
            and not (op is AND or op is OR or (op is LOG and len(args) == 2))
        ):
            raise faults.arity_of(name, op, len(args), span)
        return self.elementwise(name, op, args, places, span)

    def _along(self, op: Op, args: list[int]) -> bool:
        """Whether it is the Max or Min of a matrix along an axis, as sum(A, 1) is a sum along one."""
        if not op.variadic or op.matrix or len(args) != 2 or args[1] < 0 or len(self.array(args[0]).shape) != 2:
            return False
        return self.builder.labels.get(args[1]) in ("1", "2")

    def elementwise(self, name: str, op: Op, args: list[int], places: list[Span], span: Span) -> int:
        """The operation on each element of arrays of one shape; what is one number goes with all of them."""
        arrays = [self._operand(value, place) for value, place in zip(args, places, strict=True)]
        shape = self._common(op, arrays, places)
        if (op is AND or op is OR) or (op is LOG and len(args) == 2):
            columns = [array.nodes if array.shape else repeat(array.nodes[0]) for array in arrays]
            nodes = [
                super(ArrayOperations, self).call(name, op, list(row), places, span)
                for row in zip(*columns, strict=False)
            ]
            return self.handle(Array(shape, nodes), nodes[0] in self.conditions)
        if self.typed and (self.conditions or op.conditions or op is NOT):
            self._check_args(op, args, places)
        self.unroll.span = span
        found = self.unroll.each(op, *arrays)
        return self.handle(found, op.boolean or (op is WHERE and args[1] in self.conditions))

    def piecewise(self, args: list[int], places: list[Span], span: Span) -> int:
        if min(args) >= 0:
            return super().piecewise(args, places, span)
        arrays = [self._operand(value, place) for value, place in zip(args, places, strict=True)]
        shape = self._common(WHERE, arrays, places)
        columns = [array.nodes if array.shape else repeat(array.nodes[0]) for array in arrays]
        whole = super().piecewise
        nodes = [whole(list(row), places, span) for row in zip(*columns, strict=False)]
        return self.handle(Array(shape, nodes), nodes[0] in self.conditions)

    def _operand(self, value: int, place: Span) -> Array:
        array = self.array(value)
        if array is INFINITY:
            raise SyntaxFault("inf is no number; only norm(x, inf) knows it", place)
        return array

    def _common(self, op: Op, arrays: list[Array], places: list[Span]) -> Shape:
        """The shape that all have which are not one number. Raises SyntaxFault."""
        found = [(array, place) for array, place in zip(arrays, places, strict=True) if array.shape]
        first = found[0][0]
        for array, place in found[1:]:
            if array.shape != first.shape:
                pair = [found[0][1], place]
                raise self.explained(differ(self.text, [first, array], pair, self._advice(op, first, array, pair)))
        return first.shape

    def _advice(self, op: Op, left: Array, right: Array, places: list[Span]) -> str | None:
        a, b = (self.text[slice(*place)] for place in places)
        if op is not MUL or not self.signs.product or left.shape[-1] != right.shape[0]:
            return None
        return f"the matrix product is {self.signs.product.format(a, b)}"

    def explained(self, fault: SyntaxFault) -> SyntaxFault:
        """The fault with what is known of the shapes of the names in its place."""
        import re

        if fault.span is None:
            return fault
        words = dict.fromkeys(re.findall(NAME, self.text[slice(*fault.span)]))
        fault.notes += tuple([f"{word}: {self.origins[word]}" for word in words if word in self.origins])
        return fault

    # Functions of arrays

    def function(self, name: str, args: list[int], places: list[Span], span: Span, row: Row | None = None) -> int:
        """A call of a function of the table, or of a *row* of another. Raises SyntaxFault."""
        row = row or FUNCTIONS[name]
        if not row.least <= len(args) <= row.most:
            wanted = row.arguments.replace("*", "").replace("?", "").split()
            count = (
                str(row.least)
                if row.least == row.most
                else f"{row.least} to {row.most}"
                if row.most < 9
                else f"{row.least} or more"
            )
            raise faults.arity(name, f"{count} argument{'s' * (count != '1')} ({', '.join(wanted)})", len(args), span)
        if self.typed:
            self._check_operands(MUL, args, places)
        self.unroll.span = span
        try:
            arrays = [self.array(value) for value in args]
            for array, place in zip(arrays[: 1 if name == "norm" else None], places, strict=False):
                if array is INFINITY:
                    raise SyntaxFault("inf is no number; only norm(x, inf) knows it", place)
            return self.handle(row.function(Call(name, self.unroll, arrays, places, self.text, self.signs.declares)))
        except SyntaxFault as fault:
            raise self.explained(fault) from None

    def listed(self, args: list[int], places: list[Span], span: Span) -> int:
        """A list that is written out: of numbers a vector, of arrays of one shape an array of one index more."""
        if not args:
            raise SyntaxFault("a list has at least one element", span)
        arrays = [self._operand(value, place) for value, place in zip(args, places, strict=True)]
        boolean = args[0] in self.conditions
        for value, place in zip(args, places, strict=True):
            if self.typed and (value in self.conditions) != boolean:
                raise faults.mixed(place, boolean)
        for array, place in zip(arrays, places, strict=True):
            if array.shape != arrays[0].shape:
                raise self.explained(ragged(self.text, [arrays[0], array], [places[0], place]))
        nodes = [node for array in arrays for node in array.nodes]
        return self.handle(Array((len(arrays), *arrays[0].shape), nodes), boolean)
