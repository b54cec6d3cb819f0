"""`adcli graph`: the computational graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import names, option, weights
from adcli.render import OWN_FORMATS

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The graph."""
    from adcli.studies.graph import graph_view

    return graph_view(
        asked,
        adjoints=options["adjoints"],
        cotangent=weights(options["cotangent"]),
        highlight=names(options["highlight"]),
        group=options["group"] if options["group"] is not None or options["people"] else False,
        expand=names(options["expand"], "--expand"),
    )


command = FormulaCommand(
    "graph",
    summary="""The computational graph: what is computed from what.

    With a point, its nodes have values, and its edges the local partial derivatives.
    """,
    examples=(
        (EXAMPLE.format("graph"), "as a tree"),
        (EXAMPLE.format("graph") + " --adjoints --format svg -o graph.svg", "as a picture, with adjoints"),
        (EXAMPLE.format("graph") + " --highlight x1 --format mermaid", "for Markdown, with what depends on x1"),
        ('adcli graph "x1*x2+sin(x1)" --format dot', "the structure alone, for Graphviz"),
    ),
    compute=compute,
    own=(
        option("--adjoints", is_flag=True, help="Show the adjoint v̄ of each node: the derivative of the output by it."),
        option("--cotangent", metavar="VALUE,…", help="Adjoints of several outputs with these weights."),
        option("--highlight", metavar="NAMES", multiple=True, help="Mark what depends on these."),
        option("--group/--no-group", default=None,
               help="Draw what one operation on arrays expands to as one box. Default: for people, beyond 60"
                    " nodes."),
        option("--expand", metavar="NAMES", multiple=True,
               help="Take these boxes apart: by an array's name, an assigned name or the text of the operation."),
    ),
    differentiates=False,
    renders="graph",
    formats=OWN_FORMATS["graph"],
    needs_point=False,
)  # fmt: skip
