"""Second derivatives: the gradient as a problem of its own, to be derived again.

A mode run on symbols writes the gradient's program, and a mode run on numbers derives that. Either mode may be
the inner or the outer one, which gives the four orders of a Hessian; they agree. Forward over reverse needs one
reverse sweep (on symbols) and one forward sweep per column, and one such sweep alone is a Hessian-vector
product (Griewank & Walther 2008, ch. 5).
"""

from __future__ import annotations

from adcli.problem import Problem
from adcli.programs import Transcript


def gradient_problem(asked: Problem, mode: str) -> Problem:
    """The gradient of *asked* as a problem of its own: one output per input, at the same point."""
    transcript = Transcript(asked.graph)
    sources = [node for _, node in asked.wrt]
    live = [node for node in sources if node >= 0]
    (row,) = transcript.jacobian(live, mode)
    entries = dict(zip(live, row, strict=True))
    zero = transcript.number("0")
    outputs = [entries.get(node, zero) for node in sources]
    graph = transcript.finish(outputs, [f"d_{name}" for name, _ in asked.wrt])
    wrt = tuple((name, transcript.node(node) if node >= 0 else node) for name, node in asked.wrt)
    return Problem(graph, asked.expr, asked.at, wrt, asked.precision, asked.kinks, asked.origin, asked.let)
