"""`adcli completion`: what teaches a shell to complete adcli's commands and options."""

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
    from click.shell_completion import get_completion_class

    from adcli.cli import main

    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(main, {}, "adcli", "_ADCLI_COMPLETE").source())
    return 0


command = Command(
    "completion",
    summary="The completion script of a shell: bash, zsh or fish.",
    examples=(
        ('eval "$(adcli completion bash)"', "in ~/.bashrc"),
        ('eval "$(adcli completion zsh)"', "in ~/.zshrc"),
        ("adcli completion fish | source", "in ~/.config/fish/config.fish"),
    ),
    params=[click.Argument(["shell"], type=Choice(SHELLS), required=False)],
    run=run,
)
