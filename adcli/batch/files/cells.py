"""Cells as numbers: what a text says, and why a row has no number."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from adcli.errors import shown

NULLS = ("", "NA", "N/A", "n/a", "#N/A", "null", "Null", "NULL", "None", "\\N")
"""Texts that say that a number is missing."""


def is_number(text: str) -> bool:
    """Whether Python reads a number there."""
    try:
        float(text)
    except ValueError:
        return False
    return True


class Spelling:
    """How texts spell numbers: what stands before the fraction and between thousands, and what means that one is
    missing."""

    def __init__(self, decimal: str = ".", thousands: str = "", nulls: Sequence[str] = NULLS) -> None:
        self.decimal = decimal
        self.thousands = thousands
        self.nulls = frozenset(nulls) | {""}
        self.plain = decimal == "." and not thousands
        """Whether what Python reads as a number is one, unless it means that there is none."""
        self.direct = self.plain and not any(map(is_number, self.nulls))
        """Whether it is one in any case."""
        fraction = re.escape(decimal)
        groups = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|" if thousands else ""
        self._form = re.compile(
            rf"[+-]?(?:(?:{groups}\d+)(?:{fraction}\d*)?|{fraction}\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity)",
            re.ASCII | re.IGNORECASE,
        )

    def number(self, text: str) -> float | None:
        """The number that *text* says, None where it says that there is none. Raises ValueError where it is neither."""
        text = text.strip()
        if text in self.nulls:
            return None
        if self.plain:
            if "_" in text:  # Python's own spelling of numbers
                raise ValueError
            return float(text)
        if self._form.fullmatch(text) is None:
            raise ValueError
        return float(text.replace(self.thousands, "").replace(self.decimal, "."))


PLAIN = Spelling()


class Numbers:
    """A column as numbers. Those of the rows in `null` and in `unreadable` (and what stands there) mean nothing."""

    __slots__ = ("null", "unreadable", "values")

    def __init__(self, values: Any, null: Sequence[int] = (), unreadable: dict[int, str] | None = None) -> None:
        self.values = values
        self.null = null
        self.unreadable = unreadable or {}

    @property
    def absent(self) -> list[int]:
        """The rows that have no number."""
        return sorted({*self.null, *self.unreadable})


def numbers(values: Sequence[Any], spelling: Spelling = PLAIN) -> Numbers:
    """Values, most of them numbers or texts of such, as floats in a list."""
    if spelling.direct or not any(isinstance(value, str) for value in values):
        try:
            found = list(map(float, values))
        except (TypeError, ValueError, OverflowError):
            pass
        else:
            if not any(isinstance(value, str) and "_" in value for value in values):
                return Numbers(found)
    found, null, unreadable = [], [], {}
    for position, value in enumerate(values):
        try:
            number = _number(value, spelling)
        except (TypeError, ValueError):
            unreadable[position] = shown(value if isinstance(value, str) else str(value))
            number = 1.0
        if number is None:
            null.append(position)
            number = 1.0
        found.append(number)
    return Numbers(found, null, unreadable)


def _number(value: Any, spelling: Spelling) -> float | None:
    if value is None:
        return None
    if isinstance(value, str):
        return spelling.number(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
