"""What is made once in each thread: mpmath's functions change the precision of their context while they compute."""

from __future__ import annotations

from collections.abc import Callable
from threading import local
from typing import Generic, TypeVar

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
