"""Under which conditions a node of a program is needed."""

from __future__ import annotations

from adcli.arithmetic.symbolic import Sym, Symbolic
from adcli.graphs import Graph
from adcli.ops import WHERE

Path = tuple[tuple[int, bool], ...]
"""Under which conditions something is needed: (condition, its truth), the outermost first."""


def common(a: Path, b: Path) -> Path:
    """The conditions that two paths begin with."""
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return a[:length]


def paths(graph: Graph) -> list[Path | None]:
    """Per node, the conditions under which an output needs its value: () for always, None for never."""
    found: list[Path | None] = [None] * len(graph)
    for node in graph.outputs:
        found[node] = ()
    for node in range(len(graph) - 1, -1, -1):
        here = found[node]
        if here is None:
            continue
        for position, a in enumerate(graph.args[node]):
            there = here
            if graph.ops[node] is WHERE and position:
                there = (*here, (graph.args[node][0], position == 1))
            known = found[a]
            found[a] = there if known is None else common(known, there)
    return found


def under(symbolic: Symbolic, path: Path, flag: Sym) -> Sym:
    """The condition *flag*, which holds nowhere but where the path is taken; it is asked only there."""
    no = symbolic.literal("False")
    for condition, truth in reversed(path):
        flag = symbolic.apply(WHERE, Sym(symbolic, condition), *((flag, no) if truth else (no, flag)))
    return flag
