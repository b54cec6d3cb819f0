"""The definitions of `portable.ad`: operations by others, for languages whose libraries lack them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from adcli.graphs import Graph
from adcli.language import parse
from adcli.ops import Op

LARGEST_ORDER = 60
"""Recurrences are written out up to this order."""


class Portable(NamedTuple):
    """A definition of an operation by others; `sizes` are the arguments that must be whole numbers, written out.

    `limit` says where the operation has a value and the definition none.
    """

    sizes: tuple[str, ...]
    text: str
    limit: str

    def fits(self, op: Op, numbers: Sequence[str | None]) -> bool:
        """Whether its sizes are whole numbers, of those that are known."""
        return all(is_whole(numbers[op.arguments.index(name)]) for name in self.sizes)

    def parsed(self, op: Op, numbers: Sequence[str | None]) -> Graph:
        """The definition for its sizes."""
        sizes = [int(numbers[op.arguments.index(name)] or 0) for name in self.sizes]
        return read(self.text, tuple((name, max(size, -1)) for name, size in zip(self.sizes, sizes, strict=True)))


@lru_cache(maxsize=500)
def read(text: str, sizes: tuple[tuple[str, int], ...] = ()) -> Graph:
    """The graph of a definition, for sizes."""
    return parse(text, conditions=True, let=dict(sizes))


@cache
def portable() -> dict[str, Portable]:
    """The definitions of `portable.ad` by operation."""
    text = resources.files(__package__).joinpath("portable.ad").read_text(encoding="utf-8")
    found = {}
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line for line in paragraph.splitlines() if line and not line.startswith("#")]
        if lines:
            sizes = tuple(re.findall(r"#(\w+)", lines[0]))
            limit = "".join(re.findall(r"^#! (.*)", paragraph, re.MULTILINE))
            found[lines[0].partition("(")[0]] = Portable(sizes, "\n".join(lines[1:]), limit)
    return found


def is_whole(label: str | None) -> bool:
    """Whether a number is a whole one, of a size that recurrences can be written out for."""
    return label is not None and label.lstrip("-").isdigit() and abs(int(label)) <= LARGEST_ORDER
