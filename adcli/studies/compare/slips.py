"""What is likely wrong with a derivative that somebody worked out by hand.

The true derivative is a sum over the paths of the graph: through the edge from v to its argument a go v̄·∂v/∂a·ȧ of
it, and a rule of the table gave ∂v/∂a. So the usual slips have exact consequences: a part of the sum is missing or
has the wrong sign, a rule was mistaken for a similar one, a factor was left out. A slip is named where its consequence
is exactly the number at hand, with many digits and, for a formula, at a second point too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

from adcli.derivatives.programs import Transcript
from adcli.errors import counted
from adcli.graphs import Graph
from adcli.modes import COPY, Tape, evaluate, forward, linearize, reverse
from adcli.ops import DIV, FUNCTIONS, MUL, WHERE, Op

CLOSE = 25
"""Digits to which a slip's consequence must be the number at hand, where that is known so well."""
MAX_EDGES = 2_000
"""Larger graphs are not searched edge by edge."""
MAX_FACTOR = 12
"""Wrong factors are sought among fractions of numbers up to this."""

_MISTAKEN = {
    "y*x^(y - 1)": (
        ("x^(y - 1)", "the exponent is missing as a factor"),
        ("y*x^y", "the exponent is not lowered by 1"),
        ("v*log(x)", "the rule for an exponential was used for a power"),
    ),
    "v*log(x)": (
        ("v", "the factor log of the base is missing"),
        ("y*x^(y - 1)", "the rule for a power was used for an exponential"),
    ),
    "-v/y": (("v/y", "the second term of the quotient rule has the wrong sign"),),
    "1/(2*v)": (("1/v", "the 2 of the root's derivative is missing"), ("v/2", "the root is not inverted")),
}
"""Texts of rules, and what they are mistaken for."""


class Place(NamedTuple):
    """The true derivatives at one point, edge by edge, and the number that was claimed there."""

    tape: Tape
    edges: list[tuple[int, int, int, Any]]
    adjoints: list[Any]
    tangents: list[Any]
    truth: Any
    others: Mapping[str, Any]
    claimed: Any
    alone: bool
    """The claim is a number, not a formula: there is no second point to try a slip at."""


class Slip(NamedTuple):
    """A possible slip: what would have been claimed at a place, and how to say it."""

    consequence: Callable[[Place], Any]
    sentence: Callable[[], str]


def place(graph: Graph, arithmetic: Any, point: Mapping[int, Any], by: int, others: Mapping[str, int]) -> Place:
    """The derivatives of the only output at *point*: by the node *by*, and by *others*. Nothing is claimed yet.

    Raises Fault.
    """
    tape = evaluate(graph, arithmetic, point)
    one, zero = arithmetic.literal("1"), arithmetic.literal("0")
    (output,) = graph.outputs
    sources = [by, *others.values()]
    adjoints = reverse(tape, {output: one}, sources)
    tangents = forward(tape, {by: one})
    edges = []
    for edge in linearize(tape, [by]):
        edges.append(edge)
        if len(edges) > MAX_EDGES:
            edges = []
            break

    def entry(node: int) -> Any:
        return zero if adjoints[node] is None else adjoints[node]

    return Place(
        tape, edges, adjoints, tangents, entry(by), {name: entry(node) for name, node in others.items()}, zero, True
    )


def guess(places: Sequence[Place], by: int) -> str:
    """The likely slip behind what is claimed at the places, of which the first is the point itself."""
    return explained(places, by) or _resemblance(places[0])


def explained(places: Sequence[Place], by: int, digits: int = CLOSE) -> str:
    """The slip whose consequence is what is claimed, to so many *digits*; "" where there is none."""
    if not any(where.claimed for where in places):
        return "no summand of it is there"
    for slip in _slips(places[0]._replace(alone=len(places) == 1), by):
        if all(_fits(slip, where, digits) for where in places):
            return slip.sentence()
    return ""


def _fits(slip: Slip, where: Place, digits: int) -> bool:
    context = where.tape.arithmetic.context  # type: ignore[attr-defined]  # an arithmetic of many digits
    try:
        expected = slip.consequence(where)
    except (ArithmeticError, ValueError, IndexError):
        return False
    size = max(abs(expected), abs(where.claimed), abs(where.truth) * context.mpf(10) ** -10)
    return bool(abs(expected - where.claimed) <= size * context.mpf(10) ** -digits)


