"""MATLAB and Octave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import ClassVar

from adcli.ops import NE, NOT, Op
from adcli.studies.export.target import (
    ATOM,
    NEGATION,
    POWER,
    Cases,
    Parameter,
    Statement,
    Target,
    Text,
    Unit,
    libm,
    listed,
    nested,
    within,
    without,
    words,
)

_BUILT_IN = without("cbrt Abs Max Min Mod gamma loggamma")


class Matlab(Target):
    """A function with several results. Both languages go complex outside of domains, which the heading says."""

    passes_over = frozenset({"fmax", "fmin"})
    name = "matlab"
    extension = ".m"
    functions = MappingProxyType(
        {
            **libm(_BUILT_IN),
            "Abs": "abs",
            "Max": "max",
            "Min": "min",
            "Mod": "rem",
            "gamma": "gamma",
            "loggamma": "gammaln",
            "erfcx": "erfcx",
            "gammainc": "gammainc(#2, #1)",
            "gammaincc": "gammainc(#2, #1, 'upper')",
            "betainc": "betainc(#3, #1, #2)",
            "E1": "expint",
            "besselj": "besselj",
            "bessely": "bessely",
            "besseli": "besseli",
            "besselk": "besselk",
            **{name: f"airy({i}, #1)" for i, name in enumerate(("airyai", "airyaiprime", "airybi", "airybiprime"))},
        }
    )
    powers = True
    comment = ("% ", "")
    longest = 55  # with a version behind, of the 63 that there may be
    reserved = words(
        "break case catch classdef continue else elseif end for function global if otherwise parfor persistent return",
        "spmd switch try while pi e i j Inf NaN eps abs exp log max min sin cos sqrt endfunction until do",
        "unwind_protect endif endfor endwhile ifelse",
    )
    signs: ClassVar[Mapping[Op, str]] = {**Target.signs, NE: " ~= "}
    truths = ("false", "true")
    base = 1
    branching = True
    domain = "where a function has no real value, the result is complex, NaN or Inf"

    def element(self, parameter: Parameter, index: Sequence[int]) -> str:
        return f"{parameter.local}({', '.join(map(str, index))})"

    def spell(self, op: Op, args: Sequence[Text]) -> Text:
        if op is NOT:
            return NEGATION, "~" + within(args[0], ATOM)
        return super().spell(op, args)

    def power(self, x: Text, y: Text) -> Text:
        return POWER, f"{within(x, ATOM)}^{within(y, ATOM)}"

    def undefined(self) -> Text:
        return ATOM, "NaN"

    def code(self, unit: Unit) -> str:
        return "\n".join([*self.function(unit), ""])

    def function(self, unit: Unit) -> list[str]:
        """The lines of the function."""
        results = [block.what for block in unit.blocks]
        left = results[0] if len(results) == 1 else f"[{', '.join(results)}]"
        lines = [f"function {left} = {unit.name}({', '.join(p.local for p in unit.parameters)})"]
        lines += [f"  {line}" for line in self.heading(unit)]
        lines += [f"  {line}" for s in unit.statements for line in _assigned(s)]
        for block, texts in unit.results:
            lines.append(f"  {block.what} = {nested(block.shape, texts, _matrix)};")
        return [*lines, "end"]

    def test(self, unit: Unit, cases: Cases) -> str:
        given = []
        for p, place in unit.placed:
            count = prod(p.shape)
            if not p.shape:
                given.append(f"p({place + 1})")
            elif len(p.shape) == 1:
                given.append(f"p({place + 1}:{place + count})")
            else:
                given.append(f"reshape(p({place + 1}:{place + count}), {p.shape[1]}, {p.shape[0]})'")
        names = [block.what for block in unit.blocks]
        flat = [f"reshape({block.what}', 1, [])" if len(block.shape) > 1 else block.what for block in unit.blocks]
        left = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
        rows = [("points", cases.points), ("truths", cases.truths)]
        lines = ["1; % a script: the function, then its test", "", *self.function(unit), ""]
        lines.append("% Compares with the truths at the points; says the largest error.")
        for name, table in rows:
            lines += [f"{name} = [", *(f"  {', '.join(map(repr, row))};" for row in table), "];"]
        lines += [
            "worst = 0;",
            "for k = 1:size(truths, 1)",
            *(["  p = points(k, :);"] if unit.inputs else []),
            f"  {left} = {unit.name}({', '.join(given)});",
            f"  found = [{', '.join(flat)}];",
            "  truth = truths(k, :);",
            "  scale = abs(truth);",
            "  scale(~(scale > 1e-300)) = 1;",
            "  errors = abs(found - truth)./scale;",
            "  errors(~(errors <= 1e300)) = 1e300;",
            "  worst = max([worst, errors]);",
            "end",
            'printf("largest relative error: %.2e\\n", worst);',
            f"exit(~(worst <= {cases.tolerance!r}));",
            "",
        ]
        return "\n".join(lines)


def _matrix(shape: Sequence[int], parts: Sequence[str]) -> str:
    return f"[{'; '.join(part[1:-1] for part in parts)}]" if len(shape) > 1 else listed(shape, parts)


def _assigned(s: Statement) -> list[str]:
    if s.branches is None:
        return [f"{s.local} = {s.text};"]
    condition, x, y = s.branches
    return [f"if {condition}", f"  {s.local} = {x};", "else", f"  {s.local} = {y};", "end"]


TARGET = Matlab()
