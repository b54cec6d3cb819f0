"""What a shell is offered: words that fit what is already on the line, and the scripts that ask for them.

Imported only when a shell asks, or when its script is printed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from typing import Any, ClassVar

import click
from click.shell_completion import CompletionItem, ShellComplete, split_arg_string

from adcli.errors import AdcliError

Item = CompletionItem[str]
PLAIN, OPEN, FILE = "plain", "open", "file"
"""Kinds of words: whole ones, those that go on, and a request for the shell's own completion of files."""


def values(param: click.Parameter, context: click.Context, incomplete: str) -> list[Item] | None:
    """The values of an option of which the line tells what they may be; None where it does not."""
    find = VALUES.get(str(param.name))
    if find is None:
        return None
    try:
        return find(context, incomplete)
    except (AdcliError, OSError, ValueError):  # a formula or a file that is not there, or not finished
        return []


# Names


def _line(context: click.Context, name: str) -> Any:
    return context.params.get(name) or ()


def _columns(context: click.Context) -> list[str]:
    """The columns of the first file of --data."""
    from adcli.batch.files.formats import reader
    from adcli.batch.files.paths import expanded

    paths = expanded([path for path in _line(context, "data") if path != "-"])
    if not paths:
        return []
    file = reader(paths[0], context.params.get("data_format"))
    file.open()
    try:
        return list(file.names)
    finally:
        file.close()


def _program(context: click.Context) -> Any:
    """The graph of the formula on the line, with every name that it has; None where there is none."""
    from adcli.cli.streams import read_file
    from adcli.problem.point import parse_at
    from adcli.problem.problem import problem

    texts = [read_file(path) for path in _line(context, "files") if path != "-"]
    texts += [text for text in _line(context, "expr") if text != "-"]
    if not texts:
        return None
    syntax = context.params.get("syntax") or "adcli"
    let = {name: int(str(size)) for name, size in parse_at(_line(context, "let"), "--let").items()}
    try:
        return problem(texts, let=let, syntax=syntax, values=False).graph
    except AdcliError:  # equations, whose sides no = assigns
        words = {word for text in texts for word in re.findall(r"[^\W\d]\w*", text)}
        return problem(texts, let=let, syntax=syntax, values=False, equations=words).graph


def _families(names: Iterable[str]) -> list[str]:
    """Names, and x in front of x[1], x[2], …"""
    found: dict[str, None] = {}
    for name in names:
        if "[" in name:
            found[name.partition("[")[0]] = None
        found[name] = None
    return list(found)


def _inputs(context: click.Context) -> list[str]:
    """The inputs of the formula, or what columns there are."""
    graph = _program(context)
    return _columns(context) if graph is None else _families(graph.input_names)


def _assigned(context: click.Context) -> list[str]:
    graph = _program(context)
    return [] if graph is None else _families(name for name, _ in graph.assignments)


def _outputs(context: click.Context) -> list[str]:
    graph = _program(context)
    return [] if graph is None else list(dict.fromkeys([*graph.output_names, *_assigned(context)]))


Names = Callable[[click.Context], Sequence[str]]


def _listed(names: Names, ending: str = "") -> Callable[[click.Context, str], list[Item]]:
    """Names with commas between them, each once; with "=" as an ending, they get values."""

    def offered(context: click.Context, incomplete: str) -> list[Item]:
        before, comma, part = incomplete.rpartition(",")
        given = {word.partition("=")[0] for word in before.split(",")}
        return [
            CompletionItem(f"{before}{comma}{name}{ending}", OPEN if ending else PLAIN)
            for name in names(context)
            if name.startswith(part) and name not in given
        ]

    return offered


def _valued(context: click.Context, incomplete: str) -> list[Item]:
    """Values of the inputs: x=, or @ and a file."""
    if incomplete.startswith("@"):
        return _paths(incomplete[1:], "@")
    bare = [name for name in _inputs(context) if "[" not in name]
    given = {part.partition("=")[0] for word in _line(context, "at") for part in word.split(",")}
    return _listed(lambda _: [name for name in bare if name not in given], "=")(context, incomplete)


def _renamed(context: click.Context, incomplete: str) -> list[Item]:
    """A variable, then its column."""
    before, comma, part = incomplete.rpartition(",")
    name, equals, column = part.partition("=")
    if not equals:
        return _listed(_inputs, "=")(context, incomplete)
    lead = f"{before}{comma}{name}="
    return [CompletionItem(lead + known) for known in _columns(context) if known.startswith(column)]


# Files


def _files(context: click.Context, incomplete: str) -> list[Item]:
    return [CompletionItem(incomplete, FILE)]


def _paths(incomplete: str, lead: str = "") -> list[Item]:
    """The files and folders whose names begin so, behind a word of ours."""
    folder, start = os.path.split(incomplete)
    with os.scandir(os.path.expanduser(folder or ".")) as entries:
        found = sorted((entry.name, entry.is_dir()) for entry in entries)
    return [
        CompletionItem(lead + os.path.join(folder, name) + ("/" if is_folder else ""), OPEN if is_folder else PLAIN)
        for name, is_folder in found
        if name.startswith(start) and (start or not name.startswith("."))
    ]


