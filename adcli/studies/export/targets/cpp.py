"""C++11; of C++17 the special functions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from adcli.studies.export.target import Cases, Unit, libm
from adcli.studies.export.targets.c import RESERVED, C

_MORE = (
    "alignas alignof and and_eq asm bitand bitor bool catch char16_t char32_t class compl const_cast constexpr "
    "decltype delete dynamic_cast explicit export false friend mutable namespace new noexcept not not_eq nullptr "
    "operator or or_eq private protected public reinterpret_cast static_assert static_cast template this thread_local "
    "throw true try typeid typename using virtual wchar_t xor xor_eq std"
)


class Cpp(C):
    """As in C, with the functions of the standard library."""

    name = "cpp"
    extension = ".cpp"
    functions = MappingProxyType(
        {
            **{op: f"std::{spelled}" for op, spelled in libm().items()},
            "besselj": "-std::cyl_bessel_j(#a1, #2)",
            "bessely": "-std::cyl_neumann(#a1, #2)",
            "besseli": "std::cyl_bessel_i(#a1, #2)",
            "besselk": "std::cyl_bessel_k(#a1, #2)",
            "Ei": "std::expint(#1)",
            "zeta": "std::riemann_zeta(#1)",
        }
    )
    needs: ClassVar[Mapping[str, str]] = {}
    reserved = RESERVED | frozenset(_MORE.split())
    truths = ("false", "true")
    header = ("#include <cmath>",)

    def power(self, x: tuple[int, str], y: tuple[int, str]) -> tuple[int, str]:
        # Where both are whole numbers, the template takes them as such.
        return self.call("std::pow", [x, y])

    def function(self, unit: Unit) -> list[str]:
        return [line.replace("(void)", "()").replace("    int ", "    const bool ") for line in super().function(unit)]

    def test(self, unit: Unit, cases: Cases) -> str:
        text = super().test(unit, cases)
        return (
            text.replace("#include <stdio.h>", "#include <cstdio>")
            .replace("int main(void)", "int main()")
            .replace("printf(", "std::printf(")
            .replace("fabs(", "std::fabs(")
            .replace("std::std::", "std::")
        )


TARGET = Cpp()
