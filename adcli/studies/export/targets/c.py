"""C99."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import ClassVar

from adcli.studies.export.target import Cases, Parameter, Target, Unit, libm, rows

_WORDS = (
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main "
    # and what math.h declares
    "acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh erf erfc exp exp2 expm1 fabs fdim floor fma "
    "fmax fmin fmod frexp hypot ilogb ldexp lgamma llrint llround log log10 log1p log2 logb lrint lround modf nan "
    "nearbyint "
    "nextafter nexttoward pow remainder remquo rint round scalbln scalbn sin sinh sqrt tan tanh tgamma trunc "
    "isfinite isinf isnan isnormal signbit fpclassify NAN INFINITY HUGE_VAL j0 j1 jn y0 y1 yn gamma gamma_r signgam "
    "drem significand exp10 pow10 sincos scalb finite M_PI M_E value gradient jacobian hessian jvp vjp I printf puts"
)
RESERVED = frozenset(_WORDS.split())


class C(Target):
    """A function with pointers to its results; of a single number, one that returns it."""

    passes_over = frozenset({"fmax", "fmin"})
    reserved = RESERVED
    header = ("#include <math.h>",)
    gap = 1
    functions: ClassVar[Mapping[str, str]] = libm(besselj="-jn(#a1, #2)", bessely="-yn(#a1, #2)")
    needs: ClassVar[Mapping[str, str]] = {
        "jn": "double jn(int n, double x); /* of POSIX */",
        "yn": "double yn(int n, double x); /* of POSIX */",
    }

    def function(self, unit: Unit) -> list[str]:
        """The lines of the function."""
        arguments = [self.parameter(p) for p in unit.parameters]
        if self.returns(unit):
            head = f"double {unit.name}({', '.join(arguments) or 'void'})"
            last = [f"    return {unit.texts[0][0]};"]
        else:
            results = [f"double {'*' if not b.shape else ''}{b.what}{dimensions(b.shape)}" for b in unit.blocks]
            head = f"void {unit.name}({', '.join([*arguments, *results])})"
            last = [f"    {place} = {text};" for place, text in stores(unit)]
        body = [f"    {'int' if s.boolean else 'double'} {s.local} = {s.text};" for s in unit.statements]
        return [*folded(head), "{", *body, *last, "}"]

    @staticmethod
    def returns(unit: Unit) -> bool:
        """Whether the function has one number for its result."""
        return len(unit.blocks) == 1 and not unit.blocks[0].shape

    def parameter(self, p: Parameter) -> str:
        """The declaration of an input."""
        return f"const double {p.local}{dimensions(p.shape)}" if p.shape else f"double {p.local}"

    def test(self, unit: Unit, cases: Cases) -> str:
        width, size = len(unit.inputs), unit.size
        lines = [
            *self.heading(unit),
            *self.header,
            "#include <stdio.h>",
            *self.needed(unit),
            "",
            *self.function(unit),
            "",
        ]
        if width:
            lines += [f"static const double points[][{width}] = {{", *rows(cases.points, "    ", "{}"), "};"]
        lines += [f"static const double truths[][{size}] = {{", *rows(cases.truths, "    ", "{}"), "};", ""]
        call = self.called(unit)
        lines += [
            "/* Compares with the truths at the points; says the largest error. */",
            "int main(void)",
            "{",
            f"    double worst = 0, result[{size}];",
            f"    for (int i = 0; i < {len(cases.points)}; i++) {{",
            *(["        const double *p = points[i];"] if width else []),
            *(f"        {line}" for line in call),
            f"        for (int j = 0; j < {size}; j++) {{",
            "            double truth = truths[i][j], size = fabs(truth) > 1e-300 ? fabs(truth) : 1;",
            "            double error = fabs(result[j] - truth)/size;",
            "            if (!(error <= 1e300)) error = 1e300;",
            "            if (error > worst) worst = error;",
            "        }",
            "    }",
            '    printf("largest relative error: %.2e\\n", worst);',
            f"    return worst <= {cases.tolerance!r} ? 0 : 1;",
            "}",
            "",
        ]
        return "\n".join(lines)

    def called(self, unit: Unit) -> list[str]:
        """The lines that call the function with the numbers p, for the numbers of result."""
        given = []
        for p, place in unit.placed:
            at = f"p[{place}]"
            cast = f"(const double (*){dimensions(p.shape[1:])})" if len(p.shape) > 1 else ""
            given.append(f"{cast}&{at}" if p.shape else at)
        if self.returns(unit):
            return [f"result[0] = {unit.name}({', '.join(given)});"]
        place = 0
        for block in unit.blocks:
            cast = f"(double (*){dimensions(block.shape[1:])})" if len(block.shape) > 1 else ""
            given.append(f"{cast}&result[{place}]")
            place += prod(block.shape)
        return [f"{unit.name}({', '.join(given)});"]


def dimensions(shape: Sequence[int]) -> str:
    """[2][3]"""
    return "".join(f"[{n}]" for n in shape)


def stores(unit: Unit) -> Iterator[tuple[str, str]]:
    """The places of the results, and their formulas."""
    for block, texts in unit.results:
        for index, text in zip(product(*map(range, block.shape)), texts, strict=True):
            yield (f"*{block.what}" if not block.shape else block.what + dimensions(index)), text


def folded(head: str, width: int = 100) -> list[str]:
    """A long head in several lines."""
    lines, line = [], ""
    for part in head.split(", "):
        if line and len(line) + len(part) > width:
            lines.append(line + ",")
            line = "        " + part
        else:
            line = f"{line}, {part}" if line else part
    return [*lines, line]


TARGET = C()
