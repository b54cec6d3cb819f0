"""`adcli hvp`: the Hessian times a vector, without the Hessian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import direction_option, read_direction

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """H·v."""
    from adcli.derivatives.answers import hvp

    return hvp(asked, vector=read_direction(options["vector"], "--vector", asked))


command = FormulaCommand(
    "hvp",
    summary="""The Hessian times a vector, H·v, without forming the Hessian.

    How the gradient changes when the inputs move along v: a forward sweep over the reverse sweep's program, at a
    small multiple of the gradient's cost, whatever the number of inputs.
    """,
    examples=(
        (EXAMPLE.format("hvp") + " --vector x1=1,x2=0", "along x1: the first column of the Hessian"),
        (EXAMPLE.format("hvp") + " --vector 1,-1 --format json", "numbers in the inputs' order; for a script"),
    ),
    compute=compute,
    takes_data=True,
    own=(direction_option("--vector", "The vector"),),
)
