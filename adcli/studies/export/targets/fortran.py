"""Fortran 2008, free form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from types import MappingProxyType
from typing import ClassVar

from adcli.ops import EQ, NE, NEG, Op
from adcli.studies.export.target import (
    ATOM,
    POWER,
    SIGN,
    SUM,
    Cases,
    Parameter,
    Target,
    Text,
    Unit,
    libm,
    within,
    without,
    words,
)

LENGTH = 120
"""Lines of source are broken at this length; the standard allows 132."""
_INTRINSIC = without("expm1 log1p log2 cbrt Abs Max Min floor ceiling Mod gamma loggamma")


class Fortran(Target):
    """A pure subroutine in double precision."""

    passes_over = frozenset({"fmax", "fmin"})
    name = "fortran"
    extension = ".f90"
    functions = MappingProxyType(
        {
            **libm(_INTRINSIC),
            "Abs": "abs",
            "Max": "max",
            "Min": "min",
            "Mod": "mod",
            "gamma": "gamma",
            "loggamma": "log_gamma",
            "besselj": "-bessel_jn(#a1, #2)",
            "bessely": "-bessel_yn(#a1, #2)",
            "erfcx": "erfc_scaled",
            "floor": "aint(#1) - merge(1.0d0, 0.0d0, (#1) < aint(#1))",
            "ceiling": "aint(#1) + merge(1.0d0, 0.0d0, (#1) > aint(#1))",
        }
    )
    powers = True
    comment = ("! ", "")
    reserved = words(
        "abs acos acosh aint asin asinh atan atan2 atanh call contains cos cosh do dp else end erf erfc exp function",
        "gamma hypot if implicit intent log log10 log_gamma max merge min mod none out program pure real return sin",
        "sinh sqrt subroutine tan tanh then use where logical integer parameter",
    )
    caseless = True
    longest = 55  # with a version behind, of the 63 that there may be
    conjunction = " .and. "
    disjunction = " .or. "
    truths = (".false.", ".true.")
    signs: ClassVar[Mapping[Op, str]] = {**Target.signs, EQ: " == ", NE: " /= "}
    base = 1

    def number(self, text: str) -> Text:
        mantissa, _, exponent = text.partition("e")
        body = mantissa if "." in mantissa else mantissa + ".0"
        return (SIGN if text.startswith("-") else ATOM), f"{body}d{exponent or 0}"

    def constant(self, text: str) -> str:
        return super().constant(text) + "d0"

    def element(self, parameter: Parameter, index: Sequence[int]) -> str:
        return f"{parameter.local}({', '.join(map(str, index))})"

    def spell(self, op: Op, args: Sequence[Text]) -> Text:
        if op is NEG:  # a sign may not follow an operator, so it binds as a sum does
            return SUM, "-" + within(args[0], SIGN)
        if op.name in ("floor", "ceiling"):
            return SUM, super().spell(op, args)[1]
        return super().spell(op, args)

    def power(self, x: Text, y: Text) -> Text:
        whole = y[1].removesuffix(".0d0")
        exponent = whole if whole.lstrip("-").isdigit() and whole != y[1] else y[1]
        return (
            POWER,
            f"{within(x, ATOM)}**{f'({exponent})' if exponent.startswith('-') else within((y[0], exponent), ATOM)}",
        )

    def choice(self, condition: Text, x: Text, y: Text) -> Text:
        return ATOM, f"merge({x[1]}, {y[1]}, {condition[1]})"

    def undefined(self) -> Text:
        return ATOM, "sqrt(-abs(1.0d0))"

    def function(self, unit: Unit) -> list[str]:
        """The lines of the subroutine."""
        names = [*(p.local for p in unit.parameters), *(block.what for block in unit.blocks)]
        lines = [f"pure subroutine {unit.name}({', '.join(names)})", "  implicit none"]
        for p in unit.parameters:
            lines.append(f"  double precision, intent(in) :: {p.local}{_dimensions(p.shape)}")
        for block in unit.blocks:
            lines.append(f"  double precision, intent(out) :: {block.what}{_dimensions(block.shape)}")
        for kind, chosen in (("double precision", False), ("logical", True)):
            locals_ = [s.local for s in unit.statements if s.boolean == chosen]
            lines += [f"  {kind} :: {', '.join(locals_[i : i + 12])}" for i in range(0, len(locals_), 12)]
        lines += [f"  {s.local} = {s.text}" for s in unit.statements]
        for block, texts in unit.results:
            for index, text in zip(product(*map(range, block.shape)), texts, strict=True):
                place = f"({', '.join(str(i + 1) for i in index)})" if index else ""
                lines.append(f"  {block.what}{place} = {text}")
        lines.append(f"end subroutine {unit.name}")
        return [piece for line in lines for piece in broken(line)]

    def heading(self, unit: Unit) -> list[str]:
        return [piece[:LENGTH] for piece in super().heading(unit)]

    def test(self, unit: Unit, cases: Cases) -> str:
        inputs = [f"{p.local}_{_dimensions(p.shape)}" for p in unit.parameters]
        outputs = [f"{block.what}{_dimensions(block.shape)}" for block in unit.blocks]
        width, size = len(unit.inputs), unit.size
        lines = [
            "! Compares with the truths at the points; says the largest error.",
            "program test",
            "  implicit none",
            f"  double precision :: worst, error, point({max(width, 1)}), truth({size}), found({size})",
            *(f"  double precision :: {name}" for name in (*inputs, *outputs)),
            "  integer :: i",
            "  worst = 0.0d0",
        ]
        for point, true in zip(cases.points, cases.truths, strict=True):
            lines += [f"  {line}" for line in [*_assigned("point", point), *_assigned("truth", true), "call compare"]]
        lines += [
            '  print "(a, es9.2)", "largest relative error: ", worst',
            f"  if (.not. worst <= {self.number(repr(cases.tolerance))[1]}) stop 1",
            "contains",
            "  subroutine compare",
        ]
        for p, place in unit.placed:
            count = prod(p.shape)
            given = f"point({place + 1}:{place + count})"
            if len(p.shape) == 2:
                n, m = p.shape
                given = f"transpose(reshape({given}, [{m}, {n}]))"
            elif not p.shape:
                given = f"point({place + 1})"
            lines.append(f"    {p.local}_ = {given}")
        names = [*(f"{p.local}_" for p in unit.parameters), *(block.what for block in unit.blocks)]
        lines.append(f"    call {unit.name}({', '.join(names)})")
        place = 0
        for block in unit.blocks:
            count = prod(block.shape)
            value = block.what
            if len(block.shape) == 2:
                value = f"reshape(transpose({value}), [{count}])"
            target = f"found({place + 1}:{place + count})" if block.shape else f"found({place + 1})"
            lines.append(f"    {target} = {value}")
            place += count
        lines += [
            f"    do i = 1, {size}",
            "      error = abs(found(i) - truth(i))/merge(abs(truth(i)), 1.0d0, abs(truth(i)) > 1.0d-300)",
            "      if (.not. error <= 1.0d300) error = 1.0d300",
            "      worst = max(worst, error)",
            "    end do",
            "  end subroutine compare",
            "end program test",
        ]
        lines = [piece for line in lines for piece in broken(line)]
        return "\n".join([*self.preamble(unit), *self.function(unit), "", *lines, ""])


def _dimensions(shape: Sequence[int]) -> str:
    return f"({', '.join(map(str, shape))})" if shape else ""


def _assigned(name: str, numbers: Sequence[float]) -> list[str]:
    """Statements that fill an array, some numbers at a time."""
    texts = [Fortran().number(repr(x))[1] for x in numbers]
    return [
        f"{name}({i + 1}:{min(i + 40, len(texts))}) = [{', '.join(texts[i : i + 40])}]"
        for i in range(0, len(texts), 40)
    ]


def broken(line: str) -> list[str]:
    """A statement in lines that are short enough."""
    pieces = []
    while len(line) > LENGTH and not line.lstrip().startswith("!"):
        cut = max(line.rfind(" ", 20, LENGTH), line.rfind("*", 20, LENGTH), line.rfind(",", 20, LENGTH))
        if cut < 20 or line[cut - 1 : cut + 1] == "**" or line[cut : cut + 2] == "**":
            cut = line.rfind(" ", 20, LENGTH)
        if cut < 20:
            cut = LENGTH
        pieces.append(line[:cut] + "&")
        line = "    &" + line[cut:]
    return [*pieces, line]


TARGET = Fortran()
