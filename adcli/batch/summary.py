"""What became of the rows: how many have no result, or follow a convention, and why."""

from __future__ import annotations

from typing import Any

from adcli.batch.files.batches import Batch
from adcli.errors import Span
from adcli.records import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """Why some rows have no result, or follow a convention: the first of them says it, `count` have the same cause."""

    message: str
    first: str
    count: int
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the rows. `failures` are those without a result, `kinks` those where a derivative follows a
    convention; `skipped` says that the failures were left out, `declined` why another engine did the work than the one
    that was chosen."""

    rows: int
    engines: tuple[str, ...]
    threads: int
    failures: tuple[Cause, ...]
    kinks: tuple[Cause, ...]
    skipped: bool = False
    declined: str = ""

    @property
    def failed(self) -> int:
        """How many rows have no result."""
        return sum(cause.count for cause in self.failures)


class Causes:
    """Counts rows by cause while they pass."""

    def __init__(self) -> None:
        self.counts: dict[Any, int] = {}
        self.firsts: dict[Any, tuple[str, str, Span | None]] = {}

    def add(self, key: Any, message: str, batch: Batch, first: int, span: Span | None = None, count: int = 1) -> None:
        """Count *count* rows, of which the one at *first* in its batch is the first."""
        if key not in self.counts:
            self.firsts[key] = (message, batch.row(first), span)
        self.counts[key] = self.counts.get(key, 0) + count

    def merge(self, other: Causes) -> None:
        """Count other rows too."""
        for key, count in other.counts.items():
            self.firsts.setdefault(key, other.firsts[key])
            self.counts[key] = self.counts.get(key, 0) + count

    def causes(self) -> tuple[Cause, ...]:
        """What was counted, in order of first appearance."""
        return tuple(Cause(message, row, self.counts[key], span) for key, (message, row, span) in self.firsts.items())
