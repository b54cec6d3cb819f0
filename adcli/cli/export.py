"""`adcli export`: the derivative as code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adcli.cli.formula import EXAMPLE, FormulaCommand
from adcli.cli.options import Choice, names, option
from adcli.errors import UsageError
from adcli.render import OWN_FORMATS
from adcli.studies.export.targets import DIALECTS, TARGETS, of_file

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result

CALLED = {"c++": "cpp", "js": "javascript", "octave": "matlab", "golang": "go", "f90": "fortran", "rs": "rust",
          "py": "python", "pytorch": "torch"}  # fmt: skip


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The code."""
    from adcli.studies.export.export import export

    file = options["destination"] or ""
    to = options["to"] or of_file(file)
    if to is None:
        raise UsageError("export needs a language: --to c", hint="targets: " + ", ".join(TARGETS))
    exported = export(
        asked,
        to=to,
        dialect=options["dialect"],
        what=names(options["what"], "--what"),
        name=options["name"] or "",
        self_test=options["self_test"],
    )
    if to == "excel" and file.lower().endswith(".csv"):
        from adcli.studies.export.targets.excel import with_commas

        return replace(exported, code=with_commas(exported.code))
    return exported


class ExportCommand(FormulaCommand):
    """A command whose files end as the language's do."""

    def format(self, stream: Any, options: dict[str, Any]) -> str:
        """Code, unless --format says otherwise."""
        return options["format"] or "plain"


command = ExportCommand(
    "export",
    summary="""The derivative as code of another language: one plain function, which does not need adcli to run.

    Without --what it computes the value and the gradient, of several outputs the Jacobian. --self-test adds a test of
    it, against 30 digits.
    """,
    examples=(
        (EXAMPLE.format("export").partition(" --at")[0] + " --to c", "a function in C"),
        ('adcli export "x^2*exp(-y)" --to python --what value,hessian', "all second derivatives"),
        ('adcli export "s*exp(-r*t)" --to sql --dialect postgres', "a query"),
        ('adcli export "erf(x)" --self-test -o f.rs', "a program in Rust that tests itself"),
    ),
    compute=compute,
    renders="export",
    formats=OWN_FORMATS["export"],
    needs_point=False,
    own=(
        option("--to", metavar="LANGUAGE", type=Choice(TARGETS, CALLED),
               help="One of " + ", ".join(TARGETS) + "; without it, the language of the -o file's ending."),
        option("--dialect", type=Choice(DIALECTS), help="Of sql; duckdb without it."),
        option("--what", metavar="NAMES", multiple=True,
               help="One or more of value, gradient, jacobian, hessian, jvp, vjp."),
        option("--name", metavar="NAME", help="What the function is called (f), in SQL the table (data)."),
        option("--self-test", is_flag=True, help="Add a test against stored true values, which exits with 0 or 1."),
    ),
)  # fmt: skip
