"""The language: from text to graphs, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.language.texts import parse, parse_constant

if TYPE_CHECKING:
    from adcli.language.printer import formula, unparse
    from adcli.language.words import Token, tokens

__all__ = ["Token", "formula", "parse", "parse_constant", "tokens", "unparse"]


def __getattr__(name: str) -> Any:
    """The printer and the list of words, which the way from a text to a number does not need."""
    if name in ("formula", "unparse"):
        from adcli.language import printer

        return getattr(printer, name)
    if name in ("Token", "tokens"):
        from adcli.language import words

        return getattr(words, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
