"""The ways to differentiate, side by side at one point: by hand, by differences, by formulas, automatically.

The truth they are measured against is the derivative to 50 digits, of the inputs' doubles. So the table tells what
each way costs and how many digits it keeps: forward differences about half of them, central differences two thirds,
the others nearly all (Baydin et al. 2018, sec. 2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any, ClassVar

from adcli.arithmetic.doubles import doubles
from adcli.derivatives.answers import gradient
from adcli.derivatives.questions import Matrix, Work
from adcli.derivatives.recompute import recompute
from adcli.derivatives.solver import solve
from adcli.errors import AdcliError, UsageError
from adcli.language.sympy.definitions import Unreadable
from adcli.modes import Fault, evaluate
from adcli.problem.problem import Problem, check_output
from adcli.problem.values import FLOATS
from adcli.results import Number, Result
from adcli.studies.compare.manual import DIGITS, Manual, Mistake, digits_of, distance
from adcli.studies.compare.stopwatch import side_by_side
from adcli.studies.compare.ways import CENTRAL_STEP, COMPLEX_STEP, FORWARD_STEP, Moved, SymPyFormulas
from adcli.studies.cost.cost import MAX_SYMBOLIC
from adcli.studies.cost.tally import Tally

STEPS = tuple(10.0 ** (-k / 2) for k in range(2, 33))
"""Steps tried, from 0.1 to 1e-16, relative to max(1, |x|)."""
MAX_TRIED = 1_000_000
"""The best step is not sought where the differences for all steps would take more operations than this."""
MAX_RUN = 2_000_000
"""A way that would take more operations than this is not tried."""
COMPLEX_WEIGHT = 8
"""An operation on complex numbers counts as so many on floats there."""


@dataclass(frozen=True, kw_only=True)
class Best:
    """A difference with the step that turned out best."""

    step: float
    gradient: dict[str, Number]
    max_rel_error: float
    digits: int


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way: its gradient, how far it is from the truth in the worst entry, and what it takes.

    `evaluations` are those of the function, `operations` all operations performed, `seconds` the time of a whole
    gradient. `step` is that of the gradient, by default; `best` tells what the best step gives. Where a way is
    not possible, `reason` says why and the rest is None.
    """

    name: str
    gradient: dict[str, Number] | None = None
    max_rel_error: float | None = None
    digits: int | None = None
    evaluations: int | None = None
    operations: int | None = None
    seconds: float | None = None
    step: float | None = None
    best: Best | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """The largest relative error of each difference with one step; None where it has no value."""

    step: float
    forward_difference: float | None
    central_difference: float | None
    complex_step: float | None


@dataclass(frozen=True, kw_only=True)
class Comparison(Result):
    """The ways side by side. `seconds` is the time of one evaluation of the function."""

    command: ClassVar[str] = "compare"

    output: str
    value: Number
    truth: dict[str, str]
    methods: tuple[Method, ...]
    seconds: float
    mistakes: tuple[Mistake, ...] | None = None
    steps: tuple[Step, ...] | None = None


def compare(asked: Problem, *, manual: Mapping[str, Any] | None = None, steps: bool = False) -> Comparison:
    """Differentiate the only output of *asked* in every way. *manual* are formulas by the names of inputs.

    *steps* adds the error of the differences for many steps. Raises UsageError, and the errors of `gradient`.
    """
    if asked.precision != FLOATS:
        raise UsageError("compare is about floats: leave out --precision", hint=f"the truth has {DIGITS} digits anyway")
    check_output(asked, "compare")
    if not asked.wrt:
        raise UsageError("there is nothing to differentiate by: the formula has no variable")
    found = gradient(asked, mode="reverse")
    exact = recompute(asked, found, DIGITS)
    bench = _Bench(asked, exact.gradient)
    manually = Manual(asked, manual, exact.gradient) if manual else None
    if manually is not None:
        bench.manual(manually)
    bench.differences()
    bench.complex_step()
    bench.symbolic()
    bench.automatic()
    mistakes = None if manually is None else manually.mistakes()
    return Comparison(
        **asked.shared(found.warnings),
        check=None if manually is None or mistakes is None else manually.check(mistakes),
        output=found.output,
        value=found.value,
        truth={name: digits_of(number) for name, number in exact.gradient.items()},
        methods=bench.timed(),
        seconds=bench.seconds["evaluation"],
        mistakes=mistakes,
        steps=tuple(bench.steps()) if steps else None,
    )


