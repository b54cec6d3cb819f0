"""What the commands share: how arguments are read, the options, and the way from a formula to printed output."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from adcli.cli import HELP
from adcli.cli.streams import Stream, is_terminal, read_file, read_input, write_file
from adcli.errors import AdcliError, UsageError
from adcli.problem.given import blamed
from adcli.problem.point import Value, parse_at, split
from adcli.render import FORMATS, View, render
from adcli.render.errors import Sources
from adcli.results import Result

if TYPE_CHECKING:
    from adcli.problem.problem import Problem

EXAMPLE = 'adcli {} "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5'
"""The running formula, of Baydin et al. (2018), tables 2 and 3."""

STANDARD_OUTPUT = ("-", "/dev/stdout")
"""What -o may call it."""

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
        for param in self.get_params(ctx):
            if isinstance(param, click.Option):
                for spelling in (*param.opts, *param.secondary_opts):
                    takes_value[spelling] = not param.is_flag
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
                if takes_value[word]:
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


if TYPE_CHECKING:
    _Number = click.ParamType[int]
    _Word = click.ParamType[str]
else:
    _Number = _Word = click.ParamType  # generic only for type checkers of newer versions


class Choice(click.Choice[str]):
    """One of several words; each may stand for another (`meaning`)."""

    def __init__(self, words: Sequence[str], meaning: dict[str, str] | None = None) -> None:
        super().__init__(words)
        self.meaning = meaning or {}

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word, or what it stands for."""
        if value in self.choices:
            return self.meaning.get(value, str(value))
        from difflib import get_close_matches

        close = get_close_matches(value, self.choices, 1)
        option = param.opts[-1] if param else ""
        raise UsageError(
            f"{option} cannot be {value!r}",
            hint=f"did you mean {close[0]}?" if close else "it is one of " + ", ".join(self.choices),
        )


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
    return click.Option(names, **settings)


def formula_options(formats: Sequence[str] = FORMATS, default: str = "table") -> list[click.Parameter]:
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
        option("--syntax", type=Choice(("adcli", "sympy", "latex", "mathematica", "maxima")), default="adcli",
               help="The notation of the formula."),
        option("--precision", metavar="N", type=Whole(1, 10_000), default=15,
               help="Compute with N decimal digits; 15, the default, means ordinary floats."),
        option("--format", type=Choice(formats), help=f"Default: {default} on a terminal, plain in a pipe."),
        option("--digits", metavar="N", type=Whole(1, 17), help="Significant digits shown in tables (default 6)."),
        option("--check/--no-check", default=None, help="Cross-check against SymPy. Default: on for tables."),
        option("-o", "destination", metavar="FILE", type=FileName(), help="Write the output to a file."),
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


def mode_option(
    help: str = "Forward or reverse; auto takes the one with fewer sweeps.", also: Sequence[str] = ()
) -> click.Parameter:
    """The order in which the chain rule is applied; *also* are further modes of a command."""
    return option(
        "--mode",
        type=Choice(("fwd", "rev", *also, "auto", "forward", "reverse"), {"fwd": "forward", "rev": "reverse"}),
        default="auto",
        help=help,
    )


def layout_option() -> click.Parameter:
    """Both conventions of the literature."""
    return option(
        "--layout",
        type=Choice(("numerator", "denominator")),
        default="numerator",
        help="A row per output (a gradient is a row), or its transpose (a gradient is a column).",
    )


