"""`adcli hessian`: the second derivatives of one output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import Choice, certify_option, option
from adcli.errors import UsageError
from adcli.problem.given import ORDERS

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The Hessian, or its nonzeros."""
    from adcli.derivatives.answers import hessian, sparse_hessian

    if options["sparse"]:
        if options["mode"] != ORDERS[0]:
            raise UsageError("--sparse multiplies with vectors, forward over reverse: leave out --mode")
        return sparse_hessian(asked)
    return hessian(asked, mode=options["mode"])


command = FormulaCommand(
    "hessian",
    summary="The Hessian: the second derivatives of one output, by each pair of inputs.",
    examples=(
        (EXAMPLE.format("hessian"), "with the value and the gradient"),
        (EXAMPLE.format("hessian") + " --wrt x2 --format value", "one second derivative, as a bare number"),
        (EXAMPLE.format("hessian") + " --mode rev-rev", "reverse mode over reverse mode"),
        ('adcli hessian "u = x*y; v = sin(u); u, v" --at x=1,y=2 --output v', "of one of several outputs"),
    ),
    compute=compute,
    takes_data=True,
    own=(
        option(
            "--mode",
            type=Choice(ORDERS),
            default=ORDERS[0],
            help="The two modes, the outer one first: forward over reverse (the default), and so on.",
        ),
        option("--sparse", is_flag=True, help="The nonzeros alone, by as few products H·v as a colouring allows."),
        certify_option(),
    ),
)
