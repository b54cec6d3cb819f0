"""What names mean in a text: inputs, arrays and their elements, constants, whole numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any

from adcli.errors import NameFault, Span, SyntaxFault, option
from adcli.language.arrays.names import Shape, labels
from adcli.language.arrays.operations import ArrayOperations
from adcli.language.arrays.shapes import Array, described
from adcli.language.lexer import NAME as NAME_PATTERN
from adcli.language.notations.forms import NUMBERS
from adcli.language.notations.notation import Notation, Slices
from adcli.language.notations.ranges import is_range, needs_size, places
from adcli.language.notations.trees import MISSING, NAME, NUMBER, OPERATION, Tree
from adcli.language.sympy.from_sympy import RESERVED
from adcli.ops import UNDEFINED

Scope = Mapping[str, int | tuple[int]]
"""What a name means inside a function or a sum: a node, or (an integer,)."""


class Names:
    """Writes the nodes of names."""

    def __init__(
        self, notation: Notation, text: str, let: Mapping[str, int], sizes: Mapping[str, Shape] | None = None
    ) -> None:
        self.notation = notation
        self.text = text
        self.operations = ArrayOperations(text, {})
        self.operations.signs = notation.signs
        self.sizes = sizes or {}
        self.builder = self.operations.builder
        self.globals: dict[str, int | tuple[int]] = {name: (value,) for name, value in let.items()}
        self.families: set[str] = set()  # names that have elements

    def node(self, tree: Tree, scope: Scope) -> int:
        """The node of an expression."""
        raise NotImplementedError

    def _free(self, tree: Tree, left: bool = False) -> str:
        letter = left and tree.text == "E" and self.notation.name == "latex"  # where Euler's number is e
        if tree.text in self.notation.constants or (tree.text in RESERVED and not letter):
            hint = "it is Euler's number there: call it E_0, say" if tree.text == "E" else "choose another name"
            raise NameFault(f"{tree.text} cannot be a variable's name in adcli", tree.span, hint=hint)
        if not re.fullmatch(NAME_PATTERN, tree.text):
            raise SyntaxFault(f"{tree.text} cannot be read here", tree.span)
        if tree.text in self.families:
            raise NameFault(f"{tree.text} is indexed here: say which element is meant", tree.span)
        return tree.text

    def _name(self, tree: Tree, scope: Scope) -> int:
        name = tree.text
        meaning = scope.get(name, self.globals.get(name))
        if meaning is not None:
            return self.builder.literal(str(meaning[0]), tree.span) if isinstance(meaning, tuple) else meaning
        if tree.index is not None and self._is_index(tree.index[1], scope):
            base, indices = tree.index
            return self._element(base, [_leaf(part, tree.span) for part in indices], tree.span, scope)
        if name in self.notation.constants:
            constant = self.notation.constants[name]
            if constant == UNDEFINED.name:
                return self.builder.apply(UNDEFINED, (), tree.span)
            if constant in NUMBERS:
                return self.node(NUMBERS[constant](tree.span), {})
            return self.operations.constant(constant, tree.span)
        if name in self.notation.functions and name in self.notation.instead:
            raise SyntaxFault(f"{name} needs brackets around its arguments", tree.span)
        refused = self.notation.instead.get(name)
        if refused is not None:
            raise SyntaxFault(refused, tree.span)
        shape = self.sizes.get(name)
        if shape:
            nodes = [self.builder.input(label, tree.span) for label in labels(self._free(tree), shape)]
            return self.operations.handle(Array(shape, nodes))
        node = self.builder.input(self._free(tree), tree.span)
        self.globals[name] = node
        return node

    @staticmethod
    def _is_index(parts: Sequence[str], scope: Scope) -> bool:
        """Whether a subscript has the index of a sum in it, and else numbers only."""
        bound = [isinstance(scope.get(part), tuple) for part in parts]
        return any(bound) and all(b or part.isdecimal() for b, part in zip(bound, parts, strict=True))

    def _part(self, base: str, indices: Sequence[Tree], shape: Shape, slices: Slices, span: Span, scope: Scope) -> int:
        """An element, or a part, of an array whose shape is known."""
        meaning = scope.get(base, self.globals.get(base))
        flat = slices.flat and len(indices) == 1 and is_range(indices[0]) and len(shape) == 2
        if flat and all(part.kind == MISSING for part in indices[0].parts):
            whole = self.operations.array(self._name(Tree(NAME, base, (), span), scope)).transposed()
            return self.operations.handle(Array((len(whole.nodes),), whole.nodes))
        if len(indices) != len(shape) and not (slices.rows and len(indices) < len(shape)):
            wanted = f"{len(shape)} {'index' if len(shape) == 1 else 'indices'}"
            raise SyntaxFault(f"{base} has {wanted}, got {len(indices)}", span)
        picked: list[int | range] = []
        for tree, size in zip(indices, shape, strict=False):
            inside = {**scope, slices.last: (size,), slices.first: (1,)}
            whole_at = partial(self._whole, scope=inside)
            picked.append(places(tree, base, size, slices, self.notation.offset, whole_at))
        picked += [range(size) for size in shape[len(indices) :]]
        if isinstance(meaning, int):
            part = self.operations.array(meaning).taken(picked)
        else:
            part = Array(shape, range(prod(shape))).taken(picked)
            named = labels(base, shape)
            part = Array(part.shape, [self.builder.input(named[place], span) for place in part.nodes])
        if slices.lying and len(shape) == 2 and isinstance(picked[0], int) and part.shape:
            part = Array((1, *part.shape), part.nodes)
        return self.operations.handle(part)

    def _element(self, base: str, indices: Any, span: Span, scope: Scope) -> int:
        slices, shape = self.notation.slices, self._shape(base, scope)
        if slices is not None and shape:
            return self._part(base, indices, shape, slices, span, scope)
        if slices is not None and any(needs_size(part, slices) for part in indices):
            hint = f"as in {option('at', {base: [1, 2, 3]})}"
            raise SyntaxFault(f"what this means depends on the size of {base}: give its values", span, hint=hint)
        found = [self._whole(part, scope) + self.notation.offset for part in indices]
        if shape:
            places = self._places(base, shape, found, span)
            meaning = scope.get(base, self.globals.get(base))
            if isinstance(meaning, int):
                return self.operations.handle(self.operations.array(meaning).taken([place - 1 for place in places]))
            return self.builder.input(f"{base}[{','.join(map(str, places))}]", span)
        if not found or min(found) < 1:
            raise SyntaxFault(f"elements are counted from {1 - self.notation.offset}", span)
        if base in self.globals:
            raise NameFault(f"{base} is one number here and has no elements", span)
        self.families.add(base)
        return self.builder.input(f"{base}[{','.join(map(str, found))}]", span)

    def _shape(self, name: str, scope: Scope) -> Shape:
        """The shape of the array of this name; () where none is known."""
        meaning = scope.get(name, self.globals.get(name))
        if isinstance(meaning, int) and meaning < 0:
            return self.operations.array(meaning).shape
        return self.sizes.get(name, ()) if meaning is None else ()

    def _places(self, name: str, shape: Shape, indices: Sequence[int], span: Span) -> list[int]:
        """The places that these indices are, from 1; negative ones go back from the end where 0 is the first."""
        first = 1 - self.notation.offset
        if len(indices) != len(shape):
            wanted = f"{len(shape)} {'index' if len(shape) == 1 else 'indices'}"
            raise SyntaxFault(f"{name} has {wanted}, got {len(indices)}", span)
        found = []
        for index, size in zip(indices, shape, strict=True):
            place = index + size if index < 1 and first == 0 else index
            if not 1 <= place <= size:
                said = f"elements are counted from {first}" if index < 1 and first else ""
                raise SyntaxFault(said or f"there is no such element: {name} is {described(shape)}", span)
            found.append(place)
        return found

    def _is_whole(self, tree: Tree, scope: Scope) -> bool:
        try:
            self._whole(tree, scope)
        except (SyntaxFault, NameFault):
            return False
        return True

    def _whole(self, tree: Tree, scope: Scope) -> int:
        """The integer that an index or bound is."""
        if tree.kind == NUMBER and tree.text.lstrip("-").isdecimal() and len(tree.text) < 18:
            return int(tree.text)
        meaning = scope.get(tree.text, self.globals.get(tree.text)) if tree.kind == NAME else None
        if isinstance(meaning, tuple):
            return meaning[0]
        if tree.kind == OPERATION and tree.text in _INTEGERS and len(tree.parts) <= 2:
            return _INTEGERS[tree.text](*(self._whole(part, scope) for part in tree.parts))
        gives = f"{option('let', {tree.text: 3})} gives it one" if tree.kind == NAME else "write the number itself"
        raise SyntaxFault("an index or bound is a whole number", tree.span, hint=gives)


def _leaf(text: str, span: Span) -> Tree:
    return Tree(NUMBER if text.isdecimal() else NAME, text, (), span)


_INTEGERS: dict[str, Callable[..., int]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "neg": lambda a: -a,
}
