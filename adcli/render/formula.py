"""What people should read for outputs that have no names of their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from adcli.results import Labelled, Result


def called(result: Result, output: str, inputs: Collection[str]) -> str:
    """What people should read for an output: y without a name is f where an input is called y, since ∂y/∂y is 1."""
    if output not in inputs or not result.unnamed:
        return output
    return next(name for name in ("f", "g", "h", output + "_") if name not in inputs)


def relabelled(result: Labelled, *, short: bool = False) -> Any:
    """The result with its only output called as people should read it; *short*: f, if the program is one expression."""
    if len(result.outcome) != 1:
        return result
    output = result.outcome[0][0]
    name = called(result, output, result.at)
    if short and "f" not in result.at and result.formulas == (" ".join(result.text.split()),):
        name = "f"
    if name == output:
        return result
    return replace(result, **{"output": name} if hasattr(result, "output") else {"outputs": (name,)})