class _Bench:
    """The ways in turn, each held against the truth."""

    def __init__(self, asked: Problem, truth: Mapping[str, Number]) -> None:
        self.asked = asked
        self.truth = truth
        self.found: list[dict[str, Any]] = []
        self.tally = Tally(asked)
        self.seconds: dict[str, float] = {}
        self.arithmetic = doubles()
        self.point = asked.point(self.arithmetic)
        self._ways: dict[str, Callable[[], Any]] = {"evaluation": self._evaluation}
        try:
            self.moved: Moved | None = Moved(asked)
        except Fault:
            self.moved = None

    # The ways

    def manual(self, manual: Manual) -> None:
        entries = manual.entries()
        if entries is None:
            self._refused("manual", "a formula has no value at this point")
            return
        self._add("manual", entries, evaluations=0, operations=manual.operations)
        self._ways["manual"] = manual.entries

    def differences(self) -> None:
        n = len(self.asked.wrt)
        once = self.tally.performed.total()
        for name, step, evaluations in (
            ("forward-difference", FORWARD_STEP, n + 1),
            ("central-difference", CENTRAL_STEP, 2 * n),
        ):
            if self._too_many(name, evaluations):
                continue
            gradient = self._difference(name, step)
            best = self._best(name, step)
            if gradient is None:
                self._refused(name, "the function has no value beside this point", best=best)
                continue
            self._add(
                name, gradient, evaluations=evaluations, operations=evaluations * once + 3 * n, step=step, best=best
            )
            self._ways[name] = partial(self._difference, name, step)

    def complex_step(self) -> None:
        from adcli.arithmetic.complexes import Impossible

        name = "complex-step"
        n = len(self.asked.wrt)
        if self._too_many(name, n, weight=COMPLEX_WEIGHT):
            return
        if self.moved is None:
            self._refused(name, "floats have no value at this point")
            return
        try:
            gradient = self._named(self.moved.complex())
        except Fault as fault:
            cause = fault.cause
            if isinstance(cause, Impossible):
                op = cause.op
                self._refused(name, f"not possible: {op.symbol or op.name} means nothing at complex numbers")
            else:
                self._refused(name, "the function has no value at the complex numbers beside this point")
            return
        self._add(name, gradient, evaluations=n, operations=n * (self.tally.performed.total() + 1), step=COMPLEX_STEP)
        self._ways[name] = self.moved.complex

    def symbolic(self) -> None:
        name = "symbolic"
        values = self.moved.values if self.moved is not None else None
        try:
            if values is None:
                raise Unreadable("floats have no value at this point")
            written = SymPyFormulas(self.asked, MAX_SYMBOLIC)
            gradient = self._named(written.entries(values))
        except Unreadable as error:
            self._refused(name, str(error))
            return
        except (Fault, AdcliError):
            self._refused(name, "SymPy's formula has no value at this point")
            return
        self._add(name, gradient, evaluations=0, operations=written.operations)
        self._ways[name] = partial(written.entries, values)

    def automatic(self) -> None:
        once = self.tally.performed.total()
        n = len(self.asked.wrt)
        for mode, one_hot, dense in (
            ("forward", self.tally.columns(), n * self.tally.ahead.total()),
            ("reverse", self.tally.rows(), self.tally.back.total()),
        ):
            if mode == "forward" and self._too_many(mode, n, "sweeps"):
                continue
            found = gradient(self.asked, mode=mode).gradient
            swept = dense if one_hot is None else one_hot.total()
            self._add(mode, found, evaluations=1, operations=once + swept)
            self._ways[mode] = partial(self._swept, Matrix(mode))

    # What came of them

    def steps(self) -> list[Step]:
        """The error of each difference for each step."""
        tried: list[Step] = []
        for step in STEPS:
            errors = {name: self._error_at(name, step) for name in ("forward-difference", "central-difference")}
            tried.append(
                Step(
                    step=step,
                    forward_difference=errors["forward-difference"],
                    central_difference=errors["central-difference"],
                    complex_step=self._error_at("complex-step", step),
                )
            )
        return tried

    def timed(self) -> tuple[Method, ...]:
        """The methods, with the times of all of them side by side."""
        self.seconds = side_by_side(self._ways)
        return tuple([Method(**method, seconds=self.seconds.get(method["name"])) for method in self.found])

    def _evaluation(self) -> None:
        with suppress(Fault):  # where floats fail, mpmath took over before
            evaluate(self.asked.graph, self.arithmetic, self.point)

    def _swept(self, question: Matrix) -> None:
        """The sweeps alone where floats answer, else all that it took."""
        try:
            question.entries(Work(self.asked, self.arithmetic, self.point))
        except Fault:
            solve(self.asked, question)

    def _add(self, name: str, gradient: Mapping[str, Number], **what: Any) -> None:
        error, digits = self._error(gradient)
        self.found.append({"name": name, "gradient": dict(gradient), "max_rel_error": error, "digits": digits, **what})

    def _too_many(self, name: str, runs: int, what: str = "evaluations", weight: int = 1) -> bool:
        """Whether a way would take long; it is refused then."""
        size = len(self.tally.tape.steps)
        refused = runs * size * weight > MAX_RUN
        if refused:
            self._refused(name, f"not tried: {runs:,} {what} of {size:,} operations are too many")
        return refused

    def _refused(self, name: str, reason: str, **what: Any) -> None:
        self.found.append({"name": name, "reason": reason, **what})

    def _named(self, rows: Sequence[Sequence[float]]) -> dict[str, Number]:
        return {name: entry for (name, _), entry in zip(self.asked.wrt, rows[0], strict=True)}

    def _difference(self, name: str, step: float) -> dict[str, Number] | None:
        if self.moved is None:
            return None
        ways = {
            "forward-difference": self.moved.forward,
            "central-difference": self.moved.central,
            "complex-step": self.moved.complex,
        }
        try:
            return self._named(ways[name](step))
        except (Fault, ArithmeticError):
            return None

    def _error_at(self, name: str, step: float) -> float | None:
        gradient = self._difference(name, step)
        return None if gradient is None else self._error(gradient)[0]

    def _best(self, name: str, default: float) -> Best | None:
        """The difference with the best of STEPS and the default."""
        evaluations = 3 * len(self.asked.wrt) * len(STEPS)
        if evaluations * len(self.tally.tape.steps) > MAX_TRIED:
            return None
        tried = [(step, self._difference(name, step)) for step in (*STEPS, default)]
        usable = [(*self._error(found), step, found) for step, found in tried if found is not None]
        if not usable:
            return None
        error, digits, step, found = min(usable, key=lambda one: one[0])  # the largest step of equally good ones
        return Best(step=step, gradient=found, max_rel_error=error, digits=digits) if isfinite(error) else None

    def _error(self, gradient: Mapping[str, Number]) -> tuple[float, int]:
        """The largest relative error of the entries, and the digits that are right in all of them."""
        return distance({name: self.truth[name] for name in gradient}, gradient, self.truth.values())


__all__ = ["Best", "Comparison", "Method", "Mistake", "Step", "compare"]
