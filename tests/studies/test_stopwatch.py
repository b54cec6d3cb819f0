"""Times are measured side by side, and come to an end."""

from __future__ import annotations

import pytest

import adcli
from adcli.studies.compare import stopwatch


def test_a_clock_that_stands_still_ends_a_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is asked."""
    monkeypatch.setattr(stopwatch, "perf_counter", lambda: 7.0)
    assert stopwatch.side_by_side({"nothing": lambda: None})["nothing"] >= 0


def test_a_comparison_is_shown_where_no_time_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without times: nothing can be said of what took none."""
    monkeypatch.setattr(stopwatch, "perf_counter", lambda: 7.0)
    assert "reverse" in str(adcli.compare("x^2", {"x": 1}))
