"""The language: from text to graphs, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.language.texts import parse, parse_constant

if TYPE_CHECKING:
    from adcli.language.formulas import formula
    from adcli.language.printer import unparse
    from adcli.language.words import Token, tokens

_HOMES = {"formula": "formulas", "unparse": "printer", "Token": "words", "tokens": "words"}
"""What the way from a text to a number does not need is imported where it is used."""

__all__ = ["Token", "formula", "parse", "parse_constant", "tokens", "unparse"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
