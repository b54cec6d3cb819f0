"""Which piece of the program's text defines each output: what a reader wants to see beside its value.

The text is only cut apart at its statements; it is never parsed here.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_TEXT = 100_000
"""A longer program is not searched: its formulas would not fit into a line anyway."""


def formulas(text: str, outputs: Sequence[str]) -> tuple[str | None, ...]:
    """The right-hand side that gives each output its value; None where it is not found at once."""
    if len(text) > MAX_TEXT:
        return (None,) * len(outputs)
    assigned: dict[str, str] = {}
    bare: list[str] = []
    for statement in _cut(_without_comments(text), ";\n"):
        name, equals, right = statement.partition("=")
        if equals and right[:1] != "=" and name.strip().isidentifier():
            assigned[name.strip()] = right.strip()
        elif not _defines(name, right):
            bare += _cut(statement, ",")
    if len(bare) != len(outputs):
        return tuple(assigned.get(name) for name in outputs)
    return tuple(
        assigned.get(name, formula) if formula == name else formula for name, formula in zip(outputs, bare, strict=True)
    )


def anonymous(text: str, output: str) -> bool:
    """Whether the program is one bare expression, whose name the program does not say."""
    (found,) = formulas(text, [output])
    return found is not None and found == " ".join(text.split())


def _defines(name: str, right: str) -> bool:
    """Whether `name = right` defines a function or a family: f(x) = …, y[i=1..6] = …"""
    return bool(right) and right[0] != "=" and name.rstrip()[-1:] == ")" and name[:1].isalpha()


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
