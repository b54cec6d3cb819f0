"""The test of the tests: every rule, changed a little, must be noticed by what test_partials compares with."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from adcli.ops import Op

from .rules import disagreement, written
from .samples import PARTIALS, each_partial


def mutants(op: Op, i: int) -> Iterator[tuple[str, str]]:
    """(what was done, wrong rule) for the argument i. What leaves a rule as it was is no mutant."""
    rule = op.partials[i]
    assert rule is not None
    yield "offset", f"({rule}) + 1e-6"
    if rule != "0":
        yield "negated", f"-({rule})"
        yield "dropped", "0"
        yield "off by a millionth", f"({rule})*1.000001"
        yield "doubled", f"2*({rule})"
    for j, other in enumerate(op.partials):
        if other is not None and other != rule:
            yield f"swapped with {j}", other
    for found in re.finditer(r"[-+*/]|(?<![.\d])\d+", rule):  # not what only says where to round
        sign = found.group()
        changed = {"+": "-", "-": "+", "*": "/", "/": "*"}.get(sign) or str(int(sign) + 1)
        yield f"{sign} to {changed} at {found.start()}", rule[: found.start()] + changed + rule[found.end() :]


MUTANTS = [
    pytest.param(op, i, rule, id=f"{param.id}-{what}")
    for param in PARTIALS
    for op, i in [param.values]
    for what, rule in mutants(op, i)  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("op", "i", "rule"), MUTANTS)
def test_a_wrong_rule_is_noticed(op: Op, i: int, rule: str) -> None:
    """Signs, factors, terms, powers: no part of a rule is without effect on the tests."""
    assert disagreement(op, i, written(op, rule, 30), 30)


@each_partial
def test_the_right_rule_passes_the_same_comparison(op: Op, i: int) -> None:
    """So it is the change that was noticed."""
    assert not disagreement(op, i, written(op, op.partials[i] or "", 30), 30)
