"""`adcli minimize`: a minimum, what kind it is, and its derivatives by parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import FormulaCommand
from adcli.cli.options import names, option
from adcli.cli.solve import FOR, WRT, ranges

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The minimum."""
    from adcli.studies.answers.minimize import find_minimum

    bounds = ranges(options["bounds"], "--bounds")
    return find_minimum(asked, unknowns=names(options["for"], "--for"), wrt=names(options["wrt"]), bounds=bounds)


BOUNDS = option("--bounds", metavar="NAME=LOW:HIGH", multiple=True, help="Keep an unknown within bounds: x=0:1, x=0:.")

command = FormulaCommand(
    "minimize",
    summary="""A local minimum of one output, and how it depends on parameters.

    Downhill from --at by a trust-region Newton method on exact Hessian-vector products, then polished to all digits.
    """,
    examples=(
        ('adcli minimize "(1-x)^2 + 100*(y-x^2)^2" --at x=-1.2,y=1', "Rosenbrock's valley"),
        ('adcli minimize "exp(x) - a*x" --at x=0,a=2 --wrt a', "a minimum, and its derivative by a parameter"),
        ('adcli minimize "(x-2)^2 + y^2" --at x=0,y=1 --bounds x=0:1', "within bounds"),
        ('adcli minimize "x - log(x)" --at x=3 --precision 40', "forty digits"),
    ),
    compute=compute,
    renders="answers",
    differentiates=False,
    own=(FOR, WRT, BOUNDS),
)
