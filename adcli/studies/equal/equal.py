"""Are two formulas the same function?

Refutation comes first, for it is cheap: at points, in balls. Where none of them tells the two apart, a proof is tried,
exact identity of rational functions, then SymPy's simplification. What is left is evidence, said as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any, ClassVar

from adcli.arithmetic.doubles import doubles
from adcli.errors import UndecidedError, UsageError
from adcli.graphs import Graph
from adcli.language import formula, parse
from adcli.language.arrays.names import in_order
from adcli.language.sympy.to_sympy import certain
from adcli.problem.problem import Expression, problem
from adcli.results import Number, Result
from adcli.studies.equal.points import COUNT, DIGITS, WORKING, Point, Region, compared, defined, digits_of
from adcli.studies.equal.rational import identical
from adcli.studies.symbolic.ask import SECONDS, ask

MAX_TEXT = 20_000
"""Longer formulas are not given to SymPy."""


@dataclass(frozen=True, kw_only=True)
class Equality(Result):
    """Whether two formulas are the same function, where both have values.

    `evidence` is "proof" or "points"; a counterexample is one: the difference is told from 0 for certain. `points`
    counts those of the common domain that were compared, to `digits` digits. `domains` has, for each formula, a point
    where it alone has a value, None where none was seen.
    """

    command: ClassVar[str] = "equal"

    equal: bool
    evidence: str
    reason: str
    counterexample: dict[str, Number] | None = None
    values: tuple[str, str] | None = None
    points: int
    digits: int = DIGITS
    domains: tuple[dict[str, Number] | None, dict[str, Number] | None]


def equal(
    a: Expression,
    b: Expression,
    *,
    over: Mapping[str, tuple[Any, Any]] | None = None,
    assume: Sequence[str] = (),
    seconds: float = SECONDS,
    **options: Any,
) -> Equality:
    """Compare two formulas of one output each. *over* are intervals by name, *assume* conditions ("x > 0").

    Options as of `problem`. Raises UsageError, UndecidedError where they have no common domain that is found.
    """
    graphs = [
        _single(problem(expr, values=False, **options).graph, which) for expr, which in ((a, "first"), (b, "second"))
    ]
    names = in_order(list(dict.fromkeys(chain(*(graph.input_names for graph in graphs)))))
    intervals = {name: (_number(low), _number(high)) for name, (low, high) in (over or {}).items()}
    conditions = [parse(text, conditions=True) for text in assume]
    for name in (*intervals, *chain(*(c.input_names for c in conditions))):
        if name not in names:
            raise UsageError(
                f"{name} occurs in neither formula", hint="there are " + ", ".join(names) if names else None
            )
    for name, (low, high) in intervals.items():
        if not low < high:
            raise UsageError(f"the interval of {name} is empty: {low} to {high}")
    texts = tuple(graph.text for graph in graphs)
    region = Region(names, intervals, conditions)
    return _decided(graphs, region, seconds, texts)


def _single(graph: Graph, which: str) -> Graph:
    if len(graph.outputs) != 1:
        raise UsageError(f"equal compares two formulas, and the {which} program has {len(graph.outputs)} outputs")
    return graph


def _number(value: Any) -> Fraction:
    try:
        return Fraction(str(value)) if not isinstance(value, Fraction) else value
    except ValueError:
        return Fraction(float(parse_value(str(value))))


def parse_value(text: str) -> float:
    """A constant expression, such as pi/4."""
    from adcli.language import parse_constant
    from adcli.modes import evaluate

    graph = parse_constant(text)
    return float(evaluate(graph, doubles(), {}).values[graph.outputs[0]])


def _decided(graphs: Sequence[Graph], region: Region, seconds: float, texts: tuple[str, ...]) -> Equality:
    one, other = graphs
    found = Compared(one, other, region)
    shared: dict[str, Any] = {
        "expr": texts,
        "at": {},
        "text": "\n".join(texts),
        "points": found.count,
        "domains": found.domains,
    }
    if found.counterexample is not None:
        at, values = found.counterexample
        return Equality(
            **shared,
            equal=False,
            evidence="points",
            reason="a counterexample",
            counterexample=doubled(at),
            values=values,
        )
    if not found.count:
        only = [
            f"the {which} has a value at {said(at)}"
            for which, at in zip(("first", "second"), found.only, strict=True)
            if at
        ]
        raise UndecidedError(
            "no point was found at which both formulas have values",
            notes=tuple(only),
            hint="--over x=0:1 says where to look",
        )
    proof = prove(one, other, region, seconds)
    if proof is False:  # by exact arithmetic, at a point where neither need have a value
        raise UndecidedError(
            f"the formulas differ, but by less than {DIGITS} digits show at {found.count} points",
        )
    reason = f"agreement at {found.count} points to {DIGITS} digits"
    evidence = "proof" if proof else "points"
    return Equality(**shared, equal=True, evidence=evidence, reason=str(proof or reason))


class Compared:
    """What points tell of two formulas."""

    def __init__(self, one: Graph, other: Graph, region: Region, enough: int = COUNT) -> None:
        self.count = 0
        """Points of the common domain at which they agree."""
        self.counterexample: tuple[Point, tuple[str, str]] | None = None
        self.only: list[Point | None] = [None, None]
        graphs = one, other
        notable = chain(region.corners(graphs), region.notable(graphs), region.scales(graphs))
        for special, points in ((True, notable), (False, region.anywhere())):
            for point in points:
                if self._differ(one, other, point, special) or self.count >= enough:
                    return

    @property
    def domains(self) -> tuple[dict[str, float] | None, dict[str, float] | None]:
        """For each formula a point where it alone has a value."""
        first, second = self.only
        return doubled(first) if first else None, doubled(second) if second else None

    def _differ(self, one: Graph, other: Graph, point: Point, special: bool) -> bool:
        pairs = compared(one, other, point)
        if pairs is None:
            if None in self.only:
                known = defined(one, point), defined(other, point)
                for place in (0, 1):
                    if known[place] and known[1 - place] is False and self.only[place] is None:
                        self.only[place] = point
            return False
        (pair,) = pairs
        if pair.same is False:
            digits = 15
            while digits < WORKING[-1] and digits_of(pair.values[0], digits) == digits_of(pair.values[1], digits):
                digits += 5
            self.counterexample = point, (digits_of(pair.values[0], digits), digits_of(pair.values[1], digits))
            return True
        if pair.same and (not special or not point):
            self.count += 1
        return False


def doubled(point: Mapping[str, Fraction]) -> dict[str, float]:
    """A point as results report it."""
    return {name: float(value) for name, value in point.items()}


def said(point: Mapping[str, Any]) -> str:
    """A point in a sentence, with all its digits: beside it the formulas may be equal."""
    return (
        ", ".join(f"{name} = {repr(float(value)).removesuffix('.0')}" for name, value in point.items()) or "this point"
    )


def prove(one: Graph, other: Graph, region: Region, seconds: float) -> str | bool:
    """How it is known that two formulas are the same where both have values; "" for not at all, False: they differ."""
    exact = identical(one, other, region.names)
    if exact is not None and (exact or not region.assume):  # an assumed equation may make equal what is not
        return "exact arithmetic: a polynomial that is 0 on a large enough grid is 0" if exact else False
    texts = [formula(graph, graph.outputs[0], MAX_TEXT) for graph in (one, other)]
    if None in texts:
        return ""
    positive = [name for name, (low, _) in region.over.items() if low >= 0]
    positive += [
        name for name in region.names if any(needs_positive(graph, name) for graph in (one, other, *region.assume))
    ]
    task = {"what": "zero", "texts": texts, "names": list(region.names), "positive": positive}
    return "SymPy's simplification" if any(found.get("zero") for found in ask(task, seconds)) else ""


def needs_positive(graph: Graph, name: str) -> bool:
    """Whether a formula has values, or a condition holds, only where *name* is positive, or is 0 at the most.

    It does where an operation is not defined for negative numbers and *name* is its argument.
    """
    always = certain(graph)
    for node, (op, args) in enumerate(zip(graph.ops, graph.args, strict=True)):
        if not always[node] or not args or graph.labels.get(args[0]) != name:
            continue
        if op.boolean and node in graph.outputs:
            if op.symbol in (">", ">=") and graph.labels.get(args[1], "-").replace(".", "").isdigit():
                return True
        elif len(op.arguments) == 1 and op.domain:
            holds = doubles().condition(op, op.domain)
            if not any(holds(None, -x) for x in (1e-9, 0.3, 0.9, 1.0, 1.7, 3.0, 20.0)):
                return True
    return False
