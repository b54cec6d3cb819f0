"""`adcli derive`: the derivative as a program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from adcli.cli.command import MaybeWord
from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import mode_option, option
from adcli.cli.streams import Stream
from adcli.errors import UsageError, counted
from adcli.render import OWN_FORMATS

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The derivative's program; how much simplifying saved goes to stderr, where the program is text."""
    from adcli.derivatives.derive import derivative_program

    kinds = [kind for kind in ("jvp", "vjp", "hessian") if options[kind]]
    if len(kinds) > 1:
        raise UsageError("--" + " and --".join(kinds) + " exclude each other")
    found = derivative_program(
        asked,
        kind=kinds[0] if kinds else "jacobian",
        mode=options["mode"],
        value=options["value"],
        optimize=options["optimize"],
    )
    if found.optimized is not None and options["format"] != "json":
        errors = Stream(sys.stderr, options["color"])
        errors.write(f"adcli: {counted(found.operations, 'operation')} simplified to {found.optimized:,}\n")
    return found


command = FormulaCommand(
    "derive",
    summary="""The derivative as a program in adcli's own language, ready to be read, run and derived again.

    Its outputs are the derivatives: d_x1, d_x2, … of one output, d_y1_x1 of several, x1_dot and y_bar with a
    direction or weights. `--value` keeps the values, in front of them. No point is needed. Factors of a product
    are brought together as people write them, so that last bits may differ from those of `grad`.
    """,
    examples=(
        (EXAMPLE.format("derive").partition(" --at")[0], "the gradient's program"),
        ('adcli derive "x^3*exp(x)" | adcli grad - --at x=2', "the second derivative: a derivative of a derivative"),
        ('adcli derive "x1*x2^2" --hessian --optimize', "all second derivatives, simplified"),
        ('adcli derive "x1*x2^2*sin(x3)" --hessian --optimize fast', "with products shared by all of them"),
        ('adcli derive "r*cos(t)" "r*sin(t)" --jvp', "along a direction r_dot, t_dot"),
        ('adcli derive "sin(x)/x" --value | adcli eval - --at x=1', "the value and the derivative"),
    ),
    compute=compute,
    renders="derive",
    formats=OWN_FORMATS["derive"],
    needs_point=False,
    own=(
        mode_option(),
        option("--jvp", is_flag=True, help="J·ẋ, for tangents of the inputs as further inputs: x1_dot, …"),
        option("--vjp", is_flag=True, help="ȳᵀ·J, for weights of the outputs as further inputs: y_bar, …"),
        option("--hessian", is_flag=True, help="The second derivatives of one output."),
        option("--value", is_flag=True, help="Keep the original outputs, as the first ones."),
        MaybeWord("--optimize", ("exact", "fast"),
                  "Compute nothing twice, and nothing that is not used; no value changes. With `fast`, sums and"
                  " products are regrouped too, and last bits may differ."),
    ),
)  # fmt: skip
