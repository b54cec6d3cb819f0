"""`adcli solve`: a root of equations, and its derivatives by parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adcli.cli.formula import FormulaCommand
from adcli.cli.options import names, option, unknowns_option
from adcli.errors import UsageError
from adcli.problem.point import Value, split

if TYPE_CHECKING:
    from adcli.problem.problem import Problem
    from adcli.results import Result


class SolveCommand(FormulaCommand):
    """A command on equations."""

    def point(self, options: dict[str, Any]) -> dict[str, Value]:
        """The values that --at gives, and an end of the bracket for its unknown."""
        found = super().point(options)
        options["ends"] = ranges(options["bracket"], "--bracket") if options["bracket"] else None
        for name, (low, _) in (options["ends"] or {}).items():
            found.setdefault(name, low)
        return found

    def equations(self, point: dict[str, Value], options: dict[str, Any]) -> set[str]:
        """What has a value, or is solved for, is not assigned."""
        return {*(name.partition("[")[0] for name in point), *names(options["for"], "--for")}


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """The root."""
    from adcli.studies.answers.solve import find_root

    wrt = names(options["wrt"])
    return find_root(asked, unknowns=names(options["for"], "--for"), wrt=wrt, bracket=options["ends"])


def ranges(words: Sequence[str], origin: str) -> dict[str, tuple[str, str]]:
    """`--bracket x=0:2`, and the like."""
    found: dict[str, tuple[str, str]] = {}
    for word in words:
        for part in split(word):
            name, equals, values = (piece.strip() for piece in part.partition("="))
            low, colon, high = (piece.strip() for piece in values.partition(":"))
            if not equals or not colon or not name or not (low or high):
                raise UsageError(f"{origin} needs NAME=LOW:HIGH, not {part!r}", hint=f"for instance {origin} x=0:2")
            if name in found:
                raise UsageError(f"{origin} gives {name} twice")
            found[name] = low, high
    for name, ends in found.items():
        if origin == "--bracket" and not all(ends):
            raise UsageError(f"{origin} needs both ends of {name}", hint=f"for instance {origin} {name}=0:2")
    return found


FOR = unknowns_option("The unknowns; x is all of x[1], x[2], … Default: all inputs but those of --wrt.")
WRT = option("--wrt", metavar="NAMES", multiple=True, help="Differentiate the answer by these parameters.")

command = SolveCommand(
    "solve",
    summary="""A root of equations by Newton's method, and how it depends on parameters.

    As many expressions, or equations left = right, as unknowns; --at is where the search starts. The answer is
    polished to all digits that are asked for, and proved by an interval Newton test where that holds.
    """,
    examples=(
        ('adcli solve "x^2 = 2" --at x=1', "a square root"),
        ('adcli solve "x^2 + y^2 = 4" "x = y" --at x=1,y=0.5 --precision 50', "two equations, fifty digits"),
        ('adcli solve "x^3 + a*x = b" --at x=1,a=2,b=3 --wrt a,b', "a root, and its derivatives by parameters"),
        ('adcli solve "cos(x) = x" --bracket x=0:2', "between two points at which the sign differs"),
    ),
    compute=compute,
    renders="answers",
    differentiates=False,
    own=(
        FOR,
        WRT,
        option("--bracket", metavar="NAME=LOW:HIGH", multiple=True,
               help="Look between these values of the only unknown (Brent's method first)."),
    ),
)  # fmt: skip
