"""PyTorch, on tensors of float64."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from adcli.studies.export.program import Block
from adcli.studies.export.target import ATOM, POWER, SIGN, Text, Unit, libm, within, without
from adcli.studies.export.targets.numpy import NumPy
from adcli.studies.export.targets.python import Python

_TORCH = without("cbrt atan2 Max Min Mod hypot gamma loggamma")


_TENSORS = frozenset(
    [
        *(f"torch.{name}" for name in ("atan2", "hypot", "maximum", "minimum", "fmod")),
        *(f"torch.special.{name}" for name in ("zeta", "gammainc", "gammaincc")),
    ]
)
"""What takes no numbers."""


class Torch(NumPy):
    """As in NumPy; a number is made a tensor where a function wants one."""

    name = "torch"
    module = "torch"
    functions = MappingProxyType(
        {
            **{op: f"torch.{spelled}" for op, spelled in libm(_TORCH, Abs="abs", loggamma="lgamma").items()},
            "atan2": "torch.atan2",
            "hypot": "torch.hypot",
            "Max": "torch.maximum",
            "Min": "torch.minimum",
            "Mod": "torch.fmod",
            **{name: f"torch.special.{name}" for name in ("erfcx", "gammainc", "gammaincc")},
            "hurwitz_zeta": "torch.special.zeta",
        }
    )
    header: ClassVar[tuple[str, ...]] = ("import torch",)
    needs: ClassVar[Mapping[str, str]] = {}
    reserved = Python.reserved | {"torch"}
    array = "torch.tensor(", ", dtype=torch.float64)"

    def call(self, name: str, args: Sequence[Text]) -> Text:
        if name in _TENSORS:
            args = [(p, _tensor(text) if _number(text) else text) for p, text in args]
        if name == "torch.where" and all(_number(text) for _, text in args[1:]):
            args = [args[0], (ATOM, _tensor(args[1][1])), args[2]]
        return super().call(name, args)

    def power(self, x: Text, y: Text) -> Text:
        if y[1].isdigit():
            return POWER, f"{within(x, POWER + 1)}**{within(y, SIGN)}"
        if _number(x[1]):
            x = ATOM, _tensor(x[1])
        return super().call("torch.pow", [x, y])

    def undefined(self) -> Text:
        return ATOM, "torch.nan"

    def quiet(self, body: Sequence[str]) -> list[str]:
        return [f"    {line}" for line in body]

    def stored(self, block: Block, texts: Sequence[str], unit: Unit) -> list[str]:
        return super().stored(block, [_tensor(text) if _number(text) else text for text in texts], unit)

    def stacked(self, texts: str) -> str:
        return f"torch.stack(torch.broadcast_tensors({texts}), dim=-1)"

    def joined(self, columns: str) -> str:
        return f"torch.cat(({columns},), dim=1)"


def _tensor(text: str) -> str:
    return f"torch.tensor({text}, dtype=torch.float64)"


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


TARGET = Torch()
