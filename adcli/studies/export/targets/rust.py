"""Rust, with the methods of f64."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from adcli.ops import NEG, Op
from adcli.studies.export.target import (
    ATOM,
    CHOICE,
    PRODUCT,
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
    words,
)

_METHODS = libm(
    without("atan2 hypot Max Min Mod erf erfc gamma loggamma"), log="ln", log1p="ln_1p", expm1="exp_m1", Abs="abs"
)


class Rust(Target):
    """A function that returns a number, or a tuple of numbers and arrays."""

    passes_over = frozenset({"fmax", "fmin"})
    name = "rust"
    extension = ".rs"
    functions = MappingProxyType(
        {
            **{op: f"#1.{spelled}()" for op, spelled in _METHODS.items()},
            "atan2": "#1.atan2(#2)",
            "hypot": "#1.hypot(#2)",
            "Max": "#1.max(#2)",
            "Min": "#1.min(#2)",
            "Mod": "%",
        }
    )
    comment = ("// ", "")
    reserved = words(
        "as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod",
        "move mut pub ref return self Self static struct super trait true type unsafe use where while abstract become",
        "box do final macro override priv typeof unsized virtual yield try f64 main",
    )
    truths = ("false", "true")

    def number(self, text: str) -> Text:
        return (SIGN if text.startswith("-") else ATOM), (text if set(text) & set(".e") else text + ".0") + "_f64"

    def constant(self, text: str) -> str:
        return {"pi": "std::f64::consts::PI", "E": "std::f64::consts::E"}[text]

    def spell(self, op: Op, args: Sequence[Text]) -> Text:
        if op is NEG:
            return SIGN, "-" + within(args[0], SIGN + 1)
        if self.functions.get(op.name) == "%":
            return PRODUCT, f"{within(args[0], PRODUCT)} % {within(args[1], SIGN)}"
        return super().spell(op, args)

    def power(self, x: Text, y: Text) -> Text:
        return ATOM, f"{within(x, ATOM)}.powf({y[1]})"

    def choice(self, condition: Text, x: Text, y: Text) -> Text:
        return CHOICE, f"if {condition[1]} {{ {x[1]} }} else {{ {y[1]} }}"

    def undefined(self) -> Text:
        return ATOM, "f64::NAN"

    def function(self, unit: Unit) -> list[str]:
        """The lines of the function."""
        given = ", ".join(f"{p.local}: {('&' if p.shape else '') + _type(p.shape)}" for p in unit.parameters)
        types = [_type(block.shape) for block in unit.blocks]
        result = types[0] if len(types) == 1 else f"({', '.join(types)})"
        lines = [f"pub fn {unit.name}({given}) -> {result} {{"]
        lines += [f"    let {s.local} = {s.text};" for s in unit.statements]
        texts = [nested(block.shape, texts, listed) for block, texts in unit.results]
        return [*lines, f"    {texts[0] if len(texts) == 1 else '(' + ', '.join(texts) + ')'}", "}"]

    def heading(self, unit: Unit) -> list[str]:
        return [*super().heading(unit), "#[allow(non_snake_case)]"]

    def test(self, unit: Unit, cases: Cases) -> str:
        width, size = len(unit.inputs), unit.size
        given = [("&" if p.shape else "") + nested(p.shape, numbers, listed) for p, numbers in unit.given("p[{}]")]
        lines = [
            "",
            "/// Compares with the truths at the points; says the largest error.",
            "fn main() {",
            f"    let points: [[f64; {width}]; {len(cases.points)}] = [",
            *rows(cases.points),
            "    ];",
            f"    let truths: [[f64; {size}]; {len(cases.truths)}] = [",
            *rows(cases.truths),
            "    ];",
            "    let mut worst = 0.0_f64;",
            "    for (p, truth) in points.iter().zip(truths.iter()) {",
            *(["        let _ = p;"] if not width else []),
            f"        let result = {unit.name}({', '.join(given)});",
            f"        let mut found: Vec<f64> = Vec::with_capacity({size});",
        ]
        for i, block in enumerate(unit.blocks):
            value = f"result.{i}" if len(unit.blocks) > 1 else "result"
            if not block.shape:
                lines.append(f"        found.push({value});")
            elif len(block.shape) == 1:
                lines.append(f"        found.extend({value}.iter());")
            else:
                lines.append(f"        found.extend({value}.iter().flatten());")
        lines += [
            "        for (a, b) in found.iter().zip(truth.iter()) {",
            "            let error = (a - b).abs() / if b.abs() > 1e-300 { b.abs() } else { 1.0 };",
            "            worst = worst.max(if error <= 1e300 { error } else { 1e300 });",
            "        }",
            "    }",
            '    println!("largest relative error: {:.2e}", worst);',
            f"    std::process::exit(if worst <= {cases.tolerance!r} {{ 0 }} else {{ 1 }});",
            "}",
            "",
        ]
        return "\n".join([*self.preamble(unit), *self.function(unit), *lines])


def _type(shape: Sequence[int]) -> str:
    return "f64" if not shape else f"[{_type(shape[1:])}; {shape[0]}]"


TARGET = Rust()
