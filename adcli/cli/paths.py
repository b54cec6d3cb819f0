"""`adcli paths`: derivatives as sums over the paths through the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import Whole, option
from adcli.render import WORDED

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The paths."""
    from adcli.studies.paths import paths

    return paths(asked, limit=options["limit"], factored=options["factored"])


command = FormulaCommand(
    "paths",
    summary="""Every path from an output back to an input, and the product of the partial derivatives along it.

    The sum of the products over all paths is the derivative. Paths with the largest products come first.
    """,
    examples=(
        (EXAMPLE.format("paths"), "every path, its factors and their product"),
        (EXAMPLE.format("paths") + " --wrt x1", "those that lead to one input"),
        (EXAMPLE.format("paths") + " --wrt x1 --factored", "as one nested expression"),
        ('adcli paths "x1*x2+sin(x1)"', "without a point: the paths with the names of their factors"),
    ),
    compute=compute,
    own=(
        option(
            "--limit",
            metavar="N",
            type=Whole(0, 1_000_000),
            default=20,
            help="List at most N paths (default 20); sums and counts are of all.",
        ),
        option(
            "--factored",
            is_flag=True,
            help="The chain rule as the one nested expression that the graph's structure gives.",
        ),
    ),
    renders="paths",
    formats=WORDED,
    needs_point=False,
)
