"""Wrong rules, to see who notices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from adcli.arithmetic import balls, doubles, multiprecision
from adcli.ops import TABLE, Op


@pytest.fixture
def rewritten() -> Iterator[Any]:
    """Replaces partials of rows of the table, for the time of a test."""
    before: list[tuple[Op, tuple[str | None, ...], tuple[str, ...]]] = []

    def forget() -> None:
        balls.balls.forget()
        multiprecision.multiprecision.forget()
        doubles.doubles.cache_clear()

    def rewrite(name: str, *partials: str) -> None:
        op = TABLE[name]
        before.append((op, op.partials, op.accurate))
        object.__setattr__(op, "partials", partials)
        object.__setattr__(op, "accurate", ())
        forget()

    yield rewrite
    for op, partials, accurate in before:
        object.__setattr__(op, "partials", partials)
        object.__setattr__(op, "accurate", accurate)
    forget()
