"""What all tests share: random tests draw the same examples each time, and take as long as they need."""

from __future__ import annotations

import hypothesis
import pytest

hypothesis.settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    print_blob=False,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("ci")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way is timed once, where nothing is about times."""
    monkeypatch.setattr("adcli.stopwatch.BUDGET", 0)
