"""`adcli jacobian`: every output's derivative by every input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import FormulaCommand
from adcli.cli.options import certify_option, layout_option, mode_option, names, option, unknowns_option
from adcli.errors import UsageError
from adcli.problem.given import CROSS

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The Jacobian, its nonzeros, or that of what equations define."""
    if options["for"]:
        from adcli.studies.answers.implicit import implicit

        for name in ("sparse", "det", "linearize"):
            if options[name]:
                raise UsageError(f"--{name} is for the derivatives of outputs: leave out --for")
        return implicit(asked, names(options["for"], "--for"), layout=options["layout"])  # type: ignore[no-any-return]
    from adcli.derivatives.answers import jacobian, sparse_jacobian

    if options["certify"] and (options["det"] or options["linearize"]):
        raise UsageError("--certify proves values and derivatives: leave out --det and --linearize")
    if options["sparse"]:
        for name in ("det", "linearize"):
            if options[name]:
                raise UsageError(f"--{name} wants all entries of the Jacobian: leave out --sparse")
        return sparse_jacobian(asked, mode=options["mode"], layout=options["layout"])
    return jacobian(asked, mode=options["mode"], layout=options["layout"], det=options["det"])


command = FormulaCommand(
    "jacobian",
    summary="The Jacobian: the derivative of each output by each input.",
    examples=(
        ('adcli jacobian "ln(x1)+x1*x2-sin(x2)" "x1*x2" --at x1=2,x2=5', "two outputs, two inputs"),
        ('adcli jacobian "r*cos(t)" "r*sin(t)" --at r=2,t=pi/6 --det', "polar coordinates, with the determinant"),
        ('adcli jacobian "x1*x2" "sin(x1)" --at x1=1,x2=2 --linearize', "the best linear approximation there"),
        (
            'adcli jacobian "r[i=1..n] = x[i+1]^2 - x[i]" --let n=4 --output r --at x=[1,2,3,4,5] --sparse',
            "a sparse one",
        ),
        ("adcli jacobian -f model.ad --at @point.json --format csv", "a program from a file"),
    ),
    compute=compute,
    takes_data=True,
    own=(
        mode_option(
            "Forward or reverse; auto takes the one with fewer sweeps; cross eliminates vertices in the best order.",
            also=(CROSS,),
        ),
        option("--sparse", is_flag=True, help="The nonzeros alone, by as few sweeps as a colouring allows."),
        unknowns_option(),
        layout_option(),
        option("--det", is_flag=True, help="The determinant too, of a square Jacobian."),
        option("--linearize", is_flag=True, help="Show it as the best linear approximation f(a) + J(x - a)."),
        certify_option(),
    ),
)
