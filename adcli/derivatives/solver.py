"""From a problem to numbers: floats first, and balls of mpmath's numbers where floats cannot tell.

Floats answer nearly every question. They cannot where a value overflows or underflows on the way to an ordinary
result, where all digits cancel, where a partial has a pole, at a domain's edge. There, and where a precision is asked
for, the same sweeps run on balls, with more and more digits until every number asked for is known, and every decision
on the way (a domain, a branch, a jump, a kink) was one. Either they give the answer, or refuse at a place in the text:
a domain, a range, an infinite or undetermined derivative, or that no number of digits tells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from adcli.arithmetic.doubles import TINY, TOO_SMALL, doubles
from adcli.derivatives.distrust import CANCELLED, DIGITS, RANGE, in_doubt, rules_cancel, suspect, suspicious
from adcli.derivatives.kinks import kinks, settled
from adcli.derivatives.questions import Question, Work
from adcli.errors import AdcliError, RangeError, UndecidedError
from adcli.modes import Fault
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS, unlimited
from adcli.results import ONE_SIDED, Notice, Number

if TYPE_CHECKING:
    from adcli.arithmetic.ball import Ball
    from adcli.arithmetic.balls import Balls

CAREFUL_DIGITS = 40
"""Digits with which a point is first recomputed where floats leave their range or meet a pole."""
GUARD = 10
"""Digits computed with beyond those asked for."""
GROWTH = 3
"""By what factor the working precision grows until all is told."""
MOST_DIGITS = 3_500
"""Digits after which that is given up."""
MOST_WORK = 300
"""With more elementary operations than this there are fewer; functions of 40 flops count much more."""
FLOAT_BITS = 60
"""Bits of a number that is rounded to a float."""


Rows = tuple[tuple[Number, ...], ...]


class Solution:
    """The numbers found: the outputs' values, the derivatives in rows, and what a user should know of them."""

    __slots__ = ("entries", "notices", "values")

    def __init__(self, values: Iterable[Number], entries: Iterable[Iterable[Number]], notices: list[Notice]) -> None:
        self.values = tuple(values)
        self.entries: Rows = tuple(tuple(row) for row in entries)
        self.notices = notices


def solve(problem: Problem, question: Question) -> Solution:
    """Answer *question* with the precision that *problem* asks for.

    Raises DomainError, RangeError, UndeterminedError, KinkError, each with its place in the program.
    """
    if problem.solver is not None:
        found: Solution = problem.solver(problem, question)
        return found
    if problem.precision != FLOATS:
        return solve_precisely(problem, question, problem.precision, exact=True)
    fast: Solution | None = None
    try:
        arithmetic = doubles()
        work = Work(problem, arithmetic, problem.point(arithmetic))
        entries = question.entries(work)
        fast = Solution(map(_plus_zero, work.values), [map(_plus_zero, row) for row in entries], [])
        trouble = suspect(problem, question, work)
        if trouble is None and in_doubt(problem, work):
            trouble = problem.graph.outputs[0], ""
        if trouble is None and rules_cancel(question, work):
            trouble = problem.graph.outputs[0], CANCELLED
        if trouble is None:
            rows, notices = settled(work, question, fast.entries)
            return Solution(fast.values, rows, notices)
    except Fault as fault:
        if isinstance(fault.cause, (OverflowError, RangeError)):
            trouble = fault.node, RANGE
        elif fault.during == "derivative":
            trouble = suspicious(problem, work.tape) or (fault.node, "")
        else:
            trouble = fault.node, DIGITS
    try:
        return _carefully(problem, question, fast, *trouble)
    except UndecidedError as fault:
        if fast is None or trouble[1] != CANCELLED or in_doubt(problem, work):
            raise
        rows, notices = settled(work, question, fast.entries)
        said = f"all digits of a derivative cancel in floats, and more of them tell nothing: {fault.message}"
        return Solution(fast.values, rows, [Notice("digits", said, fault.span), *notices])