class FormulaCommand(Command):
    """A command on a formula at a point. `compute(problem, options)` gives the result.

    A study has a renderer of its own, with its own formats: `renders` names the module in `adcli.render` whose
    `render(result, format, view)` gives text or the bytes of a picture; `formats` begin with the terminal's.
    Where it does not need a point, it asks for the structure alone when none is given.
    """

    def __init__(
        self,
        name: str,
        *,
        summary: str,
        examples: Sequence[Example],
        compute: Callable[[Problem, dict[str, Any]], Result],
        own: Sequence[click.Parameter] = (),
        differentiates: bool = True,
        renders: str = "",
        formats: Sequence[str] = FORMATS,
        needs_point: bool = True,
        takes_data: bool = False,
    ) -> None:
        shared = formula_options(formats, formats[0])
        if renders:  # a study is its own evidence
            shared = [param for param in shared if param.name != "check"]
        # The options that make the question come first, those that shape the answer last.
        params = [*shared[:2], *(derivative_options() if differentiates else ()), *own, *shared[2:]]
        super().__init__(name, summary=summary, examples=examples, params=params, run=self.run)
        self.compute = compute
        self.renders = renders
        self.formats = formats
        self.needs_point = needs_point
        self.takes_data = takes_data
        self.row_options: list[click.Parameter] = []

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As ever; the options of `--data` are only made where one of them may be meant."""
        if self.takes_data:
            known = {spelling for param in self.params for spelling in (*param.opts, *param.secondary_opts)}
            if ctx.resilient_parsing or any(w[:2] == "--" and w.partition("=")[0] not in known for w in args):
                self.complete()
        return super().parse_args(ctx, args)

    def complete(self) -> None:
        """Make the options of `--data` too."""
        if self.takes_data:
            from adcli.cli.rows import data_options

            self.row_options = data_options(str(self.name))
            self.params += self.row_options
            self.takes_data = False

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it does, examples, options."""
        self.complete()
        super().format_help(ctx, formatter)

    def run(self, **options: Any) -> int:
        """From the command line to printed output; returns the exit status."""
        expr: tuple[str, ...] = options.pop("expr")
        over_rows = options.get("data")
        _check_input(expr, options)
        if not over_rows:
            self._refuse_row_options()
        sources = read_sources(expr, options["files"], f"adcli {self.name}", EXAMPLE.format(self.name))
        if over_rows:
            return self._over_rows(sources, options)
        stream = Stream(sys.stdout, options["color"], needed=True)
        target = options["destination"]
        format = options["format"] or (self.formats[0] if stream.terminal and not target else "plain")
        check = not self.renders and (format == "table" if options["check"] is None else options["check"])
        try:
            return self._run(sources, stream, format, check, options)
        except AdcliError as fault:
            fault.sources = sources  # type: ignore[attr-defined]  # read by adcli.cli.failure
            raise

    def _refuse_row_options(self) -> None:
        """Refuse the options that mean nothing without rows, rather than answer as if they had been heeded."""
        if not self.row_options:
            return
        from click.core import ParameterSource

        source = click.get_current_context().get_parameter_source
        given = [param.opts[0] for param in self.row_options if source(str(param.name)) is ParameterSource.COMMANDLINE]
        if given:
            are = "is" if len(given) == 1 else "are"
            raise UsageError(
                f"{' and '.join(given)} {are} for the rows of files, and no --data is given",
                hint=f"--data FILE names the rows; for one point leave {' and '.join(given)} out",
            )

    def _over_rows(self, sources: Sources, options: dict[str, Any]) -> int:
        from adcli.cli.rows import run

        try:
            return run(str(self.name), sources, options)
        except AdcliError as fault:
            fault.sources = sources  # type: ignore[attr-defined]  # read by adcli.cli.failure
            raise

    def _run(self, sources: Sources, stream: Stream, format: str, check: bool, options: dict[str, Any]) -> int:
        asked = self._problem(sources, options)
        result = self.compute(asked, options)
        if check:
            result = checked(asked, result)
        show(result, sources, stream, format, options, self._rendered)
        return 0 if result.check is None or result.check.ok else 1

    def _problem(self, sources: Sources, options: dict[str, Any]) -> Problem:
        """The problem that the options describe."""
        from adcli.problem.problem import problem

        return problem(
            sources.texts,
            parse_at(options["at"]),
            wrt=names(options.get("wrt", ())),
            output=names(options["output"], "--output"),
            let=sizes(options["let"]),
            syntax=options["syntax"],
            allow_unused=options.get("allow_unused", False),
            precision=options["precision"],
            kinks=options.get("kinks", "warn"),
            values=self.needs_point or bool(options["at"]),
        )

    def _rendered(self, result: Result, format: str, view: View) -> str | bytes:
        if not self.renders:
            return render(result, format, view)
        from importlib import import_module

        text: str | bytes = import_module(f"adcli.render.{self.renders}").render(result, format, view)
        return text


def checked(asked: Problem, result: Result) -> Result:
    """The result with the outcome of its cross-check, and the check's own warnings."""
    from dataclasses import replace

    from adcli.crosscheck import check

    outcome, notices = check(asked, result)
    return replace(result, check=outcome, warnings=(*result.warnings, *notices))


def show(
    result: Result,
    sources: Sources,
    stream: Stream,
    format: str,
    options: dict[str, Any],
    rendered: Callable[[Result, str, View], str | bytes] = render,
) -> None:
    """Print the result, and on stderr what is not in it: warnings, a failed check."""
    shape = {
        "digits": options["digits"],
        "transposed": options.get("layout") == "denominator",
        "linearize": options.get("linearize", False),
    }
    target = options["destination"]
    if target and target not in STANDARD_OUTPUT:
        write_file(target, rendered(result, format, View(color=options["color"] == "always", **shape)))
    else:
        stream.write(rendered(result, format, stream.view(**shape)))
    failed = result.check is not None and not result.check.ok
    if failed or (result.warnings and format not in ("json", "table")):
        from adcli.render.errors import disagreement, warning

        errors = Stream(sys.stderr, options["color"])
        if format not in ("json", "table"):
            for notice in result.warnings:
                errors.write(warning(notice, result.text, sources, width=errors.width, color=errors.color))
        if failed:
            errors.write(disagreement(result, color=errors.color))


def _check_input(expr: Sequence[str], options: dict[str, Any]) -> None:
    """Refuse a second use of standard input: what is read once is gone."""
    rows = "-" in (options.get("data") or ())
    given = [options.get(name) or () for name in ("at", "let", "tangent", "vector", "direction", "cotangent", "manual")]
    values = [word for part in given for word in ((part,) if isinstance(part, str) else part) if word.strip() == "@-"]
    if not (rows or values):
        return
    first = "--data - reads the rows" if rows else "@- reads the values"
    if "-" in (*expr, *options["files"]) or not (expr or options["files"]):
        raise UsageError(f"{first} from standard input, which cannot hold the formula too")
    if rows + len(values) > 1:
        second = "the values of @- too" if rows else "those of another @- too"
        raise UsageError(f"{first} from standard input, which cannot hold {second}")


def read_sources(expr: Sequence[str], files: Sequence[str], command: str, example: str) -> Sources:
    """The texts of the program: of files, then arguments; else of standard input, unless it is a terminal."""
    texts: list[str] = []
    origins: list[str | None] = []
    for word in files:
        texts.append(read_input() if word == "-" else read_file(word))
        origins.append("standard input" if word == "-" else word)
    for word in expr:
        texts.append(read_input() if word == "-" else word)
        origins.append("standard input" if word == "-" else None)
    if not texts:
        if sys.stdin is None or is_terminal(sys.stdin):
            raise UsageError(f"{command} needs a formula", notes=(example,), hint=f"`{command} --help` shows more")
        texts.append(read_input())
        origins.append("standard input")
    if not any(text.strip() for text in texts):
        where = " and ".join(dict.fromkeys(origin or "the formula" for origin in origins))
        raise UsageError(f"{where} is empty", notes=(example,), hint=f"`{command} --help` shows more")
    return Sources(tuple(texts), tuple(origins))


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
