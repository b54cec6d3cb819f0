"""From a problem to numbers: floats first, and mpmath where floats cannot tell.

Floats answer nearly every question. They cannot where a value overflows or underflows on the way to an
ordinary result, where a partial has a pole, at a domain's edge. There the same sweeps run on mpmath's
numbers, from the same doubles, and either give the answer (rounded once, with a notice) or refuse at a
place in the text: a domain, a range, an infinite or undetermined derivative.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from adcli.arithmetic.doubles import TINY, GuardedDoubles, doubles
from adcli.derivatives.kinks import settled
from adcli.derivatives.questions import Question, Work
from adcli.errors import RangeError
from adcli.graph import is_zero
from adcli.modes import Fault
from adcli.problem.problem import Problem
from adcli.problem.values import FLOATS, UNLIMITED
from adcli.results import Notice, Number

if TYPE_CHECKING:
    from adcli.arithmetic.multiprecision import Multiprecision

CAREFUL_DIGITS = 40
"""Digits with which a point is recomputed where floats leave their range or meet a pole."""
ATTEMPTS = 4
"""How often the working precision is raised until the digits asked for stand still."""


Rows = tuple[tuple[Number, ...], ...]


class Answer:
    """The numbers found: the outputs' values, the derivatives in rows, and what a user should know of them."""

    __slots__ = ("entries", "notices", "values")

    def __init__(self, values: Iterable[Number], entries: Iterable[Iterable[Number]], notices: list[Notice]) -> None:
        self.values = tuple(values)
        self.entries: Rows = tuple(tuple(row) for row in entries)
        self.notices = notices


def solve(problem: Problem, question: Question) -> Answer:
    """Answer *question* with the precision that *problem* asks for.

    Raises DomainError, RangeError, UndeterminedError, KinkError, each with its place in the program.
    """
    if problem.precision != FLOATS:
        return solve_precisely(problem, question, problem.precision, exact=True)
    trouble = -1
    fast: Answer | None = None
    try:
        arithmetic = doubles()
        work = Work(problem, arithmetic, problem.point(arithmetic))
        entries = question.entries(work)
        trouble = _suspect(problem, question, work)
        if trouble < 0 or _finite(work.values, entries):
            fast = Answer(map(_plus_zero, work.values), [map(_plus_zero, row) for row in entries], [])
        if trouble < 0 and fast is not None:
            rows, notices = settled(work, question, fast.entries)
            return Answer(fast.values, rows, notices)
    except Fault as fault:
        trouble = fault.node
    return _carefully(problem, question, fast, trouble)


def solve_precisely(problem: Problem, question: Question, digits: int, *, exact: bool) -> Answer:
    """Answer *question* to *digits* digits: the working precision grows until they stand still.

    *exact* takes the inputs as they were written, otherwise as doubles.
    """
    from adcli.arithmetic.multiprecision import multiprecision

    context = multiprecision(digits).context
    earlier: list[Any] | None = None
    working = digits + 10
    doubted = False
    for attempt in range(ATTEMPTS):
        wide = multiprecision(working)
        work, entries, notices = _run_wide(problem, question, wide, exact=exact)
        numbers = [*work.values, *(entry for row in entries for entry in row)]
        if earlier is not None:
            close = wide.context.mpf(10) ** -digits
            still = [abs(a - b) <= close * abs(b) for a, b in zip(earlier, numbers, strict=True)]
            if all(still):
                if doubted or all(numbers):
                    break
                # A zero stands still although it may only be small, as log(1 + exp(-250)) is: look far beyond.
                doubted, working = True, 5 * working
            if attempt == ATTEMPTS - 1:
                # What shrinks with the working precision is rounding alone: the number is 0.
                numbers = [
                    b if fine or abs(b) > close * abs(a) else wide.context.zero
                    for a, b, fine in zip(earlier, numbers, still, strict=True)
                ]
        earlier, working = numbers, 2 * working
    count = len(work.values)
    width = len(entries[0]) if entries else 0
    rows = [numbers[count + i * width : count + (i + 1) * width] for i in range(len(entries))]
    rows, said = settled(work, question, rows)
    return Answer(
        [+context.mpf(x) for x in numbers[:count]],
        [[+context.mpf(x) for x in row] for row in rows],
        [*notices, *said],
    )


