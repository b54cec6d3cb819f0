"""Partials that keep their digits over rows: operations of kernels, for rules whose text loses some.

They are what the table's rows name in `accurate`. The engine python takes the scalar path's own functions; the others
have routines of these names, or take the texts below.
"""

from __future__ import annotations

from adcli.ops import TABLE, Op

_IN_RANGE = frozenset({"atan_prime", "acot_prime", "pow_y"})
"""Those whose rule as text loses digits only where numbers leave the doubles' range, and rows are in doubt anyway."""

_GAUSS = (
    "h = floor(x*1048576)*(1/1048576); d = {sign}(h - x)*(h + x); "
    "{factor}*exp({minus}h*h)*(1 + d*(1 + d*(1/2 + d*(1/6))))"
)
"""exp(∓x²): the rounding error of x² would be magnified by x² itself; the square of h, half of x's bits, is exact."""
_SIGMOID = "d = {x} - {y}; b = d - {x}; s = sigmoid(d); s*(1 + (({x} - (d - b)) - ({y} + b))*sigmoid(-d))"
"""sigmoid(x - y), with what the rounding of x - y loses (Knuth's TwoSum)."""

_TEXTS = {
    # x^y/x for x^(y - 1), where y - 1 is not exact
    "pow_x": "n = where(y >= 0.5, where(y <= 9007199254740992, 1, 0), 0); y*x^(y - n)/where(n > 0, 1, x)",
    "erf_prime": _GAUSS.format(sign="", factor="2/sqrt(pi)", minus="-"),
    "erfc_prime": _GAUSS.format(sign="", factor="-2/sqrt(pi)", minus="-"),
    "erfi_prime": _GAUSS.format(sign="-", factor="2/sqrt(pi)", minus=""),
    "logaddexp_x": _SIGMOID.format(x="x", y="y"),
    "logaddexp_y": _SIGMOID.format(x="y", y="x"),
    "Mod_y": "-floor((x - Mod(x, y))/y + 0.5)",
}

PARTIALS: dict[Op, tuple[Op, int]] = {}
"""Partials that are operations, and the operation of the table and the argument that each belongs to."""

NAMED: dict[str, Op] = {}
"""The same operations by their names."""


def named(op: Op, position: int) -> str:
    """The name of a partial that is an operation: the row's, or, where its rule is settled, one made of both names."""
    if op.settled:
        return f"{op.name}_{op.arguments[position]}"
    return op.accurate[position] if position < len(op.accurate) else ""


for _op in TABLE.values():
    for _position, _rule in enumerate(_op.partials):
        _name = named(_op, _position)
        if _name and _rule and _name not in _IN_RANGE and _name not in NAMED:
            NAMED[_name] = Op(
                _name,
                _op.arguments,
                (None,) * len(_op.arguments),
                flops=40,
                underflows=True,
                value=_TEXTS.get(_name, ""),
            )
            PARTIALS[NAMED[_name]] = (_op, _position)
