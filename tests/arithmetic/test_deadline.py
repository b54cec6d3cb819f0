"""The clock of a witness: what takes too long is stopped, and nothing else is."""

from __future__ import annotations

import signal
import threading
from contextlib import nullcontext, suppress
from time import process_time

import pytest

from adcli.arithmetic import deadline
from adcli.arithmetic.deadline import Budget, Clock, Late, within

needs_clock = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no such clock")


def busy(seconds: float) -> None:
    until = process_time() + seconds
    while process_time() < until:
        pass


@needs_clock
def test_what_takes_longer_is_stopped_whatever_it_takes_for_an_answer() -> None:
    """A witness that goes on after every failure does not go on after this one."""
    with pytest.raises(Late), within(0.01), suppress(Exception):
        busy(5)


@needs_clock
def test_whoever_does_not_listen_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the work ends; a clock of 0 would never ring again."""
    assert deadline.AGAIN > 0
    monkeypatch.setattr(deadline, "AGAIN", 0.01)
    heard = 0
    with within(0.01):
        while heard < 3:
            try:
                busy(5)
            except Late:
                heard += 1
            else:
                break
    assert heard == 3


@needs_clock
@pytest.mark.parametrize("late", [False, True])
def test_the_clock_is_as_it_was_afterwards(late: bool) -> None:
    """Whether the work ended in time or not."""
    before = signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
    try:
        with suppress(Late), within(0.02):
            busy(5 if late else 0)
        assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
        assert signal.getsignal(signal.SIGVTALRM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGVTALRM, before)


@needs_clock
def test_a_clock_that_is_in_use_is_left_to_its_user() -> None:
    """The inner limit is none, and the outer one stays."""
    with within(60):
        with within(0.01):
            busy(0.05)
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 1
        assert signal.getsignal(signal.SIGVTALRM) is deadline._late


@needs_clock
def test_a_clock_that_rings_once_is_in_use_too() -> None:
    """Whoever set it has not asked for a second time."""
    before = signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, 60)
        with within(0.01):
            busy(0.05)
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 1
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_other_threads_have_no_clock() -> None:
    """There the work is done without one."""
    done: list[bool] = []

    def work() -> None:
        with within(0.01):
            busy(0.05)
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done


def test_a_budget_is_spent_by_all_that_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    """A share is one of what is left; of nothing left nothing is tried."""
    now = 5.0
    limits: list[float] = []

    def limited(seconds: float) -> nullcontext[None]:
        limits.append(seconds)
        return nullcontext()

    monkeypatch.setattr(deadline, "process_time", lambda: now)
    monkeypatch.setattr(deadline, "within", limited)
    budget = Budget(10)
    with budget.within():
        now = 9.0
    with budget.within(0.5):
        now = 14.5
    with budget.within():
        now = 15.0
    with pytest.raises(Late), budget.within():
        limits.append(-1)
    assert limits == [10, 3, 0.5]


def test_a_budget_says_how_much_it_was() -> None:
    """In seconds."""
    assert [str(Budget(seconds)) for seconds in (0.5, 1, 3.0)] == ["0.5 seconds", "1 second", "3 seconds"]


def test_a_clock_is_late_once_somebody_asked_behind_its_end() -> None:
    """Stages share the time that is left, and a stage's end is not the clock's."""
    clock = Clock(float("inf"))
    assert not clock.over
    assert not clock.late
    clock = Clock(1000)
    with clock.stage(0):
        assert clock.over
    assert clock.late
    assert not clock.over


@needs_clock
def test_a_single_pass_is_stopped_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A little later than the clock, and at once where that is over, too."""
    monkeypatch.setattr(deadline, "GRACE", 0.01)
    clock = Clock(0)
    for _ in range(2):
        with pytest.raises(Late), clock.single():
            busy(5)
    assert clock.late
