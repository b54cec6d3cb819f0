"""`adcli uncertainty`: values with their uncertainties, and where these come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from adcli.cli.formula import FormulaCommand
from adcli.cli.options import FRACTION, FileName, Whole, option
from adcli.cli.streams import write_file
from adcli.errors import UsageError
from adcli.problem.point import Value, parse_at, split
from adcli.problem.uncertain import parted

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


class UncertaintyCommand(FormulaCommand):
    """A command on values with uncertainties."""

    def point(self, options: dict[str, Any]) -> dict[str, Value]:
        """The values alone; what is uncertain of them goes with the options."""
        plain, options["uncertain"] = parted(super().point(options))
        return plain

    def complete(self) -> None:
        """Make the options of `--data` too, and its own ones."""
        if self.takes_data:
            super().complete()
            own = [
                option("--u", metavar="NAME=COLUMN,…", multiple=True,
                       help="With --data: the column of an input's standard uncertainty; or a number, or a part: 2%."),
                option("--budget", is_flag=True, help="With --data: what each input contributes, too."),
            ]  # fmt: skip
            self.row_options += own
            self.params += own

    def prepared(self, asked: Problem, options: dict[str, Any]) -> tuple[str, Problem, dict[str, str]]:
        """The program of values and uncertainties."""
        from adcli.studies.uncertainty.rows import propagating

        self.refuse(ROWS | {param.name for param in self.row_options}, "--data gives each row its standard uncertainty")
        corr, budget = correlations(options["corr"]), options["budget"]
        asked, columns = propagating(asked, options["uncertain"], spreads(options["u"]), corr, budget=budget)
        return "eval", asked, columns


ROWS = {"expr", "at", "files", "output", "let", "syntax", "format", "color", "destination", "corr"}
"""The options that mean something for rows, besides those of rows alone."""


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The uncertainties, and the picture of their budgets."""
    from adcli.studies.uncertainty.propagation import uncertainty

    if options["plot"]:
        from adcli.render.plot import kind_of

        kind = kind_of(options["plot"])
    draws = options["monte_carlo"]
    if draws is None and not options["people"]:
        draws = 0
    result = uncertainty(
        asked,
        uncertain=options["uncertain"],
        corr=correlations(options["corr"]),
        cov=parse_at(options["cov"], "--cov"),
        dof=parse_at(options["dof"], "--dof"),
        order=options["order"],
        draws=draws,
        seed=options["seed"],
        coverage=options["coverage"],
    )
    if options["plot"]:
        from adcli.render import plot

        write_file(options["plot"], plot.tornado(result, kind))
    return result


def correlations(words: Sequence[str]) -> dict[str, str]:
    """`--corr V:I=-0.36,V:phi=0.86`."""
    found: dict[str, str] = {}
    for word in words:
        for part in split(word):
            pair, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or not value or ":" not in pair:
                raise UsageError(f"--corr needs NAME:NAME=NUMBER, not {part!r}", hint="for instance --corr V:I=-0.36")
            if found.setdefault(pair, value) != value:
                raise UsageError(f"--corr gives {pair} two correlations, {found[pair]} and {value}")
    return found


def spreads(words: Sequence[str]) -> dict[str, str]:
    """`--u V=u_V,I=0.5%`."""
    found: dict[str, str] = {}
    for word in words:
        for part in split(word):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or not value or not name:
                raise UsageError(f"--u needs NAME=COLUMN, not {part!r}", hint="for instance --u V=u_V,I=0.5%")
            if found.setdefault(name, value) != value:
                raise UsageError(f"--u gives {name} two uncertainties, {found[name]} and {value}")
    return found


class Draws(click.ParamType):  # type: ignore[type-arg]  # generic only for type checkers of newer versions
    """A number of draws: 100000, or 1e5."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number."""
        try:
            number = float(value)
            if number == int(number) >= 0:
                return int(number)
        except (ValueError, OverflowError):
            pass
        raise UsageError(f"--monte-carlo is a number of draws, such as 1e6, not {value!r}")


command = UncertaintyCommand(
    "uncertainty",
    summary="""The uncertainty of a result: propagated by exact derivatives, with its budget (GUM).

    Values are written 4.9990(32), 5.0±0.1 or 1.5±2%; ±0.1 of a uniform, triangular or arcsine distribution is its
    half-width. A Monte Carlo simulation checks it.
    """,
    examples=(
        ('adcli uncertainty "V/I" --at "V=4.9990(32),I=0.019661±0.0000095"', "what the inputs contribute"),
        ('adcli uncertainty "V/I" --at "V=4.9990(32),I=0.019661(10)" --corr V:I=-0.36', "correlated inputs"),
        ('adcli uncertainty "m*g" --at "m=1±0.1 uniform,g=9.81±1%"', "half-widths and percents"),
        ('adcli uncertainty "x^2" --at x=0±1 --order 2', "where first order is not enough"),
        ('adcli uncertainty "a+b" --at "a=1.0(2),b=2.0(1)" --dof a=4,b=9', "coverage by Student's t"),
        ('adcli uncertainty "V/I" --data runs.csv --u V=u_V,I=0.5%', "for each row of a file"),
    ),
    compute=compute,
    renders="uncertainty",
    differentiates=False,
    takes_data=True,
    own=(
        option("--corr", metavar="X:Y=R,…", multiple=True, help="Correlations of inputs: V:I=-0.36,V:phi=0.86."),
        option("--cov", metavar="X=MATRIX", multiple=True,
               help="Covariances of a vector's elements: x=[[4,1],[1,9]], or a file @cov.json."),
        option("--dof", metavar="NAME=NUMBER,…", multiple=True,
               help="Degrees of freedom of standard uncertainties; others have infinitely many."),
        option("--order", type=Whole(1, 2), default=1, metavar="1|2",
               help="2 takes second derivatives into account: mean and variance to second order."),
        option("--monte-carlo", metavar="N", type=Draws(),
               help="Draw N times from the inputs' distributions, to compare. Default: for tables, if it is quick."),
        option("--seed", metavar="N", type=Whole(0, 999_999_999), default=1, help="The seed of the draws (default 1)."),
        option("--coverage", metavar="P", type=FRACTION, default=0.95,
               help="What part of the distribution value ± U covers (default 0.95)."),
        option("--plot", metavar="FILE", type=FileName(), help="Draw the budgets as a picture: FILE.png or FILE.svg."),
    ),
)  # fmt: skip
