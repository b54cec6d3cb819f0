"""What a notation's parser returns: a tree whose leaves and operations keep their places in the text."""

from __future__ import annotations

from collections.abc import Sequence

from adcli.errors import Span

NUMBER, NAME, CALL, ELEMENT, LIST, OPERATION, MISSING = range(7)
"""A number (its text in adcli's language), a name, a call and an element as written, a list, an operation of adcli's,
and an argument left out."""


class Tree:
    """A part of a formula.

    `closed` says that it stands in brackets, which `place` includes and `span` does not; `index` is a subscript that
    may be an index; `sign` is the sign of an operation as it is written, "f" or "f." where a call stands for it, "norm"
    between double bars.
    """

    __slots__ = ("closed", "index", "kind", "parts", "place", "sign", "span", "text")

    def __init__(self, kind: int, text: str, parts: Sequence[Tree] = (), span: Span = (0, 0)) -> None:
        self.kind = kind
        self.text = text
        self.parts = tuple(parts)
        self.span = self.place = span
        self.closed = False
        self.sign = ""
        self.index: tuple[str, tuple[str, ...]] | None = None

    def __repr__(self) -> str:
        inside = f"({', '.join(map(repr, self.parts))})" if self.parts or self.kind == CALL else ""
        return f"{self.text}{inside}"


def number(text: str, span: Span) -> Tree:
    """A literal."""
    return Tree(NUMBER, text, (), span)


def operation(name: str, *parts: Tree, span: Span | None = None) -> Tree:
    """An operation of the table, or one of and, or, sum, product, assign; by default it stands where its parts do."""
    if span is None:
        span = (min(p.place[0] for p in parts), max(p.place[1] for p in parts))
    return Tree(OPERATION, name, parts, span)
