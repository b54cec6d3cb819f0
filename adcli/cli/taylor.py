"""`adcli taylor`: derivatives of any order along a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import Whole, certify_option, derivative_options, direction_option, option, read_direction

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The Taylor coefficients."""
    from adcli.derivatives.taylor import taylor

    way = read_direction(options["direction"], "--direction", asked)
    return taylor(asked, order=options["order"], var=options["var"], direction=way)


command = FormulaCommand(
    "taylor",
    summary="""The Taylor series of one output, and its derivatives of any order, along a line.

    All orders come from one evaluation, on numbers that are themselves truncated series.
    """,
    examples=(
        ('adcli taylor "exp(x)*sin(x)" --at x=0 --order 5', "six coefficients and six derivatives"),
        (EXAMPLE.format("taylor") + " --order 3 --var x1", "in one of several inputs"),
        (EXAMPLE.format("taylor") + " --order 3 --direction x1=1,x2=-1", "along a line"),
        ('adcli taylor "exp(sin(x))/(1+x^2)" --at x=0 --order 50 --precision 60', "with sixty digits"),
    ),
    compute=compute,
    differentiates=False,
    own=(
        option("--order", metavar="K", type=Whole(0, 10_000), default=4, help="The highest order (default 4)."),
        option("--var", metavar="NAME", help="The input to expand in."),
        direction_option("--direction", "The line to expand along, instead of an input"),
        *[param for param in derivative_options() if param.name == "kinks"],
        certify_option(),
    ),
)
