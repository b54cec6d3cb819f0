"""Times of several functions, measured side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

BUDGET = 0.3
"""Seconds that all measurements together may take, but each function is run at least once."""
ROUND = 1e-3
"""Seconds that one measurement should take at least: shorter calls are repeated, and their mean is taken."""
MOST = 1_000


def side_by_side(functions: Mapping[str, Callable[[], Any]]) -> dict[str, float]:
    """Seconds that a call of each function takes: its fastest round.

    The functions take turns, so that whatever else the machine does disturbs all of them alike.
    """
    repeats, best = {}, {}
    for name, function in functions.items():
        start = perf_counter()
        function()
        best[name] = max(perf_counter() - start, 1e-9)
        repeats[name] = max(1, min(MOST, round(ROUND / best[name])))
    end = perf_counter() + BUDGET - sum(best.values())
    for _ in range(MOST):  # even of a clock that stands still
        if perf_counter() >= end:
            break
        for name, function in functions.items():
            start = perf_counter()
            for _ in range(repeats[name]):
                function()
            best[name] = min(best[name], (perf_counter() - start) / repeats[name])
    return best
