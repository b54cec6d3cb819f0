"""Sums regrouped, for the fast simplification: values may differ by roundings.

`collected` takes out of each sum what its terms have in common, the factor of most terms first, again and again; terms
that cancel go. `added_once` adds the pair of terms that most sums have once for all of them, whatever their signs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from heapq import heappop, heappush

from adcli.arithmetic.symbolic import Sym
from adcli.derivatives.optimize import Simplifier
from adcli.derivatives.programs import pruned
from adcli.graphs import Builder, Graph
from adcli.ops import ADD, DIV, INPUT, LITERAL, MUL, NEG, SUB

MOST_TERMS = 1_000
"""Sums of more terms stay as they are."""
MOST_FACTORS = 60
"""Products of more factors are taken as a whole."""
MOST_PAIRS = 30_000
"""Of programs with more pairs of terms, over all sums, sums stay as they are."""

_SIGNED = frozenset({ADD, SUB, NEG})
Pair = tuple[int, int, int]
"""Two terms, and 1 where their signs are the same, -1 where not."""
Term = tuple[int, Counter[int]]
"""A sign and the factors, nodes; ~node is what is divided by."""


def collected(graph: Graph) -> Graph:
    """The program with common factors taken out of its sums."""
    sums = _Collecting(graph)
    return sums.rewritten(sums.write)


def added_once(graph: Graph) -> Graph:
    """The program with the pairs of terms that several sums have added once."""
    sums = _Sums(graph)
    bags: dict[int, Counter[int]] = {}
    for root, terms in sums.terms.items():
        bag = bags[root] = Counter()
        for sign, node in terms:
            bag[node] += sign
    if sum(len(bag) ** 2 // 2 for bag in bags.values()) > MOST_PAIRS:
        return graph
    pairs = _shared(list(bags.values()), len(graph))
    given: dict[int, Sym] = {}

    def write(simplifier: Simplifier, place: Mapping[int, Sym], root: int) -> Sym:
        def known(node: int) -> Sym:
            if node < len(graph):
                return place[node]
            if node not in given:
                a, b, same = pairs[node - len(graph)]
                given[node] = simplifier.apply(ADD if same > 0 else SUB, known(a), known(b))
            return given[node]

        terms = [(1 if n > 0 else -1, known(node)) for node, n in bags[root].items() for _ in range(abs(n))]
        return _chain(simplifier, terms)

    return sums.rewritten(write)


def _shared(bags: list[Counter[int]], first: int) -> list[Pair]:
    """The pairs that most bags have, one after the other, each replaced by a new term: numbers from *first* on."""
    counts: Counter[Pair] = Counter()
    heap: list[tuple[int, Pair]] = []

    def count(bag: Counter[int], by: int, terms: Iterable[int]) -> None:
        for a in terms:
            for b in bag:
                if a != b and abs(bag[a]) == abs(bag[b]) == 1 and not (b < a and b in terms):
                    pair = (min(a, b), max(a, b), bag[a] * bag[b])
                    counts[pair] += by
                    if counts[pair] > 1:
                        heappush(heap, (-counts[pair], pair))

    where: dict[int, set[int]] = {}
    for place, bag in enumerate(bags):
        count(bag, 1, set(bag))
        for term in bag:
            where.setdefault(term, set()).add(place)
    taken: list[Pair] = []
    while heap:
        often, pair = heappop(heap)
        if counts[pair] != -often:
            continue
        a, b, same = pair
        new = first + len(taken)
        taken.append(pair)
        for place in sorted(where[a] & where[b]):
            bag = bags[place]
            if abs(bag.get(a, 0)) == 1 and bag.get(b) == same * bag[a]:
                count(bag, -1, {a, b})
                bag[new] = bag.pop(a)
                del bag[b]
                count(bag, 1, {new})
                where.setdefault(new, set()).add(place)
    return taken


class Signed(Simplifier):
    """Moves signs out of products, too."""

    handwriting = True


class _Sums:
    """The sums of a program and their signed terms; a sum that only one other sum uses is part of that."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        uses = [0] * len(graph)
        for args in graph.args:
            for a in args:
                uses[a] += 1
        for node in (*graph.outputs, *(node for _, node in graph.assignments)):
            uses[node] += 2
        self.uses = uses
        self.part = bytearray(len(graph))
        factors = {a for op, args in zip(graph.ops, graph.args, strict=True) if op is MUL or op is DIV for a in args}
        for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            if op in _SIGNED and not (op is NEG and node in factors):  # a factor's sign leaves the product
                for a in args:
                    self.part[a] = graph.ops[a] in _SIGNED and uses[a] == 1
        self.terms: dict[int, list[tuple[int, int]]] = {}
        for node, op in enumerate(graph.ops):
            if op in _SIGNED and not self.part[node] and not (op is NEG and node in factors):
                self.terms[node] = self._signed(node)

    def _signed(self, root: int) -> list[tuple[int, int]]:
        graph, found, waiting = self.graph, [], [(1, root)]
        while waiting:
            sign, node = waiting.pop()
            op, args = graph.ops[node], graph.args[node]
            if node != root and not self.part[node]:
                found.append((sign, node))
            elif op is NEG:
                waiting.append((-sign, args[0]))
            else:
                waiting += [(-sign if op is SUB else sign, args[1]), (sign, args[0])]
        return found

    def rewritten(self, write: Callable[[Simplifier, Mapping[int, Sym], int], Sym]) -> Graph:
        """The program with its sums as *write* has them."""
        graph = self.graph
        simplifier = Signed(Builder(graph.text))
        place: dict[int, Sym] = {}
        for node in (*graph.inputs, *range(len(graph))):
            op = graph.ops[node]
            if self.part[node] or node in place:
                continue
            simplifier.span = graph.spans[node]
            if op is INPUT:
                place[node] = simplifier.input(graph.labels[node])
            elif op is LITERAL:
                place[node] = simplifier.literal(graph.labels[node])
            elif node in self.terms and len(self.terms[node]) <= MOST_TERMS:
                place[node] = write(simplifier, place, node)
            elif node in self.terms:
                place[node] = _chain(simplifier, [(sign, place[a]) for sign, a in self.terms[node]])
            else:
                place[node] = simplifier.apply(op, *[place[a] for a in graph.args[node]])
        kept = [(name, place[node].node) for name, node in graph.assignments]
        outputs = [place[node].node for node in graph.outputs]
        return pruned(simplifier.builder.finish(outputs, graph.output_names, kept))


