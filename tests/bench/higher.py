"""Higher orders: what Hessian-vector products, Hessians and Taylor series cost beside a gradient.

python tests/bench/higher.py [LARGEST]      # number of operations, default 10,000

"again" is on a graph whose gradient's program has been written already (a solver's second step, a Hessian's second
column); "first" begins with a graph that is as the parser left it; "from text" also parses.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from measure import calls, milliseconds, verdict

from adcli.arithmetic.arb import installed
from adcli.derivatives.answers import gradient, hessian, hvp
from adcli.derivatives.taylor import taylor
from adcli.problem.problem import Problem, problem


def terms(nodes: int, inputs: int = 10) -> str:
    """One sum over *inputs* inputs, about *nodes* operations."""
    parts = []
    for i in range(nodes * 2 // 7):
        a, b = i % inputs + 1, (i + 1) % inputs + 1
        parts.append(f"x{a}*sin(x{b})" if i % 2 else f"x{a}*exp(-x{b})")
    return "+".join(parts)


def statements(nodes: int) -> str:
    """A chain: each statement uses the one before."""
    return "a = x1*x2\n" + "a = a + sin(x1)*x2\n" * (nodes // 3) + "a"


SHAPES: dict[str, Callable[[int], str]] = {"terms": terms, "statements": statements}


def point(text: str) -> dict[str, float]:
    """0.7 everywhere."""
    return dict.fromkeys(problem(text, values=False).graph.input_names, 0.7)


def products(shape: str, nodes: int) -> None:
    """One line: H·v and the Hessian beside the gradient."""
    text = SHAPES[shape](nodes)
    at = point(text)
    vector: Mapping[str, float] = dict.fromkeys(at, 1.0)
    rounds = max(5, min(100, 200_000 // nodes))
    kept = problem(text, at)
    gradient(kept)
    hvp(kept, vector=vector)

    def fresh() -> Problem:
        """The problem as it is before its first use."""
        graph = kept.graph.with_outputs(kept.graph.outputs, kept.graph.output_names)
        return kept.changed(graph=graph)

    found = calls(
        {
            "gradient": lambda: gradient(kept),
            "hvp": lambda: hvp(kept, vector=vector),
            "first gradient": lambda: gradient(fresh()),
            "first hvp": lambda: hvp(fresh(), vector=vector),
            "gradient from text": lambda: gradient(text, at),
            "hvp from text": lambda: hvp(text, at, vector),
        },
        rounds,
    )
    full = calls({"hessian": lambda: hessian(kept), "hvp": lambda: hvp(kept, vector=vector)}, max(3, rounds // 4))
    print(
        f"{shape:<11} {len(kept.graph):>7,} {milliseconds(found['gradient'])} {milliseconds(found['hvp'])}"
        f" {found['hvp'] / found['gradient']:>6.2f} {found['first hvp'] / found['first gradient']:>6.2f}"
        f" {found['hvp from text'] / found['gradient from text']:>9.2f}"
        f" {full['hessian'] / full['hvp']:>7.2f} of {len(kept.wrt)}"
    )


def series() -> None:
    """How the cost of a Taylor series grows with its order."""
    text = "exp(sin(x*y))/(1 + x^2) + log(2 + cos(y))"
    at = {"x": 0.3, "y": 0.4}
    orders = (1, 2, 5, 10, 20, 50, 100)
    found = calls({str(k): lambda k=k: taylor(text, at, order=k, var="x") for k in orders}, 20)
    base = calls({"gradient": lambda: gradient(text, at)}, 20)["gradient"]
    print("order        " + "".join(f"{k:>8}" for k in orders))
    print("gradients    " + "".join(f"{found[str(k)] / base:>8.1f}" for k in orders))
    if installed():
        one = calls({"": lambda: taylor("exp(sin(x))/(1+x^2)", {"x": 1}, order=2000)}, 1)[""]
        print("\norder 2,000 of exp(sin(x))/(1+x^2) at 1, in seconds", verdict(one, 5))


def main() -> None:
    """Print the tables."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(
        f"{'':<11} {'nodes':>7} {'gradient':>12} {'H·v':>12} {'again':>6} {'first':>6} {'from text':>9} {'H / H·v':>7}"
    )
    nodes = 100
    while nodes <= largest:
        for shape in SHAPES:
            products(shape, nodes)
        nodes *= 10
    print()
    series()


if __name__ == "__main__":
    main()
