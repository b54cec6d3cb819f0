"""JavaScript, of browsers and Node.js."""

from __future__ import annotations

from types import MappingProxyType

from adcli.studies.export.target import ATOM, Cases, Target, Text, Unit, libm, listed, nested, rows, without, words

_MATH = without("Abs Max Min Mod erf erfc gamma loggamma")


class JavaScript(Target):
    """A function that returns a number, an array, or an object of several."""

    name = "javascript"
    extension = ".js"
    functions = MappingProxyType(
        {
            **{op: f"Math.{spelled}" for op, spelled in libm(_MATH).items()},
            "Abs": "Math.abs",
            "Max": "Math.max",
            "Min": "Math.min",
            "Mod": "(#1 % #2)",
        }
    )
    comment = ("// ", "")
    reserved = words(
        "arguments await break case catch class const continue debugger default delete do else enum eval export",
        "extends false finally for function if implements import in instanceof interface let new null package private",
        "protected public return static super switch this throw true try typeof var void while with yield Math NaN",
        "Infinity undefined console process require module",
    )
    ascii = False
    truths = ("false", "true")

    def power(self, x: Text, y: Text) -> Text:
        # The operator ** does not take a sign on its left.
        return self.call("Math.pow", [x, y])

    def undefined(self) -> Text:
        return ATOM, "NaN"

    def function(self, unit: Unit) -> list[str]:
        """The lines of the function."""
        lines = [f"function {unit.name}({', '.join(p.local for p in unit.parameters)}) {{"]
        lines += [f"  const {s.local} = {s.text};" for s in unit.statements]
        results = [nested(block.shape, texts, listed) for block, texts in unit.results]
        if len(results) == 1:
            return [*lines, f"  return {results[0]};", "}"]
        fields = [f"    {block.what}: {result}," for block, result in zip(unit.blocks, results, strict=True)]
        return [*lines, "  return {", *fields, "  };", "}"]

    def test(self, unit: Unit, cases: Cases) -> str:
        found = f"{unit.name}({', '.join(unit.sliced('p.slice({}, {})'))})"
        if len(unit.blocks) > 1:
            found = f"Object.values({found})"
        return "\n".join(
            [
                *self.heading(unit),
                *self.function(unit),
                "",
                "// Compares with the truths at the points; says the largest error.",
                "function test() {",
                "  const points = [",
                *rows(cases.points, "    "),
                "  ];",
                "  const truths = [",
                *rows(cases.truths, "    "),
                "  ];",
                "  let worst = 0;",
                "  points.forEach((p, i) => {",
                f"    const found = [{found}].flat(Infinity);",
                f"    for (let j = 0; j < {unit.size}; j++) {{",
                "      const truth = truths[i][j], size = Math.abs(truth) > 1e-300 ? Math.abs(truth) : 1;",
                "      const error = Math.abs(found[j] - truth)/size;",
                "      worst = Math.max(worst, error <= 1e300 ? error : 1e300);",
                "    }",
                "  });",
                "  return worst;",
                "}",
                "",
                "const worst = test();",
                "console.log(`largest relative error: ${worst.toExponential(2)}`);",
                f'if (typeof process !== "undefined") process.exitCode = worst <= {cases.tolerance!r} ? 0 : 1;',
                "",
            ]
        )


TARGET = JavaScript()
