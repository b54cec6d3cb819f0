"""What the commands share: how arguments are read, the options, and the way from a formula to printed output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Container, Sequence
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from adcli.cli.command import Command, Example
from adcli.cli.options import (
    ROW_FORMATS,
    STANDARD_OUTPUT,
    derivative_options,
    ending,
    formula_options,
    names,
    sizes,
)
from adcli.cli.sources import _check_input, read_sources
from adcli.cli.streams import Patience, Stream, write_file
from adcli.errors import AdcliError, UsageError
from adcli.problem.point import parse_at
from adcli.render import FORMATS, View, render
from adcli.render.errors import Sources
from adcli.render.screen import lines
from adcli.results import Result

if TYPE_CHECKING:
    from adcli.problem.problem import Problem

EXAMPLE = 'adcli {} "ln(x1)+x1*x2-sin(x2)" --at x1=2,x2=5'
"""The running formula, of Baydin et al. (2018), tables 2 and 3."""


MACHINES = frozenset({"json", "csv"}) | {"plain", "value"}
"""Formats for programs, in which an output without a name is y."""


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
        formats: Sequence[str] = tuple(FORMATS),
        needs_point: bool = True,
        takes_data: bool = False,
    ) -> None:
        shared = formula_options((*formats, *ROW_FORMATS) if takes_data else formats, formats[0])
        if renders:  # a study is its own evidence
            shared = [param for param in shared if param.name not in ("check", "check_seconds")]
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
            from adcli.cli.row_options import data_options

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
            if options["format"] in ROW_FORMATS:
                raise UsageError(f"--format {options['format']} is for the rows of files, and no --data is given")
        sources = read_sources(expr, options["files"], f"adcli {self.name}", EXAMPLE.format(self.name))
        if over_rows:
            return self._over_rows(sources, options)
        stream = Stream(sys.stdout, options["color"], needed=True)
        format = self.format(stream, options)
        options["people"] = format not in MACHINES
        check = not self.renders and self.checks(format, options)
        try:
            return self._run(sources, stream, format, check, options)
        except AdcliError as fault:
            fault.sources = sources  # type: ignore[attr-defined]  # read by adcli.cli.failure
            raise

    def format(self, stream: Stream, options: dict[str, Any]) -> str:
        """The format asked for: by --format, else by the name of the file, else by who reads."""
        target = options["destination"]
        people = stream.terminal and not target
        found: str = options["format"] or ending(target, self.formats) or (self.formats[0] if people else "plain")
        return found

    def checks(self, format: str, options: dict[str, Any]) -> bool:
        """Whether the answer is checked: for people, or where an option says so."""
        if options["check"] is None:
            return format == "table" or options["check_seconds"] is not None
        return bool(options["check"])

    def refuse(self, allowed: Container[str], why: str) -> None:
        """Refuse every option that the command line gives and that has no effect here, rather than ignore it."""
        context = click.get_current_context()
        given = [
            param.opts[0]
            for param in self.params
            if param.name not in allowed
            and context.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE
        ]
        if given:
            raise UsageError(f"{why}: leave out {' and '.join(given)}")

    def _refuse_row_options(self) -> None:
        """Refuse the options that mean nothing without rows, rather than answer as if they had been heeded."""
        if not self.row_options:
            return
        source = click.get_current_context().get_parameter_source
        given = [param.opts[0] for param in self.row_options if source(str(param.name)) is ParameterSource.COMMANDLINE]
        if given:
            are = "is" if len(given) == 1 else "are"
            raise UsageError(
                f"{' and '.join(given)} {are} for the rows of files, and no --data is given",
                hint=f"--data FILE names the rows; for one point leave {' and '.join(given)} out",
            )

    def prepared(self, asked: Problem, options: dict[str, Any]) -> tuple[str, Problem, dict[str, str]]:
        """What is asked of each row, of which problem, and the columns of inputs that belong to it."""
        return str(self.name), asked, {}

    def _over_rows(self, sources: Sources, options: dict[str, Any]) -> int:
        from adcli.cli.rows import run

        try:
            return run(sources, options, self.point(options), self.prepared)
        except AdcliError as fault:
            fault.sources = sources  # type: ignore[attr-defined]  # read by adcli.cli.failure
            raise

    def _run(self, sources: Sources, stream: Stream, format: str, check: bool, options: dict[str, Any]) -> int:
        with Patience("reading"):
            asked = self._problem(sources, options)
        with Patience("computing"):
            result = self._computed(asked, options)
        check = check and result.check is None
        if check and format == "table" and options["destination"] in (None, *STANDARD_OUTPUT):
            return self._in_steps(asked, result, sources, stream, options)
        if check:
            from adcli.crosscheck.api import checked

            with Patience("checking"):
                result = checked(asked, result, seconds=options["check_seconds"])
        show(result, sources, stream, format, options, self._rendered)
        return 0 if result.check is None or result.check.ok else 1

    def _computed(self, asked: Problem, options: dict[str, Any]) -> Result:
        """The answer, its numbers proven where that is asked for."""
        if not options.get("certify"):
            return self.compute(asked, options)
        from adcli.derivatives.certify import certified

        return certified(asked, lambda problem: self.compute(problem, options))

    def _in_steps(
        self, asked: Problem, result: Result, sources: Sources, stream: Stream, options: dict[str, Any]
    ) -> int:
        """The answer at once, and its check when it is there."""
        from adcli.crosscheck.api import checked
        from adcli.render.table import evidence

        show(result, sources, stream, "table", options, self._rendered)
        with Patience("checking", 0.3):
            found = checked(asked, result, seconds=options["check_seconds"])
        notices = found.warnings[len(result.warnings) :]
        stream.write(evidence(found, notices, stream.view(digits=options["digits"])))
        if found.check is None or found.check.ok:
            return 0
        return 1

    def point(self, options: dict[str, Any]) -> dict[str, Any]:
        """The values that the options give the inputs."""
        return dict(parse_at(options["at"]))

    def equations(self, point: dict[str, Any], options: dict[str, Any]) -> Collection[str] | None:
        """The names that no equation assigns; None where there are no equations."""
        return names(options["unknowns"], "--for") if options.get("unknowns") else None

    def _problem(self, sources: Sources, options: dict[str, Any]) -> Problem:
        """The problem that the options describe."""
        from adcli.problem.problem import problem, short_named

        point = self.point(options)
        asked = problem(
            sources.texts,
            point,
            wrt=names(options.get("wrt", ())),
            output=names(options["output"], "--output"),
            let=sizes(options["let"]),
            syntax=options["syntax"],
            allow_unused=options.get("allow_unused", False),
            precision=options["precision"],
            kinks=options.get("kinks", "warn"),
            values=self.needs_point or bool(options["at"]),
            equations=self.equations(point, options),
        ).changed(written=options.get("certify", False))
        if options["echo"]:
            from adcli.cli.echo import echo

            echo(asked.graph, options["color"])
        # Who gives an output's weight by its name goes on reading that name.
        by_name = "=" in (options.get("cotangent") or "")
        return short_named(asked) if options["people"] and not by_name else asked

    def _rendered(self, result: Result, format: str, view: View) -> str | bytes:
        text: str | bytes
        if not self.renders:
            text = render(result, format, view)
        else:
            from importlib import import_module

            text = import_module(f"adcli.render.{self.renders}").render(result, format, view)
        if isinstance(text, bytes) or format in ("json", "csv") or view.color:  # coloured pieces are harmless already
            return text
        return lines(text)


def deliver(text: Callable[[View], str | bytes], stream: Stream, options: dict[str, Any], **shape: Any) -> None:
    """Write a text, which depends on who sees it, to the file of -o or else to the stream."""
    target = options["destination"]
    filed = target and target not in STANDARD_OUTPUT
    view = View(color=options["color"] == "always", **shape) if filed else stream.view(**shape)
    with Patience("rendering"):
        written = text(view)
    if filed:
        write_file(target, written)
    else:
        stream.write(written)


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
    deliver(lambda view: rendered(result, format, view), stream, options, **shape)
    if result.warnings and format not in ("json", "table"):
        from adcli.render.errors import warning

        errors = Stream(sys.stderr, options["color"])
        for notice in result.warnings:
            errors.write(warning(notice, result.text, sources, width=errors.width, color=errors.color))
    on_page = format == "table" and options["destination"] in (None, *STANDARD_OUTPUT)
    if result.check is not None and not result.check.ok and not on_page:
        _disagreement(result, options)


def _disagreement(result: Result, options: dict[str, Any]) -> None:
    """Say on stderr that the check has failed."""
    from adcli.render.errors import disagreement

    errors = Stream(sys.stderr, options["color"])
    errors.write(disagreement(result, color=errors.color))
