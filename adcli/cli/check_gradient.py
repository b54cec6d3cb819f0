"""`adcli check-gradient`: a gradient from elsewhere, held against differences of its function or against a formula."""

from __future__ import annotations

import sys
from typing import Any

from adcli.cli.command import Command
from adcli.cli.options import POSITIVE, SECONDS, Choice, FileName, Whole, ending, option
from adcli.cli.streams import Patience, Stream
from adcli.errors import UsageError
from adcli.problem.point import parse_at
from adcli.render import FORMATS


def run(gradient: str | None, format: str | None, **options: Any) -> int:
    """Print the verdict; 1 where an entry is wrong."""
    from adcli.cli.formula import deliver
    from adcli.render.gradients import render
    from adcli.studies.gradients.check import check_gradient

    if gradient is None:
        raise UsageError("whose gradient?", hint='for instance --gradient "python my_gradient.py"')
    stream = Stream(sys.stdout, options["color"], needed=True)
    with Patience("checking"):
        result = check_gradient(
            gradient,
            parse_at(options["at"]),
            function=options["function"],
            against=options["against"],
            points=options["points"],
            tolerance=options["tolerance"],
            seconds=options["timeout"],
        )
    people = stream.terminal and not options["destination"]
    chosen = format or ending(options["destination"], tuple(FORMATS)) or ("table" if people else "plain")
    deliver(lambda view: render(result, chosen, view), stream, options, digits=options["digits"])
    return 0 if result.ok else 1


command = Command(
    "check-gradient",
    summary="""A gradient from elsewhere, held against differences of its function, or against a formula.

    Each command is started once. It reads one JSON object of inputs per line, and answers each with one line: the
    function with a number, the gradient with an object of derivatives. Exits with 1 where an entry is wrong, and says
    what is likely wrong with it.
    """,
    examples=(
        ('adcli check-gradient --function "python f.py" --gradient "python df.py" --at x=1,y=2', "by differences"),
        ('adcli check-gradient --gradient "python df.py" --against "x^2*y" --at x=1,y=2', "against a formula"),
        ('adcli check-gradient --gradient "python df.py" --against "x^2*y" --at x=1,y=2 --points 1', "at one point"),
    ),
    params=[
        option("--function", metavar="CMD", help="The command that answers with the function's value."),
        option("--gradient", metavar="CMD", help="The command that answers with the derivatives by each input."),
        option("--against", metavar="EXPR", help="A formula of the function: its derivatives are adcli's."),
        option("--at", metavar="NAME=VALUE,…", multiple=True, help="The point, as for the other commands."),
        option("--points", metavar="N", type=Whole(1, 100_000), default=20,
               help="How many points are checked: the one given, and others near it (default 20)."),
        option("--tolerance", metavar="T", type=POSITIVE, default=1e-6,
               help="The relative difference up to which numbers agree (default 1e-6)."),
        option("--timeout", metavar="S", type=SECONDS, default=10, help="How long an answer may take (default 10)."),
        option("--format", type=Choice(tuple(FORMATS)), help="Default: table on a terminal, plain in a pipe."),
        option("--digits", metavar="N", type=Whole(1, 17), help="Significant digits shown in tables."),
        option("-o", "destination", metavar="FILE", type=FileName(),
               help="Write the output to a file, whose name says the format."),
        option("--color", type=Choice(("auto", "always", "never")), default="auto", help="When to use colours."),
    ],
    run=run,
)  # fmt: skip
