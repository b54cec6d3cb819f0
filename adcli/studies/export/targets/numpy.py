"""NumPy: the same function on arrays, element by element, which broadcast against each other."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import ClassVar

from adcli.ops import NOT, Op
from adcli.studies.export.program import Block
from adcli.studies.export.target import ATOM, POWER, SIGN, Cases, Target, Text, Unit, libm, within, without
from adcli.studies.export.targets.c import volume
from adcli.studies.export.targets.python import OF_SCIPY, Python

_UFUNCS = without("Max Min erf erfc gamma loggamma")


class NumPy(Python):
    """As in Python, with both branches of a choice computed; results have an axis for their places at the end."""

    name = "numpy"
    module: ClassVar[str] = "np"
    functions = MappingProxyType(
        {
            **OF_SCIPY,
            **{op: f"np.{spelled}" for op, spelled in libm(_UFUNCS).items()},
            "Max": "np.maximum",
            "Min": "np.minimum",
            "asin": "np.arcsin",
            "acos": "np.arccos",
            "atan": "np.arctan",
            "atan2": "np.arctan2",
            "asinh": "np.arcsinh",
            "acosh": "np.arccosh",
            "atanh": "np.arctanh",
        }
    )
    strict = False
    domain = Target.domain
    header: tuple[str, ...] = ("import numpy as np",)
    reserved = Python.reserved | {"np"}

    def spell(self, op: Op, args: Sequence[Text]) -> Text:
        if op is NOT:
            return self.call(f"{self.module}.logical_not", args)
        return super().spell(op, args)

    def power(self, x: Text, y: Text) -> Text:
        if y[1].isdigit():
            return POWER, f"{within(x, POWER + 1)}**{within(y, SIGN)}"
        exponent = y[1] if set(y[1]) & set(".e()vxyz") or not y[1].lstrip("-").isdigit() else y[1] + ".0"
        return self.call(f"{self.module}.power", [x, (y[0], exponent)])

    def choice(self, condition: Text, x: Text, y: Text) -> Text:
        return self.call(f"{self.module}.where", [condition, x, y])

    def junction(self, word: str, x: Text, y: Text) -> Text:
        return self.call(f"{self.module}.logical_{word}", [x, y])

    def undefined(self) -> Text:
        return ATOM, f"{self.module}.nan"

    def function(self, unit: Unit) -> list[str]:
        lines = [f"def {unit.name}({', '.join(p.local for p in unit.parameters)}):"]
        body = [f"{s.local} = {s.text}" for s in unit.statements]
        results = []
        for block, texts in zip(unit.blocks, unit.texts, strict=True):
            body += self.stored(block, texts, unit)
            results.append(block.what)
        body.append(f"return {', '.join(results)}")
        return [*lines, *self.quiet(body)]

    def quiet(self, body: Sequence[str]) -> list[str]:
        """Without warnings of the branches that are not taken."""
        return ['    with np.errstate(all="ignore"):', *(f"        {line}" for line in body)]

    def element(self, parameter: object, index: Sequence[int]) -> str:
        return f"{parameter.local}[..., {', '.join(str(i - 1) for i in index)}]"  # type: ignore[attr-defined]  # a Parameter

    def stored(self, block: Block, texts: Sequence[str], unit: Unit) -> list[str]:
        """The lines that make one array of a block."""
        if not block.shape:
            return [f"{block.what} = {texts[0]}"]
        stacked = f"np.stack(np.broadcast_arrays({', '.join(texts)}), axis=-1)"
        if len(block.shape) > 1:
            shape = ", ".join(map(str, block.shape))
            return [
                f"{block.what} = {stacked}",
                f"{block.what} = {block.what}.reshape({block.what}.shape[:-1] + ({shape},))",
            ]
        return [f"{block.what} = {stacked}"]

    array: ClassVar[str] = "np.array"

    def test(self, unit: Unit, cases: Cases) -> str:
        given, place = [], 0
        for p in unit.parameters:
            count = volume(p.shape)
            shape = f".reshape((-1, {', '.join(map(str, p.shape))}))" if len(p.shape) > 1 else ""
            given.append(f"points[:, {place}]" if not p.shape else f"points[:, {place}:{place + count}]{shape}")
            place += count
        names = [block.what for block in unit.blocks]
        shapes = ["1" if not block.shape else str(volume(block.shape)) for block in unit.blocks]
        left = ", ".join(names)
        columns = ", ".join(
            f"{self.broadcast(name, block)}.reshape((len(points), {n}))"
            for name, n, block in zip(names, shapes, unit.blocks, strict=True)
        )
        return "\n".join(
            [
                *self.heading(unit),
                *self.header,
                *self.needed(unit),
                "",
                "",
                *self.function(unit),
                "",
                "",
                "def test():",
                '    """Compare with the truths at the points."""',
                f"    points = {self.array}([",
                *("    " + f"    [{', '.join(map(repr, row))}]," for row in cases.points),
                "    ])",
                f"    truths = {self.array}([",
                *("    " + f"    [{', '.join(map(repr, row))}]," for row in cases.truths),
                "    ])",
                f"    {left} = {unit.name}({', '.join(given)})",
                f"    found = {self.joined(columns)}",
                f"    size = {self.module}.where(abs(truths) > 1e-300, abs(truths), 1.0)",
                "    errors = abs(found - truths)/size",
                f"    return float({self.module}.where(errors <= 1e300, errors, 1e300).max())",
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
        )

    def broadcast(self, name: str, block: Block) -> str:
        """A result for all points: what is constant has one for all of them."""
        shape = "".join(f", {n}" for n in block.shape)
        return f"{self.module}.broadcast_to({name}, (len(points),{shape[1:] or ''}))"

    def joined(self, columns: str) -> str:
        """Arrays beside each other."""
        return f"{self.module}.concatenate(({columns},), axis=1)"


TARGET = NumPy()
