"""`adcli equal`: whether two formulas are the same function."""

from __future__ import annotations

import re
import sys
from typing import Any

import click

from adcli.cli.command import Command
from adcli.cli.formula import deliver
from adcli.cli.options import SECONDS, SYNTAXES, Choice, FileName, ending, option, sizes
from adcli.cli.streams import Patience, Stream
from adcli.errors import UsageError
from adcli.problem.point import split
from adcli.render import WORDED

_INTERVAL = re.compile(r"\s*([^=\s]+)\s*=\s*([^:]+):([^:]+)")


def run(expr: tuple[str, ...], over: tuple[str, ...], assume: tuple[str, ...], **options: Any) -> int:
    """Compare, print; the exit status tells."""
    from adcli.render.equal import render
    from adcli.studies.equal.equal import equal

    if len(expr) != 2:
        raise UsageError(
            f"equal compares two formulas, and {len(expr) or 'none'} {'are' if len(expr) > 1 else 'is'} given",
            hint='for instance: adcli equal "sin(2*x)" "2*sin(x)*cos(x)"',
        )
    stream = Stream(sys.stdout, options["color"], needed=True)
    target = options["destination"]
    people = stream.terminal and not target
    format = options["format"] or ending(target, WORDED) or ("table" if people else "plain")
    with Patience("comparing"):
        found = equal(
            *expr,
            over=intervals(over),
            assume=[condition for text in assume for condition in split(text) if condition.strip()],
            seconds=options["seconds"],
            let=sizes(options["let"]),
            syntax=options["syntax"],
        )
    deliver(lambda view: render(found, format, view), stream, options)
    return 0 if found.equal else 1


def intervals(words: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """The intervals of `--over x=0:1,y=-1:1`."""
    found = {}
    for word in (part for text in words for part in split(text) if part.strip()):
        match = _INTERVAL.fullmatch(word)
        if match is None:
            raise UsageError(f"--over is a name and an interval, not {word!r}", hint="for instance --over x=0:1")
        found[match[1]] = (match[2].strip(), match[3].strip())
    return found


command = Command(
    "equal",
    summary="""Are two formulas the same function?

    By proof, by a counterexample, or by points; differences of domain are reported. Exits with 1 where they differ,
    with 3 where it cannot be told.
    """,
    examples=(
        ('adcli equal "sin(2*x)" "2*sin(x)*cos(x)"', "a proof"),
        ('adcli equal "log(x^2)" "2*log(x)"', "the same where both have values; a difference of domain is reported"),
        ('adcli equal "sqrt(x^2)" "x" --assume "x>0"', "where something is known of the inputs"),
        ('adcli equal "atan(1/x)+atan(x)" "pi/2" --over x=0:10', "on an interval"),
    ),
    params=[
        click.Argument(["expr"], nargs=-1, type=click.UNPROCESSED),
        option("--over", metavar="NAME=LOW:HIGH,…", multiple=True, help="Compare on intervals only: x=0:1."),
        option("--assume", metavar="CONDITION,…", multiple=True, help='Compare where conditions hold: "x>0".'),
        option("--let", metavar="NAME=N", multiple=True, help="A whole number, such as the size n of a sum."),
        option("--syntax", type=Choice(SYNTAXES), default="adcli", help="The notation of the formulas."),
        option("--seconds", metavar="S", type=SECONDS, default=5.0, help="Time for a proof (default 5)."),
        option("--format", type=Choice(WORDED), help="Default: table on a terminal, plain in a pipe."),
        option("-o", "destination", metavar="FILE", type=FileName(), help="Write the output to a file."),
        option("--color", type=Choice(("auto", "always", "never")), default="auto", help="When to use colours."),
    ],
    run=run,
)
