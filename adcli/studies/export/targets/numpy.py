"""NumPy: the same function on arrays, element by element, which broadcast against each other."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from types import MappingProxyType
from typing import ClassVar

from adcli.ops import NOT, Op
from adcli.studies.export.program import Block
from adcli.studies.export.target import (
    ATOM,
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
)
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
    header: ClassVar[tuple[str, ...]] = ("import numpy as np",)
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
        for block, texts in unit.results:
            body += self.stored(block, texts, unit)
            results.append(block.what)
        body.append(f"return {', '.join(results)}")
        return [*lines, *self.quiet(body)]

    def quiet(self, body: Sequence[str]) -> list[str]:
        """Without warnings of the branches that are not taken."""
        return ['    with np.errstate(all="ignore"):', *(f"        {line}" for line in body)]

    def element(self, parameter: Parameter, index: Sequence[int]) -> str:
        return f"{parameter.local}[..., {', '.join(str(i - 1) for i in index)}]"

    def stored(self, block: Block, texts: Sequence[str], unit: Unit) -> list[str]:
        """The lines that make one array of a block."""
        if not block.shape:
            return [f"{block.what} = {texts[0]}"]
        stacked = self.stacked(", ".join(texts))
        lines = [f"{block.what} = {stacked}"]
        if len(block.shape) > 1:
            shape = ", ".join(map(str, block.shape))
            lines.append(f"{block.what} = {block.what}.reshape({block.what}.shape[:-1] + ({shape},))")
        return lines

    def stacked(self, texts: str) -> str:
        """Arrays along a last axis of their own."""
        return f"{self.module}.stack({self.module}.broadcast_arrays({texts}), axis=-1)"

    array: ClassVar[tuple[str, str]] = "np.array(", ")"
    """What stands around rows to make them an array."""

    def comparison(self, unit: Unit, cases: Cases) -> list[str]:
        given = []
        for p, place in unit.placed:
            count = prod(p.shape)
            shape = f".reshape((-1, {', '.join(map(str, p.shape))}))" if len(p.shape) > 1 else ""
            given.append(f"points[:, {place}]" if not p.shape else f"points[:, {place}:{place + count}]{shape}")
        columns = [f"{self.broadcast(b)}.reshape((len(points), {prod(b.shape)}))" for b in unit.blocks]
        return [
            "def test():",
            '    """Compare with the truths at the points."""',
            f"    points = {self.array[0]}[",
            *rows(cases.points),
            f"    ]{self.array[1]}",
            f"    truths = {self.array[0]}[",
            *rows(cases.truths),
            f"    ]{self.array[1]}",
            f"    {', '.join(block.what for block in unit.blocks)} = {unit.name}({', '.join(given)})",
            f"    found = {self.joined(', '.join(columns))}",
            f"    size = {self.module}.where(abs(truths) > 1e-300, abs(truths), 1.0)",
            "    errors = abs(found - truths)/size",
            f"    return float({self.module}.where(errors <= 1e300, errors, 1e300).max())",
        ]

    def broadcast(self, block: Block) -> str:
        """A result for all points: what is constant has one for all of them."""
        shape = "".join(f", {n}" for n in block.shape)
        return f"{self.module}.broadcast_to({block.what}, (len(points),{shape[1:]}))"

    def joined(self, columns: str) -> str:
        """Arrays beside each other."""
        return f"{self.module}.concatenate(({columns},), axis=1)"


TARGET = NumPy()
