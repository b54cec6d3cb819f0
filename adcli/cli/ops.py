"""`adcli ops`: the table of operations."""

from __future__ import annotations

import sys

import click

from adcli.cli.command import Command
from adcli.cli.options import Choice, option
from adcli.cli.streams import Stream
from adcli.render import WORDED


def run(term: str | None, format: str | None, color: str) -> int:
    """Print the rows."""
    from adcli.language.catalogue import find
    from adcli.render.operations import render

    stream = Stream(sys.stdout, color, needed=True)
    stream.write(render(find(term), format or ("table" if stream.terminal else "plain"), stream.view()))
    return 0


def operations(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The names that a shell is offered."""
    from adcli.language.catalogue import catalogue

    return [entry.name for entry in catalogue() if entry.name.startswith(incomplete)]


command = Command(
    "ops",
    summary="""The table of operations.

    Their names, their derivatives (v is the operation's own result), where they are defined and where they have kinks.
    """,
    examples=(
        ("adcli ops", "all of them"),
        ("adcli ops tanh", "one operation, by its name or an alias"),
        ("adcli ops arc", "those whose names contain this"),
        ("adcli ops 'elliptic integral'", "those of a kind"),
        ("adcli ops --format json", "for a script"),
    ),
    params=[
        click.Argument(["term"], required=False, type=click.UNPROCESSED, shell_complete=operations),
        option("--format", type=Choice(WORDED), help="Default: table on a terminal, plain in a pipe."),
        option("--color", type=Choice(("auto", "always", "never")), default="auto", help="When to use colours."),
    ],
    run=run,
)
