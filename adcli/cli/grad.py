"""`adcli grad`: the gradient of one output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import certify_option, layout_option, mode_option, names, unknowns_option

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The gradient, or that of what an equation defines."""
    if options["for"]:
        from adcli.studies.answers.implicit import implicit

        return implicit(asked, names(options["for"], "--for"), one=True)  # type: ignore[no-any-return]
    from adcli.derivatives.answers import gradient

    return gradient(asked, mode=options["mode"])


command = FormulaCommand(
    "grad",
    summary="The gradient of one output: its derivative by each input.",
    examples=(
        (EXAMPLE.format("grad"), "the derivative by every input"),
        (EXAMPLE.format("grad") + " --wrt x2 --format value", "one derivative, as a bare number"),
        (EXAMPLE.format("grad") + " --mode fwd --format json", "in forward mode, for a script"),
        ('adcli grad "a=x*x; a=a*a; a" --at x=2', "a program of several steps"),
        ('adcli grad "sin(x)" --at x=pi/3 --precision 40', "forty digits"),
        ('adcli grad "y^2 = x" --at x=4,y=2 --for y', "dy/dx of what an equation defines"),
        ('adcli grad "S*exp(-r*T)" --data rows.csv --at r=0.03 -o out.csv', "for each row of a file"),
    ),
    compute=compute,
    takes_data=True,
    own=(mode_option(), unknowns_option(), layout_option(), certify_option()),
)
