"""The command line: a click group that imports a command when it is called, and turns every failure into a message.

A command file parses its options, calls the library, and hands the frozen result to `adcli.render`.
To add a command, add its file, which holds a `command`, and its name in COMMANDS.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from adcli.cli.start import postpone, uncollected

with uncollected():
    postpone("inspect")  # of which click wants the description of options that have none
    import click

    from adcli.cli.command import HELP, Option
    from adcli.errors import typed

COMMANDS = (
    "eval",
    "grad",
    "jacobian",
    "jvp",
    "vjp",
    "hessian",
    "hvp",
    "sparsity",
    "taylor",
    "diff",
    "derive",
    "convert",
    "equal",
    "export",
    "trace",
    "explore",
    "graph",
    "paths",
    "cost",
    "compare",
    "uncertainty",
    "solve",
    "minimize",
    "fit",
    "bounds",
    "check-gradient",
    "ops",
    "completion",
    "help",
)

_DERIVATIVE = "grad gives a derivative's value, diff its formula"
MEANT = {
    **dict.fromkeys(("derivative", "differentiate", "d", "deriv"), _DERIVATIVE),
    "partial": "grad gives all partial derivatives, `grad --wrt x` one",
    **dict.fromkeys(("root", "roots", "zero", "fsolve"), "solve finds a root"),
    **dict.fromkeys(("optimize", "minimise", "maximize", "min", "max"), "minimize finds a minimum (of -f, a maximum)"),
    **dict.fromkeys(("regress", "regression", "curve_fit", "lsq", "least-squares"), "fit fits a model to rows"),
    "integrate": "adcli differentiates; it does not integrate",
    **dict.fromkeys(("syntax", "grammar"), "`adcli help language` says what formulas are made of"),
    "functions": "`adcli ops` lists the operations",
    "plot": "graph draws the computational graph, cost and compare have --plot",
}  # fmt: skip
"""Words that are tried as commands, and what there is instead."""

EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141
"""What a shell reports of a program that a closed pipe ends: 128 + SIGPIPE."""


class Commands(click.Group):
    """Commands in files of their own; errors of every kind end here, under CliRunner as from a shell."""

    alone = False
    """Whether the process is adcli's own."""

    def get_help_option(self, ctx: click.Context) -> click.Option:
        """The option of all commands."""
        return HELP

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the manual."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's file."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"adcli.cli.{cmd_name.replace('-', '_')}").command
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does; an option that does not exist, or stands before its command, gets a hint."""
        first = args[0] if args else ""
        if first.startswith("-") and first not in ("-h", "--help", "--version") and not ctx.resilient_parsing:
            from adcli.errors import UsageError

            raise UsageError(f"there is no option {first} here", hint=self._advice(args))
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say what it might have been."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            from adcli.errors import UsageError

            raise UsageError(f"there is no command {args[0]!r}", hint=self._advice(args))
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """The help, in characters that the terminal can show."""
        from adcli.render.screen import encodable

        return encodable(super().get_help(ctx), getattr(sys.stdout, "encoding", None))

    def _advice(self, args: Sequence[str]) -> str:
        """What to type instead of a first word that is no command."""
        from difflib import get_close_matches

        word = args[0]
        options = {"-V": "--version", "-v": "--version", "-?": "--help"}
        if word in MEANT:
            return MEANT[word]
        from adcli.cli.topics import TOPICS

        if word in TOPICS:
            return f"`adcli help {word}` is the page on it"
        # What a word begins with, or goes on as, is nearer than any likeness: gradient is grad, and no check-gradient.
        begun = [name for name in COMMANDS if min(len(name), len(word)) > 2 and _begins(name, word)]
        close = (
            [options[word]]
            if word in options
            else sorted(begun, key=len)[-1:] or get_close_matches(word, ("--help", "--version", *COMMANDS), 1)
        )
        if close:
            return f"did you mean {close[0]}?"
        if not word.isalpha() or "--at" in args:
            return "the command comes first, for instance: adcli grad EXPR --at x=2"
        return "the commands are " + ", ".join(COMMANDS)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """As click does: this prints the help."""
        with _quietly():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; without one, show the help."""
        with _quietly():
            if not ctx._protected_args:
                click.echo(ctx.get_help())
                return 0
            return super().invoke(ctx)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, print what went wrong, and exit with the status that `adcli help exit-codes` lists."""
        self.alone = args is None
        if self.alone:  # the process ends before its garbage would matter
            gc.set_threshold(100_000, 20, 50)
        words = list(sys.argv[1:] if args is None else args)
        # No expansion of wildcards on Windows: x1*x2 is a product.
        settings = {"complete_var": complete_var, "standalone_mode": False, "windows_expand_args": False, **extra}
        with typed():
            if not standalone_mode:
                return super().main(words, "adcli", **settings)
            try:
                status: object = super().main(words, "adcli", **settings)
                status = status if isinstance(status, int) else 0
            except Exception as fault:
                status = self._fail(fault, words)
            status = _flushed(status, words)
            if self.alone:  # what there is ends with the process: no need to look which of it is garbage
                gc.freeze()
            sys.exit(status)

    def _main_shell_completion(
        self, ctx_args: MutableMapping[str, Any], prog_name: str, complete_var: str | None = None
    ) -> None:
        """What a shell's script asks for, under the name that the scripts know."""
        if instruction := os.environ.get("_ADCLI_COMPLETE"):
            from adcli.cli.completing import answer

            sys.exit(answer(self, ctx_args, instruction))

    def _fail(self, fault: Exception, words: list[str]) -> int:
        """Print the failure; returns the exit status."""
        if os.environ.get("ADCLI_DEBUG"):
            raise fault
        from adcli.cli.failure import show

        return show(fault, words)


@contextmanager
def _quietly() -> Iterator[None]:
    """An interrupt and a closed pipe say nothing; the exit status tells them."""
    try:
        yield
    except KeyboardInterrupt:
        raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
    except BrokenPipeError:
        from adcli.cli.streams import abandon

        abandon(sys.stdout)
        raise click.exceptions.Exit(EXIT_CLOSED_PIPE) from None


def _flushed(status: int, words: list[str]) -> int:
    """Write out what is still buffered, as long as somebody can be told that it failed; returns the exit status."""
    try:
        sys.stdout.flush()
    except OSError as fault:
        from adcli.cli.failure import show
        from adcli.cli.streams import abandon

        abandon(sys.stdout)
        return EXIT_CLOSED_PIPE if isinstance(fault, BrokenPipeError) else show(fault, words)
    except (AttributeError, ValueError):  # no standard output at all
        pass
    return status


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from adcli.cli.version import versions

        click.echo(versions())
        ctx.exit()


def _begins(command: str, word: str) -> bool:
    """Whether a word is a command's name, cut off or longer."""
    return command.startswith(word) or word.startswith(command)


main = Commands(
    "adcli",
    help="Exact derivatives of formulas: automatic differentiation, step by step, checked against SymPy.",
    epilog="`adcli COMMAND --help` shows examples and options.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    invoke_without_command=True,
    params=[
        Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_version,
            help="Show the versions of adcli and of the packages it uses.",
        )
    ],
)
