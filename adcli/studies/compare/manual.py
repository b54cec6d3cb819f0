"""Derivatives worked out by hand: which of them are wrong, and what is likely wrong with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log10
from typing import Any

from adcli.arithmetic.doubles import doubles
from adcli.arithmetic.symbolic import Sym
from adcli.derivatives.optimize import operations
from adcli.derivatives.programs import Transcript, pruned
from adcli.derivatives.refusals import brief
from adcli.errors import NameFault, UsageError, listed
from adcli.graphs import Graph
from adcli.language import parse
from adcli.modes import Fault, evaluate
from adcli.problem.checks import among
from adcli.problem.problem import Problem
from adcli.problem.values import flatten
from adcli.results import Check, Number
from adcli.studies.equal.equal import Compared, doubled
from adcli.studies.equal.points import COUNT, Region

DIGITS = 50
"""Digits of the truth."""
MOST_DIGITS = 16
"""What a double can have."""
MAX_WORK = 60_000
"""Elsewhere a formula is compared at fewer points where it and the derivative have more operations than this together,
over all points; but at LEAST so many."""
LEAST = 3
TOLERANCE = 1e-12
"""A formula given by hand is wrong where it is further from the truth than this, relatively, with many digits."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """An entry given by hand that is wrong: both values, to many digits, and what is likely wrong.

    `at` is the point where it is, None for the point asked for.
    """

    name: str
    formula: str
    manual: str | None
    truth: str
    likely: str
    at: Mapping[str, Number] | None = None


class Manual:
    """The formulas that somebody worked out by hand, by the names of inputs.

    Raises NameFault for names that do not occur, UsageError for several formulas of one, SyntaxFault.
    """

    def __init__(self, asked: Problem, given: Mapping[str, Any], truth: Mapping[str, Number]) -> None:
        self.asked = asked
        self.truth = truth
        self.formulas: dict[str, str] = {}
        self._graphs: dict[str, Graph] = {}
        names = dict(asked.wrt)
        known = asked.graph.names
        for name, text in flatten(given).items():
            if name not in names:
                raise NameFault(f"--manual names {name}, which is not differentiated by", hint=among(name, names))
            origin = f"--manual {name} ="
            graph = parse(str(text), let=asked.let, origin=origin)
            if len(graph.outputs) != 1:
                raise UsageError(f"--manual gives {name} several formulas", hint="separate the names: x1=…,x2=…")
            for node in graph.inputs:
                if graph.labels[node] not in known:
                    label = graph.labels[node]
                    fault = NameFault(
                        f"{label} does not occur in the program", graph.spans[node], hint=among(label, known)
                    )
                    raise fault.located(graph.text, origin)
            self.formulas[name] = str(text)
            self._graphs[name] = graph
        self.operations = sum(operations(graph) for graph in self._graphs.values())

    def entries(self) -> dict[str, Number] | None:
        """The formulas' values in floats; None where one has none."""
        arithmetic = doubles()
        try:
            values = self._values(arithmetic, self.asked.point(arithmetic))
            return {name: self._value(graph, arithmetic, values) for name, graph in self._graphs.items()}
        except Fault:
            return None

    def mistakes(self) -> tuple[Mistake, ...]:
        """The entries that are wrong, and what is likely wrong with them."""
        from adcli.arithmetic.multiprecision import multiprecision

        wide = multiprecision(DIGITS)
        point = self.asked.point(wide)
        values = self._values(wide, point)
        found = []
        for name, graph in self._graphs.items():
            truth = self.truth[name]
            manual = None
            try:
                claimed = self._value(graph, wide, values)
            except Fault:
                likely = "the formula has no value at this point"
            else:
                size = abs(truth) or max([abs(x) for x in self.truth.values()]) or 1
                if abs(claimed - truth) <= TOLERANCE * size:
                    found += self._elsewhere(name, graph)
                    continue
                manual = digits_of(claimed)
                likely = self._likely(name, graph, wide, point, claimed)
            formula = self.formulas[name]
            found.append(Mistake(name=name, formula=formula, manual=manual, truth=digits_of(truth), likely=likely))
        return tuple(found)

    def _elsewhere(self, name: str, graph: Graph) -> list[Mistake]:
        """Where a formula that is right at the point is wrong: at another one of the common domain, if any."""
        by = dict(self.asked.wrt)[name]
        if not graph.inputs or by < 0:  # a number is no formula
            return []
        transcript = Transcript(self.asked.graph)
        symbolic = transcript.symbolic
        (derivative,) = transcript.pulled({0: transcript.number("1")}, [by])
        known = {node: Sym(symbolic, self.asked.graph.names[graph.labels[node]]) for node in graph.inputs}
        claimed = evaluate(graph, symbolic, known).values[graph.outputs[0]]
        one, other = (pruned(symbolic.builder.finish([symbol.node], [name], ())) for symbol in (claimed, derivative))
        enough = max(LEAST, min(COUNT, MAX_WORK // (len(one) + len(other))))
        found = Compared(one, other, Region(self.asked.graph.input_names), enough).counterexample
        if found is None:
            return []
        at, (manual, truth) = found
        likely = "it is right at the point asked for, but not everywhere"
        formula = self.formulas[name]
        return [Mistake(name=name, formula=formula, manual=manual, truth=truth, likely=likely, at=doubled(at))]

    def check(self, mistakes: Sequence[Mistake]) -> Check:
        """The outcome for the exit status and the error line."""
        entries = self.entries() or {}
        error, digits = distance(self.truth, entries, self.truth.values())
        absolute = max([float(abs(self.truth[name] - entry)) for name, entry in entries.items()], default=0.0)
        output = self.asked.graph.output_names[0]
        if mistakes:
            detail = "; ".join(
                f"∂{output}/∂{m.name} is {_short(m.manual)} by hand ({m.formula}) and {_short(m.truth)} in truth"
                f"{place(m)}: {m.likely}"
                for m in mistakes
            )
        else:
            some = "" if len(entries) == len(self.asked.wrt) else f" {', '.join(entries)}"
            detail = f"the derivatives by hand are right:{some}" if some else "the derivatives by hand are right"
        return Check(
            against=f"mpmath, {DIGITS} digits",
            ok=not mistakes,
            max_abs_error=absolute,
            max_rel_error=error,
            tolerance=TOLERANCE,
            digits=digits,
            detail=detail,
        )

    def _values(self, arithmetic: Any, point: Mapping[int, Any]) -> Mapping[str, Any]:
        """What the program's names stand for at the point."""
        graph = self.asked.graph
        wanted = {g.labels[node] for g in self._graphs.values() for node in g.inputs}
        names = [name for name in graph.names if name in wanted]
        opened = graph.with_outputs([graph.names[name] for name in names], names)
        values = evaluate(opened, arithmetic, point).values
        return {name: values[graph.names[name]] for name in names}

    def _value(self, graph: Graph, arithmetic: Any, values: Mapping[str, Any]) -> Any:
        tape = evaluate(graph, arithmetic, {node: values[graph.labels[node]] for node in graph.inputs})
        return tape.values[graph.outputs[0]]

    def _likely(self, name: str, graph: Graph, wide: Any, point: Mapping[int, Any], claimed: Any) -> str:
        """The likely slip: it must explain the number at the point and, of a formula, at a point beside it."""
        from adcli.studies.compare import slips

        by = dict(self.asked.wrt)[name]
        if by < 0:
            return f"the program does not use {name}"
        others = {other: node for other, node in self.asked.wrt if other != name and node >= 0}
        try:
            places = [slips.place(self.asked.graph, wide, point, by, others)._replace(claimed=claimed)]
        except Fault:
            return "no usual slip explains it"
        beside = {node: x + (abs(x) or 1) * wide.context.mpf(k) / 97 for k, (node, x) in enumerate(point.items(), 3)}
        if graph.inputs:
            try:
                there = self._value(graph, wide, self._values(wide, beside))
                places.append(slips.place(self.asked.graph, wide, beside, by, others)._replace(claimed=there))
            except Fault:
                pass
        return slips.guess(places, by)


def place(mistake: Mistake) -> str:
    """Where a mistake is, in a sentence, of one that is not at the point asked for."""
    if mistake.at is None:
        return ""
    return " at " + listed([f"{name} = {brief(float(x))}" for name, x in mistake.at.items()])


def _short(number: str | None) -> str:
    """A long number for a sentence."""
    return "undefined" if number is None else f"{float(number):.6g}"


def distance(truth: Mapping[str, Number], given: Mapping[str, Number], all_: Any) -> tuple[float, int]:
    """The largest relative error, and how many digits it leaves; an entry that is 0 is measured against the largest."""
    worst = 0.0
    for name, number in given.items():
        exact = truth[name]
        if number != number:
            return float("inf"), 0
        error = abs(exact - number)
        size = abs(exact) or max([abs(x) for x in all_], default=0) or 1
        worst = max(worst, float(error / size))
    if not worst:
        return worst, MOST_DIGITS
    return worst, max(0, min(MOST_DIGITS, round(-log10(worst)))) if isfinite(worst) else 0


def digits_of(number: Number) -> str:
    """A number of the truth, all its digits."""
    return str(number.context.nstr(number, DIGITS, strip_zeros=True)).removesuffix(".0") or "0"