def solve_precisely(problem: Problem, question: Question, digits: int, *, exact: bool) -> Solution:
    """Answer *question* to *digits* digits.

    *exact* takes the inputs as they were written, otherwise as doubles, and then numbers too small for one count as 0.
    A number that cannot be told from 0 is given as 0, with a notice that says below what it is.
    """
    from adcli.arithmetic.multiprecision import multiprecision

    run = _sure(problem, question, digits, exact=exact)
    context = multiprecision(digits).context
    notices = []

    def number(ball: Any, label: str) -> Any:
        if not ball.told(0):
            below = context.nstr(context.ldexp(1, math.ceil(ball.reach)), 1)
            said = f"{label} cannot be told from 0 with {run.digits:,} digits: its absolute value is below {below}"
            notices.append(Notice("digits", said))
            return problem.reported(context.zero, digits)
        return problem.reported(ball.mid, digits)

    values = [number(x, name) for x, name in zip(run.values, problem.graph.output_names, strict=True)]
    rows = [[number(x, question.called) for x in row] for row in run.entries]
    return Solution(values, rows, [*run.notices, *({notice.message: notice for notice in notices}.values())])


def _carefully(problem: Problem, question: Question, fast: Solution | None, node: int, trouble: str) -> Solution:
    """The answer by balls from the same doubles, rounded once.

    *fast* is what floats gave, *node* where they failed by their *trouble*: "" where a rule alone did.
    """
    run = _sure(problem, question, CAREFUL_DIGITS - GUARD, exact=False)
    try:
        values = [_rounded(x) for x in run.values]
        rows = [[_rounded(x, i in question.unbounded) for x in row] for i, row in enumerate(run.entries)]
    except OverflowError:
        raise too_large(problem, run) from None
    answer = Solution(values, rows, run.notices)
    if run.blamed is not None or any(notice.kind in ("limit", ONE_SIDED) for notice in run.notices):
        return answer
    if fast is not None and _alike(fast, answer):
        return answer
    # Where only a derivative's digits cancelled, the answer has them now, and there is no more to say.
    if trouble == RANGE or (trouble and fast is None):
        said = f"{trouble} here; recomputed with {run.digits:,} digits"
        answer.notices.insert(0, Notice("range", said, problem.graph.spans[node]))
    return answer


def too_large(problem: Problem, run: Run) -> AdcliError:
    """That a result is beyond all floats: an output, or the derivative of one."""
    graph = problem.graph
    numbers = [*enumerate(run.values)]
    if len(run.entries) == len(graph.outputs):
        numbers += [(i, entry) for i, row in enumerate(run.entries) for entry in row]
    output = graph.outputs[next((i for i, number in numbers if math.isinf(float(number))), 0)]
    said = "the result exceeds the largest float, about 1.8e308"
    return RangeError(said, graph.spans[output], hint=unlimited()).located(graph.text, problem.origin)


def _rounded(ball: Any, unbounded: bool = False) -> float:
    """The nearest float. Raises OverflowError beyond the largest, unless it is *unbounded*."""
    number = float(ball)
    if math.isinf(number) and not unbounded:
        raise OverflowError
    return number + 0.0


def solve_inside(problem: Problem, question: Question) -> Solution:
    """As `solve`, for entries that are numbers inside the formula, which may exceed a float although no result does."""
    try:
        return solve(problem, question)
    except RangeError as fault:
        if problem.precision != FLOATS:
            raise
        run = _sure(problem, question, CAREFUL_DIGITS - GUARD, exact=False)
        if not all(math.isfinite(value) for value in run.values):
            raise fault from None
    said = Notice("range", f"{RANGE} here; computed with {run.digits:,} digits")
    rows = [[problem.reported(x.mid) for x in row] for row in run.entries]
    return Solution([problem.reported(x.mid) for x in run.values], rows, [said, *run.notices])


