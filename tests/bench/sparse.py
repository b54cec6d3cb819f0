"""Sparse against dense, and how the time of a sparse Jacobian grows with its nonzeros.

python tests/bench/sparse.py [LARGEST]      # rows of the largest matrix, default 100,000
"""

from __future__ import annotations

import sys

from measure import calls, milliseconds, verdict

from adcli.derivatives.answers import hessian, jacobian, sparse_hessian, sparse_jacobian
from adcli.derivatives.colouring import partition
from adcli.derivatives.sparsity import pattern
from adcli.graphs import Graph
from adcli.language import parse
from adcli.problem.problem import Problem, problem

RESIDUAL = "r[i=1..n] = x[i]^2 - 2*x[i+1] + sin(x[i+2])"
"""Three entries in a row."""
ENERGY = "Sum(x[i]*x[i+1]^2 + sin(x[i]), (i, 1, n-1))"


def fresh(asked: Problem) -> Problem:
    """The problem with a graph of which nothing is known yet."""
    graph: Graph = asked.graph.with_outputs(asked.graph.outputs, asked.graph.output_names)
    return asked.changed(graph=graph)


def tridiagonal(n: int) -> Problem:
    """The residual at a point."""
    return problem(parse(RESIDUAL, outputs=["r"], let={"n": n}), {"x": [0.5 + i / n for i in range(n + 2)]})


def against_dense(n: int) -> None:
    """Ratios of dense to sparse."""
    asked = tridiagonal(n)
    energy = problem(parse(ENERGY, let={"n": n}), {"x": [0.5 + i / n for i in range(n)]})
    small = problem(parse(ENERGY, let={"n": n // 5}), {"x": [0.5 + i / n for i in range(n // 5)]})
    found = calls(
        {
            "sparse": lambda: sparse_jacobian(fresh(asked)),
            "dense": lambda: jacobian(fresh(asked), mode="reverse"),
            "sparse hessian": lambda: sparse_hessian(fresh(energy)),
            "sparse hessian, a fifth": lambda: sparse_hessian(fresh(small)),
            "dense hessian, a fifth": lambda: hessian(fresh(small)),
        },
        3,
    )
    print(f"{n} rows of three entries")
    for name, seconds in found.items():
        print(f"  {name:26} {milliseconds(seconds)}")
    print("  sparse / dense            ", verdict(found["sparse"] / found["dense"], 0.1))
    print("  of a Hessian a fifth as large", found["sparse hessian, a fifth"] / found["dense hessian, a fifth"])
    print()


def growth(largest: int) -> None:
    """Microseconds a nonzero, of each step."""
    print(f"{'rows':>9} {'parse':>9} {'pattern':>9} {'colours':>9} {'all but parse':>14}   µs a nonzero")
    n = 1000
    while n <= largest:
        asked = tridiagonal(n)
        sources = [node for _, node in asked.wrt]
        rows = pattern(asked.graph, sources)
        found = calls(
            {
                "parse": lambda n=n: parse(RESIDUAL, outputs=["r"], let={"n": n}),
                "pattern": lambda asked=asked, sources=sources: pattern(fresh(asked).graph, sources),
                "colours": lambda rows=rows, n=n: partition(rows, n + 2),
                "all": lambda asked=asked: sparse_jacobian(fresh(asked)),
            },
            max(1, 20_000 // n),
        )
        print(f"{n:>9,} " + " ".join(f"{1e6 * found[name] / (3 * n):9.2f}" for name in ("parse", "pattern", "colours")),
              f"{1e6 * found['all'] / (3 * n):14.2f}")  # fmt: skip
        n *= 10


def main() -> None:
    """Print the tables."""
    against_dense(1000)
    growth(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)


if __name__ == "__main__":
    main()
