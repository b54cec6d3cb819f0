"""A formula in another notation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from adcli.errors import UsageError
from adcli.language.notations import WRITTEN
from adcli.problem.problem import Expression, problem
from adcli.problem.values import Value
from adcli.results import Result


@dataclass(frozen=True, kw_only=True)
class Converted(Result):
    """The program in the notation `to`."""

    command: ClassVar[str] = "convert"

    to: str
    formula: str


def convert(expr: Expression, at: Mapping[str, Value] | None = None, *, to: str, **options: Any) -> Converted:
    """The program in one of WRITTEN; no values are needed. Options as of `problem`.

    Raises UsageError, NameFault, LimitError where it cannot be written so.
    """
    from adcli.language.notations.written import written

    if to not in WRITTEN:
        raise UsageError(f"no notation is called {to!r}", hint="notations: " + ", ".join(WRITTEN))
    asked = problem(expr, at, values=False, **options)
    shared = {**asked.shared(), "at": {}}
    return Converted(**shared, to=to, formula=written(asked.graph, to).rstrip("\n"))
