"""What makes a formula short."""

from __future__ import annotations

import re

_UNCOUNTED = re.compile(r"[\s()]+")


def length(text: str) -> int:
    """The measure: how many characters it has; blanks and brackets are not counted."""
    return len(_UNCOUNTED.sub("", text))


def worth(text: str) -> tuple[int, int]:
    """What formulas are compared by: their length, and how many fractions they have but one."""
    return length(text), max(0, text.count("/") - 1)
