"""`adcli jvp`: the Jacobian times a direction, in one forward sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import direction_option, read_direction

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """J·ẋ."""
    from adcli.derivatives.answers import jvp

    return jvp(asked, tangent=read_direction(options["tangent"], "--tangent", asked))


command = FormulaCommand(
    "jvp",
    summary="""The Jacobian times a direction, J·ẋ, in one forward sweep.

    How the outputs change when the inputs move along ẋ.
    """,
    examples=(
        (EXAMPLE.format("jvp") + " --tangent x1=1,x2=0", "along x1: the first column of the Jacobian"),
        ('adcli jvp "x^2" "x^3" --at x=2', "by the only input"),
    ),
    compute=compute,
    takes_data=True,
    own=(direction_option("--tangent", "The direction"),),
)
