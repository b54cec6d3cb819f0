"""`adcli ops`: the table of operations."""

from __future__ import annotations

import sys

import click

from adcli.cli.command import Command
from adcli.cli.options import Choice, option
from adcli.cli.streams import Stream
from adcli.errors import NameFault
from adcli.ops import TABLE, UNDEFINED, Op
from adcli.render import WORDED
from adcli.render.operations import render


def find(term: str | None) -> list[Op]:
    """The operations that a term means: by name, alias or symbol, else by a part of a name, their group or meaning."""
    listed = [op for op in TABLE.values() if op is not UNDEFINED]  # which nobody can write
    if term is None:
        return listed
    spellings = {op: (op.name, *op.aliases, op.symbol) for op in listed}
    word = term.lower()
    exact = [op for op in listed if term in spellings[op]]
    exact = exact or [op for op in listed if word and word in [name.lower() for name in spellings[op]]]
    if exact:
        others = [TABLE[op.other] for op in exact if op.other]  # with another number of arguments
        return [*exact, *others]
    found = [op for op in listed if any(word in name.lower() for name in spellings[op])] if word else []
    told = [op for op in listed if word and all(part in f"{op.group} {op.about}".lower() for part in word.split())]
    if found or told:
        return [op for op in listed if op in found or op in told]
    from difflib import get_close_matches

    known = {name.lower(): name for op in listed for name in spellings[op] if name}
    close = [known[name] for name in get_close_matches(word, known, 3, 0.5)]
    hint = f"did you mean {' or '.join(close)}?" if close else "`adcli ops` lists all operations"
    raise NameFault(f"there is no operation {term!r}", hint=hint)


def run(term: str | None, format: str | None, color: str) -> int:
    """Print the rows."""
    stream = Stream(sys.stdout, color, needed=True)
    stream.write(render(find(term), format or ("table" if stream.terminal else "plain"), stream.view()))
    return 0


def operations(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The names that a shell is offered."""
    return [name for name in TABLE if name.startswith(incomplete)]


command = Command(
    "ops",
    summary="""The table of operations.

    Their names, their derivatives (v is the operation's own result), where they are defined and where they have kinks.
    """,
    examples=(
        ("adcli ops", "all of them"),
        ("adcli ops tanh", "one, by its name or another that it has"),
        ("adcli ops arc", "those whose names contain this"),
        ("adcli ops 'elliptic integral'", "those that are, or belong to, this"),
        ("adcli ops --format json", "for a script"),
    ),
    params=[
        click.Argument(["term"], required=False, type=click.UNPROCESSED, shell_complete=operations),
        option("--format", type=Choice(WORDED), help="Default: table on a terminal, plain in a pipe."),
        option("--color", type=Choice(("auto", "always", "never")), default="auto", help="When to use colours."),
    ],
    run=run,
)
