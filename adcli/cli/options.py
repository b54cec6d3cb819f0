"""The options that commands share, and how their words are read."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from adcli.cli.command import Option
from adcli.errors import UsageError, counted, there_are
from adcli.problem.given import MAX_PRECISION, MODES, blamed
from adcli.problem.point import Value, is_named, parse_at, parse_values, split
from adcli.render import FORMATS

if TYPE_CHECKING:
    from adcli.problem.problem import Problem


STANDARD_OUTPUT = ("-", "/dev/stdout")
"""What -o may call it."""
ROW_FORMATS = ("tsv", "jsonl", "parquet", "arrow")
"""What else than csv and json the rows of --data may be written as."""


ENDINGS = {
    **{end: format for format, end in FORMATS.items() if end},
    **{f".{format}": format for format in ("html", "svg", "png", "dot")},
    ".mmd": "mermaid",
    ".ad": "plain",
}
"""How the names of files end, and the format of what is in them. A program's plain text is a program."""


def ending(target: str | None, formats: Sequence[str]) -> str | None:
    """The format that the name of a file asks for; None where it has no ending. Raises UsageError for one of others."""
    end = os.path.splitext(target or "")[1].lower()
    if end in ("", ".") or (os.path.exists(str(target)) and not os.path.isfile(str(target))):
        return None
    known = {known: format for known, format in ENDINGS.items() if format in formats}
    if formats[0] != "plain":  # what is no program
        known.pop(".ad", None)
    if end in known:
        return known[end]
    raise UsageError(
        f"no format here is written to {end} files", hint=f"there are {', '.join(known)}; --format says another"
    )


if TYPE_CHECKING:
    _Number = click.ParamType[int]
    _Word = click.ParamType[str]
    _Real = click.ParamType[float]
else:
    _Number = _Word = _Real = click.ParamType  # generic only for type checkers of newer versions


SYNTAXES = ("adcli", "sympy", "latex", "mathematica", "maxima", "python", "excel", "julia", "matlab")
"""Notations of formulas: adcli's own, what SymPy prints, and those of `adcli.language.notations`."""


class Choice(click.Choice[str]):
    """One of several words, in capitals or not; a word, listed or not, may stand for another (`meaning`)."""

    def __init__(self, words: Sequence[str], meaning: dict[str, str] | None = None) -> None:
        super().__init__(words)
        self.meaning = meaning or {}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word, or what it stands for."""
        word = str(value).lower()
        if word in self.meaning or word in self.choices:
            return self.meaning.get(word, word)
        from difflib import get_close_matches

        close = get_close_matches(word, self.choices, 1, 0.7)
        option = param.opts[-1] if param else ""
        known = "it is one of " + ", ".join(self.choices)
        if word in ("svg", "png", "dot") and option == "--format":
            known += "; `adcli graph` draws pictures"
        raise UsageError(f"{option} cannot be {value!r}", hint=f"did you mean {close[0]}? {known}" if close else known)


class Whole(_Number):
    """A whole number between two bounds."""

    name = "number"

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        text = str(value)
        if text.isascii() and text.isdigit() and len(text) < 10 and self.low <= int(text) <= self.high:
            return int(text)
        option = param.opts[-1] if param else ""
        raise UsageError(f"{option} is a whole number from {self.low} to {self.high}, not {value!r}")


class Real(_Real):
    """A number that *fits*; *what* it is, in errors."""

    def __init__(self, name: str, what: str, fits: Callable[[float], bool]) -> None:
        self.name = name
        self.what = what
        self.fits = fits

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        try:
            found = float(value)
        except ValueError:
            found = math.nan  # which fits nowhere
        if self.fits(found):
            return found
        raise UsageError(f"{param.opts[-1] if param else ''} is {self.what}, not {value!r}")


FRACTION = Real("fraction", "a number from 0 to 1", lambda x: 0 <= x <= 1)
POSITIVE = Real("number", "a number above 0", lambda x: 0 < x < math.inf)
SECONDS = Real("seconds", "a number of seconds", lambda x: 0 <= x <= 86_400)


class FileName(_Word):
    """The name of a file, or - for the standard stream. A name that is empty is none: a shell's variable was."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name."""
        if not value:
            raise UsageError(f"{param.opts[0] if param else ''} needs the name of a file, and this one is empty")
        return str(value)


def option(*names: str, **settings: Any) -> click.Option:
    """An option of the command line."""
    return Option(names, **settings)


def _default(formats: Sequence[str], default: str) -> str:
    """Which format is written where none is asked for."""
    piped = "plain" if "plain" in formats else default
    return f"Default: {default}." if piped == default else f"Default: {default} on a terminal, {piped} in a pipe."


