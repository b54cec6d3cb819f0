"""The target languages, a file each; a file's name is the target's."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from adcli.errors import UsageError

if TYPE_CHECKING:
    from adcli.studies.export.target import Target

TARGETS = tuple(sorted(module.name for module in iter_modules(__path__)))
DIALECTS = ("duckdb", "postgres", "sqlite", "spark", "bigquery")
"""Of SQL."""


def target(name: str, dialect: str | None = None) -> Target:
    """The target of a name. Raises UsageError."""
    if name not in TARGETS:
        raise UsageError(f"there is no target {name!r}", hint="targets: " + ", ".join(TARGETS))
    found = import_module(f"adcli.studies.export.targets.{name}")
    if name == "sql":
        if (dialect or DIALECTS[0]) not in DIALECTS:
            raise UsageError(f"there is no dialect {dialect!r}", hint="dialects: " + ", ".join(DIALECTS))
        chosen: Target = found.DIALECTS[dialect or DIALECTS[0]]
        return chosen
    if dialect is not None:
        raise UsageError("a dialect is one of sql's", hint="--to sql --dialect " + dialect)
    only: Target = found.TARGET
    return only


def of_file(name: str) -> str | None:
    """The language of a file, by how its name ends; None for one of no language here."""
    from pathlib import PurePath

    ending = PurePath(name).suffix.lower()
    if ending == ".csv":
        return "excel"
    endings = {target(language).extension: language for language in (*TARGETS, "python")}
    return endings.get(ending)
