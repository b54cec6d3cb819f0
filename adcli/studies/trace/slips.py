"""Numbers of a learner's trace that are wrong, and the slip that each probably came from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from adcli.language.notation import RULE, STATEMENT, Leaf
from adcli.modes import COPY
from adcli.ops import ADD, DIV, INPUT, MUL, POW, SUB, TABLE, Op
from adcli.studies.naming import ADJOINT, PRETTY, negative, pulled, spelled, statement
from adcli.studies.trace.tables import Cell
from adcli.studies.trace.trace import Traces

CLOSE = 1e-9
"""Relative difference within which numbers are the same."""
COARSE = 0.05
"""A number rounded more coarsely than this is not accepted."""


class Term(NamedTuple):
    """One summand of a tangent or an adjoint: factor·partial, and how it is written."""

    factor: float
    partial: float
    written: str
    rule: str
    negated: str
    op: Op
    position: int
    node: int


class Slips:
    """What may have gone wrong in the entries of one trace."""

    def __init__(self, run: Traces) -> None:
        self.run = run
        self.graph = run.asked.graph

    def explanation(self, cell: Cell, node: int, quantity: str, expected: float, terms: Sequence[Term]) -> str:
        """The first slip that explains the number; "" where none does."""
        slips = (
            self._value_slips(cell, node, expected)
            if quantity == "value"
            else self._sum_slips(node, quantity, expected, terms)
        )
        for number, words in slips:
            if not same(number, expected) and rounds(cell, number):
                return words
        return ""

    def _value_slips(self, cell: Cell, node: int, expected: float) -> Iterator[tuple[float, str]]:
        if node not in self.run.steps:
            yield -expected, "the sign"
            return
        _, op, args = self.run.steps[node]
        given = [self.run.tape.values[a] for a in args]
        arithmetic = self.run.work.arithmetic
        written = spelled(statement(self.run.asked, self.run.names, node, self.run.steps[node]), PRETTY, STATEMENT)

        def value(other: Op, *numbers: Any) -> float:
            try:
                return float(arithmetic.value(other)(*numbers))
            except (ArithmeticError, ValueError, TypeError):
                return math.nan

        if len(given) == 2 and not op.variadic and not op.boolean:
            yield value(op, given[1], given[0]), f"the arguments are swapped: it is {written}"
        yield -expected, f"the sign: it is {written}"
        if op.symbol and len(given) == 2 and not op.boolean:
            for other in (ADD, SUB, MUL, DIV, POW):
                if other is not op:
                    yield value(other, *given), f"{other.symbol} for {op.symbol}: it is {written}"
        elif len(given) == 1 and op is not COPY:
            angle = given[0] * (math.pi / 180)
            yield value(op, angle), f"degrees for radians: it is {written} with the angle in radians"
            for other in TABLE.values() if len(cell.text.strip("-0.,")) > 2 else ():  # fewer digits fit by chance
                if other is not op and other.arguments == op.arguments and not other.boolean and not other.conditions:
                    read, own = (o.reading if "#" not in o.reading and o.reading else o.name for o in (other, op))
                    yield value(other, *given), f"{read} for {own}: it is {written}"
                    yield -value(other, *given), f"-{read} for {own}: it is {written}"

    def _sum_slips(
        self, node: int, quantity: str, expected: float, terms: Sequence[Term]
    ) -> Iterator[tuple[float, str]]:
        name = self.run.names[node]
        shares = [term.factor * term.partial for term in terms]
        if quantity == "adjoint" and len(terms) > 1:
            users = " and ".join(PRETTY.node(self.run.names[term.node]) for term in terms)
            for term, share in zip(terms, shares, strict=True):
                yield (
                    expected - share,
                    (
                        f"a summand of the fan-out is forgotten: {PRETTY.node(name)} is used by {users}, "
                        f"and {term.written} is not in the sum"
                    ),
                )
            for share in shares:
                yield share, f"only one summand of the fan-out: {PRETTY.node(name)} is used by {users}"
        elif quantity == "tangent" and len(terms) > 1:
            for term, share in zip(terms, shares, strict=True):
                what = PRETTY.node(self.run.names[self.run.steps[node][2][term.position]])
                yield expected - share, f"a summand is forgotten: the one for {what}"
        if not terms and (node in self.graph.outputs or self.graph.ops[node] is INPUT):
            yield -expected, "the sign of the seed"
            yield 1 - expected, f"the seed: it is {expected:g} here"
            return
        for term, share in zip(terms, shares, strict=True):
            yield expected - 2 * share, f"a sign: {self._derivative(term)}, not {term.negated}"
        yield -expected, "the sign"
        for term, share in zip(terms, shares, strict=True):
            rest = expected - share
            for other in range(len(self.run.steps[term.node][2])):
                if other != term.position and self.differentiable(term.node, term.op, other):
                    swapped = rest + term.factor * self._partial(term.node, term.op, other)
                    yield swapped, f"a factor is swapped: {self._derivative(term)}"
            missing = self._factor(term, quantity)
            yield rest + term.partial, f"the factor {missing} of the chain rule is forgotten: {self._derivative(term)}"
            yield rest + term.factor, f"the partial derivative is forgotten: {self._derivative(term)}"
        if len(terms) == 2 and quantity == "tangent":
            yield (
                terms[0].factor * terms[1].partial + terms[1].factor * terms[0].partial,
                f"the factors are swapped: {self._derivative(terms[0])}, and {self._derivative(terms[1])}",
            )

    def _factor(self, term: Term, quantity: str) -> str:
        name = self.run.names[self.run.steps[term.node][2][term.position] if quantity == "tangent" else term.node]
        return PRETTY.dot(name) if quantity == "tangent" else PRETTY.bar(name)

    def _derivative(self, term: Term) -> str:
        """∂v₃/∂v₀ = cos v₀."""
        node = PRETTY.node(self.run.names[term.node])
        argument = PRETTY.node(self.run.names[self.run.steps[term.node][2][term.position]])
        return f"∂{node}/∂{argument} = {term.rule}"

    # Summands

    def differentiable(self, node: int, op: Op, position: int) -> bool:
        try:
            return math.isfinite(self._partial(node, op, position))
        except (ArithmeticError, ValueError):
            return False

    def _partial(self, node: int, op: Op, position: int) -> float:
        values = self.run.tape.values
        given = [values[a] for a in self.run.steps[node][2]]
        return float(self.run.work.arithmetic.partial_at(op, position, values[node], given))

    def term(self, node: int, op: Op, position: int, factor: float) -> Term:
        tree = self.run.rule(node, op, position)
        written = spelled(pulled(Leaf(ADJOINT, self.run.names[node]), tree, None), PRETTY, RULE)
        rule, negated = (spelled(t, PRETTY, RULE) for t in (tree, negative(tree)))
        return Term(factor, self._partial(node, op, position), written, rule, negated, op, position, node)


def same(a: float, b: float) -> bool:
    """Whether two numbers differ by rounding of floats only."""
    return math.isclose(a, b, rel_tol=CLOSE, abs_tol=CLOSE * 1e-3) or a == b


def rounds(cell: Cell, number: float) -> bool:
    """Whether the number as written is *number*, rounded to as many digits as are written, or with decimals cut off.

    So of 4.71239 it is 4.7124, 4.712, 4.71 and 4.7, and neither 4.72 nor 4.8; and nothing further off than COARSE.
    """
    if not math.isfinite(number) or same(cell.number, number):
        return same(cell.number, number)
    try:
        written = Decimal(cell.text.replace("−", "-").replace(",", "."))
    except InvalidOperation:
        return False
    exponent = written.as_tuple().exponent
    if not isinstance(exponent, int):
        return False
    truth = Decimal(number)
    unit = Decimal(1).scaleb(min(exponent, 300))
    slack = abs(truth) * Decimal(CLOSE)
    difference = abs(written - truth)
    cut = exponent < 0 and abs(written) <= abs(truth) + slack and difference < unit
    return (cut or difference <= unit / 2 + slack) and difference <= Decimal(COARSE) * abs(truth)
