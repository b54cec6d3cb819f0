"""A call of a function of arrays: its arguments, what may be wrong with them, and the means to write it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from adcli.errors import Span, SyntaxFault, counted, option
from adcli.language.arrays.shapes import Array, described
from adcli.language.arrays.unroll import Unroll
from adcli.language.integers import NotConstant, exact, integer
from adcli.language.lexer import NAME

if TYPE_CHECKING:
    from fractions import Fraction

INFINITY = Array((0,), ())
"""What `inf` is: no number, but a norm knows it."""
EMPTY = Array((0,), ())
"""A list without elements, which few functions take."""


class Signs(NamedTuple):
    """How a notation writes what messages about arrays name; `declares`: whether sizes can be declared in it."""

    product: str = "{}@{}"
    transposed: str = "{}.T"
    declares: bool = False


OWN, FOREIGN = Signs(declares=True), Signs()


class Call:
    """One call of a function: its arguments, and the means to write it out."""

    def __init__(
        self,
        name: str,
        unroll: Unroll,
        args: Sequence[Array],
        places: Sequence[Span],
        text: str,
        declares: bool = True,
    ) -> None:
        self.name = name
        self.unroll = unroll
        self.args = args
        self.places = places
        self.text = text
        self.declares = declares

    def refuse(self, position: int, wanted: str, hint: str | None = None) -> SyntaxFault:
        """The fault of an argument that has a shape that it cannot have."""
        start, end = self.places[position]
        words, shape = self.text[start:end], self.args[position].shape
        return SyntaxFault(f"{self.name} takes {wanted}, and {words} is {described(shape)}", (start, end), hint=hint)

    def array(self, position: int = 0) -> Array:
        """An argument that is an array."""
        array = self.args[position]
        if not array.shape:
            word = self.text[slice(*self.places[position])]
            raise self.refuse(position, "a vector or matrix", unsized(word, self.declares))
        return array

    def ranked(self, rank: int, position: int = 0) -> Array:
        """An argument that is a vector (of rank 1) or a matrix (of rank 2)."""
        array = self.args[position]
        if len(array.shape) != rank:
            raise self.refuse(position, ("one number", "a vector", "a matrix")[rank])
        return array

    def square(self, position: int = 0) -> Array:
        """An argument that is a square matrix."""
        array = self.ranked(2, position)
        if array.shape[0] != array.shape[1]:
            raise self.refuse(position, "a square matrix")
        return array

    def whole(self, position: int) -> int:
        """An argument that is a whole number known while the program is read."""
        try:
            return integer(self.unroll.builder, self.ranked(0, position).nodes[0])
        except NotConstant as why:
            start, end = self.places[position]
            raise SyntaxFault(
                f"{self.name} needs an integer here: {self.text[start:end]} {why}", (start, end)
            ) from None

    def number(self, position: int) -> int | Fraction | None:
        """The value of an argument that is one number; None where it is not known while the program is read."""
        try:
            return exact(self.unroll.builder, self.ranked(0, position).nodes[0])
        except NotConstant:
            return None

    def size(self, position: int) -> int:
        """An argument that is a size."""
        size = self.whole(position)
        if not 1 <= size <= 1_000_000:
            raise SyntaxFault(f"a size is from 1 to 1,000,000, not {size:,}", self.places[position])
        return size

    def equal(self, first: int = 0, second: int = 1) -> None:
        """Refuse two arguments of different shapes."""
        a, b = (self.args[i].shape for i in (first, second))
        if a != b:
            raise differ(self.text, [self.args[first], self.args[second]], [self.places[first], self.places[second]])


def differ(text: str, arrays: Sequence[Array], places: Sequence[Span], hint: str | None = None) -> SyntaxFault:
    """Arrays of shapes that do not go together."""
    said = [f"{text[slice(*place)]} is {described(array.shape)}" for array, place in zip(arrays, places, strict=True)]
    return SyntaxFault(f"the shapes differ: {' and '.join(said)}", (places[0][0], places[-1][1]), hint=hint)


def ragged(text: str, parts: Sequence[Array], places: Sequence[Span]) -> SyntaxFault:
    """Parts of a list, the first and another, that are not alike; of rows the place is that of the other."""
    if any(len(part.shape) != 1 for part in parts):
        return differ(text, parts, places)
    lengths = [counted(part.shape[0], "element") for part in parts]
    rows = [text[slice(*place)] for place in places]
    hint = f"give every row {lengths[0]}, or the rows names of their own"
    message = f"the rows of a matrix have one length: {rows[0]} has {lengths[0]}, and {rows[1]} has {lengths[1]}"
    return SyntaxFault(message, places[1], hint=hint)


def unsized(words: str, declares: bool = True) -> str | None:
    """What to do about what is no array as far as is known: about the first name in it."""
    found = re.search(rf"{NAME}(?![\w\s]*\()", words)
    if found and not declares:
        return f"give it a list: {option('at', {found[0]: '[1, 2, 3]'})}"
    return found and f"declare it in front, {found[0]} : 3 or {found[0]} : 2, 3, or give it a list"