def formula_options(formats: Sequence[str] = tuple(FORMATS), default: str = "table") -> list[click.Parameter]:
    """What every command on a formula takes; *default* is the format on a terminal."""
    return [
        click.Argument(["expr"], nargs=-1, type=click.UNPROCESSED),
        option("--at", metavar="NAME=VALUE,…", multiple=True,
               help="Values of the inputs: x1=2,x2=pi/4, lists x=[1,2], an object '{\"x\": 1}', a file @point.json"
                    " (@- is standard input)."),
        option("-f", "files", metavar="FILE", type=FileName(), multiple=True,
               help="Read the formula from a file (- is standard input); several are one program."),
        option("--output", metavar="NAME", multiple=True,
               help="Take this name as the output: an assigned one, or y2 of several."),
        option("--let", metavar="NAME=N", multiple=True, help="A whole number, such as the size n of a sum."),
        option("--syntax", type=Choice(SYNTAXES), default="adcli",
               help="The notation of the formula. In LaTeX ab is a*b, and \\sin 2x y + 1 is sin(2*x*y) + 1."),
        option("--echo", is_flag=True, help="Show on stderr how the formula was read, in adcli's own notation."),
        option("--precision", metavar="N", type=Whole(1, MAX_PRECISION), default=15,
               help="Compute with N decimal digits; 15, the default, means ordinary floats."),
        option("--format", type=Choice(formats), help=_default(formats, default)),
        option("--digits", metavar="N", type=Whole(1, 17), help="Significant digits shown in tables (default 6)."),
        option("--check/--no-check", default=None, help="Cross-check against SymPy. Default: on for tables."),
        option("--check-seconds", metavar="S", type=SECONDS,
               help="Processor time for the check, which then reports what it has checked so far. Default: 3."),
        option("-o", "destination", metavar="FILE", type=FileName(),
               help="Write the output to a file; its name says the format: answer.json, graph.svg."),
        option("--color", type=Choice(("auto", "always", "never")), default="auto", help="When to use colours."),
    ]  # fmt: skip


def derivative_options() -> list[click.Parameter]:
    """What every command that differentiates takes besides."""
    return [
        option("--wrt", metavar="NAMES", multiple=True,
               help="Differentiate by these, in this order; x is all of x[1], x[2], … Default: all inputs."),
        option("--kinks", type=Choice(("warn", "error")), default="warn",
               help="Where no derivative exists but a convention does: use it with a warning, or refuse."),
        option("--allow-unused", is_flag=True, help="A name of --wrt that no output uses has the derivative 0."),
    ]  # fmt: skip


def unknowns_option(
    help: str = "The output is an equation, left = right, which defines this input: its derivatives by the others.",
) -> click.Parameter:
    """The unknowns of equations."""
    return option("--for", "unknowns", metavar="NAMES", multiple=True, help=help)


MODES_TOO = {
    "tangent": "forward",
    **dict.fromkeys(("backward", "bwd", "adjoint"), "reverse"),
}
"""What modes are called besides."""


def mode_option(
    help: str = "Forward or reverse; auto takes the one with fewer sweeps.", also: Sequence[str] = ()
) -> click.Parameter:
    """The order in which the chain rule is applied; *also* are further modes of a command."""
    words = list(MODES)
    return option(
        "--mode",
        type=Choice((*words[:2], *also, *words[2:]), {**MODES, **MODES_TOO}),
        default="auto",
        help=help,
    )


def certify_option() -> click.Parameter:
    """Proof instead of evidence."""
    return option(
        "--certify",
        is_flag=True,
        help="Prove the digits: the doubles nearest to the truth at the point as it is written, and their bounds.",
    )


def layout_option() -> click.Parameter:
    """Both conventions of the literature."""
    return option(
        "--layout",
        type=Choice(("numerator", "denominator")),
        default="numerator",
        help="A row per output (a gradient is a row), or its transpose (a gradient is a column).",
    )


def names(words: Sequence[str], origin: str = "--wrt") -> list[str]:
    """The names in `--wrt x1,x2 --wrt x3`."""
    found = [name for word in words for name in split(word) if name]
    if words and not found:
        raise UsageError(f"{origin} names nothing", hint=f"for instance {origin} x; leave it out for the default")
    return found


def sizes(words: Sequence[str]) -> dict[str, int]:
    """The whole numbers of `--let n=8,m=3`."""
    found: dict[str, int] = {}
    for name, value in parse_at(words, "--let").items():
        digits = value.removeprefix("-") if isinstance(value, str) else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) < 19):
            raise blamed(UsageError(f"--let gives {name} a whole number, not {_written(value)}"), value, name)
        found[name] = int(str(value))
    return found


def _written(value: Value) -> str:
    return value if isinstance(value, str) else "a list"


def weights(text: str | None) -> dict[str, Value] | list[Value] | None:
    """The weights that `--cotangent` gives, in the outputs' order or by their names."""
    if text is None:
        return None
    return parse_at([text], "--cotangent") if is_named(text) else parse_values(text, "--cotangent")


def direction_option(name: str, what: str) -> click.Parameter:
    """`--tangent x1=1,x2=0` and its like."""
    return option(
        name,
        metavar="NAME=VALUE,…",
        multiple=True,
        help=f"{what}; a name left out has 0. May be left out for one input: 1.",
    )


def read_direction(texts: Sequence[str], name: str, asked: Problem) -> dict[str, Value] | None:
    """The direction that an option gives, None where it gives none.

    Numbers without names belong to the inputs in their order.
    """
    if not texts:
        return None
    if len(texts) > 1 or is_named(texts[0]):
        return parse_at(texts, name)
    inputs = [wrt for wrt, _ in asked.wrt]
    values = parse_values(texts[0], name)
    if len(values) != len(inputs):
        raise UsageError(
            f"{name} has {counted(len(values), 'number')}, and {there_are(inputs, 'input')}",
            hint=f"name those that are not 0: {name} " + ",".join(f"{wrt}=1" for wrt in inputs[:2]),
        )
    return dict(zip(inputs, values, strict=True))
