"""Julia, with nothing but Base where that is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import ClassVar

from adcli.studies.export.target import (
    POWER,
    SIGN,
    Cases,
    Parameter,
    Target,
    Text,
    Unit,
    libm,
    rows,
    within,
    without,
    words,
)

_BASE = without("atan2 Abs Max Min Mod erf erfc gamma loggamma")


_SPECIAL = {
    **{name: name for name in ("erfcx", "besselj", "bessely", "besseli", "besselk", "zeta")},
    **{name: name for name in ("airyai", "airyaiprime", "airybi", "airybiprime")},
    "hurwitz_zeta": "zeta",
    "Ei": "expinti",
    "E1": "expint",
    "expint": "expint",
    "Si": "sinint",
    "Ci": "cosint",
    "elliptic_k": "ellipk",
    "elliptic_e": "ellipe",
    "gammainc": "gamma_inc(#1, #2)[1]",
    "gammaincc": "gamma_inc(#1, #2)[2]",
    "betainc": "beta_inc(#1, #2, #3)[1]",
}
"""Of the package SpecialFunctions."""


class Julia(Target):
    """A function that returns a number, or a tuple of numbers and arrays."""

    name = "julia"
    extension = ".jl"
    functions = MappingProxyType(
        {
            **libm(_BASE),
            "Abs": "abs",
            "Max": "max",
            "Min": "min",
            "Mod": "rem",
            "atan2": "atan",
            **_SPECIAL,
        }
    )
    powers = True
    strict = True
    comment = ("# ", "")
    needs: ClassVar[Mapping[str, str]] = {
        name.partition("(")[0]: "using SpecialFunctions" for name in _SPECIAL.values()
    }
    reserved = words(
        "baremodule begin break catch const continue do else elseif end export false finally for function global if",
        "import let local macro module quote return struct true try using while in isa where pi im NaN Inf",
    )
    ascii = False
    truths = ("false", "true")
    base = 1
    domain = "where a function has no value, Julia throws a DomainError or gives NaN or Inf"

    def element(self, parameter: Parameter, index: Sequence[int]) -> str:
        return f"{parameter.local}[{', '.join(map(str, index))}]"

    def number(self, text: str) -> Text:
        # 2 is exact in every product with a float, but 2^-1 of whole numbers is an error.
        return super().number(text if set(text) & set(".e") else text + ".0")

    def power(self, x: Text, y: Text) -> Text:
        whole = y[1].removesuffix(".0")
        exponent = whole if whole.lstrip("-").isdigit() else y[1]
        return POWER, f"{within(x, POWER + 1)}^{within((y[0], exponent), SIGN + 2)}"

    def undefined(self) -> Text:
        return 9, "NaN"

    def function(self, unit: Unit) -> list[str]:
        """The lines of the function."""
        lines = [f"function {unit.name}({', '.join(p.local for p in unit.parameters)})"]
        lines += [f"    {s.local} = {s.text}" for s in unit.statements]
        results = []
        for block, texts in unit.results:
            if not block.shape:
                results.append(texts[0])
            elif len(block.shape) == 1:
                results.append(f"[{', '.join(texts)}]")
            else:
                height, width = block.shape
                matrix = [" ".join(f"({t})" for t in texts[i * width : (i + 1) * width]) for i in range(height)]
                results.append(f"[{'; '.join(matrix)}]")
        return [*lines, f"    return {', '.join(results)}", "end"]

    def test(self, unit: Unit, cases: Cases) -> str:
        given = []
        for p, place in unit.placed:
            count = prod(p.shape)
            if not p.shape:
                given.append(f"p[{place + 1}]")
            elif len(p.shape) == 1:
                given.append(f"p[{place + 1}:{place + count}]")
            else:
                given.append(f"permutedims(reshape(p[{place + 1}:{place + count}], {p.shape[1]}, {p.shape[0]}))")
        flat = "flat(x) = x isa Number ? [x] : x isa Matrix ? vec(permutedims(x)) : reduce(vcat, map(flat, x))"
        lines = [
            *self.preamble(unit),
            *self.function(unit),
            "",
            flat,
            "",
            "# Compares with the truths at the points; says the largest error.",
            "function test()",
            "    points = [",
            *rows(cases.points),
            "    ]",
            "    truths = [",
            *rows(cases.truths),
            "    ]",
            "    worst = 0.0",
            "    for (p, truth) in zip(points, truths), (a, b) in zip(flat("
            + f"{unit.name}({', '.join(given)})), truth)",
            "        error = abs(a - b)/(abs(b) > 1e-300 ? abs(b) : 1.0)",
            "        worst = max(worst, error <= 1e300 ? error : 1e300)",
            "    end",
            "    return worst",
            "end",
            "",
            "worst = test()",
            'println("largest relative error: ", worst)',
            f"exit(worst <= {cases.tolerance!r} ? 0 : 1)",
            "",
        ]
        return "\n".join(lines)


TARGET = Julia()
