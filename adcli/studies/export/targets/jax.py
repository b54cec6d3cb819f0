"""JAX, in double precision, ready to be jitted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import MappingProxyType

from adcli.studies.export.program import Block
from adcli.studies.export.target import Unit
from adcli.studies.export.targets.numpy import NumPy
from adcli.studies.export.targets.python import Python


class Jax(NumPy):
    """As in NumPy, with the special functions of `jax.scipy`."""

    name = "jax"
    module = "jnp"
    functions = MappingProxyType(
        {
            **{op: f"j{spelled}" for op, spelled in NumPy.functions.items()},
            "erf": "jax.scipy.special.erf",
            "erfc": "jax.scipy.special.erfc",
            "Mod": "jnp.fmod",
        }
    )
    header: tuple[str, ...] = (
        "import jax",
        "import jax.numpy as jnp",
        "",
        'jax.config.update("jax_enable_x64", True)',
    )
    reserved = Python.reserved | {"jax", "jnp"}
    array = "jnp.array"

    def quiet(self, body: Sequence[str]) -> list[str]:
        return [f"    {line}" for line in body]

    def stored(self, block: Block, texts: Sequence[str], unit: Unit) -> list[str]:
        return [re.sub(r"\bnp\.", "jnp.", line) for line in super().stored(block, texts, unit)]


TARGET = Jax()
