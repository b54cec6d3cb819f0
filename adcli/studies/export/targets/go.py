"""Go."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from adcli.studies.export.target import ATOM, Cases, Statement, Target, Text, Unit, nested, rows, without, words

_MATH = without("ceiling loggamma")


class Go(Target):
    """A function with named results. Go has no conditional operator: a choice is a function called at once."""

    name = "go"
    extension = ".go"
    functions = MappingProxyType(
        {
            **{op: f"math.{op[:1].upper()}{op[1:]}" for op in _MATH},
            "ceiling": "math.Ceil",
            "besselj": "-math.Jn(#a1, #2)",
            "bessely": "-math.Yn(#a1, #2)",
        }
    )
    comment = ("// ", "")
    reserved = words(
        "break case chan const continue default defer else fallthrough for func go goto if import interface map",
        "package range return select struct switch type var bool float64 int string true false nil len main math fmt",
        "os",
    )
    ascii = False
    truths = ("false", "true")
    branching = True

    def power(self, x: Text, y: Text) -> Text:
        return self.call("math.Pow", [x, y])

    def undefined(self) -> Text:
        return ATOM, "math.NaN()"

    def code(self, unit: Unit) -> str:
        function = self.function(unit)
        imports = ['import "math"', ""] if any("math." in line for line in function) else []
        return "\n".join([*self.heading(unit), "package main", "", *imports, *function, ""])

    def function(self, unit: Unit) -> list[str]:
        """The lines of the function."""
        given = ", ".join(f"{p.local} {_type(p.shape)}" for p in unit.parameters)
        results = ", ".join(f"{block.what} {_type(block.shape)}" for block in unit.blocks)
        lines = [f"func {unit.name}({given}) ({results}) {{"]
        lines += [f"\t{line}" for s in unit.statements for line in self.assigned(s)]
        for block, texts in unit.results:
            lines.append(f"\t{block.what} = {nested(block.shape, texts, _array)}")
        return [*lines, "\treturn", "}"]

    @staticmethod
    def assigned(s: Statement) -> list[str]:
        """The lines of a statement: a number alone would be one of arbitrary precision."""
        declared = f"var {s.local} {'bool' if s.boolean else 'float64'}"
        if s.branches is None:
            return [f"{declared} = {s.text}"]
        condition, x, y = s.branches
        return [declared, f"if {condition} {{", f"\t{s.local} = {x}", "} else {", f"\t{s.local} = {y}", "}"]

    def test(self, unit: Unit, cases: Cases) -> str:
        given = [nested(p.shape, numbers, _array) for p, numbers in unit.given("p[{}]")]
        names = [f"r{i}" for i in range(len(unit.blocks))]
        flat = []
        for name, block in zip(names, unit.blocks, strict=True):
            if not block.shape:
                flat.append(f"\t\tfound = append(found, {name})")
            elif len(block.shape) == 1:
                flat.append(f"\t\tfound = append(found, {name}[:]...)")
            else:
                flat += [f"\t\tfor _, row := range {name} {{", "\t\t\tfound = append(found, row[:]...)", "\t\t}"]
        lines = [
            "// Compares with the truths at the points; says the largest error.",
            "func main() {",
            "\tpoints := [][]float64{",
            *rows(cases.points, "\t\t", "{}"),
            "\t}",
            "\ttruths := [][]float64{",
            *rows(cases.truths, "\t\t", "{}"),
            "\t}",
            "\tworst := 0.0",
            "\tfor i, p := range points {",
            *(["\t\t_ = p"] if not unit.inputs else []),
            f"\t\t{', '.join(names)} := {unit.name}({', '.join(given)})",
            "\t\tfound := []float64{}",
            *flat,
            "\t\tfor j, truth := range truths[i] {",
            "\t\t\tsize := math.Abs(truth)",
            "\t\t\tif !(size > 1e-300) {",
            "\t\t\t\tsize = 1",
            "\t\t\t}",
            "\t\t\terr := math.Abs(found[j]-truth) / size",
            "\t\t\tif !(err <= 1e300) {",
            "\t\t\t\terr = 1e300",
            "\t\t\t}",
            "\t\t\tworst = math.Max(worst, err)",
            "\t\t}",
            "\t}",
            '\tfmt.Printf("largest relative error: %.2e\\n", worst)',
            f"\tif !(worst <= {cases.tolerance!r}) {{",
            "\t\tos.Exit(1)",
            "\t}",
            "}",
            "",
        ]
        imports = ["import (", '\t"fmt"', '\t"math"', '\t"os"', ")", ""]
        return "\n".join([*self.heading(unit), "package main", "", *imports, *self.function(unit), "", *lines])


def _type(shape: Sequence[int]) -> str:
    return "".join(f"[{n}]" for n in shape) + "float64"


def _array(shape: Sequence[int], parts: Sequence[str]) -> str:
    return f"{_type(shape)}{{{', '.join(parts)}}}"


TARGET = Go()
