"""`adcli bounds`: what a function and its derivatives take over a box, proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import FormulaCommand
from adcli.cli.options import POSITIVE, SECONDS, option
from adcli.errors import UsageError
from adcli.problem.point import parse_at

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The bounds."""
    from adcli.studies.bounds.bounds import bounds

    over = parse_at(options["over"], "--over")
    limits = {"tolerance": options["tolerance"], "seconds": options["seconds"]}
    return bounds(asked, over, hessian=options["hessian"], **limits)


class BoundsCommand(FormulaCommand):
    """A command on a formula over a box, of which the problem is asked at the lower corner."""

    def point(self, options: dict[str, Any]) -> dict[str, Any]:
        """The lower ends of the intervals, and the values of the other inputs."""
        from adcli.studies.bounds.bounds import ranges

        if not options["over"]:
            raise UsageError("bounds over which box?", hint="for instance --over x=1:2,y=-1:1")
        if options["precision"] != 15:
            raise UsageError("bounds are doubles, rounded outwards", hint="leave out --precision")
        found = {name: low for name, (low, _) in ranges(parse_at(options["over"], "--over")).items()}
        options["wrt"] = list(found)
        given = super().point(options)
        if twice := [name for name in found if name in given]:
            raise UsageError(f"--over and --at both give {twice[0]} a value")
        return {**given, **found}


command = BoundsCommand(
    "bounds",
    summary="""Proven bounds of one output and its derivatives over a box, and what follows from them.

    Where the output rises, falls, is convex, how fast it changes at most, whether and where it is zero.
    """,
    examples=(
        ('adcli bounds "x*exp(-x^2)" --over x=0:2', "all that it takes, and its slope"),
        ('adcli bounds "x*y - exp(x-y)" --over x=-1:1,y=-1:1 --hessian', "in two inputs, with second derivatives"),
        ('adcli bounds "a*x^2 - 1" --over x=0:2 --at a=0.5', "one input moves, the other does not"),
        ('adcli bounds "cos(x) - x" --over x=0:pi/2 --format json', "exactly one zero, and where"),
    ),
    compute=compute,
    renders="bounds",
    differentiates=False,
    own=(
        option("--over", metavar="NAME=LOW:HIGH,…", multiple=True, help="The intervals in which the inputs move."),
        option("--tolerance", metavar="T", type=POSITIVE, default=1e-6,
               help="How close bounds come to attained values, relative where these exceed 1 (default 1e-6)."),
        option("--seconds", metavar="S", type=SECONDS, default=10,
               help="Processor time after which what is proven so far is the answer, with a warning (default 10)."),
        option("--hessian", is_flag=True, help="Bounds of the second derivatives too."),
    ),
)  # fmt: skip