VALUES: dict[str, Callable[[click.Context, str], list[Item]]] = {
    **dict.fromkeys(("files", "destination", "data", "plot", "grade"), _files),
    "at": _valued,
    "column": _renamed,
    "keep": _listed(_columns),
    **dict.fromkeys(("wrt", "highlight"), _listed(lambda context: [*_inputs(context), *_assigned(context)])),
    "output": _listed(_outputs),
    "layers": _listed(lambda context: [*_inputs(context), *_assigned(context)]),
    **dict.fromkeys(("var", "by", "unknowns"), _listed(_inputs)),
    **dict.fromkeys(
        ("tangent", "vector", "direction", "manual", "over", "bounds", "bracket", "dof"), _listed(_inputs, "=")
    ),
    "cotangent": _listed(_outputs, "="),
}
"""What the values of options are made of, by the parameters' names."""


# Shells


class Complete(ShellComplete):
    """What all three shells have in common: words and their kinds, one a line."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words of the line up to the cursor, and the unfinished last one."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)[1:]
        return (words, "") if not words or line[-1:].isspace() else (words[:-1], words[-1])

    def get_completions(self, args: list[str], incomplete: str) -> list[Item]:
        """As click does; of --option=value, the whole word again."""
        lead, equals, value = incomplete.partition("=")
        if not equals or not re.fullmatch(r"--[A-Za-z][\w-]*", lead):
            return super().get_completions(args, incomplete)
        found: list[Item] = []
        for item in super().get_completions([*args, lead], value):
            if item.type == FILE:
                found += _paths(value, f"{lead}=")
            else:
                found.append(CompletionItem(f"{lead}={item.value}", item.type, item.help))
        return found

    def format_completion(self, item: Item) -> str:
        """The kind and the word."""
        return f"{item.type},{item.value}"


class Bash(Complete):
    """Bash, which begins a word anew behind = and at @, and replaces only that."""

    name: ClassVar[str] = "bash"
    source_template: ClassVar[str] = """\
%(complete_func)s() {
    local type value
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case $type in
            file) compopt -o default ;;
            open) compopt -o nospace; COMPREPLY+=("$value") ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(env COMP_WORDS="${COMP_LINE:0:$COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
}

complete -F %(complete_func)s %(prog_name)s
"""

    def get_completions(self, args: list[str], incomplete: str) -> list[Item]:
        """The part of each word that bash replaces: what stands behind its last break, but with an @."""
        last = max([incomplete.rfind(char) for char in os.environ.get("COMP_BREAKS", "")], default=-1)
        start = last if incomplete[last : last + 1] == "@" else last + 1
        items = super().get_completions(args, incomplete)
        return [item if item.type == FILE else CompletionItem(item.value[start:], item.type) for item in items]


class Zsh(Complete):
    """Zsh, which shows what commands and options are for."""

    name: ClassVar[str] = "zsh"
    source_template: ClassVar[str] = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local type value help
    local -a closed open helped
    while IFS=',' read -r type value; do
        help=${value#*$'\\t'}
        case $type in
            file) _files ;;
            open) open+=("$value") ;;
            plain)
                if [[ $help == "$value" ]]; then
                    closed+=("$value")
                else
                    helped+=("${${value%%%%$'\\t'*}//:/\\\\:}:$help")
                fi ;;
        esac
    done < <(env COMP_WORDS="${(j: :)words[1,CURRENT]}" %(complete_var)s=zsh_complete ${words[1]} 2>/dev/null)
    (( $#helped )) && _describe -V %(prog_name)s helped
    (( $#closed )) && compadd -V %(prog_name)s -a closed
    (( $#open )) && compadd -V %(prog_name)s -S '' -a open
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

    def format_completion(self, item: Item) -> str:
        """The kind, the word, and what it means."""
        return f"{item.type},{item.value}" + (f"\t{' '.join(item.help.split())}" if item.help else "")


class Fish(Zsh):
    """Fish, which sees by a word's last character that it goes on."""

    name: ClassVar[str] = "fish"
    source_template: ClassVar[str] = """\
function %(complete_func)s
    set -l line (commandline -cp | string collect)
    for found in (env COMP_WORDS="$line" %(complete_var)s=fish_complete %(prog_name)s 2>/dev/null)
        set -l item (string split -m 1 , -- $found)
        if test $item[1] = file
            __fish_complete_path $item[2]
        else
            echo $item[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


SHELLS: dict[str, type[Complete]] = {shell.name: shell for shell in (Bash, Zsh, Fish)}
"""The shells by their names."""


def answer(main: click.Command, settings: MutableMapping[str, Any], instruction: str) -> int:
    """Print what a script asks for by an instruction such as "zsh_complete"; returns the exit status."""
    shell = SHELLS.get(instruction.partition("_")[0])
    if shell is None:
        return 1
    complete = shell(main, settings, "adcli", "_ADCLI_COMPLETE")
    said = complete.source() if instruction.endswith("_source") else complete.complete()
    click.echo(said.encode("utf-8", "surrogateescape"))
    return 0