class _Collecting(_Sums):
    """Writes sums with what their terms have in common in front of brackets; factors are nodes of the new program."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph)
        self.total = bytearray(len(graph))
        """What has a value wherever the inputs have, so that it may be left out."""
        for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
            self.total[node] = not op.domain and all(self.total[a] for a in args)

    def write(self, simplifier: Simplifier, place: Mapping[int, Sym], root: int) -> Sym:
        """The sum in the new program."""
        terms = [self._factors(simplifier, place, sign, node) for sign, node in self._cancelled(self.terms[root])]
        if not terms:
            return simplifier.literal("0")
        signed = _collect(simplifier, terms)
        if all(sign < 0 for sign, _ in signed):
            signed = _collect(simplifier, terms, oriented=False)
        return _chain(simplifier, signed)

    def _cancelled(self, terms: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Without terms that cancel; a term that is a sum of which all but one would cancel is taken apart."""
        found = Counter[int]()
        for sign, node in terms:
            found[node] += sign
        kept = []
        for sign, node in terms:
            parts = self.terms.get(node, ())
            vanish = sum(found[a] * sign * s < 0 and self.total[a] for s, a in parts)
            if vanish and vanish >= len(parts) - 1:
                found[node] -= sign
                for s, a in parts:
                    found[a] += sign * s
                    if not self.total[a]:
                        kept.append((sign * s, a))
            elif not self.total[node]:
                kept.append((sign, node))
        return kept + [(1 if n > 0 else -1, a) for a, n in found.items() if self.total[a] for _ in range(abs(n))]

    def _factors(self, simplifier: Simplifier, place: Mapping[int, Sym], sign: int, node: int) -> Term:
        """A term's factors, its sign apart."""
        graph, bag, waiting = self.graph, Counter[int](), [node]
        whole = sign, Counter([place[node].node])
        while waiting:
            node = waiting.pop()
            op, args, label = graph.ops[node], graph.args[node], graph.labels.get(node, "")
            if op is MUL:
                waiting += args
            elif op is NEG:
                sign = -sign
                waiting.append(args[0])
            elif op is DIV and self.uses[node] == 1:
                waiting.append(args[0])
                bag.update(~place[below].node for below in self._divisors(args[1]))
            elif op is LITERAL and label.startswith("-"):
                sign = -sign
                bag[simplifier.literal(label[1:]).node] += 1
            else:
                bag[place[node].node] += 1
            if len(waiting) + bag.total() > MOST_FACTORS:
                return whole
        for number in [node for node in bag if ~node in bag and _is_number(simplifier.builder, node)]:
            both = min(bag[number], bag[~number])
            bag -= Counter({number: both, ~number: both})
        return sign, bag

    def _divisors(self, node: int) -> list[int]:
        """The factors of what is divided by, where only that uses their product."""
        graph, found, waiting = self.graph, [], [node]
        while waiting:
            node = waiting.pop()
            if graph.ops[node] is MUL and self.uses[node] == 1 and len(waiting) < MOST_FACTORS:
                waiting += graph.args[node]
            else:
                found.append(node)
        return found


