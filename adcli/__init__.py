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
    from adcli.batch.far import dask, duckdb, pandas, polars, ray, spark
    from adcli.crosscheck import check
    from adcli.crosscheck.api import (
        evaluate,
        gradient,
        hessian,
        hvp,
        jacobian,
        jvp,
        sparse_hessian,
        sparse_jacobian,
        taylor,
        vjp,
    )
    from adcli.crosscheck.api import taylor as taylor_series
    from adcli.derivatives.results import (
        HVP,
        JVP,
        VJP,
        Evaluation,
        Gradient,
        Hessian,
        Jacobian,
        SparseHessian,
        SparseJacobian,
        Taylor,
    )
    from adcli.errors import AdcliError
    from adcli.graphs import Graph
    from adcli.language import parse, unparse
    from adcli.language.sympy.exchange import to_sympy
    from adcli.language.sympy.from_sympy import from_sympy
    from adcli.results import Check, Notice
    from adcli.studies.answers.system import Unsolved
    from adcli.studies.api import (
        bounds,
        chain,
        check_gradient,
        compare,
        cost,
        explore,
        grade,
        graph,
        growth,
        layers,
        paths,
        sparsity,
        trace,
    )
    from adcli.studies.convert import Converted
    from adcli.studies.estimates import fit, implicit, minimize, solve, uncertainty
    from adcli.studies.written import convert, derive, diff, equal, export
    from adcli.studies.written import derive as derivative_program

__version__ = "0.1.0"

_HOMES = {
    "adcli.batch.api": "compile",
    "adcli.batch.far": "dask duckdb pandas polars ray spark",
    "adcli.crosscheck": "check",
    "adcli.crosscheck.api": "evaluate gradient hessian hvp jacobian jvp sparse_hessian sparse_jacobian taylor vjp",
    "adcli.errors": "AdcliError",
    "adcli.graphs": "Graph",
    "adcli.language": "parse unparse",
    "adcli.language.sympy.from_sympy": "from_sympy",
    "adcli.language.sympy.exchange": "to_sympy",
    "adcli.derivatives.results": (
        "Evaluation Gradient Hessian HVP Jacobian JVP SparseHessian SparseJacobian Taylor VJP"
    ),
    "adcli.results": "Check Notice",
    "adcli.studies.answers.system": "Unsolved",
    "adcli.studies.api": (
        "bounds chain check_gradient compare cost explore grade graph growth layers paths sparsity trace"
    ),
    "adcli.studies.convert": "Converted",
    "adcli.studies.estimates": "fit implicit minimize solve uncertainty",
    "adcli.studies.written": "convert derive diff equal export",
    "adcli.render.shown": "displayed",
}
_SYNONYMS = {"derivative_program": "derive", "taylor_series": "taylor"}
"""Names that some know of the functions."""

__all__ = [
    "HVP",
    "JVP",
    "VJP",
    "AdcliError",
    "Check",
    "Converted",
    "Evaluation",
    "Gradient",
    "Graph",
    "Hessian",
    "Jacobian",
    "Notice",
    "SparseHessian",
    "SparseJacobian",
    "Taylor",
    "Unsolved",
    "bounds",
    "chain",
    "check",
    "check_gradient",
    "compare",
    "compile",
    "convert",
    "cost",
    "dask",
    "derivative_program",
    "derive",
    "diff",
    "duckdb",
    "equal",
    "evaluate",
    "explore",
    "export",
    "fit",
    "from_sympy",
    "grade",
    "gradient",
    "graph",
    "growth",
    "hessian",
    "hvp",
    "implicit",
    "jacobian",
    "jvp",
    "layers",
    "minimize",
    "pandas",
    "parse",
    "paths",
    "polars",
    "ray",
    "solve",
    "spark",
    "sparse_hessian",
    "sparse_jacobian",
    "sparsity",
    "taylor",
    "taylor_series",
    "to_sympy",
    "trace",
    "uncertainty",
    "unparse",
    "vjp",
]


def __getattr__(name: str) -> Any:
    from adcli.arithmetic.kept import imported

    name = _SYNONYMS.get(name, name)
    for home, names in _HOMES.items():
        if name in names.split():
            return getattr(imported(home), name)
    raise AttributeError(f"module 'adcli' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
