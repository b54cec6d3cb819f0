"""Limits to processor time: what SymPy, mpmath, and functions on wide intervals do cannot be counted in advance."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from math import inf
from time import process_time
from typing import NoReturn

AGAIN = 1.0
"""Seconds after which it is said again, where somebody did not listen."""

GRACE = 1.0
"""Seconds by which a pass may exceed a clock."""


class Budget:
    """So many seconds of processor time for several pieces of work."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = process_time() + seconds

    def __str__(self) -> str:
        return f"{self.seconds:g} second{'' if self.seconds == 1 else 's'}"

    @contextmanager
    def within(self, share: float = 1) -> Iterator[None]:
        """Raise Late in what takes more than this share of what is left."""
        left = share * (self._until - process_time())
        if left <= 0:
            raise Late
        with within(left):
            yield


class Clock:
    """Processor time for stages of work that each have a valid answer at any time, only not a sharp one.

    Stages end when `over` says so; a pass that began may take GRACE longer, so that each has some answer.
    """

    def __init__(self, seconds: float) -> None:
        self.late = False
        self._until = process_time() + seconds
        self._end = self._until

    @property
    def over(self) -> bool:
        """Whether the stage shall end; it is `late` then."""
        if process_time() < self._until:
            return False
        self.late = True
        return True

    @contextmanager
    def stage(self, share: float) -> Iterator[None]:
        """A stage that has this share of the time that is left."""
        now = process_time()
        self._until = now + share * max(0.0, self._end - now)
        try:
            yield
        finally:
            self._until = self._end

    @contextmanager
    def single(self) -> Iterator[None]:
        """Raise Late in a single pass that does not end."""
        left = self._until + GRACE - process_time()
        try:
            if left <= 0:
                raise Late
            with within(left) if left < inf else nullcontext():
                yield
        except Late:
            self.late = True
            raise


class Late(BaseException):
    """The time is over. No Exception: whoever takes every failure of a witness for an answer shall not take this."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise Late in what takes longer: in the main thread, on systems with such a clock, if nobody else uses it."""
    if (
        threading.current_thread() is not threading.main_thread()
        or not hasattr(signal, "setitimer")
        or signal.getitimer(signal.ITIMER_VIRTUAL)[0]
    ):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _late)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _late(*_: object) -> NoReturn:
    raise Late
