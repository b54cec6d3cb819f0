"""`adcli eval`: values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import certify_option, option
from adcli.errors import AdcliError, DomainError, UsageError

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result

DERIVATIVE = re.compile(r"d_|.*_(dot|bar)\b")
"""How `derive` names its outputs."""
MOST_SOUGHT = 1000
"""In formulas of more operations no limit is looked for that nobody has asked for."""


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The outputs' values."""
    from adcli.derivatives.answers import evaluate

    if options["certify"] and options["limits"]:
        raise UsageError("a limit is not proven: leave out --certify or --limits")
    try:
        return evaluate(asked, limits=options["limits"])
    except DomainError as fault:
        if not options["limits"] and _has_limit(asked):
            fault.hint = "there is a limit: --limits gives it"
        elif all(map(DERIVATIVE.match, asked.graph.output_names)):
            fault.hint = "a derivative may exist as a limit where its program has no value: adcli grad of the formula"
        raise


def _has_limit(asked: Problem) -> bool:
    """Whether the outputs have limits where they have no values, as far as that is soon found."""
    from adcli.derivatives.answers import evaluate

    try:
        return len(asked.graph) <= MOST_SOUGHT and bool(evaluate(asked, limits=True))
    except AdcliError:
        return False


command = FormulaCommand(
    "eval",
    summary="The values of the outputs.",
    examples=(
        (EXAMPLE.format("eval"), "a formula at a point"),
        ('adcli eval "sqrt(2)" --precision 50', "fifty digits"),
        ("adcli eval -f model.ad --at @point.json --format json", "a program from a file, for a script"),
    ),
    compute=compute,
    takes_data=True,
    differentiates=False,
    own=(
        certify_option(),
        option("--limits", is_flag=True, help="Where there is no value but a limit, give it, with a warning."),
    ),
)
