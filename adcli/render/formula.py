"""Which piece of the program's text defines each output: what a reader wants to see beside its value.

The text is only cut apart at its statements; it is never parsed here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from adcli.results import Labelled

MAX_TEXT = 100_000
"""A longer program is not searched: its formulas would not fit into a line anyway."""

_DEFINITION = re.compile(r"(\w+) ?(\[[^\]]*\]|\([^)]*\))? ?=(?!=) ?(.*)", re.DOTALL)
"""name = …, and with the second group name[i=1..n] = … or name(a, b) = …"""


def formulas(text: str, outputs: Sequence[str]) -> tuple[str | None, ...]:
    """The right-hand side that gives each output its value; None where it is not found at once."""
    if len(text) > MAX_TEXT:
        return (None,) * len(outputs)
    assigned, bare = _statements(text)
    if len(bare) != len(outputs):
        return tuple(map(assigned.get, outputs))
    unnamed = ["y"] if len(outputs) == 1 else [f"y{number}" for number in range(1, len(outputs) + 1)]
    # An unnamed output is called y, even where the program has a y of its own.
    return tuple(
        formula if name == default and formula != name else assigned.get(name, formula)
        for name, default, formula in zip(outputs, unnamed, bare, strict=True)
    )


def _statements(text: str) -> tuple[dict[str, str], list[str]]:
    """The last formula of each assigned name, and the bare expressions."""
    assigned: dict[str, str] = {}
    bare: list[str] = []
    for statement in _cut(_without_comments(text), ";\n"):
        definition = _DEFINITION.fullmatch(statement)
        if definition is None:
            bare += _cut(statement, ",")
        elif definition[2] is None:
            assigned[definition[1]] = definition[3]
    return assigned, bare


def called(text: str, output: str, inputs: Collection[str]) -> str:
    """What people should read for an output: y without a name is f where an input is called y, since ∂y/∂y is 1."""
    if output not in inputs or len(text) > MAX_TEXT:
        return output
    assigned, bare = _statements(text)
    if output in assigned or len(bare) != 1 or bare[0] == output:
        return output
    return next(name for name in ("f", "g", "h", output + "_") if name not in inputs)


def relabelled(result: Labelled, *, short: bool = False) -> Any:
    """The result with its only output called as people should read it; *short*: f, if the program is one expression."""
    if len(result.outcome) != 1:
        return result
    output = result.outcome[0][0]
    name = called(result.text, output, result.at)
    if short and "f" not in result.at and formulas(result.text, [output]) == (" ".join(result.text.split()),):
        name = "f"
    if name == output:
        return result
    return replace(result, **{"output": name} if hasattr(result, "output") else {"outputs": (name,)})


def _without_comments(text: str) -> str:
    if "#" not in text:
        return text
    return "\n".join(line.partition("#")[0] for line in text.split("\n"))


def _cut(text: str, separators: str) -> list[str]:
    """The non-empty parts between separators outside brackets, with single spaces."""
    parts = []
    depth = start = 0
    for position, char in enumerate(text + separators[-1]):
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char in separators and (depth <= 0 or position == len(text)):
            part = " ".join(text[start:position].split())
            if part:
                parts.append(part)
            start = position + 1
    return parts
