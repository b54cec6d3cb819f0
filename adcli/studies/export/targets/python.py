"""Python, with nothing but its own `math`."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from adcli.ops import NOT, Op
from adcli.studies.export.portable import portable
from adcli.studies.export.target import (
    CHOICE,
    CONJUNCTION,
    DISJUNCTION,
    NEGATION,
    POWER,
    SIGN,
    Cases,
    Target,
    Text,
    Unit,
    libm,
    listed,
    nested,
    rows,
    within,
    without,
)

_MATH = without("cbrt Abs Max Min")
"""cbrt is there from Python 3.11 on."""


OF_SCIPY = {
    **{
        op: f"special.{name or op}(#1)"
        for op, name in {
            "erfcx": "", "Ei": "expi", "E1": "exp1", "zeta": "", "elliptic_k": "ellipk", "elliptic_e": "ellipe",
        }.items()
    },
    **{
        op: f"special.{name or op}(#1, #2)"
        for op, name in {
            "owens_t": "", "gammainc": "", "gammaincc": "", "hurwitz_zeta": "zeta", "elliptic_f": "ellipkinc",
            "elliptic_einc": "ellipeinc", "besselj": "jv", "bessely": "yv", "besseli": "iv", "besselk": "kv",
            "struveh": "struve", "hyp0f1": "", "legendre": "eval_legendre", "chebyshevt": "eval_chebyt",
            "chebyshevu": "eval_chebyu", "hermite": "eval_hermite", "laguerre": "eval_laguerre",
        }.items()
    },
    **{
        op: f"special.{name or op}(#1, #2, #3)"
        for op, name in {
            "betainc": "", "hyp1f1": "", "gegenbauer": "eval_gegenbauer", "assoc_laguerre": "eval_genlaguerre",
        }.items()
    },
    **{
        op: f"special.{name}(#1)[{place}]"
        for op, (name, place) in {
            "Si": ("sici", 0), "Ci": ("sici", 1), "Shi": ("shichi", 0), "Chi": ("shichi", 1),
            "fresnels": ("fresnel", 0), "fresnelc": ("fresnel", 1), "airyai": ("airy", 0), "airyaiprime": ("airy", 1),
            "airybi": ("airy", 2), "airybiprime": ("airy", 3),
        }.items()
    },
    **{op: f"special.ellipj(#1, #2)[{place}]" for place, op in enumerate(("sn", "cn", "dn"))},
    "hyp2f1": "special.hyp2f1(#1, #2, #3, #4)",
    "dilog": "special.spence(1 - #1)",
    "LambertW_branch": "special.lambertw(#1, #2).real",
}  # fmt: skip
"""What SciPy has; plain Python takes only what cannot be written out."""


class Python(Target):
    """A function that returns a number, or lists."""

    name = "python"
    extension = ".py"
    functions = MappingProxyType(
        {
            **{op: spelled for op, spelled in OF_SCIPY.items() if op not in portable() or portable()[op].sizes},
            **{op: f"math.{spelled}" for op, spelled in libm(_MATH, gamma="gamma").items()},
            "Abs": "abs",
            "Max": "max",
            "Min": "min",
        }
    )
    powers = True
    strict = True
    comment = ("# ", "")
    reserved = frozenset({*keyword.kwlist, *dir(builtins), "math", "special"})
    ascii = False
    conjunction = " and "
    disjunction = " or "
    negation = "not "
    truths = ("False", "True")
    domain = "where a function has no value, Python's math raises ValueError or OverflowError"
    header: ClassVar[tuple[str, ...]] = ("import math",)
    gap = 2
    needs: ClassVar[Mapping[str, str]] = {"special": "from scipy import special"}

    def spell(self, op: Op, args: Sequence[Text]) -> Text:
        if op is NOT:
            return NEGATION, "not " + within(args[0], NEGATION)
        return super().spell(op, args)

    def power(self, x: Text, y: Text) -> Text:
        if y[1].lstrip("-").isdigit():
            return POWER, f"{within(x, POWER + 1)}**{within(y, SIGN)}"
        return self.call("math.pow", [x, y])

    def choice(self, condition: Text, x: Text, y: Text) -> Text:
        return CHOICE, f"{within(x, DISJUNCTION)} if {within(condition, DISJUNCTION)} else {within(y, CHOICE)}"

    def junction(self, word: str, x: Text, y: Text) -> Text:
        own = CONJUNCTION if word == "and" else DISJUNCTION
        return own, within(x, own) + f" {word} " + within(y, own)

    def undefined(self) -> Text:
        return NEGATION + 6, "math.nan"

    def function(self, unit: Unit) -> list[str]:
        """The lines of the function."""
        lines = [f"def {unit.name}({', '.join(p.local for p in unit.parameters)}):"]
        lines += [f"    {s.local} = {s.text}" for s in unit.statements]
        results = [nested(block.shape, texts, listed) for block, texts in unit.results]
        if len(results) == 1 or sum(map(len, results)) < 80:
            return [*lines, f"    return {', '.join(results)}"]
        names = [block.what for block in unit.blocks]
        lines += [f"    {name} = {result}" for name, result in zip(names, results, strict=True)]
        return [*lines, f"    return {', '.join(names)}"]

    def test(self, unit: Unit, cases: Cases) -> str:
        lines = [
            *self.preamble(unit),
            *self.function(unit),
            "",
            "",
            *self.comparison(unit, cases),
            "",
            "",
            'if __name__ == "__main__":',
            "    import sys",
            "",
            "    worst = test()",
            '    print(f"largest relative error: {worst:.2e}")',
            f"    sys.exit(not worst <= {cases.tolerance!r})",
            "",
        ]
        return "\n".join(lines)

    def comparison(self, unit: Unit, cases: Cases) -> list[str]:
        """The lines of `test`, which returns the largest relative error."""
        return [
            "def flat(x):",
            "    return [y for part in x for y in flat(part)] if isinstance(x, (list, tuple)) else [float(x)]",
            "",
            "",
            "def test():",
            '    """Compare with the truths at the points."""',
            "    points = [",
            *rows(cases.points),
            "    ]",
            "    truths = [",
            *rows(cases.truths),
            "    ]",
            "    worst = 0.0",
            "    for p, truth in zip(points, truths):",
            f"        found = flat({unit.name}({', '.join(unit.sliced('p[{}:{}]'))}))",
            "        assert len(found) == len(truth)",
            "        for a, b in zip(found, truth):",
            "            error = abs(a - b)/(abs(b) if abs(b) > 1e-300 else 1)",
            "            worst = max(worst, error if error <= 1e300 else 1e300)",
            "    return worst",
        ]


TARGET = Python()
