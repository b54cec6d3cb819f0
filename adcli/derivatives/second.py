"""Second derivatives: the gradient as a problem of its own, to be derived again.

A mode run on symbols writes the gradient's program, and a mode run on numbers derives that. Either mode may be
the inner or the outer one, which gives the four orders of a Hessian; they agree. Forward over reverse needs one
reverse sweep (on symbols) and one forward sweep per column, and one such sweep alone is a Hessian-vector
product (Griewank & Walther 2008, ch. 5).
"""

from __future__ import annotations

from collections.abc import Sequence

from adcli.derivatives.programs import Transcript, opened
from adcli.derivatives.questions import Question
from adcli.derivatives.solver import Solution
from adcli.graphs import Graph
from adcli.problem.problem import Problem
from adcli.results import ONE_SIDED, Notice, Number


def gradient_problem(asked: Problem, mode: str) -> Problem:
    """The gradient of *asked* as a problem of its own: one output per input, at the same point.

    *mode*, "forward" or "reverse", is the inner one of a Hessian's two. The problem is differentiated by the same
    names, so that its Jacobian is the Hessian. Its program is written once for a graph. Kinks are found in the
    original program, not in the rules.
    """
    sources = tuple([node for _, node in asked.wrt])
    graph, numbers = opened(asked.graph, sources)
    key = ("gradient", mode, asked.wrt)
    program = asked.graph.found(key, lambda: _gradient_program(graph, asked.wrt, mode))
    return asked.changed(graph=program, at={**asked.at, **numbers}, kinks="silent")


def _gradient_program(graph: Graph, wrt: Sequence[tuple[str, int]], mode: str) -> Graph:
    """The program continued by its gradient: one output per name of *wrt*, d_x1 and so on."""
    sources = [node for _, node in wrt]
    transcript = Transcript(graph)
    live = [node for node in dict.fromkeys(sources) if node >= 0]
    (row,) = transcript.jacobian(live, mode)
    entries = dict(zip(live, row, strict=True))
    zero = transcript.number("0")
    return transcript.finish([entries.get(node, zero) for node in sources], [f"d_{name}" for name, _ in wrt])


def around(asked: Problem, gradient: Problem, question: Question, like: Number) -> Solution:
    """The answer to *question* about the gradient by expansions of the formula itself, in numbers such as *like*.

    It is right wherever the second derivatives exist, whatever the chain rule says; a notice says that they are
    one-sided. Raises Absent.
    """
    from adcli.derivatives.limits import Rays, bend, curvature
    from adcli.derivatives.refusals import ENDS

    rays = Rays(asked, order=2)
    slopes, hessian = curvature(rays)
    rows, columns = question.shape(gradient)
    entries = [
        [rays.number(bend(rays, hessian, question.direction(gradient, i, j)), like) for j in range(columns)]
        for i in range(rows)
    ]
    notices = [Notice(ONE_SIDED, ENDS)] if rays.one_sided else []
    return Solution([rays.number(slope, like) for slope in slopes], entries, notices)
