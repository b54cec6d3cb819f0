"""One point, large formulas: what derivatives cost beside values, and reading beside scanning.

python tests/bench/large.py [LARGEST]      # number of operations, default 1,000,000
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from measure import calls, milliseconds, peak_memory, verdict

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.answers import gradient
from adcli.graphs import Graph
from adcli.language import parse
from adcli.language.lexer import TOKEN
from adcli.modes import evaluate, forward, reverse


def terms(nodes: int) -> str:
    """One sum: x1*sin(x2) + x2*exp(-x3) + … over ten inputs, about *nodes* operations."""
    parts = []
    for i in range(nodes * 2 // 7):
        a, b = i % 10 + 1, (i + 1) % 10 + 1
        parts.append(f"x{a}*sin(x{b})" if i % 2 else f"x{a}*exp(-x{b})")
    return "+".join(parts)


def statements(nodes: int) -> str:
    """A chain: each statement uses the one before."""
    return "a = x1*x2\n" + "a = a + sin(x1)*x2\n" * (nodes // 3) + "a"


SHAPES: dict[str, Callable[[int], str]] = {"a sum of terms": terms, "a chain of statements": statements}


def fresh(graph: Graph) -> Graph:
    """The graph as it is before its first use: nothing about its structure is known yet."""
    return graph.with_outputs(graph.outputs, graph.output_names)


def sizes(largest: int) -> list[int]:
    """1,000, 10,000 … up to *largest*."""
    found = [1_000]
    while found[-1] * 10 <= largest:
        found.append(found[-1] * 10)
    return found


def costs(shape: str, nodes: int) -> None:
    """One line of the table: parsing, values, gradients."""
    text = SHAPES[shape](nodes)
    rounds = max(3, min(200, 300_000 // nodes))
    graph = parse(text)
    count = len(graph)
    arithmetic = doubles()
    point = dict.fromkeys(graph.inputs, 0.7)
    tape = evaluate(graph, arithmetic, point)
    seeds = {graph.outputs[0]: 1.0}
    reverse(tape, seeds, graph.inputs)
    at = {graph.labels[node]: 0.7 for node in graph.inputs}

    def first() -> None:
        new = fresh(graph)
        reverse(evaluate(new, arithmetic, point), seeds, new.inputs)

    found = calls(
        {
            "scan": lambda: deque(TOKEN.finditer(text), maxlen=0),
            "parse": lambda: parse(text),
            "first value": lambda: evaluate(fresh(graph), arithmetic, point),
            "value": lambda: evaluate(graph, arithmetic, point),
            "first gradient": first,
            "gradient": lambda: reverse(evaluate(graph, arithmetic, point), seeds, graph.inputs),
            "answer": lambda: gradient(graph, at),
        },
        rounds,
    )
    print(
        f"{count:>9,}"
        f" {milliseconds(found['parse'])} {found['parse'] / found['scan']:7.2f}"
        f" {milliseconds(found['value'])} {1e6 * found['value'] / count:8.3f} µs"
        f" {found['gradient'] / found['value']:8.2f} {found['first gradient'] / found['first value']:8.2f}"
        f" {found['answer'] / found['value']:9.2f}"
    )


def growth() -> None:
    """How the gradient's cost grows with the number of inputs, beside the function's own."""
    print(f"{'inputs':>9} {'nodes':>9} {'value':>12} {'reverse/value':>14} {'forward/value':>14}")
    arithmetic = doubles()
    for inputs in (1, 3, 10, 30, 100, 300):
        text = "+".join(f"x{i + 1}*sin(x{(i + 1) % inputs + 1})" for i in range(inputs)) + "+x1*x1" * (300 - inputs)
        graph = parse(text)
        point = dict.fromkeys(graph.inputs, 0.7)
        seeds = {graph.outputs[0]: 1.0}

        def by_forward(graph: Graph = graph, point: dict[int, float] = point) -> None:
            tape = evaluate(graph, arithmetic, point)
            for node in graph.inputs:
                forward(tape, {node: 1.0})

        def by_reverse(graph: Graph = graph, point: dict[int, float] = point, seeds: dict[int, float] = seeds) -> None:
            reverse(evaluate(graph, arithmetic, point), seeds, graph.inputs)

        found = calls(
            {
                "value": lambda graph=graph, point=point: evaluate(graph, arithmetic, point),
                "reverse": by_reverse,
                "forward": by_forward,
            },
            max(3, 300 // inputs),
        )
        print(
            f"{inputs:>9} {len(graph):>9} {milliseconds(found['value'])}"
            f" {found['reverse'] / found['value']:>14.2f} {found['forward'] / found['value']:>14.2f}"
        )


def memory(largest: int) -> None:
    """Peak memory of a process that parses a formula, and of one that also differentiates it, per node."""
    here = str(Path(__file__).parent)
    base = f"import sys; sys.path.insert(0, {here!r}); import large\n"
    nothing = peak_memory(base)
    for shape in SHAPES:
        make = f"text = large.SHAPES[{shape!r}]({largest})\n"
        count = len(parse(SHAPES[shape](largest)))
        text = peak_memory(base + make) - nothing
        graph = peak_memory(base + make + "graph = large.parse(text)") - nothing
        both = peak_memory(
            base + make + "graph = large.parse(text)\n"
            "large.gradient(graph, {graph.labels[node]: 0.7 for node in graph.inputs})"
        )
        print(f"{shape}: {count:,} nodes")
        print(f"  the text       {text / count:6.0f} bytes a node")
        print(f"  the graph too  {verdict(graph / count, 1024)}   bytes a node")
        print(f"  a gradient too {verdict((both - nothing) / count, 1024)}   bytes a node")


def main() -> None:
    """Print the tables."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for shape in SHAPES:
        print(shape)
        print(
            f"{'nodes':>9} {'parse':>12} {'/scan':>7} {'value':>12} {'a node':>11}"
            f" {'gradient':>8} {'the first':>9} {'gradient()':>10}"
        )
        for nodes in sizes(largest):
            costs(shape, nodes)
        print()
    print("goals: parse at most 10 × scanning by the lexer's regular expression, a gradient in reverse mode at most")
    print("3.5 × the value; the first: of a graph not yet used; gradient(): the Python API, with all its checks")
    print()
    growth()
    print()
    memory(min(largest, 300_000))


if __name__ == "__main__":
    main()