class Run:
    """A run on balls: the outputs' values and the derivatives, with so many digits."""

    def __init__(self, problem: Problem, question: Question, arithmetic: Balls, *, exact: bool) -> None:
        from adcli.arithmetic.ball import Undecided

        self.digits = arithmetic.digits
        self.arithmetic = arithmetic
        self.work = Work(problem, arithmetic, problem.point(arithmetic, exact=exact))
        self.blamed: Fault | None = None
        try:
            entries = question.entries(self.work)
        except Fault as fault:
            rows, columns = question.shape(problem)
            if not rows or isinstance(fault.cause, Undecided):
                raise
            self.blamed = fault
            entries = [[arithmetic.context.nan] * columns for _ in range(rows)]
        kinks(self.work)  # which may be undecided
        self.values = [arithmetic.ball(value) for value in self.work.values]
        self.entries = [[arithmetic.ball(entry) for entry in row] for row in entries]
        self.notices: list[Notice] = []

    @property
    def numbers(self) -> list[Any]:
        """All numbers asked for."""
        return [*self.values, *(entry for row in self.entries for entry in row)]


def _sure(problem: Problem, question: Question, digits: int, *, exact: bool) -> Run:
    """A run in which every number asked for is known to *digits* digits, or cannot be told from 0.

    Raises UndecidedError.
    """
    return _explained(problem, question, told(problem, question, digits, exact=exact), exact=exact)


def told(
    problem: Problem,
    question: Question,
    digits: int,
    *,
    exact: bool,
    lacking: Callable[[Ball], float] | None = None,
    limit: int = MOST_DIGITS,
) -> Run:
    """A run in which the numbers are known to *digits* digits, by the chain rule alone: some may not be finite, or
    follow a convention at a kink.

    The working precision grows until it is so, *lacking* no number any bits, up to a *limit* of digits. Raises
    UndecidedError.
    """
    from adcli.arithmetic.ball import Undecided
    from adcli.arithmetic.balls import balls

    most = _most_digits(problem, digits, limit)
    working = max(digits + GUARD, CAREFUL_DIGITS)
    as_floats = problem.precision == FLOATS and not exact
    floor = TOO_SMALL if as_floats else -math.inf
    bits = FLOAT_BITS if as_floats and digits <= CAREFUL_DIGITS - GUARD else math.ceil((digits + 1) * math.log2(10))
    if lacking is None:

        def lacking(x: Ball) -> float:
            return x.lacking(bits) if x.reach >= floor else -math.inf

    while True:
        arithmetic = balls(working)
        wanted = GROWTH * working
        try:
            run = Run(problem, question, arithmetic, exact=exact)
            missing = max(map(lacking, run.numbers), default=0)
            if missing <= 0 or (working >= most and all(x.told(bits) or x.vanishes for x in run.numbers)):
                return run
            if math.isfinite(missing):
                wanted = working + math.ceil(missing / math.log2(10)) + GUARD
                if missing > bits:  # a number is not told from 0, and more than this may be missing
                    wanted = max(wanted, 2 * working)
            if working >= most:
                raise _untold(problem, run, bits)
        except (Fault, Undecided) as fault:
            from adcli.derivatives.refusals import located, undecided

            if isinstance(fault, Fault) and not isinstance(fault.cause, Undecided):
                raise located(problem, fault, arithmetic, problem.point(arithmetic, exact=exact)) from fault
            if working >= most:
                raise undecided(problem, fault.node if isinstance(fault, Fault) else -1, working) from fault
        working = min(wanted, most)


def _most_digits(problem: Problem, digits: int, limit: int) -> int:
    """How many digits are tried at most: fewer of programs with much work."""
    ops = problem.graph.ops
    work = sum(op.flops >= 10 for op in ops) + len(ops) // 20
    most = limit * min(1.0, math.sqrt(MOST_WORK / max(work, 1)))
    if any(op.flops >= 40 for op in ops):
        most /= 8
    return max(int(most), 3 * (digits + GUARD))


