"""`adcli diff`: the derivative as a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import SECONDS, Whole, names, option
from adcli.errors import UsageError

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result

FORMATS = ("table", "plain", "latex", "markdown", "json", "html", "sympy", "mathematica")


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The formulas, or the reasons for them."""
    from adcli.studies.diff.diff import diff

    order, by = options["order"], names(options["by"], "--by")
    if order is not None and by:
        raise UsageError("--order and --by exclude each other")
    if options["format"] == "html" and not options["explain"]:
        raise UsageError("--format html is for --explain")
    if options["format"] in ("sympy", "mathematica") and options["explain"]:
        raise UsageError(
            f"--explain is not written in {options['format']}",
            hint="formats: table, plain, markdown, latex, html, json",
        )
    return diff(asked, order=order or 1, by=by, explained=options["explain"], seconds=options["seconds"])


command = FormulaCommand(
    "diff",
    summary="""The derivative as a formula that people would write.

    The shortest of several equivalent forms, verified against adcli's own modes before it is printed. No point is
    needed; with one, the values are shown too.
    """,
    examples=(
        (EXAMPLE.format("diff").partition(" --at")[0], "the partial derivatives"),
        ('adcli diff "x^2*exp(-x)" --order 2', "the second derivative"),
        ('adcli diff "x^2*sin(x)" --explain', "step by step"),
        ('adcli diff "x^2*y^3" --by x,y,y', "by x, then twice by y"),
        ('adcli diff "sin(x)/x" | adcli eval - --at x=1', "a formula that the other commands read"),
    ),
    compute=compute,
    renders="diff",
    formats=FORMATS,
    needs_point=False,
    own=(
        option("--order", metavar="K", type=Whole(1, 20), help="All derivatives of order K."),
        option("--by", metavar="NAMES", multiple=True, help="Differentiate by these, one after the other: x,x,y."),
        option("--explain", is_flag=True, help="Step by step: which rule, applied to what."),
        option("--seconds", metavar="S", type=SECONDS, default=5.0,
               help="Time for finding a short form (default 5); after that, the best found so far is taken."),
    ),
)  # fmt: skip
