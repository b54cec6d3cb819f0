"""`adcli fit`: a model fitted to the rows of files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from adcli.cli.formula import FormulaCommand, show
from adcli.cli.minimize import BOUNDS
from adcli.cli.options import Choice, FileName, names, option, unknowns_option
from adcli.cli.solve import ranges
from adcli.cli.streams import Patience, Stream, write_file
from adcli.errors import UsageError
from adcli.render import FORMATS

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.render.errors import Sources
    from adcli.results import Result

LOSSES = ("linear", "soft_l1", "huber", "cauchy", "arctan")
UNUSED = ("keep", "prefix", "status", "fail_fraction")
"""Options for rows that are written."""


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """A fit is over rows only."""
    raise NotImplementedError


class FitCommand(FormulaCommand):
    """A command on rows, whose answer is no rows."""

    def run(self, **options: Any) -> int:
        """Without rows there is nothing to fit to."""
        if not options.get("data"):
            raise UsageError("fit needs rows to fit to", hint="--data FILE names them, --response their column")
        if options["precision"] != 15:
            raise UsageError("a fit is finished with more digits where floats lack some: leave out --precision")
        return super().run(**options)

    def _over_rows(self, sources: Sources, options: dict[str, Any]) -> int:
        from adcli.cli.row_options import renamed
        from adcli.cli.rows import fitted_rows, posed
        from adcli.errors import AdcliError

        if options["response"] is None:
            raise UsageError("--response says what the model is to be like: a column, or a formula such as log(y)")
        if options["format"] not in (None, *FORMATS):
            raise UsageError(f"the report of a fit is no rows, and not written as {options['format']}")
        if options["destination"] is None:
            self._refuse_unused(options)
        elif "-" in options["data"]:
            raise UsageError("-o writes the rows again, which standard input says once: save them to a file first")
        if options["plot"]:
            from adcli.render.plot import kind_of

            kind = kind_of(options["plot"])
        stream = Stream(sys.stdout, options["color"], needed=True)
        try:
            columns = renamed(options)
            with posed(sources, options, self.point(options)) as (asked, files), Patience("fitting"):
                for file in files[1:]:
                    file.open()
                from adcli.batch.matching import matched
                from adcli.studies.fit.fit import fit

                result, work = fit(
                    asked,
                    files,
                    lambda problem, source: matched(problem, source, columns, problem.at),
                    options["response"],
                    parameters=names(options["unknowns"], "--for"),
                    weights=options["weights"],
                    spread=options["u_response"],
                    loss=options["loss"],
                    loss_scale=options["loss_scale"],
                    bounds=ranges(options["bounds"], "--bounds"),
                    skip=options["on_error"] == "skip",
                    engine=options["engine"],
                    threads=options["threads"] or 0,
                )
                if options["plot"]:
                    from adcli.render import plot
                    from adcli.studies.fit.picture import picture

                    write_file(options["plot"], plot.fit(picture(result, work), kind))
            if options["destination"] is not None:
                found = {name: parameter.value for name, parameter in result.parameters.items()}
                fitted_rows(work.model.fitted(found), sources, options)
        except AdcliError as fault:
            fault.sources = sources  # type: ignore[attr-defined]  # read by adcli.cli.failure
            raise
        report = {**options, "destination": None}
        format = options["format"] or ("table" if stream.terminal else "plain")
        show(result, sources, stream, format, report, self._rendered)
        return 0

    def _refuse_unused(self, options: dict[str, Any]) -> None:
        """Refuse what is about rows that are written, where none are."""
        self.refuse({param.name for param in self.params} - set(UNUSED), "without -o FILE no rows are written")


command = FitCommand(
    "fit",
    summary="""A model fitted to the rows of files by nonlinear least squares.

    --at has the start of the parameters; the other inputs are columns. Jacobians are exact, and summed in a stream.
    -o FILE writes the rows with what is fitted and the residuals.
    """,
    examples=(
        ('adcli fit "a + b*x" --response y --data runs.csv --at a=0,b=1', "a line, with standard errors"),
        ('adcli fit "a*exp(b*x)" --response y --data runs.csv --at a=1,b=0.5 -o fitted.csv', "and the rows, fitted"),
        ('adcli fit "a + b*x" --response y --u-response u_V --data runs.csv --at a=0,b=1', "with their uncertainties"),
        ('adcli fit "a*x^b" --response y --data runs.csv --at a=1,b=1 --bounds b=0:2 --format json', "within bounds"),
    ),
    compute=compute,
    renders="fit",
    differentiates=False,
    takes_data=True,
    needs_point=False,
    own=(
        option("--response", metavar="FORMULA", help="What the model is to be like: a column, or a formula."),
        unknowns_option("The parameters that are fitted. Default: all that --at gives."),
        option("--weights", metavar="FORMULA", help="How much each squared residual counts: a column or formula."),
        option("--u-response", metavar="FORMULA",
               help="The standard uncertainty of the response: residuals are divided by it."),
        option("--loss", type=Choice(LOSSES), default="linear",
               help="How residuals count: squared (linear), or large ones less (SciPy's)."),
        option("--loss-scale", metavar="S", type=float, default=1.0, help="From which residual on they count less."),
        BOUNDS,
        option("--plot", metavar="FILE", type=FileName(),
               help="Draw points, curve and residuals as a picture: FILE.png or FILE.svg."),
    ),
)  # fmt: skip
