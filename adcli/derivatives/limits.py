"""Derivatives as limits, for the points at which the chain rule cannot tell: 0 × ∞, kinks, branches that meet.

sqrt(x^4) has the derivative 0 at 0, but its chain rule multiplies an infinite slope by 0; Abs(x)^2 has the derivatives
0 and 2 at 0, but a kink inside. The expansions of the function along a direction and against it tell: a derivative
exists where both are the same polynomial up to its order, and where other directions say the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from adcli.arithmetic.ball import Ball, Undecided, fraction
from adcli.arithmetic.balls import balls
from adcli.arithmetic.expansion import Beyond, Expansion, Short
from adcli.arithmetic.expansions import Expansions
from adcli.derivatives.programs import opened
from adcli.language import parse_constant
from adcli.modes import Fault, evaluate, linearize
from adcli.ops import ADD, LITERAL, MUL
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS, Value
from adcli.results import Notice

if TYPE_CHECKING:
    from adcli.derivatives.questions import Question, Work

DIGITS = 60
"""Digits of what is not rational; more where the numbers of the program are far apart."""
MOST_DIGITS = 1000
FAR = 8
"""Powers of ten that a number of the program may span without asking for more digits."""
DEEPER = (2, 6, 18)
"""By how many terms more than asked for an expansion is first computed, and then again where that is too short."""
MOST = 20_000
"""Operations on expansions, in all directions, beyond which nothing is sought."""
MOST_ENTRIES = 2000
"""Entries of a matrix beyond which nothing is sought."""

Weights: TypeAlias = "Mapping[int, Fraction]"
Tangent: TypeAlias = "Mapping[str, Fraction]"
Moved: TypeAlias = "tuple[tuple[int, Fraction], ...]"


class Absent(ArithmeticError):
    """There is no derivative, or none that can be told: `why`.

    `told` says that it is known of the function, `alone` that it has no value on either side.
    """

    def __init__(self, why: str, *, told: bool = True, alone: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.told = told
        self.alone = alone

    def added(self, notice: Notice) -> Notice:
        """A warning of a kink that speaks of the result, too, where that is not what it says of the operation."""
        if not self.told or self.why.rpartition(": ")[2] in notice.message:
            return notice
        return Notice(notice.kind, f"{notice.message}; {self.why}", notice.span)


CROOKED = "in other directions the derivatives are not made of those by the inputs"
UNTOLD = "its expansions on both sides of this point do not tell"


class Rays:
    """The expansions of a problem's outputs along rays from its point, and the derivatives that they agree on."""

    def __init__(self, problem: Problem, order: int = 1) -> None:
        if problem.solver is not None:
            raise Absent("a limit is no proof", told=False)
        self.problem = problem
        self.order = order
        # What is differentiated by is no constant.
        self.graph, self._numbers = opened(problem.graph, [node for _, node in problem.wrt])
        self.names = dict(problem.wrt)
        self.ends: dict[str, int] = {}
        """Of inputs along which the function is defined on one side only, the sign of that side."""
        self.one_sided = False
        """Whether an expansion on one side had to do."""
        self._spent = 0
        self._outputs: dict[tuple[Moved, int, int], tuple[Expansions, Any]] = {}
        digits = DIGITS + 2 * problem.precision + min(MOST_DIGITS, _span(problem))
        self.home = balls(digits)
        self._point = self._values()

    def _values(self) -> dict[int, Ball]:
        """The inputs' values: as they are meant, or as they were written where a precision is asked for."""
        written: Mapping[str, Any] = self.problem.meant if self.problem.precision == FLOATS else self.problem.at
        given = {**written, **self._numbers}
        found: dict[int, Ball] = {}
        for node in self.graph.inputs:
            value = given[self.graph.labels[node]]
            if isinstance(value, str):
                graph = parse_constant(value, self.graph.labels[node])
                value = evaluate(graph, self.home, {}).values[graph.outputs[0]]
            found[node] = self.home.ball(value)
        return found

    def afford(self, question: Question) -> bool:
        """Whether the entries of a question are derivatives of the outputs, and not too many to be sought."""
        rows, columns = question.shape(self.problem)
        return 0 < rows * columns <= MOST_ENTRIES and 2 * columns * len(self.graph) <= MOST

    def along(self, weights: Weights, tangent: Tangent) -> list[Ball]:
        """The coefficients c₀ … of weights·f(x + t·tangent) = c₀ + c₁t + … + o(t^order). Raises Absent.

        Where the function is defined on one side only, they are that side's.
        """
        moved = tuple([(self.names[name], slope) for name, slope in tangent.items() if self.names[name] >= 0])
        if any(self.graph.args[node] for node, _ in moved):
            raise Absent("", told=False)  # an assigned name is not moved alone
        for deeper in DEEPER:
            try:
                start, left, right = [self._weighed(weights, moved, deeper, side) for side in (0, -1, 1)]
                sides = [(sign, found) for sign, found in ((-1, left), (1, right)) if found is not None]
                if start is None or not sides:
                    raise Absent("the function is defined at this point alone", alone=True)
                by = f" by {next(iter(tangent))}" if len(tangent) == 1 else ""
                coefficients = self._agreed(start, sides, by)
                if len(sides) == 1:
                    self.one_sided = True
                    if len(tangent) == 1:
                        self.ends.update({n: sides[0][0] * (1 if slope > 0 else -1) for n, slope in tangent.items()})
                return coefficients
            except Short:
                continue
            except Undecided:
                break
        raise Absent(UNTOLD, told=False)

    def towards(self, tangent: Tangent) -> list[Ball]:
        """The limits of the only output for t → 0 along t·tangent, one for each side on which it is defined."""
        moved = tuple([(self.names[name], slope) for name, slope in tangent.items()])
        for deeper in DEEPER:
            try:
                sides = [self._weighed({0: Fraction(1)}, moved, deeper, side) for side in (-1, 1)]
                return [self._start(side) for side in sides if side is not None]
            except Short:
                continue
            except Undecided:
                break
        raise Absent(UNTOLD, told=False)

    def _start(self, side: Expansion) -> Ball:
        if any(c.sign for q, c in side.terms if q < 0):
            raise Absent("the function is not bounded around this point")
        return self.home.ball(side.coefficient(Fraction(0)))

    def _weighed(self, weights: Weights, moved: Moved, deeper: int, side: int) -> Expansion | None:
        """weights·f along one side; None where it is not defined there. Raises Short, Undecided, Absent."""
        key = (moved if side else (), deeper, side)
        if key not in self._outputs:
            self._outputs[key] = self._run(*key)
        arithmetic, outputs = self._outputs[key]
        if isinstance(outputs, ArithmeticError):
            raise outputs
        if outputs is None:
            return None
        total = arithmetic.number(Fraction(0))
        for place, weight in weights.items():
            total = arithmetic.apply(ADD, (total, arithmetic.apply(MUL, (arithmetic.number(weight), outputs[place]))))
        return total

    def _run(self, moved: Moved, deeper: int, side: int) -> tuple[Expansions, Any]:
        """The outputs along one side, None where they are not defined there, or why they are not known."""
        self._spent += len(self.graph)
        if self._spent > MOST:
            raise Absent("the program is too long to look for limits", told=False)
        arithmetic = Expansions(self.home, self.order + deeper)
        slopes = dict(moved)
        point = {
            node: arithmetic.moving(value, slopes[node] * Fraction(side) if node in slopes else Fraction(0))
            for node, value in self._point.items()
        }
        try:
            values = evaluate(self.graph, arithmetic, point).values
        except Fault as fault:
            if isinstance(fault.cause, (Beyond, ZeroDivisionError)) and side:
                return arithmetic, None
            return arithmetic, fault.cause if isinstance(fault.cause, (Short, Undecided)) else Undecided()
        return arithmetic, [values[node] for node in self.graph.outputs]

    def _agreed(self, start: Expansion, sides: Sequence[tuple[int, Expansion]], by: str) -> list[Ball]:
        """The coefficients that the sides have, each with its sign. Raises Short, Undecided, Absent."""
        ball = self.home.ball
        found = [ball(start.coefficient(Fraction(0)))]
        for _, side in sides:
            if not found[0].same(self._start(side)):
                raise Absent("the function jumps at this point")
        for k in range(1, self.order + 1):
            what = {1: "", 2: "second "}.get(k, f"{k}th " if k > 3 else "third ") + "derivative"
            if any(c.sign for _, side in sides for q, c in side.terms if k - 1 < q < k):
                raise Absent(f"the {what} grows beyond all bounds there")
            near = [ball(side.coefficient(Fraction(k))) * Fraction(sign**k) for sign, side in sides]
            if not near[0].same(near[-1]):
                raise Absent(f"the one-sided {what}s of the result{by} differ: {self._apart(k, *near)}")
            found.append(near[-1])
        return found

    def inward(self, tangent: Mapping[str, Any]) -> int:
        """The sign with which a tangent along one input leads to where the function is defined."""
        return self.ends.get(next(iter(tangent)), 1) if len(tangent) == 1 else 1

    def number(self, real: Ball, like: Any) -> Any:
        """A real number as *like* is one: a float, or a number of mpmath's. Raises Absent."""
        middle = self.middle(real)
        if not isinstance(like, float):
            return like.context.mpf(middle)
        if math.isinf(near := float(middle)):
            raise Absent("the derivative exceeds the largest float, about 1.8e308")
        return near

    def _apart(self, k: int, *coefficients: Ball) -> str:
        """Two derivatives of order k with as many digits as tell them apart."""
        middles = [self.middle(c * Fraction(math.factorial(k))) for c in coefficients]
        for digits in (6, 17, self.home.digits):
            shown = [self.home.context.nstr(x, digits).replace(".0e", "e").removesuffix(".0") for x in middles]
            if shown[0] != shown[1]:
                break
        return " and ".join(shown)

    def middle(self, number: Ball) -> Any:
        """A real number as one of mpmath's. Raises Absent where too few of its digits are known."""
        if not number.told(math.ceil((DIGITS // 2 + self.problem.precision) * math.log2(10))):
            raise Absent(UNTOLD, told=False)
        return number.mid


def _span(problem: Problem) -> int:
    """Powers of ten that the program's numbers lie apart, where that is many: what they cancel to may be as small."""
    graph = problem.graph
    texts = [label for node, label in graph.labels.items() if graph.ops[node] is LITERAL and label[-1].isdigit()]
    sizes = [abs(magnitude(text)) for text in (*texts, *map(str, problem.at.values()))]
    return sum(size for size in sizes if size > FAR)


def magnitude(text: str) -> int:
    """The power of ten of a number as written; 0 of what is none."""
    digits, _, exponent = text.lower().partition("e")
    whole, _, fraction = digits.partition(".")
    zeros = len(fraction) - len(fraction.lstrip("0")) if not whole.strip("+-0") else -len(whole)
    return int(exponent) - zeros if exponent.lstrip("+-").isdigit() else -zeros


def sought(
    rays: Rays, question: Question, places: Iterable[tuple[int, int]], like: Any
) -> dict[tuple[int, int], Ball | Absent]:
    """The entries at *places* as limits that a number such as *like* can hold, or why there are none."""
    found: dict[tuple[int, int], Ball | Absent] = {}
    for place in places:
        try:
            weights, tangent = _reals(rays, question, place)
            entry = found[place] = rays.along(weights, tangent)[1]
            rays.number(entry, like)
        except Absent as absent:
            found[place] = absent
    return found


def beside_poles(rays: Rays, question: Question, place: tuple[int, int], work: Work, entry: Ball) -> bool:
    """Whether an entry is what the chain rule adds up to without its products 0 × ∞: these contribute nothing, then.

    x*sqrt(x) has the slope 0 at 0, however it is written. That of sqrt(x)*sqrt(x) is made of nothing but 0 × ∞.
    """
    weights, tangent = question.direction(rays.problem, *place)
    number, tape = rays.problem.number, work.tape
    zero: Any = work.arithmetic.literal("0")
    sweep = {node: number(tangent[name], work.arithmetic, name) for name, node in rays.problem.wrt if name in tangent}
    try:
        for node, _, source, partial in linearize(tape, work.sources):
            if source in sweep and sweep[source] and partial:
                sweep[node] = sweep.get(node, zero) + sweep[source] * partial
    except Fault:
        return False
    total = zero
    for i, weight in weights.items():
        total = total + sweep.get(rays.problem.graph.outputs[i], zero) * number(weight, work.arithmetic, "the weight")
    if not total.finite:
        return False
    apart = rays.home.ball(total) - entry
    return not (apart and apart.told(0))


def disagreeing(rays: Rays, question: Question, found: Mapping[tuple[int, int], Ball]) -> Absent | None:
    """Why the entries are no derivative although each is a limit: a direction between theirs says otherwise.

    What is zero by structure has no entry, and is looked at all the same.
    """
    rows: dict[Moved, list[tuple[Tangent, Ball]]] = {}
    for place, entry in found.items():
        weights, tangent = _reals(rays, question, place)
        rows.setdefault(tuple(weights.items()), []).append((tangent, entry))
    for output, names in question.left_out(rays.problem):
        zeros: list[tuple[Tangent, Ball]] = [({name: Fraction(1)}, rays.home.zero) for name in names]
        rows.setdefault(((output, Fraction(1)),), []).extend(zeros)
    for row_weights, row in rows.items():
        for alternating in (1, -1):
            factors = [general(k, alternating) * rays.inward(t) for k, (t, _) in enumerate(row)]
            expected = rays.home.zero
            for factor, (_, entry) in zip(factors, row, strict=True):
                expected = expected + entry * factor
            try:
                slope = rays.along(dict(row_weights), _summed([t for t, _ in row], factors))[1]
                if not _same(slope, expected):
                    return Absent(CROOKED)
            except Absent as absent:
                if rays.one_sided and absent.alone:
                    continue  # it leads out of the domain both ways
                return Absent(f"in other directions {absent.why}", told=absent.told)
    return None


def general(k: int, alternating: int) -> Fraction:
    """The k-th component of a direction that no formula was made for; its signs are all 1, or as good as alternate."""
    return Fraction((55 * (k + 1) % 97 + 40) * alternating**k, 89)


def _summed(tangents: Sequence[Tangent], factors: Sequence[Fraction]) -> dict[str, Fraction]:
    total: dict[str, Fraction] = {}
    for tangent, factor in zip(tangents, factors, strict=True):
        for name, slope in tangent.items():
            total[name] = total[name] + slope * factor if name in total else slope * factor
    return total


def _reals(rays: Rays, question: Question, place: tuple[int, int]) -> tuple[dict[int, Fraction], dict[str, Fraction]]:
    """The weights and the tangent of an entry, as real numbers."""
    return real_direction(rays, *question.direction(rays.problem, *place))


def real_direction(
    rays: Rays, weights: Mapping[int, Value], tangent: Mapping[str, Value]
) -> tuple[dict[int, Fraction], dict[str, Fraction]]:
    """Weights and a tangent as real numbers."""
    number = rays.problem.number
    return (
        {i: fraction(number(value, rays.home, "the weight")) for i, value in weights.items()},
        {name: fraction(number(value, rays.home, name)) for name, value in tangent.items()},
    )


def curvature(rays: Rays) -> tuple[list[Ball], list[list[Ball]]]:
    """The gradient and the Hessian of one output, from expansions of the second order. Raises Absent."""
    names = [name for name, _ in rays.problem.wrt]
    one = {0: Fraction(1)}
    lines = [rays.along(one, {name: Fraction(1)}) for name in names]
    gradient = [line[1] for line in lines]
    hessian: list[list[Ball]] = [
        [line[2] * Fraction(2) if i == j else rays.home.zero for j in range(len(names))] for i, line in enumerate(lines)
    ]
    for i, first in enumerate(names):
        for j in range(i):
            near, far = rays.inward({first: 1}), rays.inward({names[j]: 1})
            mixed = rays.along(one, {first: Fraction(near), names[j]: Fraction(far)})[2]
            apart = lines[i][2] + lines[j][2]
            entry = rays.home.zero if _same(mixed, apart) else (mixed - apart) * Fraction(near * far)
            hessian[i][j] = hessian[j][i] = entry
    if len(names) > 1:
        for alternating in (1, -1):
            factors = [general(k, alternating) * rays.inward({name: 1}) for k, name in enumerate(names)]
            try:
                found = rays.along(one, dict(zip(names, factors, strict=True)))
            except Absent as absent:
                if rays.one_sided and absent.alone:
                    continue
                raise
            slope = rays.home.zero
            bend = rays.home.zero
            for i, a in enumerate(factors):
                slope = slope + gradient[i] * a
                for j, b in enumerate(factors):
                    bend = bend + hessian[i][j] * (a * b / 2)
            if not (_same(found[1], slope) and _same(found[2], bend)):
                raise Absent(CROOKED)
    return gradient, hessian


def _same(a: Ball, b: Ball) -> bool:
    try:
        return a.same(b)
    except Undecided:
        raise Absent(UNTOLD, told=False) from None


def bend(
    rays: Rays, hessian: Sequence[Sequence[Ball]], direction: tuple[Mapping[int, Value], Mapping[str, Value]]
) -> Ball:
    """weights·H·tangent."""
    weights, tangent = real_direction(rays, *direction)
    total = rays.home.zero
    for j, (name, _) in enumerate(rays.problem.wrt):
        if name in tangent:
            for i, weight in weights.items():
                total = total + hessian[i][j] * (weight * tangent[name])
    return total