def _slips(first: Place, by: int) -> Iterator[Slip]:
    """All slips that are thought of, the likeliest first."""
    shown = _Shown(first.tape.graph, by)
    yield Slip(partial(_times, ratio=Fraction(-1)), partial(str, "it has the wrong sign"))
    for name in first.others:
        yield Slip(partial(_other, name=name), partial(str, f"it is the derivative by {name}"))
    for edge, (node, position, _, _) in enumerate(first.edges):
        for rule, said in _mistakes(_op(first.tape, node), position):
            sentence = f"the derivative of {shown.node(node)}: {said}"
            yield Slip(partial(_ruled, edge=edge, rule=rule), partial(str, sentence))
    for edge, (node, position, argument, _) in enumerate(first.edges):
        op, written = _op(first.tape, node), shown.node(node)
        if op in (MUL, DIV) and not position:
            which = "product" if op is MUL else "quotient"
            said = f"the {which} rule for {written}: the derivatives of both parts were "
            said += "multiplied" if op is MUL else "divided"
            yield Slip(partial(_partwise, edge=edge), partial(str, said))
        said = f"the inner derivative {{}} is missing: the chain rule for {written}"
        yield Slip(partial(_outer, edge=edge), partial(_said, said, partial(shown.tangent, argument)))
    for edge, (node, position, argument, _) in enumerate(first.edges):
        part = partial(shown.part, node, position, argument)
        yield Slip(partial(_more, edge=edge, times=-1), partial(_said, "the summand {} is missing", part))
        yield Slip(partial(_more, edge=edge, times=-2), partial(_said, "the summand {} has the wrong sign", part))
    for edge, (node, position, argument, _) in enumerate(first.edges):
        if not _is_plain(_op(first.tape, node), position):
            said = f"the factor {{}} is missing, from the derivative of {shown.node(node)}"
            yield Slip(partial(_without, edge=edge), partial(_said, said, partial(shown.partial, node, position)))
        part = partial(shown.part, node, position, argument)
        yield Slip(partial(_more, edge=edge, times=1), partial(_said, "the summand {} is there twice", part))
    ratio = _ratio(first)
    if ratio is not None:
        yield Slip(partial(_times, ratio=ratio), partial(_factor, ratio))
    yield Slip(_value, partial(str, "it is the function itself, not its derivative"))
    off = _simple(first.claimed - first.truth)
    if off is not None and not first.alone:
        said = f"a constant, {abs(off)}, is {'too much' if off > 0 else 'missing'}"
        yield Slip(partial(_plus, number=off), partial(str, said))


# Consequences: what would be claimed at a place


def _times(p: Place, ratio: Fraction) -> Any:
    return p.truth * ratio.numerator / ratio.denominator


def _plus(p: Place, number: Fraction) -> Any:
    return p.truth + p.truth.context.mpf(number.numerator) / number.denominator


def _other(p: Place, name: str) -> Any:
    return p.others[name]


def _value(p: Place) -> Any:
    return p.tape.values[p.tape.graph.outputs[0]]


def _more(p: Place, edge: int, times: int) -> Any:
    return p.truth + times * _through(p, edge) * p.edges[edge][3]


def _without(p: Place, edge: int) -> Any:
    return p.truth + _through(p, edge) * (1 - p.edges[edge][3])


def _outer(p: Place, edge: int) -> Any:
    """Through an edge the outer derivative alone."""
    node, _, argument, slope = p.edges[edge]
    tangent = p.tangents[argument]
    return p.truth + p.adjoints[node] * slope * (1 - tangent)


def _partwise(p: Place, edge: int) -> Any:
    """A product or quotient differentiated part by part."""
    node = p.edges[edge][0]
    parts = [p.tangents[a] for a in p.tape.graph.args[node]]
    if None in parts:
        raise ValueError("a part is constant")
    mistaken = p.tape.arithmetic.function(p.tape.graph.ops[node])(*parts)
    return p.truth + p.adjoints[node] * (mistaken - p.tangents[node])


def _ruled(p: Place, edge: int, rule: str) -> Any:
    """An edge's partial by another rule."""
    node = p.edges[edge][0]
    values = [p.tape.values[a] for a in p.tape.graph.args[node]]
    mistaken = p.tape.arithmetic.condition(p.tape.graph.ops[node], rule)(p.tape.values[node], *values)
    return p.truth + _through(p, edge) * (mistaken - p.edges[edge][3])


def _through(p: Place, edge: int) -> Any:
    """v̄·ȧ of an edge: what its partial is multiplied by."""
    node, _, argument, _ = p.edges[edge]
    adjoint, tangent = p.adjoints[node], p.tangents[argument]
    return 0 if adjoint is None or tangent is None else adjoint * tangent


def _op(tape: Tape, node: int) -> Op:
    """The operation of a node, a chosen branch being a copy."""
    op = tape.graph.ops[node]
    return COPY if op is WHERE else op