def _carefully(problem: Problem, question: Question, fast: Answer | None, trouble: int) -> Answer:
    """The answer by mpmath from the same doubles, rounded once.

    *fast* is what floats gave, *trouble* the node where they failed.
    """
    from adcli.arithmetic.multiprecision import multiprecision

    wide = multiprecision(CAREFUL_DIGITS)
    try:
        work, entries, notices = _run_wide(problem, question, wide, exact=False)
    except RangeError:
        if fast is not None:
            return fast
        raise
    entries, said = settled(work, question, entries)
    notices += [notice for notice in said if notice.kind == "limit"]
    try:
        values = [wide.rounded(x) for x in work.values]
        rows = [[wide.rounded(x) for x in row] for row in entries]
    except OverflowError:
        raise RangeError(
            "the result exceeds the largest float, about 1.8e308",
            problem.graph.spans[problem.graph.outputs[0]],
            hint=UNLIMITED,
        ).located(problem.graph.text, problem.origin) from None
    answer = Answer(values, rows, notices)
    if fast is not None and not notices and _alike(fast, answer):
        answer = fast
    elif not notices:
        span = problem.graph.spans[trouble]
        answer.notices.append(
            Notice("range", f"floats leave their range here; recomputed with {CAREFUL_DIGITS} digits", span)
        )
    answer.notices.extend(notice for notice in said if notice.kind != "limit")
    return answer


def reported(value: Any, precision: int) -> Number:
    """A number inside a formula as results report it: a float wherever it is one, else an mpf of *precision* digits."""
    if isinstance(value, float):
        return value + 0.0
    from adcli.arithmetic.multiprecision import multiprecision

    if precision == FLOATS:
        near = float(value)
        if math.isfinite(near) and (near or not value):
            return near
    return +multiprecision(precision).context.mpf(value)


def solve_inside(problem: Problem, question: Question) -> Answer:
    """As `solve`, for entries that are numbers inside the formula, which may exceed a float although no result does."""
    try:
        return solve(problem, question)
    except RangeError as fault:
        if problem.precision != FLOATS:
            raise
        from adcli.arithmetic.multiprecision import multiprecision

        work, entries, notices = _run_wide(problem, question, multiprecision(CAREFUL_DIGITS), exact=False)
        if not all(math.isfinite(value) for value in work.values):
            raise fault from None
    said = Notice("range", f"floats leave their range here; computed with {CAREFUL_DIGITS} digits")
    entries, more = settled(work, question, entries)
    rows = [[reported(x, FLOATS) for x in row] for row in entries]
    return Answer([reported(x, FLOATS) for x in work.values], rows, [said, *notices, *more])


