"""The Jacobian by eliminating vertices: numbers on the edges of the linearised graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adcli.arithmetic.doubles import TINY
from adcli.derivatives.elimination import Orders, orders
from adcli.derivatives.elimination.structure import Structure, structure_of, users_of
from adcli.derivatives.questions import Matrix, Work
from adcli.modes import Fault, linearize
from adcli.ops import ADD, MUL
from adcli.problem.given import CROSS

HUGE = 1.7976931348623157e308
"""The largest double."""


class Cross(Matrix):
    """The Jacobian by eliminating the vertices of the linearised graph in the best order found ("cross-country").

    `summary` says which order that was, once there is an answer.
    """

    def __init__(self) -> None:
        super().__init__(CROSS)
        self.orders: Orders | None = None
        self._eliminated: Mapping[int, Mapping[int, bool]] = {}
        self.summary: dict[str, Any] | None = None

    def entries(self, work: Work) -> list[list[Any]]:
        structure = structure_of(work.problem, work.tape)
        if self.orders is None or self._eliminated != structure.arguments:  # more digits may take another branch
            self.orders, self._eliminated = orders(structure), structure.arguments
        best = self.orders
        self.summary = {
            "order": best.best,
            "vertices": best.vertices,
            "multiplications": best.least.multiplications,
            "nontrivial": best.least.nontrivial,
        }
        return jacobian_by(structure, best.order, work)


def jacobian_by(structure: Structure, order: Iterable[int], work: Work) -> list[list[Any]]:
    """The Jacobian by eliminating all intermediate vertices in this order, whichever it is."""
    # As in the compiled rules, where 0 × ∞ is no error yet.
    multiply, add = (work.arithmetic.compile("xy", work.arithmetic.spell(op, "xy"), op.name) for op in (MUL, ADD))
    one, zero = work.arithmetic.literal("1"), work.arithmetic.literal("0")
    arguments: dict[int, dict[int, Any]] = {
        node: dict.fromkeys(args, one) for node, args in structure.arguments.items()
    }
    users = {node: set(above) for node, above in users_of(structure.arguments).items()}
    # Per vertex, a number into it that is worth a second look, as of a sweep: overflowed, or perhaps underflowed.
    noted: list[Any] = [None] * len(work.problem.graph)
    work.sweeps.append(noted)
    work.derived = True

    def note(node: int, number: Any) -> None:
        if node >= 0 and (not -HUGE < number < HUGE or -TINY < number < TINY):
            noted[node] = number

    seen: set[tuple[int, int]] = set()
    for node, _, a, partial in linearize(work.tape, work.sources):
        edges = arguments[node]
        if a in edges:
            edges[a] = add(edges[a], partial) if (node, a) in seen else partial
            seen.add((node, a))
            note(node, partial)
    node = 0
    try:
        for node in order:
            below = arguments.pop(node)
            for a in below:
                users[a].discard(node)
            for user in users.pop(node, ()):
                theirs = arguments[user]
                upper = theirs.pop(node)
                for a, lower in below.items():
                    product = multiply(upper, lower)
                    note(user, product)
                    theirs[a] = add(theirs[a], product) if a in theirs else product
                    users[a].add(user)
    except (ArithmeticError, ValueError) as error:
        raise Fault(node, error, "derivative") from error
    columns = [structure.sources.get(node) for _, node in work.problem.wrt]
    rows = []
    for place in range(len(work.problem.graph.outputs)):
        edges = arguments.get(structure.targets[place], {})
        rows.append([zero if vertex is None else edges.get(vertex, zero) for vertex in columns])
    return rows
