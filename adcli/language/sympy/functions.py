"""SymPy's functions for the rows of the table, and the arguments that they take."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

from adcli.ops import TABLE, Op

if TYPE_CHECKING:
    from sympy import Expr
else:
    Expr = Any

Function: TypeAlias = "Callable[..., Expr]"

_HYPERGEOMETRIC = re.compile(r"hyp(\d)f(\d)")


def function_of(op: Op) -> Function | None:
    """SymPy's function of the row's arguments; None where it has none."""
    import sympy

    if shape := _HYPERGEOMETRIC.fullmatch(op.name):
        above = int(shape[1])
        return lambda *args: sympy.hyper(args[:above], args[above:-1], args[-1])
    if op.name == "betainc":
        return lambda a, b, x: sympy.betainc_regularized(a, b, 0, x)
    names = [op.name, *(row.name for row in TABLE.values() if row.other == op.name)]
    return next((getattr(sympy, name) for name in names if hasattr(sympy, name)), None)


def row_of(expr: Expr) -> tuple[Op, list[Expr]] | None:
    """The row that a function of SymPy's is whose arguments are others than the row's, and these."""
    import sympy

    if isinstance(expr, sympy.hyper):
        tops, bottoms, z = expr.args
        op = TABLE.get(f"hyp{len(tops)}f{len(bottoms)}")
        return None if op is None else (op, [*tops, *bottoms, z])
    if isinstance(expr, sympy.betainc_regularized) and expr.args[2].is_zero:
        a, b, _, x = expr.args
        return TABLE["betainc"], [a, b, x]
    return None
