"""Exact, explained, checked derivatives of formulas.

    >>> import adcli
    >>> adcli.gradient("ln(x1)+x1*x2-sin(x2)", {"x1": 2, "x2": 5}).gradient
    {'x1': 5.5, 'x2': 1.7163378145367738}

Everything takes a program as text (or several texts), a Graph, or SymPy expressions, and returns the frozen
results that the commands render. Importing this package imports nothing heavy: what is used is loaded then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adcli.batch.api import compile
    from adcli.crosscheck import check
    from adcli.derivatives.answers import (
        evaluate,
        gradient,
        hessian,
        hvp,
        jacobian,
        jvp,
        sparse_hessian,
        sparse_jacobian,
        vjp,
    )
    from adcli.derivatives.derive import derivative_program
    from adcli.derivatives.taylor import taylor_series
    from adcli.errors import AdcliError
    from adcli.graphs import Graph
    from adcli.language import parse, unparse
    from adcli.language.sympy.from_sympy import from_sympy
    from adcli.results import (
        HVP,
        JVP,
        VJP,
        Check,
        Evaluation,
        Gradient,
        Hessian,
        Jacobian,
        Notice,
        SparseHessian,
        SparseJacobian,
        Taylor,
    )

__version__ = "0.1.0"

_HOMES = {
    "adcli.batch.api": ("compile",),
    "adcli.crosscheck": ("check",),
    "adcli.derivatives.answers": (
        "evaluate",
        "gradient",
        "hessian",
        "hvp",
        "jacobian",
        "jvp",
        "sparse_hessian",
        "sparse_jacobian",
        "vjp",
    ),
    "adcli.errors": ("AdcliError",),
    "adcli.graphs": ("Graph",),
    "adcli.language": ("parse", "unparse"),
    "adcli.language.sympy.from_sympy": ("from_sympy",),
    "adcli.results": (
        "HVP",
        "JVP",
        "VJP",
        "Check",
        "Evaluation",
        "Gradient",
        "Hessian",
        "Jacobian",
        "Notice",
        "SparseHessian",
        "SparseJacobian",
        "Taylor",
    ),
    "adcli.derivatives.taylor": ("taylor_series",),
    "adcli.derivatives.derive": ("derivative_program",),
}

__all__ = [
    "HVP",
    "JVP",
    "VJP",
    "AdcliError",
    "Check",
    "Evaluation",
    "Gradient",
    "Graph",
    "Hessian",
    "Jacobian",
    "Notice",
    "SparseHessian",
    "SparseJacobian",
    "Taylor",
    "check",
    "compile",
    "derivative_program",
    "evaluate",
    "from_sympy",
    "gradient",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "parse",
    "sparse_hessian",
    "sparse_jacobian",
    "taylor_series",
    "unparse",
    "vjp",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'adcli' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
