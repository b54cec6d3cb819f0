"""What threads do not share, since mpmath's functions change the precision of their context while they compute; and
what forked processes do: locks that nobody holds, modules that are whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from threading import RLock, local
from typing import Any, Generic, TypeVar

T = TypeVar("T")
MOST_KEPT = 32
"""Arithmetics that a thread keeps; beyond, the oldest is forgotten."""


class PerThread(local, Generic[T]):
    """Arithmetics by their digits, each made once in each thread: compiled rules are kept in it."""

    def __init__(self, make: Callable[[int], T]) -> None:
        self.make = make
        self.kept: dict[int, T] = {}

    def __call__(self, digits: int) -> T:
        """This thread's arithmetic of *digits* digits."""
        found = self.kept.get(digits)
        if found is None:
            while len(self.kept) >= MOST_KEPT:
                del self.kept[next(iter(self.kept))]
            found = self.kept[digits] = self.make(digits)
        return found

    def forget(self) -> None:
        """Forget this thread's: for tests that change rules."""
        self.kept.clear()


def free_at_forks(lock: Any) -> Any:
    """A lock that is free in forked processes: a fork waits for it. One held by a thread that the child has not would
    be waited for without end."""
    if hasattr(os, "register_at_fork"):

        def release() -> None:
            lock.__exit__(None, None, None)

        os.register_at_fork(before=lock.__enter__, after_in_parent=release, after_in_child=release)
    return lock


_importing = free_at_forks(RLock())


def imported(name: str) -> Any:
    """The module of that name. A fork waits for it: a child would wait without end for one that is half there."""
    with _importing:
        return import_module(name)
