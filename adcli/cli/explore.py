"""`adcli explore`: a page to step through both passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.render import OWN_FORMATS

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The program, taken apart."""
    from adcli.studies.explore import exploration

    return exploration(asked)


command = FormulaCommand(
    "explore",
    summary="""A page to step through both passes.

    One file, for any browser: the graph and the traces, with values that run forward, tangents along with them or
    adjoints back, step by step. The inputs can be moved; paths add up to the derivative; a quiz asks for the numbers.
    The drawing comes from Graphviz, which the extra `graph` brings: pip install 'adcli[graph]'.
    """,
    examples=(
        (EXAMPLE.format("explore") + " -o page.html", "open page.html in a browser"),
        ('adcli explore "a = x*y; sin(a)/a" --at x=1,y=2 --wrt x -o page.html', "differentiated by x only"),
    ),
    compute=compute,
    renders="explore",
    formats=OWN_FORMATS["explore"],
)
