"""How the words of a command line become options and formulas, and what its help looks like."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import click

from adcli.errors import AdcliError, UsageError, listed

_LONG_OPTION = r"(?s)--[A-Za-z][\w-]*(=.*)?"
"""What is meant as an option, rightly spelled or not; --x*-y is not. Compiled where there is a doubt."""


Example: TypeAlias = "tuple[str, str]"
"""A command line and what it shows."""


def _reads(word: str) -> bool:
    """Whether a word is a formula."""
    from adcli.language import parse

    try:
        parse(word)
    except AdcliError:
        return False
    return True


class Option(click.Option):
    """An option whose values a shell completes by what else is on the line."""

    def __init__(self, names: Sequence[str], *, help: str = "", **settings: Any) -> None:
        super().__init__(names, **settings)
        self.help = help  # which click would search for indentation, with a module that takes long to import

    def shell_complete(self, ctx: click.Context, incomplete: str) -> Any:
        """What the line tells of its values, else what their type tells."""
        from adcli.cli.completing import values

        found = values(self, ctx, incomplete)
        return super().shell_complete(ctx, incomplete) if found is None else found


class MaybeWord(Option):
    """An option that may be given one of some words; alone it means the first of them."""

    def __init__(self, name: str, words: Sequence[str], help: str) -> None:
        super().__init__([name], type=click.Choice(words), metavar=f"[{'|'.join(words[1:])}]", help=help)
        self.words = tuple(words)


class Command(click.Command):
    """A command whose arguments may be formulas: what begins with a minus is an option only if it looks like one."""

    def __init__(
        self,
        name: str,
        *,
        summary: str,
        examples: Sequence[Example],
        params: list[click.Parameter],
        run: Callable[..., int],
    ) -> None:
        super().__init__(
            name, params=params, callback=run, help=summary, short_help=summary.partition("\n")[0].rstrip(".")
        )
        self.examples = examples

    def get_help_option(self, ctx: click.Context) -> click.Option:
        """The option of all commands."""
        return HELP

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sort the words into options and formulas, then parse the options as click does."""
        return super().parse_args(ctx, self._sorted(ctx, args))

    def _sorted(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The options with their values, then "--", then everything else."""
        takes_value: dict[str, bool] = {}
        optional: dict[str, Sequence[str]] = {}
        for param in self.get_params(ctx):
            if isinstance(param, click.Option):
                for spelling in (*param.opts, *param.secondary_opts):
                    takes_value[spelling] = not param.is_flag
                    if isinstance(param, MaybeWord):
                        optional[spelling] = param.words
        options: list[str] = []
        formulas: list[str] = []
        position = 0
        while position < len(args):
            word = args[position]
            position += 1
            name, equals, _ = word.partition("=")
            if word == "--":
                formulas += args[position:]
                break
            if word in takes_value:
                options.append(word)
                if word in optional:
                    given = position < len(args) and args[position] in optional[word]
                    options.append(args[position] if given else optional[word][0])
                    position += given
                elif takes_value[word]:
                    if position < len(args) and not (args[position][:2] == "--" and args[position] in takes_value):
                        options.append(args[position])
                        position += 1
                    elif not ctx.resilient_parsing:
                        raise UsageError(f"{word} needs a value", hint=self._usage(ctx))
            elif equals and name.startswith("--") and name in takes_value:
                if not takes_value[name]:
                    raise UsageError(f"{name} takes no value", hint=self._usage(ctx))
                options.append(word)
            elif word.startswith("--") and re.fullmatch(_LONG_OPTION, word) and not ctx.resilient_parsing:
                raise UsageError(f"there is no option {name}", hint=self._advice(word, takes_value, ctx))
            else:
                formulas.append(word)
        return [*options, "--", *formulas]

    def _advice(self, word: str, known: Iterable[str], ctx: click.Context) -> str:
        """What may be meant by a word that begins as an option does: one that is near, or a formula."""
        from difflib import get_close_matches

        # Without the dashes, which all of them share; what they begin with may be all that was remembered.
        bare = {option.lstrip("-"): option for option in known}
        said = word.partition("=")[0].lstrip("-")
        if said == "data" and said not in bare:
            return f"these take --data: {listed(_on_rows(ctx))}"
        close = get_close_matches(said, bare, 1) or [name for name in bare if len(said) > 1 and name.startswith(said)]
        if close:
            return f"did you mean {bare[close[0]]}?"
        advice = self._usage(ctx)
        if not re.fullmatch(r"(?i)--([a-z]{3,}|[a-z]{2,}(-[a-z]{2,})+)", word) and _reads(word):
            advice += "; a formula that begins with -- goes to the end, behind a -- alone"
        return advice

    def _usage(self, ctx: click.Context) -> str:
        return f"`{ctx.command_path} --help` shows the options"

    def get_help(self, ctx: click.Context) -> str:
        """The help, in characters that the terminal can show."""
        from adcli.render.screen import encodable

        return encodable(super().get_help(ctx), getattr(sys.stdout, "encoding", None))

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it does, examples, options."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for line, meaning in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}# {meaning}\n")
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")
        self.format_options(ctx, formatter)


def _on_rows(ctx: click.Context) -> list[str]:
    """The commands that take --data."""
    group = ctx.find_root().command
    if not isinstance(group, click.Group):
        return []
    commands = ((name, group.get_command(ctx, name)) for name in group.list_commands(ctx))
    return [
        name
        for name, found in commands
        if getattr(found, "takes_data", False) or (found and any("--data" in param.opts for param in found.params))
    ]


def _help(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


HELP = Option(
    ["-h", "--help"],
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_help,
    help="Show this message and exit.",
)
"""click's own would look its text up in catalogues of translations, which takes a millisecond of every start."""
