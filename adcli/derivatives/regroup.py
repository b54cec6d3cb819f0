"""The fast simplification: sums and products regrouped, so that values may differ by roundings.

Products are regrouped all together: each is a bag of factors, and the pair of factors that most bags have is multiplied
once for all of them, again and again (Paar's greedy algorithm, 1997, for products). That is how the entries of a
Hessian come to share their products.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from adcli.arithmetic.symbolic import Sym
from adcli.derivatives.optimize import Simplifier, operations, optimize
from adcli.derivatives.programs import pruned
from adcli.graphs import Builder, Graph
from adcli.ops import ADD, INPUT, LITERAL, MUL, NEG, SUB, Op

LARGEST_PRODUCT = 60
"""Products of more factors stay as they are."""
MAX_PAIRS = 30_000
"""Of programs with more pairs of factors, over all products, products stay as they are."""


def regroup(graph: Graph) -> Graph:
    """The simplified and regrouped program. Its inputs, outputs and their names are the same."""
    plain = optimize(graph)
    factored = optimize(plain, Factoring)
    found = [plain, factored, _multiplied(factored), _multiplied(plain)]
    return min(found, key=operations)


class Factoring(Simplifier):
    """Takes common factors out of sums too: values may differ by roundings.

    a·c + b·c is (a + b)·c, and signs leave products. Where it has values is the same, but for what overflows.
    """

    handwriting = True

    def apply(self, op: Op, *args: Sym) -> Sym:
        """The operation, its sum or product regrouped."""
        if op is ADD or op is SUB:
            return self._factored(op, *args) or super().apply(op, *args)
        return super().apply(op, *args)

    def _factored(self, op: Op, x: Sym, y: Sym) -> Sym | None:
        """A factor that two terms have in common, times what is left of them."""
        ops, args = self.builder.ops, self.builder.args
        minus = op is SUB
        if ops[y.node] is NEG:
            minus, y = not minus, Sym(self, args[y.node][0])
        if ops[x.node] is not MUL or ops[y.node] is not MUL or x.node == y.node:
            return None
        left, right = args[x.node], args[y.node]
        common = next((a for a in left if a in right), None)
        if common is None or self._label(Sym(self, common)) is not None:
            return None
        (a,), (b,) = (([n for i, n in enumerate(part) if i != part.index(common)]) for part in (left, right))
        return self.apply(MUL, self.apply(SUB if minus else ADD, Sym(self, a), Sym(self, b)), Sym(self, common))


def _multiplied(graph: Graph) -> Graph:
    """The program with its products regrouped."""
    inner = _inner(graph)
    bags: dict[int, Counter[int]] = {}
    pairs = 0
    for node, op in enumerate(graph.ops):
        if op is not MUL:
            continue
        bag: Counter[int] = Counter()
        for a in graph.args[node]:
            bag.update(bags.get(a, {a: 1}))
        if sum(bag.values()) <= LARGEST_PRODUCT:
            bags[node] = bag
            pairs += 0 if inner[node] else len(bag) * (len(bag) - 1) // 2
    if pairs > MAX_PAIRS:
        return graph
    roots = {node: Counter(bag) for node, bag in bags.items() if not inner[node]}
    return _rewritten(graph, roots, _pairs(roots))


def _inner(graph: Graph) -> bytearray:
    """Which products are only used in products."""
    inner = bytearray(op is MUL for op in graph.ops)
    for op, args in zip(graph.ops, graph.args, strict=True):
        if op is not MUL:
            for a in args:
                inner[a] = 0
    for node in (*graph.outputs, *(node for _, node in graph.assignments)):
        inner[node] = 0
    return inner


def _pairs(bags: dict[int, Counter[int]]) -> dict[int, tuple[int, int]]:
    """Products of two that the bags are reduced to, by new numbers below 0, in order."""
    found: dict[int, tuple[int, int]] = {}
    while True:
        counts: Counter[tuple[int, int]] = Counter()
        for bag in bags.values():
            for pair in combinations(sorted(bag), 2):
                counts[pair] += min(bag[pair[0]], bag[pair[1]])
            for factor, times in bag.items():
                if times > 1:
                    counts[factor, factor] += times // 2
        best = max(counts, key=lambda pair: (counts[pair], pair), default=None)
        if best is None:
            return found
        new = -len(found) - 1
        found[new] = best
        for bag in bags.values():
            times = bag[best[0]] // 2 if best[0] == best[1] else min(bag[best[0]], bag[best[1]])
            if times:
                bag.subtract(Counter(best) if times == 1 else {f: times * n for f, n in Counter(best).items()})
                bag[new] += times
                for factor in best:
                    if not bag[factor]:
                        del bag[factor]


def _rewritten(graph: Graph, roots: dict[int, Counter[int]], pairs: dict[int, tuple[int, int]]) -> Graph:
    """The program with each product by its one factor that is left, and the products of two that it is made of."""
    builder = Builder(graph.text)
    place: dict[int, int] = {}
    wanted = [*graph.inputs, *graph.outputs, *(node for _, node in graph.assignments)]
    for root in wanted:
        stack = [root]
        while stack:
            node = stack[-1]
            if node in place:
                stack.pop()
                continue
            args = pairs[node] if node < 0 else tuple(roots[node]) if node in roots else graph.args[node]
            missing = [a for a in args if a not in place]
            if missing:
                stack += reversed(missing)
                continue
            stack.pop()
            given = tuple(place[a] for a in args)
            op = MUL if node < 0 else graph.ops[node]
            span = graph.spans[max(node, 0)]
            if node in roots:
                (place[node],) = given
            elif op is INPUT or op is LITERAL:
                label = graph.labels[node]
                place[node] = builder.input(label, span) if op is INPUT else builder.literal(label, span)
            else:
                place[node] = builder.apply(op, given, span)
    kept = [(name, place[node]) for name, node in graph.assignments]
    return pruned(builder.finish([place[node] for node in graph.outputs], graph.output_names, kept))