def _run_wide(
    problem: Problem, question: Question, wide: Multiprecision, *, exact: bool
) -> tuple[Work, list[list[Any]], list[Notice]]:
    """One run on mpmath's numbers; entries that the chain rule leaves undetermined are sought as limits."""
    point = problem.point(wide, exact=exact)
    blamed: Fault | None = None
    try:
        work = Work(problem, wide, point)
        try:
            entries = question.entries(work)
        except Fault as fault:
            blamed = fault
            rows, columns = question.shape(problem)
            entries = [[wide.context.nan] * columns for _ in range(rows)]
    except Fault as fault:
        from adcli.derivatives.refusals import located

        raise located(problem, fault, wide, point) from fault
    if all(wide.context.isfinite(entry) for row in entries for entry in row):
        return work, entries, []
    from adcli.derivatives.limits import Absent, Rays, disagreeing, sought
    from adcli.derivatives.refusals import infinite, located, pole, shown, undetermined

    node = pole(problem, work.tape, work.sources) if blamed is None else blamed.node
    if any(wide.context.isinf(entry) for row in entries for entry in row):
        raise infinite(problem, work.tape, node)
    places = [(i, j) for i, row in enumerate(entries) for j, entry in enumerate(row) if wide.context.isnan(entry)]
    rays = Rays(problem)
    found = sought(rays, question, places, wide.context.one)
    for (i, j), entry in found.items():
        if isinstance(entry, Absent):
            if blamed is not None:
                raise located(problem, blamed, wide, point) from blamed
            raise undetermined(problem, work.tape, node, entry.why)
        entries[i][j] = rays.number(entry, wide.context.one)
    here = shown(problem, node)
    what = f"the chain rule meets 0 × ∞ at {here}" if blamed is None else f"the rule for {here} has no value there"
    crooked = disagreeing(
        rays, question, {place: entry for place, entry in found.items() if not isinstance(entry, Absent)}
    )
    if crooked is not None:
        if problem.kinks == "error":
            raise undetermined(problem, work.tape, node, crooked.why)
        notice = Notice(
            "kink", f"{what}; the derivatives by the inputs exist, but {crooked.why}", problem.graph.spans[node]
        )
        return work, entries, [notice]
    said = f"{what}; the derivative exists, as the function says on both sides"
    return work, entries, [Notice("limit", said, problem.graph.spans[node])]


# What floats cannot be trusted with


def _suspect(problem: Problem, question: Question, work: Work) -> int:
    """The first node at which a float left its range or a derivative may have vanished unseen; -1 if none."""
    tape = work.tape
    nonzero = list(filter(None, tape.values))
    if not math.isfinite(sum(nonzero)):
        for node, value in enumerate(tape.values):
            if value is not None and not math.isfinite(value):
                return node
    if _has_tiny(tape.values, nonzero):
        for node, label in problem.graph.labels.items():
            if abs(tape.values[node] or 0) < TINY and label[-1] in "0123456789." and not is_zero(label):
                return node
        for node, op, args in tape.steps:
            if op.underflows and abs(tape.values[node]) < TINY and not any(tape.values[a] == 0 for a in args):
                return node
    doubtful = False
    for sweep in work.sweeps:
        nonzero = list(filter(None, sweep))
        if not math.isfinite(sum(nonzero)):
            for node, entry in enumerate(sweep):
                if entry is not None and not math.isfinite(entry):
                    return node
        doubtful = doubtful or _has_tiny(sweep, nonzero)
    if doubtful:
        guarded = GuardedDoubles()
        try:
            question.entries(Work(problem, guarded, problem.point(guarded)))
        except Fault as fault:
            return fault.node
    return -1


def _has_tiny(numbers: list[Any], nonzero: list[Any]) -> bool:
    """Whether a number is zero or subnormal; *nonzero* are those that are neither zero nor None."""
    if len(numbers) - numbers.count(None) > len(nonzero):
        return True
    return bool(nonzero) and min(map(abs, nonzero)) < TINY


def _finite(values: Iterable[Any], entries: Iterable[Iterable[Any]]) -> bool:
    return all(map(math.isfinite, values)) and all(math.isfinite(x) for row in entries for x in row)


def _alike(a: Answer, b: Answer) -> bool:
    """Whether two answers in floats are the same but for rounding."""
    pairs = [*zip(a.values, b.values, strict=True)]
    for left, right in zip(a.entries, b.entries, strict=True):
        pairs.extend(zip(left, right, strict=True))
    return all(math.isclose(x, y, rel_tol=1e-10, abs_tol=TINY) for x, y in pairs)


def _plus_zero(x: float) -> float:
    """The same number, with -0.0 as 0.0."""
    return x + 0.0
