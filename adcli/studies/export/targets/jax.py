"""JAX, in double precision, ready to be jitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from adcli.studies.export.targets.numpy import NumPy
from adcli.studies.export.targets.python import OF_SCIPY, Python

_SPECIAL = {
    **{name: name for name in ("erf", "erfc", "gammainc", "gammaincc", "betainc")},
    "Ei": "expi",
    "E1": "exp1",
    "hurwitz_zeta": "zeta",
}


class Jax(NumPy):
    """As in NumPy, with the special functions of `jax.scipy`."""

    name = "jax"
    module = "jnp"
    functions = MappingProxyType(
        {
            **{op: f"j{spelled}" for op, spelled in NumPy.functions.items() if op not in OF_SCIPY},
            **{op: f"jax.scipy.special.{name}" for op, name in _SPECIAL.items()},
            "Mod": "jnp.fmod",
        }
    )
    header: ClassVar[tuple[str, ...]] = (
        "import jax",
        "import jax.numpy as jnp",
        "",
        'jax.config.update("jax_enable_x64", True)',
    )
    needs: ClassVar[Mapping[str, str]] = {}
    reserved = Python.reserved | {"jax", "jnp"}
    array = "jnp.array(", ")"

    def quiet(self, body: Sequence[str]) -> list[str]:
        return [f"    {line}" for line in body]


TARGET = Jax()
