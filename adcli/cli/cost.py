"""`adcli cost`: what derivatives cost, counted by running the modes."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand, show
from adcli.cli.options import FileName, names, option, sizes
from adcli.cli.streams import Stream, write_file
from adcli.errors import UsageError, counted, there_are
from adcli.problem.point import is_named, parse_at, parse_values
from adcli.render.errors import Sources

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result

_GROWTH = re.compile(r"\s*(\w+)\s*=\s*(\d{1,9})\s*\.\.\s*(\d{1,9})\s*(?::\s*(\d{1,9})\s*)?", re.ASCII)
_SIZES = re.compile(r"\s*\d+\s*(,\s*\d+\s*)*", re.ASCII)


SHOWN = ("format", "destination", "color", "digits")
"""Options that say how an answer is shown, whatever it is."""


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The cost of the derivatives, or of the layers' chain."""
    if options["layers"]:
        from adcli.studies.cost.layers import layers

        values = bool(asked.at)
        return layers(asked, names(options["layers"]), values=values, elimination=options["elimination"])
    from adcli.studies.cost.cost import cost

    tangent, cotangent = options["tangent"], options["cotangent"]
    return cost(
        asked,
        tangent=_tangent(tangent, asked) if tangent else None,
        cotangent=None if cotangent is None else len(_weights(cotangent, asked)),
        measure=options["measure"],
        elimination=options["elimination"],
    )


def _tangent(texts: tuple[str, ...], asked: Problem) -> list[str]:
    """The names of a direction; bare numbers belong to the inputs in their order."""
    if len(texts) > 1 or is_named(texts[0]):
        return list(parse_at(texts, "--tangent"))
    inputs = [name for name, _ in asked.wrt]
    given = len(parse_values(texts[0], "--tangent"))
    if given != len(inputs):
        raise UsageError(f"--tangent has {counted(given, 'number')}, and {there_are(inputs, 'input')}")
    return inputs


def _weights(text: str, asked: Problem) -> Any:
    """The weights of a cotangent; names that are left out weigh 0."""
    if not is_named(text):
        return parse_values(text, "--cotangent")
    from adcli.errors import NameFault
    from adcli.problem.checks import among

    outputs = asked.graph.output_names
    for name in parse_at([text], "--cotangent"):
        if name not in outputs:
            raise NameFault(f"the cotangent names {name}, which is no output", hint=among(name, outputs))
    return outputs


class CostCommand(FormulaCommand):
    """A command on a formula, or on the sizes of layers alone."""

    def run(self, **options: Any) -> int:
        """A chain needs no formula."""
        if options["chain"] is None:
            return super().run(**options)
        if options["expr"]:
            raise UsageError("--chain stands alone: the sizes are all that it needs")
        self.refuse({"chain", *SHOWN}, "--chain stands alone: the sizes are all that it needs")
        from adcli.derivatives.elimination.chain import Chained, chain

        result = Chained(expr=(), at={}, chain=chain(chain_sizes(options["chain"])))
        stream = Stream(sys.stdout, options["color"], needed=True)
        show(result, Sources(), stream, self.format(stream, options), options, self._rendered)
        return 0

    def _run(self, sources: Sources, stream: Stream, format: str, check: bool, options: dict[str, Any]) -> int:
        if options["plot"] and not options["growth"]:
            raise UsageError("--plot draws the growth", hint="say over which sizes, for instance --growth n=1..50")
        if not options["growth"]:
            if options["layers"] and options["measure"]:
                raise UsageError("--layers and --measure do not go together")
            return super()._run(sources, stream, format, check, options)
        formula = {"expr", "files", "let", "wrt", "output", "syntax", "allow_unused"}
        self.refuse({"growth", "plot", *formula, *SHOWN}, "--growth counts operations only")
        name, growing = growing_sizes(options["growth"])
        if options["plot"]:
            from adcli.render.plot import kind_of

            kind = kind_of(options["plot"])
        from adcli.studies.cost.growth import growth

        result = growth(
            sources.texts,
            name,
            growing,
            let=sizes(options["let"]),
            wrt=names(options["wrt"]),
            output=names(options["output"]),
            syntax=options["syntax"],
            allow_unused=options["allow_unused"],
        )
        if options["plot"]:
            from adcli.render import plot

            write_file(options["plot"], plot.growth(result, kind))
        show(result, sources, stream, format, options, self._rendered)
        return 0


def chain_sizes(text: str) -> list[int]:
    """The sizes in "10,6,8,2,1"."""
    if not _SIZES.fullmatch(text) or any(len(part.strip()) > 18 for part in text.split(",")):
        raise UsageError(
            f"--chain is a list of sizes, from input to output, not {text!r}", hint="for instance --chain 10,6,8,2,1"
        )
    return [int(part) for part in text.split(",")]


def growing_sizes(text: str) -> tuple[str, range]:
    """The name and the sizes in "n=1..50" or "n=1..50:7"."""
    found = _GROWTH.fullmatch(text)
    first, last, step = (int(found[2]), int(found[3]), int(found[4] or 1)) if found else (0, -1, 1)
    if found is None or not step or first > last:
        raise UsageError(
            f"--growth is a name and a range, not {text!r}",
            hint="for instance --growth n=1..50, or in steps of 7: n=1..50:7",
        )
    return found[1], range(first, last + 1, step)


command = CostCommand(
    "cost",
    summary="""What derivatives cost: forward and reverse mode, differences, SymPy.

    Operations are counted by running the modes; no point is needed.
    """,
    examples=(
        ('adcli cost "ln(x1)+x1*x2-sin(x2)"', "every way, and which mode is cheaper"),
        (EXAMPLE.format("cost") + " --measure", "and the times"),
        ('adcli cost "y = x1*x2; sin(y), cos(y)" --elimination', "the orders between forward and reverse"),
        ("adcli cost -f helmholtz.ad --wrt x --growth n=1..50:7", "how the cost grows with the size n"),
        ("adcli cost --chain 10,6,8,2,1", "layers of these sizes: in which order to multiply their Jacobians"),
        ("adcli cost -f mlp.ad --at @mlp.json --layers x,z1,z2,z3,y", "the same for the layers of a program"),
    ),
    compute=compute,
    renders="cost",
    needs_point=False,
    own=(
        option("--measure", is_flag=True, help="Measure times too, side by side; needs a point (--at)."),
        option("--elimination", is_flag=True, help="The Jacobian by other orders of the chain rule, vertex by vertex."),
        option("--growth", metavar="NAME=A..B", help="Count for each size in a range, or in steps: n=1..50:7."),
        option("--plot", metavar="FILE", type=FileName(), help="Draw the growth as a picture: FILE.png or FILE.svg."),
        option("--chain", metavar="SIZES", help="Sizes of layers from input to output, instead of a formula."),
        option("--layers", metavar="NAMES", multiple=True, help="The program's layers, from input to output."),
        option("--tangent", metavar="NAME=VALUE,…", multiple=True, help="One direction J·ẋ: 1 forward sweep."),
        option("--cotangent", metavar="VALUES", help="One combination ȳᵀ·J: 1 reverse sweep."),
    ),
)
