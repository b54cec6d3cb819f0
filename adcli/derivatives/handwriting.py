"""Derivative programs as a person writes them: one quotient for a product of quotients, numbers in front.

The modes multiply as they go, so that the derivative of 1/v by x comes as 1/v/v*(2*x). Here the factors of a product
are brought together: 2*x/v^2. What is computed twice is written once, terms that cancel go, sums of branches under one
condition become one, and what numbers alone decide is decided. The formula's own statements stay as they were written.
Values change by last bits at most, where nothing leaves the range of doubles; no divisor goes that could be 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from adcli.arithmetic.rules import OPERATORS, parsed
from adcli.arithmetic.symbolic import Sym
from adcli.derivatives.optimize import Simplifier
from adcli.derivatives.programs import moved
from adcli.graphs import Builder, Graph, is_zero, needed
from adcli.ops import ADD, BOOLEAN, COMPARISONS, CONSTANTS, DIV, EQ, INPUT, LITERAL, MUL, NEG, POW, SUB, WHERE, Op

_PRODUCTS = frozenset({MUL, DIV, NEG})
_LARGEST = 10**15
_NESTED = 50
"""Branches within branches are brought together to this depth."""


@dataclass(frozen=True, slots=True)
class _Term:
    """A number times factors over divisors: nodes and their exponents."""

    number: Fraction = Fraction(1)
    above: Mapping[int, int] = field(default_factory=dict)
    below: Mapping[int, int] = field(default_factory=dict)

    @property
    def plain(self) -> bool:
        """Whether it is a number alone."""
        return not self.above and not self.below

    @property
    def light(self) -> bool:
        """Whether it is no more than a factor or a divisor, which is not worth a name."""
        exponents = [*self.above.values(), *self.below.values()]
        return len(exponents) <= 1 and set(exponents) <= {1}

    def like(self, other: _Term) -> bool:
        """Whether only the numbers differ."""
        return dict(self.above) == dict(other.above) and dict(self.below) == dict(other.below)


def handwritten(graph: Graph, own: int, *, cancels: bool = False) -> Graph:
    """The program with what stands behind its first *own* nodes as a person writes it; those are the formula's.

    With *cancels*, u/u is 1 also where u may be 0.
    """
    return _numbers_in_front(_Writer(graph, own, cancels).finished())


class _Writer:
    def __init__(self, graph: Graph, own: int, cancels: bool) -> None:
        self.graph = graph
        self.cancels = cancels
        self.own = own
        self.simplifier = Simplifier(Builder(graph.text))
        self.builder = self.simplifier.builder
        self.wanted = needed(graph, graph.outputs)
        self.named = {node for _, node in graph.assignments}
        self.uses, self.absorbed = self._used()
        self.copied: set[int] = set()
        self.added: set[int] = set()
        """Inputs that are none of the formula's."""
        self.terms: list[_Term | None] = [None] * len(graph)
        self.emitted: dict[tuple[Fraction, frozenset[Any], frozenset[Any]], int] = {}
        self.firsts: list[int] = []
        """Per node, the first one that computes the same; `known` finds it."""
        self.known: dict[tuple[Op, tuple[int, ...], str | None], int] = {}

    def finished(self) -> Graph:
        """The program."""
        graph = self.graph
        for node in graph.inputs:
            self.wanted[node] = 1
        for node in range(len(graph)):
            if self.wanted[node]:
                term = self._term(node)
                if self.uses[node] > 1 and not term.light and not self._short(term):
                    term = _Term(term.number, {self._emit(_Term(Fraction(1), term.above, term.below)): 1})
                self.terms[node] = term
        kept = dict.fromkeys([*graph.outputs, *(node for _, node in graph.assignments)])
        place = {node: self._emit(found) for node in kept if (found := self.terms[node]) is not None}
        assignments = [(name, place[node]) for name, node in graph.assignments if node in place]
        return self.builder.finish([place[node] for node in graph.outputs], graph.output_names, assignments)

    def _used(self) -> tuple[list[int], bytearray]:
        """How often each node is used, and which of the formula's own are part of a product of the derivative's."""
        graph = self.graph
        uses, absorbed = [0] * len(graph), bytearray(len(graph))
        for node in (*graph.outputs, *(node for _, node in graph.assignments)):
            uses[node] += 2 if node < self.own else 1
        user = [-1] * len(graph)
        for node in range(len(graph) - 1, -1, -1):
            if not self.wanted[node]:
                continue
            above = user[node]
            if node < self.own and uses[node] == 1 and graph.ops[node] in _PRODUCTS | {POW}:
                absorbed[node] = graph.ops[above] in _PRODUCTS and (above >= self.own or absorbed[above])
            for a in graph.args[node]:
                uses[a] += 1
                user[a] = node
        return uses, absorbed

    # Terms

    def _atom(self, node: int) -> _Term:
        """A node as a factor."""
        label = self.builder.labels.get(node)
        if label is not None and self.builder.ops[node] is LITERAL and (number := _rational(label)) is not None:
            return _Term(number)
        return _Term(above={node: 1})

    def _short(self, term: _Term) -> bool:
        """Whether it is the power of a leaf."""
        return len(term.above) == 1 and not term.below and next(iter(term.above)) in self.builder.labels

    def _term(self, node: int) -> _Term:
        graph, builder = self.graph, self.builder
        op, args, span = graph.ops[node], graph.args[node], graph.spans[node]
        self.simplifier.span = span
        if op is INPUT:
            leaf = builder.input(graph.labels[node], span)
            if node >= self.own:
                self.added.add(leaf)
            return self._atom(leaf)
        if op is LITERAL:
            return self._atom(builder.literal(graph.labels[node], span))
        given = [term for a in args if (term := self.terms[a]) is not None]
        if node < self.own and not self.absorbed[node]:
            return self._as_written(node, op, args, given)
        return self._combined(op, given)

    def _combined(self, op: Op, given: list[_Term]) -> _Term:
        """An operation of the derivative's."""
        if op.inner and op.value:
            return self._spelled(parsed(op.value), dict(zip(op.arguments, given, strict=False)))
        if op is MUL:
            return self._product(given[0], given[1])
        if op is DIV and given[1].number:
            return self._product(given[0], _Term(1 / given[1].number, given[1].below, given[1].above))
        if op is NEG:
            return _minus(given[0])
        if op is ADD or op is SUB:
            return self._sum(given[0], _minus(given[1]) if op is SUB else given[1])
        if op is POW and given[1].plain:
            return self._power(given[0], given[1].number)
        if op in COMPARISONS and given[0].plain and given[1].plain:
            return self._atom(self.builder.literal(str(OPERATORS[op](given[0].number, given[1].number))))
        return self._atom(self._apply(op, *map(self._emit, given)))

    def _spelled(self, rule: Graph, names: Mapping[str, _Term]) -> _Term:
        """What a text of the table says of terms."""
        terms: list[_Term] = []
        for node, op in enumerate(rule.ops):
            if op is INPUT:
                terms.append(names[rule.labels[node]])
            elif op is LITERAL:
                terms.append(self._atom(self.builder.literal(rule.labels[node])))
            else:
                terms.append(self._combined(op, [terms[a] for a in rule.args[node]]))
        return terms[rule.outputs[0]]

    def _as_written(self, node: int, op: Op, args: tuple[int, ...], given: list[_Term]) -> _Term:
        """An operation of the formula's own. What is only a sign or a number is written where it stands, unnamed."""
        written = self.builder.apply(op, tuple([self._own(a) for a in args]), self.simplifier.span)
        if node in self.named:
            return self._atom(written)
        whole = op is POW and given[1].plain and given[1].number.denominator == 1
        if op is NEG or (whole and args[0] in self.graph.labels):
            self.copied.add(node)
            return _minus(given[0]) if op is NEG else self._power(given[0], given[1].number)
        if all(self.graph.ops[a] is LITERAL and term.plain for a, term in zip(args, given, strict=True)):
            number = _computed(op, [term.number for term in given])
            if number is not None:
                self.copied.add(node)
                return _Term(number)
        self.simplifier.know(written)
        return self._atom(written)

    def _own(self, node: int) -> int:
        """What an operation of the formula's uses, as it is written there."""
        graph = self.graph
        if node not in self.copied:
            term = self.terms[node]
            assert term is not None
            return self.builder.literal(graph.labels[node]) if graph.ops[node] is LITERAL else self._emit(term)
        return self.builder.apply(graph.ops[node], tuple([self._own(a) for a in graph.args[node]]), graph.spans[node])

    def _apply(self, op: Op, *nodes: int) -> int:
        return self.simplifier.apply(op, *[Sym(self.simplifier, node) for node in nodes]).node

    def _product(self, one: _Term, other: _Term) -> _Term:
        number = one.number * other.number
        if not number:
            return _Term(number)
        if max(abs(number.numerator), number.denominator) > _LARGEST:
            return self._atom(self._apply(MUL, self._emit(one), self._emit(other)))
        above, below = _together(one.above, other.above), _together(one.below, other.below)
        for node in [node for node in above if below.get(node, 0) > (0 if self.cancels else above[node])]:
            power = above.pop(node) - below.pop(node)
            if power:
                (above if power > 0 else below)[node] = abs(power)
        return _Term(number, above, below)

    def _power(self, base: _Term, exponent: Fraction) -> _Term:
        if exponent == 0 or exponent == 1:
            return base if exponent else _Term()
        if base.number == 1 and not base.below and len(base.above) == 1 and exponent.denominator == 1:
            ((node, inner),) = base.above.items()
            exponent *= inner
        else:
            node = self._emit(base)
        if exponent.denominator != 1:
            node, exponent = self._apply(POW, node, self._number(abs(exponent))), Fraction(1 if exponent > 0 else -1)
        power = {node: abs(int(exponent))}
        return _Term(above=power) if exponent > 0 else _Term(below=power)

    def _sum(self, one: _Term, other: _Term) -> _Term:
        if not one.number or not other.number:
            return other if not one.number else one
        if dict(one.above) == dict(other.above) and dict(one.below) == dict(other.below):
            number = one.number + other.number
            return _Term(number, one.above, one.below) if number else _Term(number)
        one, other = self._certain(one, other), self._certain(other, one)
        choices = [node for term in (one, other) if (node := self._choice(term)) is not None]
        merged = self._merged(choices[0], choices[1], 0) if len(choices) == 2 else self._gathered(one, other)
        if merged is not None:
            return self._atom(merged)
        if other.number < 0:
            return self._atom(self._apply(SUB, self._emit(one), self._emit(_minus(other))))
        if one.number < 0:
            return self._atom(self._apply(SUB, self._emit(other), self._emit(_minus(one))))
        return self._atom(self._apply(ADD, self._emit(one), self._emit(other)))

    def _choice(self, term: _Term) -> int | None:
        """The node of a term that is one of several branches, with the sign inside."""
        if abs(term.number) != 1 or term.below or [*term.above.values()] != [1]:
            return None
        (node,) = term.above
        if self.builder.ops[node] is not WHERE or term.number == 1:
            return node if self.builder.ops[node] is WHERE else None
        condition, *branches = self.builder.args[node]
        found = self._apply(WHERE, condition, *[self._apply(NEG, branch) for branch in branches])
        return found if self.builder.ops[found] is WHERE else None  # equal branches are none

    def _certain(self, one: _Term, other: _Term) -> _Term:
        """What is asked whether u is 0 stands without that question beside log(u) and divisors u."""
        node = self._choice(one)
        ops, args = self.builder.ops, self.builder.args
        if node is None or not self._zero(args[node][1]) or ops[args[node][0]] is not EQ:
            return one
        u, number = args[args[node][0]]
        positive = any(ops[a].domain == "x > 0" and args[a] == (u,) for a in other.above)
        return self._atom(args[node][2]) if self._zero(number) and (positive or u in other.below) else one

    def _gathered(self, one: _Term, other: _Term) -> int | None:
        """The sum of a choice and a sum that has one under the same condition: both become one choice."""
        ops, args = self.builder.ops, self.builder.args
        for total, choice in ((one, self._choice(other)), (other, self._choice(one))):
            if choice is None or total.number != 1 or total.below or [*total.above.values()] != [1]:
                continue
            (node,) = total.above
            for rest, term in (args[node], args[node][::-1]) if ops[node] is ADD else ():
                if (merged := self._merged(term, choice, 0)) is not None:
                    return self._apply(ADD, rest, merged)
        return None

    def _alike(self, one: int, other: int) -> bool:
        """Whether two nodes compute the same, however often it was written."""
        ops, args, labels = self.builder.ops, self.builder.args, self.builder.labels
        for node in range(len(self.firsts), len(ops)):
            key = ops[node], tuple([self.firsts[a] for a in args[node]]), labels.get(node)
            self.firsts.append(self.known.setdefault(key, node))
        return self.firsts[one] == self.firsts[other]

    def _merged(self, one: int, other: int, depth: int) -> int | None:
        """The sum of two choices under one condition as one choice."""
        ops, args = self.builder.ops, self.builder.args
        if not (ops[one] is ops[other] is WHERE and self._alike(args[one][0], args[other][0])) or depth > _NESTED:
            return self._apply(ADD, one, other) if depth else None
        branches = [self._merged(x, y, depth + 1) for x, y in zip(args[one][1:], args[other][1:], strict=True)]
        return self._apply(WHERE, args[one][0], *[branch for branch in branches if branch is not None])

    def _zero(self, node: int) -> bool:
        return self.builder.ops[node] is LITERAL and is_zero(self.builder.labels[node])

    # What is written of them

    def _emit(self, term: _Term) -> int:
        """The node of a term."""
        if term.plain:
            return self._number(term.number)
        key = (term.number, frozenset(term.above.items()), frozenset(term.below.items()))
        found = self.emitted.get(key)
        if found is None:
            found = self.emitted[key] = self._written(term)
        return found

    def _written(self, term: _Term) -> int:
        if term.number < 0 and not term.below and [*term.above.values()] == [1]:
            (node,) = term.above
            if self.builder.ops[node] is SUB:  # b - a for -(a - b)
                opposite = self._apply(SUB, *reversed(self.builder.args[node]))
                return self._emit(_Term(-term.number, {opposite: 1}))
        above, below = abs(term.number.numerator), term.number.denominator
        factors = [self.builder.literal(str(above))] if above != 1 or not term.above else []
        factors += [self._powered(node, power) for node, power in self._ranked(term.above)]
        divisors = [self.builder.literal(str(below))] if below != 1 else []
        divisors += [self._powered(node, power) for node, power in self._ranked(term.below)]
        found = self._folded(factors)
        if divisors:
            found = self._apply(DIV, found, self._folded(divisors))
        return self._apply(NEG, found) if term.number < 0 else found

    def _folded(self, nodes: list[int]) -> int:
        total, *others = nodes
        for node in others:
            leaves = total in self.builder.labels and node in self.builder.labels
            write = self._anew if leaves else self._apply
            total = write(MUL, total, node)
        return total

    def _anew(self, op: Op, *nodes: int) -> int:
        """An operation on leaves, which is as short as a name for it."""
        return self.builder.apply(op, nodes, self.simplifier.span)

    def _ranked(self, factors: Mapping[int, int]) -> list[tuple[int, int]]:
        """Numbers first, then tangents, names, functions, sums, each in the order of evaluation."""
        ops, added = self.builder.ops, self.added

        def rank(item: tuple[int, int]) -> tuple[int, int]:
            node, _ = item
            op = ops[node]
            kind = 0 if op is LITERAL else 1 if node in added else 2 if op is INPUT else 4 if op in (ADD, SUB) else 3
            return kind, node

        return sorted(factors.items(), key=rank)

    def _powered(self, node: int, power: int) -> int:
        if power == 1:
            return node
        exponent = self.builder.literal(str(power))
        return (self._anew if node in self.builder.labels else self._apply)(POW, node, exponent)

    def _number(self, number: Fraction) -> int:
        """A number alone: a decimal where it is a short one."""
        text = str(number) if number.denominator == 1 else repr(float(number))
        if _rational(text) == number:
            return self.builder.literal(text)
        above, below = self.builder.literal(str(number.numerator)), self.builder.literal(str(number.denominator))
        return self.builder.apply(DIV, (above, below), self.simplifier.span)


