"""The fast simplification: sums and products regrouped, so that values may differ by roundings.

Products are regrouped all together: each is a bag of factors, and the pair of factors that most bags have is multiplied
once for all of them, again and again (Paar's greedy algorithm, 1997, for products). That is how the entries of a
Hessian come to share their products.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import heappop, heappush

from adcli.arithmetic.symbolic import Sym
from adcli.derivatives.optimize import Simplifier, operations, optimize
from adcli.derivatives.programs import pruned
from adcli.graphs import Builder, Graph
from adcli.ops import ADD, INPUT, LITERAL, MUL, NEG, SUB, Op

MAX_DIGITS = 18
"""Characters of a number that numbers are multiplied to."""
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
    numbers: dict[int, str] = {}
    roots = {node: _one_number(graph, bag, numbers) for node, bag in bags.items() if not inner[node]}
    return _rewritten(graph, roots, _Bags(roots.values()).reduce(), numbers)


def _one_number(graph: Graph, bag: Counter[int], numbers: dict[int, str]) -> Counter[int]:
    """The bag with the product of its numbers as one, where that is as short as they are; *numbers* are new ones."""
    from decimal import Decimal

    found = Counter(bag)
    literals = [node for node in bag if graph.ops[node] is LITERAL and graph.labels[node][-1:].isdigit()]
    if sum(bag[node] for node in literals) < 2:
        return found
    exact = Decimal(1)
    for node in literals:
        exact *= Decimal(graph.labels[node]) ** bag[node]
    text = f"{exact.normalize():f}"
    if len(text) > MAX_DIGITS or text.startswith("-"):
        return found
    for node in literals:
        del found[node]
    if text != "1" or not found:
        new = next((n for n, known in numbers.items() if known == text), len(graph) + len(numbers))
        numbers[new] = text
        found[new] += 1
    return found


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


class _Bags:
    """Bags of factors that are reduced to one factor each, pair by pair."""

    def __init__(self, bags: Iterable[Counter[int]]) -> None:
        self.bags = list(bags)
        self.products: dict[int, tuple[int, int]] = {}
        """Products of two, by new numbers below 0, in order."""
        self.known: dict[tuple[int, int], int] = {}
        self.counts: Counter[tuple[int, int]] = Counter()
        self.heap: list[tuple[int, tuple[int, int]]] = []
        self.where: dict[int, set[int]] = {}
        for place, bag in enumerate(self.bags):
            for factor in bag:
                self.where.setdefault(factor, set()).add(place)
            self._count(bag, list(bag), 1)

    def reduce(self) -> dict[int, tuple[int, int]]:
        """The products of two, those that most bags have first."""
        while self.heap:
            count, pair = heappop(self.heap)
            if self.counts[pair] == -count:
                self._take(pair)
        for bag in self.bags:  # what is left is nobody else's
            while sum(bag.values()) > 1:
                first, second = sorted(bag.elements())[:2]
                self._replace(bag, (first, second), 1)
        return self.products

    def _take(self, pair: tuple[int, int]) -> None:
        for place in sorted(self.where[pair[0]] & self.where[pair[1]]):
            bag = self.bags[place]
            times = self._times(bag, *pair)
            if times:
                self._count(bag, pair, -1)
                new = self._replace(bag, pair, times)
                self.where.setdefault(new, set()).add(place)
                self._count(bag, {*pair, new} & bag.keys(), 1)

    def _replace(self, bag: Counter[int], pair: tuple[int, int], times: int) -> int:
        new = self.known.setdefault(pair, -len(self.known) - 1)
        self.products[new] = pair
        for factor in pair:
            bag[factor] -= times
        for factor in set(pair):
            if not bag[factor]:
                del bag[factor]
        bag[new] += times
        return new

    @staticmethod
    def _times(bag: Counter[int], a: int, b: int) -> int:
        """How often a bag has a pair."""
        return bag[a] // 2 if a == b else min(bag[a], bag[b])

    def _count(self, bag: Counter[int], factors: Iterable[int], sign: int) -> None:
        """Count the bag's pairs with one of the factors in them."""
        some = set(factors)
        for a in some:
            for b in bag:
                if (b in some and b < a) or not (times := self._times(bag, a, b)):
                    continue
                pair = (a, b) if a < b else (b, a)
                self.counts[pair] += sign * times
                if sign > 0 and self.counts[pair] > 1:
                    heappush(self.heap, (-self.counts[pair], pair))


def _rewritten(
    graph: Graph, roots: dict[int, Counter[int]], pairs: dict[int, tuple[int, int]], numbers: dict[int, str]
) -> Graph:
    """The program with each product by its one factor that is left, and the products of two that it is made of."""
    builder = Builder(graph.text)
    place = {node: builder.literal(text) for node, text in numbers.items()}
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
