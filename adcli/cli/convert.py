"""`adcli convert`: a formula in another notation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import SYNTAXES, Choice, option
from adcli.render import OWN_FORMATS

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The formula's text."""
    from adcli.studies.convert import convert

    return convert(asked, to=options["to"])


command = FormulaCommand(
    "convert",
    summary="""The formula in another notation: from any that --syntax reads to any that --to names.

    Functions that a notation lacks are written by those that it has. No point is needed.
    """,
    examples=(
        (EXAMPLE.format("convert").partition(" --at")[0] + " --to latex", "for a paper"),
        ("adcli convert '\\\\frac{x^2}{1+e^{-x}}' --syntax latex --to python", "from a paper into code"),
        ("adcli convert 'Log[x] + Sin[2 x y]' --syntax mathematica --to maxima", "from one program to another"),
        ('adcli convert "a = x*y; a^2 + exp(-a)" --to julia', "with its intermediate steps"),
        ("adcli convert '=IF(A1>0; A1^2; 0)' --syntax excel --to adcli", "a cell as adcli reads it"),
    ),
    compute=compute,
    renders="convert",
    formats=OWN_FORMATS["convert"],
    differentiates=False,
    needs_point=False,
    own=(option("--to", type=Choice(SYNTAXES), required=True, help="The notation to write."),),
)
