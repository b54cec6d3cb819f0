"""What a failure looks like: one form for every error, in words or as JSON. Imported only when something failed."""

from __future__ import annotations

import sys
from typing import ClassVar

import click

from adcli.cli.streams import Stream
from adcli.errors import AdcliError, FileError, LimitError, UsageError, reason
from adcli.render.errors import Sources

EXIT_INTERNAL = 70
"""A fault of adcli itself (EX_SOFTWARE of sysexits.h)."""


class InternalError(AdcliError):
    """A fault of adcli itself."""

    kind: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = EXIT_INTERNAL


def show(fault: Exception, words: list[str]) -> int:
    """Print the failure on stderr; returns the exit status. `words` are the command line, whose --format decides."""
    error = as_error(fault)
    stream = Stream(sys.stderr, spoken(words, "--color") or "auto")
    sources: Sources | None = getattr(fault, "sources", None)
    if (spoken(words, "--format") or "").lower() == "json":
        from adcli.render import json

        program = "\n".join(sources.texts) if sources else None
        stream.write(json.error(error, stream.view(), program))
    else:
        from adcli.render.errors import report

        stream.write(report(error, sources, width=stream.width, color=stream.color))
    return error.exit_code


def as_error(fault: Exception) -> AdcliError:
    """The failure in our own words, whoever raised it."""
    if isinstance(fault, AdcliError):
        return fault
    if isinstance(fault, click.ClickException):
        message = fault.format_message().rstrip(".")
        return UsageError(message[:1].lower() + message[1:], hint=_help(fault))
    if isinstance(fault, click.exceptions.Abort):
        return UsageError("interrupted")
    if isinstance(fault, RecursionError):
        return LimitError("the program is nested too deeply")
    if isinstance(fault, MemoryError):
        return LimitError("the program needs more memory than there is")
    if isinstance(fault, OSError):
        name = f" {fault.filename}" if fault.filename else ""
        return FileError(f"cannot read or write{name}: {reason(fault)}")
    return InternalError(
        f"internal error: {type(fault).__name__}: {fault}",
        hint="this is a fault of adcli: please report it; ADCLI_DEBUG=1 shows where it happened",
    )


def spoken(words: list[str], option: str) -> str | None:
    """The value that the command line gives an option, found without parsing it: parsing may be what failed."""
    value = None
    for position, word in enumerate(words):
        if word == "--":
            break
        if word.startswith(option + "="):
            value = word[len(option) + 1 :]
        elif word == option and position + 1 < len(words):
            value = words[position + 1]
    return value


def _help(fault: click.ClickException) -> str | None:
    context = getattr(fault, "ctx", None)
    return f"`{context.command_path} --help` shows the options" if context is not None else None
