"""Options that hold a direction: a number for each name differentiated by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from adcli.cli.formula import option
from adcli.errors import UsageError, counted, there_are
from adcli.problem.point import Value, is_named, parse_at, parse_values

if TYPE_CHECKING:
    from adcli.problem.problem import Problem


def direction_option(name: str, what: str) -> click.Parameter:
    """`--tangent x1=1,x2=0` and its like."""
    return option(
        name,
        metavar="NAME=VALUE,…",
        multiple=True,
        help=f"{what}; a name left out has 0. May be left out for one input: 1.",
    )


def read_direction(texts: Sequence[str], name: str, asked: Problem) -> dict[str, Value] | None:
    """The direction that an option gives, None where it gives none.

    Numbers without names belong to the inputs in their order.
    """
    if not texts:
        return None
    if len(texts) > 1 or is_named(texts[0]):
        return parse_at(texts, name)
    inputs = [wrt for wrt, _ in asked.wrt]
    values = parse_values(texts[0], name)
    if len(values) != len(inputs):
        raise UsageError(
            f"{name} has {counted(len(values), 'number')}, and {there_are(inputs, 'input')}",
            hint=f"name those that are not 0: {name} " + ",".join(f"{wrt}=1" for wrt in inputs[:2]),
        )
    return dict(zip(inputs, values, strict=True))