def _rule(op: Op, position: int) -> str:
    return op.partials[0 if op.variadic else position] or ""


def _is_plain(op: Op, position: int) -> bool:
    """Whether the partial is 1 or -1, so that no factor can be missing."""
    return _rule(op, position) in ("1", "-1")


def _mistakes(op: Op, position: int) -> Iterator[tuple[str, str]]:
    """Rules that the operation's may be mistaken for, and what to say."""
    rule = _rule(op, position)
    if op.variadic:
        return
    swapped = re.sub(r"\w+(?=\()", lambda found: FUNCTIONS[found[0]].twin or found[0], rule)
    if swapped != rule:
        bare = rule.lstrip("-")
        other = swapped.lstrip("-")
        names = " and ".join(dict.fromkeys(re.findall(r"[a-z]+(?=\()", bare + other)))
        for text in (other, f"-{other}"):
            yield text, f"{names} are confused"
        if rule != bare:
            yield bare, f"it is {rule}, with a minus"
    for text, said in _MISTAKEN.get(rule, ()):
        yield text, said


def _ratio(p: Place) -> Fraction | None:
    """The claimed number as a simple multiple of the truth."""
    if not p.truth or not p.claimed:
        return None
    ratio = p.claimed / p.truth
    if abs(ratio) > MAX_FACTOR + 1:
        return None
    found = Fraction(float(ratio)).limit_denominator(MAX_FACTOR)
    return found if found and abs(found.numerator) <= MAX_FACTOR else None


def _simple(off: Any) -> Fraction | None:
    """A number as a fraction of small numbers, if it may be one."""
    if not off or abs(off) > 1_000:
        return None
    found = Fraction(float(off)).limit_denominator(MAX_FACTOR)
    return found or None


def _said(sentence: str, part: Callable[[], str]) -> str:
    return sentence.format(part())


def _factor(ratio: Fraction) -> str:
    if ratio.denominator == 1:
        return f"a factor {ratio.numerator} is too much"
    if ratio.numerator == 1:
        return f"a factor {ratio.denominator} is missing"
    return f"it is {ratio} of the truth"


def _resemblance(p: Place) -> str:
    """What to say where no slip fits."""
    if p.truth:
        error = abs(p.claimed - p.truth) / abs(p.truth)
        if error < 1e-3:
            context = p.truth.context
            digits = -int(context.floor(context.log10(error))) - 1
            return f"{counted(digits, 'digit agrees', 'digits agree')}: perhaps a rounded number"
    return "no usual slip explains it"


class _Shown:
    """Parts of the derivative as formulas in the user's names."""

    def __init__(self, graph: Graph, by: int) -> None:
        self.graph = graph
        self.by = by
        self._sweeps: tuple[Transcript, list[Any], list[Any]] | None = None

    def node(self, node: int) -> str:
        """A node as it was written."""
        start, end = self.graph.spans[node]
        return " ".join(self.graph.text[start:end].split()) or self.graph.ops[node].name

    def partial(self, node: int, position: int) -> str:
        """∂v/∂a of an edge."""
        transcript, _, _ = self._swept()
        return self._formula(transcript, [self._partial(transcript, node, position)])

    def tangent(self, node: int) -> str:
        """v̇ of a node."""
        transcript, _, tangents = self._swept()
        return self._formula(transcript, [tangents[node]])

    def part(self, node: int, position: int, argument: int) -> str:
        """v̄·∂v/∂a·ȧ of an edge."""
        transcript, adjoints, tangents = self._swept()
        factors = [adjoints[node], self._partial(transcript, node, position), tangents[argument]]
        return self._formula(transcript, factors)

    def _swept(self) -> tuple[Transcript, list[Any], list[Any]]:
        if self._sweeps is None:
            transcript = Transcript(self.graph)
            one = transcript.number("1")
            adjoints = reverse(transcript.tape, {self.graph.outputs[0]: one}, [self.by])
            self._sweeps = transcript, adjoints, forward(transcript.tape, {self.by: one})
        return self._sweeps

    def _partial(self, transcript: Transcript, node: int, position: int) -> Any:
        values = transcript.tape.values
        op, args = self.graph.ops[node], self.graph.args[node]
        if op is WHERE:  # a copy of the branch taken
            return transcript.number("1")
        return transcript.symbolic.partial_at(op, position, values[node], [values[a] for a in args])

    def _formula(self, transcript: Transcript, factors: Sequence[Any]) -> str:
        from adcli.language.formulas import formula

        product = transcript.number("1")
        for factor in factors:
            product = transcript.symbolic.apply(MUL, product, factor)
        graph = transcript.finish([product], ["y"])
        return formula(graph, graph.outputs[0], 200) or "of that path"