def _untold(problem: Problem, run: Run, bits: int) -> AdcliError:
    """The user's error for a number that is not known."""
    from adcli.derivatives.refusals import UNTOLD, shown, unknown

    graph = problem.graph
    values = run.work.tape.values
    for node, op, args in run.work.tape.steps:
        numbers = [run.arithmetic.ball(values[a]) for a in args if not isinstance(values[a], bool)]
        if op.boolean or isinstance(values[node], bool) or any(x.vanishes for x in numbers):
            continue
        if all(x.told(bits) for x in numbers) and not (x := run.arithmetic.ball(values[node])).told(bits):
            if not x.vanishes and any(x.size > bits for x in numbers):
                return unknown(problem, node, run.digits)
            break
    for node, value in zip(graph.outputs, run.values, strict=True):
        if not (value.told(bits) or value.vanishes):
            what, span = shown(problem, node), graph.spans[node]
            break
    else:
        what, span = "the derivative", graph.spans[graph.outputs[0]]
    return UndecidedError(f"{what} cannot be told from a pole with {run.digits:,} digits", span, hint=UNTOLD).located(
        graph.text, problem.origin
    )


def _explained(problem: Problem, question: Question, run: Run, *, exact: bool) -> Run:
    """The run with limits for what the chain rule leaves undetermined, with derivatives at kinks that cancel, and with
    what is to be said of them."""
    said = _limits(problem, question, run, exact=exact)
    rows, more = settled(run.work, question, run.entries)
    run.entries = [[run.arithmetic.found(entry) for entry in row] for row in rows]
    run.notices = [*said, *more]
    return run


def _limits(problem: Problem, question: Question, run: Run, *, exact: bool) -> list[Notice]:
    """Seek the entries that the chain rule leaves undetermined as limits, and say so."""
    if all(entry.finite for row in run.entries for entry in row):
        return []
    from adcli.derivatives.limits import Absent, Rays, beside_poles, disagreeing, sought
    from adcli.derivatives.refusals import ENDS, brief, infinite, located, pole, shown, undetermined

    context, tape, blamed = run.arithmetic.context, run.work.tape, run.blamed
    node = pole(problem, tape, run.work.sources) if blamed is None else blamed.node
    if any(context.isinf(entry.mid) for row in run.entries for entry in row):
        raise infinite(problem, tape, node)
    places = [(i, j) for i, row in enumerate(run.entries) for j, entry in enumerate(row) if not entry.finite]
    rays = Rays(problem)
    found = sought(rays, question, places, context.one)
    for (i, j), entry in found.items():
        if isinstance(entry, Absent):
            if blamed is not None:
                point = problem.point(run.arithmetic, exact=exact)
                raise located(problem, blamed, run.arithmetic, point) from blamed
            raise undetermined(problem, tape, node, entry.why)
        if rays.one_sided and not beside_poles(rays, question, (i, j), run.work, entry):
            slope = brief(rays.middle(entry))
            raise undetermined(problem, tape, node, f"{ENDS}, with the one-sided derivative {slope}")
        run.entries[i][j] = run.arithmetic.found(rays.number(entry, context.one))
    here, span = shown(problem, node), problem.graph.spans[node]
    what = f"the chain rule meets 0 × ∞ at {here}" if blamed is None else f"the rule for {here} has no value there"
    reals = {place: entry for place, entry in found.items() if not isinstance(entry, Absent)}
    crooked = disagreeing(rays, question, reals)
    if crooked is None and not rays.one_sided:
        return [Notice("limit", f"{what}; the derivative exists, as the function says on both sides", span)]
    if crooked is None and problem.kinks != "error":
        return [Notice(ONE_SIDED, f"{what}; the derivative is one-sided: {ENDS}", span)]
    if problem.kinks == "error":
        raise undetermined(problem, tape, node, ENDS if crooked is None else crooked.why)
    assert crooked is not None
    return [Notice("kink", f"{what}; the derivatives by the inputs exist, but {crooked.why}", span)]


def _alike(a: Solution, b: Solution) -> bool:
    """Whether two answers in floats are the same but for rounding."""
    pairs = [*zip(a.values, b.values, strict=True)]
    for left, right in zip(a.entries, b.entries, strict=True):
        pairs.extend(zip(left, right, strict=True))
    return all(math.isclose(x, y, rel_tol=1e-10, abs_tol=TINY) for x, y in pairs)


def _plus_zero(x: float) -> float:
    """The same number, with -0.0 as 0.0."""
    return x + 0.0