def _numbers_in_front(graph: Graph) -> Graph:
    """2*a*b for 2*(a*b), where a*b is used nowhere else."""
    uses = [0] * len(graph)
    wanted = needed(graph, graph.outputs)
    users = (a for node, args in enumerate(graph.args) if wanted[node] for a in args)
    for node in (*users, *graph.outputs, *(node for _, node in graph.assignments)):
        uses[node] += 1
    place, number = list(range(len(graph))), [-1] * len(graph)
    for node in range(len(graph) - 1, -1, -1):
        if graph.ops[node] is not MUL or not wanted[node]:
            continue
        first, second = graph.args[node]
        if number[node] >= 0:
            if graph.ops[first] is MUL and uses[first] == 1:
                number[first], number[node] = number[node], -1
        elif graph.ops[first] is LITERAL and graph.ops[second] is MUL and uses[second] == 1:
            place[node], number[second] = second, first

    def numbered(builder: Builder, node: int, first: int) -> int:
        if number[node] < 0:
            return first
        span = graph.spans[node]
        return builder.apply(MUL, (builder.literal(graph.labels[number[node]], span), first), span)

    return moved(graph, place, numbered)


def _rational(label: str) -> Fraction | None:
    """A literal as a number that is the same as a double: a whole one, or a short binary fraction."""
    if label in BOOLEAN or label in CONSTANTS or "e" in label or len(label) > 15:
        return None
    number = Fraction(label)
    return number if number.denominator in (1, 2, 4, 8) else None


def _computed(op: Op, numbers: list[Fraction]) -> Fraction | None:
    """What an operation on numbers gives, where that may stand for it."""
    if op not in (ADD, SUB, MUL, DIV) or (op is DIV and not numbers[1]):
        return None
    number: Fraction = OPERATORS[op](*numbers)
    return number if max(abs(number.numerator), number.denominator) < _LARGEST else None


def _minus(term: _Term) -> _Term:
    return _Term(-term.number, term.above, term.below)


def _together(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    """The factors of both, powers of the same added."""
    found = dict(one)
    for node, power in other.items():
        found[node] = found.get(node, 0) + power
    return found
