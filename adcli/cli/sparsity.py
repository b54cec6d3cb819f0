"""`adcli sparsity`: where a Jacobian or a Hessian can be other than zero, and how few sweeps compute it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import FormulaCommand
from adcli.cli.options import mode_option, option

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The pattern and its colours."""
    from adcli.studies.sparsity import sparsity

    return sparsity(asked, mode=options["mode"], hessian=options["hessian"])


command = FormulaCommand(
    "sparsity",
    summary="""Where a Jacobian can be other than zero, and how few sweeps compute it.

    No point is needed: the pattern holds for all values. Columns that share no row share a forward sweep, rows that
    share no column a reverse sweep.
    """,
    examples=(
        ('adcli sparsity "a*b" "b*c" "c*d"', "each entry with the sweep that tells it"),
        ('adcli sparsity "r[i=1..n] = x[i] - 2*x[i+1] + x[i+2]" --let n=1000 --output r', "3 sweeps instead of 1000"),
        ('adcli sparsity "Sum(x[i]*x[i+1], (i, 1, n-1))" --let n=50 --hessian', "of the second derivatives"),
    ),
    compute=compute,
    renders="sparsity",
    needs_point=False,
    own=(
        mode_option("Forward or reverse; auto takes the fewest sweeps, mixing both where that helps."),
        option("--hessian", is_flag=True, help="The Hessian of one output instead, by products H·v."),
    ),
)
