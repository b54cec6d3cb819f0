"""Random formulas in the grammar that adcli and SymPy's parser share, for tests that compare readers and witnesses."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from adcli.ops import TABLE


def point(text: str) -> dict[str, str]:
    """Values for the variables of a random text."""
    return {name: value for name, value in (("x", "0.7"), ("y", "1.3")) if re.search(rf"\b{name}\b", text)}


def calls() -> list[tuple[str, int]]:
    """Every operation that is called by name with numbers, and how many arguments it takes."""
    rows = [op for op in TABLE.values() if not (op.symbol or op.conditions or op.lean) and op.arguments]
    return [(op.name, 2 if op.variadic and not op.matrix else op.count) for op in rows if op.name != "polygamma"]


@st.composite
def expressions(draw: st.DrawFn, depth: int = 4) -> str:
    """A random text that both readers' grammars have. SymPy has no Piecewise inside a condition."""
    kind = draw(st.integers(0, 9)) if depth else 0
    if kind <= 1:
        return draw(st.sampled_from(["x", "y", "2", "3", "0.5", "1.25", "pi"]))
    inner = expressions(depth=depth - 1)
    if kind <= 5:
        spaced = draw(st.sampled_from(["", " "]))
        sign = draw(st.sampled_from(["+", "-", "*", "/", "**", "^"]))
        return f"{draw(inner)}{spaced}{sign}{spaced}{draw(inner)}"
    if kind == 6:
        return f"-{draw(inner)}"
    if kind == 7:
        return f"({draw(inner)})"
    if kind == 8:
        relation = draw(st.sampled_from(["<", ">=", "=="]))
        side = expressions(depth=0)
        return f"Piecewise(({draw(inner)}, {draw(side)} {relation} {draw(side)}), ({draw(inner)}, True))"
    name, count = draw(st.sampled_from(calls()))
    return f"{name}({', '.join(draw(inner) for _ in range(count))})"
