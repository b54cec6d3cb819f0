"""Sizes: what lists and declarations say of the shapes of names, and of the names of their sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from adcli.errors import Span, SyntaxFault, option
from adcli.language.arrays.names import Shape
from adcli.language.arrays.shapes import described
from adcli.language.lexer import NAME

DECLARATION = rf"({NAME}(?:[^\S\r\n]*,[^\S\r\n]*{NAME})*)[^\S\r\n]*:[^\S\r\n]*(?:(input\b)|([^;\r\n#]+))"
"""x : 3; A, B : m, n; E : input."""
MAX_SIZE = 100_000_000

Integer = Callable[[int, int, "dict[str, int]"], int]
"""The value of the expression of integers in [start, stop), where names have these values."""


class Declared(NamedTuple):
    """One name of a declaration: its place, and the places of its sizes."""

    name: str
    span: Span
    sizes: list[Span]


class Sizes:
    """The shapes of inputs, the sizes that have names, and in words where both come from.

    A size in a declaration is a number, a name with a value, or a name that gets its value: from a list, or from what
    another declaration says of the same name.
    """

    def __init__(self, text: str, let: Mapping[str, int], shapes: Mapping[str, Shape], integer: Integer) -> None:
        self.text = text
        self.integers = dict(let)
        self.shapes = {name: shape for name, shape in shapes.items() if shape and 0 not in shape}
        self.origins = {name: f"its value is {described(shape)}" for name, shape in self.shapes.items()}
        self._integer = integer
        self._told: dict[str, Span] = {}  # where the size of a name is told
        self.declared = waiting = declared(text)
        while waiting:
            left = [each for each in waiting if not self._settle(each)]
            if len(left) == len(waiting):
                self._give_up(left[0])
            waiting = left

    def _settle(self, one: Declared) -> bool:
        """Find the shape of what is declared, where the names of its sizes have values; says whether it could."""
        known = self.shapes.get(one.name)
        if known is not None and len(known) != len(one.sizes):
            raise self._contradiction(one, one.span)
        shape = []
        for i, (start, end) in enumerate(one.sizes):
            word = self.text[start:end]
            if re.fullmatch(NAME, word):
                size = self.integers.get(word)
                if size is None and known is None:
                    return False
                if size is None and known is not None:
                    size = self.integers[word] = known[i]
                    self._told[word] = one.span
            elif any(name not in self.integers for name in re.findall(NAME, word)):
                return False
            else:
                size = self._integer(start, end, self.integers)
            assert size is not None
            if not 1 <= size <= MAX_SIZE:
                raise SyntaxFault(f"a size is from 1 to {MAX_SIZE:,}, not {size:,}", (start, end))
            if known is not None and known[i] != size:
                raise self._contradiction(one, (start, end), word, size)
            shape.append(size)
        self.shapes[one.name] = tuple(shape)
        written = " ".join(self.text[one.span[0] : one.sizes[-1][1]].split())
        said = f"declared {written}" + ("" if written.replace(" ", "").endswith(",".join(map(str, shape))) else
                                        f", which is {described(self.shapes[one.name])}")  # fmt: skip
        self.origins.setdefault(one.name, said)
        return True

    def _contradiction(self, one: Declared, span: Span, word: str = "", size: int = 0) -> SyntaxFault:
        """Two things are said of one size."""
        notes = [f"{one.name}: {self.origins[one.name]}"]
        if word in self._told:
            start, end = self._told[word]
            notes.append(f"{word} = {size:,} by the declaration of {self.text[start:end]}")
        elif word in self.integers:
            notes.append(f"{word} = {size:,} is given")
        said = described(self.shapes[one.name])
        wanted = f"{size:,}" if word else f"{len(one.sizes)} sizes"
        return SyntaxFault(f"{one.name} is {said}, and {wanted} is declared here", span, notes=tuple(notes))

    def _give_up(self, one: Declared) -> None:
        for start, end in one.sizes:
            for name in re.findall(NAME, self.text[start:end]):
                if name not in self.integers:
                    hint = f"{option('let', {name: 3})} gives it one, or a list for {one.name}"
                    raise SyntaxFault(f"the size {name} has no value", (start, end), hint=hint)
        raise AssertionError("a declaration without sizes")


def declared(text: str) -> list[Declared]:
    """The names whose sizes the text declares."""
    found = []
    for match in re.finditer(rf"(?:^|[;\r\n])\s*(?={NAME}){DECLARATION}", text):
        inside = text.count("(", 0, match.start()) - text.count(")", 0, match.start())
        if match[2] or inside > 0:  # within brackets a colon is that of c ? a : b
            continue
        sizes = [part.span() for part in re.compile(r"[^\s,](?:[^,]*[^\s,])?").finditer(text, *match.span(3))]
        found += [Declared(name[0], name.span(), sizes) for name in re.compile(NAME).finditer(text, *match.span(1))]
    return found