def _is_number(builder: Builder, node: int) -> bool:
    return node >= 0 and builder.ops[node] is LITERAL and builder.labels[node][-1:].isdigit()


def _collect(simplifier: Simplifier, terms: list[Term], *, oriented: bool = True) -> list[tuple[int, Sym]]:
    """The terms that are left when common factors are in front of brackets, in a fixed order.

    *oriented* turns the signs in brackets so that a sum and its negative are the same bracket.
    """
    while True:
        counts = Counter(node for _, bag in terms for node in bag)
        factor = max(counts, key=lambda node: (counts[node], -node), default=0)
        if counts[factor] < 2:
            break
        group = [(sign, bag) for sign, bag in terms if factor in bag]
        common = group[0][1]
        for _, bag in group[1:]:
            common = common & bag
        inner = _collect(simplifier, [(sign, bag - common) for sign, bag in group])
        sign = inner[0][0] if oriented else 1
        bracket = _chain(simplifier, [(sign * s, x) for s, x in inner])
        terms = [(sign, bag) for sign, bag in terms if factor not in bag]
        terms.append((sign, common + Counter([bracket.node])))
    return sorted(((sign, _product(simplifier, bag)) for sign, bag in terms), key=lambda term: term[1].node)


def _product(simplifier: Simplifier, bag: Counter[int]) -> Sym:
    above = [Sym(simplifier, node) for node in sorted(bag.elements()) if node >= 0]
    below = [Sym(simplifier, ~node) for node in sorted(bag.elements(), reverse=True) if node < 0]
    multiplied = partial(reduce, partial(simplifier.apply, MUL))
    result = multiplied(above) if above else simplifier.literal("1")
    return simplifier.apply(DIV, result, multiplied(below)) if below else result


def _chain(simplifier: Simplifier, terms: Sequence[tuple[int, Sym]]) -> Sym:
    """A sum, what is added before what is subtracted."""
    plus = [x for sign, x in terms if sign > 0]
    minus = [x for sign, x in terms if sign < 0]
    result = plus[0] if plus else minus[0]
    for x in plus[1:]:
        result = simplifier.apply(ADD, result, x)
    for x in minus if plus else minus[1:]:
        result = simplifier.apply(SUB if plus else ADD, result, x)
    return result if plus else simplifier.apply(NEG, result)
