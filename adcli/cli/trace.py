"""`adcli trace`: the textbook's tables of a formula, and the correction of a learner's table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand, deliver
from adcli.cli.options import FileName, mode_option, option, read_direction, weights
from adcli.cli.streams import Stream, is_terminal
from adcli.errors import UsageError
from adcli.render import OWN_FORMATS, WORDED

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.render.errors import Sources
    from adcli.studies.trace.trace import Trace

GIVEN = (
    "expr",
    "files",
    "at",
    "wrt",
    "output",
    "let",
    "syntax",
    "echo",
    "allow_unused",
    "color",
    "format",
    "destination",
)
"""Options that say what is traced, and where to write it."""


def compute(asked: Problem, options: dict[str, Any]) -> Trace:
    """The traces."""
    from adcli.studies.trace.trace import trace

    return trace(asked, rows=rows(options["rows"]), **sweeps(asked, options))


def sweeps(asked: Problem, options: dict[str, Any]) -> dict[str, Any]:
    """Which sweeps the options ask for."""
    return {
        "mode": options["mode"],
        "tangent": read_direction(options["tangent"], "--tangent", asked),
        "cotangent": weights(options["cotangent"]),
    }


def rows(text: str | None) -> tuple[int | None, int | None] | None:
    """The numbers in `--rows 1:5`; either may be left out, and v may stand before them."""
    if text is None:
        return None
    ends: list[int | None] = []
    first, colon, last = text.partition(":")
    for end in (first, last if colon else first):
        number = end.strip().removeprefix("v")
        digits = number.removeprefix("-")
        if number and not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            raise UsageError(f"--rows is two numbers of nodes such as 1:5, not {text!r}")
        ends.append(int(number) if number else None)
    return ends[0], ends[1]


class TraceCommand(FormulaCommand):
    """The command, which can also go through a trace step by step, and correct a table."""

    def _run(self, sources: Sources, stream: Stream, format: str, check: bool, options: dict[str, Any]) -> int:
        if options["grade"] is not None:
            return self._graded(sources, stream, format, options)
        if options["step"]:
            return self._stepped(sources, stream, options)
        if options["interactive"]:
            return self._interactive(sources, stream, format, options)
        return super()._run(sources, stream, format, check, options)

    def _stepped(self, sources: Sources, stream: Stream, options: dict[str, Any]) -> int:
        """One row for each key."""
        import click

        from adcli.render.trace import steps

        if options["destination"] or options["format"] not in (None, "table"):
            raise UsageError("--step shows rows on a terminal: leave out --format and -o")
        if not (stream.terminal and is_terminal(sys.stdin)):
            raise UsageError("--step needs a terminal", hint="leave it out to see all rows at once")
        result = compute(self._problem(sources, options), options)
        stream.write("  any key shows the next row, q the end\n")
        for line in steps(result, stream.view(digits=options["digits"])):
            stream.write(line + "\n")
            if " = " in line and click.getchar() in ("q", "Q", "\x1b"):
                break
        return 0

    def _interactive(self, sources: Sources, stream: Stream, format: str, options: dict[str, Any]) -> int:
        """The page of `adcli explore`."""
        from adcli.render.explore import render
        from adcli.studies.explore import exploration

        self.refuse({*GIVEN, "interactive"}, "--interactive shows both modes and every sweep")
        if format != "html":
            raise UsageError(f"--interactive is a page, --format html, and not {format}")
        result = exploration(self._problem(sources, options))
        deliver(lambda view: render(result, format, view), stream, options)
        return 0

    def _graded(self, sources: Sources, stream: Stream, format: str, options: dict[str, Any]) -> int:
        """The correction of a table; returns 1 where something is wrong."""
        from adcli.cli.streams import read_file, read_input
        from adcli.render.grading import render

        allowed = {*GIVEN, "precision", "digits", "kinks", "mode", "tangent", "cotangent", "grade"}
        self.refuse(allowed, "--grade corrects a whole table")
        if format not in (self.formats[0], *OWN_FORMATS["grading"]):
            raise UsageError(f"a correction is written in words or as json, not as {format}")
        from adcli.studies.trace.grading import grade

        name = options["grade"]
        origin = "standard input" if name == "-" else name
        text = read_input() if name == "-" else read_file(name)
        asked = self._problem(sources, options)
        result = grade(asked, text, origin=origin, **sweeps(asked, options))
        deliver(lambda view: render(result, format, view), stream, options, digits=options["digits"])
        return 0 if result.right else 1


command = TraceCommand(
    "trace",
    summary="""Every step of a derivative, as the textbooks print it.

    The forward primal trace with its tangents, and the reverse adjoint trace, line by line.
    """,
    examples=(
        (EXAMPLE.format("trace"), "both modes"),
        (EXAMPLE.format("trace") + " --mode fwd --wrt x1", "forward mode, by one input"),
        (EXAMPLE.format("trace") + " --mode rev --format latex", "reverse mode, for a lecture"),
        (EXAMPLE.format("trace") + " --format csv", "a table for a spreadsheet"),
        (EXAMPLE.format("trace") + " --grade table.csv", "correct a learner's table: columns name, value, tangent, …"),
    ),
    compute=compute,
    own=(
        mode_option(help="One mode only; auto, the default, shows both."),
        option("--tangent", metavar="NAME=VALUE,…", multiple=True,
               help="One tangent trace along this direction, instead of one for each input."),
        option("--cotangent", metavar="VALUE,…",
               help="One adjoint trace of the outputs with these weights, instead of one for each output."),
        option("--rows", metavar="A:B", help="Show the nodes vA … vB only; either may be left out."),
        option("--step", is_flag=True, help="Show one row for each key (on a terminal)."),
        option("--interactive", is_flag=True,
               help="With --format html: a page to step through, as of `adcli explore`."),
        option("--grade", metavar="FILE", type=FileName(),
               help="Correct a learner's table (CSV): the first wrong row, and the probable slip."),
    ),
    renders="trace",
    formats=(*WORDED, "html"),
)  # fmt: skip
