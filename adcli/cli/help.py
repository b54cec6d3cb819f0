"""`adcli help`: the pages about what no single command is about, and the help of each command."""

from __future__ import annotations

import sys
from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.options import Choice, option
from adcli.cli.streams import Stream
from adcli.cli.topics import TOPICS, page, title
from adcli.errors import NameFault


def run(topic: str | None, man: bool, color: str) -> int:
    """Print the page."""
    stream = Stream(sys.stdout, color, needed=True)
    if man:
        from adcli.render.man import manual

        stream.write(manual(*source(topic)))
    elif topic is None:
        stream.write(overview())
    else:
        known(topic)
        pieces = [helped(topic)] if topic in commands() else []
        if text := page(topic):
            from adcli.render.pages import render

            pieces.append(render(text, stream.view()))
        stream.write("\n".join(pieces))
    return 0


def commands(context: click.Context | None = None) -> tuple[str, ...]:
    """The commands, whose list is in the file that imports this one."""
    outer = group(context)
    assert isinstance(outer.command, click.Group)
    return tuple(outer.command.list_commands(outer))


def group(context: click.Context | None = None) -> click.Context:
    """The context of the whole command line."""
    return (context or click.get_current_context()).find_root()


def command_of(name: str) -> Any:
    """A command, and the context in which it says how it is used."""
    outer = group()
    assert isinstance(outer.command, click.Group)
    found: Any = outer.command.get_command(outer, name)
    return found, click.Context(found, info_name=name, parent=outer)


def helped(name: str) -> str:
    """What a command's --help prints."""
    found, context = command_of(name)
    text: str = found.get_help(context)
    return text + "\n"


def overview() -> str:
    """The commands and the topics."""
    outer = group()
    width = max(map(len, TOPICS))
    listed = "".join(f"  {name:{width}}  {title(name)}\n" for name in TOPICS)
    return f"{outer.command.get_help(outer)}\n\nTopics of `adcli help TOPIC`:\n{listed}"


def known(topic: str) -> None:
    """Raise NameFault where there is no such page."""
    if topic in TOPICS or topic in commands():
        return
    from difflib import get_close_matches

    close = get_close_matches(topic, [*TOPICS, *commands()], 1)
    hint = f"did you mean {close[0]}?" if close else "the topics are " + ", ".join(TOPICS)
    raise NameFault(f"there is no help on {topic!r}", hint=hint)


def source(topic: str | None) -> tuple[str, str, str]:
    """The name of a manual page, what it is about, and its text in Markdown."""
    if topic is None:
        outer = group().command
        listed = "".join(f"- `adcli {name}`: {command_of(name)[0].short_help}\n" for name in commands())
        pages = "".join(f"- `adcli help {name}`: {title(name)}\n" for name in TOPICS)
        text = f"## Synopsis\n\n`adcli COMMAND` [EXPR…] [options]\n\n## Commands\n\n{listed}\n## Topics\n\n{pages}\n"
        environment = page("environment").partition("\n")[2]
        return "adcli", str(outer.help).rstrip("."), f"{text}\n## Environment\n{environment}"
    known(topic)
    if topic not in commands():
        return f"adcli-{topic}", title(topic), page(topic).partition("\n")[2]
    found, context = command_of(topic)
    found.get_help(context)  # makes the options that are only made when they are needed
    return f"adcli-{topic}", str(found.short_help), described(found, context) + page(topic).replace("# ", "## ", 1)


def described(command: Command, context: click.Context) -> str:
    """A command's help in Markdown."""
    usage = "".join(f" {piece}" for piece in command.collect_usage_pieces(context))
    examples = "".join(f"    # {meaning}\n    {line}\n\n" for line, meaning in command.examples)
    options = ""
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record is not None and isinstance(param, click.Option):
            options += f"- `{record[0]}`: {record[1]}\n"
    summary = "\n".join(line.strip() for line in str(command.help).splitlines())
    return (
        f"## Synopsis\n\n`{context.command_path}`{usage}\n\n## Description\n\n{summary}\n\n"
        f"## Examples\n\n{examples}## Options\n\n{options}\n"
    )


def topics(context: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The names that a shell is offered."""
    return [name for name in (*TOPICS, *commands(context)) if name.startswith(incomplete)]


command = Command(
    "help",
    summary="""Pages of help: on topics such as the language, and on each command.

    As `--help` where the topic is a command.
    """,
    examples=(
        ("adcli help", "the commands and the topics"),
        ("adcli help language", "what formulas are made of"),
        ("adcli help grad", "a command, as `adcli grad --help`"),
        ("adcli help --man grad", "as a manual page, for `man -l -`"),
    ),
    params=[
        click.Argument(["topic"], required=False, type=click.UNPROCESSED, shell_complete=topics),
        option("--man", is_flag=True, help="Print a manual page (roff), of adcli itself without a TOPIC."),
        option("--color", type=Choice(("auto", "always", "never")), default="auto", help="When to use colours."),
    ],
    run=run,
)
