"""`adcli compare`: the ways to differentiate, side by side at one point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import FileName, option
from adcli.cli.streams import write_file
from adcli.errors import UsageError
from adcli.problem.point import parse_at

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The comparison, and the picture of the steps."""
    from adcli.studies.compare.compare import compare

    target = options["plot"]
    if target and not options["steps"]:
        raise UsageError("--plot draws the error against the step", hint="add --steps")
    if target:
        from adcli.render.plot import kind_of

        kind = kind_of(target)
    manual = parse_at(options["manual"], "--manual") if options["manual"] else None
    result = compare(asked, manual=manual, steps=options["steps"])
    if target:
        from adcli.render import plot

        write_file(target, plot.steps(result, kind))
    return result


command = FormulaCommand(
    "compare",
    summary="""The ways to differentiate, side by side: by hand, differences, SymPy, both modes.

    Each with its error against 50 digits, what it takes, and how long. A wrong formula of --manual exits with 1.
    """,
    examples=(
        (EXAMPLE.format("compare"), "all ways but by hand"),
        (EXAMPLE.format("compare") + ' --manual "x1=1/x1+x2, x2=x1-cos(x2)"', "and your own derivatives, checked"),
        (EXAMPLE.format("compare") + " --steps --plot steps.svg", "what the step of a difference does"),
    ),
    compute=compute,
    renders="compare",
    own=(
        option(
            "--manual",
            metavar="NAME=FORMULA,…",
            multiple=True,
            help="Derivatives worked out by hand: x1=1/x1+x2,x2=x1-cos(x2).",
        ),
        option("--steps", is_flag=True, help="The error of the differences for steps from 0.1 to 1e-16."),
        option("--plot", metavar="FILE", type=FileName(), help="Draw that as a picture: FILE.png or FILE.svg."),
    ),
)
