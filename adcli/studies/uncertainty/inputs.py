"""Uncertain inputs: their standard uncertainties, how they are correlated, and their degrees of freedom."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from adcli.arithmetic.matrices import cholesky, root
from adcli.errors import NameFault, UsageError, counted, option
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.problem.uncertain import Uncertain
from adcli.problem.values import FLOATS, Value, flatten

SLACK = 1e-9
"""What correlations of few digits may lack to be those of anything."""


class Inputs:
    """The uncertain inputs of a problem: `names`, standard uncertainties `u`, `shapes`, `dof`, and `factor`, a triangle
    L of which L·Lᵀ are the correlations; `correlated` says whether there are any."""

    def __init__(
        self,
        asked: Problem,
        uncertain: Mapping[str, Uncertain],
        corr: Mapping[str, Value] | None = None,
        cov: Mapping[str, Value] | None = None,
        dof: Mapping[str, Value] | None = None,
    ) -> None:
        known = {asked.graph.labels[node]: node for node in asked.graph.inputs}
        spread: dict[str, Any] = {}
        for name, given in uncertain.items():
            if name in known:
                spread[name] = asked.seed(given.u, f"the uncertainty of {name}")
                if spread[name] < 0:
                    raise UsageError(f"the uncertainty of {name} is negative: {float(spread[name])!r}")
        pairs = pairs_of(asked, corr or {}, known)
        for matrix in (cov or {}).items():
            self._covariances(asked, *matrix, spread, pairs)
        self.names = [name for name in known if spread.get(name)]
        self.names.sort(key=list(asked.at).index)
        if not self.names:
            raise UsageError(
                "no input has an uncertainty", hint=f"for instance {option('at', {'x': '5.0±0.1'})}, or x=5.00(10)"
            )
        self.nodes = [(name, known[name]) for name in self.names]
        self.u = [spread[name] for name in self.names]
        self.shapes = [uncertain[name].distribution if name in uncertain else "normal" for name in self.names]
        self.dof = self._freedom(asked, uncertain, dof or {}, known)
        self.correlation, self.factor = factored(asked, self.names, pairs)
        self.correlated = any(map(bool, pairs.values()))

    def _covariances(
        self, asked: Problem, name: str, matrix: Value, spread: dict[str, Any], pairs: dict[tuple[str, str], Any]
    ) -> None:
        """Take standard uncertainties and correlations from the covariances of a vector's elements."""
        flat = flatten({name: matrix})
        size = math.isqrt(len(flat))
        members = [f"{name}[{i}]" for i in range(1, size + 1)]
        labels = {f"{name}[{i},{j}]" for i in range(1, size + 1) for j in range(1, size + 1)}
        inputs = [asked.graph.labels[node] for node in asked.graph.inputs]
        if set(flat) != labels:
            raise UsageError(
                f"the covariances of {name} are no square matrix", hint=f"{name}=[[0.04,0.01],[0.01,0.09]]"
            )
        for member in members:
            if member not in asked.at:
                raise NameFault(f"the covariances name {member}, which has no value", hint=among(member, inputs))
            if member in spread:
                raise UsageError(f"{member} is given an uncertainty and covariances")
        count = sum(1 for label in asked.at if label.startswith(name + "["))
        if count != size:
            raise UsageError(
                f"{name} has {counted(count, 'element')}, and its covariances are a matrix of {size} × {size}"
            )
        entry = {label: asked.seed(value, f"the covariance {label}") for label, value in flat.items()}
        for i, member in enumerate(members, 1):
            if entry[f"{name}[{i},{i}]"] < 0:
                raise UsageError(f"the variance {name}[{i},{i}] is negative")
            spread[member] = root(entry[f"{name}[{i},{i}]"])
        for i, first in enumerate(members, 1):
            for j, second in enumerate(members, 1):
                covariance, across = entry[f"{name}[{i},{j}]"], entry[f"{name}[{j},{i}]"]
                if abs(covariance - across) > SLACK * spread[first] * spread[second]:
                    raise UsageError(f"the covariances {name}[{i},{j}] and {name}[{j},{i}] differ")
                if i < j and covariance:
                    scale = spread[first] * spread[second]
                    if not scale or abs(covariance) > scale * (1 + SLACK):
                        raise UsageError(
                            f"the covariance {name}[{i},{j}] is larger than the variances of {first} and {second} allow"
                        )
                    pairs[first, second] = covariance / scale

    def _freedom(
        self, asked: Problem, uncertain: Mapping[str, Uncertain], dof: Mapping[str, Value], known: Mapping[str, int]
    ) -> list[float]:
        """Per uncertain input its degrees of freedom."""
        given = {name: value.dof for name, value in uncertain.items() if value.dof is not None}
        for name, value in flatten(dof).items():
            if name not in known:
                raise NameFault(f"the degrees of freedom name {name}, which does not occur", hint=among(name, known))
            given[name] = value
        found = []
        for name in self.names:
            value = given.get(name, "inf")
            infinite = str(value).lower() in ("inf", "infinity", "∞")
            freedom = math.inf if infinite else float(asked.seed(value, f"the degrees of freedom of {name}"))
            if freedom <= 0:
                raise UsageError(f"the degrees of freedom of {name} are positive, not {freedom:g}")
            found.append(freedom)
        return found


def pairs_of(asked: Problem, corr: Mapping[str, Value], known: Mapping[str, int]) -> dict[tuple[str, str], Any]:
    """The correlations, by pairs of names."""
    found: dict[tuple[str, str], Any] = {}
    for pair, value in corr.items():
        names: Sequence[str] = [name.replace(" ", "") for name in pair.split(":")]
        if len(names) != 2:
            raise UsageError(f"a correlation is of two inputs, not of {pair}", hint=_FORM)
        for name in names:
            if name not in known:
                raise NameFault(f"a correlation names {name}, which does not occur", hint=among(name, known))
        number = asked.seed(value, f"the correlation of {names[0]} and {names[1]}")
        if not -1 <= number <= 1:
            raise UsageError(f"the correlation of {names[0]} and {names[1]} is from -1 to 1, not {float(number)!r}")
        first, second = names
        if first == second:
            if number != 1:
                raise UsageError(f"the correlation of {first} with itself is 1, not {float(number)!r}")
            continue
        if found.get((second, first), number) != number:
            raise UsageError(f"{first} and {second} are given two correlations")
        if (second, first) not in found:
            found[first, second] = number
    return found


def factored(
    asked: Problem, names: Sequence[str], pairs: Mapping[tuple[str, str], Any]
) -> tuple[list[list[Any]], list[list[Any]]]:
    """The matrix of correlations, and a triangle L with L·Lᵀ that matrix."""
    for pair in pairs:
        for name in pair:
            if name not in names:
                raise UsageError(f"{name} is correlated, and has no uncertainty", hint=among(name, names))
    one = asked.seed(1, "one")
    matrix = [[one if a == b else pairs.get((a, b), pairs.get((b, a), 0 * one)) for b in names] for a in names]
    factor = cholesky(matrix, SLACK if asked.precision == FLOATS else 10.0 ** (3 - asked.precision))
    if factor is None:
        raise UsageError(
            "no quantities can be correlated so: the matrix of correlations is not positive semidefinite",
            hint="if they are rounded, more digits may do",
        )
    return matrix, factor


_FORM = "for instance V:I=-0.36"
