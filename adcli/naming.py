"""What the nodes of a graph are called: v₋₁, v₀, v₁ … as in the textbooks (Griewank & Walther 2008; Baydin et al. 2018).

Inputs are v₋ₙ₊₁ … v₀, in the order in which `--at` gives them; the operations that are evaluated are v₁ … v_l,
in their order of evaluation. Literals and constants have no number, and a copy (`a = x`) is no node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adcli.modes import Tape, steps_of
from adcli.problem import Problem

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from adcli.records import dataclass

_SUBSCRIPTS = str.maketrans("-0123456789", "₋₀₁₂₃₄₅₆₇₈₉")
_DOT, _BAR = "\N{COMBINING DOT ABOVE}", "\N{COMBINING MACRON}"


def numbering(problem: Problem, tape: Tape | None = None) -> dict[int, str]:
    """The name of each numbered node: "v-1", "v0", "v1" …, inputs first.

    All inputs of the program have one, whatever is differentiated by. Of the operations, those that the outputs
    need; with a *tape*, those that were evaluated (of a `where`, one branch).
    """
    graph = problem.graph
    nodes = {graph.labels[node]: node for node in graph.inputs}
    ordered = [nodes[name] for name in problem.at if name in nodes]
    ordered += [node for node in graph.inputs if graph.labels[node] not in problem.at]
    names = {node: f"v{number}" for number, node in enumerate(ordered, 1 - len(ordered))}
    steps = steps_of(graph) if tape is None else tape.steps
    names.update((node, f"v{number}") for number, (node, _, _) in enumerate(steps, 1))
    return names


@dataclass(frozen=True, slots=True)
class Form:
    """How names are written: `node` "v3", its tangent `dot` v̇₃, its adjoint `bar` v̄₃.

    The fields are templates, in which # stands for the number; `subscript` writes it below the line.
    """

    value: str
    tangent: str
    adjoint: str
    subscript: bool = False

    def node(self, name: str) -> str:
        """The name of a node's value."""
        return self._written(self.value, name)

    def dot(self, name: str) -> str:
        """The name of a node's tangent."""
        return self._written(self.tangent, name)

    def bar(self, name: str) -> str:
        """The name of a node's adjoint."""
        return self._written(self.adjoint, name)

    def _written(self, template: str, name: str) -> str:
        number = name[1:].translate(_SUBSCRIPTS) if self.subscript else name[1:]
        return template.replace("#", number)


PRETTY = Form("v#", f"v{_DOT}#", f"v{_BAR}#", subscript=True)
"""v₋₁, v̇₋₁, v̄₋₁: for people."""
LINEAR = Form("v#", f"v{_DOT}#", f"v{_BAR}#")
"""v-1, v̇-1, v̄-1: for JSON and the like, where a name is a key."""
ASCII = Form("v#", "dv#", "vbar#")
"""v-1, dv-1, vbar-1: where nothing but ASCII can be written."""
LATEX = Form("v_{#}", r"\dot v_{#}", r"\bar v_{#}")
