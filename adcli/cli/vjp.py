"""`adcli vjp`: weights times the Jacobian, in one reverse sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import option, weights

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """ȳᵀ·J."""
    from adcli.derivatives.answers import vjp

    return vjp(asked, cotangent=weights(options["cotangent"]))


command = FormulaCommand(
    "vjp",
    summary="""Weights times the Jacobian, ȳᵀ·J, in one reverse sweep.

    The gradient of the sum of the outputs, weighted by ȳ.
    """,
    examples=(
        (EXAMPLE.format("vjp"), "one output: the weight is 1"),
        ('adcli vjp "ln(x1)+x1*x2-sin(x2)" "x1*x2" --at x1=2,x2=5 --cotangent 1,2', "two outputs, weighted"),
    ),
    compute=compute,
    takes_data=True,
    own=(
        option(
            "--cotangent",
            metavar="VALUE,…",
            help="A weight for each output, in their order. May be left out for one output: 1.",
        ),
    ),
)
