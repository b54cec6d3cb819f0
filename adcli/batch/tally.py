"""What became of the parts of a data set: of one, of some, of all. Tallies of some are joined in any way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, Protocol

from adcli.batch.summary import Causes, Summary
from adcli.errors import AdcliError, DataError


class Outcome(NamedTuple):
    """What became of a part: its rows, and the files or the totals; or the error that it ended with; or, where it is
    large and nothing was done yet, the `groups` of rows that are parts of their own."""

    error: AdcliError | None = None
    summary: Summary | None = None
    failures: Causes | None = None
    kinks: Causes | None = None
    stamp: Mapping[str, Any] = {}
    outputs: Sequence[Mapping[str, Any]] = ()
    left_out: int = 0
    unread: int = 0
    totals: Sequence[int] = ()
    counted: int = 0
    groups: Sequence[tuple[int, int]] = ()


class Tally:
    """What became of some parts."""

    def __init__(self) -> None:
        self.rows = self.left_out = self.unread = self.done = self.skipped = self.counted = 0
        self.engines: dict[str, None] = {}
        self.threads = 1
        self.failures, self.kinks = Causes(), Causes()
        self.errors: list[AdcliError] = []
        self.totals: Sequence[int] = ()
        self.divided: list[Any] = []
        """Parts in whose stead others are to be done."""

    @property
    def parts(self) -> int:
        """How many there were."""
        return self.done + self.skipped + len(self.errors)

    def add(self, outcome: Outcome) -> None:
        """Count what became of a part."""
        if outcome.error is not None:
            self.errors.append(outcome.error)
            return
        assert outcome.summary is not None
        assert outcome.failures is not None
        assert outcome.kinks is not None
        self.done += 1
        self.rows += outcome.summary.rows
        self.left_out += outcome.left_out
        self.unread += outcome.unread
        self.engines.update(dict.fromkeys(outcome.summary.engines))
        self.threads = max(self.threads, outcome.summary.threads)
        self.failures.merge(outcome.failures)
        self.kinks.merge(outcome.kinks)
        self._total(outcome.totals, outcome.counted)

    def merge(self, other: Tally) -> None:
        """Count other parts too."""
        for name in ("rows", "left_out", "unread", "done", "skipped"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.engines.update(other.engines)
        self.threads = max(self.threads, other.threads)
        self.failures.merge(other.failures)
        self.kinks.merge(other.kinks)
        self.errors += other.errors
        self.divided += other.divided
        self._total(other.totals, other.counted)

    def _total(self, totals: Sequence[int], counted: int) -> None:
        if totals:
            self.totals = [a + b for a, b in zip(self.totals or [0] * len(totals), totals, strict=True)]
        self.counted += counted

    def summary(self, skipped: bool) -> Summary:
        """The same of all rows."""
        return Summary(
            self.rows,
            tuple(self.engines) or ("not needed",),
            self.threads,
            self.failures.causes(),
            self.kinks.causes(),
            skipped,
        )


def joined(tallies: Iterable[Tally]) -> Tally:
    """What became of the parts of all of them."""
    found = Tally()
    for tally in tallies:
        found.merge(tally)
    return found


def unfinished(origin: str, fault: BaseException) -> Outcome:
    """What became of a part where those that had it are gone."""
    said = (str(fault).splitlines() or [""])[0]
    return Outcome(DataError(f"{origin}: no worker has finished it: {type(fault).__name__}: {said}"))


def lost(origin: str, fault: BaseException) -> Tally:
    """The same where totals are joined."""
    found = Tally()
    found.add(unfinished(origin, fault))
    return found


Task = Callable[[bytes, Any], Any]


class Told(Protocol):
    """Hears of parts that are done, and of more that there are to do."""

    def __call__(self, done: int, more: int = 0, /) -> None: ...


class Crew(Protocol):
    """Who does parts."""

    workers: float

    def submit(self, task: Task, state: bytes, part: Any) -> Future[Any]:
        """Have a part done somewhere."""

    def total(self, task: Task, state: bytes, parts: Sequence[Any], told: Told) -> Tally:
        """Have parts done of which tallies come, and those joined where they are, in a tree, so that one comes back."""


class Alone:
    """This process, which does one part at a time."""

    workers = 1 / 4

    def submit(self, task: Task, state: bytes, part: Any) -> Future[Any]:
        """Do it here and now."""
        found: Future[Any] = Future()
        found.set_result(task(state, part))
        return found

    def total(self, task: Task, state: bytes, parts: Sequence[Any], told: Told) -> Tally:
        """One after the other."""
        found = Tally()
        for part in parts:
            found.merge(task(state, part))
            told(1)
        return found
