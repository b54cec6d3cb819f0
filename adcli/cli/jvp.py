"""`adcli jvp`: the Jacobian times a direction, in one forward sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from adcli.cli.common import EXAMPLE, FormulaCommand, option
from adcli.errors import UsageError
from adcli.point import Value, is_named, parse_at, parse_values

if TYPE_CHECKING:
    from adcli.problem import Problem
    from adcli.results import Result


def compute(asked: Problem, options: dict[str, Any]) -> Result:
    """J·ẋ."""
    from adcli.derive import jvp

    return jvp(asked, tangent=direction(asked, options["tangent"]))


def direction(asked: Problem, texts: Sequence[str]) -> dict[str, Value] | None:
    """The direction that `--tangent` gives; numbers without names belong to the inputs in their order."""
    if not texts:
        return None
    if len(texts) == 1 and not is_named(texts[0]):
        inputs = [name for name, _ in asked.wrt]
        values = parse_values(texts[0], "--tangent")
        if len(values) != len(inputs):
            raise UsageError(
                f"--tangent has {len(values)} numbers, and there are {len(inputs)} inputs: {', '.join(inputs)}",
                hint="name those that are not 0: --tangent " + ",".join(f"{name}=1" for name in inputs[:2]),
            )
        return dict(zip(inputs, values, strict=True))
    return parse_at(texts, "--tangent")


command = FormulaCommand(
    "jvp",
    summary="""The Jacobian times a direction, J·ẋ, in one forward sweep.

    How the outputs change when the inputs move along ẋ.
    """,
    examples=(
        (EXAMPLE.format("jvp") + " --tangent x1=1,x2=0", "along x1: the first column of the Jacobian"),
        ('adcli jvp "x^2" "x^3" --at x=2', "by the only input"),
    ),
    compute=compute,
    own=(
        option(
            "--tangent",
            metavar="NAME=VALUE,…",
            multiple=True,
            help="The direction; a name left out has 0. May be left out for one input: 1.",
        ),
    ),
)
