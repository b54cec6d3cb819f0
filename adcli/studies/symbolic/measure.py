"""What makes a formula short."""

from __future__ import annotations


def length(text: str) -> int:
    """The measure: how many characters it has, blanks not counted."""
    return sum(not character.isspace() for character in text)
