"""Where a formula comes from: the command line, files, standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from adcli.cli.streams import is_terminal, read_file, read_input
from adcli.errors import UsageError
from adcli.render.errors import Sources


def _check_input(expr: Sequence[str], options: dict[str, Any]) -> None:
    """Refuse a second use of standard input: what is read once is gone."""
    given = [
        options.get(name) or ()
        for name in ("at", "let", "tangent", "vector", "direction", "cotangent", "manual", "cov", "dof")
    ]
    values = [word for part in given for word in ((part,) if isinstance(part, str) else part) if word.strip() == "@-"]
    formulas = [word for word in (*options["files"], *expr) if word == "-"]
    if not (expr or options["files"]):
        formulas = ["-"]
    # Who reads it, in words; and what it cannot hold for those that come after.
    uses = [
        *[("--data - reads the rows", "other rows") for word in options.get("data") or () if word == "-"],
        *[("--grade - reads the table", "the table of --grade") for word in [options.get("grade")] if word == "-"],
        *[("@- reads the values", "those of another @-") for _ in values],
        *[("- reads the formula", "the formula") for _ in formulas],
    ]
    if len(uses) > 1:
        (first, _), (_, second) = uses[:2]
        if values and not first.startswith("@-"):
            second = second.replace("those of another @-", "the values of @-")
        raise UsageError(f"{first} from standard input, which cannot hold {second} too")


def read_sources(expr: Sequence[str], files: Sequence[str], command: str, example: str) -> Sources:
    """The texts of the program: of files, then arguments; else of standard input, unless it is a terminal."""
    texts: list[str] = []
    origins: list[str | None] = []
    for word in files:
        texts.append(read_input() if word == "-" else read_file(word))
        origins.append("standard input" if word == "-" else word)
    for word in expr:
        texts.append(read_input() if word == "-" else word)
        origins.append("standard input" if word == "-" else None)
    if not texts:
        if sys.stdin is None or is_terminal(sys.stdin):
            raise UsageError(f"{command} needs a formula", notes=(example,), hint=f"`{command} --help` shows more")
        texts.append(read_input())
        origins.append("standard input")
    if not any(text.strip() for text in texts):
        where = " and ".join(dict.fromkeys(origin or "the formula" for origin in origins))
        raise UsageError(f"{where} is empty", notes=(example,), hint=f"`{command} --help` shows more")
    return Sources(tuple(texts), tuple(origins))
