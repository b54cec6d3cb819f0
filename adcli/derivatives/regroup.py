"""The fast simplification: sums and products regrouped, so that values may differ by roundings.

Common factors are taken out of sums (`sums`) as long as that helps. Then products are regrouped all together: each is
a bag of factors, and the pair of factors that most bags have is multiplied once for all of them, again and again
(Paar's greedy algorithm, 1997, for products). That is how the entries of a Hessian come to share their products.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import heappop, heappush

from adcli.derivatives.optimize import operations, optimize
from adcli.derivatives.programs import pruned
from adcli.derivatives.sums import added_once, collected
from adcli.graphs import Builder, Graph
from adcli.ops import DIV, INPUT, LITERAL, MUL

MOST_ROUNDS = 8
"""Common factors are taken out of sums so many times."""
DIVISION = 4
"""A division takes as long as so many products."""
ROUNDED = 16
"""A number of so many characters is a rounded one."""
MAX_DIGITS = 18
"""Characters of a number that numbers are multiplied to."""
LARGEST_PRODUCT = 60
"""Products of more factors stay as they are."""
MAX_PAIRS = 30_000
"""Of programs with more pairs of factors, over all products, products stay as they are."""


def regroup(graph: Graph, *, doubles: bool = False) -> Graph:
    """The simplified and regrouped program. Its inputs, outputs and their names are the same.

    In a program for *doubles* alone, products of rounded numbers are rounded, and a reciprocal may stand for divisions.
    """
    plain = optimize(graph)
    if not doubles:
        return min(_regrouped(plain, doubles=False), key=operations)
    found = [*_regrouped(plain, doubles=True), *_regrouped(_one_division(plain), doubles=True)]
    return min(found, key=lambda graph: operations(graph) + (DIVISION - 1) * graph.ops.count(DIV))


def _regrouped(plain: Graph, *, doubles: bool) -> list[Graph]:
    taken_out = plain
    for _ in range(MOST_ROUNDS):
        before, taken_out = taken_out, collected(taken_out)
        if operations(taken_out) >= operations(before):
            break
    return [plain, *(_multiplied(graph, doubles) for graph in (plain, added_once(taken_out)))]


def _one_division(graph: Graph) -> Graph:
    """The program with a reciprocal where several divide by the same."""
    times = Counter(args[1] for op, args in zip(graph.ops, graph.args, strict=True) if op is DIV)
    builder = Builder(graph.text)
    place: list[int] = []
    for node, op in enumerate(graph.ops):
        args, span = [place[a] for a in graph.args[node]], graph.spans[node]
        if op is INPUT or op is LITERAL:
            label = graph.labels[node]
            place.append(builder.input(label, span) if op is INPUT else builder.literal(label, span))
        elif op is DIV and times[graph.args[node][1]] > 1:
            reciprocal = builder.apply(DIV, (builder.literal("1"), args[1]), span)
            place.append(builder.apply(MUL, (args[0], reciprocal), span))
        else:
            place.append(builder.apply(op, tuple(args), span))
    kept = [(name, place[node]) for name, node in graph.assignments]
    return optimize(builder.finish([place[node] for node in graph.outputs], graph.output_names, kept))


def _multiplied(graph: Graph, doubles: bool = False) -> Graph:
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
    roots = {node: _one_number(graph, bag, numbers, doubles) for node, bag in bags.items() if not inner[node]}
    return _rewritten(graph, roots, _Bags(roots.values()).reduce(), numbers)


def _one_number(graph: Graph, bag: Counter[int], numbers: dict[int, str], doubles: bool) -> Counter[int]:
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
    if doubles and any(len(graph.labels[node]) >= ROUNDED for node in literals) and 1e-99 < abs(exact) < 1e99:
        near = float(f"{exact:.12g}")  # 0.7071067811865476 twice is a half
        text = repr(near if abs(near / float(exact) - 1) < 1e-15 else float(exact))
    elif len(text) > MAX_DIGITS or text.startswith("-"):
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
