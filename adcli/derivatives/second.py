"""Second derivatives: the gradient as a problem of its own, to be derived again.

A mode run on symbols writes the gradient's program, and a mode run on numbers derives that. Either mode may be
the inner or the outer one, which gives the four orders of a Hessian; they agree. Forward over reverse needs one
reverse sweep (on symbols) and one forward sweep per column, and one such sweep alone is a Hessian-vector
product (Griewank & Walther 2008, ch. 5).
"""

from __future__ import annotations

from collections.abc import Sequence

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.programs import Transcript, opened
from adcli.graph import Graph, chosen_of, dependent
from adcli.modes import Fault, evaluate
from adcli.ops import EQ, NE
from adcli.problem.problem import Problem


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
    at = {**asked.at, **numbers}
    return Problem(program, asked.expr, at, asked.wrt, asked.precision, "silent", asked.origin, asked.let)


def _gradient_program(graph: Graph, wrt: Sequence[tuple[str, int]], mode: str) -> Graph:
    """The program continued by its gradient: one output per name of *wrt*, d_x1 and so on."""
    sources = [node for _, node in wrt]
    transcript = Transcript(graph)
    live = [node for node in dict.fromkeys(sources) if node >= 0]
    (row,) = transcript.jacobian(live, mode)
    entries = dict(zip(live, row, strict=True))
    zero = transcript.number("0")
    return transcript.finish([entries.get(node, zero) for node in sources], [f"d_{name}" for name, _ in wrt])


def stands_alone(asked: Problem) -> bool:
    """Whether an == or != that the inputs decide holds or fails at this point only: its branch has no neighbourhood."""
    graph = asked.graph
    if EQ not in graph.ops and NE not in graph.ops:
        return False
    arithmetic = doubles()
    try:
        tape = evaluate(graph, arithmetic, asked.point(arithmetic))
    except (Fault, ArithmeticError):
        return False
    active = dependent(graph, [node for _, node in asked.wrt if node >= 0])
    for _, op, args in tape.steps:
        if op is not EQ and op is not NE:
            continue
        equal = tape.values[args[0]] == tape.values[args[1]]
        if equal and any(active[a] for a in args) and not chosen_of(graph, args):
            return True
    return False
