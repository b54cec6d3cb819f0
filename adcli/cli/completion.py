"""`adcli completion`: what teaches a shell to complete what is typed behind adcli."""

from __future__ import annotations

import click

from adcli.cli.command import Command
from adcli.cli.options import Choice
from adcli.errors import UsageError

SHELLS = ("bash", "zsh", "fish")


def run(shell: str | None) -> int:
    """Print the script."""
    if shell is None:
        raise UsageError("completion needs the name of a shell", hint="it is one of " + ", ".join(SHELLS))
    from adcli.cli import completing

    context = click.get_current_context()
    click.echo(completing.SHELLS[shell](context.find_root().command, {}, "adcli", "_ADCLI_COMPLETE").source())
    return 0


command = Command(
    "completion",
    summary="""The completion script of a shell: bash, zsh or fish.

    It completes commands, options and their words, files, and the names in the formula and the columns of the file that
    are on the line already.
    """,
    examples=(
        ('eval "$(adcli completion bash)"', "in ~/.bashrc"),
        ('eval "$(adcli completion zsh)"', "in ~/.zshrc"),
        ("adcli completion fish | source", "in ~/.config/fish/config.fish"),
    ),
    params=[click.Argument(["shell"], type=Choice(SHELLS), required=False)],
    run=run,
)
